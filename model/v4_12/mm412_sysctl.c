/*
 * Writes to /proc/sys/vm while the kernel runs. What a value decides at boot and not again
 * stays as it was: the counters' thresholds and drift marks, and pages that lie on per-cpu
 * lists beyond a lowered limit, which go with the next page freed there.
 *
 * Kernel: min_free_kbytes_sysctl_handler(), watermark_scale_factor_sysctl_handler(),
 * lowmem_reserve_ratio_sysctl_handler(), percpu_pagelist_fraction_sysctl_handler(), the
 * table vm_table[]. user_min_free_kbytes decides only about memory that is plugged in later.
 */
#include <stdio.h>
#include <string.h>

#include "model/v4_12/mm412.h"

#define MIN_PAGELIST_FRACTION 8
#define RATIOS 3

/* Unlike the parameter, a write of 0 is a value, and leaves no reserve. */
static void write_min_free_kbytes(struct mm412 *mm, const uint64_t *values, unsigned count)
{
	(void)count;
	mm->params.min_free_kbytes[0] = mm->min_free_kbytes = values[0];
	mm412_watermark_marks(mm);
}

static void write_watermark_scale_factor(struct mm412 *mm, const uint64_t *values,
					 unsigned count)
{
	(void)count;
	mm->params.watermark_scale_factor[0] = values[0];
	mm412_watermark_marks(mm);
}

static void write_lowmem_reserve_ratio(struct mm412 *mm, const uint64_t *values, unsigned count)
{
	uint64_t *ratio = mm->params.lowmem_reserve_ratio;

	if (!ratio[0])
		memcpy(ratio, mm->arch->lowmem_reserve_ratio, RATIOS * sizeof(*ratio));
	for (unsigned i = 0; i < count; i++)
		ratio[i] = values[i] ? values[i] : 1;
	mm412_watermark_reserves(mm);
}

static void write_percpu_pagelist_fraction(struct mm412 *mm, const uint64_t *values,
					   unsigned count)
{
	(void)count;
	if (mm->params.percpu_pagelist_fraction[0] == values[0])
		return;
	mm->params.percpu_pagelist_fraction[0] = values[0];
	mm412_pcp_limits(mm, values[0]);
}

/* The caller asks tick_interval_ms() again; what is under way keeps its date. */
static void write_stat_interval(struct mm412 *mm, const uint64_t *values, unsigned count)
{
	(void)count;
	mm->params.stat_interval[0] = values[0];
}

enum { MIN_FREE, SCALE, RATIO, FRACTION, INTERVAL, SYSCTLS };

const char *const mm412_sysctl_names[] = {
	[MIN_FREE] = "min_free_kbytes",   [SCALE] = "watermark_scale_factor",
	[RATIO] = "lowmem_reserve_ratio", [FRACTION] = "percpu_pagelist_fraction",
	[INTERVAL] = "stat_interval",     [SYSCTLS] = NULL,
};

static void (*const writes[SYSCTLS])(struct mm412 *mm, const uint64_t *values,
				     unsigned count) = {
	[MIN_FREE] = write_min_free_kbytes,   [SCALE] = write_watermark_scale_factor,
	[RATIO] = write_lowmem_reserve_ratio, [FRACTION] = write_percpu_pagelist_fraction,
	[INTERVAL] = write_stat_interval,
};

static bool allowed(unsigned which, const uint64_t *values, unsigned count, char *text,
		    size_t size)
{
	struct mm_param row = *mm_params_find(mm412_params_table, mm412_sysctl_names[which]);

	if (which == RATIO)
		row.min = 0; /* taken as 1 */
	if (!mm_params_check(&row, values, count, text, size))
		return false;
	if (which != FRACTION || !values[0] || values[0] >= MIN_PAGELIST_FRACTION)
		return true;
	snprintf(text, size, "percpu_pagelist_fraction has to be 0, or 8 and more");
	return false;
}

bool mm412_sysctl(void *state, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		  unsigned count, char *text, size_t size)
{
	unsigned which = 0;

	(void)cpu;
	while (which < SYSCTLS && strcmp(mm412_sysctl_names[which], name) != 0)
		which++;
	if (which == SYSCTLS) {
		snprintf(text, size, "%s cannot be changed while the kernel runs", name);
		return false;
	}
	if (!allowed(which, values, count, text, size))
		return false;
	if (state)
		writes[which](state, values, count);
	return true;
}
