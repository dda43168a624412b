#include "tools/scenario_workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MOST_ROUNDS UINT64_C(1000000000)
#define MOST_PAUSE (UINT64_C(1) << 40) /* cycles */
#define MOST_MEMORY ((uint64_t)WORKLOAD_MOST_BLOCKS * SIM_FRAME_BYTES)

/* What a kind has of its own, and its defaults. */
struct kind {
	const char *const *keys;
	struct workload preset;
	/* Times that users have to give in another way: nanoseconds. */
	uint64_t alloc_ns, free_ns;
};

#define COMMON "kind", "cpus", "rounds", "warm_up", "gfp"

static const char *const pairs_keys[] = { COMMON, "order", "pause", "apart", NULL };
static const char *const batch_keys[] = { COMMON, "order", "batch", "pause", "apart", NULL };
static const char *const faults_keys[] = { COMMON, "memory", "fault", "unmap", NULL };

/*
 * What a fault and an unmap of a page take outside the allocator: what is left of 56 CPUs'
 * time in B6 of docs/calibration.md when the wait for locks is taken off.
 */
#define FAULT_NS 1200
#define UNMAP_NS 150

static const struct kind kinds[] = {
	[WORKLOAD_PAIRS] = { pairs_keys,
			     { .gfp = "GFP_KERNEL",
			       .blocks = 1,
			       .apart = 16,
			       .warm_up = 100,
			       .rounds = 10000 },
			     0,
			     0 },
	[WORKLOAD_BATCH] = { batch_keys,
			     { .gfp = "GFP_KERNEL",
			       .blocks = 32,
			       .apart = 1024,
			       .warm_up = 10,
			       .rounds = 100 },
			     0,
			     0 },
	[WORKLOAD_PAGE_FAULTS] = { faults_keys,
				   { .gfp = "GFP_HIGHUSER_MOVABLE|__GFP_ZERO",
				     .blocks = 32768,
				     .warm_up = 1,
				     .rounds = 2 },
				   FAULT_NS,
				   UNMAP_NS },
};

/* ---- values ----------------------------------------------------------------------------- */

static bool read_kind(struct conf_node map, enum workload_kind *out, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "kind");
	const char *text = conf_text(n);

	for (unsigned k = WORKLOAD_PAIRS; text && workload_names[k]; k++) {
		if (strcmp(text, workload_names[k]) == 0) {
			*out = (enum workload_kind)k;
			return true;
		}
	}
	return conf_fail(n.yaml ? n : map, err, "'kind' should be pairs, batch or page-faults");
}

/* A count, or all there are. */
static bool read_cpus(const struct scenario *s, struct conf_node map, struct workload *w,
		      struct conf_error *err)
{
	struct conf_node n = conf_get(map, "cpus");
	const char *text = conf_text(n);
	uint64_t cpus = 1;

	if (text && strcmp(text, "all") == 0)
		cpus = s->machine->cpus;
	else if (n.yaml && (!text || !conf_parse_u64(text, &cpus) || !cpus))
		return conf_fail(n, err, "'cpus' should be a number, or all");
	if (cpus > s->machine->cpus)
		return conf_fail(n, err, "'cpus' is %" PRIu64 ", machine '%s' has %u", cpus,
				 s->machine->name, s->machine->cpus);
	w->cpus = (unsigned)cpus;
	return true;
}

static bool read_gfp(const struct scenario *s, struct conf_node map, struct workload *w,
		     struct conf_error *err)
{
	struct conf_node n = conf_get(map, "gfp");
	const char *text = conf_text(n);
	unsigned unknown = 0;

	if (!n.yaml)
		return true;
	if (!text || !*text || strlen(text) >= sizeof(w->gfp))
		return conf_fail(n, err, "'gfp' should be names such as GFP_KERNEL|__GFP_ZERO");
	mm_policy_gfp(s->policy, text, &unknown);
	if (unknown)
		return conf_fail(n, err, "'gfp' has flags that kernel %s does not know",
				 s->policy->short_name);
	strcpy(w->gfp, text);
	return true;
}

/* A number that may be missing. */
static bool read_u64(struct conf_node map, const char *key, uint64_t min, uint64_t max,
		     uint64_t *out, struct conf_error *err)
{
	return !conf_get(map, key).yaml || conf_u64(map, key, min, max, out, err);
}

static bool read_time(const struct scenario *s, struct conf_node map, const char *key,
		      uint64_t *out, struct conf_error *err)
{
	return !conf_get(map, key).yaml ||
	       conf_cycles(map, key, s->machine->clock_mhz, 0, MOST_PAUSE, out, err);
}

static bool read_blocks(struct conf_node map, struct workload *w, struct conf_error *err)
{
	uint64_t order = w->order, batch = w->blocks, apart = w->apart,
		 bytes = (uint64_t)w->blocks * SIM_FRAME_BYTES;

	if (!read_u64(map, "order", 0, TRACE_ORDERS - 1, &order, err) ||
	    !read_u64(map, "batch", 1, WORKLOAD_MOST_BLOCKS, &batch, err) ||
	    !read_u64(map, "apart", 0, WORKLOAD_MOST_BLOCKS, &apart, err))
		return false;
	if (conf_get(map, "memory").yaml) {
		if (!conf_size(map, "memory", 1, SIM_FRAME_BYTES, MOST_MEMORY, &bytes, err))
			return false;
		if (bytes % SIM_FRAME_BYTES)
			return conf_fail(conf_get(map, "memory"), err,
					 "'memory' is not a multiple of 4KiB");
		batch = bytes / SIM_FRAME_BYTES;
	}
	w->order = (unsigned)order;
	w->blocks = (uint32_t)batch;
	w->apart = (uint32_t)apart;
	return true;
}

