#include "tools/outdir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/trace_place.h"

#define MAX_FILES 256

struct part {
	FILE *file;
	char *name, *temporary;
};

struct outdir {
	char *path;
	bool made; /* by us: removed again when nothing was committed */
	struct part parts[MAX_FILES];
	unsigned nparts;
	const char *old[OUTDIR_OLD]; /* names that are not to stay */
	unsigned nold;
	int error; /* errno of the first failure */
	const char *failed_name;
};

/* As mkdir -p. */
static bool make_folders(const char *path)
{
	char *copy = strdup(path);
	bool ok = copy != NULL;

	for (char *slash = ok ? strchr(copy + 1, '/') : NULL; ok && slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		ok = mkdir(copy, 0777) == 0 || errno == EEXIST;
		*slash = '/';
	}
	ok = ok && (mkdir(path, 0777) == 0 || errno == EEXIST);
	free(copy);
	return ok;
}

struct outdir *outdir_new(const char *path, char *text, size_t size)
{
	struct outdir *d = calloc(1, sizeof(*d));
	struct stat st;

	if (!d || !(d->path = strdup(path))) {
		snprintf(text, size, "out of memory");
		outdir_free(d);
		return NULL;
	}
	d->made = access(path, F_OK) != 0;
	if (!*path || !make_folders(path) || stat(path, &st) != 0) {
		snprintf(text, size, "cannot make the folder %s: %s", path,
			 *path ? strerror(errno) : "it has no name");
		outdir_free(d);
		return NULL;
	}
	if (!S_ISDIR(st.st_mode)) {
		snprintf(text, size, "%s is not a folder", path);
		outdir_free(d);
		return NULL;
	}
	return d;
}

static void drop(struct part *p)
{
	if (p->file)
		fclose(p->file);
	if (p->temporary) {
		unlink(p->temporary);
		free(p->temporary);
	}
	free(p->name);
	*p = (struct part){ 0 };
}

void outdir_free(struct outdir *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < d->nparts; i++)
		drop(&d->parts[i]);
	if (d->made)
		rmdir(d->path); /* does nothing once there are files in it */
	free(d->path);
	free(d);
}

static void remember(struct outdir *d, const char *name)
{
	if (d->error)
		return;
	d->error = errno ? errno : EIO;
	d->failed_name = name;
}

bool outdir_is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* Where a file goes, and unless it is a device what it is called until then. */
static bool name_part(const struct outdir *d, struct part *p, const char *name)
{
	char *path = NULL;
	int dir;

	if (asprintf(&path, "%s/%s", d->path, name) < 0)
		return false;
	p->name = trace_place(path);
	free(path);
	if (!p->name || outdir_is_device(p->name))
		return p->name != NULL;
	dir = (int)(strrchr(p->name, '/') + 1 - p->name);
	if (asprintf(&p->temporary, "%.*s.%s.%ld", dir, p->name, p->name + dir,
		     (long)getpid()) >= 0)
		return true;
	p->temporary = NULL;
	return false;
}

FILE *outdir_file(struct outdir *d, const char *name)
{
	struct part *p = &d->parts[d->nparts];

	d->nparts += d->nparts < MAX_FILES;
	if (p == &d->parts[MAX_FILES] || !name_part(d, p, name)) {
		errno = ENOMEM;
		remember(d, name);
		return NULL;
	}
	p->file = fopen(p->temporary ? p->temporary : p->name, "w");
	if (!p->file)
		remember(d, p->name);
	return p->file;
}

/* A stream that failed has forgotten why: one byte more, of what is dropped anyway, tells. */
static void ask_why(FILE *file)
{
	clearerr(file);
	errno = 0;
	if (fputc('\n', file) != EOF)
		fflush(file);
}

/* Everything of one file is on the disk. */
static void finish(struct outdir *d, struct part *p)
{
	bool failed;

	if (!p->file)
		return;
	failed = ferror(p->file);
	errno = 0;
	if (failed)
		ask_why(p->file);
	else
		failed = fflush(p->file) != 0 || (p->temporary && fsync(fileno(p->file)) != 0);
	if (failed)
		remember(d, p->name);
	if (fclose(p->file) != 0)
		remember(d, p->name);
	p->file = NULL;
}

void outdir_replaces(struct outdir *d, const char *name)
{
	if (d->nold < OUTDIR_OLD)
		d->old[d->nold++] = name;
}

static bool is_written(const struct outdir *d, const char *path)
{
	for (unsigned i = 0; i < d->nparts; i++)
		if (strcmp(d->parts[i].name, path) == 0)
			return true;
	return false;
}

static void remove_old(struct outdir *d, const char *name)
{
	char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s/%s", d->path, name) < 0) {
		errno = ENOMEM;
		remember(d, name);
		return;
	}
	/* A link or a device was put there by somebody else. */
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && !is_written(d, path) &&
	    unlink(path) != 0)
		remember(d, name);
	free(path);
}

bool outdir_commit(struct outdir *d, char *text, size_t size)
{
	for (unsigned i = 0; i < d->nparts; i++)
		finish(d, &d->parts[i]);
	for (unsigned i = 0; i < d->nparts && !d->error; i++) {
		struct part *p = &d->parts[i];

		if (!p->temporary)
			continue;
		if (rename(p->temporary, p->name) != 0) {
			remember(d, p->name);
			break;
		}
		free(p->temporary);
		p->temporary = NULL;
	}
	for (unsigned i = 0; i < d->nold && !d->error; i++)
		remove_old(d, d->old[i]);
	if (d->error)
		snprintf(text, size, "cannot write %s: %s", d->failed_name, strerror(d->error));
	return !d->error;
}
