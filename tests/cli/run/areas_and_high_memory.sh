#!/usr/bin/env bash
# Under 4.12: a machine with CMA areas, and one of 32 bits with high memory.
cat >cma.yaml <<'END'
nodes: [{cpus: 2, memory: 40MiB}]
cma: [{node: 0, start: 16MiB, size: 20MiB}]
END
trace=traces/samples/host-build-small.pgt
pagesim run --quiet --start boot --trace $trace --map-cpus fold --machine cma.yaml --out cma >/dev/null
grep -e nr_free -e pgalloc cma/vmstat
grep -e nr_free_cma cma/zoneinfo
grep -e ' CMA' -e Isolate -A2 cma/pagetypeinfo
grep -e nr_free_cma -e nr_isolate cma/result.json
pagesim run --quiet --start boot --trace $trace --machine configs/machines/p3-1cpu.yaml --map-cpus fold \
	--out p3 >/dev/null
grep -e nr_free -e pgalloc p3/vmstat
grep -e protection -e min -e low -e high p3/zoneinfo
cat p3/pagetypeinfo
