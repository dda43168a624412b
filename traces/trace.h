/*
 * Trace files (*.pgt): recorded or synthetic page allocator traces. The format is specified
 * in docs/trace-format.md. This header is all that other folders see of it.
 *
 * A file is a standard zstd seekable file: header frame, optional start state, blocks of
 * up to 64 Ki events in columns, optional truth stream and end state, trailer. Reading needs
 * bounded memory whatever the length.
 */
#ifndef TRACE_H
#define TRACE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TRACE_ORDERS 11
#define TRACE_NO_OBJECT UINT64_MAX
#define TRACE_NO_PFN UINT64_MAX
#define TRACE_NODE_LOCAL 0xff
#define TRACE_HUGE_ORDER 9
#define TRACE_PAGEBLOCK 512              /* frames */
#define TRACE_MOST_PAGEBLOCKS (1u << 20) /* of one event: 2 TiB */

enum trace_trouble {                    /* the exit codes of the program */
		     TRACE_REFUSED = 2, /* what was asked for cannot be done here */
		     TRACE_BAD_DATA = 3,
		     TRACE_SYSTEM = 4,
		     TRACE_STOPPED = 130, /* by a watch, or trace_stop_when() */
};

/* On failure: a finished sentence that names the file and the place in it. */
struct trace_error {
	enum trace_trouble kind;
	char text[768];
};

enum trace_kind {
	TRACE_ALLOC,
	TRACE_ALLOC_FAILED, /* the recorded kernel had no page: replayed as a request */
	TRACE_FREE,
	TRACE_LRU_ADD,    /* object, value = list and flags of mm_lru_insertion */
	TRACE_ACCESS,     /* object; lru-activate / access */
	TRACE_DIRTY,      /* object */
	TRACE_TASK_START, /* value = parent's task index + 1, 0 = unknown */
	TRACE_TASK_EXIT,
	TRACE_SYSCTL, /* value = index of a text "name=value" */
	TRACE_MARK,   /* value = index of a text */
	/* In files of version 1.1: pfn = first frame, value = number of pageblocks. */
	TRACE_ISOLATE,   /* what is free and gets free there is not to be handed out */
	TRACE_UNISOLATE, /* the end of it */
	TRACE_KINDS
};

/* A value of TRACE_LRU_ADD: the list, and above it what the page was. */
enum trace_lru {
	TRACE_LRU_LIST = 7, /* 0 inactive and 1 active anon, 2 inactive and 3 active file, 4
			       unevictable */
	TRACE_LRU_SHIFT = 3,
	TRACE_LRU_MAPPED = 1, /* flags, as PAGEMAP_* in the kernel's tracepoint */
	TRACE_LRU_ANON = 2,
	TRACE_LRU_FILE = 4,
	TRACE_LRU_SWAP_CACHE = 8,
	TRACE_LRU_SWAP_BACKED = 16,
	TRACE_LRU_MAPPED_TO_DISK = 32,
	TRACE_LRU_BUFFERS = 64,
	TRACE_LRU_FLAGS = 127, /* all that a kernel's tracepoint tells */
	TRACE_LRU_STAYS = 128, /* trace_derive(): as TRACE_USE_STAYS */
};

enum trace_flag {
	TRACE_COLD = 1,    /* a free to the cold end of the per-cpu list */
	TRACE_HARDIRQ = 2, /* ran in interrupt context: task identity is (cpu) */
	TRACE_SOFTIRQ = 4,
	TRACE_RECLAIM = 8,    /* a free made by the recorded kernel's own reclaim (R14) */
	TRACE_UNSCORED = 16,  /* the recorder's, or outside the work markers (R13) */
	TRACE_MISSED = 32,    /* a free that the importer put in (R7) */
	TRACE_HIDDEN = 64,    /* an allocation that the importer put in (R7) */
	TRACE_FALLBACK = 128, /* an allocation that is made only if the last one of
				 TRACE_HUGE_ORDER of its task failed */
};

