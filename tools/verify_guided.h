/* What the files of guided replay share (verify_guided.c). */
#ifndef VERIFY_GUIDED_H
#define VERIFY_GUIDED_H

#include "tools/verify.h"
#include "tools/verify_choice.h"

#define MOST_STEALS 64
#define BLOCK_TYPES 4 /* of pageblocks, HighAtomic among them */
#define HIGHATOMIC 3

/* Frames that the operation at hand gave back, as the model touched their struct pages. */
struct drained {
	struct sim_memory memory; /* first: touch() gets a pointer to it */
	void *mm;
	uint64_t *frames;
	size_t n, cap;
	bool lost;
};

/* What a CPU is in the middle of. */
struct pending {
	uint32_t release, bulk, free_type, highatomic; /* items, VERIFY_NONE */
};

/* Changes of a zone's counter by one CPU: by the model, by the recording. */
struct folds {
	int64_t model, recorded, open;
};

struct guided {
	struct verify *v;
	struct mm412_probe_guided notes;
	uint32_t movable[MOST_STEALS];
	struct drained drained;
	struct pending *cpu;
	struct folds *folds; /* [cpu * zones + zone] */
	bool *pressure;      /* [nodes]: kswapd has the thresholds low */
	uint32_t *steps;     /* items of the operation at hand */
	size_t nsteps, steps_cap;
	struct verify_choice choice; /* with VERIFY_PREDICT */
};

/* A recorded item and the model differ: notes the first ones, counts all. */
void verify_differ(struct guided *g, const struct verify_item *item, const char *what,
		   const char *expected, const char *got);
void verify_differ_frame(struct guided *g, const struct verify_item *item, const char *what,
			 uint64_t got);
void verify_differ_number(struct guided *g, const struct verify_item *item, const char *what,
			  int64_t expected, int64_t got);
void verify_differ_text(char out[VERIFY_TEXT], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "no page" or the number. */
void verify_differ_name(char out[VERIFY_TEXT], uint64_t frame);

/* What the model noted of steals, moves and changes of type against the operation's steps, one
 * by one. */
void verify_steal(struct guided *g, const struct verify_item *anchor);

/* The list was empty: what is on it now, and the page taken from it (or MM_NO_FRAME), against
 * the operation's recorded refill. */
void verify_refill(struct guided *g, const struct verify_item *item, uint32_t zone,
		   unsigned type, uint64_t taken);

#endif
