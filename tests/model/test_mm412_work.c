/*
 * What one CPU has others do: drains of all CPUs, and interrupts that flush TLBs; who does it,
 * who waits, for how long.
 */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_work.h"
#include "tests/model/compact412.h"

#define CPUS 4
#define FRAMES 16384

static struct world412 w;
static uint64_t slept_before;

static void open_world(void)
{
	w_init(&w, CPUS, 1);
	k_one_zone(&w.k, CPUS, FRAMES);
	w_boot(&w, 1024);
	slept_before = w.slept;
	w_cpu(&w)->now = 1000000; /* the others are through with what they have done before */
}

static void close_world(void)
{
	w_close(&w);
}

static struct mm412_zone *zone(void)
{
	return w_zone(&w, 0, "Normal");
}

/* Leaves n pages on that CPU's list. */
static void fill_list(unsigned cpu, unsigned n)
{
	struct sim_cpu *c = &w.k.cpus[cpu];
	uint64_t frames[64];

	c->on_actor = false;
	for (unsigned i = 0; i < n; i++)
		frames[i] = k_alloc(&w.k, cpu, 0, "GFP_HIGHUSER_MOVABLE");
	for (unsigned i = 0; i < n; i++)
		k_free(&w.k, cpu, frames[i], 0);
	c->on_actor = true;
}

static uint32_t on_lists(void)
{
	uint32_t pages = 0;

	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		pages += zone()->pcps[cpu].count;
	return pages;
}

/* ---- drains ----------------------------------------------------------------------------- */

static void every_cpu_with_pages_empties_its_own_lists_and_the_caller_waits(void)
{
	uint64_t work = w.mm->cost.work[0], queue = w.mm->cost.drain_cpu[0], due;
	uint64_t page = w.mm->cost.drain_page[0], n[CPUS];

	fill_list(1, 8);
	fill_list(3, 40);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		n[cpu] = zone()->pcps[cpu].count;
	memset(w.k.worked, 0, sizeof(w.k.worked));
	due = w_cpu(&w)->due;
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	CU_ASSERT_EQUAL(on_lists(), 0);
	CU_ASSERT(n[1] > 0 && n[3] > 0);
	CU_ASSERT(w.k.worked[1] > work + n[1] * page &&
		  w.k.worked[1] < work + 300 + n[1] * 5 * page);
	CU_ASSERT(w.k.worked[3] > work + n[3] * page &&
		  w.k.worked[3] < work + 300 + n[3] * 5 * page);
	CU_ASSERT_EQUAL(w.k.worked[0] + w.k.worked[2], 0);
	CU_ASSERT_EQUAL(w.interrupts, 2);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	/* The longer one was queued last. */
	CU_ASSERT_EQUAL(w.slept - slept_before, w.k.worked[3]);
	CU_ASSERT_EQUAL(w_cpu(&w)->due - due, 2 * queue + w.k.worked[3]);
	CU_ASSERT_EQUAL(w.mm->sleep->draining, 0);
}

