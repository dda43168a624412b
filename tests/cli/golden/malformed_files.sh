#!/usr/bin/env bash
# Damaged in many ways: one sentence with its place, status 3.
try()
{
	pagesim golden --quiet "$@"
	[ $? -eq 3 ] || echo "not status 3"
}

while IFS= read -r change; do
	sed "$change" "$CASES/small.gold" >bad.gold
	cmp -s bad.gold "$CASES/small.gold" && echo "'$change' changes nothing"
	try bad.gold
done <<'END'
1s/pagegold 1/pagegold 2/
2s/4.12.0/2.4.0/
2s/4.12.0/6.1.0/
2s/ .*//
/^cpu 1/s/1/x/
/^cpu 0/d
/^cpu 1/s/cpu 1/cpu 0/
/^zone/s/1500/0/
/^zone/s/DMA/LowMem/
/^zone/a zone 0 DMA32 1000 2000
/^zone/a hole 5 5
/^zone/a isolated 5 6
/^distance/s/10/1000/
/^param user/s/-1/-2/
/^param watermark/s/10/0/
/^param lowmem/s/256,256,32/256,256/
/^param percpu/s/0/7/
/^param percpu/s/percpu/perzone/
/^param zonelist_order/s/node/left/
/^param direct/s/off/on/
/^wmark/s/DMA/Normal/
/^wmark/s/low 96/low x/
/^# vmstat/s/stat_threshold/threshold/
/^pcp/s/$/ 5/
/^pcp/s/high/low/
/^zonelist/s/nofallback/neverback/
/^ops/d
/^B/s/ 0$//
/^B/s/ 0$/ x/
/^T/s/Movable/Immovable/
/^P/s/$/ 1/
/^C/s/^C 0/C 2/
/^K/s/0 0/1 0/
/^H/s/.$//
/^a/s/^a 0/a 9/
/^a/s/ GFP_/ GFPX_/
/^a/s/ = / : /
/^a/s/= .*/= 12x/
/^a/s/^a /q /
/^ops/a f 0 77 0
/^ops/a f 0 77 0 warm
/^ops/a d 2
/^ops/a v
/^ops/a u 0 0 GFP_KERNEL 2 = 0
/^ops/a R 0 DMA
/^ops/a N 0 DMA 1
/^ops/s/$/\n/
END

printf '' >empty.gold
try empty.gold
printf 'pagegold 1\nkernel 4.12.0' >cut.gold
try cut.gold
printf 'pagegold 1\nkernel 4.12\0.0\n' >zero.gold
try zero.gold
{ head -n 1 "$CASES/small.gold" && head -c 80000 /dev/zero | tr '\0' x; } >long.gold
try long.gold
head -c 9000 "$CASES/../../golden/4.12.0/a3.gold.zst" >cut.zst
try cut.zst
{ head -c 9000 "$CASES/../../golden/4.12.0/a3.gold.zst" && printf 'damaged here' && tail -c +9013 "$CASES/../../golden/4.12.0/a3.gold.zst"; } >damaged.zst
# What follows the second colon is libzstd's own and differs between its versions.
try damaged.zst 2> >(sed 's/is damaged: .*/is damaged: .../' >&2)
wait $!
try nothing-there.gold
try .
