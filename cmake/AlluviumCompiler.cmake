# Compiler settings that all of Alluvium's own targets share.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Installed files find each other from wherever the prefix is moved to.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
find_package(Threads REQUIRED)

# Paths below the checkout don't count, so that checkouts share what they compiled.
find_program(ALLUVIUM_CCACHE ccache)
if(ALLUVIUM_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${ALLUVIUM_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_C_COMPILER_LAUNCHER}")
endif()

# The archive of the Rust bridge is large: mold links it several times faster than ld.
find_program(ALLUVIUM_MOLD mold)
if(ALLUVIUM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(ALLUVIUM_SANITIZE)
  add_compile_options("-fsanitize=${ALLUVIUM_SANITIZE}" -fno-omit-frame-pointer)
  add_link_options("-fsanitize=${ALLUVIUM_SANITIZE}")
  if(ALLUVIUM_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

# Link this privately to every target of our own; third-party sources don't get it.
add_library(alluvium_warnings INTERFACE)
target_compile_options(alluvium_warnings INTERFACE
  -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-qual -Wundef
  # Aggregate options are meant to be given in part, by designated initializers.
  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(alluvium_warnings INTERFACE
    # GCC 12 has false positives of these in the standard library's own headers.
    -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
