/*
 * What a kernel with daemons did about memory pressure: stalls, refaults, daemons, disks.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/result.h"
#include "tools/result_kernel.h"

static uint64_t total(const struct mm_snapshot *s)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < s->nzones; i++)
		pages += s->zones[i].managed;
	return pages;
}

/* All pages that are neither free nor on a list: nobody can take them away. */
static uint64_t pinned(const struct result_kernel *k, const struct mm_snapshot *s)
{
	uint64_t pages = total(s) - mm_snapshot_value(s, "nr_free_pages");
	for (const struct result_kernel_list *l = k->lists; l->key; l++)
		pages -= result_kernel_value(s, l->counter);
	return pages;
}

static json_t *pages_json(const struct result_kernel *k, const struct mm_snapshot *s)
{
	json_t *map = json_object();

	result_set_number(map, "free", mm_snapshot_value(s, "nr_free_pages"));
	for (const struct result_kernel_list *l = k->lists; l->key; l++)
		result_set_number(map, l->key, result_kernel_value(s, l->counter));
	result_set_number(map, "pinned", pinned(k, s));
	result_set_number(map, "total", total(s));
	return map;
}

json_t *result_reclaim_json(const struct result *r)
{
	const struct replay_counts *c = r->counts;
	json_t *map = json_object();

	json_object_set_new(map, "pages_at_end",
			    pages_json(result_kernel_of(r->scenario->policy), r->snap));

	result_set_number(map, "slept", c->slept);
	result_set_numbers(map, "slept_by_order", c->order_slept, TRACE_ORDERS);
	result_set_number(map, "contents", c->contents);
	result_set_number(map, "accesses", c->accesses);
	result_set_number(map, "accesses_failed", c->accesses_failed);
	result_set_number(map, "refaults", c->refaults);
	result_set_number(map, "killed_tasks", c->killed_tasks);
	result_set_number(map, "events_of_killed", c->events_of_killed);
	return map;
}

/* Requests that a disk of the machine serves at a time. */
static uint32_t channels(const struct sim_machine_disk *d)
{
	return d->figures.channels ? d->figures.channels : 1;
}

static json_t *disk_json(const struct sim_machine_disk *d, const struct sim_device_stats *s)
{
	json_t *map = json_object();

	result_set_number(map, "reads", s->reads);
	result_set_number(map, "writes", s->writes);
	result_set_number(map, "bytes_read", s->bytes_read);
	result_set_number(map, "bytes_written", s->bytes_written);
	result_set_number(map, "busy_cycles", s->busy_cycles);
	result_set_number(map, "wait_cycles", s->wait_cycles);
	result_set_number(map, "seeks", s->seeks);
	result_set_number(map, "queued", s->queued);
	if (channels(d) > 1) {
		result_set_number(map, "channels", channels(d));
		result_set_number(map, "service_cycles", s->service_cycles);
	}
	return map;
}

static const char *swap_name(const struct replay_world_stats *w)
{
	return w->one_drive ? "swap_and_data" : "swap";
}

json_t *result_reclaim_disks_json(const struct result *r)
{
	const struct sim_machine *m = r->scenario->machine;
	json_t *map = json_object();

	if (r->world.has_swap)
		json_object_set_new(map, swap_name(&r->world),
				    disk_json(&m->swap, &r->world.swap));
	if (r->world.has_data && !r->world.one_drive)
		json_object_set_new(map, "data", disk_json(&m->data, &r->world.data));
	return map;
}

/* ---- text ------------------------------------------------------------------------------ */

static void time_text(const struct result *r, char *text, size_t size, uint64_t cycles)
{
	result_text_time(text, size, cycles, r->scenario->machine->clock_mhz);
}

uint64_t result_reclaim_given_up(const struct result *r)
{
	return mm_snapshot_value(r->snap, "would_hang") -
	       mm_snapshot_value(r->snap, "would_hang_faults");
}

