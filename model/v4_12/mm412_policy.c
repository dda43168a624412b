/* One kernel, put together at boot, and the table through which others use it. */
#include "model/v4_12/mm412_policy.h"
#include "model/v4_12/mm412_save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_where.h"

#define MIN_PAGELIST_FRACTION 8
#define MIN_DIRTY_BYTES 8192

static void destroy(void *state)
{
	struct mm412 *mm = state;

	if (!mm)
		return;
	mm412_daemon_done(mm);
	for (unsigned n = 0; mm->nodes && n < mm->nnodes; n++)
		for (unsigned l = 0; l < MM412_ZONELISTS; l++)
			free(mm->nodes[n].lists[l].refs);
	for (unsigned i = 0; mm->zones && i < mm->nzones; i++)
		free(mm->zones[i].fresh);
	mm_list_unmap(&mm->table);
	free(mm->block);
	free(mm->section);
	free(mm->unset);
	free(mm->zones);
	free(mm->nodes);
	free(mm->cpu_node);
	free(mm->distance);
	free(mm->cma);
	mm_orders_free(mm->orders);
	free(mm);
}

static const char *refusal(const struct mm_machine *m, const struct mm412_params *p)
{
	if (m->cpus == 0 || m->cpus > MM_MAX_CPUS)
		return "the machine has no CPU, or more than 1024";
	if (m->nodes == 0 || m->nodes > MM_MAX_NODES)
		return "the machine has no node, or more than 64";
	if (m->nzones == 0 || m->nzones > MM412_MAX_ZONES)
		return "the machine has no zone, or more than 254";
	for (unsigned c = 0; c < m->cpus; c++)
		if (m->cpu_node[c] >= m->nodes)
			return "a CPU is on a node that the machine does not have";
	if (p->percpu_pagelist_fraction[0] &&
	    p->percpu_pagelist_fraction[0] < MIN_PAGELIST_FRACTION)
		return "percpu_pagelist_fraction has to be 0, or 8 and more";
	if (p->dirty_bytes[0] && p->dirty_bytes[0] < MIN_DIRTY_BYTES)
		return "dirty_bytes has to be 0, or 8192 and more";
	return NULL;
}

static struct mm412 *new_empty(const struct mm_machine *machine, const void *params,
			       const void *costs)
{
	struct mm412 *mm = calloc(1, sizeof(*mm));

	if (!mm)
		return NULL;
	mm->params = *(const struct mm412_params *)params;
	mm->cost = *(const struct mm412_costs *)costs;
	mm->ncpus = machine->cpus;
	mm->hz = machine->hz;
	mm->nnodes = machine->nodes;
	mm->nzones = machine->nzones;
	mm->arch = mm412_arch_of(machine->arch);
	memcpy(mm->gfp_zone, mm->arch->gfp_zone, sizeof(mm->gfp_zone));
	mm->ntypes = machine->ncma ? MM412_TYPES : MM412_CMA;
	mm->zones = calloc(mm->nzones, sizeof(*mm->zones));
	mm->nodes = calloc(mm->nnodes, sizeof(*mm->nodes));
	mm->cpu_node = calloc(mm->ncpus, sizeof(*mm->cpu_node));
	mm->cma = calloc(machine->ncma + 1, sizeof(*mm->cma));
	if (mm->zones && mm->nodes && mm->cpu_node && mm->cma) {
		mm->ncma = machine->ncma;
		for (unsigned i = 0; i < mm->ncma; i++)
			mm->cma[i] = machine->cma[i];
		return mm;
	}
	destroy(mm);
	return NULL;
}

static void forget_boot(struct mm412 *mm)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		mm->zones[i].events = (struct mm412_events){ 0 };
		for (unsigned n = 0; n < MM412_NUMA_ITEMS; n++)
			mm->zones[i].numa[n] = 0;
	}
}

/* In the order of start_kernel(): lists, memory, per-cpu lists, marks, CMA; then sysctls. */
static bool boot(struct mm412 *mm, const struct mm_machine *machine, bool empty)
{
	if (!mm412_zonelist_build(mm, machine))
		return false;
	mm->vm_total_pages =
		mm412_zonelist_pages(mm, mm->cpu_node[0], MM412_ZONE_MOVABLE, true);
	mm->grouping = mm->vm_total_pages >= MM412_BLOCK_FRAMES * mm->ntypes;
	if (!empty && !mm412_zone_free_memory(mm, machine))
		return false;
	mm412_pcp_limits(mm, 0);
	mm412_watermark_boot(mm);
	mm412_cma_activate(mm, machine, empty);
	mm412_sysctl_thp(mm);
	mm412_watermark_sysctl(mm);
	if (mm->params.percpu_pagelist_fraction[0])
		mm412_pcp_limits(mm, mm->params.percpu_pagelist_fraction[0]);
	forget_boot(mm);
	return true;
}

