/*
 * libpagesim as a program of somebody else uses it: by tools/pagesim.h and the shared library
 * alone. Its figures are held against those of the program by tests/package/library.sh.
 */
#include "tools/pagesim.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit.h"

#define TRACE "traces/samples/vm-fragment.pgt"

static const char tiny_machine[] = "name: two\n"
				   "clock_mhz: 2000\n"
				   "nodes:\n"
				   "  - {cpus: 0-1, memory: 64MiB}\n"
				   "  - {cpus: 2-3, memory: 64MiB}\n";

static struct pagesim_error err;

/* Takes a moment: 64 MiB, which are too few for it. */
static struct pagesim_run *small_run(void)
{
	struct pagesim_run *run = pagesim_run_new(&err);

	CU_ASSERT_FATAL(run && pagesim_run_trace(run, "traces/samples/hog.pgt", &err) &&
			pagesim_run_set(run, "machine=configs/machines/tiny.yaml", &err));
	return run;
}

static bool says(enum pagesim_status status, const char *part)
{
	if (err.status == status && strstr(err.text, part))
		return true;
	printf("\n    %d: %s", err.status, err.text);
	return false;
}

/* ---- traces ---------------------------------------------------------------------------- */

static void a_trace_tells_its_facts(void)
{
	struct pagesim_trace *t = pagesim_trace_open(TRACE, &err);
	const struct pagesim_trace_facts *f;

	CU_ASSERT_FATAL(t != NULL);
	f = pagesim_trace_facts(t);
	CU_ASSERT_STRING_EQUAL(f->name, "vm-fragment");
	CU_ASSERT_EQUAL(f->cpus, 2);
	CU_ASSERT_EQUAL(f->nodes, 2);
	CU_ASSERT_EQUAL(f->events, 128066);
	CU_ASSERT(f->has_state && !f->synthetic);
	CU_ASSERT(f->pages > 190000 && f->pages <= 768 << 8);
	CU_ASSERT(f->last_time > f->first_time);
	pagesim_trace_close(t);
}

static void events_are_as_many_as_the_facts_say(void)
{
	struct pagesim_trace *t = pagesim_trace_open(TRACE, &err);
	uint64_t kinds[PAGESIM_UNISOLATE + 1] = { 0 }, n = 0, last = 0;
	const struct pagesim_event *e;

	CU_ASSERT_FATAL(t != NULL);
	while ((e = pagesim_trace_next(t, &err))) {
		CU_ASSERT_FATAL(e->kind <= PAGESIM_UNISOLATE && e->number == n++);
		CU_ASSERT_FATAL(e->time >= last);
		CU_ASSERT_FATAL(e->kind != PAGESIM_ALLOC || *e->gfp);
		last = e->time;
		kinds[e->kind]++;
	}
	CU_ASSERT(err.status == PAGESIM_DONE && !*err.text);
	CU_ASSERT_EQUAL(n, pagesim_trace_facts(t)->events);
	CU_ASSERT_EQUAL(kinds[PAGESIM_ALLOC], pagesim_trace_facts(t)->allocs);
	CU_ASSERT_EQUAL(kinds[PAGESIM_FREE], pagesim_trace_facts(t)->frees);
	CU_ASSERT_PTR_NULL(pagesim_trace_next(t, &err));
	pagesim_trace_close(t);
}

static void an_event_is_found_by_its_number(void)
{
	struct pagesim_trace *t = pagesim_trace_open(TRACE, &err);
	struct pagesim_event want = { 0 };
	const struct pagesim_event *e = NULL;

	CU_ASSERT_FATAL(t != NULL);
	for (int i = 0; i <= 70000; i++)
		CU_ASSERT_FATAL((e = pagesim_trace_next(t, &err)) != NULL);
	want = *e;
	CU_ASSERT_FATAL(pagesim_trace_seek(t, 0, &err));
	CU_ASSERT_EQUAL(pagesim_trace_next(t, &err)->number, 0);
	CU_ASSERT_FATAL(pagesim_trace_seek(t, 70000, &err));
	e = pagesim_trace_next(t, &err);
	CU_ASSERT_FATAL(e != NULL);
	CU_ASSERT(e->number == 70000 && e->time == want.time && e->kind == want.kind &&
		  e->object == want.object && e->cpu == want.cpu && e->pid == want.pid);
	CU_ASSERT(!pagesim_trace_seek(t, 128067, &err) && says(PAGESIM_USAGE, "128066 events"));
	pagesim_trace_close(t);
}

