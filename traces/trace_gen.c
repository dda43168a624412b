#include "traces/trace_gen.h"

#include <stdlib.h>
#include <string.h>

#define NONE TRACE_GEN_NONE
#define BUFFER 1024
#define WATCH_EVERY 65536
#define FREE_GAP_NS 110     /* between two frees of an exiting task */
#define MIGRATE_ONE_IN 8192 /* allocations after which a task moves to another CPU */
#define PID_MAX 4194304

enum stage { START, SETUP, RUN, LEAVE };

/* Runs one task after another. */
struct slot {
	const struct trace_task_kind *kind;
	uint64_t time; /* of its next step */
	struct trace_gen_list objects;
	uint64_t allocations, left; /* in its life, and still to come */
	uint64_t phase_left, burst_left;
	uint32_t task;
	uint16_t cpu;
	uint8_t stage, phase, class; /* class: of the set-up */
	uint32_t class_left;
};

struct gen {
	const struct trace_profile *p;
	struct trace_gen_math m;
	struct trace_gen_objects o;
	struct slot *slots;
	uint32_t *heap; /* slots by (time, number) */
	uint32_t nslots;
	uint32_t *cpu_task;                   /* who ran last, [cpus] */
	uint32_t newest[TRACE_PROFILE_TASKS]; /* task of a kind, NONE before the first */
	uint16_t gfp[TRACE_PROFILE_CLASSES];
	uint32_t order_sum[TRACE_PROFILE_CLASSES];
	uint32_t phase_sum[TRACE_PROFILE_TASKS][TRACE_PROFILE_PHASES];
	int32_t next_pid;
	uint64_t time, events, wanted;
	struct trace_event buffer[BUFFER];
	size_t nbuffer;
	struct trace_writer *w;
	struct trace_error *err;
	bool failed;
};

/* ---- events ---------------------------------------------------------------------------- */

static void flush(struct gen *g)
{
	if (!g->failed && !trace_writer_events(g->w, g->buffer, g->nbuffer, g->err))
		g->failed = true;
	g->nbuffer = 0;
}

static bool done(const struct gen *g)
{
	return g->failed || g->events == g->wanted;
}

static struct trace_event *emit(struct gen *g, enum trace_kind kind, unsigned cpu,
				uint32_t task)
{
	struct trace_event *e;

	if (g->nbuffer == BUFFER)
		flush(g);
	e = &g->buffer[g->nbuffer++];
	*e = (struct trace_event){ .time = g->time,
				   .object = TRACE_NO_OBJECT,
				   .pfn = TRACE_NO_PFN,
				   .task = task,
				   .cpu = (uint16_t)cpu,
				   .kind = (uint8_t)kind,
				   .node = TRACE_NODE_LOCAL };
	g->events++;
	return e;
}

/* The object is on no list any more. */
static void emit_free(struct gen *g, uint32_t place, unsigned cpu, uint32_t task)
{
	const struct trace_gen_object *o = &g->o.object[place];
	struct trace_event *e = emit(g, TRACE_FREE, cpu, task);

	e->object = o->number;
	e->order = o->order;
	trace_gen_objects_drop(&g->o, place);
}

/* Frees what nobody's exit frees, on the CPU where it was allocated. */
static void free_timed(struct gen *g, uint32_t place)
{
	unsigned cpu = g->o.object[place].cpu;

	if (g->p->classes[g->o.object[place].class].reclaim)
		trace_gen_objects_unlink(&g->o, &g->o.by_age, place);
	emit_free(g, place, cpu, g->cpu_task[cpu]);
}

/* ---- one allocation -------------------------------------------------------------------- */

static unsigned pick(struct gen *g, const uint32_t *weight, uint32_t sum)
{
	uint32_t at = trace_gen_math_below(&g->m, sum);
	unsigned i = 0;

	while (at >= weight[i])
		at -= weight[i++];
	return i;
}

/* The class's node or the CPU's own, now and then another one. */
static uint8_t pick_node(struct gen *g, unsigned cpu, const struct trace_class *c)
{
	unsigned own = c->asks_node ? (c->asks_node - 1) % g->p->nodes
				    : cpu * g->p->nodes / g->p->cpus;
	unsigned other;

	if (!c->remote_milli || g->p->nodes < 2 ||
	    trace_gen_math_below(&g->m, 1000) >= c->remote_milli)
		return c->asks_node ? (uint8_t)own : TRACE_NODE_LOCAL;
	other = trace_gen_math_below(&g->m, g->p->nodes - 1);
	return (uint8_t)(other < own ? other : other + 1);
}

