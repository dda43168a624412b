/*
 * Pages come back from swap, and their neighbours with them.
 *
 * Kernel: do_swap_page(), reuse_swap_page(), shmem_getpage() of a swapped page;
 * swapin_nr_pages(), swapin_readahead(), __read_swap_cache_async(). The kernel waits for the
 * page that it needs only; here all pages of one run of slots arrive together, and runs one
 * after the other.
 */
#include "model/v4_12/mm412_swap.h"

#define WINDOW_MAX 32u /* of one read */

/* ---- the window ------------------------------------------------------------------------- */

unsigned mm412_swap_in_window(struct mm412_swap *swap, uint64_t page_cluster, uint32_t slot)
{
	unsigned most = page_cluster < 5 ? 1u << page_cluster : WINDOW_MAX;
	unsigned pages = swap->hits + 2, rounded = 4;

	if (most <= 1)
		return 1;
	swap->hits = 0;
	if (pages == 2) {
		if (slot != swap->prev_offset + 1 && slot != swap->prev_offset - 1)
			pages = 1;
		swap->prev_offset = slot;
	} else {
		while (rounded < pages)
			rounded *= 2;
		pages = rounded;
	}
	if (pages > most)
		pages = most;
	/* It shrinks by half at most. */
	if (pages < swap->last_window / 2)
		pages = swap->last_window / 2;
	swap->last_window = pages;
	return pages;
}

/* ---- reading ---------------------------------------------------------------------------- */

/* Pages of slots in a row that are to be read. */
struct run {
	uint32_t first;
	unsigned n;
	uint32_t page[WINDOW_MAX];
};

/* A content is found in the page from now on, which nobody may use before it has been read. */
static void begin_page(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, uint32_t swap)
{
	struct mm412_swap *sw = mm->sleep->swap;
	uint32_t number = sw->slot[swap].content;
	struct mm412_content *c = &mm->sleep->contents[number];

	*mm412_page(mm, slot) = (struct mm412_page){
		.content = number + 1, .flags = MM412_PG_LOCKED | MM412_PG_SWAPBACKED, .pins = 1
	};
	c->place = MM412_IN_MEMORY;
	c->where = slot;
	c->reading = true;
	sw->map[swap] |= MM412_SWAP_HAS_CACHE;
	mm412_swap_cache_add(mm, slot, swap);
	mm412_pagevec_add(mm, cpu, slot);
}

/* __read_swap_cache_async(): a new page for the slot, unless it has one, or nobody needs it.
 * MM412_NONE: nothing is to be read. */
static uint32_t new_page(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 uint32_t swap)
{
	const struct mm412_swap *sw = mm->sleep->swap;
	uint32_t slot;

	if (sw->slot[swap].page != MM412_NONE || !mm412_swap_used(mm, swap))
		return MM412_NONE;
	slot = mm412_slowpath_page(mm, cpu, task, MM412_SWAP_GFP);
	if (slot == MM412_NONE)
		return MM412_NONE;
	if (!mm412_swap_nodes_take(mm, cpu, task, swap)) {
		mm412_alloc_free(mm, cpu, mm412_frame(mm, slot), 0, false);
		return MM412_NONE;
	}
	/* Others ran. */
	if (sw->slot[swap].page != MM412_NONE || !mm412_swap_used(mm, swap)) {
		mm412_swap_nodes_put(mm, swap);
		mm412_alloc_free(mm, cpu, mm412_frame(mm, slot), 0, false);
		return MM412_NONE;
	}
	begin_page(mm, cpu, slot, swap);
	return slot;
}

static void read_run(struct mm412 *mm, struct sim_cpu *cpu, struct run *run)
{
	if (!run->n)
		return;
	mm412_io_read(mm, cpu, true, run->first, run->n);
	for (unsigned i = 0; i < run->n; i++) {
		struct mm412_page *p = mm412_page(mm, run->page[i]);

		p->flags &= (uint16_t)~MM412_PG_LOCKED;
		if (p->content)
			mm->sleep->contents[p->content - 1].reading = false;
	}
	cpu->port->wake(cpu, mm->sleep->page_queue, UINT32_MAX);
	for (unsigned i = 0; i < run->n; i++)
		mm412_lru_put(mm, cpu, run->page[i], false);
	run->n = 0;
}

