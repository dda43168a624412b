/*
 * The lines of a CSV recording:
 *
 *   # kernel 6.1.0
 *   # gfp 0x100 __GFP_ZERO
 *   time_ns,cpu,pid,event,pfn,order,gfp
 *   12345678000,3,4711,alloc,0x10,2,GFP_KERNEL|__GFP_ZERO
 *
 * Columns stand in any order and are known by their names.
 */
#include "traces/import_csv.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const import_csv_names[IMPORT_CSV_COLUMNS] = {
	"time_ns", "time_ticks",  "cpu",   "pid",  "event",  "pfn",    "order",  "gfp",
	"comm",    "migratetype", "flags", "text", "value0", "value1", "value2", "value3",
};

struct csv {
	struct import_csv c;
	int8_t column[IMPORT_CSV_COLUMNS]; /* what each column of the file is */
	unsigned ncolumns;
	char *unquoted; /* cells of a line without their quotes */
	size_t unquoted_size, used;
	struct trace_error *err;
};

/* ---- cells ------------------------------------------------------------------------------- */

/* "a ""b""" in quotes, up to the comma behind it. */
static bool quoted_cell(struct csv *v, const char **at, const char *end,
			struct import_csv_cell *cell)
{
	const char *p = *at + 1;

	cell->at = v->unquoted + v->used;
	for (; p < end; p++) {
		if (*p == '"' && !(p + 1 < end && p[1] == '"'))
			break;
		p += *p == '"';
		v->unquoted[v->used++] = *p;
	}
	cell->len = (size_t)(v->unquoted + v->used - cell->at);
	if (p == end)
		return trace_error_data(v->err, "a quote is not closed");
	if (p + 1 < end && p[1] != ',')
		return trace_error_data(v->err, "a quote is closed in the middle of a cell");
	*at = p + 1;
	return true;
}

/* Leaves *at on the comma behind the cell, or at the end. */
static bool next_cell(struct csv *v, const char **at, const char *end,
		      struct import_csv_cell *cell)
{
	const char *stop;

	while (*at < end && **at == ' ')
		++*at;
	if (*at < end && **at == '"')
		return quoted_cell(v, at, end, cell);
	stop = memchr(*at, ',', (size_t)(end - *at));
	stop = stop ? stop : end;
	cell->at = *at;
	cell->len = (size_t)(stop - *at);
	while (cell->len && cell->at[cell->len - 1] == ' ')
		cell->len--;
	*at = stop;
	return true;
}

/* A line's cells need no more bytes than the line. */
static bool room(struct csv *v, size_t size)
{
	char *grown;

	v->used = 0;
	if (size < v->unquoted_size)
		return true;
	grown = realloc(v->unquoted, size * 2 + 256);
	if (!grown)
		return trace_error_memory(v->err);
	v->unquoted = grown;
	v->unquoted_size = size * 2 + 256;
	return true;
}

/* ---- the head ---------------------------------------------------------------------------- */

static bool unknown_column(const struct csv *v, const struct import_csv_cell *cell)
{
	char known[256] = "";
	size_t n = 0;

	for (unsigned i = 0; i < IMPORT_CSV_COLUMNS; i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
				      import_csv_names[i]);
	return trace_error_data(v->err, "column %u is called \"%.*s\"; known are %s",
				v->ncolumns + 1, (int)(cell->len < 40 ? cell->len : 40),
				cell->at, known);
}

static bool add_column(struct csv *v, const struct import_csv_cell *cell)
{
	int8_t k = 0;

	while (k < IMPORT_CSV_COLUMNS &&
	       (strlen(import_csv_names[k]) != cell->len ||
		memcmp(import_csv_names[k], cell->at, cell->len) != 0))
		k++;
	if (k == IMPORT_CSV_COLUMNS)
		return unknown_column(v, cell);
	for (unsigned i = 0; i < v->ncolumns; i++)
		if (v->column[i] == k)
			return trace_error_data(v->err, "two columns are called \"%s\"",
						import_csv_names[k]);
	v->column[v->ncolumns++] = k;
	return true;
}

static bool has_column(const struct csv *v, enum import_csv_column k)
{
	return memchr(v->column, (int)k, v->ncolumns) != NULL;
}

static bool head(struct csv *v, const char *p, const char *end)
{
	static const uint8_t needed[] = { IMPORT_CSV_CPU, IMPORT_CSV_PID,   IMPORT_CSV_EVENT,
					  IMPORT_CSV_PFN, IMPORT_CSV_ORDER, IMPORT_CSV_GFP };

	for (;; p++) {
		struct import_csv_cell cell;

		if (!next_cell(v, &p, end, &cell) || !add_column(v, &cell))
			return false;
		if (p == end)
			break;
	}
	for (size_t i = 0; i < sizeof(needed); i++)
		if (!has_column(v, needed[i]))
			return trace_error_data(v->err, "no column is called \"%s\"",
						import_csv_names[needed[i]]);
	if (has_column(v, IMPORT_CSV_TIME_NS) == has_column(v, IMPORT_CSV_TIME_TICKS))
		return trace_error_data(v->err, "one column has to be called \"time_ns\" or "
						"\"time_ticks\", not both");
	return true;
}

