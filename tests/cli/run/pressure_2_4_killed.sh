#!/usr/bin/env bash
# Without swap the anonymous pages have nowhere to go: somebody is killed, and what that task
# would have done is dropped.
pagesim run configs/scenarios/pressure-2.4.yaml --quiet --set machine.disks.swap=none |
	sed -n '/^Requests/,/^$/p;/^Memory pressure/,/^$/p;/^Not matched/,/^$/p'