static void read_slot(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		      uint32_t swap, struct run *run)
{
	uint32_t slot = new_page(mm, cpu, task, swap);

	if (slot == MM412_NONE)
		return;
	if (run->n == WINDOW_MAX || (run->n && swap != run->first + run->n))
		read_run(mm, cpu, run);
	if (!run->n)
		run->first = swap;
	run->page[run->n++] = slot;
}

/* swapin_readahead(): the slot's page in the swap cache, pinned; MM412_NONE when there was no
 * page to be had, or nobody needs it any more. */
static uint32_t read_ahead(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			   uint32_t swap)
{
	struct mm412_swap *sw = mm->sleep->swap;
	uint32_t mask = mm412_swap_in_window(sw, mm->params.page_cluster[0], swap) - 1;
	uint32_t from = swap & ~mask, to = swap | mask;
	struct run run = { .n = 0 };

	if (to >= sw->max)
		to = sw->max - 1;
	for (uint32_t at = from ? from : 1; mask && at <= to; at++) {
		read_slot(mm, cpu, task, at, &run);
		if (at != swap && sw->slot[at].page != MM412_NONE)
			mm412_page(mm, sw->slot[at].page)->flags |= MM412_PG_READAHEAD;
	}
	if (mask)
		mm412_pagevec_drain(mm, cpu);
	read_slot(mm, cpu, task, swap, &run);
	read_run(mm, cpu, &run);
	if (sw->slot[swap].page != MM412_NONE)
		mm412_lru_pin(mm, sw->slot[swap].page);
	return sw->slot[swap].page;
}

/* ---- mapping ---------------------------------------------------------------------------- */

/* reuse_swap_page() of a page that nobody else maps: what swap has is out of date. */
static void reuse(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	if ((p->flags & MM412_PG_SWAPCACHE) && !(p->flags & MM412_PG_WRITEBACK)) {
		mm412_swap_cache_del(mm, cpu, slot);
		p->flags |= MM412_PG_DIRTY;
	}
}

void mm412_swap_in_first_write(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm412_charge(cpu, mm->cost.fault);
	mm412_count(mm, MM412_PGFAULT, 1);
	reuse(mm, cpu, slot);
}

static void map_anon(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool write)
{
	struct mm412_page *p = mm412_page(mm, slot);
	uint32_t swap = p->swap;

	mm412_task_swapents(mm->sleep->tasks[mm->sleep->contents[p->content - 1].task], -1);
	if (write)
		reuse(mm, cpu, slot);
	p->flags |= (uint16_t)(MM412_PG_PTE_YOUNG | (write ? MM412_PG_PTE_DIRTY : 0));
	mm412_content_map(mm, slot);
	mm412_swap_free(mm, cpu, swap);
	if (mm412_swap_full(mm))
		mm412_swap_try_free(mm, cpu, slot);
	mm412_pagevec_activate(mm, cpu, slot);
}

static void map_shmem(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool write)
{
	struct mm412_page *p = mm412_page(mm, slot);
	const struct mm412_sleep *sl = mm->sleep;
	uint32_t swap = p->swap;

	if (p->flags & MM412_PG_SWAPCACHE) {
		mm412_swap_cache_del(mm, cpu, slot);
		mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, 1);
		mm412_lru_node_add(mm, slot, MM412_NODE_SHMEM, 1);
		p->flags = (uint16_t)((p->flags | MM412_PG_DIRTY) & ~MM412_PG_RECLAIM);
		mm412_swap_free(mm, cpu, swap);
	}
	if (sl->tasks[sl->contents[p->content - 1].task]->exited) {
		mm412_pagevec_accessed(mm, cpu, slot);
		return;
	}
	p->flags |= (uint16_t)(MM412_PG_PTE_YOUNG | (write ? MM412_PG_PTE_DIRTY : 0));
	mm412_content_map(mm, slot);
}

/* lookup_swap_cache() */
static void look_up(struct mm412 *mm, struct mm412_page *p)
{
	if (!(p->flags & MM412_PG_SWAPCACHE) || !(p->flags & MM412_PG_READAHEAD))
		return;
	p->flags &= (uint16_t)~MM412_PG_READAHEAD;
	mm->sleep->swap->hits++;
}

