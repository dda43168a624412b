/* A state's file: the machine, the lists, who the objects are, and the report with dates and
 * the kernel's numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/replay_save_core.h"

/* A task that somebody needs to find again. */
struct task {
	struct trace_task who;
	uint64_t shift, ready;
	uint32_t number, index; /* of the replay; of the file's dictionary */
	bool huge_failed;
};

struct writing {
	struct replay_save *s;
	struct trace_writer *writer;
	struct task *tasks; /* [ntasks] by pid and name, each with a `number` */
	uint32_t ntasks;
	uint32_t *by_number; /* [limit] place in tasks + 1, 0 = none */
	uint32_t limit;
	struct trace_error err;
};

/* ---- tasks --------------------------------------------------------------------------------
 */

static int by_name(const void *a, const void *b)
{
	const struct task *x = a, *y = b;

	if (x->who.pid != y->who.pid)
		return x->who.pid < y->who.pid ? -1 : 1;
	return strncmp(x->who.comm, y->who.comm, sizeof(x->who.comm));
}

static void mark_owners(struct writing *w, uint8_t *wanted)
{
	const struct replay_save *s = w->s;

	for (uint64_t i = 0; i < s->nblocks; i++)
		if (s->blocks[i].name.holds && s->blocks[i].owner >= s->r->first_task &&
		    s->blocks[i].owner < w->limit)
			wanted[s->blocks[i].owner] = 1;
}

static bool list_tasks(struct writing *w)
{
	const struct replay *r = w->s->r;
	uint8_t *wanted;

	w->limit = r->tasks.ntasks;
	for (uint64_t i = 0; i < w->s->nblocks; i++)
		if (w->s->blocks[i].name.holds && w->s->blocks[i].owner >= w->limit)
			w->limit = w->s->blocks[i].owner + 1;
	wanted = calloc(w->limit + 1u, 1);
	w->by_number = calloc(w->limit + 1u, sizeof(*w->by_number));
	w->tasks = calloc(w->limit + 1u, sizeof(*w->tasks));
	if (!wanted || !w->by_number || !w->tasks) {
		free(wanted);
		return replay_save_fail(w->s, TRACE_SYSTEM, "out of memory");
	}
	mark_owners(w, wanted);
	for (uint32_t n = r->first_task; n < w->limit; n++) {
		struct replay_task none = { 0 };
		const struct replay_task *t = n < r->tasks.ntasks ? &r->tasks.tasks[n] : &none;

		if (!wanted[n] && !t->ready && !t->shift)
			continue;
		w->tasks[w->ntasks++] =
			(struct task){ .who = replay_go_on_name(r, n),
				       .shift = t->shift,
				       .ready = t->ready,
				       .number = n,
				       .huge_failed = r->world &&
						      replay_world_look(r, n).huge_failed };
	}
	free(wanted);
	qsort(w->tasks, w->ntasks, sizeof(*w->tasks), by_name);
	return true;
}

static bool put_tasks(struct writing *w)
{
	for (uint32_t i = 0; i < w->ntasks; i++) {
		struct task *t = &w->tasks[i];

		if (!trace_writer_task(w->writer, t->who.pid, t->who.comm, &t->index, &w->err))
			return false;
		w->by_number[t->number] = t->index + 1;
	}
	return true;
}

/* ---- state and names ----------------------------------------------------------------------
 */

static bool make_used(struct writing *w, struct trace_names *names)
{
	struct replay_save *s = w->s;

	s->state.used = malloc((s->nblocks + 1) * sizeof(*s->state.used));
	names->name = malloc((s->nblocks + 1) * sizeof(*names->name));
	if (!s->state.used || !names->name)
		return replay_save_fail(s, TRACE_SYSTEM, "out of memory");
	for (uint64_t i = 0; i < s->nblocks; i++) {
		struct replay_save_block *b = &s->blocks[i];
		uint8_t use = b->is_object ? b->use : b->use | TRACE_USE_PINNED;

		s->state.used[s->state.nused++] =
			(struct trace_used){ b->frame, b->order, use };
		if (!b->is_object)
			continue;
		b->name.order = b->order;
		b->name.task =
			b->name.holds && b->owner < w->limit ? w->by_number[b->owner] : 0;
		names->name[names->n++] = b->name;
	}
	s->state.ordered = true;
	s->report->objects = names->n;
	return true;
}

