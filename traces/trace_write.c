#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/trace_block.h"
#include "traces/trace_dict.h"
#include "traces/trace_end.h"
#include "traces/trace_header.h"
#include "traces/trace_names.h"
#include "traces/trace_place.h"
#include "traces/trace_state.h"
#include "traces/trace_step.h"
#include "traces/trace_trailer.h"
#include "traces/trace_truth.h"

#define DICT_PIECE 500000

struct trace_writer {
	char *path, *temporary; /* temporary NULL = standard output, a device */
	int fd;
	bool failed; /* the file cannot be finished any more */
	struct trace_frame_out out;
	struct trace_frame_bytes frame, header; /* header: until it is written */
	struct trace_header head;               /* only counts: cpus, nodes */
	bool header_written, ended;
	struct trace_dict dict;
	struct trace_dict_mark written;

	struct trace_block_encoder *encoder;
	struct trace_event *events; /* [TRACE_BLOCK_EVENTS] */
	uint64_t nevents, base, next_object, last_time;
	struct trace_truth *truths; /* [TRACE_TRUTH_RECORDS] */
	uint64_t ntruths, last_truth_time, truth_blocks;
	struct trace_step *steps; /* [TRACE_STEP_RECORDS], NULL until there is one */
	uint64_t nsteps, last_step_time;
	struct trace_trailer trailer;
};

static bool named(const struct trace_writer *w, struct trace_error *err)
{
	return trace_error_at(err, "%s: ", w->path);
}

/* After this nothing more is written, and close() leaves nothing behind. */
static bool broken(struct trace_writer *w, struct trace_error *err)
{
	w->failed = true;
	return named(w, err);
}

/* ---- opening --------------------------------------------------------------------------- */

static void free_writer(struct trace_writer *w)
{
	trace_frame_discard(&w->out);
	trace_bytes_free(&w->frame.bytes);
	trace_bytes_free(&w->header.bytes);
	trace_header_free(&w->head);
	trace_dict_free(&w->dict);
	trace_block_encoder_free(w->encoder);
	trace_trailer_free(&w->trailer);
	free(w->events);
	free(w->truths);
	free(w->steps);
	free(w->path);
	free(w->temporary);
	free(w);
}

static bool cannot_create(const char *path, struct trace_error *err)
{
	return trace_error_set(err, TRACE_SYSTEM, "%s: cannot create: %s", path,
			       strerror(errno));
}

/* A device or a pipe is written to as it stands: nothing can be renamed onto it. */
static bool is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static bool open_output(struct trace_writer *w, const char *path, struct trace_error *err)
{
	if (!strcmp(path, "-")) {
		w->path = strdup("standard output");
		w->fd = STDOUT_FILENO;
		return w->path || trace_error_memory(err);
	}
	w->path = trace_place(path);
	if (w->path && is_device(path)) {
		w->fd = open(path, O_WRONLY | O_CLOEXEC);
		return w->fd >= 0 || cannot_create(path, err);
	}
	if (!w->path || asprintf(&w->temporary, "%s.tmp-%ld", w->path, (long)getpid()) < 0) {
		w->temporary = NULL;
		return trace_error_memory(err);
	}
	w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return w->fd >= 0 || cannot_create(path, err);
}

/* Keeps the header as text: has_state is known only when the first event or state comes. */
static bool keep_header(struct trace_writer *w, const struct trace_header *h,
			struct trace_error *err)
{
	if (!h->cpus || h->cpus > TRACE_HEADER_MAX_CPUS || !h->nodes ||
	    h->nodes > TRACE_HEADER_MAX_NODES)
		return trace_error_data(err,
					"%u CPUs and %u nodes: 1 to %d and 1 to %d are "
					"allowed",
					h->cpus, h->nodes, TRACE_HEADER_MAX_CPUS,
					TRACE_HEADER_MAX_NODES);
	return trace_header_encode(h, false, &w->header, err) &&
	       trace_header_decode(&w->head, &w->header.bytes, err);
}

