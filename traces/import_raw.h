/*
 * A folder with what the kernel's ring buffers held, as `pagesim trace record` leaves it
 * (docs/trace-record.md): for each cpu a file of sub-buffers, the formats of the events, the
 * snapshots. A sub-buffer is a header (time of its first event, number of bytes in it) and
 * events whose times are told by their distances.
 *
 * Sub-buffers are walked here and not by libtraceevent's kbuffer, which trusts the lengths in
 * them; the tests compare the two.
 */
#ifndef IMPORT_RAW_H
#define IMPORT_RAW_H

#include "traces/import.h"

#define IMPORT_RAW_MARK "pagesim-raw" /* the file that tells such a folder, and its version */
#define IMPORT_RAW_VERSION 1
#define IMPORT_RAW_CPUS 4096
#define IMPORT_RAW_BYTE_ORDER                                                                  \
	(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "little" : "big") /* of this machine */

/* Where things lie in a sub-buffer, in bytes: from the kernel's header_page. */
struct import_raw_layout {
	unsigned commit, commit_size, data, size;
};

bool import_raw_page_layout(const char *header_page, struct import_raw_layout *l,
			    struct trace_error *err);

struct import_raw_page {
	const uint8_t *bytes;
	unsigned at, end; /* of the event to come, of the last one */
	uint64_t time, first_time;
	bool missed;      /* events were lost in front of this sub-buffer */
	uint64_t nmissed; /* how many; 0 = not told */
};

struct import_raw_event {
	uint64_t time;
	const uint8_t *data;
	unsigned size;
};

enum import_raw_step { IMPORT_RAW_EVENT, IMPORT_RAW_END, IMPORT_RAW_BAD };

/* `bytes` are l->size, and have to stay. */
bool import_raw_page_open(struct import_raw_page *p, const uint8_t *bytes,
			  const struct import_raw_layout *l, struct trace_error *err);
enum import_raw_step import_raw_page_next(struct import_raw_page *p, struct import_raw_event *e,
					  struct trace_error *err);

struct import_fields; /* import_fields.h */

/* All sub-buffers of a cpu. */
bool import_raw_pages(const uint8_t *data, size_t size, unsigned cpu,
		      const struct import_raw_layout *l, struct import_fields *f,
		      struct trace_error *err);

/* Whether the input is such a folder. */
bool import_raw_is(const char *path);
bool import_raw(const char *dir, struct import_source *s, struct import_progress progress,
		struct trace_error *err);

#endif
