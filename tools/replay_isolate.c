/*
 * Isolation of page frames: events of the trace and changes of a scenario. All pageblocks of a
 * range are isolated or none: the first one that refuses takes those before it back, as
 * start_isolate_page_range() does. Pages in use are not moved away, so a range can be taken
 * whole only when what was in use there is freed.
 */
#include "sim/port_direct.h"
#include "tools/replay_core.h"

struct range {
	uint64_t frame, pageblocks;
	bool on;
};

static enum mm_isolation ask(struct replay *r, struct sim_cpu *cpu, const struct range *range,
			     uint64_t i, bool on)
{
	return r->o.policy->isolate(r->o.mm, cpu, range->frame + i * TRACE_PAGEBLOCK, on);
}

static void isolate(struct replay *r, struct sim_cpu *cpu, const struct range *range)
{
	uint64_t done = 0;

	for (uint64_t i = 0; i < range->pageblocks; i++) {
		enum mm_isolation how = ask(r, cpu, range, i, true);

		if (how == MM_ISOLATION_UNKNOWN) {
			r->counts.isolation_unknown++;
			return;
		}
		if (how == MM_ISOLATION_REFUSED) {
			while (i-- > 0)
				ask(r, cpu, range, i, false);
			r->counts.isolation_refused++;
			return;
		}
		done += how == MM_ISOLATION_DONE;
	}
	/* Where there is no memory nothing refuses, and nothing is isolated. */
	r->counts.isolated += done > 0;
	r->counts.isolation_empty += done == 0;
	r->counts.isolated_pageblocks += done;
}

static void undo(struct replay *r, struct sim_cpu *cpu, const struct range *range)
{
	uint64_t done = 0;

	for (uint64_t i = 0; i < range->pageblocks; i++) {
		enum mm_isolation how = ask(r, cpu, range, i, false);

		if (how == MM_ISOLATION_UNKNOWN) {
			r->counts.isolation_unknown++;
			return;
		}
		done += how == MM_ISOLATION_DONE;
	}
	r->counts.unisolated += done > 0;
	r->counts.isolation_empty += done == 0;
}

static void change(struct replay *r, struct sim_cpu *cpu, const struct range *range)
{
	if (!r->o.policy->isolate)
		r->counts.isolation_unknown++;
	else if (range->on)
		isolate(r, cpu, range);
	else
		undo(r, cpu, range);
}

void replay_isolate_event(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e)
{
	struct range range = { e->object, e->value, e->kind == TRACE_ISOLATE };

	change(r, cpu, &range);
}

void replay_isolate_change(struct replay *r, uint64_t date, const struct change *c)
{
	struct range range = { c->values[0], c->values[1], c->what == CHANGE_ISOLATE };
	struct sim_cpu cpu;

	sim_port_direct_cpu(&cpu, 0, r->o.machine->cpu_node[0]);
	cpu.now = date;
	change(r, &cpu, &range);
}
