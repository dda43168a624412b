#!/usr/bin/env bash
# Disks are not busy for longer than the run, however much waits for them when it ends.
for scenario in pressure-2.4-highmem pressure-2.4; do
	pagesim run configs/scenarios/$scenario.yaml --set replay.pacing=asap --json >result.json
	echo "= $?"
	number()
	{
		grep -oE "\"$1\": [0-9]+" result.json | grep -oE '[0-9]+$'
	}
	end=$(number end_cycles)
	for busy in $(number busy_cycles); do
		[ "$busy" -le "$end" ] && echo within the run
	done
	[ "$(number queued | sort -n | tail -1)" -gt 0 ] && echo some requests wait
done
pagesim run configs/scenarios/pressure-2.4-highmem.yaml --set replay.pacing=asap |
	grep -oE 'swap and data.*busy|; [0-9]+ not done at the end' | sed -E 's/[0-9]+/N/g;s/ +/ /g'
