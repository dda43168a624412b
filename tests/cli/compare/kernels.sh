#!/usr/bin/env bash
# Two kernels on one trace: words, and a table of what differs, "-" for what a kernel has not.
export TMPDIR=$PWD
pagesim compare --trace traces/samples/vm-fragment.pgt --kernels 2.4,4.12 >text
status=$?
# How many there are changes with every new figure.
sed "s|^[0-9]* more figures|N more figures|" text
echo "= $status"
rm text
ls -A
