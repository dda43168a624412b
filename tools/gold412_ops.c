/* The operations of a golden file, and the lines that show the state between them. */
#include <inttypes.h>

#include "tools/gold412_step.h"

#define GFP_MOVABLE 0x8u

static const char *const type_names[GOLD412_TYPES] = { "Unmovable",  "Movable", "Reclaimable",
						       "HighAtomic", "CMA",     "Isolate" };

static enum gold_outcome op_alloc(struct gold_step *s)
{
	struct gold *r = s->r;
	struct mm_grant grant;
	uint64_t cpu, nid, order, want;
	uint32_t gfp;

	if (s->w.n != 7 || !gold_step_wanted(s, 5, &want) || !gold_step_cpu(s, 1, &cpu) ||
	    !gold_step_node(s, 2, &nid) ||
	    !pagegold_number(s->w.w[3], GOLD_STEP_ORDERS + 1, &order))
		return gold_step_bad(s,
				     "wanted: a <cpu> <node> <order> <flags> = <frame or ->");
	if (!gold_step_gfp(s, 4, &gfp))
		return gold_step_bad(s, "unknown flags");
	r->operations++;
	grant = mm412_policy.alloc_try(
		r->mm, &r->cpus[cpu],
		(struct mm_request){ gfp, (uint8_t)order, (uint8_t)nid, 0 });
	if (grant.verdict == MM_DONE && gold412_of(r)->movable_on_lru && gfp & GFP_MOVABLE)
		mm412_policy.note_use(r->mm, grant.frame, (unsigned)order, MM_USE_LRU);
	return gold_step_frame(s, grant.frame, want);
}

static enum gold_outcome op_free(struct gold_step *s)
{
	uint64_t cpu, frame, order;
	bool cold = s->w.n == 5;

	if (s->w.n < 4 || s->w.n > 5 || !gold_step_cpu(s, 1, &cpu) ||
	    !pagegold_number(s->w.w[2], UINT64_MAX, &frame) ||
	    !pagegold_number(s->w.w[3], GOLD_STEP_ORDERS - 1, &order) ||
	    (cold && (!pagegold_is(s->w.w[4], "cold") || order)))
		return gold_step_bad(
			s, "wanted: f <cpu> <frame> <order>, for order 0 perhaps 'cold'");
	if (!mm412_probe_in_use(s->r->mm, frame, (unsigned)order))
		return gold_step_bad(s, "no block of that order is in use there");
	s->r->operations++;
	mm412_policy.free(s->r->mm, &s->r->cpus[cpu], frame, (unsigned)order, cold);
	return GOLD_NOTHING;
}

static enum gold_outcome op_drain(struct gold_step *s)
{
	uint64_t cpu;

	if (s->w.n != 2 || !gold_step_cpu(s, 1, &cpu))
		return gold_step_bad(s, "wanted: d <cpu>");
	mm412_probe_drain(s->r->mm, &s->r->cpus[cpu]);
	return GOLD_NOTHING;
}

static enum gold_outcome op_tick(struct gold_step *s)
{
	uint64_t cpu;

	if (s->w.n != 2 || !gold_step_cpu(s, 1, &cpu))
		return gold_step_bad(s, "wanted: v <cpu>");
	mm412_policy.tick(s->r->mm, &s->r->cpus[cpu]);
	return GOLD_NOTHING;
}

static enum gold_outcome op_unreserve(struct gold_step *s)
{
	uint64_t cpu, nid, force, want;
	uint32_t gfp;

	if (s->w.n != 7 || !gold_step_cpu(s, 1, &cpu) || !gold_step_node(s, 2, &nid) ||
	    !gold_step_gfp(s, 3, &gfp) || !pagegold_number(s->w.w[4], 1, &force) ||
	    !pagegold_is(s->w.w[5], "=") || !pagegold_number(s->w.w[6], 1, &want))
		return gold_step_bad(s, "wanted: u <cpu> <node> <flags> <0 or 1> = <0 or 1>");
	gold_step_repeat(s, 6);
	gold_step_say(
		s, " %d",
		mm412_probe_unreserve(s->r->mm, &s->r->cpus[cpu], (unsigned)nid, gfp, force));
	return gold_step_compare(s);
}

