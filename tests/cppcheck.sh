#!/usr/bin/env bash
# cppcheck over the product's own code; 1 if it finds something that tests/cppcheck.supp does not
# explain, or if that file explains what is no longer found.
#
#   cppcheck.sh [FILE...]     with FILEs it looks at these alone
# What cppcheck keeps for unchanged files is not used again: from there it knows no longer what
# it has suppressed across files, and takes those explanations for superfluous.
# 77 = skipped: no cppcheck here.
set -euo pipefail
known=$(mktemp -d)
trap 'rm -rf "$known"' EXIT

command -v cppcheck >/dev/null || {
	echo "skipped: cppcheck is not installed"
	exit 77
}
files=("$@")
enabled=warning,portability,performance
if [ $# = 0 ]; then
	cd "$(dirname "${BASH_SOURCE[0]}")/.."
	files=(-i tools/package sim model traces tools)
	enabled+=,information # says which lines of the suppressions matched nothing
fi
here=$(dirname "$(realpath -- "${BASH_SOURCE[0]}")")
cppcheck --quiet --std=c17 --enable=$enabled --library="$here/cppcheck.cfg" -I "$here/.." \
	--suppressions-list="$here/cppcheck.supp" --suppress=missingInclude \
	--cppcheck-build-dir="$known" --error-exitcode=1 \
	--template='{file}:{line}: {severity}: {id}: {message}' "${files[@]}"
