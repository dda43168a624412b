/*
 * Whole recordings: a folder with two states and the events between, made up for a machine with
 * two nodes, one zone of 1024 frames each, and two CPUs.
 */
#include "tests/traces/same_step.h"
#include "tests/unit.h"
#include "traces/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE0                                                                                  \
	"zone nid=0 zid=2 name=Normal start=1024 spanned=1024 present=1024 managed=1016 "      \
	"min=10 low=20 high=30 highatomic=0 drift_mark=16 "
#define ZONE1                                                                                  \
	"zone nid=1 zid=2 name=Normal start=2048 spanned=1024 present=1000 managed=1000 "      \
	"min=10 low=20 high=30 highatomic=512 drift_mark=16 "

static const char head[] = "q412state 1 id=0 jiffies=1 MAX_ORDER=11 pageblock_order=9\n"
			   "cpu 0 node 0\ncpu 1 node 1\n"
			   "zonelist nid=0 which=0: 0:Normal 1:Normal\n"
			   "distance from=0: 0=10 1=20\ndistance from=1: 0=20 1=10\n";
static const char pcps[] =
	"pcp nid=1 zid=2 cpu=0 count=0 high=6 batch=1 expire=0 stat_threshold=4 free_diff=0\n"
	"pcp nid=1 zid=2 cpu=1 count=0 high=6 batch=1 expire=0 stat_threshold=4 free_diff=-2\n"
	"pageblocks nid=1 zid=2 first_pfn=2048 n=2: 30\n"
	"pagemap nid=1 zid=2 start=2048 n=1024: a1000 X24\n";

static char dir[64], output[96];
static struct trace_error err;

static void put(const char *name, const char *text)
{
	char path[192];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fputs(text, f) >= 0);
	fclose(f);
}

static void put_state(const char *name, const char *zone0)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "%s%s" ZONE1 "vm_free=0 reserve=0,0,0,0 nr_free=0,0,0,0,0,0,0,0,0,0,0\n%s",
		 head, zone0, pcps);
	put(name, text);
}

/* Free: 1032 alone, then 1056 and 1040 of order 4, in this order; 1100 on CPU 0's list. */
static const char before[] = ZONE0
	"vm_free=33 reserve=0,0,0,0 nr_free=1,0,0,0,2,0,0,0,0,0,0\n"
	"free nid=0 zid=2 order=0 mt=1 n=1: 1032\n"
	"free nid=0 zid=2 order=4 mt=1 n=2: 1056 1040\n"
	"pcp nid=0 zid=2 cpu=0 count=1 high=6 batch=1 expire=0 stat_threshold=4 free_diff=1\n"
	"pcplist nid=0 zid=2 cpu=0 list=1 n=1: 1100:3\n"
	"pcp nid=0 zid=2 cpu=1 count=0 high=6 batch=1 expire=0 stat_threshold=4 free_diff=0\n"
	"pageblocks nid=0 zid=2 first_pfn=1024 n=2: 12\n"
	"pagemap nid=0 zid=2 start=1024 n=1024: R8 F1 c7 F1 c15 F1 c15 a28 c1 A1 L1 a945\n";
static const char after[] = ZONE0
	"vm_free=33 reserve=0,0,0,0 nr_free=1,0,0,0,2,0,0,0,0,0,0\n"
	"free nid=0 zid=2 order=0 mt=1 n=1: 1033\n"
	"free nid=0 zid=2 order=4 mt=1 n=2: 1040 1056\n"
	"pcp nid=0 zid=2 cpu=0 count=1 high=6 batch=1 expire=0 stat_threshold=5 free_diff=1\n"
	"pcplist nid=0 zid=2 cpu=0 list=1 n=1: 1101:1\n"
	"pcp nid=0 zid=2 cpu=1 count=0 high=6 batch=1 expire=0 stat_threshold=5 free_diff=0\n"
	"pageblocks nid=0 zid=2 first_pfn=1024 n=2: 12\n"
	"pagemap nid=0 zid=2 start=1024 n=1024: R8 a1 F1 c6 F1 c15 F1 c15 a27 a1 c1 A1 L1 "
	"a945\n";

