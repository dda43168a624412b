#!/usr/bin/env bash
pagesim params --kernel 4.12.0 --json | grep -A7 -e '"watermark_scale_factor"' -e '"numa_zonelist_order"'
