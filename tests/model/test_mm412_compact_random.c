/*
 * Thousands of compactions of all sorts while others allocate, free, write and exit: contents
 * keep their identity, and all invariants hold. What a content is, is known outside the model.
 */
#include "tests/model/compact412.h"

#define FRAMES 6144 /* 12 pageblocks */
#define CONTENTS (2 * FRAMES)
#define KERNEL_PAGES 600

static struct world412 w;
static uint32_t seed;

/* What the test knows of each content, by number; and what it holds besides. */
static struct token {
	bool live, dirty;
	uint8_t kind;
	uint32_t task;
} tokens[CONTENTS];
static struct {
	uint64_t frame;
	unsigned order;
} kernel_page[KERNEL_PAGES];
static unsigned nkernel;
static unsigned disturbed, results[MM412_COMPACT_SUCCEEDED + 1];
static bool busy; /* others run inside of compaction already */

static uint32_t rnd(uint32_t below)
{
	return k_random(&seed) % below;
}

/* ---- what others do, on the second CPU -------------------------------------------------- */

static struct sim_cpu *other(void)
{
	struct sim_cpu *cpu = &w.k.cpus[1];

	cpu->now = sim_now(w_cpu(&w));
	cpu->due = 0;
	return cpu;
}

static void hold_one(void)
{
	struct sim_cpu *cpu = other();
	struct mm_request rq = { k_gfp("GFP_HIGHUSER_MOVABLE"), 0, 0, 0 };
	struct mm_grant g = mm412_policy.alloc_try(w.mm, cpu, rq);
	struct mm_content what = { .task = rnd(4), .kind = (enum mm_kind)rnd(3) };
	uint32_t number;

	if (g.verdict != MM_DONE)
		return;
	what.dirty = what.kind == MM_KIND_FILE && rnd(3) == 0;
	number = mm412_content_hold(w.mm, cpu, g.frame, what);
	CU_ASSERT_FATAL(number < CONTENTS && !tokens[number].live);
	tokens[number] = (struct token){ true, what.dirty, (uint8_t)what.kind, what.task };
}

static void drop_one(void)
{
	uint32_t number = rnd(w.mm->sleep->ncontents + 1);

	if (number >= CONTENTS || !tokens[number].live)
		return;
	tokens[number].live = false;
	mm412_content_drop(w.mm, other(), number);
}

static void take_kernel_pages(void)
{
	static const char *const gfps[] = { "GFP_KERNEL", "GFP_KERNEL|__GFP_RECLAIMABLE",
					    "GFP_ATOMIC" };
	struct mm_request rq = { k_gfp(gfps[rnd(3)]), (uint8_t)rnd(4), 0, 0 };
	struct mm_grant g;

	if (nkernel == KERNEL_PAGES)
		return;
	g = mm412_policy.alloc_try(w.mm, other(), rq);
	if (g.verdict != MM_DONE)
		return;
	kernel_page[nkernel].frame = g.frame;
	kernel_page[nkernel++].order = rq.order;
}

static void give_kernel_pages(void)
{
	unsigned i;

	if (!nkernel)
		return;
	i = rnd(nkernel--);
	mm412_alloc_free(w.mm, other(), kernel_page[i].frame, kernel_page[i].order, false);
	kernel_page[i] = kernel_page[nkernel];
}

static void write_one(void)
{
	uint32_t number = rnd(w.mm->sleep->ncontents + 1), slot;

	if (number >= CONTENTS || !tokens[number].live || tokens[number].kind != MM_KIND_FILE)
		return;
	slot = w_slot(&w, number);
	mm412_io_reap(w.mm, other());
	if (mm412_page(w.mm, slot)->flags & MM412_PG_WRITEBACK ||
	    !mm412_dirty_clear(w.mm, other(), slot))
		return;
	tokens[number].dirty = false;
	mm412_io_write(w.mm, other(), slot, rnd(2));
}

static void access_one(void)
{
	uint32_t number = rnd(w.mm->sleep->ncontents + 1);

	if (number >= CONTENTS || !tokens[number].live)
		return;
	CU_ASSERT_EQUAL(mm412_content_try(w.mm, other(), number, false).verdict, MM_DONE);
}

static void someone_does_something(void)
{
	static void (*const things[])(void) = { hold_one,          drop_one,  take_kernel_pages,
						give_kernel_pages, write_one, access_one };

	busy = true;
	w.k.cpus[1].on_actor = false;
	things[rnd(ARRAY_SIZE(things))]();
	busy = false;
}

