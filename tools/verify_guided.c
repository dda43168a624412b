/*
 * Guided replay. Steps of one operation stand behind one another on their CPU, for interrupts
 * are off; other CPUs' stand in between. An operation runs where its first step under the
 * zone's lock stands: nobody else changes the zone's lists until the lock is given back, and
 * nobody else ever touches the CPU's own lists.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/verify_guided.h"

/* ---- the operation at hand --------------------------------------------------------------- */

static struct sim_cpu *cpu_of(struct guided *g, const struct verify_item *item)
{
	return &g->v->cpus[item->cpu];
}

static bool add_step(struct guided *g, uint32_t at)
{
	if (g->nsteps == g->steps_cap) {
		size_t cap = g->steps_cap ? 2 * g->steps_cap : 256;
		uint32_t *steps = realloc(g->steps, cap * sizeof(*steps));

		if (!steps)
			return verify_fail(g->v, CMD_SYSTEM, "out of memory");
		g->steps = steps;
		g->steps_cap = cap;
	}
	g->steps[g->nsteps++] = at;
	g->v->items[at].done = true;
	return true;
}

static bool is_steal(const struct verify_item *item)
{
	return item->kind == TRACE_STEP_MOVE || item->kind == TRACE_STEP_PAGEBLOCK ||
	       item->kind == TRACE_STEP_STEAL || item->kind == TRACE_STEP_EXTFRAG;
}

/* A pageblock that becomes HighAtomic, or ends being it: never part of a steal. */
static bool is_reserve(const struct verify_item *item)
{
	return item->kind == TRACE_STEP_PAGEBLOCK &&
	       (item->type == HIGHATOMIC || item->value[0] == HIGHATOMIC);
}

/* From `at` on: steals and pages of a refill, up to the CPU's next other step. */
static bool gather(struct guided *g, uint32_t at, uint32_t *behind)
{
	struct verify_item *items = g->v->items;

	g->nsteps = 0;
	for (; at != VERIFY_NONE; at = items[at].next) {
		bool refill = items[at].kind == TRACE_STEP_REFILL;

		if ((!is_steal(&items[at]) && !refill) || is_reserve(&items[at]))
			break;
		if (!add_step(g, at))
			return false;
		/* A refill ends where no block was found. */
		if (refill && items[at].pfn == TRACE_NO_PFN) {
			at = items[at].next;
			break;
		}
	}
	*behind = at;
	return true;
}

static void begin(struct guided *g)
{
	g->notes.n = 0;
	g->notes.nmovable = 0;
	g->notes.movable = g->movable;
	g->drained.n = 0;
	for (size_t i = 0; i < g->nsteps; i++) {
		const struct verify_item *s = &g->v->items[g->steps[i]];

		if (s->kind == TRACE_STEP_STEAL && s->value[2] >= 0 &&
		    g->notes.nmovable < MOST_STEALS)
			g->movable[g->notes.nmovable++] = (uint32_t)s->value[2];
	}
}

/* ---- counters ---------------------------------------------------------------------------- */

static struct folds *folds_of(struct guided *g, unsigned cpu, uint32_t zone)
{
	return &g->folds[cpu * g->v->header->nzones + zone];
}

static int64_t counter(const struct guided *g, uint32_t zone)
{
	struct mm412_probe_guided_counters c;

	mm412_probe_guided_get(g->v->mm, zone, &c);
	return c.free;
}

/* Folds are recorded beside the operation that made them, in front of it or behind: what is
 * still open when the CPU's next but one operation in that zone begins, is a difference. */
static void settle_folds(struct guided *g, const struct verify_item *item, uint32_t zone)
{
	struct folds *f = folds_of(g, item->cpu, zone);
	int64_t open = f->recorded - f->model;

	if (open && open == f->open) {
		verify_differ_number(g, item,
				     "counter of free pages, change by the last operations",
				     f->recorded, f->model);
		f->recorded = f->model;
		open = 0;
	}
	f->open = open;
}

