#include "tools/check_inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const check_inputs_names[] = { "kernel", "trace",        "start",    "machine",
					   "replay", "memory_model", "workload", "tasks",
					   "seed",   "output",       NULL };

/* Whole texts of this kind are of no use to a reader. */
static void shorten(const json_t *value, char *text, size_t size)
{
	char *all;

	if (!value) {
		snprintf(text, size, "-");
		return;
	}
	if (json_is_string(value)) {
		snprintf(text, size, "%.90s", json_string_value(value));
		return;
	}
	all = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	snprintf(text, size, "%.60s%s", all ? all : "?", all && strlen(all) > 60 ? "..." : "");
	free(all);
}

static void put(struct check_inputs *out, const char *name, const json_t *was,
		const json_t *now, bool must)
{
	struct check_input *input = &out->list[out->n];

	if (out->n == CHECK_INPUTS_MOST)
		return;
	out->n++;
	snprintf(input->name, sizeof(input->name), "%.79s", name);
	shorten(was, input->was, sizeof(input->was));
	shorten(now, input->now, sizeof(input->now));
	input->must = must;
}

static bool same(const json_t *a, const json_t *b)
{
	return a == b || (a && b && json_equal((json_t *)a, (json_t *)b));
}

static void compare(struct check_inputs *out, const char *name, const json_t *was,
		    const json_t *now, bool must)
{
	if (!same(was, now))
		put(out, name, was, now, must);
}

static const json_t *at(const json_t *json, const char *map, const char *key)
{
	return json_object_get(json_object_get(json, map), key);
}

/* ---- what has to be the same ----------------------------------------------------------- */

/* A start state's file may lie elsewhere on another machine. */
static const char *start_name(const json_t *json)
{
	const char *start = json_string_value(at(json, "inputs", "start"));
	const char *slash = start ? strrchr(start, '/') : NULL;

	return slash ? slash + 1 : start ? start : "";
}

static void compare_start(struct check_inputs *out, const json_t *was, const json_t *now)
{
	if (strcmp(start_name(was), start_name(now)) != 0)
		put(out, "start", at(was, "inputs", "start"), at(now, "inputs", "start"), true);
}

/* By what is in it; its path is of no matter. */
static void compare_trace(struct check_inputs *out, const json_t *was, const json_t *now)
{
	const json_t *a = at(was, "inputs", "trace"), *b = at(now, "inputs", "trace");

	if (same(json_object_get(a, "digest"), json_object_get(b, "digest")))
		return;
	if (same(json_object_get(a, "name"), json_object_get(b, "name")))
		put(out, "trace", json_object_get(a, "digest"), json_object_get(b, "digest"),
		    true);
	else
		put(out, "trace", json_object_get(a, "name"), json_object_get(b, "name"), true);
}

/* Which events are written to events.txt is of no matter. */
static void compare_output(struct check_inputs *out, const json_t *was, const json_t *now)
{
	static const char *const keys[] = { "interval", "series" };
	const json_t *a = at(was, "scenario", "output"), *b = at(now, "scenario", "output");

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char name[40];

		snprintf(name, sizeof(name), "output.%s", keys[i]);
		compare(out, name, json_object_get(a, keys[i]), json_object_get(b, keys[i]),
			true);
	}
}

/* ---- maps of values -------------------------------------------------------------------- */

/* Where a machine's figures come from is of no matter. */
static bool is_remark(const char *key)
{
	return strcmp(key, "source") == 0;
}

/* What results of earlier versions do not name had this value. */
static bool is_as_before(const char *name, const json_t *value)
{
	return strcmp(name, "replay.jitter") == 0 && json_is_string(value) &&
	       strcmp(json_string_value(value), "0.0%") == 0;
}

/* Down to the value that differs: two maps cut short look the same. */
static void compare_value(struct check_inputs *out, const char *name, const json_t *was,
			  const json_t *now, bool must)
{
	const char *key;
	json_t *value;
	char longer[80];

	if (!json_is_object(was) || !json_is_object(now)) {
		if ((was || !is_as_before(name, now)) && (now || !is_as_before(name, was)))
			compare(out, name, was, now, must);
		return;
	}
	json_object_foreach((json_t *)was, key, value)
	{
		snprintf(longer, sizeof(longer), "%.50s.%.28s", name, key);
		if (!is_remark(key))
			compare_value(out, longer, value, json_object_get(now, key), must);
	}
	json_object_foreach((json_t *)now, key, value)
	{
		snprintf(longer, sizeof(longer), "%.50s.%.28s", name, key);
		if (!is_remark(key) && !json_object_get(was, key))
			compare_value(out, longer, NULL, value, must);
	}
}

static void compare_map(struct check_inputs *out, const char *map, const json_t *was,
			const json_t *now, bool must)
{
	compare_value(out, map, at(was, "scenario", map), at(now, "scenario", map), must);
}

void check_inputs_compare(const json_t *was, const json_t *now, struct check_inputs *out)
{
	static const char *const musts[] = { "replay", "memory_model", "workload", "tasks",
					     "seed" };
	static const char *const maps[] = { "vm", "cost", "memory" };

	out->n = 0;
	compare(out, "kernel", json_object_get(was, "kernel"), json_object_get(now, "kernel"),
		true);
	compare_trace(out, was, now);
	compare_start(out, was, now);
	compare_map(out, "machine", was, now, true);
	for (size_t i = 0; i < sizeof(musts) / sizeof(*musts); i++)
		compare_map(out, musts[i], was, now, true);
	compare_output(out, was, now);
	/* Other kernels have other parameters: that says itself. */
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		if (same(json_object_get(was, "kernel"), json_object_get(now, "kernel")))
			compare_map(out, maps[i], was, now, false);
	compare(out, "changes", at(was, "scenario", "changes"), at(now, "scenario", "changes"),
		false);
}
