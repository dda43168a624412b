#include "tools/whole_file.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "traces/trace_place.h"

static bool failed(const char *path, char *err, size_t size)
{
	snprintf(err, size, "cannot write %.400s: %s", path, strerror(errno ? errno : EIO));
	return false;
}

/* All of it, and on the disk where there is one; closes out unless it is stdout. */
static bool put(FILE *out, const char *text, bool sync)
{
	bool ok;

	errno = 0;
	ok = fputs(text, out) >= 0 && fflush(out) == 0 && !ferror(out);
	if (ok && sync)
		ok = fsync(fileno(out)) == 0;
	if (out != stdout)
		ok = fclose(out) == 0 && ok;
	return ok;
}

static bool put_straight(const char *path, const char *text, char *err, size_t size)
{
	FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");

	return (out && put(out, text, false)) || failed(path, err, size);
}

static bool put_and_rename(const char *beside, const char *path, const char *text)
{
	FILE *out = fopen(beside, "w");
	bool ok = out && put(out, text, true) && rename(beside, path) == 0;
	int why = errno;

	if (out && !ok)
		unlink(beside);
	errno = why;
	return ok;
}

/* Who asks us to stop meanwhile waits until the file is there: nothing is left beside it. */
static bool put_beside(const char *path, const char *text, char *err, size_t size)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	sigset_t before;
	char *beside;
	bool ok;

	if (asprintf(&beside, "%.*s.%s.%ld", (int)(name - path), path, name, (long)getpid()) <
	    0) {
		errno = ENOMEM;
		return failed(path, err, size);
	}
	interrupt_hold(&before);
	ok = put_and_rename(beside, path, text) || failed(path, err, size);
	interrupt_let_in(&before);
	free(beside);
	return ok;
}

bool whole_file_write(const char *path, const char *text, char *err, size_t size)
{
	struct stat st;
	char *place;
	bool ok;

	if (strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return put_straight(path, text, err, size);
	place = trace_place(path);
	if (!place) {
		errno = ENOMEM;
		return failed(path, err, size);
	}
	ok = put_beside(place, text, err, size);
	free(place);
	return ok;
}
