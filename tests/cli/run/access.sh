#!/usr/bin/env bash
# Who touches pages between allocation and free.
# The scenario's access map on one line.
access()
{
	sed -n '/"access": {/,/}/p' | tr -d '\n '
	echo
}
digest()
{
	sed -n 's/.*"result_digest": //p'
}
run()
{
	pagesim run configs/scenarios/pressure-2.4.yaml --quiet "$@"
}
for model in none recorded working-set; do
	echo "-- $model"
	run --set replay.access.model=$model | grep -E '^  (accesses to them|refaults)'
	run --set replay.access.model=$model --json | access
done
echo "-- colder, slower"
run --set replay.access.hot=2.5% --set replay.access.period=2500ms |
	grep -E '^  (accesses to them)'
run --set replay.access.hot=2.5% --set replay.access.period=2500ms --json |
	access
echo "-- another seed reads other pages"
[ "$(run --json --seed 2 | digest)" != "$(run --json | digest)" ] && echo so it is
echo "-- wrong ones"
for setting in model=lru hot=20 hot=120% hot=0% hot=1.25% hot=% period=1 period=0s period=2h priod=1s; do
	run --set replay.access.$setting 2>&1
	echo "= $?"
done
