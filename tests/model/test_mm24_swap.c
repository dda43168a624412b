/* Swap slots against a list of who uses them, and what the swap cache does to pages. */
#include "tests/model/kernel24.h"

#define FRAMES 512
#define PAGES 40
#define STEPS 20000

static struct kernel24 k;
static struct sim_cpu *cpu;

static void boot(void)
{
	k_one_zone(&k, 1, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	cpu = &k.cpus[0];
}

static void boot_with_swap(void)
{
	boot();
	k_by_hand(&k, PAGES, true);
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static unsigned lowest_free(const unsigned *uses)
{
	unsigned slot = 1;

	while (slot < PAGES && uses[slot])
		slot++;
	return slot;
}

static void slots_come_lowest_first_and_are_free_with_their_last_use(void)
{
	unsigned uses[PAGES] = { 0 }, used = 0;
	uint32_t random = 88172645;

	for (unsigned i = 0; i < STEPS; i++) {
		unsigned slot = k_random(&random) % PAGES;

		if (k_random(&random) % 3 == 0) {
			unsigned want = lowest_free(uses);
			uint32_t got = mm24_swap_get(k.mm);

			CU_ASSERT_EQUAL_FATAL(got, want < PAGES ? want : MM24_NONE);
			if (want < PAGES) {
				uses[want] = 1;
				used++;
			}
		} else if (uses[slot] && uses[slot] < 3 && k_random(&random) % 3 == 0) {
			mm24_swap_dup(k.mm, slot);
			uses[slot]++;
		} else if (uses[slot]) {
			mm24_swap_free(k.mm, slot);
			used -= --uses[slot] == 0;
		}
		CU_ASSERT_EQUAL_FATAL(k.mm->swap.free, PAGES - 1 - used);
	}
}

static void without_swap_there_is_no_slot(void)
{
	k_drop(&k);
	boot();
	k_by_hand(&k, 0, true);
	CU_ASSERT_EQUAL(mm24_swap_get(k.mm), MM24_NONE);
	CU_ASSERT_EQUAL(k.mm->swap.free, 0);
}

static void a_single_page_of_swap_is_its_header(void)
{
	k_drop(&k);
	boot();
	k_by_hand(&k, 1, true);
	CU_ASSERT_EQUAL(mm24_swap_get(k.mm), MM24_NONE);
}

static void more_swap_than_numbers_is_refused(void)
{
	k_drop(&k);
	boot();
	CU_ASSERT_FALSE(mm24_swap_make(k.mm, UINT32_MAX));
	CU_ASSERT_EQUAL(k.mm->swap.pages, 0);
}

/* A page of that age in the swap cache: one reference is the test's, one the cache's. */
static uint32_t cached(unsigned age)
{
	uint32_t page = k_page(&k, "GFP_USER");

	k.mm->s[page].type = (uint8_t)age;
	mm24_swap_cache_add(k.mm, cpu, page, mm24_swap_get(k.mm));
	return page;
}

static void a_page_joins_the_list_of_its_age_with_the_swap_cache(void)
{
	uint32_t young = cached(2), old = cached(0);

	CU_ASSERT_EQUAL(k.mm->s[young].tag, MM24_ACTIVE | MM24_MAPPING | MM24_SWAP_CACHE);
	CU_ASSERT_EQUAL(k.mm->s[old].tag, MM24_INACTIVE_DIRTY | MM24_MAPPING | MM24_SWAP_CACHE);
	CU_ASSERT_EQUAL(mm24_page(k.mm, young)->count, 2);
	CU_ASSERT_EQUAL(k.mm->swap.page[1], young);
	CU_ASSERT_EQUAL(k.mm->swap.page[2], old);
	CU_ASSERT_EQUAL(mm24_page(k.mm, old)->swap, 2);
}

static void a_page_is_shared_when_others_use_it_or_its_slot(void)
{
	uint32_t page = cached(2), plain = k_page(&k, "GFP_USER");

	CU_ASSERT_FALSE(mm24_swap_shared(k.mm, page));
	mm24_swap_dup(k.mm, 1);
	CU_ASSERT_TRUE(mm24_swap_shared(k.mm, page));
	mm24_swap_free(k.mm, 1);
	mm24_page(k.mm, page)->count++;
	CU_ASSERT_TRUE(mm24_swap_shared(k.mm, page));
	mm24_page(k.mm, page)->count--;
	/* The buffers' reference is nobody else's. */
	mm24_buffer_make(k.mm, page, 0);
	CU_ASSERT_FALSE(mm24_swap_shared(k.mm, page));

	CU_ASSERT_FALSE(mm24_swap_shared(k.mm, plain));
	mm24_page(k.mm, plain)->count++;
	CU_ASSERT_TRUE(mm24_swap_shared(k.mm, plain));
	mm24_page(k.mm, plain)->count--;
	k.mm->s[plain].tag |= MM24_RESERVED;
	CU_ASSERT_TRUE(mm24_swap_shared(k.mm, plain));
	k.mm->s[plain].tag &= (uint16_t)~MM24_RESERVED;
}

static void the_last_user_of_a_page_frees_its_slot_with_it(void)
{
	uint64_t before = k.mm->nr_free;
	uint32_t page = cached(2);

	k.mm->s[page].tag |= MM24_DIRTY;
	mm24_swap_free_page(k.mm, cpu, page);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_EQUAL(k.mm->swap.free, PAGES - 1);
	CU_ASSERT_EQUAL(k.mm->swap.page[1], MM24_NONE);
	CU_ASSERT_EQUAL(k.mm->nr_active, 0);
}

static void a_page_outside_the_cache_is_just_freed(void)
{
	uint64_t before = k.mm->nr_free;

	mm24_swap_free_page(k.mm, cpu, k_page(&k, "GFP_USER"));
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
}

static void a_locked_page_stays_in_the_cache(void)
{
	uint32_t page = cached(2);

	k.mm->s[page].tag |= MM24_LOCKED;
	mm24_swap_free_page(k.mm, cpu, page);
	CU_ASSERT_EQUAL(k.mm->swap.page[1], page);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 1);
}

static void a_page_that_others_use_stays_in_the_cache(void)
{
	uint32_t page = cached(2);

	mm24_swap_dup(k.mm, 1);
	mm24_swap_free_page(k.mm, cpu, page);
	CU_ASSERT_EQUAL(k.mm->swap.page[1], page);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 2);
}

static CU_TestInfo tests[] = {
	{ "slots come lowest first and are free with their last use",
	  slots_come_lowest_first_and_are_free_with_their_last_use },
	{ "without swap there is no slot", without_swap_there_is_no_slot },
	{ "a single page of swap is its header", a_single_page_of_swap_is_its_header },
	{ "more swap than numbers is refused", more_swap_than_numbers_is_refused },
	{ "a page joins the list of its age with the swap cache",
	  a_page_joins_the_list_of_its_age_with_the_swap_cache },
	{ "a page is shared when others use it or its slot",
	  a_page_is_shared_when_others_use_it_or_its_slot },
	{ "the last user of a page frees its slot with it",
	  the_last_user_of_a_page_frees_its_slot_with_it },
	{ "a page outside the cache is just freed", a_page_outside_the_cache_is_just_freed },
	{ "a locked page stays in the cache", a_locked_page_stays_in_the_cache },
	{ "a page that others use stays in the cache",
	  a_page_that_others_use_stays_in_the_cache },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_swap", NULL, NULL, boot_with_swap, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
