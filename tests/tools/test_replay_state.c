/*
 * Start states put in place of a kernel: what was free is free, what was used stays, and
 * per-cpu pages that find no list are merged with their free neighbours; 2.4 may take back what
 * was on LRU lists. Each case runs in a process of its own (SimGrid: one simulation a process).
 */
#include <string.h>

#include "tests/tools/child.h"
#include "tools/freemap.h"
#include "tools/replay.h"
#include "tools/series.h"

#define FRAMES 32768u

struct outcome {
	bool ok;
	struct replay_error err;
	uint64_t blocks[FRAG_ORDERS], logical[FRAG_ORDERS];
	uint64_t pageblocks[MM_SNAPSHOT_TYPES];
	uint32_t pcp, high;
	uint64_t active, inactive_dirty; /* of 2.4 */
	struct replay_counts counts;
	bool sound;
	char text[256];
};

static struct outcome *out;
static char path[64];
static struct trace_state state;
static struct trace_free free_blocks[64];
static struct trace_used used[64];
static struct trace_pcp pcp[64];
static uint8_t block_type[FRAMES / 512];
static bool own;
static const char *kernel;

static void an_empty_state(void)
{
	snprintf(path, sizeof(path), "/tmp/replay-state-%ld.pgt", (long)getpid());
	out = child_shared(sizeof(*out));
	memset(block_type, 1, sizeof(block_type));
	state = (struct trace_state){ .free = free_blocks,
				      .used = used,
				      .pcp = pcp,
				      .block_type = block_type,
				      .nblocks = FRAMES / 512 };
	own = true;
	kernel = "4.12";
}

static void drop(void)
{
	unlink(path);
	munmap(out, sizeof(*out));
}

static void add_free(uint64_t pfn, unsigned order)
{
	free_blocks[state.nfree++] = (struct trace_free){ pfn, (uint8_t)order, 0xff };
}

static void add_pcp(uint64_t pfn, unsigned order)
{
	pcp[state.npcp++] = (struct trace_pcp){ pfn, 0, (uint8_t)order, 0xff };
}

static void add_used(uint64_t pfn, unsigned order, unsigned use)
{
	used[state.nused++] = (struct trace_used){ pfn, (uint8_t)order, (uint8_t)use };
}

/* A trace on that machine that frees object 0 at order 0, when there is one. */
static void write_trace(void)
{
	static uint16_t cpu_node[1];
	struct trace_header h = { .major = 1,
				  .clock_hz = 1000000000,
				  .page_size = 4096,
				  .cpus = 1,
				  .nodes = 1,
				  .cpu_node = cpu_node,
				  .has_state = true };
	struct trace_event e = { .time = 5, .kind = TRACE_FREE, .pfn = TRACE_NO_PFN };
	struct trace_error err;
	struct trace_writer *w = trace_writer_open(path, &h, 1, &err);
	uint32_t task;
	bool has_object = false;

	child_trace_ok(w != NULL, &err);
	for (uint64_t i = 0; i < state.nused; i++)
		has_object |= !(used[i].use & TRACE_USE_PINNED);
	child_trace_ok(trace_writer_state(w, &state, &err), &err);
	child_trace_ok(trace_writer_task(w, 9, "", &task, &err), &err);
	if (has_object)
		child_trace_ok(trace_writer_events(w, &e, 1, &err), &err);
	child_trace_ok(trace_writer_close(w, false, &err), &err);
}

static void *make_kernel(const struct mm_policy *policy, uint64_t frames)
{
	static const uint16_t cpu_node[1];
	static const bool online[1] = { true };
	static const uint8_t distance[1] = { 10 };
	const struct mm_zone_span zone = { 0, "Normal", 0, frames };
	const struct mm_machine machine = { .cpus = 1,
					    .nodes = 1,
					    .cpu_node = cpu_node,
					    .node_online = online,
					    .distance = distance,
					    .zones = &zone,
					    .nzones = 1,
					    .hz = 250 };
	void *params = calloc(1, policy->params_size), *costs = calloc(1, policy->costs_size);
	void *mm;

	mm_params_preset(policy->params, params);
	mm_params_preset(policy->costs, costs);
	mm = policy->create(&machine, params, costs, true, out->text, sizeof(out->text));
	free(params);
	free(costs);
	return mm;
}

