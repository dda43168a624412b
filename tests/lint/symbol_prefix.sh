#!/bin/sh
# Every global symbol starts with the name of the file it comes from; in sim/ and traces/ the
# folder's word may stand before it (hist.c has sim_hist_*, import.c has trace_import).
# symbol_prefix.sh LIBRARY.a...
status=0
for library; do
	nm -g --defined-only "$library" | awk -v library="$(basename "$library" .a)" '
	BEGIN {
		word["libsim"] = "sim_"
		word["libtraces"] = "trace_"
	}
	/\.o:$/ {
		file = $1
		sub(/(\.c)?\.o:$/, "", file)
		next
	}
	NF == 3 {
		if (index($3, file) == 1 || (library in word && index($3, word[library] file) == 1))
			next
		print library ": " file ".c exports " $3
		bad = 1
	}
	END { exit bad }' || status=1
done
exit $status
