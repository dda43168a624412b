/*
 * The ready profiles of synthetic traces: what they make is counted here event by event, by
 * gfp set, command name and parent, and held against what the YAML says, with bounds of five
 * standard deviations. The distributions are written down once more, with libm.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit.h"
#include "tools/profile_yaml.h"
#include "traces/trace.h"

#define EVENTS 400000
#define NONE UINT32_MAX

static const char *const names[] = { "web-server", "database",   "network",
				     "fork-storm", "page-cache", "fragmenter" };
static char path[64];
static struct trace_error err;

/* A trace in memory, with what its profile says about each event. */
struct made {
	struct trace_profile *p;
	struct trace_event *e;
	uint64_t n, nobjects;
	uint64_t *born,
		*died;  /* number of the event, by object; 0 = never (event 0 is a start) */
	uint8_t *class; /* by object */
	uint32_t ntasks;
	uint8_t *kind;    /* by task; ntasks of the profile = none of them */
	uint64_t *allocs; /* by task, those at its start left out */
	bool *exited;
};

static int name_file(void)
{
	snprintf(path, sizeof(path), "/tmp/pagesim-profiles-%ld", (long)getpid());
	return 0;
}

static int remove_file(void)
{
	unlink(path);
	return 0;
}

/* ---- a trace and what it is made of ------------------------------------------------------ */

static unsigned class_of(const struct trace_profile *p, const char *gfp)
{
	unsigned c = 0;

	while (c < p->nclasses && strcmp(p->classes[c].gfp, gfp) != 0)
		c++;
	return c;
}

static unsigned kind_of(const struct trace_profile *p, const char *comm)
{
	unsigned k = 0;

	while (k < p->ntasks && strcmp(p->tasks[k].name, comm) != 0)
		k++;
	return k;
}

static uint64_t at_start(const struct trace_task_kind *t)
{
	uint64_t sum = 0;

	for (unsigned c = 0; c < TRACE_PROFILE_CLASSES; c++)
		sum += t->at_start[c];
	return sum;
}

static void note(struct made *m, const struct trace_reader *r, uint64_t i)
{
	const struct trace_event *e = &m->e[i];

	while (m->ntasks <= e->task) {
		m->kind[m->ntasks] =
			(uint8_t)kind_of(m->p, trace_reader_task(r, m->ntasks)->comm);
		m->ntasks++;
	}
	if (e->kind == TRACE_ALLOC) {
		m->born[e->object] = i;
		m->class[e->object] = (uint8_t)class_of(m->p, trace_reader_gfp(r, e->gfp));
		m->allocs[e->task]++;
		m->nobjects++;
	} else if (e->kind == TRACE_FREE) {
		m->died[e->object] = i;
	} else if (e->kind == TRACE_TASK_EXIT) {
		m->exited[e->task] = true;
	}
}

static struct made make(const char *name, uint64_t seed)
{
	struct made m = { 0 };
	struct conf_error why;
	struct trace_totals totals;
	struct trace_reader *r;
	char yaml[64];
	long n;

	snprintf(yaml, sizeof(yaml), "configs/profiles/%s.yaml", name);
	m.p = profile_yaml_load(yaml, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m.p);
	CU_ASSERT_FATAL(trace_generate(m.p, EVENTS, seed, path, 1, NULL, NULL, &err));
	CU_ASSERT(trace_check(path, NULL, &totals, &err));
	CU_ASSERT_EQUAL(totals.events, EVENTS);
	m.e = calloc(EVENTS, sizeof(*m.e));
	m.born = calloc(EVENTS, sizeof(*m.born));
	m.died = calloc(EVENTS, sizeof(*m.died));
	m.class = calloc(EVENTS, 1);
	m.kind = calloc(EVENTS, 1);
	m.allocs = calloc(EVENTS, sizeof(*m.allocs));
	m.exited = calloc(EVENTS, sizeof(*m.exited));
	r = trace_reader_open(path, &err);
	CU_ASSERT_FATAL(r && m.e && m.born && m.died && m.class && m.kind && m.allocs &&
			m.exited);
	while ((n = trace_reader_next(r, m.e + m.n, EVENTS - m.n, &err)) > 0)
		for (long i = 0; i < n; i++)
			note(&m, r, m.n++);
	CU_ASSERT_EQUAL_FATAL(m.n, EVENTS);
	trace_reader_close(r);
	for (uint32_t t = 0; t < m.ntasks; t++)
		if (m.kind[t] < m.p->ntasks) {
			uint64_t setup = at_start(&m.p->tasks[m.kind[t]]);

			m.allocs[t] -= m.allocs[t] < setup ? m.allocs[t] : setup;
		}
	return m;
}

