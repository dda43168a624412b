#!/usr/bin/env bash
# A copy of a recording, how close it is, and the profile that was found, which gives the same
# copy; what does not go together is refused.
gen()
{
	pagesim trace gen "$@"
	status=$?
	[ "$status" = 0 ] || echo "$status"
}

gen --like traces/samples/vm-fragment.pgt --seed 1 -o fragment.pgt
echo
gen --like traces/samples/host-build-small.pgt --seed 1 --level 1 -o build.pgt
pagesim trace info build.pgt | sed '/^file /d;/^made by/,/^clock/d;7,$d'
gen --like traces/samples/host-build-small.pgt --print-profile >build.yaml
events=$(pagesim trace info build.pgt | sed -n 's/^events *\([0-9]*\) .*/\1/p')
gen --profile build.yaml --seed 1 --level 1 --events "$events" -o again.pgt
cmp build.pgt again.pgt && echo "the printed profile gives the same trace"
gen --like build.pgt --cpus 4 --tasks 3 --events 20000 -o - | pagesim trace info - | grep ^machine

gen --like build.pgt --profile build.yaml -o x.pgt
gen --profile build.yaml -o x.pgt
gen --like build.pgt -o build.pgt
gen --like - -o x.pgt
gen --like build.pgt
gen --like build.yaml -o x.pgt
gen --like build.pgt --print-profile -o -
gen --like none.pgt -o x.pgt
ls
