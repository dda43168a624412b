/* Inside machine_svg*.c: what the parts of the picture share. All lengths are pixels. */
#ifndef MACHINE_SVG_PARTS_H
#define MACHINE_SVG_PARTS_H

#include <stdio.h>

#include "sim/machine.h"

#define MACHINE_SVG_MARGIN 16

/* How large things are drawn, by how many there are. */
struct machine_svg_plan {
	unsigned nodes;             /* that are there */
	uint16_t id[SIM_MAX_NODES]; /* ascending */
	unsigned columns;           /* of cards */
	int card_width, card_height;
	int cpu;                                /* side of a CPU, without the gap behind it */
	unsigned across;                        /* CPUs in a row */
	bool numbers;                           /* in the CPUs */
	int cell_width, cell_height, cell_font; /* of a matrix */
};

/* Text with <, & and the like made harmless. */
void machine_svg_tables_words(FILE *out, const char *text);

/* Draws both matrices and the figures from y on; the y behind them. */
int machine_svg_tables(const struct sim_machine *m, const struct machine_svg_plan *plan, int y,
		       int width, FILE *out);
/* How wide they are when they have to stand below each other. */
int machine_svg_tables_width(const struct machine_svg_plan *plan);

#endif