static int make(void)
{
	char path[96];

	strcpy(dir, "/tmp/pagesim-exact-XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	snprintf(output, sizeof(output), "%s/out.pgt", dir);
	snprintf(path, sizeof(path), "%s/before", dir);
	if (mkdir(path, 0700))
		return 1;
	snprintf(path, sizeof(path), "%s/after", dir);
	return mkdir(path, 0700);
}

static int drop(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static bool import(void)
{
	struct trace_import_options o = { .input = dir, .output = output };
	struct trace_import_report *r = trace_import(&o, &err);

	trace_import_report_free(r);
	return r;
}

/* Events of one line each, behind the mark 0 and in front of the mark 1. */
static bool import_events(const char *events)
{
	char text[8192];

	put_state("before/state.txt", before);
	put_state("after/state.txt", after);
	snprintf(text, sizeof(text),
		 "# tracer: nop\n"
		 " init-1 [000] d..1 5: q_mark: id=0 v=77\n"
		 "%s init-1 [000] d..1 900: q_mark: id=1 v=99\n",
		 events);
	put("trace.txt", text);
	return import();
}

#define TAKE(cpu, time, pfn)                                                                   \
	" t-" #cpu " [00" #cpu "] d... " #time ": q_pcp_alloc: pfn=" #pfn " cold=0 list=1\n"
#define ASK(cpu, time, nid)                                                                    \
	" t-" #cpu " [00" #cpu "] .... " #time ": q_alloc_req: order=0 gfp=0x1 nid=" #nid "\n"
#define GOT(cpu, time, pfn, gfp)                                                               \
	" t-" #cpu " [00" #cpu "] .... " #time ": mm_page_alloc: page=ff pfn=" #pfn            \
	" order=0 migratetype=1 gfp_flags=" gfp "\n"

static struct trace_reader *reopen(void)
{
	struct trace_reader *r = trace_reader_open(output, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	return r;
}

static void states_keep_the_order_of_their_lists(void)
{
	struct trace_reader *r;
	const struct trace_state *s;
	const struct trace_end *e;

	CU_ASSERT_FATAL(import_events(ASK(0, 10, 0) TAKE(0, 11, 1100) GOT(0, 12, 1100, "X")));
	r = reopen();
	s = trace_reader_state(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(s->ordered && s->nfree == 3 && s->npcp == 1);
	CU_ASSERT_EQUAL(s->free[1].pfn, 1056);
	CU_ASSERT_EQUAL(s->free[2].pfn, 1040);
	CU_ASSERT_EQUAL(s->pcp[0].type, 3);
	CU_ASSERT_EQUAL(s->block_type[3], 2);
	s = trace_reader_final(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->free[1].pfn, 1040);
	e = trace_reader_end(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->start[1].counters.cpus[1].free_diff, -2);
	CU_ASSERT_EQUAL(e->end[0].counters.cpus[0].stat_threshold, 5);
	trace_reader_close(r);
}

static void the_machine_is_the_recorded_one(void)
{
	struct trace_reader *r;
	const struct trace_header *h;

	CU_ASSERT_FATAL(import_events(ASK(0, 10, 0) TAKE(0, 11, 1100) GOT(0, 12, 1100, "X")));
	r = reopen();
	h = trace_reader_header(r);
	CU_ASSERT(h->cpus == 2 && h->nodes == 2 && h->cpu_node[1] == 1);
	CU_ASSERT(h->distance && h->distance[1] == 20);
	CU_ASSERT_EQUAL(h->nreserved, 1);
	CU_ASSERT_EQUAL(h->reserved[0].end, 1032);
	CU_ASSERT_EQUAL(h->nholes, 1);
	CU_ASSERT_EQUAL(h->holes[0].start, 3048);
	CU_ASSERT_EQUAL(h->zones[0].low, 20);
	CU_ASSERT_EQUAL(h->zones[1].pcp_high, 6);
	trace_reader_close(r);
}

/* An interrupt's request ends inside that of the task; reclaim asks inside a request. */
static void requests_stand_where_they_took_effect(void)
{
	static const char events[] = ASK(0, 10, 1) TAKE(0, 11, 1100) ASK(1, 12, 0)
		TAKE(1, 13, 1040) GOT(1, 14, 1040, "B") GOT(0, 15, 1100, "A");
	struct trace_reader *r;
	struct trace_event e[3];

	CU_ASSERT_FATAL(import_events(events));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, e, 3, &err), 2);
	CU_ASSERT(e[0].time == 11 && e[0].pfn == 1100 && e[0].node == 1);
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(r, e[0].gfp), "A");
	CU_ASSERT(e[1].time == 13 && e[1].pfn == 1040 && e[1].node == 0);
	trace_reader_close(r);
}

static void nested_requests_keep_their_own_nodes(void)
{
	static const char events[] = ASK(0, 10, 1) ASK(0, 11, 0) TAKE(0, 12, 1100)
		GOT(0, 13, 1100, "B") TAKE(0, 14, 1040) GOT(0, 15, 1040, "A");
	struct trace_reader *r;
	struct trace_event e[3];

	CU_ASSERT_FATAL(import_events(events));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, e, 3, &err), 2);
	CU_ASSERT(e[0].pfn == 1100 && e[0].node == TRACE_NODE_LOCAL);
	CU_ASSERT(e[1].pfn == 1040 && e[1].node == 1);
	trace_reader_close(r);
}

