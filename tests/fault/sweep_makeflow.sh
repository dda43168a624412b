#!/usr/bin/env bash
# A sweep by makeflow and two Work Queue workers: all points come out as in a local run, also when
# a worker dies with what it was at, and when makeflow itself is killed and started again.
#   sweep_makeflow.sh PAGESIM [POINTS [POINTS_OF_TASK]]     exit status 77: no makeflow here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$source_/tests/fault/sweep_lib.sh"
needs coop-computing-tools makeflow work_queue_worker
# Debian's makeflow begins with MPI, which takes no orders from root without being told.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_ess_singleton_isolated=1

# Sets port, which makeflow picks itself.
start_makeflow()
{
	rm -f port
	start_daemon makeflow makeflow -T wq --port 0 --port-file port flow.makeflow
	wait_until 30 "makeflow's port" test -s port && port=$(cat port)
}

start_worker()
{
	mkdir -p "$1"
	start_daemon "$1" work_queue_worker --timeout 120 --cores 1 --workdir "$base/$1" \
		127.0.0.1 "$port"
}

# What a worker started: in its folder.
tasks_of()
{
	local cwd process found=1

	for cwd in /proc/[0-9]*/cwd; do
		process=${cwd#/proc/}
		[[ $(readlink "$cwd") == "$base/$1"/* ]] || continue
		[ "${process%/cwd}" = "${daemon[$1]-}" ] && continue
		echo "${process%/cwd}"
		found=0
	done
	return $found
}

makeflow_ended()
{
	! kill -0 "${daemon[makeflow]}" 2>/dev/null
}

run_local
begun=$SECONDS
plan flow
"$pagesim" sweep export --quiet flow --makeflow --points "$each" -o flow.makeflow ||
	trouble "export: exit status $?"
start_makeflow || exit
start_worker one
start_worker two
wait_until 60 'some results' has flow $((points / 4))
wait_until 60 'a task of the first worker' tasks_of one
# shellcheck disable=SC2046 # a list of numbers
{
	end_daemons one
	kill_processes $(tasks_of one)
}
before=$(done_points flow)
wait_until 60 'another result' has flow $((before + 1))
end_daemons makeflow
between=$(done_points flow)
((between < points)) || trouble 'makeflow ended before it could be killed'
end_daemons two
start_makeflow || exit
start_worker two
wait_until 240 "makeflow's end" makeflow_ended
same flow "two workers, one killed after $before points, makeflow itself after $between"
