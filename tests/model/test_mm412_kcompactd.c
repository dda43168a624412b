/* kcompactd: who wakes it, what it does, when it sleeps again. */
#include "tests/model/compact412.h"

#define FRAMES 8192

static struct world412 w;

static void open_full(void)
{
	c_open(&w, FRAMES, 0);
	w.mm->sleep->starting = 0;
}

static void close_world(void)
{
	CU_ASSERT_TRUE(c_contents_hold(&w));
	w_close(&w);
}

static struct mm412_node_sleep *node(void)
{
	return w_node(&w, 0);
}

static void wake(int order, int classzone)
{
	mm412_kcompactd_wake(w.mm, w_cpu(&w), node(), order, classzone);
}

/* The daemon from its start to its first sleep, or the n-th. */
static void run(unsigned sleeps)
{
	w_run(&w, mm412_kcompactd_run, sleeps);
}

/* Asked once for this while it sleeps. */
static int order_asked, classzone_asked;

static void ask(struct world412 *world)
{
	if (world->sleeps != 1)
		return;
	CU_ASSERT_TRUE(node()->kcompactd_asleep);
	mm412_kcompactd_wake(world->mm, w_cpu(world), node(), order_asked, classzone_asked);
}

static void run_asked(int order, int classzone)
{
	order_asked = order;
	classzone_asked = classzone;
	w.asleep = ask;
	run(2);
}

static void it_sleeps_from_the_start(void)
{
	node()->kcompactd_max_order = 5;
	run(1);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 0);
	CU_ASSERT_EQUAL(node()->kcompactd_classzone_idx, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KCOMPACTD_SLEEP], 1);
	CU_ASSERT_PTR_EQUAL(w.queue, node()->queue[MM412_Q_KCOMPACTD]);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_WAKE), 0);
}

static void it_wakes_for_work_that_can_be_done(void)
{
	c_drop_some(&w, 0, FRAMES, 2, 1);
	run(1);
	wake(0, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 0);
	wake(9, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w_wakes(&w, "kcompactd0"), 1);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 9);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_WAKEUP_KCOMPACTD].value[1], 9);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_WAKEUP_KCOMPACTD].value[2], MM412_ZONE_NORMAL);
	wake(9, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w_wakes(&w, "kcompactd0"), 1);
	/* Awake it is not woken again; the largest order and the lowest zone count. */
	wake(3, MM412_ZONE_DMA32);
	CU_ASSERT_EQUAL(w_wakes(&w, "kcompactd0"), 1);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 9);
	CU_ASSERT_EQUAL(node()->kcompactd_classzone_idx, MM412_ZONE_DMA32);
}

static void without_enough_free_memory_it_is_told_but_not_woken(void)
{
	run(1);
	wake(3, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w_wakes(&w, "kcompactd0"), 0);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_WAKEUP_KCOMPACTD], 0);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 3);
}

static void it_makes_a_block_of_the_order_and_sleeps_again(void)
{
	c_drop_some(&w, 0, FRAMES, 2, 1);
	run_asked(9, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w.sleeps, 2);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_WAKE), 1);
	CU_ASSERT_EQUAL(c_blocks(&w, 9), 1);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 0);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_KCOMPACTD_WAKE].value[1], 9);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_END].value[5], MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(w.last_task[MM_EVENT_COMPACTION_END], UINT32_MAX);
	/* A kernel's request has its pageblock emptied. */
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 256);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_MIGRATE_SCANNED),
			c_event(&w, MM412_COMPACT_MIGRATE_SCANNED));
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_FREE_SCANNED),
			c_event(&w, MM412_COMPACT_FREE_SCANNED));
	CU_ASSERT_EQUAL(mm412_zone_sleep(w.mm, &w.mm->zones[0])->compact_order_failed, 10);
}

static void what_fails_is_deferred(void)
{
	struct mm412_zone_sleep *z;

	close_world();
	c_open(&w, FRAMES, 512);
	c_drop_some(&w, 0, FRAMES, 2, 1);
	z = mm412_zone_sleep(w.mm, &w.mm->zones[0]);
	run_asked(9, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(z->compact_defer_shift, 1);
	/* Skip bits are for those who allocate. */
	CU_ASSERT_FALSE(z->blockskip_flush);
	w.sleeps = 0;
	run_asked(9, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_DEFERRED], 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_BEGIN], 1);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_WAKE), 2);
}

