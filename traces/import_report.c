#include "traces/import.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_scan.h"

#define RULES 15

void import_report_count(struct trace_import_report *r, const char *rule, const char *key,
			 const char *text, uint64_t n, uint64_t of)
{
	struct trace_error err;

	if (!import_source_grow(&r->counts, &r->counts_cap, r->ncounts, sizeof(*r->counts),
				&err)) {
		r->lost = true;
		return;
	}
	r->counts[r->ncounts++] = (struct import_count){ rule, key, text, n, of };
}

void import_report_row(struct trace_import_report *r, const char *table,
		       const struct trace_zone *z, const uint64_t *ours,
		       const uint64_t *recorded)
{
	struct import_row row = { .table = table, .nid = z->nid };
	struct trace_error err;

	if (!import_source_grow(&r->rows, &r->rows_cap, r->nrows, sizeof(row), &err)) {
		r->lost = true;
		return;
	}
	memcpy(row.zone, z->name, sizeof(row.zone));
	memcpy(row.ours, ours, sizeof(row.ours));
	memcpy(row.recorded, recorded, sizeof(row.recorded));
	r->rows[r->nrows++] = row;
}

void import_report_warn(struct trace_import_report *r, const char *fmt, ...)
{
	struct trace_error err;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text || !import_source_grow(&r->warnings, &r->warnings_cap, r->nwarnings,
					 sizeof(*r->warnings), &err)) {
		free(text);
		r->lost = true;
		return;
	}
	r->warnings[r->nwarnings++] = text;
}

uint64_t import_report_value(const struct trace_import_report *r, const char *key)
{
	for (size_t i = 0; i < r->ncounts; i++)
		if (strcmp(r->counts[i].key, key) == 0)
			return r->counts[i].n;
	return 0;
}

void import_report_free(struct trace_import_report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nwarnings; i++)
		free(r->warnings[i]);
	free(r->warnings);
	free(r->vmstat);
	free(r->counts);
	free(r->rows);
	free(r);
}

/* ---- text ------------------------------------------------------------------------------- */

/* In 1/1000 %, integers all the way. */
static uint64_t share_milli(uint64_t n, uint64_t of)
{
	return n * 100000 / of;
}

static void print_share(FILE *out, uint64_t n, uint64_t of)
{
	uint64_t share = share_milli(n, of);

	fprintf(out, " %4llu.%03llu %%", (unsigned long long)(share / 1000),
		(unsigned long long)(share % 1000));
}

static void print_count(FILE *out, const struct import_count *c)
{
	fprintf(out, "%-4s%10llu", c->rule, (unsigned long long)c->n);
	if (c->of)
		print_share(out, c->n, c->of);
	else
		fputs("           ", out);
	fprintf(out, "  %s\n", c->text);
}

unsigned import_report_rule(const char *name)
{
	unsigned rule = 0;

	return trace_scan(name, "R%u", &rule) ? rule : 0;
}

/* By rule, whatever the order in which the steps counted. */
static void print_counts(FILE *out, const struct trace_import_report *r)
{
	for (unsigned rule = 0; rule <= RULES; rule++)
		for (size_t i = 0; i < r->ncounts; i++) {
			const char *name = r->counts[i].rule;

			if (import_report_rule(name) == rule)
				print_count(out, &r->counts[i]);
		}
}

static void print_orders(FILE *out, const char *label, const uint64_t *v)
{
	fprintf(out, "    %-9s", label);
	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		fprintf(out, " %6llu", (unsigned long long)v[o]);
	fputc('\n', out);
}

static void print_rows(FILE *out, const struct trace_import_report *r, const char *table,
		       const char *title)
{
	bool any = false;

	for (size_t i = 0; i < r->nrows; i++) {
		const struct import_row *row = &r->rows[i];
		bool equal = memcmp(row->ours, row->recorded, sizeof(row->ours)) == 0;

		if (strcmp(row->table, table) != 0)
			continue;
		if (!any)
			fprintf(out, "\n%s\n", title);
		any = true;
		fprintf(out, "  node %u, zone %s: %s\n", row->nid, row->zone,
			equal ? "equal" : "DIFFERENT");
		print_orders(out, "imported", row->ours);
		if (!equal)
			print_orders(out, "recorded", row->recorded);
	}
}

