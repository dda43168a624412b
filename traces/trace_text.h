/*
 * A whole trace as text, and back (docs/traces.md, "As text"). What is written here and
 * read again gives the same file: records and dictionary entries stand in the order in which
 * the file has them.
 */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include "traces/trace_dict.h"
#include "traces/trace_error.h"

#define TRACE_TEXT_MAGIC "# pagesim trace as text, version 1\n"

extern const char *const trace_text_kinds[TRACE_KINDS];

/* Where lines go to, for files that have others beside them. */
struct trace_text_out {
	struct trace_reader *r;
	FILE *out;
	const char *head;            /* in front of every line */
	struct trace_dict_mark told; /* entries of the dictionaries that are written */
};

/* Header and start state; the entries of `d` that are not told yet; names (not from a pipe),
 * end state and report. */
bool trace_text_export_head(const struct trace_text_out *o, struct trace_error *err);
void trace_text_export_dict(struct trace_text_out *o, const struct trace_dict *d);
bool trace_text_export_tail(const struct trace_text_out *o, struct trace_error *err);
/* What follows an event's time, CPU and task, with the line's end. */
void trace_text_export_fields(FILE *out, const struct trace_event *e);

bool trace_text_import_is(const void *data, size_t size);
/* Writes the trace that the text tells of; `label` is what errors call it. *h, zeros before,
 * gets its header, also when there is trouble behind that: trace_header_free(). */
bool trace_text_import(const void *data, size_t size, const char *label,
		       const struct trace_import_options *o, struct trace_header *h,
		       struct trace_totals *t, struct trace_error *err);

/* A text that is read line by line, and the trace that is made of it. */
struct trace_text_in {
	const char *data, *end; /* what is not read yet */
	const struct trace_import_options *o;
	char *line;
	size_t line_cap, number;
	const char *at; /* in the line */
	struct trace_writer *writer;
	struct trace_header *header;
	struct trace_state state;
	size_t free_cap, used_cap, pcp_cap, block_cap;
	bool state_open, state_is_final, header_there;
	struct trace_names names;
	size_t names_cap;
	bool names_open;
	uint64_t next_object;
	struct trace_totals *totals;
	struct trace_error *err;
};

/* A copy of the next line, which there has to be, is at t->at. */
bool trace_text_import_next(struct trace_text_in *t);
/* Takes the record at t->at. */
bool trace_text_import_record(struct trace_text_in *t);
/* A number up to `most`, and the space behind it. */
bool trace_text_import_number(struct trace_text_in *t, uint64_t most, uint64_t *v);
/* The rest of the line: what trace_text_export_fields() wrote. */
bool trace_text_import_fields(struct trace_text_in *t, struct trace_event *e);
/* Writes the event; an allocation gets the next object's number. */
bool trace_text_import_event(struct trace_text_in *t, struct trace_event *e);
/* What is open (states, names) is whole. */
bool trace_text_import_whole(struct trace_text_in *t);
/* Ends the trace; false where it was not `ok`, or is not now. */
bool trace_text_import_close(struct trace_text_in *t, bool ok);
/* Called for every line: false when the user has enough. */
bool trace_text_import_watch(const struct trace_text_in *t, const char *begin);

#endif
