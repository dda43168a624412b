/*
 * Which cache lines 4.12 touches, in which order, against lists made by hand from the kernel's
 * code paths and from struct zone as it lies on x86_64: an order's free area takes 72 bytes
 * (four heads and a count), the lock shares the line of order 10's count, bytes 768 to 831.
 */
#include "tests/model/kernel412.h"
#include "tests/model/touches.h"

#define FRAMES 262144
#define MOVABLE "GFP_HIGHUSER_MOVABLE"
#define LOCK_LINE 12
#define LAST (FRAMES - 1024) /* the block that boot leaves at the head of its list */

static struct kernel412 k;
static struct t_recorder r;
static struct t_list want;

static void boot(void)
{
	k_one_zone(&k, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	want.n = 0;
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void page(uint64_t frame, bool write)
{
	t_add(&want, SIM_LINE_PAGE, frame, write);
}

/* A walk to the zone whose marks are met. */
static void tests_marks(void)
{
	t_add(&want, SIM_LINE_STAT, 0, false);
	t_add(&want, SIM_LINE_MARKS, 0, false);
}

static void pcp(unsigned cpu)
{
	t_add(&want, SIM_LINE_PCP, cpu, true);
}

/* Lines of heads of movable lists, and of counts, of orders from `low` to 10. */
static void areas(unsigned low)
{
	bool line[LOCK_LINE + 1] = { false };

	for (unsigned o = low; o < 11; o++) {
		unsigned head = 72 * o + 16, count = 72 * o + 64;

		line[head / 64] = line[(head + 15) / 64] = line[count / 64] = true;
	}
	for (unsigned i = 0; i < LOCK_LINE; i++)
		if (line[i])
			t_add(&want, SIM_LINE_LIST, i, true);
}

static void a_page_from_a_per_cpu_list_is_unlinked_from_the_next_one(void)
{
	uint64_t b, c;

	k_alloc(&k, 0, 0, MOVABLE);
	t_record(&r, &k.cpus[0]);
	b = k_alloc(&k, 0, 0, MOVABLE);
	t_stop(&k.cpus[0], &k.memory);
	c = k_alloc(&k, 0, 0, MOVABLE);
	tests_marks();
	pcp(0);
	page(b, true);
	page(c, true);
	CU_ASSERT(t_agree(&r, &want));
}

static void a_page_to_a_per_cpu_list_reads_its_pageblock(void)
{
	uint64_t a = k_alloc(&k, 0, 0, MOVABLE), next;

	t_record(&r, &k.cpus[0]);
	k_free(&k, 0, a, 0);
	t_stop(&k.cpus[0], &k.memory);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, MOVABLE), a);
	next = k_alloc(&k, 0, 0, MOVABLE);
	page(a, true);
	t_add(&want, SIM_LINE_BLOCK, LAST >> 16, false);
	pcp(0);
	page(next, true);
	CU_ASSERT(t_agree(&r, &want));
}

static void cold_pages_are_linked_at_the_other_end(void)
{
	uint64_t a = k_alloc(&k, 0, 0, MOVABLE), last;

	t_record(&r, &k.cpus[0]);
	mm412_policy.free(k.mm, &k.cpus[0], a, 0, true);
	t_stop(&k.cpus[0], &k.memory);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, MOVABLE "|__GFP_COLD"), a);
	last = k_alloc(&k, 0, 0, MOVABLE "|__GFP_COLD");
	page(a, true);
	t_add(&want, SIM_LINE_BLOCK, LAST >> 16, false);
	pcp(0);
	page(last, true);
	CU_ASSERT(t_agree(&r, &want));
}

/* The i-th page of a block that is split as it is needed: itself, then the upper halves of what
 * it was the first page of. */
static void taken_from_a_block(uint64_t start, unsigned i, unsigned order)
{
	page(start + i, true);
	while (order-- > 0)
		page(start + i + (1u << order), true);
}

