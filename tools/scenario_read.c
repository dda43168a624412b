#include "tools/scenario_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/events.h"
#include "tools/scenario_age.h"
#include "tools/scenario_changes.h"
#include "tools/scenario_memory.h"
#include "tools/scenario_params.h"
#include "tools/scenario_tasks.h"

#define DEFAULT_KERNEL "4.12"
#define MAX_WINDOW (UINT64_C(1) << 40)
#define MIN_PERIOD_NS 1000
#define MAX_PERIOD_NS (UINT64_C(3600) * 1000000000)

/* ---- files named in files -------------------------------------------------------------- */

/* `path` as it is, or relative to the file that names it. */
static char *relative_path(struct conf_node n)
{
	const char *path = conf_text(n), *file = conf_path(n.file), *slash;
	char *joined;

	slash = strrchr(file, '/');
	if (*path == '/' || strcmp(path, "-") == 0 || conf_set_label(n) || !slash)
		return strdup(path);
	if (asprintf(&joined, "%.*s%s", (int)(slash - file + 1), file, path) < 0)
		return NULL;
	return joined;
}

bool scenario_read_path(struct conf_node n, const char *key, char **out, struct conf_error *err)
{
	const char *text = conf_text(n);

	if (!text || !*text)
		return conf_fail(n, err, "'%s' should be a path", key);
	free(*out);
	*out = relative_path(n);
	return *out || conf_no_memory(n, err);
}

/* A file that is not there is the fault of who names it; what is wrong in it is its own. */
struct conf_file *scenario_read_open(struct conf_node n, const char *path,
				     struct conf_error *err)
{
	if (strcmp(path, "-") != 0 && access(path, R_OK) != 0) {
		conf_fail(n, err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	return conf_open(path, err);
}

/* ---- kernel, parameters, costs --------------------------------------------------------- */

static bool read_kernel(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "kernel");
	const char *name = n.yaml ? conf_text(n) : DEFAULT_KERNEL;
	char known[128] = "";

	s->policy = name ? mm_policy_find(name) : NULL;
	if (!s->policy) {
		for (const struct mm_policy *const *k = mm_policy_all(); *k; k++) {
			size_t used = strlen(known);

			snprintf(known + used, sizeof(known) - used, "%s%s", used ? ", " : "",
				 (*k)->short_name);
		}
		return conf_fail(n, err, "'kernel' is \"%.60s\", there is %s",
				 name ? name : "a list or map", known);
	}
	s->params = calloc(1, s->policy->params_size);
	s->costs = calloc(1, s->policy->costs_size);
	if (!s->params || !s->costs)
		return conf_no_memory(map, err);
	mm_params_preset(s->policy->params, s->params);
	mm_params_preset(s->policy->costs, s->costs);
	return true;
}

/* A file of costs: {kernel: "4.12", source: text, cost: {...}}. */
static bool read_cost_map(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "kernel", "source", "confidence", "cost", NULL };
	struct conf_node kernel = conf_get(map, "kernel");
	const char *name = conf_text(kernel);

	if (!conf_only_keys(map, keys, err))
		return false;
	if (!name || mm_policy_find(name) != s->policy)
		return conf_fail(kernel.yaml ? kernel : map, err,
				 "these should be costs of kernel %s", s->policy->short_name);
	return scenario_params_read(conf_get(map, "cost"), s->policy->costs, s->costs, err);
}

static bool read_cost_file(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "costs");
	struct conf_file *file;
	char *path = NULL;
	bool ok;

	if (!n.yaml)
		return true;
	if (!scenario_read_path(n, "costs", &path, err))
		return false;
	file = scenario_read_open(n, path, err);
	ok = file && read_cost_map(s, conf_root(file), err);
	conf_close(file);
	free(path);
	return ok;
}

/* ---- trace, start, replay -------------------------------------------------------------- */

/* A word's place in a table that ends with NULL. */
static bool read_word(struct conf_node map, const char *key, const char *const *words,
		      unsigned *out, struct conf_error *err)
{
	struct conf_node n = conf_get(map, key);
	const char *text = conf_text(n);
	char all[128] = "";

	if (!n.yaml)
		return true;
	for (unsigned i = 0; words[i]; i++) {
		size_t used = strlen(all);

		if (text && strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
		snprintf(all + used, sizeof(all) - used, "%s%s", used ? ", " : "", words[i]);
	}
	return conf_fail(n, err, "'%s' should be one of %s%s%.40s%s", key, all,
			 text ? ", not \"" : "", text ? text : "", text ? "\"" : "");
}

static bool read_start(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "start");
	const char *text = conf_text(n);

	if (!n.yaml)
		return true;
	if (text && strcmp(text, "boot") == 0) {
		s->start = SCENARIO_START_BOOT;
		return true;
	}
	if (text && strcmp(text, "trace") == 0) {
		s->start = SCENARIO_START_TRACE;
		return true;
	}
	if (!text || !*text)
		return conf_fail(n, err, "'start' should be boot, trace or a file");
	s->start = SCENARIO_START_FILE;
	return scenario_read_path(n, "start", &s->start_path, err);
}

