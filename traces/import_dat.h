/*
 * Between the process that reads a trace.dat and the one that wants its events: messages of
 * two 32-bit words, tag and size, then so many bytes.
 */
#ifndef IMPORT_DAT_H
#define IMPORT_DAT_H

#include "traces/import.h"

enum import_dat_tag {
	IMPORT_DAT_EVENTS,   /* struct import_event[] */
	IMPORT_DAT_GFP,      /* text; its index is the number of those before */
	IMPORT_DAT_TEXT,     /* likewise */
	IMPORT_DAT_EXTRA,    /* struct import_extra, likewise */
	IMPORT_DAT_COMM,     /* int32_t pid, text */
	IMPORT_DAT_OTHER,    /* uint64_t count, name of an event that is not used */
	IMPORT_DAT_META,     /* struct import_dat_meta */
	IMPORT_DAT_PROGRESS, /* uint64_t bytes read */
	IMPORT_DAT_ERROR,    /* struct trace_error */
	IMPORT_DAT_DONE
};

struct import_dat_meta {
	uint64_t lost, first_lost, unknown_gfp;
	uint32_t cpus;
};

/* False when the parent has gone. */
bool import_dat_send(int out, enum import_dat_tag tag, const void *data, size_t size);

#endif