/* Memory fills up, and then scattered pages become free. */
static void scatter(void)
{
	busy = true;
	for (unsigned i = 0; i < FRAMES && c_free(&w) > 400; i++)
		hold_one();
	while (c_free(&w) < 1600 + rnd(400))
		drop_one();
	busy = false;
}

/* Whenever compaction lets others run, sometimes they do. */
static void settle(struct sim_cpu *cpu)
{
	w_settle(cpu);
	if (busy || rnd(16))
		return;
	disturbed++;
	someone_does_something();
}

/* ---- compactions ------------------------------------------------------------------------ */

static void compact(void)
{
	static const char *const gfps[] = { "GFP_HIGHUSER_MOVABLE", "GFP_KERNEL", "GFP_NOFS",
					    "GFP_KERNEL|__GFP_RECLAIMABLE" };
	unsigned which = rnd(40);

	if (which == 0) {
		mm412_compact_all(w.mm, w_cpu(&w));
	} else if (which == 1) {
		mm412_compact_reset(w.mm, w_node(&w, 0));
	} else if (which < 6) {
		struct mm412_compact cc =
			c_control(&w, (int)rnd(10) + 1, MM412_COMPACT_SYNC_LIGHT);

		cc.direct = false;
		cc.ignore_skip_hint = true;
		cc.task = NULL;
		results[mm412_compact_zone(w.mm, w_cpu(&w), &cc)]++;
	} else {
		results[c_try(&w, rnd(10) + 1, gfps[rnd(4)], rnd(3))]++;
	}
}

static bool tokens_agree(void)
{
	const struct mm412_sleep *sl = w.mm->sleep;

	for (uint32_t i = 0; i < sl->ncontents; i++) {
		const struct mm412_content *c = &sl->contents[i];

		if (c->live != tokens[i].live)
			return false;
		if (!c->live)
			continue;
		if (c->task != tokens[i].task || c->kind != tokens[i].kind ||
		    c->place != MM412_IN_MEMORY)
			return false;
		if (c->kind == MM_KIND_FILE &&
		    !(mm412_page(w.mm, c->where)->flags & MM412_PG_DIRTY) == tokens[i].dirty)
			return false;
	}
	return true;
}

static void open_busy(uint32_t start)
{
	memset(tokens, 0, sizeof(tokens));
	memset(results, 0, sizeof(results));
	nkernel = disturbed = 0;
	seed = start;
	w_init(&w, 2, 1);
	k_one_zone(&w.k, 2, FRAMES);
	w_boot(&w, 500);
	w.port.settle = settle;
	w.mm->params.extfrag_threshold[0] = 0;
	mm412_daemon_want(w.mm, w_cpu(&w));
	scatter();
}

/* Nothing is on its way any more. */
static void come_to_rest(void)
{
	busy = true;
	while (nkernel)
		give_kernel_pages();
	w_cpu(&w)->due += 100000 * W_SERVICE;
	mm412_io_reap(w.mm, w_cpu(&w));
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	busy = false;
}

static void run(uint32_t start, unsigned rounds)
{
	open_busy(start);
	for (unsigned i = 0; i < rounds; i++) {
		if (rnd(3) == 0)
			scatter();
		for (unsigned j = rnd(40); j; j--)
			someone_does_something();
		compact();
		CU_ASSERT_TRUE_FATAL(tokens_agree());
		if (i % 50 == 0) {
			CU_ASSERT_TRUE_FATAL(c_contents_hold(&w));
			CU_ASSERT_TRUE_FATAL(k_ok(&w.k));
		}
	}
	CU_ASSERT(c_event(&w, MM412_PGMIGRATE_SUCCESS) > rounds);
	CU_ASSERT(c_event(&w, MM412_PGMIGRATE_FAIL) > 0);
	CU_ASSERT(disturbed > rounds);
	CU_ASSERT(results[MM412_COMPACT_SUCCEEDED] > 0 && results[MM412_COMPACT_DEFERRED] > 0);
	come_to_rest();
	CU_ASSERT_TRUE(c_contents_hold(&w));
	w_close(&w);
}

static void contents_keep_their_identity_through_thousands_of_compactions(void)
{
	for (uint32_t start = 1; start <= 3; start++)
		run(start * 7919, 800);
}

static CU_TestInfo tests[] = {
	{ "contents keep their identity through thousands of compactions",
	  contents_keep_their_identity_through_thousands_of_compactions },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact random", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
