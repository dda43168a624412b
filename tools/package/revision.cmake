# Writes OUT, a header with the commit of TREE: "v0.1.0-3-g0123456789ab" or a hash, with "-dirty"
# where files differ from it, "" outside a git tree. The file is touched only when that changes.
#   cmake -DTREE=FOLDER -DOUT=FILE -P revision.cmake
set(revision "")
if(EXISTS ${TREE}/.git)
	execute_process(COMMAND git -C ${TREE} describe --always --tags --dirty --abbrev=12
		OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define PAGESIM_REVISION \"${revision}\"\n")
