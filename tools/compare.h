/*
 * Two or more results side by side: a table of figures with units, and what stands out of it in
 * words. The first side is what the others are compared with.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include <jansson.h>
#include <stdio.h>

#include "tools/metric.h"
#include "tools/result_read.h"

#define COMPARE_SIDES 16
#define COMPARE_LABEL 48

struct compare_side {
	char label[COMPARE_LABEL];
	bool passing; /* nobody wants to keep the result: its folder goes with the comparison */
	struct result_read result;
	struct metric_list *metrics;
};

/* One figure of all sides. */
struct compare_row {
	const char *name;
	const struct metric_kind *kind;
	const struct metric *values[COMPARE_SIDES]; /* NULL: that side has no such figure */
	size_t headline;                            /* headline_rank() */
	bool matters;                               /* differs enough for the short table */
};

struct compare {
	unsigned nsides;
	struct compare_side sides[COMPARE_SIDES];
	struct compare_row *rows; /* figures that are not the same on all sides */
	size_t nrows;
};

#define COMPARE_WORDS 400

/* A sentence, and the figures that it stands on. */
struct compare_sentence {
	unsigned side; /* that is compared with the first one */
	double effect; /* the larger, the more it stands out */
	char text[COMPARE_WORDS];
	char figures[3][96]; /* "" = none */
};

#define COMPARE_SENTENCES 256

struct compare_words {
	size_t n;
	struct compare_sentence list[COMPARE_SENTENCES]; /* the most striking first */
};

/* Fills the rows of sides that have been read. False when memory is short. */
bool compare_rows(struct compare *c);
void compare_free(struct compare *c); /* the sides as well */

/* Whether all results have the same digest. */
bool compare_same(const struct compare *c);
/* Whether all results are of the same trace. */
bool compare_same_trace(const struct compare *c);

/* compare_words.c */
void compare_words(const struct compare *c, struct compare_words *out);
/* Value of that figure, or `otherwise` where the side has none. */
double compare_value(const struct compare_side *side, const char *name, double otherwise);

/* How many sentences of one side are told unless all are asked for: more stand out of a
 * comparison of two than of one of many. */
size_t compare_words_most(const struct compare *c, bool all);

/* compare_print.c: all = every figure that differs, every sentence. False when memory is short.
 */
bool compare_print_text(FILE *out, const struct compare *c, bool all);
json_t *compare_print_json(const struct compare *c);

#endif
