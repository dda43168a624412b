#!/usr/bin/env python3
"""events_scripts.py PAGESIM SOURCE: what readers that are not ours find in events.txt, vmstat and zoneinfo is what the
counters say. POSTPROCESS names a folder with 4.12's trace-pagealloc-postprocess.pl and trace-vmscan-postprocess.pl,
MMTESTS that of mmtests; neither belongs to pagesim, and without both the test is skipped."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

pagesim, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
scripts, mmtests = (os.environ.get(name, "") for name in ("POSTPROCESS", "MMTESTS"))
failures = 0

RUNS = {
    "pressure": ["configs/scenarios/pressure-4.12.yaml", "--set", "replay.access.model=none"],
    "asap": ["configs/scenarios/pressure-4.12.yaml", "--set", "replay.access.model=none",
             "--set", "replay.pacing=asap"],
    "vm-fragment": ["--trace", "traces/samples/vm-fragment.pgt", "--machine", "configs/machines/vm-fragment.yaml",
                    "--start", "boot"],
}
# trace-vmscan-postprocess.pl is older than 4.12's tracepoints: what it wants, and what they print.
OUT_OF_STEP = {
    "mm_vmscan_kswapd_wake": ("'nid=([0-9]*) order=([0-9]*)'", "'nid=([0-9]*) zid=[0-9]* order=([0-9]*)'"),
    "mm_vmscan_lru_isolate": ("classzone_idx=([0-9]*) order=([0-9]*) nr_req", "classzone=([0-9]*) order=([0-9]*) nr_req"),
}
# mmtests reads its logs with this module, which Debian has in a package of its own.
SLURP = """package File::Slurp;
use Exporter "import";
our @EXPORT = qw(read_file);
sub read_file { open(my $in, "<", $_[0]) or return; local $/; return <$in>; }
1;
"""
DRIVER = """my ($module, $folder, @names) = @ARGV;
eval "require MMTests::$module" or die $@;
for my $name (@names) {
	my $m = "MMTests::$module"->new();
	$m->initialise($name);
	$m->extractReport($folder, "run", $name, 0);
	for my $key (sort keys %{$m->{_ResultData}}) {
		print join(" ", "RESULT", $key, map { @{$_->{Values}} } @{$m->{_ResultData}->{$key}}), "\\n";
	}
}
"""


def expect(what, got, wanted):
    global failures
    if got != wanted:
        failures += 1
        print(f"{what}: {got}, wanted {wanted}")


def run(name, folder, how="", trace=""):
    subprocess.run([pagesim, "run", "--quiet", "--out", folder] + RUNS[name] +
                   ["--set", f"output.events=[kmem,vmscan{trace}]", "--set", f"output.events_format=[{how}]"],
                   cwd=source, check=True, stdout=subprocess.DEVNULL)
    with open(folder + "/result.json") as file:
        return json.load(file)["counters"]


def told_by(script, folder):
    with open(folder + "/events.txt") as file:
        return subprocess.run(["perl", script], stdin=file, capture_output=True, text=True, check=True).stdout


def events_of(folder):
    """How often each event is there, by who: name and pid."""
    found = collections.Counter()
    with open(folder + "/events.txt") as file:
        for line in file:
            if m := re.match(r".*?([A-Za-z0-9-]*-\d+) +\[\d+\] +[\d.]+: (\w+):", line):
                found[m[1], m[2]] += 1
    return found


def total(vmstat, start, end=""):
    return sum(n for name, n in vmstat.items() if name.startswith(start) and name.endswith(end))


PAGEALLOC = "allocs locked frees batched drained drains refills fallback causing changed severe moderate unknown".split()


def pagealloc_agrees(what, folder, counters):
    rows = [line.split() for line in told_by(scripts + "/trace-pagealloc-postprocess.pl", folder).splitlines()]
    rows = {row[0]: dict(zip(PAGEALLOC, map(int, row[1:]))) for row in rows
            if len(row) == 14 and row[1].isdigit()}
    sums = {key: sum(row[key] for row in rows.values()) for key in PAGEALLOC}
    vmstat, requests, found = counters["vmstat"], counters["requests"], events_of(folder)
    for who, row in rows.items():
        for key, event in (("allocs", "mm_page_alloc"), ("frees", "mm_page_free"), ("drained", "mm_page_pcpu_drain"),
                           ("locked", "mm_page_alloc_zone_locked"), ("fallback", "mm_page_alloc_extfrag")):
            expect(f"{what}: {key} of {who}", row[key], found[who, event])
    expect(f"{what}: pages allocated", sums["allocs"], requests["allocs"])
    # Every block of order > 0 is taken under the lock; what was asked for in vain has no page.
    expect(f"{what}: pages under the lock", sums["locked"], vmstat["pcp_refill_pages"] +
           sum(requests["by_order"][1:]) if requests["failed"] == 0 else sums["locked"])
    expect(f"{what}: pages drained", sums["drained"], vmstat["pcp_drain_pages"])
    expect(f"{what}: fallbacks", sums["fallback"], total(vmstat, "extfrag_"))
    expect(f"{what}: pageblocks that changed hands", sums["changed"], total(vmstat, "extfrag_", "_claim"))
    expect(f"{what}: fallbacks that split a pageblock", sums["causing"], sums["severe"] + sums["moderate"])


def accepting(script, folder):
    """A copy that reads what 4.12's tracepoints print."""
    with open(script) as file:
        text = file.read()
    for event, (wants, prints) in OUT_OF_STEP.items():
        expect(f"{script}: what it wants of {event}", text.count(wants), 1)
        text = text.replace(wants, prints)
    with open(folder + "/accepting.pl", "w") as file:
        file.write(text)
    return file.name


