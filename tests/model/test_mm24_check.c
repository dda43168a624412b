/* Each thing that the check looks at, broken. */
#include "tests/model/kernel24.h"

static struct kernel24 k;
static struct mm24_zone *zone;
static uint32_t page; /* in use, on no list */

static void boot(void)
{
	k_one_zone(&k, 1, 4096);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, 100, true);
	zone = &k.mm->zones[0];
	page = k_page(&k, "GFP_ATOMIC");
	CU_ASSERT(k_ok(&k));
}

static void drop(void)
{
	k_drop(&k);
}

static uint32_t first_free(unsigned order)
{
	return k.mm->s[zone->area[order].head].next;
}

static bool found(const char *what)
{
	bool ok = !mm24_policy.check(k.mm, k.text, sizeof(k.text)) && strstr(k.text, what);

	if (!ok)
		fprintf(stderr, "\"%s\" instead of \"%s\"\n", k.text, what);
	*k.text = '\0';
	return ok;
}

static void broken_free_lists_are_found(void)
{
	uint32_t block = first_free(3), other = first_free(4);

	k.mm->s[block].tag |= MM24_DIRTY;
	CU_ASSERT(found("has flags"));
	k.mm->s[block].tag = MM24_FREE;
	mm24_page(k.mm, block)->order = 2;
	CU_ASSERT(found("says order 2, but is listed in 3"));
	mm24_page(k.mm, block)->order = 3;
	k.mm->s[block + 1].tag = MM24_REFERENCED;
	CU_ASSERT(found("lies inside a free block"));
	k.mm->s[block + 1].tag = 0;
	k.mm->s[zone->area[3].head].stamp++;
	CU_ASSERT(found("order 3: 1 blocks listed, 2 counted"));
	k.mm->s[zone->area[3].head].stamp--;
	k.mm->s[block].prev = other;
	CU_ASSERT(found("links of the list of order 3 are broken"));
	k.mm->s[block].prev = zone->area[3].head;
	CU_ASSERT(k_ok(&k));
	k.mm->s[page].tag |= MM24_FREE;
	CU_ASSERT(found("says it is free, but is on no list"));
}

static void a_block_that_is_free_twice_is_found(void)
{
	uint32_t inside = first_free(4) + 8;

	/* Its pair's bit, too. */
	zone->area[2].map[(inside - zone->start) >> 3 >> 6] |=
		(uint64_t)1 << ((inside - zone->start) >> 3 & 63);
	mm_list_add(k.mm->s, zone->area[2].head, inside);
	k.mm->s[zone->area[2].head].stamp++;
	k.mm->s[inside].tag = MM24_FREE;
	mm24_page(k.mm, inside)->order = 2;
	CU_ASSERT(found("is free twice"));
}

static void blocks_out_of_place_are_found(void)
{
	uint32_t block = k.mm->zones[0].start - 1;

	mm_list_add(k.mm->s, zone->area[2].head, block);
	CU_ASSERT(found("but not of this zone"));
	mm_list_del(k.mm->s, block);
	block = mm24_slot(k.mm, k_alloc(&k, 0, 3, "GFP_ATOMIC")) + 2;
	mm_list_add(k.mm->s, zone->area[2].head, block);
	k.mm->s[block].tag |= MM24_FREE;
	mm24_page(k.mm, block)->order = 2;
	CU_ASSERT(found("is not aligned"));
}

static void wrong_bits_are_found(void)
{
	uint32_t pair = (first_free(5) - zone->start) >> 6;

	zone->area[5].map[0] ^= (uint64_t)1 << pair;
	CU_ASSERT(found("says that its buddy is free, too"));
	zone->area[5].map[0] ^= (uint64_t)1 << pair;
	zone->area[5].map[0] ^= 1;
	CU_ASSERT(found("order 5: 1 blocks listed, 2 bits set"));
}

static void wrong_sums_are_found(void)
{
	zone->free_pages++;
	CU_ASSERT(found("4095 frames free, 4096 counted"));
	zone->free_pages--;
	k.mm->nr_free++;
	CU_ASSERT(found("the sums say 4096 and 0"));
	k.mm->nr_free--;
	zone->managed--;
	CU_ASSERT(found("0 frames reserved, but 4095 of 4096 managed"));
	zone->managed++;
	k.mm->s[page].use = 1;
	CU_ASSERT(found("says it is of another zone"));
}

static void wrong_pages_on_lists_are_found(void)
{
	mm24_cache_add(k.mm, &k.cpus[0], page, 0);
	CU_ASSERT(k_ok(&k));
	k.mm->nr_active++;
	CU_ASSERT(found("1 pages on the active list, 2 counted"));
	k.mm->nr_active--;
	k.mm->s[page].tag ^= MM24_ACTIVE | MM24_INACTIVE_DIRTY;
	CU_ASSERT(found("is on the active list, but says otherwise"));
	k.mm->s[page].tag ^= MM24_ACTIVE | MM24_INACTIVE_DIRTY;
	zone->inactive_dirty_pages++;
	CU_ASSERT(found("0 dirty pages in zone 0, 1 counted"));
	zone->inactive_dirty_pages--;
	mm24_page(k.mm, page)->count = 0;
	CU_ASSERT(found("on the active list has no references"));
	mm24_page(k.mm, page)->count = 2;
	mm_list_del(k.mm->s, page);
	k.mm->nr_active--;
	CU_ASSERT(found("1 pages say they are on a list, 0 are"));
}

static void wrong_swap_counts_are_found(void)
{
	uint32_t slot = mm24_swap_get(k.mm);

	CU_ASSERT(k_ok(&k));
	k.mm->swap.map[slot] = 0;
	CU_ASSERT(found("is free, but lies below the lowest free") ||
		  strstr(k.text, "swap slots free"));
	k.mm->swap.map[slot] = 1;
	k.mm->swap.free--;
	CU_ASSERT(found("98 swap slots free, 97 counted"));
	k.mm->swap.free++;
	k.mm->swap.page[slot] = page;
	mm24_page(k.mm, page)->swap = slot + 1;
	CU_ASSERT(found("and its page contradict each other"));
	k.mm->swap.page[slot + 1] = page;
	k.mm->swap.page[slot] = MM24_NONE;
	CU_ASSERT(found("has a page"));
}

static void wrong_page_tables_are_found(void)
{
	struct mm24_space *space = mm24_space_new(k.mm, 1, 10);

	CU_ASSERT_PTR_NOT_NULL_FATAL(space);
	mm24_space_map(space, 3, page, 0);
	CU_ASSERT(k_ok(&k));
	space->rss++;
	CU_ASSERT(found("has 1 pages present, 2 counted"));
	space->rss--;
	space->pte[3].value = first_free(4);
	CU_ASSERT(found("page 3 of address space 1 is mapped, but free"));
	space->pte[3].value = page;
	space->pte[4].flags = MM24_PTE_SWAP;
	space->pte[4].value = 7;
	CU_ASSERT(found("page 4 of address space 1 is in a free swap slot"));
}

static CU_TestInfo tests[] = {
	{ "broken free lists are found", broken_free_lists_are_found },
	{ "a block that is free twice is found", a_block_that_is_free_twice_is_found },
	{ "blocks out of place are found", blocks_out_of_place_are_found },
	{ "wrong bits are found", wrong_bits_are_found },
	{ "wrong sums are found", wrong_sums_are_found },
	{ "wrong pages on lists are found", wrong_pages_on_lists_are_found },
	{ "wrong swap counts are found", wrong_swap_counts_are_found },
	{ "wrong page tables are found", wrong_page_tables_are_found },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_check", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
