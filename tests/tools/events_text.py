#!/usr/bin/env python3
"""events_text.py PAGESIM SOURCE: events.txt, read by a reader made from the fields that 4.12's
tracepoints print, says what the counters say; and pagesim imports it as a trace whose replay makes
the same requests and ends in the same state."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

pagesim, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failures = 0

LINE = re.compile(r" *(?P<comm>.+)-(?P<pid>\d+) +\[(?P<cpu>\d{3})\] (?P<flags>[.dNnphHsSX0-9]{4}) "
                  r"+(?P<time>\d+\.\d{6}): (?P<name>\w+): (?P<fields>.*)")
# What stands between the names, where it is more than " NAME=VALUE" with a number.
WORDS = {"gfp_flags": r"[A-Z_|a-z]+", "flags": r"[A-Z_|]+", "lru": r"[a-z_]+", "page": r"[0-9a-f]{16}| *\(null\)",
         "zone": r"\w+ *", "ret": r"\w+", "priority": r"[A-Z_]+|\d+", "compaction_result": r"\w+",
         "mode": r"a?sync", "status": r"\w+"}
FIELDS = {
    "mm_page_alloc": "page pfn order migratetype gfp_flags",
    "mm_page_free": "page pfn order",
    "mm_page_alloc_zone_locked": "page pfn order migratetype percpu_refill",
    "mm_page_pcpu_drain": "page pfn order migratetype",
    "mm_page_alloc_extfrag": "page pfn alloc_order fallback_order pageblock_order alloc_migratetype "
                             "fallback_migratetype fragmenting change_ownership",
    "mm_vmscan_kswapd_sleep": "nid",
    "mm_vmscan_kswapd_wake": "nid zid order",
    "mm_vmscan_wakeup_kswapd": "nid zid order",
    "mm_vmscan_direct_reclaim_begin": "order may_writepage gfp_flags classzone_idx",
    "mm_vmscan_direct_reclaim_end": "nr_reclaimed",
    "mm_vmscan_lru_isolate": "isolate_mode classzone order nr_requested nr_scanned nr_skipped nr_taken lru",
    "mm_vmscan_writepage": "page pfn flags",
    "mm_vmscan_lru_shrink_inactive": "nid nr_scanned nr_reclaimed nr_dirty nr_writeback nr_congested nr_immediate "
                                     "nr_activate nr_ref_keep nr_unmap_fail priority flags",
    "mm_vmscan_lru_shrink_active": "nid nr_taken nr_active nr_deactivated nr_referenced priority flags",
    "mm_vmscan_inactive_list_is_low": "nid reclaim_idx total_inactive inactive total_active active ratio flags",
    "mm_compaction_migratepages": "nr_migrated nr_failed",
    "mm_compaction_finished": "node zone order ret",
    "mm_compaction_suitable": "node zone order ret",
    "mm_compaction_kcompactd_sleep": "nid",
}
# Who there is in pressure-4.12.yaml.
KNOWN = ["hog", "writer", "reader", "kswapd0", "kcompactd0", "flusher", "oom_reaper", "<idle>"] + \
        [f"kworker/{cpu}:0" for cpu in range(64)]
READERS = {name: re.compile(" ".join(rf"{key}=(?P<{key}>{WORDS.get(key, '-?[0-9]+')})" for key in keys.split()))
           for name, keys in FIELDS.items()}


def expect(what, got, wanted):
    global failures
    if got != wanted:
        failures += 1
        print(f"{what}: {got}, wanted {wanted}")


def run(args, folder):
    subprocess.run([pagesim, "run", "--quiet", "--out", folder] + args, cwd=source, check=True,
                   stdout=subprocess.DEVNULL)
    with open(folder + "/result.json") as file:
        return json.load(file)


def read(what, path):
    """How often each event was, and sums of its numbers by name."""
    events, sums = collections.Counter(), collections.Counter()
    with open(path) as file:
        for line in file:
            if line.startswith("#"):
                continue
            m = LINE.fullmatch(line.rstrip("\n"))
            fields = m and READERS.get(m["name"], re.compile(".*")).fullmatch(m["fields"])
            if not fields:
                expect(f"{what}: a line", line, "an event")
                break
            events[m["name"]] += 1
            events["no page"] += m["name"] == "mm_page_alloc_zone_locked" and "(null)" in m["fields"] and \
                "percpu_refill=1" in m["fields"]
            events["nobody"] += m["comm"] not in KNOWN
            for key, value in fields.groupdict().items():
                if value.isdigit():
                    of = "" if fields.groupdict().get("lru", "inactive").startswith("inactive") else "active."
                    sums[f"{m['name']}.{of}{key}"] += int(value)
    return events, sums


def of_kind(vmstat, kind):
    return sum(n for name, n in vmstat.items() if name.startswith("extfrag_") and name.endswith(kind))


def events_agree(what, args, folder):
    r = run(args, folder)
    vmstat, requests = r["counters"]["vmstat"], r["counters"]["requests"]
    events, sums = read(what, folder + "/events.txt")
    expect(f"{what}: requests", events["mm_page_alloc"], requests["allocs"])
    expect(f"{what}: pages that refills took", sums["mm_page_alloc_zone_locked.percpu_refill"] - events["no page"],
           vmstat["pcp_refill_pages"])
    expect(f"{what}: pages drained", events["mm_page_pcpu_drain"], vmstat["pcp_drain_pages"])
    expect(f"{what}: blocks of other types", events["mm_page_alloc_extfrag"], of_kind(vmstat, ""))
    expect(f"{what}: pageblocks that changed hands", sums["mm_page_alloc_extfrag.change_ownership"],
           of_kind(vmstat, "_claim"))
    expect(f"{what}: whose they are", events["nobody"], 0)
    expect(f"{what}: wake-ups", events["mm_vmscan_wakeup_kswapd"],
           sum(n for name, n in vmstat.items() if name.startswith("kswapd_wake_node")))
    expect(f"{what}: rounds", events["mm_vmscan_kswapd_wake"], vmstat["pageoutrun"])
    expect(f"{what}: direct reclaim", events["mm_vmscan_direct_reclaim_begin"],
           sum(n for name, n in vmstat.items() if name.startswith("allocstall_")))
    expect(f"{what}: pages scanned", sums["mm_vmscan_lru_isolate.nr_scanned"],
           vmstat["pgscan_kswapd"] + vmstat["pgscan_direct"])
    expect(f"{what}: pages taken", sums["mm_vmscan_lru_shrink_inactive.nr_reclaimed"],
           vmstat["pgsteal_kswapd"] + vmstat["pgsteal_direct"])
    expect(f"{what}: pages deactivated", sums["mm_vmscan_lru_shrink_active.nr_deactivated"], vmstat["pgdeactivate"])
    expect(f"{what}: pages written", events["mm_vmscan_writepage"], vmstat["nr_vmscan_write"])
    expect(f"{what}: pages moved", sums["mm_compaction_migratepages.nr_migrated"], vmstat["pgmigrate_success"])


def comes_back(what, args, folder, same_state, stamps=""):
    """As a trace of its own: what was there before the recording has no frees, and times are whole
    microseconds, so that latencies are others, and what two CPUs do at the same time can change places."""
    machine = ["--machine", "configs/machines/vm-fragment.yaml"]
    first = run(args + machine + ["--start", "boot", "--set", "output.events=[kmem]",
                               "--set", f"output.events_format=[{stamps}]"], folder)
    path = folder + ".pgt"
    subprocess.run([pagesim, "trace", "import", "--quiet", "--comm", "--report", os.devnull,
                    folder + "/events.txt", "-o", path], check=True)
    again = run(["--trace", path] + machine, folder + "-again")
    one, two = (r["counters"]["requests"] for r in (first, again))
    for key in ("allocs", "served", "failed", "by_order", "failed_by_order"):
        expect(f"{what}: {key}", two[key], one[key])
    expect(f"{what}: frees", two["frees"],
           one["frees"] - first["counters"]["unmatched"]["frees_of_start_objects"])
    if same_state:
        expect(f"{what}: counters", again["counters"]["vmstat"], first["counters"]["vmstat"])
        for key in ("free_blocks_by_order", "pageblocks"):
            expect(f"{what}: {key}", [z[key] for z in again["fragmentation"]],
                   [z[key] for z in first["fragmentation"]])


# Name and pid, CPU, time, event: nothing may stand between the CPU and the time.
PAGEALLOC = re.compile(r"(?P<who>[\w-]+)-\d+ +\[\d+\] +[\d.]+: (?P<event>\w+): ")


def without_flags(args, folder):
    """What trace-pagealloc-postprocess.pl looks for in a line; events_scripts.py runs the script itself."""
    run(args + ["--set", "output.events=[kmem]"], folder + "-with")
    r = run(args + ["--set", "output.events=[kmem]", "--set", "output.events_format=[noirq-info]"], folder)
    for path, wanted in ((folder + "-with", 0), (folder, r["counters"]["requests"]["allocs"])):
        with open(path + "/events.txt") as file:
            found = [m for m in map(PAGEALLOC.search, file) if m and m["event"] == "mm_page_alloc"]
        expect(f"{path[-5:]}: lines as the script wants them", len(found), wanted)


ALL = ["--set", "output.events=[kmem,vmscan,compaction,oom]", "--set", "replay.access.model=none"]
with tempfile.TemporaryDirectory() as base:
    events_agree("pressure", ["configs/scenarios/pressure-4.12.yaml"] + ALL, base + "/pressure")
    events_agree("as fast as it goes", ["configs/scenarios/pressure-4.12.yaml", "--set", "replay.pacing=asap"] + ALL,
                 base + "/asap")
    comes_back("vm-fragment", ["--trace", "traces/samples/vm-fragment.pgt"], base + "/vm", True)
    comes_back("vm-fragment, ns", ["--trace", "traces/samples/vm-fragment.pgt"], base + "/vm-ns", True, "ns")
    comes_back("vm-fragment, ns, no flags", ["--trace", "traces/samples/vm-fragment.pgt"], base + "/vm-both",
               True, "ns,noirq-info")
    comes_back("host-build, ns", ["--trace", "traces/samples/host-build-small.pgt"], base + "/host-ns", False, "ns")
    without_flags(["configs/scenarios/pressure-4.12.yaml", "--set", "replay.access.model=none"], base + "/plain")
    comes_back("host-build", ["--trace", "traces/samples/host-build-small.pgt"], base + "/host", False)
print(f"{failures} wrong")
sys.exit(failures != 0)