static bool may_map(const struct mm412_page *p, enum mm_kind kind)
{
	return !(p->flags & MM412_PG_LOCKED) &&
	       !(kind == MM_KIND_SHMEM && (p->flags & MM412_PG_WRITEBACK));
}

static void map(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_content *c,
		bool write)
{
	if (c->kind == MM_KIND_ANON)
		map_anon(mm, cpu, c->where, write);
	else
		map_shmem(mm, cpu, c->where, write);
}

bool mm412_swap_in_cached(struct mm412 *mm, struct sim_cpu *cpu, uint32_t content, bool write)
{
	const struct mm412_content *c = &mm->sleep->contents[content];
	struct mm412_page *p = mm412_page(mm, c->where);

	if (!may_map(p, c->kind))
		return false;
	mm412_charge(cpu, mm->cost.fault);
	mm412_count(mm, MM412_PGFAULT, 1);
	look_up(mm, p);
	map(mm, cpu, c, write);
	return true;
}

/* ---- the fault -------------------------------------------------------------------------- */

/* lock_page_or_retry(): who has waited for an anonymous page's lock begins the fault anew. */
static void retry(struct mm412 *mm, struct sim_cpu *cpu, enum mm_kind kind)
{
	if (kind != MM_KIND_ANON)
		return;
	mm412_charge(cpu, mm->cost.fault);
	mm412_count(mm, MM412_PGFAULT, 1);
}

/* Waits until the page of a content that is in memory could be mapped. */
static void wait_for(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, enum mm_kind kind)
{
	if (mm412_page(mm, slot)->flags & MM412_PG_LOCKED) {
		/* By the moment this one is at it may be unlocked, and nobody be woken. */
		cpu->port->settle(cpu);
		if (mm412_page(mm, slot)->flags & MM412_PG_LOCKED)
			cpu->port->sleep(cpu, mm->sleep->page_queue, UINT64_MAX);
		retry(mm, cpu, kind);
	} else {
		mm412_io_wait(mm, cpu, slot);
	}
}

/* One look at where the content is. False: it cannot be had. *pinned: a page that was read for
 * it and must not go before it is mapped. */
static bool step(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		 const struct mm412_content *c, bool write, bool *major, uint32_t *pinned)
{
	enum mm_kind kind = (enum mm_kind)c->kind;
	struct mm412_page *p;

	if (c->place == MM412_ON_SWAP) {
		if (*pinned != MM412_NONE)
			mm412_lru_put(mm, cpu, *pinned, false);
		*pinned = read_ahead(mm, cpu, task, c->where);
		if (*pinned == MM412_NONE)
			return false;
		*major = true;
		mm412_count(mm, MM412_PGMAJFAULT, 1);
		if (mm->sleep->host.swap)
			retry(mm, cpu, kind);
		return true;
	}
	if (c->place != MM412_IN_MEMORY)
		return false;
	p = mm412_page(mm, c->where);
	if (!may_map(p, kind)) {
		wait_for(mm, cpu, c->where, kind);
		return true;
	}
	if (!*major)
		look_up(mm, p);
	map(mm, cpu, c, write);
	return true;
}

static bool is_mapped(const struct mm412 *mm, const struct mm412_content *c)
{
	return c->place == MM412_IN_MEMORY &&
	       (c->huge || mm412_page(mm, c->where)->flags & MM412_PG_MAPPED);
}

/* Nobody maps shared memory of a task that is no more: it is there when it is not in swap. */
static bool is_there(const struct mm412 *mm, const struct mm412_task *task,
		     const struct mm412_content *c)
{
	return is_mapped(mm, c) || (task->exited && c->place == MM412_IN_MEMORY &&
				    !(mm412_page(mm, c->where)->flags & MM412_PG_SWAPCACHE));
}

bool mm412_swap_in(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		   uint32_t content, bool write, bool *major)
{
	uint32_t pinned = MM412_NONE;
	const struct mm412_content *c;
	bool there = false;

	mm412_charge(cpu, mm->cost.fault);
	mm412_count(mm, MM412_PGFAULT, 1);
	while ((c = mm412_content_number_find(mm, content)) && !task->killed) {
		there = is_there(mm, task, c);
		if (there || !step(mm, cpu, task, c, write, major, &pinned))
			break;
	}
	if (pinned != MM412_NONE)
		mm412_lru_put(mm, cpu, pinned, false);
	return there;
}
