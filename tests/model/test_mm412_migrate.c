/* Moving pages: what comes along, what waits, what fails and goes back. */
#include "tests/model/compact412.h"

#define FRAMES 4096
#define PAGES 8 /* that each test moves */

static struct world412 w;
static uint32_t moved[PAGES]; /* their contents */

/* PAGES pages at the zone's start, anon, file, dirty file, ... and room for them elsewhere. */
static void open_full(void)
{
	w_open(&w, FRAMES, 100);
	c_take_all(&w);
	c_hold_all(&w, 2, 0);
	c_drop_some(&w, 1024, FRAMES, 2, 0);
	for (unsigned i = 0; i < PAGES; i++)
		moved[i] = c_content(&w, c_slot(&w, i));
}

static void close_world(void)
{
	CU_ASSERT_TRUE(c_contents_hold(&w));
	w_close(&w);
}

static struct mm412_page *page(uint64_t n)
{
	return mm412_page(w.mm, c_slot(&w, n));
}

/* The page that holds the i-th content now. */
static const struct mm412_page *now_in(unsigned i)
{
	return mm412_page(w.mm, w_slot(&w, moved[i]));
}

/* Isolates the first `n` of them, as the migrate scanner would. */
static struct mm412_compact isolated(unsigned n, enum mm412_compact_mode mode)
{
	struct mm412_compact cc = c_control(&w, 9, mode);

	for (unsigned i = 0; i < n; i++) {
		uint32_t slot = c_slot(&w, i);

		CU_ASSERT_TRUE_FATAL(mm412_lru_isolate(w.mm, w_cpu(&w), slot));
		mm412_lru_node_add(w.mm, slot,
				   MM412_NODE_ISOLATED_ANON + mm412_lru_kind(w.mm, slot), 1);
		mm412_chain_add_tail(w.mm, &cc.migrate, slot);
		cc.nr_migrate++;
	}
	return cc;
}

static int migrate(struct mm412_compact *cc)
{
	return mm412_migrate(w.mm, w_cpu(&w), cc);
}

static void finish(struct mm412_compact *cc)
{
	mm412_compact_pages_putback(w.mm, w_cpu(&w), cc);
	mm412_compact_free_release(w.mm, w_cpu(&w), cc);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
}

static bool is_free(uint64_t n)
{
	return mm412_tag_state(w.mm->s[c_slot(&w, n)].tag) != MM412_USED;
}

static void contents_and_flags_come_along_and_frames_become_free(void)
{
	struct mm412_compact cc;
	const struct mm412_node_sleep *node = w_node(&w, 0);
	struct mm412_node_sleep before = *node;

	page(0)->flags |= MM412_PG_REFERENCED | MM412_PG_RECLAIM;
	cc = isolated(4, MM412_COMPACT_ASYNC);
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	finish(&cc);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_TRUE(is_free(i));
		CU_ASSERT_EQUAL(now_in(i)->content, moved[i] + 1);
		CU_ASSERT(now_in(i)->flags & MM412_PG_LRU);
		CU_ASSERT_EQUAL(now_in(i)->pins, 0);
		CU_ASSERT_EQUAL(!(now_in(i)->flags & MM412_PG_MAPPED), i % 2);
	}
	CU_ASSERT(now_in(0)->flags & MM412_PG_REFERENCED);
	CU_ASSERT_FALSE(now_in(0)->flags & MM412_PG_RECLAIM);
	CU_ASSERT_FALSE(now_in(2)->flags & MM412_PG_REFERENCED);
	CU_ASSERT(now_in(3)->flags & MM412_PG_DIRTY);
	CU_ASSERT_FALSE(now_in(1)->flags & MM412_PG_DIRTY);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 4);
	for (unsigned i = 0; i < MM412_NODE_ITEMS; i++)
		CU_ASSERT_EQUAL(node->stat[i], before.stat[i]);
}

/* The entry that points there now is a new one: old, and clean; the page knows better. */
static void page_table_entries_are_made_anew(void)
{
	struct mm412_compact cc;

	page(0)->flags |= MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY;
	cc = isolated(1, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	finish(&cc);
	CU_ASSERT_EQUAL(now_in(0)->flags & (MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY), 0);
	CU_ASSERT(now_in(0)->flags & MM412_PG_DIRTY);
}

static void what_has_gone_meanwhile_needs_no_place(void)
{
	struct mm412_compact cc = isolated(2, MM412_COMPACT_ASYNC);
	uint64_t free;

	mm412_content_drop(w.mm, w_cpu(&w), moved[0]);
	CU_ASSERT_FALSE(is_free(0));
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	CU_ASSERT_TRUE(is_free(0));
	/* It counts as moved. */
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 2);
	free = c_free(&w) + cc.nr_free;
	finish(&cc);
	CU_ASSERT_EQUAL(c_free(&w), free);
}

