/* Requests: who may go how low, who waits, and what happens to those that wait. */
#include "tests/model/kernel24.h"

/* A DMA zone: min 32, low 64, high 96. */
#define FRAMES 1024
#define MIN 32
#define LOW 64

static struct kernel24 k;

static void boot(void)
{
	k_one_zone(&k, 2, FRAMES);
	k.params.hang_rounds[0] = 5;
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

/* Takes pages until only so many are free. */
static void leave(uint64_t pages)
{
	struct mm24_zone *zone = &k.mm->zones[0];

	while (zone->free_pages > pages)
		CU_ASSERT_NOT_EQUAL_FATAL(mm24_buddy_take(k.mm, zone, &k.cpus[0], 0),
					  MM24_NONE);
}

static struct mm_request request(const char *gfp, unsigned order)
{
	return (struct mm_request){ k_gfp(gfp), (uint8_t)order, 0, 0 };
}

/* alloc_try(), and alloc_wait() where it says so. */
static struct mm_grant run(const char *gfp, unsigned order)
{
	struct mm_request req = request(gfp, order);
	struct mm_grant g = mm24_policy.alloc_try(k.mm, &k.cpus[0], req);

	return g.verdict == MM_WOULD_SLEEP ? mm24_policy.alloc_wait(k.mm, &k.cpus[0], req, g)
					   : g;
}

static uint64_t left_by(const char *gfp)
{
	while (k_alloc(&k, 0, 0, gfp) != MM_NO_FRAME)
		;
	return k.mm->nr_free;
}

static void atomic_requests_leave_a_quarter_of_min_less_one(void)
{
	static const char *const gfps[] = { "GFP_ATOMIC", "0", "GFP_KSWAPD",
					    "GFP_ATOMIC|__GFP_DMA" };

	for (unsigned i = 0; i < ARRAY_SIZE(gfps); i++) {
		CU_ASSERT_EQUAL(left_by(gfps[i]), MIN / 4 - 1);
		CU_ASSERT(k_ok(&k));
		drop();
		boot();
	}
}

static void a_request_that_may_wait_does_so_below_low(void)
{
	struct mm_grant g;

	CU_ASSERT_EQUAL(left_by("GFP_KERNEL"), LOW - 1);
	g = k_try(&k, 0, 0, 0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(g.verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_fail"), 0);
	CU_ASSERT_EQUAL(k.yields, 0);
}

static void after_a_yield_it_goes_down_to_min(void)
{
	leave(MIN + 2);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN + 1);
	CU_ASSERT_EQUAL(run("GFP_BUFFER", 0).path, MM_PATH_SLOW);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN);
	CU_ASSERT_EQUAL(k.yields, 2);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 0);
}

static void nothing_to_reclaim_and_a_single_page_waits_for_good(void)
{
	struct mm_grant g;

	leave(MIN);
	g = run("GFP_KERNEL", 0);
	CU_ASSERT_EQUAL(g.verdict, MM_FAILED);
	CU_ASSERT_EQUAL(g.frame, MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_fail"), 1);
	CU_ASSERT_EQUAL(k.yields, 6);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 6);
	CU_ASSERT_EQUAL(run("GFP_BUFFER", 0).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 2);
	/* Without __GFP_IO nobody waits for kswapd. */
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 6);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN);
}

/* ... until there is clearly more memory than there was then. */
static void after_one_was_given_up_the_next_like_it_tries_ten_rounds(void)
{
	k.mm->params.hang_rounds[0] = 30;
	leave(0);
	for (uint64_t f = 0; f < MIN - 10; f++)
		k_free(&k, 0, 2 * f, 0);
	run("GFP_KERNEL", 0);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 31);
	run("GFP_KERNEL", 0);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 31 + 11);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 2);
	/* Ten pages are more than a quarter of min; still not enough for a request that may
	 * wait. */
	for (uint64_t f = MIN - 10; f < MIN; f++)
		k_free(&k, 0, 2 * f, 0);
	run("GFP_KERNEL", 0);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 31 + 11 + 31);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 3);
}

static void a_block_tries_once_and_takes_what_atomic_requests_may(void)
{
	leave(MIN);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 1).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN - 2);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), 1);
	leave(MIN / 4 - 1);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 1).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 0);
}

