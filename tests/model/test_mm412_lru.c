/*
 * LRU lists: links and counters, the last reference, isolation. The test itself is who has
 * the pages: by a pin, or as if they were in the swap cache.
 */
#include "tests/model/world412.h"

static struct world412 w;
static struct mm412 *mm;
static struct sim_cpu *cpu;

static void open_small(void)
{
	w_open(&w, 16384, 0);
	mm = w.mm;
	cpu = w_cpu(&w);
}

/* Two nodes; node 0 has a DMA32 and a Normal zone. */
static void open_nodes(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", K_NORMAL - 4096, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 4096 },
		{ 1, "Normal", K_NORMAL + 4096, K_NORMAL + 8192 },
	};

	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 0);
	mm = w.mm;
	cpu = w_cpu(&w);
}

/* As w_close(), but for what tests leave on lists. */
static void close_world(void)
{
	k_drop(&w.k);
}

static uint32_t page_with(unsigned flags)
{
	uint32_t slot = w_page(&w);

	mm412_page(mm, slot)->flags = (uint16_t)flags;
	mm412_lru_pin(mm, slot);
	return slot;
}

static uint32_t on_list(unsigned flags)
{
	uint32_t slot = page_with(flags);

	mm412_lru_link(mm, slot, mm412_lru_of(mm, slot));
	return slot;
}

static uint32_t nth(enum mm412_lru lru, unsigned n)
{
	uint32_t at = mm412_lru_head(w_node(&w, 0), lru);

	for (at = mm->s[at].next; n > 0; n--)
		at = mm->s[at].next;
	return at;
}

static int64_t of_node(unsigned nid, unsigned item)
{
	return w_node(&w, nid)->stat[item];
}

static int64_t nr_free(void)
{
	return mm412_vmstat_exact(mm, &mm->zones[0]) + mm->zones[0].pcps[0].count;
}

/* ---- lists ------------------------------------------------------------------------------ */

static void flags_say_which_list(void)
{
	uint32_t slot = page_with(0);
	static const struct {
		unsigned flags;
		enum mm412_lru lru;
		unsigned kind;
	} cases[] = {
		{ 0, MM412_INACTIVE_FILE, MM412_FILE },
		{ MM412_PG_ACTIVE, MM412_ACTIVE_FILE, MM412_FILE },
		{ MM412_PG_SWAPBACKED, MM412_INACTIVE_ANON, MM412_ANON },
		{ MM412_PG_SWAPBACKED | MM412_PG_ACTIVE, MM412_ACTIVE_ANON, MM412_ANON },
		{ MM412_PG_UNEVICTABLE, MM412_UNEVICTABLE, MM412_FILE },
		{ MM412_PG_UNEVICTABLE | MM412_PG_SWAPBACKED, MM412_UNEVICTABLE, MM412_ANON },
		{ MM412_PG_DIRTY | MM412_PG_MAPPED, MM412_INACTIVE_FILE, MM412_FILE },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		mm412_page(mm, slot)->flags = (uint16_t)cases[i].flags;
		CU_ASSERT_EQUAL(mm412_lru_of(mm, slot), cases[i].lru);
		CU_ASSERT_EQUAL(mm412_lru_kind(mm, slot), cases[i].kind);
	}
}

static void a_linked_page_is_at_the_head_and_counted(void)
{
	uint32_t a = on_list(0), b = on_list(0);
	uint32_t head = mm412_lru_head(w_node(&w, 0), MM412_INACTIVE_FILE);

	CU_ASSERT_EQUAL(nth(MM412_INACTIVE_FILE, 0), b);
	CU_ASSERT_EQUAL(nth(MM412_INACTIVE_FILE, 1), a);
	CU_ASSERT_EQUAL(mm->s[head].stamp, 2);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_INACTIVE_FILE), 2);
	CU_ASSERT_EQUAL(mm->sleep->zones[0].stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE], 2);
	CU_ASSERT(mm412_page(mm, a)->flags & MM412_PG_LRU);
	CU_ASSERT(mm->s[a].use & MM_USE_LRU);
}

static void a_page_can_join_at_the_tail(void)
{
	uint32_t a = on_list(MM412_PG_SWAPBACKED), b = page_with(MM412_PG_SWAPBACKED);

	mm412_lru_link_tail(mm, b, MM412_INACTIVE_ANON);
	CU_ASSERT_EQUAL(nth(MM412_INACTIVE_ANON, 0), a);
	CU_ASSERT_EQUAL(nth(MM412_INACTIVE_ANON, 1), b);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_INACTIVE_ANON), 2);
}

