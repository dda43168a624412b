#!/usr/bin/env bash
# A picture of each machine is whole; the one in the documentation is up to date.
for machine in configs/machines/*.yaml; do
	pagesim machine show --svg out.svg "$machine"
	grep -c '^</svg>' out.svg
done | sort -u
pagesim machine show --svg - configs/machines/2s-naples.yaml | head -3 | cut -c 1-60
pagesim machine show --svg - configs/machines/2s-naples.yaml |
	cmp - "$CASES/../../../docs/machine.svg"
pagesim machine show --svg no/such/out.svg configs/machines/tiny.yaml
