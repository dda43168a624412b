#!/usr/bin/env bash
# Workers and the sweep itself are killed at random moments; it goes on each time, no result is
# ever half there, and in the end the table is that of a sweep that nobody disturbed.
#   sweep_kills.sh PAGESIM [KILLS]
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
kills=${2:-6}
points=$((6 * (kills + 2))) # a killed one loses two at most, and does one at least
RANDOM=${SEED:-1}

sed -e "s|\.\./\.\.|$source_|; s|\.\./devices|$source_/configs/devices|" \
	-e 's|\[512KiB, 1MiB, 2MiB, 4MiB\]|{from: 512KiB, to: 4MiB, steps: '$((kills + 2))'}|' \
	"$source_/configs/sweeps/small.yaml" >sweep.yaml
run=("$pagesim" sweep run -j 2 --quiet sweep.yaml --out)

digest()
{
	"$pagesim" sweep collect "$1" | sed -n 's/^Digest.*: //p'
}

done_points()
{
	find "$1/points" -name '[!.]*.json' 2>/dev/null | wc -l
}

"${run[@]}" undisturbed || trouble "undisturbed: exit status $?"
want=$(digest undisturbed)
[ "$(done_points undisturbed)" = "$points" ] || trouble 'undisturbed: not all results'

hits=0
for ((kill = 1; kill <= kills; kill++)); do
	"${run[@]}" disturbed >stdout 2>stderr &
	parent=$!
	# It gets somewhere first, however slow the machine is; then a moment like any other.
	have=$(done_points disturbed)
	while [ "$(done_points disturbed)" -le "$have" ] && kill -0 "$parent" 2>/dev/null; do
		sleep 0.02
	done
	sleep "0.0$((RANDOM % 10))"
	worker=$(pgrep -P "$parent" | head -n 1)
	if ((kill % 2)) && [ -n "$worker" ]; then
		kill -KILL "$worker" 2>/dev/null && hits=$((hits + 1))
		sleep "0.0$((RANDOM % 10))"
	fi
	kill -KILL "$parent" 2>/dev/null && hits=$((hits + 1))
	wait "$parent" 2>/dev/null
	"$pagesim" sweep status disturbed >status 2>&1
	grep -q ' 0 failed, 0 damaged' status || trouble "after kill $kill: $(cat status)"
done
before=$(done_points disturbed)
"$pagesim" sweep resume -j 2 --quiet disturbed || trouble "resume: exit status $?"
[ "$(digest disturbed)" = "$want" ] || trouble 'the disturbed table is another one'
((hits >= kills)) || trouble "only $hits of $kills kills hit somebody: the sweep is too short"
echo "$hits processes killed; $before of $points points were done before the last run"
