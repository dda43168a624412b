#!/usr/bin/env bash
# Invariants are audited between the lines of any golden file, in any build.
pagesim golden --check=200 $CASES/../../golden/*/c*1.gold.zst
pagesim golden --check=0 x
