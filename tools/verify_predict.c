/*
 * Predictions: requests and frees of a recording, and nothing else. From the first page that is
 * another than the recorded one on the model goes its own way: a free frees the page that the
 * model gave, whatever the recorded one was.
 *
 * CPUs race for a zone's lock, and nothing that is modelled decides who gets it first. So a
 * request that had to refill a list, and a free that had to drain one, run when they held the
 * lock in the recording, which may be a few events before or after they say so.
 */
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412_policy.h"
#include "tools/cmd.h"
#include "tools/verify.h"

#define ORDERS 11
#define TYPES 6
#define BLOCK_FRAMES 512u
#define TYPE_UNKNOWN 0xff

struct predict {
	struct verify *v;
	struct verify_hits *hits;
	uint64_t *frame;   /* of each object in the model, MM_NO_FRAME = none */
	uint8_t *order;    /* ... and its order */
	bool *pressure;    /* [nodes] */
	uint32_t *waiting; /* [cpus]: a free of order 0 whose drain has not begun */
	const struct verify_item *given; /* what decisions have to be given; NULL = nothing */
	uint64_t full;                   /* nodes over their dirty limit, a bit each */
};

static bool is_served(const struct predict *p, int64_t object)
{
	return p->frame[object] != MM_NO_FRAME;
}

static void note(struct predict *p, const struct verify_item *item, uint64_t got)
{
	struct verify_hits *h = p->hits;

	h->requests++;
	if (got == MM_NO_FRAME) {
		h->refused++;
	} else if (got == item->pfn) {
		h->frames++;
		h->zones++;
		return;
	} else {
		h->zones += mm412_probe_guided_zone_of(p->v->mm, got) ==
			    mm412_probe_guided_zone_of(p->v->mm, item->pfn);
	}
	if (h->first_miss)
		return;
	h->first_miss = item->time;
	h->first_expected = item->pfn;
	h->first_got = got;
}

/* The zone that is given, or left over by the dirty limits that are; else NO_ZONE. */
static uint32_t given_zone(struct predict *p, const struct verify_item *item)
{
	const struct verify_item *given = p->given ? &p->given[item - p->v->items] : NULL;
	uint32_t gfp = p->v->gfp[item->gfp];

	if (!given)
		return MM412_PROBE_GUIDED_NO_ZONE;
	p->full ^= given->turns;
	if (given->raced)
		return mm412_probe_guided_zone_of(p->v->mm, item->pfn);
	if (!p->full || !mm412_probe_guided_writes(gfp))
		return MM412_PROBE_GUIDED_NO_ZONE;
	return mm412_probe_guided_choose(p->v->mm, &p->v->cpus[item->cpu],
					 (unsigned)item->value[2], gfp, item->order, p->full);
}

static uint64_t ask(struct predict *p, const struct verify_item *item)
{
	uint32_t zone = given_zone(p, item);
	struct mm_request rq = { .gfp = p->v->gfp[item->gfp],
				 .order = item->order,
				 .node = (uint8_t)item->value[2] };

	if (zone != MM412_PROBE_GUIDED_NO_ZONE)
		return mm412_probe_guided_take(p->v->mm, &p->v->cpus[item->cpu], zone, rq.gfp,
					       rq.order, false);
	return mm412_policy.alloc_try(p->v->mm, &p->v->cpus[item->cpu], rq).frame;
}

static void request(struct predict *p, const struct verify_item *item)
{
	uint64_t got = ask(p, item);

	if (item->kind == VERIFY_FAILED) {
		p->hits->served += got != MM_NO_FRAME;
		/* Nobody would ever free it. */
		if (got != MM_NO_FRAME)
			mm412_policy.free(p->v->mm, &p->v->cpus[item->cpu], got, item->order,
					  false);
		return;
	}
	p->frame[item->value[0]] = got;
	p->order[item->value[0]] = item->order;
	if (item->kind == VERIFY_ALLOC)
		note(p, item, got);
}

static void release(struct predict *p, const struct verify_item *item)
{
	uint64_t frame = p->frame[item->value[0]];

	if (frame == MM_NO_FRAME)
		return;
	frame += (uint64_t)item->value[1];
	if (!mm412_probe_guided_claim(p->v->mm, frame, item->order))
		return;
	mm412_policy.free(p->v->mm, &p->v->cpus[item->cpu], frame, item->order, item->cold);
}

/* Only whole objects: a part that was split off keeps its use. */
static void to_lru(struct predict *p, const struct verify_item *item)
{
	uint64_t frame = p->frame[item->value[0]];
	unsigned order = p->order[item->value[0]];

	if (is_served(p, item->value[0]) && mm412_probe_in_use(p->v->mm, frame, order))
		mm412_policy.note_use(p->v->mm, frame, order, MM_USE_LRU);
}