static void events_at_one_time_keep_the_order_of_their_lines(void)
{
	static const char events[] = ASK(1, 10, 0) TAKE(1, 10, 1100) GOT(1, 10, 1100, "A")
		ASK(0, 10, 0) TAKE(0, 10, 1040) GOT(0, 10, 1040, "A");
	struct trace_reader *r;
	struct trace_event e[3];

	CU_ASSERT_FATAL(import_events(events));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, e, 3, &err), 2);
	CU_ASSERT(e[0].cpu == 1 && e[0].time == 11);
	CU_ASSERT(e[1].cpu == 0 && e[1].time == 14);
	trace_reader_close(r);
}

static void frees_stand_where_they_took_effect(void)
{
	static const char events[] =
		" t-1 [000] .... 10: mm_page_free: page=ff pfn=1101 order=0\n"
		" t-2 [001] d... 11: q_pbmt: pfn=1101 old=1 new=0\n"
		" t-1 [000] d... 12: q_pcp_free: pfn=1101 cold=1 migratetype=1\n";
	struct trace_reader *r;
	struct trace_event e[2];
	struct trace_step s[4];

	CU_ASSERT_FATAL(import_events(events));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, e, 2, &err), 1);
	CU_ASSERT(e[0].kind == TRACE_FREE && e[0].time == 12 && e[0].flags == TRACE_COLD);
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_step(r, s, 4, &err), 2);
	CU_ASSERT(s[0].kind == TRACE_STEP_PAGEBLOCK && s[0].type == 0 && s[0].value[0] == 1);
	/* The type was read before it changed: that is not to be derived. */
	CU_ASSERT(s[1].kind == TRACE_STEP_FREE_TYPE && s[1].type == 1 && s[1].time == 12);
	trace_reader_close(r);
}

static void what_lies_below_requests_becomes_steps(void)
{
	static const char events[] =
		" t-1 [000] d... 10: q_move: pfn=1024 moved=32 migratetype=0\n"
		" t-1 [000] d... 11: q_steal: pfn=1040 order=4 start_mt=0 old_block_mt=1 "
		"whole=1 free=32 movable=-1 alike=0 result=2\n"
		" t-1 [000] d... 12: mm_page_alloc_extfrag: page=ff pfn=1040 alloc_order=0 "
		"fallback_order=4 pageblock_order=9 alloc_migratetype=0 "
		"fallback_migratetype=1 fragmenting=1 change_ownership=1\n"
		" t-1 [000] d... 13: mm_page_alloc_zone_locked: page=ff pfn=1040 order=0 "
		"migratetype=0 percpu_refill=1\n"
		" t-1 [000] d... 14: q_stat_fold: nid=0 zid=2 delta=-1 vm_stat=32 why=0\n"
		" t-1 [000] d.h. 15: q_mark: id=100 v=4294894167\n";
	static const struct trace_step want[] = {
		{ .kind = TRACE_STEP_MOVE, .pfn = 1024, .value = { 32 }, .time = 10 },
		{ .kind = TRACE_STEP_STEAL,
		  .pfn = 1040,
		  .order = 4,
		  .value = { 17, 32, -1 },
		  .time = 11 },
		{ .kind = TRACE_STEP_EXTFRAG, .pfn = 1040, .value = { 4, 1, 1 }, .time = 12 },
		{ .kind = TRACE_STEP_REFILL, .pfn = 1040, .time = 13 },
		{ .kind = TRACE_STEP_FOLD,
		  .pfn = TRACE_NO_PFN,
		  .order = 2,
		  .value = { 0, -1, 32 },
		  .time = 14 },
		{ .kind = TRACE_STEP_TICK,
		  .pfn = TRACE_NO_PFN,
		  .value = { 4294894167 },
		  .time = 15 },
	};
	struct trace_step s[7];
	struct trace_reader *r;
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", events,
		 ASK(0, 20, 0) TAKE(0, 21, 1040) GOT(0, 22, 1040, "A"));
	CU_ASSERT_FATAL(import_events(text));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_step(r, s, 7, &err), 6);
	for (unsigned i = 0; i < 6; i++)
		CU_ASSERT(same_step(&s[i], &want[i]));
	trace_reader_close(r);
}

