/*
 * The checks of a kernel with a world find what is planted: each test makes one thing wrong in
 * a world where all is right, and looks for the sentence.
 */
#include "tests/model/world412.h"

static struct world412 w;
static struct mm412 *mm;
static uint32_t anon, file, shmem, slab, huge; /* contents of task 1, their pages listed */
static char said[200];

static void open_world(void)
{
	struct mm_content what = { .task = 1, .kind = MM_KIND_ANON };
	uint32_t slot;

	w_open(&w, 8192, 600);
	mm = w.mm;
	mm412_daemon_want(mm, w_cpu(&w));
	anon = w_hold(&w, 1, MM_KIND_ANON, false);
	file = w_hold(&w, 1, MM_KIND_FILE, true);
	shmem = w_hold(&w, 1, MM_KIND_SHMEM, true);
	slab = w_hold(&w, 1, MM_KIND_SLAB, false);
	what.order = MM412_HUGE_ORDER;
	slot = w_block(&w, MM412_HUGE_ORDER, "GFP_TRANSHUGE_LIGHT");
	huge = mm412_content_hold(mm, w_cpu(&w), mm412_frame(mm, slot), what);
	mm412_pagevec_drain(mm, w_cpu(&w));
}

/* What was made wrong is not put right again. */
static void close_world(void)
{
	k_drop(&w.k);
}

static bool right(void)
{
	said[0] = '\0';
	return mm412_check_sleep(mm, said, sizeof(said));
}

static bool right_at_rest(void)
{
	said[0] = '\0';
	return mm412_check_sleep_rest(mm, said, sizeof(said));
}

static void expect_said(const char *words, int line)
{
	CU_assertImplementation(!right() && strstr(said, words) != NULL, (unsigned)line, said,
				__FILE__, "", CU_FALSE);
}

#define EXPECT_SAID(words) expect_said(words, __LINE__)

static struct mm412_page *page(uint32_t content)
{
	return mm412_page(mm, w_slot(&w, content));
}

static int64_t *node_stat(unsigned item)
{
	return &w_node(&w, 0)->stat[item];
}

/* ---- nothing wrong ---------------------------------------------------------------------- */

static void a_world_where_all_is_right_passes(void)
{
	CU_ASSERT_TRUE(right());
	CU_ASSERT_TRUE(right_at_rest());
	CU_ASSERT_STRING_EQUAL(said, "");
}

static void so_does_one_that_has_dropped_all(void)
{
	mm412_content_drop(mm, w_cpu(&w), anon);
	mm412_content_drop(mm, w_cpu(&w), file);
	mm412_content_drop(mm, w_cpu(&w), shmem);
	mm412_content_drop(mm, w_cpu(&w), slab);
	for (uint32_t i = 0; i < 512; i++) {
		mm412_content_drop(mm, w_cpu(&w), huge + i);
		CU_ASSERT_TRUE(right_at_rest());
	}
	CU_ASSERT_EQUAL(*node_stat(MM412_NODE_FILE_PAGES), 0);
}

static void so_does_one_whose_anonymous_page_is_in_the_swap_cache(void)
{
	uint32_t slot = w_slot(&w, anon);
	struct mm412_chain rest = mm412_chain_empty();

	CU_ASSERT_TRUE_FATAL(mm412_lru_isolate(mm, w_cpu(&w), slot));
	CU_ASSERT_TRUE_FATAL(mm412_swap_add(mm, w_cpu(&w), NULL, slot, &rest));
	CU_ASSERT_TRUE(right());
	CU_ASSERT_TRUE(mm412_content_unmap(mm, w_cpu(&w), slot));
	CU_ASSERT_TRUE(right());
	CU_ASSERT_FALSE(right_at_rest());
	mm412_lru_putback(mm, w_cpu(&w), slot);
	CU_ASSERT_TRUE(right_at_rest());
}

