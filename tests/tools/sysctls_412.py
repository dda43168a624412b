#!/usr/bin/env python3
"""Every sysctl of 4.12 that the model has can be set in each way there is.

    sysctls_412.py PAGESIM TREE

A value other than the default is taken from a scenario's `vm:`, from --set and from a sysctl event
of a trace, and a value beyond what the kernel allows is refused in all three. That a written value
is the one read afterwards is test_mm412_sysctl_sleep's and test_mm412_sysctl's.
"""
import json
import os
import subprocess
import sys
import tempfile

# name in /proc/sys/vm or /sys: a value that is not the default, one that is refused
SYSCTLS = {
    "min_free_kbytes": ("8192", "2147483648"),
    "watermark_scale_factor": ("200", "1001"),
    "lowmem_reserve_ratio": ("128 128 16", "2147483648"),
    "percpu_pagelist_fraction": ("16", "7"),
    "numa_zonelist_order": ("zone", "sideways"),
    "stat_interval": ("2000", "0"),
    "zone_reclaim_mode": ("1", "8"),
    "min_unmapped_ratio": ("2", "101"),
    "min_slab_ratio": ("6", "101"),
    "swappiness": ("100", "101"),
    "vfs_cache_pressure": ("50", "2147483648"),
    "extfrag_threshold": ("900", "1001"),
    "compact_unevictable_allowed": ("0", "2"),
    "dirty_background_ratio": ("5", "101"),
    "dirty_ratio": ("40", "101"),
    "dirty_background_bytes": ("4096", "9223372036854775808"),
    "dirty_bytes": ("8192", "8191"),
    "dirty_writeback_centisecs": ("100", "2147483648"),
    "dirty_expire_centisecs": ("100", "2147483648"),
    "page-cluster": ("0", "21"),
    "oom_kill_allocating_task": ("1", "2"),
    "panic_on_oom": ("2", "3"),
    "read_ahead_kb": ("64", "65537"),
    "thp_enabled": ("always", "sometimes"),
    "thp_defrag": ("never", "sometimes"),
}
# Files that make the kernel do something: events only.
EVENTS = {"compact_memory": ("1", None), "drop_caches": ("3", "0")}
# Of the program, or fixed at boot: no sysctls.
OTHERS = {"zonelist_cpus", "hang_rounds", "pcp_batch", "pcp_high", "slab_objects_per_page",
          "swap_takes_memory"}

program, tree = sys.argv[1:3]
machine = os.path.join(tree, "configs/machines/two-node.yaml")
failures = []


def check(what, holds):
    if not holds:
        failures.append(what)


def pagesim(*args):
    return subprocess.run([program, *args], capture_output=True, text=True, check=False)


def run(*args):
    return pagesim("run", "--json", "--machine", machine, *args)


def has(done, name, value):
    """Whether the resolved scenario of a result says so."""
    if done.returncode != 0:
        return False
    kept = json.loads(done.stdout)["scenario"]["vm"][name]
    words = kept if isinstance(kept, list) else [kept]
    return " ".join(str(word) for word in words) == value


def with_sysctls(lines, texts):
    """The trace as text with a sysctl event for each of texts in front of its first event."""
    event = next(i for i, line in enumerate(lines) if " event=0 " in line)
    head, first = lines[event].split(" pagesim_", 1)[0], lines[event]
    when = first.split(" time=")[1].split()[0]
    out = lines[:event]
    for i, text in enumerate(texts):
        out.append(f"# pagesim text {text}")
    for i, text in enumerate(texts):
        out.append(f"{head} pagesim_sysctl: event={i} time={when} cpu=0 task=0 value={i}")
    for line in lines[event:]:
        if " event=" in line:
            before, rest = line.split(" event=", 1)
            number, rest = rest.split(" ", 1)
            line = f"{before} event={int(number) + len(texts)} {rest}"
        elif line.startswith("# pagesim events "):
            line = f"# pagesim events {int(line.split()[3]) + len(texts)}"
        out.append(line)
    return out


def make_trace(folder, plain, name, texts):
    """A trace with those events, or None where it is refused."""
    text, trace = os.path.join(folder, name + ".txt"), os.path.join(folder, name + ".pgt")
    with open(text, "w", encoding="utf-8") as out:
        out.write("\n".join(with_sysctls(plain, texts)) + "\n")
    done = pagesim("trace", "import", text, "-o", trace)
    check(f"{name}.txt is a trace: {done.stderr}", done.returncode == 0)
    return trace


def counted(folder, plain, name, texts):
    """What a run says of the trace's sysctl events: applied, not known, refused."""
    done = run("--trace", make_trace(folder, plain, name, texts))
    if done.returncode != 0:
        return done.stderr
    said = json.loads(done.stdout)["counters"]["sysctl"]
    return said["applied"], said["not_known"], said["refused"]


def in_params_and_by_set(folder, trace, name, value, wrong):
    scenario = os.path.join(folder, "one.yaml")
    for given, expected in ((value, True), (wrong, False)):
        with open(scenario, "w", encoding="utf-8") as out:
            out.write(f"vm: {{{name}: {json.dumps(given)}}}\n")
        for way, args in (("vm:", [scenario]), ("--set", ["--set", f"vm.{name}={given}"])):
            done = run(*args, "--trace", trace)
            if expected:
                check(f"{way} {name} {given}: {done.stderr}", has(done, name, given))
            else:
                check(f"{way} {name} {given} is refused", done.returncode == 2)


def every_parameter_is_listed(folder, trace):
    done = run("--trace", trace)
    listed = set(json.loads(done.stdout)["scenario"]["vm"])
    check(f"listed here: {sorted(listed ^ (set(SYSCTLS) | OTHERS))}",
          listed == set(SYSCTLS) | OTHERS)


with tempfile.TemporaryDirectory() as folder:
    trace = os.path.join(folder, "plain.pgt")
    pagesim("trace", "gen", "--quiet", "--profile",
            os.path.join(tree, "configs/profiles/hog.yaml"), "--events", "50", "--seed", "1",
            "-o", trace)
    out = os.path.join(folder, "out")
    run("--trace", trace, "--set", "output.events=[trace]", "--out", out)
    with open(os.path.join(out, "events.txt"), encoding="utf-8") as lines:
        plain = lines.read().splitlines()
    every_parameter_is_listed(folder, trace)
    for name, (value, wrong) in SYSCTLS.items():
        in_params_and_by_set(folder, trace, name, value, wrong)
    all_of_them = {**SYSCTLS, **EVENTS}
    good = [f"vm.{name}={value}" for name, (value, _) in all_of_them.items()]
    bad = [f"{name}={wrong}" for name, (_, wrong) in all_of_them.items() if wrong is not None]
    none = [f"vm.{name}=1" for name in sorted(OTHERS)]
    for name, texts, expected in (("good", good, (len(good), 0, 0)),
                                  ("bad", bad, (0, 0, len(bad))),
                                  ("fixed", none, (0, 0, len(none)))):
        got = counted(folder, plain, name, texts)
        check(f"sysctl events, {name}: {got}, not {expected}", got == expected)

for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
