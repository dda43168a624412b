#!/usr/bin/env bash
for machine in configs/machines/*.yaml; do
	pagesim machine show --json "$machine" >copy.json
	diff <(pagesim machine show "$machine") <(pagesim machine show copy.json)
done
