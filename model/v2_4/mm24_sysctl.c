/*
 * Writes to /proc/sys/vm while the kernel runs: whoever uses a value next finds the new one.
 * freepages can only be read there, and the rest of our parameters are no files at all.
 *
 * Kernel: vm_table[] of kernel/sysctl.c, proc_dointvec(), proc_dointvec_minmax(). The latter
 * passes over single numbers that are out of bounds; here the whole write is refused.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/v2_4/mm24.h"

enum { BDFLUSH, KSWAPD, PAGE_CLUSTER, PAGETABLE_CACHE, SYSCTLS };

const char *const mm24_sysctl_names[] = {
	[BDFLUSH] = "bdflush",
	[KSWAPD] = "kswapd",
	[PAGE_CLUSTER] = "page-cluster",
	[PAGETABLE_CACHE] = "pagetable_cache",
	[SYSCTLS] = NULL,
};

static bool allowed(unsigned which, const uint64_t *values, unsigned count, char *text,
		    size_t size)
{
	struct mm_param row = *mm_params_find(mm24_params_table, mm24_sysctl_names[which]);

	if (which == PAGE_CLUSTER)
		row.max = MM24_PAGE_CLUSTER_AUTO - 1; /* a file holds a number */
	if (!mm_params_check(&row, values, count, text, size))
		return false;
	return which != BDFLUSH || mm24_policy_check_bdflush(values, count, text, size);
}

bool mm24_sysctl(void *state, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		 unsigned count, char *text, size_t size)
{
	struct mm24 *mm = state;
	unsigned which = 0;
	char *to;

	(void)cpu;
	while (which < SYSCTLS && strcmp(mm24_sysctl_names[which], name) != 0)
		which++;
	if (which == SYSCTLS) {
		snprintf(text, size, "%s cannot be changed while the kernel runs", name);
		return false;
	}
	if (!allowed(which, values, count, text, size))
		return false;
	if (!mm)
		return true;
	to = (char *)&mm->params + mm_params_find(mm24_params_table, name)->offset;
	memcpy(to, values, count * sizeof(*values));
	if (which == PAGE_CLUSTER)
		mm->page_cluster = values[0];
	return true;
}
