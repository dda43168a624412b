#!/bin/sh
# params_doc.sh PAGESIM DOCS: each DOCS/params-KERNEL.md is what the program prints.
status=1
for doc in "$2"/params-*.md; do
	kernel=${doc##*/params-}
	"$1" params --kernel "${kernel%.md}" --markdown | diff -u "$doc" - || exit 1
	status=0
done
exit $status
