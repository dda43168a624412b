#!/usr/bin/env bash
# Writes that make the kernel do something, made by nobody of the trace: memory is compacted, and
# page cache and slab objects are dropped.
pagesim run -q configs/scenarios/pressure-4.12.yaml \
	--set 'changes=[{at: 3s, set: {vm.drop_caches: 3, vm.compact_memory: 1}}]' --json |
	grep -E '"(applied|drop_pagecache|drop_slab|pgmigrate_success)":'
# Who fills page cache by writing pauses when too much is dirty: the smaller the limit, the longer.
for ratio in 20 1; do
	pagesim run configs/scenarios/pressure-4.12.yaml --set vm.dirty_ratio=$ratio |
		sed -n -e 's/.*events in \(.*\) of simulated time.*/\1/p' -e '/^  nr_dirty/p'
done
