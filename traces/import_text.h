/*
 * The fields of an event in text: "page=0xffffea0004a8c0 pfn=0x12a30 order=0 ..." to the end
 * of the line. What import_text.c does not do itself.
 */
#ifndef IMPORT_TEXT_H
#define IMPORT_TEXT_H

#include "traces/import.h"

bool import_text_fields(struct import_source *s, const struct import_event_type *type,
			const char *from, const char *to, struct import_event *e,
			struct trace_error *err);

#endif
