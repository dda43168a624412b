/*
 * How the files of this folder fill a struct trace_error. The one who sees the trouble says
 * what is wrong; those who know the file and the place put that in front.
 */
#ifndef TRACE_ERROR_H
#define TRACE_ERROR_H

#include "traces/trace.h"

/* Always false, so that a check reads: return trace_error_set(err, ...). */
bool trace_error_set(struct trace_error *err, enum trace_trouble kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool trace_error_data(struct trace_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool trace_error_memory(struct trace_error *err);
/* Puts a text in front of what is there. Always false. */
bool trace_error_at(struct trace_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
