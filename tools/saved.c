#include "tools/saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool damaged(const struct saved *s, struct trace_error *err, const char *what)
{
	err->kind = TRACE_BAD_DATA;
	snprintf(err->text, sizeof(err->text), "%s: the saved state's report: %s", s->path,
		 what);
	return false;
}

static bool read_u64(const json_t *o, const char *key, uint64_t *out)
{
	const json_t *n = json_object_get(o, key);

	if (!json_is_integer(n) || json_integer_value(n) < 0)
		return false;
	*out = (uint64_t)json_integer_value(n);
	return true;
}

/* Where the trace was that had been run. */
static bool read_at(struct saved *s, struct trace_error *err)
{
	const json_t *of = json_object_get(s->json, "of");
	const char *name = json_string_value(json_object_get(of, "name"));

	if (!of)
		return true;
	s->of_trace = true;
	if (!name || !read_u64(of, "events", &s->at.whole.events) ||
	    !read_u64(of, "allocs", &s->at.whole.allocs) ||
	    !read_u64(of, "first_time", &s->at.whole.first_time) ||
	    !read_u64(of, "last_time", &s->at.whole.last_time) ||
	    !read_u64(of, "next", &s->at.last) || !read_u64(of, "date_0", &s->base_time) ||
	    !read_u64(of, "end", &s->end))
		return damaged(s, err, "\"of\" does not tell of which trace it is");
	snprintf(s->at.whole.name, sizeof(s->at.whole.name), "%s", name);
	return true;
}

static bool read_all(struct saved *s, struct trace_error *err)
{
	const char *kernel = json_string_value(json_object_get(s->json, "kernel"));
	uint64_t cpus = 0;

	if (!kernel || !read_u64(s->json, "mhz", &s->mhz) ||
	    !read_u64(s->json, "cpus", &cpus) || cpus > UINT16_MAX)
		return damaged(s, err, "kernel, mhz or cpus are missing");
	snprintf(s->kernel, sizeof(s->kernel), "%s", kernel);
	s->cpus = (unsigned)cpus;
	s->told = json_is_true(json_object_get(s->json, "told"));
	return read_at(s, err);
}

/* Names and objects go together. */
static bool read_names(struct saved *s, struct trace_error *err)
{
	const struct trace_state *state = trace_reader_state(s->reader, err);
	uint64_t objects = 0;

	if (!state)
		return err->text[0] ? false : damaged(s, err, "there is no state");
	for (uint64_t i = 0; i < state->nused; i++)
		objects += !(state->used[i].use & TRACE_USE_PINNED);
	s->names = trace_reader_names(s->reader, err);
	if (!s->names)
		return err->text[0] ? false : damaged(s, err, "objects have no names");
	return s->names->n == objects || damaged(s, err, "not each object has a name");
}

static json_t *find(struct trace_reader *reader, struct trace_error *err)
{
	const char *text = trace_reader_report(reader, err);
	json_t *report = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
	json_t *found = json_incref(json_object_get(report, "saved"));

	json_decref(report);
	return found;
}

struct saved *saved_open(const char *path, struct trace_reader *reader, struct trace_error *err)
{
	struct saved *s;
	json_t *json;

	err->text[0] = 0;
	json = find(reader, err);
	if (!json)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s) {
		json_decref(json);
		err->kind = TRACE_SYSTEM;
		snprintf(err->text, sizeof(err->text), "out of memory");
		return NULL;
	}
	s->path = path;
	s->reader = reader;
	s->json = json;
	if (read_all(s, err) && read_names(s, err))
		return s;
	saved_free(s);
	return NULL;
}

void saved_free(struct saved *s)
{
	if (!s)
		return;
	json_decref(s->json);
	free(s);
}

uint64_t saved_number(const struct saved *s, const char *key, size_t i, size_t field)
{
	const json_t *list = json_object_get(s->json, key);
	json_int_t v = json_integer_value(json_array_get(json_array_get(list, i), field));

	return v < 0 ? UINT64_MAX : (uint64_t)v;
}

size_t saved_count(const struct saved *s, const char *key)
{
	return json_array_size(json_object_get(s->json, key));
}
