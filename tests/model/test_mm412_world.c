/*
 * Small machines with too little memory: tasks that allocate, access, free and exit, writes to
 * /proc/sys/vm, isolated pageblocks, and the kernel's own daemons. Wherever the kernel leaves
 * its CPU, to sleep or only to settle, others act, and all invariants are checked. At rest
 * every content has to be where a ledger of the test's own expects it, and in the end all
 * memory is free.
 *
 *   PAGESIM_RANDOM_SEED=N    another sequence (a failure prints its seed and step)
 *   PAGESIM_RANDOM_STEPS=N   so many steps on all machines together
 *   PAGESIM_RANDOM_EVERY=N   check after every N-th of them
 *   PAGESIM_RANDOM_SHAPE=N   on that machine alone
 */
#include "tests/model/tasks412.h"

enum {
	LONGEST_REST = 3000000, /* steps */
	PATIENCE = 1000000,     /* ... without an operation that ends */
	REST_EVERY = 10000,
	WARM_UP = 40000,
	WARM_UP_EVERY = 500,
};

static uint64_t left_in_swap_cache;

/* ---- what holds ------------------------------------------------------------------------- */

static void fail(const char *text)
{
	fprintf(stderr, "%s, seed %" PRIu64 ", step %" PRIu64 ": %s\n", shape->name, seed,
		a_all.switches, text);
	CU_FAIL_FATAL("an invariant does not hold");
}

/* Frames on all lists, and in use; those untouched since boot are in the lists' lengths. */
static bool frames_are_all_there(const struct mm412_zone *zone)
{
	const struct mm412 *mm = a_all.mm;
	uint64_t frames = 0;

	for (unsigned t = 0; t < mm->ntypes; t++)
		for (unsigned o = 0; o < MM412_ORDERS; o++)
			frames += (uint64_t)mm->s[mm412_list(zone, t, o)].stamp << o;
	for (unsigned c = 0; c < mm->ncpus; c++)
		frames += zone->pcps[c].count;
	for (uint64_t f = zone->start; f < zone->end; f++) {
		uint16_t tag = mm->s[mm412_slot(mm, f)].tag;

		if (mm412_tag_state(tag) == MM412_USED)
			frames += 1u << mm412_tag_order(tag);
	}
	return frames == zone->managed;
}

static void check(void)
{
	if (!mm412_policy.check(a_all.mm, a_all.k.text, sizeof(a_all.k.text)))
		fail(a_all.k.text);
	for (unsigned i = 0; i < a_all.mm->nzones; i++)
		if (!frames_are_all_there(&a_all.mm->zones[i]))
			fail("frames are lost, or there twice");
}

static uint8_t owners[8192];

static void owns(uint64_t frame, unsigned order)
{
	uint64_t first = shape->zones[0].start;

	for (unsigned i = 0; i < 1u << order; i++)
		if (owners[frame - first + i]++)
			fail("two have the same frame");
}

/* Nobody has what somebody else has, and contents have the tasks that made them. */
static void check_ledger(void)
{
	memset(owners, 0, sizeof(owners));
	for (unsigned i = 0; i < RAW; i++)
		if (raw[i].used)
			owns(raw[i].frame, raw[i].order);
	for (unsigned i = 0; i < HELD; i++) {
		uint64_t frame = held[i].frame;
		uint32_t task;

		if (!held[i].used)
			continue;
		if (held[i].held)
			frame = mm412_policy.content_frame(a_all.mm, held[i].content);
		if (frame != MM_NO_FRAME)
			owns(frame, 0);
		if (!held[i].held)
			continue;
		task = mm412_policy.content_task(a_all.mm, held[i].content);
		if (task != (held[i].ended ? UINT32_MAX : held[i].task)) {
			fprintf(stderr,
				"content %u task %u, held by %u ended %d kind %d place %u\n",
				held[i].content, task, held[i].task, held[i].ended,
				held[i].what.kind,
				a_all.mm->sleep->contents[held[i].content].place);
			fail("a content is another task's");
		}
	}
}

static void step(uint64_t every)
{
	CU_ASSERT_FATAL(a_run_next());
	if (a_all.switches % every == 0)
		check();
}

/* Nothing is begun any more, what was begun comes to its end. */
static void check_at_rest(uint64_t every)
{
	unsigned left = LONGEST_REST;

	operations_left = 0;
	while (!a_at_rest()) {
		step(every);
		if (left-- == 0)
			fail("some never come to rest");
	}
	check();
	rests++;
	if (!mm412_check_sleep_rest(a_all.mm, a_all.k.text, sizeof(a_all.k.text)))
		fail(a_all.k.text);
	check_ledger();
}

/* Frames that were not free in the end, but for pages that the swap cache has to itself: whose
 * owner went while they were written or locked, and whom only reclaim would find. */
static uint64_t not_free(void)
{
	const struct mm412 *mm = a_all.mm;
	uint64_t frames = 0;

	for (uint32_t slot = mm->frame0; slot < mm->slots; slot++) {
		uint16_t tag = mm->s[slot].tag;
		unsigned flags = mm412_page(mm, slot)->flags;

		if (mm412_tag_state(tag) != MM412_USED)
			continue;
		if (flags & MM412_PG_SWAPCACHE && flags & MM412_PG_LRU &&
		    !mm412_page(mm, slot)->content)
			left_in_swap_cache++;
		else
			frames += 1u << mm412_tag_order(tag);
	}
	return frames;
}