/* ---- report -------------------------------------------------------------------------------
 */

static json_t *of_json(const struct replay_save *s)
{
	const struct trace_part *p = s->part;
	const struct replay *r = s->r;
	uint64_t base = r->saved && r->saved->dates ? r->saved->from->base_time : r->first_time;

	return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "name", p->whole.name, "events",
			 (json_int_t)p->whole.events, "allocs", (json_int_t)p->whole.allocs,
			 "first_time", (json_int_t)p->whole.first_time, "last_time",
			 (json_int_t)p->whole.last_time, "next", (json_int_t)p->last, "date_0",
			 (json_int_t)base, "end", (json_int_t)r->counts.end_date);
}

static json_t *cpu_json(const struct replay *r)
{
	json_t *list = json_array();

	for (unsigned cpu = 0; cpu < r->o.machine->cpus; cpu++) {
		const struct replay_task *t = &r->tasks.tasks[r->o.machine->cpus + cpu];

		uint64_t held = sim_engine_held(r->engine, cpu);

		if (r->tick_date[cpu] && held >= r->tick_date[cpu])
			held = r->held[cpu];
		json_array_append_new(list,
				      json_pack("[I,I,I,I]", (json_int_t)held,
						(json_int_t)r->tick_date[cpu],
						(json_int_t)t->shift, (json_int_t)t->ready));
	}
	return list;
}

static json_t *tasks_json(const struct writing *w)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < w->ntasks; i++) {
		const struct task *t = &w->tasks[i];

		json_array_append_new(list, json_pack("[I,I,I,i]", (json_int_t)t->index,
						      (json_int_t)t->shift,
						      (json_int_t)t->ready, t->huge_failed));
	}
	return list;
}

/* -1: it sleeps without a limit. */
static json_t *daemons_json(const struct writing *w)
{
	const struct replay *r = w->s->r;
	json_t *list = json_array();
	uint64_t until;
	bool asleep;

	for (unsigned n = 0; sim_engine_daemon_state(r->engine, n, &asleep, &until); n++) {
		w->s->report->at_work += !asleep;
		if (!asleep)
			until = r->counts.end_date;
		json_array_append_new(list, json_pack("[i,I]", asleep,
						      until == UINT64_MAX ? (json_int_t)-1
									  : (json_int_t)until));
	}
	return list;
}

static void put_number(void *ctx, const char *name, int64_t *values, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_integer(values[i]));
	json_object_set_new(ctx, name, list);
}

static json_t *report_json(const struct writing *w)
{
	const struct replay *r = w->s->r;
	json_t *saved = json_object(), *numbers = json_object();
	const struct mm_keeper keeper = { .ctx = numbers, .out = true, .number = put_number };
	const struct replay_save_report *left;

	json_object_set_new(saved, "kernel", json_string(r->o.policy->name));
	json_object_set_new(saved, "mhz", json_integer((json_int_t)r->o.machine->clock_mhz));
	json_object_set_new(saved, "cpus", json_integer(r->o.machine->cpus));
	json_object_set_new(saved, "told", json_boolean(r->world && !r->early));
	if (w->s->part)
		json_object_set_new(saved, "of", of_json(w->s));
	json_object_set_new(saved, "cpu", cpu_json(r));
	json_object_set_new(saved, "tasks", tasks_json(w));
	json_object_set_new(saved, "daemons", daemons_json(w));
	if (r->o.policy->keep)
		r->o.policy->keep(r->o.mm, &keeper, NULL, 0);
	json_object_set_new(saved, "numbers", numbers);
	left = w->s->report;
	json_object_set_new(saved, "left_out",
			    json_pack("{s:I,s:I,s:I}", "on_disk", (json_int_t)left->on_disk,
				      "split", (json_int_t)left->split, "at_work",
				      (json_int_t)left->at_work));
	return json_pack("{s:o}", "saved", saved);
}

