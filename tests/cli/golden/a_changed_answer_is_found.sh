#!/usr/bin/env bash
# Each kind of line in turn gets another answer: the first difference is told, status 1.
while read -r change; do
	sed "$change" "$CASES/small.gold" >changed.gold
	cmp -s changed.gold "$CASES/small.gold" && echo "'$change' changes nothing"
	pagesim golden changed.gold
	echo "status $?"
done <<'END'
/^wmark/s/low 96/low 97/
/^reserve/s/ 0$/ 1/
/^pcp/s/high 0/high 6/
/^zonelist 0 fallback/s/$/ 0:Normal/
/^# vmstat/s/threshold 4/threshold 5/
/^# mobility/s/off/on/
/^param min_free_kbytes/s/309/310/
/^B/s/0$/1/
/^T 0 DMA Movable/s/0$/1/
/^P/s/0$/1/
/^C 1/s/0$/1/
/^K/s/0$/1/
/^H/s/5$/6/
/^a.* 0 0 /s/= .*/= -/
END
# One difference does not hide another file's.
sed '/^K/s/0$/1/' "$CASES/small.gold" >other.gold
pagesim golden changed.gold other.gold "$CASES/small.gold"