static uint64_t blocks(const struct gold_step *s, const struct mm412_probe_zone *z,
		       unsigned type, unsigned order)
{
	return mm412_probe_free_blocks(s->r->mm, z->nid, z->name, type, order);
}

/* The name of a type that this kernel has. */
static bool read_type(const struct gold_step *s, unsigned at, unsigned *type)
{
	for (*type = 0; *type < mm412_probe_types(s->r->mm); ++*type)
		if (pagegold_is(s->w.w[at], type_names[*type]))
			return true;
	return false;
}

static enum gold_outcome op_buddyinfo(struct gold_step *s)
{
	struct mm412_probe_zone zone;

	if (s->w.n != 3 + GOLD_STEP_ORDERS || !gold412_step_zone(s, 1, &zone) ||
	    !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: B <node> <zone> and 11 numbers");
	gold_step_repeat(s, 3);
	for (unsigned o = 0; o < GOLD_STEP_ORDERS; o++) {
		uint64_t sum = 0;

		for (unsigned t = 0; t < mm412_probe_types(s->r->mm); t++)
			sum += blocks(s, &zone, t, o);
		gold_step_say(s, " %" PRIu64, sum);
	}
	return gold_step_compare(s);
}

static enum gold_outcome op_types(struct gold_step *s)
{
	struct mm412_probe_zone zone;
	unsigned type;

	if (s->w.n != 4 + GOLD_STEP_ORDERS || !gold412_step_zone(s, 1, &zone) ||
	    !gold_step_numbers(s, 4))
		return gold_step_bad(s, "wanted: T <node> <zone> <type> and 11 numbers");
	if (!read_type(s, 3, &type))
		return gold_step_bad(s, "unknown migratetype");
	gold_step_repeat(s, 4);
	for (unsigned o = 0; o < GOLD_STEP_ORDERS; o++)
		gold_step_say(s, " %" PRIu64, blocks(s, &zone, type, o));
	return gold_step_compare(s);
}

static enum gold_outcome op_pageblocks(struct gold_step *s)
{
	struct mm412_probe_zone zone;
	unsigned types = mm412_probe_types(s->r->mm);
	uint64_t count[GOLD412_TYPES];

	if (s->w.n != 3 + types || !gold412_step_zone(s, 1, &zone) || !gold_step_numbers(s, 3))
		return gold_step_bad(s, types == GOLD412_TYPES
						? "wanted: P <node> <zone> and 6 numbers"
						: "wanted: P <node> <zone> and 4 numbers");
	mm412_probe_pageblocks(s->r->mm, zone.nid, zone.name, count);
	gold_step_repeat(s, 3);
	for (unsigned t = 0; t < types; t++)
		gold_step_say(s, " %" PRIu64, count[t]);
	return gold_step_compare(s);
}

static enum gold_outcome op_pcp(struct gold_step *s)
{
	struct mm412_probe_zone zone;
	uint64_t cpu;

	if (s->w.n != 5 || !gold_step_cpu(s, 1, &cpu) || !gold412_step_zone(s, 2, &zone) ||
	    !gold_step_numbers(s, 4))
		return gold_step_bad(s, "wanted: C <cpu> <node> <zone> <pages>");
	gold_step_repeat(s, 4);
	gold_step_say(s, " %" PRIu32,
		      mm412_probe_pcp_count(s->r->mm, (unsigned)cpu, zone.nid, zone.name));
	return gold_step_compare(s);
}

static enum gold_outcome op_kswapd(struct gold_step *s)
{
	uint64_t nid;

	if (s->w.n != 3 || !gold_step_node(s, 1, &nid) || !gold_step_numbers(s, 2))
		return gold_step_bad(s, "wanted: K <node> <wake-ups>");
	gold_step_repeat(s, 2);
	gold_step_say(s, " %" PRIu64, mm412_probe_kswapd_wakes(s->r->mm, (unsigned)nid));
	return gold_step_compare(s);
}

static enum gold_outcome op_highatomic(struct gold_step *s)
{
	struct mm412_probe_zone zone;

