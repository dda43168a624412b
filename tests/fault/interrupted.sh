#!/usr/bin/env bash
# A signal in the middle: SIGINT and SIGTERM end with 130 and leave nothing half-written,
# SIGKILL may leave a temporary file but never a half file under its final name.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
events=50000000 # more than any machine writes before the signal comes

# signalled SIGNAL SECONDS COMMAND...: its exit status
signalled()
{
	local signal=$1 seconds=$2 child
	shift 2

	# A shell without job control starts background commands with SIGINT ignored.
	(trap - INT && exec "$@") >stdout 2>stderr &
	child=$!
	sleep "$seconds"
	kill -s "$signal" "$child" 2>/dev/null # it may have ended
	wait "$child"
}

generate=("$pagesim" trace gen --profile "$source_/configs/profiles/build-farm.yaml"
	--events "$events" --seed 1 -o gen.pgt)
for signal in INT TERM; do
	signalled "$signal" 1 "${generate[@]}"
	got=$?
	[ "$got" -eq 130 ] || trouble "trace gen, SIG$signal: exit status $got instead of 130"
	[ ! -e gen.pgt ] || trouble "trace gen, SIG$signal: half a file is there"
	no_leftovers . "trace gen, SIG$signal"
done
signalled KILL 1 "${generate[@]}" 2>/dev/null
[ ! -e gen.pgt ] || trouble 'trace gen, SIGKILL: half a file is there'
rm -f ./*.tmp*

# Long enough to be hit while it replays, short enough to be hit while it writes, too.
"$pagesim" trace gen --profile "$source_/configs/profiles/build-farm.yaml" \
	--events 3000000 --seed 1 -o long.pgt >stdout 2>stderr || trouble "trace gen: $(cat stderr)"
replay=("$pagesim" run --trace long.pgt --kernel 4.12
	--machine "$source_/configs/machines/2s-broadwell.yaml")
hits=0
for seconds in 0.01 0.03 0.06 0.1 0.15 0.2 0.3; do
	signalled INT "$seconds" "${replay[@]}" --out "int-$seconds"
	got=$?
	[ "$got" -ne 130 ] || hits=$((hits + 1))
	[ "$got" -eq 130 ] || [ "$got" -eq 0 ] ||
		trouble "run, SIGINT after $seconds s: exit status $got instead of 130"
	whole "int-$seconds" "run, SIGINT after $seconds s"
	no_leftovers "int-$seconds" "run, SIGINT after $seconds s"

	signalled KILL "$seconds" "${replay[@]}" --out "kill-$seconds" 2>/dev/null
	whole "kill-$seconds" "run, SIGKILL after $seconds s"
done
signalled INT 0.2 "$pagesim" compare --trace long.pgt --kernels 4.12,2.4 \
	--machine "$source_/configs/machines/2s-broadwell.yaml" --out both
got=$?
[ "$got" -eq 130 ] || trouble "compare, SIGINT: exit status $got instead of 130"
[ ! -e both ] || trouble 'compare, SIGINT: its folder is there, though no run was done'
[ "$hits" -gt 0 ] || trouble 'run was never interrupted: the trace is too short'
