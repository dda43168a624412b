#include "traces/trace_frame.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zstd_errors.h>

#include "traces/trace_stop.h"

#define ZSTD_MAGIC UINT32_C(0xFD2FB528)
#define SKIP_MAGIC UINT32_C(0x184D2A50)
#define READ_SIZE ((size_t)256 << 10)

bool trace_frame_open(struct trace_frame_in *f, int fd, bool seekable, struct trace_error *err)
{
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->seekable = seekable;
	f->zstd = ZSTD_createDCtx();
	return f->zstd || trace_error_memory(err);
}

void trace_frame_close(struct trace_frame_in *f)
{
	ZSTD_freeDCtx(f->zstd);
	trace_bytes_free(&f->raw);
	trace_bytes_free(&f->data);
	memset(f, 0, sizeof(*f));
}

void trace_frame_unread(struct trace_frame_in *f)
{
	f->again = true;
}

void trace_frame_seek(struct trace_frame_in *f, uint64_t offset, uint64_t number)
{
	f->ahead = f->offset = offset;
	f->number = number;
	f->raw.len = f->used = 0;
	f->packed = 0;
	f->started = f->again = false;
}

static size_t available(const struct trace_frame_in *f)
{
	return f->raw.len - f->used;
}

/* Reads on. 1 done, 0 the end of the file, -1 an error. */
static int fill(struct trace_frame_in *f, struct trace_error *err)
{
	size_t keep = available(f);
	ssize_t got;

	if (f->used) {
		memmove(f->raw.data, f->raw.data + f->used, keep);
		f->ahead += f->used;
		f->raw.len = keep;
		f->used = 0;
	}
	if (!trace_bytes_reserve(&f->raw, keep > READ_SIZE ? keep : READ_SIZE)) {
		trace_error_memory(err);
		return -1;
	}
	do {
		uint8_t *to = f->raw.data + f->raw.len;
		size_t room = f->raw.cap - f->raw.len - TRACE_BYTES_SLACK;

		got = f->seekable ? pread(f->fd, to, room, (off_t)(f->ahead + f->raw.len))
				  : read(f->fd, to, room);
	} while (got < 0 && errno == EINTR && !trace_stop(err));
	if (got < 0 && errno == EINTR)
		return -1;
	if (got < 0) {
		trace_error_set(err, TRACE_SYSTEM, "cannot read: %s", strerror(errno));
		return -1;
	}
	f->raw.len += (size_t)got;
	return got > 0;
}

/* Has at least n bytes ready. 1 yes, 0 the file ends before, -1 an error. */
static int want(struct trace_frame_in *f, size_t n, struct trace_error *err)
{
	while (available(f) < n) {
		int r = fill(f, err);

		if (r <= 0)
			return r;
	}
	return 1;
}

static int cut_off(const struct trace_frame_in *f, const char *what, struct trace_error *err)
{
	trace_error_data(err, "the file is cut off: it ends %zu bytes into %s", available(f),
			 what);
	return -1;
}

static int skip_frame(struct trace_frame_in *f, struct trace_error *err)
{
	int r = want(f, 8, err);
	uint64_t left;

	if (r < 0)
		return -1;
	if (!r)
		return cut_off(f, "a skippable frame (the seek table)", err);
	left = (uint64_t)trace_bytes_get_u32(f->raw.data + f->used + 4) + 8;
	while (left) {
		size_t n = available(f) < left ? available(f) : (size_t)left;

		f->used += n;
		left -= n;
		if (left && (r = fill(f, err)) <= 0)
			return r < 0 ? -1
				     : cut_off(f, "a skippable frame (the seek table)", err);
	}
	return 1;
}

/* Reads until the whole frame is there; its length in *len. */
static int whole_frame(struct trace_frame_in *f, size_t *len, struct trace_error *err)
{
	for (;;) {
		size_t size = ZSTD_findFrameCompressedSize(f->raw.data + f->used, available(f));
		int r;

		if (!ZSTD_isError(size)) {
			*len = size;
			return 1;
		}
		if (ZSTD_getErrorCode(size) != ZSTD_error_srcSize_wrong) {
			trace_error_data(err, "damaged zstd frame: %s",
					 ZSTD_getErrorName(size));
			return -1;
		}
		if (available(f) > TRACE_FRAME_MAX) {
			trace_error_data(
				err, "damaged: expected a frame of at most %u MiB, found more",
				TRACE_FRAME_MAX >> 20);
			return -1;
		}
		r = fill(f, err);
		if (r <= 0)
			return r < 0 ? -1 : cut_off(f, "a zstd frame", err);
	}
}

static int unpack(struct trace_frame_in *f, size_t len, struct trace_error *err)
{
	const uint8_t *src = f->raw.data + f->used;
	unsigned long long size = ZSTD_getFrameContentSize(src, len);
	size_t got;

	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
	    size > TRACE_FRAME_MAX) {
		trace_error_data(err,
				 "expected a zstd frame that states a size of at most %u MiB",
				 TRACE_FRAME_MAX >> 20);
		return -1;
	}
	f->data.len = 0;
	if (!trace_bytes_reserve(&f->data, (size_t)size)) {
		trace_error_memory(err);
		return -1;
	}
	got = ZSTD_decompressDCtx(f->zstd, f->data.data, (size_t)size, src, len);
	if (ZSTD_isError(got)) {
		trace_error_data(err, "damaged zstd frame: %s", ZSTD_getErrorName(got));
		return -1;
	}
	f->data.len = got;
	return 1;
}

