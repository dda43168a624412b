#include "model/v4_12/mm412_memblock.h"

#include <stdlib.h>

/* Appends what is left of the range when the cuts (ascending) are taken out. */
static void append(struct mm412_memblock *mb, struct mm412_range range,
		   const struct mm_span *cuts, unsigned ncuts)
{
	for (unsigned i = 0; i < ncuts && range.start < range.end; i++) {
		struct mm412_range before = range;

		if (cuts[i].end <= range.start || cuts[i].start >= range.end)
			continue;
		before.end = cuts[i].start;
		if (before.start < before.end)
			mb->ranges[mb->n++] = before;
		range.start = cuts[i].end;
	}
	if (range.start < range.end)
		mb->ranges[mb->n++] = range;
}

static int by_start(const void *a, const void *b)
{
	const struct mm412_range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Replaces the ranges by what the cuts leave of them. */
static bool cut(struct mm412_memblock *mb, const struct mm_span *cuts, unsigned ncuts)
{
	struct mm412_memblock out = { 0 };

	/* Each cut adds at most one range for every range it lies in, and it lies in one. */
	out.ranges = calloc((size_t)mb->n + ncuts + 1, sizeof(*out.ranges));
	if (!out.ranges)
		return false;
	for (unsigned i = 0; i < mb->n; i++)
		append(&out, mb->ranges[i], cuts, ncuts);
	free(mb->ranges);
	*mb = out;
	return true;
}

static int by_area(const void *a, const void *b)
{
	const struct mm_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* CMA areas are in the order of their activation. */
static bool cut_cma(struct mm412_memblock *mb, const struct mm_machine *machine)
{
	struct mm_span *areas = calloc(machine->ncma + 1u, sizeof(*areas));
	bool ok;

	if (!areas)
		return false;
	for (unsigned i = 0; i < machine->ncma; i++)
		areas[i] = (struct mm_span){ machine->cma[i].start, machine->cma[i].end };
	qsort(areas, machine->ncma, sizeof(*areas), by_area);
	ok = cut(mb, areas, machine->ncma);
	free(areas);
	return ok;
}

bool mm412_memblock_make(struct mm412_memblock *mb, struct mm412 *mm,
			 const struct mm_machine *machine, bool usable)
{
	*mb = (struct mm412_memblock){ 0 };
	mb->ranges = calloc(mm->nzones, sizeof(*mb->ranges));
	if (!mb->ranges)
		return false;
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];

		mb->ranges[mb->n++] = (struct mm412_range){ zone->start, zone->end, zone };
	}
	if (!cut(mb, machine->holes, machine->nholes) ||
	    (usable &&
	     (!cut(mb, machine->reserved, machine->nreserved) || !cut_cma(mb, machine)))) {
		mm412_memblock_free(mb);
		return false;
	}
	qsort(mb->ranges, mb->n, sizeof(*mb->ranges), by_start);
	return true;
}

void mm412_memblock_free(struct mm412_memblock *mb)
{
	free(mb->ranges);
	*mb = (struct mm412_memblock){ 0 };
}

uint64_t mm412_memblock_next(const struct mm412_memblock *mb, uint64_t frame)
{
	for (unsigned i = 0; i < mb->n; i++) {
		if (frame + 1 < mb->ranges[i].start)
			return mb->ranges[i].start;
		if (frame + 1 < mb->ranges[i].end)
			return frame + 1;
	}
	return UINT64_MAX;
}
