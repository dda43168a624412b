#include "tools/verify_free_rows.h"

#include <stdlib.h>
#include <string.h>

/* What is added up: names of /proc/vmstat, up to four. Goals are those of docs/validation.md.
 */
static const struct source {
	const char *name;
	bool goal, level; /* level: its value at the end, not the difference */
	const char *parts[5];
} sources[] = {
	{ "allocstall",
	  true,
	  false,
	  { "allocstall_dma", "allocstall_dma32", "allocstall_normal", "allocstall_movable" } },
	{ "pgscan_kswapd", true, false, { "pgscan_kswapd" } },
	{ "pgscan_direct", true, false, { "pgscan_direct" } },
	{ "pgsteal_kswapd", true, false, { "pgsteal_kswapd" } },
	{ "pgsteal_direct", true, false, { "pgsteal_direct" } },
	{ "pswpin", false, false, { "pswpin" } },
	{ "pswpout", true, false, { "pswpout" } },
	{ "pgmajfault", false, false, { "pgmajfault" } },
	{ "pageoutrun", true, false, { "pageoutrun" } },
	{ "kswapd_low_wmark_hit_quickly", false, false, { "kswapd_low_wmark_hit_quickly" } },
	{ "kswapd_high_wmark_hit_quickly", false, false, { "kswapd_high_wmark_hit_quickly" } },
	{ "compact_stall", true, false, { "compact_stall" } },
	{ "compact_success", true, false, { "compact_success" } },
	{ "compact_fail", false, false, { "compact_fail" } },
	{ "pgmigrate_success", false, false, { "pgmigrate_success" } },
	{ "compact_isolated", false, false, { "compact_isolated" } },
	{ "compact_migrate_scanned", false, false, { "compact_migrate_scanned" } },
	{ "compact_free_scanned", false, false, { "compact_free_scanned" } },
	{ "thp_fault_alloc", false, false, { "thp_fault_alloc" } },
	{ "thp_fault_fallback", false, false, { "thp_fault_fallback" } },
	{ "thp_split_page", false, false, { "thp_split_page" } },
	{ "pgactivate", false, false, { "pgactivate" } },
	{ "pgdeactivate", false, false, { "pgdeactivate" } },
	{ "pgrefill", false, false, { "pgrefill" } },
	{ "pgrotated", false, false, { "pgrotated" } },
	{ "workingset_refault", false, false, { "workingset_refault" } },
	{ "nr_vmscan_write", false, false, { "nr_vmscan_write" } },
	{ "nr_vmscan_immediate_reclaim", false, false, { "nr_vmscan_immediate_reclaim" } },
	{ "slabs_scanned", false, false, { "slabs_scanned" } },
	{ "kswapd_inodesteal", false, false, { "kswapd_inodesteal" } },
	{ "pgalloc",
	  false,
	  false,
	  { "pgalloc_dma", "pgalloc_dma32", "pgalloc_normal", "pgalloc_movable" } },
	{ "numa_miss", false, false, { "numa_miss" } },
	{ "nr_dirtied", false, false, { "nr_dirtied" } },
	{ "nr_written", false, false, { "nr_written" } },
	{ "nr_free_pages", true, true, { "nr_free_pages" } },
};

/* "name": [before, after]; a counter that did not change is not in it. */
static bool recorded(const json_t *vmstat, const char *name, bool level, int64_t *sum)
{
	json_t *pair = json_object_get(vmstat, name);
	int64_t before, after;

	if (!pair)
		return false;
	before = json_integer_value(json_array_get(pair, 0));
	after = json_integer_value(json_array_get(pair, 1));
	*sum += level ? after : after - before;
	return true;
}

static int64_t model_counts(const struct source *s, const struct mm_snapshot *before,
			    const struct mm_snapshot *after)
{
	int64_t sum = 0;

	for (unsigned i = 0; s->parts[i]; i++) {
		sum += (int64_t)mm_snapshot_value(after, s->parts[i]);
		if (!s->level)
			sum -= (int64_t)mm_snapshot_value(before, s->parts[i]);
	}
	return sum;
}

static bool is_inside(const struct verify_free_row *r)
{
	int64_t off = llabs(r->simulated - r->measured);

	return off * 100 <= llabs(r->measured) * VERIFY_FREE_GOAL;
}

static void add(struct verify_free *v, struct verify_free_row row)
{
	row.inside = row.known && is_inside(&row);
	v->rows[v->nrows++] = row;
}

static int64_t wakes(const struct mm_snapshot *s)
{
	static const char name[] = "kswapd_wake_node";
	int64_t sum = 0;

	for (unsigned i = 0; i < s->ncounters; i++)
		if (strncmp(s->counters[i].name, name, sizeof(name) - 1) == 0)
			sum += (int64_t)s->counters[i].value;
	return sum;
}

void verify_free_rows(struct verify_free *v, const json_t *report,
		      const struct mm_snapshot *before, const struct mm_snapshot *after,
		      uint64_t recorded_wakeups)
{
	const json_t *vmstat = report ? json_object_get(report, "vmstat") : NULL;

	v->nrows = 0;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		const struct source *s = &sources[i];
		struct verify_free_row row = { .name = s->name,
					       .goal = s->goal,
					       .known = vmstat != NULL };

		for (unsigned p = 0; vmstat && s->parts[p]; p++)
			recorded(vmstat, s->parts[p], s->level, &row.measured);
		row.simulated = model_counts(s, before, after);
		add(v, row);
	}
	add(v, (struct verify_free_row){ .name = "kswapd_wakeups",
					 .known = vmstat != NULL,
					 .measured = (int64_t)recorded_wakeups,
					 .simulated = wakes(after) - wakes(before) });
}

void verify_free_rows_set(struct verify_free *v, const char *name, int64_t simulated)
{
	for (unsigned i = 0; i < v->nrows; i++)
		if (strcmp(v->rows[i].name, name) == 0) {
			v->rows[i].simulated = simulated;
			v->rows[i].inside = v->rows[i].known && is_inside(&v->rows[i]);
		}
}

const struct verify_free_row *verify_free_rows_find(const struct verify_free *v,
						    const char *name)
{
	for (unsigned i = 0; i < v->nrows; i++)
		if (strcmp(v->rows[i].name, name) == 0)
			return &v->rows[i];
	return NULL;
}
