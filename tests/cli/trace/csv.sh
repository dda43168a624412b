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
for stream in "" --truth; do
	# shellcheck disable=SC2086 # no option, or one
	pagesim trace cat $stream small.pgt >a && pagesim trace cat $stream again.pgt | cmp - a &&
		echo "the same events"
done
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
