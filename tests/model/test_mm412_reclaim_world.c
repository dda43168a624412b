/* Whole runs: memory that does not suffice for what is asked, with nobody but the requests
 * themselves to reclaim. The daemons sleep for good; disks work. */
#include "model/v4_12/mm412_scan.h"
#include "tests/model/world412.h"

#define FRAMES 8192
#define MOVABLE "GFP_HIGHUSER_MOVABLE"

static struct world412 w;
static uint32_t contents[4 * FRAMES];
static unsigned held;

static void open_with(uint64_t swap_pages)
{
	w_open(&w, FRAMES, swap_pages);
	held = 0;
}

static void drop(void)
{
	w_close(&w);
}

static uint64_t count(unsigned event)
{
	return w.mm->sleep->event[event];
}

/* A page for that task, and what it holds: false when there is none. */
static bool take(enum mm_kind kind, bool dirty, const char *gfp)
{
	struct mm_grant grant = w_request(&w, 0, 0, gfp, 7);
	struct mm_content what = { .task = 7, .kind = kind, .dirty = dirty };

	if (grant.verdict != MM_DONE)
		return false;
	w_cpu(&w)->on_actor = false;
	contents[held++] = mm412_content_hold(w.mm, w_cpu(&w), grant.frame, what);
	w_cpu(&w)->on_actor = true;
	return true;
}

static unsigned at_place(enum mm412_place place)
{
	unsigned n = 0;

	for (unsigned i = 0; i < held; i++)
		n += w.mm->sleep->contents[contents[i]].place == place;
	return n;
}

static bool is_there(uint32_t content)
{
	return w.mm->sleep->contents[content].place == MM412_IN_MEMORY;
}

/* Every page is on a list, in a pagevec, or free: nothing is lost in between. */
static void nothing_is_in_hand(void)
{
	const struct mm412_node_sleep *node = w_node(&w, 0);

	CU_ASSERT_EQUAL(node->stat[MM412_NODE_ISOLATED_ANON], 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_ISOLATED_FILE], 0);
	CU_ASSERT(k_ok(&w.k));
}

static void touch(uint32_t content)
{
	struct mm_access a;

	w_cpu(&w)->on_actor = false;
	a = mm412_content_try(w.mm, w_cpu(&w), content, false);
	w_cpu(&w)->on_actor = true;
	if (a.verdict == MM_WOULD_SLEEP)
		a = mm412_content_wait(w.mm, w_cpu(&w), content, false);
	CU_ASSERT_EQUAL(a.verdict, MM_DONE);
}

/* ---- files ------------------------------------------------------------------------------ */

static void a_stream_of_clean_pages_reclaims_itself(void)
{
	open_with(0);
	for (unsigned i = 0; i < 3 * FRAMES; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, false, MOVABLE));
	nothing_is_in_hand();
	CU_ASSERT_EQUAL(at_place(MM412_ON_DISK), count(MM412_PGSTEAL_DIRECT));
	CU_ASSERT_EQUAL(at_place(MM412_ON_DISK) + at_place(MM412_IN_MEMORY), held);
	CU_ASSERT_EQUAL(count(MM412_PGSCAN_DIRECT), count(MM412_PGSTEAL_DIRECT));
	/* The oldest are gone. */
	CU_ASSERT_FALSE(is_there(contents[0]));
	CU_ASSERT_TRUE(is_there(contents[held - 1]));
	CU_ASSERT_EQUAL(w.killed, 0);
	CU_ASSERT_EQUAL(w.submits[0] + w.submits[1], 0);
	drop();
}

/* Each of 500 pages is read twice for every 1000 of the stream. */
static void pages_that_are_used_again_outlive_the_stream(void)
{
	open_with(0);
	for (unsigned i = 0; i < 500; i++)
		take(MM_KIND_FILE, false, MOVABLE);
	for (unsigned i = 0; i < 3 * FRAMES; i++) {
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, false, MOVABLE));
		touch(contents[i % 500]);
	}
	for (unsigned i = 0; i < 500; i++)
		CU_ASSERT_TRUE(is_there(contents[i]));
	CU_ASSERT_EQUAL(w.reads[1], 0);
	nothing_is_in_hand();
	drop();
}

/* A set that fits is read over and over after a stream has filled memory: refaults are noticed,
 * and the set becomes active although it is never found twice on the inactive list. */
static void a_new_working_set_pushes_the_old_one_out(void)
{
	const int64_t *refaults;
	int64_t before;

	open_with(0);
	refaults = &w_node(&w, 0)->stat[MM412_NODE_WORKINGSET_REFAULT];
	for (unsigned i = 0; i < 2 * FRAMES; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, false, MOVABLE));
	for (unsigned round = 0; round < 4; round++)
		for (unsigned i = 0; i < 3000; i++)
			touch(contents[i]);
	before = *refaults;
	CU_ASSERT(before >= 3000);
	for (unsigned i = 0; i < 3000; i++)
		touch(contents[i]);
	CU_ASSERT_EQUAL(*refaults, before);
	nothing_is_in_hand();
	drop();
}

/* Nobody but kswapd writes pages of files, so that dirty ones are in the way: they are
 * activated and marked, the flusher is asked, and clean ones are taken. */