static int not_zstd(const struct trace_frame_in *f, struct trace_error *err)
{
	const uint8_t *p = f->raw.data + f->used;

	trace_error_data(err, "expected a zstd frame (28 b5 2f fd), found %02x %02x %02x %02x",
			 p[0], p[1], p[2], p[3]);
	return -1;
}

int trace_frame_next(struct trace_frame_in *f, struct trace_error *err)
{
	size_t len;
	int r;

	if (f->again) {
		f->again = false;
		return 1;
	}
	for (;;) {
		uint32_t magic;

		if (trace_stop(err))
			return -1;
		f->offset = f->ahead + f->used;
		r = want(f, 4, err);
		if (r < 0)
			return -1;
		if (!r)
			return available(f) ? cut_off(f, "a frame", err) : 0;
		magic = trace_bytes_get_u32(f->raw.data + f->used);
		if (magic == ZSTD_MAGIC)
			break;
		if ((magic & 0xFFFFFFF0) != SKIP_MAGIC)
			return not_zstd(f, err);
		if (skip_frame(f, err) < 0)
			return -1;
	}
	if (whole_frame(f, &len, err) < 0 || unpack(f, len, err) < 0)
		return -1;
	f->number += f->started;
	f->started = true;
	f->packed = len;
	f->used += len;
	return 1;
}

/* ---- writing --------------------------------------------------------------------------- */

void trace_frame_reset(struct trace_frame_bytes *b)
{
	b->bytes.len = 0;
	b->ncuts = 0;
}

void trace_frame_cut(struct trace_frame_bytes *b)
{
	size_t last = b->ncuts ? b->cut[b->ncuts - 1] : 0;

	/* A block of its own costs some hundred bytes of tables. */
	if (b->bytes.len - last >= 1024 && b->ncuts < sizeof(b->cut) / sizeof(*b->cut))
		b->cut[b->ncuts++] = b->bytes.len;
}

bool trace_frame_create(struct trace_frame_out *f, int fd, int level, struct trace_error *err)
{
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->zstd = ZSTD_createCCtx();
	if (!f->zstd)
		return trace_error_memory(err);
	ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_compressionLevel, level ? level : 3);
	ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_contentSizeFlag, 1);
	return true;
}

void trace_frame_discard(struct trace_frame_out *f)
{
	ZSTD_freeCCtx(f->zstd);
	trace_bytes_free(&f->packed);
	trace_index_free(&f->index);
	memset(f, 0, sizeof(*f));
}

bool trace_frame_write_raw(struct trace_frame_out *f, const void *data, size_t len,
			   struct trace_error *err)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(f->fd, at, len);

		if (n < 0 && errno == EINTR && trace_stop(err))
			return false;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return trace_error_set(err, TRACE_SYSTEM, "cannot write: %s",
					       strerror(n ? errno : ENOSPC));
		at += n;
		len -= (size_t)n;
		f->offset += (uint64_t)n;
	}
	return true;
}

static bool pack(struct trace_frame_out *f, const struct trace_frame_bytes *b,
		 struct trace_error *err)
{
	ZSTD_outBuffer out = { f->packed.data, f->packed.cap, 0 };
	size_t at = 0, r;

	r = ZSTD_CCtx_reset(f->zstd, ZSTD_reset_session_only);
	if (!ZSTD_isError(r))
		r = ZSTD_CCtx_setPledgedSrcSize(f->zstd, b->bytes.len);
	for (unsigned i = 0; i <= b->ncuts && !ZSTD_isError(r); i++) {
		bool last = i == b->ncuts;
		size_t to = last ? b->bytes.len : b->cut[i];
		ZSTD_inBuffer in = { b->bytes.data + at, to - at, 0 };

		r = ZSTD_compressStream2(f->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_flush);
		at = to;
	}
	if (r)
		return trace_error_set(err, TRACE_SYSTEM, "cannot compress: %s",
				       ZSTD_isError(r) ? ZSTD_getErrorName(r) : "no room");
	f->packed.len = out.pos;
	return true;
}

bool trace_frame_write(struct trace_frame_out *f, const struct trace_frame_bytes *b,
		       struct trace_error *err)
{
	if (b->bytes.lost)
		return trace_error_memory(err);
	if (b->bytes.len > TRACE_FRAME_MAX)
		return trace_error_data(err, "a frame of %zu bytes: the format allows %u MiB",
					b->bytes.len, TRACE_FRAME_MAX >> 20);
	/* Each cut may cost a block header and an incompressible block. */
	f->packed.len = 0;
	if (!trace_bytes_reserve(&f->packed, ZSTD_compressBound(b->bytes.len) + 4096))
		return trace_error_memory(err);
	if (!pack(f, b, err) || !trace_frame_write_raw(f, f->packed.data, f->packed.len, err))
		return false;
	return trace_index_add(&f->index, (uint32_t)f->packed.len, b->bytes.data, b->bytes.len,
			       err);
}
