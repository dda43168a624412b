"""The rows of docs/calibration.md: what was measured, and which run of which scenario has to
give it."""
import csv
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, "..", "..", "configs", "scenarios")
ONE_CPU = ["B1", "B2", "B3", "B4"]

BAND = 15  # percent: B1 to B4
BAND_LOAD = 25  # B5 and B6


class Runs:
    """Results of pagesim runs, each made once."""

    def __init__(self, pagesim, extra):
        self.pagesim, self.extra, self.results = pagesim, extra, {}

    def get(self, scenario, *settings):
        key = (scenario,) + settings
        if key not in self.results:
            command = [self.pagesim, "run", "--json", "--quiet",
                       os.path.join(SCENARIOS, scenario + ".yaml")]
            for setting in list(settings) + self.extra:
                command += ["--set", setting]
            self.results[key] = json.loads(subprocess.run(
                command, check=True, stdout=subprocess.PIPE).stdout)
        return self.results[key]

    def with_costs(self, settings):
        """The same runs with other costs."""
        return Runs(self.pagesim, self.extra + settings)


class Row:
    """One measurement. `reason`: why the model does not claim it. `remark`: of one that it
    claims and misses, why that may be."""

    def __init__(self, table, label, measured, simulate, band=BAND, reason=None, remark=None,
                 digits=0):
        self.table, self.label, self.measured = table, label, measured
        self.simulate, self.band, self.digits = simulate, band, digits
        self.reason, self.remark = reason, remark
        self.simulated = None