static void a_pinned_page_is_tried_ten_times_and_stays_in_the_chain(void)
{
	struct mm412_compact cc;
	unsigned settles;

	cc = isolated(3, MM412_COMPACT_SYNC_LIGHT);
	mm412_lru_pin(w.mm, c_slot(&w, 1));
	settles = w.settles;
	CU_ASSERT_EQUAL(migrate(&cc), 1);
	/* Others can run before each page of each pass, and nine passes are for one. */
	CU_ASSERT(w.settles - settles >= 3 + 9);
	CU_ASSERT_EQUAL(cc.migrate.first, c_slot(&w, 1));
	CU_ASSERT_EQUAL(cc.migrate.entries, 1);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 2);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_FAIL), 1);
	finish(&cc);
	mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, 1), false);
	CU_ASSERT_EQUAL(w_slot(&w, moved[1]), c_slot(&w, 1));
	CU_ASSERT(page(1)->flags & MM412_PG_LRU);
}

static void a_locked_page_is_waited_for_by_those_who_may(void)
{
	struct mm412_task *task = mm412_task_of(w.mm, C_TASK);
	struct mm412_compact cc;

	page(1)->flags |= MM412_PG_LOCKED;
	cc = isolated(2, MM412_COMPACT_ASYNC);
	CU_ASSERT_EQUAL(migrate(&cc), 1);
	finish(&cc);
	/* Whoever allocates could wait for itself. */
	w.sleeps = 0;
	task->memalloc = true;
	cc = c_control(&w, 9, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT_TRUE(mm412_lru_isolate(w.mm, w_cpu(&w), c_slot(&w, 1)));
	w_node(&w, 0)->stat[MM412_NODE_ISOLATED_FILE]++;
	mm412_chain_add(w.mm, &cc.migrate, c_slot(&w, 1));
	cc.nr_migrate = 1;
	CU_ASSERT_EQUAL(migrate(&cc), 1);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	task->memalloc = false;
	finish(&cc);
	page(1)->flags &= (uint16_t)~MM412_PG_LOCKED;
}

static unsigned settled; /* before the first look */

static void unlock_after_two_looks(struct world412 *world)
{
	if (world->sleeps == 1)
		settled = world->settles - settled;
	if (world->sleeps == 2)
		page(0)->flags &= (uint16_t)~MM412_PG_LOCKED;
}

static void kcompactd_waits_for_a_lock_from_the_fourth_pass_on(void)
{
	struct mm412_compact cc;

	page(0)->flags |= MM412_PG_LOCKED;
	cc = isolated(1, MM412_COMPACT_SYNC_LIGHT);
	cc.task = NULL;
	w.asleep = unlock_after_two_looks;
	settled = w.settles;
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	CU_ASSERT_EQUAL(w.sleeps, 2);
	/* One for each pass, and two for the lock of the free page. */
	CU_ASSERT_EQUAL(settled, 4 + 2);
	CU_ASSERT_PTR_EQUAL(w.queue, w.mm->sleep->page_queue);
	finish(&cc);
	CU_ASSERT_TRUE(is_free(0));
}

/* ---- writeback -------------------------------------------------------------------------- */

/* The dirty file page on its way to the disk. */
static void write_third(void)
{
	CU_ASSERT_TRUE(mm412_dirty_clear(w.mm, w_cpu(&w), c_slot(&w, 3)));
	mm412_io_write(w.mm, w_cpu(&w), c_slot(&w, 3), false);
	CU_ASSERT(page(3)->flags & MM412_PG_WRITEBACK);
}

static void a_page_being_written_goes_back_at_once(void)
{
	struct mm412_compact cc;

	write_third();
	cc = isolated(4, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT_EQUAL(migrate(&cc), 1);
	/* Not tried again, and back on its list without anybody's doing. */
	CU_ASSERT_EQUAL(cc.migrate.entries, 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(w_slot(&w, moved[3]), c_slot(&w, 3));
	finish(&cc);
	CU_ASSERT(page(3)->flags & MM412_PG_LRU);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_FAIL), 1);
	mm412_io_wait(w.mm, w_cpu(&w), c_slot(&w, 3));
}

static void full_sync_waits_for_the_write(void)
{
	struct mm412_compact cc;

	write_third();
	cc = isolated(4, MM412_COMPACT_SYNC);
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT(w.slept <= W_SERVICE);
	finish(&cc);
	CU_ASSERT_TRUE(is_free(3));
	CU_ASSERT_FALSE(now_in(3)->flags & MM412_PG_WRITEBACK);
}

static void who_is_no_actor_does_not_wait_even_then(void)
{
	struct mm412_compact cc;

	write_third();
	page(2)->flags |= MM412_PG_LOCKED;
	cc = isolated(4, MM412_COMPACT_SYNC);
	cc.task = NULL;
	w_cpu(&w)->on_actor = false;
	CU_ASSERT_EQUAL(migrate(&cc), 2);
	finish(&cc);
	w_cpu(&w)->on_actor = true;
	CU_ASSERT_EQUAL(w.sleeps, 0);
	page(2)->flags &= (uint16_t)~MM412_PG_LOCKED;
	mm412_io_wait(w.mm, w_cpu(&w), c_slot(&w, 3));
}

/* ---- swap cache, places ----------------------------------------------------------------- */

static void a_page_of_the_swap_cache_takes_its_slot_along(void)
{
	struct mm412_compact cc = isolated(1, MM412_COMPACT_SYNC_LIGHT);
	uint32_t swap;

	CU_ASSERT_TRUE(mm412_swap_add(w.mm, w_cpu(&w), NULL, c_slot(&w, 0), NULL));
	page(0)->flags &= (uint16_t)~MM412_PG_LOCKED;
	swap = page(0)->swap;
	CU_ASSERT_EQUAL(mm412_swap_cached(w.mm, swap), c_slot(&w, 0));
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	finish(&cc);
	CU_ASSERT_EQUAL(mm412_swap_cached(w.mm, swap), w_slot(&w, moved[0]));
	CU_ASSERT_NOT_EQUAL(w_slot(&w, moved[0]), c_slot(&w, 0));
	CU_ASSERT_EQUAL(now_in(0)->swap, swap);
}

static void without_a_place_to_go_the_rest_stays_in_the_chain(void)
{
	struct mm412_compact cc = isolated(4, MM412_COMPACT_SYNC_LIGHT);

	/* The free scanner has come down to where it must stop. */
	cc.free_at = cc.migrate_at;
	mm412_compact_free_put(w.mm, &cc, w_page(&w));
	CU_ASSERT_EQUAL(migrate(&cc), MM412_MIGRATE_NO_MEMORY);
	CU_ASSERT_EQUAL(cc.migrate.entries, 3);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 1);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_FAIL), 1);
	finish(&cc);
}

