# The Rust crate, as the static library `alluvium_bridge`. Cargo decides what is out of date; its
# output is shared by all checkouts and presets, since building the engines takes half an hour.

find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
find_program(ALLUVIUM_CARGO cargo REQUIRED)
set(ALLUVIUM_CARGO_TARGET_DIR "${ALLUVIUM_CACHE}/cargo")

set(bridge "${PROJECT_BINARY_DIR}/bridge")
set(archive "${bridge}/liballuvium_bridge.a")
add_custom_command(
  OUTPUT "${archive}"
  BYPRODUCTS "${bridge}/include/rust/cxx.h"
  COMMAND "${CMAKE_COMMAND}" -E env
    "CARGO_TARGET_DIR=${ALLUVIUM_CARGO_TARGET_DIR}"
    "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_LIST_DIR}/build_bridge.py"
    --cargo "${ALLUVIUM_CARGO}" --manifest "${PROJECT_SOURCE_DIR}/bridge/Cargo.toml"
    --output "${bridge}"
  DEPENDS
    "${CMAKE_CURRENT_LIST_DIR}/build_bridge.py"
    "${PROJECT_SOURCE_DIR}/bridge/Cargo.toml"
    "${PROJECT_SOURCE_DIR}/bridge/Cargo.lock"
    "${PROJECT_SOURCE_DIR}/bridge/build.rs"
  DEPFILE "${bridge}/liballuvium_bridge.d"
  USES_TERMINAL
  COMMENT "Building the Rust bridge"
  VERBATIM)
add_custom_target(alluvium_bridge_build DEPENDS "${archive}")

file(MAKE_DIRECTORY "${bridge}/include")
add_library(alluvium_bridge STATIC IMPORTED GLOBAL)
set_target_properties(alluvium_bridge PROPERTIES IMPORTED_LOCATION "${archive}")
target_include_directories(alluvium_bridge SYSTEM INTERFACE "${bridge}/include")
target_link_libraries(alluvium_bridge INTERFACE Threads::Threads ${CMAKE_DL_LIBS} m)
add_dependencies(alluvium_bridge alluvium_bridge_build)
