#include "tools/latency.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct latency *latency_new(void)
{
	return calloc(1, sizeof(struct latency));
}

void latency_free(struct latency *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < sizeof(l->classes) / sizeof(*l->classes); i++)
		sim_hist_free(l->classes[i].hist);
	for (size_t i = 0; i < LATENCY_OPS * LATENCY_PARTS; i++)
		sim_hist_free(l->parts[i / LATENCY_PARTS].hist[i % LATENCY_PARTS]);
	for (size_t i = 0; i < SIM_WHERES; i++)
		sim_hist_free(l->functions[i]);
	free(l);
}

static bool record(struct sim_hist **hist, uint64_t cycles, uint64_t n)
{
	if (!*hist && !(*hist = sim_hist_new()))
		return false;
	return sim_hist_record_n(*hist, cycles, n);
}

/* Adds n operations of a class that took as long as one another. */
static bool add(struct latency *l, uint64_t at, uint64_t due, const uint64_t *part, uint64_t n)
{
	struct latency_class *c = &l->classes[at];
	struct latency_parts *p =
		&l->parts[at / (sizeof(l->classes) / sizeof(*l->classes) / LATENCY_OPS)];
	uint64_t rest = due;

	for (unsigned i = 0; i < SIM_PARTS; i++) {
		if (!part[i])
			continue;
		if (!record(&p->hist[i], part[i], n))
			return false;
		assert(part[i] <= rest);
		c->part[i] += part[i] * n;
		rest -= part[i];
	}
	return (rest == 0 || record(&p->hist[LATENCY_CODE], rest, n)) &&
	       record(&c->hist, due, n);
}

static bool settle(struct latency *l, struct latency_same *same)
{
	const uint64_t part[SIM_PARTS] = {
		[SIM_PART_MEMORY] = same->cycles >> 32, [SIM_PART_PAGES] = same->what >> 32
	};
	uint64_t n = same->count;

	same->count = 0;
	return n == 0 || add(l, (uint32_t)same->what, (uint32_t)same->cycles, part, n);
}

/* Not inline: it would take registers from the way of every operation. */
__attribute__((noinline)) bool latency_add_new(struct latency *l, uint64_t at,
					       const struct sim_cpu *cpu)
{
	const uint64_t *part = cpu->part;
	struct latency_same new = { .cycles = cpu->due | part[SIM_PART_MEMORY] << 32,
				    .what = at | part[SIM_PART_PAGES] << 32,
				    .count = 1 };
	struct latency_same *same = latency_same_place(l, new.cycles, new.what);

	if (part[SIM_PART_LOCK] || part[SIM_PART_SLEEP] || part[SIM_PART_IO] || cpu->due >> 32)
		return add(l, at, cpu->due, part, 1);
	if (!settle(l, same))
		return false;
	*same = new;
	return true;
}

bool latency_settle(struct latency *l)
{
	for (size_t i = 0; i < sizeof(l->same) / sizeof(*l->same); i++)
		if (!settle(l, &l->same[i]))
			return false;
	return true;
}

bool latency_add_functions(struct latency *l, const struct sim_where *where)
{
	for (unsigned i = 0; i < SIM_WHERES; i++)
		if (where->cycles[i] && !record(&l->functions[i], where->cycles[i], 1))
			return false;
	return true;
}

static bool merge_one(struct latency_class *out, const struct latency_class *c)
{
	if (!out->hist) {
		out->hist = sim_hist_new();
		if (!out->hist)
			return false;
	}
	for (unsigned i = 0; i < SIM_PARTS; i++)
		out->part[i] += c->part[i];
	return sim_hist_merge(out->hist, c->hist);
}

static bool selected(int want, unsigned is)
{
	return want == LATENCY_ANY || (unsigned)want == is;
}

bool latency_merge(const struct latency *l, struct latency_select s, struct latency_class *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < sizeof(l->classes) / sizeof(*l->classes); i++) {
		unsigned path = i % LATENCY_PATHS, rest = i / LATENCY_PATHS;

		if (!l->classes[i].hist || !selected(s.path, path) ||
		    !selected(s.remote, rest % 2) ||
		    !selected(s.gfp_class, rest / 2 % LATENCY_GFP) ||
		    !selected(s.order, rest / 2 / LATENCY_GFP % LATENCY_ORDERS) ||
		    !selected(s.op, rest / 2 / LATENCY_GFP / LATENCY_ORDERS))
			continue;
		if (!merge_one(out, &l->classes[i])) {
			sim_hist_free(out->hist);
			out->hist = NULL;
			return false;
		}
	}
	return true;
}

static uint64_t count_of(const struct latency *l, enum latency_op op)
{
	size_t classes = sizeof(l->classes) / sizeof(*l->classes) / LATENCY_OPS;
	uint64_t count = 0;

	for (size_t i = op * classes; i < (op + 1) * classes; i++)
		if (l->classes[i].hist)
			count += sim_hist_count(l->classes[i].hist);
	return count;
}

/* All other operations spent nothing there; takes h over. */
static bool fill_up(const struct latency *l, enum latency_op op, struct sim_hist *h,
		    struct sim_hist **out)
{
	if (!sim_hist_record_n(h, 0, count_of(l, op) - sim_hist_count(h))) {
		sim_hist_free(h);
		return false;
	}
	if (sim_hist_sum(h))
		*out = h;
	else
		sim_hist_free(h);
	return true;
}

bool latency_part(const struct latency *l, enum latency_op op, unsigned part,
		  struct sim_hist **out)
{
	struct sim_hist *h = sim_hist_new();

	*out = NULL;
	if (!h)
		return false;
	if (l->parts[op].hist[part] && !sim_hist_merge(h, l->parts[op].hist[part])) {
		sim_hist_free(h);
		return false;
	}
	return fill_up(l, op, h, out);
}

bool latency_function(const struct latency *l, unsigned function, struct sim_hist **out)
{
	struct sim_hist *h;

	*out = NULL;
	if (!l->functions[function])
		return true;
	h = sim_hist_new();
	if (!h)
		return false;
	if (!sim_hist_merge(h, l->functions[function])) {
		sim_hist_free(h);
		return false;
	}
	return fill_up(l, LATENCY_STALL, h, out);
}
