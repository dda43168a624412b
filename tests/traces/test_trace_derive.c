/*
 * Workloads of recordings: small ones, made up event by event, of a machine with two CPUs and
 * one zone. A tick is 4 ms; times count events, 10 a tick unless a case says more.
 */
#include "tests/unit.h"
#include "traces/trace.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 256
#define TASK 0 /* of the dictionary; 1 = kswapd, 2 = another */
#define KSWAPD 1
#define OTHER 2
#define LISTED(flags) (1u | (flags) << TRACE_LRU_SHIFT)
#define SWAPPED ((TRACE_LRU_FILE | TRACE_LRU_SWAP_CACHE) << TRACE_LRU_SHIFT)
#define ALONE ((TRACE_LRU_MAPPED | TRACE_LRU_ANON) << TRACE_LRU_SHIFT)

enum { ZERO, BARE, READ, WRITE, TABLE, KERNEL, HUGE };
static const char *const gfps[] = {
	"GFP_HIGHUSER_MOVABLE|__GFP_ZERO",
	"GFP_HIGHUSER_MOVABLE",
	"GFP_HIGHUSER_MOVABLE|__GFP_COLD|__GFP_NOWARN|__GFP_NORETRY",
	"GFP_HIGHUSER_MOVABLE|__GFP_WRITE",
	"GFP_KERNEL_ACCOUNT|__GFP_ZERO|__GFP_NOTRACK",
	"GFP_KERNEL",
	"GFP_TRANSHUGE|__GFP_THISNODE",
};

static char in[64], out[64];
static struct trace_event events[MOST];
static struct trace_truth truths[8];
static size_t nevents, ntruths;
static uint64_t objects, now;
static struct trace_event got[4 * MOST];
static size_t ngot;
static struct trace_derive_report report;
static struct trace_error err;

static void begin(void)
{
	nevents = ntruths = ngot = 0;
	objects = 0;
	now = 10;
}

static struct trace_event *event(unsigned kind, uint64_t object, uint32_t task)
{
	struct trace_event *e = &events[nevents++];

	*e = (struct trace_event){ .time = now++,
				   .object = object,
				   .pfn = TRACE_NO_PFN,
				   .task = task,
				   .kind = (uint8_t)kind,
				   .node = TRACE_NODE_LOCAL };
	return e;
}

static uint64_t alloc(unsigned gfp, uint32_t task)
{
	struct trace_event *e = event(TRACE_ALLOC, objects, task);

	e->gfp = (uint16_t)gfp;
	e->pfn = 1000 + 512 * objects;
	e->order = gfp == HUGE ? 9 : 0;
	return objects++;
}

static void listed(uint64_t object, uint32_t value)
{
	event(TRACE_LRU_ADD, object, TASK)->value = value;
}

static uint64_t touch_new(void)
{
	uint64_t o = alloc(ZERO, TASK);

	listed(o, LISTED(TRACE_LRU_MAPPED | TRACE_LRU_ANON));
	return o;
}

static void reclaim(uint64_t object)
{
	event(TRACE_FREE, object, KSWAPD)->flags = TRACE_RECLAIM;
}

/* Comes back from swap with its neighbours, and is touched. */
static uint64_t come_back(void)
{
	uint64_t o = alloc(BARE, TASK);

	listed(o, SWAPPED);
	event(TRACE_ACCESS, o, TASK);
	return o;
}

static void span(unsigned kind, uint64_t time)
{
	truths[ntruths++] = (struct trace_truth){
		.time = time, .pfn = TRACE_NO_PFN, .task = TASK, .kind = (uint8_t)kind
	};
}

