#!/usr/bin/env bash
pagesim params | grep -A2 -e '^kernel' -e '^vm.min_free_kbytes' -e '^vm.lowmem' -e '^vm.numa'
