#!/usr/bin/env bash
# Each way to call it wrong is one sentence and the status of its kind; nothing is left behind.
try()
{
	echo "pagesim compare $*" >&2
	pagesim compare "$@"
	echo "= $?" >&2
}
export TMPDIR=$PWD
base=configs/scenarios/vm-fragment.yaml
sample=traces/samples/vm-fragment.pgt
kept=configs/baselines/vm-fragment
try
try $base
try --trace $sample
try --trace $sample --kernels 4.12
try --trace $sample --kernels 2.4,,4.12
try --trace $sample --kernels 2.4,2.6
try --kernels 2.4,4.12
try --trace no/such.pgt --kernels 2.4,4.12 --jobs 1
try --trace - --kernels 2.4,4.12 </dev/null
try $kept no/such
try $kept no/such.yaml
try $kept --with kernel=2.4
try $kept $kept --kernels 2.4,4.12
try $base $base --kernels 2.4,4.12
try $base --kernels 2.4,4.12 --with seed=2
try $base --with vm.min_free_kbyte=1MiB
try $base --with seed
try $base --with ''
try $base --with 'same: '
try $base --with seed=2 --set vm.min_free_kbytes=8GB
try $base --with seed=2 --jobs 0
try $base --with seed=2 --machine no/such.yaml
try $base --with seed=2 --outt x
# A run that fails is named, and the others' results are not kept.
try $base --with "small: machine=configs/machines/tiny.yaml"
sed 's/"allocs": \([0-9]*\)/"allocs": 1\1/' $kept/result.json >edited.json
try $kept edited.json 2>&1 | sed 's/[0-9a-f]\{32\}/DIGEST/g' >&2
: >file
try $base --with seed=2 --out file/x --jobs 1
ls -A