static void fold(struct guided *g, const struct verify_item *item)
{
	uint32_t zone = verify_zone(g->v, item->value[0], item->order);

	g->v->count[VERIFY_FOLD]++;
	if (zone == MM412_PROBE_GUIDED_NO_ZONE) {
		verify_differ(g, item, "fold", "a zone of the machine", "none");
		return;
	}
	if (item->type == 0) {
		folds_of(g, item->cpu, zone)->recorded += item->value[1];
		return;
	}
	verify_differ_number(g, item, "fold by the vmstat worker", item->value[1],
			     mm412_probe_guided_fold(g->v->mm, cpu_of(g, item), zone));
}

/* ---- pages and blocks ---------------------------------------------------------------------
 */

static bool any_page(void *ctx, uint64_t frame, unsigned type)
{
	(void)ctx;
	(void)frame;
	(void)type;
	return false;
}

static bool list_empty(const struct guided *g, uint32_t zone, unsigned cpu, unsigned type)
{
	return mm412_probe_guided_pcp(g->v->mm, zone, cpu, type, false, any_page, NULL);
}

/* The zone of a request: of its frame. NO_ZONE: told as a difference. */
static uint32_t zone_of(struct guided *g, const struct verify_item *item)
{
	uint32_t zone = item->pfn == TRACE_NO_PFN
				? MM412_PROBE_GUIDED_NO_ZONE
				: mm412_probe_guided_zone_of(g->v->mm, item->pfn);

	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		verify_differ(g, item, "frame", "one in a zone", "none");
	return zone;
}

/* An allocation; its steps, if any, are gathered. */
static void take(struct guided *g, struct verify_item *item, bool highatomic)
{
	struct verify *v = g->v;
	uint32_t zone = zone_of(g, item), gfp = v->gfp[item->gfp];
	unsigned type = mm412_probe_guided_type(v->mm, gfp);
	int64_t before;
	uint64_t got;
	bool refill;

	item->done = true;
	item->cold = mm412_probe_guided_cold(gfp);
	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		return;
	settle_folds(g, item, zone);
	if (v->mode == VERIFY_PREDICT)
		verify_choice_judge(&g->choice, item);
	before = counter(g, zone);
	refill = item->order == 0 && list_empty(g, zone, item->cpu, type);
	begin(g);
	got = mm412_probe_guided_take(v->mm, cpu_of(g, item), zone, gfp, item->order,
				      highatomic);
	folds_of(g, item->cpu, zone)->model += counter(g, zone) - before;
	v->count[item->order ? VERIFY_BLOCK : VERIFY_TAKE]++;
	if (refill)
		verify_refill(g, item, zone, type, got);
	else if (g->nsteps && item->order == 0)
		verify_differ(g, item, "refill", "of a list that is empty",
			      "a list with pages");
	verify_steal(g, item);
	verify_differ_frame(g, item, item->order ? "block" : "page from a per-cpu list",
			    got == MM_NO_FRAME ? TRACE_NO_PFN : got);
}

/* Steals and refilled pages up to the request that they were made for. */
static bool take_with_steps(struct guided *g, uint32_t at, bool highatomic)
{
	struct verify_item *items = g->v->items;
	uint32_t behind;

	if (!gather(g, at, &behind))
		return false;
	if (behind != VERIFY_NONE && items[behind].kind == VERIFY_ALLOC)
		take(g, &items[behind], highatomic);
	else if (items[at].kind != TRACE_STEP_REFILL || items[at].pfn != TRACE_NO_PFN)
		verify_differ(g, &items[at], "step", "a request behind it", "none");
	return !g->v->error.status;
}

/* ---- frees and drains ----------------------------------------------------------------------
 */

static uint32_t touched(struct sim_memory *memory, struct sim_cpu *cpu, enum sim_line line,
			uint64_t key, bool write)
{
	(void)memory;
	(void)cpu;
	(void)line;
	(void)key;
	(void)write;
	return 0;
}

static uint32_t touched_page(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t frame,
			     uint32_t *cell, bool write)
{
	struct drained *d = (struct drained *)(void *)memory;

	(void)cpu;
	(void)cell;
	(void)write;
	/* A page off its list, but not yet free: the drain is at it. */
	if (!mm412_probe_guided_leaves_pcp(d->mm, frame))
		return 0;
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 256;
		uint64_t *frames = realloc(d->frames, cap * sizeof(*frames));

		d->lost |= !frames;
		if (!frames)
			return 0;
		d->frames = frames;
		d->cap = cap;
	}
	d->frames[d->n++] = frame;
	return 0;
}

