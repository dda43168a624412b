#!/usr/bin/env bash
# Linux 2.4.0 with less memory than its tasks use: every daemon has work, and with swap nobody
# is killed.
pagesim run configs/scenarios/pressure-2.4.yaml --quiet --out out | sed 's/^Host: .*/Host: (measured)/'
echo
ls out
cat out/show_free_areas
head -2 out/series.csv
