/*
 * Replays golden files on the kernels' models, without an engine and without costs, and says
 * for each line what the model answers in its place. Which kernel, the file says.
 */
#ifndef GOLD_H
#define GOLD_H

#include "tools/pagegold.h"

#define GOLD_ANSWER 8192

struct gold;

enum gold_outcome {
	GOLD_AGREES,
	GOLD_NOTHING, /* an operation without a result, a comment */
	GOLD_DIFFERS, /* answer[] holds the line as the model would have it */
	GOLD_BAD,     /* the line is malformed: *err */
};

/* Boots the model as the header, which has to live on, says. NULL and *err on failure. */
struct gold *gold_new(const struct pagegold *g, const struct pagegold_header *h,
		      struct pagegold_error *err);
void gold_free(struct gold *r);

/* A parameter or a derived line of the header; the place of errors is claim->line. */
enum gold_outcome gold_header_line(struct gold *r, const char *line, char answer[GOLD_ANSWER],
				   struct pagegold_error *err);
/* The next line behind "ops". */
enum gold_outcome gold_line(struct gold *r, const struct pagegold *g, const char *line,
			    char answer[GOLD_ANSWER], struct pagegold_error *err);
/* The kernel's own invariants; false and a sentence when one does not hold. Slow. */
bool gold_check(const struct gold *r, char *text, size_t size);
/* Requests and frees so far. */
uint64_t gold_operations(const struct gold *r);

#endif