/* "stalls: 12, 1.200 s in all, half up to 1.000 ms, 99 % up to 2.000 ms, at most 3.000 ms" */
static void text_waits(FILE *out, const struct result *r, const char *what, const char *op)
{
	const struct latency_row *row = latency_rows_find(&r->rows, op, "all", "");
	char sum[32], half[32], most[32], max[32];

	if (!row) {
		fprintf(out, "  %-26s %10d\n", what, 0);
		return;
	}
	time_text(r, sum, sizeof(sum), row->sum);
	time_text(r, half, sizeof(half), row->percentile[LATENCY_P50]);
	time_text(r, most, sizeof(most), row->percentile[LATENCY_P99]);
	time_text(r, max, sizeof(max), row->max);
	fprintf(out, "  %-26s %10" PRIu64 "  in all %s; p50 %s, p99 %s, max %s\n", what,
		row->count, sum, half, most, max);
}

static int larger_sum_first(const void *a, const void *b)
{
	const struct latency_row *const *left = a, *const *right = b;

	if ((*left)->sum != (*right)->sum)
		return (*left)->sum > (*right)->sum ? -1 : 1;
	return (*left > *right) - (*left < *right);
}

/* Tenths of a percent, rounded. */
static uint64_t per_mille(uint64_t part, uint64_t all)
{
	return (uint64_t)(1000.0 * (double)part / (double)all + 0.5);
}

/* In which of the kernel's functions the time of requests that slept passed. */
static void text_functions(FILE *out, const struct result *r)
{
	const struct latency_row *all = latency_rows_find(&r->rows, "stall", "all", "");
	const struct latency_row *rows[SIM_WHERES];
	size_t n = 0;

	for (unsigned i = 0; i < r->rows.n; i++)
		if (strcmp(r->rows.rows[i].by, "function") == 0)
			rows[n++] = &r->rows.rows[i];
	if (!n || !all->sum)
		return;
	qsort(rows, n, sizeof(const struct latency_row *), larger_sum_first);
	fprintf(out, "    %-24s %10s  %12s %12s\n", "their time passed in", "share", "in all",
		"longest");
	for (size_t i = 0; i < n; i++) {
		uint64_t share = per_mille(rows[i]->sum, all->sum);
		char sum[32], max[32];

		time_text(r, sum, sizeof(sum), rows[i]->sum);
		time_text(r, max, sizeof(max), rows[i]->max);
		fprintf(out, "      %-22s %6" PRIu64 ".%" PRIu64 " %%  %12s %12s\n",
			rows[i]->key, share / 10, share % 10, sum, max);
	}
}

static void text_count(FILE *out, const char *what, uint64_t n)
{
	fprintf(out, "  %-26s %10" PRIu64 "\n", what, n);
}

static void text_tasks(FILE *out, const struct result *r)
{
	const struct replay_counts *c = r->counts;
	uint64_t hang = mm_snapshot_value(r->snap, "would_hang");
	uint64_t panics = mm_snapshot_value(r->snap, "oom_panic");
	uint64_t faults = mm_snapshot_value(r->snap, "would_hang_faults");
	uint64_t beside = mm_snapshot_value(r->snap, "waits_beside_free");

	text_waits(out, r, "requests that slept", "stall");
	text_functions(out, r);
	if (result_reclaim_given_up(r))
		fprintf(out,
			"    (%" PRIu64 " of all requests were given up, and are in these "
			"figures)\n",
			result_reclaim_given_up(r));
	if (beside)
		fprintf(out,
			"    (%" PRIu64 " waited while another node had free memory: a request "
			"for one page\n    that may wait stays on the node it began at)\n",
			beside);
	text_count(out, "pages that could go", c->contents);
	text_count(out, "accesses to them", c->accesses);
	text_count(out, "  of them failed", c->accesses_failed);
	text_waits(out, r, "refaults", "refault");
	text_count(out, "tasks killed for memory", c->killed_tasks);
	if (c->killed_tasks)
		text_count(out, "  events dropped with them", c->events_of_killed);
	if (panics)
		fprintf(out,
			"  out of memory with nobody to kill: %" PRIu64
			" times; the first time this kernel would\n    have stopped (panic), "
			"here "
			"the request fails and the run goes on\n",
			panics);
	text_count(out, "requests given up", hang);
	if (faults)
		text_count(out, "  of them for an access", faults);
	if (hang)
		fprintf(out, "    (this kernel would never have answered: vm.hang_rounds)\n");
}