static void a_refill_prices_each_line_of_list_heads_once(void)
{
	uint64_t first, second;

	t_record(&r, &k.cpus[0]);
	first = k_alloc(&k, 0, 0, MOVABLE);
	t_stop(&k.cpus[0], &k.memory);
	second = k_alloc(&k, 0, 0, MOVABLE);
	CU_ASSERT_EQUAL(second, first + 1);
	tests_marks();
	pcp(0);
	t_add(&want, SIM_LINE_ZONE, 0, true);
	page(first, true);
	/* The block behind it on its list. */
	page(first - 1024, true);
	for (unsigned o = 10; o-- > 0;)
		page(first + (1u << o), true);
	for (unsigned i = 1; i < 31; i++)
		taken_from_a_block(first, i, (unsigned)__builtin_ctz(i));
	/* 31 pages are more than this CPU's part of the counter holds: the zone's, the
	 * machine's. */
	t_add(&want, SIM_LINE_STAT, 0, true);
	t_add(&want, SIM_LINE_STAT, 1, true);
	areas(0);
	page(first, true);
	page(second, true);
	CU_ASSERT(t_agree(&r, &want));
	CU_ASSERT_EQUAL(r.cells_set, 0);
}

/* Every second frame: their buddies are in use, and so are those of their parents. */
static void a_drain_looks_at_buddies_and_at_those_of_parents(void)
{
	uint64_t frames[400];
	unsigned n = 0;

	for (unsigned i = 0; i < 372; i++)
		frames[i] = k_alloc(&k, 1, 0, MOVABLE);
	for (; n < 185; n++)
		k_free(&k, 0, frames[2 * n], 0);
	t_record(&r, &k.cpus[0]);
	k_free(&k, 0, frames[2 * n], 0);
	t_stop(&k.cpus[0], &k.memory);
	t_only(&r, SIM_LINE_PAGE);
	page(frames[2 * n], true);
	page(frames[2 * (n - 1)], true);
	for (unsigned i = 0; i < 31; i++) {
		uint64_t f = frames[2 * i];

		page(f, true);
		page(f ^ 1, false);
		page((f & ~UINT64_C(1)) ^ 2, false);
		if (i)
			page(frames[2 * (i - 1)], true);
	}
	/* The list's new tail. */
	page(frames[2 * 31], true);
	CU_ASSERT(t_agree(&r, &want));
}

static void a_block_of_order_3_is_searched_split_and_checked(void)
{
	static const uint8_t counts[] = { 4, 5, 6, 7, 8, 10, 11 }; /* of orders 3 to 9 */
	uint64_t f;

	t_record(&r, &k.cpus[0]);
	f = k_alloc(&k, 0, 3, MOVABLE);
	t_stop(&k.cpus[0], &k.memory);
	tests_marks();
	for (unsigned i = 0; i < ARRAY_SIZE(counts); i++)
		t_add(&want, SIM_LINE_LIST, counts[i], false);
	/* Order 10 has one: its count is beside the lock, its heads are in line 11. */
	t_add(&want, SIM_LINE_ZONE, 0, false);
	t_add(&want, SIM_LINE_ZONE, 0, true);
	page(f, true);
	page(f - 1024, true);
	for (unsigned o = 10; o-- > 3;)
		page(f + (1u << o), true);
	areas(3);
	pcp(0);
	for (unsigned i = 1; i < 8; i++)
		page(f + i, false);
	CU_ASSERT(t_agree(&r, &want));
}

static void parts_of_a_compound_page_are_written(void)
{
	uint64_t f;

	t_record(&r, &k.cpus[0]);
	f = k_alloc(&k, 0, 3, MOVABLE "|__GFP_COMP");
	t_stop(&k.cpus[0], &k.memory);
	for (unsigned i = 1; i < 8; i++) {
		CU_ASSERT_EQUAL(r.touch[r.n - 8 + i].key, f + i);
		CU_ASSERT(r.touch[r.n - 8 + i].write);
	}
}

