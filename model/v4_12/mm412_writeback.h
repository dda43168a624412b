/*
 * What the files of writeback share: the dirty pages of files in the order in which they became
 * dirty, what the flusher is to do, and how fast it has been. Made by mm412_writeback.c.
 *
 * Kernel: struct bdi_writeback and struct wb_domain of include/linux/backing-dev-defs.h, of
 * which there is one each: all files lie on one disk.
 */
#ifndef MM412_WRITEBACK_H
#define MM412_WRITEBACK_H

#include "model/v4_12/mm412_sleep.h"

/* A page that became dirty. Void when its content has another stamp by now. */
struct mm412_dirtied {
	uint32_t content;
	uint32_t stamp;
	uint64_t jiffies;
};

/* What account_page_dirtied() counts on each CPU. */
struct mm412_dirtier {
	uint64_t fresh; /* pages that nobody has been charged with yet */
	uint64_t since; /* pages since somebody last looked: bdp_ratelimits */
};

struct mm412_writeback {
	struct mm412_dirtied *ring;
	uint32_t first, n, room;
	uint32_t *stamp; /* by content; 0 = not dirty */
	uint32_t stamps, last_stamp;
	uint32_t dirty; /* pages that have a stamp */

	uint64_t asked;  /* pages to write, of wakeup_flusher_threads() */
	bool background; /* was woken to look whether too much is dirty */
	bool running, asleep;
	uint64_t timer;          /* date of the next look; UINT64_MAX = none */
	uint64_t last_old_flush; /* jiffies */

	uint64_t dirtied, written; /* pages: WB_DIRTIED, WB_WRITTEN */
	uint64_t under_way;        /* WB_WRITEBACK */
	uint64_t dirtied_stamp, written_stamp, bw_stamp, limit_stamp;
	uint64_t write_bw, avg_bw;         /* pages a second */
	uint64_t ratelimit, balanced;      /* likewise: dirty_ratelimit and its target */
	uint64_t dirty_limit, nr_per_look; /* pages; nr_per_look is ratelimit_pages */
	bool exceeded;                     /* dirty_exceeded */
	struct mm412_dirtier *cpus;        /* [ncpus] */
};

#endif