static void an_unlinked_page_leaves_nothing_behind(void)
{
	uint32_t a = on_list(MM412_PG_ACTIVE);

	mm->s[a].use |= MM_USE_FILE;
	mm412_lru_unlink(mm, a, MM412_ACTIVE_FILE);
	CU_ASSERT_EQUAL(mm412_page(mm, a)->flags, MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[a].use, MM_USE_FILE);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_ACTIVE_FILE), 0);
	CU_ASSERT_EQUAL(mm->sleep->zones[0].stat[MM412_ZONE_LRU + MM412_ACTIVE_FILE], 0);
	CU_ASSERT(mm_list_empty(mm->s, mm412_lru_head(w_node(&w, 0), MM412_ACTIVE_FILE)));
}

static void a_huge_page_counts_all_its_frames(void)
{
	uint32_t slot = w_block(&w, MM412_HUGE_ORDER, "GFP_TRANSHUGE_LIGHT");

	mm412_page(mm, slot)->flags = MM412_PG_SWAPBACKED;
	mm412_lru_pin(mm, slot);
	mm412_lru_link(mm, slot, MM412_INACTIVE_ANON);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_INACTIVE_ANON), 512);
	CU_ASSERT_EQUAL(mm->s[mm412_lru_head(w_node(&w, 0), MM412_INACTIVE_ANON)].stamp, 1);
	mm412_lru_unlink(mm, slot, MM412_INACTIVE_ANON);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_INACTIVE_ANON), 0);
}

static void lists_are_the_nodes_and_sizes_those_of_zones_up_to_a_type(void)
{
	const struct mm412_node_sleep *node = w_node(&w, 0);
	unsigned dma32 = 0, normal = 0;
	uint64_t all;

	while (dma32 < 5 || normal < 3) {
		uint32_t slot = w_block(&w, 0, dma32 < 5 ? "GFP_DMA32" : "GFP_USER");

		if (w_zone(&w, 0, "DMA32")->id == mm412_tag_zone(mm->s[slot].tag))
			dma32++;
		else
			normal++;
		mm412_lru_pin(mm, slot);
		mm412_lru_link(mm, slot, MM412_INACTIVE_FILE);
	}
	mm412_lru_count_fold(mm, 0);
	all = mm412_lru_size(mm, node, MM412_INACTIVE_FILE, MM412_ZONE_TYPES);
	CU_ASSERT_EQUAL(all, dma32 + normal);
	CU_ASSERT_EQUAL(mm412_lru_size(mm, node, MM412_INACTIVE_FILE, MM412_ZONE_NORMAL), all);
	CU_ASSERT_EQUAL(mm412_lru_size(mm, node, MM412_INACTIVE_FILE, MM412_ZONE_DMA32), dma32);
	CU_ASSERT_EQUAL(mm412_lru_size(mm, node, MM412_INACTIVE_FILE, MM412_ZONE_DMA), 0);
	CU_ASSERT_EQUAL(mm412_lru_size(mm, w_node(&w, 1), MM412_INACTIVE_FILE, 4), 0);
	CU_ASSERT_EQUAL(mm412_lru_node_sum(
				mm, MM412_NODE_LRU + (enum mm412_node_item)MM412_INACTIVE_FILE),
			all);
}

static void sums_are_over_all_nodes_and_zones_and_never_negative(void)
{
	mm->sleep->nodes[0].stat[MM412_NODE_WRITEBACK] = 5;
	mm->sleep->nodes[1].stat[MM412_NODE_WRITEBACK] = 6;
	CU_ASSERT_EQUAL(mm412_lru_node_sum(mm, MM412_NODE_WRITEBACK), 11);
	mm->sleep->nodes[1].stat[MM412_NODE_WRITEBACK] = -6;
	CU_ASSERT_EQUAL(mm412_lru_node_sum(mm, MM412_NODE_WRITEBACK), 0);
	for (unsigned i = 0; i < 3; i++)
		mm->sleep->zones[i].stat[MM412_ZONE_WRITE_PENDING] = i + 1;
	CU_ASSERT_EQUAL(mm412_lru_zone_sum(mm, MM412_ZONE_WRITE_PENDING), 6);
}

/* ---- references ------------------------------------------------------------------------- */

