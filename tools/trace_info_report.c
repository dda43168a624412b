/* The report in a trace's trailer as text: of an import, of a cut, of a merge. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/trace_info.h"
#include "traces/import.h"

__extension__ typedef unsigned __int128 wide;

#define RULES 15

/* A text of the trace stays on its line. */
static void print_text(const char *text)
{
	for (; text && *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
}

static json_int_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* ---- import ---------------------------------------------------------------------------- */

/* Shown also when nothing was counted: they tell how far the import can be trusted. */
static bool is_vital(const char *key)
{
	static const char *const keys[] = { "lost", "missing", "put_in", "unknown",
					    "end_frames_wrong" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
		if (strcmp(keys[k], key) == 0)
			return true;
	return false;
}

static void print_count(const json_t *c)
{
	json_int_t n = number(c, "count"), of = number(c, "of");
	/* In 1/1000 %; a report may hold any numbers. */
	uint64_t share = of > 0 && n > 0 ? (uint64_t)((wide)n * 100000 / (wide)of) : 0;

	printf("%-4s%10" JSON_INTEGER_FORMAT, json_string_value(json_object_get(c, "rule")), n);
	if (of > 0)
		printf(" %4" PRIu64 ".%03" PRIu64 " %%", share / 1000, share % 1000);
	else
		printf("%11s", "");
	fputs("  ", stdout);
	print_text(json_string_value(json_object_get(c, "what")));
	putchar('\n');
}

static void print_counts(json_t *counts)
{
	const char *key;
	json_t *c;

	puts("rule   count   percent  what (of classes that were empty: --json)");
	for (unsigned rule = 0; rule <= RULES; rule++)
		json_object_foreach(counts, key, c)
		{
			const char *name = json_string_value(json_object_get(c, "rule"));

			if (name && import_report_rule(name) == rule &&
			    (number(c, "count") || is_vital(key)))
				print_count(c);
		}
}

static void print_import(const json_t *report)
{
	const json_t *warning;
	size_t n;

	puts("\nimport report");
	print_counts(json_object_get(report, "counts"));
	json_array_foreach(json_object_get(report, "warnings"), n,
			   warning) if (json_is_string(warning))
	{
		fputs("warning: ", stdout);
		print_text(json_string_value(warning));
		putchar('\n');
	}
}

/* ---- cut ------------------------------------------------------------------------------- */

static void print_numbers(const char *what, const json_t *list)
{
	const json_t *v;
	size_t n;

	if (!json_array_size(list))
		return;
	printf("  %-12s", what);
	json_array_foreach(list, n, v) printf(" %" JSON_INTEGER_FORMAT, json_integer_value(v));
	putchar('\n');
}

static void print_cut(const json_t *cut)
{
	static const struct {
		const char *key, *what;
	} rows[] = {
		{ "live", "objects live where it begins" },
		{ "put_in", "events put in there" },
		{ "unselected", "events inside that were not selected" },
		{ "objectless", "events of objects whose allocation is not in the part" },
	};

	printf("\ncut from another trace\n  events %" JSON_INTEGER_FORMAT
	       " to %" JSON_INTEGER_FORMAT " (excluded), from time %" JSON_INTEGER_FORMAT
	       "\n  begins with ",
	       number(cut, "first"), number(cut, "last"), number(cut, "time"));
	print_text(json_string_value(json_object_get(cut, "begins_with")));
	putchar('\n');
	print_numbers("tasks", json_object_get(cut, "tasks"));
	print_numbers("CPUs", json_object_get(cut, "cpus"));
	for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++)
		printf("  %12" JSON_INTEGER_FORMAT "  %s\n", number(cut, rows[k].key),
		       rows[k].what);
}

/* ---- merge ----------------------------------------------------------------------------- */

static void print_merge(const json_t *merge)
{
	const json_t *m;
	size_t n;

	puts("\nmerged from\n        events  first CPU  first node  frames add    pids add     "
	     " "
	     "   its begin  name");
	json_array_foreach(merge, n, m)
	{
		printf("  %12" JSON_INTEGER_FORMAT " %10" JSON_INTEGER_FORMAT
		       " %11" JSON_INTEGER_FORMAT " %11" JSON_INTEGER_FORMAT
		       " %11" JSON_INTEGER_FORMAT " %17" JSON_INTEGER_FORMAT "  ",
		       number(m, "events"), number(m, "first_cpu"), number(m, "first_node"),
		       number(m, "frame_add"), number(m, "pid_add"), number(m, "first_time"));
		print_text(json_string_value(json_object_get(m, "name")));
		putchar('\n');
	}
}

/* ---- all of them ----------------------------------------------------------------------- */

static void print_report(const json_t *report)
{
	const json_t *cut = json_object_get(report, "cut");
	const json_t *merge = json_object_get(report, "merge");
	const json_t *whole = json_object_get(report, "of_the_whole");

	if (json_object_get(report, "counts"))
		print_import(report);
	if (cut)
		print_cut(cut);
	if (json_array_size(merge))
		print_merge(merge);
	if (json_is_object(whole)) {
		puts("\nof the whole that it was cut from:");
		print_report(whole);
	}
}

void trace_info_report(const char *report)
{
	json_t *all = report ? json_loads(report, 0, NULL) : NULL;

	print_report(all);
	json_decref(all);
}
