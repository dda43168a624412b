/*
 * A whole trace as text, and back (docs/traces.md, "As text"). What is written here and
 * read again gives the same file: records and dictionary entries stand in the order in which
 * the file has them.
 */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include "traces/trace_error.h"

#define TRACE_TEXT_MAGIC "# pagesim trace as text, version 1\n"

extern const char *const trace_text_kinds[TRACE_KINDS];

bool trace_text_import_is(const void *data, size_t size);
/* Writes the trace that the text tells of; `label` is what errors call it. *h, zeros before,
 * gets its header, also when there is trouble behind that: trace_header_free(). */
bool trace_text_import(const void *data, size_t size, const char *label,
		       const struct trace_import_options *o, struct trace_header *h,
		       struct trace_totals *t, struct trace_error *err);

#endif