/* "20%", "2.5%" as 1/1000. Without the key *milli stays. */
static bool read_share(struct conf_node map, const char *key, const char *range, uint32_t least,
		       uint32_t *milli, struct conf_error *err)
{
	struct conf_node n = conf_get(map, key);
	const char *text = conf_text(n);
	size_t length = text ? strlen(text) : 0;
	char number[16] = "";
	uint64_t milli_percent = 0;

	if (!n.yaml)
		return true;
	if (length && length <= sizeof(number) && text[length - 1] == '%')
		memcpy(number, text, length - 1);
	if (!conf_parse_milli(number, &milli_percent) || milli_percent % 100 ||
	    milli_percent < 100 * least || milli_percent > 100000)
		return conf_fail(n, err, "'%s' should be a share such as 20%% or 2.5%%, %s",
				 key, range);
	*milli = (uint32_t)(milli_percent / 100);
	return true;
}

static bool read_hot(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	return read_share(map, "hot", "from 0.1% to 100%", 1, &s->hot_milli, err);
}

/* Only tasks with think times have some to be drawn. */
static bool read_jitter(struct scenario *s, struct conf_node replay, struct conf_error *err)
{
	struct conf_node n = conf_get(replay, "jitter");

	if (!read_share(replay, "jitter", "up to 100%", 0, &s->jitter_milli, err))
		return false;
	s->jitter_given = n.yaml != NULL;
	if (s->jitter_milli && (s->pacing == SCENARIO_OPEN || s->pacing == SCENARIO_ASAP))
		return conf_fail(n, err,
				 "'jitter' needs think times: replay.pacing closed or think");
	return true;
}

static bool read_access(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "model", "hot", "period", NULL };
	static const char *const models[] = { "none", "recorded", "working-set", NULL };
	struct conf_node access = conf_get(map, "access"), model = conf_get(access, "model");
	unsigned chosen = s->access;

	if (!access.yaml)
		return true;
	if (!conf_only_keys(access, keys, err) ||
	    !read_word(access, "model", models, &chosen, err) || !read_hot(s, access, err))
		return false;
	if (conf_get(access, "period").yaml &&
	    !conf_ns(access, "period", MIN_PERIOD_NS, MAX_PERIOD_NS, &s->access_period_ns, err))
		return false;
	s->access = (enum scenario_access)chosen;
	if (chosen && !s->policy->access_try)
		return conf_fail(
			model, err,
			"access model '%s' needs a kernel that takes pages back, which "
			"%s is not yet",
			models[chosen], s->policy->short_name);
	return true;
}

static bool read_replay(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "pacing", "recorded_reclaim", "window", "map_cpus",
					    "access", "jitter",           NULL };
	static const char *const pacings[] = { "closed", "open", "asap", "think", NULL };
	static const char *const reclaims[] = { "drop", "keep", NULL };
	static const char *const maps[] = { "none", "fold", NULL };
	struct conf_node replay = conf_get(map, "replay");
	unsigned pacing = s->pacing, keep = s->keep_recorded_reclaim, fold = s->fold_cpus;

	if (!replay.yaml)
		return true;
	if (!conf_only_keys(replay, keys, err) ||
	    !read_word(replay, "pacing", pacings, &pacing, err) ||
	    !read_word(replay, "recorded_reclaim", reclaims, &keep, err) ||
	    !read_word(replay, "map_cpus", maps, &fold, err) || !read_access(s, replay, err))
		return false;
	s->pacing = (enum scenario_pacing)pacing;
	s->keep_recorded_reclaim = keep;
	s->fold_cpus = fold;
	if (!read_jitter(s, replay, err))
		return false;
	return !conf_get(replay, "window").yaml ||
	       conf_u64(replay, "window", 1, MAX_WINDOW, &s->window, err);
}

/* ---- output ---------------------------------------------------------------------------- */

static bool read_interval(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "interval");
	const char *text = conf_text(n), *why = NULL;

	if (!n.yaml)
		return true;
	if (!text)
		return conf_fail(n, err, "'interval' should be a time such as 100ms");
	s->interval_ns = s->interval_cycles = 0;
	/* Without a clock only a number of cycles comes to something. */
	if (!conf_parse_ns(text, &s->interval_ns, &why) &&
	    !conf_parse_cycles(text, 0, &s->interval_cycles, &why))
		return conf_fail(n, err, "'interval' is \"%.60s\": %s", text, why);
	if (!s->interval_ns && !s->interval_cycles)
		return conf_fail(n, err, "'interval' should not be 0");
	return true;
}

static const char *const series_names[] = { "buddyinfo", "extfrag", NULL };

static bool read_series(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node list = conf_get(map, "series");
	const char *text = conf_text(list);
	unsigned series = 0;

	if (!list.yaml)
		return true;
	if (!conf_is_list(list) && (!text || strcmp(text, "none") != 0))
		return conf_fail(list, err, "'series' should be a list, or none");
	for (size_t i = 0; i < conf_count(list); i++) {
		const char *name = conf_text(conf_item(list, i));
		unsigned k = 0;

		while (series_names[k] && (!name || strcmp(name, series_names[k]) != 0))
			k++;
		if (!series_names[k])
			return conf_fail(conf_item(list, i), err,
					 name && strcmp(name, "vmstat") == 0
						 ? "series 'vmstat' is not available yet, "
						   "buddyinfo and extfrag are"
						 : "a series is one of buddyinfo, extfrag");
		series |= 1u << k;
	}
	s->series = series;
	return true;
}

