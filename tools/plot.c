/*
 * A folder of its own inside the target holds everything until gnuplot has drawn all plots;
 * then the files take their places.
 */
#include "tools/plot.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "tools/outdir.h"
#include "tools/plot_parts.h"

#define SAID "gnuplot.said"

static volatile sig_atomic_t caught; /* the signal that came, 0 = none */

static void on_signal(int number)
{
	caught = number;
}

static bool is_name(const char *name)
{
	static const char fits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-_";

	return *name && !name[strspn(name, fits)];
}

/* ---- the folder in which gnuplot works ------------------------------------------------- */

static void remove_work(const char *work)
{
	DIR *d = opendir(work);

	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(work);
}

static FILE *open_in(const char *work, const char *name, const char *end, const char *mode)
{
	char *path;
	FILE *f;

	if (asprintf(&path, "%s/%s%s", work, name, end) < 0)
		return NULL;
	f = fopen(path, mode);
	free(path);
	return f;
}

static bool write_part(const char *work, const struct plot *p, const char *end,
		       void (*put)(const struct plot *p, FILE *out), char *text, size_t size)
{
	FILE *f = open_in(work, p->name, end, "w");
	bool ok = f != NULL;

	if (f) {
		put(p, f);
		ok = !ferror(f);
		ok = fclose(f) == 0 && ok;
	}
	if (!ok)
		snprintf(text, size, "cannot write %s%s: %s", p->name, end, strerror(errno));
	return ok;
}

static bool draw(const char *work, const struct plot *p, char *text, size_t size)
{
	char script[256], why[512];

	if (!is_name(p->name) ||
	    snprintf(script, sizeof(script), "%s.gp", p->name) >= (int)sizeof(script)) {
		snprintf(text, size, "'%s' cannot be the name of a plot", p->name);
		return false;
	}
	if (!write_part(work, p, ".dat", plot_script_data, text, size) ||
	    !write_part(work, p, ".gp", plot_script_write, text, size))
		return false;
	if (plot_run(work, script, SAID, why, sizeof(why)))
		return true;
	snprintf(text, size, "cannot draw %s: %s", p->name, why);
	return false;
}

/* ---- to their places ------------------------------------------------------------------- */

/* All lines but the one in which gnuplot tells its version. A picture has to be whole: on a
 * full disk gnuplot ends as if nothing were wrong. */
static bool move(const char *work, const char *name, const char *end, struct outdir *d)
{
	char full[264], *line = NULL;
	size_t room = 0;
	FILE *from = open_in(work, name, end, "r"), *to;
	bool whole = strcmp(end, ".svg") != 0;

	snprintf(full, sizeof(full), "%s%s", name, end);
	to = outdir_file(d, full);
	while (from && to && getline(&line, &room, from) > 0) {
		if (strncmp(line, "<desc>", 6) != 0)
			fputs(line, to);
		whole = whole || strncmp(line, "</svg>", 6) == 0;
	}
	free(line);
	if (from)
		fclose(from);
	errno = whole ? errno : ENOSPC;
	return from && to && whole;
}

static bool move_all(const char *work, const struct plot *plots, unsigned n, struct outdir *d,
		     char *text, size_t size)
{
	static const char *const ends[] = { ".dat", ".gp", ".svg" };

	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < 3; k++)
			if (!move(work, plots[i].name, ends[k], d)) {
				snprintf(text, size, "cannot write %s%s: %s", plots[i].name,
					 ends[k], strerror(errno));
				return false;
			}
	return outdir_commit(d, text, size);
}

static bool write_in(const char *work, const struct plot *plots, unsigned n, struct outdir *d,
		     char *text, size_t size)
{
	for (unsigned i = 0; i < n && !caught; i++)
		if (!draw(work, &plots[i], text, size))
			return false;
	if (!caught)
		return move_all(work, plots, n, d, text, size);
	snprintf(text, size, "interrupted");
	return false;
}

bool plot_write(const char *folder, const struct plot *plots, unsigned n, char *text,
		size_t size)
{
	struct outdir *d = outdir_new(folder, text, size);
	struct interrupt before;
	char *work = NULL;
	bool ok = false;

	if (!d)
		return false;
	caught = 0;
	interrupt_catch(&before, on_signal);
	if (asprintf(&work, "%s/.plot.XXXXXX", folder) < 0)
		work = NULL;
	if (work && mkdtemp(work)) {
		ok = write_in(work, plots, n, d, text, size);
		remove_work(work);
	} else {
		snprintf(text, size, "cannot make a folder in %s: %s", folder, strerror(errno));
	}
	free(work);
	outdir_free(d);
	interrupt_release(&before);
	if (caught)
		raise(caught);
	return ok;
}
