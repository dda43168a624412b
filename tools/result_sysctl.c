/*
 * What a run tells of writes to kernel parameters while the kernel ran.
 */
#include <inttypes.h>

#include "tools/result.h"

static uint64_t all(const struct replay_counts *c)
{
	return c->sysctl_applied + c->sysctl_unknown + c->sysctl_refused +
	       c->changes_not_reached;
}

bool result_sysctl_any(const struct result *r)
{
	return all(r->counts) != 0;
}

json_t *result_sysctl_json(const struct result *r)
{
	json_t *map = json_object();

	result_set_number(map, "applied", r->counts->sysctl_applied);
	result_set_number(map, "not_known", r->counts->sysctl_unknown);
	result_set_number(map, "refused", r->counts->sysctl_refused);
	result_set_number(map, "not_reached", r->counts->changes_not_reached);
	return map;
}

void result_sysctl_text(FILE *out, const struct result *r)
{
	const struct replay_counts *c = r->counts;

	fprintf(out,
		"Kernel parameters changed in mid-run: %" PRIu64 " applied, %" PRIu64
		" not known, %" PRIu64 " refused, %" PRIu64 " after the end\n",
		c->sysctl_applied, c->sysctl_unknown, c->sysctl_refused,
		c->changes_not_reached);
	for (unsigned i = 0; i < r->nsysctl_notes; i++) {
		const struct replay_sysctl_note *n = &r->sysctl_notes[i];

		fprintf(out, "  %" PRIu64 " x %s: %s\n", n->times, n->text,
			n->refused ? n->why : "this kernel has no such parameter");
	}
	fputc('\n', out);
}
