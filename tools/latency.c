#include "tools/latency.h"

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
	free(l);
}

bool latency_open(struct latency_class *c)
{
	c->hist = sim_hist_new();
	return c->hist != NULL;
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
