#!/usr/bin/env bash
# Another tool's rows become a trace; a trace becomes rows; there and back nothing changes.
cat >rows.csv <<-END
	# kernel 6.1.0
	# gfp 0x100 __GFP_ZERO
	# gfp 0xcc0 GFP_KERNEL
	time_ns,cpu,pid,comm,event,pfn,order,gfp
	12000001000,0,17,make,alloc,0x10,2,0xdc0
	12000002000,1,18,"Web, Content",alloc,,9,GFP_TRANSHUGE
	12000003000,0,17,make,free,18,1,
END
pagesim trace import rows.csv --comm --quiet -o rows.pgt
pagesim trace cat rows.pgt
pagesim trace cat --csv rows.pgt
data=$CASES/../../traces/data
pagesim trace import "$data/small.v6.dat.zst" --clock mono --quiet --name small -o small.pgt
pagesim trace cat --csv small.pgt >small.csv
pagesim trace import - --quiet --name small -o again.pgt <small.csv
pagesim trace cat --csv again.pgt | cmp - small.csv && echo "the same rows"
same()
{
	for stream in "" --truth; do
		# shellcheck disable=SC2086 # no option, or one
		pagesim trace cat $stream "$1" >a && pagesim trace cat $stream "$2" | cmp - a &&
			echo "the same events"
	done
}
same small.pgt again.pgt
# With the snapshots of the recording there is a start state again, too.
tar --zstd -xf "$data/vm-fragment.snap.tar.zst"
pagesim trace cat --csv traces/samples/vm-fragment.pgt >vm-fragment.csv
pagesim trace import vm-fragment.csv --state vm-fragment --quiet -o vm-fragment.pgt
same traces/samples/vm-fragment.pgt vm-fragment.pgt
pagesim trace info traces/samples/vm-fragment.pgt | grep -A 4 "^start state" >a
pagesim trace info vm-fragment.pgt | grep -A 4 "^start state" | cmp - a && echo "the same start state"
# What a CSV cannot hold.
pagesim trace gen --profile configs/profiles/build-farm.yaml --events 100 --seed 1 -o gen.pgt
pagesim trace cat --csv gen.pgt >gen.csv
echo "status $?"
for wrong in "--csv --truth gen.pgt" "--csv --from 3 gen.pgt" "--csv -"; do
	# shellcheck disable=SC2086 # several words
	pagesim trace cat $wrong
	echo "status $?"
done
sed -i 's/pid,/task,/' rows.csv
pagesim trace import rows.csv -o wrong.pgt
echo "status $?"