struct trace_event {
	uint64_t time;   /* in the header's clock unit, never decreasing */
	uint64_t object; /* alloc: the next number; free: the object; else TRACE_NO_OBJECT */
	uint64_t pfn;    /* alloc: recorded pfn, or TRACE_NO_PFN; isolation: a multiple of
			    TRACE_PAGEBLOCK. A free's is that of its object
			    plus value: it is not stored, and read as TRACE_NO_PFN, since a
			    reader keeps no map of objects */
	uint32_t task;   /* index of trace_reader_task() */
	uint32_t value; /* free: offset of the freed part in the object, frames; else by kind */
	uint16_t cpu;
	uint16_t gfp;  /* index of trace_reader_gfp(); alloc only */
	uint8_t kind;  /* enum trace_kind */
	uint8_t order; /* alloc: of the object; free: of the freed part */
	uint8_t node;  /* alloc: the node asked for, TRACE_NODE_LOCAL = the CPU's own */
	uint8_t flags; /* enum trace_flag */
};

/* ---- what is known at the start ------------------------------------------------------- */

enum trace_clock { TRACE_CLOCK_NS, TRACE_CLOCK_TSC, TRACE_CLOCK_COUNTER };

struct trace_span {
	uint64_t start, end;
};

struct trace_zone {
	uint16_t nid;
	char name[12];
	uint64_t start, end; /* spanned frames */
	uint64_t present, managed;
	uint64_t min, low, high;
	uint64_t protection[5];
	unsigned nprotection;
	uint32_t pcp_high, pcp_batch; /* of cpu 0 */
};

struct trace_header {
	/* The writer sets major. minor tells what the events need: 0, or 1 with isolation. */
	unsigned major, minor;
	enum trace_clock clock;
	char clock_name[24]; /* as the kernel names it: "mono", "x86-tsc", ... */
	uint64_t clock_hz;   /* ticks a second: 10^9 for ns */
	uint32_t page_size;
	unsigned cpus, nodes;     /* nodes = highest id + 1 */
	uint16_t *cpu_node;       /* [cpus] */
	uint8_t *distance;        /* [nodes * nodes], or NULL when not known */
	struct trace_zone *zones; /* ascending by (nid, start); 0 = not known */
	unsigned nzones;
	struct trace_span *holes, *reserved; /* inside the zones: no page / never allocatable */
	unsigned nholes, nreserved;
	char *name;          /* of the trace, e.g. "vm-fragment" */
	char *source_kernel; /* "6.1.0-56-cloud-amd64 ..." */
	char *tool;          /* what wrote the file */
	bool has_state, synthetic;
};

/* ---- start state ---------------------------------------------------------------------- */

enum trace_use { /* the same bits as enum mm_use */
		 TRACE_USE_LRU = 1,
		 TRACE_USE_ANON = 2,
		 TRACE_USE_FILE = 4, /* with ANON: shared memory */
		 TRACE_USE_SLAB = 8,
		 TRACE_USE_DIRTY = 16,
		 TRACE_USE_ACTIVE = 32,
		 /* Of a file, and reclaim cannot free it: its buffers are in use. */
		 TRACE_USE_STAYS = 64,
		 TRACE_USE_PINNED = 128, /* never freed in this trace: not an object */
};

struct trace_used {
	uint64_t pfn;
	uint8_t order;
	uint8_t use; /* enum trace_use */
};

struct trace_free {
	uint64_t pfn;
	uint8_t order;
	uint8_t type; /* migratetype of its list (index of type names), 0xff = its pageblock's
		       */
};

struct trace_pcp {
	uint64_t pfn;
	uint16_t cpu;
	uint8_t order; /* newer kernels keep orders 0-3 and 9 there */
	uint8_t type;
};

struct trace_state {
	uint64_t nfree, nused, npcp, nblocks;
	struct trace_free *free; /* ascending pfn; or in list order when ordered is set */
	struct trace_used
		*used; /* ascending pfn; objects are those not PINNED, numbered from 0 */
	struct trace_pcp
		*pcp;        /* logically free, held by a per-cpu list of the recorded kernel */
	uint8_t *block_type; /* per pageblock of 512 frames, from frame 0: 0 Unmovable
				1 Movable 2 Reclaimable 3 HighAtomic 4 CMA 5 Isolate */
	bool ordered;
};

/*
 * Who an object is in the whole trace that this file is a part of, or that its state was saved
 * in; and what a saved state knows of what it holds.
 */
