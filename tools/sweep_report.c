#include "tools/sweep_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"
#include "tools/report_style.h"
#include "tools/whole_file.h"

static const struct {
	const char *id, *title;
	void (*write)(struct sweep_report *r);
} sections[] = {
	{ "answer", "The answer in words", sweep_report_words },
	{ "effects", "What each axis does", sweep_report_effects },
	{ "maps", "Two axes together", sweep_report_maps },
	{ "fronts", "What one objective costs in another", sweep_report_effects_fronts },
	{ "points", "All points", sweep_report_maps_points },
};

#define SECTIONS (sizeof(sections) / sizeof(*sections))

/* ---- values ---------------------------------------------------------------------------- */

const char *sweep_report_value(const struct sweep_report *r, size_t column, double value,
			       char text[SWEEP_REPORT_TEXT])
{
	const struct sweep_table_column *c = &r->t->columns[column];
	const char *unit = c->kind ? c->kind->unit : "";
	char number[METRIC_TEXT];

	if (isnan(value)) {
		snprintf(text, SWEEP_REPORT_TEXT, "-");
	} else if (isfinite(value) && r->mhz > 0 && strcmp(unit, "cycles") == 0) {
		snprintf(text, SWEEP_REPORT_TEXT, "%s",
			 report_html_time(value / (r->mhz * 1e6)).text);
	} else {
		metric_print(value, number);
		snprintf(text, SWEEP_REPORT_TEXT, "%s%s%.20s", number, *unit ? " " : "", unit);
	}
	return text;
}

bool sweep_report_asks(const struct sweep_report *r, size_t axis)
{
	return strcmp(r->t->axes[axis].key, "seed") != 0;
}

void sweep_report_settings(const struct sweep_report *r, size_t row)
{
	for (size_t a = 0; a < r->t->naxes; a++)
		report_html_say(r->out, "%s%s %s", a ? ", " : "", r->t->axes[a].key,
				r->t->rows[row].texts[a]);
}

/* ---- plots ----------------------------------------------------------------------------- */

void sweep_report_plot(struct sweep_report *r, const struct plot *plot)
{
	fprintf(r->out, "<figure class=\"plot\"><figcaption>");
	report_html_text(r->out, plot->title);
	fprintf(r->out, "</figcaption>%c%c%c</figure>\n", SWEEP_REPORT_MARK,
		(char)('A' + r->nplots), SWEEP_REPORT_MARK);
	r->plots[r->nplots++] = *plot;
}

static void free_plot(const struct plot *p)
{
	for (unsigned i = 0; i < p->nseries; i++) {
		free((double *)(uintptr_t)p->series[i].x);
		free((double *)(uintptr_t)p->series[i].y);
		free((double *)(uintptr_t)p->series[i].low);
	}
	free((struct plot_series *)(uintptr_t)p->series);
	free((char *)(uintptr_t)p->name);
	free((char *)(uintptr_t)p->title);
	free((void *)(uintptr_t)p->x.names);
}

/* The page with every mark replaced by its picture. */
static bool put_pictures(const struct sweep_report *r, const char *body, const char *folder,
			 FILE *out)
{
	const char *mark;

	for (; (mark = strchr(body, SWEEP_REPORT_MARK)) != NULL; body = mark + 3) {
		const struct plot *p = &r->plots[mark[1] - 'A'];
		char *text = report_svg_read(folder, p->name, p->title);
		bool ok = text != NULL;

		fwrite(body, 1, (size_t)(mark - body), out);
		if (ok)
			fputs(text, out);
		free(text);
		if (!ok)
			return false;
	}
	fputs(body, out);
	return true;
}

/* ---- the page -------------------------------------------------------------------------- */

static const char *head_text(const struct sweep_report *r, const char *key)
{
	const char *text = json_string_value(json_object_get(r->t->m->head, key));

	return text ? text : "";
}

