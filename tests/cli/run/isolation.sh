#!/usr/bin/env bash
# A scenario isolates page frames while the kernel runs, and gives them back: those of a CMA area
# and others; what refuses; on a machine without areas, and under 2.4, which cannot. Then a trace
# does, of whose ranges the second one begins with memory in use.
cat >machine.yaml <<'END'
nodes: [{cpus: 2, memory: 1GiB}]
cma: [{node: 0, start: 512MiB, size: 64MiB}]
END
cat >s.yaml <<'END'
trace: traces/samples/host-build-small.pgt
machine: machine.yaml
start: boot
changes:
  - {at: 0s, isolate: {pfn: 131072, pageblocks: 32}}
  - {at: 10ms, isolate: {pfn: 16384, pageblocks: 2}}
  - {at: 20ms, isolate: {pfn: 131072, pageblocks: 1}}   # already is
  - {at: 30ms, unisolate: {pfn: 147456, pageblocks: 8}} # nobody isolated them
  - {at: 40ms, unisolate: {pfn: 131072, pageblocks: 16}, set: {vm.min_free_kbytes: 8MiB}}
  - {at: 50ms, isolate: {pfn: 2097152, pageblocks: 1}}  # behind all memory
  - {at: 3000s, unisolate: {pfn: 16384, pageblocks: 2}} # behind the trace's end
END
show()
{
	pagesim run "$@" --map-cpus fold --out out >said || cat said
	grep -e 'Ranges of' -e 'without effect' -e 'Kernel parameters' said
	[ -f out/result.json ] || return
	tr -d ' \n' <out/result.json | grep -o '"isolation":{[^}]*}'
	tr -d ' \n' <out/result.json | grep -o '"nr_isolate_pageblock":[0-9]*'
	rm -r out
}
show s.yaml
show s.yaml --engine=strict | head -1
echo "= without areas"
show s.yaml --set 'machine={nodes: [{cpus: 2, memory: 1GiB}]}'
echo "= 2.4"
show s.yaml --kernel 2.4
echo "= a trace"
trace=$CASES/isolation.pgt
pagesim trace check "$trace"
pagesim trace info "$trace" | grep -e format -e isolate
pagesim trace cat "$trace"
areas='machine={nodes: [{cpus: 1, memory: 64MiB}], cma: [{node: 0, start: 32MiB, size: 8MiB}]}'
show --trace "$trace" --start boot --set "$areas"
show --trace "$trace" --start boot --set "$areas" --kernel 2.4
show --trace "$trace" --start boot
true