static struct {
	uint64_t from[PAGES], to[PAGES];
	unsigned n, locked;
} copies;

static uint64_t note_copy(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t from,
			  uint64_t to, uint64_t frames)
{
	(void)memory;
	CU_ASSERT_EQUAL(frames, 1);
	CU_ASSERT_FATAL(copies.n < PAGES);
	copies.from[copies.n] = from;
	copies.to[copies.n++] = to;
	copies.locked += cpu->locked;
	return 1000;
}

static void each_page_that_moves_is_copied_once(void)
{
	struct sim_memory memory = { .pages = note_copy }, *was = w_cpu(&w)->memory;
	uint64_t cycles = w_cpu(&w)->part[SIM_PART_PAGES];
	struct mm412_compact cc = isolated(2, MM412_COMPACT_SYNC_LIGHT);

	memset(&copies, 0, sizeof(copies));
	w_cpu(&w)->memory = &memory;
	CU_ASSERT_EQUAL(migrate(&cc), 0);
	w_cpu(&w)->memory = was;
	CU_ASSERT_EQUAL_FATAL(copies.n, 2);
	CU_ASSERT_EQUAL(copies.locked, 0);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(copies.from[i], mm412_frame(w.mm, c_slot(&w, i)));
		CU_ASSERT_EQUAL(copies.to[i], mm412_frame(w.mm, w_slot(&w, moved[i])));
	}
	CU_ASSERT_EQUAL(w_cpu(&w)->part[SIM_PART_PAGES] - cycles, 2000);
	finish(&cc);
}

static CU_TestInfo tests[] = {
	{ "contents and flags come along and frames become free",
	  contents_and_flags_come_along_and_frames_become_free },
	{ "page table entries are made anew", page_table_entries_are_made_anew },
	{ "what has gone meanwhile needs no place", what_has_gone_meanwhile_needs_no_place },
	{ "a pinned page is tried ten times and stays in the chain",
	  a_pinned_page_is_tried_ten_times_and_stays_in_the_chain },
	{ "a locked page is waited for by those who may",
	  a_locked_page_is_waited_for_by_those_who_may },
	{ "kcompactd waits for a lock from the fourth pass on",
	  kcompactd_waits_for_a_lock_from_the_fourth_pass_on },
	{ "a page being written goes back at once", a_page_being_written_goes_back_at_once },
	{ "full sync waits for the write", full_sync_waits_for_the_write },
	{ "who is no actor does not wait even then", who_is_no_actor_does_not_wait_even_then },
	{ "a page of the swap cache takes its slot along",
	  a_page_of_the_swap_cache_takes_its_slot_along },
	{ "without a place to go the rest stays in the chain",
	  without_a_place_to_go_the_rest_stays_in_the_chain },
	{ "each page that moves is copied once", each_page_that_moves_is_copied_once },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 migrate", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