static void text_rows(FILE *out, const struct result *r, const struct result_kernel *k)
{
	fprintf(out, "  %-26s %10s %10s\n", k->heading[0], k->heading[1], k->heading[2]);
	for (const struct result_kernel_row *row = k->pairs; row->label; row++)
		fprintf(out, "    %-24s %10" PRIu64 " %10" PRIu64 "\n", row->label,
			result_kernel_value(r->snap, row->counter[0]),
			result_kernel_value(r->snap, row->counter[1]));
	for (const struct result_kernel_row *row = k->facts; row->label; row++)
		text_count(out, row->label, result_kernel_value(r->snap, row->counter[0]));
}

static void text_disk(FILE *out, const struct result *r, const char *name,
		      const struct sim_machine_disk *d, const struct sim_device_stats *s)
{
	char busy[32];

	time_text(r, busy, sizeof(busy), s->busy_cycles);
	fprintf(out, "    %-24s %10" PRIu64 " %10" PRIu64 "  busy for %s", name, s->reads,
		s->writes, busy);
	if (channels(d) > 1 && s->busy_cycles) {
		uint64_t tenths = s->service_cycles * 10 / s->busy_cycles;

		fprintf(out, ", %" PRIu64 ".%" PRIu64 " of %" PRIu32 " channels then",
			tenths / 10, tenths % 10, channels(d));
	}
	if (s->queued)
		fprintf(out, "; %" PRIu64 " not done at the end", s->queued);
	fputc('\n', out);
}

static void text_disks(FILE *out, const struct result *r)
{
	const struct sim_machine *m = r->scenario->machine;
	const struct replay_world_stats *w = &r->world;

	if (w->has_swap || w->has_data)
		fprintf(out, "  %-26s %10s %10s\n", "disk", "reads", "writes");
	if (w->has_swap)
		text_disk(out, r, w->one_drive ? "swap and data" : "swap", &m->swap, &w->swap);
	if (w->has_data && !w->one_drive)
		text_disk(out, r, "data", &m->data, &w->data);
	if (!w->has_swap)
		fprintf(out, "  no swap: anonymous pages stay where they are\n");
	if (!w->has_data)
		fprintf(out, "  no data disk: reads and writes of page cache take no time\n");
}

static void text_memory(FILE *out, const struct result *r, const struct result_kernel *k)
{
	const struct mm_snapshot *s = r->snap;

	fprintf(out, "  pages at the end: %" PRIu64 " free",
		mm_snapshot_value(s, "nr_free_pages"));
	for (const struct result_kernel_list *l = k->lists; l->key; l++)
		fprintf(out, ",%s%" PRIu64 " %s", l == k->lists + 3 ? "\n    " : " ",
			result_kernel_value(s, l->counter), l->label);
	fprintf(out, ", %" PRIu64 " pinned: %" PRIu64 " in all\n", pinned(k, s), total(s));
}

static bool rows_are_0(const struct mm_snapshot *s, const struct result_kernel_row *rows)
{
	for (const struct result_kernel_row *row = rows; row->label; row++)
		for (unsigned i = 0; i < 2 && row->counter[i]; i++)
			if (result_kernel_value(s, row->counter[i]))
				return false;
	return true;
}

/* Memory was never short: all rows that follow would be 0. */
static bool no_pressure(const struct result *r, const struct result_kernel *k)
{
	const struct replay_counts *c = r->counts;

	return !c->slept && !c->accesses && !c->killed_tasks && !c->failed &&
	       rows_are_0(r->snap, k->pairs) && rows_are_0(r->snap, k->facts);
}

void result_reclaim_text(FILE *out, const struct result *r)
{
	const struct result_kernel *k = result_kernel_of(r->scenario->policy);

	fprintf(out, "Memory pressure\n");
	text_memory(out, r, k);
	if (no_pressure(r, k)) {
		fprintf(out, "  none: no request slept, nothing was reclaimed or written\n\n");
		return;
	}
	text_tasks(out, r);
	text_rows(out, r, k);
	text_disks(out, r);
	fputc('\n', out);
}