static void the_kernels_check_includes_it(void)
{
	char text[200] = "";

	CU_ASSERT_TRUE(mm412_policy.check(mm, text, sizeof(text)));
	(*node_stat(MM412_NODE_SHMEM))++;
	CU_ASSERT_FALSE(mm412_policy.check(mm, text, sizeof(text)));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "1 shared memory pages, 2 counted"));
}

/* ---- lists ------------------------------------------------------------------------------ */

static void a_broken_link_is_found(void)
{
	mm->s[w_slot(&w, file)].prev = w_slot(&w, anon);
	EXPECT_SAID("links of the inactive_file list are broken");
}

static void a_page_on_the_wrong_list_is_found(void)
{
	page(file)->flags |= MM412_PG_ACTIVE;
	EXPECT_SAID("is on the inactive_file list, but says otherwise");
}

static void a_page_that_says_it_is_on_a_list_and_is_not_is_found(void)
{
	mm_list_del(mm->s, w_slot(&w, file));
	mm->s[mm412_lru_head(w_node(&w, 0), MM412_INACTIVE_FILE)].stamp--;
	EXPECT_SAID("1 pages say they are on the inactive_file list, 0 are");
}

static void a_page_that_is_on_a_list_and_does_not_say_so_is_found(void)
{
	page(file)->flags &= (uint16_t)~MM412_PG_LRU;
	EXPECT_SAID("is on the inactive_file list, but says otherwise");
}

static void a_wrong_length_is_found(void)
{
	mm->s[mm412_lru_head(w_node(&w, 0), MM412_INACTIVE_ANON)].stamp++;
	EXPECT_SAID("entries on the inactive_anon list");
}

static void wrong_counters_of_lists_are_found(void)
{
	for (unsigned lru = 0; lru < MM412_LRUS; lru++) {
		(*node_stat(MM412_NODE_LRU + lru))++;
		EXPECT_SAID("node 0 has");
		(*node_stat(MM412_NODE_LRU + lru))--;
		mm->sleep->zones[0].stat[MM412_ZONE_LRU + lru]--;
		EXPECT_SAID("node 0 zone Normal has");
		mm->sleep->zones[0].stat[MM412_ZONE_LRU + lru]++;
	}
	CU_ASSERT_TRUE(right());
}

static void a_core_that_does_not_know_of_the_list_is_found(void)
{
	mm->s[w_slot(&w, anon)].use &= (uint8_t)~MM_USE_LRU;
	EXPECT_SAID("the core differ");
}

static void a_page_on_a_list_that_nobody_has_is_found(void)
{
	uint32_t slot = w_page(&w);

	mm412_lru_link(mm, slot, MM412_INACTIVE_FILE);
	EXPECT_SAID("is on an LRU list, but nobody's");
}

/* ---- pages ------------------------------------------------------------------------------ */

static void contradicting_flags_are_found(void)
{
	static const struct {
		unsigned flags;
		const char *words;
	} cases[] = {
		{ MM412_PG_ISOLATED, "is on an LRU list and elsewhere" },
		{ MM412_PG_SLAB, "differ on whether it is a slab page" },
		{ MM412_PG_SWAPBACKED, "says otherwise" },
		{ MM412_PG_DIRTY, "node 0 has 1 dirty pages, 0 counted" },
		{ MM412_PG_WRITEBACK, "node 0 has 1 writeback pages, 0 counted" },
		{ MM412_PG_SWAPCACHE, "is in the swap cache, which does not know it" },
		{ MM412_PG_MAPPED, "counted" },
	};

	mm412_dirty_clear(mm, w_cpu(&w), w_slot(&w, file));
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		uint16_t before = page(file)->flags;

		CU_ASSERT_TRUE_FATAL(right());
		page(file)->flags |= (uint16_t)cases[i].flags;
		EXPECT_SAID(cases[i].words);
		page(file)->flags = before;
	}
}

