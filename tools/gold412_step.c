#include "tools/gold412_step.h"

bool gold412_step_zone(const struct gold_step *s, unsigned at, struct mm412_probe_zone *zone)
{
	char name[12];
	uint64_t nid;

	return gold_step_name(s, at, &nid, name) &&
	       mm412_probe_zone(s->r->mm, (unsigned)nid, name, zone);
}
