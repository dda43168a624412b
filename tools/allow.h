/*
 * How much a figure may differ from its baseline, as rules write it:
 *
 *	+3%       up to 3 % more        -0.02   up to 0.02 less, in the figure's unit
 *	3%  ±3%   either way            +3% -1% up to 3 % more or 1 % less
 *	any       however much
 *
 * A bound that goes one way leaves the other way free where that way is better; where neither
 * is, it allows nothing that way.
 */
#ifndef ALLOW_H
#define ALLOW_H

#include "tools/diff.h"

struct allow_bound {
	bool given, relative; /* relative: a share of the baseline */
	double most;
};

struct allow {
	bool any;
	struct allow_bound up, down;
};

/* False when text is none of these. */
bool allow_parse(const char *text, struct allow *out);
/* Whether a figure that differs may. One that is on one side only may if any difference may. */
bool allow_holds(const struct allow *allow, const struct diff_row *row);

#endif
