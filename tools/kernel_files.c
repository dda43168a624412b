#include "tools/kernel_files.h"

#include <inttypes.h>
#include <string.h>

#include "tools/frag.h"
#include "tools/series.h"

static void zone_name(FILE *out, const struct mm_snapshot_zone *z)
{
	fprintf(out, "Node %d, zone %8s ", z->nid, z->name);
}

static void write_buddyinfo(FILE *out, const struct mm_snapshot *s)
{
	uint64_t blocks[FRAG_ORDERS];

	for (unsigned i = 0; i < s->nzones; i++) {
		zone_name(out, &s->zones[i]);
		series_blocks(&s->zones[i], s->ntypes, blocks);
		for (unsigned order = 0; order < s->norders; order++)
			fprintf(out, "%6" PRIu64 " ", blocks[order]);
		fputc('\n', out);
	}
}

static void write_index(FILE *out, const struct mm_snapshot *s,
			int (*index)(const uint64_t blocks[FRAG_ORDERS], unsigned order))
{
	uint64_t blocks[FRAG_ORDERS];

	for (unsigned i = 0; i < s->nzones; i++) {
		zone_name(out, &s->zones[i]);
		series_blocks(&s->zones[i], s->ntypes, blocks);
		for (unsigned order = 0; order < s->norders; order++) {
			int value = index(blocks, order);

			fprintf(out, "%d.%03d ", value / 1000, value % 1000);
		}
		fputc('\n', out);
	}
}

static void write_extfrag(FILE *out, const struct mm_snapshot *s)
{
	write_index(out, s, frag_extfrag);
}

static void write_unusable(FILE *out, const struct mm_snapshot *s)
{
	write_index(out, s, frag_unusable);
}

static void write_type_counts(FILE *out, const struct mm_snapshot *s, uint16_t nid)
{
	fprintf(out, "%-43s ", "Free pages count per migrate type at order");
	for (unsigned order = 0; order < s->norders; order++)
		fprintf(out, "%6u ", order);
	fputc('\n', out);
	for (unsigned i = 0; i < s->nzones; i++) {
		const struct mm_snapshot_zone *z = &s->zones[i];

		for (unsigned type = 0; z->nid == nid && type < s->ntypes; type++) {
			fprintf(out, "Node %4d, zone %8s, type %12s ", z->nid, z->name,
				s->type_names[type]);
			for (unsigned order = 0; order < s->norders; order++)
				fprintf(out, "%6" PRIu64 " ", z->free[type][order]);
			fputc('\n', out);
		}
	}
}

static void write_block_counts(FILE *out, const struct mm_snapshot *s, uint16_t nid)
{
	fprintf(out, "\n%-23s", "Number of blocks type ");
	for (unsigned type = 0; type < s->ntypes; type++)
		fprintf(out, "%12s ", s->type_names[type]);
	fputc('\n', out);
	for (unsigned i = 0; i < s->nzones; i++) {
		if (s->zones[i].nid != nid)
			continue;
		zone_name(out, &s->zones[i]);
		for (unsigned type = 0; type < s->ntypes; type++)
			fprintf(out, "%12" PRIu64 " ", s->zones[i].pageblocks[type]);
		fputc('\n', out);
	}
}

static void write_pagetypeinfo(FILE *out, const struct mm_snapshot *s)
{
	for (unsigned i = 0; i < s->nzones; i++) {
		if (i && s->zones[i].nid == s->zones[i - 1].nid)
			continue;
		fprintf(out, "Page block order: 9\nPages per block:  512\n\n");
		write_type_counts(out, s, s->zones[i].nid);
		write_block_counts(out, s, s->zones[i].nid);
	}
}

static void write_pagesets(FILE *out, const struct mm_snapshot *s,
			   const struct mm_snapshot_zone *z)
{
	fprintf(out, "\n  pagesets");
	for (unsigned cpu = 0; cpu < s->ncpus; cpu++)
		fprintf(out,
			"\n    cpu: %u"
			"\n              count: %" PRIu32 "\n              high:  %" PRIu32
			"\n              batch: %" PRIu32,
			cpu, z->pcp_count[cpu], z->pcp_high, z->pcp_batch);
}

/* The counters of things that are not modelled (LRU, slab) are left out rather than shown as 0.
 */
static void write_zoneinfo(FILE *out, const struct mm_snapshot *s)
{
	for (unsigned i = 0; i < s->nzones; i++) {
		const struct mm_snapshot_zone *z = &s->zones[i];

		fprintf(out, "Node %d, zone %8s", z->nid, z->name);
		fprintf(out, "\n  pages free     %" PRId64, z->nr_free_pages);
		fprintf(out, "\n        min      %" PRIu64, z->min);
		fprintf(out, "\n        low      %" PRIu64, z->low);
		fprintf(out, "\n        high     %" PRIu64, z->high);
		fprintf(out, "\n        spanned  %" PRIu64, z->end - z->start);
		fprintf(out, "\n        present  %" PRIu64, z->present);
		fprintf(out, "\n        managed  %" PRIu64, z->managed);
		fprintf(out,
			"\n        protection: (%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64
			")",
			z->reserve[0], z->reserve[1], z->reserve[2], z->reserve[3]);
		fprintf(out, "\n      nr_free_pages %" PRId64, z->nr_free_pages);
		write_pagesets(out, s, z);
		fprintf(out, "\n  start_pfn:           %" PRIu64 "\n", z->start);
	}
}

static void write_vmstat(FILE *out, const struct mm_snapshot *s)
{
	for (unsigned i = 0; i < s->ncounters; i++)
		fprintf(out, "%s %" PRIu64 "\n", s->counters[i].name, s->counters[i].value);
}

const struct kernel_file kernel_files[] = {
	{ "buddyinfo", write_buddyinfo },
	{ "pagetypeinfo", write_pagetypeinfo },
	{ "zoneinfo", write_zoneinfo },
	{ "vmstat", write_vmstat },
	{ "extfrag_index", write_extfrag },
	{ "unusable_index", write_unusable },
	{ NULL, NULL },
};