static void a_block_that_comes_back_merges_with_all_that_it_was_split_from(void)
{
	uint64_t f = k_alloc(&k, 0, 3, MOVABLE);

	t_record(&r, &k.cpus[0]);
	k_free(&k, 0, f, 3);
	t_stop(&k.cpus[0], &k.memory);
	page(f, true);
	t_add(&want, SIM_LINE_BLOCK, LAST >> 16, false);
	for (unsigned i = 1; i < 8; i++)
		page(f + i, true);
	t_add(&want, SIM_LINE_ZONE, 0, true);
	pcp(0);
	for (unsigned o = 3; o < 10; o++)
		page(f + (1u << o), true);
	/* At the head of its list, in front of the next block. */
	page(f - 1024, true);
	areas(3);
	CU_ASSERT(t_agree(&r, &want));
}

static void stealing_a_block_writes_its_pageblocks_bits(void)
{
	t_record(&r, &k.cpus[0]);
	k_alloc(&k, 0, 0, "GFP_KERNEL");
	t_stop(&k.cpus[0], &k.memory);
	r.n = 9;
	tests_marks();
	pcp(0);
	t_add(&want, SIM_LINE_ZONE, 0, true);
	page(K_NORMAL + LAST, true);
	t_add(&want, SIM_LINE_BLOCK, LAST >> 16, false);
	t_add(&want, SIM_LINE_BLOCK, LAST >> 16, true);
	page(K_NORMAL + LAST - 1024, true);
	/* Then it is on its own list, and taken from there. */
	page(K_NORMAL + LAST, true);
	CU_ASSERT(t_agree(&r, &want));
}

static void a_tick_folds_what_there_is_and_nothing_else(void)
{
	for (unsigned i = 0; i < 32; i++)
		k_alloc(&k, 0, 0, MOVABLE);
	t_record(&r, &k.cpus[0]);
	mm412_policy.tick(k.mm, &k.cpus[0]);
	mm412_policy.tick(k.mm, &k.cpus[0]);
	t_stop(&k.cpus[0], &k.memory);
	pcp(0);
	/* NUMA_HIT, then NUMA_LOCAL: of the zone, of the machine. Refills were folded. */
	t_add(&want, SIM_LINE_STAT, 2, true);
	t_add(&want, SIM_LINE_STAT, 3, true);
	t_add(&want, SIM_LINE_STAT, 4, true);
	t_add(&want, SIM_LINE_STAT, 5, true);
	pcp(0);
	CU_ASSERT(t_agree(&r, &want));
}

static void zeroed_requests_clear_their_pages_outside_of_locks(void)
{
	uint64_t f, due;

	t_record(&r, &k.cpus[0]);
	k_alloc(&k, 0, 2, MOVABLE);
	CU_ASSERT_EQUAL(r.npages, 0);
	due = k.cpus[0].part[SIM_PART_PAGES];
	f = k_alloc(&k, 0, 2, "GFP_KERNEL|__GFP_ZERO");
	t_stop(&k.cpus[0], &k.memory);
	CU_ASSERT_EQUAL_FATAL(r.npages, 1);
	CU_ASSERT_EQUAL(r.pages[0].from, SIM_NO_FRAME);
	CU_ASSERT_EQUAL(r.pages[0].to, f);
	CU_ASSERT_EQUAL(r.pages[0].frames, 4);
	CU_ASSERT_EQUAL(r.pages[0].locked, 0);
	CU_ASSERT_EQUAL(k.cpus[0].part[SIM_PART_PAGES] - due, 400);
}

