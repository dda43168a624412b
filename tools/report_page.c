#include "tools/report_page.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"

/* ---- memory ----------------------------------------------------------------------------- */

struct report_memory {
	struct report_memory *next;
	max_align_t room[];
};

void *report_page_room(struct report_page *p, size_t n, size_t size)
{
	struct report_memory *m = NULL;

	if (size == 0 || n < SIZE_MAX / size - sizeof(*m))
		m = calloc(1, sizeof(*m) + n * size);
	if (!m) {
		p->failed = true;
		return NULL;
	}
	m->next = p->memory;
	p->memory = m;
	return m->room;
}

double *report_page_numbers(struct report_page *p, size_t n)
{
	return report_page_room(p, n, sizeof(double));
}

const char *report_page_words(struct report_page *p, const char *fmt, ...)
{
	va_list ap;
	char text[512], *kept;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kept = report_page_room(p, strlen(text) + 1, 1);
	return kept ? strcpy(kept, text) : "";
}

void report_page_free(struct report_page *p)
{
	while (p->memory) {
		struct report_memory *next = p->memory->next;

		free(p->memory);
		p->memory = next;
	}
}

/* ---- plots ------------------------------------------------------------------------------ */

#define TABLE_ROWS 24 /* of a plot's numbers; all of them are in its .dat file */

void report_page_picture(struct report_page *p, const struct plot *plot)
{
	struct plot *kept = &p->plots[p->nplots];
	struct plot_series *series;

	if (p->nplots == REPORT_PAGE_PLOTS) {
		report_html_say(p->out, "(%s: more plots than a page has room for)",
				plot->title);
		return;
	}
	series = report_page_room(p, plot->nseries + 1, sizeof(*series));
	if (!series)
		return;
	memcpy(series, plot->series, plot->nseries * sizeof(*series));
	*kept = *plot;
	kept->series = series;
	kept->title = report_page_words(p, "%s", plot->title);
	kept->width = plot->width ? plot->width : 560;
	kept->height = plot->height ? plot->height : 340;
	fprintf(p->out, "<figure class=\"plot\" id=\"plot-%s\">%c%c%c%c</figure>\n", plot->name,
		REPORT_PAGE_MARK, (int)('a' + p->nplots / 26), (int)('a' + p->nplots % 26),
		REPORT_PAGE_MARK);
	p->nplots++;
}

/* Series of one table share their x. */
static bool is_shared(const struct plot *plot)
{
	for (unsigned i = 1; i < plot->nseries; i++)
		if (plot->series[i].x != plot->series[0].x ||
		    plot->series[i].n != plot->series[0].n)
			return false;
	return plot->nseries > 0;
}

static void put_x(FILE *out, const struct plot *plot, double x)
{
	if (plot->x.nnames && x >= 0 && x < plot->x.nnames)
		report_html_cell(out, "%s", plot->x.names[(unsigned)x]);
	else
		report_html_figure(out, "%.4g", x);
}

static void put_rows(FILE *out, const struct plot *plot, const struct plot_series *series,
		     unsigned nseries)
{
	size_t n = series[0].n, rows = n < TABLE_ROWS ? n : TABLE_ROWS;

	for (size_t row = 0; row < rows; row++) {
		size_t i = rows < 2 ? 0 : row * (n - 1) / (rows - 1);

		report_html_row(out);
		put_x(out, plot, series[0].x[i]);
		for (unsigned k = 0; k < nseries; k++)
			if (!isnan(series[k].y[i]))
				report_html_figure(out, "%.5g", series[k].y[i]);
			else
				report_html_figure(out, "-");
	}
}

static void put_table(struct report_page *p, const struct plot *plot, unsigned first,
		      unsigned n)
{
	const char **heads = report_page_room(p, n + 2, sizeof(*heads));
	const struct plot_series *series = &plot->series[first];

	if (!heads || series->n == 0)
		return;
	heads[0] = plot->x.unit ? report_page_words(p, "%s (%s)", plot->x.label, plot->x.unit)
				: plot->x.label;
	for (unsigned k = 0; k < n; k++)
		heads[k + 1] = series[k].label ? series[k].label : plot->y.label;
	report_html_table(p->out, heads);
	put_rows(p->out, plot, series, n);
	report_html_table_end(p->out);
}

