#!/usr/bin/env bash
# A good file is good; a file that is cut off is told where, and what is whole is saved.
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 200000 --seed 1 -o t.pgt
pagesim trace check t.pgt
head -c 300000 t.pgt >cut.pgt
pagesim trace check cut.pgt --salvage saved.pgt 2>&1 | sed -E 's/byte [0-9]+/byte N/; s/ends [0-9]+/ends N/'
pagesim trace check saved.pgt
cmp <(pagesim trace cat saved.pgt) <(pagesim trace cat --to 131072 t.pgt) && echo same
ls