	if (s->w.n != 4 || !gold412_step_zone(s, 1, &zone) || !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: R <node> <zone> <frames>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " %" PRIu64, zone.nr_reserved_highatomic);
	return gold_step_compare(s);
}

static enum gold_outcome op_nr_free(struct gold_step *s)
{
	struct mm412_probe_zone zone;

	if (s->w.n != 5 || !gold412_step_zone(s, 1, &zone) || !gold_step_numbers(s, 3))
		return gold_step_bad(
			s, "wanted: N <node> <zone> <global> <with the per-cpu parts>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " %" PRId64 " %" PRId64, zone.nr_free, zone.nr_free_exact);
	return gold_step_compare(s);
}

static bool has_cma(const struct gold_step *s)
{
	return mm412_probe_types(s->r->mm) == GOLD412_TYPES;
}

static enum gold_outcome op_nr_free_cma(struct gold_step *s)
{
	struct mm412_probe_zone zone;

	if (!has_cma(s))
		return gold_step_bad(s, "the header has no CMA area");
	if (s->w.n != 5 || !gold412_step_zone(s, 1, &zone) || !gold_step_numbers(s, 3))
		return gold_step_bad(
			s, "wanted: M <node> <zone> <global> <with the per-cpu parts>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " %" PRId64 " %" PRId64, zone.nr_free_cma, zone.nr_free_cma_exact);
	return gold_step_compare(s);
}

static enum gold_outcome op_nr_isolated(struct gold_step *s)
{
	struct mm412_probe_zone zone;

	if (!has_cma(s))
		return gold_step_bad(s, "the header has no CMA area");
	if (s->w.n != 4 || !gold412_step_zone(s, 1, &zone) || !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: I <node> <zone> <pageblocks>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " %" PRIu64, zone.nr_isolated);
	return gold_step_compare(s);
}

/* The second word is a CPU, the third the first frame of a pageblock. */
static bool read_pageblock(const struct gold_step *s, uint64_t *cpu, uint64_t *frame)
{
	return gold_step_cpu(s, 1, cpu) && pagegold_number(s->w.w[2], UINT64_MAX, frame) &&
	       mm412_probe_is_pageblock(s->r->mm, *frame);
}

static enum gold_outcome op_isolate(struct gold_step *s)
{
	uint64_t cpu, frame, want;

	if (!has_cma(s))
		return gold_step_bad(s, "the header has no CMA area");
	if (s->w.n != 5 || !read_pageblock(s, &cpu, &frame) || !pagegold_is(s->w.w[3], "=") ||
	    !pagegold_number(s->w.w[4], 1, &want))
		return gold_step_bad(s,
				     "wanted: i <cpu> <first frame of a pageblock> = <0 or 1>");
	return gold_step_result(s, mm412_probe_isolate(s->r->mm, &s->r->cpus[cpu], frame));
}

static enum gold_outcome op_unisolate(struct gold_step *s)
{
	uint64_t cpu, frame;
	unsigned type;

	if (!has_cma(s))
		return gold_step_bad(s, "the header has no CMA area");
	if (s->w.n != 4 || !read_pageblock(s, &cpu, &frame) || !read_type(s, 3, &type) ||
	    (type != MM412_PROBE_MOVABLE && type != MM412_PROBE_CMA))
		return gold_step_bad(
			s, "wanted: j <cpu> <first frame of a pageblock> Movable|CMA");
	mm412_probe_unisolate(s->r->mm, &s->r->cpus[cpu], frame, type);
	return GOLD_NOTHING;
}

const struct gold_record gold412_ops[] = {
	{ "a", op_alloc },   { "f", op_free },          { "d", op_drain },
	{ "v", op_tick },    { "u", op_unreserve },     { "B", op_buddyinfo },
	{ "T", op_types },   { "P", op_pageblocks },    { "C", op_pcp },
	{ "K", op_kswapd },  { "H", gold_step_digest }, { "R", op_highatomic },
	{ "N", op_nr_free }, { "M", op_nr_free_cma },   { "I", op_nr_isolated },
	{ "i", op_isolate }, { "j", op_unisolate },     { NULL, NULL },
};
