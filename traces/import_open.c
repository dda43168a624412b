#include "traces/import.h"
#include "traces/import_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "traces/trace_stop.h"

/* A packed file is unpacked into memory: recordings shrink to a tenth, a few to a hundredth.
 * What claims to be more than this is no recording. */
#define MOST_UNPACKED(packed) ((UINT64_C(64) << 20) + 1000 * (uint64_t)(packed))

static bool sys_error(struct trace_error *err, const char *label)
{
	/* A file that is not there is bad input, not a failing machine. */
	bool input = errno == ENOENT || errno == EACCES || errno == EISDIR ||
		     errno == ENOTDIR || errno == ENAMETOOLONG || errno == ELOOP;

	return trace_error_set(err, input ? TRACE_BAD_DATA : TRACE_SYSTEM, "%s: %s", label,
			       strerror(errno));
}

static bool write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

/* A pipe cannot be mapped: its bytes go to a memory file. */
static bool gather(struct import_input *in, int from, struct trace_error *err)
{
	static const size_t chunk = 1 << 16;
	char *buf = malloc(chunk);
	bool stopped = false;
	ssize_t n = 0;

	in->fd = memfd_create("pagesim-import", MFD_CLOEXEC);
	if (!buf || in->fd < 0) {
		sys_error(err, in->label);
		free(buf);
		return false;
	}
	while (!stopped && (n = read(from, buf, chunk)) != 0) {
		if (n < 0 && errno == EINTR) {
			stopped = trace_stop(err);
			continue;
		}
		if (n < 0 || !write_all(in->fd, buf, (size_t)n))
			break;
	}
	free(buf);
	return !stopped && (n == 0 || sys_error(err, in->label));
}

static bool map(struct import_input *in, struct trace_error *err)
{
	struct stat st;
	void *data;

	if (fstat(in->fd, &st) < 0)
		return sys_error(err, in->label);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return sys_error(err, in->label);
	}
	if (st.st_size == 0)
		return trace_error_data(err, "%s: the file is empty", in->label);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, in->fd, 0);
	if (data == MAP_FAILED)
		return sys_error(err, in->label);
	in->data = data;
	in->size = (size_t)st.st_size;
	return true;
}

static bool inflate(const struct import_input *packed, int to, ZSTD_DStream *z, void *buf,
		    struct trace_error *err)
{
	ZSTD_inBuffer from = { packed->data, packed->size, 0 };
	uint64_t unpacked = 0;
	size_t left = 1;

	while (from.pos < from.size) {
		ZSTD_outBuffer out = { buf, ZSTD_DStreamOutSize(), 0 };

		left = ZSTD_decompressStream(z, &out, &from);
		if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
			return trace_error_memory(err);
		if (ZSTD_isError(left))
			return trace_error_data(err, "%s: zstd: %s near byte %zu",
						packed->label, ZSTD_getErrorName(left),
						from.pos);
		if (!write_all(to, buf, out.pos))
			return sys_error(err, packed->label);
		if (trace_stop(err))
			return false;
		unpacked += out.pos;
		if (unpacked > MOST_UNPACKED(packed->size))
			return trace_error_data(err,
						"%s: zstd: it stands for more than 1000 times "
						"its size, and is no recording",
						packed->label);
	}
	while (left) {
		ZSTD_outBuffer out = { buf, ZSTD_DStreamOutSize(), 0 };

		left = ZSTD_decompressStream(z, &out, &from);
		if (ZSTD_isError(left) || out.pos == 0)
			return trace_error_data(err, "%s: zstd: the file ends inside a frame",
						packed->label);
		if (!write_all(to, buf, out.pos))
			return sys_error(err, packed->label);
	}
	return true;
}

static bool unpack(struct import_input *in, struct trace_error *err)
{
	struct import_input packed = *in;
	ZSTD_DStream *z = ZSTD_createDStream();
	void *buf = malloc(ZSTD_DStreamOutSize());
	bool ok;

	in->data = NULL;
	in->fd = memfd_create("pagesim-import", MFD_CLOEXEC);
	if (in->fd < 0)
		ok = sys_error(err, in->label);
	else
		ok = z && buf ? inflate(&packed, in->fd, z, buf, err) : trace_error_memory(err);
	ZSTD_freeDStream(z);
	free(buf);
	import_open_close(&packed);
	return ok && map(in, err);
}

