#!/bin/sh
# A C file has at most 600 lines, a function at most 70 (from its opening to its closing
# brace, both at the start of a line as clang-format puts them).
here=$(dirname "$0")
"$here/files.sh" "$1" '*.c' '*.h' | (cd "$1" && xargs -r awk '
	function file_end() {
		if (lines > 600) {
			print name " has " lines " lines"
			bad = 1
		}
	}
	FNR == 1 {
		file_end()
		name = FILENAME
	}
	{ lines = FNR }
	/^{/ { start = FNR }
	/^}/ && start {
		if (FNR - start - 1 > 70) {
			print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
			bad = 1
		}
		start = 0
	}
	END {
		file_end()
		exit bad
	}')
