# What is installed beside the program and the library, and how it becomes a Debian package:
# docs/packaging.md.
file(RELATIVE_PATH PAGESIM_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(tools/package/pagesim.pc.in ${PROJECT_BINARY_DIR}/pagesim.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pagesim.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# tools/installed.h finds them there.
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/pagesim)
install(DIRECTORY traces/samples DESTINATION ${CMAKE_INSTALL_DATADIR}/pagesim/traces)
