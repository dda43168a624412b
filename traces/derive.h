/*
 * Between the files that work out a workload from a recording (trace_derive(), docs/
 * validation.md, "Free running"). Nobody else includes it.
 *
 *   derive.c         memory and queues
 *   derive_events.c  reads the recording, says what each event means
 *   derive_pages.c   logical pages, the blocks that back them, items of the workload
 *   derive_walk.c    in which order a task touches its pages: whose a swapped-in page is
 *   derive_time.c    dates, without what the recorded kernel took for itself
 *   derive_write.c   items become a trace
 *
 * A *block* is an allocation of the workload, by its handle: first the start objects by their
 * numbers, then allocations in the order in which they were found. A *page* is one page frame's
 * worth of what a task has, wherever the recorded kernel kept it. An *item* is an event of the
 * workload.
 */
#ifndef DERIVE_H
#define DERIVE_H

#include "traces/trace.h"

#define DERIVE_NONE UINT32_MAX
#define DERIVE_HUGE TRACE_HUGE_ORDER

/* What a set of gfp flags asks for. */
enum derive_gfp {
	DERIVE_KERNEL, /* stays what it is */
	DERIVE_TABLE,  /* a page table: the task comes to new addresses */
	DERIVE_ZERO,   /* a task touches a page for the first time */
	DERIVE_BARE,   /* a copy, shared memory, or read back from swap */
	DERIVE_WRITE,  /* page cache, for writing */
	DERIVE_READ,   /* page cache, to be read into */
};

/* Where a page is in the recorded kernel. */
enum derive_place { DERIVE_IN, DERIVE_OUT, DERIVE_GONE };

enum derive_kind { DERIVE_ANON, DERIVE_FILE, DERIVE_WALKS, DERIVE_OLD = DERIVE_WALKS };

struct derive_page {
	uint32_t block, twin; /* twin: its own block where that of 512 failed */
	uint32_t task;        /* whose walk it is on */
	uint32_t out;         /* the how many-th page that left memory it was last */
	uint16_t offset;      /* in the block */
	uint8_t place, kind;
	bool unread; /* of a file: written, and read by nobody that is known */
};

/* What an object of the recording is to the workload. */
enum derive_role {
	DERIVE_PLAIN,   /* block */
	DERIVE_PAGES,   /* first page; 2^order of them */
	DERIVE_UNKNOWN, /* DERIVE_BARE, not on a list yet */
	DERIVE_COPY,    /* read back from swap, not touched yet */
	DERIVE_TARGET,  /* taken by compaction */
	DERIVE_ENDED,
};

struct derive_object {
	uint64_t time; /* of its allocation, ns */
	uint32_t page; /* DERIVE_PAGES: the first; else a block or nothing */
	uint32_t task;
	uint16_t cpu, gfp;
	uint8_t role, order, node, flags;
	bool listed; /* its insertion into an LRU list is in the workload */
};

struct derive_block {
	uint32_t number; /* of its object in the workload; DERIVE_NONE: none yet */
	uint64_t date;
	uint64_t until; /* of a huge page: when its task did something else */
	uint8_t order;
	uint32_t seq;       /* of the item that asks for it */
	uint32_t frees;     /* items that free a page of it */
	uint64_t reclaimed; /* DERIVE_N_RECLAIMED when it got onto its list */
	bool left;          /* memory, at some time: freed, or taken by reclaim */
	uint32_t page;      /* of a huge page: its first one; DERIVE_NONE: it failed */
};

struct derive_item {
	uint64_t time;   /* recorded; then its date. ns */
	uint32_t seq;    /* among those of one time */
	uint32_t target; /* a block, or a page where of_page is set; or DERIVE_NONE */
	uint32_t task, value;
	uint16_t cpu, gfp;
	uint8_t kind, order, node, flags;
	bool of_page;
	bool touch;  /* the task's own doing, which takes it time */
	bool stalls; /* in the recording it waited for a disk */
};

