#!/usr/bin/env bash
# As JSON, with a fact that was changed: status 1.
ln -s "$CASES/../../recorded" recorded
zstd -qdc recorded/facts/1cpu_128M.txt.zst | sed '0,/min=44 low=63/s//min=44 low=64/' >facts.txt
pagesim verify --json recorded/4.12.0/w1_1cpu_churn.pgt facts.txt
echo "status $?"
