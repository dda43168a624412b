/*
 * Contents under pressure against a slow account of them: whatever happens to their pages, a
 * task has as many pages and swap entries as it has contents that nobody ended.
 */
#include "tests/model/world412.h"

#include "model/v4_12/mm412_swap.h"

enum { FRAMES = 4096, SWAP = 1000, MOST = 5000, TASKS = 4 };

struct held {
	uint32_t number;
	uint8_t kind, task;
	bool ended;
};

static struct held held[MOST];
static unsigned nheld;
static uint64_t state;
static struct sim_cpu *who; /* does the next thing */
static unsigned depth;      /* of things that began while another one waits */
static uint32_t busy;       /* the content that one accesses: nobody may end it meanwhile */

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* ---- the account ------------------------------------------------------------------------ */

struct account {
	int64_t anon[TASKS], swapped[TASKS];
	int64_t mapped, thps, shmem, slots;
};

static bool is_mapped(struct world412 *w, const struct mm412_content *c)
{
	return c->place == MM412_IN_MEMORY &&
	       (c->huge || mm412_page(w->mm, c->where)->flags & MM412_PG_MAPPED);
}

static void count_one(struct world412 *w, const struct held *h, struct account *a)
{
	const struct mm412_content *c = &w->mm->sleep->contents[h->number];
	const struct mm412_page *p =
		c->place == MM412_IN_MEMORY ? mm412_page(w->mm, c->where) : NULL;

	CU_ASSERT_TRUE(c->live);
	CU_ASSERT_EQUAL(c->ended, h->ended);
	if (h->ended)
		return;
	CU_ASSERT_EQUAL(c->task, h->task);
	CU_ASSERT_EQUAL(c->kind, h->kind);
	if (h->kind == MM_KIND_ANON) {
		a->anon[h->task] += is_mapped(w, c);
		a->mapped += is_mapped(w, c);
		a->swapped[h->task] += !is_mapped(w, c);
		a->slots += !is_mapped(w, c);
		CU_ASSERT_NOT_EQUAL(c->place, MM412_ON_DISK);
		CU_ASSERT_NOT_EQUAL(c->place, MM412_NOWHERE);
	} else if (h->kind == MM_KIND_SHMEM) {
		bool swap = !p || p->flags & MM412_PG_SWAPCACHE;

		a->shmem += !swap;
		a->slots += swap;
		CU_ASSERT_NOT_EQUAL(c->place, MM412_ON_DISK);
	} else if (h->kind == MM_KIND_FILE) {
		CU_ASSERT_NOT_EQUAL(c->place, MM412_ON_SWAP);
	}
}

/* Slots with an entry, and those that are in some CPU's cache or only the swap cache's. */
static void check_swap(struct world412 *w, const struct account *a)
{
	const struct mm412_swap *swap = w->mm->sleep->swap;
	int64_t used = 0, taken = 0, waiting = 0;

	for (uint32_t i = 1; i < swap->max; i++) {
		used += (swap->map[i] & MM412_SWAP_USED) != 0;
		taken += swap->map[i] != 0;
	}
	for (unsigned c = 0; c < w->mm->ncpus; c++)
		waiting += swap->cpus[c].nr;
	CU_ASSERT_EQUAL(used, a->slots);
	CU_ASSERT_EQUAL(taken, swap->in_use);
	CU_ASSERT_EQUAL(swap->nr_pages + taken, swap->pages);
	CU_ASSERT(waiting <= taken);
}

static void check(struct world412 *w)
{
	struct account a = { 0 };

	for (unsigned i = 0; i < nheld; i++)
		count_one(w, &held[i], &a);
	for (uint32_t t = 0; t < TASKS; t++) {
		const struct mm412_task *task = mm412_task_of(w->mm, t);

		CU_ASSERT_EQUAL(task->rss[MM_KIND_ANON], a.anon[t]);
		CU_ASSERT_EQUAL(task->swapents, a.swapped[t]);
	}
	CU_ASSERT_EQUAL(w_node(w, 0)->stat[MM412_NODE_ANON_MAPPED], a.mapped);
	CU_ASSERT_EQUAL(w_node(w, 0)->stat[MM412_NODE_SHMEM], a.shmem);
	check_swap(w, &a);
	CU_ASSERT_FATAL(k_ok(&w->k));
}

/* ---- what happens ----------------------------------------------------------------------- */

static void note(uint32_t number, enum mm_kind kind, uint32_t task)
{
	held[nheld++] =
		(struct held){ .number = number, .kind = (uint8_t)kind, .task = (uint8_t)task };
}

