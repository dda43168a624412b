#!/usr/bin/env python3
"""events_again.py PAGESIM SOURCE: events.txt with the events of the trace, imported, is the trace that was replayed,
line by line, and its replay has the same result; what was changed, lost or does not belong there is found."""
import json
import os
import re
import subprocess
import sys
import tempfile

pagesim, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failures = 0
ALL = "[kmem,vmscan,compaction,oom,trace]"
PRESSURE = "configs/scenarios/pressure-4.12.yaml"
RECORDED = ["--set", "replay.access={model: recorded}"]


def expect(what, got, wanted):
    global failures
    if got != wanted:
        failures += 1
        print(f"{what}: {str(got)[:300]}, wanted {str(wanted)[:300]}")


def call(*args):
    return subprocess.run([pagesim, *args], cwd=source, check=True, capture_output=True, text=True).stdout


def run(args, folder):
    call("run", "--quiet", "--out", folder, *args)
    with open(folder + "/result.json") as file:
        return json.load(file)


def bring_back(path, out):
    return subprocess.run([pagesim, "trace", "import", "--quiet", "--report", os.devnull, path, "-o", out],
                          capture_output=True, text=True)


def text_of(trace):
    """Its records; dictionaries apart, for where their entries stand is of no matter."""
    lines = [line for line in call("trace", "cat", "--whole", trace).splitlines()
             if line.split()[0] not in ("truth", "step", "final")]
    words = {kind: [line for line in lines if line.startswith(kind + " ")] for kind in ("gfp", "text", "task")}
    return [line for line in lines if line.split()[0] not in words], words


def what_counts(result):
    """All but where the trace lay, which file it was, what was written beside, and the host."""
    result = json.loads(json.dumps(result))
    del result["host"], result["scenario"]["trace"], result["scenario"]["output"]
    for key in ("path", "digest"):
        del result["inputs"]["trace"][key]
    return result


def pressed(path):
    """hog's trace, with all the kinds of events and marks that there are."""
    call("trace", "gen", "--quiet", "--profile", "configs/profiles/hog.yaml", "--events", "40000", "--seed", "3", "-o",
         path)
    lines = call("trace", "cat", "--whole", path).splitlines()
    put_in, objects, out, texts = {}, 0, [], False
    for line in lines:
        line = line.replace('"minor":0', '"minor":1')  # with isolation
        words = line.split()
        if words[0] in ("alloc", "free", "task-start") and not texts:
            out += ["text vm.min_free_kbytes=4096", "text vm.swappiness=10", "text half \\x5c way", "text vm.nothing=1"]
            texts = True
        if words[0] == "free" and "order=1" in words:  # in two halves
            half = line.replace(" order=1", "")
            out += [half, half + " value=1"]
            continue
        out.append(line)
        if words[0] != "alloc":
            continue
        number, head = objects, " ".join(words[1:4])
        objects += 1
        if number % 100 == 50:  # of the recorder, put in, of an interrupt, instead of a huge page
            out[-1] += f" flags={[16, 64, 2, 4, 128][number // 100 % 5]}"
        put_in = {
            2000: [f"sysctl {head}", f"mark {head} value=2"],
            3000: [f"sysctl {head} value=1", f"sysctl {head} value=3"],
            4000: [f"isolate {head} pfn=4096 value=1"],
            5000: [f"unisolate {head} pfn=4096 value=1", f"task-exit {head}"],
            6000: [f"alloc-failed {head} gfp=1 order=4 flags=2", f"alloc-failed {head} gfp=1 flags=20"],
        }
        out += put_in.get(number, [])
        if number % 7 == 3 and number > 100:
            out.append(f"{'dirty' if number % 2 else 'access'} {head} object={number // 2}")
        if number % 1000 == 500:  # cold, of reclaim, missed
            out += [f"free {head} object={number} flags={[1, 8, 32][number // 1000 % 3]}"]
    with open(path + ".text", "w") as file:
        file.write("\n".join(out) + "\n")
    call("trace", "import", "--quiet", "--report", os.devnull, path + ".text", "-o", path)
    return path


