#!/usr/bin/env bash
# A NUMA-Q under Linux 2.4.0, which knew i386 as one node only. With a node for each quad, three
# of them have no memory for the kernel's own: their requests are given up, and the run ends.
pagesim trace gen --quiet --profile configs/profiles/build-farm.yaml --events 1000 --seed 1 \
	--output farm.pgt
for model in auto contig numa; do
	echo "= $model"
	pagesim run --quiet --trace farm.pgt --kernel 2.4 \
		--machine configs/machines/numaq-16.yaml --set vm.memory_model=$model |
		grep -E '^  (all  |Node|requests given up)'
done

# A machine of any other kind can be one node, too.
pagesim run --quiet --trace farm.pgt --kernel 2.4 --map-cpus fold --out out \
	--machine configs/machines/two-node.yaml --set vm.memory_model=contig \
	--set output.interval=1ms |
	grep -E '^  (all  |Node|requests given up)'
cut -d, -f2,3 out/series.csv | sort -u
