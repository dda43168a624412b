/* What stands behind the events of a part: truth, steps, states, report. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_cut.h"
#include "traces/trace_trailer.h"

static bool put_truth(struct trace_cut *c, struct trace_error *err)
{
	struct trace_truth t = c->truth;

	if (!trace_cut_selected(c, t.task, t.cpu))
		return true;
	return trace_copy_task(&c->copy, &t.task, err) &&
	       trace_writer_truth(c->writer, &t, 1, err);
}

static bool put_truths(struct trace_cut *c, struct trace_error *err)
{
	long got = c->truth_waits;

	for (; got > 0; got = trace_reader_next_truth(c->reader, &c->truth, 1, err)) {
		if (c->truth.time >= c->end && !c->to_end)
			return true;
		if (!put_truth(c, err))
			return false;
	}
	return got == 0;
}

/* They lead from the start state on, so they are of use only from there. */
static bool put_steps(struct trace_cut *c, struct trace_error *err)
{
	struct trace_step step;
	long got;

	while ((got = trace_reader_next_step(c->reader, &step, 1, err)) > 0) {
		if (step.time >= c->end && !c->to_end)
			return true;
		if (!trace_writer_steps(c->writer, &step, 1, err))
			return false;
	}
	return got == 0;
}

static bool put_final(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_state *s = trace_reader_final(c->reader, err);

	return s ? trace_writer_final(c->writer, s, err) : !err->text[0];
}

/* ---- end state ----------------------------------------------------------------------------
 */

static const struct trace_zone *zone_of(const struct trace_header *h, uint64_t pfn)
{
	for (unsigned i = 0; i < h->nzones; i++)
		if (pfn >= h->zones[i].start && pfn < h->zones[i].end)
			return &h->zones[i];
	return NULL;
}

/* A zone's free memory where the part begins: that of its start state. */
static struct trace_zone_free zone_at_begin(const struct trace_cut *c,
					    const struct trace_zone_free *old)
{
	const struct trace_header *h = trace_reader_header(c->reader);
	struct trace_zone_free z = { .nid = old->nid };

	memcpy(z.name, old->name, sizeof(z.name));
	for (uint64_t i = 0; i < c->state->nfree; i++) {
		const struct trace_zone *in = zone_of(h, c->state->free[i].pfn);

		if (in && in->nid == z.nid && !strcmp(in->name, z.name))
			z.buddyinfo[c->state->free[i].order]++;
	}
	memcpy(z.logical, z.buddyinfo, sizeof(z.logical));
	return z;
}

static bool put_end_of(struct trace_cut *c, const struct trace_end *old,
		       struct trace_error *err)
{
	struct trace_end e = *old;
	bool ok;

	if (c->from_start)
		return trace_writer_end(c->writer, old, err);
	e.start = calloc(old->nzones + 1, sizeof(*e.start));
	if (!e.start)
		return trace_error_memory(err);
	for (unsigned i = 0; i < old->nzones; i++)
		e.start[i] = zone_at_begin(c, &old->start[i]);
	ok = trace_writer_end(c->writer, &e, err);
	free(e.start);
	return ok;
}

/* Of use where the part ends where the trace does, and begins with a state. */
static bool put_end(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_end *old;

	if (!c->to_end || !trace_cut_selects_all(c) || (!c->from_start && !c->state))
		return true;
	old = trace_reader_end(c->reader, err);
	return old ? put_end_of(c, old, err) : !err->text[0];
}

/* ---- report -------------------------------------------------------------------------------
 */

static json_t *list_of_pids(const struct trace_cut_options *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < o->npids; i++)
		json_array_append_new(list, json_integer(o->pids[i]));
	return list;
}

static json_t *list_of_cpus(const struct trace_cut_options *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < o->ncpus; i++)
		for (uint64_t cpu = o->cpus[i].start; cpu < o->cpus[i].end; cpu++)
			json_array_append_new(list, json_integer((json_int_t)cpu));
	return list;
}

static json_t *report_of(const struct trace_cut *c, const char *old)
{
	const struct trace_cut_report *r = c->report;
	json_t *cut = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s}", "first",
				(json_int_t)r->first, "last", (json_int_t)c->number, "time",
				(json_int_t)c->begin, "live", (json_int_t)r->live, "put_in",
				(json_int_t)r->put_in, "unselected", (json_int_t)r->unselected,
				"objectless", (json_int_t)r->objectless, "begins_with",
				c->from_start ? "the trace"
				: c->state    ? "a start state"
					      : "events put in");
	json_t *report = json_object();

	if (c->is_part)
		json_object_set_new(cut, "part", trace_part_json(&c->part));
	if (c->o->npids)
		json_object_set_new(cut, "tasks", list_of_pids(c->o));
	if (c->o->ncpus)
		json_object_set_new(cut, "cpus", list_of_cpus(c->o));
	json_object_set_new(report, "cut", cut);
	if (old)
		json_object_set_new(report, "of_the_whole",
				    json_loads(old, JSON_DECODE_ANY, NULL));
	return report;
}

static bool put_report(struct trace_cut *c, struct trace_error *err)
{
	const char *old = trace_reader_report(c->reader, err);
	json_t *report;
	char *text;
	bool ok;

	if (!old && err->text[0])
		return false;
	report = report_of(c, old);
	text = report ? json_dumps(report, JSON_COMPACT) : NULL;
	json_decref(report);
	if (!text)
		return trace_error_memory(err);
	ok = trace_writer_report(c->writer, text, err);
	free(text);
	return ok;
}

bool trace_cut_end(struct trace_cut *c, struct trace_error *err)
{
	bool steps = c->from_start && trace_cut_selects_all(c);

	return put_truths(c, err) && (!steps || put_steps(c, err)) &&
	       (!steps || !c->to_end || put_final(c, err)) && trace_cut_names_end(c, err) &&
	       put_end(c, err) && put_report(c, err);
}