/* Somebody asks for more while it works: it goes on without sleeping. */
static void ask_while_it_works(void *ctx, const struct sim_cpu *cpu, uint32_t task,
			       const struct mm_event *e)
{
	w_event(ctx, cpu, task, e);
	if (e->kind == MM_EVENT_KCOMPACTD_WAKE && w.events[e->kind] == 1)
		node()->kcompactd_max_order = 7;
}

static void what_is_asked_for_while_it_works_is_not_forgotten(void)
{
	c_drop_some(&w, 0, FRAMES, 2, 1);
	w.mm->sleep->host.event = ask_while_it_works;
	run_asked(4, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w.sleeps, 2);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_WAKE), 2);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_KCOMPACTD_WAKE].value[1], 7);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KCOMPACTD_SLEEP], 3);
	CU_ASSERT_EQUAL(node()->kcompactd_max_order, 0);
}

static void open_two_zones(void)
{
	static struct mm_zone_span zones[] = { { 0, "DMA32", 4096, 4096 + FRAMES },
					       { 0, "Normal", K_NORMAL, K_NORMAL + FRAMES } };
	uint32_t from;

	close_world();
	w_init(&w, 1, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w_boot(&w, 0);
	c_take_all(&w);
	for (unsigned z = 0; z < 2; z++) {
		from = mm412_slot(w.mm, w.mm->zones[z].start);
		for (uint32_t at = from; at < from + FRAMES; at++) {
			struct mm_content what = { .task = C_TASK };

			if (at % 2)
				mm412_alloc_free(w.mm, w_cpu(&w), mm412_frame(w.mm, at), 0,
						 false);
			else
				mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, at),
						   what);
		}
	}
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	memset(w.mm->sleep->skip, 1, w.mm->slots >> 9);
}

/* All zones up to the request's, whatever those who allocate have marked. */
static void every_zone_of_the_request_gets_its_block(void)
{
	open_two_zones();
	run_asked(9, MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_END], 2);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 512);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_MIGRATE_SCANNED), 2 * 512);
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_MIGRATE_SCANNED),
			c_event(&w, MM412_COMPACT_MIGRATE_SCANNED));
	CU_ASSERT_EQUAL(c_event(&w, MM412_KCOMPACTD_FREE_SCANNED),
			c_event(&w, MM412_COMPACT_FREE_SCANNED));
}

static void a_request_for_lower_zones_is_over_when_it_is_served(void)
{
	open_two_zones();
	run_asked(9, MM412_ZONE_DMA32);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_END], 1);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_END].value[0], 4096);
	CU_ASSERT_EQUAL(node()->kcompactd_classzone_idx, MM412_ZONE_NORMAL);
}

static void zones_above_the_request_are_not_compacted(void)
{
	c_drop_some(&w, 0, FRAMES, 2, 1);
	run(1);
	wake(9, MM412_ZONE_DMA32);
	CU_ASSERT_EQUAL(w_wakes(&w, "kcompactd0"), 0);
}

static CU_TestInfo tests[] = {
	{ "it sleeps from the start", it_sleeps_from_the_start },
	{ "it wakes for work that can be done", it_wakes_for_work_that_can_be_done },
	{ "without enough free memory it is told but not woken",
	  without_enough_free_memory_it_is_told_but_not_woken },
	{ "it makes a block of the order and sleeps again",
	  it_makes_a_block_of_the_order_and_sleeps_again },
	{ "what fails is deferred", what_fails_is_deferred },
	{ "what is asked for while it works is not forgotten",
	  what_is_asked_for_while_it_works_is_not_forgotten },
	{ "every zone of the request gets its block",
	  every_zone_of_the_request_gets_its_block },
	{ "a request for lower zones is over when it is served",
	  a_request_for_lower_zones_is_over_when_it_is_served },
	{ "zones above the request are not compacted",
	  zones_above_the_request_are_not_compacted },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 kcompactd", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
