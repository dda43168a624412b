/*
 * Sub-buffers go from the ring buffers to files without being copied to memory of ours: spliced
 * into a pipe, and from there into the file. Only what does not fill a sub-buffer at the end is
 * read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/record_parts.h"

#include "traces/trace_scan.h"

#define PIPE_BYTES (1 << 20)

static int by_number(const void *a, const void *b)
{
	const struct record_cpu *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static bool add_cpu(struct record *r, unsigned number)
{
	struct record_cpu *more = realloc(r->cpus, (r->ncpus + 1u) * sizeof(*more));

	if (!more)
		return trace_error_memory(r->err);
	r->cpus = more;
	r->cpus[r->ncpus++] = (struct record_cpu){ number, -1, -1 };
	return true;
}

static bool find_cpus(struct record *r)
{
	char path[RECORD_PATH];
	struct dirent *entry;
	unsigned number;
	bool ok = true;
	DIR *dir;

	if (!record_files_path(path, r->err, "%s/per_cpu", r->instance))
		return false;
	dir = opendir(path);
	if (!dir)
		return record_files_error(r->err, TRACE_REFUSED, path);
	while (ok && (entry = readdir(dir)))
		if (trace_scan(entry->d_name, "cpu%u", &number) && number < IMPORT_RAW_CPUS)
			ok = add_cpu(r, number);
	closedir(dir);
	if (ok && !r->ncpus)
		return trace_error_set(r->err, TRACE_REFUSED, "%s: no buffers of cpus", path);
	if (ok)
		qsort(r->cpus, r->ncpus, sizeof(*r->cpus), by_number);
	r->res->cpus = r->ncpus;
	return ok;
}

static bool open_cpu(struct record *r, struct record_cpu *cpu)
{
	char path[RECORD_PATH];

	if (!record_files_path(path, r->err, "%s/per_cpu/cpu%u/trace_pipe_raw", r->instance,
			       cpu->number))
		return false;
	cpu->from = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (cpu->from < 0)
		return record_files_error(r->err, TRACE_REFUSED, path);
	if (!record_files_path(path, r->err, "%s/cpu%u.raw", r->o->folder, cpu->number))
		return false;
	cpu->to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return cpu->to >= 0 || record_files_error(r->err, TRACE_SYSTEM, path);
}

bool record_pages_open(struct record *r)
{
	if (!find_cpus(r))
		return false;
	if (pipe2(r->pipe, O_CLOEXEC) < 0)
		return record_files_error(r->err, TRACE_SYSTEM, "pipe");
	fcntl(r->pipe[1], F_SETPIPE_SZ, PIPE_BYTES); /* a smaller one does, too */
	r->page_bytes = malloc(r->layout.size);
	if (!r->page_bytes)
		return trace_error_memory(r->err);
	for (unsigned i = 0; i < r->ncpus; i++)
		if (!open_cpu(r, &r->cpus[i]))
			return false;
	return true;
}

static bool write_error(struct record *r)
{
	char what[RECORD_PATH];

	snprintf(what, sizeof(what), "%.2000s: writing the recorded events", r->o->folder);
	return record_files_error(r->err, TRACE_SYSTEM, what);
}

static bool empty_pipe(struct record *r, int to, size_t size)
{
	while (size) {
		ssize_t n = splice(r->pipe[0], NULL, to, NULL, size, SPLICE_F_MOVE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return write_error(r);
		size -= (size_t)n;
	}
	return true;
}

/* Whole sub-buffers; how much there were, in *bytes. */
static bool drain(struct record *r, const struct record_cpu *cpu, uint64_t *bytes)
{
	for (;;) {
		ssize_t n = splice(cpu->from, NULL, r->pipe[1], NULL, PIPE_BYTES,
				   SPLICE_F_NONBLOCK | SPLICE_F_MOVE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 || (n < 0 && errno == EAGAIN))
			return true;
		if (n < 0)
			return record_files_error(r->err, TRACE_SYSTEM, "trace_pipe_raw");
		if (!empty_pipe(r, cpu->to, (size_t)n))
			return false;
		*bytes += (uint64_t)n;
	}
}

bool record_pages_drain(struct record *r)
{
	for (unsigned i = 0; i < r->ncpus; i++) {
		uint64_t bytes = 0;

		if (!drain(r, &r->cpus[i], &bytes))
			return false;
		r->res->bytes += bytes;
		if (bytes > r->res->fullest_bytes)
			r->res->fullest_bytes = bytes;
	}
	return true;
}

static bool write_page(struct record *r, int to)
{
	const uint8_t *at = r->page_bytes;
	size_t left = r->layout.size;

	while (left) {
		ssize_t n = write(to, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return write_error(r);
		at += n;
		left -= (size_t)n;
	}
	r->res->bytes += r->layout.size;
	return true;
}

bool record_pages_rest(struct record *r)
{
	for (unsigned i = 0; i < r->ncpus; i++) {
		const struct record_cpu *cpu = &r->cpus[i];
		ssize_t n;

		while ((n = read(cpu->from, r->page_bytes, r->layout.size)) > 0) {
			memset(r->page_bytes + n, 0, r->layout.size - (size_t)n);
			if (!write_page(r, cpu->to))
				return false;
		}
		if (n < 0 && errno != EAGAIN)
			return record_files_error(r->err, TRACE_SYSTEM, "trace_pipe_raw");
	}
	return true;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void record_pages_close(struct record *r)
{
	for (unsigned i = 0; i < r->ncpus; i++) {
		shut(&r->cpus[i].from);
		shut(&r->cpus[i].to);
	}
	shut(&r->pipe[0]);
	shut(&r->pipe[1]);
	free(r->page_bytes);
	r->page_bytes = NULL;
	free(r->cpus);
	r->cpus = NULL;
	r->ncpus = 0;
}
