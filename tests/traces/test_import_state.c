#include "tests/traces/import_state_case.h"

/* What the start state says of a frame: 'f' free, 'p' per-cpu, 'o' object, '#' pinned, '.'
 * nothing; the block's order in *order. */
static char frame_is(uint64_t pfn, unsigned *order)
{
	for (uint64_t i = 0; i < state->nfree; i++)
		if (pfn - state->free[i].pfn < 1u << state->free[i].order) {
			*order = state->free[i].order;
			return 'f';
		}
	for (uint64_t i = 0; i < state->npcp; i++)
		if (pfn - state->pcp[i].pfn < 1u << state->pcp[i].order) {
			*order = state->pcp[i].order;
			return 'p';
		}
	for (uint64_t i = 0; i < state->nused; i++)
		if (pfn - state->used[i].pfn < 1u << state->used[i].order) {
			*order = state->used[i].order;
			return state->used[i].use & TRACE_USE_PINNED ? '#' : 'o';
		}
	return '.';
}

static void is(uint64_t pfn, char what, unsigned order)
{
	unsigned got = 99;
	char c = frame_is(pfn, &got);

	CU_ASSERT_EQUAL(c, what);
	CU_ASSERT_EQUAL(got, order);
	if (c != what || got != order)
		printf("\n  frame %llu: want %c/%u, got %c/%u\n", (unsigned long long)pfn, what,
		       order, c, got);
}

/* ---- R4 --------------------------------------------------------------------------------- */

static void events_inside_the_scan_decide_what_a_frame_was(void)
{
	make_free(24, 25);
	f.before[32] = f.before[40] = BUDDY;
	fixture_mark(&f, "kpageflags 0 begin");
	fixture_alloc(&f, 1, 16, 0);  /* without zone_locked: it was in a per-cpu list */
	fixture_locked(&f, 0, 17, 0); /* read as used, but left a free list after the begin */
	fixture_alloc(&f, 0, 17, 0);
	fixture_free(&f, 0, 32, 0);  /* read as free, but was in use */
	fixture_drain(&f, 0, 40, 0); /* read as free, but came from a per-cpu list */
	fixture_mark(&f, "kpageflags 0 end");
	fixture_alloc(&f, 0, 99, 0);
	import();
	is(16, 'p', 0);
	is(17, 'f', 0);
	is(24, 'f', 0);
	is(32, 'o', 0);
	is(40, 'p', 0);
	is(99, 'p', 0);
}

/* ---- R5 --------------------------------------------------------------------------------- */

static void free_blocks_are_as_large_as_alignment_and_the_zone_allow(void)
{
	static const struct {
		unsigned pfn, order;
	} want[] = { { 3, 0 }, { 4, 2 }, { 8, 3 }, { 16, 0 }, { 1024, 9 }, { 1536, 8 } };
	static const uint64_t info[TRACE_ORDERS] = { 2, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0 };

	make_free(3, 17);
	make_free(1024, 1024 + 768);
	memcpy(f.buddyinfo[0], info, sizeof(info));
	fixture_free(&f, 0, 99, 0);
	import();
	CU_ASSERT_EQUAL_FATAL(state->nfree, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		CU_ASSERT_EQUAL(state->free[i].pfn, want[i].pfn);
		CU_ASSERT_EQUAL(state->free[i].order, want[i].order);
	}
	CU_ASSERT_EQUAL(fixture_count(&f, "start_zones_equal"), 1);
}

static void a_difference_to_buddyinfo_is_reported(void)
{
	make_free(16, 17);
	fixture_free(&f, 0, 99, 0);
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "start_zones_equal"), 0);
}

/* ---- R6 --------------------------------------------------------------------------------- */

static void the_first_event_tells_what_a_used_frame_was(void)
{
	fixture_free(&f, 0, 16, 2);
	fixture_alloc(&f, 1, 24, 0);
	fixture_alloc(&f, 0, 32, 1);
	fixture_drain(&f, 0, 40, 3);
	import();
	is(16, 'o', 2);
	is(24, 'p', 0);
	is(32, 'p', 1);
	is(40, 'p', 3);
	CU_ASSERT_STRING_EQUAL(f.events, "f0/2 a1:24/0 a2:32/1");
}

