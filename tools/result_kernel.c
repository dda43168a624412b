#include "tools/result_kernel.h"

#include <string.h>

static const struct result_kernel_list lists_2_4[] = {
	{ "inactive_clean", "inactive_clean", "nr_inactive_clean_pages" },
	{ "inactive_dirty", "inactive_dirty", "nr_inactive_dirty_pages" },
	{ "active", "active", "nr_active_pages" },
	{ "anonymous_unlisted", "anonymous on no list", "nr_anon_unlisted_pages" },
	{ NULL, NULL, NULL },
};

static const struct result_kernel_row daemons_2_4[] = {
	{ "kswapd", { "kswapd_runs", "kswapd_wakes" } },
	{ "kreclaimd", { "kreclaimd_runs", "kreclaimd_wakes" } },
	{ "bdflush", { "bdflush_runs", "bdflush_wakes" } },
	{ "kupdate", { "kupdate_runs", "kupdate_wakes" } },
	{ NULL, { NULL, NULL } },
};

static const struct result_kernel_row facts_2_4[] = {
	{ "memory_pressure", { "memory_pressure", NULL } },
	{ "inactive target, pages", { "inactive_target", NULL } },
	{ NULL, { NULL, NULL } },
};

static const struct result_kernel_list lists_4_12[] = {
	{ "inactive_anon", "inactive_anon", "nr_inactive_anon" },
	{ "active_anon", "active_anon", "nr_active_anon" },
	{ "inactive_file", "inactive_file", "nr_inactive_file" },
	{ "active_file", "active_file", "nr_active_file" },
	{ "unevictable", "unevictable", "nr_unevictable" },
	{ "slab_reclaimable", "slab_reclaimable", "nr_slab_reclaimable" },
	{ NULL, NULL, NULL },
};

static const struct result_kernel_row pairs_4_12[] = {
	{ "pages scanned", { "pgscan_kswapd", "pgscan_direct" } },
	{ "pages taken", { "pgsteal_kswapd", "pgsteal_direct" } },
	{ "rounds, stalls", { "pageoutrun", "allocstall_*" } },
	{ NULL, { NULL, NULL } },
};

static const struct result_kernel_row facts_4_12[] = {
	{ "kswapd wake-ups", { "kswapd_wake_node*", NULL } },
	{ "pages to swap", { "pswpout", NULL } },
	{ "pages from swap", { "pswpin", NULL } },
	{ "refaults of files", { "workingset_refault", NULL } },
	{ "pages written, with swap", { "nr_written", NULL } },
	{ "slab objects scanned", { "slabs_scanned", NULL } },
	{ "compaction stalls", { "compact_stall", NULL } },
	{ "  of them successful", { "compact_success", NULL } },
	{ "kcompactd wake-ups", { "compact_daemon_wake", NULL } },
	{ "pages moved", { "pgmigrate_success", NULL } },
	{ NULL, { NULL, NULL } },
};

static const struct result_kernel kernels[] = {
	{ "2.4", lists_2_4, { "daemon", "runs", "wake-ups" }, daemons_2_4, facts_2_4 },
	{ "4.12", lists_4_12, { "reclaim", "kswapd", "direct" }, pairs_4_12, facts_4_12 },
};

const struct result_kernel *result_kernel_of(const struct mm_policy *policy)
{
	for (size_t i = 0; policy->attach && i < sizeof(kernels) / sizeof(*kernels); i++)
		if (strcmp(kernels[i].kernel, policy->short_name) == 0)
			return &kernels[i];
	return NULL;
}

uint64_t result_kernel_value(const struct mm_snapshot *s, const char *counter)
{
	size_t length = strlen(counter);
	uint64_t sum = 0;

	if (counter[length - 1] != '*')
		return mm_snapshot_value(s, counter);
	for (unsigned i = 0; i < s->ncounters; i++)
		if (strncmp(s->counters[i].name, counter, length - 1) == 0)
			sum += s->counters[i].value;
	return sum;
}
