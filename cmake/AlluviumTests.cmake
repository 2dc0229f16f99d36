# How tests are declared. Every test has a label: `ci` runs in CI, `acceptance` is longer.
if(NOT ALLUVIUM_BUILD_TESTS)
  return()
endif()
enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)

# What tests may read from their environment. Test data that can't be committed lives in
# ALLUVIUM_TEST_DATA; a test that misses it reports itself as skipped.
set(ALLUVIUM_TEST_DATA "${PROJECT_SOURCE_DIR}/../shared/data" CACHE PATH "Test data that isn't in the repository")
configure_file("${CMAKE_CURRENT_LIST_DIR}/test_environment.cmake.in"
  "${PROJECT_BINARY_DIR}/test_environment.cmake" @ONLY)
set(ALLUVIUM_PYTHON "${ALLUVIUM_CACHE}/python/bin/python")

# alluvium_gtest(NAME SOURCE... [LABEL label] [LIBRARIES library...])
# makes one GoogleTest program; each of its cases is one test.
function(alluvium_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "LIBRARIES")
  if(NOT arg_LABEL)
    set(arg_LABEL ci)
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE
    alluvium alluvium_warnings alluvium_third_party ${arg_LIBRARIES} GTest::gmock_main)
  gtest_discover_tests(${name} TEST_PREFIX "${name}/" DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${arg_LABEL} TIMEOUT 300)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
    "${PROJECT_BINARY_DIR}/test_environment.cmake")
endfunction()

# alluvium_test(NAME LABEL label COMMAND command...) makes one test of a command. It fails unless
# the command exits with 0, and is skipped when it exits with 77.
function(alluvium_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "COMMAND")
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} SKIP_RETURN_CODE 77 TIMEOUT 3000)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
    "${PROJECT_BINARY_DIR}/test_environment.cmake")
endfunction()