/* The first line that is neither empty nor a remark has commas and, unlike one of ftrace, no
 * colon with a blank behind it. */
static bool is_csv(const struct import_input *in)
{
	const char *p = (const char *)in->data, *end = p + in->size, *stop;

	for (; p < end; p = stop + 1) {
		size_t len;

		stop = memchr(p, '\n', (size_t)(end - p));
		stop = stop ? stop : end;
		len = (size_t)(stop - p);
		if (len && *p != '#' && *p != '\r')
			return memchr(p, ',', len) && !memmem(p, len, ": ", 2);
	}
	return false;
}

static bool recognise(struct import_input *in, struct trace_error *err)
{
	static const uint8_t dat[] = { 0x17, 0x08, 0x44 };
	size_t look = in->size < 4096 ? in->size : 4096;

	in->format = IMPORT_FORMAT_TEXT;
	if (in->size >= sizeof(dat) && memcmp(in->data, dat, sizeof(dat)) == 0)
		in->format = IMPORT_FORMAT_DAT;
	else if (in->size >= 8 && memcmp(in->data, "PERFILE2", 8) == 0)
		return trace_error_data(
			err, "%s: a perf.data file; import the output of `perf script`",
			in->label);
	else if (memchr(in->data, 0, look))
		return trace_error_data(err, "%s: neither a trace.dat nor text", in->label);
	else if (is_csv(in))
		in->format = IMPORT_FORMAT_CSV;
	return true;
}

static bool is_zstd(const struct import_input *in)
{
	static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

	return in->size >= sizeof(magic) && memcmp(in->data, magic, sizeof(magic)) == 0;
}

bool import_open_bytes(struct import_input *in, const char *path, struct trace_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	int fd;

	*in = (struct import_input){ .label = standard ? "standard input" : path, .fd = -1 };
	fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		sys_error(err, in->label);
		goto fail;
	}
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) {
		in->fd = fd;
		fd = -1;
	} else if (!gather(in, fd, err)) {
		goto fail;
	}
	if (!map(in, err) || (is_zstd(in) && !unpack(in, err)))
		goto fail;
	if (fd >= 0)
		close(fd);
	return true;

fail:
	if (fd >= 0)
		close(fd);
	import_open_close(in);
	return false;
}

bool import_open(struct import_input *in, const char *path, struct trace_error *err)
{
	if (!import_open_bytes(in, path, err))
		return false;
	if (recognise(in, err))
		return true;
	import_open_close(in);
	return false;
}

void import_open_close(struct import_input *in)
{
	struct stat st;

	if (in->data && in->fd >= 0 && fstat(in->fd, &st) == 0 &&
	    (uint64_t)st.st_size < in->size)
		import_map_missed();
	if (in->data)
		munmap((void *)(uintptr_t)in->data, in->size);
	if (in->fd >= 0)
		close(in->fd);
	in->data = NULL;
	in->fd = -1;
}

bool import_open_file(const char *path, char **data, size_t *size, struct trace_error *err)
{
	struct stat st;
	size_t have = 0;
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*data = NULL;
	if (fd < 0 || fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		errno = fd >= 0 && S_ISDIR(st.st_mode) ? EISDIR : errno;
		goto fail;
	}
	*data = malloc((size_t)st.st_size + 1);
	if (!*data)
		goto fail;
	while (have < (size_t)st.st_size && n > 0) {
		n = read(fd, *data + have, (size_t)st.st_size - have);
		if (n > 0)
			have += (size_t)n;
	}
	if (n < 0)
		goto fail;
	(*data)[have] = '\0';
	*size = have;
	close(fd);
	return true;

fail:
	sys_error(err, path);
	free(*data);
	*data = NULL;
	if (fd >= 0)
		close(fd);
	return false;
}