static void an_active_unevictable_page_is_found(void)
{
	uint32_t slot = w_slot(&w, file);

	mm412_lru_unlink(mm, slot, MM412_INACTIVE_FILE);
	mm412_page(mm, slot)->flags |= MM412_PG_UNEVICTABLE | MM412_PG_ACTIVE;
	mm412_lru_link(mm, slot, MM412_UNEVICTABLE);
	EXPECT_SAID("is active and unevictable");
}

static void traces_of_a_page_in_a_free_frame_are_found(void)
{
	uint32_t slot = w_page(&w);

	k_free(&w.k, 0, mm412_frame(mm, slot), 0);
	mm412_page(mm, slot)->flags = MM412_PG_REFERENCED;
	EXPECT_SAID("is nobody's page, but has traces of one");
}

static void a_page_in_nobodys_hands_is_found(void)
{
	mm412_lru_unlink(mm, w_slot(&w, file), MM412_INACTIVE_FILE);
	EXPECT_SAID("is on no LRU list and in nobody's hands");
}

static void pins_are_held_against_pagevecs(void)
{
	uint32_t slot = w_slot(&w, anon);

	mm412_pagevec_activate(mm, w_cpu(&w), slot);
	CU_ASSERT_TRUE(right_at_rest());
	mm412_page(mm, slot)->pins = 0;
	EXPECT_SAID("is in more pagevecs than have pinned it");
	mm412_page(mm, slot)->pins = 2;
	CU_ASSERT_TRUE(right());
	CU_ASSERT_FALSE(right_at_rest());
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "is pinned, but nobody works"));
}

static void a_pagevec_with_a_free_page_is_found(void)
{
	struct mm412_pagevec *pv = &mm->sleep->pagevec[MM412_PV_ADD][0];
	uint32_t slot = w_page(&w);

	k_free(&w.k, 0, mm412_frame(mm, slot), 0);
	pv->page[pv->n++] = slot;
	EXPECT_SAID("which is no page in use");
	pv->n = MM412_PAGEVEC + 1;
	EXPECT_SAID("a pagevec has 15 pages");
}

static void locked_and_isolated_pages_are_found_at_rest(void)
{
	page(file)->flags |= MM412_PG_LOCKED;
	CU_ASSERT_TRUE(right());
	CU_ASSERT_FALSE(right_at_rest());
	page(file)->flags &= (uint16_t)~MM412_PG_LOCKED;
	CU_ASSERT_TRUE_FATAL(mm412_lru_isolate(mm, w_cpu(&w), w_slot(&w, file)));
	CU_ASSERT_TRUE(right());
	CU_ASSERT_FALSE(right_at_rest());
	page(file)->pins = 0;
	EXPECT_SAID("was taken off its list by nobody");
}

static void isolated_counts_are_found(void)
{
	(*node_stat(MM412_NODE_ISOLATED_FILE))++;
	CU_ASSERT_TRUE(right());
	CU_ASSERT_FALSE(right_at_rest());
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "1 isolated pages counted"));
	*node_stat(MM412_NODE_ISOLATED_FILE) = -1;
	EXPECT_SAID("-1 isolated pages counted");
}

/* ---- contents --------------------------------------------------------------------------- */

static void a_page_with_a_wrong_content_is_found(void)
{
	uint32_t before = page(file)->content;

	page(file)->content = anon + 1;
	EXPECT_SAID("has a content that is not there");
	page(file)->content = mm->sleep->ncontents + 1;
	EXPECT_SAID("has a content that was never made");
	page(file)->content = before;
	mm->sleep->contents[file].kind = MM_KIND_SHMEM;
	EXPECT_SAID("is on the lists of another kind than its content's");
}

static void a_content_with_a_wrong_page_is_found(void)
{
	struct mm412_page *p = page(file);

	p->content = 0;
	p->pins = 1;
	EXPECT_SAID("is in a page that does not have it");
	mm->sleep->contents[file].where = 3;
	EXPECT_SAID("is in a slot that is no frame");
}