/* A descriptor is the caller's: the writer closes one of its own. */
static bool open_given(struct trace_writer *w, int fd, const char *name,
		       struct trace_error *err)
{
	w->path = strdup(name);
	if (!w->path)
		return trace_error_memory(err);
	w->fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return w->fd >= 0 || cannot_create(name, err);
}

static struct trace_writer *new_writer(struct trace_error *err)
{
	struct trace_writer *w = calloc(1, sizeof(*w));

	if (!w) {
		trace_error_memory(err);
		return NULL;
	}
	w->fd = -1;
	return w;
}

/* What there is to write to is open; NULL, and nothing left of the writer, on failure. */
static struct trace_writer *make_writer(struct trace_writer *w, const struct trace_header *h,
					int level, struct trace_error *err)
{
	w->encoder = trace_block_encoder_new(err);
	w->events = malloc(TRACE_BLOCK_EVENTS * sizeof(*w->events));
	w->truths = malloc(TRACE_TRUTH_RECORDS * sizeof(*w->truths));
	if (!w->encoder || !w->events || !w->truths) {
		trace_error_memory(err);
		trace_writer_close(w, true, err);
		return NULL;
	}
	if (!trace_frame_create(&w->out, w->fd, level, err) || !keep_header(w, h, err)) {
		named(w, err);
		trace_writer_close(w, true, err);
		return NULL;
	}
	return w;
}

struct trace_writer *trace_writer_open(const char *path, const struct trace_header *h,
				       int level, struct trace_error *err)
{
	struct trace_writer *w = new_writer(err);

	if (w && !open_output(w, path, err)) {
		trace_writer_close(w, true, err);
		return NULL;
	}
	return w ? make_writer(w, h, level, err) : NULL;
}

struct trace_writer *trace_writer_open_fd(int fd, const char *name,
					  const struct trace_header *h, int level,
					  struct trace_error *err)
{
	struct trace_writer *w = new_writer(err);

	if (w && !open_given(w, fd, name, err)) {
		trace_writer_close(w, true, err);
		return NULL;
	}
	return w ? make_writer(w, h, level, err) : NULL;
}

/* ---- the head of the file -------------------------------------------------------------- */

static bool write_header(struct trace_writer *w, bool has_state, struct trace_error *err)
{
	if (w->header_written)
		return true;
	w->header_written = true;
	return trace_header_encode(&w->head, has_state, &w->header, err) &&
	       trace_frame_write(&w->out, &w->header, err);
}

static bool write_piece(void *ctx, const struct trace_frame_bytes *frame,
			struct trace_error *err)
{
	struct trace_writer *w = ctx;

	return trace_frame_write(&w->out, frame, err);
}

bool trace_writer_state(struct trace_writer *w, const struct trace_state *s,
			struct trace_error *err)
{
	if (w->header_written) {
		trace_error_data(err, "the start state must come before everything else");
		return broken(w, err);
	}
	w->base = w->next_object = trace_state_objects(s);
	return (write_header(w, true, err) &&
		trace_state_encode(s, TRACE_SECTION_STATE, &w->frame, write_piece, w, err)) ||
	       broken(w, err);
}

/* ---- dictionaries ---------------------------------------------------------------------- */

bool trace_writer_gfp(struct trace_writer *w, const char *names, uint16_t *index,
		      struct trace_error *err)
{
	uint32_t i;

	if (!trace_dict_gfp(&w->dict, names, &i, err))
		return broken(w, err);
	*index = (uint16_t)i;
	return true;
}

bool trace_writer_text(struct trace_writer *w, const char *text, uint32_t *index,
		       struct trace_error *err)
{
	return trace_dict_text(&w->dict, text, index, err) || broken(w, err);
}