/* `drains`: the recording has a drain behind it. */
static void release(struct guided *g, struct verify_item *item, bool drains)
{
	struct verify *v = g->v;
	struct pending *p = &g->cpu[item->cpu];
	uint32_t zone = zone_of(g, item), count;
	unsigned type;
	int64_t before;

	item->done = true;
	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		return;
	if (!mm412_probe_guided_claim(v->mm, item->pfn, item->order)) {
		verify_differ(g, item, "free", "a block in use", "it is free");
		return;
	}
	settle_folds(g, item, zone);
	type = mm412_probe_guided_block_type(v->mm, item->pfn);
	if (p->free_type != VERIFY_NONE)
		type = (unsigned)v->items[p->free_type].type;
	p->free_type = VERIFY_NONE;
	if (type >= BLOCK_TYPES) {
		verify_differ(g, item, "type of a free", "one that 4.12 has", "another");
		return;
	}
	before = counter(g, zone);
	count = mm412_probe_guided_pcp_count(v->mm, zone, item->cpu);
	mm412_probe_guided_free(v->mm, cpu_of(g, item), item->pfn, item->order, item->cold,
				type);
	folds_of(g, item->cpu, zone)->model += counter(g, zone) - before;
	v->count[item->order ? VERIFY_FREE : VERIFY_GIVE]++;
	if (item->order == 0 && !drains &&
	    mm412_probe_guided_pcp_count(v->mm, zone, item->cpu) != count + 1)
		verify_differ(g, item, "free", "no drain", "a drain");
}

static bool is_bulk_of(const struct guided *g, const struct verify_item *bulk,
		       const struct verify_item *item)
{
	return bulk->kind == TRACE_STEP_BULK && item->order == 0 &&
	       verify_zone(g->v, bulk->value[0], bulk->order) ==
		       mm412_probe_guided_zone_of(g->v->mm, item->pfn);
}

/* A free that fills the list to its limit drains it: it runs where the drain begins. */
static void release_or_wait(struct guided *g, uint32_t at)
{
	struct verify_item *item = &g->v->items[at];

	if (item->next != VERIFY_NONE && item->pfn != TRACE_NO_PFN &&
	    is_bulk_of(g, &g->v->items[item->next], item)) {
		g->cpu[item->cpu].release = at;
		return;
	}
	begin(g);
	release(g, item, false);
}

/* Pages that the drain gave back, against those recorded. */
static void compare_drain(struct guided *g, const struct verify_item *anchor, size_t from)
{
	char text[VERIFY_TEXT];

	for (size_t i = 0; i < g->nsteps; i++) {
		const struct verify_item *s = &g->v->items[g->steps[i]];

		verify_differ_frame(g, s, "page of a drain",
				    from + i < g->drained.n ? g->drained.frames[from + i]
							    : TRACE_NO_PFN);
	}
	if (from + g->nsteps < g->drained.n) {
		verify_differ_name(text, g->drained.frames[from + g->nsteps]);
		verify_differ(g, anchor, "page of a drain", "no page", text);
	}
}

static void drain_alone(struct guided *g, const struct verify_item *item, uint32_t zone,
			uint32_t count)
{
	int64_t before = counter(g, zone);

	settle_folds(g, item, zone);
	if (!mm412_probe_guided_drain(g->v->mm, cpu_of(g, item), zone, count))
		verify_differ(g, item, "drain", "so many pages on the lists", "fewer");
	folds_of(g, item->cpu, zone)->model += counter(g, zone) - before;
}