static void the_last_pin_frees_the_page(void)
{
	uint32_t slot = page_with(MM412_PG_ACTIVE | MM412_PG_REFERENCED);
	int64_t before = nr_free();

	mm412_lru_pin(mm, slot);
	mm412_lru_put(mm, cpu, slot, false);
	CU_ASSERT_EQUAL(nr_free(), before);
	mm412_lru_put(mm, cpu, slot, false);
	CU_ASSERT_EQUAL(nr_free(), before + 1);
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->flags, 0);
	CU_ASSERT_EQUAL(mm412_tag_state(mm->s[slot].tag), MM412_ON_PCP);
}

static void who_has_a_page_by_its_content_or_the_swap_cache_keeps_it(void)
{
	uint32_t a = page_with(MM412_PG_SWAPBACKED | MM412_PG_SWAPCACHE), b = page_with(0);
	int64_t before = nr_free();

	mm412_page(mm, b)->content = 1;
	mm412_lru_put(mm, cpu, a, false);
	mm412_lru_put(mm, cpu, b, false);
	CU_ASSERT_EQUAL(nr_free(), before);
	CU_ASSERT(mm412_lru_held(mm, a) && mm412_lru_held(mm, b));
	mm412_page(mm, a)->flags &= (uint16_t)~MM412_PG_SWAPCACHE;
	mm412_lru_release(mm, cpu, a);
	mm412_page(mm, b)->content = 0;
	mm412_lru_release(mm, cpu, b);
	CU_ASSERT_EQUAL(nr_free(), before + 2);
}

static void a_freed_page_leaves_its_list_first(void)
{
	uint32_t slot = on_list(MM412_PG_ACTIVE);
	uint64_t taken = w_node(&w, 0)->lru.lock.taken;

	mm412_lru_put(mm, cpu, slot, false);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_ACTIVE_FILE), 0);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.lock.taken, taken + 1);
	CU_ASSERT_EQUAL(mm412_tag_state(mm->s[slot].tag), MM412_ON_PCP);
	CU_ASSERT(k_ok(&w.k));
}

static void a_huge_page_goes_back_as_one_block(void)
{
	uint32_t slot = w_block(&w, MM412_HUGE_ORDER, "GFP_TRANSHUGE_LIGHT");
	int64_t before = nr_free();

	mm412_page(mm, slot)->flags = MM412_PG_SWAPBACKED;
	mm412_lru_pin(mm, slot);
	mm412_lru_link(mm, slot, MM412_INACTIVE_ANON);
	mm412_lru_put(mm, cpu, slot, false);
	CU_ASSERT_EQUAL(nr_free(), before + 512);
	CU_ASSERT(k_ok(&w.k));
}

static uint32_t wanted_page;

static void pin_it(struct world412 *world)
{
	world->settled = NULL;
	CU_ASSERT(mm412_lru_held(mm, wanted_page));
	mm412_lru_pin(mm, wanted_page);
	mm412_lru_unlink(mm, wanted_page, MM412_INACTIVE_FILE);
}

static void who_takes_a_page_while_its_last_user_waits_for_the_lock_has_it(void)
{
	int64_t before;

	wanted_page = on_list(0);
	before = nr_free();
	w.settled = pin_it;
	mm412_lru_put(mm, cpu, wanted_page, false);
	CU_ASSERT_EQUAL(nr_free(), before);
	CU_ASSERT_EQUAL(mm412_page(mm, wanted_page)->pins, 1);
	mm412_lru_put(mm, cpu, wanted_page, false);
	CU_ASSERT_EQUAL(nr_free(), before + 1);
}

static void only_pin_it(struct world412 *world)
{
	world->settled = NULL;
	mm412_lru_pin(mm, wanted_page);
}

static void who_pins_a_page_meanwhile_finds_it_on_its_list(void)
{
	wanted_page = on_list(0);
	w.settled = only_pin_it;
	mm412_lru_put(mm, cpu, wanted_page, false);
	CU_ASSERT_EQUAL(mm412_page(mm, wanted_page)->pins, 1);
	CU_ASSERT(mm412_page(mm, wanted_page)->flags & MM412_PG_LRU);
}

/* Its task's unmapping is in the recorded time already. */
static void a_released_page_costs_no_lock(void)
{
	uint32_t slot = on_list(MM412_PG_ACTIVE);
	uint64_t taken = w_node(&w, 0)->lru.lock.taken;
	int64_t before = nr_free();

	mm412_lru_release(mm, cpu, slot);
	CU_ASSERT_EQUAL(nr_free(), before);
	mm412_page(mm, slot)->pins = 0;
	mm412_lru_release(mm, cpu, slot);
	CU_ASSERT_EQUAL(nr_free(), before + 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.lock.taken, taken);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_ACTIVE_FILE), 0);
}

