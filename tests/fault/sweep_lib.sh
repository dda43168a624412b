#!/usr/bin/env bash
# What the tests of sweeps by batch systems share; sourced after lib.sh with PAGESIM [POINTS
# [POINTS_OF_TASK]]. Their daemons run as whoever calls them, with all files in the current folder,
# and end with the test on whatever way: by their ids, and tasks by the files that they have open.
points=${2:-24}
each=${3:-4}
PATH=$PATH:/usr/sbin:/sbin
declare -A daemon # name: process

# needs PACKAGES PROGRAM...: or the test is skipped
needs()
{
	local packages=$1 program
	shift

	for program; do
		command -v "$program" >/dev/null && continue
		echo "skipped: no $program (packages: $packages)"
		status=77
		exit
	done
}

# ---- processes ---------------------------------------------------------------------------------

# start_daemon NAME COMMAND...
start_daemon()
{
	local name=$1
	shift

	"$@" >>"$base/$name.out" 2>&1 &
	daemon[$name]=$!
}

# Processes that have such a file open: daemons their logs, tasks their output.
processes_with()
{
	# Some cannot be read, some are gone by now.
	{ find /proc/[0-9]*/fd -lname "$1" 2>/dev/null || true; } | cut -d / -f 3 | sort -u |
		grep -vx $$
}

kill_processes()
{
	local process

	for process; do
		kill -KILL "$process" 2>/dev/null
	done
	return 0
}

# Without the shell's words about it.
end_daemons()
{
	local name

	for name; do
		kill_processes "${daemon[$name]}"
		wait "${daemon[$name]}" 2>/dev/null
		unset "daemon[$name]"
	done
}

# A task may start another process while it ends: until there is none.
leave_all()
{
	local left end=$((SECONDS + 10))

	end_daemons "${!daemon[@]}"
	while left=$(processes_with "$base/*") && ((SECONDS < end)); do
		# shellcheck disable=SC2086 # a list of numbers
		kill_processes $left
		sleep 0.1
	done
	leave
}
trap leave_all EXIT
trap 'exit 130' INT TERM HUP

# wait_until SECONDS WHAT COMMAND...: until the command says yes, or the test fails
wait_until()
{
	local end=$((SECONDS + $1)) what=$2
	shift 2

	until "$@" >/dev/null 2>&1; do
		sleep 0.2
		((SECONDS < end)) && continue
		trouble "not in time: $what"
		tail -n 5 "$base"/*.log "$base"/*.out
		return 1
	done
}

# ---- sweeps ------------------------------------------------------------------------------------

digest()
{
	"$pagesim" sweep collect "$1" | sed -n 's/^Digest.*: //p'
}

plan()
{
	mkdir "$1" && "$pagesim" sweep plan --quiet sweep.yaml -o "$1/manifest.jsonl"
}

done_points()
{
	find "$1/points" -name '[!.]*.json' 2>/dev/null | wc -l
}

has()
{
	[ "$(done_points "$1")" -ge "$2" ]
}

# same DIR WHAT: all is done and left the table of the local run; since $begun
same()
{
	[ "$(done_points "$1")" = "$points" ] || trouble "$2: $("$pagesim" sweep status "$1")"
	[ "$(digest "$1")" = "$want" ] || trouble "$2: the table is another one"
	echo "$2: $points points, $((SECONDS - begun)) s"
}

# Writes sweep.yaml; the local run that sets what the others want.
run_local()
{
	local steps=$((points / 4))

	sed -e "s|\.\./\.\.|$source_|; s|\.\./devices|$source_/configs/devices|" \
		-e "/watermark_scale_factor:/s|steps: [0-9]*|steps: $steps|" \
		"$source_/configs/sweeps/small.yaml" >sweep.yaml
	begun=$SECONDS
	"$pagesim" sweep run -j 2 --quiet sweep.yaml --out local ||
		trouble "local run: exit status $?"
	want=$(digest local)
	same local 'a local run, 2 workers'
}
