#!/bin/sh
# The files of a source tree, one a line: files.sh ROOT [PATTERN...]. In a git checkout what
# git tracks or would offer to track, elsewhere everything outside build folders.
root=$1
shift
cd "$root" || exit 2
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
	git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
		while IFS= read -r file; do
			[ ! -f "$file" ] || printf '%s\n' "$file"
		done
	exit 0
fi
find . \( -name .git -o -name 'build*' \) -prune -o -type f -print | sed 's|^\./||' | sort |
	while IFS= read -r file; do
		[ $# -gt 0 ] || printf '%s\n' "$file"
		for pattern; do
			# shellcheck disable=SC2254 # the pattern is meant to match
			case $file in
			$pattern) printf '%s\n' "$file" && break ;;
			esac
		done
	done
