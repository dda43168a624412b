/*
 * Pagevecs: when they are emptied, what is done with their pages, who frees what nobody has
 * any more. The test has the pages by a pin of its own.
 */
#include "tests/model/world412.h"

#define FULL 14u /* PAGEVEC_SIZE */

static struct world412 w;
static struct mm412 *mm;
static struct sim_cpu *cpu;

static void open_small(void)
{
	w_init(&w, 2, 1);
	k_one_zone(&w.k, 2, 16384);
	w_boot(&w, 0);
	mm = w.mm;
	cpu = w_cpu(&w);
}

static void open_nodes(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "Normal", K_NORMAL, K_NORMAL + 8192 },
		{ 1, "Normal", K_NORMAL + 8192, K_NORMAL + 16384 },
	};

	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 0);
	mm = w.mm;
	cpu = w_cpu(&w);
}

static void close_world(void)
{
	k_drop(&w.k);
}

/* Pins of the test's own are not the model's to explain. */
static bool adds_up(void)
{
	char text[200];
	bool ok = mm412_check_sleep(mm, text, sizeof(text));

	if (!ok)
		fprintf(stderr, "%s\n", text);
	return ok;
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

static unsigned flags_of(uint32_t slot)
{
	return mm412_page(mm, slot)->flags;
}

static unsigned pins(uint32_t slot)
{
	return mm412_page(mm, slot)->pins;
}

static uint32_t head(enum mm412_lru lru)
{
	return mm->s[mm412_lru_head(w_node(&w, 0), lru)].next;
}

static uint32_t tail(enum mm412_lru lru)
{
	return mm->s[mm412_lru_head(w_node(&w, 0), lru)].prev;
}

static uint32_t entries(enum mm412_lru lru)
{
	return mm->s[mm412_lru_head(w_node(&w, 0), lru)].stamp;
}

static uint64_t event(unsigned which)
{
	return mm->sleep->event[which];
}

static unsigned waiting(unsigned which)
{
	return mm->sleep->pagevec[which][0].n;
}

static int64_t nr_free(void)
{
	return mm412_vmstat_exact(mm, &mm->zones[0]) + mm->zones[0].pcps[0].count +
	       mm->zones[0].pcps[1].count;
}

/* ---- adding ----------------------------------------------------------------------------- */

static void thirteen_pages_wait_and_the_fourteenth_brings_all_to_the_lists(void)
{
	uint32_t page[FULL];

	for (unsigned i = 0; i < FULL; i++) {
		CU_ASSERT_EQUAL(entries(MM412_INACTIVE_FILE), 0);
		page[i] = page_with(0);
		mm412_pagevec_add(mm, cpu, page[i]);
		if (i < FULL - 1) {
			CU_ASSERT_EQUAL(pins(page[i]), 2);
			CU_ASSERT_EQUAL(flags_of(page[i]), 0);
		}
	}
	CU_ASSERT_EQUAL(waiting(MM412_PV_ADD), 0);
	CU_ASSERT_EQUAL(entries(MM412_INACTIVE_FILE), FULL);
	CU_ASSERT_EQUAL(head(MM412_INACTIVE_FILE), page[FULL - 1]);
	CU_ASSERT_EQUAL(tail(MM412_INACTIVE_FILE), page[0]);
	for (unsigned i = 0; i < FULL; i++)
		CU_ASSERT_EQUAL(pins(page[i]), 1);
	CU_ASSERT(adds_up());
}

static void flags_at_the_drain_decide_on_the_list_and_are_scanned_and_rotated(void)
{
	const struct mm412_lruvec *lru = &w_node(&w, 0)->lru;
	uint32_t a = page_with(MM412_PG_SWAPBACKED), b = page_with(0), c = page_with(0);

	mm412_pagevec_add(mm, cpu, a);
	mm412_pagevec_add(mm, cpu, b);
	mm412_pagevec_add(mm, cpu, c);
	mm412_page(mm, a)->flags |= MM412_PG_ACTIVE;
	mm412_page(mm, c)->flags |= MM412_PG_ACTIVE;
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(head(MM412_ACTIVE_ANON), a);
	CU_ASSERT_EQUAL(head(MM412_INACTIVE_FILE), b);
	CU_ASSERT_EQUAL(head(MM412_ACTIVE_FILE), c);
	CU_ASSERT_EQUAL(lru->recent_scanned[MM412_ANON], 1);
	CU_ASSERT_EQUAL(lru->recent_rotated[MM412_ANON], 1);
	CU_ASSERT_EQUAL(lru->recent_scanned[MM412_FILE], 2);
	CU_ASSERT_EQUAL(lru->recent_rotated[MM412_FILE], 1);
	CU_ASSERT_EQUAL(event(MM412_PGACTIVATE), 0);
}

static void a_huge_page_does_not_wait_and_takes_along_who_does(void)
{
	uint32_t small = page_with(MM412_PG_SWAPBACKED);
	uint32_t huge = w_block(&w, MM412_HUGE_ORDER, "GFP_TRANSHUGE_LIGHT");

	mm412_page(mm, huge)->flags = MM412_PG_SWAPBACKED;
	mm412_lru_pin(mm, huge);
	mm412_pagevec_add(mm, cpu, small);
	mm412_pagevec_add(mm, cpu, huge);
	CU_ASSERT_EQUAL(waiting(MM412_PV_ADD), 0);
	CU_ASSERT_EQUAL(head(MM412_INACTIVE_ANON), huge);
	CU_ASSERT_EQUAL(tail(MM412_INACTIVE_ANON), small);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_LRU + MM412_INACTIVE_ANON], 513);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_scanned[MM412_ANON], 2);
}