static void a_zone_above_low_may_have_no_block_that_large(void)
{
	/* All pages in use; then every other page of a part comes back. */
	leave(0);
	for (uint64_t f = 0; f < 2 * (LOW + 8); f += 2)
		k_free(&k, 0, f, 0);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 1, "GFP_ATOMIC"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_fail"), 1);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "GFP_ATOMIC"), MM_NO_FRAME);
	CU_ASSERT(k_ok(&k));
}

static void a_task_with_memalloc_takes_the_last_page(void)
{
	struct mm24_task *task = mm24_oom_task(k.mm, 0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(task);
	leave(3);
	task->memalloc = true;
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->nr_free, 0);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 0);
	CU_ASSERT(task->memalloc);
}

/* What the OOM killer does to the task that waits, the third time it yields. */
static void kill_it(struct sim_cpu *cpu)
{
	struct mm24_task *task = mm24_oom_task(k.mm, 0);

	k_yield(cpu);
	if (k.yields < 3)
		return;
	task->memalloc = true;
	task->killed = true;
}

static void a_killed_task_stops_waiting_and_gets_what_there_is(void)
{
	struct mm_grant g;

	leave(2);
	k.port.yield = kill_it;
	g = run("GFP_KERNEL", 0);
	CU_ASSERT_EQUAL(g.verdict, MM_DONE);
	CU_ASSERT_EQUAL(g.path, MM_PATH_OOM);
	CU_ASSERT_EQUAL(k.yields, 3);
	CU_ASSERT_EQUAL(k.mm->nr_free, 1);
}

/* Pages onto inactive_clean, as if they had been laundered. */
static void make_clean_in(struct mm24_zone *zone, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t slot = mm24_buddy_take(k.mm, zone, &k.cpus[0], 0);

		mm24_cache_add(k.mm, &k.cpus[0], slot, 0);
		k.mm->s[slot].type = 0;
		mm24_page(k.mm, slot)->count = 1;
		mm24_lru_move(k.mm, &k.cpus[0], slot, MM24_INACTIVE_CLEAN);
	}
	CU_ASSERT(k_ok(&k));
}

static void make_clean(unsigned n)
{
	make_clean_in(&k.mm->zones[0], n);
}

static void clean_pages_count_towards_the_marks_of_a_request_that_waits(void)
{
	struct mm_grant g;

	make_clean(90);
	leave(MIN + 8);
	/* 130 pages, above high: taken from the free ones while there are min + 8. */
	g = k_try(&k, 0, 0, 0, "GFP_USER");
	CU_ASSERT_EQUAL(g.verdict, MM_DONE);
	CU_ASSERT_EQUAL(g.path, MM_PATH_SLOW);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN + 7);
	/* Below that, a clean page is reclaimed first. */
	g = k_try(&k, 0, 0, 0, "GFP_USER");
	CU_ASSERT_EQUAL(g.path, MM_PATH_RECLAIM);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN + 7);
	CU_ASSERT_EQUAL(k.mm->nr_clean, 89);
	/* Not for blocks, and not for those that cannot wait. */
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_ATOMIC").path, MM_PATH_SLOW);
	CU_ASSERT_EQUAL(k.mm->nr_clean, 89);
	CU_ASSERT(k_ok(&k));
}

static void low_is_enough_with_clean_pages_and_a_block_is_never_reclaimed(void)
{
	make_clean(10);
	leave(LOW - 4);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_USER").verdict, MM_DONE);
	leave(MIN + 7);
	/* 39 + 10 pages: not above low. */
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_USER").verdict, MM_WOULD_SLEEP);
	drop();
	boot();
	make_clean(90);
	leave(MIN + 7);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 1, "GFP_USER").path, MM_PATH_SLOW);
	CU_ASSERT_EQUAL(k.mm->nr_clean, 90);
	CU_ASSERT_EQUAL(k.mm->nr_free, MIN + 5);
}

static void a_zone_above_high_comes_before_one_above_low(void)
{
	struct mm24_zone *normal;

	drop();
	k_init(&k, 1, 1);
	k_zone_add(&k, 0, "DMA", 0, FRAMES);
	k_zone_add(&k, 0, "Normal", FRAMES, FRAMES + 4096);
	CU_ASSERT_FATAL(k_boot(&k, false));
	/* DMA: 40 free, 90 clean, above high. Normal (min 32, too): 60 free, 10 clean. */
	make_clean(90);
	leave(MIN + 8);
	normal = k_zone(&k, 0, "Normal");
	make_clean_in(normal, 10);
	while (normal->free_pages > LOW - 4)
		mm24_buddy_take(k.mm, normal, &k.cpus[0], 0);
	CU_ASSERT(k_alloc(&k, 0, 0, "GFP_USER") < FRAMES);
	CU_ASSERT_EQUAL(normal->free_pages, LOW - 4);
}

