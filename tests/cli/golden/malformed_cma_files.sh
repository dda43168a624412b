#!/usr/bin/env bash
# The records of areas and isolated pageblocks, damaged: one sentence with its place, status 3.
try()
{
	pagesim golden --quiet "$@"
	[ $? -eq 3 ] || echo "not status 3"
}

pagesim golden --quiet "$CASES/small_cma.gold" || echo "does not agree"
while IFS= read -r change; do
	sed "$change" "$CASES/small_cma.gold" >bad.gold
	cmp -s bad.gold "$CASES/small_cma.gold" && echo "'$change' changes nothing"
	try bad.gold
done <<'END'
s/^param cma 0 1024 2048/param cma 0 1024/
s/^param cma 0 1024 2048/param cma 0 1024 2000/
s/^param cma 0 1024 2048/param cma 0 2048 1024/
s/^param cma 0 1024 2048/param cma 64 1024 2048/
s/^param cma 0 1024 2048/param cma 1 1024 2048/
s/^param cma 0 1024 2048/param cma 0 2048 3072/
s/^param cma .*/&\n&/
s/^param cma .*/&\nhole 1500 1600/
s/^kernel 4.12.0/kernel 2.4.0/
/^P /s/ [0-9]* [0-9]*$//
/^M /s/$/ 1/
/^M /s/DMA/Normal/
/^I /s/$/ 1/
/^I /s/ [0-9]*$/ x/
/^i /s/ = 1//
/^i /s/ = 1/ = 2/
/^i /s/1024/1025/
/^i /s/1024/4096/
/^i /s/^i ./i 2/
/^ops/a j 0 1024
/^ops/a j 0 1024 Unmovable
/^ops/a j 0 1000 CMA
/^ops/a j 2 1024 CMA
END
# Without an area there is no isolation.
for line in 'M 0 DMA 0 0' 'I 0 DMA 0' 'i 0 512 = 1' 'j 0 512 Movable'; do
	sed "/^ops/a $line" "$CASES/small.gold" >bad.gold
	try bad.gold
done
