#!/usr/bin/env bash
# Nodes of a socket, caches within a node and across nodes, a node without CPUs.
pagesim machine show configs/machines/2s-naples.yaml
pagesim machine show configs/machines/two-node-movable.yaml | sed -n '/^node 1 /,/^node zone/p'
cat >snc.yaml <<'END'
name: snc
nodes: [{cpus: "0-2"}, {cpus: "3-5", memory: 64MiB}, {cpus: [6], memory: 64MiB}]
slit: [[10, 11, 21], [11, 10, 21], [21, 21, 10]]
caches: {llc: {size: 16MiB, ways: 16, latency_cycles: 40, shared_by: 4}}
END
pagesim machine show snc.yaml | sed -n '1,/^node zone/p'
