#!/usr/bin/env bash
pagesim golden "$CASES/small.gold" "$CASES/../../golden/4.12.0/a3.gold.zst" \
	"$CASES/small24.gold" "$CASES/../../golden/2.4.0/lruunit.gold.zst"
