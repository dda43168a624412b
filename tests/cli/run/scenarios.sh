#!/usr/bin/env bash
# Every scenario that comes along runs.
for file in configs/scenarios/*.yaml; do
	pagesim run --quiet "$file" | grep -c '^Requests'
done
