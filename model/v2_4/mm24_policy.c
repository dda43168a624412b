/* One kernel, put together at boot, and the table through which others use it. */
#include "model/v2_4/mm24_policy.h"
#include "model/v2_4/mm24_save.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/v2_4/mm24_where.h"

static void free_tasks(struct mm24 *mm)
{
	for (uint32_t i = 0; mm->tasks && i < mm->ntasks; i++)
		free(mm->tasks[i]);
	free(mm->tasks);
	while (mm->mmlist) {
		struct mm24_space *space = mm->mmlist;

		mm->mmlist = space->next;
		free(space->pte);
		free(space->content);
		free(space);
	}
}

static void destroy(void *state)
{
	struct mm24 *mm = state;

	if (!mm)
		return;
	for (unsigned i = 0; mm->zones && i < mm->nzones; i++) {
		for (unsigned o = 0; o < MM24_ORDERS; o++)
			free(mm->zones[i].area[o].map);
		free(mm->zones[i].fresh);
	}
	free_tasks(mm);
	free(mm->swap.map);
	free(mm->swap.page);
	free(mm->io.ring);
	free(mm->contents);
	free(mm->dirty);
	mm_list_unmap(&mm->table);
	mm_list_unmap(&mm->page_table);
	free(mm->put_list);
	free(mm->put_free);
	free(mm->put_known);
	mm_orders_free(mm->orders);
	free(mm->pgdat_list);
	free(mm->nodes);
	free(mm->zones);
	free(mm);
}

static const char *refusal_of_machine(const struct mm_machine *m)
{
	if (m->cpus == 0 || m->cpus > MM_MAX_CPUS)
		return "the machine has no CPU, or more than 1024";
	if (m->nodes == 0 || m->nodes > MM_MAX_NODES)
		return "the machine has no node, or more than 64";
	if (m->nzones == 0 || m->nzones > MM24_MAX_ZONES)
		return "the machine has no zone, or more than three a node";
	if (m->npgdats > MM_MAX_NODES)
		return "pgdat_list names more than 64 nodes";
	for (unsigned c = 0; c < m->cpus; c++)
		if (m->cpu_node[c] >= m->nodes)
			return "a CPU is on a node that the machine does not have";
	return NULL;
}

bool mm24_policy_check_bdflush(const uint64_t *values, unsigned count, char *text, size_t size)
{
	static const struct {
		const char *name;
		uint64_t min, max;
	} rows[] = {
		{ "nfract", 0, 100 },          { "ndirty", 10, 50000 },
		{ "nrefill", 5, 20000 },       { "nref_dirt", 25, 20000 },
		{ "interval", 0, 60000 },      { "age_buffer", 100, 600000 },
		{ "nfract_sync", 0, 100 },     { "(the eighth value)", 0, 0 },
		{ "(the ninth value)", 0, 0 },
	};

	for (unsigned i = 0; i < count; i++) {
		if (values[i] >= rows[i].min && values[i] <= rows[i].max)
			continue;
		snprintf(text, size,
			 "bdflush: %s: %" PRIu64 " is not within %" PRIu64 " to %" PRIu64,
			 rows[i].name, values[i], rows[i].min, rows[i].max);
		return false;
	}
	return true;
}

static bool check_params(const struct mm24_params *p, char *text, size_t size)
{
	const uint64_t *f = p->freepages;

	if (f[0] > f[1] || f[1] > f[2]) {
		snprintf(text, size, "freepages: min, low and high have to ascend");
		return false;
	}
	return mm24_policy_check_bdflush(p->bdflush, 9, text, size);
}

static struct mm24 *new_empty(const struct mm_machine *machine, const void *params,
			      const void *costs)
{
	struct mm24 *mm = calloc(1, sizeof(*mm));

	if (!mm)
		return NULL;
	mm->params = *(const struct mm24_params *)params;
	mm->cost = *(const struct mm24_costs *)costs;
	mm->ncpus = machine->cpus;
	mm->nnodes = machine->nodes;
	mm->nr_cpus = machine->nr_cpus ? machine->nr_cpus : machine->cpus;
	mm->zones = calloc(machine->nzones, sizeof(*mm->zones));
	mm->nodes = calloc(mm->nnodes, sizeof(*mm->nodes));
	mm->pgdat_list = calloc(MM_MAX_NODES, sizeof(*mm->pgdat_list));
	if (mm->zones && mm->nodes && mm->pgdat_list)
		return mm;
	destroy(mm);
	return NULL;
}

