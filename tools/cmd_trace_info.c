/* pagesim trace info: what a person wants to know of a trace before using it. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/cmd_trace.h"
#include "tools/trace_stats.h"

#define TOP_GFPS 10

__extension__ typedef unsigned __int128 wide;

struct info {
	const char *path;
	uint64_t size; /* of the file, 0 = a pipe */
	struct trace_reader *r;
	const struct trace_header *h;
	const struct trace_end *end;
	const char *report;
	struct trace_stats s;
	unsigned top[TOP_GFPS], ntop; /* gfp sets, most used first */
};

static const char *const clock_units[] = { "ns", "tsc", "counter" };

/* ---- collecting ------------------------------------------------------------------------ */

static void find_top(struct info *i)
{
	for (unsigned n = 0; n < TOP_GFPS; n++) {
		unsigned best = i->s.ngfp;

		for (unsigned g = 0; g < i->s.ngfp; g++) {
			bool taken = false;

			for (unsigned k = 0; k < n; k++)
				taken = taken || i->top[k] == g;
			if (!taken && i->s.gfp[g] &&
			    (best == i->s.ngfp || i->s.gfp[g] > i->s.gfp[best]))
				best = g;
		}
		if (best == i->s.ngfp)
			return;
		i->top[i->ntop++] = best;
	}
}

static bool collect(struct info *i, bool quiet, struct trace_error *err)
{
	struct stat st;
	bool ok;

	i->r = trace_reader_open(i->path, err);
	if (!i->r)
		return false;
	i->h = trace_reader_header(i->r);
	if (strcmp(i->path, "-") != 0 && stat(i->path, &st) == 0)
		i->size = (uint64_t)st.st_size;
	cmd_trace_watch_begin("info", "events", quiet);
	ok = trace_stats_read(&i->s, i->r, cmd_trace_watch, err);
	cmd_trace_watch_end();
	if (!ok)
		return false;
	find_top(i);
	i->end = trace_reader_end(i->r, err);
	if (!i->end && err->text[0])
		return false;
	i->report = trace_reader_report(i->r, err);
	return i->report || !err->text[0];
}

/* Span in microseconds; 0 where the clock does not measure time. */
static uint64_t span_us(const struct info *i)
{
	uint64_t ticks = i->s.totals.last_time - i->s.totals.first_time;

	if (i->h->clock == TRACE_CLOCK_COUNTER || !i->h->clock_hz)
		return 0;
	return (uint64_t)((wide)ticks * 1000000 / i->h->clock_hz);
}

static uint64_t per_second(const struct info *i, uint64_t count)
{
	uint64_t us = span_us(i);

	return us ? (uint64_t)((wide)count * 1000000 / us) : 0;
}

/* Thousandths. */
static uint64_t bytes_per_event_milli(const struct info *i)
{
	return i->s.totals.events ? i->size * 1000 / i->s.totals.events : 0;
}

/* ---- for people ------------------------------------------------------------------------ */

static const char *s_of(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void print_share(uint64_t part, uint64_t whole)
{
	uint64_t permille = whole ? part * 1000 / whole : 0;

	printf(" (%" PRIu64 ".%" PRIu64 " %%)", permille / 10, permille % 10);
}

static void print_head(const struct info *i)
{
	const struct trace_header *h = i->h;
	const struct trace_totals *t = &i->s.totals;
	uint64_t us = span_us(i), milli = bytes_per_event_milli(i);

	printf("name      %s%s\n", h->name && *h->name ? h->name : "-",
	       h->synthetic ? " (synthetic)" : "");
	if (h->source_kernel && *h->source_kernel)
		printf("kernel    %s\n", h->source_kernel);
	if (h->tool && *h->tool)
		printf("made by   %s\n", h->tool);
	printf("format    %u.%u\n", h->major, h->minor);
	printf("clock     %s (%s), %" PRIu64 " Hz\n", h->clock_name, clock_units[h->clock],
	       h->clock_hz);
	printf("machine   %u CPU%s, %u node%s\n", h->cpus, s_of(h->cpus), h->nodes,
	       s_of(h->nodes));
	printf("events    %" PRIu64 " in %" PRIu64 " block%s", t->events, t->blocks,
	       s_of(t->blocks));
	if (us)
		printf(", %" PRIu64 ".%06" PRIu64 " s, %" PRIu64 " a second", us / 1000000,
		       us % 1000000, per_second(i, t->events));
	printf("\ntasks     %" PRIu64 "\n", t->tasks);
	if (i->size)
		printf("file      %" PRIu64 " bytes, %" PRIu64 ".%03" PRIu64 " an event\n",
		       i->size, milli / 1000, milli % 1000);
}

static void print_events(const struct info *i)
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
	puts("\norder        allocated          freed");
	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		if (s->alloc_orders[o] || s->free_orders[o])
			printf("%5u   %14" PRIu64 " %14" PRIu64 "\n", o, s->alloc_orders[o],
			       s->free_orders[o]);
	printf("\nlive      %" PRIu64 " pages at the start, %" PRIu64 " at most, %" PRIu64
	       " at the end\n",
	       s->start_pages, s->most_live, s->live);
}

