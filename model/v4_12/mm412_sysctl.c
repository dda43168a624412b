/*
 * Writes to /proc/sys/vm, and to /sys for huge pages and readahead, while the kernel runs.
 * What a value decides at boot and not again stays as it was: the counters' thresholds and
 * drift marks, and pages that lie on per-cpu lists beyond a lowered limit, which go with the
 * next page freed there.
 *
 * Kernel: min_free_kbytes_sysctl_handler(), watermark_scale_factor_sysctl_handler(),
 * lowmem_reserve_ratio_sysctl_handler(), percpu_pagelist_fraction_sysctl_handler(),
 * dirty_ratio_handler(), dirty_bytes_handler() and their background kin,
 * sysctl_compaction_handler(), drop_caches_sysctl_handler(), start_stop_khugepaged(), the
 * table vm_table[]. user_min_free_kbytes decides only about memory that is plugged in later.
 */
#include <stdio.h>
#include <string.h>

#include "model/v4_12/mm412_sleep.h"

#define MIN_PAGELIST_FRACTION 8
#define MIN_DIRTY_BYTES 8192 /* two pages */
#define RATIOS 3

/* One write; cpu is NULL when nobody that is simulated makes it. */
struct written {
	struct mm412 *mm;
	struct sim_cpu *cpu;
	const struct mm_param *row;
	const uint64_t *values;
	unsigned count;
};

/* Nothing follows from it at once. The caller asks tick_interval_ms() again; what is under way
 * keeps its date. */
static void write_plain(const struct written *w)
{
	memcpy((char *)&w->mm->params + w->row->offset, w->values,
	       w->count * sizeof(*w->values));
}

/* ---- watermarks and lists ---------------------------------------------------------------- */

/* Unlike the parameter, a write of 0 is a value, and leaves no reserve. */
static void write_min_free_kbytes(const struct written *w)
{
	w->mm->params.min_free_kbytes[0] = w->mm->min_free_kbytes = w->values[0];
	mm412_watermark_marks(w->mm);
}

static void write_watermark_scale_factor(const struct written *w)
{
	write_plain(w);
	mm412_watermark_marks(w->mm);
}

static void write_lowmem_reserve_ratio(const struct written *w)
{
	uint64_t *ratio = w->mm->params.lowmem_reserve_ratio;

	if (!ratio[0])
		memcpy(ratio, w->mm->arch->lowmem_reserve_ratio, RATIOS * sizeof(*ratio));
	for (unsigned i = 0; i < w->count; i++)
		ratio[i] = w->values[i] ? w->values[i] : 1;
	mm412_watermark_reserves(w->mm);
}

static void write_percpu_pagelist_fraction(const struct written *w)
{
	if (w->mm->params.percpu_pagelist_fraction[0] == w->values[0])
		return;
	write_plain(w);
	mm412_pcp_limits(w->mm, w->values[0]);
}

static void write_numa_zonelist_order(const struct written *w)
{
	bool same = w->mm->params.numa_zonelist_order[0] == w->values[0];

	write_plain(w);
	if (!same)
		mm412_zonelist_rebuild(w->mm, w->mm->cpu_node[w->cpu ? w->cpu->id : 0]);
}

static void write_zone_reclaim_mode(const struct written *w)
{
	write_plain(w);
	mm412_mempolicy_watch(w->mm);
}

/* khugepaged wants room for itself when it starts; it gives nothing back when it stops. */
void mm412_sysctl_thp(struct mm412 *mm)
{
	uint64_t enabled = mm->params.thp_enabled[0], kbytes;

	mm412_mempolicy_watch(mm);
	if (enabled != MM412_THP_ALWAYS && enabled != MM412_THP_MADVISE)
		return;
	kbytes = mm412_watermark_recommended(mm);
	if (kbytes > mm->min_free_kbytes)
		mm->min_free_kbytes = kbytes;
	mm412_watermark_marks(mm);
}

static void write_thp(const struct written *w)
{
	write_plain(w);
	mm412_sysctl_thp(w->mm);
}

/* ---- writeback --------------------------------------------------------------------------- */

/* Ratio and bytes say the same: the one written last counts, the other reads as 0. */
static void write_dirty(const struct written *w)
{
	struct mm412_params *p = &w->mm->params;
	uint64_t *to = (uint64_t *)((char *)p + w->row->offset);
	bool changed = *to != w->values[0];

	*to = w->values[0];
	if (to == p->dirty_background_ratio)
		p->dirty_background_bytes[0] = 0;
	else if (to == p->dirty_background_bytes)
		p->dirty_background_ratio[0] = 0;
	else if (to == p->dirty_ratio && changed)
		p->dirty_bytes[0] = 0;
	else if (to == p->dirty_bytes && changed)
		p->dirty_ratio[0] = 0;
	if (changed && (to == p->dirty_ratio || to == p->dirty_bytes))
		mm412_dirty_set_limits(w->mm);
}

