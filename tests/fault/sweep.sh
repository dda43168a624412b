#!/usr/bin/env bash
# What can go wrong with a sweep's folder: each ends with its exit status and one sentence, and
# no result is lost.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cat >sweep.yaml <<-END
	base: {machine: $source_/configs/machines/tiny.yaml, trace: $source_/traces/samples/hog.pgt}
	axes:
	  vm.min_free_kbytes: [512KiB, 1MiB, 2MiB]
END

digest()
{
	"$pagesim" sweep collect "$1" 2>/dev/null | sed -n 's/^Digest.*: //p'
}

any_result()
{
	find "$1/points" -name '*.json' | sort | head -n 1
}

"$pagesim" sweep run -j 2 --quiet sweep.yaml --out good || trouble "good: exit status $?"
want=$(digest good)

# Damaged results: cut off, changed, of another point, empty. Each is seen and done again.
n=0
for damage in 'truncate -s 1000' 'sed -i s/"allocs":3/"allocs":4/' 'truncate -s 0' \
	'cp other.json'; do
	n=$((n + 1))
	cp -r good "damaged-$n"
	file=$(any_result "damaged-$n")
	find "damaged-$n/points" -name '*.json' | sort | tail -n 1 | xargs -I{} cp {} other.json
	$damage "$file"
	"$pagesim" sweep status "damaged-$n" >status
	grep -q '2 with a result.*1 damaged' status || trouble "$damage: $(cat status)"
	[ "$(digest "damaged-$n")" != "$want" ] || trouble "$damage: the table has it"
	"$pagesim" sweep run sweep.yaml --out "damaged-$n" >stdout 2>stderr ||
		trouble "$damage: exit status $?"
	grep -q 'Damaged results, done again: 1' stdout || trouble "$damage: not told"
	[ "$(digest "damaged-$n")" = "$want" ] || trouble "$damage: another table"
done

# A manifest of another version, one that is damaged, none.
cp -r good other-version
sed -i '1s/"format":"pagesim sweep","/&x/; 1s/,"version":1}/,"version":9}/' \
	other-version/manifest.jsonl
ends 2 'resume with a manifest of another version' "$pagesim" sweep resume other-version
grep -q 'version 9' stderr || trouble "another version: $(cat stderr)"
cp -r good other-results
sed -i '1s/"result_version":1/"result_version":7/' other-results/manifest.jsonl
ends 2 'resume with a manifest for other results' "$pagesim" sweep resume other-results
cp -r good cut-manifest
truncate -s -5 cut-manifest/manifest.jsonl
ends 3 'resume with a manifest that is cut off' "$pagesim" sweep resume cut-manifest
ends 3 'collect with a manifest that is cut off' "$pagesim" sweep collect cut-manifest
mkdir empty
ends 2 'status of a folder without a manifest' "$pagesim" sweep status empty
"$pagesim" sweep run --quiet sweep.yaml --out other-version || trouble 'planned again: fails'
[ "$(digest other-version)" = "$want" ] || trouble 'planned again: another table'

# The trace has changed since.
cp "$source_/traces/samples/hog.pgt" t.pgt
sed "s|trace: .*hog.pgt|trace: $base/t.pgt|" sweep.yaml >own.yaml
"$pagesim" sweep plan --quiet own.yaml -o own.jsonl
cp "$source_/traces/samples/vm-fragment.pgt" t.pgt
ends 2 'a trace that is not the planned one' "$pagesim" sweep run own.jsonl --out own
grep -q 'another trace' stderr || trouble "another trace: $(cat stderr)"
rm t.pgt
ends 3 'a trace that is gone' "$pagesim" sweep run own.jsonl --out own

# Two at a time: the second one is told, and takes nothing from the first.
sed 's|\[512KiB, 1MiB, 2MiB\]|{from: 512KiB, to: 4MiB, steps: 30}|' sweep.yaml >long.yaml
"$pagesim" sweep run -j 1 --quiet long.yaml --out twice >first 2>&1 &
first=$!
for _ in $(seq 100); do
	[ -d twice/points ] && break
	sleep 0.05
done
ends 2 'a second run in the same folder' "$pagesim" sweep run --quiet long.yaml --out twice
grep -q "at work in twice (process $first)" stderr || trouble "a second run: $(cat stderr)"
wait "$first" || trouble "the first of two: exit status $? $(cat first)"

# Interrupted: 130, nothing half-written; afterwards the rest is done.
(trap - INT && exec "$pagesim" sweep run -j 2 long.yaml --out interrupted) >stdout 2>stderr &
child=$!
for _ in $(seq 100); do
	[ -d interrupted/points ] && break
	sleep 0.05
done
kill -INT "$child"
wait "$child"
[ $? = 130 ] || trouble "interrupted: exit status is not 130: $(cat stderr)"
grep -q "of 30 points have a result; 'pagesim sweep resume" stderr ||
	trouble "interrupted: $(cat stderr)"
find interrupted -name '.*' | grep -q . && trouble 'interrupted: something half-written is left'
[ "$(digest interrupted)" != "$(digest twice)" ] || trouble 'interrupted: it was through'
"$pagesim" sweep resume --quiet interrupted || trouble "after the interruption: status $?"
[ "$(digest interrupted)" = "$(digest twice)" ] || trouble 'after the interruption: another table'

# A point that fails does not stop the others, and is tried again.
cat >failing.yaml <<-END
	base: {machine: $source_/configs/machines/tiny.yaml, trace: $source_/traces/samples/hog.pgt}
	axes: {start: [boot, $source_/traces/samples/vm-fragment.pgt]}
END
"$pagesim" sweep run failing.yaml --out failing >stdout 2>stderr
[ $? = 1 ] || trouble 'a point fails: exit status is not 1'
"$pagesim" sweep status failing >status
[ $? = 1 ] || trouble 'status with a failed point: exit status is not 1'
grep -q '1 with a result, 0 missing, 1 failed' status || trouble "a point fails: $(cat status)"
grep -q 'start state is of another machine' status || trouble "a point fails: $(cat status)"

# A folder that cannot be.
: >file
ends 4 'a folder below a file' "$pagesim" sweep run sweep.yaml --out file/sweep
ends 4 'a table below a file' "$pagesim" sweep collect good --csv file/t.csv
ends 4 'a database below a file' "$pagesim" sweep collect good --sqlite file/t.sqlite

mkdir full
if ! mount -t tmpfs -o size=48k tmpfs full 2>/dev/null; then
	echo 'not tried, since this needs the right to mount: a file system of 48 KiB'
	rmdir full
	exit
fi
ends 4 'a sweep on a file system of 48 KiB' "$pagesim" sweep run -j 2 sweep.yaml --out full/s
find full -name '.*.json*' | grep -q . && trouble 'full: something half-written is left'
"$pagesim" sweep status full/s >status
grep -q ' 0 failed, 0 damaged' status || trouble "full: $(cat status)"
mount -o remount,size=10m full
"$pagesim" sweep resume --quiet full/s || trouble "full, then not: exit status $?"
[ "$(digest full/s)" = "$want" ] || trouble 'full, then not: another table'
