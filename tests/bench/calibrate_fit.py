"""Proposes costs of steps: least squares on what was measured, held near the present costs.

Cycles are linear in costs as long as one CPU works alone: a row is what the lines take that it
touches plus, for each step, how often it is done times its cost. How often is what a run tells
in which that cost is larger by STEP. The sum that is made small has a square for each row
(difference over ROW of what was measured) and one for each cost (difference over its prior's
width): a cost that no row knows of stays where it is, and noise of rows does not move it far.
"""

STEP = 1000
ROW = 0.10  # of a row: what published tables of one path differ by among each other
WIDTH = 0.35  # of a cost, and at least 3 cycles
FIXED = {"irq", "lock"}  # measured by themselves (B2)
FITTED = ["alloc_entry", "zone_step", "watermark", "statistics", "prep", "prep_frame", "pcp_take",
          "pcp_give", "refill", "refill_page", "take", "split_step", "free_entry", "free_block",
          "free_frame", "drain", "drain_page", "merge_step", "place"]


def solve(matrix, vector):
    """Gauss; the matrix is positive definite."""
    n = len(vector)
    m = [row[:] + [v] for row, v in zip(matrix, vector)]
    for i in range(n):
        for j in range(i + 1, n):
            factor = m[j][i] / m[i][i]
            for k in range(i, n + 1):
                m[j][k] -= factor * m[i][k]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (m[i][n] - sum(m[i][k] * x[k] for k in range(i + 1, n))) / m[i][i]
    return x


def counts(rows, runs, base, present):
    """How often each step is done in each row."""
    result = []
    for name in FITTED:
        other = runs.with_costs(["cost.%s=%d" % (name, present[name] + STEP)])
        result.append([(row.simulate(other) - b) / STEP for row, b in zip(rows, base)])
    return result


def fit(rows, runs):
    rows = [row for row in rows if not row.reason and not row.label.startswith(("irq", "spin"))]
    present = runs.get("bench-page01", "workload.order=0")["scenario"]["cost"]
    base = [row.simulate(runs) for row in rows]
    steps = counts(rows, runs, base, present)
    n = len(FITTED)
    matrix = [[0.0] * n for _ in range(n)]
    vector = [0.0] * n
    for r, row in enumerate(rows):
        weight = (1 / (ROW * row.measured)) ** 2
        for i in range(n):
            vector[i] += weight * steps[i][r] * (row.measured - base[r])
            for j in range(n):
                matrix[i][j] += weight * steps[i][r] * steps[j][r]
    for i, name in enumerate(FITTED):
        matrix[i][i] += (1 / max(3.0, WIDTH * present[name])) ** 2
    change = solve(matrix, vector)
    # What would be negative is 0, and whole numbers are what the table holds.
    fitted = [max(0, round(present[name] + c)) for name, c in zip(FITTED, change)]
    for name, cycles in zip(FITTED, fitted):
        print("  %-18s %4d -> %4d" % (name + ":", present[name], cycles))
    moved = [c - present[name] for name, c in zip(FITTED, fitted)]
    print()
    for r, row in enumerate(rows):
        after = base[r] + sum(moved[i] * steps[i][r] for i in range(n))
        print("%-3s %-34s measured %6.1f  now %6.1f %+5.1f %%  then %6.1f %+5.1f %%  residual "
              "%+6.1f" % (row.table, row.label, row.measured, base[r],
                          100 * (base[r] / row.measured - 1), after,
                          100 * (after / row.measured - 1), after - row.measured))
