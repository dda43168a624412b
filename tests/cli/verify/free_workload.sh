#!/usr/bin/env bash
# The workload of a recording is kept as a trace like any other.
recorded=$CASES/../../recorded/4.12.0
pagesim verify --free --runs 1 --json --workload hog.pgt "$recorded/w4_oom_numa.pgt" |
	grep -E '"(victim|recorded_victim|beyond)"'
pagesim trace check hog.pgt
pagesim trace cat hog.pgt | awk '$5 == "alloc" && $4 == 131 { n++ } END { print (n > 44000) }'
