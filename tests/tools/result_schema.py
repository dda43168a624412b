#!/usr/bin/env python3
"""result_schema.py PAGESIM SOURCE: results of many kinds of run are as docs/result.schema.json
says, and their figures agree with one another; an altered result is found out. Exit status 77:
there is no python3-jsonschema."""
import copy
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
    jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print("skipped: no jsonschema here that knows draft 2020-12 (package python3-jsonschema)")
    sys.exit(77)

pagesim, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
with open(source + "/docs/result.schema.json") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
failures = 0


def fail(what, why):
    global failures
    failures += 1
    print(f"{what}: {why}")


RUNS = {
    "recorded, 4.12": ["--trace", "traces/samples/vm-fragment.pgt"],
    "recorded, strict": ["--trace", "traces/samples/hog.pgt", "--engine", "strict", "--machine",
                         "configs/machines/one-node.yaml"],
    "booted, 2.4": ["--trace", "traces/samples/vm-fragment.pgt", "--kernel", "2.4", "--start", "boot"],
    "pressure, 4.12": ["configs/scenarios/pressure-4.12.yaml"],
    "pressure, 4.12, two nodes": ["configs/scenarios/pressure-4.12-numa.yaml"],
    "pressure, 2.4": ["configs/scenarios/pressure-2.4.yaml"],
    "pressure, 2.4, two nodes": ["configs/scenarios/pressure-2.4-numa.yaml"],
    "pressure, 2.4, high memory": ["configs/scenarios/pressure-2.4-highmem.yaml"],
    "somebody is killed": ["configs/scenarios/pressure-4.12.yaml", "--set", "machine.disks.swap=none"],
    "workload": ["configs/scenarios/bench-page01.yaml", "--set", "workload.rounds=50"],
    "without a series": ["--trace", "traces/samples/vm-fragment.pgt", "--set", "output.series=[]"],
    "sysctl in mid-run": ["--trace", "traces/samples/vm-fragment.pgt", "--set",
                          "changes=[{at: 1s, set: {vm.min_free_kbytes: 8MiB}}]"],
    "isolated pageblocks": ["--trace", "tests/cli/run/isolation.pgt", "--machine", "configs/machines/tiny.yaml"],
    "CMA areas, isolated pageblocks": ["@cma.yaml"],
    "two nodes": ["configs/scenarios/vm-fragment-two-node.yaml"],
    "aged, saved": ["--machine", "configs/machines/two-node.yaml", "--age", "order=9,unusable=0.5",
                    "--save-state", "@saved.pgt"],
    "begun where another ended": ["--trace", "traces/samples/hog.pgt", "--start", "@saved.pgt",
                                  "--machine", "configs/machines/two-node.yaml"],
}


SCENARIOS = {
    "cma.yaml": """\
trace: {source}/traces/samples/host-build-small.pgt
machine:
  nodes: [{{cpus: 2, memory: 1GiB}}]
  cma: [{{node: 0, start: 512MiB, size: 64MiB}}]
start: boot
changes:
  - {{at: 0s, isolate: {{pfn: 131072, pageblocks: 32}}}}
  - {{at: 40ms, unisolate: {{pfn: 131072, pageblocks: 16}}}}
""",
}


