#!/usr/bin/env bash
# Parameters changed in mid-run. At 0s it is as if booted with them; raised in the middle of
# the recording the marks are those of a boot with the value, but requests before went another
# way; both engines agree; a result's scenario has the changes in it.
sample=traces/samples/vm-fragment.pgt
result()
{
	pagesim run --json "$@"
}
digest()
{
	sed -n 's/.*"result_digest": "\([0-9a-f]*\)".*/\1/p' "$1"
}
marks()
{
	sed -n '/^ "final_state"/,$p' "$1" | grep -E '"(min|low|high)":'
}
cat >raised.yaml <<END
trace: $sample
changes:
  - at: 2s
    set: {vm.min_free_kbytes: 512MiB, vm.percpu_pagelist_fraction: 500}
  - {at: 3600s, set: {vm.min_free_kbytes: 4MiB}}
END
pagesim run raised.yaml | grep -A1 -E '^(Requests|Kernel parameters)'
result raised.yaml >raised.json
result --engine=strict raised.yaml >strict.json
cmp <(digest raised.json) <(digest strict.json) && echo "engines: same"
result --trace $sample --set vm.min_free_kbytes=512MiB >booted.json
result --trace $sample >plain.json
cmp <(marks raised.json) <(marks booted.json) && echo "marks: as booted"
cmp -s <(marks raised.json) <(marks plain.json) || echo "marks: not as recorded"
cmp -s <(digest raised.json) <(digest plain.json) || echo "course: another"
result --trace $sample --set 'changes=[{at: 0s, set: {vm.min_free_kbytes: 512MiB}}]' >first.json
sed '/^ "final_state"/,/^ \]/!d' first.json >a
sed '/^ "final_state"/,/^ \]/!d' booted.json >b
cmp a b && echo "at 0s: as booted"
awk '/^ "scenario": \{/ { on = 1; sub(/^ "scenario": /, "") }
	on { print }
	on && /^ \}/ { exit }' raised.json | sed '$ s/},$/}/' >again.yaml
result again.yaml >again.json
cmp <(digest raised.json) <(digest again.json) && echo "its scenario: same"
grep -A5 '"sysctl"' raised.json
pressure=configs/scenarios/pressure-2.4.yaml
result $pressure --set 'changes=[{at: 100ms, set: {vm.page-cluster: 1, vm.bdflush: "10"}}]' >p.json
result $pressure --engine=strict \
	--set 'changes=[{at: 100ms, set: {vm.page-cluster: 1, vm.bdflush: "10"}}]' >s.json
result $pressure >q.json
cmp <(digest p.json) <(digest s.json) && echo "2.4: engines: same"
cmp -s <(digest p.json) <(digest q.json) || echo "2.4: course: another"
for wrong in '[{at: 2s, set: {vm.min_free_kbyte: 1MiB}}]' '[{at: 2, set: {}}]' \
	'[{at: 1s, set: {vm.watermark_scale_factor: 5000}}]'; do
	pagesim run --trace $sample --set "changes=$wrong"
	echo "= $?" >&2
done