/* A task's pages of one kind, in the order of their addresses as far as that is known. */
struct derive_walk {
	uint32_t *pages;
	size_t n, cap;
	size_t at;   /* the page touched last, SIZE_MAX = none */
	size_t back; /* the page read back last: behind it are some that `at` passed over */
	size_t out, gone; /* how many are */
	uint64_t time;    /* of the last touch */
};

struct derive_task {
	struct derive_walk walk[DERIVE_WALKS];
	size_t copies; /* read back and not touched yet */
	bool kswapd;
	bool new_table; /* since its last touch */
	uint32_t huge;  /* block of its last request for a huge page, DERIVE_NONE = none */
	bool huge_failed;
	unsigned in_huge; /* pages of a failed one that it touched */
	uint64_t failed_huge, touched_huge;
	uint32_t last_back, last_out; /* object of the last page that came back + 1; its out */
	uint64_t wrote, read; /* pages that it changed, or only read, when they came back */
	uint64_t first_time, last_time; /* of its events */
	uint16_t last_cpu;
	uint32_t span;      /* that it is in, or was in last, + 1; 0 = none */
	size_t in, most_in; /* its anonymous pages in memory */
};

/* A first-in first-out queue. */
struct derive_queue {
	uint32_t *list;
	size_t head, n, cap;
};

/* When a task worked for the recorded kernel. */
struct derive_span {
	uint64_t from, to; /* as the recording counts */
	uint32_t task;
	bool compacts;
};

struct derive_tick {
	uint64_t time; /* as the recording counts */
	uint64_t ns;
};

enum derive_count {
	DERIVE_N_PLAIN,
	DERIVE_N_KSWAPD,
	DERIVE_N_ZERO,
	DERIVE_N_COPIED,
	DERIVE_N_SHARED,
	DERIVE_N_FILE,
	DERIVE_N_AGAIN,
	DERIVE_N_HUGE,
	DERIVE_N_HUGE_FAILED,
	DERIVE_N_REFILLED,
	DERIVE_N_DROPPED,
	DERIVE_N_SWAP_IN,
	DERIVE_N_SWAP_IN_AT_ONCE,
	DERIVE_N_OLD_BACK,
	DERIVE_N_NOBODY,
	DERIVE_N_UNTOUCHED,
	DERIVE_N_CONTRADICTS,
	DERIVE_N_BETWEEN,
	DERIVE_N_ROUNDS,
	DERIVE_N_RECLAIMED,
	DERIVE_N_MOVED,
	DERIVE_N_MOVED_UNKNOWN,
	DERIVE_N_SPARE,
	DERIVE_N_LRU,
	DERIVE_N_STAYS,
	DERIVE_N_AT_EXIT,
	DERIVE_N_BEYOND,
	DERIVE_N_PAIRS,
	DERIVE_N_PAIRS_NEAR,
	DERIVE_N_STALL_MS,
	DERIVE_N_TRACED_MS,
	DERIVE_COUNTS
};

struct derive {
	struct trace_reader *reader;
	const struct trace_header *header;
	const struct trace_derive_options *o;
	struct trace_error *err;
	bool failed;
	uint64_t count[DERIVE_COUNTS];

	uint32_t *seen; /* [nticks * cpus]: events between a tick and the next, by CPU */
	struct derive_tick *ticks;
	size_t nticks, ticks_cap;
	struct derive_span *spans; /* by their begin */
	size_t nspans, spans_cap, span_at;
	uint32_t victim; /* task, DERIVE_NONE = nobody was killed */
	uint64_t killed_at;

	struct derive_object *objects; /* by number in the recording */
	size_t nobjects, objects_cap;
	struct derive_page *pages;
	size_t npages, pages_cap;
	struct derive_block *blocks;
	size_t nblocks, blocks_cap;
	struct derive_item *items;
	size_t nitems, items_cap;
	struct derive_task *tasks;
	size_t ntasks, tasks_cap;
	uint8_t *gfps; /* enum derive_gfp */
	size_t ngfps, gfps_cap;

