#!/usr/bin/env bash
# A request may carry many flags at once; these change nothing about where it is served.
for flags in __GFP_IO '__GFP_IO|__GFP_FS|__GFP_HARDWALL|__GFP_COMP|__GFP_ZERO|__GFP_COLD' \
	'__GFP_IO|__GFP_FS|__GFP_HARDWALL|__GFP_COMP|__GFP_ZERO|__GFP_COLD|__GFP_NORETRY|__GFP_NOMEMALLOC|__GFP_ACCOUNT|__GFP_NOTRACK|__GFP_REPEAT|__GFP_KSWAPD_RECLAIM'; do
	sed "\$s/__GFP_NOWARN/__GFP_NOWARN|$flags/" "$CASES/small.gold" >flags.gold
	cmp -s flags.gold "$CASES/small.gold" && echo "'$flags' changes nothing"
	pagesim golden flags.gold
done