static void mark_free(void *ctx, uint64_t frame, unsigned order)
{
	freemap_add(ctx, frame, order);
}

static void look(const struct mm_policy *policy, void *mm)
{
	struct mm_snapshot *snap = policy->snapshot(mm);
	struct freemap *map = freemap_new(0, FRAMES);

	series_blocks(&snap->zones[0], snap->ntypes, out->blocks);
	memcpy(out->pageblocks, snap->zones[0].pageblocks, sizeof(out->pageblocks));
	out->pcp = snap->zones[0].pcp_count[0];
	out->high = snap->zones[0].pcp_high;
	out->active = mm_snapshot_value(snap, "nr_active_pages");
	out->inactive_dirty = mm_snapshot_value(snap, "nr_inactive_dirty_pages");
	policy->each_free(mm, true, mark_free, map);
	freemap_blocks(map, out->logical);
	out->sound = policy->check(mm, out->text, sizeof(out->text));
	freemap_free(map);
	mm_snapshot_free(snap);
}

static void place(uint64_t frames)
{
	struct sim_machine machine = child_machine(1, FRAMES);
	struct sim_memory memory = { .touch = NULL };
	const struct mm_policy *policy = mm_policy_find(kernel);
	void *mm = make_kernel(policy, frames), *params = calloc(1, policy->params_size);
	struct trace_error err;
	struct replay_options o = { .policy = policy,
				    .mm = mm,
				    .params = params,
				    .machine = &machine,
				    .memory = &memory,
				    .window = 16,
				    .hz = 100,
				    .trace = trace_reader_open(path, &err) };
	struct replay *r = replay_new(&o, &out->err);

	mm_params_preset(policy->params, params);
	out->ok = r && replay_state_put(r, &state, own, &out->err);
	if (out->ok) {
		look(policy, mm);
		out->ok = replay_run(r, &out->err);
		out->counts = *replay_counts(r);
	}
	replay_free(r);
	trace_reader_close(o.trace);
	policy->destroy(mm);
	free(params);
}

static void place_on(uint64_t frames)
{
	write_trace();
	memset(out, 0, sizeof(*out));
	child_run(place, frames);
}

static void free_blocks_are_free_in_their_orders(void)
{
	add_free(1024, 10);
	add_free(4096, 3);
	add_free(4112, 0);
	add_used(4104, 3, TRACE_USE_PINNED);
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_TRUE(out->sound);
	CU_ASSERT_EQUAL(out->blocks[10], 1);
	CU_ASSERT_EQUAL(out->blocks[3], 1);
	CU_ASSERT_EQUAL(out->blocks[0], 1);
	CU_ASSERT_EQUAL(frag_free_pages(out->blocks), 1024 + 8 + 1);
}

static void a_used_frame_is_freed_by_its_number(void)
{
	add_free(8, 0);
	add_used(9, 0, TRACE_USE_LRU);
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_EQUAL(out->counts.frees, 1);
	CU_ASSERT_EQUAL(out->counts.frees_of_start_objects, 0);
	CU_ASSERT_EQUAL(out->counts.frees_unknown, 0);
}

static void with_a_foreign_state_the_free_does_nothing(void)
{
	add_used(9, 0, 0);
	own = false;
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_EQUAL(out->counts.frees_of_start_objects, 1);
}

static void pageblock_types_are_as_recorded(void)
{
	block_type[0] = 0;
	block_type[1] = 2;
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_EQUAL(out->pageblocks[0], 1);
	CU_ASSERT_EQUAL(out->pageblocks[2], 1);
	CU_ASSERT_EQUAL(out->pageblocks[1], FRAMES / 512 - 2);
}

