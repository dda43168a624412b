#include "traces/trace_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/trace_end.h"
#include "traces/trace_header.h"

bool trace_read_error(const struct trace_reader *r, const char *what, uint64_t offset,
		      struct trace_error *err)
{
	return trace_error_at(err, "%s: %s (byte %llu): ", r->name, what,
			      (unsigned long long)offset);
}

bool trace_read_error_in(const struct trace_reader *r, const char *what, uint64_t number,
			 uint64_t offset, struct trace_error *err)
{
	return trace_error_at(err, "%s: %s %llu (byte %llu): ", r->name, what,
			      (unsigned long long)number, (unsigned long long)offset);
}

struct trace_block_limits trace_read_limits(const struct trace_reader *r)
{
	return (struct trace_block_limits){ r->header.cpus,      r->header.nodes,
					    r->dict.gfps.count,  r->dict.texts.count,
					    r->dict.tasks.count, r->header.minor };
}

bool trace_read_seekable(const struct trace_reader *r, struct trace_error *err)
{
	return r->seekable ||
	       trace_error_data(err, "%s: a pipe does not give steps or the final state",
				r->name);
}

/* ---- opening --------------------------------------------------------------------------- */

static bool cannot_open(const char *name, int number, struct trace_error *err)
{
	bool machine =
		number == ENOMEM || number == EMFILE || number == ENFILE || number == EIO;

	return trace_error_set(err, machine ? TRACE_SYSTEM : TRACE_BAD_DATA,
			       "%s: cannot open: %s", name, strerror(number));
}

static bool open_file(struct trace_reader *r, const char *path, struct trace_error *err)
{
	bool standard = !strcmp(path, "-");
	struct stat st;

	r->name = strdup(standard ? "standard input" : path);
	if (!r->name)
		return trace_error_memory(err);
	r->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0 || fstat(r->fd, &st) < 0)
		return cannot_open(path, errno, err);
	if (S_ISDIR(st.st_mode))
		return cannot_open(path, EISDIR, err);
	r->seekable = S_ISREG(st.st_mode) && lseek(r->fd, 0, SEEK_CUR) == 0;
	r->size = r->seekable ? (uint64_t)st.st_size : 0;
	return trace_frame_open(&r->events, r->fd, r->seekable, err) &&
	       trace_frame_open(&r->truths, r->fd, r->seekable, err) &&
	       trace_frame_open(&r->step_frames, r->fd, r->seekable, err) &&
	       trace_frame_open(&r->side, r->fd, r->seekable, err);
}

static bool read_header(struct trace_reader *r, struct trace_error *err)
{
	int got = trace_frame_next(&r->events, err);

	if (!got)
		trace_error_data(err, "the file is empty, expected a trace");
	if (got <= 0)
		return false;
	r->body = r->events.offset + r->events.packed;
	if (!r->events.data.len || r->events.data.data[0] != '{')
		return trace_error_data(err, "expected a trace header, found other data");
	return trace_header_decode(&r->header, &r->events.data, err);
}

struct trace_reader *trace_reader_open(const char *path, struct trace_error *err)
{
	struct trace_reader *r = calloc(1, sizeof(*r));

	if (!r) {
		trace_error_memory(err);
		return NULL;
	}
	r->fd = -1;
	if (!open_file(r, path, err))
		goto fail;
	if (!read_header(r, err)) {
		trace_read_error(r, "header", r->events.offset, err);
		goto fail;
	}
	if (r->seekable)
		trace_frame_seek(&r->truths, r->body, 1);
	r->state.cpus = r->header.cpus;
	r->object_known = !r->header.has_state;
	return r;

fail:
	trace_reader_close(r);
	return NULL;
}

void trace_reader_close(struct trace_reader *r)
{
	if (!r)
		return;
	if (r->fd > STDIN_FILENO)
		close(r->fd);
	trace_frame_close(&r->events);
	trace_frame_close(&r->truths);
	trace_frame_close(&r->step_frames);
	trace_frame_close(&r->side);
	trace_header_free(&r->header);
	trace_dict_free(&r->dict);
	trace_block_free(&r->block);
	trace_state_free(r->state.state);
	trace_state_free(r->final.state);
	trace_names_free(r->names);
	free(r->step);
	trace_end_free(r->end);
	trace_index_free(&r->index);
	trace_trailer_free(&r->trailer);
	free(r->name);
	free(r);
}

const struct trace_header *trace_reader_header(const struct trace_reader *r)
{
	return &r->header;
}

/* ---- dictionaries ---------------------------------------------------------------------- */

const char *trace_reader_gfp(const struct trace_reader *r, unsigned index)
{
	return index < r->dict.gfps.count ? r->dict.gfps.text[index] : NULL;
}

const char *trace_reader_text(const struct trace_reader *r, unsigned index)
{
	return index < r->dict.texts.count ? r->dict.texts.text[index] : NULL;
}

const struct trace_task *trace_reader_task(const struct trace_reader *r, uint32_t index)
{
	return index < r->dict.tasks.count ? &r->dict.task[index] : NULL;
}

/* ---- the end of the file --------------------------------------------------------------- */

bool trace_read_json(struct trace_reader *r, const struct trace_frame_in *f, bool *last,
		     struct trace_error *err)
{
	json_t *object = trace_json_parse(&f->data, err);
	bool ok = true;