static void print_head(FILE *out, const struct trace_import_report *r)
{
	fprintf(out, "%s: %s, clock %s", r->name, r->format, r->clock);
	if (r->clock_hz && r->clock_hz != 1000000000)
		fprintf(out, " at %llu Hz", (unsigned long long)r->clock_hz);
	fprintf(out, "\nrecorded kernel: %s\n\n", r->kernel[0] ? r->kernel : "not known");
}

char *import_report_text(const struct trace_import_report *r)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_head(out, r);
	fputs("rule   count   percent  what\n", out);
	print_counts(out, r);
	print_rows(out, r, "start",
		   "Free blocks at the start, orders 0 to 10, against buddyinfo:");
	print_rows(out, r, "end", "Free blocks at the end, orders 0 to 10, against buddyinfo:");
	for (size_t i = 0; i < r->nwarnings; i++)
		fprintf(out, "\nwarning: %s\n", r->warnings[i]);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- JSON ------------------------------------------------------------------------------- */

static json_t *orders_json(const uint64_t *v)
{
	json_t *a = json_array();

	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		json_array_append_new(a, json_integer((json_int_t)v[o]));
	return a;
}

static json_t *counts_json(const struct trace_import_report *r, bool percent)
{
	json_t *all = json_object();

	for (size_t i = 0; i < r->ncounts; i++) {
		const struct import_count *c = &r->counts[i];

		json_object_set_new(all, c->key,
				    json_pack("{s:s, s:I, s:I, s:s}", "rule", c->rule, "count",
					      (json_int_t)c->n, "of", (json_int_t)c->of, "what",
					      c->text));
		if (percent && c->of)
			json_object_set_new(json_object_get(all, c->key), "percent_milli",
					    json_integer((json_int_t)share_milli(c->n, c->of)));
	}
	return all;
}

static json_t *rows_json(const struct trace_import_report *r, const char *table)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->nrows; i++)
		if (strcmp(r->rows[i].table, table) == 0)
			json_array_append_new(
				all, json_pack("{s:i, s:s, s:o, s:o}", "node", r->rows[i].nid,
					       "zone", r->rows[i].zone, "imported",
					       orders_json(r->rows[i].ours), "recorded",
					       orders_json(r->rows[i].recorded)));
	return all;
}

static json_t *warnings_json(const struct trace_import_report *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->nwarnings; i++)
		json_array_append_new(all, json_string(r->warnings[i]));
	return all;
}

/* "name": [before, after]; those that did not change are left out. */
static json_t *vmstat_json(const struct trace_import_report *r)
{
	json_t *all = json_object();

	for (size_t i = 0; i < r->nvmstat; i++)
		if (r->vmstat[i].before != r->vmstat[i].after)
			json_object_set_new(all, r->vmstat[i].name,
					    json_pack("[I, I]", (json_int_t)r->vmstat[i].before,
						      (json_int_t)r->vmstat[i].after));
	return all;
}

char *import_report_json(const struct trace_import_report *r, bool percent)
{
	json_t *j = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:o}", "name", r->name,
			      "format", r->format, "clock", r->clock, "clock_hz",
			      (json_int_t)r->clock_hz, "kernel", r->kernel, "counts",
			      counts_json(r, percent), "start", rows_json(r, "start"), "end",
			      rows_json(r, "end"), "warnings", warnings_json(r));
	char *text;

	if (j && r->nvmstat)
		json_object_set_new(j, "vmstat", vmstat_json(r));
	text = j ? json_dumps(j, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;

	json_decref(j);
	return text;
}