static void a_page_that_nobody_has_any_more_is_freed_at_the_drain(void)
{
	uint32_t page[3];
	int64_t before;

	for (unsigned i = 0; i < 3; i++) {
		page[i] = page_with(MM412_PG_ACTIVE);
		mm412_pagevec_add(mm, cpu, page[i]);
	}
	before = nr_free();
	mm412_lru_put(mm, cpu, page[0], false);
	mm412_lru_put(mm, cpu, page[2], false);
	CU_ASSERT_EQUAL(nr_free(), before);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(nr_free(), before + 2);
	CU_ASSERT_EQUAL(entries(MM412_ACTIVE_FILE), 1);
	/* Collected from the last to the first, each to the head of the CPU's list. */
	CU_ASSERT_EQUAL(w_page(&w), page[0]);
	CU_ASSERT_EQUAL(w_page(&w), page[2]);
	CU_ASSERT(adds_up());
}

static void a_huge_page_that_nobody_has_is_freed_as_a_block(void)
{
	uint32_t huge = w_block(&w, MM412_HUGE_ORDER, "GFP_TRANSHUGE_LIGHT");
	int64_t before = nr_free();

	mm412_page(mm, huge)->flags = MM412_PG_SWAPBACKED;
	mm412_pagevec_add(mm, cpu, huge);
	CU_ASSERT_EQUAL(nr_free(), before + 512);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_LRU + MM412_INACTIVE_ANON], 0);
	CU_ASSERT(k_ok(&w.k));
}

/* ---- accesses --------------------------------------------------------------------------- */

static void the_second_access_makes_a_page_active(void)
{
	uint32_t slot = on_list(0);

	mm412_pagevec_accessed(mm, cpu, slot);
	CU_ASSERT_EQUAL(flags_of(slot), MM412_PG_LRU | MM412_PG_REFERENCED);
	CU_ASSERT_EQUAL(waiting(MM412_PV_ACTIVATE), 0);
	mm412_pagevec_accessed(mm, cpu, slot);
	CU_ASSERT_EQUAL(flags_of(slot), MM412_PG_LRU);
	CU_ASSERT_EQUAL(waiting(MM412_PV_ACTIVATE), 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.inactive_age, 1);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(flags_of(slot), MM412_PG_LRU | MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(event(MM412_PGACTIVATE), 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_rotated[MM412_FILE], 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_scanned[MM412_FILE], 1);
}

static void an_active_page_is_referenced_and_stays_so(void)
{
	uint32_t slot = on_list(MM412_PG_ACTIVE);

	mm412_pagevec_accessed(mm, cpu, slot);
	mm412_pagevec_accessed(mm, cpu, slot);
	CU_ASSERT_EQUAL(flags_of(slot), MM412_PG_LRU | MM412_PG_ACTIVE | MM412_PG_REFERENCED);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.inactive_age, 0);
}

static void anonymous_pages_do_not_age_the_node(void)
{
	uint32_t slot = on_list(MM412_PG_SWAPBACKED | MM412_PG_REFERENCED);

	mm412_pagevec_accessed(mm, cpu, slot);
	CU_ASSERT_EQUAL(waiting(MM412_PV_ACTIVATE), 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.inactive_age, 0);
}

