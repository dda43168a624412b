/*
 * What a run tells of page frames that were isolated.
 */
#include <inttypes.h>

#include "tools/result.h"

bool result_isolate_any(const struct result *r)
{
	const struct replay_counts *c = r->counts;

	return c->isolated + c->isolation_refused + c->unisolated + c->isolation_empty +
		       c->isolation_unknown !=
	       0;
}

json_t *result_isolate_json(const struct result *r)
{
	const struct replay_counts *c = r->counts;
	json_t *map = json_object();

	result_set_number(map, "isolated", c->isolated);
	result_set_number(map, "pageblocks", c->isolated_pageblocks);
	result_set_number(map, "refused", c->isolation_refused);
	result_set_number(map, "undone", c->unisolated);
	result_set_number(map, "nothing_there", c->isolation_empty);
	result_set_number(map, "not_known", c->isolation_unknown);
	return map;
}

void result_isolate_text(FILE *out, const struct result *r)
{
	const struct replay_counts *c = r->counts;

	fprintf(out,
		"Ranges of page frames: %" PRIu64 " isolated (%" PRIu64 " pageblocks), %" PRIu64
		" refused, %" PRIu64 " given back, %" PRIu64 " with nothing to do\n",
		c->isolated, c->isolated_pageblocks, c->isolation_refused, c->unisolated,
		c->isolation_empty);
	if (c->isolation_unknown)
		fprintf(out, "  %" PRIu64 " x without effect: this kernel isolates nothing%s\n",
			c->isolation_unknown,
			r->scenario->policy->isolate ? " on a machine without CMA areas" : "");
	fputc('\n', out);
}
