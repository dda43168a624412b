/*
 * The three dictionaries of a trace: sets of gfp flag names, texts, tasks. They only grow;
 * an entry travels in the first frame that needs it, and once more at the end of the file,
 * for those who do not read from the start.
 */
#ifndef TRACE_DICT_H
#define TRACE_DICT_H

#include "traces/trace_section.h"

#define TRACE_DICT_MAX_TEXT 65535

struct trace_dict_list {
	char **text; /* for tasks: NULL */
	uint32_t count, cap;
	size_t bytes;   /* of the texts */
	uint32_t *slot; /* index + 1; only when entries are looked up */
	uint32_t nslots;
};

struct trace_dict {
	struct trace_dict_list gfps, texts, tasks;
	struct trace_task *task; /* [tasks.count] */
};

/* A place in the growth of the three. */
struct trace_dict_mark {
	uint32_t gfps, texts, tasks;
};

void trace_dict_free(struct trace_dict *d);
struct trace_dict_mark trace_dict_mark(const struct trace_dict *d);

/* The index of an entry, which is added if it is new. */
bool trace_dict_gfp(struct trace_dict *d, const char *names, uint32_t *index,
		    struct trace_error *err);
bool trace_dict_text(struct trace_dict *d, const char *text, uint32_t *index,
		     struct trace_error *err);
bool trace_dict_task(struct trace_dict *d, int32_t pid, const char *comm, uint32_t *index,
		     struct trace_error *err);

/* Sections with the entries from..to, none where there are none. */
void trace_dict_encode(const struct trace_dict *d, struct trace_dict_mark from,
		       struct trace_dict_mark to, struct trace_frame_bytes *out);
/* Takes in what a frame adds; entries that are known already are passed over. */
bool trace_dict_decode(struct trace_dict *d, const struct trace_sections *s,
		       struct trace_error *err);

#endif
