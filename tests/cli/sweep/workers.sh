#!/usr/bin/env bash
# No more workers than fit into memory; one always runs, however little there is.
cat >s.yaml <<-END
	base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
	axes: {vm.min_free_kbytes: [512KiB, 1MiB, 2MiB]}
END
for memory in 4GiB 40MiB 1MiB; do
	pagesim sweep run -j 2 --memory $memory s.yaml --out "out-$memory" | sed 's/[0-9.]* s with/T with/'
done
# Quiet is silent.
pagesim sweep run --quiet s.yaml --out quiet
pagesim sweep status --quiet quiet
echo "$?"