static void keep(struct gen *g, struct slot *s, uint32_t place, const struct trace_class *c)
{
	if (c->with_task) {
		trace_gen_objects_append(&g->o, &s->objects, place);
		return;
	}
	if (c->reclaim)
		trace_gen_objects_append(&g->o, &g->o.by_age, place);
	trace_gen_wheel_add(&g->o.wheel, place,
			    (g->time + trace_gen_math_draw(&g->m, &c->lifetime)) >>
				    TRACE_GEN_TICK);
}

/* Makes room as reclaim would. False when nothing can be reclaimed. */
static bool make_room(struct gen *g)
{
	while (g->o.pages > g->p->live_max && !done(g)) {
		uint32_t oldest = g->o.by_age.first;

		if (oldest == NONE)
			return false;
		trace_gen_wheel_remove(&g->o.wheel, oldest);
		free_timed(g, oldest);
	}
	return true;
}

static void allocate(struct gen *g, struct slot *s, unsigned class)
{
	const struct trace_class *c = &g->p->classes[class];
	unsigned order = pick(g, c->order_weight, g->order_sum[class]);
	uint32_t place = trace_gen_objects_add(&g->o, order, s->cpu, class);
	struct trace_event *e;

	if (place == NONE) {
		g->failed = !trace_error_memory(g->err);
		return;
	}
	e = emit(g, TRACE_ALLOC, s->cpu, s->task);
	e->object = g->o.object[place].number;
	e->order = (uint8_t)order;
	e->gfp = g->gfp[class];
	e->node = pick_node(g, s->cpu, c);
	e->flags = c->flags;
	keep(g, s, place, c);
	/* Nothing to reclaim: the task ends, as if it had been killed. */
	if (g->o.pages > g->p->live_max && !make_room(g))
		s->stage = LEAVE;
}

/* ---- a task's life --------------------------------------------------------------------- */

/* A node's CPUs are those c with c * nodes / cpus == node. */
static uint16_t pick_cpu(struct gen *g, const struct trace_task_kind *kind)
{
	unsigned cpus = g->p->cpus, nodes = g->p->nodes, node, first, end;

	if (!kind->home)
		return (uint16_t)trace_gen_math_below(&g->m, cpus);
	node = (kind->home - 1) % nodes;
	first = (node * cpus + nodes - 1) / nodes;
	end = ((node + 1) * cpus + nodes - 1) / nodes;
	return (uint16_t)(first + trace_gen_math_below(&g->m, end - first));
}

static bool has_bursts(const struct trace_task_kind *kind)
{
	return kind->burst.a || kind->burst.npoints;
}

/* Its kind's newest task, if it has a parent kind of which there is one. */
static uint32_t parent_of(const struct gen *g, const struct trace_task_kind *kind)
{
	uint32_t task = kind->parent ? g->newest[kind->parent - 1] : NONE;

	return task == NONE ? 0 : task + 1;
}

static void start_task(struct gen *g, struct slot *s)
{
	s->cpu = pick_cpu(g, s->kind);
	if (!trace_writer_task(g->w, g->next_pid, s->kind->name, &s->task, g->err)) {
		g->failed = true;
		return;
	}
	g->next_pid = g->next_pid + 1 < PID_MAX ? g->next_pid + 1 : 1000;
	g->cpu_task[s->cpu] = s->task;
	emit(g, TRACE_TASK_START, s->cpu, s->task)->value = parent_of(g, s->kind);
	g->newest[s->kind - g->p->tasks] = s->task;
	if (has_bursts(s->kind))
		s->burst_left = trace_gen_math_draw(&g->m, &s->kind->burst);
	s->left = s->allocations = trace_gen_math_draw(&g->m, &s->kind->allocations);
	s->stage = SETUP;
	s->class = 0;
	s->class_left = s->kind->at_start[0];
	s->phase = 0;
	s->phase_left = s->left * s->kind->phases[0].share_milli / 1000;
}

