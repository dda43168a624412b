#!/usr/bin/env bash
# The ready profiles run on the two-node machine of 8 GiB without
# a failed request (hog.yaml is for machines of 64 MiB, and has its own tests). So does a
# profile that was put onto a smaller machine with fewer tasks.
run_it()
{
	printf 'kernel: "%s"\ntrace: t.pgt\nmachine: configs/machines/%s.yaml\nseed: 1\n' \
		"$1" "$2" >scenario.yaml
	pagesim run --quiet scenario.yaml | sed -n '/^Requests/,/^  frees/p'
}

for profile in web-server build-farm database network fork-storm page-cache fragmenter; do
	echo "== $profile"
	pagesim trace gen --quiet --profile "configs/profiles/$profile.yaml" --cpus 8 \
		--events 200000 --seed 1 -o t.pgt
	run_it 4.12 two-node
done
echo "== network on one CPU"
pagesim trace gen --quiet --profile configs/profiles/network.yaml --cpus 1 --nodes 1 \
	--tasks 0.25 --live-max 64MiB --events 50000 --seed 1 -o t.pgt
run_it 4.12 one-node
