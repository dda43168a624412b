#!/usr/bin/env bash
# --json prints what --out writes; strict and dispatch engine have one digest, another seed of
# nothing random too; a changed parameter has another.
digest()
{
	pagesim run --json --trace traces/samples/vm-fragment.pgt "$@" |
		sed -n 's/.*"result_digest": "\([0-9a-f]*\)".*/\1/p'
}
digest >plain
pagesim run --quiet --trace traces/samples/vm-fragment.pgt --out out >said
sed -n 's/.*"result_digest": "\([0-9a-f]*\)".*/\1/p' out/result.json | cmp - plain && echo "files: same"
digest --engine=strict | cmp - plain && echo "strict: same"
digest --seed 5 | cmp - plain && echo "seed: same"
digest --set vm.min_free_kbytes=8MiB | cmp -s - plain || echo "8 MiB reserve: another"
digest --set cost.pcp_take=13 | cmp -s - plain || echo "dearer per-cpu list: another"
