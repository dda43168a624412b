#include <stdlib.h>
#include <string.h>

#include "sim/port_direct.h"
#include "tools/cmd.h"
#include "tools/replay_saved.h"

static bool out_of_memory(struct replay *r)
{
	return replay_core_fail(r, CMD_SYSTEM, "out of memory");
}

/* ---- tasks --------------------------------------------------------------------------------
 */

static int by_name(const void *a, const void *b)
{
	const struct trace_task *x = *(const struct trace_task *const *)a,
				*y = *(const struct trace_task *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strncmp(x->comm, y->comm, sizeof(x->comm));
}

static uint32_t count_tasks(const struct trace_reader *reader)
{
	uint32_t n = 0;

	while (trace_reader_task(reader, n))
		n++;
	return n;
}

/* A state's task is the trace's of the same pid and name, or one more. */
static bool find_tasks(struct replay *r, struct replay_saved *s)
{
	const struct trace_reader *reader = s->from->reader;
	uint32_t n = count_tasks(reader), known = s->goes_on ? count_tasks(r->o.trace) : 0;
	const struct trace_task **sorted = calloc(known + 1u, sizeof(*sorted));

	s->task = calloc(n + 1u, sizeof(*s->task));
	s->more = calloc(n + 1u, sizeof(*s->more));
	if (!sorted || !s->task || !s->more) {
		free(sorted);
		return out_of_memory(r);
	}
	for (uint32_t i = 0; i < known; i++)
		sorted[i] = trace_reader_task(r->o.trace, i);
	qsort(sorted, known, sizeof(*sorted), by_name);
	s->known = known;
	for (uint32_t i = 0; i < n; i++) {
		const struct trace_task *t = trace_reader_task(reader, i);
		const struct trace_task **here =
			bsearch(&t, sorted, known, sizeof(*sorted), by_name);

		if (here) {
			/* Entries of the dictionary lie behind one another. */
			s->task[i] = (uint32_t)(*here - trace_reader_task(r->o.trace, 0));
			continue;
		}
		s->task[i] = known + s->nmore;
		s->more[s->nmore].pid = t->pid;
		memcpy(s->more[s->nmore++].comm, t->comm, sizeof(t->comm));
	}
	free(sorted);
	return true;
}

struct trace_task replay_go_on_name(const struct replay *r, uint32_t number)
{
	const struct trace_task *known =
		number >= r->first_task ? trace_reader_task(r->o.trace, number - r->first_task)
					: NULL;
	const struct replay_saved *s = r->saved;
	struct trace_task t = { 0 };

	if (known)
		return *known;
	if (s && s->goes_on && number >= r->first_task + s->known &&
	    number - r->first_task - s->known < s->nmore) {
		const struct replay_saved_task *more =
			&s->more[number - r->first_task - s->known];

		t.pid = more->pid;
		memcpy(t.comm, more->comm, sizeof(t.comm));
	}
	return t;
}

static uint32_t owner_of(const struct replay *r, const struct trace_name *n)
{
	const struct replay_saved *s = r->saved;

	if (!s->goes_on || !n->task)
		return replay_world_number(r, REPLAY_BEFORE, 0);
	return r->first_task + s->task[n->task - 1];
}

/* ---- the beginning ------------------------------------------------------------------------
 */

static bool check_tasks(struct replay *r, const struct saved *from)
{
	uint32_t n = count_tasks(from->reader);

	for (uint64_t i = 0; i < from->names->n; i++)
		if (from->names->name[i].task > n)
			return replay_core_fail(r, CMD_BAD_DATA,
						"the saved state names a task that it has not");
	for (size_t i = 0; i < saved_count(from, "tasks"); i++)
		if (saved_number(from, "tasks", i, 0) >= n)
			return replay_core_fail(r, CMD_BAD_DATA,
						"the saved state names a task that it has not");
	return true;
}

bool replay_go_on_open(struct replay *r)
{
	const struct saved *from = r->o.saved;
	struct replay_saved *s;
	struct trace_error err;

	if (!from)
		return true;
	s = r->saved = calloc(1, sizeof(*s));
	if (!s)
		return out_of_memory(r);
	s->from = from;
	s->goes_on = r->o.part != NULL;
	/* Its dictionary is whole from here on. */
	if (s->goes_on && !trace_reader_names(r->o.trace, &err) && err.text[0])
		return replay_core_fail(r, err.kind, "%s", err.text);
	s->dates = s->goes_on && from->mhz == r->o.machine->clock_mhz;
	s->skip = s->goes_on ? r->o.part->put_in : 0;
	s->object = malloc((from->names->n + 1) * sizeof(*s->object));
	s->held = malloc((from->names->n + 1) * sizeof(*s->held));
	if (!s->object || !s->held)
		return out_of_memory(r);
	for (uint64_t i = 0; i < from->names->n; i++)
		s->object[i] = TRACE_NO_OBJECT;
	return check_tasks(r, from) && find_tasks(r, s);
}

void replay_go_on_close(struct replay *r)
{
	struct replay_saved *s = r->saved;

	if (!s)
		return;
	free(s->task);
	free(s->more);
	free(s->object);
	free(s->held);
	free(s);
}

void replay_go_on_skip(struct replay *r)
{
	struct replay_saved *s = r->saved;

	for (uint64_t i = 0; i < r->have && s->skip; i++, s->skip--) {
		struct trace_event *e = &r->buffer[i];

		if (e->kind == TRACE_SYSCTL || e->kind == TRACE_ISOLATE)
			continue;
		e->kind = TRACE_MARK; /* counts, and does nothing */
		r->counts.other_events--;
	}
}

/* ---- objects ------------------------------------------------------------------------------
 */

struct place {
	uint64_t object, number;
	uint32_t offset;
	uint8_t order;
};

static int by_object(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The trace's objects at its beginning, by who they are in the whole. */
static struct place *places_of(struct replay *r, const struct trace_names *names)
{
	struct place *p = malloc((names->n + 1) * sizeof(*p));

	for (uint64_t i = 0; p && i < names->n; i++)
		p[i] = (struct place){ names->name[i].object, i, names->name[i].offset,
				       names->name[i].order };
	if (p && names->n)
		qsort(p, names->n, sizeof(*p), by_object);
	if (!p)
		out_of_memory(r);
	return p;
}

/* The object that has this block; NULL when it is not there any more. */
static const struct place *find_place(const struct place *p, uint64_t n,
				      const struct trace_name *name)
{
	struct place key = { .object = name->object, .offset = name->offset };
	uint64_t low = 0, high = n;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		if (by_object(&p[mid], &key) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || p[low - 1].object != name->object ||
	    (uint64_t)name->offset + (UINT64_C(1) << name->order) >
		    (uint64_t)p[low - 1].offset + (UINT64_C(1) << p[low - 1].order))
		return NULL;
	return &p[low - 1];
}

/* Of a larger object, whose other parts were freed: this one is there. */
static bool put_part(struct replay *r, const struct place *p, const struct trace_name *name,
		     const struct trace_used *u, struct objects_entry *o)
{
	struct objects_parts *parts = objects_parts(r->objects, p->number, p->order);
	uint32_t first = name->offset - p->offset;

	if (!parts)
		return out_of_memory(r);
	if (!o->split) {
		memset(parts->freed, 0xff, sizeof(parts->freed));
		parts->left = 0;
	}
	for (uint32_t i = first; i < first + (1u << u->order); i++)
		parts->freed[i / 64] &= ~(UINT64_C(1) << i % 64);
	parts->left += 1u << u->order;
	o->split = true;
	if (r->o.policy->split)
		r->o.policy->split(r->o.mm, u->pfn, u->order);
	return true;
}

static bool put_object(struct replay *r, const struct place *p, const struct trace_name *name,
		       const struct trace_used *u, uint8_t node)
{
	struct objects_entry *o = objects_at(r->objects, p->number);

	if (!o)
		return out_of_memory(r);
	o->frame = (uint32_t)(u->pfn - (name->offset - p->offset));
	o->order = p->order & 15u;
	o->state = OBJECTS_LIVE;
	o->node = node;
	return p->order == u->order || put_part(r, p, name, u, o);
}

/* What the run before had no page for has none here. */
static bool fail_all(struct replay *r, const struct trace_names *names)
{
	for (uint64_t i = 0; i < names->n; i++) {
		struct objects_entry *o = objects_at(r->objects, i);

		if (!o)
			return out_of_memory(r);
		*o = (struct objects_entry){ .order = names->name[i].order & 15u,
					     .state = OBJECTS_FAILED };
	}
	r->start_objects = names->n;
	return true;
}

static uint8_t node_of(const struct replay *r, uint64_t pfn)
{
	const struct sim_machine *m = r->o.machine;

	for (unsigned i = 0; i < m->nzones; i++)
		if (pfn >= m->zones[i].start && pfn < m->zones[i].end)
			return (uint8_t)m->zones[i].nid;
	return 0;
}

static bool match_all(struct replay *r, const struct trace_state *state,
		      const struct place *places, uint64_t nplaces)
{
	struct replay_saved *s = r->saved;
	uint64_t number = 0;

	for (uint64_t i = 0; i < state->nused; i++) {
		const struct trace_used *u = &state->used[i];
		const struct trace_name *name = &s->from->names->name[number];
		const struct place *p;

		if (u->use & TRACE_USE_PINNED)
			continue;
		if (name->order != u->order)
			return replay_core_fail(r, CMD_BAD_DATA,
						"the saved state's objects and names differ");
		p = find_place(places, nplaces, name);
		if (p) {
			s->object[number] = p->number;
			if (!put_object(r, p, name, u, node_of(r, u->pfn)))
				return false;
		}
		number++;
	}
	return true;
}

bool replay_go_on_objects(struct replay *r, const struct trace_state *state)
{
	const struct trace_names *names;
	struct trace_error err;
	struct place *places;
	bool ok;

	if (!r->saved || !r->saved->goes_on)
		return true;
	names = trace_reader_names(r->o.trace, &err);
	if (!names && err.text[0])
		return replay_core_fail(r, err.kind, "%s", err.text);
	if (!names)
		return true;
	if (!fail_all(r, names))
		return false;
	places = places_of(r, names);
	ok = places && match_all(r, state, places, names->n);
	free(places);
	return ok;
}

/* ---- contents -----------------------------------------------------------------------------
 */

struct order {
	uint64_t object, i, used;
	uint32_t rank, offset;
};

/* First what is on no list, as it was allocated, then lists from their ends. */
static int by_rank(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static struct contents_kind kind_of(const struct trace_name *n)
{
	return (struct contents_kind){ .reclaimable = true,
				       .dirty = (n->holds & TRACE_HOLDS_DIRTY) != 0,
				       .active = (n->holds & TRACE_HOLDS_ACTIVE) != 0,
				       .old = (n->holds & TRACE_HOLDS_OLD) != 0,
				       .stays = (n->holds & TRACE_HOLDS_STAYS) != 0,
				       .kind = (enum mm_kind)((n->holds & ~TRACE_HOLDS_STAYS) >>
							      TRACE_HOLDS_KIND) };
}

static bool hold(struct replay *r, struct sim_cpu *cpu, const struct order *at,
		 const struct trace_used *u)
{
	struct replay_saved *s = r->saved;
	const struct trace_name *n = &s->from->names->name[at->i];
	uint64_t number = s->object[at->i];
	struct contents_kind kind = kind_of(n);
	struct objects_entry nobodys = { .frame = (uint32_t)u->pfn,
					 .order = u->order & 15u,
					 .state = OBJECTS_LIVE };
	struct objects_entry *o = &nobodys;

	if (kind.kind >= MM_KINDS)
		return replay_core_fail(r, CMD_BAD_DATA,
					"the saved state's pages hold what is not known");
	if (number != TRACE_NO_OBJECT)
		o = objects_at(r->objects, number);
	if (!replay_access_can_hold(r, u->order, &kind) || o->split)
		return true;
	if (r->early && number == TRACE_NO_OBJECT) {
		replay_early_frame(r, u->pfn, u->order, kind);
	} else if (r->early) {
		replay_early_object(r, cpu, number, owner_of(r, n), kind);
		s->held[s->nheld++] = number;
	} else {
		return replay_access_hold(r, cpu, o, owner_of(r, n), kind, kind.active);
	}
	return !r->trouble.status;
}

bool replay_go_on_hold(struct replay *r, const struct trace_state *state)
{
	const struct replay_saved *s = r->saved;
	struct order *list;
	uint64_t n = 0, number = 0;
	struct sim_cpu cpu;
	bool ok = true;

	if (!r->world || !r->o.policy->hold)
		return true;
	list = malloc((s->from->names->n + 1) * sizeof(*list));
	if (!list)
		return out_of_memory(r);
	for (uint64_t i = 0; i < state->nused; i++) {
		const struct trace_name *name = &s->from->names->name[number];

		if (state->used[i].use & TRACE_USE_PINNED)
			continue;
		if (name->holds & TRACE_HOLDS)
			list[n++] = (struct order){ name->object, number, i, name->rank,
						    name->offset };
		number++;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_rank);
	sim_port_direct_cpu(&cpu, 0, r->o.machine->cpu_node[0]);
	for (uint64_t i = 0; ok && i < n; i++)
		ok = hold(r, &cpu, &list[i], &state->used[list[i].used]);
	free(list);
	return ok;
}

/* ---- delays, dates, numbers ---------------------------------------------------------------
 */

static bool put_task(struct replay *r, uint32_t number, uint64_t shift, uint64_t ready)
{
	if (number >= r->tasks.ntasks && !replay_tasks_grow(&r->tasks, number))
		return out_of_memory(r);
	r->tasks.tasks[number].shift = shift;
	r->tasks.tasks[number].ready = ready;
	return true;
}

static bool put_delays(struct replay *r)
{
	const struct saved *from = r->saved->from;

	for (size_t i = 0; i < saved_count(from, "tasks"); i++) {
		uint32_t number =
			r->first_task + r->saved->task[saved_number(from, "tasks", i, 0)];

		if (!put_task(r, number, saved_number(from, "tasks", i, 1),
			      saved_number(from, "tasks", i, 2)))
			return false;
		if (r->world && saved_number(from, "tasks", i, 3)) {
			struct replay_fate *fate = replay_world_fate(r, number);

			if (!fate)
				return false;
			fate->huge_failed = true;
		}
	}
	for (unsigned cpu = 0; cpu < r->o.machine->cpus; cpu++) {
		if (!put_task(r, r->o.machine->cpus + cpu, saved_number(from, "cpu", cpu, 2),
			      saved_number(from, "cpu", cpu, 3)))
			return false;
		r->tick_date[cpu] = saved_number(from, "cpu", cpu, 1);
	}
	r->saved->held_back = true;
	return true;
}

/* One that slept sleeps on; one that was at work begins anew. */
static void put_daemons(struct replay *r)
{
	const struct saved *from = r->saved->from;

	for (size_t i = 0; i < saved_count(from, "daemons"); i++) {
		uint64_t date = saved_number(from, "daemons", i, 1);

		if (saved_number(from, "daemons", i, 0))
			sim_engine_daemon_sleeps_on(r->engine, (unsigned)i, date);
		else
			sim_engine_daemon_begins(r->engine, (unsigned)i, date);
	}
}

/* Daemons begin at date 0 and go to sleep before anything of the trace happens. */
uint64_t replay_go_on_hold_back(struct replay *r, uint64_t first, uint64_t until)
{
	const struct saved *from = r->saved->from;

	for (unsigned cpu = 0; cpu < r->o.machine->cpus; cpu++)
		if (r->tick_date[cpu] && r->tick_date[cpu] < first)
			first = r->tick_date[cpu];
	if (until < first)
		return first;
	for (unsigned cpu = 0; cpu < r->o.machine->cpus; cpu++)
		sim_engine_hold(r->engine, cpu, saved_number(from, "cpu", cpu, 0));
	r->saved->held_back = false;
	return 0;
}

/* Dates, and who sleeps until one, mean nothing where dates do not go on. */
static bool is_date(const char *name)
{
	return strstr(name, "free_at") || strstr(name, "sleep") ||
	       strcmp(name, "last_recalc") == 0;
}

static void take_number(void *ctx, const char *name, int64_t *values, unsigned n)
{
	const struct replay_saved *s = ctx;
	const json_t *list = json_object_get(json_object_get(s->from->json, "numbers"), name);

	if (json_array_size(list) != n || (!s->dates && is_date(name)))
		return;
	for (unsigned i = 0; i < n; i++)
		values[i] = json_integer_value(json_array_get(list, i));
}

bool replay_go_on_start(struct replay *r)
{
	struct replay_saved *s = r->saved;
	const struct mm_keeper keeper = { .ctx = s, .number = take_number };
	bool dates = s->dates && s->from->cpus == r->o.machine->cpus;
	char text[256];

	if (dates && !put_delays(r))
		return false;
	if (strcmp(s->from->kernel, r->o.policy->name) != 0 ||
	    s->from->cpus != r->o.machine->cpus || !r->o.policy->keep)
		return true;
	if (dates)
		put_daemons(r);
	return r->o.policy->keep(r->o.mm, &keeper, text, sizeof(text)) ||
	       replay_core_fail(r, CMD_BAD_DATA, "the start state contradicts itself: %s",
				text);
}
