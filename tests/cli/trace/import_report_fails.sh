#!/usr/bin/env bash
# A trace whose report cannot be written is not left behind.
tests=$CASES/../../traces/data
tar --use-compress-program='zstd -d' -xf "$tests/vm-fragment.snap.tar.zst"
pagesim trace import "$tests/vm-fragment.trace.dat.zst" --state vm-fragment --clock mono \
	--report /dev/full -o out.pgt
status=$?
ls
exit $status
