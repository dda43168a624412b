#!/usr/bin/env bash
# Records this very machine while it works, for real, and looks at what is left when a recording
# ends in one of many ways:  record.sh PAGESIM      77 = skipped, with the reason printed.
set -u
pagesim=$(realpath -- "$1")
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
bad=0

skip()
{
	echo "skipped: $1"
	exit 77
}

[ "$(id -u)" = 0 ] || skip "recording needs root"
tracefs=/sys/kernel/tracing
[ -d $tracefs/instances ] || tracefs=/sys/kernel/debug/tracing
[ -d $tracefs/instances ] || skip "no tracefs with instances is mounted"
[ -r /proc/kpageflags ] || skip "this kernel has no /proc/kpageflags"
mkdir $tracefs/instances/pagesim-test.$$ 2>/dev/null || skip "tracefs instances cannot be made here"
[ -e $tracefs/instances/pagesim-test.$$/events/kmem/mm_page_alloc ]
known=$?
rmdir $tracefs/instances/pagesim-test.$$
[ $known = 0 ] || skip "this kernel has no trace event kmem:mm_page_alloc"

work=$(mktemp -d)
full=$work/full
trap 'umount "$full" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

# A small job of many short processes and some memory.
cat >job.sh <<-END
	for i in 1 2 3; do
		tar -C $tree -c traces tests/traces | gzip -1 | gunzip >job.out
		ls -lR $tree/tests >/dev/null
		rm job.out
	done
END
cat >storm.sh <<-'END'
	for i in $(seq 2000); do /bin/true; done
END

wrong()
{
	echo "wrong: $*"
	bad=1
}

# expect STATUS WHAT: how the last recording ended; what it said is in err
expect()
{
	[ "$got" = "$1" ] || wrong "$2: status $got instead of $1: $(cat err)"
}

# says WHAT PATTERN
says()
{
	grep -q -- "$2" err || wrong "$1: said '$(cat err)', without '$2'"
}

# gone WHAT PID: no ring buffer of that recorder and none of its files
gone()
{
	[ ! -e "$tracefs/instances/pagesim-$2" ] || wrong "$1: its instance is still there"
	[ -z "$(find . -name '.*.raw.*')" ] || wrong "$1: left $(find . -name '.*.raw.*')"
}

# start OUT.pgt OPTIONS...: in the background, until the work has begun
start()
{
	local before

	"$pagesim" trace record -o "$@" 2>err >out &
	pid=$!
	before=$(dirname "$1")/.$(basename "$1").raw.$pid/before.kpageflags
	for _ in $(seq 200); do
		[ ! -e "$before" ] && kill -0 $pid 2>/dev/null || break
		sleep 0.05
	done
	sleep 1
}

finish()
{
	wait "$pid" 2>/dev/null # bash would tell of the one that is killed
	got=$?
}

# value KEY: of the summary; count KEY: of the import's report in it
value()
{
	sed -n "s/^  \"$1\": \([0-9]*\),*\$/\1/p" job.json
}

count()
{
	sed -n "/\"$1\": {/,/}/s/.*\"count\": \([0-9]*\).*/\1/p" job.json
}

# ---- a job, recorded, imported, replayed -----------------------------------------------------

"$pagesim" trace record -o job.pgt --json --comm --keep-raw raw -- sh job.sh >job.json 2>err
got=$?
expect 0 "a job"
if [ $got = 0 ]; then
	requests=$(count requests)
	put_in=$(count put_in)
	taken=$(count trace_pgalloc)
	counted=$(count vmstat_pgalloc)
	echo "job: $(value events) events, lost $(value lost);" \
		"$requests requests, $put_in put in; frames $taken of $counted"
	[ "$(value lost)" = 0 ] || wrong "lost events"
	[ "$(value command_status)" = 0 ] || wrong "the job failed"
	[ "$requests" -gt 1000 ] || wrong "only $requests requests"
	[ $((put_in * 100)) -lt "$requests" ] || wrong "$put_in of $requests put in"
	[ $((taken * 100)) -gt $((counted * 95)) ] || wrong "$taken frames, vmstat says $counted"
	"$pagesim" trace check -q job.pgt || wrong "trace check"
	"$pagesim" trace import raw -q --comm --name job -o again.pgt || wrong "import of the folder"
	cmp job.pgt again.pgt || wrong "imported again it is another trace"
	[ "$("$pagesim" trace cat --csv job.pgt | grep -c ,gzip,)" -gt 10 ] || wrong "no names"
	"$pagesim" run --quiet --trace job.pgt --start trace --out run >/dev/null || wrong "replay"
	[ -s run/result.json ] || wrong "the replay left no result"
