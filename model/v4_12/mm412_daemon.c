/*
 * A kernel with a world: attach() makes everything that the parts which sleep keep, and their
 * daemons.
 *
 * Kernel: kswapd_init(), kcompactd_init(), oom_init(), the bdi's workqueue;
 * free_area_init_core() for what nodes and zones keep.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "model/v4_12/mm412_objects.h"
#include "model/v4_12/mm412_sleep.h"

/* One daemon: what it gets when it begins. */
struct mm412_daemon_start {
	struct mm412 *mm;
	void (*run)(void *mm, struct sim_cpu *cpu);
	uint16_t nid;
};

enum { PER_NODE = 2, ALONE = 2 };

/* ---- tables ----------------------------------------------------------------------------- */

static bool map_pages(struct mm412 *mm, struct mm412_sleep *sleep)
{
	size_t bytes = (size_t)(mm->slots - mm->frame0) * sizeof(struct mm412_page);
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		return false;
	sleep->page_map = map;
	sleep->page_map_bytes = bytes;
	sleep->page = map;
	return true;
}

static bool make_tables(struct mm412 *mm, struct mm412_sleep *sleep)
{
	bool ok = map_pages(mm, sleep);

	sleep->skip = calloc(mm->slots >> MM412_BLOCK_ORDER, sizeof(*sleep->skip));
	sleep->nodes = calloc(mm->nnodes, sizeof(*sleep->nodes));
	sleep->zones = calloc(mm->nzones, sizeof(*sleep->zones));
	sleep->kswapd_task = calloc(mm->nnodes, sizeof(*sleep->kswapd_task));
	sleep->starts = calloc(PER_NODE * mm->nnodes + ALONE, sizeof(*sleep->starts));
	for (unsigned i = 0; i < MM412_PAGEVECS; i++) {
		sleep->pagevec[i] = calloc(mm->ncpus, sizeof(*sleep->pagevec[i]));
		ok = ok && sleep->pagevec[i];
	}
	return ok && sleep->skip && sleep->nodes && sleep->zones && sleep->kswapd_task &&
	       sleep->starts;
}

static void init_node(struct mm412 *mm, unsigned nid)
{
	struct mm412_node_sleep *node = &mm->sleep->nodes[nid];
	uint32_t heads = mm->node_heads + nid * MM412_NODE_LISTS;

	for (unsigned i = 0; i < MM412_NODE_LISTS; i++)
		mm_list_init(mm->s, heads + i);
	node->nid = (uint16_t)nid;
	node->node = &mm->nodes[nid];
	node->lru.heads = heads;
	node->slabs = heads + MM412_LRUS;
	node->used_slabs = node->slabs + 1;
	node->split_queue = mm412_chain_empty();
	node->kswapd_classzone_idx = MM412_ZONE_TYPES;
	node->kcompactd_classzone_idx = MM412_ZONE_TYPES - 1;
}

/* Compaction's scanners begin at the zone's ends. */
static void init_zone(struct mm412 *mm, const struct mm412_zone *zone)
{
	struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);

	z->cached_migrate[0] = z->cached_migrate[1] = mm412_slot(mm, zone->start);
	z->cached_free = mm412_slot(mm, zone->end - 1) & ~(MM412_BLOCK_FRAMES - 1);
}

static void init_task(struct mm412_task *task)
{
	task->number = MM412_NONE;
	task->mems_allowed = UINT64_MAX;
}

/* Who works for the kernel: PF_MEMALLOC, PF_KSWAPD, PF_SWAPWRITE. */
static void init_tasks(struct mm412 *mm)
{
	struct mm412_sleep *sleep = mm->sleep;

	for (unsigned n = 0; n < mm->nnodes; n++) {
		init_task(&sleep->kswapd_task[n]);
		sleep->kswapd_task[n].memalloc = true;
		sleep->kswapd_task[n].kswapd = true;
		sleep->kswapd_task[n].swapwrite = true;
	}
	for (unsigned i = 0; i < MM412_OWN_TASKS; i++)
		init_task(&sleep->own[i]);
	sleep->own[MM412_FLUSHER_TASK].swapwrite = true;
}

/* ---- queues ----------------------------------------------------------------------------- */

static bool make_node_queues(struct mm412_sleep *sleep, struct mm412_node_sleep *node)
{
	static const char *const names[MM412_NODE_QUEUES] = {
		[MM412_Q_KSWAPD] = "kswapd",
		[MM412_Q_PFMEMALLOC] = "pfmemalloc",
		[MM412_Q_KCOMPACTD] = "kcompactd",
		[MM412_Q_CONGESTION] = "congestion",
	};
	char name[32];

	for (unsigned i = 0; i < MM412_NODE_QUEUES; i++) {
		snprintf(name, sizeof(name), "%s%u", names[i], (unsigned)node->nid);
		node->queue[i] = sleep->host.queue(sleep->host.ctx, name);
		if (!node->queue[i])
			return false;
	}
	return true;
}

