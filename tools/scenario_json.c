#include <stdio.h>

#include "tools/events.h"
#include "tools/machine_json.h"
#include "tools/scenario.h"
#include "tools/scenario_age.h"
#include "tools/scenario_changes.h"
#include "tools/scenario_memory.h"
#include "tools/scenario_params.h"
#include "tools/scenario_tasks.h"
#include "tools/scenario_workload.h"

static const char *start_name(const struct scenario *s)
{
	if (s->start == SCENARIO_START_BOOT)
		return "boot";
	return s->start == SCENARIO_START_TRACE ? "trace" : s->start_path;
}

/* What the model has no use for is left out. */
static json_t *access_json(const struct scenario *s)
{
	static const char *const models[] = { "none", "recorded", "working-set" };
	json_t *map = json_pack("{ss}", "model", models[s->access]);
	char text[40];

	if (s->access != SCENARIO_WORKING_SET)
		return map;
	snprintf(text, sizeof(text), "%u.%u%%", s->hot_milli / 10, s->hot_milli % 10);
	json_object_set_new(map, "hot", json_string(text));
	snprintf(text, sizeof(text), "%lluns", (unsigned long long)s->access_period_ns);
	json_object_set_new(map, "period", json_string(text));
	return map;
}

static json_t *replay_json(const struct scenario *s)
{
	static const char *const pacings[] = { "closed", "open", "asap", "think" };

	char jitter[40];
	json_t *map = json_pack("{ss ss sI ss so}", "pacing", pacings[s->pacing],
				"recorded_reclaim", s->keep_recorded_reclaim ? "keep" : "drop",
				"window", (json_int_t)s->window, "map_cpus",
				s->fold_cpus ? "fold" : "none", "access", access_json(s));

	snprintf(jitter, sizeof(jitter), "%u.%u%%", s->jitter_milli / 10, s->jitter_milli % 10);
	if (s->jitter_milli)
		json_object_set_new(map, "jitter", json_string(jitter));
	return map;
}

/* The names of a set's bits. */
static json_t *names_json(unsigned set, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; names[i]; i++)
		if (set >> i & 1)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *events_json(unsigned events)
{
	return events ? names_json(events, events_groups) : json_string("none");
}

static json_t *output_json(const struct scenario *s)
{
	static const char *const names[] = { "buddyinfo", "extfrag" };
	json_t *series = json_array(), *map;
	char interval[40];

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (s->series & 1u << i)
			json_array_append_new(series, json_string(names[i]));
	if (s->interval_ns)
		snprintf(interval, sizeof(interval), "%lluns",
			 (unsigned long long)s->interval_ns);
	else
		snprintf(interval, sizeof(interval), "%llucycles",
			 (unsigned long long)s->interval_cycles);
	map = json_pack("{ss so so}", "interval", interval, "series", series, "events",
			events_json(s->events));
	if (map && s->events_format)
		json_object_set_new(map, "events_format",
				    names_json(s->events_format, events_formats));
	if (map && s->save_path)
		json_object_set_new(map, "save_state", json_string(s->save_path));
	return map;
}

json_t *scenario_json(const struct scenario *s)
{
	json_t *map = json_pack(
		"{ss so so so ss so sI so}", "kernel", s->policy->short_name, "vm",
		scenario_params_json(s->policy->params, s->params), "cost",
		scenario_params_json(s->policy->costs, s->costs), "replay", replay_json(s),
		"memory_model", sim_memory_names[s->memory_kind], "memory",
		scenario_memory_json(s), "seed", (json_int_t)s->seed, "output", output_json(s));

	if (!map)
		return NULL;
	if (s->machine)
		json_object_set_new(map, "machine", machine_json(s->machine));
	if (s->age.given)
		json_object_set_new(map, "age", scenario_age_json(s));
	if (s->nchanges)
		json_object_set_new(map, "changes", scenario_changes_json(s));
	if (s->ntasks)
		json_object_set_new(map, "tasks", scenario_tasks_json(s));
	if (s->workload.kind)
		json_object_set_new(map, "workload", scenario_workload_json(s));
	else if (s->trace_path && !s->no_trace)
		json_object_set_new(map, "trace", json_string(s->trace_path));
	if (s->start != SCENARIO_START_DEFAULT)
		json_object_set_new(map, "start", json_string(start_name(s)));
	return map;
}
