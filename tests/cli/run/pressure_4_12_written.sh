#!/usr/bin/env bash
# Writes that make the kernel do something, made by nobody of the trace: memory is compacted, and
# page cache and slab objects are dropped.
pagesim run -q configs/scenarios/pressure-4.12.yaml \
	--set 'changes=[{at: 3s, set: {vm.drop_caches: 3, vm.compact_memory: 1}}]' --json |
	grep -E '"(applied|drop_pagecache|drop_slab|pgmigrate_success)":'