static void whether_it_may_reclaim_directly_is_fixed_when_a_request_enters(void)
{
	struct mm_request req = request("GFP_KERNEL", 0);
	struct mm24_task *task = mm24_oom_task(k.mm, 0);
	struct mm_grant g;

	CU_ASSERT_PTR_NOT_NULL_FATAL(task);
	make_clean(10);
	leave(20);
	g = mm24_policy.alloc_try(k.mm, &k.cpus[0], req);
	CU_ASSERT_EQUAL_FATAL(g.verdict, MM_WOULD_SLEEP);
	/* Killed before it could go on. */
	task->memalloc = true;
	g = mm24_policy.alloc_wait(k.mm, &k.cpus[0], req, g);
	CU_ASSERT_EQUAL(g.verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->nr_clean, 9);
	CU_ASSERT_EQUAL(k.mm->nr_free, 20);
	/* Its next request is one of PF_MEMALLOC from the start. */
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->nr_clean, 9);
	CU_ASSERT_EQUAL(k.mm->nr_free, 19);
}

static void a_block_frees_clean_pages_until_it_has_formed(void)
{
	make_clean(24);
	leave(0);
	CU_ASSERT_EQUAL(run("GFP_USER", 3).verdict, MM_DONE);
	/* The last 8 on the list are the first that were put on it: 1016 to 1023. */
	CU_ASSERT_EQUAL(k.mm->nr_clean, 16);
	CU_ASSERT_EQUAL(k.mm->nr_free, 0);
	CU_ASSERT(k_ok(&k));
}

static void orders_above_9_are_refused_before_anything_is_counted(void)
{
	struct mm_grant g = k_try(&k, 0, 0, 10, "GFP_KERNEL");

	CU_ASSERT_EQUAL(g.verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k.mm->memory_pressure, 0);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_fail_order"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_fail"), 1);
}

static void two_nodes(void)
{
	drop();
	k_init(&k, 2, 2);
	k.params.hang_rounds[0] = 5;
	k_zone_add(&k, 0, "DMA", 0, FRAMES);
	k_zone_add(&k, 1, "DMA", FRAMES, 2 * FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void who_cannot_wait_goes_on_to_the_next_node_and_presses_twice(void)
{
	uint64_t pressure;

	two_nodes();
	leave(MIN / 4 - 1);
	pressure = k.mm->memory_pressure;
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_ATOMIC"), 2 * FRAMES - 1);
	CU_ASSERT_EQUAL(k.mm->memory_pressure, pressure + 2);
	/* Asked for its node, it does not. */
	CU_ASSERT_EQUAL(k_try(&k, 1, 0, 0, "GFP_ATOMIC").verdict, MM_FAILED);
}

static void who_waits_for_a_page_never_leaves_its_node(void)
{
	struct mm_grant g;

	two_nodes();
	leave(MIN);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 1);
	leave(0);
	g = run("GFP_KERNEL", 2);
	CU_ASSERT_EQUAL(g.verdict, MM_DONE);
	CU_ASSERT_EQUAL(g.node, 1);
	CU_ASSERT_EQUAL(g.zone, 1);
	CU_ASSERT_EQUAL(g.frame, 2 * FRAMES - 4);
}

static void the_walk_goes_on_where_it_began_though_others_moved_the_pointer(void)
{
	struct mm_request req = request("GFP_KERNEL", 1);
	struct mm_grant g;

	drop();
	k_init(&k, 2, 3);
	for (uint16_t n = 0; n < 3; n++)
		k_zone_add(&k, n, "DMA", n * FRAMES, (n + 1u) * FRAMES);
	k.machine.memory_model = MM_MEMORY_DISCONTIG;
	CU_ASSERT_FATAL(k_boot(&k, false));
	/* pgdat_list is 2, 1, 0; node 1 is full, and its turn. */
	while (mm24_buddy_take(k.mm, &k.mm->zones[1], &k.cpus[0], 0) != MM24_NONE)
		;
	k_alloc(&k, 0, 0, "GFP_ATOMIC");
	g = mm24_policy.alloc_try(k.mm, &k.cpus[0], req);
	CU_ASSERT_EQUAL_FATAL(g.verdict, MM_WOULD_SLEEP);
	k_alloc(&k, 1, 0, "GFP_ATOMIC");
	k_alloc(&k, 1, 0, "GFP_ATOMIC");
	g = mm24_policy.alloc_wait(k.mm, &k.cpus[0], req, g);
	CU_ASSERT_EQUAL(g.verdict, MM_DONE);
	CU_ASSERT_EQUAL(g.node, 0);
}

static void parts_of_a_block_can_be_freed_once_it_is_split(void)
{
	uint64_t frame = k_alloc(&k, 0, 3, "GFP_KERNEL");

	mm24_policy.split(k.mm, frame, 3);
	k_free(&k, 0, frame + 5, 0);
	k_free(&k, 0, frame + 6, 0);
	k_free(&k, 0, frame + 7, 0);
	CU_ASSERT_EQUAL(k.mm->nr_free, FRAMES - 8 + 3);
	CU_ASSERT(k_ok(&k));
	k_free(&k, 0, frame, 2);
	k_free(&k, 0, frame + 4, 0);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "DMA", 9), 2);
	CU_ASSERT(k_ok(&k));
}