/* 64 pages on a recorded per-cpu list; this machine's lists hold fewer. */
static void per_cpu_pages_beyond_this_kernels_lists_merge_with_free_memory(void)
{
	for (unsigned i = 0; i < 56; i++)
		add_pcp(2048 + i, 0);
	add_pcp(2048 + 56, 3);
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_TRUE(out->sound);
	CU_ASSERT_TRUE(out->high < 56);
	CU_ASSERT_EQUAL(out->pcp, out->high - 1);
	CU_ASSERT_EQUAL(frag_free_pages(out->blocks), 64 - out->pcp);
	CU_ASSERT_EQUAL(out->logical[6], 1);
}

/* 2.4: blocks count from the zone's start and end at order 9; per-cpu pages are free. */
static void under_2_4_all_free_memory_is_merged_again(void)
{
	kernel = "2.4";
	add_free(1024, 10);
	add_free(4096, 3);
	add_pcp(4104, 3);
	add_pcp(8192, 0);
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_TRUE(out->sound);
	CU_ASSERT_EQUAL(out->blocks[9], 2);
	CU_ASSERT_EQUAL(out->blocks[4], 1);
	CU_ASSERT_EQUAL(out->blocks[0], 1);
	CU_ASSERT_EQUAL(frag_free_pages(out->blocks), 1024 + 16 + 1);
}

static void under_2_4_what_was_on_lru_lists_can_be_taken_away(void)
{
	kernel = "2.4";
	add_free(0, 9);
	add_used(1000, 0, TRACE_USE_LRU | TRACE_USE_ANON);
	add_used(1001, 0, TRACE_USE_LRU | TRACE_USE_FILE | TRACE_USE_PINNED);
	add_used(1002, 0, TRACE_USE_LRU | TRACE_USE_FILE | TRACE_USE_ACTIVE | TRACE_USE_PINNED);
	add_used(1003, 0, TRACE_USE_SLAB | TRACE_USE_PINNED);
	add_used(1008, 3, TRACE_USE_LRU | TRACE_USE_FILE | TRACE_USE_PINNED);
	place_on(FRAMES);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_TRUE(out->sound);
	CU_ASSERT_EQUAL(out->counts.contents, 3);
	/* Recorded files begin on inactive_dirty; anonymous pages are on no list in 2.4. */
	CU_ASSERT_EQUAL(out->inactive_dirty, 2);
	CU_ASSERT_EQUAL(out->active, 0);
	/* Object 0, the anonymous one, is given up by the trace. */
	CU_ASSERT_EQUAL(out->counts.frees, 1);
	CU_ASSERT_EQUAL(out->counts.frees_unknown, 0);
	CU_ASSERT_EQUAL(out->counts.frees_of_start_objects, 0);
}

static void a_frame_that_the_machine_has_not_is_refused(void)
{
	add_used(FRAMES - 1024, 0, 0);
	place_on(FRAMES / 2);
	CU_ASSERT_FALSE(out->ok);
	CU_ASSERT_EQUAL(out->err.status, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(out->err.text, "31744"));
}

static CU_TestInfo tests[] = {
	{ "free blocks are free in their orders", free_blocks_are_free_in_their_orders },
	{ "a used frame is freed by its number", a_used_frame_is_freed_by_its_number },
	{ "with a foreign state the free does nothing",
	  with_a_foreign_state_the_free_does_nothing },
	{ "pageblock types are as recorded", pageblock_types_are_as_recorded },
	{ "per-cpu pages beyond this kernel's lists merge with free memory",
	  per_cpu_pages_beyond_this_kernels_lists_merge_with_free_memory },
	{ "under 2.4 all free memory is merged again",
	  under_2_4_all_free_memory_is_merged_again },
	{ "under 2.4 what was on LRU lists can be taken away",
	  under_2_4_what_was_on_lru_lists_can_be_taken_away },
	{ "a frame that the machine has not is refused",
	  a_frame_that_the_machine_has_not_is_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "replay_state", NULL, NULL, an_empty_state, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