static void per_cpu_pages_stand_in_the_order_in_which_they_leave(void)
{
	static const struct {
		unsigned pfn, cpu;
	} want[] = { { 20, 0 }, { 16, 0 }, { 50, 0 }, { 40, 0 }, { 30, 1 } };

	fixture_alloc(&f, 0, 20, 0);
	fixture_drain(&f, 0, 40, 0);
	fixture_alloc(&f, 1, 30, 0);
	fixture_drain(&f, 0, 50, 0);
	fixture_alloc(&f, 0, 16, 0);
	import();
	CU_ASSERT_EQUAL_FATAL(state->npcp, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		CU_ASSERT_EQUAL(state->pcp[i].pfn, want[i].pfn);
		CU_ASSERT_EQUAL(state->pcp[i].cpu, want[i].cpu);
		CU_ASSERT_EQUAL(state->pcp[i].type, 1);
	}
}

static void per_cpu_pages_that_no_event_tells_are_taken_near_known_ones(void)
{
	f.pcp[0] = 1;
	f.pcp[1] = 2;
	f.before[101] = f.after[101] = LRU;
	fixture_alloc(&f, 0, 100, 0);
	import();
	is(100, 'p', 0);
	is(99, 'p', 0);
	is(101, '#', 0);
	is(98, 'p', 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "start_pcp"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "start_pcp_guessed"), 2);
	CU_ASSERT_EQUAL(state->pcp[0].cpu, 0);
	CU_ASSERT_EQUAL(state->pcp[1].cpu, 1);
	CU_ASSERT_EQUAL(state->pcp[2].cpu, 1);
}

static void frames_never_freed_are_pinned_with_their_use(void)
{
	f.before[16] = LRU | 1 << 12 | 1 << 6; /* active, anonymous */
	f.before[17] = LRU | 1 << 4;           /* dirty, of a file */
	f.before[18] = 1 << 7 | 1 << 15;       /* slab, a compound page of 2 */
	f.before[19] = 1 << 7 | 1 << 16;
	fixture_free(&f, 0, 99, 0);
	import();
	is(16, '#', 0);
	is(17, '#', 0);
	is(18, '#', 1);
	for (uint64_t i = 0; i < state->nused; i++) {
		const struct trace_used *u = &state->used[i];

		if (u->pfn == 16)
			CU_ASSERT_EQUAL(u->use, TRACE_USE_PINNED | TRACE_USE_LRU |
							TRACE_USE_ANON | TRACE_USE_ACTIVE);
		if (u->pfn == 17)
			CU_ASSERT_EQUAL(u->use, TRACE_USE_PINNED | TRACE_USE_LRU |
							TRACE_USE_FILE | TRACE_USE_DIRTY);
		if (u->pfn == 18)
			CU_ASSERT_EQUAL(u->use, TRACE_USE_PINNED | TRACE_USE_SLAB);
	}
}

static void every_managed_frame_is_somewhere_once(void)
{
	uint64_t frames = 0;

	make_free(16, 600);
	fixture_free(&f, 0, 1024, 9);
	fixture_alloc(&f, 1, 700, 1);
	f.o.allow_missed = true; /* its buddyinfo counts nothing */
	import();
	for (uint64_t i = 0; i < state->nfree; i++)
		frames += 1u << state->free[i].order;
	for (uint64_t i = 0; i < state->npcp; i++)
		frames += 1u << state->pcp[i].order;
	for (uint64_t i = 0; i < state->nused; i++)
		frames += 1u << state->used[i].order;
	CU_ASSERT_EQUAL(frames, FRAMES - RESERVED_FRAMES);
}

