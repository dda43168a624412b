#!/usr/bin/env bash
# tests/nightly/fuzz.sh with programs that only stand for libFuzzer's: in slices each gets its
# share of CPU time, an interrupted one goes on, two at a time do not take the same target, and
# one that crashed is left alone.
set -euo pipefail
fuzz=$(cd "$(dirname "$0")/.." && pwd)/nightly/fuzz.sh
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
cd "$base"
mkdir -p build/tests/fuzz
export SLICE=1 POLL=0.1 CORPUS=$base/corpus

trouble()
{
	echo "$*"
	exit 1
}

# Works until it is interrupted, keeps an input, and ends as libFuzzer does.
cat >build/tests/fuzz/libfuzzer_a <<'END'
#!/usr/bin/env python3
import fcntl, os, signal, sys

def interrupted(*_):
    print("#9 DONE cov: 7 ft: 9\nstat::number_of_executed_units: 1500", flush=True)
    os._exit(72)

signal.signal(signal.SIGINT, interrupted)
corpus, seeds = sys.argv[-2:]
assert os.listdir(seeds) == ["seed"]
print("#2 INITED cov: 5 ft: 5", flush=True)
busy = open(corpus + ".busy", "w")
try:
    fcntl.flock(busy, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    open(corpus + ".twice", "w")
open(f"{corpus}/{os.getpid()}", "w")
if sys.argv[0].endswith("_bad"):
    (prefix,) = [a.split("=")[1] for a in sys.argv if a.startswith("-artifact_prefix=")]
    open(prefix + "crash-1", "w")
    sys.exit(77)
while True:
    pass
END
printf '#!/bin/sh\ntouch "$2/seed"\n' >build/tests/fuzz/fuzz_a
chmod +x build/tests/fuzz/*
for other in b bad; do
	cp build/tests/fuzz/libfuzzer_a build/tests/fuzz/libfuzzer_$other
	cp build/tests/fuzz/fuzz_a build/tests/fuzz/fuzz_$other
done

# Stopped in its first slice, it has counted that slice.
"$fuzz" build 2 a b >said 2>&1 &
until ls corpus/a/* >/dev/null 2>&1; do sleep 0.1; done
kill -TERM $!
ended=0
wait $! || ended=$?
[ $ended = 130 ] || trouble "stopped, it ended with $ended: $(cat said)"
[ "$(cut -d, -f2 corpus/slices.csv)" = a ] || trouble "not one slice of a: $(cat corpus/slices.csv)"

# Two at a time: b, which has had the least, comes next; each in slices until it has had 2 s.
"$fuzz" build 2 a b >said 2>&1 &
"$fuzz" build 2 a b >said.too 2>&1 || trouble "the first of two failed: $(cat said.too)"
wait $! || trouble "the second of two failed: $(cat said)"
ls corpus/*.twice 2>/dev/null && trouble 'two had the same target at a time'
[ "$(sed -n 2,3p corpus/slices.csv | cut -d, -f2 | sort | xargs)" = 'a b' ] ||
	trouble "the least was not the next: $(cat corpus/slices.csv)"
"$fuzz" --table corpus >table
awk -F'|' 'NR > 2 && ($3 < 2 || $5 != 5 || $6 != 7 || $7 < 2 || $8 != 0) { exit 1 }
	END { exit NR != 4 }' table || trouble "the table: $(cat table)"

# What has had its time is not run again; what crashed is told once, and not run again.
slices=$(wc -l <corpus/slices.csv)
"$fuzz" build 2 a b >said 2>&1 || trouble 'failed with nothing to do'
[ "$(wc -l <corpus/slices.csv)" = "$slices" ] || trouble 'ran targets that have had their time'
for again in 1 2; do
	ended=0
	"$fuzz" build 2 bad >said 2>&1 || ended=$?
	[ $ended = 1 ] || trouble "a crash: ended with $ended the time $again"
done
[ "$(grep -c ,bad, corpus/slices.csv)" = 1 ] || trouble 'ran what had crashed again'
grep -q '| bad |.*| 1 |$' said || trouble "no crash in the table: $(cat said)"
