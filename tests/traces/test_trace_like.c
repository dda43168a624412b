#include <math.h>
#include <string.h>

#include "tests/traces/trace_sample.h"
#include "tests/unit.h"
#include "traces/trace_gen.h"
#include "traces/trace_like.h"

static struct trace_error err;
static char path[64], copy[64];

static int name_files(void)
{
	sample_path(path, "like");
	sample_path(copy, "like-copy");
	return 0;
}

static int remove_files(void)
{
	unlink(path);
	unlink(copy);
	return 0;
}

/* ---- histograms ------------------------------------------------------------------------ */

static double below(const struct trace_like_curve *c, unsigned bucket)
{
	return (double)c->below[bucket] / 4294967296.0;
}

/* Ages 1, 2+, 3, 5+, 5, 8 (+ = lost from sight): Kaplan and Meier give 5/6, 5/6 * 3/4, then of
 * the three that reach 5 one ends: * 2/3, and the last one. */
static void what_is_lost_from_sight_counts_until_then(void)
{
	static struct trace_like_hist h;
	static struct trace_like_curve c;

	trace_like_hist_add(&h, 1, true);
	trace_like_hist_add(&h, 2, false);
	trace_like_hist_add(&h, 3, true);
	trace_like_hist_add(&h, 5, false);
	trace_like_hist_add(&h, 5, true);
	trace_like_hist_add(&h, 8, true);
	trace_like_hist_curve(&h, &c);
	CU_ASSERT(below(&c, 0) == 0);
	CU_ASSERT(fabs(below(&c, 1) - (1 - 5 / 6.0)) < 1e-6);
	CU_ASSERT(fabs(below(&c, 2) - (1 - 5 / 6.0)) < 1e-6);
	CU_ASSERT(fabs(below(&c, 3) - (1 - 5 / 6.0 * 3 / 4)) < 1e-6);
	CU_ASSERT(fabs(below(&c, 7) - (1 - 5 / 6.0 * 3 / 4 * 2 / 3)) < 1e-6);
	CU_ASSERT(below(&c, 8) == 1);
	CU_ASSERT(h.least == 1 && h.most == 8 && h.longest == 5);
}

static void the_distance_is_the_largest_between_two_curves(void)
{
	static struct trace_like_hist a, b;
	static struct trace_like_curve x, y;

	for (unsigned i = 0; i < 10; i++) {
		trace_like_hist_add(&a, i, true);
		trace_like_hist_add(&b, i < 4 ? i : 1000, true);
	}
	trace_like_hist_curve(&a, &x);
	trace_like_hist_curve(&b, &y);
	CU_ASSERT_EQUAL(trace_like_hist_distance(&x, &x, UINT64_MAX), 0);
	CU_ASSERT_EQUAL(trace_like_hist_distance(&x, &y, UINT64_MAX), 600);
	CU_ASSERT_EQUAL(trace_like_hist_distance(&y, &x, 5), 200);
	CU_ASSERT_EQUAL(trace_like_hist_distance(&x, &y, 3), 0);
}

/* A table made of a million draws draws like them: in mean, and nowhere far off. */
static void check_table(const struct trace_draw *d)
{
	static struct trace_gen_math m;
	static struct trace_like_hist h, again;
	static struct trace_like_curve x, y;
	struct trace_draw table;
	double sum = 0, sum_again = 0;

	memset(&h, 0, sizeof(h));
	memset(&again, 0, sizeof(again));
	trace_gen_math_init(&m, 3);
	for (unsigned i = 0; i < 1000000; i++) {
		uint64_t v = trace_gen_math_draw(&m, d);

		sum += (double)v;
		trace_like_hist_add(&h, v, true);
	}
	trace_like_hist_draw(&h, UINT64_C(1) << 60, &table);
	CU_ASSERT(table.npoints >= 2 && table.npoints <= TRACE_DRAW_POINTS);
	CU_ASSERT_EQUAL(table.point[table.npoints - 1].below, TRACE_DRAW_ALL);
	for (unsigned i = 0; i < 1000000; i++) {
		uint64_t v = trace_gen_math_draw(&m, &table);

		sum_again += (double)v;
		trace_like_hist_add(&again, v, true);
	}
	trace_like_hist_curve(&h, &x);
	trace_like_hist_curve(&again, &y);
	CU_ASSERT(trace_like_hist_distance(&x, &y, UINT64_MAX) <= 20);
	CU_ASSERT(fabs(sum_again / sum - 1) < 0.08);
}

