#!/usr/bin/env bash
# Without zoneinfo memory is the blocks that a node's folder lists: in any order, with any number,
# between other files whose names begin alike.
put()
{
	mkdir -p "$(dirname "$1")"
	printf '%s\n' "$2" >"$1"
}
put tree/sys/devices/system/cpu/online 0-1
put tree/sys/devices/system/node/online 0-1
node=tree/sys/devices/system/node/node
put ${node}0/cpulist 0
put ${node}1/cpulist 1
put ${node}0/distance "10 21"
put ${node}1/distance "21 10"
put tree/sys/devices/system/memory/block_size_bytes 8000000
for block in 0:10 0:9 0:0 0:1 1:70000 1:65536 1:65535; do
	put ${node}${block%:*}/memory${block#*:}/state online
done
put ${node}0/memory2/state offline
put ${node}0/memory3x/state online
put ${node}0/memory-4/state online
put ${node}0/memory/state online
put ${node}0/memory_side_cache/state online
put ${node}0/memory99999999999999999999/state online
mkdir ${node}0/memory5
pagesim machine import --sys tree -o blocks.yaml
sed -n '/^nodes/,/^caches/p' blocks.yaml
pagesim machine check blocks.yaml
put ${node}1/memory524287/state online
pagesim machine import --sys tree | sed -n '/^nodes/,/^caches/p'
put ${node}1/memory524288/state online
pagesim machine import --sys tree