/* none, all, or a list of sets. */
static bool read_events(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "events");
	const char *text = conf_text(n);
	unsigned events = 0;

	if (!n.yaml)
		return true;
	if (text && strcmp(text, "all") == 0)
		events = EVENTS_OF_KERNELS;
	else if (!conf_is_list(n) && (!text || strcmp(text, "none") != 0))
		return conf_fail(n, err,
				 "'events' should be none, all, or a list of "
				 "kmem, vmscan, compaction, oom, trace, all");
	for (size_t i = 0; i < conf_count(n); i++) {
		const char *name = conf_text(conf_item(n, i));
		unsigned g = 0;

		if (name && strcmp(name, "all") == 0) {
			events |= EVENTS_OF_KERNELS;
			continue;
		}
		while (events_groups[g] && (!name || strcmp(name, events_groups[g]) != 0))
			g++;
		if (!events_groups[g])
			return conf_fail(conf_item(n, i), err,
					 "events are of kmem, vmscan, compaction, oom, trace, "
					 "all");
		events |= 1u << g;
	}
	if (events & EVENTS_OF_KERNELS && !s->policy->gfp_text)
		return conf_fail(n, err, "kernel %s has no tracepoints", s->policy->short_name);
	s->events = events;
	return true;
}

/* A list of names of lines' formats. */
static bool read_events_format(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "events_format");
	unsigned format = 0;

	if (!n.yaml)
		return true;
	if (!conf_is_list(n))
		return conf_fail(n, err, "'events_format' should be a list of noirq-info, ns");
	for (size_t i = 0; i < conf_count(n); i++) {
		const char *name = conf_text(conf_item(n, i));
		unsigned bit = 0;

		while (events_formats[bit] && (!name || strcmp(name, events_formats[bit]) != 0))
			bit++;
		if (!events_formats[bit])
			return conf_fail(conf_item(n, i), err,
					 "formats of events are noirq-info, ns");
		format |= 1u << bit;
	}
	s->events_format = format;
	return true;
}

static bool read_output(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "interval",      "series",     "events",
					    "events_format", "save_state", NULL };
	struct conf_node output = conf_get(map, "output"), save;

	if (!output.yaml)
		return true;
	save = conf_get(output, "save_state");
	if (save.yaml && !scenario_read_path(save, "save_state", &s->save_path, err))
		return false;
	return (conf_only_keys(output, keys, err) && read_interval(s, output, err) &&
		read_series(s, output, err) && read_events(s, output, err) &&
		read_events_format(s, output, err));
}

/* ---- the whole ------------------------------------------------------------------------- */

/* A parameter of another kernel is no misspelt one of this. */
static bool only_this_kernels(const struct scenario *s, struct conf_node vm,
			      struct conf_error *err)
{
	for (size_t i = 0; i < conf_count(vm); i++) {
		const char *name = conf_key(vm, i);

		if (!name || mm_params_find(s->policy->params, name))
			continue;
		for (const struct mm_policy *const *k = mm_policy_all(); *k; k++)
			if (mm_params_find((*k)->params, name))
				return conf_fail(conf_key_node(vm, i), err,
						 "'%s' is a parameter of kernel %s, not of %s",
						 name, (*k)->short_name, s->policy->short_name);
	}
	return true;
}

static bool read_vm(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node vm = conf_get(map, "vm");

	return only_this_kernels(s, vm, err) &&
	       scenario_params_read(vm, s->policy->params, s->params, err);
}

bool scenario_read_map(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "machine", "kernel",       "vm",       "cost",
					    "costs",   "trace",        "start",    "replay",
					    "memory",  "memory_model", "seed",     "output",
					    "changes", "tasks",        "workload", "age",
					    NULL };

	if (!conf_only_keys(map, keys, err) || !read_kernel(s, map, err) ||
	    !read_vm(s, map, err) || !read_cost_file(s, map, err) ||
	    !scenario_params_read(conf_get(map, "cost"), s->policy->costs, s->costs, err))
		return false;
	if (conf_get(map, "trace").yaml &&
	    !scenario_read_path(conf_get(map, "trace"), "trace", &s->trace_path, err))
		return false;
	if (conf_get(map, "seed").yaml && !conf_u64(map, "seed", 0, INT64_MAX, &s->seed, err))
		return false;
	if (conf_get(map, "workload").yaml)
		s->pacing = SCENARIO_THINK;
	return read_start(s, map, err) && scenario_age_read(s, conf_get(map, "age"), err) &&
	       read_replay(s, map, err) && scenario_memory_read(s, map, err) &&
	       read_output(s, map, err) &&
	       scenario_changes_read(s, conf_get(map, "changes"), err) &&
	       scenario_tasks_read(s, conf_get(map, "tasks"), err);
}
