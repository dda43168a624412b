/*
 * Dirty pages of files: their counters, and how many there may be.
 *
 * Kernel: account_page_dirtied(), clear_page_dirty_for_io(), global_dirtyable_memory(),
 * highmem_dirtyable_memory(), node_dirtyable_memory(), domain_dirty_limits(),
 * node_dirty_limit(), node_dirty_ok(), balance_dirty_pages_ratelimited(),
 * balance_dirty_pages() of mm/page-writeback.c. How long a writer pauses: mm412_throttle.c
 */
#include "model/v4_12/mm412_throttle.h"

enum { PAGE_BYTES = 4096, FIRST_PAUSE = 32, EXCEEDED_PAUSE = 8 };

/* ---- counters --------------------------------------------------------------------------- */

static bool is_file(const struct mm412_page *page)
{
	return !(page->flags & MM412_PG_SWAPBACKED);
}

static void count_dirty(struct mm412 *mm, uint32_t slot, int64_t pages)
{
	const struct mm412_zone *zone = &mm->zones[mm412_tag_zone(mm->s[slot].tag)];

	mm412_node_of(mm, slot)->stat[MM412_NODE_FILE_DIRTY] += pages;
	mm412_zone_sleep(mm, zone)->stat[MM412_ZONE_WRITE_PENDING] += pages;
}

void mm412_dirty_set(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);
	struct mm412_writeback *wb = mm->sleep->writeback;

	page->flags &= (uint16_t)~MM412_PG_RECLAIM;
	if (page->flags & MM412_PG_DIRTY)
		return;
	page->flags |= MM412_PG_DIRTY;
	if (!is_file(page))
		return;
	count_dirty(mm, slot, 1);
	mm412_node_of(mm, slot)->stat[MM412_NODE_DIRTIED]++;
	wb->dirtied++;
	wb->cpus[cpu->id].fresh++;
	wb->cpus[cpu->id].since++;
	mm412_writeback_dirtied(mm, cpu, slot);
}

bool mm412_dirty_clear(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);

	if (is_file(page) && (page->flags & MM412_PG_PTE_DIRTY)) {
		page->flags &= (uint16_t)~MM412_PG_PTE_DIRTY;
		mm412_dirty_set(mm, cpu, slot);
	}
	if (!(page->flags & MM412_PG_DIRTY))
		return false;
	page->flags &= (uint16_t)~MM412_PG_DIRTY;
	if (is_file(page)) {
		count_dirty(mm, slot, -1);
		mm412_writeback_dirtied(mm, cpu, slot);
	}
	return true;
}

/* ---- limits ----------------------------------------------------------------------------- */

static uint64_t less(uint64_t x, uint64_t by)
{
	return x > by ? x - by : 0;
}

static uint64_t pages_of(uint64_t bytes)
{
	return bytes / PAGE_BYTES + (bytes % PAGE_BYTES != 0);
}

static uint64_t node_files(const struct mm412 *mm, unsigned nid)
{
	const int64_t *stat = mm->sleep->nodes[nid].stat;

	return (uint64_t)(stat[MM412_NODE_LRU + MM412_INACTIVE_FILE] +
			  stat[MM412_NODE_LRU + MM412_ACTIVE_FILE]);
}

static uint64_t node_dirtyable(const struct mm412 *mm, unsigned nid)
{
	uint64_t free = 0;

	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++)
		if (mm->nodes[nid].zones[i])
			free += (uint64_t)mm412_vmstat_nr_free(mm->nodes[nid].zones[i]);
	return less(free, mm412_watermark_node_reserve(mm, nid)) + node_files(mm, nid);
}

/* vm.highmem_is_dirtyable is 0: what of the memory below is high does not count. */
static uint64_t highmem_dirtyable(const struct mm412 *mm, uint64_t total)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];
		const int64_t *stat = mm412_zone_sleep(mm, zone)->stat;

		if (!mm412_is_high(mm, zone))
			continue;
		sum += less((uint64_t)mm412_vmstat_nr_free(zone),
			    zone->watermark[MM412_WMARK_HIGH]);
		sum += (uint64_t)(stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE] +
				  stat[MM412_ZONE_LRU + MM412_ACTIVE_FILE]);
	}
	return sum < total ? sum : total;
}

uint64_t mm412_dirty_dirtyable(const struct mm412 *mm)
{
	int64_t free = 0;
	uint64_t sum;

	for (unsigned i = 0; i < mm->nzones; i++)
		free += mm->zones[i].nr_free;
	sum = less(free < 0 ? 0 : (uint64_t)free, mm412_watermark_totalreserve(mm));
	for (unsigned n = 0; n < mm->nnodes; n++)
		sum += node_files(mm, n);
	return sum - highmem_dirtyable(mm, sum) + 1;
}

static uint64_t share(uint64_t percent, uint64_t bytes, uint64_t available)
{
	if (bytes)
		return pages_of(bytes);
	/* In parts of a page's size, as the kernel does. */
	return percent * PAGE_BYTES / 100 * available / PAGE_BYTES;
}

void mm412_dirty_limits(const struct mm412 *mm, const struct mm412_task *task, uint64_t *thresh,
			uint64_t *background)
{
	const struct mm412_params *p = &mm->params;
	uint64_t available = mm412_dirty_dirtyable(mm);

	*thresh = share(p->dirty_ratio[0], p->dirty_bytes[0], available);
	*background =
		share(p->dirty_background_ratio[0], p->dirty_background_bytes[0], available);
	if (*background >= *thresh)
		*background = *thresh / 2;
	if (task && task->less_throttle) {
		uint64_t more = mm->sleep->writeback->dirty_limit / 32;

		*background += *background / 4 + more;
		*thresh += *thresh / 4 + more;
	}
}

