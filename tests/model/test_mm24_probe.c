/* The doors for golden files: what they let through, and the digests. */
#include "tests/model/kernel24.h"

static struct kernel24 k;

/* 64 pages, of which 8 and 9 are reserved; swap of 7 slots. */
static void boot_io(bool io_sync)
{
	static const struct mm_span reserved = { 8, 10 };

	k_one_zone(&k, 2, 64);
	k.machine.reserved = &reserved;
	k.machine.nreserved = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, 8, io_sync);
}

static void boot(void)
{
	boot_io(true);
}

static uint64_t request(unsigned order)
{
	return mm24_probe_alloc(k.mm, &k.cpus[0], 0, -1, MM24_GFP_ATOMIC, order, true);
}

static void only_a_page_that_somebody_has_is_in_use(void)
{
	uint64_t frame;

	boot();
	frame = request(0);
	CU_ASSERT(mm24_probe_in_use(k.mm, frame));
	CU_ASSERT(mm24_probe_private(k.mm, frame));
	CU_ASSERT(!mm24_probe_cached(k.mm, frame));
	CU_ASSERT(!mm24_probe_in_use(k.mm, frame - 1));
	CU_ASSERT(!mm24_probe_in_use(k.mm, 8));
	CU_ASSERT(mm24_probe_frame(k.mm, 8));
	CU_ASSERT(!mm24_probe_frame(k.mm, 64));
	CU_ASSERT(!mm24_probe_in_use(k.mm, UINT64_MAX));
	mm24_probe_put(k.mm, &k.cpus[0], frame, 0);
	CU_ASSERT(!mm24_probe_in_use(k.mm, frame));
	k_drop(&k);
}

