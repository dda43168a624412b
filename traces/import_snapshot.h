/*
 * What a kernel's files in /proc said before and after a recording: `before.*` and `after.*` of
 * a folder, read once and then only looked at. import.h includes it.
 */
#ifndef IMPORT_SNAPSHOT_H
#define IMPORT_SNAPSHOT_H

#include "traces/trace.h"

#define IMPORT_TYPES 6 /* Unmovable Movable Reclaimable HighAtomic CMA Isolate */

/* Bits of /proc/kpageflags. */
enum import_flag_bit {
	IMPORT_KPF_DIRTY = 4,
	IMPORT_KPF_LRU = 5,
	IMPORT_KPF_ACTIVE = 6,
	IMPORT_KPF_SLAB = 7,
	IMPORT_KPF_BUDDY = 10,
	IMPORT_KPF_ANON = 12,
	IMPORT_KPF_SWAPBACKED = 14,
	IMPORT_KPF_HEAD = 15,
	IMPORT_KPF_TAIL = 16,
	IMPORT_KPF_NOPAGE = 20,
	IMPORT_KPF_RESERVED = 32
};

struct import_zone {
	struct trace_zone z;
	uint64_t free; /* "pages free" of zoneinfo */
	uint32_t *pcp; /* frames in each cpu's lists */
	unsigned cpus;
	uint64_t buddyinfo[2][TRACE_ORDERS]; /* read before and after kpageflags */
	uint64_t blocks[IMPORT_TYPES];       /* pageblocks, pagetypeinfo */
	uint64_t lists[IMPORT_TYPES][TRACE_ORDERS];
	bool has_types;
};

struct import_side {
	bool there;
	struct import_zone *zones; /* ascending by (nid, start), only those with frames */
	unsigned nzones, cpus;
	const uint64_t *flags; /* kpageflags, by frame number */
	uint64_t nflags;
	void *mapped; /* flags lie in it, or in own */
	size_t mapped_size;
	uint64_t *own;
	bool has_vmstat;
	uint64_t pgalloc, pgfree; /* frames since boot */
};

struct import_mark_time {
	uint64_t time;
	char text[64];
};

struct import_snapshot {
	struct import_side before, after;
	struct trace_span *ram; /* iomem, frames wholly in RAM; ascending */
	size_t nram, ram_cap;
	char kernel[256];               /* the file `kernel`: release and a note */
	char clock_name[24];            /* "clock NAME" in it */
	uint64_t lost, entries;         /* the file `stats`: events lost, events recorded */
	struct import_mark_time *marks; /* marks.txt */
	size_t nmarks, marks_cap;
};

/* Reads before.* and after.* in dir. */
bool import_state(const char *dir, struct import_snapshot *s, struct trace_error *err);
void import_state_free(struct import_snapshot *s);
/* Of tracefs' per_cpu/cpuN/stats: sums the lines that begin with the key, counts them in
 * *lines. One without a number, or with one beyond 2^52, is not counted. */
uint64_t import_state_sum(const char *text, const char *key, unsigned *lines);
/* The zone with the frame, NULL = none. */
const struct import_zone *import_state_zone(const struct import_side *side, uint64_t pfn);

/* Texts of /proc, each into zones that zoneinfo made; `path` is for messages. */
bool import_proc_zoneinfo(const char *path, char *text, struct import_side *side,
			  struct trace_error *err);
bool import_proc_buddyinfo(const char *path, char *text, struct import_side *side, int which,
			   struct trace_error *err);
bool import_proc_pagetypeinfo(const char *path, char *text, struct import_side *side,
			      struct trace_error *err);
bool import_proc_vmstat(const char *path, char *text, struct import_side *side,
			struct trace_error *err);
bool import_proc_iomem(const char *path, char *text, struct import_snapshot *s,
		       struct trace_error *err);

#endif