/* What is added up under a lock is what a model is asked for one by one. */
static void a_flat_price_counts_the_same_lines(void)
{
	struct kernel412 *flat = calloc(1, sizeof(*flat));
	uint64_t frames[400];

	CU_ASSERT_PTR_NOT_NULL_FATAL(flat);
	k_one_zone(flat, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(flat, false));
	for (unsigned line = 0; line < SIM_LINES; line++)
		flat->memory.flat_cycles[line] = 1;
	t_record(&r, &k.cpus[0]);
	for (unsigned i = 0; i < 400; i++) {
		frames[i] = k_alloc(&k, 0, i % 4, i % 3 ? MOVABLE : "GFP_KERNEL");
		CU_ASSERT_EQUAL(k_alloc(flat, 0, i % 4, i % 3 ? MOVABLE : "GFP_KERNEL"),
				frames[i]);
	}
	for (unsigned i = 0; i < 400; i++) {
		k_free(&k, 0, frames[i], i % 4);
		k_free(flat, 0, frames[i], i % 4);
	}
	t_stop(&k.cpus[0], &k.memory);
	CU_ASSERT_EQUAL(k.cpus[0].part[SIM_PART_MEMORY], flat->cpus[0].part[SIM_PART_MEMORY]);
	k_drop(flat);
	free(flat);
}

static void keys_are_dense_on_a_machine_of_512_gib(void)
{
	static struct mm_zone_span zones[8];
	const uint64_t frames = UINT64_C(1) << 24;

	k_drop(&k);
	k_init(&k, 64, 8);
	for (unsigned n = 0; n < 8; n++)
		zones[n] = (struct mm_zone_span){ (uint16_t)n, "Normal", K_NORMAL + n * frames,
						  K_NORMAL + (n + 1) * frames };
	k.machine.zones = zones;
	k.machine.nzones = 8;
	CU_ASSERT_FATAL(k_boot(&k, false));
	t_record(&r, &k.cpus[0]);
	for (unsigned c = 0; c < 64; c++) {
		k.cpus[c].memory = &r.memory;
		for (unsigned n = 0; n < 8; n++)
			for (unsigned o = 0; o < 11; o++)
				k_free(&k, c, k_try(&k, c, n, o, MOVABLE).frame, o);
		mm412_policy.tick(k.mm, &k.cpus[c]);
		t_stop(&k.cpus[c], &k.memory);
	}
	CU_ASSERT_EQUAL(r.most[SIM_LINE_ZONE], 7);
	CU_ASSERT_EQUAL(r.most[SIM_LINE_MARKS], 7);
	CU_ASSERT_EQUAL(r.most[SIM_LINE_PCP], 8 * 64 - 1);
	CU_ASSERT(r.most[SIM_LINE_STAT] < 3 * 9);
	CU_ASSERT(r.most[SIM_LINE_LIST] < 8 * 18);
	CU_ASSERT(r.most[SIM_LINE_BLOCK] < 8 * 256 && r.most[SIM_LINE_BLOCK] >= 7 * 256);
}

static CU_TestInfo tests[] = {
	{ "a page from a per-cpu list is unlinked from the next one",
	  a_page_from_a_per_cpu_list_is_unlinked_from_the_next_one },
	{ "a page to a per-cpu list reads its pageblock",
	  a_page_to_a_per_cpu_list_reads_its_pageblock },
	{ "cold pages are linked at the other end", cold_pages_are_linked_at_the_other_end },
	{ "a refill prices each line of list heads once",
	  a_refill_prices_each_line_of_list_heads_once },
	{ "a drain looks at buddies and at those of parents",
	  a_drain_looks_at_buddies_and_at_those_of_parents },
	{ "a block of order 3 is searched, split and checked",
	  a_block_of_order_3_is_searched_split_and_checked },
	{ "parts of a compound page are written", parts_of_a_compound_page_are_written },
	{ "a block that comes back merges with all that it was split from",
	  a_block_that_comes_back_merges_with_all_that_it_was_split_from },
	{ "stealing a block writes its pageblocks' bits",
	  stealing_a_block_writes_its_pageblocks_bits },
	{ "a tick folds what there is and nothing else",
	  a_tick_folds_what_there_is_and_nothing_else },
	{ "zeroed requests clear their pages outside of locks",
	  zeroed_requests_clear_their_pages_outside_of_locks },
	{ "a flat price counts the same lines", a_flat_price_counts_the_same_lines },
	{ "keys are dense on a machine of 512 GiB", keys_are_dense_on_a_machine_of_512_gib },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_touch", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
