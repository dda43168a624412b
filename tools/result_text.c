/*
 * The summary that `pagesim run` prints.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/frag.h"
#include "tools/result.h"

void result_text_time(char *text, size_t size, uint64_t cycles, uint64_t mhz)
{
	static const struct {
		uint64_t ns;
		const char *unit;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	__extension__ unsigned __int128 ps = (unsigned __int128)cycles * 1000000 / mhz;
	uint64_t ns = (uint64_t)(ps / 1000);
	unsigned i = 0;

	while (i < 3 && ns < units[i].ns)
		i++;
	snprintf(text, size, "%" PRIu64 ".%03" PRIu64 " %s", ns / units[i].ns,
		 i == 3 ? (uint64_t)(ps % 1000) : ns % units[i].ns * 1000 / units[i].ns,
		 units[i].unit);
}

static void text_head(FILE *out, const struct result *r)
{
	const struct sim_machine *m = r->scenario->machine;
	char time[32];

	result_text_time(time, sizeof(time), r->counts->end_date, m->clock_mhz);
	fprintf(out, "%s: Linux %s on %s (%u CPU%s, %u node%s, %" PRIu64 " MHz)\n",
		r->trace->name ? r->trace->name : r->scenario->trace_path,
		r->scenario->policy->name, m->name, m->cpus, m->cpus == 1 ? "" : "s", m->nodes,
		m->nodes == 1 ? "" : "s", m->clock_mhz);
	fprintf(out, "%" PRIu64 " events in %s of simulated time, started from: %s%s\n",
		r->counts->events, time, r->start_used,
		r->goes_on ? ", where the part before ended" : "");
	if (r->recorded_min_free_kbytes)
		fprintf(out,
			"vm.min_free_kbytes %" PRIu64
			" as recorded (--set vm.min_free_kbytes=0 for this "
			"kernel's own formula)\n",
			r->recorded_min_free_kbytes);
	fputc('\n', out);
}

static void text_requests(FILE *out, const struct result *r)
{
	const struct replay_counts *c = r->counts;
	/* With daemons requests sleep; without, they fail where they would have to. */
	const uint64_t *slept = r->world.there ? c->order_slept : c->order_would_sleep;
	char time[32];

	fprintf(out, "Requests %15s %12s %12s %12s  first failure\n", "asked", "served",
		"failed", r->world.there ? "slept" : "would sleep");
	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		if (!c->order_requests[order])
			continue;
		if (c->order_first_failure[order] == UINT64_MAX)
			snprintf(time, sizeof(time), "-");
		else
			result_text_time(time, sizeof(time), c->order_first_failure[order],
					 r->scenario->machine->clock_mhz);
		fprintf(out,
			"  order %-2u %13" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64
			"  %s\n",
			order, c->order_requests[order],
			c->order_requests[order] - c->order_failed[order],
			c->order_failed[order], slept[order], time);
	}
	fprintf(out, "  all      %13" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n",
		c->allocs, c->served, c->failed, r->world.there ? c->slept : c->would_sleep);
	fprintf(out, "  frees    %13" PRIu64 ", of them %" PRIu64 " of a part of a block\n",
		c->frees, c->partial_frees);
	if (c->would_sleep)
		fprintf(out,
			"  %" PRIu64
			" requests would have had to sleep (reclaim, compaction, OOM): this "
			"version fails them\n",
			c->would_sleep);
	fputc('\n', out);
}

/* The percentiles that a line has room for. */
static const enum latency_percentile shown[] = { LATENCY_P50, LATENCY_P90, LATENCY_P99,
						 LATENCY_P99_9, LATENCY_P99_99 };
static const unsigned nshown = sizeof(shown) / sizeof(*shown);

static void text_latency_row(FILE *out, const struct latency_row *row)
{
	char name[48];

	snprintf(name, sizeof(name), "%s %s %s", row->op, row->by, row->key);
	fprintf(out, "  %-22s %11" PRIu64 " %9" PRIu64, name, row->count,
		latency_rows_mean(row));
	for (unsigned p = 0; p < nshown; p++)
		fprintf(out, " %8" PRIu64, row->percentile[shown[p]]);
	fprintf(out, " %9" PRIu64 "\n", row->max);
}