static void hold(struct world412 *w, unsigned order)
{
	static const char *const gfp[2] = { "GFP_HIGHUSER_MOVABLE", "GFP_TRANSHUGE_LIGHT" };
	struct mm_request rq = { k_gfp(gfp[order > 0]), (uint8_t)order, 0, 0 };
	struct mm_content what = { .task = (uint32_t)draw(TASKS),
				   .kind = order ? MM_KIND_ANON : (enum mm_kind)draw(MM_KINDS),
				   .dirty = draw(2),
				   .active = draw(2),
				   .order = (uint8_t)order };
	struct mm_grant grant;
	uint32_t number;

	if (nheld + (1u << order) > MOST)
		return;
	who->on_actor = false;
	grant = mm412_policy.alloc_try(w->mm, who, rq);
	if (grant.verdict == MM_DONE) {
		number = mm412_content_hold(w->mm, who, grant.frame, what);
		for (uint32_t i = 0; i < 1u << order; i++)
			note(number + i, what.kind, what.task);
	}
	who->on_actor = true;
}

static void drop(struct world412 *w, unsigned i)
{
	if (held[i].number == busy)
		return;
	who->on_actor = false;
	mm412_content_drop(w->mm, who, held[i].number);
	who->on_actor = true;
	held[i] = held[--nheld];
}

static void look_at(struct world412 *w, unsigned i)
{
	uint32_t number = held[i].number, before = busy;
	bool write = draw(2), ended = held[i].ended;
	struct mm_access a;

	busy = depth ? busy : number;
	who->on_actor = false;
	a = mm412_content_try(w->mm, who, number, write);
	who->on_actor = true;
	/* Two may be in there, but only one is kept from its end. */
	if (a.verdict == MM_WOULD_SLEEP && !depth)
		a = mm412_content_wait(w->mm, who, number, write);
	busy = before;
	if (ended)
		CU_ASSERT_EQUAL(a.verdict, MM_FAILED);
	if (a.verdict == MM_DONE && !who->on_actor) {
		const struct mm412_content *c = &w->mm->sleep->contents[number];

		CU_ASSERT_EQUAL(c->place, MM412_IN_MEMORY);
		CU_ASSERT_EQUAL(a.frame, mm412_frame(w->mm, c->where));
	}
}

/* Reclaim takes this one page in hand, as old as it can be. */
static void squeeze(struct world412 *w, unsigned i)
{
	const struct mm412_content *c = &w->mm->sleep->contents[held[i].number];
	struct mm412_chain chain = mm412_chain_empty();
	/* Each of the two that can be at it at once has a plug of its own. */
	struct mm412_task *own = w->mm->sleep->own;
	struct mm412_scan sc = { .task = depth ? own : w->mm->sleep->kswapd_task,
				 .gfp = k_gfp("GFP_KERNEL"),
				 .may_writepage = true,
				 .may_unmap = true,
				 .may_swap = true,
				 .kswapd = true };
	uint32_t slot = c->where;

	if (c->ended || c->place != MM412_IN_MEMORY || c->kind == MM_KIND_SLAB)
		return;
	slot = c->huge ? slot & ~(MM412_BLOCK_FRAMES - 1) : slot;
	mm412_page(w->mm, slot)->flags &=
		(uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_REFERENCED | MM412_PG_RECLAIM);
	mm412_pagevec_drain(w->mm, who);
	/* Others may have ended it by now: then the page is somebody else's, which is as good.
	 */
	if (mm412_tag_state(w->mm->s[slot].tag) != MM412_USED ||
	    !mm412_lru_isolate(w->mm, who, slot))
		return;
	mm412_page(w->mm, slot)->flags &= (uint16_t)~MM412_PG_ACTIVE;
	mm412_chain_add(w->mm, &chain, slot);
	mm412_shrink(w->mm, who, &chain, w_node(w, 0), &sc, false, NULL);
	while (chain.first != MM412_NONE) {
		slot = chain.first;
		mm412_chain_del(w->mm, &chain, slot);
		mm412_lru_putback(w->mm, who, slot);
	}
	mm412_io_unplug(w->mm, who, sc.task);
}

static void move(struct world412 *w, unsigned i)
{
	const struct mm412_content *c = &w->mm->sleep->contents[held[i].number];
	struct mm_request rq = { k_gfp("GFP_HIGHUSER_MOVABLE"), 0, 0, 0 };
	uint32_t from = c->where, to;
	struct mm_grant grant;

	if (c->ended || c->place != MM412_IN_MEMORY || c->huge || c->kind == MM_KIND_SLAB)
		return;
	who->on_actor = false;
	mm412_pagevec_drain(w->mm, who);
	grant = mm412_policy.alloc_try(w->mm, who, rq);
	who->on_actor = true;
	if (grant.verdict != MM_DONE)
		return;
	to = mm412_slot(w->mm, grant.frame);
	if (!mm412_lru_isolate(w->mm, who, from)) {
		mm412_alloc_free(w->mm, who, grant.frame, 0, false);
		return;
	}
	if (mm412_page(w->mm, from)->pins == 1 &&
	    mm412_content_move(w->mm, who, from, to, MM412_COMPACT_SYNC)) {
		mm412_page(w->mm, to)->pins = 1;
		mm412_lru_putback(w->mm, who, to);
		mm412_lru_put(w->mm, who, from, false);
	} else {
		mm412_lru_putback(w->mm, who, from);
		mm412_alloc_free(w->mm, who, grant.frame, 0, false);
	}
}

