#!/usr/bin/env bash
# Damaged or of another kind: one sentence with its place, status 3.
try()
{
	pagesim verify --quiet "$@"
	[ $? -eq 3 ] || echo "not status 3"
}

recorded=$CASES/../../recorded
good=$recorded/4.12.0/w4_oom_numa.pgt
try nothing-there.pgt
try traces/samples/vm-fragment.pgt
try configs
head -c 20000 "$good" >cut.pgt
try cut.pgt
{ head -c 12000 "$good" && printf 'damaged' && tail -c +12008 "$good"; } >damaged.pgt
# What zstd says differs between its versions.
try damaged.pgt 2> >(sed 's/zstd frame: .*/zstd frame: .../' >&2)
wait $!
zstd -qdc "$recorded/facts/1cpu_128M.txt.zst" >good.txt
while IFS= read -r change; do
	sed "$change" good.txt >facts.txt
	cmp -s good.txt facts.txt && echo "'$change' changes nothing"
	try facts.txt
done <<'END'
2s/sysctl min_free_kbytes.*/sysctl min_free_kbytes/
3s/watermark/waterline/
7s/totalreserve=/totalreserve=x/
8s/cpu 0/cpu 1/
9s/nid=0/nid=99/
11s/10$/1000/
12s/managed=3977/managed=9977/
12s/name=DMA/name=DMA9/
12s/reserve=0,/reserve=/
13d
13s/high=0/high=-1/
14s/^zone/zoen/
40,$d
END
mkdir -p folder/before folder/after
try folder
printf 'q412state 1 id=0 MAX_ORDER=10 pageblock_order=9\n' >folder/before/state.txt
try folder
