/* Lines of the header that have to follow from the machine and its parameters. */
#include <inttypes.h>

#include "tools/gold412_step.h"

static enum gold_outcome derived_wmark(struct gold_step *s)
{
	static const char *const labels[] = { "min", "low", "high", "managed", NULL };
	struct mm412_probe_zone z;

	if (s->w.n != 11 || !gold412_step_zone(s, 1, &z) || !gold_step_labelled(s, 3, labels))
		return gold_step_bad(
			s, "wanted: wmark <node> <zone> min <n> low <n> high <n> managed <n>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " min %" PRIu64 " low %" PRIu64 " high %" PRIu64 " managed %" PRIu64,
		      z.watermark[0], z.watermark[1], z.watermark[2], z.managed);
	return gold_step_compare(s);
}

static enum gold_outcome derived_reserve(struct gold_step *s)
{
	struct mm412_probe_zone z;

	if (s->w.n != 7 || !gold412_step_zone(s, 1, &z) || !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: reserve <node> <zone> and 4 numbers");
	gold_step_repeat(s, 3);
	for (unsigned i = 0; i < 4; i++)
		gold_step_say(s, " %" PRIu64, z.reserve[i]);
	return gold_step_compare(s);
}

static enum gold_outcome derived_pcp(struct gold_step *s)
{
	static const char *const labels[] = { "batch", "high", NULL };
	struct mm412_probe_zone z;

	if (s->w.n != 7 || !gold412_step_zone(s, 1, &z) || !gold_step_labelled(s, 3, labels))
		return gold_step_bad(s, "wanted: pcp <node> <zone> batch <n> high <n>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " batch %" PRIu32 " high %" PRIu32, z.pcp_batch, z.pcp_high);
	return gold_step_compare(s);
}

static enum gold_outcome derived_zonelist(struct gold_step *s)
{
	bool fallback = s->w.n >= 3 && pagegold_is(s->w.w[2], "fallback");
	const char *name;
	unsigned zone_nid;
	uint64_t nid;

	if (s->w.n < 3 || !gold_step_node(s, 1, &nid) ||
	    (!fallback && !pagegold_is(s->w.w[2], "nofallback")))
		return gold_step_bad(
			s, "wanted: zonelist <node> fallback|nofallback <node>:<zone>...");
	gold_step_repeat(s, 3);
	for (unsigned n = 0;
	     mm412_probe_zonelist(s->r->mm, (unsigned)nid, fallback, n, &zone_nid, &name); n++)
		gold_step_say(s, " %u:%s", zone_nid, name);
	return gold_step_compare(s);
}

static enum gold_outcome derived_vmstat(struct gold_step *s)
{
	static const char *const labels[] = { "stat_threshold", "percpu_drift_mark", NULL };
	struct mm412_probe_zone z;

	if (s->w.n != 8 || !gold412_step_zone(s, 2, &z) || !gold_step_labelled(s, 4, labels))
		return gold_step_bad(s, "wanted: # vmstat <node> <zone> stat_threshold <n> "
					"percpu_drift_mark <n>");
	gold_step_repeat(s, 4);
	gold_step_say(s, " stat_threshold %" PRId32 " percpu_drift_mark %" PRIu64,
		      z.stat_threshold, z.percpu_drift_mark);
	return gold_step_compare(s);
}

static enum gold_outcome derived_mobility(struct gold_step *s)
{
	gold_step_say(s, "# mobility grouping %s, vm_total_pages %" PRIu64 ", online cpus %u",
		      mm412_probe_grouping(s->r->mm) ? "on" : "off",
		      mm412_probe_vm_total_pages(s->r->mm), s->r->h->machine.cpus);
	return gold_step_compare(s);
}

/* Of the parameters only this one is derived; the others were used to boot. */
static enum gold_outcome derived_param(struct gold_step *s)
{
	if (!pagegold_is(s->w.w[1], "min_free_kbytes"))
		return GOLD_NOTHING;
	gold_step_repeat(s, 2);
	gold_step_say(s, " %" PRIu64,
		      gold412_of(s->r)->min_free_zero ? 0
						      : mm412_probe_min_free_kbytes(s->r->mm));
	return gold_step_compare(s);
}

const struct gold_record gold412_derived[] = {
	{ "wmark", derived_wmark }, { "reserve", derived_reserve },
	{ "pcp", derived_pcp },     { "zonelist", derived_zonelist },
	{ "param", derived_param }, { NULL, NULL },
};

enum gold_outcome gold412_derived_comment(struct gold_step *s)
{
	return s->w.n > 1 && pagegold_is(s->w.w[1], "vmstat") ? derived_vmstat(s)
							      : derived_mobility(s);
}
