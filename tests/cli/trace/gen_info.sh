#!/usr/bin/env bash
# A synthetic trace and what info tells of it. The file's size depends on the zstd library.
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 50000 --seed 1 -o t.pgt
pagesim trace info t.pgt | sed '/^file /d'
ls