static void kreclaimd_hears_of_a_zone_below_min(void)
{
	struct mm24_daemon *d = &k.mm->daemon[MM24_KRECLAIMD];

	k_by_hand(&k, 0, false);
	leave(LOW - 1);
	k_alloc(&k, 0, 0, "GFP_ATOMIC");
	CU_ASSERT_EQUAL(d->wake_calls, 0);
	leave(MIN);
	k_alloc(&k, 0, 0, "GFP_ATOMIC");
	CU_ASSERT_EQUAL(d->wake_calls, 0);
	k_alloc(&k, 0, 0, "GFP_ATOMIC");
	CU_ASSERT_EQUAL(d->wake_calls, 1);
	k_alloc(&k, 0, 0, "GFP_ATOMIC");
	CU_ASSERT_EQUAL(d->wake_calls, 2);
	CU_ASSERT_EQUAL(d->wakes, 1);
}

static void a_warm_page_costs_the_steps_that_it_takes(void)
{
	const struct mm24_costs *c = &k.costs;
	uint64_t a = k_alloc(&k, 0, 0, "GFP_KERNEL"), b, due;

	b = k_alloc(&k, 0, 0, "GFP_KERNEL");
	k_free(&k, 0, b, 0);
	due = k.cpus[0].due;
	/* b lies on the list of order 0 again. */
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), b);
	CU_ASSERT_EQUAL(k.cpus[0].due - due, c->alloc_entry[0] + c->shortage[0] +
						     c->zone_step[0] + c->lock[0] + c->take[0] +
						     c->bitmap_step[0]);
	due = k.cpus[0].due;
	k_free(&k, 0, b, 0);
	CU_ASSERT_EQUAL(k.cpus[0].due - due,
			c->free_entry[0] + c->free_block[0] + c->lock[0] + c->bitmap_step[0]);
	due = k.cpus[0].due;
	k_free(&k, 0, a, 0);
	/* Merges from order 0 to 9. */
	CU_ASSERT_EQUAL(k.cpus[0].due - due,
			c->free_entry[0] + c->free_block[0] + c->lock[0] +
				9 * (c->bitmap_step[0] + c->merge_step[0]));
}

/* As on a node of i386 that has high memory alone. */
static void a_list_without_zones_is_remembered_too(void)
{
	drop();
	k_init(&k, 2, 2);
	k.params.hang_rounds[0] = 30;
	k.machine.memory_model = MM_MEMORY_NUMA;
	k_zone_add(&k, 0, "DMA", 0, FRAMES);
	k_zone_add(&k, 1, "HighMem", FRAMES, 2 * FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_try(&k, 1, 1, 0, "GFP_HIGHUSER").verdict, MM_DONE);
	for (unsigned i = 0; i < 2; i++) {
		struct mm_request req = request("GFP_KERNEL", 0);
		struct mm_grant g;

		req.node = 1;
		g = mm24_policy.alloc_try(k.mm, &k.cpus[1], req);
		CU_ASSERT_EQUAL_FATAL(g.verdict, MM_WOULD_SLEEP);
		g = mm24_policy.alloc_wait(k.mm, &k.cpus[1], req, g);
		CU_ASSERT_EQUAL(g.verdict, MM_FAILED);
		CU_ASSERT_EQUAL(k_counter(&k, "alloc_blocks"), i ? 31 + 11 : 31);
	}
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 2);
	/* Nothing of it concerns the others. */
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_DONE);
}