	*last = false;
	if (!object)
		return false;
	if (trace_json_is(object, "end") && !r->end) {
		r->end = trace_end_decode(object, err);
		ok = r->end;
	} else if (trace_json_is(object, "trailer")) {
		*last = true;
		if (!r->has_trailer)
			ok = r->has_trailer = trace_trailer_decode(&r->trailer, object, err);
	}
	json_decref(object);
	return ok;
}

bool trace_read_go(struct trace_reader *r, struct trace_frame_in *f, uint32_t frame,
		   struct trace_error *err)
{
	if (frame >= r->index.count)
		return trace_error_data(err, "%s: the trailer names frame %u, the file has %u",
					r->name, frame, r->index.count);
	trace_frame_seek(f, r->index.offset[frame], frame);
	return true;
}

/* Reads the frame under the side cursor. */
static bool side_frame(struct trace_reader *r, const char *what, struct trace_error *err)
{
	int got = trace_frame_next(&r->side, err);

	if (!got)
		trace_error_data(err, "the file is cut off");
	return got > 0 || trace_read_error(r, what, r->side.offset, err);
}

bool trace_read_tail(struct trace_reader *r, struct trace_error *err)
{
	bool last;

	if (r->has_trailer && (r->has_index || !r->seekable))
		return true;
	if (!r->seekable)
		return trace_error_data(err,
					"%s: a pipe's totals come at its end, which has not "
					"been read",
					r->name);
	if (!r->has_index && !trace_index_read(&r->index, r->fd, r->size, err))
		return trace_read_error(r, "seek table", r->size, err);
	r->has_index = true;
	if (r->index.count < 2) {
		trace_error_data(err, "expected a header and a trailer");
		return trace_read_error(r, "seek table", r->size, err);
	}
	if (!trace_read_go(r, &r->side, r->index.count - 1, err) ||
	    !side_frame(r, "trailer", err))
		return false;
	if (!trace_read_json(r, &r->side, &last, err))
		return trace_read_error(r, "trailer", r->side.offset, err);
	if (last)
		return true;
	trace_error_data(err, "expected the trailer");
	return trace_read_error(r, "trailer", r->side.offset, err);
}

bool trace_read_dict(struct trace_reader *r, struct trace_error *err)
{
	if (r->dict_whole)
		return true;
	for (uint32_t i = 0; i < r->trailer.ndict; i++) {
		struct trace_sections s;

		if (!trace_read_go(r, &r->side, r->trailer.dict[i], err) ||
		    !side_frame(r, "dictionary", err))
			return false;
		if (!trace_section_is(&r->side.data, TRACE_SECTION_DICT))
			trace_error_data(err, "expected a dictionary");
		else if (trace_section_open(&s, &r->side.data, err) &&
			 trace_dict_decode(&r->dict, &s, err))
			continue;
		return trace_read_error(r, "dictionary", r->side.offset, err);
	}
	r->dict_whole = true;
	return true;
}

const struct trace_end *trace_reader_end(struct trace_reader *r, struct trace_error *err)
{
	bool last;

	err->text[0] = 0;
	if (r->end || !trace_read_tail(r, err) || !r->trailer.end_frame)
		return r->end;
	if (!r->seekable) {
		trace_error_data(err, "%s: the trailer names an end state, there is none",
				 r->name);
		return NULL;
	}
	if (!trace_read_go(r, &r->side, r->trailer.end_frame, err) ||
	    !side_frame(r, "end state", err))
		return NULL;
	if (!trace_read_json(r, &r->side, &last, err))
		trace_read_error(r, "end state", r->side.offset, err);
	else if (!r->end)
		trace_error_data(err, "%s: end state (byte %llu): expected an end state",
				 r->name, (unsigned long long)r->side.offset);
	return r->end;
}

const char *trace_reader_report(struct trace_reader *r, struct trace_error *err)
{
	err->text[0] = 0;
	return trace_read_tail(r, err) ? r->trailer.report : NULL;
}

bool trace_reader_totals(struct trace_reader *r, struct trace_totals *t,
			 struct trace_error *err)
{
	if (!trace_read_tail(r, err))
		return false;
	*t = r->trailer.totals;
	return true;
}

/* ---- start state ----------------------------------------------------------------------- */

const struct trace_state *trace_reader_state(struct trace_reader *r, struct trace_error *err)
{
	struct trace_frame_in *f = r->seekable ? &r->side : &r->events;

	err->text[0] = 0;
	if (!r->header.has_state || r->state.whole)
		return r->state.state;
	if (!r->seekable && (r->events_started || r->truth_started)) {
		trace_error_data(err, "%s: a pipe's start state must be read before its events",
				 r->name);
		return NULL;
	}
	if (r->seekable) {
		trace_state_free(r->state.state);
		memset(&r->state, 0, sizeof(r->state));
		r->state.cpus = r->header.cpus;
		trace_frame_seek(f, r->body, 1);
	}
	while (!r->state.whole) {
		int got = trace_frame_next(f, err);

		if (!got)
			trace_error_data(err, "the file is cut off");
		if (got <= 0 || !trace_state_decode(&r->state, &f->data, err)) {
			trace_read_error(r, "start state", f->offset, err);
			return NULL;
		}
	}
	return r->state.state;
}