static void text_latency(FILE *out, const struct result *r)
{
	if (r->counts->unscored)
		fprintf(out,
			"Latency of all but %" PRIu64 " operations outside the scored part\n",
			r->counts->unscored);
	fprintf(out, "Latency (cycles)         %10s %9s", "count", "mean");
	for (unsigned p = 0; p < nshown; p++)
		fprintf(out, " %8s", latency_rows_percentile_names[shown[p]]);
	fprintf(out, " %9s\n", "max");
	for (unsigned i = 0; i < r->rows.n; i++)
		if (strcmp(r->rows.rows[i].by, "function") != 0) /* result_reclaim_text() */
			text_latency_row(out, &r->rows.rows[i]);
	if (result_reclaim_given_up(r))
		fprintf(out,
			"  %" PRIu64 " of these requests were given up: their time is that of "
			"vm.hang_rounds, while the\n  kernel would never have answered; 'alloc "
			"path failed' is of failed requests alone\n",
			result_reclaim_given_up(r));
	fputc('\n', out);
}

static void text_counters(FILE *out, const struct result *r)
{
	fprintf(out, "Counters\n");
	for (unsigned i = 0; i < r->snap->ncounters; i++)
		if (r->snap->counters[i].value)
			fprintf(out, "  %-36s %14" PRIu64 "\n", r->snap->counters[i].name,
				r->snap->counters[i].value);
	fputc('\n', out);
}

static void text_orders(FILE *out, const char *title, unsigned norders)
{
	fprintf(out, "%-38s", title);
	for (unsigned order = 0; order < norders; order++)
		fprintf(out, " %6u", order);
	fputc('\n', out);
}

static void text_blocks(FILE *out, const char *what, const uint64_t blocks[FRAG_ORDERS],
			unsigned norders)
{
	fprintf(out, "    %-34s", what);
	for (unsigned order = 0; order < norders; order++)
		fprintf(out, " %6" PRIu64, blocks[order]);
	fputc('\n', out);
}

static void text_unusable(FILE *out, const char *what, const uint64_t blocks[FRAG_ORDERS],
			  unsigned norders)
{
	fprintf(out, "    %-34s", what);
	for (unsigned order = 0; order < norders; order++) {
		int index = frag_unusable(blocks, order);

		fprintf(out, "  %d.%03d", index / 1000, index % 1000);
	}
	fputc('\n', out);
}

static void text_fragmentation(FILE *out, const struct result *r)
{
	uint64_t blocks[FRAG_ORDERS];

	text_orders(out, "Fragmentation at the end, by order", r->snap->norders);
	for (unsigned i = 0; i < r->snap->nzones; i++) {
		const struct mm_snapshot_zone *z = &r->snap->zones[i];

		series_blocks(z, r->snap->ntypes, blocks);
		fprintf(out, "  Node %u, zone %s: %" PRId64 " of %" PRIu64 " pages free",
			z->nid, z->name, z->nr_free_pages, z->managed);
		if (z->inactive_clean + z->inactive_dirty + z->active)
			fprintf(out,
				", %" PRIu64 " inactive_clean, %" PRIu64
				" inactive_dirty, %" PRIu64 " active",
				z->inactive_clean, z->inactive_dirty, z->active);
		fputc('\n', out);
		text_blocks(out, "free blocks (buddyinfo)", blocks, r->snap->norders);
		text_unusable(out, "unusable index", blocks, r->snap->norders);
	}
	fputc('\n', out);
}

static void text_diff(FILE *out, const int diff[FRAG_ORDERS])
{
	fprintf(out, "    %-34s", "unusable: simulated - recorded");
	for (unsigned order = 0; order < FRAG_ORDERS; order++)
		fprintf(out, " %c%d.%03d", diff[order] < 0 ? '-' : '+',
			(diff[order] < 0 ? -diff[order] : diff[order]) / 1000,
			(diff[order] < 0 ? -diff[order] : diff[order]) % 1000);
	fputc('\n', out);
}

