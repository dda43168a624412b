/*
 * trace_derive(): the workload of a recording. The steps, each in a file of its own, are listed
 * in derive.h.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/derive.h"
#include "traces/trace_error.h"

/* clang-format off */
static const struct trace_derive_count names[DERIVE_COUNTS] = {
	[DERIVE_N_KSWAPD] = { "kswapd", "requests of kswapd itself, left out", 0 },
	[DERIVE_N_PLAIN] = { "kernel", "requests of the kernel and others that stay as they are", 0 },
	[DERIVE_N_ZERO] = { "first_touches", "pages touched for the first time (zeroed)", 0 },
	[DERIVE_N_COPIED] = { "copies", "pages that are copies (written after a fork, or mapped privately)", 0 },
	[DERIVE_N_SHARED] = { "shared", "pages of shared memory", 0 },
	[DERIVE_N_FILE] = { "file", "pages of files, read or written for the first time", 0 },
	[DERIVE_N_AGAIN] = { "file_again", "pages of files read again, having been reclaimed", 0 },
	[DERIVE_N_HUGE] = { "huge", "huge pages", 0 },
	[DERIVE_N_HUGE_FAILED] = { "huge_failed", "huge pages that there was no memory for", 0 },
	[DERIVE_N_REFILLED] = { "refilled", "first touches in the place of a page given up before", 0 },
	[DERIVE_N_DROPPED] = { "dropped_on_swap", "... that was given up while it was on swap, which nothing told", 0 },
	[DERIVE_N_SWAP_IN] = { "back", "pages that came back from swap, by their activation", 0 },
	[DERIVE_N_SWAP_IN_AT_ONCE] = { "back_at_once", "pages that came back from swap, read alone", 0 },
	[DERIVE_N_OLD_BACK] = { "old_back", "pages from before the recording, or shared, that came back: the one out longest", 0 },
	[DERIVE_N_NOBODY] = { "back_nobodys", "pages that came back and are nobody's", 0 },
	[DERIVE_N_UNTOUCHED] = { "back_untouched", "pages read with their neighbours that nobody touched", 0 },
	[DERIVE_N_CONTRADICTS] = { "contradictions", "faults that fit no page of the task", 0 },
	[DERIVE_N_BETWEEN] = { "between", "touches without a fault, between two faults of a pass", 0 },
	[DERIVE_N_ROUNDS] = { "passes", "passes that began again at a task's first pages", 0 },
	[DERIVE_N_RECLAIMED] = { "reclaimed", "frees by the recorded kernel's reclaim, left out", 0 },
	[DERIVE_N_MOVED] = { "moved", "pages that compaction moved", 0 },
	[DERIVE_N_MOVED_UNKNOWN] = { "moved_unknown", "pages moved to or from nowhere", 0 },
	[DERIVE_N_SPARE] = { "taken_back", "frames that compaction took and gave back", 0 },
	[DERIVE_N_LRU] = { "lru", "insertions into LRU lists", 0 },
	[DERIVE_N_STAYS] = { "stays", "pages of files that reclaim could not free: their buffers were in use", 0 },
	[DERIVE_N_AT_EXIT] = { "on_swap_at_exit", "pages on swap when their task ended", 0 },
	[DERIVE_N_BEYOND] = { "beyond", "touches that a killed task would have made next", 0 },
	[DERIVE_N_PAIRS] = { "pairs", "pages read together from swap and touched one after the other", 0 },
	[DERIVE_N_PAIRS_NEAR] = { "pairs_near", "... that left memory within 72 pages of one another", 0 },
	[DERIVE_N_STALL_MS] = { "stall_ms", "ms that tasks waited for reclaim, compaction and disks, taken out", 0 },
	[DERIVE_N_TRACED_MS] = { "traced_ms", "ms that recording events took tasks, taken out", 0 },
};
/* clang-format on */

_Static_assert((int)DERIVE_COUNTS <= TRACE_DERIVE_COUNTS, "the report has room for all counts");