struct trace_name {
	uint64_t object; /* its number in the whole */
	uint32_t offset; /* frames: of a part of it, where others of its parts are freed */
	uint32_t rank;   /* what it holds came onto its list as the rank-th; 0 = on none */
	uint32_t task;   /* whose memory it holds: index of trace_reader_task() + 1, 0 = none */
	uint8_t order;   /* of the object, or of the part that is left of it */
	uint8_t holds;   /* enum trace_holds */
};

/* What a page holds that the kernel may take away; 0 = nothing of that sort. */
enum trace_holds {
	TRACE_HOLDS = 1,
	TRACE_HOLDS_DIRTY = 2,
	TRACE_HOLDS_ACTIVE = 4,
	TRACE_HOLDS_OLD = 8,     /* it was there before the trace */
	TRACE_HOLDS_TOLD = 16,   /* the kernel has it on its lists; else it does not know yet */
	TRACE_HOLDS_KIND = 5,    /* from this bit on: 0 anonymous, 1 file, 2 shared, 3 slab */
	TRACE_HOLDS_STAYS = 128, /* as TRACE_USE_STAYS */
};

struct trace_names {
	uint64_t n;
	struct trace_name *name; /* of the file's first objects, in their order */
};

void trace_names_free(struct trace_names *names);

/* Which events of which trace a file has. */
struct trace_part {
	struct {
		char name[96];
		uint64_t events, allocs, first_time, last_time;
	} whole;
	uint64_t first, last;  /* number of the first event there, and of the one behind */
	uint64_t put_in;       /* the file's first events, which are not of the whole */
	uint64_t first_object; /* number in the whole of the first object without a name */
};

bool trace_part_same_whole(const struct trace_part *a, const struct trace_part *b);

/* One CPU's part of a zone's counters, and the limits of its lists. */
struct trace_zone_cpu {
	uint32_t high, batch; /* of its per-cpu lists */
	int32_t stat_threshold;
	int32_t free_diff; /* free pages not yet in the zone's own counter */
};

/* What a zone's counters were; each CPU's part in cpus[]. */
struct trace_zone_counters {
	int64_t free; /* the zone's own counter of free pages, without the CPUs' parts */
	uint64_t drift_mark;
	uint64_t highatomic; /* pages in reserved pageblocks */
	struct trace_zone_cpu *cpus;
	unsigned ncpus; /* 0 = not recorded */
};

/* One zone's free memory as recorded, blocks by order. */
struct trace_zone_free {
	uint16_t nid;
	char name[12];
	uint64_t buddyinfo[TRACE_ORDERS]; /* as /proc/buddyinfo printed it */
	uint64_t logical[TRACE_ORDERS]; /* free lists + per-cpu lists, merged to maximal blocks
					 */
	uint64_t pcp_pages;             /* frames in per-cpu lists */
	struct trace_zone_counters counters;
};

struct trace_end {
	unsigned nzones;
	struct trace_zone_free *start, *end; /* [nzones] each */
};

void trace_state_free(struct trace_state *s);
void trace_end_free(struct trace_end *e);

#include "traces/trace_kernel.h"

/* ---- reading --------------------------------------------------------------------------- */

struct trace_reader;

/*
 * NULL on failure. "-" reads stdin. A pipe is read in the order of the file: the start state
 * before the events, either the events or the truth stream, and totals, end state and report
 * only when the last event has been read; else these fail and say so. No seeking there.
 */
struct trace_reader *trace_reader_open(const char *path, struct trace_error *err);
void trace_reader_close(struct trace_reader *r);
const struct trace_header *trace_reader_header(const struct trace_reader *r);
/* NULL and an empty err->text when the file has none; NULL and a text on failure. The same
 * goes for end state and report. All belong to the reader. */
const struct trace_state *trace_reader_state(struct trace_reader *r, struct trace_error *err);
const struct trace_end *trace_reader_end(struct trace_reader *r, struct trace_error *err);
/* JSON text of the trailer's import report. */
const char *trace_reader_report(struct trace_reader *r, struct trace_error *err);
/* Totals from the trailer: events, allocations, frees, first and last time. */
struct trace_totals {
	uint64_t events, allocs, frees, failed, blocks, truths, first_time, last_time, tasks;
	uint64_t steps;
};
bool trace_reader_totals(struct trace_reader *r, struct trace_totals *t,
			 struct trace_error *err);

