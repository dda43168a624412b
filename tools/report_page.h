/*
 * Inside report*.c: a page while it is made. Sections write their HTML to `out` and hand over
 * plots; where a plot goes, a mark is left, which becomes the picture when all plots have been
 * drawn. What is asked of the page's memory lives as long as the page.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdint.h>
#include <stdio.h>

#include "tools/frag.h"
#include "tools/plot.h"
#include "tools/report.h"

#define REPORT_PAGE_PLOTS 400

struct report_zone {
	unsigned node;
	const char *name;
	uint64_t managed, min, low, high, free; /* pages; marks 0 = not known */
	bool large; /* no small DMA zone, which lowmem_reserve keeps from most requests */
};

struct report_run {
	const char *name, *kernel, *machine, *folder;
	bool passing; /* of report_input */
	const json_t *json;
	const struct sim_hist_log *log;
	double mhz, end_seconds;
	unsigned orders; /* 11, or 10 */
	unsigned nzones;
	struct report_zone *zones;
	size_t nsamples;
	double *seconds;  /* [nsamples] */
	uint64_t *blocks; /* [(sample * nzones + zone) * FRAG_ORDERS] */
	uint8_t *reclaim; /* [sample * nzones + zone]: the node's daemons or requests were at
			   * it since the sample before; NULL = the result does not say */
	size_t *points;   /* [nzones * npoints]: the samples that plots of a zone show */
	size_t npoints;
};

struct report_memory; /* pieces that are given back together */

struct report_page {
	FILE *out;
	const struct report_options *options;
	const char *files; /* the folder beside the page; only where one is kept */
	struct report_run *runs;
	unsigned nruns;
	struct plot plots[REPORT_PAGE_PLOTS];
	unsigned nplots;
	struct report_memory *memory;
	bool failed; /* memory is short: the page will not be written */
};

/* ---- memory: a failure is kept in the page, and the answer is NULL ---------------------- */
void *report_page_room(struct report_page *p, size_t n, size_t size);
double *report_page_numbers(struct report_page *p, size_t n);
/* Never NULL: "" when memory is short. */
const char *report_page_words(struct report_page *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void report_page_free(struct report_page *p);

/* ---- plots ------------------------------------------------------------------------------ */
#define REPORT_PAGE_MARK '\001' /* MARK, number of the plot as two letters, MARK */

/*
 * A figure with that plot and, below it, its numbers as a table that can be opened. Series are
 * copied, the rest has to live as long as the page. A plot too many is a sentence.
 */
void report_page_plot(struct report_page *p, const struct plot *plot);
/* The same without the table, for plots that have one of their own beside them. */
void report_page_picture(struct report_page *p, const struct plot *plot);

/* ---- what results say ------------------------------------------------------------------- */
/* A member by its path, "counters.requests.allocs"; NULL when there is none. */
const json_t *report_page_at(const json_t *json, const char *path);
/* A number, 0 when there is none or it is negative. */
uint64_t report_page_number(const json_t *json, const char *path);
/* A text, "" when there is none. */
const char *report_page_text(const json_t *json, const char *path);
/* A row of latency[], or NULL. */
const json_t *report_page_latency(const struct report_run *run, const char *op, const char *by,
				  const char *key);
/* A cell with one of its numbers of cycles as a time. */
void report_page_time(struct report_page *p, const struct report_run *run, const json_t *row,
		      const char *name);
/* The free blocks of a zone in one sample, FRAG_ORDERS numbers. */
const uint64_t *report_page_blocks(const struct report_run *run, size_t sample, unsigned zone);
double report_page_mib(uint64_t pages);
double report_page_seconds(const struct report_run *run, uint64_t cycles);
/* "Node 1, zone Normal" */
const char *report_page_zone(struct report_page *p, const struct report_run *run,
			     unsigned zone);
/* A plot's name. Runs are letters in it: results' own names may hold anything. */
const char *report_page_name(struct report_page *p, const char *what,
			     const struct report_run *run, unsigned zone);
/* The zone of another result with the same node and name, -1 = none. */
int report_page_same_zone(const struct report_run *run, const struct report_zone *z);
/* No run before the nth has that zone of it. */
bool report_page_new_zone(const struct report_page *p, unsigned nth, unsigned zone);
/* Begins what is one run's in a page of several: a heading with its name. */
void report_page_run(struct report_page *p, const struct report_run *run);

/* ---- report_load.c ---------------------------------------------------------------------- */
/* Takes a result apart. False when memory is short. */
bool report_load(struct report_page *p, struct report_run *run, const struct report_input *in);

/* ---- report_svg.c ----------------------------------------------------------------------- */
/* gnuplot's picture as part of a page: no fixed size, ink in the page's colour, short. The
 * caller frees the text; NULL when memory is short. */
char *report_svg_inline(const char *svg, const char *title);
/* The same of FOLDER/NAME.svg. */
char *report_svg_read(const char *folder, const char *name, const char *title);

/* ---- report_orders.c -------------------------------------------------------------------- */
/* Whether a zone can give a block of an order to a request that sleeps for nothing. */
enum report_state {
	REPORT_HAS,        /* there is a block, and enough stays free */
	REPORT_FRAGMENTED, /* enough is free, but in smaller blocks */
	REPORT_SHORT, /* without so many pages, less than the watermark min would be free */
};

/* What a zone's samples tell of an order. */
struct report_gone {
	size_t of;                     /* samples; 0 = nothing is known */
	size_t samples;                /* of them in which it could not be had */
	size_t fragmented;             /* ... for fragmentation */
	double first;                  /* seconds: the first such sample */
	double longest;                /* seconds, from such a sample to the next other one */
	uint64_t begin, end;           /* blocks of that order or larger: first sample, end */
	uint64_t begin_free, end_free; /* free pages likewise */
	int end_unusable;              /* thousandths of them of no use to the order */
};

struct report_gone report_orders_gone(const struct report_run *run, unsigned zone,
				      unsigned order);

/* ---- report_rerun.c --------------------------------------------------------------------- */
/* The file in the page's folder that holds the run's scenario. */
const char *report_rerun_name(struct report_page *p, const struct report_run *run);

/* ---- sections, one file each ------------------------------------------------------------ */
void report_words(struct report_page *p);
void report_summary(struct report_page *p);
void report_orders(struct report_page *p);
/* Of a run, below its requests by order. */
void report_spells(struct report_page *p, const struct report_run *run);
void report_blockers(struct report_page *p);
/* Its sentence of the first section. */
void report_blockers_words(struct report_page *p, const struct report_run *run);
void report_latency(struct report_page *p);
void report_histograms(struct report_page *p);
void report_memory_orders(struct report_page *p);
void report_memory_unusable(struct report_page *p);
void report_marks(struct report_page *p);
void report_activity(struct report_page *p); /* below the marks */
void report_map(struct report_page *p);
void report_locks(struct report_page *p);
void report_rerun(struct report_page *p);
void report_config(struct report_page *p);

#endif
