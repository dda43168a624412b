#!/usr/bin/env bash
# A named pipe can be read only once, and is.
mkfifo pipe
cat traces/samples/vm-fragment.pgt >pipe &
timeout 60 pagesim run --json --trace pipe | grep -cE '"digest": ""|"score"'
cat traces/samples/vm-fragment.pgt | timeout 60 pagesim run --json --trace /dev/stdin | grep -c '"score"'