static void *create(const struct mm_machine *machine, const void *params, const void *costs,
		    bool empty, char *text, size_t size)
{
	const char *why = refusal(machine, params);
	struct mm412 *mm;

	if (why) {
		snprintf(text, size, "%s", why);
		return NULL;
	}
	mm = new_empty(machine, params, costs);
	if (!mm) {
		snprintf(text, size, "out of memory");
		return NULL;
	}
	if (!mm412_zone_build(mm, machine, text, size) ||
	    !mm412_cma_check(mm, machine, text, size))
		goto fail;
	if (!mm412_orders_new(mm) || !boot(mm, machine, empty)) {
		snprintf(text, size, "out of memory");
		goto fail;
	}
	mm412_orders_begin(mm);
	return mm;

fail:
	destroy(mm);
	return NULL;
}

static uint64_t tick_interval_ms(const void *params)
{
	return ((const struct mm412_params *)params)->stat_interval[0];
}

static void tick(void *state, struct sim_cpu *cpu)
{
	struct mm412 *mm = state;

	if (mm->sleep)
		mm412_io_reap(mm, cpu);
	mm412_vmstat_tick(mm, cpu);
	if (mm->sleep)
		mm412_lru_count_fold(mm, cpu->id);
}

static void prefetch_free(const void *state, uint64_t frame)
{
	const struct mm412 *mm = state;
	uint32_t slot = mm412_slot(mm, frame);

	__builtin_prefetch(&mm->s[slot], 1);
	__builtin_prefetch(&mm->block[slot >> MM412_BLOCK_ORDER]);
}

static void prefetch_hold(const void *state, uint64_t frame)
{
	const struct mm412 *mm = state;
	uint32_t slot = mm412_slot(mm, frame);

	__builtin_prefetch(&mm->s[slot], 1);
	__builtin_prefetch(mm412_page(mm, slot), 1);
}

static void prefetch_drop(const void *state, uint32_t content)
{
	const struct mm412 *mm = state;

	__builtin_prefetch(&mm->sleep->contents[content], 1);
}

const struct mm_policy mm412_policy = {
	.name = "4.12.0",
	.short_name = "4.12",
	.orders = MM412_ORDERS,
	.params_size = sizeof(struct mm412_params),
	.costs_size = sizeof(struct mm412_costs),
	.params = mm412_params_table,
	.costs = mm412_params_costs,
	.create = create,
	.destroy = destroy,
	.put_pageblock = mm412_state_put_pageblock,
	.put_free = mm412_state_put_free,
	.put_pcp = mm412_state_put_pcp,
	.put_used = mm412_state_put_used,
	.put_done = mm412_state_put_done,
	.gfp = mm412_gfp_parse,
	.gfp_class = mm412_gfp_class,
	.functions = mm412_where_names,
	.gfp_class_names = mm412_gfp_class_names,
	.gfp_text = mm412_gfp_text,
	.attach = mm412_daemon_attach,
	.alloc_try = mm412_alloc_try,
	.alloc_wait = mm412_slowpath_wait,
	.hold = mm412_content_hold,
	.drop = mm412_content_drop,
	.access_try = mm412_content_try,
	.access_wait = mm412_content_wait,
	.content_frame = mm412_content_frame,
	.contents = mm412_content_count,
	.content_task = mm412_content_task,
	.kinds = (1u << MM_KINDS) - 1,
	.huge_order = MM412_HUGE_ORDER,
	.dirty_bound = mm412_dirty_bound,
	.writers_pause = true,
	.task_rules = mm412_mempolicy_rules,
	.task_exit = mm412_content_task_exit,
	.free = mm412_alloc_free,
	.note_use = mm412_alloc_note_use,
	.split = mm412_alloc_split,
	.tick = tick,
	.tick_interval_ms = tick_interval_ms,
	.sysctl = mm412_sysctl,
	.sysctls = mm412_sysctl_names,
	.isolate = mm412_isolation_change,
	.prefetch_free = prefetch_free,
	.prefetch_hold = prefetch_hold,
	.prefetch_drop = prefetch_drop,
	.snapshot = mm412_snapshot_take,
	.sample = mm412_snapshot_sample,
	.activity = mm412_activity,
	.activity_names = mm412_activity_names,
	.node_activity_names = mm412_activity_node_names,
	.spells = mm412_orders_of,
	.block_type = mm412_snapshot_block_type,
	.save = mm412_save,
	.content_now = mm412_save_content,
	.keep = mm412_save_keep,
	.each_free = mm412_snapshot_each_free,
	.check = mm412_check,
};