static bool read_pauses(const struct scenario *s, struct conf_node map, struct workload *w,
			struct conf_error *err)
{
	const struct kind *k = &kinds[w->kind];

	w->alloc_pause = sim_machine_cycles(s->machine, k->alloc_ns * 1000);
	w->free_pause = sim_machine_cycles(s->machine, k->free_ns * 1000);
	if (w->kind == WORKLOAD_PAGE_FAULTS)
		return read_time(s, map, "fault", &w->alloc_pause, err) &&
		       read_time(s, map, "unmap", &w->free_pause, err);
	if (!read_time(s, map, "pause", &w->alloc_pause, err))
		return false;
	w->free_pause = w->alloc_pause;
	return true;
}

/* ---- the map ---------------------------------------------------------------------------- */

/* What cannot be together with a workload. */
static bool stands_alone(const struct scenario *s, struct conf_node scenario_map,
			 struct conf_node map, struct conf_error *err)
{
	if (conf_get(scenario_map, "trace").yaml)
		return conf_fail(conf_get(scenario_map, "trace"), err,
				 "a scenario has a 'trace' or a 'workload', not both");
	if (s->start == SCENARIO_START_TRACE)
		return conf_fail(conf_get(scenario_map, "start"), err,
				 "a workload has no start state: 'start' should be boot or a "
				 "file");
	if (!s->machine)
		return conf_fail(map, err, "a workload needs a 'machine'");
	return true;
}

static bool is_possible(const struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct trace_bench b = workload_bench(&s->workload, s->machine);
	uint64_t events = trace_bench_events(&b);
	uint64_t pause = b.alloc_pause > b.free_pause ? b.alloc_pause : b.free_pause;
	uint64_t all;

	if (events > WORKLOAD_MOST_EVENTS)
		return conf_fail(map, err, "the workload is more than %" PRIu64 " operations",
				 (uint64_t)WORKLOAD_MOST_EVENTS);
	/* Of one task: dates of a run end at 2^52 cycles. */
	return (!__builtin_mul_overflow(events / b.cpus, pause, &all) &&
		all < WORKLOAD_MOST_PAUSE) ||
	       conf_fail(map, err, "the workload's pauses are longer than 2^51 cycles in all");
}

bool scenario_workload_read(struct scenario *s, struct conf_node scenario_map,
			    struct conf_error *err)
{
	struct conf_node map = conf_get(scenario_map, "workload");
	struct workload *w = &s->workload;
	enum workload_kind kind = WORKLOAD_NONE;

	if (!map.yaml)
		return true;
	if (!stands_alone(s, scenario_map, map, err))
		return false;
	if (!conf_is_map(map))
		return conf_fail(map, err, "'workload' should be a map: {kind: pairs}");
	if (!read_kind(map, &kind, err) || !conf_only_keys(map, kinds[kind].keys, err))
		return false;
	*w = kinds[kind].preset;
	w->kind = kind;
	return read_cpus(s, map, w, err) && read_gfp(s, map, w, err) &&
	       read_u64(map, "rounds", 1, MOST_ROUNDS, &w->rounds, err) &&
	       read_u64(map, "warm_up", 0, MOST_ROUNDS, &w->warm_up, err) &&
	       read_blocks(map, w, err) && read_pauses(s, map, w, err) &&
	       is_possible(s, map, err);
}

/* ---- printing --------------------------------------------------------------------------- */

static void set_cycles(json_t *map, const char *key, uint64_t cycles)
{
	char text[40];

	snprintf(text, sizeof(text), "%" PRIu64 "cycles", cycles);
	json_object_set_new(map, key, json_string(text));
}

json_t *scenario_workload_json(const struct scenario *s)
{
	const struct workload *w = &s->workload;
	json_t *map = json_pack("{ss si ss sI sI}", "kind", workload_names[w->kind], "cpus",
				(int)w->cpus, "gfp", w->gfp, "rounds", (json_int_t)w->rounds,
				"warm_up", (json_int_t)w->warm_up);
	char text[40];

	if (!map)
		return NULL;
	if (w->kind == WORKLOAD_PAGE_FAULTS) {
		conf_print_size((uint64_t)w->blocks * SIM_FRAME_BYTES, text, sizeof(text));
		json_object_set_new(map, "memory", json_string(text));
		set_cycles(map, "fault", w->alloc_pause);
		set_cycles(map, "unmap", w->free_pause);
		return map;
	}
	json_object_set_new(map, "order", json_integer(w->order));
	if (w->kind == WORKLOAD_BATCH)
		json_object_set_new(map, "batch", json_integer(w->blocks));
	json_object_set_new(map, "apart", json_integer(w->apart));
	set_cycles(map, "pause", w->alloc_pause);
	return map;
}