static bool write_recording(unsigned long long per_tick, bool ticks)
{
	uint16_t cpu_node[2] = { 0 };
	struct trace_header h = { .clock = TRACE_CLOCK_COUNTER,
				  .clock_name = "counter",
				  .page_size = 4096,
				  .cpus = 2,
				  .nodes = 1,
				  .cpu_node = cpu_node,
				  .name = (char[]){ "made-up" },
				  .source_kernel = (char[]){ "4.12.0" },
				  .tool = (char[]){ "test" } };
	struct trace_writer *w = trace_writer_open(in, &h, 1, &err);
	uint32_t index;
	uint16_t gfp;
	bool ok = w;

	for (unsigned i = 0; i < 7; i++)
		ok = ok && trace_writer_gfp(w, gfps[i], &gfp, &err);
	for (int i = 0; i < 3; i++)
		ok = ok && trace_writer_task(w, 100 + i, "", &index, &err);
	ok = ok && trace_writer_truth(w, truths, ntruths, &err) &&
	     trace_writer_events(w, events, nevents, &err);
	for (uint64_t t = 0; ok && ticks && t <= now; t += per_tick) {
		struct trace_step s = { .time = t,
					.pfn = TRACE_NO_PFN,
					.value = { 5000 + (int64_t)(t / per_tick) },
					.kind = TRACE_STEP_TICK };

		ok = trace_writer_steps(w, &s, 1, &err);
	}
	return w && trace_writer_close(w, !ok, &err) && ok;
}

static int32_t late;      /* the task that is, by 1000 ms; 0 = nobody */
static uint32_t untraced; /* what recording an event took, ns */

static bool derive_from(uint64_t per_tick, bool ticks)
{
	const struct trace_derive_options o = { .hz = 250,
						.level = 1,
						.late_pid = late,
						.late_ms = 1000,
						.untraced_ns = untraced };
	struct trace_reader *r;
	bool ok;
	long n;

	if (!write_recording(per_tick, ticks))
		return false;
	r = trace_reader_open(in, &err);
	ok = r && trace_derive(r, out, &o, &report, &err);
	trace_reader_close(r);
	if (!ok || !trace_check(out, NULL, &(struct trace_totals){ 0 }, &err))
		return false;
	r = trace_reader_open(out, &err);
	n = r ? trace_reader_next(r, got, 4 * MOST, &err) : -1;
	trace_reader_close(r);
	ngot = n < 0 ? 0 : (size_t)n;
	return n >= 0;
}

static bool derive(void)
{
	return derive_from(10, true);
}

static uint64_t count(const char *key)
{
	for (unsigned i = 0; i < report.n; i++)
		if (strcmp(report.counts[i].key, key) == 0)
			return report.counts[i].n;
	CU_FAIL("no such count");
	return 0;
}

/* Objects of the events of that kind, as one text: "0 1 2". */
static const char *of_kind(unsigned kind)
{
	static char text[1024];
	size_t n = 0;

	*text = '\0';
	for (size_t i = 0; i < ngot && n < sizeof(text) - 24; i++)
		if (got[i].kind == kind)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%llu",
					      n ? " " : "", (unsigned long long)got[i].object);
	return text;
}

/* ---- cases ------------------------------------------------------------------------------- */

static void a_swapped_page_is_touched_and_its_neighbours_in_memory_too(void)
{
	uint64_t o[4];

	begin();
	for (unsigned i = 0; i < 4; i++)
		o[i] = touch_new();
	reclaim(o[1]);
	reclaim(o[3]);
	come_back();
	come_back();
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ALLOC), "0 1 2 3");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_DIRTY), "0 1 2 3");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_FREE), "");
	CU_ASSERT_EQUAL(count("back"), 2);
	CU_ASSERT_EQUAL(count("between"), 2);
	CU_ASSERT_EQUAL(count("reclaimed"), 2);
}

static void a_page_read_alone_is_touched_at_once_and_read_only_if_it_stays_in_swap(void)
{
	uint64_t o, back;

	begin();
	o = touch_new();
	touch_new();
	reclaim(o);
	back = alloc(BARE, TASK);
	listed(back, ALONE | TRACE_LRU_SWAP_CACHE << TRACE_LRU_SHIFT);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ACCESS), "0");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_DIRTY), "");
	CU_ASSERT_EQUAL(count("back_at_once"), 1);
}

static void what_is_touched_anew_takes_its_old_place(void)
{
	uint64_t o[3];

	begin();
	for (unsigned i = 0; i < 3; i++)
		o[i] = touch_new();
	event(TRACE_FREE, o[0], TASK);
	touch_new(); /* object 3, in the place of the first */
	reclaim(3);
	reclaim(o[1]);
	come_back();
	come_back();
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(count("refilled"), 1);
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_FREE), "0");
	/* Behind the third page comes the second pass; it left the second page out before. */
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_DIRTY), "1 2 3");
}