static void an_unevictable_page_is_only_referenced(void)
{
	uint32_t slot = on_list(MM412_PG_UNEVICTABLE | MM412_PG_REFERENCED);

	mm412_pagevec_accessed(mm, cpu, slot);
	CU_ASSERT_EQUAL(waiting(MM412_PV_ACTIVATE), 0);
	CU_ASSERT(flags_of(slot) & MM412_PG_REFERENCED);
}

static void a_page_that_waits_on_its_own_cpu_begins_active(void)
{
	uint32_t own = page_with(MM412_PG_REFERENCED), other = page_with(MM412_PG_REFERENCED);

	mm412_pagevec_add(mm, cpu, own);
	mm412_pagevec_add(mm, &w.k.cpus[1], other);
	mm412_pagevec_accessed(mm, cpu, own);
	mm412_pagevec_accessed(mm, cpu, other);
	CU_ASSERT_EQUAL(flags_of(own), MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(flags_of(other), 0);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.inactive_age, 2);
	mm412_pagevec_drain_all(mm, cpu);
	CU_ASSERT_EQUAL(head(MM412_ACTIVE_FILE), own);
	CU_ASSERT_EQUAL(head(MM412_INACTIVE_FILE), other);
	CU_ASSERT_EQUAL(event(MM412_PGACTIVATE), 0);
}

/* ---- moves ------------------------------------------------------------------------------ */

static void only_a_page_on_an_inactive_list_is_activated(void)
{
	static const unsigned flags[] = { MM412_PG_ACTIVE, MM412_PG_UNEVICTABLE };

	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++)
		mm412_pagevec_activate(mm, cpu, on_list(flags[i]));
	mm412_pagevec_activate(mm, cpu, page_with(0));
	CU_ASSERT_EQUAL(waiting(MM412_PV_ACTIVATE), 0);
	mm412_pagevec_activate(mm, cpu, on_list(0));
	CU_ASSERT_EQUAL(waiting(MM412_PV_ACTIVATE), 1);
}

static void a_page_that_left_its_list_meanwhile_is_not_moved(void)
{
	uint32_t slot = on_list(0);

	mm412_pagevec_activate(mm, cpu, slot);
	mm412_lru_unlink(mm, slot, MM412_INACTIVE_FILE);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(flags_of(slot), 0);
	CU_ASSERT_EQUAL(event(MM412_PGACTIVATE), 0);
	CU_ASSERT_EQUAL(pins(slot), 1);
}

static void a_rotated_page_goes_to_the_tail_of_the_inactive_list(void)
{
	uint32_t slot = on_list(MM412_PG_ACTIVE | MM412_PG_SWAPBACKED);
	uint32_t other = on_list(MM412_PG_SWAPBACKED);

	mm412_pagevec_rotate(mm, cpu, slot);
	CU_ASSERT_EQUAL(waiting(MM412_PV_ROTATE), 1);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(tail(MM412_INACTIVE_ANON), slot);
	CU_ASSERT_EQUAL(head(MM412_INACTIVE_ANON), other);
	CU_ASSERT_EQUAL(entries(MM412_ACTIVE_ANON), 0);
	CU_ASSERT_EQUAL(event(MM412_PGROTATED), 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_scanned[MM412_ANON], 0);
}

static void who_cannot_be_reclaimed_soon_is_not_rotated(void)
{
	static const unsigned flags[] = { MM412_PG_LOCKED, MM412_PG_DIRTY,
					  MM412_PG_UNEVICTABLE };

	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++)
		mm412_pagevec_rotate(mm, cpu, on_list(flags[i]));
	mm412_pagevec_rotate(mm, cpu, page_with(0));
	CU_ASSERT_EQUAL(waiting(MM412_PV_ROTATE), 0);
}

static void a_page_that_is_given_up_goes_where_it_is_reclaimed_next(void)
{
	const unsigned busy = MM412_PG_DIRTY, written = MM412_PG_WRITEBACK;
	uint32_t clean = on_list(MM412_PG_ACTIVE | MM412_PG_REFERENCED);
	uint32_t dirty = on_list(busy), writing = on_list(written | MM412_PG_ACTIVE);

	on_list(0);
	mm412_pagevec_deactivate(mm, cpu, clean);
	mm412_pagevec_deactivate(mm, cpu, dirty);
	mm412_pagevec_deactivate(mm, cpu, writing);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(tail(MM412_INACTIVE_FILE), clean);
	CU_ASSERT_EQUAL(flags_of(clean), MM412_PG_LRU);
	CU_ASSERT_EQUAL(head(MM412_INACTIVE_FILE), writing);
	CU_ASSERT_EQUAL(mm->s[writing].next, dirty);
	CU_ASSERT_EQUAL(flags_of(dirty), MM412_PG_LRU | busy | MM412_PG_RECLAIM);
	CU_ASSERT_EQUAL(flags_of(writing), MM412_PG_LRU | written | MM412_PG_RECLAIM);
	CU_ASSERT_EQUAL(event(MM412_PGROTATED), 1);
	CU_ASSERT_EQUAL(event(MM412_PGDEACTIVATE), 2);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_scanned[MM412_FILE], 3);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_rotated[MM412_FILE], 0);
}

