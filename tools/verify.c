/* A recording as it is replayed: the trace in memory, the model booted, the start state put. */
#include "tools/verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412_policy.h"
#include "sim/port_direct.h"
#include "tools/cmd.h"

#define BLOCK_FRAMES 512u
#define TYPE_UNKNOWN 0xff
#define BATCH 4096

const struct verify_name verify_kind_names[VERIFY_KINDS] = {
	[VERIFY_TAKE] = { "pages from per-cpu lists", "pcp_takes" },
	[VERIFY_REFILL] = { "refills", "refills" },
	[VERIFY_BLOCK] = { "blocks of order > 0", "blocks" },
	[VERIFY_GIVE] = { "pages to per-cpu lists", "pcp_gives" },
	[VERIFY_FREE] = { "frees of order > 0", "block_frees" },
	[VERIFY_DRAIN] = { "drains", "drains" },
	[VERIFY_STEAL] = { "steals", "steals" },
	[VERIFY_RESERVE] = { "high-atomic pageblocks", "highatomic" },
	[VERIFY_ISOLATE] = { "isolated blocks", "isolated" },
	[VERIFY_FOLD] = { "folds of counters", "folds" },
	[VERIFY_THRESHOLD] = { "thresholds", "thresholds" },
};

const struct verify_name verify_end_names[VERIFY_ENDS] = {
	[VERIFY_END_FREE] = { "blocks on free lists", "free_blocks" },
	[VERIFY_END_PCP] = { "pages on per-cpu lists", "pcp_pages" },
	[VERIFY_END_TYPE] = { "pageblock types", "pageblock_types" },
	[VERIFY_END_COUNTER] = { "counters of zones", "counters" },
	[VERIFY_END_PART] = { "per-cpu parts and limits", "cpu_parts" },
};

bool verify_fail(struct verify *v, int status, const char *fmt, ...)
{
	va_list ap;

	v->error.status = status;
	va_start(ap, fmt);
	vsnprintf(v->error.text, sizeof(v->error.text), fmt, ap);
	va_end(ap);
	return false;
}

static bool memory(struct verify *v)
{
	return verify_fail(v, CMD_SYSTEM, "out of memory");
}

static bool trouble(struct verify *v, const struct trace_error *err)
{
	return verify_fail(v, (int)err->kind, "%s", err->text);
}

/* ---- items ------------------------------------------------------------------------------ */

static struct verify_item *new_item(struct verify *v)
{
	if (v->nitems == v->items_cap) {
		size_t cap = v->items_cap ? 2 * v->items_cap : 1 << 16;
		struct verify_item *items = realloc(v->items, cap * sizeof(*items));

		if (!items) {
			memory(v);
			return NULL;
		}
		v->items = items;
		v->items_cap = cap;
	}
	v->items[v->nitems] = (struct verify_item){ .next = VERIFY_NONE };
	return &v->items[v->nitems++];
}

/* Frames of objects, by number. */
struct frames {
	uint64_t *pfn;
	size_t n, cap;
};

static bool add_frame(struct verify *v, struct frames *f, uint64_t pfn)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 1 << 16;
		uint64_t *more = realloc(f->pfn, cap * sizeof(*more));

		if (!more)
			return memory(v);
		f->pfn = more;
		f->cap = cap;
	}
	f->pfn[f->n++] = pfn;
	return true;
}

/* The kind of item that an event is; -1 = none. What the importer put in is no operation of the
 * recorded kernel. */
static int kind_of(const struct verify *v, const struct trace_event *e)
{
	bool put_in = e->flags & (TRACE_HIDDEN | TRACE_MISSED);
	bool predict = v->mode == VERIFY_PREDICT;

	switch (e->kind) {
	case TRACE_ALLOC:
		return put_in ? (predict ? VERIFY_ISOLATED : -1) : VERIFY_ALLOC;
	case TRACE_FREE:
		return put_in && !predict ? -1 : VERIFY_RELEASE;
	case TRACE_ALLOC_FAILED:
		return predict ? VERIFY_FAILED : -1;
	case TRACE_LRU_ADD:
		return predict ? VERIFY_LRU : -1;
	default:
		return -1;
	}
}