void mm412_dirty_set_limits(struct mm412 *mm)
{
	if (mm->sleep)
		mm412_throttle_limit(mm);
}

static uint64_t node_limit(const struct mm412 *mm, unsigned nid, const struct mm412_task *task)
{
	uint64_t dirtyable = node_dirtyable(mm, nid), limit;

	if (mm->params.dirty_bytes[0])
		limit = pages_of(mm->params.dirty_bytes[0]) * dirtyable /
			mm412_dirty_dirtyable(mm);
	else
		limit = mm->params.dirty_ratio[0] * dirtyable / 100;
	return task && task->less_throttle ? limit + limit / 4 : limit;
}

bool mm412_dirty_node_ok(const struct mm412 *mm, unsigned nid, const struct mm412_task *task)
{
	const int64_t *stat = mm->sleep->nodes[nid].stat;
	uint64_t pages = (uint64_t)(stat[MM412_NODE_FILE_DIRTY] + stat[MM412_NODE_WRITEBACK]);

	return pages <= node_limit(mm, nid, task);
}

uint64_t mm412_dirty_bound(const void *state)
{
	const struct mm412 *mm = state;
	uint64_t thresh, bound;

	if (!mm->sleep)
		return UINT64_MAX;
	mm412_dirty_limits(mm, NULL, &thresh, &bound);
	for (unsigned n = 0; n < mm->nnodes; n++) {
		uint64_t limit = node_limit(mm, n, NULL);

		if (mm->nodes[n].has_memory && limit < bound)
			bound = limit;
	}
	return bound;
}

/* ---- writers that are too fast ---------------------------------------------------------- */

static struct mm412_throttle look(const struct mm412 *mm, const struct sim_cpu *cpu,
				  const struct mm412_task *task)
{
	struct mm412_throttle t = { .now = mm412_jiffies(mm, cpu) };
	uint64_t writeback = 0;

	for (unsigned n = 0; n < mm->nnodes; n++) {
		t.reclaimable += (uint64_t)mm->sleep->nodes[n].stat[MM412_NODE_FILE_DIRTY];
		writeback += (uint64_t)mm->sleep->nodes[n].stat[MM412_NODE_WRITEBACK];
	}
	t.dirty = t.reclaimable + writeback;
	t.wb_dirty = t.reclaimable + mm->sleep->writeback->under_way;
	mm412_dirty_limits(mm, task, &t.thresh, &t.background);
	return t;
}

/* dirty_freerun_ceiling(): up to here nobody is slowed down. */
static bool runs_free(const struct mm412_throttle *t)
{
	return t->dirty <= (t->thresh + t->background) / 2;
}

static void let_run(struct mm412_task *task, const struct mm412_throttle *t)
{
	task->dirty_paused_when = t->now;
	task->nr_dirtied = 0;
	task->nr_dirtied_pause = mm412_throttle_interval(t->dirty, t->thresh);
}

/* What ends balance_dirty_pages(), whether it paused or not. */
static void leave(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_throttle *t,
		  bool exceeded)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	if (!exceeded)
		wb->exceeded = false;
	if (!wb->running && t->reclaimable > t->background)
		mm412_writeback_background(mm, cpu);
}

/* Whether it is this writer's turn to look at how much is dirty. */
static bool has_to_look(struct mm412 *mm, const struct sim_cpu *cpu, struct mm412_task *task)
{
	struct mm412_writeback *wb = mm->sleep->writeback;
	struct mm412_dirtier *dirtier = &wb->cpus[cpu->id];
	uint64_t pages = task->nr_dirtied_pause ? task->nr_dirtied_pause : FIRST_PAUSE;

	task->nr_dirtied += dirtier->fresh;
	dirtier->fresh = 0;
	if (wb->exceeded && pages > EXCEEDED_PAUSE)
		pages = EXCEEDED_PAUSE;
	if (task->nr_dirtied < pages && dirtier->since < wb->nr_per_look)
		return false;
	dirtier->since = 0;
	return true;
}

bool mm412_dirty_balance(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	struct mm412_throttle t;

	if (!has_to_look(mm, cpu, task))
		return false;
	mm412_io_reap(mm, cpu);
	t = look(mm, cpu, task);
	if (!runs_free(&t))
		return true;
	let_run(task, &t);
	leave(mm, cpu, &t, false);
	return false;
}

void mm412_dirty_balance_wait(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	struct mm412_writeback *wb = mm->sleep->writeback;
	uint64_t pages = task->nr_dirtied, begin = mm412_jiffies(mm, cpu);
	bool exceeded = false;
	struct mm412_throttle t;

	for (;;) {
		uint64_t pause;

		mm412_io_reap(mm, cpu);
		t = look(mm, cpu, task);
		if (runs_free(&t)) {
			let_run(task, &t);
			break;
		}
		if (!wb->running)
			mm412_writeback_background(mm, cpu);
		exceeded = t.wb_dirty > t.thresh && t.dirty > t.thresh;
		if (exceeded)
			wb->exceeded = true;
		pause = mm412_throttle_pause(mm, task, &t, pages, begin);
		if (!pause)
			break;
		cpu->port->sleep(cpu, NULL, pause * mm->sleep->jiffy);
		if (t.task_rate || t.wb_dirty <= mm412_throttle_error(mm) || task->killed)
			break;
	}
	leave(mm, cpu, &t, exceeded);
}
