#include <string.h>

#include "traces/import_raw.h"

#include "traces/trace_scan.h"

#define EVENT_HEADER 4
#define DELTA_BITS 27
#define COMMIT_BYTES 0x07ffffffu
#define MISSED 0x80000000u        /* events were lost before this sub-buffer */
#define MISSED_STORED 0x40000000u /* ... and their number stands behind the last event */
#define LARGEST (1u << 20)

/* Kinds of entries beyond data of 1 to 28 words; 0 is data whose length stands in front. */
enum { LONG_DATA = 0, PADDING = 29, TIME_EXTEND = 30, TIME_STAMP = 31 };

/* Absolute times lack their highest bits, which change every 18 years. */
#define STAMP_BITS 59

static uint32_t get32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

/* "field: local_t commit;	offset:8;	size:8;	signed:1;" */
static bool field(const char *text, const char *name, unsigned *offset, unsigned *size)
{
	const char *at = strstr(text, name);

	return at && trace_scan(at + strlen(name), "; offset:%u; size:%u;", offset, size);
}

bool import_raw_page_layout(const char *header_page, struct import_raw_layout *l,
			    struct trace_error *err)
{
	unsigned at, time_size, data_size;

	if (!field(header_page, " timestamp", &at, &time_size) ||
	    !field(header_page, " commit", &l->commit, &l->commit_size) ||
	    !field(header_page, " data", &l->data, &data_size))
		return trace_error_data(err, "it does not tell where time, commit and data of "
					     "a sub-buffer are");
	if (at != 0 || time_size != 8 || l->commit != 8 ||
	    (l->commit_size != 4 && l->commit_size != 8) ||
	    l->data < l->commit + l->commit_size || l->data > 64 || data_size < 64 ||
	    data_size > LARGEST)
		return trace_error_data(err,
					"no sub-buffer: time at %u, commit at %u, data at "
					"%u of %u bytes",
					at, l->commit, l->data, data_size);
	l->size = l->data + data_size;
	return true;
}

bool import_raw_page_open(struct import_raw_page *p, const uint8_t *bytes,
			  const struct import_raw_layout *l, struct trace_error *err)
{
	uint32_t commit = get32(bytes + l->commit);

	memset(p, 0, sizeof(*p));
	p->bytes = bytes;
	p->at = l->data;
	p->time = p->first_time = get64(bytes);
	p->missed = commit & MISSED;
	if ((commit & COMMIT_BYTES) > l->size - l->data)
		return trace_error_data(err, "it says to hold %u bytes; %u is all there can be",
					commit & COMMIT_BYTES, l->size - l->data);
	p->end = l->data + (commit & COMMIT_BYTES);
	if (p->missed && commit & MISSED_STORED && l->size - p->end >= l->commit_size)
		p->nmissed =
			l->commit_size == 8 ? get64(bytes + p->end) : get32(bytes + p->end);
	return true;
}

static uint64_t stamp(const struct import_raw_page *p, uint64_t time)
{
	time |= p->first_time >> STAMP_BITS << STAMP_BITS;
	return time < p->first_time ? time + (UINT64_C(1) << STAMP_BITS) : time;
}

static enum import_raw_step bad(const struct import_raw_page *p, uint32_t length,
				struct trace_error *err)
{
	trace_error_data(err, "byte %u: an entry of %u bytes, %u are left", p->at, length,
			 p->end - p->at);
	return IMPORT_RAW_BAD;
}

/* Bytes of the entry behind its header; all of it has to be in the sub-buffer. */
static bool length_of(const struct import_raw_page *p, unsigned kind, uint32_t *length)
{
	uint32_t left = p->end - p->at - EVENT_HEADER;

	if (kind == TIME_EXTEND || kind == TIME_STAMP) {
		*length = 4;
	} else if (kind == LONG_DATA || kind == PADDING) {
		*length = left >= 4 ? get32(p->bytes + p->at + EVENT_HEADER) : 4;
		if (*length < 4)
			return false;
		if (*length <= left)
			*length = (*length + 3) & ~3u;
	} else {
		*length = kind * 4;
	}
	return *length <= left;
}

enum import_raw_step import_raw_page_next(struct import_raw_page *p, struct import_raw_event *e,
					  struct trace_error *err)
{
	while (p->end - p->at >= EVENT_HEADER) {
		uint32_t head = get32(p->bytes + p->at), length;
		const uint8_t *body = p->bytes + p->at + EVENT_HEADER;
		unsigned kind = head & 31;
		uint64_t delta = head >> 5;

		if (kind == PADDING && delta == 0) /* nothing more in it */
			break;
		if (!length_of(p, kind, &length))
			return bad(p, length, err);
		p->at += EVENT_HEADER + length;
		if (kind == TIME_EXTEND)
			p->time += (uint64_t)get32(body) << DELTA_BITS | delta;
		else if (kind == TIME_STAMP)
			p->time = stamp(p, (uint64_t)get32(body) << DELTA_BITS | delta);
		else
			p->time += delta;
		if (kind >= PADDING)
			continue;
		e->time = p->time;
		e->data = kind == LONG_DATA ? body + 4 : body;
		e->size = kind == LONG_DATA ? length - 4 : length;
		return IMPORT_RAW_EVENT;
	}
	return IMPORT_RAW_END;
}