static bool fill_item(struct verify *v, const struct frames *f, const struct trace_event *e,
		      enum verify_item_kind kind)
{
	struct verify_item *item = new_item(v);

	if (!item)
		return false;
	item->time = e->time;
	item->cpu = e->cpu;
	item->order = e->order;
	item->gfp = e->gfp;
	item->cold = e->flags & TRACE_COLD;
	item->kind = (uint8_t)kind;
	item->value[0] = (int64_t)e->object;
	item->value[1] = e->kind == TRACE_FREE ? e->value : 0;
	item->value[2] = e->node == TRACE_NODE_LOCAL ? v->header->cpu_node[e->cpu] : e->node;
	item->pfn = e->pfn;
	if (e->kind == TRACE_FREE || e->kind == TRACE_LRU_ADD)
		item->pfn = f->pfn[e->object] + (uint64_t)item->value[1];
	v->requests += kind == VERIFY_ALLOC || kind == VERIFY_RELEASE;
	return true;
}

static bool add_event(struct verify *v, struct frames *f, const struct trace_event *e)
{
	int kind = kind_of(v, e);

	if (e->kind == TRACE_ALLOC && !add_frame(v, f, e->pfn))
		return false;
	if ((e->kind == TRACE_FREE || e->kind == TRACE_LRU_ADD) && e->object >= f->n)
		return verify_fail(v, CMD_BAD_DATA, "%s: an object that is not there", v->name);
	return kind < 0 || fill_item(v, f, e, (enum verify_item_kind)kind);
}

static bool add_step(struct verify *v, const struct trace_step *s)
{
	struct verify_item *item = new_item(v);

	if (!item)
		return false;
	item->time = s->time;
	item->pfn = s->pfn;
	memcpy(item->value, s->value, sizeof(item->value));
	item->cpu = s->cpu;
	item->kind = s->kind;
	item->order = s->order;
	item->type = s->type;
	return true;
}

struct merge {
	struct trace_event events[BATCH];
	struct trace_step steps[BATCH];
	long nevents, nsteps, event, step;
};

static bool refill_batches(struct verify *v, struct merge *m)
{
	struct trace_error err;

	if (m->event == m->nevents && m->nevents >= 0) {
		m->event = 0;
		m->nevents = trace_reader_next(v->reader, m->events, BATCH, &err);
		if (m->nevents < 0)
			return trouble(v, &err);
	}
	if (m->step == m->nsteps && m->nsteps >= 0) {
		m->step = 0;
		m->nsteps = trace_reader_next_step(v->reader, m->steps, BATCH, &err);
		if (m->nsteps < 0)
			return trouble(v, &err);
	}
	return true;
}

/* Events and steps by their time; a step that belongs to an event stands before it. */
static bool merge(struct verify *v, struct merge *m, struct frames *f)
{
	for (;;) {
		bool event, step;

		if (!refill_batches(v, m))
			return false;
		event = m->event < m->nevents;
		step = m->step < m->nsteps;
		if (!event && !step)
			return true;
		if (event && step)
			step = m->steps[m->step].time <= m->events[m->event].time;
		if (step ? !add_step(v, &m->steps[m->step++])
			 : !add_event(v, f, &m->events[m->event++]))
			return false;
	}
}

static bool start_objects(struct verify *v, struct frames *f, const struct trace_state *s)
{
	for (uint64_t i = 0; i < s->nused; i++)
		if (!(s->used[i].use & TRACE_USE_PINNED) && !add_frame(v, f, s->used[i].pfn))
			return false;
	return true;
}

/* Steps that stand for themselves, beside the operations of their CPU. */
static bool stands_alone(const struct verify_item *item)
{
	return item->kind == TRACE_STEP_FOLD || item->kind == TRACE_STEP_THRESHOLD ||
	       item->kind == TRACE_STEP_TICK || item->kind == VERIFY_LRU ||
	       item->kind == VERIFY_ISOLATED;
}

static bool link_items(struct verify *v)
{
	uint32_t *next = malloc(v->header->cpus * sizeof(*next));

	if (!next)
		return memory(v);
	for (unsigned c = 0; c < v->header->cpus; c++)
		next[c] = VERIFY_NONE;
	for (size_t i = v->nitems; i-- > 0;) {
		struct verify_item *item = &v->items[i];

		item->next = next[item->cpu];
		if (!stands_alone(item))
			next[item->cpu] = (uint32_t)i;
	}
	free(next);
	return true;
}

