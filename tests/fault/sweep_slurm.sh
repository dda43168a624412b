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

# Node n1 falls silent in the midst of a task: the daemon first, then what starts the task (which
# would tell its end), then the task.
kill_node()
{
	local jobs

	wait_until 60 'a task on n1' slurm_jobs n1
	end_daemons n1
	jobs=$(slurm_jobs n1)
	# shellcheck disable=SC2046,SC2086 # lists of numbers
	kill_processes $(processes_with "$base/n1.log") $jobs
	[ -n "$jobs" ] || trouble 'the node had nothing to do when it was killed'
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
wait_until 60 'some results' has dying $((points / 4))
kill_node
before=$(done_points dying)
wait_until 120 'the node is down' node_down
echo "the killed node is down after $((SECONDS - begun)) s"
same_table dying "one of two nodes killed after $before points"
