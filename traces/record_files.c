#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/record_parts.h"

bool record_files_error(struct trace_error *err, enum trace_trouble kind, const char *path)
{
	if (errno == EACCES || errno == EPERM)
		return trace_error_set(err, TRACE_REFUSED,
				       geteuid()
					       ? "%s: %s; recording needs root"
					       : "%s: %s, even for root: the kernel is locked "
						 "down (see the manual page "
						 "kernel_lockdown(7)), or this is a container",
				       path, strerror(errno));
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == ENOMEM)
		kind = TRACE_SYSTEM;
	return trace_error_set(err, kind, "%s: %s", path, strerror(errno));
}

bool record_files_path(char *to, struct trace_error *err, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(to, RECORD_PATH, fmt, ap);
	va_end(ap);
	return (n > 0 && n < RECORD_PATH) ||
	       trace_error_set(err, TRACE_REFUSED, "%.100s...: the path is too long", to);
}

char *record_files_read(const char *path, size_t *size, struct trace_error *err)
{
	size_t cap = 1 << 16, have = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data = malloc(cap);
	ssize_t n = fd < 0 || !data ? -1 : 1;

	while (n > 0) {
		n = read(fd, data + have, cap - have - 1);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			have += (size_t)n;
		if (have + 1 == cap) {
			char *more = realloc(data, cap *= 2);

			data = more ? more : data;
			n = more ? n : -1;
		}
	}
	if (n < 0) {
		record_files_error(err, TRACE_REFUSED, path);
		free(data);
		data = NULL;
	} else {
		data[have] = '\0';
		*size = have;
	}
	if (fd >= 0)
		close(fd);
	return data;
}

bool record_files_set(const char *path, const char *text, struct trace_error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int error = errno;
	bool ok = n >= 0 || record_files_error(err, TRACE_REFUSED, path);

	if (fd >= 0)
		close(fd);
	errno = error;
	return ok;
}

bool record_files_put(struct record *r, const char *name, const void *data, size_t size,
		      bool append)
{
	char path[RECORD_PATH];
	FILE *out;
	bool ok;

	if (!record_files_path(path, r->err, "%s/%s", r->o->folder, name))
		return false;
	out = fopen(path, append ? "ae" : "we");
	ok = out && fwrite(data, 1, size, out) == size;
	if (out && fclose(out) != 0)
		ok = false;
	return ok || record_files_error(r->err, TRACE_SYSTEM, path);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

void record_files_remove(const char *folder)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
