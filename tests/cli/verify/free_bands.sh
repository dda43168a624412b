#!/usr/bin/env bash
# Bands as wide as can be hold everything, and a picture is drawn; narrow ones do not. Status 0, 1.
whatif=$CASES/../../recorded/whatif
printf 'setting,pswpin_min,pswpin_median,pswpin_max\n' >wide.csv
printf 'watermark_scale_factor=10,0,20000.5,1000000\n' >>wide.csv
printf 'min_free_kbytes=1000,0,20000,1000000\n' >>wide.csv
pagesim verify --free --runs 1 --bands wide.csv --svg wide.svg "$whatif/full_scale10.pgt" >wide.txt
echo "status $?"
tail -1 wide.txt
grep -c '<circle' wide.svg
sed 's/,0,/,999999,/' wide.csv >narrow.csv
pagesim verify --free --runs 1 --bands narrow.csv --set vm.watermark_scale_factor=10 \
	"$whatif/full_scale10.pgt" >narrow.txt
echo "status $?"
tail -1 narrow.txt
pagesim verify --free --runs 1 --json --bands wide.csv --set vm.min_free_kbytes=1000KiB \
	"$whatif/full_scale10.pgt" | grep -c '"inside": true'
