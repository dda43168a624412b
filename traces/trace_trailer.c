#include "traces/trace_trailer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void trace_trailer_free(struct trace_trailer *t)
{
	free(t->report);
	free(t->blocks);
	free(t->truth);
	free(t->dict);
	free(t->steps);
	memset(t, 0, sizeof(*t));
}

/* Makes room for one more. */
static bool grow(void *array, uint32_t count, uint32_t *cap, size_t entry,
		 struct trace_error *err)
{
	void **p = array, *new;
	uint32_t n = *cap ? 2 * *cap : 64;

	if (count < *cap)
		return true;
	new = realloc(*p, n * entry);
	if (!new)
		return trace_error_memory(err);
	*p = new;
	*cap = n;
	return true;
}

bool trace_trailer_add_block(struct trace_trailer *t, uint32_t frame, uint64_t event,
			     uint64_t time, struct trace_error *err)
{
	if (!grow(&t->blocks, t->nblocks, &t->block_cap, sizeof(*t->blocks), err))
		return false;
	t->blocks[t->nblocks++] = (struct trace_trailer_block){ frame, event, time };
	return true;
}

bool trace_trailer_add_truth(struct trace_trailer *t, uint32_t frame, struct trace_error *err)
{
	if (!grow(&t->truth, t->ntruth, &t->truth_cap, sizeof(*t->truth), err))
		return false;
	t->truth[t->ntruth++] = frame;
	return true;
}

bool trace_trailer_add_dict(struct trace_trailer *t, uint32_t frame, struct trace_error *err)
{
	if (!grow(&t->dict, t->ndict, &t->dict_cap, sizeof(*t->dict), err))
		return false;
	t->dict[t->ndict++] = frame;
	return true;
}

bool trace_trailer_add_steps(struct trace_trailer *t, uint32_t frame, struct trace_error *err)
{
	if (!grow(&t->steps, t->nsteps, &t->steps_cap, sizeof(*t->steps), err))
		return false;
	t->steps[t->nsteps++] = frame;
	return true;
}

static const struct {
	const char *name;
	size_t offset;
} totals[] = {
	{ "events", offsetof(struct trace_totals, events) },
	{ "allocs", offsetof(struct trace_totals, allocs) },
	{ "frees", offsetof(struct trace_totals, frees) },
	{ "failed", offsetof(struct trace_totals, failed) },
	{ "blocks", offsetof(struct trace_totals, blocks) },
	{ "truths", offsetof(struct trace_totals, truths) },
	{ "tasks", offsetof(struct trace_totals, tasks) },
	{ "first_time", offsetof(struct trace_totals, first_time) },
	{ "last_time", offsetof(struct trace_totals, last_time) },
};

#define NTOTALS (sizeof(totals) / sizeof(*totals))

static uint64_t *field(struct trace_totals *t, size_t i)
{
	return (uint64_t *)(void *)((char *)t + totals[i].offset);
}

/* ---- writing --------------------------------------------------------------------------- */

static json_t *totals_json(struct trace_totals t)
{
	json_t *o = json_object();

	for (size_t i = 0; i < NTOTALS; i++)
		json_object_set_new(o, totals[i].name, json_integer((json_int_t)*field(&t, i)));
	return o;
}

static json_t *frames_json(const uint32_t *frame, uint32_t n)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(frame[i]));
	return list;
}

static json_t *index_json(const struct trace_trailer *t)
{
	json_t *frame = json_array(), *event = json_array(), *time = json_array();

	for (uint32_t i = 0; i < t->nblocks; i++) {
		json_array_append_new(frame, json_integer(t->blocks[i].frame));
		json_array_append_new(event, json_integer((json_int_t)t->blocks[i].event));
		json_array_append_new(time, json_integer((json_int_t)t->blocks[i].time));
	}
	return json_pack("{s:o,s:o,s:o}", "frame", frame, "event", event, "time", time);
}

/* What only some files have is not even named in others. */
static void add_steps_json(json_t *o, const struct trace_trailer *t)
{
	if (t->nsteps) {
		json_object_set_new(json_object_get(o, "totals"), "steps",
				    json_integer((json_int_t)t->totals.steps));
		json_object_set_new(o, "steps", frames_json(t->steps, t->nsteps));
	}
	if (t->final_frame)
		json_object_set_new(o, "final", json_integer(t->final_frame));
	if (t->names_frame)
		json_object_set_new(o, "names", json_integer(t->names_frame));
}

bool trace_trailer_encode(const struct trace_trailer *t, struct trace_frame_bytes *out,
			  struct trace_error *err)
{
	json_t *o = json_pack("{s:s,s:o,s:o,s:o,s:o,s:i}", "pgt", "trailer", "totals",
			      totals_json(t->totals), "blocks", index_json(t), "truth",
			      frames_json(t->truth, t->ntruth), "dictionaries",
			      frames_json(t->dict, t->ndict), "end", (int)t->end_frame);

