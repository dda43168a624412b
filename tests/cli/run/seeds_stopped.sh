#!/usr/bin/env bash
# Who stops the program alone, as a batch system does, stops the run under way, too: the status
# says so, and each folder is whole or not there.
pagesim run configs/scenarios/pressure-4.12.yaml --quiet --repeat 1000 --out band 2>told &
for _ in $(seq 100); do
	[ -e band/seed-1/result.json ] && break
	sleep 0.1
done
kill -TERM $!
wait $!
echo "= $?"
sed 's/^pagesim run:/pagesim:/' told # between two runs the program tells it, in one the command
find band -name '.*'
for folder in band/*/; do
	[ -z "$(ls "$folder")" ] || cmp -s <(ls "$folder") <(ls band/seed-1) || ls "$folder"
done
ls band | grep -v seed
exit 0
