/*
 * The zstd frames of a file, one after another: reading from a file or a pipe, and writing
 * with the entries of the seek table kept (trace_index.h). Skippable frames are passed over.
 *
 * Errors do not name the file; the place is frame->offset, which is the byte at which the
 * current frame begins also when reading it failed.
 */
#ifndef TRACE_FRAME_H
#define TRACE_FRAME_H

#include <zstd.h>

#include "traces/trace_bytes.h"
#include "traces/trace_error.h"
#include "traces/trace_index.h"

/* A frame larger than this is refused: it bounds memory whatever a damaged file claims. */
#define TRACE_FRAME_MAX (UINT32_C(64) << 20)

struct trace_frame_in {
	int fd; /* not owned */
	bool seekable;
	uint64_t offset;         /* of the current frame */
	uint64_t number;         /* data frames before the current one */
	struct trace_bytes data; /* the current frame, decompressed */
	size_t packed;           /* its length in the file */

	struct trace_bytes raw; /* read ahead; [used, len) are not yet consumed */
	size_t used;
	uint64_t ahead; /* offset in the file of raw.data[0] */
	bool started, again;
	ZSTD_DCtx *zstd;
};

bool trace_frame_open(struct trace_frame_in *f, int fd, bool seekable, struct trace_error *err);
void trace_frame_close(struct trace_frame_in *f);
/* 1 a frame, 0 the end of the file, -1 an error. */
int trace_frame_next(struct trace_frame_in *f, struct trace_error *err);
/* The next trace_frame_next() gives the current frame again. */
void trace_frame_unread(struct trace_frame_in *f);
/* The next frame is the data frame `number` at `offset`. Only when seekable. */
void trace_frame_seek(struct trace_frame_in *f, uint64_t offset, uint64_t number);

/* ---- writing --------------------------------------------------------------------------- */

/* A frame being made. A cut ends a zstd block, so that columns of different nature do not
 * share statistics. */
struct trace_frame_bytes {
	struct trace_bytes bytes;
	size_t cut[48];
	unsigned ncuts;
};

void trace_frame_reset(struct trace_frame_bytes *b);
void trace_frame_cut(struct trace_frame_bytes *b);

struct trace_frame_out {
	int fd; /* not owned */
	ZSTD_CCtx *zstd;
	struct trace_bytes packed;
	struct trace_index index;
	uint64_t offset; /* bytes written */
};

bool trace_frame_create(struct trace_frame_out *f, int fd, int level, struct trace_error *err);
void trace_frame_discard(struct trace_frame_out *f);
/* Compresses and writes one frame. */
bool trace_frame_write(struct trace_frame_out *f, const struct trace_frame_bytes *b,
		       struct trace_error *err);
bool trace_frame_write_raw(struct trace_frame_out *f, const void *data, size_t len,
			   struct trace_error *err);

#endif
