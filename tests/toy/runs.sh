#!/usr/bin/env bash
# A program with a third kernel replays the samples through it, every frame audited, and all
# other commands take it like the others: runs.sh PAGESIM_TOY TREE
set -euo pipefail
pagesim=$1
cd "$2"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# run NAME OPTION...: the summary is in $out/NAME
run()
{
	"$pagesim" run --kernel first-fit --check=5000 "${@:2}" --out "$out/$1.d" >"$out/$1" || {
		echo "run ${*:2}: ends with $?"
		exit 1
	}
}

# says NAME LINE: the summary has it
says()
{
	grep -qE "$2" "$out/$1" || {
		echo "$1 does not say: $2"
		cat "$out/$1"
		exit 1
	}
}

# What docs/adding.md says of its length is so.
lines=$(wc -l <tests/toy/first_fit.c)
grep -q "^\`tests/toy/first_fit.c\` is a kernel of $lines lines" docs/adding.md || {
	echo "docs/adding.md does not say that first_fit.c has $lines lines"
	exit 1
}
[ "$lines" -lt 200 ]

run recorded --trace traces/samples/vm-fragment.pgt
says recorded 'order 9 +34 +34 +0'
says recorded 'all +76321 +76321 +0'
says recorded 'every invariant holds'
says recorded '^Orders: none failed$' # it does not tell for how long an order was missing
run full --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml
says full '^  order 0 .* [0-9.]+ s$' # nothing is ever taken back: requests fail
run again --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml
diff <(grep result_digest "$out/full.d/result.json") \
	<(grep result_digest "$out/again.d/result.json")

# In two parts it ends with the same blocks; a machine is aged with it; its page is written.
"$pagesim" trace cut traces/samples/vm-fragment.pgt --events :40000 -o "$out/a.pgt" --quiet
"$pagesim" trace cut traces/samples/vm-fragment.pgt --events 40000: -o "$out/b.pgt" --quiet
run first --trace "$out/a.pgt" --save-state "$out/a.state.pgt"
run second --trace "$out/b.pgt" --start "$out/a.state.pgt"
cmp "$out/recorded.d/buddyinfo" "$out/second.d/buddyinfo"
run aged --machine configs/machines/tiny.yaml --age order=4,unusable=0.5
says aged 'zone DMA32 +0\.[45]'
"$pagesim" report "$out/recorded.d" -o "$out/page.html" --quiet

"$pagesim" params --kernel first-fit | grep 'cost.frame' >/dev/null
"$pagesim" check --baseline "$out/full.d" "$out/again.d" --quiet
"$pagesim" compare --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml \
	--kernels 2.4,4.12,first-fit | grep first-fit >/dev/null