static bool make_queues(struct mm412 *mm)
{
	struct mm412_sleep *sleep = mm->sleep;
	const struct mm_host *host = &sleep->host;

	for (unsigned n = 0; n < mm->nnodes; n++)
		if (mm->nodes[n].has_memory && !make_node_queues(sleep, &sleep->nodes[n]))
			return false;
	sleep->oom_queue = host->queue(host->ctx, "oom");
	sleep->reaper_queue = host->queue(host->ctx, "oom_reaper");
	sleep->flusher_queue = host->queue(host->ctx, "flusher");
	sleep->page_queue = host->queue(host->ctx, "page");
	return sleep->oom_queue && sleep->reaper_queue && sleep->flusher_queue &&
	       sleep->page_queue;
}

/* ---- daemons ---------------------------------------------------------------------------- */

static void begin(void *ctx, struct sim_cpu *cpu)
{
	const struct mm412_daemon_start *start = ctx;

	start->mm->sleep->starting = start->nid;
	start->run(start->mm, cpu);
}

static bool start(struct mm412 *mm, const char *name, unsigned nid,
		  void (*run)(void *mm, struct sim_cpu *cpu))
{
	struct mm412_sleep *sleep = mm->sleep;
	struct mm412_daemon_start *s = &sleep->starts[sleep->nstarts++];

	*s = (struct mm412_daemon_start){ mm, run, (uint16_t)nid };
	return sleep->host.daemon(sleep->host.ctx, name, nid, begin, s);
}

/* On every node with memory: N_MEMORY. */
static bool start_on_nodes(struct mm412 *mm, const char *what,
			   void (*run)(void *mm, struct sim_cpu *cpu))
{
	char name[32];

	for (unsigned n = 0; n < mm->nnodes; n++) {
		snprintf(name, sizeof(name), "%s%u", what, n);
		if (mm->nodes[n].has_memory && !start(mm, name, n, run))
			return false;
	}
	return true;
}

/* Where the kernel itself came up. */
static unsigned boot_node(const struct mm412 *mm)
{
	return mm->cpu_node[0];
}

static bool start_all(struct mm412 *mm)
{
	mm->sleep->starting = mm->zones[0].nid;
	return start_on_nodes(mm, "kswapd", mm412_kswapd_run) &&
	       start_on_nodes(mm, "kcompactd", mm412_kcompactd_run) &&
	       start(mm, "oom_reaper", boot_node(mm), mm412_reaper_run) &&
	       start(mm, "flusher", boot_node(mm), mm412_writeback_run);
}

/* ---- attach and done -------------------------------------------------------------------- */

static bool make_all(struct mm412 *mm)
{
	struct mm412_sleep *sleep = mm->sleep;

	if (!make_tables(mm, sleep))
		return false;
	for (unsigned n = 0; n < mm->nnodes; n++)
		init_node(mm, n);
	for (unsigned i = 0; i < mm->nzones; i++)
		init_zone(mm, &mm->zones[i]);
	init_tasks(mm);
	return mm412_lru_count_make(mm) && make_queues(mm) && mm412_io_make(mm) &&
	       mm412_writeback_make(mm) && mm412_swap_make(mm, sleep->host.swap_pages) &&
	       start_all(mm);
}

bool mm412_daemon_attach(void *state, const struct mm_host *host, char *text, size_t size)
{
	struct mm412 *mm = state;
	bool ok;

	assert(!mm->sleep && host->jiffy);
	mm->sleep = calloc(1, sizeof(*mm->sleep));
	if (mm->sleep) {
		mm->sleep->host = *host;
		mm->sleep->jiffy = host->jiffy;
		mm->telling = host->event;
		mm->sleep->wanted = !host->wanted;
		mm->sleep->reaper_task = MM412_NONE;
		mm412_task_init(mm->sleep);
	}
	ok = mm->sleep && make_all(mm);
	mm412_mempolicy_watch(mm);
	if (!ok)
		snprintf(text, size, "not enough memory for swap and the kernel's daemons");
	return ok;
}

void mm412_daemon_done(struct mm412 *mm)
{
	struct mm412_sleep *sleep = mm->sleep;

	if (!sleep)
		return;
	mm412_swap_done(mm);
	mm412_objects_done(mm);
	mm412_writeback_done(mm);
	mm412_io_done(mm);
	mm412_shadow_done(mm);
	mm412_task_done(sleep);
	free(sleep->contents);
	for (unsigned i = 0; i < MM412_PAGEVECS; i++)
		free(sleep->pagevec[i]);
	free(sleep->starts);
	free(sleep->kswapd_task);
	free(sleep->zones);
	free(sleep->lru_parts);
	free(sleep->nodes);
	free(sleep->skip);
	if (sleep->page_map)
		munmap(sleep->page_map, sleep->page_map_bytes);
	free(sleep);
	mm->sleep = NULL;
	mm->telling = false;
}

void mm412_daemon_want(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_sleep *sleep = mm->sleep;

	if (sleep->wanted)
		return;
	sleep->wanted = true;
	sleep->host.wanted(sleep->host.ctx, cpu);
}
