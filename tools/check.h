/*
 * A result against its baseline: figure by figure, histogram by histogram, with or without
 * rules. What `pagesim check` prints in words, JSON and JUnit XML.
 *
 * Without rules every difference is a finding, the better as well as the worse: simulated
 * results are reproducible, so a changed figure has a cause somebody should know. With rules
 * a difference is a finding that no rule allows.
 */
#ifndef CHECK_H
#define CHECK_H

#include <jansson.h>
#include <stdio.h>

#include "sim/hist_log.h"
#include "tools/check_inputs.h"
#include "tools/check_rules.h"
#include "tools/diff.h"
#include "tools/hist_diff.h"
#include "tools/result_read.h"

/* A result, and what can be read from it. */
struct check_side {
	struct result_read result;
	struct metric_list *metrics;
	struct sim_hist_log log; /* of latency.hlog; n = 0: there is none */
	bool has_log;
};

/* One figure that differs. */
struct check_figure {
	struct diff_row row;
	struct check_rule *rule; /* NULL: none is about it */
	bool ok;                 /* the rule allows it */
};

/* One histogram that differs. */
struct check_hist {
	const char *tag;
	const struct sim_hist *was, *now; /* NULL: not on this side */
	struct hist_diff diff;
	struct check_hist_rule *rule;
	bool ok;
	char broken[160]; /* why it is not, in words */
};

#define CHECK_PARTS 5

extern const char *const check_parts[CHECK_PARTS]; /* that result_digest is of */

struct check {
	const struct check_side *was, *now;
	struct check_rules *rules; /* NULL = none */
	struct check_inputs inputs;
	struct diff *diff;
	struct check_figure *figures; /* [n] */
	size_t n;
	struct check_hist *hists; /* [nhists] */
	size_t nhists;

	bool same; /* the digests are equal */
	bool part_same[CHECK_PARTS];
	size_t by_verdict[DIFF_VERDICTS]; /* of all figures that differ */
	size_t findings[DIFF_VERDICTS];   /* of those that nothing allows */
	size_t broken_hists;
};

struct check_error {
	char text[1280];
};

/* Reads a result and the latency.hlog beside it, which has to belong to it. */
bool check_side_open(struct check_side *side, const char *path, struct check_error *err);
void check_side_close(struct check_side *side);

/*
 * Compares. False, and a sentence, when they cannot be: rules about figures that neither side
 * has, rules about histograms without latency.hlog, inputs that have to be the same. With
 * other_inputs set, those may be anything.
 */
bool check_make(struct check *c, const struct check_side *was, const struct check_side *now,
		struct check_rules *rules, bool other_inputs, struct check_error *err);
void check_free(struct check *c);

/* Whether there is a finding. */
bool check_differs(const struct check *c);
/* One line: "the same", "within rules: ...", "different: 3 figures worse, ...". */
void check_verdict(const struct check *c, char *text, size_t size);
/* The first series sample that differs, in words; "" when none does. */
void check_series(const struct check *c, char *text, size_t size);

/* Reports (check_text.c, check_json.c, check_junit.c); all = not only the first ones. */
void check_text(FILE *out, const struct check *c, bool all);
json_t *check_json(const struct check *c); /* NULL when memory is short */
void check_junit(FILE *out, const struct check *c, const char *name);
/* A suite of one case that could not be decided. */
void check_junit_error(FILE *out, const char *name, const char *why);

#endif
