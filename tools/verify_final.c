/* The model's state after the last event against the recorded one: lists member by member, in
 * their order, pageblock types, counters with their per-cpu parts. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/verify.h"

#define ORDERS 11
#define TYPES 6
#define PCP_LISTS 3
#define BLOCK_FRAMES 512u
#define TYPE_UNKNOWN 0xff

/* One list, as recorded: indices into the state, in its order. */
struct list {
	uint32_t *at;
	size_t n, cap;
};

struct final {
	struct verify *v;
	const struct trace_state *state;
	const struct trace_end *end;
	/* While one list is compared: */
	struct list list;
	size_t next;
	enum verify_end kind;
	char where[64];
};

static void differ(struct final *f, enum verify_end kind, const char *where,
		   const char *expected, const char *got)
{
	struct verify *v = f->v;

	v->end_differs[kind]++;
	if (v->nend_shown < VERIFY_SHOWN) {
		struct verify_difference *d = &v->end_shown[v->nend_shown++];

		snprintf(d->what, sizeof(d->what), "%s", where);
		snprintf(d->expected, sizeof(d->expected), "%s", expected);
		snprintf(d->got, sizeof(d->got), "%s", got);
	}
}

static void compare_number(struct final *f, enum verify_end kind, const char *where,
			   const char *what, int64_t expected, int64_t got)
{
	char a[VERIFY_TEXT], b[VERIFY_TEXT];

	f->v->end_compared[kind]++;
	if (expected == got)
		return;
	snprintf(a, sizeof(a), "%s %" PRId64, what, expected);
	snprintf(b, sizeof(b), "%s %" PRId64, what, got);
	differ(f, kind, where, a, b);
}

/* ---- lists ------------------------------------------------------------------------------ */

static bool add(struct final *f, size_t index)
{
	struct list *l = &f->list;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 256;
		uint32_t *at = realloc(l->at, cap * sizeof(*at));

		if (!at)
			return verify_fail(f->v, CMD_SYSTEM, "out of memory");
		l->at = at;
		l->cap = cap;
	}
	l->at[l->n++] = (uint32_t)index;
	return true;
}

static void member_text(char out[VERIFY_TEXT], const struct final *f, size_t i)
{
	if (i >= f->list.n)
		snprintf(out, VERIFY_TEXT, "the end of the list");
	else if (f->kind == VERIFY_END_FREE)
		snprintf(out, VERIFY_TEXT, "%" PRIu64, f->state->free[f->list.at[i]].pfn);
	else
		snprintf(out, VERIFY_TEXT, "%" PRIu64 " of type %u",
			 f->state->pcp[f->list.at[i]].pfn, f->state->pcp[f->list.at[i]].type);
}

static bool visit(void *ctx, uint64_t frame, unsigned type)
{
	struct final *f = ctx;
	char a[VERIFY_TEXT], b[VERIFY_TEXT];

	f->v->end_compared[f->kind]++;
	member_text(a, f, f->next++);
	if (f->kind == VERIFY_END_FREE)
		snprintf(b, sizeof(b), "%" PRIu64, frame);
	else
		snprintf(b, sizeof(b), "%" PRIu64 " of type %u", frame, type);
	if (strcmp(a, b) != 0)
		differ(f, f->kind, f->where, a, b);
	return true;
}

/* Members that the model's list does not have. */
static void finish_list(struct final *f)
{
	char a[VERIFY_TEXT];

	for (; f->next < f->list.n; f->next++) {
		f->v->end_compared[f->kind]++;
		member_text(a, f, f->next);
		differ(f, f->kind, f->where, a, "the end of the list");
	}
}

static bool in_zone(const struct trace_zone *z, uint64_t pfn)
{
	return pfn >= z->start && pfn < z->end;
}

static bool compare_free(struct final *f, unsigned zone, unsigned order, unsigned type)
{
	const struct trace_zone *z = &f->v->header->zones[zone];

	f->kind = VERIFY_END_FREE;
	f->list.n = f->next = 0;
	snprintf(f->where, sizeof(f->where), "node %u %s, order %u, type %u", z->nid, z->name,
		 order, type);
	for (uint64_t i = 0; i < f->state->nfree; i++)
		if (f->state->free[i].order == order && f->state->free[i].type == type &&
		    in_zone(z, f->state->free[i].pfn) && !add(f, i))
			return false;
	mm412_probe_guided_list(f->v->mm, f->v->zone[zone], order, type, visit, f);
	finish_list(f);
	return true;
}