def vmscan_agrees(what, folder, counters):
    script, vmstat = scripts + "/trace-vmscan-postprocess.pl", counters["vmstat"]
    found = collections.Counter()
    for (_, event), n in events_of(folder).items():
        found[event] += n
    refused = collections.Counter(re.findall(r"Failed to parse (\w+)", told_by(script, folder)))
    expect(f"{what}: refused", refused, collections.Counter({e: found[e] for e in OUT_OF_STEP if found[e]}))
    told = told_by(accepting(script, folder), folder)
    expect(f"{what}: refused by the copy", re.findall(r"Failed to parse (\w+)", told), [])
    s = {key: int(value or 0) for key, value in re.findall(r"^([A-Z][\w /]+):[ \t]+(\d*)$", told, re.M)}
    direct, kswapd = "Direct reclaim", "Kswapd"
    expect(f"{what}: direct reclaims", s["Direct reclaims"], total(vmstat, "allocstall_"))
    expect(f"{what}: taken directly", s[f"{direct} pages reclaimed"], vmstat["pgsteal_direct"])
    expect(f"{what}: taken by kswapd", s[f"{kswapd} pages reclaimed"], vmstat["pgsteal_kswapd"])
    # The script takes an isolate_mode of 2 for the active lists, as it was once: it counts them, too.
    expect(f"{what}: scanned", s[f"{direct} pages scanned"] + s[f"{kswapd} pages scanned"],
           vmstat["pgscan_direct"] + vmstat["pgscan_kswapd"] + vmstat["pgrefill"])
    expect(f"{what}: written", sum(n for key, n in s.items() if "reclaim write" in key), vmstat["nr_vmscan_write"])
    rounds = re.findall(r"^kswapd\d+-\d+ +(\d+) +(\d+) .*wake-", told, re.M)
    expect(f"{what}: rounds of kswapd", sum(int(a) + int(b) for a, b in rounds), vmstat["pageoutrun"])
    if what == "asap":  # wake-ups are told of tasks only that reclaimed themselves
        expect(f"{what}: wake-ups", s["Wake kswapd requests"], total(vmstat, "kswapd_wake_node"))


def monitor(module, folder, names=("",)):
    with open(folder + "/driver.pl", "w") as file:
        file.write(DRIVER)
    os.makedirs(folder + "/File", exist_ok=True)
    with open(folder + "/File/Slurp.pm", "w") as file:
        file.write(SLURP)
    out = subprocess.run(["perl", "-I", folder, "-I", mmtests + "/bin/lib", folder + "/driver.pl", module, folder,
                          *names], capture_output=True, text=True, check=True).stdout.splitlines()
    results = {row[1]: row[2:] for row in map(str.split, out) if row[0] == "RESULT"}
    return results, sum(line.startswith("WARNING: Failed") for line in out)


def mmtests_agrees(what, folder, counters):
    vmstat = counters["vmstat"]
    os.replace(folder + "/events.txt", folder + "/ftrace-run")
    fallbacks, refused = monitor("MonitorFtraceextfrag", folder)
    expect(f"{what}: refused of extfrag", refused, 0)
    expect(f"{what}: extfrag", fallbacks.get("page_alloc_extfrag", ["0"]), [str(total(vmstat, "extfrag_"))])
    expect(f"{what}: extfrag of unmovable", fallbacks.get("page_alloc_extfrag_unmovable", ["0"]),
           [str(total(vmstat, "extfrag_unmovable_"))])
    stalls, refused = monitor("MonitorFtraceallocstall", folder)
    expect(f"{what}: refused of direct reclaim", refused, 0)
    expect(f"{what}: stalls", len(stalls.get("delay", [])), total(vmstat, "allocstall_"))
    _, refused = monitor("MonitorFtraceshrinkerstall", folder)
    expect(f"{what}: refused of shrinkers", refused, 0)
    with open(folder + "/vmstat") as file:
        lines = dict(line.split() for line in file)
    with open(folder + "/proc-vmstat-run", "w") as file:  # a counter's first value must not be 0
        file.write("time: 1\n" + "".join(f"{name} 1\n" for name in lines) + "time: 2\n" +
                   "".join(f"{name} {n}\n" for name, n in lines.items()) + "time: 3\n")
    names = [name for name in lines if not name.startswith("nr_") and not name.startswith("numa_hint")]
    read, _ = monitor("MonitorProcvmstat", folder, names)
    for name in names:
        expect(f"{what}: {name}", read.get(name, [])[1:] or ["-1"], [str(int(lines[name]) - 1)])  # it skips -1
    with open(mmtests + "/monitors/watch-numa-meminfo.sh") as file:
        find = re.search(r"^NODES=`(.*)`$", file.read(), re.M)[1].replace("/proc/zoneinfo", folder + "/zoneinfo")
    nodes = subprocess.run(["sh", "-c", find], capture_output=True, text=True, check=True).stdout.split()
    with open(folder + "/buddyinfo") as file:
        expect(f"{what}: nodes", nodes, sorted({line.split()[1].rstrip(",") for line in file}))


if not scripts and not mmtests:
    print("skipped: POSTPROCESS names no folder with the kernel's scripts, MMTESTS none with mmtests")
    sys.exit(77)
with tempfile.TemporaryDirectory() as base:
    for run_name, own in [(name, "") for name in RUNS] + [("asap", ",trace")]:  # lines of ours are passed over
        out = f"{base}/{run_name}{own}"
        if scripts:
            result = run(run_name, out, "noirq-info", own)
            pagealloc_agrees(run_name, out, result)
            vmscan_agrees(run_name, out, result)
        if mmtests:  # which takes the time for the flags where there are none
            mmtests_agrees(run_name, out + "-flags", run(run_name, out + "-flags", trace=own))
print(f"{failures} wrong")
sys.exit(failures != 0)
