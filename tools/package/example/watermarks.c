/*
 * What more memory held back buys: a trace replayed with several settings of
 * vm.min_free_kbytes, a line for each. A program of its own, built against an installed
 * pagesim; see the Makefile and the CMakeLists.txt beside it.
 *
 *	./watermarks TRACE.pgt MACHINE.yaml KBYTES...
 */
#include <inttypes.h>
#include <pagesim.h>
#include <stdio.h>
#include <stdlib.h>

static struct pagesim_error err;

static int fail(void)
{
	fprintf(stderr, "watermarks: %s\n", err.text);
	return err.status;
}

static void print_trace(struct pagesim_trace *trace)
{
	const struct pagesim_trace_facts *f = pagesim_trace_facts(trace);
	const struct pagesim_event *e;
	uint64_t large = 0;

	while ((e = pagesim_trace_next(trace, &err)))
		large += e->kind == PAGESIM_ALLOC && e->order > 0;
	printf("%s: %" PRIu64 " events, %" PRIu64 " requests, %" PRIu64
	       " of more than a page\n",
	       f->name, f->events, f->allocs, large);
}

static bool set_kbytes(struct pagesim_run *run, const char *kbytes)
{
	char text[64];

	snprintf(text, sizeof(text), "vm.min_free_kbytes=%s", kbytes);
	return pagesim_run_set(run, text, &err);
}

static bool print_result(const char *kbytes, const struct pagesim_result *r)
{
	const struct pagesim_histogram *h = pagesim_result_histogram(r, "alloc");
	double failed, longest;

	if (!pagesim_result_metric(r, "counters.requests.failed", &failed, &err) ||
	    !pagesim_result_metric(r, "latency.alloc.max", &longest, &err))
		return false;
	printf("%8s KiB: %.0f failed, p99.9 %" PRIu64 " and at most %.0f cycles, digest %s\n",
	       kbytes, failed, h ? pagesim_histogram_percentile(h, 99900) : 0, longest,
	       pagesim_result_digest(r));
	return true;
}

static bool try_all(struct pagesim_run *run, char **kbytes)
{
	bool ok = true;

	for (; ok && *kbytes; kbytes++) {
		struct pagesim_result *r =
			set_kbytes(run, *kbytes) ? pagesim_run_go(run, &err) : NULL;

		ok = r && print_result(*kbytes, r);
		pagesim_result_free(r);
	}
	return ok;
}

int main(int argc, char **argv)
{
	struct pagesim_trace *trace;
	struct pagesim_machine *machine = NULL;
	struct pagesim_run *run = NULL;
	bool ok;

	if (argc < 4) {
		fprintf(stderr, "usage: watermarks TRACE.pgt MACHINE.yaml KBYTES...\n");
		return PAGESIM_USAGE;
	}
	trace = pagesim_trace_open(argv[1], &err);
	if (!trace)
		return fail();
	print_trace(trace);
	pagesim_trace_close(trace);

	machine = pagesim_machine_open(argv[2], &err);
	run = machine ? pagesim_run_new(&err) : NULL;
	ok = run && pagesim_run_trace(run, argv[1], &err) &&
	     pagesim_run_machine(run, machine, &err) && try_all(run, argv + 3);
	pagesim_run_free(run);
	pagesim_machine_free(machine);
	return ok ? EXIT_SUCCESS : fail();
}
