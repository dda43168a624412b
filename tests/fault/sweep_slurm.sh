#!/usr/bin/env bash
# A sweep on a Slurm that the test starts itself: all points come out as in a local run, also when
# a node dies with what it was at, and when an array that was cancelled is submitted again.
#   sweep_slurm.sh PAGESIM [POINTS [POINTS_OF_TASK]]     exit status 77: no Slurm here
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$source_/tests/fault/sweep_lib.sh"
. "$source_/tests/fault/slurm_lib.sh"

slurm()
{
	"$pagesim" sweep "$@" --slurm --points "$each" >submitted || trouble "$*: exit status $?"
}

queue_empty()
{
	[ -z "$(squeue --noheader)" ]
}

# same_table DIR WHAT: once the array has ended
same_table()
{
	wait_until 240 "the end of $2" queue_empty || squeue
	same "$@"
}

# Holds a task on n1 where it is, so that it cannot end before it is killed.
hold_task()
{
	local jobs

	jobs=$(slurm_jobs n1) || return
	# shellcheck disable=SC2086 # a list of numbers
	kill -STOP $jobs 2>/dev/null
	# shellcheck disable=SC2086
	ps -o state= -p ${jobs// /,} | grep -q T
}

# Node n1 falls silent in the midst of a task: the daemon first, then what starts the task (which
# would tell its end), then the task.
kill_node()
{
	wait_until 60 'a task on n1' hold_task
	end_daemons n1
	# shellcheck disable=SC2046 # lists of numbers
	kill_processes $(processes_with "$base/n1.log") $(slurm_jobs n1)
}

node_down()
{
	sinfo --noheader --nodes n1 --format %T | grep -q '^down'
}

run_local
slurm_start || exit

begun=$SECONDS
plan quiet
slurm submit quiet
same_table quiet "tasks of $each on two nodes"

plan again
slurm submit again --limit 1
wait_until 60 'the first result' has again 1
scancel --name=pagesim-sweep
wait_until 60 'the cancelled array' queue_empty
before=$(done_points again)
((before < points)) || trouble 'the array ended before it could be cancelled'
begun=$SECONDS
slurm resume again
grep -q "^Points without a result: $((points - before))," submitted ||
	trouble "resumed: $(cat submitted)"
same_table again "the rest of a cancelled array ($before points were done)"

plan dying
slurm submit dying
begun=$SECONDS
wait_until 60 'some results' has dying $((points / 8))
kill_node
before=$(done_points dying)
wait_until 120 'the node is down' node_down
echo "the killed node is down after $((SECONDS - begun)) s"
same_table dying "one of two nodes killed after $before points"
