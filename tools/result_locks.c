/*
 * What a run tells of locks, by what they were wanted for, and of CPUs that were switched,
 * woken for and interrupted.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/result.h"

static const char *const cause_names[SIM_CAUSES] = {
	[SIM_CAUSE_REFILL] = "refill",
	[SIM_CAUSE_DRAIN] = "drain",
	[SIM_CAUSE_HIGH_ORDER] = "high_order",
	[SIM_CAUSE_FREE] = "free",
	[SIM_CAUSE_SPLIT] = "split_merge",
	[SIM_CAUSE_RECLAIM] = "reclaim",
	[SIM_CAUSE_LRU] = "lru",
};

static uint64_t sum(const uint64_t values[SIM_CAUSES])
{
	uint64_t all = 0;

	for (unsigned i = 0; i < SIM_CAUSES; i++)
		all += values[i];
	return all;
}

/* ---- result.json ------------------------------------------------------------------------ */

json_t *result_locks_json(uint64_t taken, const uint64_t waits[SIM_CAUSES],
			  const uint64_t cycles[SIM_CAUSES])
{
	json_t *map = json_object(), *causes = json_object();

	for (unsigned i = 0; i < SIM_CAUSES; i++) {
		json_t *cause = json_object();

		result_set_number(cause, "waits", waits[i]);
		result_set_number(cause, "cycles", cycles[i]);
		json_object_set_new(causes, cause_names[i], cause);
	}
	result_set_number(map, "taken", taken);
	result_set_number(map, "waits", sum(waits));
	result_set_number(map, "wait_cycles", sum(cycles));
	json_object_set_new(map, "waits_by_cause", causes);
	return map;
}

json_t *result_locks_held_json(const uint64_t holds[SIM_CAUSES],
			       const uint64_t cycles[SIM_CAUSES])
{
	json_t *causes = json_object();

	for (unsigned i = 0; i < SIM_CAUSES; i++) {
		json_t *cause = json_object();

		result_set_number(cause, "holds", holds[i]);
		result_set_number(cause, "cycles", cycles[i]);
		json_object_set_new(causes, cause_names[i], cause);
	}
	return causes;
}

json_t *result_locks_others_json(const struct result *r)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->snap->nlocks; i++) {
		const struct mm_snapshot_lock *lock = &r->snap->locks[i];
		json_t *map = result_locks_json(lock->taken, lock->waits, lock->wait_cycles);

		json_object_set_new(map, "name", json_string(lock->name));
		if (lock->nid >= 0)
			json_object_set_new(map, "node", json_integer(lock->nid));
		json_array_append_new(list, map);
	}
	return list;
}

json_t *result_locks_cpus_json(const struct result *r)
{
	json_t *map = json_object();

	result_set_number(map, "context_switches", r->engine.context_switches);
	result_set_number(map, "wake_ups", r->engine.wake_ups);
	result_set_number(map, "interrupts", r->engine.interrupts);
	return map;
}

/* ---- the summary ------------------------------------------------------------------------ */

static uint64_t sum_of(const uint64_t cycles[SIM_CAUSES])
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < SIM_CAUSES; i++)
		sum += cycles[i];
	return sum;
}

static uint64_t all_waits(const struct mm_snapshot *s)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < s->nzones; i++)
		sum += sum_of(s->zones[i].lock_wait_cycles);
	for (unsigned i = 0; i < s->nlocks; i++)
		sum += sum_of(s->locks[i].wait_cycles);
	return sum;
}

/* A lock's causes with waits; the heading before the first line of all. */
static void text_lock(FILE *out, const char *name, const uint64_t waits[SIM_CAUSES],
		      const uint64_t cycles[SIM_CAUSES], uint64_t all, bool *begun)
{
	for (unsigned i = 0; i < SIM_CAUSES; i++) {
		uint64_t milli = 0;

		if (!waits[i])
			continue;
		if (!*begun)
			fprintf(out, "%-26s %-12s %10s %15s %8s %9s\n", "Waits for locks",
				"wanted for", "waits", "cycles", "mean", "of all");
		*begun = true;
		if (all)
			milli = (uint64_t)((__extension__(unsigned __int128) cycles[i]) * 1000 /
					   all);
		fprintf(out,
			"  %-24s %-12s %10" PRIu64 " %15" PRIu64 " %8" PRIu64 " %5" PRIu64
			".%" PRIu64 " %%\n",
			name, cause_names[i], waits[i], cycles[i], cycles[i] / waits[i],
			milli / 10, milli % 10);
	}
}

void result_locks_text(FILE *out, const struct result *r)
{
	const struct sim_engine_stats *e = &r->engine;
	uint64_t all = all_waits(r->snap);
	bool begun = false;
	char name[48];

	for (unsigned i = 0; i < r->snap->nzones; i++) {
		const struct mm_snapshot_zone *z = &r->snap->zones[i];

		snprintf(name, sizeof(name), "node %u, zone %s", z->nid, z->name);
		text_lock(out, name, z->lock_waits, z->lock_wait_cycles, all, &begun);
	}
	for (unsigned i = 0; i < r->snap->nlocks; i++) {
		const struct mm_snapshot_lock *lock = &r->snap->locks[i];

		if (lock->nid >= 0)
			snprintf(name, sizeof(name), "node %d, %s", lock->nid, lock->name);
		else
			snprintf(name, sizeof(name), "%s", lock->name);
		text_lock(out, name, lock->waits, lock->wait_cycles, all, &begun);
	}
	if (e->context_switches + e->wake_ups + e->interrupts)
		fprintf(out,
			"CPUs: %" PRIu64 " context switches, %" PRIu64 " wake-ups, %" PRIu64
			" interrupts and work items for other CPUs\n",
			e->context_switches, e->wake_ups, e->interrupts);
	if (begun || e->context_switches + e->wake_ups + e->interrupts)
		fputc('\n', out);
}