/* kswapd would work for good and never be through. */
static bool check_freepages(const struct mm24 *mm, char *text, size_t size)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		pages += mm->zones[i].managed;
	if (mm->params.freepages[2] <= pages)
		return true;
	snprintf(text, size,
		 "freepages: high is %" PRIu64 " pages, the machine has %" PRIu64
		 " that can be free",
		 mm->params.freepages[2], pages);
	return false;
}

static void init_locks(struct mm24 *mm)
{
	mm->lru_lock.spins = mm->cache_lock.spins = true;
	mm->lru_lock.touched = mm->cache_lock.touched = true;
	mm->lru_lock.hand_over = mm->cache_lock.hand_over = (uint32_t)mm->cost.lock_move[0];
}

static void forget_boot(struct mm24 *mm)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		mm->zones[i].pgfree = 0;
		mm->zones[i].lock.taken = 0;
		mm->zones[i].lock.free_at = 0;
	}
}

static struct mm24 *boot(const struct mm_machine *machine, const void *params,
			 const void *costs, bool empty, char *text, size_t size)
{
	struct mm24 *mm = new_empty(machine, params, costs);

	if (!mm) {
		snprintf(text, size, "out of memory");
		return NULL;
	}
	if (!mm24_zone_build(mm, machine, text, size) || !check_freepages(mm, text, size))
		goto fail;
	init_locks(mm);
	mm24_zone_marks(mm);
	if (!mm24_orders_new(mm) || (!empty && !mm24_zone_free_memory(mm, machine))) {
		snprintf(text, size, "out of memory");
		goto fail;
	}
	forget_boot(mm);
	mm24_orders_begin(mm);
	return mm;

fail:
	destroy(mm);
	return NULL;
}

static void *create(const struct mm_machine *machine, const void *params, const void *costs,
		    bool empty, char *text, size_t size)
{
	const char *why = refusal_of_machine(machine);
	struct mm24_flat flat;
	struct mm24 *mm;

	if (why) {
		snprintf(text, size, "%s", why);
		return NULL;
	}
	if (!check_params(params, text, size))
		return NULL;
	if (!mm24_flat_wanted(machine, params))
		return boot(machine, params, costs, empty, text, size);
	if (!mm24_flat_merge(&flat, machine, text, size))
		return NULL;
	mm = boot(&flat.machine, params, costs, empty, text, size);
	mm24_flat_free(&flat);
	return mm;
}

static void prefetch_free(const void *state, uint64_t frame)
{
	const struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	__builtin_prefetch(&mm->s[slot], 1);
	__builtin_prefetch(mm24_page(mm, slot), 1);
}

const struct mm_policy mm24_policy = {
	.name = "2.4.0",
	.short_name = "2.4",
	.orders = MM24_ORDERS,
	.params_size = sizeof(struct mm24_params),
	.costs_size = sizeof(struct mm24_costs),
	.params = mm24_params_table,
	.costs = mm24_params_costs,
	.create = create,
	.destroy = destroy,
	.put_free = mm24_state_put_free,
	.put_used = mm24_state_put_used,
	.put_listed = mm24_state_put_listed,
	.put_done = mm24_state_put_done,
	.gfp = mm24_gfp_parse,
	.gfp_class = mm24_gfp_class,
	.functions = mm24_where_names,
	.gfp_class_names = mm24_gfp_class_names,
	.attach = mm24_daemon_attach,
	.alloc_try = mm24_alloc_try,
	.alloc_wait = mm24_alloc_wait,
	.free = mm24_alloc_free,
	.hold = mm24_content_hold,
	.kinds = 1u << MM_KIND_ANON | 1u << MM_KIND_FILE,
	.drop = mm24_content_drop,
	.caches_begin_active = true,
	.access_try = mm24_content_try,
	.access_wait = mm24_content_wait,
	.content_frame = mm24_content_frame,
	.contents = mm24_content_count,
	.content_task = mm24_content_task,
	.task_exit = mm24_content_task_exit,
	.split = mm24_alloc_split,
	.sysctl = mm24_sysctl,
	.sysctls = mm24_sysctl_names,
	.prefetch_free = prefetch_free,
	.snapshot = mm24_snapshot_take,
	.sample = mm24_snapshot_sample,
	.activity = mm24_snapshot_activity,
	.activity_names = mm24_snapshot_activity_names,
	.spells = mm24_orders_of,
	.aligned_in_zone = true,
	.save = mm24_save,
	.content_now = mm24_save_content,
	.keep = mm24_save_keep,
	.each_free = mm24_snapshot_each_free,
	.check = mm24_check,
};
