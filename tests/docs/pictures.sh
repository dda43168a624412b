#!/bin/sh
# Every picture of the documentation is shown by a page and small: pictures.sh TREE
cd "$1" || exit 2
status=0
for picture in docs/*.svg docs/*.png; do
	[ "$(wc -c <"$picture")" -lt 60000 ] || {
		echo "$picture is larger than 60000 bytes"
		status=1
	}
	grep -qF "${picture#docs/})" README.md docs/*.md || {
		echo "$picture is shown by no page"
		status=1
	}
done
exit $status
