#include "tools/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tools/progress.h"
#include "tools/watch_view.h"

#define EVERY_NS 200000000u
#define MARKS_EVERY 10u /* views: the watermarks are looked up again */

#define TO_SECOND_SCREEN "\033[?1049h\033[?25l" /* and without cursor */
#define TO_FIRST_SCREEN "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define CLEAR_BELOW "\033[J"

struct watch {
	struct watch_source source;
	struct progress_rate rate;
	uint64_t started_ns, shown_ns;
	uint64_t views;
	uint64_t last_events, last_cycles;
	struct replay_counts last;
	struct watch_view_zone *zones; /* [snap->nzones] */
	struct mm_snapshot *snap;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

bool watch_possible(char *text, size_t size)
{
	const char *kind = getenv("TERM");

	if (!isatty(STDERR_FILENO)) {
		snprintf(text, size, "--watch shows its view on stderr, which is no terminal");
		return false;
	}
	if (kind && *kind && strcmp(kind, "dumb") != 0)
		return true;
	snprintf(text, size,
		 "--watch wants a terminal that can move its cursor; TERM is '%.40s'",
		 kind ? kind : "");
	return false;
}

struct watch *watch_new(const struct watch_source *source)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->source = *source;
	w->started_ns = now_ns();
	w->snap = source->policy->snapshot(source->mm);
	w->zones = w->snap ? calloc(w->snap->nzones + 1, sizeof(*w->zones)) : NULL;
	if (w->zones)
		return w;
	watch_free(w);
	return NULL;
}

/* ---- what is shown ---------------------------------------------------------------------- */

/* Without memory for a new one the old one goes on. */
static void look_up_marks(struct watch *w)
{
	struct mm_snapshot *snap = w->source.policy->snapshot(w->source.mm);

	if (!snap)
		return;
	mm_snapshot_free(w->snap);
	w->snap = snap;
}

static void look_at_zones(struct watch *w)
{
	for (unsigned i = 0; i < w->snap->nzones; i++) {
		const struct mm_snapshot_zone *z = &w->snap->zones[i];
		struct mm_sample sample = { 0 };

		/* Without memory for new ones the old ones go on. */
		if (!mm_policy_sample(w->source.policy, w->source.mm, i, &sample))
			memcpy(sample.blocks, w->zones[i].blocks, sizeof(sample.blocks));
		w->zones[i] = (struct watch_view_zone){ .node = z->nid,
							.name = z->name,
							.managed = z->managed,
							.min = z->min,
							.low = z->low,
							.high = z->high };
		memcpy(w->zones[i].blocks, sample.blocks, sizeof(w->zones[i].blocks));
	}
}

/* The machine's activities, and the nodes' ones added up. */
static unsigned look_at_activity(const struct watch *w, uint64_t date,
				 struct watch_view_count *counts)
{
	const struct mm_policy *policy = w->source.policy;
	uint64_t values[MM_MOST_ACTIVITIES] = { 0 };
	unsigned first = mm_policy_names(policy->activity_names);
	unsigned n = first + mm_policy_names(policy->node_activity_names);

	if (first)
		policy->activity(w->source.mm, MM_ORDERS_MACHINE, date, values);
	for (unsigned i = 0; i < first; i++)
		counts[i] =
			(struct watch_view_count){ policy->activity_names[i], values[i], 0 };
	for (unsigned i = first; i < n; i++)
		counts[i] = (struct watch_view_count){ policy->node_activity_names[i - first],
						       0, 0 };
	for (unsigned node = 0; n > first && node < w->source.nodes; node++) {
		policy->activity(w->source.mm, node, date, values);
		for (unsigned i = first; i < n; i++)
			counts[i].all += values[i - first];
	}
	return n;
}

static struct watch_view_count since(const char *name, uint64_t now, uint64_t last)
{
	return (struct watch_view_count){ name, now, now - last };
}

static void look(struct watch *w, uint64_t events, uint64_t date, struct watch_view *v)
{
	const struct replay_counts *c = replay_counts(w->source.replay);
	uint64_t elapsed = now_ns() - w->started_ns;

	if (++w->views % MARKS_EVERY == 0)
		look_up_marks(w);
	look_at_zones(w);
	v->events = events;
	v->events_a_second = events * 1000 / (elapsed / 1000000 + 1);
	if (!progress_left(&w->rate, elapsed, events, w->source.total, &v->seconds_left))
		v->seconds_left = 0;
	v->cycles = date;
	v->since_cycles = date > w->last_cycles ? date - w->last_cycles : 0;
	v->requests = since("requests", c->allocs, w->last.allocs);
	v->failed = since("failed", c->failed, w->last.failed);
	v->slept = since("slept", c->slept, w->last.slept);
	v->zones = w->zones;
	v->nzones = w->snap->nzones;
	w->last = *c;
	w->last_cycles = date;
}

/* ---- the terminal ----------------------------------------------------------------------- */

/* A write that the terminal takes in pieces is still one picture. */
static void show(const char *text, size_t size)
{
	fwrite(text, 1, size, stderr);
	fflush(stderr);
}

static void draw(const struct watch_view *v)
{
	struct winsize size = { .ws_col = 80, .ws_row = 24 };
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	fputs(HOME, out);
	watch_view_draw(v, size.ws_col ? size.ws_col : 80, size.ws_row ? size.ws_row : 24, out);
	fputs(CLEAR_BELOW, out);
	if (fclose(out) == 0)
		show(text, length);
	free(text);
}

void watch_update(struct watch *w, uint64_t events, uint64_t date)
{
	struct watch_view_count counts[2 * MM_MOST_ACTIVITIES];
	uint64_t now = now_ns();
	struct watch_view v = { .trace = w->source.trace,
				.kernel = w->source.policy->name,
				.machine = w->source.machine,
				.total = w->source.total,
				.mhz = w->source.mhz,
				.counts = counts };

	if (w->shown_ns && now - w->shown_ns < EVERY_NS)
		return;
	if (!w->shown_ns)
		fputs(TO_SECOND_SCREEN, stderr);
	w->shown_ns = now;
	v.norders = w->snap->norders;
	v.ncounts = look_at_activity(w, date, counts);
	look(w, events, date, &v);
	draw(&v);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	if (w->shown_ns) {
		fputs(TO_FIRST_SCREEN, stderr);
		fflush(stderr);
	}
	if (w->snap)
		mm_snapshot_free(w->snap);
	free(w->zones);
	free(w);
}
