#!/usr/bin/env bash
# Each fact is derived: one that is changed is found, with its line. Status 1.
try()
{
	sed "$1" good.txt >facts.txt
	cmp -s good.txt facts.txt && echo "'$1' changes nothing"
	pagesim verify facts.txt
	[ $? -eq 1 ] || echo "not status 1"
}

zstd -qdc "$CASES/../../recorded/facts/4cpu_2node_512M_low128M.txt.zst" >good.txt
while IFS= read -r change; do
	try "$change"
done <<'END'
60s/min=[0-9]*/min=1/
60s/high=[0-9]*/high=1/
60s/reserve=0,[0-9]*/reserve=0,1/
61s/high=[0-9]*/high=1/
61s/batch=[0-9]*/batch=9/
61s/stat_threshold=[0-9]*/stat_threshold=9/
/watermark_scale_factor=1000/,/zone nid/s/totalreserve=[0-9]*/totalreserve=1/
3s/$/0/;4,/===/s/which=0: 0:Normal/which=0: 1:Normal/
/thp_always/,$s/min_free_kbytes 20940/min_free_kbytes 20939/
END
