#!/usr/bin/env bash
# The machine that runs this: whatever it is, what comes out is a machine.
[ -r /sys/devices/system/cpu/online ] && [ -r /proc/zoneinfo ] || exit 0
[ "$(uname -m)" = x86_64 ] || exit 0
pagesim machine import --sys -o here.yaml && pagesim machine check --quiet here.yaml
