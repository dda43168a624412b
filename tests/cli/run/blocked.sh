#!/usr/bin/env bash
# What blocks order 9, where it is known: `pinner` keeps the first page of each of 200 pageblocks,
# `slabs` 100 pages of each of 60, and `hog` whole ones, until there is no block left.
plant()
{
	awk -v pinned="$1" '
	function event(what, pid, comm, pfn, order, gfp) {
		time += 100000
		printf "%d,0,%d,%s,%s,%s,%d,%s\n", time, pid, comm, what, pfn, order, gfp
	}
	function block(n) { return 4096 + n * 512 }
	BEGIN {
		print "time_ns,cpu,pid,comm,event,pfn,order,gfp"
		# The ages: what comes first is a second older.
		for (i = 0; i < pinned; i++)
			event("alloc", 100, "pinner", block(i), 9, "GFP_NOWAIT|__GFP_COMP")
		time += 1000000000
		for (i = 0; i < 60; i++)
			event("alloc", 200, "slabs", block(1000 + i), 9,
			      "GFP_NOWAIT|__GFP_RECLAIMABLE")
		time += 1000000000
		for (i = 0; i < 270; i++)
			event("alloc", 300, "hog", block(2000 + i), 9, "GFP_NOWAIT|__GFP_COMP")
		for (i = 0; i < pinned; i++)
			for (order = 0; order < 9; order++)
				event("free", 100, "pinner", block(i) + 2 ^ order, order, "")
		for (i = 0; i < 60; i++) {
			event("free", 200, "slabs", block(1000 + i) + 100, 2, "")
			event("free", 200, "slabs", block(1000 + i) + 104, 3, "")
			event("free", 200, "slabs", block(1000 + i) + 112, 4, "")
			event("free", 200, "slabs", block(1000 + i) + 128, 7, "")
			event("free", 200, "slabs", block(1000 + i) + 256, 8, "")
		}
		for (i = 0; i < 40; i++)
			event("alloc", 300, "hog", block(3000 + i), 9, "GFP_NOWAIT|__GFP_COMP")
	}' >planted.csv
	pagesim trace import planted.csv --comm --quiet --report /dev/null -o planted.pgt
}
cat >guest.yaml <<-'EOF'
	trace: planted.pgt
	machine:
	  name: guest
	  clock_mhz: 2000
	  nodes:
	    - cpus: 1
	      memory: 640MiB
EOF
table()
{
	sed -n '/^Orders/,/^$/p; /^What blocks/,/^$/p'
}
plant 200
pagesim run guest.yaml --out result | table
echo "-- by number"
python3 - <<-'EOF'
	import json

	result = json.load(open("result/result.json"))
	for zone in result["fragmentation"]:
	    for blockers in zone["blockers"]:
	        if zone["zone"] == "DMA32" and blockers["order"] == 9:
	            for owner in blockers.pop("owners"):
	                print(json.dumps(owner, sort_keys=True))
	            print(json.dumps(blockers, sort_keys=True))
	print(json.dumps(result["counters"]["orders"][9], sort_keys=True))
EOF
echo "-- pages of blocks with one page in use at the end, of all with an unmovable page at the start"
awk -F, '$1 == "end" && $3 == "DMA32" && $7 == 511 { blocks += $5; pages += $5 * $9 } END { print blocks, pages }' \
	result/pageblocks.csv
awk -F, '$1 == "start" { pages += $5 * $9 } END { print pages }' result/pageblocks.csv
echo "-- 2.4 on the same"
pagesim run guest.yaml --kernel 2.4 | table
echo "-- with fewer blocks than the other it is told second"
plant 59
pagesim run guest.yaml | table | grep -A2 'pins alone'
echo "-- read from a pipe, all owners are known, too"
pagesim run guest.yaml --json | sed -n 's/.*"result_digest": //p'
pagesim run guest.yaml --set trace=- --json <planted.pgt | sed -n 's/.*"result_digest": //p'
echo "-- order 0: who has the memory; a name steers no terminal"
awk 'BEGIN {
	print "time_ns,cpu,pid,comm,event,pfn,order,gfp"
	for (i = 0; i < 20000; i++)
		printf "%d,0,%d,%s,alloc,%d,0,%s\n", i * 1000, i % 10 ? 7 : 8, i % 10 ? "most" : "f\033w",
			i + 4096, "GFP_ATOMIC|__GFP_MEMALLOC"
}' >planted.csv
pagesim trace import planted.csv --comm --quiet --report /dev/null -o planted.pgt
sed 's/640MiB/64MiB/' guest.yaml >small.yaml
pagesim run small.yaml | table | sed -n '/order 0/,$p' | grep -E -A4 'order 0|^Orders'
