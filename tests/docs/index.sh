#!/bin/sh
# Every page of docs/ is in its index, and the reference is what the program says:
# index.sh PAGESIM TREE
pagesim=$1
cd "$2/docs" || exit 2
status=0
for page in *.md; do
	[ "$page" = README.md ] || grep -qF "($page)" README.md || {
		echo "docs/README.md does not name $page"
		status=1
	}
done
./reference.sh "$pagesim" | diff -u reference.md - || status=1
exit $status