static void dirty_pages_are_left_to_the_flusher(void)
{
	open_with(0);
	for (unsigned i = 0; i < 2 * FRAMES; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, i < 1000, MOVABLE));
	CU_ASSERT_EQUAL(w.writes[1], 0);
	for (unsigned i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(is_there(contents[i]));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY], 1000);
	CU_ASSERT(w_node(&w, 0)->stat[MM412_NODE_VMSCAN_IMMEDIATE] >= 1000);
	CU_ASSERT(w_node(&w, 0)->flags & MM412_PGDAT_DIRTY);
	nothing_is_in_hand();
	drop();
}

/* ---- anonymous memory ------------------------------------------------------------------- */

static void anonymous_memory_goes_to_swap_and_comes_back(void)
{
	open_with(2 * FRAMES);
	for (unsigned i = 0; i < FRAMES + 1000; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_ANON, true, MOVABLE));
	nothing_is_in_hand();
	CU_ASSERT(at_place(MM412_ON_SWAP) >= 1000);
	CU_ASSERT_EQUAL(at_place(MM412_ON_SWAP) + at_place(MM412_IN_MEMORY), held);
	CU_ASSERT_EQUAL(count(MM412_PSWPOUT), w.writes[0]);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_VMSCAN_WRITE], (int64_t)w.writes[0]);
	CU_ASSERT_EQUAL(w.killed, 0);
	for (unsigned i = 0; i < held; i += 7)
		touch(contents[i]);
	CU_ASSERT(count(MM412_PSWPIN) >= 1000 / 7);
	nothing_is_in_hand();
	drop();
}

static void without_swap_only_files_go_and_then_somebody_is_killed(void)
{
	open_with(0);
	for (unsigned i = 0; i < 1000; i++)
		take(MM_KIND_FILE, false, MOVABLE);
	while (!w.killed && held < 2 * FRAMES && take(MM_KIND_ANON, true, MOVABLE))
		;
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT_EQUAL(w.victim, 7);
	/* Hardly a page of a file was left by then, and no other was scanned. */
	CU_ASSERT(at_place(MM412_ON_DISK) >= 900);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.recent_scanned[MM412_ANON] > 0, true);
	CU_ASSERT_EQUAL(w.submits[0], 0);
	nothing_is_in_hand();
	drop();
}

static void shared_memory_goes_to_swap_as_well(void)
{
	open_with(2 * FRAMES);
	for (unsigned i = 0; i < FRAMES + 500; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_SHMEM, true, MOVABLE));
	CU_ASSERT(at_place(MM412_ON_SWAP) >= 500);
	touch(contents[0]);
	nothing_is_in_hand();
	drop();
}

static void slab_shrinks_with_the_lists(void)
{
	uint64_t before;

	open_with(0);
	for (unsigned i = 0; i < 2000; i++)
		take(MM_KIND_SLAB, false, "GFP_KERNEL|__GFP_RECLAIMABLE");
	before = mm412_slab_pages(w.mm, w_node(&w, 0));
	for (unsigned i = 0; i < FRAMES; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, false, MOVABLE));
	CU_ASSERT(mm412_slab_pages(w.mm, w_node(&w, 0)) < before);
	CU_ASSERT(count(MM412_SLABS_SCANNED) > 0);
	CU_ASSERT_EQUAL(at_place(MM412_NOWHERE),
			before - mm412_slab_pages(w.mm, w_node(&w, 0)));
	nothing_is_in_hand();
	drop();
}

/* ---- zones ------------------------------------------------------------------------------ */

static void requests_for_a_low_zone_reclaim_that_zone_alone(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", K_NORMAL - 4096, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 4096 },
	};
	const int64_t *normal;
	int64_t before;

	w_init(&w, 1, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 0);
	held = 0;
	for (unsigned i = 0; i < 7000; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, false, MOVABLE));
	normal = &mm412_zone_sleep(w.mm, w_zone(&w, 0, "Normal"))
			  ->stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE];
	before = *normal;
	for (unsigned i = 0; i < 4000; i++)
		CU_ASSERT_TRUE_FATAL(take(MM_KIND_FILE, false, "GFP_KERNEL|__GFP_DMA32"));
	CU_ASSERT_EQUAL(*normal, before);
	CU_ASSERT(count(MM412_PGSKIP + MM412_ZONE_NORMAL) > 0);
	CU_ASSERT(count(MM412_ALLOCSTALL + MM412_ZONE_DMA32) > 0);
	CU_ASSERT_EQUAL(count(MM412_ALLOCSTALL + MM412_ZONE_NORMAL), 0);
	CU_ASSERT_EQUAL(w.killed, 0);
	nothing_is_in_hand();
	drop();
}

static CU_TestInfo tests[] = {
	{ "a stream of clean pages reclaims itself", a_stream_of_clean_pages_reclaims_itself },
	{ "pages that are used again outlive the stream",
	  pages_that_are_used_again_outlive_the_stream },
	{ "a new working set pushes the old one out",
	  a_new_working_set_pushes_the_old_one_out },
	{ "dirty pages are left to the flusher", dirty_pages_are_left_to_the_flusher },
	{ "anonymous memory goes to swap and comes back",
	  anonymous_memory_goes_to_swap_and_comes_back },
	{ "without swap only files go and then somebody is killed",
	  without_swap_only_files_go_and_then_somebody_is_killed },
	{ "shared memory goes to swap as well", shared_memory_goes_to_swap_as_well },
	{ "slab shrinks with the lists", slab_shrinks_with_the_lists },
	{ "requests for a low zone reclaim that zone alone",
	  requests_for_a_low_zone_reclaim_that_zone_alone },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_reclaim_world", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