static void a_new_page_table_means_new_addresses(void)
{
	uint64_t o;

	begin();
	o = touch_new();
	touch_new();
	event(TRACE_FREE, o, TASK);
	alloc(TABLE, TASK);
	touch_new();
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(count("refilled"), 0);
}

static void a_page_given_up_on_swap_is_found_when_it_is_touched_anew(void)
{
	uint64_t o[3];

	begin();
	for (unsigned i = 0; i < 3; i++)
		o[i] = touch_new();
	reclaim(o[0]);
	event(TRACE_FREE, o[1], TASK);
	touch_new();
	touch_new();
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(count("dropped_on_swap"), 1);
	CU_ASSERT_EQUAL(count("refilled"), 1);
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_FREE), "1 0");
}

static void a_moved_page_stays_the_same_page(void)
{
	uint64_t o, to, spare;

	begin();
	o = touch_new();
	touch_new();
	span(TRACE_TRUTH_COMPACT_BEGIN, now);
	to = alloc(KERNEL, TASK);
	events[nevents - 1].flags = TRACE_HIDDEN;
	spare = alloc(KERNEL, TASK);
	events[nevents - 1].flags = TRACE_HIDDEN;
	event(TRACE_FREE, o, TASK);
	listed(to, LISTED(TRACE_LRU_MAPPED | TRACE_LRU_ANON));
	event(TRACE_FREE, spare, TASK);
	span(TRACE_TRUTH_COMPACT_END, now++);
	event(TRACE_FREE, to, TASK);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(count("moved"), 1);
	CU_ASSERT_EQUAL(count("taken_back"), 1);
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ALLOC), "0 1");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_FREE), "0");
}

static void pages_on_swap_go_when_their_task_ends(void)
{
	uint64_t a, b;

	begin();
	a = touch_new();
	b = touch_new();
	reclaim(a);
	event(TRACE_FREE, b, TASK);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_FREE), "1 0");
	CU_ASSERT_EQUAL(count("on_swap_at_exit"), 1);
}

static void a_huge_page_that_failed_is_asked_for_with_its_pages_behind_it(void)
{
	struct trace_event *e;
	size_t fallbacks = 0, whole = 0;
	uint64_t huge;

	begin();
	e = event(TRACE_ALLOC_FAILED, TRACE_NO_OBJECT, TASK);
	e->gfp = HUGE;
	e->order = 9;
	alloc(TABLE, TASK);
	touch_new();
	touch_new();
	huge = alloc(HUGE, TASK);
	alloc(KERNEL, TASK);
	for (uint64_t i = 1; i < 3; i++)
		event(TRACE_FREE, i, TASK);
	event(TRACE_FREE, huge, TASK)->order = 9;
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(count("huge"), 1);
	CU_ASSERT_EQUAL(count("huge_failed"), 1);
	for (size_t i = 0; i < ngot; i++) {
		fallbacks += (got[i].flags & TRACE_FALLBACK) != 0;
		whole += got[i].kind == TRACE_FREE && got[i].order == 9;
	}
	/* Whichever there was, all of it goes. */
	CU_ASSERT_EQUAL(whole, 2);
	CU_ASSERT(got[1].kind == TRACE_LRU_ADD && got[1].object == got[0].object);
	/* Two of the failed one, and as many as these of the other. */
	CU_ASSERT_EQUAL(fallbacks, 4);
	CU_ASSERT_EQUAL(got[0].order, 9);
	CU_ASSERT_EQUAL(got[0].kind, TRACE_ALLOC);
}

static void a_file_read_again_is_accessed(void)
{
	uint64_t o;

	begin();
	o = alloc(WRITE, TASK);
	listed(o, 2 | TRACE_LRU_FILE << TRACE_LRU_SHIFT);
	reclaim(o);
	o = alloc(READ, TASK);
	listed(o, 2 | TRACE_LRU_FILE << TRACE_LRU_SHIFT);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ALLOC), "0");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_LRU_ADD), "0");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_DIRTY), "0");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ACCESS), "0");
	CU_ASSERT_EQUAL(count("file_again"), 1);
}