static void who_waits_beside_free_memory_is_counted(void)
{
	two_nodes();
	leave(MIN);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "waits_beside_free"), 1);
	/* Not where the other node is as full. */
	while (k.mm->zones[1].free_pages >= k.mm->zones[1].pages_low)
		mm24_buddy_take(k.mm, &k.mm->zones[1], &k.cpus[0], 0);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "waits_beside_free"), 1);
}

static void the_pages_of_faults_are_counted_apart_when_given_up(void)
{
	k.mm->params.hang_rounds[0] = 5;
	leave(0);
	CU_ASSERT_EQUAL(run("GFP_KERNEL", 0).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang_faults"), 0);
	CU_ASSERT_EQUAL(mm24_alloc_page(k.mm, &k.cpus[0], &k.mm->nobody, k_gfp("GFP_KERNEL")),
			MM24_NONE);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang"), 2);
	CU_ASSERT_EQUAL(k_counter(&k, "would_hang_faults"), 1);
}

static CU_TestInfo tests[] = {
	{ "who waits beside free memory is counted", who_waits_beside_free_memory_is_counted },
	{ "the pages of faults are counted apart when given up",
	  the_pages_of_faults_are_counted_apart_when_given_up },
	{ "a list without zones is remembered, too", a_list_without_zones_is_remembered_too },
	{ "atomic requests leave a quarter of min, less one",
	  atomic_requests_leave_a_quarter_of_min_less_one },
	{ "a request that may wait does so below low",
	  a_request_that_may_wait_does_so_below_low },
	{ "after a yield it goes down to min", after_a_yield_it_goes_down_to_min },
	{ "nothing to reclaim, and a single page waits for good",
	  nothing_to_reclaim_and_a_single_page_waits_for_good },
	{ "after one was given up, the next like it tries ten rounds",
	  after_one_was_given_up_the_next_like_it_tries_ten_rounds },
	{ "a block tries once and takes what atomic requests may",
	  a_block_tries_once_and_takes_what_atomic_requests_may },
	{ "a zone above low may have no block that large",
	  a_zone_above_low_may_have_no_block_that_large },
	{ "a task with memalloc takes the last page",
	  a_task_with_memalloc_takes_the_last_page },
	{ "a killed task stops waiting and gets what there is",
	  a_killed_task_stops_waiting_and_gets_what_there_is },
	{ "clean pages count towards the marks of a request that waits",
	  clean_pages_count_towards_the_marks_of_a_request_that_waits },
	{ "low is enough with clean pages, and a block is never reclaimed",
	  low_is_enough_with_clean_pages_and_a_block_is_never_reclaimed },
	{ "a zone above high comes before one above low",
	  a_zone_above_high_comes_before_one_above_low },
	{ "whether it may reclaim directly is fixed when a request enters",
	  whether_it_may_reclaim_directly_is_fixed_when_a_request_enters },
	{ "a block frees clean pages until it has formed",
	  a_block_frees_clean_pages_until_it_has_formed },
	{ "orders above 9 are refused before anything is counted",
	  orders_above_9_are_refused_before_anything_is_counted },
	{ "who cannot wait goes on to the next node, and presses twice",
	  who_cannot_wait_goes_on_to_the_next_node_and_presses_twice },
	{ "who waits for a page never leaves its node",
	  who_waits_for_a_page_never_leaves_its_node },
	{ "the walk goes on where it began, though others moved the pointer",
	  the_walk_goes_on_where_it_began_though_others_moved_the_pointer },
	{ "parts of a block can be freed once it is split",
	  parts_of_a_block_can_be_freed_once_it_is_split },
	{ "kreclaimd hears of a zone below min", kreclaimd_hears_of_a_zone_below_min },
	{ "a warm page costs the steps that it takes",
	  a_warm_page_costs_the_steps_that_it_takes },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_alloc", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
