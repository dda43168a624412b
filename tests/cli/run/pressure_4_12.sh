#!/usr/bin/env bash
# Linux 4.12.0 with less memory than its tasks use: kswapd keeps up with the trace's own pace;
# as fast as it goes, requests reclaim themselves, and the events tell of it.
pressure()
{
	pagesim run "configs/scenarios/$1" --quiet "${@:2}" |
		sed -n '/^Requests/,/^$/p;/^Memory pressure/,/^$/p'
}
pressure pressure-4.12.yaml --out out
grep -e nr_inactive -e nr_active -e pgscan -e pgsteal -e pswp -e kswapd_ -e nr_dirty out/vmstat
pressure pressure-4.12-numa.yaml --set replay.pacing=asap --set output.events=all --out asap
sed 's|^.*\] [.a-zA-Z0-9]* *[0-9.]*: \([a-z_]*\): .*|\1|;/^#/d' asap/events.txt | sort | uniq -c
grep -m 3 -e wakeup_kswapd asap/events.txt