static void pages_of_a_chain_are_freed_in_its_order(void)
{
	for (unsigned cold = 0; cold < 2; cold++) {
		struct mm412_chain chain = mm412_chain_empty();
		uint32_t page[3], next;

		for (unsigned i = 0; i < 3; i++) {
			page[i] = w_page(&w);
			mm412_chain_add_tail(mm, &chain, page[i]);
		}
		next = mm->s[mm412_pcp_head(mm, &mm->zones[0].pcps[0], MM412_MOVABLE)].next;
		mm412_lru_free_chain(mm, cpu, &chain, cold);
		CU_ASSERT_EQUAL(chain.entries, 0);
		/* The list's head is what the CPU takes next. */
		CU_ASSERT_EQUAL(w_page(&w), cold ? next : page[2]);
		if (!cold)
			CU_ASSERT_EQUAL(w_page(&w), page[1]);
	}
}

/* ---- isolation -------------------------------------------------------------------------- */

static void an_isolated_page_is_off_its_list_and_pinned(void)
{
	uint32_t slot = on_list(MM412_PG_SWAPBACKED);

	CU_ASSERT(mm412_lru_isolate(mm, cpu, slot));
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->pins, 2);
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->flags, MM412_PG_SWAPBACKED | MM412_PG_ISOLATED);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_LRU + MM412_INACTIVE_ANON), 0);
	CU_ASSERT_FALSE(mm412_lru_isolate(mm, cpu, slot));
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->pins, 2);
}

static void a_page_that_somebody_else_takes_meanwhile_is_not_isolated_twice(void)
{
	wanted_page = on_list(0);
	w.settled = pin_it;
	CU_ASSERT_FALSE(mm412_lru_isolate(mm, cpu, wanted_page));
	CU_ASSERT_EQUAL(mm412_page(mm, wanted_page)->pins, 2);
	CU_ASSERT_EQUAL(mm412_page(mm, wanted_page)->flags, 0);
}

static void a_page_put_back_waits_in_a_pagevec(void)
{
	uint32_t slot = on_list(MM412_PG_ACTIVE);

	CU_ASSERT(mm412_lru_isolate(mm, cpu, slot));
	mm412_lru_putback(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->flags, MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->pins, 2);
	CU_ASSERT_EQUAL(mm->sleep->pagevec[MM412_PV_ADD][0].n, 1);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(nth(MM412_ACTIVE_FILE, 0), slot);
	CU_ASSERT_EQUAL(mm412_page(mm, slot)->pins, 1);
}

static CU_TestInfo tests[] = {
	{ "flags say which list", flags_say_which_list },
	{ "a linked page is at the head and counted",
	  a_linked_page_is_at_the_head_and_counted },
	{ "a page can join at the tail", a_page_can_join_at_the_tail },
	{ "an unlinked page leaves nothing behind", an_unlinked_page_leaves_nothing_behind },
	{ "a huge page counts all its frames", a_huge_page_counts_all_its_frames },
	{ "the last pin frees the page", the_last_pin_frees_the_page },
	{ "who has a page by its content or the swap cache keeps it",
	  who_has_a_page_by_its_content_or_the_swap_cache_keeps_it },
	{ "a freed page leaves its list first", a_freed_page_leaves_its_list_first },
	{ "a huge page goes back as one block", a_huge_page_goes_back_as_one_block },
	{ "who takes a page while its last user waits for the lock has it",
	  who_takes_a_page_while_its_last_user_waits_for_the_lock_has_it },
	{ "who pins a page meanwhile finds it on its list",
	  who_pins_a_page_meanwhile_finds_it_on_its_list },
	{ "a released page costs no lock", a_released_page_costs_no_lock },
	{ "pages of a chain are freed in its order", pages_of_a_chain_are_freed_in_its_order },
	{ "an isolated page is off its list and pinned",
	  an_isolated_page_is_off_its_list_and_pinned },
	{ "a page that somebody else takes meanwhile is not isolated twice",
	  a_page_that_somebody_else_takes_meanwhile_is_not_isolated_twice },
	{ "a page put back waits in a pagevec", a_page_put_back_waits_in_a_pagevec },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo node_tests[] = {
	{ "lists are the nodes' and sizes those of zones up to a type",
	  lists_are_the_nodes_and_sizes_those_of_zones_up_to_a_type },
	{ "sums are over all nodes and zones and never negative",
	  sums_are_over_all_nodes_and_zones_and_never_negative },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_lru", NULL, NULL, open_small, close_world, tests },
	{ "mm412_lru, nodes", NULL, NULL, open_nodes, close_world, node_tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
