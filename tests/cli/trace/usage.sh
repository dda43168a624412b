#!/usr/bin/env bash
# A command that is missing, misspelt or unknown.
pagesim trace
pagesim trace chekc x.pgt
pagesim trace nothing-like-it
pagesim trace cat --from x t.pgt
pagesim trace cat --truth --from 3 t.pgt
pagesim trace check --salvage s.pgt a.pgt b.pgt
pagesim trace --help