static bool compare_pcp(struct final *f, unsigned zone, unsigned cpu, unsigned list)
{
	const struct trace_zone *z = &f->v->header->zones[zone];

	f->kind = VERIFY_END_PCP;
	f->list.n = f->next = 0;
	snprintf(f->where, sizeof(f->where), "node %u %s, CPU %u, list %u", z->nid, z->name,
		 cpu, list);
	for (uint64_t i = 0; i < f->state->npcp; i++) {
		const struct trace_pcp *p = &f->state->pcp[i];
		unsigned on = p->type < PCP_LISTS ? p->type : 1;

		if (p->cpu == cpu && on == list && in_zone(z, p->pfn) && !add(f, i))
			return false;
	}
	mm412_probe_guided_pcp(f->v->mm, f->v->zone[zone], cpu, list, false, visit, f);
	finish_list(f);
	return true;
}

/* ---- the rest --------------------------------------------------------------------------- */

static void compare_types(struct final *f, const struct trace_zone *z)
{
	for (uint64_t b = z->start / BLOCK_FRAMES; b * BLOCK_FRAMES < z->end; b++) {
		uint64_t pfn = b * BLOCK_FRAMES < z->start ? z->start : b * BLOCK_FRAMES;
		char where[64];

		if (b >= f->state->nblocks || f->state->block_type[b] == TYPE_UNKNOWN)
			continue;
		snprintf(where, sizeof(where), "pageblock of %" PRIu64, pfn);
		compare_number(f, VERIFY_END_TYPE, where, "type", f->state->block_type[b],
			       mm412_probe_guided_block_type(f->v->mm, pfn));
	}
}

static void compare_counters(struct final *f, unsigned zone)
{
	const struct trace_zone *z = &f->v->header->zones[zone];
	const struct trace_zone_counters *c = &f->end->end[zone].counters;
	struct mm412_probe_guided_counters got;
	struct mm412_probe_zone limits;
	char where[64];

	snprintf(where, sizeof(where), "node %u %s", z->nid, z->name);
	mm412_probe_guided_get(f->v->mm, f->v->zone[zone], &got);
	mm412_probe_zone(f->v->mm, z->nid, z->name, &limits);
	compare_number(f, VERIFY_END_COUNTER, where, "free", c->free, got.free);
	compare_number(f, VERIFY_END_COUNTER, where, "highatomic", (int64_t)c->highatomic,
		       (int64_t)got.highatomic);
	compare_number(f, VERIFY_END_COUNTER, where, "managed", (int64_t)z->managed,
		       (int64_t)limits.managed);
	for (unsigned cpu = 0; cpu < c->ncpus; cpu++) {
		int diff, threshold;

		snprintf(where, sizeof(where), "node %u %s, CPU %u", z->nid, z->name, cpu);
		mm412_probe_guided_get_cpu(f->v->mm, f->v->zone[zone], cpu, &diff, &threshold);
		compare_number(f, VERIFY_END_PART, where, "free_diff", c->cpus[cpu].free_diff,
			       diff);
		compare_number(f, VERIFY_END_PART, where, "stat_threshold",
			       c->cpus[cpu].stat_threshold, threshold);
		compare_number(f, VERIFY_END_PART, where, "high", c->cpus[cpu].high,
			       limits.pcp_high);
		compare_number(f, VERIFY_END_PART, where, "batch", c->cpus[cpu].batch,
			       limits.pcp_batch);
	}
}

static bool compare_zone(struct final *f, unsigned zone)
{
	for (unsigned type = 0; type < TYPES; type++)
		for (unsigned order = 0; order < ORDERS; order++)
			if (!compare_free(f, zone, order, type))
				return false;
	for (unsigned cpu = 0; cpu < f->v->header->cpus; cpu++)
		for (unsigned list = 0; list < PCP_LISTS; list++)
			if (!compare_pcp(f, zone, cpu, list))
				return false;
	compare_types(f, &f->v->header->zones[zone]);
	compare_counters(f, zone);
	return true;
}

bool verify_final(struct verify *v)
{
	struct trace_error err;
	struct final f = { .v = v };
	bool ok = true;

	f.state = trace_reader_final(v->reader, &err);
	f.end = f.state ? trace_reader_end(v->reader, &err) : NULL;
	if (!f.end)
		return verify_fail(v, CMD_BAD_DATA, "%s", err.text);
	for (unsigned i = 0; ok && i < v->header->nzones; i++)
		ok = compare_zone(&f, i);
	free(f.list.at);
	return ok;
}
