/* What the files of plot.h share: numbers and script as text, and the call of gnuplot. */
#ifndef PLOT_PARTS_H
#define PLOT_PARTS_H

#include <stdio.h>

#include "tools/plot.h"

/* NAME.dat: a block for each series that has numbers, two empty lines between them. */
void plot_script_data(const struct plot *p, FILE *out);
/* NAME.gp, to be run in the folder of NAME.dat. */
void plot_script_write(const struct plot *p, FILE *out);

/*
 * Runs gnuplot on a script in its folder; what it says on stderr goes to `folder/said`, which
 * is left there. False and a sentence when it cannot be started or fails.
 */
bool plot_run(const char *folder, const char *script, const char *said, char *text,
	      size_t size);

#endif