bool trace_writer_task(struct trace_writer *w, int32_t pid, const char *comm, uint32_t *index,
		       struct trace_error *err)
{
	return trace_dict_task(&w->dict, pid, comm ? comm : "", index, err) || broken(w, err);
}

static void add_dict(struct trace_writer *w)
{
	struct trace_dict_mark now = trace_dict_mark(&w->dict);

	trace_dict_encode(&w->dict, w->written, now, &w->frame);
	w->written = now;
}

static struct trace_block_limits limits(const struct trace_writer *w)
{
	return (struct trace_block_limits){ w->head.cpus,        w->head.nodes,
					    w->dict.gfps.count,  w->dict.texts.count,
					    w->dict.tasks.count, w->head.minor };
}

/* ---- events ---------------------------------------------------------------------------- */

static bool write_block(struct trace_writer *w, struct trace_error *err)
{
	struct trace_totals *t = &w->trailer.totals;
	const struct trace_block_head head = {
		.number = t->blocks,
		.count = w->nevents,
		.first_event = t->events - w->nevents,
		.first_time = w->events[0].time,
		.last_time = w->events[w->nevents - 1].time,
		.base = w->base,
	};

	if (!write_header(w, false, err))
		return false;
	trace_section_begin(&w->frame, TRACE_SECTION_BLOCK);
	add_dict(w);
	if (!trace_trailer_add_block(&w->trailer, w->out.index.count, head.first_event,
				     head.first_time, err) ||
	    !trace_block_encode(w->encoder, &head, w->events, &w->frame, err) ||
	    !trace_frame_write(&w->out, &w->frame, err))
		return false;
	t->blocks++;
	w->nevents = 0;
	w->base = w->next_object;
	return true;
}

static void count_event(struct trace_writer *w, const struct trace_event *e)
{
	struct trace_totals *t = &w->trailer.totals;

	if (!t->events)
		t->first_time = e->time;
	t->events++;
	t->last_time = w->last_time = e->time;
	t->allocs += e->kind == TRACE_ALLOC;
	t->frees += e->kind == TRACE_FREE;
	t->failed += e->kind == TRACE_ALLOC_FAILED;
	w->next_object += e->kind == TRACE_ALLOC;
}

bool trace_writer_events(struct trace_writer *w, const struct trace_event *events, size_t n,
			 struct trace_error *err)
{
	const struct trace_block_limits bounds = limits(w);

	for (size_t i = 0; i < n; i++) {
		const struct trace_event *e = &events[i];

		if (!trace_block_encode_check(e, &bounds, w->next_object, w->last_time, err)) {
			trace_error_at(err, "event %llu: ",
				       (unsigned long long)w->trailer.totals.events);
			return broken(w, err);
		}
		w->events[w->nevents++] = *e;
		count_event(w, e);
		if (w->nevents == TRACE_BLOCK_EVENTS && !write_block(w, err))
			return broken(w, err);
	}
	return true;
}

/* ---- truth ----------------------------------------------------------------------------- */

static bool write_truth(struct trace_writer *w, struct trace_error *err)
{
	const struct trace_block_head head = {
		.number = w->truth_blocks,
		.count = w->ntruths,
		.first_event = w->trailer.totals.truths - w->ntruths,
		.first_time = w->truths[0].time,
		.last_time = w->truths[w->ntruths - 1].time,
	};

	if (!write_header(w, false, err))
		return false;
	trace_section_begin(&w->frame, TRACE_SECTION_TRUTH);
	add_dict(w);
	if (!trace_trailer_add_truth(&w->trailer, w->out.index.count, err) ||
	    !trace_truth_encode(&head, w->truths, &w->frame, err) ||
	    !trace_frame_write(&w->out, &w->frame, err))
		return false;
	w->truth_blocks++;
	w->ntruths = 0;
	return true;
}

bool trace_writer_truth(struct trace_writer *w, const struct trace_truth *truths, size_t n,
			struct trace_error *err)
{
	const struct trace_block_limits bounds = limits(w);

