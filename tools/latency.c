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

bool latency_open(struct latency_class *c)
{
	c->hist = sim_hist_new();
	return c->hist != NULL;
}

static bool record(struct sim_hist **hist, uint64_t cycles)
{
	if (!*hist && !(*hist = sim_hist_new()))
		return false;
	return sim_hist_record(*hist, cycles);
}

bool latency_add_parts(struct latency_parts *p, struct latency_class *c,
		       const struct sim_cpu *cpu)
{
	uint64_t rest = cpu->due;

	for (unsigned i = 0; i < SIM_PARTS; i++) {
		uint64_t cycles = cpu->part[i];

		if (!cycles)
			continue;
		if (!record(&p->hist[i], cycles))
			return false;
		assert(cycles <= rest);
		c->part[i] += cycles;
		rest -= cycles;
	}
	return rest == 0 || record(&p->hist[LATENCY_CODE], rest);
}

bool latency_add_functions(struct latency *l, const struct sim_where *where)
{
	for (unsigned i = 0; i < SIM_WHERES; i++)
		if (where->cycles[i] && !record(&l->functions[i], where->cycles[i]))
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

static const uint64_t *few_of(const struct latency_parts *p, unsigned part)
{
	return part == LATENCY_CODE      ? p->few_code
	       : part == SIM_PART_MEMORY ? p->few_memory
	       : part == SIM_PART_PAGES  ? p->few_pages
					 : NULL;
}

/* Values that are not 0, and for those counted here a part of those that are. */
static bool gather(const struct latency_parts *p, unsigned part, struct sim_hist *out)
{
	const uint64_t *few = few_of(p, part);

	for (uint64_t value = 0; few && value < LATENCY_FEW; value++)
		if (!sim_hist_record_n(out, value, few[value]))
			return false;
	return !p->hist[part] || sim_hist_merge(out, p->hist[part]);
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
	if (!gather(&l->parts[op], part, h)) {
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