/* A drain that no free made: by the vmstat worker, or because reclaim wanted it. */
static void drain_alone(struct predict *p, const struct verify_item *item)
{
	uint32_t zone = verify_zone(p->v, item->value[0], item->order), have;

	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		return;
	have = mm412_probe_guided_pcp_count(p->v->mm, zone, item->cpu);
	if (item->value[1] > 0 && have)
		mm412_probe_guided_drain(p->v->mm, &p->v->cpus[item->cpu], zone,
					 item->value[1] < have ? (uint32_t)item->value[1]
							       : have);
}

/* The first drained page, or whatever comes instead: the free runs now. */
static void end_wait(struct predict *p, unsigned cpu)
{
	uint32_t at = p->waiting[cpu];

	p->waiting[cpu] = VERIFY_NONE;
	if (at != VERIFY_NONE)
		release(p, &p->v->items[at]);
}

/* Whether the CPU's next drain is of the list that the page went to: the vmstat worker drains
 * others. */
static bool drains(const struct predict *p, const struct verify_item *item)
{
	const struct verify_item *next =
		item->next == VERIFY_NONE ? NULL : &p->v->items[item->next];

	return item->order == 0 && next && next->kind == TRACE_STEP_BULK &&
	       verify_zone(p->v, next->value[0], next->order) ==
		       mm412_probe_guided_zone_of(p->v->mm, item->pfn);
}

static void release_or_wait(struct predict *p, uint32_t at)
{
	const struct verify_item *item = &p->v->items[at];

	if (drains(p, item))
		p->waiting[item->cpu] = at;
	else
		release(p, item);
}

/* The request behind the steps from `at` on runs where they begin. */
static void request_of(struct predict *p, uint32_t at)
{
	struct verify_item *items = p->v->items;

	for (; at != VERIFY_NONE && verify_item_of_request(&items[at]); at = items[at].next)
		items[at].done = true;
	if (at == VERIFY_NONE || items[at].kind != VERIFY_ALLOC || items[at].done)
		return;
	items[at].done = true;
	request(p, &items[at]);
}

static void fold(struct predict *p, const struct verify_item *item)
{
	uint32_t zone = verify_zone(p->v, item->value[0], item->order);

	if (item->type == 1 && zone != MM412_PROBE_GUIDED_NO_ZONE)
		mm412_probe_guided_fold(p->v->mm, &p->v->cpus[item->cpu], zone);
}

static void threshold(struct predict *p, const struct verify_item *item)
{
	uint32_t zone = verify_zone(p->v, item->value[0], item->order);
	int diff, now;

	if (zone == MM412_PROBE_GUIDED_NO_ZONE)
		return;
	mm412_probe_guided_get_cpu(p->v->mm, zone, 0, &diff, &now);
	if (now == item->value[1])
		return;
	p->pressure[item->value[0]] = !p->pressure[item->value[0]];
	mm412_probe_guided_pressure(p->v->mm, (unsigned)item->value[0],
				    p->pressure[item->value[0]]);
}

static void one(struct predict *p, uint32_t at)
{
	const struct verify_item *item = &p->v->items[at];

	switch (item->kind) {
	case VERIFY_ALLOC:
	case VERIFY_FAILED:
	case VERIFY_ISOLATED:
		request(p, item);
		break;
	case VERIFY_RELEASE:
		release_or_wait(p, at);
		break;
	case VERIFY_LRU:
		to_lru(p, item);
		break;
	case TRACE_STEP_BULK:
		if (p->waiting[item->cpu] == VERIFY_NONE)
			drain_alone(p, item);
		break;
	case TRACE_STEP_DRAIN:
		end_wait(p, item->cpu);
		break;
	case TRACE_STEP_FOLD:
		fold(p, item);
		break;
	case TRACE_STEP_THRESHOLD:
		threshold(p, item);
		break;
	default:
		if (verify_item_of_request(item))
			request_of(p, at);
		break;
	}
}

/* ---- the end ---------------------------------------------------------------------------- */

/* Frames on the model's free lists, a bit each. */
struct free_map {
	const struct verify *v;
	uint64_t first, frames;
	uint8_t *is_free;
	uint64_t blocks[ORDERS];
};

static void mark(void *ctx, uint64_t frame, unsigned order)
{
	struct free_map *m = ctx;

	m->blocks[order]++;
	for (uint64_t f = frame; f < frame + (UINT64_C(1) << order); f++)
		if (f >= m->first && f - m->first < m->frames)
			m->is_free[f - m->first] = 1;
}

static void compare_frames(struct verify_hits *h, const struct trace_state *s,
			   struct free_map *m)
{
	int64_t off[ORDERS];