static bool read_items(struct verify *v, const struct trace_state *state)
{
	struct merge *m = calloc(1, sizeof(*m));
	struct frames f = { 0 };
	bool ok;

	if (!m)
		return memory(v);
	ok = start_objects(v, &f, state) && merge(v, m, &f);
	v->objects = f.n;
	free(m);
	free(f.pfn);
	if (ok && v->nitems >= VERIFY_NONE)
		return verify_fail(v, CMD_BAD_DATA, "%s: more than 2^32 events", v->name);
	return ok && link_items(v);
}

/* ---- the kernel ------------------------------------------------------------------------- */

static bool boot(struct verify *v)
{
	struct mm412_params params;
	void *costs = calloc(1, mm412_policy.costs_size);
	struct conf_error why = { .text = "" };
	char text[256];

	v->machine = machine_map_from_header(v->header, &why);
	if (!v->machine || !machine_map(v->machine, &mm412_policy, 250, &v->seen, &why)) {
		free(costs);
		return verify_fail(v, CMD_BAD_DATA, "%s: %s", v->name, why.text);
	}
	mm_params_preset(mm412_policy.params, &params);
	v->cpus = calloc(v->seen.cpus, sizeof(*v->cpus));
	if (!v->cpus || !costs) {
		free(costs);
		return memory(v);
	}
	for (unsigned c = 0; c < v->seen.cpus; c++)
		sim_port_direct_cpu(&v->cpus[c], (uint16_t)c, v->seen.cpu_node[c]);
	errno = 0;
	v->mm = mm412_policy.create(&v->seen, &params, costs, true, text, sizeof(text));
	free(costs);
	return v->mm || verify_fail(v, errno == ENOMEM ? CMD_SYSTEM : CMD_BAD_DATA, "%s: %s",
				    v->name, text);
}

static bool put_types(struct verify *v, const struct trace_state *s)
{
	for (unsigned i = 0; i < v->header->nzones; i++) {
		const struct trace_zone *z = &v->header->zones[i];

		for (uint64_t b = z->start / BLOCK_FRAMES; b * BLOCK_FRAMES < z->end; b++)
			if (b < s->nblocks && s->block_type[b] != TYPE_UNKNOWN)
				mm412_policy.put_pageblock(v->mm,
							   b * BLOCK_FRAMES < z->start
								   ? z->start
								   : b * BLOCK_FRAMES,
							   s->block_type[b]);
	}
	return true;
}

static bool put_state(struct verify *v, const struct trace_state *s)
{
	char text[256];

	put_types(v, s);
	for (uint64_t i = 0; i < s->nfree; i++)
		mm412_policy.put_free(v->mm, s->free[i].pfn, s->free[i].order, s->free[i].type);
	for (uint64_t i = 0; i < s->npcp; i++)
		mm412_policy.put_pcp(v->mm, s->pcp[i].cpu, s->pcp[i].pfn, s->pcp[i].type);
	for (uint64_t i = 0; i < s->nused; i++)
		mm412_policy.put_used(v->mm, s->used[i].pfn, s->used[i].order,
				      s->used[i].use & ~(unsigned)TRACE_USE_PINNED);
	return mm412_policy.put_done(v->mm, text, sizeof(text)) ||
	       verify_fail(v, CMD_BAD_DATA, "%s: the start state contradicts itself: %s",
			   v->name, text);
}

uint32_t verify_put_counters(void *mm, const struct trace_header *h,
			     const struct trace_end *end, unsigned i)
{
	const struct trace_zone *z = &h->zones[i];
	const struct trace_zone_counters *c = &end->start[i].counters;
	const struct mm412_probe_guided_counters put = {
		.free = c->free,
		.watermark = { z->min, z->low, z->high },
		.drift_mark = c->drift_mark,
		.highatomic = c->highatomic,
	};
	uint32_t zone = mm412_probe_guided_zone(mm, z->nid, z->name);

	if (zone == MM412_PROBE_GUIDED_NO_ZONE || c->ncpus != h->cpus)
		return MM412_PROBE_GUIDED_NO_ZONE;
	mm412_probe_guided_set(mm, zone, &put);
	for (unsigned cpu = 0; cpu < c->ncpus; cpu++)
		mm412_probe_guided_set_cpu(mm, zone, cpu, c->cpus[cpu].free_diff,
					   c->cpus[cpu].stat_threshold);
	return zone;
}