static void drop(struct made *m)
{
	free(m->p);
	free(m->e);
	free(m->born);
	free(m->died);
	free(m->class);
	free(m->kind);
	free(m->allocs);
	free(m->exited);
}

/* `got` of n, where each of them had this probability. */
static bool likely(double got, double n, double probability)
{
	return fabs(got - n * probability) <= 5 * sqrt(n * probability * (1 - probability)) + 3;
}

static double share(uint64_t part, uint64_t all)
{
	return (double)part / (double)all;
}

/* ---- kinds of memory --------------------------------------------------------------------- */

static void orders_are_as_the_profile_weighs_them(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 1);
		uint64_t count[TRACE_PROFILE_CLASSES][TRACE_ORDERS] = { { 0 } };
		uint64_t all[TRACE_PROFILE_CLASSES] = { 0 };

		for (uint64_t o = 0; o < m.nobjects; o++) {
			CU_ASSERT_FATAL(m.class[o] < m.p->nclasses);
			count[m.class[o]][m.e[m.born[o]].order]++;
			all[m.class[o]]++;
		}
		for (unsigned c = 0; c < m.p->nclasses; c++) {
			const uint32_t *weight = m.p->classes[c].order_weight;
			uint64_t sum = 0;

			/* The sets of flags tell the classes apart. */
			CU_ASSERT_EQUAL(class_of(m.p, m.p->classes[c].gfp), c);
			CU_ASSERT(all[c] > 0);
			for (unsigned i = 0; i < TRACE_ORDERS; i++)
				sum += weight[i];
			for (unsigned i = 0; i < TRACE_ORDERS; i++)
				CU_ASSERT(likely((double)count[c][i], (double)all[c],
						 share(weight[i], sum)));
		}
		drop(&m);
	}
}

static double exponential_below(double t, uint64_t mean)
{
	return 1 - exp(-t / (double)mean);
}

static double draw_below(const struct trace_draw *d, double t)
{
	double a = (double)d->a, b = (double)d->b, s = d->share_milli / 1000.0;

	switch (d->kind) {
	case TRACE_DRAW_UNIFORM:
		return t <= a ? 0 : t >= b ? 1 : (t - a) / (b - a);
	case TRACE_DRAW_EXPONENTIAL:
		return exponential_below(t, d->a);
	case TRACE_DRAW_PARETO:
		return t < a ? 0 : t >= b ? 1 : 1 - pow(a / t, d->shape_milli / 1000.0);
	case TRACE_DRAW_BIMODAL:
		return s * exponential_below(t, d->a) + (1 - s) * exponential_below(t, d->b);
	default:
		return t >= a;
	}
}

/* Of what was allocated early enough to have reached age t, as much is gone as should be. */
static void check_age(const struct made *m, unsigned c, uint64_t t)
{
	const struct trace_class *class = &m->p->classes[c];
	uint64_t end = m->e[m->n - 1].time, gone = 0, n = 0;

	for (uint64_t o = 0; o < m->nobjects; o++) {
		uint64_t born = m->e[m->born[o]].time;

		if (m->class[o] != c || born + t + 2048 > end)
			continue;
		n++;
		gone += m->died[o] && m->e[m->died[o]].time - born <= t;
	}
	if (n < 100)
		return;
	/* Freed at a tick of 1.024 us, either side. */
	CU_ASSERT((double)gone <= (double)n * draw_below(&class->lifetime, (double)t + 2048) +
					  5 * sqrt((double)n) + 3);
	CU_ASSERT((double)gone >= (double)n * draw_below(&class->lifetime, (double)t - 2048) -
					  5 * sqrt((double)n) - 3);
}