/* From the first drained page on. */
static bool drain(struct guided *g, uint32_t at)
{
	struct verify *v = g->v;
	struct verify_item *items = v->items, *anchor = &items[at];
	struct pending *p = &g->cpu[anchor->cpu];
	uint32_t zone = zone_of(g, anchor), count, held;

	g->nsteps = 0;
	for (; at != VERIFY_NONE && items[at].kind == TRACE_STEP_DRAIN; at = items[at].next)
		if (!add_step(g, at))
			return false;
	v->count[VERIFY_DRAIN]++;
	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		return true;
	count = p->bulk == VERIFY_NONE ? 0 : (uint32_t)items[p->bulk].value[1];
	verify_differ_number(g, anchor, "pages of a drain", count, (int64_t)g->nsteps);
	begin(g);
	held = mm412_probe_guided_pcp_count(v->mm, zone, anchor->cpu);
	if (p->release != VERIFY_NONE) {
		release(g, &items[p->release], true);
		held++;
	}
	p->release = p->bulk = VERIFY_NONE;
	/* The free's own page was touched on its way to the list, in front of the drain. */
	if (mm412_probe_guided_pcp_count(v->mm, zone, anchor->cpu) == held) {
		g->drained.n = 0;
		drain_alone(g, anchor, zone, count);
		compare_drain(g, anchor, 0);
	} else {
		compare_drain(g, anchor, g->drained.n > count ? g->drained.n - count : 0);
	}
	return !g->drained.lost || verify_fail(v, CMD_SYSTEM, "out of memory");
}

/* ---- pageblocks for atomic requests, compaction, thresholds -------------------------------
 */

static void reserve(struct guided *g, uint32_t at)
{
	struct verify *v = g->v;
	struct verify_item *item = &v->items[at];
	uint32_t zone = zone_of(g, item);

	g->nsteps = 0;
	if (!add_step(g, at) || zone == MM412_PROBE_GUIDED_NO_ZONE)
		return;
	if (item->next != VERIFY_NONE && v->items[item->next].kind == TRACE_STEP_MOVE &&
	    !add_step(g, item->next))
		return;
	begin(g);
	v->count[VERIFY_RESERVE]++;
	if (item->type == HIGHATOMIC)
		mm412_probe_guided_reserve(v->mm, cpu_of(g, item), item->pfn);
	else if (item->type >= 0 && item->type < HIGHATOMIC)
		mm412_probe_guided_unreserve(v->mm, cpu_of(g, item), zone,
					     (unsigned)item->type);
	verify_steal(g, item);
}

static void isolate(struct guided *g, uint32_t at)
{
	struct verify *v = g->v;
	struct verify_item *item = &v->items[at];
	uint32_t zone = zone_of(g, item), next = item->next;
	int64_t before;
	int order;

	g->nsteps = 0;
	item->done = true;
	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		return;
	while (next != VERIFY_NONE && v->items[next].kind == TRACE_STEP_PAGEBLOCK &&
	       v->items[next].pfn >= item->pfn &&
	       v->items[next].pfn < item->pfn + (UINT64_C(1) << item->order)) {
		if (!add_step(g, next))
			return;
		next = v->items[next].next;
	}
	settle_folds(g, item, zone);
	before = counter(g, zone);
	begin(g);
	v->count[VERIFY_ISOLATE]++;
	order = mm412_probe_guided_isolate(v->mm, cpu_of(g, item), item->pfn);
	folds_of(g, item->cpu, zone)->model += counter(g, zone) - before;
	v->pfns++;
	verify_differ_number(g, item, "order of an isolated block", item->order, order);
	verify_steal(g, item);
}

/* All of the node's zones come behind one another; the first switches them. */
static void threshold(struct guided *g, const struct verify_item *item)
{
	struct verify *v = g->v;
	uint32_t zone = verify_zone(v, item->value[0], item->order);
	int diff, now;

	v->count[VERIFY_THRESHOLD]++;
	if (zone == MM412_PROBE_GUIDED_NO_ZONE) {
		verify_differ(g, item, "threshold", "a zone of the machine", "none");
		return;
	}
	mm412_probe_guided_get_cpu(v->mm, zone, 0, &diff, &now);
	if (now != item->value[1]) {
		g->pressure[item->value[0]] = !g->pressure[item->value[0]];
		mm412_probe_guided_pressure(v->mm, (unsigned)item->value[0],
					    g->pressure[item->value[0]]);
		mm412_probe_guided_get_cpu(v->mm, zone, 0, &diff, &now);
	}
	verify_differ_number(g, item, "threshold of per-cpu counters", item->value[1], now);
}