	if (o)
		add_steps_json(o, t);
	if (o && t->report) {
		json_error_t why;
		json_t *report = json_loads(t->report, JSON_REJECT_DUPLICATES, &why);

		if (!report) {
			json_decref(o);
			return trace_error_data(err, "the report is no JSON: %s", why.text);
		}
		json_object_set_new(o, "report", report);
	}
	return trace_json_frame(o, out, err);
}

/* ---- reading --------------------------------------------------------------------------- */

static bool read_totals(struct trace_trailer *t, const json_t *o, struct trace_error *err)
{
	for (size_t i = 0; i < NTOTALS; i++)
		if (!trace_json_u64(o, totals[i].name, INT64_MAX, field(&t->totals, i), err))
			return false;
	return true;
}

static bool read_frames(const json_t *o, const char *key, uint32_t **out, uint32_t *count,
			struct trace_error *err)
{
	const json_t *list;
	size_t n;

	if (!trace_json_array(o, key, &list, err))
		return false;
	n = json_array_size(list);
	*out = calloc(n + 1, sizeof(**out));
	if (!*out)
		return trace_error_memory(err);
	for (size_t i = 0; i < n; i++) {
		json_int_t v = json_integer_value(json_array_get(list, i));

		if (v <= 0 || v > UINT32_MAX)
			return trace_error_data(err, "\"%s\": expected numbers of frames", key);
		/* One frame again and again would be work without an end. */
		if (i && v <= (*out)[i - 1])
			return trace_error_data(err, "\"%s\": frame %lld comes twice or late",
						key, (long long)v);
		(*out)[i] = (uint32_t)v;
	}
	*count = (uint32_t)n;
	return true;
}

static bool read_blocks(struct trace_trailer *t, const json_t *o, struct trace_error *err)
{
	const json_t *event, *time;
	uint32_t *frame = NULL, n = 0;
	bool ok = read_frames(o, "frame", &frame, &n, err) &&
		  trace_json_array(o, "event", &event, err) &&
		  trace_json_array(o, "time", &time, err);

	t->blocks = ok ? calloc(n + 1u, sizeof(*t->blocks)) : NULL;
	if (ok && !t->blocks)
		ok = trace_error_memory(err);
	if (ok && (json_array_size(event) != n || json_array_size(time) != n))
		ok = trace_error_data(err, "\"blocks\": lists of different length");
	for (uint32_t i = 0; ok && i < n; i++) {
		json_int_t e = json_integer_value(json_array_get(event, i));
		json_int_t at = json_integer_value(json_array_get(time, i));

		if (e < 0 || at < 0 || (i && (uint64_t)e <= t->blocks[i - 1].event) ||
		    (i && (uint64_t)at < t->blocks[i - 1].time))
			ok = trace_error_data(err, "\"blocks\": not in ascending order");
		t->blocks[i] =
			(struct trace_trailer_block){ frame[i], (uint64_t)e, (uint64_t)at };
	}
	t->nblocks = ok ? n : 0;
	free(frame);
	return ok;
}

static bool read_steps(struct trace_trailer *t, const json_t *o, struct trace_error *err)
{
	uint64_t final, names;

	if (!trace_json_u64_or(o, "final", 0, UINT32_MAX, &final, err) ||
	    !trace_json_u64_or(o, "names", 0, UINT32_MAX, &names, err) ||
	    !trace_json_u64_or(json_object_get(o, "totals"), "steps", 0, INT64_MAX,
			       &t->totals.steps, err))
		return false;
	t->final_frame = (uint32_t) final;
	t->names_frame = (uint32_t)names;
	return !json_object_get(o, "steps") ||
	       read_frames(o, "steps", &t->steps, &t->nsteps, err);
}

static bool read_all(struct trace_trailer *t, const json_t *o, struct trace_error *err)
{
	uint64_t end;
	const json_t *report = json_object_get(o, "report");

	if (!read_totals(t, json_object_get(o, "totals"), err) ||
	    !read_blocks(t, json_object_get(o, "blocks"), err) ||
	    !read_frames(o, "truth", &t->truth, &t->ntruth, err) ||
	    !read_frames(o, "dictionaries", &t->dict, &t->ndict, err) ||
	    !trace_json_u64_or(o, "end", 0, UINT32_MAX, &end, err) || !read_steps(t, o, err))
		return false;
	t->end_frame = (uint32_t)end;
	if (report) {
		t->report = json_dumps(report, JSON_INDENT(2) | JSON_ENCODE_ANY);
		if (!t->report)
			return trace_error_memory(err);
	}
	return true;
}

bool trace_trailer_decode(struct trace_trailer *t, const json_t *object,
			  struct trace_error *err)
{
	memset(t, 0, sizeof(*t));
	if (!trace_json_is(object, "trailer"))
		return trace_error_data(err, "expected the trailer, found other JSON");
	if (read_all(t, object, err))
		return true;
	trace_trailer_free(t);
	return false;
}
