#!/usr/bin/env bash
# A folder as it was recorded becomes a trace by itself, and that trace says the same.
cp -r "$CASES/small" small
pagesim verify small
pagesim trace import small -o small.pgt --report /dev/null
pagesim verify small.pgt
pagesim trace check small.pgt
pagesim trace cat --steps small.pgt
# One page that is not the recorded one.
sed -i 's/^z 0 4104/z 0 4105/' small/stream.txt
pagesim verify small
echo "status $?"