def run(args, folder):
    done = subprocess.run([pagesim, "run", "--quiet", "--out", folder] + args, cwd=source,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        return done.stderr.strip()
    return None


def requests_add_up(r):
    counters = r["counters"]
    for order in counters["orders"]:
        n = order["order"]
        nodes = [node["orders"][n] for node in counters["orders_by_node"]]
        assert order["served"] == order["requests"] - order["failed"], n
        assert order["requests"] == counters["requests"]["by_order"][n], n
        assert order["failed"] == counters["requests"]["failed_by_order"][n], n
        for key in ("requests", "served", "failed"):
            assert order[key] == sum(node[key] for node in nodes), (n, key)
    assert counters["requests"]["allocs"] == sum(o["requests"] for o in counters["orders"])


def spells_make_sense(r):
    end, before = r["counters"]["replay"]["end_cycles"], 0
    for order in r["counters"]["orders"]:
        cycles, longest = order["unsatisfiable_cycles"], order["longest_unsatisfiable_cycles"]
        assert before <= cycles <= end, "a larger order is never easier to have"
        assert longest <= cycles
        assert (order["first_unsatisfiable_cycles"] is None) == (order["unsatisfiable_spells"] == 0)
        # Nobody can have what no node has; some node may lack what the machine has.
        for node in r["counters"]["orders_by_node"]:
            assert node["orders"][order["order"]]["unsatisfiable_cycles"] >= cycles
        before = cycles


def series_agree(r):
    """What is sampled within or outside a spell has, or has no, block of the order."""
    for order in r["counters"]["orders"]:
        for sample in r["series"]:
            free = any(sum(zone["free_blocks"][order["order"]:]) for zone in sample["zones"])
            if order["unsatisfiable_spells"] == 0 and sample["cycles"] <= r["counters"]["replay"]["end_cycles"]:
                assert free, (order["order"], sample["cycles"])
            first = order["first_unsatisfiable_cycles"]
            assert free or first <= sample["cycles"]
        asked = sum(sample["requests_by_order"][order["order"]] for sample in r["series"])
        assert asked <= order["requests"]


def fallbacks_agree(r):
    sums = {}
    for row in r["counters"].get("fallbacks", []):
        name = "extfrag_{}_{}_{}".format(row["wanted"].lower(), row["from"].lower(), row["kind"])
        sums[name] = sums.get(name, 0) + row["count"]
    for name, value in r["counters"]["vmstat"].items():
        if name.startswith("extfrag_"):
            assert sums.get(name, 0) == value, name


def stalls_add_up(r):
    """All of the time of requests that slept is that of one function of the kernel each."""
    rows = [row for row in r["latency"] if row["op"] == "stall"]
    functions = [row for row in rows if row["by"] == "function"]
    for row in rows:
        if row["by"] == "all":
            assert sum(f["sum_cycles"] for f in functions) == row["sum_cycles"]
            assert {f["count"] for f in functions} == {row["count"]}
    assert bool(functions) == bool(rows)


def blockers_make_sense(r):
    orders = len(r["fragmentation"][0]["free_blocks_by_order"])
    for zone in r["fragmentation"]:
        told = [b["order"] for b in zone["blockers"]]
        largest = zone["largest_free_order"]
        assert told == sorted(set(range(largest + 1, orders)) | ({9} if orders > 9 else set())), told
        for b in zone["blockers"]:
            assert b["used_pages"] == sum(o["pages"] for o in b["owners"]) + b["others"]["pages"]
            assert b["ranges_looked_at"] + b["free_ranges"] <= b["ranges"]
            for o in b["owners"]:
                assert o["ranges_alone"] <= o["ranges"] <= o["pages"]
                assert o["ranges_unmovable_alone"] <= o["ranges"] <= b["ranges_looked_at"]
            ranks = [(-o["ranges_unmovable_alone"], -o["ranges_alone"], -o["pages"]) for o in b["owners"]]
            assert ranks == sorted(ranks)


def pageblocks_agree(r, folder):
    with open(folder + "/pageblocks.csv") as file:
        rows = list(csv.DictReader(file))
    for zone, state in zip(r["fragmentation"], r["final_state"]):
        mine = [row for row in rows if row["when"] == "end" and row["node"] == str(zone["node"]) and
                row["zone"] == zone["zone"]]
        isolated = sum(n << order for order, n in
                       enumerate(state["free_blocks_by_type"].get("Isolate", [])))
        free = sum(int(row["blocks"]) * int(row["free_pages"]) for row in mine)
        assert free == state["nr_free_pages"] + sum(state["pcp_count_by_cpu"]) + isolated, zone["zone"]
        for row in mine:
            pages = [int(row[name + "_pages"]) for name in ("free", "movable", "unmovable", "reclaimable")]
            assert min(pages) >= 0 and sum(pages) <= 512, row
        for name, n in zone["pageblocks"].items():
            # Pageblocks that are no memory are counted here alone.
            assert sum(int(row["blocks"]) for row in mine if row["type"] == name) >= n, (zone["zone"], name)


def check(name, folder):
    with open(folder + "/result.json") as file:
        r = json.load(file)
    for error in validator.iter_errors(r):
        fail(name, f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    for rule in (requests_add_up, spells_make_sense, series_agree, fallbacks_agree, blockers_make_sense,
                 stalls_add_up):
        try:
            rule(r)
        except AssertionError as error:
            fail(name, f"{rule.__name__}: {error!r}")
    try:
        pageblocks_agree(r, folder)
    except AssertionError as error:
        fail(name, f"pageblocks_agree: {error!r}")
    return r


def drop(key):
    return lambda r: r.pop(key)


ALTERATIONS = {
    "without counters": drop("counters"),
    "a key more": lambda r: r["counters"].update(surprise=1),
    "a count that is a text": lambda r: r["counters"]["requests"].update(allocs="76321"),
    "a count that is no whole number": lambda r: r["counters"]["replay"].update(end_cycles=1.5),
    "a negative count": lambda r: r["counters"]["orders"][0].update(failed=-1),
    "an order too few": lambda r: r["counters"]["orders"].pop(),
    "another version": lambda r: r.update(version=2),
    "a digest cut short": lambda r: r.update(result_digest=r["result_digest"][:-1]),
    "an unknown kind of owner": lambda r: r["fragmentation"][0]["blockers"][0]["owners"][0].update(kind="gremlin"),
    "an index above 1": lambda r: r["fragmentation"][0]["unusable_milli_by_order"].__setitem__(3, 1001),
    "a latency without its p99": lambda r: r["latency"][0].pop("p99"),
    "a sample without a date": lambda r: r["series"][0].pop("cycles"),
}

with tempfile.TemporaryDirectory() as base:
    results = {}
    for name, text in SCENARIOS.items():
        with open(f"{base}/{name}", "w") as file:
            file.write(text.format(source=source))
    for number, (name, args) in enumerate(RUNS.items()):
        folder = f"{base}/{number}"
        why = run([arg.replace("@", base + "/") for arg in args], folder)
        if why:
            fail(name, why)
            continue
        results[name] = check(name, folder)
    sweep = subprocess.run([pagesim, "sweep", "run", "--quiet", "-j", "2", "configs/sweeps/small.yaml", "--out",
                            base + "/sweep"], cwd=source, stdout=subprocess.DEVNULL)
    points = glob.glob(base + "/sweep/points/*/*.json")
    if sweep.returncode or not points:
        fail("points of a sweep", "there are none")
    for point in points:
        with open(point) as file:
            for error in validator.iter_errors(json.load(file)):
                fail("point of a sweep", f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    for name, alter in ALTERATIONS.items():
        altered = copy.deepcopy(results["recorded, 4.12"])
        alter(altered)
        if validator.is_valid(altered):
            fail(name, "was not found out")
print(f"{len(results)} results, {len(points)} points of a sweep, {len(ALTERATIONS)} alterations, {failures} wrong")
sys.exit(failures != 0)
