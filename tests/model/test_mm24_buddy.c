/*
 * The free lists and bitmaps against a second buddy system that is slow and simple
 * (reference24.h), frame by frame and list by list.
 */
#include "tests/model/kernel24.h"
#include "tests/model/reference24.h"

/* Neither the start nor the size is a multiple of anything. */
#define START 5001
#define FRAMES 7777
#define STEPS 6000

static struct kernel24 k;
static struct mm24_zone *zone;
static struct reference24 reference;

static struct {
	uint32_t slot;
	unsigned order;
} live[FRAMES];

static unsigned nlive;

static void odd_zone(void)
{
	k_init(&k, 2, 1);
	k_zone_add(&k, 0, "DMA", 0, START);
	k_zone_add(&k, 0, "Normal", START, START + FRAMES);
}

/* Boots it; the reference gets every frame that is not reserved, one by one. */
static void boot(const struct mm_span *reserved, unsigned n)
{
	k.machine.reserved = reserved;
	k.machine.nreserved = n;
	CU_ASSERT_FATAL(k_boot(&k, false));
	zone = k_zone(&k, 0, "Normal");
	memset(&reference, 0, sizeof(reference));
	nlive = 0;
	for (uint32_t i = 0; i < FRAMES; i++) {
		bool kept = false;

		for (unsigned s = 0; s < n; s++)
			kept |= i + START >= reserved[s].start && i + START < reserved[s].end;
		if (!kept)
			reference_give(&reference, i, 0);
	}
}

static void drop(void)
{
	k_drop(&k);
}

static bool bit(unsigned order, uint32_t pair)
{
	return zone->area[order].map[pair / 64] >> pair % 64 & 1;
}

/* The same blocks in the same order, and a bit for each pair with one of them. */
static bool list_agrees(unsigned order)
{
	uint32_t at = mm24_buddy_next(k.mm, zone, order, MM24_NONE);
	uint32_t n = reference.n[order], set = 0;

	for (; at != MM24_NONE && n > 0; at = mm24_buddy_next(k.mm, zone, order, at)) {
		if (at - zone->start != reference.blocks[order][--n])
			return false;
		if (order < 9 && !bit(order, (at - zone->start) >> (order + 1)))
			return false;
	}
	for (uint32_t pair = 0; order < 9 && pair < zone->area[order].nbits; pair++)
		set += bit(order, pair);
	return at == MM24_NONE && n == 0 && (order == 9 || set == reference.n[order]) &&
	       k.mm->s[zone->area[order].head].stamp == reference.n[order];
}

static bool agrees(void)
{
	for (unsigned order = 0; order < MM24_ORDERS; order++)
		if (!list_agrees(order))
			return false;
	return true;
}

static void take(unsigned order)
{
	uint32_t want = reference_take(&reference, order);
	uint32_t slot = mm24_buddy_take(k.mm, zone, &k.cpus[0], order);

	CU_ASSERT_EQUAL_FATAL(slot == MM24_NONE ? UINT32_MAX : slot - zone->start, want);
	if (slot == MM24_NONE)
		return;
	CU_ASSERT_EQUAL(mm24_page(k.mm, slot)->count, 1);
	CU_ASSERT_PTR_EQUAL(mm24_zone_of(k.mm, slot), zone);
	live[nlive].slot = slot;
	live[nlive++].order = order;
}

static void give(unsigned i)
{
	reference_give(&reference, live[i].slot - zone->start, live[i].order);
	mm24_buddy_put(k.mm, &k.cpus[1], live[i].slot, live[i].order);
	live[i] = live[--nlive];
}

static void churn(uint32_t random)
{
	for (unsigned i = 0; i < STEPS; i++) {
		/* Swings between nearly empty and nearly full. */
		bool fill = i / 500 % 2 ? k_random(&random) % 4 == 0 : k_random(&random) % 4;

		if (fill || nlive == 0)
			take((unsigned)__builtin_ctz(k_random(&random) | 1u << 9));
		else
			give(k_random(&random) % nlive);
		CU_ASSERT_FATAL(agrees());
		if (i % 256 == 0)
			CU_ASSERT_FATAL(k_ok(&k));
	}
	while (nlive)
		give(k_random(&random) % nlive);
	CU_ASSERT(agrees());
	CU_ASSERT(k_ok(&k));
	CU_ASSERT_EQUAL(zone->free_pages, zone->managed);
}

static void lists_and_bits_are_those_of_a_slow_buddy_system(void)
{
	boot(NULL, 0);
	CU_ASSERT_FATAL(agrees());
	churn(2463534242u);
}

