#!/usr/bin/env bash
# A profile put onto another machine: more CPUs and nodes, more or fewer tasks. What is no
# machine is refused.
gen()
{
	pagesim trace gen --profile "configs/profiles/$1.yaml" --events 60000 -o t.pgt "${@:2}" &&
		pagesim trace info t.pgt | grep -e ^machine -e ^tasks
}

gen network
gen network --cpus 256 --nodes 8
gen network --tasks 20
gen build-farm --cpus 1
gen database --tasks 0.001
gen network --cpus 4 --nodes 8
echo "$?"
gen network --tasks 1000000
echo "$?"
gen network --tasks 0
gen network --live-max 4KiB
gen network --live-max many
gen network --cpus 0
rm -f t.pgt
ls
