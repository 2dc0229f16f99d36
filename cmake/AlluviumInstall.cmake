# Installs the library, its headers, the program and the package for find_package(alluvium).
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/alluvium")
install(TARGETS alluvium EXPORT alluvium-targets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET alluvium_program)
  install(TARGETS alluvium_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/alluvium" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/NOTICE"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(EXPORT alluvium-targets NAMESPACE alluvium:: DESTINATION "${package}")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/alluvium-config.cmake.in"
  "${PROJECT_BINARY_DIR}/alluvium-config.cmake" INSTALL_DESTINATION "${package}"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
# No promise across minor versions before 1.0.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/alluvium-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/alluvium-config.cmake"
  "${PROJECT_BINARY_DIR}/alluvium-config-version.cmake" DESTINATION "${package}")
