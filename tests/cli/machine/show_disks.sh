#!/usr/bin/env bash
# One drive for swap and data, then a drive for each; a machine without disks does not speak of
# them.
pagesim machine show configs/machines/p3-1cpu.yaml
pagesim machine show configs/machines/p3-4cpu.yaml | tail -4
pagesim machine show configs/machines/tiny.yaml | grep drive
true