/* Up to n next events; 0 at the end. -1 on damage. Decodes inline; some 1000 at a time stay in
 * the cache. What an event has no use for is not kept in the file: gfp (0) and node (LOCAL) of
 * anything but a request, value (0) of a request. */
long trace_reader_next(struct trace_reader *r, struct trace_event *events, size_t n,
		       struct trace_error *err);
long trace_reader_next_truth(struct trace_reader *r, struct trace_truth *truths, size_t n,
			     struct trace_error *err);
/* Steps, likewise; not from a pipe. */
long trace_reader_next_step(struct trace_reader *r, struct trace_step *steps, size_t n,
			    struct trace_error *err);
/* The final state, of recordings with steps: free blocks and per-cpu pages in the order of
 * their lists, pageblock types; used blocks are not told. As trace_reader_end(); not from a
 * pipe. */
const struct trace_state *trace_reader_final(struct trace_reader *r, struct trace_error *err);
/* NULL and an empty err->text when there are none; not from a pipe. The dictionary of tasks is
 * whole afterwards. */
const struct trace_names *trace_reader_names(struct trace_reader *r, struct trace_error *err);
/* Not *known: only some tasks or CPUs were cut out, so that it is a trace of its own. Not from
 * a pipe. */
bool trace_part_read(struct trace_reader *r, struct trace_part *p, bool *known,
		     struct trace_error *err);
/* Back to the first event of the block that holds event `number` / time; sets the position
 * exactly there. */
bool trace_reader_seek_event(struct trace_reader *r, uint64_t number, struct trace_error *err);
bool trace_reader_seek_time(struct trace_reader *r, uint64_t time, struct trace_error *err);

/*
 * A trace's events decoded once for several readers of it, in this process or in those that it
 * forks. NULL where that is not to be had: more than most_bytes of events (48 bytes each), a
 * pipe, a damaged file (its readers find that out by themselves), memory that is short.
 */
struct trace_share;
struct trace_share *trace_share_new(const char *path, uint64_t most_bytes);
void trace_share_free(struct trace_share *s);
uint64_t trace_share_events(const struct trace_share *s);
/* The reader, of which no event was read yet, gives those of the share, which has to outlive
 * it; if its file is another one by now, its own. Seeking goes back to the file. False: damage.
 */
bool trace_share_attach(struct trace_reader *r, const struct trace_share *s,
			struct trace_error *err);

/* Dictionaries grow while reading; an index in an event is always known by then. NULL for an
 * index that is not known. Texts stay where they are, a task only until more is read. */
const char *trace_reader_gfp(const struct trace_reader *r, unsigned index);
const char *trace_reader_text(const struct trace_reader *r, unsigned index);
struct trace_task {
	int32_t pid;
	char comm[16]; /* empty when not recorded */
};
const struct trace_task *trace_reader_task(const struct trace_reader *r, uint32_t index);
/* XXH3-128 over the decompressed frames, as 32 hex digits; out[33]. */
bool trace_reader_digest(const char *path, char *out, struct trace_error *err);

/* For whoever catches signals: once *flag is not 0, reading and writing of files end with
 * TRACE_STOPPED at the next frame, or where the signal interrupts a wait for a pipe. It is one
 * flag for the process, as its signals are, and has to outlive its use; NULL (at first): none.
 */
void trace_stop_when(const volatile sig_atomic_t *flag);

/* ---- writing --------------------------------------------------------------------------- */

struct trace_writer;

/* Writes to path.tmp-PID and renames at close; "-" writes stdout, a device is written to as it
 * stands. level = zstd level, 0 = 3. The header's major and has_state are set by the writer.
 * After a failed call nothing more is written; close the writer. */
struct trace_writer *trace_writer_open(const char *path, const struct trace_header *h,
				       int level, struct trace_error *err);
/* The same to a file that is open for writing, from where it stands; `name` is what errors call
 * it. It stays open, and the caller's. */
struct trace_writer *trace_writer_open_fd(int fd, const char *name,
					  const struct trace_header *h, int level,
					  struct trace_error *err);
bool trace_writer_state(struct trace_writer *w, const struct trace_state *s,
			struct trace_error *err);
/* Indices of dictionary entries; the same text gives the same index. */
bool trace_writer_gfp(struct trace_writer *w, const char *names, uint16_t *index,
		      struct trace_error *err);
