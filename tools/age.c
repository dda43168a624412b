#include "tools/age_core.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/state_lists.h"

#define CPU_TURN 256u   /* operations in a row on one CPU */
#define LOOK_EVERY 32u  /* requests between two looks at how full the zone is */
#define CHURN_ONE_IN 4u /* while memory fills up, one block in so many goes again */
#define MOST_IN_VAIN 4096u

/* ---- requests -----------------------------------------------------------------------------
 */

/* Of zones of that name, and not of those that rank above it. */
static void gfp_names(const char *zone, enum age_kind kind, char *text, size_t size)
{
	static const char *const kinds[AGE_KINDS] = {
		[AGE_ANON] = "__GFP_RECLAIM|__GFP_IO|__GFP_FS|__GFP_HARDWALL|__GFP_MOVABLE",
		[AGE_FILE] = "__GFP_RECLAIM|__GFP_IO|__GFP_HARDWALL|__GFP_MOVABLE",
		[AGE_SLAB] = "__GFP_RECLAIM|__GFP_IO|__GFP_FS|__GFP_RECLAIMABLE",
		[AGE_UNMOVABLE] = "__GFP_RECLAIM|__GFP_IO|__GFP_FS",
	};
	const char *where = "";

	if (strcmp(zone, "DMA") == 0)
		where = "|__GFP_DMA";
	else if (strcmp(zone, "DMA32") == 0)
		where = "|__GFP_DMA32";
	else if (strcmp(zone, "HighMem") == 0 || strcmp(zone, "Movable") == 0)
		where = "|__GFP_HIGHMEM";
	snprintf(text, size, "%s%s|__GFP_NORETRY|__GFP_NOWARN", kinds[kind], where);
}

static uint32_t flags_of(const struct age_work *w, enum age_kind kind)
{
	char names[256];
	unsigned unknown = 0;

	gfp_names(w->snap->zones[w->zone].name, kind, names, sizeof(names));
	return mm_policy_gfp(w->policy, names, &unknown);
}

/* The zone's node's CPUs take turns, in an order by chance. Nothing takes time. */
static void take_turn(struct age_work *w)
{
	const struct sim_machine *m = w->machine;
	unsigned nid = w->snap->zones[w->zone].nid, n = 0, nth;
	uint16_t id = 0;

	if (w->turns--)
		return;
	w->turns = CPU_TURN - 1;
	for (unsigned cpu = 0; cpu < m->cpus; cpu++)
		n += m->cpu_node[cpu] == nid;
	nth = trace_gen_math_below(&w->draw, n ? n : m->cpus);
	for (unsigned cpu = 0; cpu < m->cpus; cpu++)
		if ((!n || m->cpu_node[cpu] == nid) && nth-- == 0)
			id = (uint16_t)cpu;
	sim_port_direct_cpu(&w->cpu, id, m->cpu_node[id]);
}

bool age_ask(struct age_work *w, enum age_kind kind, unsigned order)
{
	struct mm_request req = { .gfp = w->flags[kind],
				  .order = (uint8_t)order,
				  .node = (uint8_t)w->snap->zones[w->zone].nid };
	struct mm_grant g;
	struct age_block b = { .order = (uint8_t)order, .kind = (uint8_t)kind };

	take_turn(w);
	g = w->policy->alloc_try(w->mm, &w->cpu, req);
	w->report->allocs++;
	if (g.verdict != MM_DONE)
		return false;
	if (!state_lists_room(&w->blocks[g.zone], w->nblocks[g.zone], &w->cap[g.zone],
			      sizeof(*w->blocks[0]), &w->failed))
		return false;
	b.frame = (uint32_t)(g.frame - w->snap->zones[g.zone].start);
	w->blocks[g.zone][w->nblocks[g.zone]++] = b;
	if (kind <= AGE_FILE && w->policy->note_use)
		w->policy->note_use(w->mm, g.frame, order, MM_USE_LRU);
	if (g.zone == w->zone && w->taken)
		for (uint64_t f = 0; f < UINT64_C(1) << order; f++)
			w->taken[(g.frame + f - w->base) >> w->age->order]++;
	return g.zone == w->zone;
}

void age_give(struct age_work *w, struct age_block *b)
{
	uint64_t frame = w->start + b->frame;

	take_turn(w);
	b->gone = true;
	w->report->frees++;
	if (w->taken)
		for (uint64_t f = 0; f < UINT64_C(1) << b->order; f++)
			w->taken[(frame + f - w->base) >> w->age->order]--;
	w->policy->free(w->mm, &w->cpu, frame, b->order, false);
}

void age_count(struct age_work *w, uint64_t *small, uint64_t *large)
{
	struct mm_sample sample = { .pcp_pages = 0 };

	*small = *large = 0;
	if (!mm_policy_sample(w->policy, w->mm, w->zone, &sample))
		w->failed = true;
	for (unsigned o = 0; o < MM_MAX_ORDERS; o++)
		*(o < w->age->order ? small : large) += sample.blocks[o] << o;
}

/* ---- filling ------------------------------------------------------------------------------
 */

/* Most pages are single and can be moved; slabs and the kernel's own take up to eight. */
static enum age_kind draw_kind(struct age_work *w, unsigned *order)
{
	static const uint8_t orders[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3 };
	uint32_t x = trace_gen_math_below(&w->draw, 1000);

	*order = 0;
	if (x < w->age->unmovable_milli) {
		*order = orders[trace_gen_math_below(&w->draw, 16)];
		/* One draw in three, as they take three pages on average... */
		if (trace_gen_math_below(&w->draw, 13) >= 8)
			return AGE_ANON;
		return trace_gen_math_below(&w->draw, 4) ? AGE_UNMOVABLE : AGE_SLAB;
	}
	return trace_gen_math_below(&w->draw, 3) ? AGE_ANON : AGE_FILE;
}