	for (size_t i = 0; i < n; i++) {
		const struct trace_truth *t = &truths[i];
		const char *wrong = trace_truth_wrong(t, &bounds);

		if (!wrong && t->time < w->last_truth_time)
			wrong = "it is earlier than the record before";
		if (!wrong && t->time > TRACE_BLOCK_TIME_MAX)
			wrong = "its time is out of range";
		if (wrong) {
			trace_error_data(err, "truth record %llu: %s",
					 (unsigned long long)w->trailer.totals.truths, wrong);
			return broken(w, err);
		}
		w->truths[w->ntruths++] = *t;
		w->last_truth_time = t->time;
		w->trailer.totals.truths++;
		if (w->ntruths == TRACE_TRUTH_RECORDS && !write_truth(w, err))
			return broken(w, err);
	}
	return true;
}

/* ---- steps ----------------------------------------------------------------------------- */

static bool write_steps(struct trace_writer *w, struct trace_error *err)
{
	const struct trace_block_head head = {
		.number = w->trailer.nsteps,
		.count = w->nsteps,
		.first_event = w->trailer.totals.steps - w->nsteps,
		.first_time = w->steps[0].time,
		.last_time = w->steps[w->nsteps - 1].time,
	};

	if (!write_header(w, false, err))
		return false;
	trace_section_begin(&w->frame, TRACE_SECTION_STEPS);
	if (!trace_trailer_add_steps(&w->trailer, w->out.index.count, err) ||
	    !trace_step_encode(&head, w->steps, &w->frame, err) ||
	    !trace_frame_write(&w->out, &w->frame, err))
		return false;
	w->nsteps = 0;
	return true;
}

bool trace_writer_steps(struct trace_writer *w, const struct trace_step *steps, size_t n,
			struct trace_error *err)
{
	if (!w->steps)
		w->steps = malloc(TRACE_STEP_RECORDS * sizeof(*w->steps));
	if (!w->steps) {
		trace_error_memory(err);
		return broken(w, err);
	}
	for (size_t i = 0; i < n; i++) {
		const struct trace_step *t = &steps[i];
		const char *wrong = trace_step_wrong(t, w->head.cpus);

		if (!wrong && t->time < w->last_step_time)
			wrong = "it is earlier than the step before";
		if (!wrong && t->time > TRACE_BLOCK_TIME_MAX)
			wrong = "its time is out of range";
		if (wrong) {
			trace_error_data(err, "step %llu: %s",
					 (unsigned long long)w->trailer.totals.steps, wrong);
			return broken(w, err);
		}
		w->steps[w->nsteps++] = *t;
		w->last_step_time = t->time;
		w->trailer.totals.steps++;
		if (w->nsteps == TRACE_STEP_RECORDS && !write_steps(w, err))
			return broken(w, err);
	}
	return true;
}

/* ---- the end of the file --------------------------------------------------------------- */

/* What is still in memory. The end state stands behind it. */
static bool flush(struct trace_writer *w, struct trace_error *err)
{
	return (!w->nevents || write_block(w, err)) && (!w->ntruths || write_truth(w, err)) &&
	       (!w->nsteps || write_steps(w, err)) && write_header(w, false, err);
}

bool trace_writer_final(struct trace_writer *w, const struct trace_state *s,
			struct trace_error *err)
{
	struct trace_state lists = *s;

	if (w->trailer.final_frame) {
		trace_error_data(err, "there is a final state already");
		return broken(w, err);
	}
	if (!flush(w, err))
		return broken(w, err);
	w->trailer.final_frame = w->out.index.count;
	lists.nused = 0;
	return trace_state_encode(&lists, TRACE_SECTION_FINAL, &w->frame, write_piece, w,
				  err) ||
	       broken(w, err);
}

