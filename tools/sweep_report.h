/*
 * A sweep's table as one HTML page: what each axis buys, in words, tables and pictures; the
 * best points; the front between each two objectives.
 */
#ifndef SWEEP_REPORT_H
#define SWEEP_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tools/plot.h"
#include "tools/sweep_table.h"

/* Writes the page to `path` ("-" is stdout), and the numbers and scripts of its plots to the
 * folder `beside` without .html, with .files. False and a sentence; the page is then left as it
 * was. */
bool sweep_report_write(const char *path, const char *beside, const struct sweep_table *t,
			char *text, size_t size);

/* ---- inside sweep_report*.c ------------------------------------------------------------- */

#define SWEEP_REPORT_OBJECTIVES 4
#define SWEEP_REPORT_PLOTS 40
#define SWEEP_REPORT_POINTS 200 /* rows of the table of all points */

struct sweep_report {
	const struct sweep_table *t;
	FILE *out;
	size_t columns[SWEEP_REPORT_OBJECTIVES]; /* the objectives' */
	size_t ncolumns;
	double mhz; /* of every machine; 0 = they differ */
	struct plot plots[SWEEP_REPORT_PLOTS];
	unsigned nplots;
	bool failed; /* memory is short */
};

/* Where that plot goes is marked in the page. Everything it points to is given back by
 * sweep_report_write(): series and numbers have to be of malloc(). */
#define SWEEP_REPORT_MARK '\001'
void sweep_report_plot(struct sweep_report *r, const struct plot *plot);

/* A value with its unit; cycles as a time. */
#define SWEEP_REPORT_TEXT 64
const char *sweep_report_value(const struct sweep_report *r, size_t column, double value,
			       char text[SWEEP_REPORT_TEXT]);
/* Whether an axis is a question: seeds are not, they show how far chance goes. */
bool sweep_report_asks(const struct sweep_report *r, size_t axis);
/* "vm.min_free_kbytes 1MiB, vm.watermark_scale_factor 10" */
void sweep_report_settings(const struct sweep_report *r, size_t row);

/* Sections. */
void sweep_report_words(struct sweep_report *r);
void sweep_report_effects(struct sweep_report *r);
void sweep_report_maps(struct sweep_report *r);
void sweep_report_effects_fronts(struct sweep_report *r);
void sweep_report_maps_points(struct sweep_report *r);

#endif