static void a_content_of_an_unknown_task_is_found(void)
{
	mm->sleep->contents[file].task = 60;
	EXPECT_SAID("is of a task that was never seen");
}

static void an_ended_content_that_is_somewhere_is_found(void)
{
	mm->sleep->contents[file].ended = true;
	EXPECT_SAID("has a content that is not there");
	mm->sleep->contents[file].ended = false;
	mm->sleep->contents[file].place = MM412_ON_DISK;
	EXPECT_SAID("has a content that is not there");
}

static void a_content_in_a_free_swap_slot_is_found(void)
{
	struct mm412_content *c = &mm->sleep->contents[shmem];

	mm412_content_drop_it(mm, w_cpu(&w), shmem);
	CU_ASSERT_TRUE_FATAL(right());
	c->place = MM412_ON_SWAP;
	c->where = 17;
	EXPECT_SAID("is in a swap slot that is free");
}

static void a_content_on_the_wrong_disk_is_found(void)
{
	mm412_content_drop_it(mm, w_cpu(&w), shmem);
	mm->sleep->contents[shmem].place = MM412_ON_DISK;
	EXPECT_SAID("is on the disk of files, but no file's");
}

static void an_unmapped_anonymous_page_outside_the_swap_cache_is_found(void)
{
	mm412_content_map_not(mm, w_slot(&w, anon));
	EXPECT_SAID("is in no page table and not in the swap cache");
}

static void a_page_of_the_swap_cache_that_points_elsewhere_is_found(void)
{
	uint32_t slot = w_slot(&w, anon);
	struct mm412_chain rest = mm412_chain_empty();

	mm412_lru_isolate(mm, w_cpu(&w), slot);
	CU_ASSERT_TRUE_FATAL(mm412_swap_add(mm, w_cpu(&w), NULL, slot, &rest));
	mm412_page(mm, slot)->swap++;
	EXPECT_SAID("is in the swap cache, which does not know it");
}

/* ---- counters --------------------------------------------------------------------------- */

