#include "tools/kernel_files.h"

#include <inttypes.h>
#include <string.h>

#include "tools/frag.h"
#include "tools/series.h"

#define PAGE_KIB 4

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
			"\n              batch: %" PRIu32 "\n  vm stats threshold: %" PRId32,
			cpu, z->pcp_count[cpu], z->pcp_high, z->pcp_batch, z->stat_threshold);
}

static void write_stats(FILE *out, const struct mm_snapshot_counter *stats, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "\n      %-12s %" PRIu64, stats[i].name, stats[i].value);
}

/* Without daemons there is nothing to count but free pages. */
static void write_zone_stats(FILE *out, const struct mm_snapshot *s,
			     const struct mm_snapshot_zone *z)
{
	if (z->nstats) {
		write_stats(out, z->stats, z->nstats);
		return;
	}
	fprintf(out, "\n      nr_free_pages %" PRId64, z->nr_free_pages);
	if (s->ntypes == MM_SNAPSHOT_TYPES)
		fprintf(out, "\n      nr_free_cma  %" PRId64, z->nr_free_cma);
}

/* The kernel never sets node_inactive_ratio. */
static void write_zone_end(FILE *out, const struct mm_snapshot_zone *z)
{
	if (z->nstats)
		fprintf(out, "\n  node_unreclaimable:  %u", z->node_unreclaimable);
	fprintf(out, "\n  start_pfn:           %" PRIu64, z->start);
	if (z->nstats)
		fprintf(out, "\n  node_inactive_ratio: 0");
	fputc('\n', out);
}

/* The counters of things that are not modelled are left out rather than shown as 0. */
static void write_zoneinfo(FILE *out, const struct mm_snapshot *s)
{
	for (unsigned i = 0; i < s->nzones; i++) {
		const struct mm_snapshot_zone *z = &s->zones[i];

		fprintf(out, "Node %d, zone %8s", z->nid, z->name);
		if (z->nnode_stats)
			fprintf(out, "\n  per-node stats");
		write_stats(out, z->node_stats, z->nnode_stats);
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
		write_zone_stats(out, s, z);
		write_pagesets(out, s, z);
		write_zone_end(out, z);
	}
}

static void write_vmstat(FILE *out, const struct mm_snapshot *s)
{
	for (unsigned i = 0; i < s->ncounters; i++)
		fprintf(out, "%s %" PRIu64 "\n", s->counters[i].name, s->counters[i].value);
}

/* ---- 2.4 ------------------------------------------------------------------------------- */

static uint64_t kib(uint64_t pages)
{
	return pages * PAGE_KIB;
}

static uint64_t free_highmem(const struct mm_snapshot *s)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < s->nzones; i++)
		if (strcmp(s->zones[i].name, "HighMem") == 0)
			pages += (uint64_t)s->zones[i].nr_free_pages;
	return pages;
}

/* One line a zone, an empty one where the node has no memory for it. */
static void write_areas(FILE *out, const struct mm_snapshot *s, unsigned nid)
{
	static const char *const names[] = { "DMA", "Normal", "HighMem" };

	for (unsigned n = 0; n < sizeof(names) / sizeof(*names); n++) {
		uint64_t pages = 0;

		for (unsigned i = 0; i < s->nzones; i++) {
			const struct mm_snapshot_zone *z = &s->zones[i];

			if (z->nid != nid || strcmp(z->name, names[n]) != 0)
				continue;
			for (unsigned order = 0; order < s->norders; order++) {
				fprintf(out, "%" PRIu64 "*%" PRIu64 "kB ", z->free[0][order],
					kib(UINT64_C(1) << order));
				pages += z->free[0][order] << order;
			}
		}
		fprintf(out, "= %" PRIu64 "kB)\n", kib(pages));
	}
}

/* The kernel prints the first node's zones alone; with several each has a heading of ours. */
static void write_show_free_areas(FILE *out, const struct mm_snapshot *s)
{
	bool several = s->nzones && s->zones[0].nid != s->zones[s->nzones - 1].nid;

	fprintf(out, "Free pages:      %6" PRIu64 "kB (%6" PRIu64 "kB HighMem)\n",
		kib(mm_snapshot_value(s, "nr_free_pages")), kib(free_highmem(s)));
	fprintf(out,
		"( Active: %" PRIu64 ", inactive_dirty: %" PRIu64 ", inactive_clean: %" PRIu64
		", free: %" PRIu64 " (%" PRIu64 " %" PRIu64 " %" PRIu64 ") )\n",
		mm_snapshot_value(s, "nr_active_pages"),
		mm_snapshot_value(s, "nr_inactive_dirty_pages"),
		mm_snapshot_value(s, "nr_inactive_clean_pages"),
		mm_snapshot_value(s, "nr_free_pages"), mm_snapshot_value(s, "freepages_min"),
		mm_snapshot_value(s, "freepages_low"), mm_snapshot_value(s, "freepages_high"));
	for (unsigned i = 0; i < s->nzones; i++) {
		if (i && s->zones[i].nid == s->zones[i - 1].nid)
			continue;
		if (several)
			fprintf(out, "Node %u:\n", s->zones[i].nid);
		write_areas(out, s, s->zones[i].nid);
	}
	fprintf(out, "Free swap:       %6" PRIu64 "kB\n",
		kib(mm_snapshot_value(s, "swap_free")));
}

/* ---- all ------------------------------------------------------------------------------- */

const struct kernel_file *kernel_files_of(const struct mm_policy *kernel)
{
	static const struct kernel_file of_4_12[] = {
		{ "buddyinfo", write_buddyinfo },
		{ "pagetypeinfo", write_pagetypeinfo },
		{ "zoneinfo", write_zoneinfo },
		{ "vmstat", write_vmstat },
		{ "extfrag_index", write_extfrag },
		{ "unusable_index", write_unusable },
		{ NULL, NULL },
	};
	static const struct kernel_file of_2_4[] = {
		{ "show_free_areas", write_show_free_areas },
		{ "buddyinfo", write_buddyinfo },
		{ "vmstat", write_vmstat },
		{ "extfrag_index", write_extfrag },
		{ "unusable_index", write_unusable },
		{ NULL, NULL },
	};

	return strcmp(kernel->short_name, "2.4") == 0 ? of_2_4 : of_4_12;
}