static void nobody_is_interrupted_where_all_lists_are_empty_but_the_own(void)
{
	uint64_t due;

	fill_list(0, 5);
	due = w_cpu(&w)->due;
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	CU_ASSERT_EQUAL(on_lists(), 0);
	CU_ASSERT_EQUAL(w.interrupts, 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT(w_cpu(&w)->due - due > w.mm->cost.work[0] + w.mm->cost.drain_cpu[0]);
}

static void who_cannot_wait_goes_on_at_once(void)
{
	uint64_t due;

	fill_list(2, 30);
	w_cpu(&w)->on_actor = false;
	due = w_cpu(&w)->due;
	mm412_pcp_drain_all(w.mm, w_cpu(&w), zone());
	w_cpu(&w)->on_actor = true;
	CU_ASSERT_EQUAL(on_lists(), 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(w_cpu(&w)->due - due, w.mm->cost.drain_cpu[0]);
	CU_ASSERT(w.k.worked[2] > w.mm->cost.work[0]);
	CU_ASSERT_EQUAL(w.mm->sleep->draining, 0);
}

static void a_drain_beside_another_one_does_nothing(void)
{
	fill_list(1, 8);
	w.mm->sleep->draining = sim_now(w_cpu(&w)) + 5000;
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	CU_ASSERT(on_lists() >= 8);
	CU_ASSERT_EQUAL(w.interrupts + w.sleeps, 0);
	w.mm->sleep->draining = 0;
}

/* The other one is through when this one looks for the third time. */
static void other_drain_ends(struct world412 *world)
{
	if (world->sleeps == 3)
		world->mm->sleep->draining = 0;
}

static void a_drain_for_a_zone_waits_for_another_one_and_drains_again(void)
{
	fill_list(1, 8);
	w.mm->sleep->draining = sim_now(w_cpu(&w)) + 5000;
	w.asleep = other_drain_ends;
	mm412_pcp_drain_all(w.mm, w_cpu(&w), zone());
	CU_ASSERT_EQUAL(on_lists(), 0);
	CU_ASSERT_EQUAL(w.sleeps, 4);
	CU_ASSERT_EQUAL(w.slept - slept_before,
			5000 + 2 * (w.mm->sleep->jiffy / 64) + w.k.worked[1]);
}

static void pagevecs_are_emptied_by_their_own_cpus(void)
{
	uint32_t content, slot;

	w_cpu(&w)->id = 2;
	content = w_hold(&w, 1, MM_KIND_FILE, false);
	slot = w_slot(&w, content);
	w_cpu(&w)->id = 0;
	mm412_content_drop(w.mm, w_cpu(&w), content);
	memset(w.k.worked, 0, sizeof(w.k.worked));
	CU_ASSERT_EQUAL(zone()->pcps[0].count, 0);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	/* The pagevec had the last reference: the page goes to the list of that CPU. */
	CU_ASSERT_EQUAL(mm412_tag_state(w.mm->s[slot].tag), MM412_ON_PCP);
	CU_ASSERT_EQUAL(zone()->pcps[0].count, 0);
	CU_ASSERT(zone()->pcps[2].count > 0);
	CU_ASSERT(w.k.worked[2] > w.mm->cost.work[0] + w.mm->cost.lru_drain[0]);
	CU_ASSERT_EQUAL(w.slept - slept_before, w.k.worked[2]);
	CU_ASSERT_EQUAL(w.interrupts, 1);
}

/* ---- TLBs ------------------------------------------------------------------------------- */

/* A page of task memory that was last used on that CPU; off its list, its entry old. */
static uint32_t page_of(uint32_t task, unsigned cpu, enum mm_kind kind)
{
	uint32_t content, slot;

	w_cpu(&w)->id = (uint16_t)cpu;
	content = w_hold(&w, task, kind, false);
	slot = w_slot(&w, content);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	w_cpu(&w)->id = 0;
	CU_ASSERT_TRUE_FATAL(mm412_lru_isolate(w.mm, w_cpu(&w), slot));
	mm412_page(w.mm, slot)->flags &= (uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_ACTIVE);
	return slot;
}

static void put_back(struct mm412_chain *pages)
{
	while (pages->entries) {
		uint32_t slot = pages->first;

		mm412_chain_del(w.mm, pages, slot);
		mm412_lru_putback(w.mm, w_cpu(&w), slot);
	}
}

/* Reclaims them on CPU 0; returns the cycles that it waited for other CPUs. */
static uint64_t reclaim(struct mm412_chain *pages)
{
	struct mm412_task task = { 0 };
	struct mm412_scan sc = { .task = &task,
				 .gfp = MM412_GFP_IO | MM412_GFP_FS,
				 .reclaim_idx = MM412_ZONE_MOVABLE,
				 .may_writepage = true,
				 .may_unmap = true,
				 .may_swap = true };
	struct mm412_shrunk seen;
	uint64_t waited = w_cpu(&w)->part[SIM_PART_SLEEP];

	memset(w.k.worked, 0, sizeof(w.k.worked));
	mm412_shrink(w.mm, w_cpu(&w), pages, w_node(&w, 0), &sc, false, &seen);
	mm412_io_unplug(w.mm, w_cpu(&w), &task);
	put_back(pages);
	return w_cpu(&w)->part[SIM_PART_SLEEP] - waited;
}

/* Shared memory that swap has already: nothing is written, nothing else is in the way. */
static void make_clean(uint32_t slot)
{
	struct mm412_chain none = mm412_chain_empty();

	mm412_page(w.mm, slot)->flags |= MM412_PG_LOCKED;
	CU_ASSERT_TRUE_FATAL(mm412_swap_add(w.mm, w_cpu(&w), NULL, slot, &none));
	mm412_page(w.mm, slot)->flags &=
		(uint16_t) ~(MM412_PG_LOCKED | MM412_PG_DIRTY | MM412_PG_PTE_DIRTY);
}

static void a_batch_interrupts_each_cpu_once(void)
{
	struct mm412_chain pages = mm412_chain_empty();
	uint64_t cycles = w.mm->cost.flush_ipi[0];

	for (unsigned i = 0; i < 12; i++) {
		uint32_t slot = page_of(1 + i % 3, i % 3, MM_KIND_ANON);

		make_clean(slot);
		mm412_chain_add(w.mm, &pages, slot);
	}
	CU_ASSERT_EQUAL(reclaim(&pages), cycles);
	CU_ASSERT_EQUAL(pages.entries, 0);
	CU_ASSERT_EQUAL(w.k.worked[0], 0); /* its own TLB is part of the price of an unmap */
	CU_ASSERT_EQUAL(w.k.worked[1], cycles);
	CU_ASSERT_EQUAL(w.k.worked[2], cycles);
	CU_ASSERT_EQUAL(w.k.worked[3], 0);
	CU_ASSERT_EQUAL(w.mm->sleep->flush_ipis, 2);
	CU_ASSERT_EQUAL(k_counter(&w.k, "tlb_flush_ipis"), 2);
}

static void a_page_that_is_written_is_flushed_before(void)
{
	struct mm412_chain pages = mm412_chain_empty();
	uint64_t cycles = w.mm->cost.flush_ipi[0];

	for (unsigned i = 0; i < 5; i++) {
		uint32_t slot = page_of(1, 3, MM_KIND_ANON);

		mm412_page(w.mm, slot)->flags |= MM412_PG_PTE_DIRTY;
		mm412_chain_add(w.mm, &pages, slot);
	}
	CU_ASSERT_EQUAL(reclaim(&pages), 5 * cycles);
	CU_ASSERT_EQUAL(w.k.worked[3], 5 * cycles);
	CU_ASSERT_EQUAL(w.mm->sleep->flush_ipis, 5);
}

static void a_task_that_moved_to_this_cpu_needs_no_interrupt(void)
{
	struct mm412_chain pages = mm412_chain_empty();
	uint32_t slot = page_of(1, 3, MM_KIND_ANON);

	make_clean(slot);
	mm412_chain_add(w.mm, &pages, slot);
	mm412_task_of(w.mm, 1)->cpu = 0;
	CU_ASSERT_EQUAL(reclaim(&pages), 0);
	CU_ASSERT_EQUAL(w.interrupts, 0);
}

static void pages_of_files_that_nobody_maps_need_no_interrupt(void)
{
	struct mm412_chain pages = mm412_chain_empty();

	mm412_chain_add(w.mm, &pages, page_of(1, 3, MM_KIND_FILE));
	CU_ASSERT_EQUAL(reclaim(&pages), 0);
	CU_ASSERT_EQUAL(w.interrupts, 0);
}

static void migration_interrupts_for_every_page(void)
{
	struct mm412_compact cc = c_control(&w, 9, MM412_COMPACT_SYNC);

	for (unsigned i = 0; i < 4; i++) {
		uint32_t slot = page_of(1, 2, i < 3 ? MM_KIND_ANON : MM_KIND_FILE);

		mm412_lru_node_add(w.mm, slot,
				   MM412_NODE_ISOLATED_ANON + mm412_lru_kind(w.mm, slot), 1);
		mm412_chain_add_tail(w.mm, &cc.migrate, slot);
		cc.nr_migrate++;
	}
	CU_ASSERT_EQUAL(mm412_migrate(w.mm, w_cpu(&w), &cc), 0);
	CU_ASSERT_EQUAL(w.k.worked[2], 3 * w.mm->cost.flush_ipi[0]);
	CU_ASSERT_EQUAL(w.mm->sleep->flush_ipis, 3);
	mm412_compact_free_release(w.mm, w_cpu(&w), &cc);
}

/* ---- what locks are wanted for ---------------------------------------------------------- */

/* Somebody has it for another 1000 cycles. */
static const struct sim_lock *hold(struct sim_lock *lock)
{
	for (unsigned i = 0; i < SIM_CAUSES; i++)
		lock->waits[i] = lock->wait_cycles[i] = 0;
	lock->free_at = sim_now(w_cpu(&w)) + 1000;
	return lock;
}

/* One wait, for that. */
static bool waited_for(const struct sim_lock *lock, enum sim_cause cause)
{
	uint64_t waits = 0;

	for (unsigned i = 0; i < SIM_CAUSES; i++)
		waits += lock->waits[i];
	return waits == 1 && lock->waits[cause] == 1 && lock->wait_cycles[cause] > 0 &&
	       lock->wait_cycles[cause] <= 1000;
}

static void moving_blocks_by_number_is_a_cause_of_its_own(void)
{
	uint32_t slot = mm412_slot(w.mm, K_NORMAL + 1024);
	const struct sim_lock *lock = hold(&zone()->lock);

	CU_ASSERT_TRUE(mm412_isolation_set(w.mm, w_cpu(&w), slot));
	CU_ASSERT_TRUE(waited_for(lock, SIM_CAUSE_SPLIT));
	hold(&zone()->lock);
	mm412_isolation_unset(w.mm, w_cpu(&w), slot, MM412_MOVABLE);
	CU_ASSERT_EQUAL(lock->waits[SIM_CAUSE_SPLIT], 1);
}

static void reclaim_and_pagevecs_want_the_lru_lock_for_different_things(void)
{
	struct mm412_node_sleep *node = w_node(&w, 0);
	struct mm412_task task = { 0 };
	struct mm412_scan sc = { .task = &task, .reclaim_idx = MM412_ZONE_MOVABLE };
	const struct sim_lock *lock = hold(&node->lru.lock);

	w_hold(&w, 1, MM_KIND_FILE, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_TRUE(waited_for(lock, SIM_CAUSE_LRU));
	hold(&node->lru.lock);
	mm412_scan_active(w.mm, w_cpu(&w), node, MM412_ACTIVE_FILE, 8, &sc);
	CU_ASSERT_TRUE(waited_for(lock, SIM_CAUSE_RECLAIM));
}

static void a_snapshot_names_the_locks_of_nodes(void)
{
	struct sim_lock *lock = &w_node(&w, 0)->lru.lock;
	struct mm_snapshot *s;

	lock->waits[SIM_CAUSE_LRU] = 5;
	lock->wait_cycles[SIM_CAUSE_LRU] = 77;
	s = mm412_policy.snapshot(w.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL_FATAL(s->nlocks, 1);
	CU_ASSERT_STRING_EQUAL(s->locks[0].name, "lru_lock");
	CU_ASSERT_EQUAL(s->locks[0].nid, 0);
	CU_ASSERT_EQUAL(s->locks[0].taken, lock->taken);
	CU_ASSERT_EQUAL(s->locks[0].waits[SIM_CAUSE_LRU], 5);
	CU_ASSERT_EQUAL(s->locks[0].wait_cycles[SIM_CAUSE_LRU], 77);
	mm_snapshot_free(s);
}

static CU_TestInfo drains[] = {
	{ "every CPU with pages empties its own lists, and the caller waits",
	  every_cpu_with_pages_empties_its_own_lists_and_the_caller_waits },
	{ "nobody is interrupted where all lists are empty but the own",
	  nobody_is_interrupted_where_all_lists_are_empty_but_the_own },
	{ "who cannot wait goes on at once", who_cannot_wait_goes_on_at_once },
	{ "a drain beside another one does nothing", a_drain_beside_another_one_does_nothing },
	{ "a drain for a zone waits for another one and drains again",
	  a_drain_for_a_zone_waits_for_another_one_and_drains_again },
	{ "pagevecs are emptied by their own CPUs", pagevecs_are_emptied_by_their_own_cpus },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo tlbs[] = {
	{ "a batch interrupts each CPU once", a_batch_interrupts_each_cpu_once },
	{ "a page that is written is flushed before",
	  a_page_that_is_written_is_flushed_before },
	{ "a task that moved to this CPU needs no interrupt",
	  a_task_that_moved_to_this_cpu_needs_no_interrupt },
	{ "pages of files that nobody maps need no interrupt",
	  pages_of_files_that_nobody_maps_need_no_interrupt },
	{ "migration interrupts for every page", migration_interrupts_for_every_page },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo causes[] = {
	{ "moving blocks by number is a cause of its own",
	  moving_blocks_by_number_is_a_cause_of_its_own },
	{ "reclaim and pagevecs want the LRU lock for different things",
	  reclaim_and_pagevecs_want_the_lru_lock_for_different_things },
	{ "a snapshot names the locks of nodes", a_snapshot_names_the_locks_of_nodes },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "drains", NULL, NULL, open_world, close_world, drains },
	{ "TLBs", NULL, NULL, open_world, close_world, tlbs },
	{ "causes", NULL, NULL, open_world, close_world, causes },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
