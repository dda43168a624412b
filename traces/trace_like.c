#include "traces/trace_like.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

#define MOST_WEIGHT 1000000
#define NEVER_NS (UINT64_C(86400) * 1000000000)
#define NEVER_ALLOCS (UINT64_C(1) << 40)
#define LEAST_PAGES 4096 /* of live_max */
#define LEAST_RESTS 32   /* of a kind, to tell bursts from chance */
#define IN_PHASES 64     /* requests in a life from which on it is cut into phases */

/* Where a base's requests go in the profile. */
struct fit {
	const struct trace_like_measure *m;
	struct trace_profile *p;
	unsigned timed[TRACE_LIKE_BASES], with_task[TRACE_LIKE_BASES];
};

/* Weights of up to MOST_WEIGHT in all; what is not 0 stays so. */
static uint32_t weight(uint64_t count, uint64_t sum)
{
	uint64_t w = sum <= MOST_WEIGHT ? count : (uint64_t)((wide)count * MOST_WEIGHT / sum);

	return count && !w ? 1 : (uint32_t)w;
}

/* ---- kinds of memory ------------------------------------------------------------------- */

/* "03-highuser_movable-task": number and first word of the set. */
static void name_class(struct trace_class *c, unsigned base, const char *gfp)
{
	const char *word = strncmp(gfp, "__GFP_", 6) == 0 ? gfp + 6
			   : strncmp(gfp, "GFP_", 4) == 0 ? gfp + 4
							  : gfp;
	size_t n = (size_t)snprintf(c->name, sizeof(c->name), "%02u-", base);

	for (; isalnum((unsigned char)*word) || *word == '_'; word++)
		if (n < 24)
			c->name[n++] = (char)tolower((unsigned char)*word);
	snprintf(c->name + n, sizeof(c->name) - n, "%s", c->with_task ? "-task" : "");
}

static unsigned add_class(struct fit *f, unsigned base, bool with_task)
{
	const struct trace_like_base *b = &f->m->bases[base];
	struct trace_class *c = &f->p->classes[f->p->nclasses];

	c->with_task = with_task;
	c->flags = b->flags;
	c->remote_milli = (uint32_t)(b->other_node * 1000 / b->requests);
	memcpy(c->gfp, b->gfp, sizeof(c->gfp));
	name_class(c, base, b->gfp);
	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		c->order_weight[o] = weight(b->orders[o], b->requests);
	if (!with_task)
		trace_like_hist_draw(&b->timed, NEVER_NS, &c->lifetime);
	return f->p->nclasses++;
}

static void fit_classes(struct fit *f)
{
	for (unsigned b = 0; b < f->m->nbases; b++) {
		uint64_t with = 0, without = 0;

		for (unsigned k = 0; k < f->m->nkinds; k++) {
			with += f->m->kinds[k].with_task[b];
			without += f->m->kinds[k].without[b];
		}
		f->timed[b] = f->with_task[b] = TRACE_PROFILE_CLASSES;
		if (without || !with || f->m->bases[b].timed.nlonger)
			f->timed[b] = add_class(f, b, false);
		if (with)
			f->with_task[b] = add_class(f, b, true);
	}
}

/* ---- kinds of tasks -------------------------------------------------------------------- */

static void fit_mix(const struct fit *f, const struct trace_like_kind *k, const uint64_t *count,
		    uint32_t *out)
{
	uint64_t sum = 0;

	for (unsigned b = 0; b < f->m->nbases; b++)
		sum += count[b];
	for (unsigned b = 0; b < f->m->nbases; b++) {
		uint64_t known = k->with_task[b] + k->without[b], n = count[b];
		uint64_t with = known ? (uint64_t)((wide)n * k->with_task[b] / known) : 0;

		if (f->with_task[b] == TRACE_PROFILE_CLASSES)
			with = 0;
		else if (f->timed[b] == TRACE_PROFILE_CLASSES)
			with = n;
		if (n - with)
			out[f->timed[b]] = weight(n - with, sum);
		if (with)
			out[f->with_task[b]] = weight(with, sum);
	}
}

static bool has_any(const uint64_t *count)
{
	for (unsigned b = 0; b < TRACE_LIKE_BASES; b++)
		if (count[b])
			return true;
	return false;
}

/* Short lives have one phase: there would be nothing in most of them. */
static void fit_phases(const struct fit *f, const struct trace_like_kind *k,
		       struct trace_task_kind *t)
{
	uint64_t all[TRACE_LIKE_BASES] = { 0 };

	for (unsigned i = 0; i < TRACE_LIKE_PHASES; i++)
		for (unsigned b = 0; b < TRACE_LIKE_BASES; b++)
			all[b] += k->mix[i][b];
	t->nphases = k->allocs / k->tasks < IN_PHASES ? 1 : TRACE_LIKE_PHASES;
	for (unsigned i = 0; i < t->nphases; i++) {
		t->phases[i].share_milli = 1000 / t->nphases;
		fit_mix(f, k, t->nphases == 1 || !has_any(k->mix[i]) ? all : k->mix[i],
			t->phases[i].weight);
	}
}

/* As many at a time as lived on average, and the time that is left between them. */
static void fit_starts(const struct trace_like_measure *m, const struct trace_like_kind *k,
		       struct trace_task_kind *t)
{
	uint64_t span = m->span ? m->span : 1, alive = (k->lived + span - 1) / span, rest;