static bool add_span(struct derive *d, const struct trace_truth *t, bool compacts)
{
	if (!derive_room(d, &d->spans, &d->spans_cap, d->nspans, sizeof(*d->spans)))
		return false;
	d->spans[d->nspans++] = (struct derive_span){ t->time, UINT64_MAX, t->task, compacts };
	return true;
}

static void end_span(struct derive *d, const struct trace_truth *t, bool compacts)
{
	for (size_t i = d->nspans; i-- > 0;)
		if (d->spans[i].task == t->task && d->spans[i].compacts == compacts) {
			if (d->spans[i].to == UINT64_MAX)
				d->spans[i].to = t->time;
			return;
		}
}

static bool truth(struct derive *d, const struct trace_truth *t)
{
	struct derive_task *task;

	switch (t->kind) {
	case TRACE_TRUTH_KSWAPD_WAKE:
		task = derive_task(d, t->task);
		if (task)
			task->kswapd = true;
		return task;
	case TRACE_TRUTH_RECLAIM_BEGIN:
		return add_span(d, t, false);
	case TRACE_TRUTH_COMPACT_BEGIN:
		return add_span(d, t, true);
	case TRACE_TRUTH_RECLAIM_END:
		end_span(d, t, false);
		return true;
	case TRACE_TRUTH_COMPACT_END:
		end_span(d, t, true);
		return true;
	case TRACE_TRUTH_OOM:
		/* Who was killed is told by its pid. */
		for (uint32_t i = 0; d->victim == DERIVE_NONE; i++) {
			const struct trace_task *known = trace_reader_task(d->reader, i);

			if (!known)
				return true;
			if ((uint64_t)known->pid == t->value[0])
				d->victim = i;
		}
		d->killed_at = t->time;
		return true;
	default:
		return true;
	}
}

static bool read_truths(struct derive *d)
{
	struct trace_truth truths[256];
	long n;

	while ((n = trace_reader_next_truth(d->reader, truths, 256, d->err)) > 0)
		for (long i = 0; i < n; i++)
			if (!truth(d, &truths[i]))
				return false;
	return n == 0;
}

static void release(struct derive *d)
{
	for (size_t i = 0; i < d->ntasks; i++)
		for (unsigned k = 0; k < DERIVE_WALKS; k++)
			free(d->tasks[i].walk[k].pages);
	for (unsigned c = 0; c < d->header->cpus; c++) {
		if (d->moving)
			free(d->moving[c].list);
		if (d->targets)
			free(d->targets[c].list);
	}
	free(d->moving);
	free(d->targets);
	free(d->old_out.list);
	free(d->tasks);
	free(d->seen);
	free(d->ticks);
	free(d->spans);
	free(d->objects);
	free(d->pages);
	free(d->blocks);
	free(d->items);
	free(d->gfps);
}

static void left_in_queues(struct derive *d)
{
	for (unsigned c = 0; c < d->header->cpus; c++) {
		d->count[DERIVE_N_MOVED_UNKNOWN] += d->moving[c].n - d->moving[c].head;
		d->count[DERIVE_N_MOVED_UNKNOWN] += d->targets[c].n - d->targets[c].head;
	}
}

static void report_counts(const struct derive *d, struct trace_derive_report *report)
{
	report->n = 0;
	for (unsigned i = 0; i < DERIVE_COUNTS; i++) {
		report->counts[report->n] = names[i];
		report->counts[report->n++].n = d->count[i];
	}
}

bool trace_derive(struct trace_reader *recording, const char *output,
		  const struct trace_derive_options *o, struct trace_derive_report *report,
		  struct trace_error *err)
{
	struct derive d = { .reader = recording,
			    .header = trace_reader_header(recording),
			    .o = o,
			    .err = err,
			    .victim = DERIVE_NONE };
	bool ok;

	*err->text = '\0';
	ok = derive_time_ticks(&d) && read_truths(&d);
	if (ok)
		d.killed_at = derive_time_ns(&d, d.killed_at);
	ok = ok && derive_events(&d);
	if (ok)
		left_in_queues(&d);
	ok = ok && derive_time_dates(&d) && derive_write(&d, output);
	report_counts(&d, report);
	release(&d);
	return ok;
}