static void a_table_draws_like_what_it_was_made_of(void)
{
	static const struct trace_draw draws[] = {
		{ .kind = TRACE_DRAW_CONSTANT, .a = 777 },
		{ .kind = TRACE_DRAW_UNIFORM, .a = 100, .b = 90000 },
		{ .kind = TRACE_DRAW_EXPONENTIAL, .a = 20000 },
		{ .kind = TRACE_DRAW_PARETO, .a = 1000, .b = 1000000000, .shape_milli = 1200 },
		{ .kind = TRACE_DRAW_BIMODAL, .a = 2000, .b = 60000, .share_milli = 800 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(draws); i++)
		check_table(&draws[i]);
}

static void what_nobody_saw_end_never_ends(void)
{
	static struct trace_like_hist h;
	struct trace_draw d;

	for (unsigned i = 0; i < 100; i++)
		trace_like_hist_add(&h, i < 40 ? 1000 : 5000, i < 40);
	trace_like_hist_draw(&h, 1000000, &d);
	CU_ASSERT_EQUAL(d.point[d.npoints - 1].value, 1000000);
	for (uint32_t i = 0; i < d.npoints; i++)
		CU_ASSERT(d.point[i].value == (d.point[i].below <= 400000 ? 1000u : 1000000u));
}

/* ---- live objects ---------------------------------------------------------------------- */

static void objects_are_found_until_they_are_dropped(void)
{
	enum { N = 20000 };
	static bool there[N];
	struct trace_like_objects o = { 0 };
	struct sample s = { .seed = 5 };
	uint64_t count = 0;
	bool right = true;

	CU_ASSERT_PTR_NULL(trace_like_objects_find(&o, 0));
	for (unsigned i = 0; i < 200000; i++) {
		/* Numbers far apart meet in one place, too. */
		uint64_t n = sample_random(&s) % N, number = n * 4096 + n % 7;
		struct trace_like_object *at = trace_like_objects_find(&o, number);
		struct trace_like_object new = { .number = number, .task = (uint32_t)n };

		right = right && !at == !there[n] && (!at || at->task == n);
		if (at)
			trace_like_objects_drop(&o, at);
		else
			right = right && trace_like_objects_add(&o, &new);
		there[n] = !there[n];
		count += there[n] ? 1 : UINT64_MAX;
	}
	CU_ASSERT(right);
	CU_ASSERT_EQUAL(o.count, count);
	free(o.slot);
}

/* Objects are numbered one after another: with long runs of places in use, each drop would look
 * through all of a run. */
static void a_million_objects_in_a_row_are_dropped_quickly(void)
{
	struct trace_like_objects o = { 0 };
	struct trace_like_object *at = NULL;
	uint64_t n = 1000000;
	bool right = true;

	for (uint64_t i = 0; i < n; i++)
		right = right &&
			trace_like_objects_add(&o, &(struct trace_like_object){ .number = i });
	for (uint64_t i = 0; i < n; i++) {
		at = trace_like_objects_find(&o, i);
		right = right && at;
		if (at)
			trace_like_objects_drop(&o, at);
	}
	CU_ASSERT(right);
	CU_ASSERT_EQUAL(o.count, 0);
	free(o.slot);
}

/* ---- back from a trace to its profile ---------------------------------------------------- */

static struct trace_profile profile(void)
{
	struct trace_profile p = {
		.name = "test", .cpus = 4, .nodes = 2, .live_max = 1 << 24, .nclasses = 3,
		.ntasks = 2,
		.classes = {
			{ .name = "anon", .gfp = "GFP_HIGHUSER_MOVABLE", .with_task = true,
			  .order_weight = { 90, 0, 0, 10 }, .remote_milli = 200 },
			{ .name = "slab", .gfp = "GFP_KERNEL", .order_weight = { 3, 2, 1 },
			  .lifetime = { .kind = TRACE_DRAW_BIMODAL, .a = 20000, .b = 2000000,
					.share_milli = 600 } },
			{ .name = "packet", .gfp = "GFP_ATOMIC", .flags = TRACE_SOFTIRQ,
			  .order_weight = { 1 },
			  .lifetime = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 100000 } },
		},
		.tasks = {
			{ .name = "work", .alive = 12,
			  .allocations = { .kind = TRACE_DRAW_UNIFORM, .a = 100, .b = 500 },
			  .gap = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 3000 },
			  .pause = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 50000 },
			  .nphases = 2,
			  .phases = { { 500, { 9, 1, 0 } }, { 500, { 3, 7, 0 } } } },
			{ .name = "daemon", .alive = 2,
			  .allocations = { .kind = TRACE_DRAW_CONSTANT, .a = 1 << 30 },
			  .gap = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 9000 },
			  .pause = { .kind = TRACE_DRAW_CONSTANT, .a = 1 }, .nphases = 1,
			  .phases = { { 1000, { 0, 1, 3 } } } },
		},
	};

	return p;
}