static void what_is_no_trace_is_refused(void)
{
	static const struct {
		const char *path, *part;
		enum pagesim_status status;
	} bad[] = {
		{ "traces/samples/none.pgt", "No such file", PAGESIM_USAGE },
		{ "README.md", "README.md", PAGESIM_BAD_DATA },
		{ "traces", "no regular file", PAGESIM_USAGE },
		{ "/dev/null", "no regular file", PAGESIM_USAGE },
		{ "", "No such file", PAGESIM_USAGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CU_ASSERT_PTR_NULL(pagesim_trace_open(bad[i].path, &err));
		CU_ASSERT(says(bad[i].status, bad[i].part));
	}
	pagesim_trace_close(NULL);
}

/* ---- machines -------------------------------------------------------------------------- */

static void a_machine_comes_from_a_file_a_name_or_a_text(void)
{
	struct pagesim_machine *file =
		pagesim_machine_open("configs/machines/2s-broadwell.yaml", &err);
	struct pagesim_machine *name = pagesim_machine_open("2s-broadwell", &err);
	struct pagesim_machine *text = pagesim_machine_parse(tiny_machine, "here", &err);

	CU_ASSERT_FATAL(file && name && text);
	CU_ASSERT_EQUAL(pagesim_machine_facts(file)->pages, pagesim_machine_facts(name)->pages);
	CU_ASSERT_EQUAL(pagesim_machine_facts(file)->nodes, 2);
	CU_ASSERT_STRING_EQUAL(pagesim_machine_facts(text)->name, "two");
	CU_ASSERT_EQUAL(pagesim_machine_facts(text)->cpus, 4);
	CU_ASSERT_EQUAL(pagesim_machine_facts(text)->clock_mhz, 2000);
	CU_ASSERT(pagesim_machine_facts(text)->pages > 32000 &&
		  pagesim_machine_facts(text)->pages <= 128 << 8);
	pagesim_machine_free(file);
	pagesim_machine_free(name);
	pagesim_machine_free(text);
}

static void a_wrong_machine_is_shown_at_its_place(void)
{
	CU_ASSERT_PTR_NULL(pagesim_machine_parse("nodes: [\n", "here", &err));
	CU_ASSERT(says(PAGESIM_USAGE, "here:2:"));
	CU_ASSERT_PTR_NULL(pagesim_machine_parse("name: x\nclock: 3\n", "here", &err));
	CU_ASSERT(says(PAGESIM_USAGE, "here:2:1"));
	CU_ASSERT_PTR_NULL(pagesim_machine_parse("", "here", &err));
	CU_ASSERT(says(PAGESIM_USAGE, "here"));
	CU_ASSERT_PTR_NULL(pagesim_machine_open("no-such-machine", &err));
	CU_ASSERT(says(PAGESIM_USAGE, "no-such-machine"));
	pagesim_machine_free(NULL);
}

/* ---- runs ------------------------------------------------------------------------------ */

static void a_run_gives_figures_and_histograms(void)
{
	struct pagesim_run *run = small_run();
	struct pagesim_result *r = pagesim_run_go(run, &err);
	const struct pagesim_histogram *h;
	double count = 0, p99 = 0;

	CU_ASSERT_FATAL(r != NULL);
	CU_ASSERT_EQUAL(strlen(pagesim_result_digest(r)), 32);
	CU_ASSERT(strstr(pagesim_result_json(r), pagesim_result_digest(r)) != NULL);
	CU_ASSERT(strstr(pagesim_result_summary(r), "Latency (cycles)") != NULL);
	h = pagesim_result_histogram(r, "alloc");
	CU_ASSERT_FATAL(h != NULL);
	CU_ASSERT(pagesim_result_metric(r, "latency.alloc.count", &count, &err));
	CU_ASSERT(pagesim_result_metric(r, "latency.alloc.p99", &p99, &err));
	CU_ASSERT(count > 1000);
	CU_ASSERT_EQUAL((uint64_t)count, pagesim_histogram_count(h));
	CU_ASSERT_EQUAL((uint64_t)p99, pagesim_histogram_percentile(h, 99000));
	CU_ASSERT(pagesim_histogram_min(h) < pagesim_histogram_max(h));
	CU_ASSERT_PTR_NULL(pagesim_result_histogram(r, "nothing"));
	CU_ASSERT(!pagesim_result_metric(r, "latency.aloc.p99", &p99, &err) &&
		  says(PAGESIM_USAGE, "did you mean 'latency.alloc.p99'"));
	pagesim_result_free(r);
	pagesim_run_free(run);
}

static void add_count(void *sum, uint64_t lowest, uint64_t highest, uint64_t count)
{
	CU_ASSERT(lowest <= highest && count > 0);
	*(uint64_t *)sum += count;
}

static void everything_in_a_result_has_a_name(void)
{
	struct pagesim_run *run = small_run();
	struct pagesim_result *r = pagesim_run_go(run, &err);
	const struct pagesim_metric *m;
	const char *name;
	size_t n = 0;
	double value;

	CU_ASSERT_FATAL(r != NULL);
	for (; (m = pagesim_result_metric_at(r, n)); n++)
		CU_ASSERT(pagesim_result_metric(r, m->name, &value, &err) &&
			  (value == m->value || isinf(value)) && m->unit != NULL);
	CU_ASSERT(n > 100);
	for (n = 0; (name = pagesim_result_histogram_name(r, n)); n++) {
		const struct pagesim_histogram *h = pagesim_result_histogram(r, name);
		uint64_t sum = 0;

		CU_ASSERT_FATAL(h != NULL);
		pagesim_histogram_each(h, add_count, &sum);
		CU_ASSERT_EQUAL(sum, pagesim_histogram_count(h));
	}
	CU_ASSERT(n > 4);
	pagesim_result_free(r);
	pagesim_run_free(run);
}

static void a_run_can_be_run_again_with_other_settings(void)
{
	struct pagesim_run *run = small_run();
	struct pagesim_result *first = pagesim_run_go(run, &err);
	struct pagesim_result *same = pagesim_run_go(run, &err), *other;

	CU_ASSERT_FATAL(first && same);
	CU_ASSERT_STRING_EQUAL(pagesim_result_digest(first), pagesim_result_digest(same));
	CU_ASSERT(pagesim_run_set(run, "vm.min_free_kbytes=8MiB", &err));
	other = pagesim_run_go(run, &err);
	CU_ASSERT_FATAL(other != NULL);
	CU_ASSERT_STRING_NOT_EQUAL(pagesim_result_digest(first), pagesim_result_digest(other));
	CU_ASSERT(pagesim_run_set(run, "kernel=2.4", &err));
	CU_ASSERT_PTR_NULL(pagesim_run_go(run, &err));
	CU_ASSERT(says(PAGESIM_USAGE, "min_free_kbytes"));
	pagesim_result_free(first);
	pagesim_result_free(same);
	pagesim_result_free(other);
	pagesim_run_free(run);
}

static void a_run_takes_a_machine_and_settings_of_it(void)
{
	struct pagesim_machine *machine = pagesim_machine_parse(tiny_machine, "here", &err);
	struct pagesim_run *run = small_run();
	struct pagesim_result *r;

	CU_ASSERT_FATAL(machine != NULL);
	CU_ASSERT(pagesim_run_machine(run, machine, &err));
	CU_ASSERT(pagesim_run_set(run, "machine.clock_mhz=1234", &err));
	CU_ASSERT(pagesim_run_set(run, "replay.map_cpus=fold", &err));
	pagesim_machine_free(machine);
	r = pagesim_run_go(run, &err);
	if (!r)
		printf("\n    %s", err.text);
	CU_ASSERT_FATAL(r != NULL);
	CU_ASSERT(strstr(pagesim_result_json(r), "\"clock_mhz\": 1234") != NULL);
	CU_ASSERT(strstr(pagesim_result_summary(r), "on two (4 CPUs, 2 nodes") != NULL);
	pagesim_result_free(r);
	pagesim_run_free(run);
}

static void a_scenario_is_a_file_or_a_text(void)
{
	struct pagesim_run *file = pagesim_run_new(&err), *text = pagesim_run_new(&err);
	struct pagesim_result *a, *b;

	CU_ASSERT_FATAL(file && text);
	CU_ASSERT(pagesim_run_scenario(file, "configs/scenarios/vm-fragment.yaml", &err));
	CU_ASSERT(!pagesim_run_scenario(file, "configs/scenarios/vm-fragment.yaml", &err) &&
		  says(PAGESIM_USAGE, "one scenario"));
	CU_ASSERT(pagesim_run_scenario_text(text, "trace: " TRACE "\n", "mine", &err));
	a = pagesim_run_go(file, &err);
	b = pagesim_run_go(text, &err);
	CU_ASSERT_FATAL(a && b);
	CU_ASSERT_STRING_EQUAL(pagesim_result_digest(a), pagesim_result_digest(b));
	pagesim_result_free(a);
	pagesim_result_free(b);
	pagesim_run_free(file);
	pagesim_run_free(text);
}

static void what_is_wrong_with_a_run_is_one_sentence(void)
{
	struct pagesim_run *run = pagesim_run_new(&err);

	CU_ASSERT_FATAL(run != NULL);
	CU_ASSERT(!pagesim_run_set(run, "novalue", &err) && says(PAGESIM_USAGE, "key=value"));
	CU_ASSERT(!pagesim_run_scenario_text(run, "a: [", "mine", &err) &&
		  says(PAGESIM_USAGE, "mine:2:1"));
	CU_ASSERT(!pagesim_run_scenario(run, "none.yaml", &err) &&
		  says(PAGESIM_USAGE, "none.yaml"));
	CU_ASSERT_PTR_NULL(pagesim_run_go(run, &err));
	CU_ASSERT(says(PAGESIM_USAGE, "trace"));
	CU_ASSERT(pagesim_run_trace(run, "README.md", &err));
	CU_ASSERT_PTR_NULL(pagesim_run_go(run, &err));
	CU_ASSERT(says(PAGESIM_BAD_DATA, "README.md"));
	CU_ASSERT(pagesim_run_trace(run, TRACE, &err));
	CU_ASSERT(pagesim_run_set(run, "vm.min_fre_kbytes=1MiB", &err));
	CU_ASSERT_PTR_NULL(pagesim_run_go(run, &err));
	CU_ASSERT(says(PAGESIM_USAGE, "min_free_kbytes"));
	pagesim_run_free(run);
	pagesim_run_free(NULL);
}

static void a_folder_that_cannot_be_is_told(void)
{
	struct pagesim_run *run = small_run();

	CU_ASSERT(pagesim_run_out(run, "/proc/no/such", &err));
	CU_ASSERT_PTR_NULL(pagesim_run_go(run, &err));
	CU_ASSERT(says(PAGESIM_SYSTEM, "/proc/no"));
	CU_ASSERT(pagesim_run_out(run, NULL, &err));
	pagesim_run_free(run);
}

static void a_result_is_read_back_from_its_folder(void)
{
	char folder[] = "/tmp/pagesim-api-XXXXXX", command[128], path[128];
	struct pagesim_run *run = small_run();
	struct pagesim_result *made, *read;
	FILE *file;

	CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
	CU_ASSERT(pagesim_run_out(run, folder, &err));
	made = pagesim_run_go(run, &err);
	read = pagesim_result_open(folder, &err);
	CU_ASSERT_FATAL(made && read);
	CU_ASSERT_STRING_EQUAL(pagesim_result_json(made), pagesim_result_json(read));
	CU_ASSERT_STRING_EQUAL(pagesim_result_summary(made), pagesim_result_summary(read));
	CU_ASSERT_EQUAL(
		pagesim_histogram_percentile(pagesim_result_histogram(made, "alloc"), 99900),
		pagesim_histogram_percentile(pagesim_result_histogram(read, "alloc"), 99900));
	snprintf(path, sizeof(path), "%s/result.json", folder);
	file = fopen(path, "w");
	CU_ASSERT_FATAL(file && fputs("{}", file) >= 0 && fclose(file) == 0);
	CU_ASSERT_PTR_NULL(pagesim_result_open(folder, &err));
	CU_ASSERT(says(PAGESIM_BAD_DATA, "no result of pagesim"));
	CU_ASSERT_PTR_NULL(pagesim_result_open("no/such/folder", &err));
	CU_ASSERT(says(PAGESIM_USAGE, "no/such/folder"));
	pagesim_result_free(made);
	pagesim_result_free(read);
	pagesim_run_free(run);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* ---- runs that are looked at, and stopped ------------------------------------------------ */

struct looks {
	unsigned times, most;
	uint64_t events;
};

static bool look(void *context, uint64_t events)
{
	struct looks *looks = context;

	CU_ASSERT(events >= looks->events);
	looks->events = events;
	return ++looks->times < looks->most;
}

static void a_run_is_stopped_by_its_progress(void)
{
	struct pagesim_run *run = pagesim_run_new(&err);
	struct looks looks = { .most = 1 };

	CU_ASSERT_FATAL(run != NULL);
	CU_ASSERT_FATAL(pagesim_run_trace(run, TRACE, &err) &&
			pagesim_run_set(run, "memory_model=cache", &err));
	pagesim_run_progress(run, look, &looks);
	CU_ASSERT_PTR_NULL(pagesim_run_go(run, &err));
	CU_ASSERT(says(PAGESIM_INTERRUPTED, "interrupted"));
	CU_ASSERT_EQUAL(looks.times, 1);
	pagesim_run_free(run);
}

static void progress_is_told_at_the_begin_and_at_the_end(void)
{
	struct pagesim_run *run = small_run();
	struct looks looks = { .most = 1000000 };
	struct pagesim_result *r;
	double events = 0;

	pagesim_run_progress(run, look, &looks);
	r = pagesim_run_go(run, &err);
	CU_ASSERT_FATAL(r != NULL && looks.times >= 2);
	CU_ASSERT_FATAL(pagesim_result_metric(r, "counters.replay.events", &events, &err));
	CU_ASSERT_EQUAL(looks.events, (uint64_t)events);
	pagesim_result_free(r);
	pagesim_run_free(run);
}

static volatile sig_atomic_t handled;

static void handler(int number)
{
	handled = number;
}

static void the_callers_signals_stay_its_own(void)
{
	struct pagesim_run *run = small_run();
	struct sigaction mine = { .sa_handler = handler }, now;
	struct pagesim_result *r;

	sigaction(SIGTERM, &mine, NULL);
	signal(SIGCHLD, SIG_IGN); /* nobody then learns how a child ended */
	r = pagesim_run_go(run, &err);
	CU_ASSERT(r != NULL);
	sigaction(SIGTERM, NULL, &now);
	CU_ASSERT(now.sa_handler == handler && handled == 0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	pagesim_result_free(r);
	pagesim_run_free(run);
}

static void *run_in_thread(void *digest)
{
	struct pagesim_error mine;
	struct pagesim_run *run = pagesim_run_new(&mine);
	struct pagesim_result *r = NULL;

	if (run && pagesim_run_trace(run, "traces/samples/hog.pgt", &mine) &&
	    pagesim_run_set(run, "machine=configs/machines/tiny.yaml", &mine))
		r = pagesim_run_go(run, &mine);
	snprintf(digest, 33, "%.32s", r ? pagesim_result_digest(r) : mine.text);
	pagesim_result_free(r);
	pagesim_run_free(run);
	return NULL;
}

static void several_threads_run_at_once(void)
{
	char digest[3][33];
	pthread_t thread[ARRAY_SIZE(digest)];

	for (size_t i = 0; i < ARRAY_SIZE(digest); i++)
		CU_ASSERT_FATAL(pthread_create(&thread[i], NULL, run_in_thread, digest[i]) ==
				0);
	for (size_t i = 0; i < ARRAY_SIZE(digest); i++)
		pthread_join(thread[i], NULL);
	CU_ASSERT_EQUAL(strlen(digest[0]), 32);
	CU_ASSERT_STRING_EQUAL(digest[0], digest[1]);
	CU_ASSERT_STRING_EQUAL(digest[0], digest[2]);
}

static CU_TestInfo tests[] = {
	{ "a trace tells its facts", a_trace_tells_its_facts },
	{ "events are as many as the facts say", events_are_as_many_as_the_facts_say },
	{ "an event is found by its number", an_event_is_found_by_its_number },
	{ "what is no trace is refused", what_is_no_trace_is_refused },
	{ "a machine comes from a file, a name or a text",
	  a_machine_comes_from_a_file_a_name_or_a_text },
	{ "a wrong machine is shown at its place", a_wrong_machine_is_shown_at_its_place },
	{ "a run gives figures and histograms", a_run_gives_figures_and_histograms },
	{ "everything in a result has a name", everything_in_a_result_has_a_name },
	{ "a run can be run again with other settings",
	  a_run_can_be_run_again_with_other_settings },
	{ "a run takes a machine and settings of it",
	  a_run_takes_a_machine_and_settings_of_it },
	{ "a scenario is a file or a text", a_scenario_is_a_file_or_a_text },
	{ "what is wrong with a run is one sentence",
	  what_is_wrong_with_a_run_is_one_sentence },
	{ "a folder that cannot be is told", a_folder_that_cannot_be_is_told },
	{ "a result is read back from its folder", a_result_is_read_back_from_its_folder },
	{ "a run is stopped by its progress", a_run_is_stopped_by_its_progress },
	{ "progress is told at the begin and at the end",
	  progress_is_told_at_the_begin_and_at_the_end },
	{ "the caller's signals stay its own", the_callers_signals_stay_its_own },
	{ "several threads run at once", several_threads_run_at_once },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "pagesim_api", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
