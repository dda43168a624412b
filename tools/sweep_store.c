#include "tools/sweep_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "tools/outdir.h"
#include "tools/result_read.h"

#define LEFTOVER_SECONDS 3600

static bool out_of_memory(char *text)
{
	snprintf(text, SWEEP_STORE_TEXT, "out of memory");
	return false;
}

char *sweep_store_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

/* The folder of a point's result. */
static char *result_folder(const char *dir, const char *id)
{
	char *path;

	return asprintf(&path, "%s/points/%.2s", dir, id) < 0 ? NULL : path;
}

char *sweep_store_result_path(const char *dir, const char *id)
{
	char *path;

	return asprintf(&path, "%s/points/%.2s/%s.json", dir, id, id) < 0 ? NULL : path;
}

static char *failure_path(const char *dir, const char *id)
{
	char *path;

	return asprintf(&path, "%s/failed/%s.json", dir, id) < 0 ? NULL : path;
}

/* ---- files ----------------------------------------------------------------------------- */

/* All of one file of a folder, by rename; who asks us to stop waits for it. */
static bool write_file(const char *folder, const char *name, const char *data, size_t size,
		       char *text)
{
	struct outdir *d;
	sigset_t before;
	FILE *out;
	bool ok;

	interrupt_hold(&before);
	d = outdir_new(folder, text, SWEEP_STORE_TEXT);
	out = d ? outdir_file(d, name) : NULL;
	if (out)
		fwrite(data, 1, size, out);
	ok = d && outdir_commit(d, text, SWEEP_STORE_TEXT);
	outdir_free(d);
	interrupt_let_in(&before);
	return ok;
}

static bool write_json(const char *folder, const char *id, const json_t *json, char *text)
{
	char *data = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
	char name[48];
	bool ok;

	snprintf(name, sizeof(name), "%s.json", id);
	ok = data ? write_file(folder, name, data, strlen(data), text) : out_of_memory(text);
	free(data);
	return ok;
}

/* ---- points ---------------------------------------------------------------------------- */

static enum sweep_store_state look_into(const char *path, const char *id, json_t **json,
					char *text)
{
	struct result_read_error err;
	struct result_read r;
	const char *found;
	bool same;

	if (!result_read_open(path, &r, &err)) {
		snprintf(text, SWEEP_STORE_TEXT, "%s", err.text);
		return SWEEP_STORE_DAMAGED;
	}
	found = json_string_value(json_object_get(r.json, "sweep_point"));
	same = found && strcmp(found, id) == 0;
	if (!same)
		snprintf(text, SWEEP_STORE_TEXT, "%s: the result of another point", path);
	else if (json)
		*json = json_incref(r.json);
	result_read_close(&r);
	return same ? SWEEP_STORE_DONE : SWEEP_STORE_DAMAGED;
}

enum sweep_store_state sweep_store_look(const char *dir, const char *id, json_t **json,
					char *text)
{
	char *path = sweep_store_result_path(dir, id);
	enum sweep_store_state state = SWEEP_STORE_MISSING;

	if (path && access(path, F_OK) == 0)
		state = look_into(path, id, json, text);
	free(path);
	return state;
}

bool sweep_store_put(const char *dir, const char *id, json_t *result, char *text)
{
	char *folder = result_folder(dir, id), *failure = failure_path(dir, id);
	bool ok = (folder && failure) || out_of_memory(text);

	json_object_set_new(result, "sweep_point", json_string(id));
	ok = ok && write_json(folder, id, result, text);
	if (ok)
		unlink(failure); /* mostly there is none */
	free(folder);
	free(failure);
	return ok;
}

bool sweep_store_put_failure(const char *dir, const char *id, int status, const char *why,
			     char *text)
{
	char *folder = sweep_store_path(dir, "failed");
	json_t *json = json_pack("{ss si ss}", "id", id, "status", status, "error", why);
	bool ok = (folder && json) || out_of_memory(text);

	ok = ok && write_json(folder, id, json, text);
	json_decref(json);
	free(folder);
	return ok;
}

json_t *sweep_store_failure(const char *dir, const char *id)
{
	char *path = failure_path(dir, id);
	json_t *json = path ? json_load_file(path, 0, NULL) : NULL;

	free(path);
	return json;
}

/* ---- the manifest ---------------------------------------------------------------------- */

/* Whether the file has exactly this text; *there whether there is one at all. */
static bool has_text(const char *path, const char *data, size_t size, bool *there)
{
	FILE *in = fopen(path, "rb");
	char buffer[1 << 14];
	size_t at = 0, got;
	bool same = in != NULL;

	*there = in != NULL;
	while (same && (got = fread(buffer, 1, sizeof(buffer), in)) > 0) {
		same = got <= size - at && memcmp(buffer, data + at, got) == 0;
		at += got;
	}
	if (in)
		fclose(in);
	return same && at == size;
}

bool sweep_store_put_manifest(const char *dir, const char *manifest, size_t size, bool *was,
			      char *text)
{
	char *path = sweep_store_path(dir, "manifest.jsonl");
	bool same = path && has_text(path, manifest, size, was);

	if (!path)
		return out_of_memory(text);
	free(path);
	*was = *was && !same;
	return same || write_file(dir, "manifest.jsonl", manifest, size, text);
}

/* ---- the lock -------------------------------------------------------------------------- */

/* A record lock is this process's own: children that outlive it do not hold it. */
int sweep_store_lock(const char *dir, bool *busy, char *text)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct outdir *d = outdir_new(dir, text, SWEEP_STORE_TEXT);
	char *path = sweep_store_path(dir, "lock");
	int fd = -1;

	*busy = false;
	if (d && !path)
		out_of_memory(text);
	if (d && path) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0)
			snprintf(text, SWEEP_STORE_TEXT, "cannot write %s: %s", path,
				 strerror(errno));
	}
	if (fd >= 0 && fcntl(fd, F_SETLK, &whole) != 0) {
		*busy = errno == EACCES || errno == EAGAIN;
		snprintf(text, SWEEP_STORE_TEXT, "cannot lock %s: %s", path, strerror(errno));
		if (*busy && fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK)
			snprintf(text, SWEEP_STORE_TEXT,
				 "another sweep is at work in %s (process %ld)", dir,
				 (long)whole.l_pid);
		close(fd);
		fd = -1;
	}
	free(path);
	outdir_free(d);
	return fd;
}

void sweep_store_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

/* ---- leftovers ------------------------------------------------------------------------- */

/* Temporary files of outdir.c begin with a dot. */
static void tidy_folder(const char *path)
{
	DIR *d = opendir(path);
	time_t now = time(NULL);
	struct dirent *e;
	struct stat st;

	while (d && (e = readdir(d)) != NULL)
		if (e->d_name[0] == '.' && strstr(e->d_name, ".json") &&
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && now - st.st_mtime > LEFTOVER_SECONDS)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static void tidy_in(const char *dir, const char *name)
{
	char *path = sweep_store_path(dir, name);

	if (path)
		tidy_folder(path);
	free(path);
}

void sweep_store_tidy(const char *dir)
{
	char name[16];

	tidy_folder(dir);
	tidy_in(dir, "failed");
	for (unsigned i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "points/%02x", i);
		tidy_in(dir, name);
	}
}