/* ---- remarks ----------------------------------------------------------------------------- */

/* The rest of "# word rest". */
static const char *behind(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	for (p++; p < end && *p == ' ';)
		p++;
	if ((size_t)(end - p) <= n || memcmp(p, word, n) != 0 || p[n] != ' ')
		return NULL;
	for (p += n; p < end && *p == ' ';)
		p++;
	return p;
}

static bool define_gfp(struct csv *v, const char *p, const char *end)
{
	const char *blank = memchr(p, ' ', (size_t)(end - p)), *name = blank;
	struct import_csv_gfp *g = &v->c.gfp[v->c.ngfp];
	size_t len;

	while (name && name < end && *name == ' ')
		name++;
	len = name ? (size_t)(end - name) : 0;
	if (!len || len >= sizeof(g->name) ||
	    !import_csv_fields_number(p, (size_t)(blank - p), &g->bits) || !g->bits)
		return trace_error_data(v->err,
					"\"# gfp\" wants bits and a name, as in \"# gfp "
					"0x100 __GFP_ZERO\"");
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return trace_error_data(v->err, "no name of a gfp flag: \"%.*s\"",
						(int)len, name);
	if (v->c.ngfp == IMPORT_CSV_GFPS - 1)
		return trace_error_data(v->err, "more than %d names of gfp flags",
					IMPORT_CSV_GFPS - 1);
	memcpy(g->name, name, len);
	g->name[len] = '\0';
	v->c.ngfp++;
	return true;
}

static bool remark(struct csv *v, const char *p, const char *end)
{
	struct import_source *s = v->c.s;
	const char *rest;

	if ((rest = behind(p, end, "gfp")))
		return define_gfp(v, rest, end);
	if ((rest = behind(p, end, "clock")))
		snprintf(s->clock_name, sizeof(s->clock_name), "%.*s", (int)(end - rest), rest);
	else if ((rest = behind(p, end, "kernel")))
		snprintf(s->kernel, sizeof(s->kernel), "%.*s", (int)(end - rest), rest);
	return true;
}

/* What bpftrace writes between the rows: "Lost 17 events". */
static bool loss(struct csv *v, const char *p, const char *end)
{
	static const char begins[] = "Lost ", ends[] = " events";
	size_t a = sizeof(begins) - 1, b = sizeof(ends) - 1, len = (size_t)(end - p);
	uint64_t n;

	if (len <= a + b || memcmp(p, begins, a) != 0 || memcmp(end - b, ends, b) != 0 ||
	    !import_csv_fields_number(p + a, len - a - b, &n))
		return false;
	v->c.s->lost += n;
	return true;
}

/* ---- lines ------------------------------------------------------------------------------- */

static bool row(struct csv *v, const char *p, const char *end)
{
	struct import_csv_cell cells[IMPORT_CSV_COLUMNS] = { { NULL, 0 } };
	unsigned n = 0;

	for (;; p++) {
		struct import_csv_cell cell;

		if (!next_cell(v, &p, end, &cell))
			return false;
		if (n < v->ncolumns)
			cells[v->column[n]] = cell;
		n++;
		if (p == end)
			break;
	}
	if (n != v->ncolumns)
		return trace_error_data(v->err, "%u cells below %u columns", n, v->ncolumns);
	return import_csv_fields(&v->c, cells);
}

static bool line(struct csv *v, const char *p, const char *end)
{
	while (end > p && (end[-1] == '\r' || end[-1] == ' '))
		end--;
	while (p < end && *p == ' ')
		p++;
	if (p == end)
		return true;
	if (memchr(p, 0, (size_t)(end - p)))
		return trace_error_data(v->err, "not text");
	if (*p == '#')
		return remark(v, p, end);
	if (loss(v, p, end))
		return true;
	if (!room(v, (size_t)(end - p)))
		return false;
	return v->ncolumns ? row(v, p, end) : head(v, p, end);
}

static bool all_lines(struct csv *v, const struct import_input *in,
		      struct import_progress progress)
{
	const char *at = (const char *)in->data, *end = at + in->size;

	for (unsigned long long n = 1; at < end; n++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!line(v, at, stop ? stop : end))
			return trace_error_at(v->err, "%s:%llu: ", in->label, n);
		at = stop ? stop + 1 : end;
		if (n % 65536 == 0 &&
		    !import_progress(&progress, (uint64_t)(at - (const char *)in->data),
				     in->size, v->err))
			return false;
	}
	return true;
}

bool import_csv(const struct import_input *in, struct import_source *s,
		struct import_progress progress, struct trace_error *err)
{
	struct csv v = { .c = { .s = s, .err = err }, .err = err };
	bool ok;

	s->format = "csv";
	ok = all_lines(&v, in, progress);
	free(v.unquoted);
	return ok &&
	       (s->n || trace_error_data(err, "%s: no page allocator events in it", in->label));
}
