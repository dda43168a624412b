#include "tools/framemap.h"

#include <stdlib.h>
#include <string.h>

#define LARGEST 1024u /* frames of the largest block */

static uint64_t mask_of(uint64_t first, uint64_t n)
{
	return (n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1) << (first % 64);
}

static void set_part(uint64_t *word, uint64_t mask, bool on)
{
	*word = on ? *word | mask : *word & ~mask;
}

static void set(uint64_t *bits, uint64_t first, uint64_t end, bool on)
{
	uint64_t whole = (first + 63) & ~UINT64_C(63), behind = end & ~UINT64_C(63);

	if (whole > behind) { /* all in one word */
		set_part(&bits[first / 64], mask_of(first, end - first), on);
		return;
	}
	if (first < whole)
		set_part(&bits[first / 64], mask_of(first, whole - first), on);
	memset(&bits[whole / 64], on ? 0xff : 0, (behind - whole) / 8);
	if (behind < end)
		set_part(&bits[behind / 64], mask_of(behind, end - behind), on);
}

static void set_span(const struct framemap_zone *z, uint64_t *bits, uint64_t start,
		     uint64_t end, bool on)
{
	if (start < z->start)
		start = z->start;
	if (end > z->end)
		end = z->end;
	if (start < end)
		set(bits, start - z->base, end - z->base, on);
}

static bool make_zone(struct framemap_zone *z, const struct mm_snapshot_zone *of,
		      const struct mm_policy *policy, const struct mm_machine *machine)
{
	uint64_t words;

	z->start = of->start;
	z->end = of->end;
	z->base = policy->aligned_in_zone ? of->start : of->start & ~(uint64_t)(LARGEST - 1);
	z->nbits = (of->end - z->base + LARGEST - 1) & ~(uint64_t)(LARGEST - 1);
	words = z->nbits / 64;
	z->managed = calloc(words, sizeof(*z->managed));
	z->free = calloc(words, sizeof(*z->free));
	z->pcp = calloc(words, sizeof(*z->pcp));
	if (!z->managed || !z->free || !z->pcp)
		return false;
	set_span(z, z->managed, z->start, z->end, true);
	for (unsigned i = 0; i < machine->nholes; i++)
		set_span(z, z->managed, machine->holes[i].start, machine->holes[i].end, false);
	for (unsigned i = 0; i < machine->nreserved; i++)
		set_span(z, z->managed, machine->reserved[i].start, machine->reserved[i].end,
			 false);
	return true;
}

unsigned framemap_zone(const struct framemap *m, uint64_t frame)
{
	unsigned i = 0;

	while (i < m->nzones && (frame < m->zones[i].start || frame >= m->zones[i].end))
		i++;
	return i;
}

static void add_free(void *ctx, uint64_t frame, unsigned order)
{
	const struct framemap *m = ctx;
	unsigned zone = framemap_zone(m, frame);

	if (zone < m->nzones)
		set_span(&m->zones[zone], m->zones[zone].free, frame,
			 frame + (UINT64_C(1) << order), true);
}

/* What is free, but on no free list. */
static void add_pcp(void *ctx, uint64_t frame, unsigned order)
{
	const struct framemap *m = ctx;
	unsigned zone = framemap_zone(m, frame);

	if (order == 0 && zone < m->nzones &&
	    !framemap_has(m->zones[zone].free, frame - m->zones[zone].base))
		set_span(&m->zones[zone], m->zones[zone].pcp, frame, frame + 1, true);
}

static bool has_pcp(const struct mm_snapshot *snap)
{
	uint64_t pages = 0;

	for (unsigned z = 0; z < snap->nzones; z++)
		for (unsigned cpu = 0; cpu < snap->ncpus; cpu++)
			pages += snap->zones[z].pcp_count[cpu];
	return pages;
}

struct framemap *framemap_new(const struct mm_policy *policy, const void *mm,
			      const struct mm_snapshot *snap, const struct mm_machine *machine)
{
	struct framemap *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->zones = calloc(snap->nzones + 1, sizeof(*m->zones));
	if (!m->zones)
		goto fail;
	for (; m->nzones < snap->nzones; m->nzones++)
		if (!make_zone(&m->zones[m->nzones], &snap->zones[m->nzones], policy, machine))
			goto fail;
	policy->each_free(mm, false, add_free, m);
	if (has_pcp(snap))
		policy->each_free(mm, true, add_pcp, m);
	return m;

fail:
	framemap_free(m);
	return NULL;
}

void framemap_free(struct framemap *m)
{
	if (!m)
		return;
	for (unsigned i = 0; m->zones && i <= m->nzones; i++) {
		free(m->zones[i].managed);
		free(m->zones[i].free);
		free(m->zones[i].pcp);
	}
	free(m->zones);
	free(m);
}

static unsigned popcount(uint64_t word)
{
	return (unsigned)__builtin_popcountll(word);
}

unsigned framemap_count(const uint64_t *bits, uint64_t n, unsigned order)
{
	uint64_t first = n << order;
	unsigned sum = 0;

	if (order < 6)
		return popcount(bits[first / 64] >> (first % 64) &
				((UINT64_C(1) << (1u << order)) - 1));
	/* Most words are all free, or not at all. */
	for (uint64_t i = first / 64; i < (first >> 6) + (1u << (order - 6)); i++)
		sum += bits[i] == UINT64_MAX ? 64 : bits[i] ? popcount(bits[i]) : 0;
	return sum;
}
