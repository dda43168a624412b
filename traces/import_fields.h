/*
 * Binary records of the kernel's ring buffer become events: libtraceevent reads the formats of
 * the recorded kernel, which say where a field lies, how large it is and what a gfp bit is
 * called.
 */
#ifndef IMPORT_FIELDS_H
#define IMPORT_FIELDS_H

#include <event-parse.h>

#include "traces/import.h"

struct import_fields;

/* tep knows the formats; it and *s have to live as long. With `out` (import_child.h) events are
 * sent there; -1: they stay in *s. */
struct import_fields *import_fields_new(struct tep_handle *tep, struct import_source *s,
					int out, struct trace_error *err);
/* Takes one record in. */
bool import_fields_record(struct import_fields *f, struct tep_record *r,
			  struct trace_error *err);
/* Sends what is left, names and totals. */
bool import_fields_finish(struct import_fields *f, struct trace_error *err);
void import_fields_free(struct import_fields *f);

#endif
