# Builds examples/plugin outside of the tree, pins its hash in a profile, and asks SQL with it.
file(REMOVE_RECURSE "${WORK}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
# An author needs the headers alone.
file(REMOVE_RECURSE "${WORK}/prefix/lib" "${WORK}/prefix/bin")
execute_process(COMMAND "${CMAKE_COMMAND}" -G Ninja -S "${EXAMPLE}" -B "${WORK}/build"
  "-DCMAKE_C_COMPILER=${CC}" "-DCMAKE_PREFIX_PATH=${WORK}/prefix"
  "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/build" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

file(SHA256 "${WORK}/build/growth.so" hash)
file(WRITE "${WORK}/profile.toml" "plugin_folder = \"${WORK}/build\"

[[plugins]]
name = \"growth.so\"
hash = \"sha256:${hash}\"
")
execute_process(COMMAND "${PROGRAM}" "${WORK}/profile.toml" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "HASH" "${hash}" expected "growth 1.0 sha256:HASH: compound geometric_mean\n121.00\n8.00\n")
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "Printed '${printed}' instead of '${expected}'")
endif()