static void text_score(FILE *out, const struct result *r)
{
	if (r->other_zones)
		fprintf(out, "The recorded end is not compared: it is of other zones and "
			     "orders than "
			     "this kernel's\n\n");
	if (!r->score)
		return;
	text_orders(out, "Prediction of the recorded end", FRAG_ORDERS);
	for (unsigned i = 0; i < r->score->nzones; i++) {
		const struct score_zone *z = &r->score->zones[i];

		fprintf(out,
			"  Node %u, zone %s: free + per-cpu pages %" PRIu64
			" simulated, %" PRIu64 " recorded\n",
			z->nid, z->name, frag_free_pages(z->simulated.logical),
			frag_free_pages(z->recorded.logical));
		text_blocks(out, "buddyinfo, simulated", z->simulated.buddyinfo, FRAG_ORDERS);
		text_blocks(out, "buddyinfo, recorded", z->recorded.buddyinfo, FRAG_ORDERS);
		text_blocks(out, "free + per-cpu merged, simulated", z->simulated.logical,
			    FRAG_ORDERS);
		text_blocks(out, "free + per-cpu merged, recorded", z->recorded.logical,
			    FRAG_ORDERS);
		text_unusable(out, "unusable index, simulated", z->simulated.logical,
			      FRAG_ORDERS);
		text_unusable(out, "unusable index, recorded", z->recorded.logical,
			      FRAG_ORDERS);
		text_diff(out, z->unusable_diff);
	}
	fprintf(out,
		"  score: free pages off by %" PRIu64
		" in all; unusable index (orders 1-10) off by "
		"%u.%03u on average, %u.%03u at most;\n    weighted by the zones' free "
		"memory %u.%03u\n\n",
		r->score->free_pages_error, r->score->unusable_error_mean / 1000,
		r->score->unusable_error_mean % 1000, r->score->unusable_error_most / 1000,
		r->score->unusable_error_most % 1000, r->score->unusable_error_weighted / 1000,
		r->score->unusable_error_weighted % 1000);
}

static void text_unmatched(FILE *out, const struct result *r)
{
	const struct replay_counts *c = r->counts;
	const struct {
		const char *what;
		uint64_t n;
	} classes[] = {
		{ "frees of requests that failed here", c->frees_of_failed },
		{ "frees of pages from before the trace", c->frees_of_start_objects },
		{ "frees of nothing, or twice", c->frees_unknown },
		{ "hidden allocations put in by the importer", c->hidden },
		{ "missing frees put in by the importer", c->missed },
		{ "frees by the recorded kernel's reclaim, dropped", c->reclaim_frees_dropped },
		{ "failed requests of the recording, replayed", c->recorded_failures },
		{ "  of these served here (and given back)", c->recorded_failures_served },
		{ "gfp flags this kernel does not know", c->unknown_gfp_flags },
		{ "operations outside the scored part", c->unscored },
		{ "frees that waited for their allocation", c->free_waits },
	};

	fprintf(out, "Not matched, or put in\n");
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		fprintf(out, "  %-50s %12" PRIu64 "\n", classes[i].what, classes[i].n);
	fputc('\n', out);
}

static void text_host(FILE *out, const struct result *r)
{
	uint64_t ms = r->host.wall_ns / 1000000;
	uint64_t rate = r->counts->events * 1000000 / (r->host.replay_ns / 1000 + 1);

	fprintf(out,
		"Host: %" PRIu64 ".%03" PRIu64 " s in all, replay %" PRIu64 ".%02" PRIu64
		" M events/s, %" PRIu64 " MiB at most\n",
		ms / 1000, ms % 1000, rate / 1000000, rate % 1000000 / 10000,
		r->host.peak_rss_kib / 1024);
}

void result_text(FILE *out, const struct result *r)
{
	text_head(out, r);
	result_state_text(out, r);
	if (r->scenario->workload.kind)
		result_workload_text(out, r);
	text_requests(out, r);
	result_orders_text(out, r);
	text_latency(out, r);
	result_locks_text(out, r);
	if (r->world.there)
		result_reclaim_text(out, r);
	text_counters(out, r);
	text_fragmentation(out, r);
	result_blockers_text(out, r);
	text_score(out, r);
	text_unmatched(out, r);
	if (result_sysctl_any(r))
		result_sysctl_text(out, r);
	if (result_isolate_any(r))
		result_isolate_text(out, r);
	text_host(out, r);
}
