/*
 * Pictures by gnuplot. A plot leaves three files in its folder: NAME.dat (the numbers, text),
 * NAME.gp (the script, which draws the picture again: cd FOLDER && gnuplot NAME.gp) and
 * NAME.svg. The same plot gives the same bytes with the same gnuplot; no date, version or path
 * is in them. The ground is transparent, and the colours can be read on light and on dark, also
 * by people who see few colours. Texts are shown as they are (UTF-8, no markup).
 *
 * gnuplot is looked for in PATH when a plot is written; nothing else needs it. Numbers may be
 * of any unit: scale them first so that the axis has few digits, and name the unit.
 *
 *	static const char *const orders[] = { "0", "1", "2" };
 *	const double x[] = { 0, 1, 2 }, y[] = { 90, 8, 2 };
 *	const struct plot_series s = { .label = "allocated", .style = PLOT_BOXES,
 *				       .x = x, .y = y, .n = 3 };
 *	const struct plot p = { .name = "orders", .title = "Requests by order",
 *				.x = { .label = "order", .names = orders, .nnames = 3 },
 *				.y = { .label = "requests", .unit = "%" },
 *				.series = &s, .nseries = 1 };
 *	ok = plot_write("out", &p, 1, text, sizeof(text));
 */
#ifndef PLOT_H
#define PLOT_H

#include <stdbool.h>
#include <stddef.h>

enum plot_style {
	PLOT_LINE,
	PLOT_STEPS,   /* a value holds from its x to the next */
	PLOT_POINTS,  /* no line between them */
	PLOT_BOXES,   /* several such series stand side by side; x ascends and is linear */
	PLOT_BAND,    /* filled from `low` to `y` */
	PLOT_STACKED, /* filled from the stacked series before it, whose x are the same */
};

struct plot_series {
	const char *label; /* in the legend; NULL = not there */
	enum plot_style style;
	const double *x, *y; /* [n]; NaN and infinity leave a gap */
	const double *low;   /* [n], of a band only */
	size_t n;            /* 0 = the series is left out */
};

struct plot_axis {
	const char *label, *unit; /* "live memory", "MiB": shown as "live memory (MiB)" */
	bool log;                 /* values up to 0 leave a gap */
	double from, to;          /* equal: as the numbers have it, a linear y axis from 0 */
	const char *const *names; /* [nnames] written at 0, 1, 2, ... in place of numbers */
	unsigned nnames;
};

/* Everything that a plot points to belongs to the caller. */
struct plot {
	const char *name; /* of the files: letters, digits, - and _ */
	const char *title;
	struct plot_axis x, y;
	const struct plot_series *series; /* none with numbers: empty axes that say "no data" */
	unsigned nseries;
	unsigned width, height; /* pixels; 0 = 800 and 400 */
};

/*
 * Writes all the plots, or none and a sentence in text: no gnuplot here, it failed (with what
 * it said), a file cannot be written. All of these are failures of the machine. The folder is
 * made when it is missing; files of the same names are replaced. A SIGINT, SIGTERM or SIGHUP
 * that comes meanwhile is raised again when nothing half-written is left.
 */
bool plot_write(const char *folder, const struct plot *plots, unsigned n, char *text,
		size_t size);

#endif