/* Four pageblocks: pages on LRU lists, slab, free, per-cpu pages of a reclaimable list. */
static void pageblock_types_follow_their_pages_and_pagetypeinfos_counts(void)
{
	static const char info[] =
		"Page block order: 9\nPages per block:  512\n\n"
		"Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic\n"
		"Node 0, zone   Normal            1            2            1            0\n";
	static const uint8_t want[] = { 1, 0, 1, 2 };

	for (unsigned i = 0; i < 512; i++)
		f.before[i] = f.after[i] = LRU;
	for (unsigned i = 512; i < 1024; i++)
		f.before[i] = f.after[i] = 1 << 7;
	make_free(1024, 1536);
	fixture_put(&f, "before.pagetypeinfo", info, strlen(info));
	for (unsigned i = 0; i < 20; i++)
		fixture_event(&f, 0, "mm_page_alloc: pfn=%u order=0 migratetype=2 gfp_flags=0",
			      1540 + i);
	f.o.allow_missed = true; /* its buddyinfo counts nothing */
	import();
	CU_ASSERT_EQUAL_FATAL(state->nblocks, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		CU_ASSERT_EQUAL(state->block_type[i], want[i]);
}

static void free_blocks_of_an_order_with_one_type_are_on_its_list(void)
{
	static const char info[] =
		"Page block order: 9\nPages per block:  512\n\n"
		"Free pages count per migrate type at order       0      1      2\n"
		"Node    0, zone   Normal, type    Unmovable      1      0      0      0      "
		"0  "
		"    0      0      0      0      0      0 \n"
		"Node    0, zone   Normal, type      Movable      0      1      0      0      "
		"0  "
		"    0      0      0      0      0      0 \n"
		"Node    0, zone   Normal, type  Reclaimable      0      1      0      0      "
		"0  "
		"    0      0      0      0      0      0 \n\n"
		"Number of blocks type     Unmovable      Movable  Reclaimable\n"
		"Node 0, zone   Normal            2            1            1\n";

	make_free(16, 17);
	make_free(20, 22);
	make_free(600, 602);
	fixture_put(&f, "before.pagetypeinfo", info, strlen(info));
	fixture_free(&f, 0, 99, 0);
	f.o.allow_missed = true; /* its buddyinfo counts nothing */
	import();
	CU_ASSERT_EQUAL_FATAL(state->nfree, 3);
	CU_ASSERT_EQUAL(state->free[0].type, 0);
	CU_ASSERT_EQUAL(state->free[1].type, 0xff);
	CU_ASSERT_EQUAL(state->free[2].type, 0xff);
}

/* ---- holes, reserved, managed ------------------------------------------------------------ */

static uint64_t frames_in(const struct trace_span *s, unsigned n)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < n; i++)
		frames += s[i].end - s[i].start;
	return frames;
}

static void managed_comes_out_as_zoneinfo_says(void)
{
	const struct trace_header *h;

	f.before[5] = f.after[5] = UINT64_C(1) << 20; /* no page */
	f.managed[0] = f.managed[1] = FRAMES - 1 - RESERVED_FRAMES - 30;
	fixture_free(&f, 0, 99, 0);
	import();
	h = trace_reader_header(f.reader);
	CU_ASSERT_EQUAL(frames_in(h->holes, h->nholes), 1);
	CU_ASSERT_EQUAL(h->holes[0].start, 5);
	CU_ASSERT_EQUAL(h->zones[0].present, FRAMES - 1);
	CU_ASSERT_EQUAL(frames_in(h->reserved, h->nreserved), RESERVED_FRAMES + 30);
	CU_ASSERT_EQUAL(h->zones[0].managed, f.managed[0]);
	CU_ASSERT_EQUAL(fixture_count(&f, "reserved_guessed"), 30);
	CU_ASSERT_EQUAL(fixture_count(&f, "present_missing"), 1);
}

static void watermarks_and_per_cpu_sizes_are_zoneinfos(void)
{
	const struct trace_zone *z;

	fixture_free(&f, 0, 99, 0);
	import();
	z = trace_reader_header(f.reader)->zones;
	CU_ASSERT_STRING_EQUAL(z->name, "Normal");
	CU_ASSERT_EQUAL(z->min, 10);
	CU_ASSERT_EQUAL(z->low, 20);
	CU_ASSERT_EQUAL(z->high, 30);
	CU_ASSERT_EQUAL(z->nprotection, 4);
	CU_ASSERT_EQUAL(z->pcp_high, 90);
	CU_ASSERT_EQUAL(z->pcp_batch, 15);
}