static void exit_task(struct world412 *w, uint32_t task)
{
	if (busy != MM_NO_CONTENT)
		return;
	who->on_actor = false;
	mm412_content_task_exit(w->mm, who, task);
	who->on_actor = true;
	for (unsigned i = 0; i < nheld; i++)
		if (held[i].task == task && held[i].kind == MM_KIND_ANON)
			held[i].ended = true;
	w->mm->sleep->tasks[task]->exited = false;
}

static void step(struct world412 *w)
{
	uint64_t what = draw(1000);

	who->now += W_SERVICE / 4;
	if (what < 1)
		exit_task(w, (uint32_t)draw(TASKS));
	else if (what < 8)
		hold(w, MM412_HUGE_ORDER);
	else if (what < 12)
		mm412_huge_scan(w->mm, who, w_node(w, 0), 1 + draw(3));
	else if (what < 310 || nheld == 0)
		hold(w, 0);
	else if (what < 400)
		drop(w, (unsigned)draw(nheld));
	else if (what < 600)
		look_at(w, (unsigned)draw(nheld));
	else if (what < 960)
		squeeze(w, (unsigned)draw(nheld));
	else
		move(w, (unsigned)draw(nheld));
}

/* As the flusher does when too much is dirty. */
static void flush(struct world412 *w, struct sim_cpu *cpu)
{
	cpu->on_actor = false;
	for (unsigned i = 0; i < nheld; i++) {
		const struct mm412_content *c = &w->mm->sleep->contents[held[i].number];
		unsigned flags;

		if (c->kind != MM_KIND_FILE || c->place != MM412_IN_MEMORY)
			continue;
		flags = mm412_page(w->mm, c->where)->flags;
		if ((flags & (MM412_PG_LOCKED | MM412_PG_WRITEBACK)) ||
		    !mm412_dirty_clear(w->mm, cpu, c->where))
			continue;
		mm412_io_write(w->mm, cpu, c->where, false);
	}
	cpu->on_actor = true;
}

/* Whenever an actor lets others run, another CPU does something. */
static void others(struct world412 *w)
{
	struct sim_cpu *before = who;

	if (depth || draw(4))
		return;
	depth++;
	who = &w->k.cpus[1];
	if (who->now < before->now + before->due)
		who->now = before->now + before->due;
	who->due = 0;
	for (uint64_t n = 1 + draw(3); n > 0; n--)
		step(w);
	who = before;
	depth--;
}

static void asleep(struct world412 *w)
{
	if (w->timeout > W_JIFFY && w->timeout != UINT64_MAX)
		flush(w, &w->k.cpus[1]);
	others(w);
}

static void settle(struct sim_cpu *cpu)
{
	others(w_of(cpu));
}

static void begin(struct world412 *w, unsigned cpus)
{
	state = 88172645463325252u;
	nheld = 0;
	depth = 0;
	busy = MM_NO_CONTENT;
	w_init(w, cpus, 1);
	k_one_zone(&w->k, cpus, FRAMES);
	w_boot(w, SWAP);
	who = &w->k.cpus[0];
	for (uint32_t t = 0; t < TASKS; t++)
		CU_ASSERT_PTR_NOT_NULL_FATAL(mm412_task_of(w->mm, t));
}

static void run(struct world412 *w, unsigned steps)
{
	uint64_t fullest = SWAP;

	for (unsigned i = 0; i < steps; i++) {
		step(w);
		if (mm412_swap_free_pages(w->mm) < fullest)
			fullest = mm412_swap_free_pages(w->mm);
		if (i % 500 == 0)
			check(w);
	}
	CU_ASSERT(fullest < 100);
	CU_ASSERT(w->mm->sleep->event[MM412_PSWPIN] > 100);
	CU_ASSERT(w->mm->sleep->event[MM412_THP_SPLIT_PAGE] > 0);
	while (nheld)
		drop(w, nheld - 1);
	check(w);
	w_close(w);
}

static void whatever_happens_nothing_is_lost(void)
{
	struct world412 w;

	begin(&w, 1);
	run(&w, 60000);
}

static void others_in_between_lose_nothing_either(void)
{
	struct world412 w;

	begin(&w, 2);
	w.port.settle = settle;
	w.asleep = asleep;
	run(&w, 60000);
}

static CU_TestInfo tests[] = {
	{ "whatever happens, nothing is lost", whatever_happens_nothing_is_lost },
	{ "others in between lose nothing either", others_in_between_lose_nothing_either },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_content_random", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
