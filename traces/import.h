/*
 * What the importer's files share. A recording becomes a trace in these steps:
 *
 *   import_open    bytes in memory, unpacked, format known by what they hold
 *   import_text, import_dat, import_csv    -> struct import_source: events, names, losses
 *   import_order   one stream in time order (R2)
 *   import_state   the snapshots beside the recording -> struct import_snapshot
 *   import_span    marks, what is kept, whose events score (R13)
 *   import_touch   who is the first to touch each frame
 *   import_start   what each frame was at the start (R4-R6)
 *   import_layout  holes and reserved frames       import_pcp    the rest of the per-cpu lists
 *   import_types   pageblock types                 import_first  the start state
 *   import_begin   these steps in order, also for a place inside the recording
 *   import_match   requests to objects (R1, R7, R8, R9, R14)
 *   import_truth   the free map as the recorded kernel had it (R11)
 *   import_write   the file        import_check  against the recorded figures (R5, R12)
 *
 * A whole recording (import_exact) brings its states itself and tells all that happened between
 * them: import_exact_read reads the states, import_exact puts them where import_state to
 * import_types would have, import_exact_steps puts requests at their moments and writes what
 * lies below them.
 *
 * docs/trace-import.md says what each rule does. All functions that return bool leave a
 * sentence in *err when they return false.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "traces/trace.h"
#include "traces/trace_error.h"

#define IMPORT_NONE UINT32_MAX
#define IMPORT_NO_PFN UINT64_MAX /* a failed allocation */
#define IMPORT_MAX_PFN (1ull << 36)
#define IMPORT_BLOCK 512 /* frames of a pageblock */

/* ---- events as recorded ---------------------------------------------------------------- */

enum import_kind {
	IMPORT_ALLOC,
	IMPORT_FREE,
	IMPORT_FREE_PARTS, /* import_match: a free of several objects, see import_parts */
	IMPORT_BATCHED,
	IMPORT_ZONE_LOCKED,
	IMPORT_DRAIN,
	IMPORT_EXTFRAG,
	IMPORT_KSWAPD_WAKE,
	IMPORT_KSWAPD_SLEEP,
	IMPORT_WAKEUP_KSWAPD,
	IMPORT_RECLAIM_BEGIN,
	IMPORT_RECLAIM_END,
	IMPORT_COMPACT_BEGIN,
	IMPORT_COMPACT_END,
	IMPORT_OOM,
	IMPORT_LRU_ADD,
	IMPORT_LRU_ACCESS,
	IMPORT_MARK, /* detail = index of its text */
	IMPORT_SKIP, /* counted elsewhere, plays no part */

	/* Of whole recordings (import_exact): below requests. */
	IMPORT_REQUEST,
	IMPORT_PCP_TAKE,
	IMPORT_PCP_GIVE,
	IMPORT_PCP_BULK,
	IMPORT_FREE_ONE,
	IMPORT_ISOLATE,
	IMPORT_HIGHATOMIC,
	IMPORT_PAGEBLOCK,
	IMPORT_MOVE,
	IMPORT_STEAL,
	IMPORT_FOLD,
	IMPORT_THRESHOLD,
	IMPORT_TICK, /* also the marks at which the states were taken */
	IMPORT_KINDS
};

static inline bool import_is_step(enum import_kind kind)
{
	return kind >= IMPORT_REQUEST && kind < IMPORT_KINDS;
}

struct import_event {
	uint64_t time;
	uint64_t pfn; /* or IMPORT_NO_PFN */
	int32_t pid;
	uint32_t detail;   /* alloc, free, lru: its object (import_match); mark: its text;
			      others: index of import_extra */
	uint16_t gfp, cpu; /* gfp: alloc; lru: number of the list */
	uint8_t kind, order;
	int8_t type;   /* migratetype, -1 = not recorded; of an allocation in a whole recording:
			  the node asked for */
	uint8_t flags; /* enum trace_flag; zone_locked: 1 = a per-cpu refill */
};

_Static_assert(sizeof(struct import_event) == 32, "hundreds of millions are held in memory");

struct import_extra {
	uint64_t value[4];
};

struct import_comm {
	int32_t pid;
	char comm[16];
};

/* Strings by index; the same text gives the same index. */
struct import_names {
	char **text;
	size_t n, cap;
	uint32_t *slots; /* open addressing: index + 1 */
	size_t nslots;
};

