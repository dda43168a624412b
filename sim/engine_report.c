/* Who waits for what, when nobody can go on. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine_state.h"

struct text {
	char *at;
	size_t left;
};

/* False when the line did not fit; nothing is written then. */
__attribute__((format(printf, 2, 3))) static bool add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->at, t->left, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= t->left) {
		*t->at = '\0';
		return false;
	}
	t->at += n;
	t->left -= (size_t)n;
	return true;
}

static bool waits(const struct sim_actor *a, enum sim_actor_kind kind)
{
	return a->kind == kind && a->queue != &a->engine->idle_workers &&
	       (kind == SIM_ACTOR_WORKER || a->asleep);
}

static unsigned add_kind(struct text *t, const struct sim_engine *e, enum sim_actor_kind kind)
{
	unsigned left_out = 0;

	for (unsigned i = 0; i < e->nactors; i++) {
		const struct sim_actor *a = e->actors[i];

		if (waits(a, kind) && !add(t, "; %s waits for %s since cycle %" PRIu64, a->name,
					   a->queue ? a->queue->name : "nobody", a->since))
			left_out++;
	}
	return left_out;
}

void sim_engine_report_deadlock(struct sim_engine *e)
{
	/* Room is kept for the last words. */
	char text[sizeof(e->error.text) - 64];
	struct text t = { text, sizeof(text) };
	unsigned left_out;

	*text = '\0';
	left_out = add_kind(&t, e, SIM_ACTOR_WORKER) + add_kind(&t, e, SIM_ACTOR_DAEMON);
	if (left_out)
		sim_engine_fail(e, "deadlock at cycle %" PRIu64 "%s; and %u more", e->date,
				text, left_out);
	else
		sim_engine_fail(e, "deadlock at cycle %" PRIu64 "%s", e->date, text);
}
