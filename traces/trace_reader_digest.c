#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "traces/trace_reader.h"

/* Opening checks that it is a trace; the frames are then read once more from the start. */
bool trace_reader_digest(const char *path, char *out, struct trace_error *err)
{
	struct trace_reader *r = trace_reader_open(path, err);
	XXH3_state_t *state = XXH3_createState();
	XXH128_canonical_t canonical;
	int got = -1;

	if (r && !state)
		trace_error_memory(err);
	if (r && state) {
		XXH3_128bits_reset(state);
		trace_frame_unread(&r->events);
		while ((got = trace_frame_next(&r->events, err)) > 0)
			XXH3_128bits_update(state, r->events.data.data, r->events.data.len);
		if (got < 0)
			trace_read_error(r, "digest", r->events.offset, err);
	}
	if (got == 0) {
		XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
		for (size_t i = 0; i < sizeof(canonical.digest); i++)
			snprintf(out + 2 * i, 3, "%02x", canonical.digest[i]);
	}
	XXH3_freeState(state);
	trace_reader_close(r);
	return got == 0;
}
