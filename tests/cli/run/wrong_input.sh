#!/usr/bin/env bash
# Each wrong input is one sentence and the exit status of its kind.
try()
{
	echo "pagesim run $*" >&2
	pagesim run "$@"
	echo "= $?" >&2
}
sample=traces/samples/vm-fragment.pgt
try
try --trace
try --trace no/such.pgt
try --trace configs/machines/tiny.yaml
try --trace $sample --machine no/such.yaml
try --trace $sample --machine $sample
try --trace $sample --kernel 2.6
try --trace $sample --repeat 3 --seeds 4,5
try --trace $sample --set output.events_format=[us]
try --trace $sample --set output.events_format=ns
try --trace $sample --engine=slow
try --trace $sample --start no/such.pgt
try --trace $sample --start sideways/
try --trace $sample --set vm.min_free_kbyte=1
try --trace $sample --set vm.watermark_scale_factor=5000
try --trace $sample --set replay.pacing=fast
try --trace $sample --set vm.min_free_kbytes=1MiB --kernel 2.4
try --trace $sample --set vm.freepages=100,200,300
try --trace traces/samples/hog.pgt
try --trace traces/samples/hog.pgt --kernel 2.4 --set machine.clock_mhz=2000
try --trace $sample --set output.interval=1us
try --trace $sample --set output.series=[vmstat]
try --trace $sample --set vm.min_free_kbytes=8GB
try --trace $sample --machine configs/machines/tiny.yaml
try --trace $sample --map-cpus all
try --trace $sample --outt x
try --trace $sample --set output.events=all
try --trace - --start - <$sample
try no/such.yaml
try a.yaml b.yaml
: >empty.pgt
try --trace empty.pgt
head -c 200000 $sample >cut.pgt
try --trace cut.pgt 2>said # its bytes are those of the sample
sed -E "s/[0-9]{4,}/N/g" said >&2
: >file
try --trace $sample --out file
try --trace $sample --out file/below
