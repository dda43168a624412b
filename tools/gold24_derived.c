/* Lines of the header that have to follow from the machine and its parameters. */
#include <inttypes.h>

#include "tools/gold24_step.h"

static enum gold_outcome derived_wmark(struct gold_step *s)
{
	static const char *const labels[] = { "min", "low", "high", "managed", NULL };
	struct mm24_probe_zone z;

	if (s->w.n != 11 || !gold24_step_zone(s, 1, &z) || !gold_step_labelled(s, 3, labels))
		return gold_step_bad(
			s, "wanted: wmark <node> <zone> min <n> low <n> high <n> managed <n>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " min %" PRIu64 " low %" PRIu64 " high %" PRIu64 " managed %" PRIu64,
		      z.min, z.low, z.high, z.managed);
	return gold_step_compare(s);
}

static enum gold_outcome derived_freepages(struct gold_step *s)
{
	static const char *const labels[] = { "min", "low", "high", NULL };
	struct mm24_probe_boot boot = mm24_probe_state_boot(s->r->mm);

	if (!gold_step_labelled(s, 1, labels))
		return gold_step_bad(s, "wanted: freepages min <n> low <n> high <n>");
	gold_step_say(s, "freepages min %" PRIu64 " low %" PRIu64 " high %" PRIu64,
		      boot.free_min, boot.free_low, boot.free_high);
	return gold_step_compare(s);
}

static enum gold_outcome derived_phys(struct gold_step *s)
{
	static const char *const labels[] = { "num_physpages", "max_mapnr", "page_cluster",
					      NULL };
	struct mm24_probe_boot boot = mm24_probe_state_boot(s->r->mm);

	if (!gold_step_labelled(s, 1, labels))
		return gold_step_bad(
			s, "wanted: phys num_physpages <n> max_mapnr <n> page_cluster <n>");
	gold_step_say(
		s, "phys num_physpages %" PRIu64 " max_mapnr %" PRIu64 " page_cluster %" PRIu64,
		boot.num_physpages, boot.max_mapnr, boot.page_cluster);
	return gold_step_compare(s);
}

static enum gold_outcome derived_pgdat_list(struct gold_step *s)
{
	unsigned nid;

	if (!gold_step_numbers(s, 1))
		return gold_step_bad(s, "wanted: pgdat_list <node>...");
	gold_step_say(s, "pgdat_list");
	for (unsigned n = 0; mm24_probe_state_pgdat(s->r->mm, n, &nid); n++)
		gold_step_say(s, " %u", nid);
	return gold_step_compare(s);
}

/* Which of the lists that matter; 4 = none of them. */
static unsigned which_list(struct pagegold_word w)
{
	static const char *const names[] = { "0x00", "0x08", "0x10", "0x18" };
	unsigned i = 0;

	while (i < 4 && !pagegold_is(w, names[i]))
		i++;
	return i;
}

static enum gold_outcome derived_zonelist(struct gold_step *s)
{
	unsigned which = s->w.n >= 3 ? which_list(s->w.w[2]) : 4, zone_nid;
	const char *name;
	uint64_t nid;

	if (which == 4 || !gold_step_node(s, 1, &nid))
		return gold_step_bad(
			s, "wanted: zonelist <node> 0x00|0x08|0x10|0x18 <node>:<zone>...");
	gold_step_repeat(s, 3);
	for (unsigned n = 0; mm24_probe_state_zonelist(s->r->mm, (unsigned)nid, which << 3, n,
						       &zone_nid, &name);
	     n++)
		gold_step_say(s, " %u:%s", zone_nid, name);
	return gold_step_compare(s);
}

/* Parameters were used to boot. */
static enum gold_outcome derived_param(struct gold_step *s)
{
	(void)s;
	return GOLD_NOTHING;
}

const struct gold_record gold24_derived[] = {
	{ "wmark", derived_wmark },
	{ "freepages", derived_freepages },
	{ "phys", derived_phys },
	{ "pgdat_list", derived_pgdat_list },
	{ "zonelist", derived_zonelist },
	{ "param", derived_param },
	{ NULL, NULL },
};
