#!/usr/bin/env bash
pagesim golden - <"$CASES/../../golden/4.12.0/a4.gold.zst"
pagesim golden --quiet - <"$CASES/small.gold"