static void memory_lives_as_long_as_the_profile_says(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 2);
		uint64_t span = m.e[m.n - 1].time;

		for (unsigned c = 0; c < m.p->nclasses; c++) {
			if (m.p->classes[c].with_task)
				continue;
			for (uint64_t t = 20000; t < span / 2; t *= 3)
				check_age(&m, c, t);
		}
		drop(&m);
	}
}

static void what_belongs_to_a_task_goes_with_it_and_only_then(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 3);

		for (uint64_t o = 0; o < m.nobjects; o++) {
			uint32_t task = m.e[m.born[o]].task;

			if (!m.p->classes[m.class[o]].with_task)
				continue;
			CU_ASSERT(!m.exited[task] || m.died[o]);
			CU_ASSERT(!m.died[o] || m.e[m.died[o]].task == task);
		}
		drop(&m);
	}
}

static void no_more_is_live_than_the_profile_allows(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 4);
		uint64_t live = 0, most = 0;

		for (uint64_t i = 0; i < m.n; i++) {
			if (m.e[i].kind == TRACE_ALLOC)
				live += UINT64_C(1) << m.e[i].order;
			if (m.e[i].kind == TRACE_FREE)
				live -= UINT64_C(1) << m.e[i].order;
			most = live > most ? live : most;
		}
		CU_ASSERT(most <= m.p->live_max + 512);
		CU_ASSERT(most > 5000);
		drop(&m);
	}
}

/* Which node was asked for, from where, and in which context. */
static void nodes_and_interrupts_are_those_of_the_profile(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 5);
		uint64_t other[TRACE_PROFILE_CLASSES] = { 0 };
		uint64_t all[TRACE_PROFILE_CLASSES] = { 0 };

		for (uint64_t o = 0; o < m.nobjects; o++) {
			const struct trace_event *e = &m.e[m.born[o]];
			const struct trace_task_kind *kind = &m.p->tasks[m.kind[e->task]];
			unsigned own = e->cpu * m.p->nodes / m.p->cpus;

			CU_ASSERT_FATAL(m.kind[e->task] < m.p->ntasks);
			CU_ASSERT_EQUAL(e->flags, m.p->classes[m.class[o]].flags);
			CU_ASSERT(!kind->home || own == kind->home - 1);
			CU_ASSERT(e->node != own);
			all[m.class[o]]++;
			other[m.class[o]] += e->node != TRACE_NODE_LOCAL;
		}
		for (unsigned c = 0; c < m.p->nclasses; c++)
			CU_ASSERT(likely((double)other[c], (double)all[c],
					 m.p->classes[c].remote_milli / 1000.0));
		drop(&m);
	}
}

/* ---- kinds of tasks ---------------------------------------------------------------------- */

/* The phase of a task's n-th allocation (from 0, those at its start left out); NONE when it
 * cannot be told, because the task has not come to its end. */
static unsigned phase_of(const struct made *m, uint32_t task, uint64_t n)
{
	const struct trace_task_kind *t = &m->p->tasks[m->kind[task]];
	uint64_t all = m->allocs[task], end = 0;

	if (t->nphases == 1)
		return 0;
	if (!m->exited[task])
		return NONE;
	for (unsigned f = 0; f + 1 < t->nphases; f++) {
		end += all * t->phases[f].share_milli / 1000;
		if (n < end)
			return f;
	}
	return t->nphases - 1;
}