/* ---- what is only written ---------------------------------------------------------------- */

/* Somebody has to do the work, and there has to be some. */
static bool can_work(const struct written *w)
{
	if (!w->mm->sleep || !w->cpu)
		return false;
	mm412_daemon_want(w->mm, w->cpu);
	return true;
}

static void write_compact_memory(const struct written *w)
{
	if (can_work(w))
		mm412_compact_all(w->mm, w->cpu);
}

static void write_drop_caches(const struct written *w)
{
	if (can_work(w))
		mm412_reclaim_drop_caches(w->mm, w->cpu, w->values[0]);
}

static const struct mm_param only_written[] = {
	{ .name = "compact_memory", .unit = "", .count = 1, .max = INT32_MAX },
	{ .name = "drop_caches", .unit = "", .count = 1, .min = 1, .max = 4 },
	{ 0 },
};

/* ---- the table --------------------------------------------------------------------------- */

#define SYSCTLS(X)                                                                             \
	X("min_free_kbytes", write_min_free_kbytes)                                            \
	X("watermark_scale_factor", write_watermark_scale_factor)                              \
	X("lowmem_reserve_ratio", write_lowmem_reserve_ratio)                                  \
	X("percpu_pagelist_fraction", write_percpu_pagelist_fraction)                          \
	X("numa_zonelist_order", write_numa_zonelist_order)                                    \
	X("stat_interval", write_plain)                                                        \
	X("swappiness", write_plain)                                                           \
	X("vfs_cache_pressure", write_plain)                                                   \
	X("page-cluster", write_plain)                                                         \
	X("zone_reclaim_mode", write_zone_reclaim_mode)                                        \
	X("min_unmapped_ratio", write_plain)                                                   \
	X("min_slab_ratio", write_plain)                                                       \
	X("dirty_background_ratio", write_dirty)                                               \
	X("dirty_ratio", write_dirty)                                                          \
	X("dirty_background_bytes", write_dirty)                                               \
	X("dirty_bytes", write_dirty)                                                          \
	X("dirty_writeback_centisecs", write_plain)                                            \
	X("dirty_expire_centisecs", write_plain)                                               \
	X("read_ahead_kb", write_plain)                                                        \
	X("extfrag_threshold", write_plain)                                                    \
	X("compact_unevictable_allowed", write_plain)                                          \
	X("panic_on_oom", write_plain)                                                         \
	X("oom_kill_allocating_task", write_plain)                                             \
	X("thp_enabled", write_thp)                                                            \
	X("thp_defrag", write_thp)                                                             \
	X("compact_memory", write_compact_memory)                                              \
	X("drop_caches", write_drop_caches)

#define NAME(name, write) name,
#define WRITE(name, write) write,

const char *const mm412_sysctl_names[] = { SYSCTLS(NAME) NULL };
static void (*const writes[])(const struct written *w) = { SYSCTLS(WRITE) };

static const struct mm_param *row_of(const char *name)
{
	const struct mm_param *row = mm_params_find(mm412_params_table, name);

	return row ? row : mm_params_find(only_written, name);
}

/* The handlers' bounds where they are not the parameter's, which has presets to name. */
static bool allowed(const struct mm_param *row, const uint64_t *values, unsigned count,
		    char *text, size_t size)
{
	struct mm_param bounds = *row;

	if (strcmp(row->name, "lowmem_reserve_ratio") == 0)
		bounds.min = 0; /* taken as 1 */
	if (strcmp(row->name, "dirty_bytes") == 0)
		bounds.min = MIN_DIRTY_BYTES;
	if (strcmp(row->name, "dirty_background_bytes") == 0)
		bounds.min = 1;
	if (!mm_params_check(&bounds, values, count, text, size))
		return false;
	if (strcmp(row->name, "percpu_pagelist_fraction") != 0 || !values[0] ||
	    values[0] >= MIN_PAGELIST_FRACTION)
		return true;
	snprintf(text, size, "percpu_pagelist_fraction has to be 0, or 8 and more");
	return false;
}

bool mm412_sysctl(void *state, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		  unsigned count, char *text, size_t size)
{
	struct written w = { state, cpu, NULL, values, count };
	unsigned which = 0;

	while (mm412_sysctl_names[which] && strcmp(mm412_sysctl_names[which], name) != 0)
		which++;
	if (!mm412_sysctl_names[which]) {
		snprintf(text, size, "%s cannot be changed while the kernel runs", name);
		return false;
	}
	w.row = row_of(name);
	if (!allowed(w.row, values, count, text, size))
		return false;
	if (state)
		writes[which](&w);
	return true;
}
