#!/usr/bin/env bash
# Two kernels on one trace: words, and a table of what differs, "-" for what a kernel has not.
export TMPDIR=$PWD
pagesim compare --trace traces/samples/vm-fragment.pgt --kernels 2.4,4.12
echo "= $?"
ls -A