static void compare_mix(const struct made *m, uint64_t (*count)[TRACE_PROFILE_CLASSES],
			unsigned k)
{
	for (unsigned f = 0; f < m->p->tasks[k].nphases; f++) {
		const uint32_t *weight = m->p->tasks[k].phases[f].weight;
		uint64_t sum = 0, all = 0;

		for (unsigned c = 0; c < m->p->nclasses; c++) {
			sum += weight[c];
			all += count[f][c];
		}
		if (m->p->tasks[k].nphases == 1)
			CU_ASSERT(all > 0);
		for (unsigned c = 0; c < m->p->nclasses; c++)
			CU_ASSERT(likely((double)count[f][c], (double)all,
					 share(weight[c], sum)));
	}
}

static void each_phase_has_its_mix_and_each_start_its_set(void)
{
	typedef uint64_t by_phase[TRACE_PROFILE_PHASES][TRACE_PROFILE_CLASSES];

	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 6);
		by_phase *count = calloc(m.p->ntasks, sizeof(*count));
		uint64_t *done = calloc(m.ntasks, sizeof(*done));
		uint64_t wrong_starts = 0;

		CU_ASSERT_FATAL(count && done);
		for (uint64_t o = 0; o < m.nobjects; o++) {
			uint32_t task = m.e[m.born[o]].task;
			const struct trace_task_kind *t = &m.p->tasks[m.kind[task]];
			uint64_t setup = at_start(t), n = done[task]++, before = 0;
			unsigned phase;

			if (n < setup) { /* class by class */
				for (unsigned c = 0; c < m.class[o]; c++)
					before += t->at_start[c];
				wrong_starts +=
					n < before || n >= before + t->at_start[m.class[o]];
				continue;
			}
			phase = phase_of(&m, task, n - setup);
			if (phase != NONE)
				count[m.kind[task]][phase][m.class[o]]++;
		}
		CU_ASSERT_EQUAL(wrong_starts, 0);
		for (unsigned k = 0; k < m.p->ntasks; k++)
			compare_mix(&m, count[k], k);
		free(count);
		free(done);
		drop(&m);
	}
}

static void so_many_tasks_are_alive_and_have_their_parents(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 7);
		uint64_t alive[TRACE_PROFILE_TASKS] = { 0 }, most[TRACE_PROFILE_TASKS] = { 0 };

		for (uint64_t i = 0; i < m.n; i++) {
			const struct trace_event *e = &m.e[i];
			unsigned k = m.kind[e->task];
			uint32_t parent;

			if (e->kind == TRACE_TASK_EXIT)
				alive[k]--;
			if (e->kind != TRACE_TASK_START)
				continue;
			alive[k]++;
			most[k] = alive[k] > most[k] ? alive[k] : most[k];
			parent = m.p->tasks[k].parent;
			CU_ASSERT(parent || !e->value);
			if (parent && e->value)
				CU_ASSERT_EQUAL(m.kind[e->value - 1], parent - 1);
		}
		/* The first of a wave may be gone when the last starts. */
		for (unsigned k = 0; k < m.p->ntasks; k++)
			CU_ASSERT(most[k] <= m.p->tasks[k].alive &&
				  (m.p->tasks[k].wave ? 10 * most[k] / 9 : most[k]) >=
					  m.p->tasks[k].alive);
		drop(&m);
	}
}

/* ---- the single profile's own point ------------------------------------------------------ */

/* Bursts: within one the next request follows in 250 ns, behind it the rest is long. */
static void requests_of_the_network_come_in_bursts(void)
{
	struct made m = make("network", 8);
	uint64_t *last = calloc(m.ntasks, sizeof(*last)), close = 0, far = 0, rest = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(last);
	for (uint64_t o = 0; o < m.nobjects; o++) {
		const struct trace_event *e = &m.e[m.born[o]];
		uint64_t gap = e->time - last[e->task];

		if (m.kind[e->task] != 0)
			continue;
		if (last[e->task]) {
			close += gap == 250;
			far += gap != 250;
			rest += gap != 250 ? gap : 0;
		}
		last[e->task] = e->time;
	}
	/* Mean of a Pareto from 64 to 4096 of shape 1.1, known bounds: 64 * 11 * (1 - 64^-0.1)
	 * plus what lies at 4096. */
	CU_ASSERT(far > 300);
	CU_ASSERT(close / far > 180 && close / far < 320);
	CU_ASSERT(rest / far > 1300000 && rest / far < 1700000);
	free(last);
	drop(&m);
}