void report_page_plot(struct report_page *p, const struct plot *plot)
{
	FILE *out = p->out;
	bool shared = is_shared(plot);

	fputs("<div class=\"with-table\">", out);
	report_page_picture(p, plot);
	report_html_fold(out, "Numbers: %s%s%s%s", plot->y.label, plot->y.unit ? " (" : "",
			 plot->y.unit ? plot->y.unit : "", plot->y.unit ? ")" : "");
	if (shared)
		put_table(p, plot, 0, plot->nseries);
	for (unsigned k = 0; !shared && k < plot->nseries; k++)
		put_table(p, plot, k, 1);
	if (plot->nseries && plot->series[0].n > TABLE_ROWS && !p->options->no_files)
		report_html_say(out, "%d of %zu rows; all of them are in %s.dat\n", TABLE_ROWS,
				plot->series[0].n, plot->name);
	report_html_fold_end(out);
	fputs("</div>\n", out);
}

/* ---- what results say ------------------------------------------------------------------- */

const json_t *report_page_at(const json_t *json, const char *path)
{
	char name[64];

	while (json && *path) {
		size_t n = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		json = json_object_get(json, name);
		path += n + (path[n] == '.');
	}
	return json;
}

uint64_t report_page_number(const json_t *json, const char *path)
{
	json_int_t n = json_integer_value(report_page_at(json, path));

	return n > 0 ? (uint64_t)n : 0;
}

const char *report_page_text(const json_t *json, const char *path)
{
	const char *text = json_string_value(report_page_at(json, path));

	return text ? text : "";
}

const json_t *report_page_latency(const struct report_run *run, const char *op, const char *by,
				  const char *key)
{
	const json_t *rows = report_page_at(run->json, "latency"), *row;
	size_t i;

	json_array_foreach(rows, i,
			   row) if (strcmp(report_page_text(row, "op"), op) == 0 &&
				    strcmp(report_page_text(row, "by"), by) == 0 &&
				    strcmp(report_page_text(row, "key"), key) == 0) return row;
	return NULL;
}

void report_page_time(struct report_page *p, const struct report_run *run, const json_t *row,
		      const char *name)
{
	/* "p99.9" has a point of its own: no path. */
	json_int_t cycles = json_integer_value(json_object_get(row, name));
	double seconds = cycles > 0 ? report_page_seconds(run, (uint64_t)cycles) : 0;

	report_html_figure(p->out, "%s", report_html_time(seconds).text);
}

const uint64_t *report_page_blocks(const struct report_run *run, size_t sample, unsigned zone)
{
	return &run->blocks[(sample * run->nzones + zone) * FRAG_ORDERS];
}

double report_page_mib(uint64_t pages)
{
	return (double)pages / 256;
}

double report_page_seconds(const struct report_run *run, uint64_t cycles)
{
	return (double)cycles / (run->mhz * 1e6);
}

const char *report_page_zone(struct report_page *p, const struct report_run *run, unsigned zone)
{
	return report_page_words(p, "node %u, zone %s", run->zones[zone].node,
				 run->zones[zone].name);
}

const char *report_page_name(struct report_page *p, const char *what,
			     const struct report_run *run, unsigned zone)
{
	const char *letters = "abcdefgh";
	unsigned nth = (unsigned)(run - p->runs);

	if (p->nruns < 2)
		return report_page_words(p, "%s-%u", what, zone);
	return report_page_words(p, "%s-%c-%u", what, letters[nth], zone);
}

int report_page_same_zone(const struct report_run *run, const struct report_zone *z)
{
	for (unsigned i = 0; i < run->nzones; i++)
		if (run->zones[i].node == z->node && strcmp(run->zones[i].name, z->name) == 0)
			return (int)i;
	return -1;
}

bool report_page_new_zone(const struct report_page *p, unsigned nth, unsigned zone)
{
	for (unsigned i = 0; i < nth; i++)
		if (report_page_same_zone(&p->runs[i], &p->runs[nth].zones[zone]) >= 0)
			return false;
	return true;
}

void report_page_run(struct report_page *p, const struct report_run *run)
{
	if (p->nruns < 2)
		return;
	fputs("<h3 class=\"run\">", p->out);
	report_html_text(p->out, run->name);
	fputs("</h3>\n", p->out);
}