/* The allocations every task of its kind begins with. True when one was made. */
static bool set_up(struct gen *g, struct slot *s)
{
	while (!s->class_left) {
		if (++s->class >= g->p->nclasses) {
			s->stage = RUN;
			return false;
		}
		s->class_left = s->kind->at_start[s->class];
	}
	s->class_left--;
	allocate(g, s, s->class);
	return true;
}

static void run(struct gen *g, struct slot *s)
{
	unsigned kind = (unsigned)(s->kind - g->p->tasks);

	if (!s->left) {
		s->stage = LEAVE;
		return;
	}
	while (!s->phase_left && s->phase + 1u < s->kind->nphases) {
		s->phase++;
		s->phase_left =
			s->phase + 1u == s->kind->nphases
				? s->left
				: s->allocations * s->kind->phases[s->phase].share_milli / 1000;
	}
	s->left--;
	s->phase_left -= s->phase_left > 0;
	if (!trace_gen_math_below(&g->m, MIGRATE_ONE_IN))
		s->cpu = pick_cpu(g, s->kind);
	g->cpu_task[s->cpu] = s->task;
	allocate(g, s, pick(g, s->kind->phases[s->phase].weight, g->phase_sum[kind][s->phase]));
}

/* When the successor of a task that exits now starts. */
static uint64_t next_start(struct gen *g, const struct slot *s)
{
	uint64_t wave = s->kind->wave;
	uint64_t from = wave ? (s->time / wave + 1) * wave : s->time;

	return from + trace_gen_math_draw(&g->m, &s->kind->pause);
}

/* One free of an exiting task, or its exit. */
static void leave(struct gen *g, struct slot *s)
{
	uint32_t place = s->objects.first;

	if (place != NONE) {
		trace_gen_objects_unlink(&g->o, &s->objects, place);
		emit_free(g, place, s->cpu, s->task);
		s->time += FREE_GAP_NS;
		return;
	}
	emit(g, TRACE_TASK_EXIT, s->cpu, s->task);
	s->stage = START;
	s->time = next_start(g, s);
}

/* To the next allocation. */
static uint64_t next_gap(struct gen *g, struct slot *s)
{
	if (s->burst_left > 1) {
		s->burst_left--;
	} else if (has_bursts(s->kind)) {
		s->burst_left = trace_gen_math_draw(&g->m, &s->kind->burst);
		return trace_gen_math_draw(&g->m, &s->kind->rest);
	}
	return trace_gen_math_draw(&g->m, &s->kind->gap);
}

static void step(struct gen *g, struct slot *s)
{
	switch (s->stage) {
	case START:
		start_task(g, s);
		break;
	case SETUP:
		if (!set_up(g, s))
			return;
		break;
	case RUN:
		run(g, s);
		break;
	default:
		leave(g, s);
		return;
	}
	s->time += next_gap(g, s);
}

/* ---- all slots in the order of time ---------------------------------------------------- */

static bool before(const struct gen *g, uint32_t a, uint32_t b)
{
	return g->slots[a].time != g->slots[b].time ? g->slots[a].time < g->slots[b].time
						    : a < b;
}

static void sift_down(struct gen *g, uint32_t i)
{
	uint32_t moving = g->heap[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= g->nslots)
			break;
		if (child + 1 < g->nslots && before(g, g->heap[child + 1], g->heap[child]))
			child++;
		if (!before(g, g->heap[child], moving))
			break;
		g->heap[i] = g->heap[child];
		i = child;
	}
	g->heap[i] = moving;
}

/* Everything that is due before `time`. */
static void free_due(struct gen *g, uint64_t time)
{
	uint64_t tick = time >> TRACE_GEN_TICK;
	uint32_t place;

	while (!done(g) && (place = trace_gen_wheel_take(&g->o.wheel, tick)) != NONE) {
		uint64_t due = g->o.wheel.now << TRACE_GEN_TICK;

		if (due > g->time)
			g->time = due;
		free_timed(g, place);
	}
}

static bool generate(struct gen *g, trace_watch *watch, void *ctx)
{
	uint64_t next_watch = 0;

	while (!done(g)) {
		struct slot *s = &g->slots[g->heap[0]];

		free_due(g, s->time);
		if (done(g))
			break;
		if (s->time > g->time)
			g->time = s->time;
		step(g, s);
		sift_down(g, 0);
		if (watch && g->events >= next_watch) {
			next_watch = g->events + WATCH_EVERY;
			if (!watch(ctx, g->events, g->wanted))
				g->failed =
					!trace_error_set(g->err, TRACE_STOPPED, "interrupted");
		}
	}
	flush(g);
	return !g->failed;
}