static void commands_of_the_fork_storm_start_in_waves(void)
{
	struct made m = make("fork-storm", 9);
	uint64_t starts = 0, late = 0;

	for (uint64_t i = 0; i < m.n; i++) {
		if (m.e[i].kind != TRACE_TASK_START || m.kind[m.e[i].task] != 1)
			continue;
		starts++;
		late += m.e[i].time % 30000000 > 400000; /* its mean: 1/e of them */
	}
	CU_ASSERT(starts > 500);
	CU_ASSERT(likely((double)late, (double)starts, exp(-1)));
	drop(&m);
}

static void the_pool_of_the_database_is_taken_at_the_start(void)
{
	struct made m = make("database", 10);
	uint64_t pool = 0, last = 0;

	for (uint64_t o = 0; o < m.nobjects; o++)
		if (m.class[o] == 0) {
			CU_ASSERT_EQUAL(m.e[m.born[o]].order, 9);
			last = m.e[m.born[o]].time;
			pool++;
		}
	CU_ASSERT_EQUAL(pool, 512);
	CU_ASSERT(last < 4000000);
	drop(&m);
}

/* A profile whose YAML changed needs new ones: these are what machines, compilers and build
 * types are compared by. */
static void each_gives_the_same_trace_on_every_machine(void)
{
	static const char *const digests[ARRAY_SIZE(names)] = {
		"854ad33d1873b5623b523217c5e24a79", "d1d2c05fb355c8eae48fe97dae4740bc",
		"dc65be57602db6d8978f8ac1b69c3c15", "ea2a837a309a75e3541346e3163d6e8c",
		"be31bfb285dbe33dc29a42f8b641b246", "8498d3584d14c22881bc6678757719bb",
	};

	for (size_t p = 0; p < ARRAY_SIZE(names); p++) {
		struct made m = make(names[p], 1);
		char digest[33];

		CU_ASSERT_FATAL(trace_reader_digest(path, digest, &err));
		if (strcmp(digest, digests[p]) != 0)
			fprintf(stderr, "%s: %s\n", names[p], digest);
		CU_ASSERT_STRING_EQUAL(digest, digests[p]);
		drop(&m);
	}
}

static CU_TestInfo tests[] = {
	{ "orders are as the profile weighs them", orders_are_as_the_profile_weighs_them },
	{ "memory lives as long as the profile says",
	  memory_lives_as_long_as_the_profile_says },
	{ "what belongs to a task goes with it and only then",
	  what_belongs_to_a_task_goes_with_it_and_only_then },
	{ "no more is live than the profile allows", no_more_is_live_than_the_profile_allows },
	{ "nodes and interrupts are those of the profile",
	  nodes_and_interrupts_are_those_of_the_profile },
	{ "each phase has its mix and each start its set",
	  each_phase_has_its_mix_and_each_start_its_set },
	{ "so many tasks are alive and have their parents",
	  so_many_tasks_are_alive_and_have_their_parents },
	{ "requests of the network come in bursts", requests_of_the_network_come_in_bursts },
	{ "commands of the fork storm start in waves",
	  commands_of_the_fork_storm_start_in_waves },
	{ "the pool of the database is taken at the start",
	  the_pool_of_the_database_is_taken_at_the_start },
	{ "each gives the same trace on every machine",
	  each_gives_the_same_trace_on_every_machine },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "profiles", name_file, remove_file, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