	struct derive_queue old_out;           /* pages */
	struct derive_queue *moving, *targets; /* [cpus]: pages; objects */
	uint32_t outs;                         /* pages that left memory so far */
	uint64_t start_objects;
};

/* derive.c. Always false: memory is short; the first trouble stays. */
bool derive_fail(struct derive *d);
/* Room for one more; false and d->failed when memory is short. */
bool derive_room(struct derive *d, void *list, size_t *cap, size_t n, size_t size);
bool derive_queue_push(struct derive *d, struct derive_queue *q, uint32_t what);
uint32_t derive_queue_pop(struct derive_queue *q); /* DERIVE_NONE = empty */
/* NULL and d->failed when memory is short. */
struct derive_task *derive_task(struct derive *d, uint32_t number);

/* derive_events.c */
bool derive_events(struct derive *d);

/* ---- derive_pages.c --------------------------------------------------------------------- */

/* The begin of an allocation in the workload, as recorded; `fallback`: made only if that of
 * order > 0 before it failed. Returns the block. */
uint32_t derive_pages_block(struct derive *d, const struct derive_object *o, bool fallback);
/* Pages of that block, on the walk of its task: the first one's number. */
uint32_t derive_pages_new(struct derive *d, const struct derive_object *o, uint32_t block,
			  enum derive_kind kind, unsigned n);
/* An item about a page, at that time, by that task. */
struct derive_item *derive_pages_item(struct derive *d, enum trace_kind kind, uint32_t page,
				      uint64_t time, uint32_t task, uint16_t cpu);
struct derive_item *derive_pages_block_item(struct derive *d, enum trace_kind kind,
					    uint32_t block, uint64_t time, uint32_t task,
					    uint16_t cpu);
/* The block goes onto a list of anonymous memory, as what a task has touched does. */
void derive_pages_listed(struct derive *d, uint32_t block, const struct derive_object *o);
void derive_pages_place(struct derive *d, uint32_t page, enum derive_place place);
/* The task is done with the page. */
void derive_pages_free(struct derive *d, uint32_t page, uint64_t time, uint32_t task,
		       uint16_t cpu);
/* The task reads the page, or writes to it if that is what it does. */
struct derive_item *derive_pages_touch(struct derive *d, uint32_t page, uint64_t time,
				       uint16_t cpu);

/* ---- derive_walk.c ---------------------------------------------------------------------- */

/* A task touched a page for the first time: where that page lies. The object gets its pages.
 */
void derive_walk_zero(struct derive *d, struct derive_object *o);
/* 512 at once, or the attempt. */
void derive_walk_huge(struct derive *d, struct derive_object *o, bool served);
/* A page behind all others, without a touch: a copy. */
void derive_walk_copied(struct derive *d, struct derive_object *o);
/* A page came back from swap and is touched at that time: whose it is. */
void derive_walk_back(struct derive *d, struct derive_object *o, uint64_t time, bool late);
/* Shared memory, or memory from before the recording, came back. False: nobody's. */
bool derive_walk_old(struct derive *d, struct derive_object *o, uint64_t time);
/* Page cache is filled. */
void derive_walk_file(struct derive *d, struct derive_object *o, bool write);
/* At the end: what exited gives up what is on swap, huge pages get their fallbacks, a killed
 * task would have gone on. */
void derive_walk_end(struct derive *d);

/* ---- derive_time.c ---------------------------------------------------------------------- */

bool derive_time_ticks(struct derive *d);
/* Recorded time to ns, without the waits taken out. */
uint64_t derive_time_ns(const struct derive *d, uint64_t time);
/* Notes that an event was recorded, for what tracing took. */
void derive_time_seen(struct derive *d, const struct trace_event *e);
/* Items get their dates, and come in their order. */
bool derive_time_dates(struct derive *d);

/* derive_write.c */
bool derive_write(struct derive *d, const char *path);

#endif