/* ---- before and after ------------------------------------------------------------------ */

static bool make_slots(struct gen *g)
{
	for (unsigned k = 0; k < g->p->ntasks; k++)
		g->nslots += g->p->tasks[k].alive;
	g->slots = calloc(g->nslots, sizeof(*g->slots));
	g->heap = calloc(g->nslots, sizeof(*g->heap));
	g->cpu_task = calloc(g->p->cpus, sizeof(*g->cpu_task));
	if (!g->slots || !g->heap || !g->cpu_task)
		return trace_error_memory(g->err);
	for (unsigned k = 0, i = 0; k < g->p->ntasks; k++) {
		const struct trace_task_kind *kind = &g->p->tasks[k];

		for (uint32_t n = 0; n < kind->alive; n++, i++) {
			g->slots[i] = (struct slot){ .kind = kind,
						     .objects = { NONE, NONE },
						     .task = NONE };
			g->slots[i].time = trace_gen_math_draw(&g->m, &kind->pause);
			g->heap[i] = i;
		}
	}
	for (uint32_t i = g->nslots / 2; i-- > 0;)
		sift_down(g, i);
	return true;
}

static bool add_up(struct gen *g)
{
	uint32_t idle;

	memset(g->newest, 0xff, sizeof(g->newest));
	/* Who frees on a CPU before any task ran there. */
	if (!trace_writer_task(g->w, 0, "swapper", &idle, g->err))
		return false;
	for (unsigned c = 0; c < g->p->nclasses; c++) {
		if (!trace_writer_gfp(g->w, g->p->classes[c].gfp, &g->gfp[c], g->err))
			return false;
		for (unsigned o = 0; o < TRACE_ORDERS; o++)
			g->order_sum[c] += g->p->classes[c].order_weight[o];
	}
	for (unsigned k = 0; k < g->p->ntasks; k++)
		for (unsigned f = 0; f < g->p->tasks[k].nphases; f++)
			for (unsigned c = 0; c < g->p->nclasses; c++)
				g->phase_sum[k][f] += g->p->tasks[k].phases[f].weight[c];
	return true;
}

static struct trace_writer *open_output(const struct trace_profile *p, const char *path,
					int level, struct trace_error *err)
{
	uint16_t *cpu_node = calloc(p->cpus, sizeof(*cpu_node));
	char name[sizeof(p->name)], tool[] = "pagesim trace gen";
	struct trace_header h = {
		.clock = TRACE_CLOCK_NS,
		.clock_name = "synthetic",
		.clock_hz = 1000000000,
		.page_size = 4096,
		.cpus = p->cpus,
		.nodes = p->nodes,
		.cpu_node = cpu_node,
		.name = name,
		.tool = tool,
		.synthetic = true,
	};
	struct trace_writer *w;

	if (!cpu_node) {
		trace_error_memory(err);
		return NULL;
	}
	memcpy(name, p->name, sizeof(name));
	for (unsigned c = 0; c < p->cpus; c++)
		cpu_node[c] = (uint16_t)(c * p->nodes / p->cpus);
	w = trace_writer_open(path, &h, level, err);
	free(cpu_node);
	return w;
}

bool trace_generate(const struct trace_profile *p, uint64_t events, uint64_t seed,
		    const char *path, int level, trace_watch *watch, void *ctx,
		    struct trace_error *err)
{
	struct gen *g = calloc(1, sizeof(*g));
	bool ok;

	if (!g)
		return trace_error_memory(err);
	*g = (struct gen){ .p = p, .wanted = events, .next_pid = 1000, .err = err };
	trace_gen_math_init(&g->m, seed);
	g->w = open_output(p, path, level, err);
	ok = g->w && trace_gen_objects_init(&g->o) && add_up(g) && make_slots(g) &&
	     generate(g, watch, ctx);
	ok = g->w && trace_writer_close(g->w, !ok, err) && ok;
	trace_gen_objects_free(&g->o);
	free(g->slots);
	free(g->heap);
	free(g->cpu_task);
	free(g);
	return ok;
}
