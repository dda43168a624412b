/* What reports see. */
#include "tests/model/kernel24.h"

static struct kernel24 k;

static void boot(void)
{
	k_init(&k, 2, 1);
	k_zone_add(&k, 0, "DMA", 0, 4096);
	k_zone_add(&k, 0, "Normal", 4096, 20000);
	k_zone_add(&k, 0, "HighMem", 20000, 30000);
	k.machine.holes = (const struct mm_span[]){ { 100, 200 } };
	k.machine.nholes = 1;
	k.machine.bootmem = (const uint64_t[]){ 5000 };
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static void zones_are_shown_with_marks_memory_and_free_blocks(void)
{
	struct mm_snapshot *s;

	k_alloc(&k, 0, 3, "GFP_DMA");
	s = mm24_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->nzones, 3);
	CU_ASSERT_EQUAL(s->ntypes, 1);
	CU_ASSERT_STRING_EQUAL(s->type_names[0], "All");
	CU_ASSERT_EQUAL(s->norders, 10);
	CU_ASSERT_STRING_EQUAL(s->zones[0].name, "DMA");
	CU_ASSERT_EQUAL(s->zones[0].present, 3996);
	CU_ASSERT_EQUAL(s->zones[0].managed, 3996);
	CU_ASSERT_EQUAL(s->zones[0].min, 124);
	CU_ASSERT_EQUAL(s->zones[0].high, 372);
	CU_ASSERT_EQUAL(s->zones[0].nr_free_pages, 3988);
	/* Frames 100 to 199 are missing from the first of 8 blocks: 200 to 207 served it. */
	CU_ASSERT_EQUAL(s->zones[0].free[0][9], 7);
	CU_ASSERT_EQUAL(s->zones[0].free[0][3], 0);
	CU_ASSERT_EQUAL(s->zones[0].free[0][5], 2);
	CU_ASSERT_EQUAL(s->zones[0].lock_taken, 1);
	CU_ASSERT_EQUAL(s->zones[1].start, 4096);
	CU_ASSERT_EQUAL(s->zones[2].end, 30000);
	mm_snapshot_free(s);
}

static void pages_on_lists_are_shown_by_zone(void)
{
	struct mm_snapshot *s;
	uint32_t dma[3], high = mm24_slot(k.mm, k_alloc(&k, 0, 0, "GFP_HIGHUSER"));

	for (unsigned i = 0; i < 3; i++) {
		dma[i] = mm24_slot(k.mm, k_alloc(&k, 0, 0, "GFP_DMA"));
		mm24_cache_add(k.mm, &k.cpus[0], dma[i], 0);
	}
	mm24_cache_add(k.mm, &k.cpus[0], high, 0);
	mm24_lru_move(k.mm, &k.cpus[0], dma[1], MM24_INACTIVE_DIRTY);
	mm24_lru_move(k.mm, &k.cpus[0], high, MM24_INACTIVE_CLEAN);
	CU_ASSERT(k_ok(&k));
	s = mm24_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->zones[0].active, 2);
	CU_ASSERT_EQUAL(s->zones[0].inactive_dirty, 1);
	CU_ASSERT_EQUAL(s->zones[0].inactive_clean, 0);
	CU_ASSERT_EQUAL(s->zones[2].active, 0);
	CU_ASSERT_EQUAL(s->zones[2].inactive_clean, 1);
	mm_snapshot_free(s);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_active_pages"), 2);
}

static void task_memory_on_no_list_is_counted(void)
{
	const struct mm_content anon = { .task = 1, .kind = MM_KIND_ANON };
	uint32_t held[3];

	for (unsigned i = 0; i < 3; i++)
		held[i] = mm24_policy.hold(k.mm, &k.cpus[0], k_alloc(&k, 0, 0, "GFP_HIGHUSER"),
					   anon);
	k_alloc(&k, 0, 0, "GFP_HIGHUSER"); /* nobody's */
	CU_ASSERT_EQUAL(k_counter(&k, "nr_anon_unlisted_pages"), 3);
	mm24_policy.drop(k.mm, &k.cpus[0], held[1]);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_anon_unlisted_pages"), 2);
	mm24_lru_move(k.mm, &k.cpus[0],
		      mm24_slot(k.mm, mm24_policy.content_frame(k.mm, held[0])), MM24_ACTIVE);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_anon_unlisted_pages"), 1);
}

static void counters_begin_at_boot_and_go_by_frames(void)
{
	uint64_t a = k_alloc(&k, 0, 3, "GFP_DMA"), b = k_alloc(&k, 0, 0, "GFP_HIGHUSER");

	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_dma"), 8);
	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_normal"), 0);
	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_highmem"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "pgfree"), 0);
	CU_ASSERT_EQUAL(k_counter(&k, "memory_pressure"), 2);
	k_free(&k, 0, a, 3);
	k_free(&k, 0, b, 0);
	CU_ASSERT_EQUAL(k_counter(&k, "pgfree"), 9);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_free_pages"), 30000 - 100);
	/* Down to the number of CPUs. */
	CU_ASSERT_EQUAL(k_counter(&k, "memory_pressure"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "no such counter"), UINT64_MAX);
}

