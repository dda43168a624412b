#!/usr/bin/env python3
"""Runs published microbenchmarks and holds the model against what was measured.

  calibrate.py PAGESIM                    prints every row: measured, simulated, difference
  calibrate.py PAGESIM --check            ... of one CPU; status 1 if one left its band
  calibrate.py PAGESIM --doc FILE         writes the tables into docs/calibration.md
  calibrate.py PAGESIM --fit              proposes costs (calibrate_fit.py)

Measurements are calibration.csv, rows and bands calibrate_rows.py. --memory MODEL takes another
memory model than the scenarios'; --set KEY=VALUE goes to every run.
"""
import argparse
import re
import sys

sys.dont_write_bytecode = True  # the tree stays as it is

import calibrate_fit
import calibrate_rows


def percent(row):
    return 100 * (row.simulated - row.measured) / row.measured


def verdict(row):
    """What a row's last column says."""
    if row.reason:
        return "not covered: " + row.reason if row.band else row.reason
    if abs(percent(row)) <= row.band:
        return ""
    return "**out of its %d %%**" % row.band + ("; " + row.remark if row.remark else "")


def number(value, digits):
    text = "%.*f" % (digits, value)
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", " ", text) if digits == 0 else text


def table(rows):
    lines = ["| what | measured | simulated | difference | |", "|---|---|---|---|---|"]
    for row in rows:
        lines.append("| %s | %s | %s | %+.1f %% | %s |" % (
            row.label, number(row.measured, row.digits), number(row.simulated, row.digits),
            percent(row), verdict(row)))
    return "\n".join(lines)


def root_mean_square(rows):
    return (sum(percent(row) ** 2 for row in rows) / len(rows)) ** 0.5


def residual(rows):
    """How good it is all in all, and with what is not covered."""
    covered = [row for row in rows if not row.reason]
    inside = sum(abs(percent(row)) <= row.band for row in covered)
    text = "%d of %d covered rows are in their band; root of the mean square of their " \
           "differences %.1f %%, mean difference %+.1f %%." % (
               inside, len(covered), root_mean_square(covered),
               sum(percent(row) for row in covered) / len(covered))
    if len(covered) < len(rows):
        text += " Of all %d rows: root of the mean square %.1f %%." % (
            len(rows), root_mean_square(rows))
    return text


def sections(rows):
    """{"B1": text} in the order of the rows."""
    names = dict.fromkeys(row.table for row in rows)
    texts = {}
    for name in names:
        own = [row for row in rows if row.table == name]
        texts[name] = table(own) + "\n\n" + residual(own)
    return texts


def other_table(runs):
    lines = ["| run | cycles a pair | of them lines | waits for locks | million pairs/s |",
             "|---|---|---|---|---|"]
    return "\n".join(lines + ["| %s |" % " | ".join(str(cell) for cell in row)
                              for row in calibrate_rows.others(runs)])


def write_doc(path, texts):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, body in texts.items():
        pattern = re.compile(r"(<!-- begin %s -->\n).*?(\n<!-- end %s -->)" % (name, name), re.S)
        text, n = pattern.subn(lambda m: m.group(1) + body + m.group(2), text)
        if n != 1:
            sys.exit("calibrate.py: %s has no place for table %s" % (path, name))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def check(rows):
    """Rows that left their bands. Those with a remark are known to be out: by twice the band at
    most. What is not covered may be anything."""
    bad = [row for row in rows
           if not row.reason and abs(percent(row)) > row.band * (2 if row.remark else 1)]
    for row in bad:
        print("%s %s: measured %s, simulated %s, %+.1f %%, allowed are %d %%" % (
            row.table, row.label, number(row.measured, row.digits),
            number(row.simulated, row.digits), percent(row), row.band))
    print("%d rows, %d of them out of their bands" % (len(rows), len(bad)))
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pagesim")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--doc", metavar="FILE")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--tables", default="", help="only these: B1,B4")
    parser.add_argument("--memory", help="memory model of every run")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    args = parser.parse_args()
    extra = args.set + (["memory_model=" + args.memory] if args.memory else [])
    runs = calibrate_rows.Runs(args.pagesim, extra)
    wanted = args.tables.split(",") if args.tables else None
    if not wanted and (args.check or args.fit):
        wanted = calibrate_rows.ONE_CPU
    rows = calibrate_rows.rows(wanted)
    if args.fit:
        calibrate_fit.fit(rows, runs)
        return 0
    for row in rows:
        row.simulated = row.simulate(runs)
    if args.doc:
        write_doc(args.doc, dict(sections(rows), others=other_table(runs)))
        return 0
    if args.check:
        return check(rows)
    for name, text in sections(rows).items():
        print("## %s\n\n%s\n" % (name, text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
