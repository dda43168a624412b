#!/usr/bin/env bash
# What numactl printed on three kinds of machines, each written, checked and run.
two()
{
	cat <<-'END'
		available: 2 nodes (0-1)
		node 0 cpus: 0 2 4 6
		node 0 size: 4030 MB
		node 0 free: 3020 MB
		node 1 cpus: 1 3 5 7
		node 1 size: 4096 MB
		node 1 free: 4000 MB
		node distances:
		node   0   1 
		  0:  10  21 
		  1:  21  10 
	END
}
eight()
{
	echo "available: 8 nodes (0-7)"
	for n in 0 1 2 3 4 5 6 7; do
		echo "node $n cpus: $((4 * n)) $((4 * n + 1)) $((4 * n + 2)) $((4 * n + 3))"
		echo "node $n size: 512 MB"
		echo "node $n free: 400 MB"
	done
	echo "node distances:"
	echo "node   0   1   2   3   4   5   6   7 "
	for a in 0 1 2 3 4 5 6 7; do
		printf '%3d:' "$a"
		for b in 0 1 2 3 4 5 6 7; do
			d=32
			[ $((a / 4)) = $((b / 4)) ] && d=16
			[ "$a" = "$b" ] && d=10
			printf ' %3d' $d
		done
		echo
	done
}
# Memory behind a bus, and a CPU that is offline.
far()
{
	cat <<-'END'
		available: 2 nodes (0,2)
		node 0 cpus: 0 1 3
		node 0 size: 1000 MB
		node 0 free: 1 MB
		node 2 cpus:
		node 2 size: 2000 MB
		node 2 free: 1 MB
		node distances:
		node   0   2 
		  0:  10  17 
		  2:  28  10 
	END
}
two | pagesim machine import --numactl -
eight | pagesim machine import --numactl - -o eight.yaml --name eight
pagesim machine show eight.yaml | sed -n '1p; /^memory lat/,/^$/p'
far >far.txt
pagesim machine import --numactl far.txt -o far.yaml
sed -n '/^# 1 CPU/,/^name/p; /^nodes/,/^caches/p; /^dram/,/^c2c/p' far.yaml
pagesim machine check eight.yaml far.yaml
pagesim run --json --trace traces/samples/vm-fragment.pgt --start boot --machine eight.yaml \
	>result.json && echo it runs
