# What is installed beside the program and the library, and how it becomes a Debian package:
# docs/packaging.md.
set(doc ${CMAKE_INSTALL_DATADIR}/doc/pagesim)
set(here ${CMAKE_CURRENT_LIST_DIR})

# To install is not to build: what is there is installed, a test of that builds nothing.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

file(RELATIVE_PATH PAGESIM_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${here}/pagesim.pc.in ${PROJECT_BINARY_DIR}/pagesim.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pagesim.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# tools/installed.h finds them there.
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/pagesim)
install(DIRECTORY traces/samples DESTINATION ${CMAKE_INSTALL_DATADIR}/pagesim/traces)

# Manual pages and completion, of the program's tables; the change log as Debian wants it.
set(manual ${PROJECT_BINARY_DIR}/manual)
add_custom_command(OUTPUT ${manual}/pagesim ${manual}/changelog.gz
	COMMAND ${here}/manual.sh $<TARGET_FILE:pagesim> ${here}/completion.bash.in ${manual}
	COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md > ${manual}/changelog.gz
	DEPENDS pagesim ${here}/manual.sh ${here}/completion.bash.in ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
add_custom_target(manual ALL DEPENDS ${manual}/pagesim)
install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
	FILES_MATCHING PATTERN "*.1.gz")
install(FILES ${manual}/pagesim DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

install(FILES ${manual}/changelog.gz ${here}/copyright README.md DESTINATION ${doc})
install(DIRECTORY docs/ DESTINATION ${doc}/docs FILES_MATCHING PATTERN "*.md" PATTERN "*.svg"
	PATTERN "*.png" PATTERN "*.json")
install(DIRECTORY ${here}/example DESTINATION ${doc})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pagesim)
set(CPACK_PACKAGE_CONTACT "The authors of pagesim <pagesim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "replays page allocation traces through Linux page allocators")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
	"Replays recorded or synthetic traces through exact models of the page allocators\n"
	"of Linux 4.12 and 2.4 on modelled NUMA machines, counts every cycle, and tells\n"
	"how fragmented memory gets, what fails and how long requests take. Contains the\n"
	"program pagesim, the library libpagesim with its header, machines, scenarios and\n"
	"sample traces.")
list(JOIN CPACK_DEBIAN_PACKAGE_DESCRIPTION "" CPACK_DEBIAN_PACKAGE_DESCRIPTION)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS gnuplot-nox) # report and sweep report draw with it
include(CPack)
