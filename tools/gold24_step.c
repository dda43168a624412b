#include "tools/gold24_step.h"

bool gold24_step_zone(const struct gold_step *s, unsigned at, struct mm24_probe_zone *zone)
{
	char name[12];
	uint64_t nid;

	return gold_step_name(s, at, &nid, name) &&
	       mm24_probe_state_zone(s->r->mm, (unsigned)nid, name, zone);
}

bool gold24_step_in_use(const struct gold_step *s, unsigned at, uint64_t *frame)
{
	return pagegold_number(s->w.w[at], UINT64_MAX, frame) &&
	       mm24_probe_in_use(s->r->mm, *frame);
}

bool gold24_step_flag(const struct gold_step *s, unsigned at, bool *flag)
{
	*flag = pagegold_is(s->w.w[at], "1");
	return *flag || pagegold_is(s->w.w[at], "0");
}

bool gold24_step_access(const struct gold_step *s, unsigned at, bool *write)
{
	*write = pagegold_is(s->w.w[at], "w");
	return *write || pagegold_is(s->w.w[at], "r");
}

bool gold24_step_wanted(const struct gold_step *s, unsigned at)
{
	uint64_t n;

	return s->w.n == at + 2 && pagegold_is(s->w.w[at], "=") &&
	       pagegold_number(s->w.w[at + 1], UINT64_MAX, &n);
}