/* ---- all -----------------------------------------------------------------------------------
 */

static void request(struct guided *g, struct verify_item *item)
{
	struct pending *p = &g->cpu[item->cpu];
	bool highatomic = p->highatomic != VERIFY_NONE;

	p->highatomic = VERIFY_NONE;
	g->nsteps = 0;
	take(g, item, highatomic);
}

static bool one(struct guided *g, uint32_t at)
{
	struct verify_item *item = &g->v->items[at];
	struct pending *p = &g->cpu[item->cpu];

	switch (item->kind) {
	case VERIFY_ALLOC:
		request(g, item);
		break;
	case VERIFY_RELEASE:
		release_or_wait(g, at);
		break;
	case TRACE_STEP_PAGEBLOCK:
		if (!is_reserve(item))
			return take_with_steps(g, at, false);
		reserve(g, at);
		break;
	case TRACE_STEP_REFILL:
	case TRACE_STEP_MOVE:
	case TRACE_STEP_STEAL:
	case TRACE_STEP_EXTFRAG:
		return take_with_steps(g, at, false);
	case VERIFY_LRU:
		mm412_probe_guided_to_lru(g->v->mm, item->pfn);
		break;
	case TRACE_STEP_BULK:
		p->bulk = at;
		break;
	case TRACE_STEP_DRAIN:
		return drain(g, at);
	case TRACE_STEP_ISOLATE:
		isolate(g, at);
		break;
	case TRACE_STEP_HIGHATOMIC:
		p->highatomic = at;
		break;
	case TRACE_STEP_FREE_TYPE:
		p->free_type = at;
		break;
	case TRACE_STEP_FOLD:
		fold(g, item);
		break;
	case TRACE_STEP_THRESHOLD:
		threshold(g, item);
		break;
	default:
		break;
	}
	return !g->v->error.status;
}

static bool prepare(struct guided *g)
{
	struct verify *v = g->v;
	unsigned cpus = v->header->cpus;

	g->cpu = malloc(cpus * sizeof(*g->cpu));
	g->folds = calloc((size_t)cpus * v->header->nzones, sizeof(*g->folds));
	g->pressure = calloc(v->header->nodes, sizeof(*g->pressure));
	if (!g->cpu || !g->folds || !g->pressure || !verify_choice_open(&g->choice, v))
		return verify_fail(v, CMD_SYSTEM, "out of memory");
	g->drained.memory = *v->cpus[0].memory;
	g->drained.memory.touch = touched;
	g->drained.memory.touch_page = touched_page;
	g->drained.mm = v->mm;
	for (unsigned c = 0; c < cpus; c++) {
		g->cpu[c] =
			(struct pending){ VERIFY_NONE, VERIFY_NONE, VERIFY_NONE, VERIFY_NONE };
		v->cpus[c].memory = &g->drained.memory;
	}
	mm412_probe_guided_use(v->mm, &g->notes);
	return true;
}

/* Memory of its own: the CPUs go back to the one they came with. */
static void release_all(struct guided *g, struct sim_memory *was)
{
	for (unsigned c = 0; c < g->v->header->cpus; c++)
		g->v->cpus[c].memory = was;
	mm412_probe_guided_use(g->v->mm, NULL);
	free(g->drained.frames);
	free(g->cpu);
	free(g->folds);
	free(g->pressure);
	free(g->steps);
	verify_choice_close(&g->choice);
	free(g);
}

bool verify_guided(struct verify *v)
{
	struct sim_memory *was = v->cpus[0].memory;
	struct guided *g = calloc(1, sizeof(*g));
	bool ok;

	if (!g)
		return verify_fail(v, CMD_SYSTEM, "out of memory");
	g->v = v;
	ok = prepare(g);
	for (uint32_t i = 0; ok && i < v->nitems && !v->given_up; i++)
		if (!v->items[i].done) {
			ok = one(g, i);
			if (v->mode == VERIFY_PREDICT)
				verify_choice_look(&g->choice, &v->items[i]);
		}
	release_all(g, was);
	return ok;
}
