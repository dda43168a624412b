/* trace info for people. */
#include <inttypes.h>
#include <stdio.h>

#include "tools/trace_info.h"

__extension__ typedef unsigned __int128 wide;

/* Thousandths. */
static uint64_t bytes_per_event_milli(const struct trace_info *i)
{
	return i->s.totals.events ? i->size * 1000 / i->s.totals.events : 0;
}

static const char *s_of(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void print_share(uint64_t part, uint64_t whole)
{
	uint64_t permille = whole ? part * 1000 / whole : 0;

	printf(" %4" PRIu64 ".%" PRIu64 " %%", permille / 10, permille % 10);
}

static void print_head(const struct trace_info *i)
{
	const struct trace_header *h = i->h;
	const struct trace_totals *t = &i->s.totals;
	uint64_t us = trace_info_span_us(i), milli = bytes_per_event_milli(i);

	printf("name      %s%s\n", h->name && *h->name ? h->name : "-",
	       h->synthetic ? " (synthetic)" : "");
	if (h->source_kernel && *h->source_kernel)
		printf("kernel    %s\n", h->source_kernel);
	if (h->tool && *h->tool)
		printf("made by   %s\n", h->tool);
	printf("format    %u.%u\n", h->major, h->minor);
	printf("clock     %s (%s), %" PRIu64 " Hz\n", h->clock_name,
	       trace_info_clock_units[h->clock], h->clock_hz);
	printf("machine   %u CPU%s, %u node%s\n", h->cpus, s_of(h->cpus), h->nodes,
	       s_of(h->nodes));
	printf("events    %" PRIu64 " in %" PRIu64 " block%s", t->events, t->blocks,
	       s_of(t->blocks));
	if (us)
		printf(", %" PRIu64 ".%06" PRIu64 " s, %" PRIu64 " a second", us / 1000000,
		       us % 1000000, trace_info_per_second(i, t->events));
	printf("\ntasks     %" PRIu64 "\n", t->tasks);
	if (i->size)
		printf("file      %" PRIu64 " bytes, %" PRIu64 ".%03" PRIu64 " an event\n",
		       i->size, milli / 1000, milli % 1000);
}

static void print_events(const struct trace_info *i)
{
	const struct trace_stats *s = &i->s;

	puts("\nevents by kind");
	for (unsigned k = 0; k < TRACE_KINDS; k++) {
		if (!s->kinds[k])
			continue;
		printf("  %-14s %12" PRIu64, trace_stats_kind(k), s->kinds[k]);
		print_share(s->kinds[k], s->totals.events);
		putchar('\n');
	}
	for (unsigned bit = 0; bit < 7; bit++)
		if (s->flags[bit])
			printf("  marked %-7s %12" PRIu64 "\n", trace_stats_flag(bit),
			       s->flags[bit]);
}

static void print_orders_mix(const struct trace_info *i)
{
	const struct trace_stats *s = &i->s;

	puts("\norder        allocated                   freed");
	for (unsigned o = 0; o < TRACE_ORDERS; o++) {
		if (!s->alloc_orders[o] && !s->free_orders[o])
			continue;
		printf("%5u   %14" PRIu64, o, s->alloc_orders[o]);
		print_share(s->alloc_orders[o], s->kinds[TRACE_ALLOC]);
		printf(" %14" PRIu64, s->free_orders[o]);
		print_share(s->free_orders[o], s->kinds[TRACE_FREE]);
		putchar('\n');
	}
}

/* ---- times ----------------------------------------------------------------------------- */

struct unit {
	const char *name;
	uint64_t ns;
};

/* The largest one of which a time has at least one. */
static struct unit unit_of(uint64_t ns)
{
	static const struct unit units[] = {
		{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 }
	};
	unsigned u = 0;

	while (u < 3 && ns < units[u].ns)
		u++;
	return units[u];
}

/* 12 characters. */
static void print_time(const struct trace_info *i, uint64_t ns)
{
	struct unit u = unit_of(ns);

	if (!trace_info_has_times(i))
		printf(" %11" PRIu64, ns);
	else if (u.ns == 1)
		printf(" %8" PRIu64 " ns", ns);
	else
		printf(" %6" PRIu64 ".%" PRIu64 " %2s", ns / u.ns, ns % u.ns * 10 / u.ns,
		       u.name);
}

/* Seconds since the first event, or counts. */
static void print_moment(const struct trace_info *i, uint64_t ns)
{
	if (trace_info_has_times(i))
		printf(" %8" PRIu64 ".%03" PRIu64 " s", ns / 1000000000, ns / 1000000 % 1000);
	else
		printf(" %14" PRIu64, ns);
}

static uint64_t pages_to_kib(const struct trace_info *i, uint64_t pages)
{
	return (uint64_t)((wide)pages * i->h->page_size / 1024);
}

static void print_mib(uint64_t kib)
{
	printf(" %12" PRIu64 ".%" PRIu64, kib / 1024, kib % 1024 * 10 / 1024);
}

static void print_live(const struct trace_info *i)
{
	const struct trace_stats *s = &i->s;
	const struct {
		const char *what;
		uint64_t pages, at;
	} rows[] = { { "at the start", s->start_pages, 0 },
		     { "peak", s->most_live, s->most_live_time },
		     { "at the end", s->live, 0 } };

	puts("\nlive memory           pages            MiB              at");
	for (unsigned k = 0; k < 3; k++) {
		printf("  %-12s %12" PRIu64, rows[k].what, rows[k].pages);
		print_mib(pages_to_kib(i, rows[k].pages));
		if (k == 1)
			print_moment(i, rows[k].at);
		putchar('\n');
	}
}

static void print_rate(const struct trace_info *i, enum trace_rates_what what, const char *name)
{
	const struct trace_rates *r = i->s.rates;
	unsigned peak = trace_rates_peak(r, what);
	uint64_t sum = trace_rates_sum(r, what);
	uint64_t most = trace_rates_value(&r->bin[peak], what);

	if (!sum)
		return;
	printf("  %-16s", name);
	if (what == TRACE_RATES_ALLOCATED || what == TRACE_RATES_FREED) {
		print_mib(trace_info_per_second(i, pages_to_kib(i, sum)));
		print_mib(trace_info_per_second_in(i, pages_to_kib(i, most)));
	} else {
		printf(" %14" PRIu64 " %14" PRIu64, trace_info_per_second(i, sum),
		       trace_info_per_second_in(i, most));
	}
	print_moment(i, peak * r->width);
	putchar('\n');
}

static void print_rates(const struct trace_info *i)
{
	struct unit u = unit_of(i->s.rates->width);

	if (!trace_info_has_times(i) || !i->s.totals.events)
		return;
	printf("\nrates over time        a second  peak a second              at  (peaks over "
	       "%" PRIu64 " %s)\n",
	       i->s.rates->width / u.ns, u.name);
	print_rate(i, TRACE_RATES_EVENTS, "events");
	print_rate(i, TRACE_RATES_REQUESTS, "requests");
	print_rate(i, TRACE_RATES_FAILED, "failed requests");
	print_rate(i, TRACE_RATES_FREES, "frees");
	print_rate(i, TRACE_RATES_ALLOCATED, "allocated, MiB");
	print_rate(i, TRACE_RATES_FREED, "freed, MiB");
}

static void print_percentile(const struct trace_info *i, const struct trace_like_hist *h,
			     const struct trace_like_curve *c, unsigned percent)
{
	uint64_t share = (UINT64_C(1) << 32) / 100 * percent;
	uint64_t ns = trace_like_hist_value(h, c, share, UINT64_MAX);

	if (ns == UINT64_MAX)
		printf(" %11s", "-");
	else
		print_time(i, ns);
}

static void print_life(const struct trace_info *i, const char *order,
		       const struct trace_like_hist *h)
{
	uint64_t all = h->nseen + h->nlonger;
	struct trace_like_curve c;

	trace_like_hist_curve(h, &c);
	printf("%5s %12" PRIu64, order, all);
	print_share(h->nlonger, all);
	for (unsigned k = 0; k < 3; k++)
		print_percentile(i, h, &c, (const unsigned[]){ 50, 90, 99 }[k]);
	if (h->nseen)
		print_time(i, h->most);
	putchar('\n');
}

static void print_lives(const struct trace_info *i)
{
	char order[8];

	if (!i->s.kinds[TRACE_ALLOC])
		return;
	puts("\nlifetimes: what was allocated in the trace, until its last page is freed; what "
	     "is still\nlive at the end counts for as long as it was seen; -: fewer were seen "
	     "to "
	     "end\n"
	     "order      objects  still live      p50         p90         p99     longest");
	for (unsigned o = 0; o < TRACE_ORDERS; o++) {
		snprintf(order, sizeof(order), "%u", o);
		if (i->s.lives[o].nseen || i->s.lives[o].nlonger)
			print_life(i, order, &i->s.lives[o]);
	}
	print_life(i, "all", &i->s.lives[TRACE_ORDERS]);
}

/* ---- mixes ----------------------------------------------------------------------------- */

static void print_gfps(const struct trace_info *i)
{
	uint64_t requests = i->s.kinds[TRACE_ALLOC] + i->s.kinds[TRACE_ALLOC_FAILED];

	if (i->gfps.n)
		puts("\nmost used gfp sets");
	for (unsigned n = 0; n < i->gfps.n; n++) {
		uint32_t index = i->gfps.index[n];

		printf("  %12" PRIu64, i->s.gfp[index]);
		print_share(i->s.gfp[index], requests);
		printf("  %s\n", trace_reader_gfp(i->r, index));
	}
}

/* A text of the trace stays on its line. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
}

static void print_tasks(const struct trace_info *i)
{
	uint64_t requests = i->s.kinds[TRACE_ALLOC] + i->s.kinds[TRACE_ALLOC_FAILED];

	if (i->tasks.n)
		puts("\nmost requesting tasks\n      requests                frees  "
		     "allocated, MiB       pid");
	for (unsigned n = 0; n < i->tasks.n; n++) {
		const struct trace_stats_task *s = &i->s.tasks[i->tasks.index[n]];
		const struct trace_task *t = trace_reader_task(i->r, i->tasks.index[n]);

		printf("  %12" PRIu64, s->requests);
		print_share(s->requests, requests);
		printf(" %12" PRIu64 " ", s->frees);
		print_mib(pages_to_kib(i, s->allocated));
		printf(" %9d%s", t->pid, t->comm[0] ? "  " : "");
		print_text(t->comm);
		putchar('\n');
	}
}

static void print_cpus(const struct trace_info *i)
{
	uint64_t least = UINT64_MAX, most = 0;
	unsigned used = 0;

	for (unsigned c = 0; c < i->h->cpus; c++) {
		uint64_t n = i->s.cpu[c];

		used += n > 0;
		most = n > most ? n : most;
		least = n < least ? n : least;
	}
	printf("\nCPUs      %u of %u with events, %" PRIu64 " to %" PRIu64 " each\n", used,
	       i->h->cpus, least, most);
	for (unsigned n = 0; n < i->cpus.n; n++) {
		uint32_t cpu = i->cpus.index[n];

		printf("  %12" PRIu64, i->s.cpu[cpu]);
		print_share(i->s.cpu[cpu], i->s.totals.events);
		printf("  CPU %u, node %u\n", cpu, i->h->cpu_node[cpu]);
	}
}

/* ---- states ---------------------------------------------------------------------------- */

static void print_state(const struct trace_info *i)
{
	if (!i->s.zones) {
		puts("\nno start state");
		return;
	}
	printf("\nstart state, in pages (%" PRIu64 " objects)\n"
	       "  zone                    free      per-cpu      objects       pinned      "
	       "managed\n",
	       i->s.start_objects);
	for (unsigned z = 0; z < i->h->nzones; z++) {
		const struct trace_stats_zone *s = &i->s.zones[z];

		printf("  %u %-12s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64
		       " %12" PRIu64 "\n",
		       s->zone->nid, s->zone->name, s->free, s->pcp, s->objects, s->pinned,
		       s->zone->managed);
	}
}

static void print_orders(const struct trace_zone_free *z, const char *when)
{
	printf("  %u %-8s %-6s", z->nid, z->name, when);
	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		printf(" %6" PRIu64, z->buddyinfo[o]);
	putchar('\n');
}

static void print_counts(const char *title, const uint64_t *counts, unsigned n,
			 const char *(*name)(unsigned kind))
{
	bool any = false;

	for (unsigned k = 0; k < n; k++) {
		if (!counts[k])
			continue;
		if (!any)
			puts(title);
		any = true;
		printf("  %-14s %12" PRIu64 "\n", name(k), counts[k]);
	}
}

static void print_end(const struct trace_info *i)
{
	print_counts("\ntruth stream", i->s.truths, TRACE_TRUTH_KINDS, trace_stats_truth);
	print_counts("\nsteps below requests", i->s.steps, TRACE_STEP_KINDS, trace_stats_step);
	if (i->end) {
		puts("\nfree blocks by order, as recorded");
		for (unsigned z = 0; z < i->end->nzones; z++) {
			print_orders(&i->end->start[z], "start");
			print_orders(&i->end->end[z], "end");
		}
	}
}

void trace_info_text(const struct trace_info *i)
{
	print_head(i);
	print_events(i);
	print_orders_mix(i);
	print_rates(i);
	print_live(i);
	print_lives(i);
	print_gfps(i);
	print_tasks(i);
	print_cpus(i);
	print_state(i);
	print_end(i);
	trace_info_report(i->report);
}