/* ---- R11, R12 --------------------------------------------------------------------------- */

static void the_recorded_free_lists_lead_to_the_state_after(void)
{
	static const uint64_t start[TRACE_ORDERS] = { 0, 0, 0, 0, 1 };
	static const uint64_t end[TRACE_ORDERS] = { 1, 1, 1, 1, 1 };
	struct trace_error err;
	const struct trace_end *e;

	make_free(16, 32);
	make_free(64, 80);
	memset(f.before + 64, 0, 16 * sizeof(*f.before));
	f.after[16] = 0;
	memcpy(f.buddyinfo[0], start, sizeof(start));
	memcpy(f.buddyinfo[1], end, sizeof(end));
	fixture_put(&f, "kernel", "6.1.0\n", 6);
	fixture_mark(&f, "kpageflags 0 begin");
	fixture_mark(&f, "kpageflags 0 end");
	fixture_locked(&f, 0, 16, 0);
	fixture_locked(&f, 0, 17, 0);
	fixture_alloc(&f, 0, 16, 0);
	fixture_drain(&f, 0, 17, 0);
	fixture_free(&f, 0, 64, 4);
	fixture_mark(&f, "kpageflags 1 begin");
	fixture_mark(&f, "kpageflags 1 end");
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "start_zones_equal"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_zones_equal"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_frames_wrong"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_free_but_owned"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_held"), 0);
	e = trace_reader_end(f.reader, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(memcmp(e->end[0].buddyinfo, end, sizeof(end)), 0);
	CU_ASSERT_EQUAL(memcmp(e->end[0].logical, end, sizeof(end)), 0);
	CU_ASSERT_EQUAL(memcmp(e->start[0].logical, start, sizeof(start)), 0);
}

/* Requests alone: what was allocated from a list at the start is not free at the end. */
static void without_list_events_allocated_frames_are_not_free_at_the_end(void)
{
	static const uint64_t start[TRACE_ORDERS] = { 0, 0, 0, 0, 1 };
	static const uint64_t end[TRACE_ORDERS] = { 0, 0, 0, 1 };
	struct trace_error err;
	const struct trace_end *e;

	make_free(16, 32);
	memset(f.after + 16, 0, 8 * sizeof(*f.after));
	memcpy(f.buddyinfo[0], start, sizeof(start));
	memcpy(f.buddyinfo[1], end, sizeof(end));
	fixture_put(&f, "kernel", "6.1.0\n", 6);
	fixture_mark(&f, "kpageflags 0 begin");
	fixture_mark(&f, "kpageflags 0 end");
	fixture_alloc(&f, 0, 16, 2);
	fixture_alloc(&f, 0, 20, 2);
	fixture_mark(&f, "kpageflags 1 begin");
	fixture_mark(&f, "kpageflags 1 end");
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "end_frames_wrong"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_free_but_owned"), 0);
	e = trace_reader_end(f.reader, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(memcmp(e->end[0].logical, end, sizeof(end)), 0);
}

/* An order-9 block of 6.18 that was claimed whole: extfrag, and no zone_locked for it. */
static void extfrag_alone_takes_a_block_on_newest_kernels(void)
{
	make_free(1024, 1536 + 256);
	memset(f.after + 1024, 0, 512 * sizeof(*f.after));
	f.buddyinfo[1][8] = 1;
	fixture_put(&f, "kernel", "6.18.0\n", 7);
	fixture_event(&f, 0,
		      "mm_page_alloc_extfrag: pfn=0x400 alloc_order=9 fallback_order=9 "
		      "alloc_migratetype=0 fallback_migratetype=1 change_ownership=1");
	fixture_alloc(&f, 0, 1024, 9);
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "end_frames_wrong"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_zones_equal"), 1);
}

/* A claimed pageblock: its extfrag is followed by zone_locked of the same frame. */
static void extfrag_with_zone_locked_takes_nothing_itself(void)
{
	make_free(1024, 1536);
	memset(f.after + 1024, 0, 2 * sizeof(*f.after));
	fixture_put(&f, "kernel", "6.18.0\n", 7);
	fixture_event(&f, 0,
		      "mm_page_alloc_extfrag: pfn=0x400 alloc_order=0 fallback_order=9 "
		      "alloc_migratetype=0 fallback_migratetype=1 change_ownership=1");
	fixture_locked(&f, 0, 1024, 0);
	fixture_alloc(&f, 0, 1024, 0);
	/* A single page was stolen: the next zone_locked is another one's. */
	fixture_event(&f, 0,
		      "mm_page_alloc_extfrag: pfn=0x401 alloc_order=0 fallback_order=0 "
		      "alloc_migratetype=0 fallback_migratetype=1 change_ownership=0");
	fixture_locked(&f, 0, 1026, 0);
	fixture_drain(&f, 0, 1026, 0);
	f.o.allow_missed = true; /* its buddyinfo counts nothing */
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "truth_absent"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "truth_twice"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_frames_wrong"), 0);
}

static void a_part_begins_with_the_lists_that_the_events_before_it_left(void)
{
	make_free(16, 32);
	f.o.first = 4;
	f.o.count = 1;
	fixture_locked(&f, 0, 16, 3);
	fixture_alloc(&f, 0, 16, 3);
	fixture_alloc(&f, 1, 64, 0);
	fixture_free(&f, 0, 18, 1);
	fixture_drain(&f, 0, 18, 1);
	fixture_free(&f, 0, 16, 1);
	fixture_free(&f, 0, 20, 2);
	fixture_put(&f, "kernel", "6.1.0\n", 6);
	import();
	is(16, 'p', 0);
	is(18, 'f', 1);
	is(20, 'o', 2);
	is(24, 'f', 3);
	is(64, '#', 6);
	CU_ASSERT_STRING_EQUAL(f.events, "f0/2");
}

static void a_changed_managed_is_flagged(void)
{
	f.managed[1]--;
	fixture_free(&f, 0, 99, 0);
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "managed_differs"), 1);
	CU_ASSERT_NOT_EQUAL(json_array_size(json_object_get(f.report, "warnings")), 0);
}

