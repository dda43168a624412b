/* Between replay_save.c and replay_save_write.c. */
#ifndef REPLAY_SAVE_CORE_H
#define REPLAY_SAVE_CORE_H

#include "tools/replay_save.h"
#include "tools/replay_saved.h"

/* A block in use. */
struct replay_save_block {
	uint64_t frame;
	struct trace_name name; /* task and rank are filled in at the end */
	uint32_t owner;         /* number of the task whose memory it holds */
	uint8_t order, use;
	bool is_object;
};

struct replay_save_listed {
	uint64_t frame;
	uint32_t rank;
};

struct replay_save {
	const struct replay *r;
	const struct trace_part *part;
	struct replay_save_report *report;
	struct replay_error *err;
	const struct trace_names *names; /* of the trace's first objects, NULL = none */
	uint64_t first_object;

	struct trace_state state;
	struct replay_save_block *blocks; /* [nblocks] the first nknown ascending */
	uint64_t nblocks, nknown, blocks_cap, at;
	struct replay_save_listed *listed;
	uint64_t nlisted, listed_cap;
	uint8_t *object_of; /* [ncontents] an object has it */
	uint32_t ncontents;
	bool failed; /* out of memory */
};

/* Returns false. */
bool replay_save_fail(struct replay_save *s, int status, const char *text);
bool replay_save_write(struct replay_save *s, const char *path);

#endif
