#!/usr/bin/env bash
# Two machines' work on one, with their start states, and what does not go together.
s=traces/samples
pagesim trace merge $s/vm-fragment.pgt $s/host-build-small.pgt --name both -o both.pgt
pagesim trace check both.pgt
pagesim trace info both.pgt | grep -E -A 5 '^(clock|machine|start state)'
pagesim trace cat --quiet --to 6 both.pgt
pagesim run --trace both.pgt --kernel 4.12 --start trace --out out --quiet >text &&
	grep -A 11 Fragmentation text
pagesim trace merge --quiet $s/hog.pgt $s/hog.pgt -o - | pagesim trace check -
for files in "$s/hog.pgt" "$s/hog.pgt $s/vm-fragment.pgt" "$s/hog.pgt gone.pgt"; do
	# shellcheck disable=SC2086 # several files
	pagesim trace merge $files -o bad.pgt
	echo "status $?" >&2
done
pagesim trace merge both.pgt both.pgt -o ./both.pgt
echo "status $?" >&2
pagesim trace merge both.pgt both.pgt
echo "status $?" >&2
pagesim trace merge $s/hog.pgt $s/hog.pgt --level 99 -o bad.pgt
echo "status $?" >&2
ls