static const struct trace_class *class_of(const struct trace_profile *p, const char *gfp,
					  bool with_task)
{
	for (unsigned c = 0; c < p->nclasses; c++)
		if (strcmp(p->classes[c].gfp, gfp) == 0 && p->classes[c].with_task == with_task)
			return &p->classes[c];
	return NULL;
}

static const struct trace_task_kind *kind_of(const struct trace_profile *p, const char *name)
{
	for (unsigned k = 0; k < p->ntasks; k++)
		if (strcmp(p->tasks[k].name, name) == 0)
			return &p->tasks[k];
	return NULL;
}

static bool near(double got, double want, double by)
{
	return fabs(got - want) <= by * want;
}

static double mean(const struct trace_draw *d)
{
	double sum = 0;

	for (uint32_t i = 1; i < d->npoints; i++)
		sum += (double)(d->point[i].below - d->point[i - 1].below) *
		       (double)(d->point[i].value + d->point[i - 1].value) / 2;
	return sum / TRACE_DRAW_ALL;
}

/* The value that this share of a million does not exceed. */
static double quantile(const struct trace_draw *d, uint32_t share)
{
	uint32_t i = 1;

	while (d->point[i].below < share)
		i++;
	return (double)d->point[i - 1].value +
	       (double)(d->point[i].value - d->point[i - 1].value) *
		       (share - d->point[i - 1].below) /
		       (d->point[i].below - d->point[i - 1].below);
}

static double weight_of(const struct trace_profile *p, const struct trace_phase *f,
			const struct trace_class *class)
{
	double sum = 0;

	for (unsigned c = 0; c < p->nclasses; c++)
		sum += f->weight[c];
	return f->weight[class - p->classes] / sum;
}

