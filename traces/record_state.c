/*
 * Snapshots of every frame and of the counters, in the order that docs/trace-import.md asks
 * for, with marks in the trace. They are read into memory that is there before tracing begins:
 * pages that the recorder takes for itself meanwhile would be in its way.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/record_parts.h"

#define CHUNK (1u << 20)
#define SECTOR 4096 /* what is written past the page cache is a multiple of it */

/* Files of /proc; kpageflags comes in the middle, after the second. */
static const struct text {
	const char *file, *name;
	bool needed;
} texts[RECORD_TEXTS] = {
	{ "zoneinfo", "zoneinfo.1", true },        { "buddyinfo", "buddyinfo.1", true },
	{ "buddyinfo", "buddyinfo.2", true },      { "zoneinfo", "zoneinfo.2", true },
	{ "pagetypeinfo", "pagetypeinfo", false }, { "vmstat", "vmstat", false },
	{ "meminfo", "meminfo", false },           { "iomem", "iomem", false },
};

#define FIRST_TEXTS 2
#define IOMEM (RECORD_TEXTS - 1)

/* Where kpageflags ends: it tells no size, but reading behind it gives nothing. */
static uint64_t flags_end(int fd)
{
	uint64_t lo = 0, hi = IMPORT_MAX_PFN, word;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (pread(fd, &word, sizeof(word), (off_t)(mid * sizeof(word))) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int open_flags(struct record *r)
{
	char path[RECORD_PATH];
	int fd;

	if (!record_files_path(path, r->err, "%s/kpageflags", r->proc))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		trace_error_set(r->err, TRACE_REFUSED,
				"%s: this kernel has none: CONFIG_PROC_PAGE_MONITOR is missing",
				path);
	else if (fd < 0)
		record_files_error(r->err, TRACE_REFUSED, path);
	return fd;
}

bool record_state_prepare(struct record *r)
{
	int fd = open_flags(r);

	if (fd < 0)
		return false;
	r->flags_bytes = (size_t)flags_end(fd) * sizeof(*r->flags);
	close(fd);
	if (!r->flags_bytes)
		return trace_error_set(r->err, TRACE_REFUSED, "%s/kpageflags: it is empty",
				       r->proc);
	r->flags = mmap(NULL, r->flags_bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (r->flags == MAP_FAILED) {
		r->flags = NULL;
		return record_files_error(r->err, TRACE_SYSTEM, "memory for kpageflags");
	}
	madvise(r->flags, r->flags_bytes, MADV_DONTFORK);
	return true;
}

static bool read_flags(struct record *r)
{
	int fd = open_flags(r);
	ssize_t n = 1;
	bool ok = fd >= 0;

	r->flags_read = 0;
	while (ok && n > 0 && r->flags_read < r->flags_bytes) {
		size_t left = r->flags_bytes - r->flags_read;

		n = read(fd, (char *)r->flags + r->flags_read, left < CHUNK ? left : CHUNK);
		if (n > 0)
			r->flags_read += (size_t)n;
		ok = n >= 0 ? record_tick(r)
			    : record_files_error(r->err, TRACE_SYSTEM, "kpageflags");
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Of iomem only what is memory: the rest says what devices this machine has. */
static void keep_ram(struct record *r)
{
	char *from = r->texts[IOMEM], *to = from, *end;

	for (; from && *from; from = end) {
		char *line = from, *ram;

		end = strchr(from, '\n');
		end = end ? end + 1 : from + strlen(from);
		ram = strstr(line, "System RAM");
		if (!ram || ram >= end || *line == ' ')
			continue;
		memmove(to, line, (size_t)(end - line));
		to += end - line;
	}
	if (to) {
		r->text_bytes[IOMEM] = (size_t)(to - r->texts[IOMEM]);
		*to = '\0';
	}
}

static bool read_texts(struct record *r, unsigned from, unsigned to)
{
	char path[RECORD_PATH];

	for (unsigned i = from; i < to; i++) {
		free(r->texts[i]);
		r->texts[i] = NULL;
		if (!record_files_path(path, r->err, "%s/%s", r->proc, texts[i].file))
			return false;
		if (!texts[i].needed && access(path, R_OK) < 0)
			continue;
		r->texts[i] = record_files_read(path, &r->text_bytes[i], r->err);
		if (!r->texts[i])
			return false;
	}
	return true;
}

bool record_state_take(struct record *r, unsigned which)
{
	return record_instance_mark(r, "snap %u begin", which) &&
	       read_texts(r, 0, FIRST_TEXTS) &&
	       record_instance_mark(r, "kpageflags %u begin", which) && read_flags(r) &&
	       record_instance_mark(r, "kpageflags %u end", which) &&
	       read_texts(r, FIRST_TEXTS, RECORD_TEXTS) &&
	       record_instance_mark(r, "snap %u end", which);
}

/* Past the page cache, where the file system can do that: pages taken for it would be most of
 * what a short recording has in it. */
static bool write_flags(struct record *r, int fd)
{
	size_t done = 0;

	while (done < r->flags_read) {
		size_t left = r->flags_read - done, size = left < CHUNK ? left : CHUNK;
		ssize_t n;

		if (size % SECTOR)
			fcntl(fd, F_SETFL, 0);
		n = write(fd, (const char *)r->flags + done, size);
		if (n < 0 && errno == EINVAL && fcntl(fd, F_GETFL) & O_DIRECT)
			n = fcntl(fd, F_SETFL, 0);
		else if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return record_files_error(r->err, TRACE_SYSTEM, "kpageflags");
		done += (size_t)n;
		if (!record_tick(r))
			return false;
	}
	return true;
}

static bool put_flags(struct record *r, const char *when)
{
	char path[RECORD_PATH];
	int fd;
	bool ok;

	if (!record_files_path(path, r->err, "%s/%s.kpageflags", r->o->folder, when))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_DIRECT, 0666);
	if (fd < 0 && errno == EINVAL)
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return record_files_error(r->err, TRACE_SYSTEM, path);
	ok = write_flags(r, fd) || trace_error_at(r->err, "%s/%s.", r->o->folder, when);
	close(fd);
	return ok;
}

bool record_state_write(struct record *r, unsigned which)
{
	const char *when = which ? "after" : "before";
	char name[64];

	keep_ram(r);
	for (unsigned i = 0; i < RECORD_TEXTS; i++) {
		snprintf(name, sizeof(name), "%s.%s", when, texts[i].name);
		if (r->texts[i] && r->text_bytes[i] &&
		    !record_files_put(r, name, r->texts[i], r->text_bytes[i], false))
			return false;
	}
	return put_flags(r, when);
}

void record_state_free(struct record *r)
{
	for (unsigned i = 0; i < RECORD_TEXTS; i++)
		free(r->texts[i]);
	if (r->flags)
		munmap(r->flags, r->flags_bytes);
}