static void print_gfps(const struct info *i)
{
	uint64_t requests = i->s.kinds[TRACE_ALLOC] + i->s.kinds[TRACE_ALLOC_FAILED];

	if (i->ntop)
		puts("\nmost used gfp sets");
	for (unsigned n = 0; n < i->ntop; n++) {
		printf("  %12" PRIu64, i->s.gfp[i->top[n]]);
		print_share(i->s.gfp[i->top[n]], requests);
		printf("  %s\n", trace_reader_gfp(i->r, i->top[n]));
	}
}

static void print_cpus(const struct info *i)
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
}

static void print_state(const struct info *i)
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

static void print_end(const struct info *i)
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

/* A text of the trace stays on its line. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
}

static void print_report_count(const json_t *count)
{
	json_int_t n = json_integer_value(json_object_get(count, "count"));
	json_int_t of = json_integer_value(json_object_get(count, "of"));
	const char *what = json_string_value(json_object_get(count, "what"));

	if (!what)
		return;
	printf("  %12" JSON_INTEGER_FORMAT, n);
	if (of > 0)
		printf(" of %-12" JSON_INTEGER_FORMAT "  ", of);
	else
		printf("%18s", "");
	print_text(what);
	putchar('\n');
}

/* What tells how far the import can be trusted; the counts of the other rules are in the JSON.
 */
static void print_report(const struct info *i)
{
	static const char *const keys[] = { "lost",
					    "missing",
					    "put_in",
					    "unknown",
					    "start_zones_equal",
					    "end_zones_equal",
					    "end_frames_wrong" };
	json_t *report = i->report ? json_loads(i->report, 0, NULL) : NULL;
	const json_t *counts = json_object_get(report, "counts"), *warning;
	size_t n;

	if (i->report)
		puts("\nimport report (all of it: --json)");
	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
		print_report_count(json_object_get(counts, keys[k]));
	json_array_foreach(json_object_get(report, "warnings"), n,
			   warning) if (json_is_string(warning))
	{
		fputs("  warning: ", stdout);
		print_text(json_string_value(warning));
		putchar('\n');
	}
	json_decref(report);
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *counts_json(const uint64_t *v, unsigned n, const char *(*name)(unsigned))
{
	json_t *o = json_object();

	for (unsigned i = 0; i < n; i++)
		json_object_set_new(o, name(i), json_integer((json_int_t)v[i]));
	return o;
}

static json_t *list_json(const uint64_t *v, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)v[i]));
	return list;
}

static json_t *gfps_json(const struct info *i)
{
	json_t *list = json_array();

	for (unsigned n = 0; n < i->ntop; n++)
		json_array_append_new(
			list, json_pack("{s:s,s:I}", "gfp", trace_reader_gfp(i->r, i->top[n]),
					"requests", (json_int_t)i->s.gfp[i->top[n]]));
	return list;
}

static json_t *state_json(const struct info *i)
{
	json_t *zones = json_array();

	if (!i->s.zones) {
		json_decref(zones);
		return json_null();
	}
	for (unsigned z = 0; z < i->h->nzones; z++) {
		const struct trace_stats_zone *s = &i->s.zones[z];

		json_array_append_new(zones, json_pack("{s:i,s:s,s:I,s:I,s:I,s:I,s:I}", "node",
						       (int)s->zone->nid, "zone", s->zone->name,
						       "free", (json_int_t)s->free, "per_cpu",
						       (json_int_t)s->pcp, "objects",
						       (json_int_t)s->objects, "pinned",
						       (json_int_t)s->pinned, "managed",
						       (json_int_t)s->zone->managed));
	}
	return json_pack("{s:I,s:o}", "objects", (json_int_t)i->s.start_objects, "zones",
			 zones);
}

static json_t *ends_json(const struct trace_zone_free *z, unsigned n)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < n; k++)
		json_array_append_new(
			list, json_pack("{s:i,s:s,s:o,s:o,s:I}", "node", (int)z[k].nid, "zone",
					z[k].name, "buddyinfo",
					list_json(z[k].buddyinfo, TRACE_ORDERS), "logical",
					list_json(z[k].logical, TRACE_ORDERS), "pcp_pages",
					(json_int_t)z[k].pcp_pages));
	return list;
}