fi
rm -rf raw job.pgt again.pgt run

# ---- each way out ------------------------------------------------------------------------------

start int.pgt
kill -INT "$pid"
finish
expect 0 "Ctrl-C without a command"
[ -s int.pgt ] || wrong "Ctrl-C without a command: no trace"
gone "Ctrl-C without a command" "$pid"

start term.pgt
kill -TERM "$pid"
finish
expect 130 SIGTERM
gone SIGTERM "$pid"
[ ! -e term.pgt ] || wrong "SIGTERM: left a trace"

start int.pgt2 -- sh -c 'echo $$ >working; exec sleep 30'
command=$(cat working)
kill -INT "$pid"
finish
expect 130 "Ctrl-C with a command"
gone "Ctrl-C with a command" "$pid"
kill -0 "$command" 2>/dev/null && wrong "the command still runs"
[ ! -e int.pgt2 ] || wrong "Ctrl-C with a command: left a trace"

start fails.pgt -- sh -c 'exit 7'
finish
expect 0 "a command that fails"
grep -q 'ended with status 7' out || wrong "the command's status is not told: $(cat out)"
gone "a command that fails" "$pid"

start none.pgt -- /nowhere/to/be/found
finish
expect 2 "a command that is not there"
says "a command that is not there" "cannot be started: No such file or directory"
gone "a command that is not there" "$pid"

start killed.pgt
kill -KILL "$pid"
finish
[ -e "$tracefs/instances/pagesim-$pid" ] || wrong "SIGKILL: somebody else removed the instance"
dead=$pid
start killed.pgt -- true
finish
expect 0 "after a SIGKILL"
says "after a SIGKILL" 'removed 1 ring buffer'
gone "after a SIGKILL" "$dead"
gone "after a SIGKILL" "$pid"

# Stopped, a recorder empties no buffers.
start lost.pgt --buffer 1MiB -- sh -c 'sleep 2; sh storm.sh'
kill -STOP "$pid"
sleep 4
kill -CONT "$pid"
finish
expect 3 "lost events"
says "lost events" 'were lost, because a buffer of 1 MiB was full: record again with --buffer'
gone "lost events" "$pid"
[ ! -e lost.pgt ] || wrong "lost events: left a trace"

# ---- a full disk ---------------------------------------------------------------------------------

flags=$(($(awk '/spanned/ { s = $2 } /start_pfn/ && s { e = s + $2; if (e > m) m = e } END { print m }' \
	/proc/zoneinfo) * 8 / 1048576))
mkdir "$full"
for size in 1 $((flags * 2 + 4)); do
	if [ "$flags" -gt 256 ] || ! mount -t tmpfs -o size="${size}m" tmpfs "$full" 2>/dev/null; then
		echo "a full disk of $size MiB: left out, no tmpfs can be mounted"
		continue
	fi
	[ "$size" = 1 ] || head -c $(((flags + 3) << 20)) /dev/zero >"$full/zeros"
	start "$full/disk.pgt" -- sh storm.sh
	finish
	expect 4 "a full disk of $size MiB"
	says "a full disk of $size MiB" 'No space left on device'
	gone "a full disk of $size MiB" "$pid"
	[ -z "$(find "$full" -mindepth 1 ! -name zeros)" ] ||
		wrong "a full disk: left $(find "$full" -mindepth 1)"
	umount "$full"
done
exit $bad
