#!/usr/bin/env bash
# A live view wants a terminal; tests/tools/watch_terminal.sh has some.
pagesim run --watch --trace traces/samples/vm-fragment.pgt
echo "= $?" >&2