static void put_head(struct sweep_report *r)
{
	const char *name = head_text(r, "name");

	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<title>pagesim sweep: ",
	      r->out);
	report_html_text(r->out, name);
	fprintf(r->out, "</title>\n<style>\n%s</style></head><body>\n<h1>", report_style);
	report_html_text(r->out, *head_text(r, "question") ? head_text(r, "question") : name);
	fputs("</h1>\n<p class=\"sub\">", r->out);
	report_html_say(r->out, "Sweep %s: %zu points, %zu of them with a result.", name,
			r->t->nrows, r->t->ndone);
	fputs("</p>\n<nav>", r->out);
	for (size_t i = 0; i < SECTIONS; i++)
		fprintf(r->out, "<a href=\"#%s\">%s</a>\n", sections[i].id, sections[i].title);
	fputs("</nav>\n", r->out);
}

static char *make_body(struct sweep_report *r)
{
	char *body = NULL;
	size_t size = 0;

	r->out = open_memstream(&body, &size);
	if (!r->out)
		return NULL;
	put_head(r);
	for (size_t i = 0; i < SECTIONS; i++) {
		fprintf(r->out, "<section id=\"%s\"><h2>%s</h2>\n", sections[i].id,
			sections[i].title);
		sections[i].write(r);
		fputs("</section>\n", r->out);
	}
	fputs("<p class=\"sub\">Written by pagesim " PAGESIM_VERSION ".</p>\n</body></html>\n",
	      r->out);
	if (fclose(r->out) == 0 && !r->failed)
		return body;
	free(body);
	return NULL;
}

/* PATH.html has PATH.files. */
static char *folder_of(const char *path)
{
	size_t length = strlen(path);
	char *folder;

	if (length > 5 && strcmp(path + length - 5, ".html") == 0)
		length -= 5;
	return asprintf(&folder, "%.*s.files", (int)length, path) < 0 ? NULL : folder;
}

static bool finish(struct sweep_report *r, const char *path, const char *beside,
		   const char *body, char *text, size_t size)
{
	char *folder = folder_of(beside), *page = NULL;
	size_t length = 0;
	FILE *out = folder ? open_memstream(&page, &length) : NULL;
	bool ok = out != NULL;

	snprintf(text, size, "out of memory");
	ok = ok && (!r->nplots || plot_write(folder, r->plots, r->nplots, text, size));
	ok = ok && put_pictures(r, body, folder, out);
	if (out && fclose(out) != 0)
		ok = false;
	ok = ok && whole_file_write(path, page, text, size);
	free(page);
	free(folder);
	return ok;
}

/* What is to be told of: the sweep's objectives that somebody has, or what people ask for. */
static void find_columns(struct sweep_report *r)
{
	static const char *const usual[] = { "latency.stall.p99.9", "sweep.allocstall",
					     "sweep.held_back", "counters.requests.success",
					     NULL };
	bool any = false;

	for (size_t k = 0; k < r->t->ncolumns; k++)
		any = any || r->t->columns[k].objective;
	for (size_t k = 0; k < r->t->ncolumns && r->ncolumns < SWEEP_REPORT_OBJECTIVES; k++) {
		bool wanted = any && r->t->columns[k].objective;

		for (size_t i = 0; !any && usual[i]; i++)
			wanted = wanted || strcmp(r->t->columns[k].name, usual[i]) == 0;
		if (wanted)
			r->columns[r->ncolumns++] = k;
	}
}

static void find_clock(struct sweep_report *r)
{
	for (size_t i = 0; i < r->t->m->nmachines; i++) {
		double mhz = (double)json_integer_value(
			json_object_get(r->t->m->machines[i], "clock_mhz"));

		if (i && (mhz < r->mhz || mhz > r->mhz)) {
			r->mhz = 0;
			return;
		}
		r->mhz = mhz;
	}
}

bool sweep_report_write(const char *path, const char *beside, const struct sweep_table *t,
			char *text, size_t size)
{
	struct sweep_report r = { .t = t };
	char *body;
	bool ok;

	find_columns(&r);
	find_clock(&r);
	body = make_body(&r);
	snprintf(text, size, "out of memory");
	ok = body && finish(&r, path, beside, body, text, size);
	free(body);
	for (unsigned i = 0; i < r.nplots; i++)
		free_plot(&r.plots[i]);
	return ok;
}