def comes_back(what, trace, args, folder, events=ALL):
    """Gives the folder's events.txt and the result, for who goes on with them."""
    first = run(["--trace", trace, "--set", f"output.events={events}"] + args, folder)
    done = bring_back(folder + "/events.txt", folder + ".pgt")
    expect(f"{what}: import", (done.returncode, done.stderr), (0, ""))
    if done.returncode:
        return first
    (got, words), (wanted, wanted_words) = text_of(folder + ".pgt"), text_of(trace)
    expect(f"{what}: names", words, wanted_words)
    expect(f"{what}: records", len(got), len(wanted))
    expect(f"{what}: a record", *next((pair for pair in zip(got, wanted) if pair[0] != pair[1]), ("", "")))
    again = run(["--trace", folder + ".pgt"] + args, folder + "-again")
    expect(f"{what}: result digest", again["result_digest"], first["result_digest"])
    expect(f"{what}: result", what_counts(again), what_counts(first))
    return first


def refused(what, lines, path, message):
    with open(path, "w") as file:
        file.writelines(lines)
    done = bring_back(path, path + ".pgt")
    expect(f"{what}: status", done.returncode, 3)
    expect(f"{what}: found", message in done.stderr, True)


def later(line):
    return re.sub(r" time=(\d+)", lambda m: f" time={int(m[1]) + 1}", line)


def changes_are_found(folder, trace, args, first):
    with open(folder + "/events.txt") as file:
        lines = file.readlines()
    own = re.compile(r": pagesim_(alloc|free): event=(\d+) ")
    at = {int(m[2]): i for i, line in enumerate(lines) if (m := own.search(line))}
    for number in (700, max(at)):
        moved = lines.copy()
        moved[at[number]] = later(moved[at[number]])
        with open(folder + "-moved", "w") as file:
            file.writelines(moved)
        expect("a begin that is off by one: import", bring_back(folder + "-moved", folder + ".pgt").returncode, 0)
        expect("a begin that is off by one: the trace", text_of(folder + ".pgt") != text_of(trace), True)
    again = run(["--trace", folder + ".pgt"] + args, folder + "-moved-run")  # it ends later
    expect("the last begin is off by one: result", again["result_digest"] != first["result_digest"], True)
    answer = next(i for i in range(at[700], len(lines)) if ": mm_page_alloc: " in lines[i])
    path = folder + "-wrong"
    begun = f"line {answer + 1}: what the kernel did there was not begun by the trace"
    refused("a lost event with its answer", lines[:at[700]] + lines[answer + 1:], path,
            "event 700 of the trace is missing")
    refused("a lost event", lines[:answer - 1] + lines[answer:], path, begun.replace(str(answer + 1), str(answer)))
    twice = lines[:at[700]] + [lines[at[700]]] + lines[at[700]:]
    refused("an event twice", twice, path, "event 700 of the trace is there twice")
    refused("a file that is cut off", lines[:at[9000]], path, "the end is missing")
    refused("an answer of another order", lines[:answer] + [lines[answer].replace(" order=0", " order=5")] +
            lines[answer + 1:], path, begun)
    refused("an answer twice", lines[:answer] + [lines[answer]] + lines[answer:], path,
            begun.replace(str(answer + 1), str(answer + 2)))


with tempfile.TemporaryDirectory() as base:
    SAMPLES = "traces/samples/"
    vm = comes_back("vm-fragment", SAMPLES + "vm-fragment.pgt", [], base + "/vm")
    changes_are_found(base + "/vm", SAMPLES + "vm-fragment.pgt", [], vm)
    comes_back("vm-fragment, 2.4, open", SAMPLES + "vm-fragment.pgt", ["--kernel", "2.4", "--set", "replay.pacing=open"],
               base + "/vm24", "[trace]")
    comes_back("host-build, open", SAMPLES + "host-build-small.pgt", ["--set", "replay.pacing=open"], base + "/host",
               "[kmem,trace]")
    hog = pressed(base + "/pressed.pgt")
    for what, args, events in (("pressed", ["--set", "replay.pacing=asap"], ALL),
                               ("without swap", ["--set", "machine.disks.swap=none", "--set", "replay.pacing=asap"], ALL),
                               ("pressed, 2.4", ["--kernel", "2.4", "--set", "replay.pacing=asap"], "[trace]")):
        got = comes_back(what, hog, [PRESSURE] + RECORDED + args, f"{base}/hog", events)["counters"]
        for group, key in (("reclaim", "slept"), ("reclaim", "accesses"), ("replay", "free_waits"),
                           ("replay", "unscored"), ("requests", "partial_frees"), ("unmatched", "hidden_allocs"),
                           ("unmatched", "reclaim_frees_dropped"), ("sysctl", "not_known")):
            expect(f"{what}: {key}", got[group][key] > 0, True)
        expect(f"{what}: somebody is killed", got["reclaim"]["killed_tasks"] > 0, what == "without swap")
print(f"{failures} wrong")
sys.exit(failures != 0)
