#include "model/mm_machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct mm_span mm_machine_frames(const struct mm_machine *machine)
{
	struct mm_span all = { UINT64_MAX, 0 };

	for (unsigned i = 0; i < machine->nzones; i++) {
		const struct mm_zone_span *z = &machine->zones[i];

		all.start = z->start < all.start ? z->start : all.start;
		all.end = z->end > all.end ? z->end : all.end;
	}
	return all;
}

/* The first of ascending spans that ends behind `at`, `n` when there is none. */
static unsigned first_behind(const struct mm_span *spans, unsigned n, uint64_t at)
{
	unsigned low = 0, high = n;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (spans[middle].end > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Moves a run that begins in one of the spans behind it, else ends it where one begins. */
static bool cut(struct mm_span *run, const struct mm_span *spans, unsigned n)
{
	unsigned i = first_behind(spans, n, run->start);

	if (i == n)
		return false;
	if (spans[i].start <= run->start) {
		run->start = spans[i].end;
		return true;
	}
	run->end = spans[i].start < run->end ? spans[i].start : run->end;
	return false;
}

struct mm_span mm_machine_memory(const struct mm_machine *machine, uint64_t at, uint64_t end)
{
	struct mm_span run = { at, end };

	while (run.start < end && (cut(&run, machine->holes, machine->nholes) ||
				   cut(&run, machine->reserved, machine->nreserved)))
		run.end = end;
	return run.start < end ? run : (struct mm_span){ end, end };
}

bool mm_machine_refuse(const struct mm_zone_span *zone, const char *what, char *text,
		       size_t size)
{
	snprintf(text, size, "zone %s of node %u (%" PRIu64 " to %" PRIu64 ") %s", zone->name,
		 zone->nid, zone->start, zone->end, what);
	return false;
}

bool mm_machine_check_zone(const struct mm_machine *machine, unsigned n, char *text,
			   size_t size)
{
	const struct mm_zone_span *z = &machine->zones[n];

	if (z->start >= z->end)
		return mm_machine_refuse(z, "is empty", text, size);
	if (z->nid >= machine->nodes)
		return mm_machine_refuse(z, "is on a node that the machine does not have", text,
					 size);
	for (unsigned i = 0; i < n; i++) {
		const struct mm_zone_span *other = &machine->zones[i];

		if (other->start < z->end && z->start < other->end)
			return mm_machine_refuse(z, "overlaps another zone", text, size);
		if (other->nid == z->nid && strcmp(other->name, z->name) == 0)
			return mm_machine_refuse(z, "is there twice", text, size);
	}
	return true;
}