bool trace_writer_names(struct trace_writer *w, const struct trace_names *names,
			struct trace_error *err)
{
	if (w->trailer.names_frame) {
		trace_error_data(err, "the objects have names already");
		return broken(w, err);
	}
	if (!flush(w, err))
		return broken(w, err);
	w->trailer.names_frame = w->out.index.count;
	return trace_names_encode(names, &w->frame, write_piece, w, err) || broken(w, err);
}

bool trace_writer_end(struct trace_writer *w, const struct trace_end *e,
		      struct trace_error *err)
{
	if (w->trailer.end_frame) {
		trace_error_data(err, "there is an end state already");
		return broken(w, err);
	}
	if (!flush(w, err))
		return broken(w, err);
	w->trailer.end_frame = w->out.index.count;
	return (trace_end_encode(e, &w->frame, err) &&
		trace_frame_write(&w->out, &w->frame, err)) ||
	       broken(w, err);
}

bool trace_writer_report(struct trace_writer *w, const char *json, struct trace_error *err)
{
	free(w->trailer.report);
	w->trailer.report = strdup(json);
	return w->trailer.report || trace_error_memory(err) || broken(w, err);
}

static uint32_t upto(uint32_t at, uint32_t count)
{
	return count - at > DICT_PIECE ? at + DICT_PIECE : count;
}

static bool write_dict(struct trace_writer *w, struct trace_error *err)
{
	struct trace_dict_mark at = { 0 }, all = trace_dict_mark(&w->dict);

	while (at.gfps < all.gfps || at.texts < all.texts || at.tasks < all.tasks) {
		struct trace_dict_mark to = { upto(at.gfps, all.gfps),
					      upto(at.texts, all.texts),
					      upto(at.tasks, all.tasks) };

		trace_section_begin(&w->frame, TRACE_SECTION_DICT);
		trace_dict_encode(&w->dict, at, to, &w->frame);
		if (!trace_trailer_add_dict(&w->trailer, w->out.index.count, err) ||
		    !trace_frame_write(&w->out, &w->frame, err))
			return false;
		at = to;
	}
	return true;
}

static bool write_tail(struct trace_writer *w, struct trace_error *err)
{
	struct trace_bytes table = { 0 };
	bool ok;

	w->trailer.totals.tasks = w->dict.tasks.count;
	if (!flush(w, err) || !write_dict(w, err) ||
	    !trace_trailer_encode(&w->trailer, &w->frame, err) ||
	    !trace_frame_write(&w->out, &w->frame, err))
		return false;
	trace_index_encode(&w->out.index, &table);
	ok = table.lost ? trace_error_memory(err)
			: trace_frame_write_raw(&w->out, table.data, table.len, err);
	trace_bytes_free(&table);
	return ok;
}

static bool publish(struct trace_writer *w, struct trace_error *err)
{
	int fd = w->fd;

	if (!w->temporary)
		return true;
	if (fsync(fd) < 0)
		return trace_error_set(err, TRACE_SYSTEM, "cannot write: %s", strerror(errno));
	w->fd = -1;
	if (close(fd) < 0)
		return trace_error_set(err, TRACE_SYSTEM, "cannot write: %s", strerror(errno));
	if (rename(w->temporary, w->path) < 0)
		return trace_error_set(err, TRACE_SYSTEM, "cannot rename: %s", strerror(errno));
	free(w->temporary);
	w->temporary = NULL;
	return true;
}

bool trace_writer_close(struct trace_writer *w, bool abandon, struct trace_error *err)
{
	bool ok = true;

	if (!w)
		return true;
	if (w->failed && !abandon) {
		trace_error_set(err, TRACE_SYSTEM, "not written because of an earlier error");
		ok = named(w, err);
	}
	if (!w->failed && !abandon && (!write_tail(w, err) || !publish(w, err)))
		ok = named(w, err);
	if (w->fd > STDOUT_FILENO)
		close(w->fd);
	if (w->temporary)
		unlink(w->temporary);
	free_writer(w);
	return ok;
}
