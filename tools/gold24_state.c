/* Lines of a 2.4.0 golden file that show the state between its operations. */
#include <inttypes.h>

#include "tools/gold24_step.h"

static enum gold_outcome op_buddyinfo(struct gold_step *s)
{
	struct mm24_probe_zone zone;

	if (s->w.n != 3 + GOLD_STEP_ORDERS || !gold24_step_zone(s, 1, &zone) ||
	    !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: B <node> <zone> and 11 numbers");
	gold_step_repeat(s, 3);
	for (unsigned o = 0; o < GOLD_STEP_ORDERS - 1; o++)
		gold_step_say(s, " %" PRIu64, mm24_probe_state_blocks(s->r->mm, zone.id, o));
	gold_step_say(s, " 0");
	return gold_step_compare(s);
}

static enum gold_outcome op_zone(struct gold_step *s)
{
	struct mm24_probe_zone zone;

	if (s->w.n != 6 || !gold24_step_zone(s, 1, &zone) || !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: S <node> <zone> <free> <inactive_clean> "
					"<inactive_dirty>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " %" PRIu64 " %" PRIu64 " %" PRIu64, zone.free, zone.inactive_clean,
		      zone.inactive_dirty);
	return gold_step_compare(s);
}

static enum gold_outcome digest(struct gold_step *s, uint64_t value)
{
	if (s->w.n != 2 || !gold_step_is_digest(s->w.w[1]))
		return gold_step_bad(s, "wanted: F or X, and 16 hexadecimal digits");
	gold_step_repeat(s, 1);
	gold_step_say(s, " %016" PRIx64, value);
	return gold_step_compare(s);
}

static enum gold_outcome op_digest_free(struct gold_step *s)
{
	return digest(s, mm24_probe_state_digest_free(s->r->mm));
}

static enum gold_outcome op_digest_lru(struct gold_step *s)
{
	return digest(s, mm24_probe_state_digest_lru(s->r->mm));
}

static enum gold_outcome of_daemons(struct gold_step *s, const uint64_t numbers[3])
{
	if (s->w.n != 4 || !gold_step_numbers(s, 1))
		return gold_step_bad(s, "wanted: W or V, and 3 numbers");
	gold_step_repeat(s, 1);
	gold_step_say(s, " %" PRIu64 " %" PRIu64 " %" PRIu64, numbers[0], numbers[1],
		      numbers[2]);
	return gold_step_compare(s);
}

static enum gold_outcome op_wake_calls(struct gold_step *s)
{
	return of_daemons(s, mm24_probe_state_counts(s->r->mm).wake_calls);
}

static enum gold_outcome op_wakes(struct gold_step *s)
{
	return of_daemons(s, mm24_probe_state_counts(s->r->mm).wakes);
}

static enum gold_outcome op_lru(struct gold_step *s)
{
	struct mm24_probe_lru lru = mm24_probe_state_lru(s->r->mm);

	if (s->w.n != 9 || !gold_step_numbers(s, 1))
		return gold_step_bad(s, "wanted: L and 8 numbers");
	gold_step_say(s, "L %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, lru.active,
		      lru.inactive_dirty, lru.inactive_clean, lru.free);
	gold_step_say(s, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, lru.memory_pressure,
		      lru.inactive_target, lru.free_shortage, lru.inactive_shortage);
	return gold_step_compare(s);
}

static enum gold_outcome op_page(struct gold_step *s)
{
	static const char *const labels[] = { "age", "ref", "dirty", "locked", "count", NULL };
	struct mm24_probe_page page;
	uint64_t frame;

	if (s->w.n != 13 || !pagegold_number(s->w.w[1], UINT64_MAX, &frame) ||
	    !mm24_probe_frame(s->r->mm, frame) || !gold_step_labelled(s, 3, labels))
		return gold_step_bad(s, "wanted: G <frame> <list> age <n> ref <n> dirty <n> "
					"locked <n> count <n>");
	page = mm24_probe_state_page(s->r->mm, frame);
	gold_step_repeat(s, 2);
	gold_step_say(s, " %s age %u ref %d dirty %d locked %d count %" PRId32, page.list,
		      page.age, page.referenced, page.dirty, page.locked, page.count);
	return gold_step_compare(s);
}

static enum gold_outcome op_space(struct gold_step *s)
{
	struct mm24_probe_space space;
	uint64_t id;

	if (s->w.n != 10 || !pagegold_number(s->w.w[1], UINT32_MAX, &id) ||
	    !mm24_probe_space_state(s->r->mm, (uint32_t)id, &space))
		return gold_step_bad(s, "wanted: M <mm> rss <n> swap_cnt <n> "
					"swap_address <hexadecimal> free_swap <n>");
	gold_step_repeat(s, 2);
	gold_step_say(s,
		      " rss %" PRIu64 " swap_cnt %" PRIu64 " swap_address %" PRIx64
		      " free_swap %" PRIu64,
		      space.rss, space.swap_cnt, space.swap_address,
		      mm24_probe_state_free_swap(s->r->mm));
	return gold_step_compare(s);
}

static enum gold_outcome op_counts(struct gold_step *s)
{
	const struct gold24_sched *sched = &gold24_of(s->r)->sched;
	struct mm24_probe_counts counts = mm24_probe_state_counts(s->r->mm);

	if (s->w.n != 10 || !gold_step_numbers(s, 1))
		return gold_step_bad(s, "wanted: D and 9 numbers");
	gold_step_say(s, "D %" PRIu64 " %" PRIu64 " %" PRIu64, sched->runs[0], sched->runs[1],
		      sched->runs[2]);
	gold_step_say(s, " %" PRIu64 " %" PRIu64, sched->yields, sched->blocks);
	gold_step_say(s, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, counts.ooms,
		      counts.reaps, counts.writes, counts.inflight);
	return gold_step_compare(s);
}

const struct gold_record gold24_state[] = {
	{ "S", op_zone },        { "W", op_wake_calls },    { "G", op_page },
	{ "M", op_space },       { "L", op_lru },           { "V", op_wakes },
	{ "F", op_digest_free }, { "H", gold_step_digest }, { "D", op_counts },
	{ "B", op_buddyinfo },   { "X", op_digest_lru },    { NULL, NULL },
};
