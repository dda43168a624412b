/*
 * The free lists against a slow model that only knows which frames are free: since buddies
 * always merge, the free blocks are the largest aligned ones that fit, and their number
 * follows from the set of free frames alone.
 */
#include "tests/model/kernel412.h"

#define FRAMES 6144
#define STEPS 4000

static struct kernel412 k;
static uint8_t is_free[FRAMES];

static struct {
	uint64_t frame;
	unsigned order;
} live[FRAMES];

static unsigned nlive;

static void small_zone(void)
{
	/* Below 8192 frames per-cpu lists hold nothing back: all is on the free lists. */
	k_one_zone(&k, 2, FRAMES);
	memset(is_free, 1, sizeof(is_free));
	nlive = 0;
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static bool all_free(unsigned at, unsigned order)
{
	for (unsigned i = 0; i < 1u << order; i++)
		if (at + i >= FRAMES || !is_free[at + i])
			return false;
	return true;
}

/* K_NORMAL is a multiple of the largest block, so alignment is that of the index. */
static void expected_blocks(uint64_t count[11])
{
	unsigned at = 0;

	memset(count, 0, 11 * sizeof(*count));
	while (at < FRAMES) {
		unsigned order = 10;

		while (order && (at % (1u << order) || !all_free(at, order)))
			order--;
		count[order] += is_free[at];
		at += is_free[at] ? 1u << order : 1;
	}
}

static bool counts_agree(void)
{
	uint64_t want[11];

	expected_blocks(want);
	for (unsigned o = 0; o <= 10; o++)
		if (k_blocks(&k, 0, "Normal", o) != want[o])
			return false;
	return true;
}

static bool fits(unsigned order)
{
	for (unsigned at = 0; at < FRAMES; at += 1u << order)
		if (all_free(at, order))
			return true;
	return false;
}

static void mark(uint64_t frame, unsigned order, uint8_t value)
{
	for (unsigned i = 0; i < 1u << order; i++) {
		CU_ASSERT_EQUAL_FATAL(is_free[frame - K_NORMAL + i], !value);
		is_free[frame - K_NORMAL + i] = value;
	}
}

static void take_random(uint32_t *random)
{
	/* Without watermarks a request fails only when no block is large enough. */
	static const char *const gfps[] = {
		"__GFP_MEMALLOC",
		"__GFP_MEMALLOC|__GFP_MOVABLE",
		"__GFP_MEMALLOC|__GFP_RECLAIMABLE",
	};
	unsigned order = (unsigned)__builtin_ctz(k_random(random) | 1u << 10);
	uint64_t frame = k_alloc(&k, k_random(random) & 1, order, gfps[k_random(random) % 3]);

	CU_ASSERT_EQUAL_FATAL(frame == MM_NO_FRAME, !fits(order));
	if (frame == MM_NO_FRAME)
		return;
	CU_ASSERT_EQUAL_FATAL(frame % (1u << order), 0);
	mark(frame, order, 0);
	live[nlive].frame = frame;
	live[nlive++].order = order;
}

static void give_random(uint32_t *random)
{
	unsigned i = k_random(random) % nlive;

	k_free(&k, k_random(random) & 1, live[i].frame, live[i].order);
	mark(live[i].frame, live[i].order, 1);
	live[i] = live[--nlive];
}

static void free_blocks_are_the_largest_that_the_free_frames_allow(void)
{
	uint32_t random = 2463534242u;

	for (unsigned i = 0; i < STEPS; i++) {
		/* Swings between nearly empty and nearly full. */
		bool fill = i / 500 % 2 ? k_random(&random) % 4 == 0 : k_random(&random) % 4;

		if (fill || nlive == 0)
			take_random(&random);
		else
			give_random(&random);
		CU_ASSERT_FATAL(counts_agree());
		if (i % 64 == 0)
			CU_ASSERT_FATAL(k_ok(&k));
	}
	while (nlive)
		give_random(&random);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "Normal", 10), FRAMES / 1024);
	CU_ASSERT(k_ok(&k));
}

static void the_highest_block_of_a_booted_zone_goes_first_and_its_lower_half(void)
{
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 9, "GFP_KERNEL"), K_NORMAL + FRAMES - 1024);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 9, "GFP_KERNEL"), K_NORMAL + FRAMES - 512);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), K_NORMAL + FRAMES - 2048);
}

static void a_block_that_will_merge_twice_waits_at_the_tail(void)
{
	uint64_t base = k_alloc(&k, 0, 3, "GFP_KERNEL"); /* 8 frames; the rest is split off */
	uint64_t other = k_alloc(&k, 0, 0, "GFP_KERNEL");

	mm412_policy.split(k.mm, base, 3);
	k_free(&k, 0, base + 2, 1); /* frames 2 and 3: their parent's buddy is in use */
	k_free(&k, 0, base + 4, 0);
	k_free(&k, 0, base + 1, 0); /* parent 0-1, whose buddy 2-3 is free: to the tail */
	/* `other` left frame 9 on the list: freed later than that, 4 lies before, 1 behind. */
	CU_ASSERT_EQUAL(other, base + 8);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), base + 4);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), base + 9);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), base + 1);
	CU_ASSERT(k_ok(&k));
}

static CU_TestInfo tests[] = {
	{ "free blocks are the largest that the free frames allow",
	  free_blocks_are_the_largest_that_the_free_frames_allow },
	{ "the highest block of a booted zone goes first, and its lower half",
	  the_highest_block_of_a_booted_zone_goes_first_and_its_lower_half },
	{ "a block that will merge twice waits at the tail",
	  a_block_that_will_merge_twice_waits_at_the_tail },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_buddy", NULL, NULL, small_zone, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
