#include "traces/trace_cut.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ----------------------------------------------------------------------------- */

/* c->events[c->at] is the next event. False at the end, and after an error: *ok. */
static bool fill(struct trace_cut *c, bool *ok, struct trace_error *err)
{
	if (c->at < c->nevents)
		return true;
	if (c->o->watch && !c->o->watch(c->o->watch_ctx, c->number, c->all)) {
		*ok = trace_error_set(err, TRACE_STOPPED, "interrupted");
		return false;
	}
	c->nevents = trace_reader_next(c->reader, c->events, TRACE_CUT_CHUNK, err);
	c->at = 0;
	*ok = c->nevents >= 0;
	return c->nevents > 0;
}

static bool at_event(const struct trace_cut *c, struct trace_error *err)
{
	return trace_error_at(err, "%s: event %llu: ", c->path, (unsigned long long)c->number);
}

static bool read_before(struct trace_cut *c, struct trace_error *err)
{
	bool ok = true;

	while (fill(c, &ok, err)) {
		const struct trace_event *e = &c->events[c->at];

		if (c->number >= c->o->first && e->time >= c->o->from_time)
			break;
		if (!trace_cut_before(c, e, err))
			return at_event(c, err);
		c->at++;
		c->number++;
	}
	c->from_start = c->number == 0;
	c->report->first = c->number;
	if (ok && c->at < c->nevents)
		c->begin = c->events[c->at].time;
	return ok;
}

/* ---- what belongs to the part ------------------------------------------------------------ */

bool trace_cut_selected(const struct trace_cut *c, uint32_t task, uint16_t cpu)
{
	const struct trace_cut_options *o = c->o;
	bool by_task = !o->npids, by_cpu = !o->ncpus;
	int32_t pid = o->npids ? trace_reader_task(c->reader, task)->pid : 0;

	for (size_t i = 0; i < o->npids && !by_task; i++)
		by_task = o->pids[i] == pid;
	for (size_t i = 0; i < o->ncpus && !by_cpu; i++)
		by_cpu = cpu >= o->cpus[i].start && cpu < o->cpus[i].end;
	return by_task && by_cpu;
}

bool trace_cut_put(struct trace_cut *c, struct trace_event e, struct trace_error *err)
{
	c->report->events++;
	return trace_copy_event(&c->copy, &e, err) &&
	       trace_writer_events(c->writer, &e, 1, err);
}

static int by_place(const void *key, const void *entry)
{
	const struct trace_cut_place *p = entry;
	uint64_t pfn = *(const uint64_t *)key;

	return pfn < p->pfn ? -1 : pfn >= p->pfn + (UINT64_C(1) << p->order);
}

/* Makes a frame of an object one of an object of the part. False: it was free already. */
static bool locate(const struct trace_cut *c, const struct trace_cut_object *o,
		   uint64_t *object, uint32_t *offset)
{
	uint64_t pfn = o->pfn + *offset;
	const struct trace_cut_place *p;

	*object = o->number;
	if (!o->placed)
		return true;
	p = c->nplaces ? bsearch(&pfn, c->place, c->nplaces, sizeof(*p), by_place) : NULL;
	if (!p)
		return false;
	*object = (uint64_t)(p - c->place);
	*offset = (uint32_t)(pfn - p->pfn);
	return true;
}

static bool put_alloc(struct trace_cut *c, struct trace_event e, struct trace_error *err)
{
	struct trace_cut_object *o;

	if (!trace_cut_selected(c, e.task, e.cpu)) {
		c->report->unselected++;
		return true;
	}
	o = trace_cut_before_alloc(c, &e, err);
	if (!o)
		return false;
	e.object = o->number = c->next_object++;
	return trace_cut_put(c, e, err);
}

static bool put_free(struct trace_cut *c, struct trace_event e, struct trace_error *err)
{
	const struct trace_live_entry *entry = trace_live_find(&c->live, e.object);
	struct trace_cut_object o = { 0 };

	if (!entry && !trace_cut_selects_all(c)) {
		c->report->objectless++;
		return true;
	}
	if (entry)
		o = *trace_cut_object(c, entry);
	if (!trace_live_remove(&c->live, e.object, e.value, e.order, err))
		return false;
	if (o.dropped) {
		c->report->objectless++;
		return true;
	}
	return !locate(c, &o, &e.object, &e.value) || trace_cut_put(c, e, err);
}

