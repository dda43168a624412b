#!/usr/bin/env python3
"""kernel_files.py PAGESIM SOURCE: buddyinfo, pagetypeinfo, zoneinfo, vmstat, extfrag_index and
unusable_index of 4.12 runs are what that kernel's format strings (mm/vmstat.c) print of the numbers
in result.json, byte by byte; and a reader written from these strings takes every line."""
import json
import os
import re
import subprocess
import sys
import tempfile

pagesim, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failures = 0


def expect(what, got, wanted):
    global failures
    if got != wanted:
        failures += 1
        at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
        print(f"{what}: differs at byte {at}: {got[at - 20:at + 30]!r}, wanted {wanted[at - 20:at + 30]!r}")


def read(folder, name):
    with open(f"{folder}/{name}") as file:
        return file.read()


# ---- writing, by the format strings -------------------------------------------------------------

def zone_name(z):
    return "Node %d, zone %8s " % (z["node"], z["zone"])


def buddyinfo(r):
    return "".join(zone_name(z) + "".join("%6d " % n for n in z["free_blocks_by_order"]) + "\n"
                   for z in r["fragmentation"])


def index(r, key):
    # C divides towards zero: of what an index can be, only -1000 is below 0.
    return "".join(zone_name(z) + "".join(
        "%d.%03d " % (int(n / 1000), abs(n) % 1000) for n in z[key]) + "\n" for z in r["fragmentation"])


def pagetypeinfo(r):
    text = ""
    for node in sorted({z["node"] for z in r["fragmentation"]}):
        zones = [(z, f) for z, f in zip(r["fragmentation"], r["final_state"]) if z["node"] == node]
        types = [t for t in ("Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate")
                 if t in zones[0][1]["free_blocks_by_type"]]
        text += "Page block order: %d\nPages per block:  %d\n\n" % (9, 512)
        text += "%-43s " % "Free pages count per migrate type at order"
        text += "".join("%6d " % order for order in range(11)) + "\n"
        for _, final in zones:
            for name in types:
                text += "Node %4d, zone %8s, type %12s " % (node, final["zone"], name)
                text += "".join("%6d " % n for n in final["free_blocks_by_type"][name]) + "\n"
        text += "\n%-23s" % "Number of blocks type " + "".join("%12s " % name for name in types) + "\n"
        for zone, _ in zones:
            text += zone_name(zone) + "".join("%12d " % zone["pageblocks"][name] for name in types) + "\n"
    return text


def vmstat(r, text):
    names = re.findall(r"^(\w+) ", text, re.M)
    return "".join("%s %d\n" % (name, r["counters"]["vmstat"][name]) for name in names)


# ---- reading ------------------------------------------------------------------------------------

ZONEINFO = re.compile(
    r"Node (?P<node>\d+), zone (?P<zone> *\w+)"
    r"(?P<first>\n  per-node stats(?:\n      [a-z_]+ *\d+)+)?"
    r"\n  pages free     (?P<free>\d+)"
    r"\n        min      (?P<min>\d+)"
    r"\n        low      (?P<low>\d+)"
    r"\n        high     (?P<high>\d+)"
    r"\n        spanned  (?P<spanned>\d+)"
    r"\n        present  (?P<present>\d+)"
    r"\n        managed  (?P<managed>\d+)"
    r"\n        protection: \((?P<protection>\d+(?:, \d+){3})\)"
    r"(?P<stats>(?:\n      [a-z_]+ *\d+)+)"
    r"\n  pagesets(?P<sets>(?:\n    cpu: \d+\n              count: \d+\n              high:  \d+"
    r"\n              batch: \d+\n  vm stats threshold: \d+)+)"
    r"(?:\n  node_unreclaimable:  [01])?"
    r"\n  start_pfn:           (?P<start>\d+)"
    r"(?:\n  node_inactive_ratio: \d+)?\n")


def zoneinfo(what, r, text):
    """All of the text is zones, and their numbers are the result's."""
    at, nodes = 0, set()
    for final in r["final_state"]:
        m = ZONEINFO.match(text, at)
        if not m:
            expect(f"{what}: zoneinfo", text[at:at + 400], "a zone")
            return
        at = m.end()
        expect(f"{what}: zoneinfo, zone", m["zone"], "%8s" % final["zone"])
        for name, key in (("node", "node"), ("min", "min"), ("low", "low"), ("high", "high"),
                          ("free", "nr_free_pages"), ("managed", "managed")):
            expect(f"{what}: zoneinfo, {name}", m[name], str(final[key]))
        counts = [int(n) for n in re.findall(r"count: (\d+)", m["sets"])]
        expect(f"{what}: zoneinfo, pages of CPUs", str(counts), str(final["pcp_count_by_cpu"]))
        for line in ((m["first"] or "") + m["stats"]).split("\n")[1:]:
            if line.strip() != "per-node stats":
                name, value = line.split()
                expect(f"{what}: zoneinfo, {name}", line, "      %-12s %s" % (name, value))
        if r["counters"].get("reclaim") and final["node"] not in nodes:
            expect(f"{what}: zoneinfo, first zone of a node", str(bool(m["first"])), "True")
        nodes.add(final["node"])
    expect(f"{what}: zoneinfo, the end", text[at:], "")


RUNS = {
    "recorded": ["--trace", "traces/samples/vm-fragment.pgt"],
    "pressure": ["configs/scenarios/pressure-4.12.yaml"],
    "two nodes": ["configs/scenarios/pressure-4.12-numa.yaml"],
    "CMA": ["--trace", "tests/cli/run/isolation.pgt", "--machine", "@machine.yaml"],
}
MACHINE = "nodes: [{cpus: 2, memory: 1GiB}]\ncma: [{node: 0, start: 512MiB, size: 64MiB}]\n"

with tempfile.TemporaryDirectory() as base:
    with open(base + "/machine.yaml", "w") as file:
        file.write(MACHINE)
    for number, (what, args) in enumerate(RUNS.items()):
        folder = f"{base}/{number}"
        subprocess.run([pagesim, "run", "--quiet", "--out", folder] +
                       [arg.replace("@", base + "/") for arg in args], cwd=source, check=True,
                       stdout=subprocess.DEVNULL)
        r = json.loads(read(folder, "result.json"))
        expect(f"{what}: buddyinfo", read(folder, "buddyinfo"), buddyinfo(r))
        expect(f"{what}: unusable_index", read(folder, "unusable_index"), index(r, "unusable_milli_by_order"))
        expect(f"{what}: extfrag_index", read(folder, "extfrag_index"), index(r, "extfrag_milli_by_order"))
        expect(f"{what}: pagetypeinfo", read(folder, "pagetypeinfo"), pagetypeinfo(r))
        text = read(folder, "vmstat")
        expect(f"{what}: vmstat", text, vmstat(r, text))
        expect(f"{what}: vmstat, lines", str(text.count("\n")), str(len(r["counters"]["vmstat"])))
        zoneinfo(what, r, read(folder, "zoneinfo"))
    # The reader finds what is not as it should be.
    seen, text = failures, read(folder, "zoneinfo")
    for wrong in (text.replace("  pages free     ", "  pages free ", 1), text + "x", text.replace("cpu: 0", "cpu 0", 1)):
        before = failures
        zoneinfo("altered, which is well", r, wrong)
        if failures == before:
            print("an altered zoneinfo was not found out")
            seen += 1
    failures = seen
print(f"{len(RUNS)} runs, {failures} wrong")
sys.exit(failures != 0)
