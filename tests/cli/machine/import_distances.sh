#!/usr/bin/env bash
# What lstopo and hwloc-annotate (2.9.0) wrote, unedited: at most ten numbers an element, so that
# the distances of 4 nodes are two elements, and the numbers of 16 nodes, too. Held against the
# XML's own numbers, put into rows.
for n in four sixteen; do
	xml=$CASES/import-$n-nodes.xml
	pagesim machine import "$xml" -o $n.yaml
	sed -n '/^slit/,/^c2c/s/^  - \[\(.*\)]$/\1/p' $n.yaml | tr -s ', \n' ' ' >got
	sed -n 's/.*<u64values[^>]*>\([^<]*\)<.*/\1/p' "$xml" | tr -s ' \n' ' ' >told
	cmp got told
	sed -n '/^slit/,/^c2c/p' $n.yaml
	pagesim machine check $n.yaml
done
# The same, cut short: in the numbers, between them, and without those of the nodes.
xml=$CASES/import-sixteen-nodes.xml
sed 's/ 54 10 <.u64values>/ 54 <\/u64values>/' "$xml" | pagesim machine import -
sed '/>31 33 35 37 39 41 12/d' "$xml" | pagesim machine import -
sed '/<indexes/d' "$xml" | pagesim machine import -
sed 's/>10 11 12 13 14 15 </>10 11 12 13 14 15 16 </' "$xml" | pagesim machine import -
# Distances between some of the nodes do not keep out those between all.
sed '/<distances2/i\
<distances2 type="NUMANode" nbobjs="2" kind="5" indexing="os"><indexes>2 3</indexes>\
<u64values>10 77 77 10</u64values></distances2>' "$CASES/import-four-nodes.xml" |
	pagesim machine import - -o some.yaml
sed -n '/^# Distances/p; /^slit/,/^c2c/p' some.yaml
# Two nodes with a cache in front of their memory, as lstopo wrote it of a made-up /sys.
pagesim machine import "$CASES/import-memory-cache.xml" -o cache.yaml
sed -n '/^# Cache/p; /^nodes/,/^dram/p' cache.yaml
pagesim machine check cache.yaml