static void insertions_keep_what_the_page_was(void)
{
	static const char events[] = ASK(0, 10, 0) TAKE(0, 11, 1100)
		GOT(0, 12, 1100, "A") " t-1 [000] d... 13: mm_lru_insertion: page=ff pfn=1100 "
				      "lru=1 flags=Ma b  \n"
				      " t-1 [000] d... 14: mm_lru_insertion: page=ff pfn=1100 "
				      "lru=0 flags= fsb  \n";
	struct trace_reader *r;
	struct trace_event e[4];

	CU_ASSERT_FATAL(import_events(events));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, e, 4, &err), 3);
	CU_ASSERT_EQUAL(e[1].kind, TRACE_LRU_ADD);
	CU_ASSERT_EQUAL(e[1].value,
			1u | (TRACE_LRU_MAPPED | TRACE_LRU_ANON | TRACE_LRU_SWAP_BACKED)
					<< TRACE_LRU_SHIFT);
	CU_ASSERT_EQUAL(
		e[2].value,
		(unsigned)(TRACE_LRU_FILE | TRACE_LRU_SWAP_CACHE | TRACE_LRU_SWAP_BACKED)
			<< TRACE_LRU_SHIFT);
	trace_reader_close(r);
}

static void the_console_tells_who_was_killed(void)
{
	static const char events[] = ASK(0, 10, 0) TAKE(0, 11, 1100)
		GOT(0, 12, 1100, "A") " t-0 [000] d... 13: console: [    5.5] Out of memory: "
				      "Kill process 131 (wl)\n"
				      " t-0 [000] d... 14: console: [    5.5] Killed process "
				      "131 (wl) total-vm:4kB\n"
				      "and a line that goes on\n";
	struct trace_reader *r;
	struct trace_truth t[2];

	CU_ASSERT_FATAL(import_events(events));
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_truth(r, t, 2, &err), 1);
	CU_ASSERT(t[0].kind == TRACE_TRUTH_OOM && t[0].time == 14 && t[0].value[0] == 131);
	trace_reader_close(r);
}

static void counters_before_and_after_are_in_the_report(void)
{
	struct trace_reader *r;
	const char *report;
	char command[160];

	put("before/vmstat.txt", "pgscan_kswapd 5\npswpin 7\n");
	put("after/vmstat.txt", "pgscan_kswapd 25\npswpin 7\n");
	put("before/vmstat_adjacent.txt", "pgscan_kswapd 6\npswpin 7\n");
	put("after/vmstat_adjacent.txt", "pgscan_kswapd 24\npswpin 7\n");
	CU_ASSERT(import_events(ASK(0, 10, 0) TAKE(0, 11, 1100) GOT(0, 12, 1100, "X")));
	r = reopen();
	report = trace_reader_report(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(report);
	CU_ASSERT_PTR_NOT_NULL(strstr(report, "pgscan_kswapd"));
	CU_ASSERT_PTR_NOT_NULL(strstr(report, "24"));
	CU_ASSERT_PTR_NULL(strstr(report, "pswpin"));
	trace_reader_close(r);
	put("before/vmstat_adjacent.txt", "pgscan_kswapd\n");
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "before/vmstat_adjacent.txt:1: "));
	snprintf(command, sizeof(command), "rm %s/*/vmstat*", dir);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void the_short_form_says_the_same(void)
{
	struct trace_reader *r;
	struct trace_event e[2];
	struct trace_step s[2];
	char path[96];

	put_state("before/state.txt", before);
	put_state("after/state.txt", after);
	put("stream.txt", "# q412stream 1\nk 0 0 77\nq 0 5 0 14200ca 1 0 404100\n"
			  "z 0 - 2 0\np 0 1100 0 1\nr 0 5 1100 0 1\nk 0 1 99\n");
	snprintf(path, sizeof(path), "%s/trace.txt", dir);
	unlink(path);
	CU_ASSERT(import());
	r = reopen();
	CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, e, 2, &err), 1);
	CU_ASSERT(e[0].pfn == 1100 && e[0].node == 1 && e[0].time == 5);
	CU_ASSERT_PTR_NOT_NULL(strstr(trace_reader_gfp(r, e[0].gfp), "__GFP_HIGHMEM"));
	CU_ASSERT_PTR_NULL(strstr(trace_reader_gfp(r, e[0].gfp), "__GFP_WRITE"));
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_step(r, s, 2, &err), 1);
	CU_ASSERT(s[0].kind == TRACE_STEP_NO_BLOCK && s[0].order == 2);
	trace_reader_close(r);
	snprintf(path, sizeof(path), "%s/stream.txt", dir);
	unlink(path);
}