def read_csv():
    with open(os.path.join(HERE, "calibration.csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def value(data, tag, metric, x=None, cpu=None):
    found = [float(r["value"]) for r in data
             if r["tag"] == tag and r["metric"] == metric and (x is None or r["x"] == str(x))
             and (cpu is None or r["cpu"] == cpu)]
    assert len(found) == 1, (tag, metric, x, cpu, found)
    return found[0]


# ---- batches: B1 and B3 ------------------------------------------------------------------


def batch_cost(runs, order, op, batch):
    rounds = max(3, 8192 // batch)
    result = runs.get("bench-batch", "workload.order=%d" % order, "workload.batch=%d" % batch,
                      "workload.rounds=%d" % rounds, "workload.warm_up=%d" % max(3, 512 // batch))
    return result["workload"][op + "_milli_cycles"] / 1000


def marginal(cost, batch):
    """What each page of the second half of a batch adds."""
    return (batch * cost(batch) - batch // 2 * cost(batch // 2)) / (batch // 2)


def batch_rows(table, data, tag, order, metric, last, reasons, remarks):
    for op in "alloc", "free":
        name = metric % (op, order)
        for n in range(1, last + 1):
            batch = 1 << n
            yield Row(table, "order %d, %s, batch %d" % (order, op, batch),
                      marginal(lambda b: value(data, tag, name, b), batch),
                      lambda runs, op=op, batch=batch: marginal(
                          lambda b: batch_cost(runs, order, op, b), batch),
                      reason=reasons.get((op, order, batch)),
                      remark=remarks.get((op, order, batch)))


PREFETCH = "the CPU fetches ahead from block to block; the memory models within a block"
# Struct pages of such batches do not fit into L2; a block has four in a row.
NOT = {(op, 2, n): PREFETCH for op in ("alloc", "free") for n in (2048, 4096)}
OTHER = "B3 has %d for this batch"
B1_REMARKS = {("alloc", 0, 256): OTHER % 175, ("alloc", 0, 1024): OTHER % 195,
              ("alloc", 0, 16384): OTHER % 201,
              ("free", 0, 2): OTHER % 83, ("free", 0, 64): OTHER % 79,
              ("free", 0, 256): OTHER % 110}
B3_REMARKS = {("free", 2, 2): "a batch of 4 has 148"}


def table_b1(data):
    return list(batch_rows("B1", data, "B", 0, "%s%d amean per page", 14, NOT, B1_REMARKS))


def table_b3(data):
    metric = "%s%d min per page"
    return list(batch_rows("B3", data, "A-patched", 0, metric, 14, NOT, B3_REMARKS)) + \
        list(batch_rows("B3", data, "A-patched", 2, metric, 12, NOT, B3_REMARKS))


# ---- pairs: B2 and B4 --------------------------------------------------------------------


def pair(runs, order):
    return runs.get("bench-page01", "workload.order=%d" % order)[
        "workload"]["pair_milli_cycles"] / 1000


def parallel(runs, cpus):
    return runs.get("bench-page03", "workload.cpus=%d" % cpus)[
        "workload"]["pair_milli_cycles"] / 1000


def cost(runs, *names):
    costs = runs.get("bench-page01", "workload.order=0")["scenario"]["cost"]
    return sum(costs[name] for name in names)


def table_b2(data):
    i7 = "i7-4790K 4.0GHz"
    rows = [Row("B2", "page_bench, a pair of order 0",
                value(data, "B", "page_bench alloc+free pair order0"), lambda r: pair(r, 0)),
            Row("B2", "page_alloc_put, a pair of order 0",
                value(data, "B-prim", "page_alloc_put", cpu=i7), lambda r: pair(r, 0)),
            Row("B2", "irq save and restore: `irq`",
                value(data, "B-prim", "irq_save_restore"), lambda r: cost(r, "irq")),
            Row("B2", "spin lock and unlock: `lock`",
                value(data, "B-prim", "spin_lock_unlock"), lambda r: cost(r, "lock"))]
    both = "`irq` and `lock` overlap in the CPU; the steps beside them are so much cheaper"
    for metric in "spin_lock_unlock_irqsave", "irqsave_before_lock":
        rows.append(Row("B2", metric.replace("_", " ") + ": `irq` + `lock`",
                        value(data, "B-prim", metric), lambda r: cost(r, "irq", "lock"),
                        reason=both))
    return rows


def table_b4(data):
    rows = [Row("B4", "page_bench01, order %d" % order,
                value(data, "C-order", "page_bench01 alloc+free pair", order),
                lambda r, order=order: pair(r, order)) for order in range(5)]
    return rows + [Row("B4", "page_bench03, order 0, %d CPU%s" % (n, "s" if n > 1 else ""),
                       value(data, "C-par", "page_bench03 order0 pair", n),
                       lambda r, n=n: parallel(r, n)) for n in range(1, 5)]


# ---- page faults on all CPUs: B5 and B6 --------------------------------------------------


def faults(runs, machine, *settings):
    path = os.path.join(SCENARIOS, "..", "machines", machine + ".yaml")
    return runs.get("bench-page-fault1", "machine=" + path, "workload.warm_up=8", *settings)


NEWER = "measured on 6.5, which takes half the time of B6's kernels"


def held_us(runs, machine, batch, cause):
    """Mean time that a zone lock is held for a refill or a drain."""
    result = faults(runs, machine, "vm.pcp_batch=%d" % batch, "vm.pcp_high=%d" % (2 * batch))
    held = [zone["zone_lock_held"][cause] for zone in result["final_state"]]
    return sum(h["cycles"] for h in held) / sum(h["holds"] for h in held) / \
        result["scenario"]["machine"]["clock_mhz"]


def table_b5(data):
    rows = []
    for cpu, machine, reason in (
            ("CascadeLake", "2s-cascadelake-8269cy", None),
            ("IceLake", "2s-icelake-8360y", "not judged: its DRAM latency is not known")):
        for batch in 63, 127:
            for what, cause in ("free_pcppages_bulk", "drain"), ("rmqueue_bulk", "refill"):
                rows.append(Row(
                    "B5", "%s, batch %d, %s, us" % (cpu, batch, cause),
                    value(data, "E", what + " lock-held avg", batch, cpu),
                    lambda r, m=machine, b=batch, c=cause: held_us(r, m, b, c),
                    band=0 if reason else BAND_LOAD, reason=reason,
                    remark=NEWER if cause == "refill" else None, digits=2))
    return rows


def per_second(machine):
    return lambda runs: faults(runs, machine)["workload"]["allocs_per_second"]


def spin_share(runs):
    return faults(runs, "2s-skylake-8180")["workload"]["lock_milli"] / 10


def table_b6(data):
    skylake = "2s-skylake-8180"
    metric = "page_fault1 full load"
    return [
        Row("B6", "Skylake, 4.18, batch 31, faults/s",
            value(data, "F", "page_fault1 at pcp batch", 31), per_second(skylake),
            band=BAND_LOAD),
        Row("B6", "Skylake, 4.18, time spinning on zone locks, %",
            value(data, "F", "zone->lock spin share", 31), spin_share, band=BAND_LOAD),
        Row("B6", "Skylake, 4.16-rc2, faults/s", value(data, "F", metric, "SKL2S"),
            per_second(skylake), band=BAND_LOAD,
            remark="4.18 is 20 % faster on this machine"),
        Row("B6", "Broadwell, 4.16-rc2, faults/s", value(data, "F", metric, "BDW2S"),
            per_second("2s-broadwell"), band=BAND_LOAD),
    ]


# ---- without a measurement ---------------------------------------------------------------


def line(result):
    """What a run says: cycles of a pair, of them for lines and locks, pairs a second."""
    work = result["workload"]
    pair_, memory, lock = (round(work[key + "_milli_cycles"] / 1000)
                           for key in ("pair", "memory", "lock"))
    return [pair_, memory, lock, "%.1f" % (work["allocs_per_second"] / 1e6)]


def others(runs):
    """Rows of the table of runs that nobody has published figures of."""
    for order in range(5, 10):
        yield ["page_bench01, order %d" % order] + \
            line(runs.get("bench-page01", "workload.order=%d" % order))
    for cpus in range(1, 5):
        yield ["page_bench03, order 3, %d CPU%s" % (cpus, "s" if cpus > 1 else "")] + \
            line(runs.get("bench-page03", "workload.order=3", "workload.cpus=%d" % cpus))
    yield ["page_fault1, Skylake, batch 31, high 186"] + line(faults(runs, "2s-skylake-8180"))
    for batch in 63, 127:
        yield ["page_fault1, Skylake, batch %d, high %d" % (batch, 6 * batch)] + line(
            faults(runs, "2s-skylake-8180", "vm.pcp_batch=%d" % batch,
                   "vm.pcp_high=%d" % (6 * batch)))


# ---- all ---------------------------------------------------------------------------------


TABLES = {"B1": table_b1, "B2": table_b2, "B3": table_b3, "B4": table_b4, "B5": table_b5,
          "B6": table_b6}


def rows(wanted=None):
    data = read_csv()
    return [row for name, make in TABLES.items() if not wanted or name in wanted
            for row in make(data)]