/* Onto which list an object goes belongs to the object, like its free, whoever does it. */
static bool put_use(struct trace_cut *c, struct trace_event e, struct trace_error *err)
{
	const struct trace_live_entry *entry = trace_live_find(&c->live, e.object);
	struct trace_cut_object *o = entry ? trace_cut_object(c, entry) : NULL;
	uint32_t list = 0;

	if (e.kind != TRACE_LRU_ADD && !trace_cut_selected(c, e.task, e.cpu)) {
		c->report->unselected++;
		return true;
	}
	if (!o || o->dropped ||
	    !locate(c, o, &e.object, e.kind == TRACE_LRU_ADD ? &list : &e.value)) {
		c->report->objectless++;
		return true;
	}
	return trace_cut_put(c, e, err);
}

static bool put(struct trace_cut *c, const struct trace_event *e, struct trace_error *err)
{
	if (!c->any)
		c->any = trace_cut_selected(c, e->task, e->cpu);
	switch (e->kind) {
	case TRACE_ALLOC:
		return put_alloc(c, *e, err);
	case TRACE_FREE:
		return put_free(c, *e, err);
	case TRACE_LRU_ADD:
	case TRACE_ACCESS:
	case TRACE_DIRTY:
		return put_use(c, *e, err);
	case TRACE_SYSCTL:
	case TRACE_MARK:
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE:
		return trace_cut_put(c, *e, err); /* the machine's */
	default:
		if (trace_cut_selected(c, e->task, e->cpu))
			return trace_cut_put(c, *e, err);
		c->report->unselected++;
		return true;
	}
}

static bool put_part(struct trace_cut *c, struct trace_error *err)
{
	bool ok = true;

	c->end = UINT64_MAX;
	while (fill(c, &ok, err)) {
		const struct trace_event *e = &c->events[c->at];

		if (c->number >= c->o->last || e->time >= c->o->to_time) {
			c->end = c->number >= c->o->last ? e->time : c->o->to_time;
			break;
		}
		if (!put(c, e, err))
			return at_event(c, err);
		c->at++;
		c->number++;
	}
	c->to_end = c->end == UINT64_MAX;
	return ok;
}

/* ---- all ----------------------------------------------------------------------------------
 */

static bool open_trace(struct trace_cut *c, struct trace_error *err)
{
	struct trace_totals t;

	c->reader = trace_reader_open(c->path, err);
	if (!c->reader || !trace_reader_totals(c->reader, &t, err))
		return false;
	c->all = t.events;
	c->copy.reader = c->reader;
	c->old_state = trace_reader_state(c->reader, err);
	return c->old_state || !err->text[0];
}

static bool not_empty(const struct trace_cut *c, struct trace_error *err)
{
	return c->any || trace_error_data(err,
					  "%s: there is no event in the part that was asked "
					  "for",
					  c->path);
}

static bool cut(struct trace_cut *c, struct trace_error *err)
{
	err->text[0] = '\0';
	if (!open_trace(c, err) || !trace_cut_names_open(c, err))
		return false;
	if (!trace_cut_before_objects(c, err) || !read_before(c, err))
		return false;
	if (c->at >= c->nevents)
		return not_empty(c, err);
	return trace_cut_before_truth(c, err) && trace_cut_begin(c, err) && put_part(c, err) &&
	       not_empty(c, err) && trace_cut_end(c, err);
}

static void free_all(struct trace_cut *c)
{
	trace_copy_free(&c->copy);
	trace_live_free(&c->live);
	trace_state_free(c->state);
	free(c->place);
	free(c->names.name);
	free(c->block_type);
	free(c->settings);
	free(c->isolated);
	trace_reader_close(c->reader);
	free(c);
}

bool trace_cut(const char *path, const struct trace_cut_options *o,
	       struct trace_cut_report *report, struct trace_error *err)
{
	struct trace_cut *c = calloc(1, sizeof(*c));
	struct trace_error late;
	bool ok;

	if (!c)
		return trace_error_memory(err);
	memset(report, 0, sizeof(*report));
	c->o = o;
	c->report = report;
	c->live.data_size = sizeof(struct trace_cut_object);
	c->path = path;
	ok = cut(c, err);
	if (c->writer && !trace_writer_close(c->writer, !ok, ok ? err : &late))
		ok = false;
	free_all(c);
	return ok;
}