/* The n-th character of a text that says so is replaced; every case is refused with a place. */
static void damaged_states_are_refused_with_their_line(void)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "vm_free=33", "vm_free=x", "state.txt:7: vm_free=" },
		{ "n=1: 1032", "n=2: 1032", "state.txt:8: n=2" },
		{ "n=1: 1032", "n=1: 9032", "state.txt:8: expected blocks" },
		{ "n=2: 1056 1040", "n=2: 1056 1041", "state.txt:9: expected blocks" },
		{ "nr_free=1,0", "nr_free=2,0", "its free lists are not what" },
		{ "nr_free=1,0", "nr_free=1,", "state.txt:7: nr_free=" },
		{ "cpu=0 count=1", "cpu=0 count=3", "CPU 0's lists" },
		{ "list=1 n=1: 1100:3", "list=0 n=1: 1100:3", "state.txt:11: expected pages" },
		{ "n=2: 12", "n=2: 19", "state.txt:13: expected as many" },
		{ "n=2: 12", "n=3: 123", "state.txt:13: expected the pageblocks" },
		{ "R8 F1", "R9 F1", "state.txt:14: expected a letter" },
		{ "a945", "a944", "state.txt:14: fewer frames" },
		{ "pageblocks", "pageblokcs", "state.txt:13: a line that no state has" },
		{ "R8", "a8", "holes and 0 reserved" },
		{ "vm_free=33", "vm_free=18446744073709551649", "state.txt:7: vm_free=" },
	};

	CU_ASSERT(import_events(ASK(0, 10, 0) TAKE(0, 11, 1100) GOT(0, 12, 1100, "X")));
	unlink(output);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[2048];
		const char *at = strstr(before, cases[i].from);

		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - before), before,
			 cases[i].to, at + strlen(cases[i].from));
		put_state("before/state.txt", text);
		CU_ASSERT_FALSE(import());
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
		CU_ASSERT_EQUAL(access(output, F_OK), -1);
	}
}

static void recordings_that_are_not_whole_are_refused(void)
{
	char path[96];

	unlink(output);
	put("before/state.txt", "q412state 1 id=0 jiffies=1 MAX_ORDER=11 pageblock_order=9\n"
				"cpu 4294967296 node 0\n"); /* not CPU 0 */
	put("trace.txt", " init-1 [000] d..1 5: q_mark: id=0 v=77\n");
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "expected \"cpu N node M\""));
	put_state("before/state.txt", before);
	put_state("after/state.txt", after);
	put("trace.txt", " init-1 [000] d..1 5: q_mark: id=0 v=77\n");
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "expected the marks 0 and 1"));
	snprintf(path, sizeof(path), "%s/trace.txt", dir);
	unlink(path);
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "neither trace.txt nor stream.txt"));
	put("stream.txt", "# q412stream 1\nk 0 0 77\nX 0 5\nk 0 1 99\n");
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "stream.txt:3: a letter that no event has"));
	put("stream.txt", "# q412stream 1\nk 0 0 77\np 0 5\nk 0 1 99\n");
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "stream.txt:3: expected as many numbers"));
	snprintf(path, sizeof(path), "%s/after/state.txt", dir);
	unlink(path);
	CU_ASSERT_FALSE(import());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no after/state.txt"));
	snprintf(path, sizeof(path), "%s/stream.txt", dir);
	unlink(path);
}

static CU_TestInfo tests[] = {
	{ "states keep the order of their lists", states_keep_the_order_of_their_lists },
	{ "the machine is the recorded one", the_machine_is_the_recorded_one },
	{ "requests stand where they took effect", requests_stand_where_they_took_effect },
	{ "nested requests keep their own nodes", nested_requests_keep_their_own_nodes },
	{ "events at one time keep the order of their lines",
	  events_at_one_time_keep_the_order_of_their_lines },
	{ "frees stand where they took effect", frees_stand_where_they_took_effect },
	{ "what lies below requests becomes steps", what_lies_below_requests_becomes_steps },
	{ "insertions keep what the page was", insertions_keep_what_the_page_was },
	{ "the console tells who was killed", the_console_tells_who_was_killed },
	{ "counters before and after are in the report",
	  counters_before_and_after_are_in_the_report },
	{ "the short form says the same", the_short_form_says_the_same },
	{ "damaged states are refused with their line",
	  damaged_states_are_refused_with_their_line },
	{ "recordings that are not whole are refused",
	  recordings_that_are_not_whole_are_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_exact", make, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
