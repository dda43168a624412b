#include "tools/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SHOW_EVERY_NS 100000000u
#define MARK_EVERY_NS 1000000000u

struct progress {
	const char *what, *unit;
	uint64_t total, started, shown;
	struct progress_rate rate;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct progress *progress_new(const char *what, const char *unit, uint64_t total)
{
	struct progress *p = isatty(STDERR_FILENO) ? calloc(1, sizeof(*p)) : NULL;

	if (p)
		*p = (struct progress){
			.what = what, .unit = unit, .total = total, .started = now_ns()
		};
	return p;
}

bool progress_left(struct progress_rate *r, uint64_t ns, uint64_t done, uint64_t total,
		   uint64_t *seconds)
{
	uint64_t rate; /* per 1024 s */

	if (ns - r->now_ns >= MARK_EVERY_NS) {
		r->known = true;
		r->before_ns = r->now_ns;
		r->before_done = r->now_done;
		r->now_ns = ns;
		r->now_done = done;
	}
	if (!r->known || total <= done)
		return false;
	rate = (done - r->before_done) * 1024000 / ((ns - r->before_ns) / 1000000);
	if (rate == 0)
		return false;
	*seconds = (total - done) * 1024 / rate + 1;
	return true;
}

static void show(struct progress *p, uint64_t done, const char *note, uint64_t elapsed_ns)
{
	uint64_t left, rate = done * 1000 / (elapsed_ns / 1000000 + 1); /* a second */

	fprintf(stderr, "\r\033[K%s: ", p->what);
	if (p->total)
		fprintf(stderr, "%" PRIu64 " %%, ", done * 100 / p->total);
	fprintf(stderr, "%" PRIu64 " %s, %" PRIu64 ".%02" PRIu64 " M/s", done, p->unit,
		rate / 1000000, rate % 1000000 / 10000);
	if (progress_left(&p->rate, elapsed_ns, done, p->total, &left))
		fprintf(stderr, ", %" PRIu64 " s left", left);
	if (note)
		fprintf(stderr, ", %s", note);
	fflush(stderr);
}

void progress_update(struct progress *p, uint64_t done, const char *note)
{
	uint64_t now;

	if (!p)
		return;
	now = now_ns();
	if (p->shown && now - p->shown < SHOW_EVERY_NS)
		return;
	p->shown = now;
	show(p, done, note, now - p->started);
}

void progress_free(struct progress *p)
{
	if (p && p->shown)
		fputs("\r\033[K", stderr);
	free(p);
}