static void memory_of_a_generated_trace_is_found_again(void)
{
	static struct trace_profile p, q;
	const struct trace_class *anon, *slab, *packet;
	uint64_t events;

	p = profile();
	CU_ASSERT_FATAL(trace_generate(&p, 600000, 1, path, 0, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	CU_ASSERT(near((double)events, 600000, 0.001));
	CU_ASSERT(q.cpus == 4 && q.nodes == 2);
	anon = class_of(&q, "GFP_HIGHUSER_MOVABLE", true);
	slab = class_of(&q, "GFP_KERNEL", false);
	packet = class_of(&q, "GFP_ATOMIC", false);
	CU_ASSERT_FATAL(anon && slab && packet);
	CU_ASSERT(near(anon->order_weight[3],
		       0.1 * (anon->order_weight[0] + anon->order_weight[3]), 0.05));
	CU_ASSERT_EQUAL(anon->order_weight[1], 0);
	CU_ASSERT(near(anon->remote_milli, 200, 0.05));
	CU_ASSERT(near(slab->order_weight[0], 3.0 * slab->order_weight[2], 0.05));
	CU_ASSERT(slab->flags == 0 && packet->flags == TRACE_SOFTIRQ);
	CU_ASSERT(near(mean(&packet->lifetime), 100000, 0.05));
	CU_ASSERT(near(quantile(&packet->lifetime, 500000), 100000 * log(2), 0.05));
	/* 0.6 short ones: at the median 5/6 of them are gone and hardly a long one. */
	CU_ASSERT(near(quantile(&slab->lifetime, 500000), 34000, 0.1));
	CU_ASSERT(near(quantile(&slab->lifetime, 800000), 2000000 * log(2), 0.1));
}

/* With what comes at once, and what lies between. */
static double mean_gap(const struct trace_task_kind *t)
{
	double burst = mean(&t->burst);

	return (mean(&t->gap) * (burst - 1) + mean(&t->rest)) / burst;
}

/* Bursts of 40, in them a gap of 1 us, between them 2 ms: so does the copy. */
static void bursts_of_a_generated_trace_are_found_again(void)
{
	static struct trace_profile p, q;
	const struct trace_task_kind *daemon;
	uint64_t events;

	p = profile();
	p.tasks[1].gap = (struct trace_draw){ .kind = TRACE_DRAW_CONSTANT, .a = 1000 };
	p.tasks[1].burst = (struct trace_draw){ .kind = TRACE_DRAW_UNIFORM, .a = 30, .b = 50 };
	p.tasks[1].rest = (struct trace_draw){ .kind = TRACE_DRAW_EXPONENTIAL, .a = 2000000 };
	p.tasks[1].home = 2;
	CU_ASSERT_FATAL(trace_generate(&p, 600000, 3, path, 0, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	daemon = kind_of(&q, "daemon");
	CU_ASSERT_FATAL(daemon != NULL);
	CU_ASSERT_EQUAL(daemon->home, 2);
	CU_ASSERT(near(mean(&daemon->burst), 40, 0.1));
	CU_ASSERT(near(quantile(&daemon->burst, 250000), 35, 0.1));
	CU_ASSERT(near(mean(&daemon->gap), 1000, 0.1));
	CU_ASSERT(near(mean(&daemon->rest), 2000000, 0.1));
}

/* The kinds stand busiest first, but a profile names parents before their children. */
static void parents_of_a_generated_trace_are_found_again(void)
{
	static struct trace_profile p, q;
	const struct trace_task_kind *work, *shell;
	uint64_t events;

	p = profile();
	p.tasks[1] = p.tasks[0];
	strcpy(p.tasks[0].name, "shell");
	p.tasks[0].allocations = (struct trace_draw){ .kind = TRACE_DRAW_CONSTANT, .a = 20 };
	p.tasks[0].parent = 1; /* shells start shells */
	p.tasks[1].parent = 1;
	CU_ASSERT_FATAL(trace_generate(&p, 200000, 3, path, 0, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	work = kind_of(&q, "work");
	shell = kind_of(&q, "shell");
	CU_ASSERT_FATAL(work && shell);
	CU_ASSERT_EQUAL(work->parent, 1 + (unsigned)(shell - q.tasks));
	CU_ASSERT_EQUAL(shell->parent, 1 + (unsigned)(shell - q.tasks));
	CU_ASSERT(shell < work);
}

static void tasks_of_a_generated_trace_are_found_again(void)
{
	static struct trace_profile p, q;
	const struct trace_task_kind *work, *daemon;
	const struct trace_class *slab, *anon;
	uint64_t events;

	p = profile();
	CU_ASSERT_FATAL(trace_generate(&p, 600000, 2, path, 0, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	work = kind_of(&q, "work");
	daemon = kind_of(&q, "daemon");
	slab = class_of(&q, "GFP_KERNEL", false);
	anon = class_of(&q, "GFP_HIGHUSER_MOVABLE", true);
	CU_ASSERT_FATAL(work && daemon && slab && anon);
	CU_ASSERT_EQUAL(q.ntasks, 2);
	CU_ASSERT(work->alive == 12 && daemon->alive == 2);
	CU_ASSERT(near(mean(&work->allocations), 300, 0.05));
	CU_ASSERT(near(quantile(&work->allocations, 250000), 200, 0.05));
	CU_ASSERT(near(mean_gap(work), 3000, 0.05));
	CU_ASSERT(near(mean_gap(daemon), 9000, 0.05));
	CU_ASSERT(near(mean(&work->burst), exp(1), 0.05)); /* one gap in e is above the mean */
	CU_ASSERT(!work->parent && !daemon->parent && !work->home);
	CU_ASSERT(near((double)work->pause.a, 50000, 0.15));
	CU_ASSERT_EQUAL(daemon->allocations.point[0].value, UINT64_C(1) << 40);
	CU_ASSERT_EQUAL(work->nphases, 8);
	CU_ASSERT(near(weight_of(&q, &work->phases[0], slab), 0.1, 0.1));
	CU_ASSERT(near(weight_of(&q, &work->phases[3], anon), 0.9, 0.05));
	CU_ASSERT(near(weight_of(&q, &work->phases[4], slab), 0.7, 0.05));
	CU_ASSERT(near(weight_of(&q, &work->phases[7], slab), 0.7, 0.05));
	CU_ASSERT(near(weight_of(&q, &daemon->phases[0], slab), 0.25, 0.15));
}

/* Rows with fewer values than that say nothing. */
#define ENOUGH 500

static void check_close(const char *original, const char *what, unsigned most)
{
	static struct trace_profile q;
	struct trace_like_report r;
	uint64_t events;
	bool seen = false;

	CU_ASSERT_FATAL(trace_like_fit(original, &q, &events, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_generate(&q, events, 1, copy, 1, NULL, NULL, &err));
	CU_ASSERT(trace_check(copy, NULL, &(struct trace_totals){ 0 }, &err));
	CU_ASSERT_FATAL(trace_like_compare(original, copy, &r, NULL, NULL, &err));
	for (unsigned i = 0; i < r.n; i++) {
		if (r.row[i].original < ENOUGH || strncmp(r.row[i].what, what, strlen(what)))
			continue;
		seen = true;
		if (r.row[i].distance_milli > most)
			fprintf(stderr, "%s: %s: %u\n", original, r.row[i].what,
				r.row[i].distance_milli);
		CU_ASSERT(r.row[i].distance_milli <= most);
	}
	CU_ASSERT(seen);
}

static void a_copy_of_a_generated_trace_is_close_to_it(void)
{
	static struct trace_profile p;

	p = profile();
	CU_ASSERT_FATAL(trace_generate(&p, 300000, 3, path, 0, NULL, NULL, &err));
	check_close(path, "", 160);
	check_close(path, "orders", 10);
	check_close(path, "sets", 20);
	check_close(path, "lives", 40);
	check_close(path, "times", 25);
}

static void copies_of_recordings_are_as_close_as_is_said(void)
{
	static const char *const files[] = { "traces/samples/vm-fragment.pgt",
					     "traces/samples/host-build-small.pgt",
					     "traces/samples/hog.pgt" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		check_close(files[i], "orders", 10);
		check_close(files[i], "sets", 30);
		check_close(files[i], "lives", 150);
		check_close(files[i], "times", 40);
	}
}

static void a_copy_without_requests_is_as_far_away_as_can_be(void)
{
	static struct trace_profile p;
	struct trace_like_report r;

	p = profile();
	CU_ASSERT_FATAL(trace_generate(&p, 0, 3, copy, 0, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_like_compare("traces/samples/vm-fragment.pgt", copy, &r, NULL,
					   NULL, &err));
	for (unsigned i = 0; i < 3; i++) /* orders, sets, lives */
		CU_ASSERT_EQUAL(r.row[i].distance_milli, 1000);
}

static void a_trace_is_at_no_distance_from_itself(void)
{
	struct trace_like_report r;

	CU_ASSERT_FATAL(trace_like_compare("traces/samples/vm-fragment.pgt",
					   "traces/samples/vm-fragment.pgt", &r, NULL, NULL,
					   &err));
	CU_ASSERT(r.n > 5);
	for (unsigned i = 0; i < r.n; i++) {
		CU_ASSERT_EQUAL(r.row[i].distance_milli, 0);
		CU_ASSERT_EQUAL(r.row[i].original, r.row[i].copy);
	}
	CU_ASSERT_EQUAL(r.original.requests, 76321); /* as `trace info` counts them */
	/* Less what is left of the 12 pages from before the trace. */
	CU_ASSERT(r.original.most_live <= 76521 && r.original.most_live >= 76521 - 12);
}

/* ---- what cannot be fitted --------------------------------------------------------------- */

static void write_trace(enum trace_clock clock, bool with_request)
{
	uint16_t node = 0, gfp;
	uint32_t task;
	struct trace_header h = { .clock = clock,
				  .clock_name = "counter",
				  .clock_hz = 1000,
				  .page_size = 4096,
				  .cpus = 1,
				  .nodes = 1,
				  .cpu_node = &node };
	struct trace_event e = { .kind = TRACE_ALLOC,
				 .pfn = TRACE_NO_PFN,
				 .node = TRACE_NODE_LOCAL };
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT_FATAL(trace_writer_gfp(w, "GFP_KERNEL", &gfp, &err));
	CU_ASSERT_FATAL(trace_writer_task(w, 7, "x", &task, &err));
	CU_ASSERT_FATAL(!with_request || trace_writer_events(w, &e, 1, &err));
	CU_ASSERT_FATAL(trace_writer_close(w, false, &err));
}

static void traces_that_tell_nothing_are_refused(void)
{
	static struct trace_profile q;
	struct trace_like_report r;
	uint64_t events;

	write_trace(TRACE_CLOCK_COUNTER, true);
	CU_ASSERT_FALSE(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "tells no times"));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	write_trace(TRACE_CLOCK_NS, false);
	CU_ASSERT_FALSE(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no requests"));
	CU_ASSERT_FALSE(trace_like_fit("/does/not/exist", &q, &events, NULL, NULL, &err));
	CU_ASSERT_FALSE(trace_like_compare(path, "/does/not/exist", &r, NULL, NULL, &err));
	/* One request is enough. */
	write_trace(TRACE_CLOCK_NS, true);
	CU_ASSERT_FATAL(trace_like_fit(path, &q, &events, NULL, NULL, &err));
	CU_ASSERT(trace_generate(&q, 1000, 1, copy, 0, NULL, NULL, &err));
}

static bool stop(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	(void)done;
	(void)all;
	return false;
}

static void fitting_can_be_stopped(void)
{
	static struct trace_profile q;
	uint64_t events;

	CU_ASSERT_FALSE(
		trace_like_fit("traces/samples/hog.pgt", &q, &events, stop, NULL, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_STOPPED);
}

static CU_TestInfo tests[] = {
	{ "what is lost from sight counts until then",
	  what_is_lost_from_sight_counts_until_then },
	{ "the distance is the largest between two curves",
	  the_distance_is_the_largest_between_two_curves },
	{ "a table draws like what it was made of", a_table_draws_like_what_it_was_made_of },
	{ "what nobody saw end never ends", what_nobody_saw_end_never_ends },
	{ "objects are found until they are dropped",
	  objects_are_found_until_they_are_dropped },
	{ "a million objects in a row are dropped quickly",
	  a_million_objects_in_a_row_are_dropped_quickly },
	{ "memory of a generated trace is found again",
	  memory_of_a_generated_trace_is_found_again },
	{ "tasks of a generated trace are found again",
	  tasks_of_a_generated_trace_are_found_again },
	{ "bursts of a generated trace are found again",
	  bursts_of_a_generated_trace_are_found_again },
	{ "parents of a generated trace are found again",
	  parents_of_a_generated_trace_are_found_again },
	{ "a copy of a generated trace is close to it",
	  a_copy_of_a_generated_trace_is_close_to_it },
	{ "copies of recordings are as close as is said",
	  copies_of_recordings_are_as_close_as_is_said },
	{ "a copy without requests is as far away as can be",
	  a_copy_without_requests_is_as_far_away_as_can_be },
	{ "a trace is at no distance from itself", a_trace_is_at_no_distance_from_itself },
	{ "traces that tell nothing are refused", traces_that_tell_nothing_are_refused },
	{ "fitting can be stopped", fitting_can_be_stopped },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_like", name_files, remove_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