static void every_counter_has_a_name_of_its_own(void)
{
	struct mm_snapshot *s = mm24_policy.snapshot(k.mm);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned i = 0; i < s->ncounters; i++)
		for (unsigned j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(s->counters[i].name, s->counters[j].name);
	mm_snapshot_free(s);
}

struct sum {
	uint64_t blocks[MM_MAX_ORDERS], frames;
};

static void add(void *ctx, uint64_t frame, unsigned order)
{
	struct sum *sum = ctx;

	CU_ASSERT(frame + (1u << order) <= 30000);
	sum->blocks[order]++;
	sum->frames += (uint64_t)1 << order;
}

static void samples_and_the_visit_of_free_blocks_agree_with_it(void)
{
	struct sum sum = { 0 };
	uint64_t sampled[MM_MAX_ORDERS] = { 0 };

	for (unsigned i = 0; i < 100; i++)
		k_alloc(&k, 0, i % 5, "GFP_HIGHUSER");
	mm24_policy.each_free(k.mm, true, add, &sum);
	CU_ASSERT_EQUAL(sum.frames, k_counter(&k, "nr_free_pages"));
	for (unsigned z = 0; z < 3; z++) {
		struct mm_sample sample = { .pcp_pages = 1 };

		mm24_policy.sample(k.mm, z, &sample);
		CU_ASSERT_EQUAL(sample.pcp_pages, 0);
		for (unsigned o = 0; o < MM_MAX_ORDERS; o++)
			sampled[o] += sample.blocks[o];
	}
	for (unsigned o = 0; o < MM_MAX_ORDERS; o++)
		CU_ASSERT_EQUAL(sampled[o], sum.blocks[o]);
}

/* A space that is gone leaves the figures of its page_table_lock. */
static void global_locks_are_named_and_those_of_spaces_added_up(void)
{
	struct mm24_space *gone = mm24_space_new(k.mm, 1, 4);
	struct mm24_space *stays = mm24_space_new(k.mm, 2, 4);
	struct mm_snapshot *s;

	CU_ASSERT_FATAL(gone && stays);
	gone->lock.taken = 3;
	gone->lock.waits[SIM_CAUSE_RECLAIM] = 2;
	gone->lock.wait_cycles[SIM_CAUSE_RECLAIM] = 500;
	stays->lock.taken = 4;
	stays->lock.waits[SIM_CAUSE_RECLAIM] = 1;
	stays->lock.wait_cycles[SIM_CAUSE_RECLAIM] = 70;
	mm24_space_put(k.mm, gone);
	k.mm->lru_lock.taken = 11;
	k.mm->cache_lock.waits[SIM_CAUSE_LRU] = 6;
	s = mm24_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL_FATAL(s->nlocks, 3);
	CU_ASSERT_STRING_EQUAL(s->locks[0].name, "pagemap_lru_lock");
	CU_ASSERT_EQUAL(s->locks[0].taken, 11);
	CU_ASSERT_STRING_EQUAL(s->locks[1].name, "pagecache_lock");
	CU_ASSERT_EQUAL(s->locks[1].waits[SIM_CAUSE_LRU], 6);
	CU_ASSERT_STRING_EQUAL(s->locks[2].name, "page_table_lock");
	CU_ASSERT_EQUAL(s->locks[2].nid, -1);
	CU_ASSERT_EQUAL(s->locks[2].taken, 7);
	CU_ASSERT_EQUAL(s->locks[2].waits[SIM_CAUSE_RECLAIM], 3);
	CU_ASSERT_EQUAL(s->locks[2].wait_cycles[SIM_CAUSE_RECLAIM], 570);
	mm_snapshot_free(s);
}

static CU_TestInfo tests[] = {
	{ "zones are shown with marks, memory and free blocks",
	  zones_are_shown_with_marks_memory_and_free_blocks },
	{ "pages on lists are shown by zone", pages_on_lists_are_shown_by_zone },
	{ "task memory on no list is counted", task_memory_on_no_list_is_counted },
	{ "counters begin at boot and go by frames", counters_begin_at_boot_and_go_by_frames },
	{ "every counter has a name of its own", every_counter_has_a_name_of_its_own },
	{ "samples and the visit of free blocks agree with it",
	  samples_and_the_visit_of_free_blocks_agree_with_it },
	{ "global locks are named, and those of spaces added up",
	  global_locks_are_named_and_those_of_spaces_added_up },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_snapshot", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