static void so_they_are_where_memory_is_missing(void)
{
	static const struct mm_span reserved[] = {
		{ 0, 5003 }, { 5100, 5101 }, { 5161, 5417 }, { 6000, 9001 }, { 12777, 12778 },
	};

	boot(reserved, ARRAY_SIZE(reserved));
	CU_ASSERT_FATAL(agrees());
	churn(88172645u);
}

static void single_pages_come_from_the_top_of_the_highest_block(void)
{
	/* 15 blocks of order 9 and the rest, 97 = 64 + 32 + 1 frames. */
	static const uint32_t want[] = { 7776, 7775, 7774, 7773 };

	boot(NULL, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		CU_ASSERT_EQUAL(mm24_buddy_take(k.mm, zone, &k.cpus[0], 0) - zone->start,
				want[i]);
	CU_ASSERT_EQUAL(mm24_buddy_take(k.mm, zone, &k.cpus[0], 9) - zone->start, 14 * 512);
	CU_ASSERT_EQUAL(mm24_buddy_take(k.mm, zone, &k.cpus[0], 9) - zone->start, 13 * 512);
}

static void a_free_starts_the_page_anew(void)
{
	struct mm_slot *s;
	uint32_t slot;

	boot(NULL, 0);
	slot = mm24_buddy_take(k.mm, zone, &k.cpus[0], 0);
	s = &k.mm->s[slot];
	CU_ASSERT_EQUAL(s->type, MM24_AGE_START);
	s->type = 17;
	s->tag |= MM24_REFERENCED | MM24_DIRTY | MM24_NO_WRITEPAGE;
	mm24_buddy_put(k.mm, &k.cpus[0], slot, 0);
	CU_ASSERT_EQUAL(s->type, MM24_AGE_START);
	/* Only two flags are cleared; where the page went, it is the first of a block. */
	CU_ASSERT_EQUAL(s->tag, MM24_NO_WRITEPAGE | MM24_FREE);
}

static void a_page_goes_back_with_its_last_reference(void)
{
	uint64_t all;
	uint32_t slot;

	boot(NULL, 0);
	all = zone->free_pages;
	slot = mm24_buddy_take(k.mm, zone, &k.cpus[0], 0);
	mm24_page(k.mm, slot)->count = 2;
	mm24_buddy_put(k.mm, &k.cpus[0], slot, 0);
	CU_ASSERT_EQUAL(zone->free_pages, all - 1);
	mm24_buddy_put(k.mm, &k.cpus[0], slot, 0);
	CU_ASSERT_EQUAL(zone->free_pages, all);
	/* A page that is free already only gets a count below 0. */
	mm24_buddy_put(k.mm, &k.cpus[0], slot, 0);
	CU_ASSERT_EQUAL(zone->free_pages, all);
	CU_ASSERT_EQUAL(mm24_page(k.mm, slot)->count, -1);
}

static void reserved_pages_never_come_back(void)
{
	static const struct mm_span reserved[] = { { START, START + 1 } };

	boot(reserved, 1);
	mm24_page(k.mm, zone->start)->count = 1;
	mm24_buddy_put(k.mm, &k.cpus[0], zone->start, 0);
	CU_ASSERT_EQUAL(zone->free_pages, FRAMES - 1);
	CU_ASSERT(k_ok(&k));
}

static void a_free_lowers_the_pressure_by_one_down_to_the_number_of_cpus(void)
{
	uint32_t block;

	k.machine.nr_cpus = 3;
	boot(NULL, 0);
	block = mm24_buddy_take(k.mm, zone, &k.cpus[0], 4);
	k.mm->memory_pressure = 5;
	for (uint32_t i = 0; i < 4; i++)
		mm24_buddy_give(k.mm, &k.cpus[0], block + 4 * i, 2);
	CU_ASSERT_EQUAL(k.mm->memory_pressure, 3);
}

static CU_TestInfo tests[] = {
	{ "lists and bits are those of a slow buddy system",
	  lists_and_bits_are_those_of_a_slow_buddy_system },
	{ "so they are where memory is missing", so_they_are_where_memory_is_missing },
	{ "single pages come from the top of the highest block",
	  single_pages_come_from_the_top_of_the_highest_block },
	{ "a free starts the page anew", a_free_starts_the_page_anew },
	{ "a page goes back with its last reference",
	  a_page_goes_back_with_its_last_reference },
	{ "reserved pages never come back", reserved_pages_never_come_back },
	{ "a free lowers the pressure by one, down to the number of CPUs",
	  a_free_lowers_the_pressure_by_one_down_to_the_number_of_cpus },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_buddy", NULL, NULL, odd_zone, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
