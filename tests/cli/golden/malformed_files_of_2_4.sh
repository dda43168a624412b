#!/usr/bin/env bash
# Damaged in many ways: one sentence with its place, status 3. Many of these are operations on
# what does not exist or is in no state for them, which a kernel would not survive.
while IFS= read -r change; do
	sed "$change" "$CASES/small24.gold" >bad.gold
	cmp -s bad.gold "$CASES/small24.gold" && echo "'$change' changes nothing"
	pagesim golden --quiet bad.gold
	[ $? -eq 3 ] || echo "'$change' is not status 3"
done <<'END'
/^param memory_model/s/contig/flat/
/^param nr_cpus/s/2/0/
/^param nr_cpus/s/2/1025/
/^param memfrac/s/,128$//
/^param memfrac/s/128/0/
/^param num_phys/s/192/many/
/^param pgdat/s/0/1/
/^param pgdat/s/0/0,0/
/^param yield/s/1/yes/
/^param io_sync/s/0/2/
/^param swap_pages/s/9/99999999/
/^param swap_pages/s/swap/bonus/
/^zone 0 Normal/s/Normal/DMA32/
/^zone 0 Normal/s/128/100/
/^bootmap/s/$/ 5/
/^wmark/s/ 0 / 1 /
/^freepages/s/low/lo/
/^phys/s/192/x/
/^pgdat/s/0/zero/
/^zonelist/s/0x08/0x04/
/^pgdat/a reserve 0 DMA 0 0 0 0
/^pgdat/a pcp 0 DMA batch 1 high 0
/^B/s/ 0$//
/^S/s/Normal/HighMem/
/^F/s/^F /F 0/
/^X/s/.$/g/
/^a 0 -1 3/s/-1/-2/
/^a 0 -1 3/s/-1/1/
/^a 0 -1 3/s/a 0/a 2/
/^a 0 -1 3/s/ 3 / 21 /
/^a 0 -1 3/s/GFP_KERNEL/GFP_KERNAL/
/^a 0 -1 3/s/GFP_KERNEL/PF_MEMALLOC|/
/^a 0 -1 3/s/GFP_KERNEL//
/^a 0 -1 3/s/GFP_KERNEL/GFP_NOFS/
/^a 0 -1 3/s/GFP_KERNEL/|GFP_KERNEL/
/^cache 182/s/182/5000/
/^cache 182/s/182/100/
/^cache 182/s/182/1/
/^cache 182/a cache 182
/^cache 181 1/s/1$/3/
/^bufcache/s/dirty/ram/
/^bufcache/s/179/182/
/^buf /s/clean/cleaner/
/^buf /s/182/100/
/^dirty/s/180/100/
/^ref/s/18./99999999999/
/^find/s/181/-1/
/^ageup/s/$/ 1/
/^hold/s/182/3/
/^put/s/182/180/
/^lock/s/182/100/
/^G/s/182/193/
/^mm/s/16/0/
/^mm/a mm 1 4
/^map 1 3/s/3/16/
/^map 1 3/s/map 1/map 2/
/^map 1 3/s/178/179/
/^map 1 3/s/dy/dd/
/^map 1 4/s/4/3/
/^map 1 4 181/s/181/178/
/^touch 1 3/s/3/17/
/^touch 1 3/s/w/x/
/^M/s/M 1/M 2/
/^scan/s/scan 0/scan 7/
/^launder/s/KSWAPD/SWAPD/
/^launder/s/ 1 =/ 2 =/
/^io/s/=/:/
/^L/s/ 0$//
/^reclaim/s/Normal/HighMem/
/^reclaim/s/182/none/
/^unmap/s/4/16/
/^uncache/s/181/100/
/^uncache/a uncache 181
/^f/s/177/178/
/^f/s/177 0/177 1/
/^f/s/177/192/
/^f/s/f 1/f 2/
/^f 1/s/0$/10/
/^f/s/177 0/180 0/
/^tick/s/101/-1/
/^stats/s/$/ 1/
/^kswapd/s/ =//
/^daemons/s/$/ all/
/^swapin/s/ 3 / 16 /
/^swapin/s/ w / rw /
/^task/s/200000/0x20/
/^task/s/-5/-21/
/^task/s/task 1/task 2/
/^badness/s/1 =/2 =/
/^oom/s/0$/no/
/^W/s/ 0$//
/^D/s/ 0$/ x/
/^stats/s/stats/statistics/
END
# Without a check in the kernel, an order that does not exist would leave its tables.
sed '/^param memory_model/s/contig/numa/; /^a 0 -1 3/s/-1 3/0 10/' "$CASES/small24.gold" >bad.gold
pagesim golden --quiet bad.gold
[ $? -eq 3 ] || echo "not status 3"