bool trace_writer_text(struct trace_writer *w, const char *text, uint32_t *index,
		       struct trace_error *err);
bool trace_writer_task(struct trace_writer *w, int32_t pid, const char *comm, uint32_t *index,
		       struct trace_error *err);
/* Events in time order; an alloc's object must be the next number (start-state objects first).
 */
bool trace_writer_events(struct trace_writer *w, const struct trace_event *events, size_t n,
			 struct trace_error *err);
bool trace_writer_truth(struct trace_writer *w, const struct trace_truth *truths, size_t n,
			struct trace_error *err);
bool trace_writer_steps(struct trace_writer *w, const struct trace_step *steps, size_t n,
			struct trace_error *err);
/* Behind all events; its used blocks are not written. */
bool trace_writer_final(struct trace_writer *w, const struct trace_state *s,
			struct trace_error *err);
/* Behind all events. */
bool trace_writer_names(struct trace_writer *w, const struct trace_names *names,
			struct trace_error *err);
bool trace_writer_end(struct trace_writer *w, const struct trace_end *e,
		      struct trace_error *err);
bool trace_writer_report(struct trace_writer *w, const char *json, struct trace_error *err);
/* Finishes the file: fsync, rename. After false, or with `abandon`, nothing is left behind. */
bool trace_writer_close(struct trace_writer *w, bool abandon, struct trace_error *err);

/* ---- checking -------------------------------------------------------------------------- */

/* Reads everything, checks every rule of the format. With salvage_to, the whole blocks before
 * the damage are written there. */
bool trace_check(const char *path, const char *salvage_to, struct trace_totals *t,
		 struct trace_error *err);
/* Called now and then during long work; false stops it, which is then an error. */
typedef bool trace_watch(void *ctx, uint64_t done, uint64_t all);
bool trace_check_watched(const char *path, const char *salvage_to, struct trace_totals *t,
			 trace_watch *watch, void *ctx, struct trace_error *err);

void trace_header_free(struct trace_header *h); /* what it points to, not h itself */

/* All of a trace as text that trace_import() makes the same file of; the reader is at its
 * begin. Whether `out` took it, ferror() tells. */
bool trace_text_export(struct trace_reader *r, FILE *out, struct trace_error *err);

/* ---- importing (docs/trace-import.md) --------------------------------------------------- */

struct trace_import_options {
	/* trace.dat, ftrace text, CSV, a trace as text, "-", or the folder of a whole recording
	 */
	const char *input;
	const char *state_dir; /* before.* and after.*; NULL = none */
	const char *output;
	const char *name; /* of the trace; NULL = from the file's name */
	uint64_t tsc_hz;  /* 0 = not given */
	bool allow_lost;
	bool allow_missed; /* more than 1 % put in (R15) is no error */
	bool keep_comm;
	const char *clock; /* the kernel's name of it; NULL = as noted, else as the file says */
	uint64_t first, count; /* keep `count` requests from number `first` on; 0 = all */
	int level;
	trace_watch *watch; /* bytes read; NULL = none */
	void *watch_ctx;
};

/* Whether struct trace_import_options takes it as `clock`. */
bool trace_import_clock(const char *name);

struct trace_import_report; /* counts of every class of R1-R15 */

/* NULL on failure; nothing is then left at output. */
struct trace_import_report *trace_import(const struct trace_import_options *o,
					 struct trace_error *err);
void trace_import_report_free(struct trace_import_report *r);
/* malloc()ed text, one with units and percentages for people, one JSON. */
char *trace_import_report_text(const struct trace_import_report *r);
char *trace_import_report_json(const struct trace_import_report *r);

/* ---- workloads of recordings (docs/validation.md, "Free running") ------------------------ */

struct trace_derive_options {
	unsigned hz; /* jiffies a second of the recorded kernel */
	int level;
	int32_t late_pid; /* this task does everything late_ms later; 0 = nobody */
	uint32_t late_ms;
	/* What recording an event took: taken out of the workload's time. 0 = it stays in. The
	 * recording's clock must count events. */
	uint32_t untraced_ns;
};

/* What was found and by which rule; of NULL none. */
struct trace_derive_count {
	const char *key, *text;
	uint64_t n;
};

