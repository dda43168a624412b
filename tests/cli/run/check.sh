#!/usr/bin/env bash
# The whole state is audited in any build, on a machine short of memory, too; the run's result is
# the same with and without.
for kernel in 2.4 4.12; do
	run=(pagesim run --kernel $kernel --trace traces/samples/hog.pgt
		--machine configs/machines/tiny.yaml)
	"${run[@]}" --check=500 --out $kernel-checked | grep ^Checks
	"${run[@]}" --out $kernel >/dev/null
	grep -h result_digest $kernel*/result.json | uniq | wc -l
done
pagesim run --trace traces/samples/vm-fragment.pgt --check 20000 --quiet | grep -c ^Checks
pagesim run --check=0
pagesim run --check=10k