	for (unsigned o = 0; o < ORDERS; o++)
		off[o] = (int64_t)m->blocks[o];
	for (uint64_t i = 0; i < s->nfree; i++) {
		uint64_t size = UINT64_C(1) << s->free[i].order;

		off[s->free[i].order]--;
		h->blocks++;
		h->free_frames += size;
		for (uint64_t f = s->free[i].pfn; f < s->free[i].pfn + size; f++)
			h->free_elsewhere += f < m->first || f - m->first >= m->frames ||
					     !m->is_free[f - m->first];
	}
	for (unsigned o = 0; o < ORDERS; o++)
		h->blocks_off += (uint64_t)(off[o] < 0 ? -off[o] : off[o]);
}

static void compare_types(struct predict *p, const struct trace_state *s)
{
	for (unsigned i = 0; i < p->v->header->nzones; i++) {
		const struct trace_zone *z = &p->v->header->zones[i];

		for (uint64_t b = z->start / BLOCK_FRAMES; b * BLOCK_FRAMES < z->end; b++) {
			uint64_t pfn =
				b * BLOCK_FRAMES < z->start ? z->start : b * BLOCK_FRAMES;

			if (b >= s->nblocks || s->block_type[b] == TYPE_UNKNOWN)
				continue;
			p->hits->types++;
			p->hits->types_off += mm412_probe_guided_block_type(p->v->mm, pfn) !=
					      s->block_type[b];
		}
	}
}

static bool compare_end(struct predict *p)
{
	struct trace_error err;
	const struct trace_state *s = trace_reader_final(p->v->reader, &err);
	struct free_map m = { .v = p->v, .first = UINT64_MAX };
	uint64_t end = 0;

	if (!s)
		return verify_fail(p->v, CMD_BAD_DATA, "%s", err.text);
	for (unsigned i = 0; i < p->v->header->nzones; i++) {
		const struct trace_zone *z = &p->v->header->zones[i];

		m.first = z->start < m.first ? z->start : m.first;
		end = z->end > end ? z->end : end;
	}
	m.frames = end - m.first;
	m.is_free = calloc(m.frames + 1, 1);
	if (!m.is_free)
		return verify_fail(p->v, CMD_SYSTEM, "out of memory");
	mm412_policy.each_free(p->v->mm, false, mark, &m);
	compare_frames(p->hits, s, &m);
	compare_types(p, s);
	free(m.is_free);
	return true;
}

/* ---- all -------------------------------------------------------------------------------- */

/* Objects of the start state are numbered first, ascending. */
static bool start_objects(struct predict *p)
{
	struct trace_error err;
	const struct trace_state *s = trace_reader_state(p->v->reader, &err);
	uint64_t n = 0;

	if (!s)
		return verify_fail(p->v, CMD_BAD_DATA, "%s", err.text);
	for (uint64_t i = 0; i < s->nused && n < p->v->objects; i++) {
		if (s->used[i].use & TRACE_USE_PINNED)
			continue;
		p->frame[n] = s->used[i].pfn;
		p->order[n++] = s->used[i].order;
	}
	return true;
}

static bool prepare(struct predict *p)
{
	const struct verify *v = p->v;

	p->frame = malloc((v->objects + 1) * sizeof(*p->frame));
	p->order = calloc(v->objects + 1, sizeof(*p->order));
	p->pressure = calloc(v->header->nodes, sizeof(*p->pressure));
	p->waiting = malloc(v->header->cpus * sizeof(*p->waiting));
	if (!p->frame || !p->order || !p->pressure || !p->waiting)
		return verify_fail(p->v, CMD_SYSTEM, "out of memory");
	for (unsigned c = 0; c < v->header->cpus; c++)
		p->waiting[c] = VERIFY_NONE;
	for (uint64_t i = 0; i < v->objects; i++)
		p->frame[i] = MM_NO_FRAME;
	/* Reclaim's frees are in the recording: the request goes on behind them. */
	mm412_probe_reclaim_mode(p->v->mm, MM412_PROBE_PROGRESS);
	return start_objects(p);
}

bool verify_predict(struct verify *v, const struct verify *decisions, struct verify_hits *hits)
{
	struct predict p = { .v = v,
			     .hits = hits,
			     .given = decisions ? decisions->items : NULL };
	bool ok = prepare(&p);

	*hits = (struct verify_hits){ 0 };
	for (uint32_t i = 0; ok && i < v->nitems; i++)
		if (!v->items[i].done)
			one(&p, i);
	for (unsigned c = 0; ok && c < v->header->cpus; c++)
		end_wait(&p, c);
	ok = ok && compare_end(&p);
	free(p.frame);
	free(p.order);
	free(p.pressure);
	free(p.waiting);
	return ok;
}