static void a_mapped_page_is_not_given_up(void)
{
	uint32_t slot = on_list(MM412_PG_ACTIVE);

	mm412_pagevec_deactivate(mm, cpu, slot);
	mm412_page(mm, slot)->flags |= MM412_PG_MAPPED;
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(flags_of(slot), MM412_PG_LRU | MM412_PG_ACTIVE | MM412_PG_MAPPED);
	CU_ASSERT_EQUAL(event(MM412_PGDEACTIVATE), 0);
}

/* ---- drains ----------------------------------------------------------------------------- */

static void a_drain_adds_then_rotates_then_deactivates_then_activates(void)
{
	uint32_t slot = on_list(MM412_PG_REFERENCED);

	mm412_pagevec_activate(mm, cpu, slot);
	mm412_pagevec_deactivate(mm, cpu, slot);
	mm412_pagevec_rotate(mm, cpu, slot);
	CU_ASSERT_EQUAL(pins(slot), 4);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(flags_of(slot), MM412_PG_LRU | MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(pins(slot), 1);
}

static void a_cpu_drains_its_own_and_all_drain_all(void)
{
	uint32_t own = page_with(0), other = page_with(0);

	mm412_pagevec_add(mm, cpu, own);
	mm412_pagevec_add(mm, &w.k.cpus[1], other);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT(flags_of(own) & MM412_PG_LRU);
	CU_ASSERT_FALSE(flags_of(other) & MM412_PG_LRU);
	mm412_pagevec_drain_of(mm, cpu, 1);
	CU_ASSERT(flags_of(other) & MM412_PG_LRU);
	mm412_pagevec_rotate(mm, &w.k.cpus[1], other);
	mm412_pagevec_drain_all(mm, cpu);
	CU_ASSERT_EQUAL(tail(MM412_INACTIVE_FILE), other);
}

static void the_lock_is_taken_once_for_a_full_pagevec(void)
{
	uint64_t before = w_node(&w, 0)->lru.lock.taken;

	for (unsigned i = 0; i < 2 * FULL; i++)
		mm412_pagevec_add(mm, cpu, page_with(0));
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.lock.taken, before + 2);
	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.lock.taken, before + 2);
}

static void drain_for_it(struct world412 *world)
{
	world->settled = NULL;
	mm412_pagevec_drain_of(mm, &w.k.cpus[1], 0);
}

static void who_finds_its_pagevec_drained_by_another_does_nothing(void)
{
	uint32_t page[FULL];

	for (unsigned i = 0; i < FULL; i++)
		page[i] = page_with(0);
	w.settled = drain_for_it;
	for (unsigned i = 0; i < FULL; i++)
		mm412_pagevec_add(mm, cpu, page[i]);
	CU_ASSERT_EQUAL(entries(MM412_INACTIVE_FILE), FULL);
	for (unsigned i = 0; i < FULL; i++)
		CU_ASSERT_EQUAL(pins(page[i]), 1);
	CU_ASSERT(adds_up());
}

static void add_more(struct world412 *world)
{
	world->settled = NULL;
	mm412_pagevec_add(mm, cpu, *(uint32_t *)w.more);
}

static void a_pagevec_never_overflows_while_its_cpu_settles(void)
{
	uint32_t late = page_with(0);

	w.more = &late;
	w.settled = add_more;
	for (unsigned i = 0; i < FULL; i++)
		mm412_pagevec_add(mm, cpu, page_with(0));
	CU_ASSERT_EQUAL(waiting(MM412_PV_ADD) + entries(MM412_INACTIVE_FILE), FULL + 1);
	CU_ASSERT(adds_up());
}

