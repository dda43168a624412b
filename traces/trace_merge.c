#include "traces/trace_merge.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_reader.h"

#define PID_STEP 100000 /* pids of each input begin at a multiple of it */

__extension__ typedef unsigned __int128 wide;

/* ---- inputs ------------------------------------------------------------------------------ */

static void free_input(struct trace_merge_input *in)
{
	if (!in)
		return;
	trace_copy_free(&in->copy);
	trace_live_free(&in->live);
	trace_reader_close(in->reader);
	free(in);
}

/* How many numbers its pids need, so that those of the next one are others. */
static bool count_pids(struct trace_merge_input *in, struct trace_error *err)
{
	const struct trace_task *t;
	uint64_t most = 0;

	if (!trace_read_tail(in->reader, err) || !trace_read_dict(in->reader, err))
		return false;
	for (uint32_t i = 0; (t = trace_reader_task(in->reader, i)) != NULL; i++)
		most = t->pid > 0 && (uint64_t)t->pid > most ? (uint64_t)t->pid : most;
	in->pids = (most / PID_STEP + 1) * PID_STEP;
	return true;
}

static struct trace_merge_input *open_input(struct trace_merge *m, const char *path,
					    struct trace_error *err)
{
	struct trace_merge_input *in = calloc(1, sizeof(*in));
	struct trace_totals t;

	err->text[0] = '\0';
	if (!in) {
		trace_error_memory(err);
		return NULL;
	}
	in->reader = trace_reader_open(path, err);
	if (!in->reader || !trace_reader_totals(in->reader, &t, err) || !count_pids(in, err)) {
		free_input(in);
		return NULL;
	}
	in->path = path;
	in->header = trace_reader_header(in->reader);
	in->copy.reader = in->reader;
	in->live.data_size = sizeof(uint64_t);
	in->first = t.first_time;
	m->all += t.events;
	err->text[0] = '\0';
	in->state = trace_reader_state(in->reader, err);
	if (in->state || !err->text[0])
		return in;
	free_input(in);
	return NULL;
}

static bool add_object(struct trace_merge *m, struct trace_merge_input *in, uint64_t object,
		       unsigned order, struct trace_error *err)
{
	uint64_t *number;

	if (!trace_live_add(&in->live, object, order, err))
		return false;
	number = trace_live_data(&in->live, trace_live_find(&in->live, object));
	*number = m->next_object++;
	return true;
}

/* Those of the start states, in the order of their frames. */
static bool add_start_objects(struct trace_merge *m, struct trace_merge_input *in,
			      struct trace_error *err)
{
	const struct trace_state *s = in->state;
	uint64_t number = 0;

	for (uint64_t i = 0; s && i < s->nused; i++)
		if (!(s->used[i].use & TRACE_USE_PINNED) &&
		    !add_object(m, in, number++, s->used[i].order, err))
			return false;
	return true;
}

/* ---- the next event ---------------------------------------------------------------------- */

static uint64_t time_of(const struct trace_merge *m, const struct trace_merge_input *in,
			uint64_t time)
{
	uint64_t since = time - in->first;

	if (m->to_ns)
		since = (uint64_t)((wide)since * 1000000000 / in->header->clock_hz);
	return m->begin + since;
}

/* Its next event is there, or its time is UINT64_MAX. */
static bool fill(struct trace_merge *m, struct trace_merge_input *in, struct trace_error *err)
{
	if (in->at >= in->nevents) {
		in->nevents = trace_reader_next(in->reader, in->events, TRACE_MERGE_CHUNK, err);
		in->at = 0;
		if (in->nevents < 0)
			return false;
	}
	in->time = in->nevents ? time_of(m, in, in->events[in->at].time) : UINT64_MAX;
	return true;
}

/* Of one time, that of the input that was named first. */
static struct trace_merge_input *next_input(const struct trace_merge *m)
{
	struct trace_merge_input *next = m->in[0];

	for (unsigned i = 1; i < m->o->n; i++)
		if (m->in[i]->time < next->time)
			next = m->in[i];
	return next->time == UINT64_MAX ? NULL : next;
}

/* *there is false when the event is about an object that is gone. */
static bool translate_object(struct trace_merge *m, struct trace_merge_input *in,
			     struct trace_event *e, bool *there, struct trace_error *err)
{
	const struct trace_live_entry *entry;
	uint64_t object = e->object, number;

	*there = true;
	if (e->kind == TRACE_ALLOC) {
		e->object = m->next_object;
		return add_object(m, in, object, e->order, err);
	}
	if (object == TRACE_NO_OBJECT)
		return true;
	entry = trace_live_find(&in->live, object);
	*there = entry != NULL;
	if (!entry && e->kind != TRACE_FREE)
		return true;
	number = entry ? *(uint64_t *)trace_live_data(&in->live, entry) : 0;
	e->object = number;
	return e->kind != TRACE_FREE ||
	       trace_live_remove(&in->live, object, e->value, e->order, err);
}

