#!/usr/bin/env bash
# The same as a page: what stands out, in words, and the table of differences as a section of the
# report of all sides; the text is printed as without it; "-" has the page in place of the text.
command -v gnuplot >/dev/null || exec cat "$CASES/page.stdout.exact" # nothing to see without
export TMPDIR=$PWD/tmp
mkdir tmp
two="pagesim compare --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml --kernels 2.4,4.12"
section() { sed -n "/<section id=\"$1\"/,/<\/section>/p" "$2"; }
text() { sed -e 's/<[^>]*>//g' -e 's/&lt;/</g' -e "s/&#39;/'/g" -e 's/&quot;/"/g' -e 's/&amp;/\&/g'; }
$two --out kept >plain
$two -o pages/two.html >printed || exit
diff plain printed | grep -v '^[0-9]'
grep -o '<section id="[a-z]*"><h2>[^<]*' pages/two.html | sed 's/<h2>//' | head -n 3
# The sentences of the text, word for word, then the figures of its table.
sed -n 's/^\* //p' plain | grep -v -- '--all' >sentences
section headline pages/two.html | sed -n '/<ul class="words lead">/,/<\/ul>/{/^<li>/p}' | text | diff sentences - &&
	wc -l <sentences
sed -n '/^Requests/,$p' plain | awk '/^  [a-z]/ { print $1, $2 }' >figures
section differences pages/two.html | sed 's/<tr>/\n&/g' |
	sed -n 's/^<tr><td>\([a-z][^<]*\)<td class="n">\([^<]*\)<td.*/\1 \2/p' | diff figures - &&
	awk 'END { print (NR > 20) ? "the same figures" : NR " figures" }' figures
section differences pages/two.html | grep -o '<h3>[^<]*'
# Every curve of both sides, and each result's scenario beside the page.
for plot in percentiles-alloc percentiles-free lock-waits; do
	grep -c -o -e '>2\.4<' -e '>4\.12<' pages/two.files/$plot.svg | sed "s/$/ in the legend of $plot/"
done
ls pages pages/*.files | grep json
# Its commands for running it again name nothing that is gone.
grep -c -F "$TMPDIR" pages/two.html
section rerun pages/two.html | sed -n '/<pre class="command">/,/<\/pre>/p' | text | head -n 1
$two -o - | grep -c 'Neither the result nor its scenario was kept'
# From results, with more said, quietly.
pagesim compare kept/2.4 kept/4.12/result.json --all --quiet -o all.html >all || exit
grep -c Report all
section differences all.html | grep -c 'All others'
# What is kept of a result is in the page as well, and names that would like to be markup are text.
mv kept/2.4 'kept/<b>old&'
pagesim compare 'kept/<b>old&' kept/4.12 -o - >standard-output
head -c 15 standard-output; echo
tail -n 1 standard-output
grep -c '<b>old' standard-output
grep -o -m 1 '<h1>[^/]*' standard-output
# JSON on stdout, the page in its file.
pagesim compare kept/4.12 kept/4.12 kept/4.12 --json -o same.html | python3 -m json.tool | grep identical
section headline same.html | grep -m 1 '^<li>'
section differences same.html | text | grep -v '^$'
ls tmp
