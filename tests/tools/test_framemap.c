/* Frames as bits, of a kernel that says what is free. */
#include "tests/unit.h"
#include "tools/framemap.h"

/* Zone 0: frames 100 to 3000, zone 1: 3000 to 6000, on whose CPU's list are frames 3100 and
 * 3101.
 */
static uint32_t no_pages[1] = { 0 }, two_pages[1] = { 2 };
static struct mm_snapshot_zone zones[] = {
	{ .name = "low", .start = 100, .end = 3000, .pcp_count = no_pages },
	{ .name = "high", .start = 3000, .end = 6000, .pcp_count = two_pages },
};
static const struct mm_snapshot snap = { .nzones = 2, .ncpus = 1, .zones = zones };
static const struct mm_span holes[] = { { 200, 210 }, { 2990, 3010 } };
static const struct mm_span reserved[] = { { 4096, 4097 } };
static const struct mm_machine machine = {
	.holes = holes, .nholes = 2, .reserved = reserved, .nreserved = 1
};

static void each_free(const void *mm, bool with_pcp,
		      void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	(void)mm;
	visit(ctx, 1024, 10);
	visit(ctx, 2050, 0);
	visit(ctx, 3072 + 64, 6);
	if (with_pcp) {
		visit(ctx, 3100, 0);
		visit(ctx, 3101, 0);
	}
}

static const struct mm_policy absolute = { .each_free = each_free };
static const struct mm_policy in_zone = { .each_free = each_free, .aligned_in_zone = true };

static struct framemap *m;

static void make(const struct mm_policy *policy)
{
	m = framemap_new(policy, NULL, &snap, &machine);
	CU_ASSERT_FATAL(m != NULL);
}

static void drop(void)
{
	framemap_free(m);
	m = NULL;
}

/* Bit by bit, the slow way. */
static unsigned count(const uint64_t *bits, uint64_t first, uint64_t n)
{
	unsigned sum = 0;

	for (uint64_t i = first; i < first + n; i++)
		sum += framemap_has(bits, i);
	return sum;
}

static void a_frame_belongs_to_the_zone_that_spans_it(void)
{
	make(&absolute);
	CU_ASSERT_EQUAL(framemap_zone(m, 99), 2);
	CU_ASSERT_EQUAL(framemap_zone(m, 100), 0);
	CU_ASSERT_EQUAL(framemap_zone(m, 2999), 0);
	CU_ASSERT_EQUAL(framemap_zone(m, 3000), 1);
	CU_ASSERT_EQUAL(framemap_zone(m, 6000), 2);
	drop();
}

static void bits_begin_where_blocks_are_aligned(void)
{
	make(&absolute);
	CU_ASSERT_EQUAL(m->zones[0].base, 0);
	CU_ASSERT_EQUAL(m->zones[1].base, 2048);
	CU_ASSERT_EQUAL(m->zones[1].nbits, 4096);
	drop();
	make(&in_zone);
	CU_ASSERT_EQUAL(m->zones[0].base, 100);
	CU_ASSERT_EQUAL(m->zones[1].base, 3000);
	CU_ASSERT_EQUAL(m->zones[1].nbits, 3072);
	drop();
}

static void holes_and_reserved_memory_are_not_managed(void)
{
	make(&absolute);
	CU_ASSERT_EQUAL(count(m->zones[0].managed, 0, m->zones[0].nbits), 2900 - 10 - 10);
	CU_ASSERT_EQUAL(count(m->zones[1].managed, 0, m->zones[1].nbits), 3000 - 10 - 1);
	CU_ASSERT_FALSE(framemap_has(m->zones[1].managed, 4096 - 2048));
	CU_ASSERT_TRUE(framemap_has(m->zones[1].managed, 4097 - 2048));
	drop();
}

static void lists_and_per_cpu_lists_are_told_apart(void)
{
	make(&absolute);
	CU_ASSERT_EQUAL(count(m->zones[0].free, 0, m->zones[0].nbits), 1025);
	CU_ASSERT_EQUAL(count(m->zones[0].pcp, 0, m->zones[0].nbits), 0);
	CU_ASSERT_EQUAL(count(m->zones[1].free, 0, m->zones[1].nbits), 64);
	CU_ASSERT_EQUAL(count(m->zones[1].pcp, 0, m->zones[1].nbits), 2);
	CU_ASSERT_TRUE(framemap_has(m->zones[1].pcp, 3100 - 2048));
	drop();
}

static void ranges_of_every_order_are_counted(void)
{
	make(&absolute);
	for (unsigned z = 0; z < 2; z++)
		for (unsigned order = 0; order <= 10; order++)
			for (uint64_t n = 0; n < m->zones[z].nbits >> order; n++) {
				CU_ASSERT_EQUAL(framemap_count(m->zones[z].free, n, order),
						count(m->zones[z].free, n << order,
						      UINT64_C(1) << order));
				CU_ASSERT_EQUAL(framemap_count(m->zones[z].managed, n, order),
						count(m->zones[z].managed, n << order,
						      UINT64_C(1) << order));
			}
	drop();
}

static CU_TestInfo tests[] = {
	{ "a frame belongs to the zone that spans it",
	  a_frame_belongs_to_the_zone_that_spans_it },
	{ "bits begin where blocks are aligned", bits_begin_where_blocks_are_aligned },
	{ "holes and reserved memory are not managed",
	  holes_and_reserved_memory_are_not_managed },
	{ "lists and per-cpu lists are told apart", lists_and_per_cpu_lists_are_told_apart },
	{ "ranges of every order are counted", ranges_of_every_order_are_counted },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "framemap", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
