#!/usr/bin/env bash
# Without swap the anonymous pages have nowhere to go: somebody is killed and reaped, and what
# that task would have done is dropped. A task with a high oom_score_adj is chosen first.
killed()
{
	pagesim run configs/scenarios/pressure-4.12.yaml --quiet --set machine.disks.swap=none \
		--set 'output.events=[oom]' --out "$1" "${@:2}" |
		sed -n '/^Requests/,/^$/p;/^Memory pressure/,/^$/p;/^Not matched/,/^$/p'
	grep -e victim -e reaping "$1/events.txt" | sed 's/ *[0-9.]*: / /'
}
killed any
killed chosen --set 'tasks=[{comm: hog, pid: 1002, oom_score_adj: 500}]'
# With nobody to kill the kernel would stop.
killed nobody --set 'tasks=[{comm: hog, oom_score_adj: -1000}, {comm: writer, oom_score_adj: -1000}, {comm: reader, oom_score_adj: -1000}]' |
	grep -e panic -e stopped