/* A number for each task, by pid. */
struct import_pids {
	struct import_pid {
		int32_t pid;
		uint32_t used, value;
	} * slots;
	size_t nslots, n;
};

/* The pid's number, 0 when it is new; NULL when out of memory. Valid until the next call. */
uint32_t *import_pids_at(struct import_pids *p, int32_t pid);
/* 0 for a pid never asked for. */
uint32_t import_pids_get(const struct import_pids *p, int32_t pid);
void import_pids_free(struct import_pids *p);

struct import_source {
	const char *label; /* the file's name, for messages */
	struct import_event *events;
	size_t n, cap;
	struct import_extra *extras;
	size_t nextras, extras_cap;
	struct import_names gfp, texts, others; /* others: names of events not used */
	uint64_t *other_counts;
	size_t other_counts_cap;
	struct import_comm *comms;
	size_t ncomms, comms_cap;
	struct import_pids pids; /* index of the pid's comm + 1 */
	unsigned cpus;
	uint64_t lost;        /* events that the recording itself calls lost */
	uint64_t entries;     /* events that the recording says it has, 0 = it does not */
	uint64_t first_lost;  /* time of the first loss, UINT64_MAX = none or unknown */
	uint64_t unknown_gfp; /* allocations with bits that have no name */
	char clock_name[24];  /* empty: the file does not tell */
	char kernel[128];     /* release of the recorded kernel, or empty */
	const char *format;   /* "trace.dat 6", "text", "csv", "stream" */
	uint64_t ties;        /* neighbours with the same time on different cpus */
};

void import_source_init(struct import_source *s, const char *label);
void import_source_free(struct import_source *s);
bool import_source_add(struct import_source *s, const struct import_event *e,
		       struct trace_error *err);
bool import_source_extra(struct import_source *s, const struct import_extra *x, uint32_t *index,
			 struct trace_error *err);
bool import_source_comm(struct import_source *s, int32_t pid, const char *comm,
			struct trace_error *err);
bool import_source_other(struct import_source *s, const char *name, uint64_t count,
			 struct trace_error *err);
bool import_source_name(struct import_names *names, const char *text, uint32_t *index,
			struct trace_error *err);
const char *import_source_comm_of(const struct import_source *s, int32_t pid);
/* Makes *items hold at least need + 1 elements of size bytes. */
bool import_source_grow(void *items, size_t *cap, size_t need, size_t size,
			struct trace_error *err);
/* Sorts by (time, cpu, sequence), stable (R2). */
bool import_order(struct import_source *s, struct trace_error *err);

/* ---- which events are used, and their fields -------------------------------------------- */

#define IMPORT_NO_VALUE (UINT64_C(1) << 63) /* not -1, which is recorded */

struct import_event_type {
	const char *name;
	uint8_t kind;
	bool has_pfn;
	const char *order, *type; /* names of fields, NULL = none */
	const char *values[4];    /* docs/trace-import.md lists what they become */
};

/* NULL for an event that is not used. */
const struct import_event_type *import_events_find(const char *name, size_t len);
/* Checks the fields of an event and fits the values of its type in. */
bool import_events_finish(const struct import_event_type *t, struct import_event *e,
			  const uint64_t *value, struct import_source *s,
			  struct trace_error *err);

/* ---- input ------------------------------------------------------------------------------ */

enum import_format { IMPORT_FORMAT_TEXT, IMPORT_FORMAT_CSV, IMPORT_FORMAT_DAT };

struct import_input {
	const char *label;
	const uint8_t *data;
	size_t size;
	int fd; /* a memory file or the file itself */
	enum import_format format;
};

/* "-" is stdin. Packed (zstd) or not, what the bytes say counts, not the name. */
bool import_open(struct import_input *in, const char *path, struct trace_error *err);
/* The bytes alone, whatever they are. */
bool import_open_bytes(struct import_input *in, const char *path, struct trace_error *err);
void import_open_close(struct import_input *in);
/* A whole file in memory, with a NUL behind it; malloc()ed. */
bool import_open_file(const char *path, char **data, size_t *size, struct trace_error *err);

struct import_progress {
	trace_watch *call;
	void *ctx;
};