static json_t *end_json(const struct info *i)
{
	if (!i->end)
		return json_null();
	return json_pack("{s:o,s:o}", "start", ends_json(i->end->start, i->end->nzones), "end",
			 ends_json(i->end->end, i->end->nzones));
}

static json_t *info_json(const struct info *i)
{
	const struct trace_header *h = i->h;
	const struct trace_stats *s = &i->s;
	const struct trace_totals *t = &s->totals;
	json_t *o = json_pack(
		"{s:s,s:s,s:s,s:b,s:s,s:s,s:I,s:I,s:I}", "name", h->name ? h->name : "",
		"kernel", h->source_kernel ? h->source_kernel : "", "tool",
		h->tool ? h->tool : "", "synthetic", h->synthetic, "clock", h->clock_name,
		"clock_unit", clock_units[h->clock], "clock_hz", (json_int_t)h->clock_hz,
		"cpus", (json_int_t)h->cpus, "nodes", (json_int_t)h->nodes);

	json_object_set_new(o, "events", json_integer((json_int_t)t->events));
	json_object_set_new(o, "blocks", json_integer((json_int_t)t->blocks));
	json_object_set_new(o, "tasks", json_integer((json_int_t)t->tasks));
	json_object_set_new(o, "first_time", json_integer((json_int_t)t->first_time));
	json_object_set_new(o, "last_time", json_integer((json_int_t)t->last_time));
	json_object_set_new(o, "span_us", json_integer((json_int_t)span_us(i)));
	json_object_set_new(o, "file_bytes", json_integer((json_int_t)i->size));
	json_object_set_new(o, "kinds", counts_json(s->kinds, TRACE_KINDS, trace_stats_kind));
	json_object_set_new(o, "flags", counts_json(s->flags, 7, trace_stats_flag));
	json_object_set_new(o, "alloc_orders", list_json(s->alloc_orders, TRACE_ORDERS));
	json_object_set_new(o, "free_orders", list_json(s->free_orders, TRACE_ORDERS));
	json_object_set_new(o, "gfp", gfps_json(i));
	json_object_set_new(o, "cpu_events", list_json(s->cpu, h->cpus));
	json_object_set_new(o, "live_pages",
			    json_pack("{s:I,s:I,s:I}", "start", (json_int_t)s->start_pages,
				      "most", (json_int_t)s->most_live, "end",
				      (json_int_t)s->live));
	json_object_set_new(o, "truth",
			    counts_json(s->truths, TRACE_TRUTH_KINDS, trace_stats_truth));
	if (s->totals.steps)
		json_object_set_new(o, "steps",
				    counts_json(s->steps, TRACE_STEP_KINDS, trace_stats_step));
	json_object_set_new(o, "start_state", state_json(i));
	json_object_set_new(o, "end_state", end_json(i));
	json_object_set_new(o, "report",
			    i->report ? json_loads(i->report, 0, NULL) : json_null());
	return o;
}

static int print_json(const struct options_spec *spec, const struct info *i)
{
	json_t *o = info_json(i);
	char *text = o ? json_dumps(o, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;

	json_decref(o);
	if (!text)
		return options_fail(spec, CMD_SYSTEM, "out of memory");
	puts(text);
	free(text);
	return CMD_DONE;
}

/* ---- the command ----------------------------------------------------------------------- */

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	(void)row;
	(void)value;
	*(bool *)ctx = true;
	return true;
}

static void print_all(const struct info *i)
{
	print_head(i);
	print_events(i);
	print_gfps(i);
	print_cpus(i);
	print_state(i);
	print_end(i);
	print_report(i);
}

int cmd_trace_info(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "json", 0, NULL, "the same as JSON" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace info",
		"FILE",
		"Reads a trace from end to end and prints what it holds: where it was "
		"recorded,\n"
		"its span, events by kind and order, gfp sets, start and end state.",
		rows,
		"  pagesim trace info traces/samples/vm-fragment.pgt\n"
		"  pagesim trace info --json traces/samples/vm-fragment.pgt | jq .kinds\n",
		1,
		1,
	};
	bool json = false;
	struct options_result o = options_parse(&spec, argc, argv, set, &json);
	struct info i = { 0 };
	struct trace_error err;
	int status = CMD_DONE;

	if (o.ended)
		return o.status;
	i.path = o.operands[0];
	if (!collect(&i, o.quiet, &err))
		status = cmd_trace_fail(&spec, &err);
	else if (json)
		status = print_json(&spec, &i);
	else
		print_all(&i);
	trace_stats_free(&i.s);
	trace_reader_close(i.r);
	return status;
}
