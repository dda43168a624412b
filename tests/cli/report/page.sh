#!/usr/bin/env bash
# A result as a page: its sections, what stands beside it, and the same bytes once more.
command -v gnuplot >/dev/null || exec cat "$CASES/page.stdout.exact" # nothing to see without
pagesim run --quiet --trace traces/samples/vm-fragment.pgt --out "a b" >/dev/null
pagesim report "a b" -o one/page.html || exit
grep -o '<section id="[a-z]*"><h2>[^<]*' one/page.html | sed 's/<h2>//'
ls one one/page.files | grep -vE '\.(gp|dat|svg)$'
for file in one/page.files/*.gp; do
	[ -s "${file%.gp}.dat" ] && [ -s "${file%.gp}.svg" ] || echo "$file has no numbers or picture"
done
grep -c '<svg' one/page.html | awk '{ print ($1 > 10 ? "pictures" : "few pictures") }'
mv one two
pagesim report --quiet "a b" -o one/page.html
cmp one/page.html two/page.html && echo "the same page"
# A script draws its picture again.
cp one/page.files/unusable-1.svg before.svg
(cd one/page.files && gnuplot --default-settings unusable-1.gp 2>/dev/null)
grep -v '^<desc>' one/page.files/unusable-1.svg | cmp - before.svg && echo "the same picture"
pagesim report --quiet "a b" -o - | grep -c '</html>'
pagesim report --quiet --no-files "a b" -o alone.html
ls -d alone*