/* Nobody has anything any more. */
static void check_all_gone(void)
{
	struct sim_cpu *cpu = &a_all.actor[0].cpu;

	cpu->on_actor = false;
	cpu->now = a_all.clock + UINT64_C(100000000);
	for (unsigned i = 0; i < HELD; i++)
		if (held[i].held) {
			mm412_policy.drop(a_all.mm, cpu, held[i].content);
		} else if (held[i].used) {
			if (i % 512 == 0 || held[i].what.order == 0)
				mm412_policy.free(a_all.mm, cpu, held[i].frame,
						  held[i].what.order, false);
		}
	for (unsigned i = 0; i < RAW; i++)
		if (raw[i].used)
			mm412_policy.free(a_all.mm, cpu, raw[i].frame, raw[i].order, false);
	mm412_io_reap(a_all.mm, cpu);
	mm412_pagevec_drain_all(a_all.mm, cpu);
	check();
	left_in_swap_cache = 0;
	if (not_free() != 0)
		fail("not all memory is free in the end");
	if (mm412_lru_node_sum(a_all.mm, MM412_NODE_FILE_PAGES) != left_in_swap_cache)
		fail("something is left in the page cache");
}

/* Rests now and then, and at the end. */
static void go_on(uint64_t steps, uint64_t every)
{
	uint64_t end = a_all.switches + steps, next_rest = a_all.switches + REST_EVERY;
	uint64_t before = done, patience = 0;

	while (a_all.switches < end) {
		operations_left = 100;
		step(every);
		patience = done == before ? patience + 1 : 0;
		if (patience > PATIENCE)
			fail("nobody gets on");
		before = done;
		if (a_all.switches < next_rest)
			continue;
		check_at_rest(every);
		next_rest = a_all.switches + REST_EVERY;
	}
	check_at_rest(every);
}

/* Memory is full before all that counts begins. */
static void run(const struct shape *s, uint64_t with_seed, uint64_t steps, uint64_t every)
{
	begin(s, with_seed);
	go_on(WARM_UP, WARM_UP_EVERY);
	go_on(steps, every);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

/* What is to have happened on all machines together, or the test has seen nothing. */
static struct {
	const char *name;
	uint64_t least, seen;
} events[] = {
	{ "pgscan_kswapd", 4000, 0 },
	{ "pgscan_direct", 4000, 0 },
	{ "pgsteal_kswapd", 1000, 0 },
	{ "pgsteal_direct", 1000, 0 },
	{ "pswpin", 50, 0 },
	{ "pswpout", 500, 0 },
	{ "nr_written", 1000, 0 },
	{ "workingset_refault", 200, 0 },
	{ "pgmigrate_success", 500, 0 },
	{ "compact_isolated", 500, 0 },
	{ "compact_stall", 10, 0 },
	{ "slabs_scanned", 5000, 0 },
	{ "pgrotated", 200, 0 },
	{ "pgactivate", 1000, 0 },
	{ "pgdeactivate", 1000, 0 },
	{ "thp_fault_alloc", 5, 0 },
	{ "thp_split_page", 1, 0 },
	{ "pgscan_direct_throttle", 0, 0 },
	{ "compact_daemon_wake", 0, 0 },
};

static void add_up(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(events); i++)
		events[i].seen += k_counter(&a_all.k, events[i].name);
	printf("\n    %s: %" PRIu64 " operations, %" PRIu64 " refaults, %" PRIu64
	       " killed, at rest %" PRIu64 " times",
	       shape->name, done, refaults, kills, rests);
}

static void expect_that_it_mattered(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(events); i++) {
		printf("%s%s %" PRIu64, i % 6 ? ", " : "\n    ", events[i].name,
		       events[i].seen);
		CU_ASSERT(events[i].seen >= events[i].least);
	}
	printf("\n    ");
}

static void every_invariant_holds_wherever_somebody_leaves_its_cpu(void)
{
	uint64_t with_seed = number_of("PAGESIM_RANDOM_SEED", 1);
	uint64_t steps = number_of("PAGESIM_RANDOM_STEPS", 20000);
	uint64_t every = number_of("PAGESIM_RANDOM_EVERY", 1);
	uint64_t only = number_of("PAGESIM_RANDOM_SHAPE", ARRAY_SIZE(shapes));
	uint64_t kills_of_all = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(shapes); i++) {
		if (only < ARRAY_SIZE(shapes) && i != only)
			continue;
		run(&shapes[i], with_seed + i,
		    only < ARRAY_SIZE(shapes) ? steps : steps / ARRAY_SIZE(shapes),
		    every ? every : 1);
		add_up();
		CU_ASSERT(rests > 0);
		kills_of_all += kills;
		check_all_gone();
		a_end();
	}
	if (only < ARRAY_SIZE(shapes))
		return;
	expect_that_it_mattered();
	CU_ASSERT(kills_of_all > 0);
}

static uint64_t digest(void)
{
	uint64_t sum = 1;

	for (uint32_t i = 0; i < a_all.mm->slots; i++)
		sum = sum * 31 + a_all.mm->s[i].next + a_all.mm->s[i].tag;
	for (unsigned i = 0; i < MM412_VM_EVENTS; i++)
		sum = sum * 31 + a_all.mm->sleep->event[i];
	return sum * 31 + a_all.clock;
}

static void the_same_seed_ends_in_the_same_state(void)
{
	uint64_t first;

	run(&shapes[0], 5, 6000, 6000);
	first = digest();
	a_end();
	run(&shapes[0], 5, 6000, 6000);
	CU_ASSERT_EQUAL(digest(), first);
	a_end();
	run(&shapes[0], 6, 6000, 6000);
	CU_ASSERT_NOT_EQUAL(digest(), first);
	a_end();
}

static CU_TestInfo tests[] = {
	{ "every invariant holds wherever somebody leaves its CPU",
	  every_invariant_holds_wherever_somebody_leaves_its_cpu },
	{ "the same seed ends in the same state", the_same_seed_ends_in_the_same_state },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_world", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
