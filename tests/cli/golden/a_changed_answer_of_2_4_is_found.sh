#!/usr/bin/env bash
# Each kind of line of 2.4.0 in turn gets another answer: the first difference is told, status 1.
while read -r change; do
	sed "$change" "$CASES/small24.gold" >changed.gold
	cmp -s changed.gold "$CASES/small24.gold" && echo "'$change' changes nothing"
	pagesim golden changed.gold
	[ $? -eq 1 ] || echo "not status 1"
done <<'END'
/^wmark/s/low 20/low 21/
/^freepages/s/high 60/high 61/
/^phys/s/max_mapnr 192/max_mapnr 191/
/^pgdat/s/0/1/
/^zonelist 0 0x10/s/$/ 0:HighMem/
/^param pgdat_list/!s/managed 64/managed 65/
/^param memfrac/s/32/4/
/^B/s/0 2 2/1 2 2/
/^S 0 Normal 49/s/49/48/
/^F/s/d$/e/
/^X/s/f85/f86/
/^H cb/s/5$/6/
/^a.* 0 GFP_USER = 182/s/182/-/
/^a 0 -1 10/s/-$/5/
/^G/s/age 0/age 1/
/^G/s/inactive_dirty/active/
/^touch 1 3/s/= /= s/
/^touch 1 5/s/-$/181/
/^M/s/address 0/address a/
/^scan/s/0$/1/
/^launder GFP_KSWAPD/s/1$/0/
/^io/s/0$/1/
/^L/s/1 2 1/1 2 2/
/^reclaim/s/= .*/= -/
/^kswapd/s/asleep/running/
/^swapin/s/-$/none/
/^badness/s/125/1/
/^oom/s/0$/1/
/^W/s/0$/1/
/^V/s/0$/1/
/^D/s/0$/1/
END
