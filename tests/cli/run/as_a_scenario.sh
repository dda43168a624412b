#!/usr/bin/env bash
# The scenario that a result holds is a scenario: it runs to the same digest.
pagesim run --json --trace traces/samples/vm-fragment.pgt >first.json
awk '/^ "scenario": \{/ { on = 1; sub(/^ "scenario": /, "") }
	on { print }
	on && /^ \}/ { exit }' first.json | sed '$ s/},$/}/' >scenario.yaml
pagesim run --json scenario.yaml >second.json
grep result_digest first.json >a
grep result_digest second.json >b
cmp a b && echo same
