#!/usr/bin/env bash
# A recording without snapshots: every class of the report; as JSON into a file; text from
# standard input.
data=$CASES/../../traces/data
pagesim trace import "$data/small.v6.dat.zst" --clock mono -o small.pgt
pagesim trace import "$data/small.v6.dat.zst" --clock mono -o again.pgt --json --report report.json
grep -c '"rule"' report.json
pagesim trace check small.pgt again.pgt
pagesim trace import - --quiet -o text.pgt <<-END
	# tracer: nop
	            make-17    [000] d..1.    12.000001: mm_page_alloc: page=0x10 pfn=0x10 order=0 migratetype=1 gfp_flags=GFP_KERNEL
	            make-17    [000] d..1.    12.000002: mm_page_free: page=0x10 pfn=0x10 order=0
END
pagesim trace cat text.pgt
