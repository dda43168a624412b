/*
 * Replays a golden file of 4.12.0 on the model, without an engine and without costs, and
 * says for each line what the model answers in its place.
 */
#ifndef GOLD412_H
#define GOLD412_H

#include "tools/pagegold.h"

#define GOLD412_ANSWER 8192

struct gold412;

enum gold412_outcome {
	GOLD412_AGREES,
	GOLD412_NOTHING, /* an operation without a result, a comment */
	GOLD412_DIFFERS, /* answer[] holds the line as the model would have it */
	GOLD412_BAD,     /* the line is malformed: *err */
};

/* Boots the model as the header says. NULL and *err on failure. */
struct gold412 *gold412_new(const struct pagegold *g, const struct pagegold_header *h,
			    struct pagegold_error *err);
void gold412_free(struct gold412 *r);

/* A parameter or a derived line of the header; the place of errors is claim->line. */
enum gold412_outcome gold412_header_line(struct gold412 *r, const char *line,
					 char answer[GOLD412_ANSWER],
					 struct pagegold_error *err);
/* The next line behind "ops". */
enum gold412_outcome gold412_line(struct gold412 *r, const struct pagegold *g, const char *line,
				  char answer[GOLD412_ANSWER], struct pagegold_error *err);
/* Requests and frees so far. */
uint64_t gold412_operations(const struct gold412 *r);

#endif
