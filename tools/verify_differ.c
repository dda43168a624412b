/* Differences between a recording and the model, while it is replayed. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/verify_guided.h"

void verify_differ(struct guided *g, const struct verify_item *item, const char *what,
		   const char *expected, const char *got)
{
	struct verify *v = g->v;

	if (v->mismatches < VERIFY_SHOWN) {
		struct verify_difference *d = &v->shown[v->mismatches];

		d->time = item->time;
		snprintf(d->what, sizeof(d->what), "%s", what);
		snprintf(d->expected, sizeof(d->expected), "%s", expected);
		snprintf(d->got, sizeof(d->got), "%s", got);
	}
	v->given_up = ++v->mismatches >= VERIFY_LIMIT;
}

void verify_differ_text(char out[VERIFY_TEXT], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, VERIFY_TEXT, fmt, ap);
	va_end(ap);
}

void verify_differ_name(char out[VERIFY_TEXT], uint64_t frame)
{
	if (frame == TRACE_NO_PFN)
		verify_differ_text(out, "no page");
	else
		verify_differ_text(out, "%" PRIu64, frame);
}

void verify_differ_frame(struct guided *g, const struct verify_item *item, const char *what,
			 uint64_t got)
{
	char a[VERIFY_TEXT], b[VERIFY_TEXT];

	g->v->pfns++;
	if (item->pfn == got)
		return;
	verify_differ_name(a, item->pfn);
	verify_differ_name(b, got);
	verify_differ(g, item, what, a, b);
}

void verify_differ_number(struct guided *g, const struct verify_item *item, const char *what,
			  int64_t expected, int64_t got)
{
	char a[VERIFY_TEXT], b[VERIFY_TEXT];

	if (expected == got)
		return;
	verify_differ_text(a, "%" PRId64, expected);
	verify_differ_text(b, "%" PRId64, got);
	verify_differ(g, item, what, a, b);
}
