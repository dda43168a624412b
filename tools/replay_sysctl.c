/*
 * Writes of kernel parameters while the kernel runs: events of the trace, at their tasks'
 * dates, and a scenario's changes, which a task of their own makes on CPU 0 at theirs; among
 * these are also ranges to isolate (replay_isolate.c). A write
 * takes no simulated time. What the kernel does not know or refuses is counted and named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/dispatch.h"
#include "tools/cmd.h"
#include "tools/replay_core.h"
#include "tools/scenario_params.h"

#define PREFIX "vm."

uint64_t replay_sysctl_tick_cycles(const struct replay *r)
{
	if (!r->o.policy->tick)
		return 0;
	return r->o.policy->tick_interval_ms(r->params ? r->params : r->o.params) *
	       r->o.machine->clock_mhz * 1000;
}

/* Our own copy of the parameters follows, for what depends on them outside the kernel. */
static bool remember(struct replay *r, const char *name, const uint64_t *values, unsigned count)
{
	const struct mm_param *row = mm_params_find(r->o.policy->params, name);

	if (!row) /* it holds no value */
		return true;
	if (!r->params) {
		r->params = malloc(r->o.policy->params_size);
		if (!r->params)
			return replay_core_fail(r, CMD_SYSTEM, "out of memory");
		memcpy(r->params, r->o.params, r->o.policy->params_size);
	}
	memcpy((char *)r->params + row->offset, values, count * sizeof(*values));
	r->tick_cycles = replay_sysctl_tick_cycles(r);
	return true;
}

/* Whatever a trace says is to be printed. */
static void copy_printable(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
	for (; *to; to++)
		if ((unsigned char)*to < ' ' || *to == 0x7f)
			*to = '?';
}

/* A write without effect. */
static void note(struct replay *r, bool refused, const char *text, const char *why)
{
	struct replay_sysctl_note *n = r->notes;
	char shown[sizeof(n->text)] = "";

	*(refused ? &r->counts.sysctl_refused : &r->counts.sysctl_unknown) += 1;
	copy_printable(shown, sizeof(shown), text);
	while (n < r->notes + r->nnotes && strcmp(n->text, shown) != 0)
		n++;
	if (n == r->notes + REPLAY_SYSCTL_NOTES)
		return;
	if (n == r->notes + r->nnotes) {
		r->nnotes++;
		n->refused = refused;
		memcpy(n->text, shown, sizeof(shown));
		copy_printable(n->why, sizeof(n->why), why);
	}
	n->times++;
}

/* ---- the trace's ----------------------------------------------------------------------- */

static const struct mm_param *row_of(const struct replay *r, const char *text, size_t length,
				     struct mm_param *made)
{
	char name[64];

	if (strncmp(text, PREFIX, strlen(PREFIX)) == 0 && length > strlen(PREFIX)) {
		text += strlen(PREFIX);
		length -= strlen(PREFIX);
	}
	if (!r->o.policy->params || length >= sizeof(name))
		return NULL;
	memcpy(name, text, length);
	name[length] = '\0';
	return mm_policy_sysctl_row(r->o.policy, name, made);
}

void replay_sysctl_event(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e)
{
	const char *text = trace_reader_text(r->o.trace, e->value);
	size_t length = strcspn(text, "=");
	struct mm_param made;
	const struct mm_param *row = row_of(r, text, length, &made);
	uint64_t values[MM_PARAM_VALUES];
	unsigned count;
	char why[256];

	if (!row || !text[length]) {
		note(r, false, text, "");
		return;
	}
	if (!mm_policy_has_sysctl(r->o.policy, row->name)) {
		note(r, true, text, "it cannot be changed while the kernel runs");
		return;
	}
	if (!scenario_params_parse(row, text + length + 1, values, &count, why, sizeof(why)) ||
	    !r->o.policy->sysctl(r->o.mm, cpu, row->name, values, count, why, sizeof(why))) {
		note(r, true, text, why);
		return;
	}
	r->counts.sysctl_applied += remember(r, row->name, values, count);
}

/* ---- the scenario's -------------------------------------------------------------------- */

static uint64_t date_of(const struct replay *r, const struct change *c)
{
	replay_wide cycles = (replay_wide)c->at_ns * r->o.machine->clock_mhz / 1000;

	return cycles < SIM_DISPATCH_DATES ? (uint64_t)cycles : UINT64_MAX;
}

static void wait_for_next(struct replay *r)
{
	uint64_t date;

	if (r->changes_done == r->o.nchanges)
		return;
	date = date_of(r, &r->o.changes[r->changes_done]);
	if (date != UINT64_MAX)
		sim_engine_ready(r->engine, 0, REPLAY_SYSCTL_TASK, date);
}

/* A write was checked when the scenario was read, by the kernel itself. */
static void make(struct replay *r, struct sim_cpu *cpu, const struct change *c)
{
	char why[256];

	if (c->what != CHANGE_SYSCTL) {
		replay_isolate_change(r, date_of(r, c), c);
		return;
	}
	if (!r->o.policy->sysctl(r->o.mm, cpu, c->name, c->values, c->count, why,
				 sizeof(why))) {
		note(r, true, c->name, why);
		return;
	}
	r->counts.sysctl_applied += remember(r, c->name, c->values, c->count);
}

/* On CPU 0; cpu NULL: before the first event, when there is nothing to do work on. */
static void make_until(struct replay *r, struct sim_cpu *cpu, uint64_t date)
{
	while (r->changes_done < r->o.nchanges &&
	       date_of(r, &r->o.changes[r->changes_done]) <= date)
		make(r, cpu, &r->o.changes[r->changes_done++]);
	wait_for_next(r);
}

/* Those of date 0 come before everything else. */
void replay_sysctl_start(struct replay *r)
{
	make_until(r, NULL, 0);
}

enum sim_step replay_sysctl_step(struct replay *r, struct sim_cpu *cpu)
{
	if (!r->ended || r->tasks.queued)
		make_until(r, cpu, cpu->now);
	return SIM_STEP_DONE;
}

unsigned replay_sysctl_notes(const struct replay *r, const struct replay_sysctl_note **notes)
{
	*notes = r->notes;
	return r->nnotes;
}
