/*
 * Results as one HTML page that needs nothing beside it: no network, no script, readable on a
 * phone, light or dark as the reader's system is. One result, or several side by side.
 *
 *	struct report_input in = { .name = "a", .result = json, .log = &log, .folder = "a" };
 *	ok = report_write("a.html", &in, 1, NULL, text, sizeof(text));
 *
 * Plots are drawn by gnuplot (tools/plot.h); their scripts and numbers, and each result's
 * scenario, are kept in a folder beside the page: a.html has a.files/.
 *
 * To add a section: a function report_NAME() in a file of that name, a row in report.c.
 */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/hist_log.h"

#define REPORT_MOST 8 /* results in one page */

/* Everything is looked at, nothing is kept. */
struct report_input {
	const char *name;               /* how the page calls it */
	const json_t *result;           /* all of result.json, of the format's version */
	const struct sim_hist_log *log; /* latency.hlog; NULL = there is none */
	const char *folder;             /* where pageblocks.csv may be; NULL = nowhere */
	bool passing; /* the folder goes when the page is there: the page does not name it */
};

/* A section of the caller's own: it stands below the first one. */
struct report_section {
	const char *id, *title;
	/* Writes HTML, as tools/report_html.h makes it. */
	void (*write)(FILE *out, const void *ctx);
	const void *ctx;
};

struct report_options {
	const char *title;            /* NULL = made of what was run */
	const char *const *sentences; /* [nsentences], plain text above all else */
	unsigned nsentences;
	const struct report_section *section; /* NULL = none */
	bool no_files;                        /* nothing is kept beside the page */
};

/*
 * Writes the page to `path`, "-" is stdout (for which, as for a device, no files are kept).
 * options NULL = all 0. False and a sentence on failure, which is always one of the machine (no
 * gnuplot here, disk full, short of memory), and then no page is left or changed. A SIGINT,
 * SIGTERM or SIGHUP that comes meanwhile is raised again when nothing half-written is left.
 */
bool report_write(const char *path, const struct report_input *in, unsigned n,
		  const struct report_options *options, char *text, size_t size);

#endif
