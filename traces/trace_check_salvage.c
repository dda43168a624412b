#include <string.h>

#include "traces/trace_check.h"
#include "traces/trace_reader.h"

#define CHUNK 1024

/* Gives the writer what the reader's dictionaries have; the indices must be the same. */
static bool copy_dict(const struct trace_dict *d, struct trace_dict_mark *done,
		      struct trace_writer *w, struct trace_error *err)
{
	uint32_t index = 0;
	uint16_t gfp = 0;

	for (; done->gfps < d->gfps.count; done->gfps++)
		if (!trace_writer_gfp(w, d->gfps.text[done->gfps], &gfp, err) ||
		    gfp != done->gfps)
			return false;
	for (; done->texts < d->texts.count; done->texts++)
		if (!trace_writer_text(w, d->texts.text[done->texts], &index, err) ||
		    index != done->texts)
			return false;
	for (; done->tasks < d->tasks.count; done->tasks++) {
		const struct trace_task *t = &d->task[done->tasks];

		if (!trace_writer_task(w, t->pid, t->comm, &index, err) || index != done->tasks)
			return false;
	}
	return true;
}

static bool copy_events(struct trace_reader *r, struct trace_writer *w, uint64_t n,
			struct trace_dict_mark *done, struct trace_error *err)
{
	struct trace_event events[CHUNK];

	while (n) {
		long got = trace_reader_next(r, events, n < CHUNK ? (size_t)n : CHUNK, err);

		if (got <= 0 || !copy_dict(&r->dict, done, w, err) ||
		    !trace_writer_events(w, events, (size_t)got, err))
			return false;
		n -= (uint64_t)got;
	}
	return true;
}

static bool copy_truths(struct trace_reader *r, struct trace_writer *w,
			const struct trace_check_good *good, struct trace_dict_mark *done,
			struct trace_error *err)
{
	struct trace_truth truth;

	for (uint64_t i = 0; i < good->truths; i++) {
		if (trace_reader_next_truth(r, &truth, 1, err) != 1)
			return false;
		if (truth.time > good->last_time)
			break;
		if (!copy_dict(&r->dict, done, w, err) ||
		    !trace_writer_truth(w, &truth, 1, err))
			return false;
	}
	return true;
}

static bool copy_state(struct trace_reader *r, struct trace_writer *w, struct trace_error *err)
{
	const struct trace_state *s = trace_reader_state(r, err);

	return s ? trace_writer_state(w, s, err) : !err->text[0];
}

/* The end state and the report are not taken over: they are about the whole trace. */
bool trace_check_salvage(const char *from, const char *to, const struct trace_check_good *good,
			 struct trace_error *err)
{
	struct trace_dict_mark done = { 0 };
	struct trace_reader *r;
	struct trace_writer *w;
	bool ok;

	if (!strcmp(from, "-"))
		return trace_error_data(err, "a pipe cannot be read twice");
	r = trace_reader_open(from, err);
	if (!r)
		return false;
	w = trace_writer_open(to, &r->header, 0, err);
	ok = w && copy_state(r, w, err) && copy_events(r, w, good->events, &done, err) &&
	     copy_truths(r, w, good, &done, err);
	ok = w && trace_writer_close(w, !ok, err) && ok;
	trace_reader_close(r);
	return ok;
}
