#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/trace_reader.h"

#define CHUNK 4096u

struct trace_share {
	struct trace_event *events;
	uint64_t count;
	struct stat file; /* whose events they are */
};

void trace_share_free(struct trace_share *s)
{
	if (!s)
		return;
	free(s->events);
	free(s);
}

/* Exactly as many events as the trailer says: what else there is every reader tells by itself.
 */
static bool decode(struct trace_share *s, struct trace_reader *r, struct trace_error *err)
{
	uint64_t at = 0, left;
	struct trace_event more;
	long got = 1;

	while (got > 0 && at < s->count) {
		left = s->count - at;
		got = trace_reader_next(r, s->events + at, left < CHUNK ? left : CHUNK, err);
		at += got > 0 ? (uint64_t)got : 0;
	}
	return got >= 0 && at == s->count && trace_reader_next(r, &more, 1, err) == 0;
}

struct trace_share *trace_share_new(const char *path, uint64_t most_bytes)
{
	struct trace_share *s = calloc(1, sizeof(*s));
	struct trace_totals totals;
	struct trace_error err;
	struct trace_reader *r = s ? trace_reader_open(path, &err) : NULL;
	bool ok = r && r->seekable && fstat(r->fd, &s->file) == 0 &&
		  trace_reader_totals(r, &totals, &err) && totals.events &&
		  totals.events <= most_bytes / sizeof(*s->events);

	if (ok) {
		s->count = totals.events;
		s->events = malloc(s->count * sizeof(*s->events));
		ok = s->events && decode(s, r, &err);
	}
	trace_reader_close(r);
	if (ok)
		return s;
	trace_share_free(s);
	return NULL;
}

uint64_t trace_share_events(const struct trace_share *s)
{
	return s->count;
}

bool trace_share_attach(struct trace_reader *r, const struct trace_share *s,
			struct trace_error *err)
{
	struct stat file;

	/* Another file by now: it is read as it is. */
	if (!r->seekable || fstat(r->fd, &file) != 0 || file.st_dev != s->file.st_dev ||
	    file.st_ino != s->file.st_ino || file.st_size != s->file.st_size ||
	    file.st_mtim.tv_sec != s->file.st_mtim.tv_sec ||
	    file.st_mtim.tv_nsec != s->file.st_mtim.tv_nsec)
		return true;
	if (!trace_read_tail(r, err) || !trace_read_dict(r, err))
		return false;
	r->share = s;
	r->next_event = 0;
	return true;
}

long trace_share_next(struct trace_reader *r, struct trace_event *events, size_t n)
{
	uint64_t left = r->share->count - r->next_event;

	if (n > left)
		n = left;
	memcpy(events, r->share->events + r->next_event, n * sizeof(*events));
	r->next_event += n;
	return (long)n;
}
