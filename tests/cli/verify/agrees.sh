#!/usr/bin/env bash
# A recording of a real kernel, as a trace, and the facts of a machine.
ln -s "$CASES/../../recorded" recorded
pagesim verify recorded/4.12.0/w4_oom_numa.pgt recorded/facts/4cpu_4node_4G_ring.txt.zst
pagesim verify --guided --quiet recorded/4.12.0/w1_1cpu_churn.pgt