/* The last one takes its place. */
static void give_any(struct age_work *w)
{
	uint64_t *n = &w->nblocks[w->zone];
	struct age_block *b;

	if (!*n)
		return;
	b = &w->blocks[w->zone][trace_gen_math_random(&w->draw) % *n];
	age_give(w, b);
	*b = w->blocks[w->zone][--*n];
}

/* Down to a little above the mark at which kswapd would be woken. */
static uint64_t least_free(const struct mm_snapshot_zone *z)
{
	return z->high + z->high / 4 + 256;
}

static void fill(struct age_work *w)
{
	const struct mm_snapshot_zone *z = &w->snap->zones[w->zone];
	unsigned in_vain = 0;

	for (uint64_t n = 0; in_vain < MOST_IN_VAIN && !w->failed; n++) {
		unsigned order;
		enum age_kind kind = draw_kind(w, &order);
		uint64_t small, large;

		if (n % LOOK_EVERY == 0) {
			age_count(w, &small, &large);
			if (small + large <= least_free(z))
				return;
		}
		if (age_ask(w, kind, order))
			in_vain = 0;
		else
			in_vain++;
		if (trace_gen_math_below(&w->draw, CHURN_ONE_IN) == 0)
			give_any(w);
	}
}

/* ---- zones --------------------------------------------------------------------------------
 */

static bool age_zone(struct age_work *w, unsigned zone, char *text, size_t size)
{
	const struct mm_snapshot_zone *z = &w->snap->zones[zone];

	w->zone = zone;
	w->start = z->start;
	for (unsigned kind = 0; kind < AGE_KINDS; kind++)
		w->flags[kind] = flags_of(w, (enum age_kind)kind);
	w->turns = 0;
	w->report->nid = z->nid;
	snprintf(w->report->name, sizeof(w->report->name), "%s", z->name);
	w->report->aged = z->managed >= AGE_LEAST_FRAMES;
	if (!w->report->aged)
		return true;
	fill(w);
	return age_shape(w, text, size);
}

static bool age_zones(struct age_work *w, struct age_report *report, char *text, size_t size)
{
	unsigned aged = 0;

	report->nzones = w->snap->nzones;
	/* From the highest down, as requests go: what falls back finds room below. */
	for (unsigned i = w->snap->nzones; i-- > 0;) {
		w->report = &report->zones[i];
		if (!age_zone(w, i, text, size) || w->failed)
			return false;
		aged += w->report->aged;
	}
	if (!aged)
		snprintf(text, size,
			 "the machine is too small to be aged: no zone has %u MiB or more",
			 AGE_LEAST_FRAMES / 256);
	return aged;
}

/* ---- the state ----------------------------------------------------------------------------
 */

static uint8_t use_of(const struct age_block *b)
{
	static const uint8_t uses[AGE_KINDS] = {
		[AGE_ANON] = TRACE_USE_LRU | TRACE_USE_ANON,
		[AGE_FILE] = TRACE_USE_LRU | TRACE_USE_FILE,
		[AGE_SLAB] = TRACE_USE_SLAB,
	};

	return uses[b->kind] | TRACE_USE_PINNED;
}

static int by_frame(const void *a, const void *b)
{
	const struct trace_used *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

static bool take_used(const struct age_work *w, struct trace_state *s)
{
	uint64_t n = 0;

	for (unsigned z = 0; z < w->snap->nzones; z++)
		n += w->nblocks[z];
	s->used = malloc((n + 1) * sizeof(*s->used));
	if (!s->used)
		return false;
	for (unsigned z = 0; z < w->snap->nzones; z++)
		for (uint64_t i = 0; i < w->nblocks[z]; i++) {
			const struct age_block *b = &w->blocks[z][i];

			if (!b->gone)
				s->used[s->nused++] =
					(struct trace_used){ w->snap->zones[z].start + b->frame,
							     b->order, use_of(b) };
		}
	if (s->nused)
		qsort(s->used, s->nused, sizeof(*s->used), by_frame);
	return true;
}

static struct trace_state *take_state(struct age_work *w)
{
	struct trace_state *s = calloc(1, sizeof(*s));
	struct state_lists lists = { .state = s };

	if (s && state_lists_take(&lists, w->policy, w->mm, NULL) && take_used(w, s))
		return s;
	trace_state_free(s);
	w->failed = true;
	return NULL;
}

struct trace_state *age_run(const struct age *age, const struct mm_policy *policy, void *mm,
			    const struct sim_machine *machine, uint64_t seed,
			    struct age_report *report, int *status, char *text, size_t size)
{
	struct age_work *w = calloc(1, sizeof(*w));
	struct mm_snapshot *snap = policy->snapshot(mm);
	struct trace_state *state = NULL;

	memset(report, 0, sizeof(*report));
	*status = CMD_USAGE;
	if (w && snap && snap->nzones <= 256) {
		w->age = age;
		w->policy = policy;
		w->mm = mm;
		w->machine = machine;
		w->snap = snap;
		trace_gen_math_init(&w->draw, seed);
		if (age_zones(w, report, text, size))
			state = take_state(w);
	}
	if (!w || !snap || w->failed) {
		*status = CMD_SYSTEM;
		snprintf(text, size, "out of memory");
	}
	for (unsigned z = 0; w && z < 256; z++)
		free(w->blocks[z]);
	if (snap)
		mm_snapshot_free(snap);
	free(w);
	return state;
}
