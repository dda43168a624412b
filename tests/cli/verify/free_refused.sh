#!/usr/bin/env bash
# What cannot run free: one sentence, status 3, or 2 for a wrong setting.
try()
{
	local want=$1
	shift
	pagesim verify --free "$@"
	[ $? -eq "$want" ] || echo "not status $want"
}

whatif=$CASES/../../recorded/whatif
try 3 nothing-there.pgt
try 3 traces/samples/vm-fragment.pgt
try 2 --set vm.watermark_scale_factor=0 "$whatif/full_scale10.pgt"
try 3 --bands nothing-there.csv "$whatif/full_scale10.pgt"
printf 'setting,pswpin_min,pswpin_median,pswpin_max\nwatermark_scale_factor,1,2,3\n' >bad.csv
try 3 --bands bad.csv "$whatif/full_scale10.pgt"
try 3 --late 999=5 "$whatif/full_scale10.pgt"
try 2 --late 135 "$whatif/full_scale10.pgt"
try 2 --late 135=5x "$whatif/full_scale10.pgt"
try 2 --pauses 5,-1 "$whatif/full_scale10.pgt"
try 2 --pauses 5,5 "$whatif/full_scale10.pgt"