/* Reclaim took others behind it; what came when it was over may only not have been met. */
static void a_page_of_a_file_that_reclaim_leaves_stays(void)
{
	uint64_t first, second, third;
	uint32_t stays = 0, all = 0;

	begin();
	first = alloc(READ, TASK);
	listed(first, 2 | TRACE_LRU_FILE << TRACE_LRU_SHIFT);
	second = alloc(READ, TASK);
	listed(second, 2 | TRACE_LRU_FILE << TRACE_LRU_SHIFT);
	reclaim(second);
	third = alloc(READ, OTHER);
	listed(third, 2 | TRACE_LRU_FILE << TRACE_LRU_SHIFT);
	CU_ASSERT_FATAL(derive());
	for (size_t i = 0; i < ngot; i++)
		if (got[i].kind == TRACE_LRU_ADD) {
			bool marked = got[i].value >> TRACE_LRU_SHIFT & TRACE_LRU_STAYS;

			all++;
			stays += marked;
			CU_ASSERT_EQUAL(marked, got[i].object == first);
		}
	CU_ASSERT_EQUAL(all, 3);
	CU_ASSERT_EQUAL(stays, 1);
}

static void a_written_page_of_a_file_is_activated_by_its_second_read(void)
{
	uint64_t o[2];

	begin();
	for (int i = 0; i < 2; i++) {
		o[i] = alloc(WRITE, TASK);
		listed(o[i], 2 | TRACE_LRU_FILE << TRACE_LRU_SHIFT);
	}
	event(TRACE_ACCESS, o[0], TASK);
	event(TRACE_ACCESS, o[1], TASK);
	/* It is active, and was so before: one more read. */
	event(TRACE_ACCESS, o[0], TASK);
	now += 20; /* no event is behind the last tick */
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_DIRTY), "0 1");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ACCESS), "0 1 0 1 0");
}

static void who_was_killed_goes_on_and_what_it_had_goes_later(void)
{
	begin();
	for (unsigned i = 0; i < 40; i++)
		touch_new();
	truths[ntruths++] = (struct trace_truth){
		.time = now++, .pfn = TRACE_NO_PFN, .kind = TRACE_TRUTH_OOM, .value = { 100 }
	};
	for (uint64_t i = 0; i < 40; i++)
		event(TRACE_FREE, i, OTHER);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(count("beyond"), 2);
	CU_ASSERT_EQUAL(got[ngot - 1].kind, TRACE_FREE);
	CU_ASSERT_EQUAL(got[ngot - 1].task, TASK);
	CU_ASSERT_EQUAL(got[ngot - 41].kind, TRACE_LRU_ADD);
}

static void what_is_freed_beyond_an_object_is_nobodys(void)
{
	uint64_t o;

	begin();
	o = touch_new();
	touch_new();
	event(TRACE_FREE, o, TASK)->order = 9;
	alloc(KERNEL, TASK);
	events[nevents - 1].order = 9;
	events[nevents - 1].gfp = ZERO;
	events[nevents - 1].flags = TRACE_SOFTIRQ;
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_FREE), "0");
	CU_ASSERT_STRING_EQUAL(of_kind(TRACE_ALLOC), "0 1 2");
}

static void waits_are_no_time_of_the_task(void)
{
	uint64_t o = 0, with, without;

	begin();
	for (unsigned i = 0; i < 80; i++)
		o = touch_new(); /* 20 a tick */
	without = now;
	reclaim(o);
	come_back();
	now += 400; /* ten ticks */
	touch_new();
	CU_ASSERT_FATAL(derive_from(40, true));
	with = got[ngot - 1].time;
	CU_ASSERT(with > (without / 40) * 4000000);
	CU_ASSERT(with < (without / 40 + 2) * 4000000);
	CU_ASSERT(count("stall_ms") >= 36);
}

