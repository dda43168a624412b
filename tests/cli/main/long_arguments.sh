#!/usr/bin/env bash
# An argument of 100,000 characters is not repeated whole.
long=$(head -c 100000 /dev/zero | tr '\0' x)
pagesim "$long"
pagesim help "$long"
pagesim trace "$long"
pagesim trace info a "$long"
pagesim trace cat --from "$long" t.pgt
pagesim trace gen --events "$long"
pagesim trace import --events "$long" rec.dat
pagesim trace import --clock "$long" rec.dat
pagesim machine "$long"
pagesim params --kernel "$long"
