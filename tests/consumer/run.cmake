file(REMOVE_RECURSE "${WORK}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/installed"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
# Installed files must not depend on where they are: the program is built against a moved prefix.
file(RENAME "${WORK}/installed" "${WORK}/prefix")
set(flags "")
if(SANITIZE)
  set(flags "-fsanitize=${SANITIZE}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -G Ninja -S "${PROGRAM}" -B "${WORK}/build"
  "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${flags}" "-DCMAKE_PREFIX_PATH=${WORK}/prefix"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/build" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/build/consumer" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL "alluvium ${VERSION}\n")
  message(FATAL_ERROR "The consumer printed '${printed}'")
endif()
foreach(file IN ITEMS LICENSE NOTICE)
  file(GLOB_RECURSE found "${WORK}/prefix/*/${file}")
  if(NOT found)
    message(FATAL_ERROR "${file} isn't installed")
  endif()
endforeach()