	if (!k->whole) { /* there all the time: once through, in a trace as long as this */
		t->alive = k->tasks;
		t->wave = span < NEVER_NS ? span : NEVER_NS;
		trace_like_hist_draw(&k->starts, NEVER_NS, &t->pause);
		return;
	}
	t->alive = (uint32_t)(alive ? alive : 1);
	rest = (t->alive * span - k->lived) / k->tasks;
	t->pause = (struct trace_draw){ .kind = TRACE_DRAW_EXPONENTIAL,
					.a = !rest             ? 1
					     : rest < NEVER_NS ? rest
							       : NEVER_NS };
}

/* Gaps one by one would spread evenly what comes in bursts. */
static void fit_gaps(const struct trace_like_kind *k, struct trace_task_kind *t)
{
	if (k->rests.nseen >= LEAST_RESTS && k->short_gaps.nseen) {
		trace_like_hist_draw(&k->short_gaps, NEVER_NS, &t->gap);
		trace_like_hist_draw(&k->rests, NEVER_NS, &t->rest);
		trace_like_hist_draw(&k->bursts, NEVER_ALLOCS, &t->burst);
	} else if (k->gaps.nseen) {
		trace_like_hist_draw(&k->gaps, NEVER_NS, &t->gap);
	} else {
		t->gap = (struct trace_draw){ .kind = TRACE_DRAW_CONSTANT, .a = 1000 };
	}
}

/* 1 + the node on which nine of ten requests are made; 0 = there is none, or no other. */
static uint32_t home_of(const struct trace_like_measure *m, const struct trace_like_kind *k)
{
	for (unsigned n = 0; m->nodes > 1 && n < m->nodes && n < 256; n++)
		if (k->on_node[n] >= k->allocs / 10 * 9 + 1)
			return n + 1;
	return 0;
}

static void fit_task(struct fit *f, const struct trace_like_kind *k)
{
	struct trace_task_kind *t = &f->p->tasks[f->p->ntasks++];

	/* A command's name may be anything; a profile is text. */
	for (size_t i = 0; k->name[i]; i++)
		t->name[i] = isprint((unsigned char)k->name[i]) && k->name[i] != '"' &&
					     k->name[i] != '\\'
				     ? k->name[i]
				     : '_';
	/* If some ended, none is taken to go on for ever. */
	trace_like_hist_draw(&k->allocations,
			     !k->allocations.nseen ? NEVER_ALLOCS
			     : k->allocations.longest > k->allocations.most
				     ? k->allocations.longest
				     : k->allocations.most,
			     &t->allocations);
	t->home = home_of(f->m, k);
	fit_gaps(k, t);
	fit_starts(f->m, k, t);
	fit_phases(f, k, t);
}

/* The kind that started most of its tasks, or nkinds. */
static unsigned parent_of(const struct trace_like_measure *m, unsigned kind)
{
	const uint32_t *parents = m->kinds[kind].parents;
	unsigned most = m->nkinds;

	for (unsigned k = 0; k < m->nkinds; k++)
		if (parents[k] && (most == m->nkinds || parents[k] > parents[most]))
			most = k;
	return most;
}

/* A kind whose name another one has already could not be told from it as a parent. */
static uint32_t in_profile(const struct trace_profile *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(p->tasks[i].name, p->tasks[n].name) == 0)
			return i + 1;
	return n + 1;
}

/* A profile names parents before their children. Where kinds start one another in a circle,
 * the busiest is taken to have no parent. */
static void fit_tasks(struct fit *f)
{
	const struct trace_like_measure *m = f->m;
	unsigned place[TRACE_LIKE_KINDS + 1] = { 0 }; /* in the profile, + 1 */
	bool circle = false;

	for (;;) {
		unsigned before = f->p->ntasks, left = 0;

		for (unsigned k = 0; k < m->nkinds; k++) {
			unsigned parent = parent_of(m, k);
			bool known = parent == m->nkinds || parent == k || place[parent];

			if (!m->kinds[k].tasks || place[k])
				continue;
			left++;
			if (!known && !circle)
				continue;
			circle = false;
			fit_task(f, &m->kinds[k]);
			place[k] = f->p->ntasks;
			if (place[parent])
				f->p->tasks[place[k] - 1].parent =
					in_profile(f->p, place[parent] - 1);
		}
		if (!left)
			return;
		circle = f->p->ntasks == before;
	}
}

/* ---- the whole ------------------------------------------------------------------------- */

static void fit(const struct trace_like_measure *m, struct trace_profile *p, uint64_t *events)
{
	struct fit f = { .m = m, .p = p };
	uint64_t tasks = 0;

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "like %s", m->name);
	for (char *c = p->name; *c; c++)
		if (!isprint((unsigned char)*c) || *c == '"' || *c == '\\')
			*c = '_';
	p->cpus = m->cpus;
	p->nodes = m->nodes < m->cpus ? m->nodes : m->cpus;
	/* So much room that nothing is ever thrown out to make some. */
	p->live_max = 4 * m->most_live > LEAST_PAGES ? 4 * m->most_live : LEAST_PAGES;
	fit_classes(&f);
	for (unsigned k = 0; k < m->nkinds; k++)
		tasks += m->kinds[k].tasks;
	fit_tasks(&f);
	*events = m->requests + m->frees + 2 * tasks;
}

bool trace_like_fit(const char *path, struct trace_profile *p, uint64_t *events,
		    trace_watch *watch, void *ctx, struct trace_error *err)
{
	struct trace_like_measure *m = calloc(1, sizeof(*m));
	bool ok;

	if (!m)
		return trace_error_memory(err);
	ok = trace_like_measure(path, 0, m, watch, ctx, err) &&
	     (m->requests || trace_error_data(err, "%s: no requests to imitate", path));
	if (ok)
		fit(m, p, events);
	trace_like_measure_free(m);
	free(m);
	return ok;
}
