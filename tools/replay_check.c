/*
 * Audits of a run: now and then the kernel's invariants, and that nothing which the replay owns
 * is free in the kernel, or owned twice. They look only: a run is the same with and without.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "tools/cmd.h"
#include "tools/replay_world.h"

/* One bit a frame: free, or owned by somebody who was told of already. */
struct taken {
	uint64_t *bits;
	uint64_t end;    /* of the machine's frames */
	uint64_t frame;  /* the first one that is taken twice */
	uint64_t *freed; /* [end] bits of what the kernel's lists have */
	bool twice, beyond;
};

static bool take(uint64_t *bits, uint64_t frame)
{
	uint64_t bit = UINT64_C(1) << frame % 64;
	bool was = bits[frame / 64] & bit;

	bits[frame / 64] |= bit;
	return was;
}

static void take_all(struct taken *t, uint64_t *bits, uint64_t frame, uint64_t frames)
{
	for (uint64_t i = 0; i < frames && !t->twice; i++) {
		t->frame = frame + i;
		t->beyond = t->frame >= t->end;
		t->twice = t->beyond || take(t->bits, t->frame);
		if (!t->beyond && bits)
			take(bits, t->frame);
	}
}

static void take_free(void *ctx, uint64_t frame, unsigned order)
{
	struct taken *t = ctx;

	take_all(t, t->freed, frame, UINT64_C(1) << order);
}

static void take_owned(void *ctx, const struct replay_owned *o)
{
	take_all(ctx, NULL, o->frame, o->frames);
}

static uint64_t end_of_frames(const struct sim_machine *m)
{
	uint64_t end = 0;

	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].end > end)
			end = m->zones[i].end;
	return end;
}

static bool broken(struct replay *r, uint64_t date, const char *what)
{
	return replay_core_fail(r, CMD_FINDING,
				"check after event %" PRIu64 ", cycle %" PRIu64
				": %s (a defect of pagesim)",
				r->counts.events, date, what);
}

static bool check_taken(struct replay *r, uint64_t date, struct taken *t)
{
	char text[128];

	r->o.policy->each_free(r->o.mm, true, take_free, t);
	if (!t->twice && !replay_owners_each(r, take_owned, t))
		return replay_core_fail(r, CMD_SYSTEM, "out of memory");
	if (!t->twice)
		return true;
	snprintf(text, sizeof(text), "frame %" PRIu64 " is %s", t->frame,
		 t->beyond                                      ? "not the machine's"
		 : t->freed[t->frame / 64] >> t->frame % 64 & 1 ? "free, and used as well"
								: "used twice");
	return broken(r, date, text);
}

/* Every frame belongs to the free lists or to one owner. */
static bool check_owners(struct replay *r, uint64_t date)
{
	struct taken t = { .end = end_of_frames(r->o.machine) };
	bool ok;

	if (!r->o.policy->each_free)
		return true;
	t.bits = calloc(t.end / 64 + 1, sizeof(*t.bits));
	t.freed = calloc(t.end / 64 + 1, sizeof(*t.freed));
	ok = t.bits && t.freed ? check_taken(r, date, &t)
			       : replay_core_fail(r, CMD_SYSTEM, "out of memory");
	free(t.bits);
	free(t.freed);
	return ok;
}

bool replay_check(struct replay *r, uint64_t date)
{
	char text[300];

	r->next_check =
		r->counts.events - r->counts.events % r->o.check_events + r->o.check_events;
	r->checks++;
	if (r->o.policy->check && !r->o.policy->check(r->o.mm, text, sizeof(text)))
		return broken(r, date, text);
	return check_owners(r, date);
}

enum sim_step replay_check_step(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct replay *r = ctx;
	enum sim_step step = replay_step(ctx, cpu, number);

	if (r->counts.events >= r->next_check && !r->trouble.status)
		replay_check(r, cpu->now);
	return step;
}

uint64_t replay_checks(const struct replay *r)
{
	return r->checks;
}