#define TRACE_DERIVE_COUNTS 40
struct trace_derive_report {
	struct trace_derive_count counts[TRACE_DERIVE_COUNTS];
	unsigned n;
};

/*
 * Works out what the workload of a recording did - which task touched which of its pages when -
 * from what the recorded kernel did, and writes that as a trace with the recording's start
 * state: requests, touches and frees of the tasks, and nothing of what reclaim, swap and
 * compaction did. Times are ns. The recording has ticks (steps) or a clock; the reader is at
 * its begin.
 */
bool trace_derive(struct trace_reader *recording, const char *output,
		  const struct trace_derive_options *o, struct trace_derive_report *report,
		  struct trace_error *err);

/* ---- cutting (docs/traces.md) ------------------------------------------------------------ */

struct trace_cut_options {
	const char *output;
	int level;
	/* The part: events with from_time <= time < to_time and first <= number < last. */
	uint64_t from_time, to_time, first, last;
	const int32_t *pids; /* only what these tasks do; 0 = all */
	size_t npids;
	const struct trace_span *cpus; /* only what is done on these CPUs; 0 = all */
	size_t ncpus;
	trace_watch *watch; /* events read; NULL = none */
	void *watch_ctx;
};

struct trace_cut_report {
	uint64_t events;                 /* written, with those put in */
	uint64_t first;                  /* number of the first event of the part */
	uint64_t live;                   /* objects that are live where the part begins */
	uint64_t put_in;                 /* events that lead to where the part begins */
	uint64_t unselected, objectless; /* not written: of others; of objects that are not in
					    the part */
	bool state;                      /* the part has a start state */
};

/*
 * Writes a part of a trace as a trace of its own: what is live where it begins becomes start
 * state or, where frames are not known, allocations at its beginning. `path` has to be a file.
 */
bool trace_cut(const char *path, const struct trace_cut_options *o,
	       struct trace_cut_report *report, struct trace_error *err);

/* ---- merging (docs/traces.md) ------------------------------------------------------------ */

#define TRACE_MERGE_MOST 64 /* traces at once */

struct trace_merge_options {
	const char *const *inputs; /* [n], files */
	size_t n;
	const char *output, *name; /* of the trace; NULL = the inputs' names */
	int level;
	trace_watch *watch; /* events written; NULL = none */
	void *watch_ctx;
};

/* Where one of the inputs is in the merged trace. */
struct trace_merge_place {
	uint64_t frame_add; /* its page frames begin here */
	uint32_t pid_add;
	unsigned first_cpu, first_node;
	uint64_t events;
};

/*
 * Puts what several machines did onto one that has all their CPUs, nodes and memory side by
 * side. They begin at the same time; their tasks stay apart. place[n] is filled.
 */
bool trace_merge(const struct trace_merge_options *o, struct trace_merge_place *place,
		 struct trace_error *err);

/* ---- generating ------------------------------------------------------------------------- */

struct trace_profile; /* traces/profile.h: read by tools/ from YAML, used by trace_generate() */
bool trace_generate(const struct trace_profile *p, uint64_t events, uint64_t seed,
		    const char *path, int level, trace_watch *watch, void *ctx,
		    struct trace_error *err);

/* ---- imitating -------------------------------------------------------------------------- */

/*
 * Fits a profile to a trace (docs/trace-format.md, "Profiles like a trace"). *events: how many
 * events of the profile are as much work. The file is read twice, so it is no pipe.
 */
bool trace_like_fit(const char *path, struct trace_profile *p, uint64_t *events,
		    trace_watch *watch, void *ctx, struct trace_error *err);

/* One distribution in both traces: how many values, and the largest distance of the two
 * cumulative distributions (Kolmogorov and Smirnov's), in 1/1000. */
struct trace_like_row {
	char what[120];
	uint64_t original, copy;
	unsigned distance_milli;
};

#define TRACE_LIKE_ROWS 18
struct trace_like_report {
	struct trace_like_row row[TRACE_LIKE_ROWS];
	unsigned n;
	struct trace_like_sums {
		uint64_t requests, frees, tasks, span_ns, most_live; /* most_live: pages */
	} original, copy;
};

bool trace_like_compare(const char *original, const char *copy, struct trace_like_report *r,
			trace_watch *watch, void *ctx, struct trace_error *err);

#endif