static void events_lie_evenly_between_ticks(void)
{
	begin();
	alloc(KERNEL, TASK); /* at 10 */
	now = 15;
	alloc(KERNEL, TASK);
	now = 21;
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL_FATAL(ngot, 2);
	CU_ASSERT_EQUAL(got[1].time - got[0].time, 2000000);
	CU_ASSERT_FALSE(derive_from(10, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no ticks"));
}

/* 20 events a tick, of which the clock counts 40: 2 of 4 ms are left. */
static void what_tracing_took_is_no_time_of_the_task(void)
{
	uint64_t with;

	begin();
	for (unsigned i = 0; i < 80; i++)
		touch_new();
	CU_ASSERT_FATAL(derive_from(40, true));
	with = got[ngot - 1].time;
	untraced = 50000;
	CU_ASSERT_FATAL(derive_from(40, true));
	untraced = 0;
	CU_ASSERT(got[ngot - 1].time < with - 6000000);
	CU_ASSERT(count("traced_ms") >= 6);
	CU_ASSERT_EQUAL(count("stall_ms"), 0);
}

static void requests_of_kswapd_are_left_out(void)
{
	begin();
	span(TRACE_TRUTH_KSWAPD_WAKE, now);
	truths[0].task = KSWAPD;
	alloc(KERNEL, TASK);
	alloc(KERNEL, KSWAPD);
	alloc(KERNEL, OTHER);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(ngot, 2);
	CU_ASSERT_EQUAL(count("kswapd"), 1);
	CU_ASSERT_EQUAL(count("kernel"), 2);
}

static int make(void)
{
	snprintf(in, sizeof(in), "/tmp/pagesim-derive-%ld.in.pgt", (long)getpid());
	snprintf(out, sizeof(out), "/tmp/pagesim-derive-%ld.out.pgt", (long)getpid());
	return 0;
}

static int drop(void)
{
	unlink(in);
	unlink(out);
	return 0;
}

static unsigned a_second_later(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < ngot; i++)
		n += got[i].time >= got[0].time + 1000000000;
	return n;
}

static void a_task_can_be_late(void)
{
	begin();
	touch_new();
	touch_new();
	alloc(ZERO, OTHER);
	CU_ASSERT_FATAL(derive());
	CU_ASSERT_EQUAL(a_second_later(), 0);
	late = 100 + TASK;
	CU_ASSERT(derive());
	CU_ASSERT_EQUAL(a_second_later(), ngot - 1);
	late = 100 + OTHER;
	CU_ASSERT(derive());
	CU_ASSERT_EQUAL(a_second_later(), 1);
	late = 999;
	CU_ASSERT_FALSE(derive());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no task 999"));
	late = 0;
}

static CU_TestInfo tests[] = {
	{ "a swapped page is touched and its neighbours in memory too",
	  a_swapped_page_is_touched_and_its_neighbours_in_memory_too },
	{ "a page read alone is touched at once and read only if it stays in swap",
	  a_page_read_alone_is_touched_at_once_and_read_only_if_it_stays_in_swap },
	{ "what is touched anew takes its old place",
	  what_is_touched_anew_takes_its_old_place },
	{ "a new page table means new addresses", a_new_page_table_means_new_addresses },
	{ "a page given up on swap is found when it is touched anew",
	  a_page_given_up_on_swap_is_found_when_it_is_touched_anew },
	{ "a moved page stays the same page", a_moved_page_stays_the_same_page },
	{ "pages on swap go when their task ends", pages_on_swap_go_when_their_task_ends },
	{ "a huge page that failed is asked for with its pages behind it",
	  a_huge_page_that_failed_is_asked_for_with_its_pages_behind_it },
	{ "a page of a file that reclaim leaves stays",
	  a_page_of_a_file_that_reclaim_leaves_stays },
	{ "a written page of a file is activated by its second read",
	  a_written_page_of_a_file_is_activated_by_its_second_read },
	{ "a file read again is accessed", a_file_read_again_is_accessed },
	{ "who was killed goes on and what it had goes later",
	  who_was_killed_goes_on_and_what_it_had_goes_later },
	{ "what is freed beyond an object is nobody's",
	  what_is_freed_beyond_an_object_is_nobodys },
	{ "waits are no time of the task", waits_are_no_time_of_the_task },
	{ "events lie evenly between ticks", events_lie_evenly_between_ticks },
	{ "a task can be late", a_task_can_be_late },
	{ "what tracing took is no time of the task",
	  what_tracing_took_is_no_time_of_the_task },
	{ "requests of kswapd are left out", requests_of_kswapd_are_left_out },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_derive", make, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
