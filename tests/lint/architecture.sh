#!/bin/sh
# docs/architecture.md names every header of the program, or what its name begins with: a_b.h is
# found where a.h, a_b.c or a_b_*.c stands. Without that page there is nothing to hold.
here=$(dirname "$0")
files=$("$here/files.sh" "$1" 'sim/*.h' 'model/*.h' 'traces/*.h' 'tools/*.h')
cd "$1" || exit 2
[ -e docs/architecture.md ] || exit 0
named=$(grep -oE '`[a-z0-9_/*]+\.[ch]`' docs/architecture.md |
	sed 's/`//g; s,.*/,,; s/\.[ch]$//; s/_\*$//' | sort -u)
status=0
for header in $files; do
	name=$(basename "$header" .h)
	while [ -n "$name" ] && ! printf '%s\n' "$named" | grep -qx "$name"; do
		case $name in
		*_*) name=${name%_*} ;;
		*) name= ;;
		esac
	done
	[ -n "$name" ] || {
		echo "docs/architecture.md does not name $header, nor what it is a part of"
		status=1
	}
done
exit $status