static void a_reference_that_a_cache_has_cannot_be_dropped(void)
{
	uint64_t frame;

	boot();
	frame = request(0);
	mm24_probe_cache(k.mm, &k.cpus[0], frame, 0);
	CU_ASSERT(mm24_probe_cached(k.mm, frame));
	CU_ASSERT(!mm24_probe_private(k.mm, frame));
	CU_ASSERT(!mm24_probe_may_put(k.mm, frame, 0));
	mm24_probe_hold(k.mm, frame);
	CU_ASSERT(mm24_probe_may_put(k.mm, frame, 0));
	mm24_probe_buffer(k.mm, frame, MM24_PROBE_BUFFER_CLEAN);
	mm24_probe_put(k.mm, &k.cpus[0], frame, 0);
	CU_ASSERT(!mm24_probe_may_put(k.mm, frame, 0));
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void only_a_whole_block_can_be_freed(void)
{
	uint64_t block, page;

	boot();
	block = request(2);
	page = request(0);
	CU_ASSERT(mm24_probe_may_put(k.mm, block, 2));
	CU_ASSERT(!mm24_probe_may_put(k.mm, block, 3));
	CU_ASSERT(!mm24_probe_may_put(k.mm, block, MM24_ORDERS));
	CU_ASSERT(mm24_probe_may_put(k.mm, page, 0));
	CU_ASSERT(!mm24_probe_may_put(k.mm, page, 1));
	CU_ASSERT(!mm24_probe_may_put(k.mm, 64, 0));
	/* These drop a count, and nothing else happens. */
	CU_ASSERT(mm24_probe_may_put(k.mm, 8, 0));
	CU_ASSERT(mm24_probe_may_put(k.mm, 0, 0));
	mm24_probe_put(k.mm, &k.cpus[0], 8, 0);
	mm24_probe_put(k.mm, &k.cpus[0], 0, 0);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void a_page_table_has_a_reference_of_its_page(void)
{
	uint64_t frame;

	boot();
	frame = request(0);
	CU_ASSERT(mm24_probe_space_new(k.mm, 5, 10));
	CU_ASSERT(!mm24_probe_space_new(k.mm, 5, 10));
	CU_ASSERT(mm24_probe_space_may_map(k.mm, 5, 9, frame));
	CU_ASSERT(!mm24_probe_space_may_map(k.mm, 5, 10, frame));
	CU_ASSERT(!mm24_probe_space_may_map(k.mm, 4, 9, frame));
	CU_ASSERT(!mm24_probe_space_may_map(k.mm, 5, 9, 0));
	mm24_probe_space_map(k.mm, 5, 9, frame, false, true);
	CU_ASSERT(!mm24_probe_may_put(k.mm, frame, 0));
	CU_ASSERT(!mm24_probe_private(k.mm, frame));
	CU_ASSERT(!mm24_probe_space_may_map(k.mm, 5, 8, frame));
	mm24_probe_space_unmap(k.mm, &k.cpus[0], 5, 9);
	CU_ASSERT(!mm24_probe_in_use(k.mm, frame));
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void a_woken_daemon_is_runnable_until_it_has_run(void)
{
	boot();
	CU_ASSERT(!mm24_probe_runnable(k.mm, MM24_PROBE_KSWAPD));
	mm24_daemon_wake(k.mm, &k.cpus[0], MM24_KSWAPD);
	CU_ASSERT(mm24_probe_runnable(k.mm, MM24_PROBE_KSWAPD));
	CU_ASSERT(!mm24_probe_runnable(k.mm, MM24_PROBE_KRECLAIMD));
	mm24_daemon_wake(k.mm, &k.cpus[0], MM24_KSWAPD);
	CU_ASSERT_EQUAL(mm24_probe_state_counts(k.mm).wake_calls[0], 2);
	CU_ASSERT_EQUAL(mm24_probe_state_counts(k.mm).wakes[0], 1);
	CU_ASSERT(mm24_probe_pass(k.mm, &k.cpus[0], MM24_PROBE_KSWAPD));
	CU_ASSERT(!mm24_probe_runnable(k.mm, MM24_PROBE_KSWAPD));
	k_drop(&k);
}

static uint64_t fnv(uint64_t digest, uint64_t value)
{
	for (unsigned i = 0; i < 64; i += 8)
		digest = (digest ^ (value >> i & 0xff)) * 1099511628211u;
	return digest;
}

/* The 64 frames are one block of order 6. */
static void the_free_lists_digest_is_over_frames_and_ends(void)
{
	uint64_t digest = 14695981039346656037u;

	k_one_zone(&k, 1, 64);
	k_boot(&k, false);
	for (unsigned order = 0; order < 10; order++) {
		if (order == 6)
			digest = fnv(digest, 0);
		digest = fnv(digest, UINT64_MAX);
	}
	CU_ASSERT_EQUAL(mm24_probe_state_digest_free(k.mm), digest);
	k_drop(&k);
}

static void the_lru_digest_is_over_pages_and_their_states(void)
{
	uint64_t digest = 14695981039346656037u, frame;

	boot();
	frame = request(0);
	mm24_probe_cache(k.mm, &k.cpus[0], frame, 0);
	mm24_probe_set(k.mm, frame, MM24_PROBE_DIRTY, true);
	mm24_probe_set(k.mm, frame, MM24_PROBE_LOCKED, true);
	mm24_probe_buffer(k.mm, frame, MM24_PROBE_BUFFER_CLEAN);
	digest = fnv(digest, frame);
	digest = fnv(digest, 2); /* the age of a page that was just allocated */
	digest = fnv(digest, 2 | 4 | 8 | 2 << 8);
	for (unsigned list = 0; list < 3; list++)
		digest = fnv(digest, UINT64_MAX);
	CU_ASSERT_EQUAL(mm24_probe_state_digest_lru(k.mm), digest);
	k_drop(&k);
}

static void a_locked_page_leaves_its_cache_unlocked(void)
{
	uint64_t frame;

	boot();
	frame = request(0);
	mm24_probe_cache(k.mm, &k.cpus[0], frame, 0);
	mm24_probe_set(k.mm, frame, MM24_PROBE_LOCKED, true);
	mm24_probe_hold(k.mm, frame);
	mm24_probe_uncache(k.mm, &k.cpus[0], frame);
	CU_ASSERT(!mm24_probe_state_page(k.mm, frame).locked);
	CU_ASSERT(mm24_probe_may_put(k.mm, frame, 0));
	mm24_probe_put(k.mm, &k.cpus[0], frame, 0);
	CU_ASSERT(!mm24_probe_in_use(k.mm, frame));
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void a_page_that_leaves_its_cache_waits_for_its_buffer(void)
{
	uint64_t frame;

	boot_io(false);
	frame = request(0);
	mm24_probe_cache(k.mm, &k.cpus[0], frame, 0);
	mm24_probe_buffer(k.mm, frame, MM24_PROBE_BUFFER_DIRTY);
	CU_ASSERT(!mm24_buffer_try_free(k.mm, &k.cpus[0], mm24_slot(k.mm, frame), 1));
	CU_ASSERT_EQUAL(mm24_probe_state_counts(k.mm).inflight, 1);
	mm24_cache_remove(k.mm, &k.cpus[0], mm24_slot(k.mm, frame));
	CU_ASSERT_EQUAL(mm24_probe_state_counts(k.mm).inflight, 0);
	CU_ASSERT(!mm24_probe_in_use(k.mm, frame));
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void reserved_pages_have_no_age_and_free_ones_that_of_new_pages(void)
{
	boot();
	mm24_probe_put(k.mm, &k.cpus[0], 63, 0);
	CU_ASSERT_EQUAL(mm24_probe_state_page(k.mm, 63).count, -1);
	CU_ASSERT_EQUAL(mm24_probe_state_page(k.mm, 63).age, 2);
	CU_ASSERT_EQUAL(mm24_probe_state_page(k.mm, 8).age, 0);
	while (request(0) != MM_NO_FRAME)
		;
	CU_ASSERT_EQUAL(mm24_probe_state_page(k.mm, 7).age, 2);
	CU_ASSERT_EQUAL(mm24_probe_state_page(k.mm, 8).age, 0);
	k_drop(&k);
}

/* With less than a quarter of pages_min left, only PF_MEMALLOC gets a page. */
static void a_victim_may_use_all_memory_in_its_next_request(void)
{
	uint64_t frame = 0, last = 0;

	boot();
	for (; frame != MM_NO_FRAME; frame = request(0))
		last = frame;
	mm24_probe_put(k.mm, &k.cpus[0], last, 0);
	frame = mm24_probe_alloc(k.mm, &k.cpus[0], 0, -1, MM24_GFP_ATOMIC, 0, false);
	CU_ASSERT_EQUAL(frame, MM_NO_FRAME);
	CU_ASSERT_EQUAL_FATAL(mm24_oom_kill(k.mm, &k.cpus[0])->number, 0);
	frame = mm24_probe_alloc(k.mm, &k.cpus[0], 0, -1, MM24_GFP_ATOMIC, 0, false);
	CU_ASSERT_EQUAL(frame, last);
	mm24_probe_put(k.mm, &k.cpus[0], last, 0);
	frame = mm24_probe_alloc(k.mm, &k.cpus[0], 0, -1, MM24_GFP_ATOMIC, 0, false);
	CU_ASSERT_EQUAL(frame, MM_NO_FRAME);
	k_drop(&k);
}

static CU_TestInfo tests[] = {
	{ "only a page that somebody has is in use", only_a_page_that_somebody_has_is_in_use },
	{ "a reference that a cache has cannot be dropped",
	  a_reference_that_a_cache_has_cannot_be_dropped },
	{ "only a whole block can be freed", only_a_whole_block_can_be_freed },
	{ "a page table has a reference of its page",
	  a_page_table_has_a_reference_of_its_page },
	{ "a woken daemon is runnable until it has run",
	  a_woken_daemon_is_runnable_until_it_has_run },
	{ "the free lists' digest is over frames and ends",
	  the_free_lists_digest_is_over_frames_and_ends },
	{ "the LRU digest is over pages and their states",
	  the_lru_digest_is_over_pages_and_their_states },
	{ "a locked page leaves its cache unlocked", a_locked_page_leaves_its_cache_unlocked },
	{ "a page that leaves its cache waits for its buffer",
	  a_page_that_leaves_its_cache_waits_for_its_buffer },
	{ "reserved pages have no age, and free ones that of new pages",
	  reserved_pages_have_no_age_and_free_ones_that_of_new_pages },
	{ "a victim may use all memory in its next request",
	  a_victim_may_use_all_memory_in_its_next_request },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "doors of 2.4.0", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
