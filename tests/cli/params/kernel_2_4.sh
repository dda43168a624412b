#!/usr/bin/env bash
# Names, bounds and presets of 2.4 are those of its own /proc/sys/vm and boot options.
pagesim params --kernel 2.4 | grep -A2 '^vm' | grep -v '^--'
pagesim params --kernel 2.4.0 --markdown | head -6
pagesim params --kernel 2.4 --json | sed -n '/"kernel"/p;/"freepages"/,/}/p'
