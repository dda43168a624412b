#!/usr/bin/env bash
# Events as text, from the middle of a file, of a pipe, and the same through both.
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 70000 --seed 1 -o t.pgt
pagesim trace cat --to 12 t.pgt
pagesim trace cat --quiet --from 65534 --to 65538 t.pgt
pagesim trace cat t.pgt | sha256sum >file
pagesim trace cat - <t.pgt | sha256sum >redirected
# shellcheck disable=SC2002 # a pipe is what is tested
cat t.pgt | pagesim trace cat - | sha256sum >pipe
cmp file redirected && cmp file pipe
pagesim trace cat --from 70000 --quiet t.pgt
pagesim trace cat --truth t.pgt
# Nothing lies between a number and itself, nor behind the end.
pagesim trace cat --from 7 --to 7 --quiet t.pgt && pagesim trace cat --from 90000 --quiet t.pgt