static void hints_beyond_what_a_page_can_count_are_forgotten(void)
{
	uint32_t slot = on_list(0);

	mm412_page(mm, slot)->pins = UINT8_MAX;
	mm412_pagevec_activate(mm, cpu, slot);
	mm412_pagevec_rotate(mm, cpu, slot);
	mm412_pagevec_deactivate(mm, cpu, slot);
	CU_ASSERT_EQUAL(pins(slot), UINT8_MAX);
}

/* ---- nodes ------------------------------------------------------------------------------ */

static void each_node_lists_its_own_pages_under_its_own_lock(void)
{
	uint64_t taken[2];
	uint32_t page[FULL];

	for (unsigned i = 0; i < FULL; i++) {
		struct mm_grant grant = w_request(&w, i & 1, 0, "GFP_KERNEL", 1);

		CU_ASSERT_EQUAL_FATAL(grant.node, i & 1);
		page[i] = mm412_slot(mm, grant.frame);
		mm412_lru_pin(mm, page[i]);
	}
	for (unsigned n = 0; n < 2; n++)
		taken[n] = w_node(&w, n)->lru.lock.taken;
	for (unsigned i = 0; i < FULL; i++)
		mm412_pagevec_add(mm, cpu, page[i]);
	for (unsigned n = 0; n < 2; n++) {
		CU_ASSERT_EQUAL(w_node(&w, n)->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE], 7);
		CU_ASSERT_EQUAL(w_node(&w, n)->lru.lock.taken, taken[n] + 7);
	}
	CU_ASSERT_EQUAL(cpu->locked, 0);
	CU_ASSERT(adds_up());
}

static CU_TestInfo tests[] = {
	{ "thirteen pages wait and the fourteenth brings all to the lists",
	  thirteen_pages_wait_and_the_fourteenth_brings_all_to_the_lists },
	{ "flags at the drain decide on the list and are scanned and rotated",
	  flags_at_the_drain_decide_on_the_list_and_are_scanned_and_rotated },
	{ "a huge page does not wait and takes along who does",
	  a_huge_page_does_not_wait_and_takes_along_who_does },
	{ "a page that nobody has any more is freed at the drain",
	  a_page_that_nobody_has_any_more_is_freed_at_the_drain },
	{ "a huge page that nobody has is freed as a block",
	  a_huge_page_that_nobody_has_is_freed_as_a_block },
	{ "the second access makes a page active", the_second_access_makes_a_page_active },
	{ "an active page is referenced and stays so",
	  an_active_page_is_referenced_and_stays_so },
	{ "anonymous pages do not age the node", anonymous_pages_do_not_age_the_node },
	{ "an unevictable page is only referenced", an_unevictable_page_is_only_referenced },
	{ "a page that waits on its own CPU begins active",
	  a_page_that_waits_on_its_own_cpu_begins_active },
	{ "only a page on an inactive list is activated",
	  only_a_page_on_an_inactive_list_is_activated },
	{ "a page that left its list meanwhile is not moved",
	  a_page_that_left_its_list_meanwhile_is_not_moved },
	{ "a rotated page goes to the tail of the inactive list",
	  a_rotated_page_goes_to_the_tail_of_the_inactive_list },
	{ "who cannot be reclaimed soon is not rotated",
	  who_cannot_be_reclaimed_soon_is_not_rotated },
	{ "a page that is given up goes where it is reclaimed next",
	  a_page_that_is_given_up_goes_where_it_is_reclaimed_next },
	{ "a mapped page is not given up", a_mapped_page_is_not_given_up },
	{ "a drain adds, then rotates, then deactivates, then activates",
	  a_drain_adds_then_rotates_then_deactivates_then_activates },
	{ "a CPU drains its own, and all drain all", a_cpu_drains_its_own_and_all_drain_all },
	{ "the lock is taken once for a full pagevec",
	  the_lock_is_taken_once_for_a_full_pagevec },
	{ "who finds its pagevec drained by another does nothing",
	  who_finds_its_pagevec_drained_by_another_does_nothing },
	{ "a pagevec never overflows while its CPU settles",
	  a_pagevec_never_overflows_while_its_cpu_settles },
	{ "hints beyond what a page can count are forgotten",
	  hints_beyond_what_a_page_can_count_are_forgotten },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo node_tests[] = {
	{ "each node lists its own pages under its own lock",
	  each_node_lists_its_own_pages_under_its_own_lock },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_pagevec", NULL, NULL, open_small, close_world, tests },
	{ "mm412_pagevec, nodes", NULL, NULL, open_nodes, close_world, node_tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
