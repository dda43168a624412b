/*
 * Where in a kernel's code the time of an operation passes: cycles by a small number that the
 * code has for each of its parts that it tells apart. Each cycle is one part's, that of the
 * part entered last: what a part's callees are told apart for is not its own.
 *
 * Costs nothing but where code says so: a kernel does in what is slow.
 */
#ifndef SIM_WHERE_H
#define SIM_WHERE_H

#include <stdint.h>

#define SIM_WHERES 32u /* parts of a kernel; 0 is what is none of the others */

struct sim_where {
	unsigned in;    /* the part that its time is counted for now */
	uint64_t since; /* date from which it is not counted yet */
	uint64_t cycles[SIM_WHERES];
};

/* Counts until `date`, which is not before `since`. */
static inline void sim_where_count(struct sim_where *w, uint64_t date)
{
	w->cycles[w->in] += date - w->since;
	w->since = date;
}

/* From `date` on its time is that of part `in`; returns the part before. */
static inline unsigned sim_where_enter(struct sim_where *w, uint64_t date, unsigned in)
{
	unsigned before = w->in;

	sim_where_count(w, date);
	w->in = in;
	return before;
}

#endif