static bool put(struct trace_merge *m, struct trace_merge_input *in, struct trace_error *err)
{
	const struct trace_merge_place *p = in->place;
	struct trace_event e = in->events[in->at++];
	bool there;

	e.time = in->time;
	e.cpu = (uint16_t)(e.cpu + p->first_cpu);
	if (e.node != TRACE_NODE_LOCAL)
		e.node = (uint8_t)(e.node + p->first_node);
	if (!m->header.nzones && e.kind == TRACE_ALLOC)
		e.pfn = TRACE_NO_PFN;
	else if (e.pfn != TRACE_NO_PFN)
		e.pfn += p->frame_add;
	if (!translate_object(m, in, &e, &there, err))
		return trace_error_at(err, "%s: event %llu: ", in->path,
				      (unsigned long long)in->place->events);
	if (!trace_copy_event(&in->copy, &e, err))
		return false;
	if (there && !trace_writer_events(m->writer, &e, 1, err))
		return false;
	in->place->events += there;
	m->written++;
	return fill(m, in, err);
}

static bool put_all(struct trace_merge *m, struct trace_error *err)
{
	struct trace_merge_input *in;

	for (unsigned i = 0; i < m->o->n; i++)
		if (!fill(m, m->in[i], err))
			return false;
	while ((in = next_input(m)) != NULL) {
		if (m->written % TRACE_MERGE_CHUNK == 0 && m->o->watch &&
		    !m->o->watch(m->o->watch_ctx, m->written, m->all))
			return trace_error_set(err, TRACE_STOPPED, "interrupted");
		if (!put(m, in, err))
			return false;
	}
	return true;
}

/* ---- all --------------------------------------------------------------------------------- */

static bool put_report(struct trace_merge *m, struct trace_error *err)
{
	json_t *list = json_array();
	json_t *report = json_pack("{s:o}", "merge", list);
	char *text;
	bool ok;

	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_merge_place *p = m->in[i]->place;
		const char *name = m->in[i]->header->name;

		json_array_append_new(
			list, json_pack("{s:s,s:I,s:I,s:i,s:i,s:I,s:I}", "name",
					name ? name : "", "frame_add", (json_int_t)p->frame_add,
					"pid_add", (json_int_t)p->pid_add, "first_cpu",
					(int)p->first_cpu, "first_node", (int)p->first_node,
					"events", (json_int_t)p->events, "first_time",
					(json_int_t)m->in[i]->first));
	}
	text = report ? json_dumps(report, JSON_COMPACT) : NULL;
	json_decref(report);
	if (!text)
		return trace_error_memory(err);
	ok = trace_writer_report(m->writer, text, err);
	free(text);
	return ok;
}

static bool write_state(struct trace_merge *m, struct trace_error *err)
{
	struct trace_state *s = trace_merge_state(m, err);
	bool ok = s ? trace_writer_state(m->writer, s, err) : !err->text[0];

	trace_state_free(s);
	for (unsigned i = 0; ok && i < m->o->n; i++)
		ok = add_start_objects(m, m->in[i], err);
	return ok;
}

static bool merge(struct trace_merge *m, struct trace_merge_place *place,
		  struct trace_error *err)
{
	for (unsigned i = 0; i < m->o->n; i++) {
		m->in[i] = open_input(m, m->o->inputs[i], err);
		if (!m->in[i])
			return false;
		m->in[i]->place = &place[i];
	}
	m->begin = m->in[0]->first;
	if (!trace_merge_header(m, err))
		return false;
	if (m->to_ns)
		m->begin = 0;
	m->writer = trace_writer_open(m->o->output, &m->header, m->o->level, err);
	if (!m->writer)
		return false;
	for (unsigned i = 0; i < m->o->n; i++)
		m->in[i]->copy.writer = m->writer;
	return write_state(m, err) && put_all(m, err) && put_report(m, err);
}

bool trace_merge(const struct trace_merge_options *o, struct trace_merge_place *place,
		 struct trace_error *err)
{
	struct trace_merge m = { .o = o };
	struct trace_error late;
	bool ok;

	if (o->n < 1 || o->n > TRACE_MERGE_MOST)
		return trace_error_data(err, "1 to %d traces can be merged, not %zu",
					TRACE_MERGE_MOST, o->n);
	ok = merge(&m, place, err);
	if (m.writer && !trace_writer_close(m.writer, !ok, ok ? err : &late))
		ok = false;
	for (unsigned i = 0; i < o->n; i++)
		free_input(m.in[i]);
	trace_header_free(&m.header);
	return ok;
}