/* False when the work is to stop. */
static inline bool import_progress(const struct import_progress *p, uint64_t done, uint64_t all,
				   struct trace_error *err)
{
	return !p->call || p->call(p->ctx, done, all) ||
	       trace_error_set(err, TRACE_SYSTEM, "interrupted");
}

bool import_text(const struct import_input *in, struct import_source *s,
		 struct import_progress progress, struct trace_error *err);
/* Rows below a line that names columns, as other tools write them. */
bool import_csv(const struct import_input *in, struct import_source *s,
		struct import_progress progress, struct trace_error *err);
/* The short form of a whole recording's events. */
bool import_stream_is(const struct import_input *in);
bool import_stream(const struct import_input *in, struct import_source *s,
		   struct import_progress progress, struct trace_error *err);
bool import_dat(const struct import_input *in, struct import_source *s,
		struct import_progress progress, struct trace_error *err);

/* What stands in the head of a trace.dat, version 6; version 7 only gives its number. */
struct import_dat_head {
	unsigned version;
	char clock[24];
	char kernel[128];
	uint64_t lost;    /* overruns and dropped events of all buffers */
	uint64_t entries; /* events recorded, 0 = the file does not tell */
};

bool import_dat_head(const uint8_t *data, size_t size, struct import_dat_head *head,
		     struct trace_error *err);
/* The library's side: reads fd and writes what it found to `out` (import_child.h). */
bool import_dat_read(int fd, struct import_source *s, int out, struct trace_error *err);

/* ---- the report (R15) -------------------------------------------------------------------- */

/* Several strings, and counts with the rule they belong to. What cannot be stored for lack of
 * memory sets `lost`, asked for once. */
struct import_count {
	const char *rule, *key, *text;
	uint64_t n, of; /* of: what 100 % is, 0 = no percentage */
};

struct import_row {
	const char *table; /* "start", "end" */
	uint16_t nid;
	char zone[12];
	uint64_t ours[TRACE_ORDERS], recorded[TRACE_ORDERS];
};

/* A line of /proc/vmstat, before and after. */
struct import_counter {
	char name[40];
	uint64_t before, after;
};

struct trace_import_report {
	char name[64], format[32], clock[24], kernel[256];
	uint64_t clock_hz;
	struct import_count *counts;
	size_t ncounts, counts_cap;
	struct import_row *rows;
	size_t nrows, rows_cap;
	char **warnings;
	size_t nwarnings, warnings_cap;
	struct import_counter *vmstat;
	size_t nvmstat, vmstat_cap;
	bool lost;
};

void import_report_count(struct trace_import_report *r, const char *rule, const char *key,
			 const char *text, uint64_t n, uint64_t of);
void import_report_row(struct trace_import_report *r, const char *table,
		       const struct trace_zone *z, const uint64_t *ours,
		       const uint64_t *recorded);
