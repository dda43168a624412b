#!/usr/bin/env bash
# A command that is missing, misspelt or unknown.
pagesim trace
pagesim trace chekc x.pgt
pagesim trace nothing-like-it
pagesim trace cat --from x t.pgt
pagesim trace cat --truth --from 3 t.pgt
pagesim trace check --salvage s.pgt a.pgt b.pgt
pagesim trace --help
# Numbers that cannot be meant, and names that nobody knows; nothing is read before.
pagesim trace cat --from 5 --to 2 t.pgt
echo "status $?"
pagesim trace import --clock foo -o t.pgt rec.dat
echo "status $?"
for level in 0 20; do
	pagesim trace import --level "$level" -o t.pgt rec.dat
	pagesim trace gen --level "$level" --profile p.yaml --events 1 -o t.pgt
done
echo "status $?"