static bool put_report(struct writing *w)
{
	json_t *report = report_json(w);
	char *text = report ? json_dumps(report, JSON_COMPACT) : NULL;
	bool ok = text && trace_writer_report(w->writer, text, &w->err);

	json_decref(report);
	if (!text)
		return replay_save_fail(w->s, TRACE_SYSTEM, "out of memory");
	free(text);
	return ok;
}

/* ---- the file -----------------------------------------------------------------------------
 */

/* The machine as simulated; marks are the kernel's, where its zones are the machine's. */
static bool make_header(const struct replay_save *s, struct trace_header *h)
{
	const struct sim_machine *m = s->r->o.machine;
	const struct trace_header *trace = trace_reader_header(s->r->o.trace);
	struct mm_snapshot *snap = s->r->o.policy->snapshot(s->r->o.mm);

	*h = (struct trace_header){ .clock = trace->clock,
				    .clock_hz = trace->clock_hz,
				    .page_size = 4096,
				    .cpus = m->cpus,
				    .nodes = m->nodes,
				    .cpu_node = m->cpu_node,
				    .distance = m->slit,
				    .nzones = m->nzones,
				    .name = trace->name,
				    .source_kernel = (char *)(uintptr_t)s->r->o.policy->name,
				    .tool = (char *)(uintptr_t) "pagesim run",
				    .synthetic = true };
	memcpy(h->clock_name, trace->clock_name, sizeof(h->clock_name));
	h->zones = calloc(m->nzones + 1u, sizeof(*h->zones));
	h->holes = calloc(m->nholes + 1u, sizeof(*h->holes));
	h->reserved = calloc(m->nreserved + 1u, sizeof(*h->reserved));
	for (unsigned i = 0; h->zones && snap && i < m->nzones; i++) {
		struct sim_zone_frames frames = sim_machine_zone_frames(m, i);
		struct trace_zone *z = &h->zones[i];

		*z = (struct trace_zone){ .nid = m->zones[i].nid,
					  .start = m->zones[i].start,
					  .end = m->zones[i].end,
					  .present = frames.present,
					  .managed = frames.managed };
		memcpy(z->name, m->zones[i].name, sizeof(z->name));
		if (i >= snap->nzones || snap->zones[i].start != z->start)
			continue;
		z->min = snap->zones[i].min;
		z->low = snap->zones[i].low;
		z->high = snap->zones[i].high;
		z->pcp_high = snap->zones[i].pcp_high;
		z->pcp_batch = snap->zones[i].pcp_batch;
	}
	for (unsigned i = 0; h->holes && i < m->nholes; i++)
		h->holes[h->nholes++] =
			(struct trace_span){ m->holes[i].start, m->holes[i].end };
	for (unsigned i = 0; h->reserved && i < m->nreserved; i++)
		h->reserved[h->nreserved++] =
			(struct trace_span){ m->reserved[i].start, m->reserved[i].end };
	if (snap)
		mm_snapshot_free(snap);
	return snap && h->zones && h->holes && h->reserved;
}

static bool open_file(struct writing *w, const char *path)
{
	struct trace_header h;
	bool ok = make_header(w->s, &h);

	if (ok)
		w->writer = trace_writer_open(path, &h, 0, &w->err);
	free(h.zones);
	free(h.holes);
	free(h.reserved);
	if (!ok)
		return replay_save_fail(w->s, TRACE_SYSTEM, "out of memory");
	return w->writer != NULL;
}

static bool write_all(struct writing *w, const char *path)
{
	struct trace_names names = { 0 };
	bool ok = list_tasks(w) && open_file(w, path) && put_tasks(w) && make_used(w, &names) &&
		  trace_writer_state(w->writer, &w->s->state, &w->err) &&
		  trace_writer_names(w->writer, &names, &w->err) && put_report(w);

	free(names.name);
	return ok;
}

bool replay_save_write(struct replay_save *s, const char *path)
{
	struct writing w = { .s = s };
	struct trace_error late;
	bool ok;

	s->err->status = 0;
	ok = write_all(&w, path);
	if (w.writer && !trace_writer_close(w.writer, !ok, ok ? &w.err : &late))
		ok = false;
	free(w.tasks);
	free(w.by_number);
	if (!ok && !s->err->status)
		replay_save_fail(s, w.err.kind, w.err.text);
	return ok;
}
