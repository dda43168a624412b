#!/bin/sh
# The layout of all C files is what clang-format 14 makes of them (other versions differ in
# details, so that they cannot decide).
here=$(dirname "$0")
for tool in clang-format-14 clang-format; do
	"$tool" --version 2>/dev/null | grep -q 'version 14\.' && break
	tool=
done
if [ -z "$tool" ]; then
	echo "skipped: no clang-format 14 here"
	exit 77
fi
"$here/files.sh" "$1" '*.c' '*.h' | (cd "$1" && xargs -r "$tool" --dry-run --Werror) 2>&1
