#!/usr/bin/env bash
# System calls that fail, one at a time, in every command (broken_io.py; needs strace): it says
# so with the right status, or does the same as undisturbed; a file under its final name is whole.
#   broken_io.sh PAGESIM [CALLS [COMMAND...]]     CALLS of each kind are tried (2)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
if sanitized || ! strace -qq -o /dev/null -e trace=write -e inject=fsync:error=EIO true; then
	echo 'not tried, since this needs strace and no sanitizer: system calls that fail'
	exit
fi
python3 "$source_/tests/fault/broken_io.py" "$pagesim" "$source_" "${@:2}" || status=1
