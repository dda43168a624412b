#include "tools/watch_view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/result.h"

#define LINE 512
#define BAR 24u

struct lines {
	FILE *out;
	unsigned columns, left, done;
};

/* Cut off where the terminal ends; whatever a name holds, it is one line of printable text. */
static void put(struct lines *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct lines *l, const char *fmt, ...)
{
	char text[LINE];
	va_list ap;

	if (!l->left)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (strlen(text) > l->columns)
		text[l->columns] = '\0';
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	fprintf(l->out, "%s" WATCH_VIEW_CLEAR "%s", l->done ? "\n" : "", text);
	l->left--;
	l->done++;
}

/* ---- the head: how far, how fast, what became of requests ------------------------------- */

static void put_progress(struct lines *l, const struct watch_view *v)
{
	char time[32], part[16] = "", left[32] = "";

	result_text_time(time, sizeof(time), v->cycles, v->mhz);
	if (v->total)
		snprintf(part, sizeof(part), "%3" PRIu64 " %%  ", v->events * 100 / v->total);
	if (v->seconds_left)
		snprintf(left, sizeof(left), ", %" PRIu64 " s left", v->seconds_left);
	put(l, "%s, Linux %s on %s", v->trace, v->kernel, v->machine);
	put(l, "%s%s simulated  %s events, %s a second%s", part, time,
	    report_html_digits(v->events).text, report_html_digits(v->events_a_second).text,
	    left);
}

/* Of what was since the last view: so many in a second of simulated time. */
static uint64_t a_second(const struct watch_view *v, uint64_t since)
{
	double seconds = (double)v->since_cycles / ((double)v->mhz * 1e6);

	return seconds > 0 ? (uint64_t)((double)since / seconds) : 0;
}

static void put_requests(struct lines *l, const struct watch_view *v)
{
	put(l, "requests %s, %s a simulated second    failed %s (+%s)    slept %s (+%s)",
	    report_html_digits(v->requests.all).text,
	    report_html_digits(a_second(v, v->requests.since)).text,
	    report_html_digits(v->failed.all).text, report_html_digits(v->failed.since).text,
	    report_html_digits(v->slept.all).text, report_html_digits(v->slept.since).text);
}

static void put_counts(struct lines *l, const struct watch_view *v)
{
	char text[LINE] = "";
	size_t at = 0;

	for (unsigned i = 0; i < v->ncounts && at < sizeof(text); i++)
		if (v->counts[i].all && !strstr(v->counts[i].name, "_cycles"))
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s %s",
					       at ? "  " : "", v->counts[i].name,
					       report_html_digits(v->counts[i].all).text);
	put(l, "%s", at ? text : "no daemon was at work");
}

/* ---- a zone ----------------------------------------------------------------------------- */

static const char *mark_of(const struct watch_view_zone *z, uint64_t pages)
{
	return pages < z->min    ? "BELOW MIN"
	       : pages < z->low  ? "below low"
	       : pages < z->high ? "below high"
				 : "above high";
}

static void put_zone(struct lines *l, const struct watch_view *v,
		     const struct watch_view_zone *z)
{
	uint64_t pages = frag_free_pages(z->blocks);
	unsigned full = z->managed ? (unsigned)(pages * BAR / z->managed) : 0;
	char bar[BAR + 1], text[LINE];
	int at;

	memset(bar, '.', BAR);
	memset(bar, '#', full < BAR ? full : BAR);
	bar[BAR] = '\0';
	put(l, "Node %u, zone %-8s [%s] %s of %s free, %s", z->node, z->name, bar,
	    report_html_size(pages).text, report_html_size(z->managed).text, mark_of(z, pages));
	at = snprintf(text, sizeof(text), "  free blocks ");
	for (unsigned order = 0; order < v->norders; order++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%6" PRIu64,
			       z->blocks[order]);
	put(l, "%s", text);
}

static void put_zones(struct lines *l, const struct watch_view *v)
{
	char text[LINE];
	int at = snprintf(text, sizeof(text), "        order ");
	unsigned shown;

	for (unsigned order = 0; order < v->norders; order++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%6u", order);
	put(l, "%s", text);
	/* The line that says so takes one, too, unless all of them fit. */
	for (shown = 0; shown < v->nzones; shown++) {
		if (l->left < 2 + (shown + 1 < v->nzones))
			break;
		put_zone(l, v, &v->zones[shown]);
	}
	if (shown < v->nzones)
		put(l, "... and %u more zones", v->nzones - shown);
}

void watch_view_draw(const struct watch_view *v, unsigned columns, unsigned rows, FILE *out)
{
	struct lines l = { .out = out, .columns = columns, .left = rows };

	put_progress(&l, v);
	put_requests(&l, v);
	put_counts(&l, v);
	put(&l, "%s", "");
	put_zones(&l, v);
}
