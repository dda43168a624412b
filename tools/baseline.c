#include "tools/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "tools/outdir.h"
#include "tools/run.h"

/* What is not the same twice would change a file for nothing. */
static json_t *lasting(const json_t *result)
{
	json_t *copy = json_copy((json_t *)result);

	json_object_del(copy, "host");
	json_object_del(copy, "engine");
	return copy;
}

static bool fail(char *text, size_t size, const char *what, const char *path)
{
	snprintf(text, size, "cannot %s %s: %s", what, path, strerror(errno ? errno : EIO));
	return false;
}

static bool copy_stream(FILE *in, FILE *out)
{
	char block[65536];
	size_t n;

	errno = 0;
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		if (fwrite(block, 1, n, out) != n)
			return false;
	return !ferror(in);
}

/* It comes before result.json: of a rewriting cut short, the histograms are known not to belong
 * to the figures. */
static bool put_log(struct outdir *dir, const struct result_read *r, bool *has, char *text,
		    size_t size)
{
	char *path;
	FILE *in, *out;
	bool ok = true;

	*has = false;
	if (!r->folder)
		return true;
	if (asprintf(&path, "%s/latency.hlog", r->folder) < 0) {
		errno = ENOMEM;
		return fail(text, size, "read", "latency.hlog");
	}
	in = fopen(path, "r");
	if (!in && errno != ENOENT)
		ok = fail(text, size, "read", path);
	out = in ? outdir_file(dir, "latency.hlog") : NULL;
	if (out && !copy_stream(in, out))
		ok = fail(text, size, "copy", path);
	*has = in != NULL;
	if (in)
		fclose(in);
	free(path);
	return ok;
}

/* A result without histograms leaves none: those of the baseline before would not be its own.
 */
static bool drop_log(const char *folder, char *text, size_t size)
{
	char *path;
	bool ok;

	if (asprintf(&path, "%s/latency.hlog", folder) < 0) {
		errno = ENOMEM;
		return fail(text, size, "remove", "latency.hlog");
	}
	ok = unlink(path) == 0 || errno == ENOENT || fail(text, size, "remove", path);
	free(path);
	return ok;
}

static bool put_json(struct outdir *dir, const struct result_read *r, char *text, size_t size)
{
	json_t *json = lasting(r->json);
	FILE *out = outdir_file(dir, "result.json");
	bool ok = json != NULL;

	if (!ok) {
		errno = ENOMEM;
		fail(text, size, "write", "result.json");
	}
	if (ok && out && !run_write_json(out, json))
		ok = fail(text, size, "write", "result.json");
	json_decref(json);
	return ok;
}

static bool write_both(const char *folder, const struct result_read *r, char *text, size_t size)
{
	struct outdir *dir = outdir_new(folder, text, size);
	bool has_log;
	bool ok = dir && put_log(dir, r, &has_log, text, size) &&
		  put_json(dir, r, text, size) && outdir_commit(dir, text, size) &&
		  (has_log || drop_log(folder, text, size));

	outdir_free(dir);
	return ok;
}

/* Who asks us to stop waits for it: nothing is left beside the files. */
bool baseline_write(const char *folder, const struct result_read *r, char *text, size_t size)
{
	sigset_t before;
	bool ok;

	interrupt_hold(&before);
	ok = write_both(folder, r, text, size);
	interrupt_let_in(&before);
	return ok;
}
