/*
 * Rules of `pagesim check`: what may differ from a baseline, how much, and why (docs/gate.md).
 *
 *	latency.alloc.order0.p99: {allow: +3%, why: "the new cache model, reviewed in May"}
 *	fragmentation.*.unusable: {allow: +0.02, why: "..."}
 *	series: {allow: any, why: "..."}
 *	histograms:
 *	  alloc.order.0: {moved: 5%, shift: 2%, over: {10us: +1%}, why: "..."}
 *	inputs:
 *	  seed: "a band over seeds"
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "sim/conf.h"
#include "tools/allow.h"

struct check_rule {
	struct conf_node at; /* for messages */
	const char *pattern; /* a name, or a pattern of names */
	struct allow allow;
	const char *text, *why; /* of allow */
	/* Counted by whoever applies it. */
	unsigned long used, broken;
};

struct check_over {
	const char *threshold; /* as written */
	uint64_t cycles;
	struct allow allow;
	const char *text;
};

#define CHECK_OVERS 16

struct check_hist_rule {
	struct conf_node at;
	const char *pattern; /* of tags of latency.hlog */
	bool has_moved, has_shift;
	struct allow_bound moved, shift; /* shift is a share of the mean, or cycles */
	const char *moved_text, *shift_text, *why;
	struct check_over over[CHECK_OVERS];
	size_t novers;
	unsigned long used, broken;
};

struct check_input_rule {
	const char *name, *why;
};

struct check_rules {
	struct conf_file *file;
	struct check_rule *rules;
	size_t n;
	struct check_hist_rule *hists;
	size_t nhists;
	struct check_input_rule *inputs;
	size_t ninputs;
};

/* NULL and a sentence "file:line:column: ..."; "-" is stdin. Thresholds are times of a clock
 * of that many MHz. */
struct check_rules *check_rules_open(const char *path, uint64_t mhz, struct conf_error *err);
void check_rules_close(struct check_rules *rules);

/* The rule for a figure: that of its name, else the last pattern that fits. NULL: none. */
struct check_rule *check_rules_for(struct check_rules *rules, const char *name);
struct check_hist_rule *check_rules_hist(struct check_rules *rules, const char *tag);
/* Why that input may differ, "machine" for "machine.clock_mhz"; NULL: it may not. */
const char *check_rules_input(const struct check_rules *rules, const char *name);

#endif