static void vmstat_stands_beside_the_trace(void)
{
	fixture_put(&f, "before.vmstat", "pgalloc_normal 100\npgfree 50\n", 29);
	fixture_put(&f, "after.vmstat", "pgalloc_normal 108\npgfree 54\n", 29);
	fixture_alloc(&f, 0, 16, 3);
	fixture_free(&f, 0, 16, 2);
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "vmstat_pgalloc"), 8);
	CU_ASSERT_EQUAL(fixture_count(&f, "trace_pgalloc"), 8);
	CU_ASSERT_EQUAL(fixture_count(&f, "vmstat_pgfree"), 4);
	CU_ASSERT_EQUAL(fixture_count(&f, "trace_pgfree"), 4);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(events_inside_the_scan_decide_what_a_frame_was),
	T(free_blocks_are_as_large_as_alignment_and_the_zone_allow),
	T(a_difference_to_buddyinfo_is_reported),
	T(the_first_event_tells_what_a_used_frame_was),
	T(per_cpu_pages_stand_in_the_order_in_which_they_leave),
	T(per_cpu_pages_that_no_event_tells_are_taken_near_known_ones),
	T(frames_never_freed_are_pinned_with_their_use),
	T(every_managed_frame_is_somewhere_once),
	T(pageblock_types_follow_their_pages_and_pagetypeinfos_counts),
	T(free_blocks_of_an_order_with_one_type_are_on_its_list),
	T(managed_comes_out_as_zoneinfo_says),
	T(watermarks_and_per_cpu_sizes_are_zoneinfos),
	T(the_recorded_free_lists_lead_to_the_state_after),
	T(without_list_events_allocated_frames_are_not_free_at_the_end),
	T(extfrag_alone_takes_a_block_on_newest_kernels),
	T(extfrag_with_zone_locked_takes_nothing_itself),
	T(a_part_begins_with_the_lists_that_the_events_before_it_left),
	T(a_changed_managed_is_flagged),
	T(vmstat_stands_beside_the_trace),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_state", NULL, NULL, a_machine_whose_frames_are_in_use, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