void import_report_warn(struct trace_import_report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The number of a rule, 7 of "R7"; 0 of "". */
unsigned import_report_rule(const char *name);
/* The value of a count, for rules that depend on others; 0 when it is not there. */
uint64_t import_report_value(const struct trace_import_report *r, const char *key);
char *import_report_text(const struct trace_import_report *r);
/* For programs also each count's share of what it is of, which a trace's trailer does without.
 */
char *import_report_json(const struct trace_import_report *r, bool percent);
void import_report_free(struct trace_import_report *r);

#include "traces/import_snapshot.h"

/* ---- two numbers a frame, sparse ------------------------------------------------------- */

struct import_page {
	uint32_t a, b;
};

struct import_pages {
	struct import_page **chunks;
	size_t nchunks;
};

#define IMPORT_CHUNK 4096

bool import_pages_init(struct import_pages *p, uint64_t frames, struct trace_error *err);
void import_pages_free(struct import_pages *p);
bool import_pages_fill(struct import_pages *p, uint64_t pfn, struct trace_error *err);

/* NULL when nothing was ever stored near it. */
static inline struct import_page *import_pages_look(const struct import_pages *p, uint64_t pfn)
{
	size_t c = (size_t)(pfn / IMPORT_CHUNK);

	return c < p->nchunks && p->chunks[c] ? &p->chunks[c][pfn % IMPORT_CHUNK] : NULL;
}

/* The frame must be below the number given to import_pages_init(). */
static inline struct import_page *import_pages_at(struct import_pages *p, uint64_t pfn,
						  struct trace_error *err)
{
	struct import_page *page = import_pages_look(p, pfn);

	if (!page && import_pages_fill(p, pfn, err))
		page = import_pages_look(p, pfn);
	return page;
}

/* ---- the pipeline ------------------------------------------------------------------------ */

enum import_class {                 /* of a frame at the start */
		    IMPORT_NOWHERE, /* in no zone */
		    IMPORT_HOLE,
		    IMPORT_RESERVED,
		    IMPORT_LISTED, /* in a free list */
		    IMPORT_PCP,
		    IMPORT_USED
};

/* What import_match's map says of a frame (struct import_page.a). */
enum import_owner { IMPORT_UNKNOWN, IMPORT_NOBODY, IMPORT_PINNED, IMPORT_FIRST_OBJECT };

struct import_object {
	uint64_t pfn;
	uint32_t live; /* frames not yet freed */
	uint8_t order;
};

/* An event that was not recorded; goes in front of event `at` (R7). */
struct import_insert {
	uint64_t pfn;
	uint32_t at, seq, object, offset;
	uint8_t kind, order; /* IMPORT_ALLOC (hidden) or IMPORT_FREE (missed) */
};

/* A piece of a free that touches several objects; n pieces follow one another. */
struct import_part {
	uint64_t pfn;
	uint32_t object, offset, more; /* more: 1 = the next one belongs to the same free */
	uint8_t order;
};

/* One zone in a state of a whole recording. */
struct import_exact_zone {
	struct trace_zone z;
	unsigned zid;
	struct trace_zone_counters counters;
	uint32_t *pcp; /* pages on each CPU's lists, [cpus] */
	uint64_t buddyinfo[TRACE_ORDERS];
	char *map; /* a letter a frame, NULL = not recorded */
};

struct import_exact_state {
	struct import_exact_zone *zones; /* ascending by (nid, start) */
	unsigned nzones, cpus, nodes;
	uint64_t swap_pages; /* 0: none, or not told */
	uint16_t cpu_node[256];
	uint8_t distance[64][64];
	struct trace_state lists; /* free, pcp, block_type; in the order of the lists */
};

struct import_exact {
	struct import_exact_state before, after;
	char path[3][4096]; /* of the two states, of the events */
	struct trace_step *steps;
	size_t nsteps, steps_cap;
};

struct import {
	bool is_trace; /* the input is a trace as text, and taken over */
	const struct trace_import_options *o;
	struct import_source src;
	struct import_snapshot snap;
	struct import_exact *exact; /* NULL: no whole recording */
	struct trace_import_report *rep;

	/* import_span: indices of events. Kept are those in [lo, hi). */
	size_t lo, hi, scan_end, work_lo, work_hi, after_end;
	size_t from;       /* the first one in the file: lo, or later for a cut */
	bool later;        /* lo is not where the first snapshot begins */
	int32_t recorder;  /* pid, or -1 */
	bool cut;          /* hi is not where the second snapshot begins */
	uint64_t requests; /* allocations and frees in [from, hi): 100 % of the report */

	uint64_t frames;           /* 1 + the highest frame number known */
	uint8_t *class;            /* enum import_class, [frames]; NULL without snapshots */
	struct import_pages touch; /* a, b: see import_touch */
	struct trace_span *holes, *reserved; /* import_layout; ascending */
	size_t nholes, holes_cap, nreserved, reserved_cap;
	bool has_zone_locked;
	uint16_t pcp_orders; /* bit per order that the recorded kernel's per-cpu lists take */

	struct trace_state state;
	uint64_t start_objects;

	struct import_pages
		owner; /* a: enum import_owner; b: zone_locked since the last free */
	struct import_object *objects;
	size_t nobjects, objects_cap;
	struct import_insert *inserts;
	size_t ninserts, inserts_cap;
	struct import_part *parts;
	size_t nparts, parts_cap;
	uint8_t *listed; /* import_truth: frames in free lists at the end, as recorded */
	struct trace_end end;
};

bool import_span(struct import *im, struct trace_error *err);
bool import_touch(struct import *im, struct trace_error *err);
bool import_start(struct import *im, struct trace_error *err);
bool import_layout(struct import *im, struct trace_error *err);
/* Adds the zone's frames of the classes HOLE and RESERVED to im->holes and im->reserved. */
bool import_layout_collect(struct import *im, const struct trace_zone *z,
			   struct trace_error *err);
bool import_pcp(struct import *im, struct trace_error *err);
bool import_types(struct import *im, struct trace_error *err);
bool import_first(struct import *im, struct trace_error *err);
/* The start state at `from`, through the steps above; then lo = from. */
bool import_begin(struct import *im, struct trace_error *err);
bool import_match(struct import *im, struct trace_error *err);
bool import_truth(struct import *im, struct trace_error *err);
/* False when the free blocks at the start are buddyinfo's in no zone, and events cannot be why:
 * kpageflags or buddyinfo is damaged. */
bool import_check_start(const struct import *im, struct trace_error *err);
bool import_check(struct import *im, struct trace_error *err);
/* What it filled in, not *end itself. */
void import_check_free(struct trace_end *end);
/* R12's counts; before import_match, which changes the kinds of events. */
void import_check_vmstat(struct import *im);
/* Major and minor of the recorded kernel, false when not known. */
bool import_check_version(const struct import *im, unsigned *major, unsigned *minor);
bool import_write(struct import *im, const struct trace_header *h, struct trace_error *err);

/* ---- whole recordings -------------------------------------------------------------------- */

/* Reads one state; the text is changed. `path` is for messages. */
bool import_exact_read(const char *path, char *text, struct import_exact_state *s,
		       struct trace_error *err);
void import_exact_read_free(struct import_exact_state *s);
/* Whether the input is the folder of a whole recording. */
bool import_exact_is(const char *path);
/* Reads the states of the folder and makes im->snap of them. */
bool import_exact_open(struct import *im, struct trace_error *err);
/* The path of the folder's events, NULL when there are none. */
const char *import_exact_events(const struct import *im, struct trace_error *err);
void import_exact_free(struct import_exact *x);
/* The order of the lines is that of the events: times become different and ascending. */
void import_exact_order(struct import_source *s);
/* Events between the marks: im->lo, im->hi and the others. */
bool import_exact_span(struct import *im, struct trace_error *err);
/* What each frame was, holes, reserved frames; then the start state's lists as they stood. */
bool import_exact_start(struct import *im, struct trace_error *err);
bool import_exact_lists(struct import *im, struct trace_error *err);
/* CPUs, nodes, distances. */
bool import_exact_header(const struct import *im, struct trace_header *h,
			 struct trace_error *err);
bool import_exact_end(const struct import *im, struct trace_end *end, struct trace_error *err);
/* /proc/vmstat before and after, where the folder has it, becomes the report's. */
bool import_vmstat(struct import *im, struct trace_error *err);
/* Who asks, as a key: a task, or an interrupt on a CPU, as is the idle task. */
static inline int32_t import_exact_asker(const struct import_event *e)
{
	int32_t context = (e->flags & (TRACE_HARDIRQ | TRACE_SOFTIRQ)) / TRACE_HARDIRQ;

	return context || e->pid == 0 ? -1 - (e->cpu * 4 + context) : e->pid;
}

/* Puts requests at the moments at which they took effect, makes steps of what lies below. */
bool import_exact_steps(struct import *im, struct trace_error *err);

static inline uint64_t import_flags(const struct import_side *side, uint64_t pfn)
{
	return pfn < side->nflags ? side->flags[pfn] : 1ull << IMPORT_KPF_NOPAGE;
}

static inline bool import_flag(uint64_t flags, enum import_flag_bit bit)
{
	return flags >> bit & 1;
}

/* No event ever touched the frame, and it has no flag before and after. */
static inline bool import_idle(const struct import *im, uint64_t pfn)
{
	const struct import_page *t = import_pages_look(&im->touch, pfn);

	return im->class[pfn] == IMPORT_USED && !(t && (t->a || t->b)) &&
	       pfn < im->snap.before.nflags && im->snap.before.flags[pfn] == 0 &&
	       (!im->snap.after.there || import_flags(&im->snap.after, pfn) == 0);
}

/* Calls each(ctx, pfn, order) for the maximal aligned blocks of frames in [start, end) of
 * which in(ctx, pfn) holds, ascending (R5). */
void import_blocks(uint64_t start, uint64_t end, bool (*in)(void *ctx, uint64_t pfn),
		   void (*each)(void *ctx, uint64_t pfn, unsigned order), void *ctx);

#endif