static void wrong_counters_of_nodes_are_found(void)
{
	static const struct {
		unsigned item;
		const char *words;
	} cases[] = {
		{ MM412_NODE_ANON_MAPPED,
		  "node 0 has 513 mapped anonymous pages, 514 counted" },
		{ MM412_NODE_FILE_MAPPED, "node 0 has 1 mapped file pages, 2 counted" },
		{ MM412_NODE_FILE_PAGES, "node 0 has 2 page cache pages, 3 counted" },
		{ MM412_NODE_FILE_DIRTY, "node 0 has 1 dirty pages, 2 counted" },
		{ MM412_NODE_WRITEBACK, "node 0 has 0 writeback pages, 1 counted" },
		{ MM412_NODE_SHMEM, "node 0 has 1 shared memory pages, 2 counted" },
		{ MM412_NODE_ANON_THPS, "node 0 has 1 huge pages, 2 counted" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		(*node_stat(cases[i].item))++;
		EXPECT_SAID(cases[i].words);
		(*node_stat(cases[i].item))--;
	}
	CU_ASSERT_TRUE(right());
}

static void wrong_counters_of_zones_are_found(void)
{
	static const struct {
		unsigned item;
		const char *words;
	} cases[] = {
		{ MM412_ZONE_WRITE_PENDING, "has 1 write-pending pages, 2 counted" },
		{ MM412_ZONE_SLAB_RECLAIMABLE, "has 1 slab pages, 2 counted" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		mm->sleep->zones[0].stat[cases[i].item]++;
		EXPECT_SAID(cases[i].words);
		mm->sleep->zones[0].stat[cases[i].item]--;
	}
}

static void wrong_counters_of_tasks_are_found(void)
{
	struct mm412_task *task = mm->sleep->tasks[1];

	task->rss[MM_KIND_ANON]++;
	EXPECT_SAID("task 1 has 513 anonymous pages mapped, 514 counted");
	task->rss[MM_KIND_ANON]--;
	task->rss[MM_KIND_SHMEM]--;
	EXPECT_SAID("task 1 has 1 shared memory pages mapped, 0 counted");
	task->rss[MM_KIND_SHMEM]++;
	task->swapents++;
	EXPECT_SAID("task 1 has 0 swap entries, 1 counted");
	task->swapents--;
	CU_ASSERT_TRUE(right());
}

static CU_TestInfo right_tests[] = {
	{ "a world where all is right passes", a_world_where_all_is_right_passes },
	{ "so does one that has dropped all", so_does_one_that_has_dropped_all },
	{ "so does one whose anonymous page is in the swap cache",
	  so_does_one_whose_anonymous_page_is_in_the_swap_cache },
	{ "the kernel's check includes it", the_kernels_check_includes_it },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo list_tests[] = {
	{ "a broken link is found", a_broken_link_is_found },
	{ "a page on the wrong list is found", a_page_on_the_wrong_list_is_found },
	{ "a page that says it is on a list and is not is found",
	  a_page_that_says_it_is_on_a_list_and_is_not_is_found },
	{ "a page that is on a list and does not say so is found",
	  a_page_that_is_on_a_list_and_does_not_say_so_is_found },
	{ "a wrong length is found", a_wrong_length_is_found },
	{ "wrong counters of lists are found", wrong_counters_of_lists_are_found },
	{ "a core that does not know of the list is found",
	  a_core_that_does_not_know_of_the_list_is_found },
	{ "a page on a list that nobody has is found",
	  a_page_on_a_list_that_nobody_has_is_found },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo page_tests[] = {
	{ "contradicting flags are found", contradicting_flags_are_found },
	{ "an active unevictable page is found", an_active_unevictable_page_is_found },
	{ "traces of a page in a free frame are found",
	  traces_of_a_page_in_a_free_frame_are_found },
	{ "a page in nobody's hands is found", a_page_in_nobodys_hands_is_found },
	{ "pins are held against pagevecs", pins_are_held_against_pagevecs },
	{ "a pagevec with a free page is found", a_pagevec_with_a_free_page_is_found },
	{ "locked and isolated pages are found at rest",
	  locked_and_isolated_pages_are_found_at_rest },
	{ "isolated counts are found", isolated_counts_are_found },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo content_tests[] = {
	{ "a page with a wrong content is found", a_page_with_a_wrong_content_is_found },
	{ "a content with a wrong page is found", a_content_with_a_wrong_page_is_found },
	{ "a content of an unknown task is found", a_content_of_an_unknown_task_is_found },
	{ "an ended content that is somewhere is found",
	  an_ended_content_that_is_somewhere_is_found },
	{ "a content in a free swap slot is found", a_content_in_a_free_swap_slot_is_found },
	{ "a content on the wrong disk is found", a_content_on_the_wrong_disk_is_found },
	{ "an unmapped anonymous page outside the swap cache is found",
	  an_unmapped_anonymous_page_outside_the_swap_cache_is_found },
	{ "a page of the swap cache that points elsewhere is found",
	  a_page_of_the_swap_cache_that_points_elsewhere_is_found },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo counter_tests[] = {
	{ "wrong counters of nodes are found", wrong_counters_of_nodes_are_found },
	{ "wrong counters of zones are found", wrong_counters_of_zones_are_found },
	{ "wrong counters of tasks are found", wrong_counters_of_tasks_are_found },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_check_sleep, nothing", NULL, NULL, open_world, close_world, right_tests },
	{ "mm412_check_sleep, lists", NULL, NULL, open_world, close_world, list_tests },
	{ "mm412_check_sleep, pages", NULL, NULL, open_world, close_world, page_tests },
	{ "mm412_check_sleep, contents", NULL, NULL, open_world, close_world, content_tests },
	{ "mm412_check_sleep, counters", NULL, NULL, open_world, close_world, counter_tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