static bool put_counters(struct verify *v, const struct trace_end *end)
{
	for (unsigned i = 0; i < v->header->nzones; i++) {
		v->zone[i] = verify_put_counters(v->mm, v->header, end, i);
		if (v->zone[i] == MM412_PROBE_GUIDED_NO_ZONE)
			return verify_fail(v, CMD_BAD_DATA,
					   "%s: the counters are not of the machine's zones",
					   v->name);
	}
	return true;
}

static bool read_gfps(struct verify *v)
{
	while (trace_reader_gfp(v->reader, (unsigned)v->ngfps))
		v->ngfps++;
	v->gfp = calloc(v->ngfps + 1, sizeof(*v->gfp));
	if (!v->gfp)
		return memory(v);
	for (unsigned i = 0; i < v->ngfps; i++) {
		const char *names = trace_reader_gfp(v->reader, i);
		unsigned unknown = 0;

		v->gfp[i] = mm412_policy.gfp(names, &unknown);
		if (unknown)
			return verify_fail(v, CMD_BAD_DATA,
					   "%s: flags that 4.12 does not have: "
					   "%.200s",
					   v->name, names);
	}
	return true;
}

/* The two states of a whole recording. NULL and v->error when it is none. */
static const struct trace_state *find_states(struct verify *v, const struct trace_end **end)
{
	struct trace_error err;
	const struct trace_state *start = trace_reader_state(v->reader, &err), *final;

	if (!start && *err.text) {
		trouble(v, &err);
		return NULL;
	}
	final = trace_reader_final(v->reader, &err);
	if (!final && *err.text) {
		trouble(v, &err);
		return NULL;
	}
	*end = trace_reader_end(v->reader, &err);
	if (!*end && *err.text) {
		trouble(v, &err);
		return NULL;
	}
	if (start && final && *end && start->ordered && (*end)->nzones == v->header->nzones)
		return start;
	verify_fail(v, CMD_BAD_DATA,
		    "%s: no whole recording: it has not the allocator's state, in the order of "
		    "its lists, at the start and at the end (pagesim trace import FOLDER makes "
		    "one)",
		    v->name);
	return NULL;
}

bool verify_item_of_request(const struct verify_item *item)
{
	switch (item->kind) {
	case TRACE_STEP_REFILL:
	case TRACE_STEP_MOVE:
	case TRACE_STEP_STEAL:
	case TRACE_STEP_EXTFRAG:
	case TRACE_STEP_PAGEBLOCK:
		return true;
	default:
		return false;
	}
}

bool verify_open(struct verify *v, const char *path, const char *name, enum verify_mode mode)
{
	const struct trace_state *state;
	const struct trace_end *end = NULL;
	struct trace_error err;

	*v = (struct verify){ .name = name, .mode = mode };
	v->reader = trace_reader_open(path, &err);
	if (!v->reader)
		return trouble(v, &err);
	v->header = trace_reader_header(v->reader);
	state = find_states(v, &end);
	if (!state)
		return false;
	v->zone = calloc(v->header->nzones + 1u, sizeof(*v->zone));
	if (!v->zone)
		return memory(v);
	return read_items(v, state) && read_gfps(v) && boot(v) && put_state(v, state) &&
	       put_counters(v, end);
}

void verify_close(struct verify *v)
{
	if (v->mm)
		mm412_policy.destroy(v->mm);
	machine_map_free(&v->seen);
	sim_machine_free(v->machine);
	trace_reader_close(v->reader);
	free(v->cpus);
	free(v->gfp);
	free(v->zone);
	free(v->items);
}

uint32_t verify_zone(const struct verify *v, int64_t nid, unsigned zid)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal", "Movable" };

	if (zid >= sizeof(names) / sizeof(*names) || nid < 0 || nid > UINT16_MAX)
		return MM412_PROBE_GUIDED_NO_ZONE;
	return mm412_probe_guided_zone(v->mm, (unsigned)nid, names[zid]);
}
