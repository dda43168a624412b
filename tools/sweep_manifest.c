#include "tools/sweep_manifest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/result.h"
#include "tools/sweep_patch.h"

struct reader {
	struct sweep_manifest *m;
	struct sweep_manifest_error *err;
	const char *name;
	size_t line;
	size_t room_files, room_machines, room_points;
};

static bool fail(struct reader *r, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct reader *r, int status, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	r->err->status = status;
	if (r->line)
		snprintf(r->err->text, sizeof(r->err->text), "%.400s:%zu: %s", r->name, r->line,
			 what);
	else
		snprintf(r->err->text, sizeof(r->err->text), "%.400s: %s", r->name, what);
	return false;
}

static bool damaged(struct reader *r)
{
	return fail(r, CMD_BAD_DATA, "this line is damaged: it is no %s of a manifest",
		    r->line == 1 ? "beginning" : "line");
}

/* Room for one more; false when memory is short. */
static bool grow(void **list, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 16;
	void *grown;

	if (n < *room)
		return true;
	grown = realloc(*list, more * size);
	if (!grown)
		return false;
	*list = grown;
	*room = more;
	return true;
}

/* ---- lines ----------------------------------------------------------------------------- */

static bool read_head(struct reader *r, json_t *line)
{
	const char *format = json_string_value(json_object_get(line, "format"));
	json_int_t version = json_integer_value(json_object_get(line, "version"));
	json_int_t results = json_integer_value(json_object_get(line, "result_version"));

	if (!format || strcmp(format, "pagesim sweep") != 0)
		return fail(r, CMD_BAD_DATA, "this is no manifest of a sweep");
	if (version != SWEEP_MANIFEST_VERSION)
		return fail(r, CMD_USAGE,
			    "a manifest of version %lld, this program knows %d: plan the sweep "
			    "again",
			    (long long)version, SWEEP_MANIFEST_VERSION);
	if (results != RESULT_VERSION)
		return fail(r, CMD_USAGE,
			    "planned for results of version %lld, this program makes %d: plan "
			    "the sweep again",
			    (long long)results, RESULT_VERSION);
	r->m->axes = json_object_get(line, "axes");
	if (!json_is_array(r->m->axes) || !json_is_object(json_object_get(line, "scenario")))
		return damaged(r);
	r->m->head = json_incref(line);
	return true;
}

static bool read_file(struct reader *r, json_t *line)
{
	struct sweep_manifest *m = r->m;
	struct sweep_manifest_file f = {
		.path = json_string_value(json_object_get(line, "path")),
		.digest = json_string_value(json_object_get(line, "digest")),
		.events = (uint64_t)json_integer_value(json_object_get(line, "events")),
		.allocs = (uint64_t)json_integer_value(json_object_get(line, "allocs")),
		.has_state = json_is_true(json_object_get(line, "state")),
	};

	if (!f.path || !f.digest || strlen(f.digest) != 32)
		return damaged(r);
	if (!grow((void **)&m->files, m->nfiles, &r->room_files, sizeof(*m->files)))
		return fail(r, CMD_SYSTEM, "out of memory");
	f.json = json_incref(line);
	m->files[m->nfiles++] = f;
	return true;
}

static bool read_machine(struct reader *r, json_t *line)
{
	struct sweep_manifest *m = r->m;

	if (!grow((void **)&m->machines, m->nmachines, &r->room_machines, sizeof(*m->machines)))
		return fail(r, CMD_SYSTEM, "out of memory");
	m->machines[m->nmachines++] = json_incref(json_object_get(line, "machine"));
	return true;
}

/* The number under key, which has to be below n; NONE where there is none. */
static bool read_number(const json_t *line, const char *key, size_t n, size_t *out)
{
	const json_t *number = json_object_get(line, key);

	*out = SWEEP_MANIFEST_NONE;
	if (!number)
		return true;
	*out = (size_t)json_integer_value(number);
	return json_is_integer(number) && *out < n;
}

static bool is_id(const char *text)
{
	return text && strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32;
}

static bool read_point(struct reader *r, json_t *line)
{
	struct sweep_manifest *m = r->m;
	const char *id = json_string_value(json_object_get(line, "id"));
	const json_t *events = json_object_get(line, "events");
	struct sweep_manifest_point p = { .events = (uint64_t)json_integer_value(events),
					  .values = json_object_get(line, "values"),
					  .patch = json_object_get(line, "scenario") };

	if (!is_id(id) || !json_is_object(p.values) || !json_is_object(p.patch) ||
	    !read_number(line, "trace_file", m->nfiles, &p.trace) ||
	    !read_number(line, "start_file", m->nfiles, &p.start) ||
	    !read_number(line, "machine_number", m->nmachines, &p.machine) ||
	    p.machine == SWEEP_MANIFEST_NONE)
		return damaged(r);
	if (!grow((void **)&m->points, m->npoints, &r->room_points, sizeof(*m->points)))
		return fail(r, CMD_SYSTEM, "out of memory");
	memcpy(p.id, id, sizeof(p.id));
	json_incref(p.values);
	json_incref(p.patch);
	m->points[m->npoints++] = p;
	return true;
}

static bool read_line(struct reader *r, const char *text, size_t size)
{
	json_t *line = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	bool ok;

	if (!line)
		return damaged(r);
	if (r->line == 1)
		ok = read_head(r, line);
	else if (json_object_get(line, "file"))
		ok = read_file(r, line);
	else if (json_is_object(json_object_get(line, "machine")))
		ok = read_machine(r, line);
	else
		ok = read_point(r, line);
	json_decref(line);
	return ok;
}

/* ---- the whole ------------------------------------------------------------------------- */

static bool read_lines(struct reader *r, const char *text, size_t size)
{
	const char *end = text + size, *stop;

	for (; text < end; text = stop + 1) {
		r->line++;
		stop = memchr(text, '\n', (size_t)(end - text));
		if (!stop)
			return fail(r, CMD_BAD_DATA, "the manifest is cut off here");
		if (!read_line(r, text, (size_t)(stop - text)))
			return false;
	}
	r->line = 0;
	if (!r->m->head)
		return fail(r, CMD_BAD_DATA, "this is no manifest of a sweep: it is empty");
	if ((json_int_t)r->m->npoints !=
	    json_integer_value(json_object_get(r->m->head, "points")))
		return fail(
			r, CMD_BAD_DATA, "damaged: %zu points instead of %lld", r->m->npoints,
			(long long)json_integer_value(json_object_get(r->m->head, "points")));
	return true;
}

struct sweep_manifest *sweep_manifest_parse(const char *text, size_t size, const char *name,
					    struct sweep_manifest_error *err)
{
	struct reader r = { .m = calloc(1, sizeof(*r.m)), .err = err, .name = name };

	if (!r.m) {
		fail(&r, CMD_SYSTEM, "out of memory");
		return NULL;
	}
	if (read_lines(&r, text, size))
		return r.m;
	sweep_manifest_free(r.m);
	return NULL;
}

/* The whole stream, NULL with errno set. */
static char *read_stream(FILE *in, size_t *size)
{
	char *text = NULL, buffer[1 << 16];
	FILE *out = open_memstream(&text, size);
	size_t got;
	bool bad;

	if (!out)
		return NULL;
	while ((got = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, got, out);
	bad = ferror(in) || ferror(out);
	if (fclose(out) == 0 && !bad)
		return text;
	free(text);
	return NULL;
}

struct sweep_manifest *sweep_manifest_open(const char *path, struct sweep_manifest_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "rb");
	struct sweep_manifest *m = NULL;
	size_t size = 0;
	char *text = in ? read_stream(in, &size) : NULL;

	if (text) {
		m = sweep_manifest_parse(text, size, is_stdin ? "stdin" : path, err);
	} else {
		err->status = in ? CMD_SYSTEM : CMD_USAGE;
		snprintf(err->text, sizeof(err->text), "%s: %s", path, strerror(errno));
	}
	free(text);
	if (in && !is_stdin)
		fclose(in);
	return m;
}

void sweep_manifest_free(struct sweep_manifest *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->npoints; i++) {
		json_decref(m->points[i].values);
		json_decref(m->points[i].patch);
	}
	for (size_t i = 0; i < m->nmachines; i++)
		json_decref(m->machines[i]);
	for (size_t i = 0; i < m->nfiles; i++)
		json_decref(m->files[i].json);
	free(m->points);
	free(m->machines);
	free(m->files);
	json_decref(m->head);
	free(m);
}

json_t *sweep_manifest_scenario(const struct sweep_manifest *m, size_t point)
{
	const struct sweep_manifest_point *p = &m->points[point];
	json_t *scenario = sweep_patch_apply(json_object_get(m->head, "scenario"), p->patch);

	json_object_set(scenario, "machine", m->machines[p->machine]);
	return scenario;
}

size_t sweep_manifest_find(const struct sweep_manifest *m, const char *id)
{
	for (size_t i = 0; i < m->npoints; i++)
		if (strcmp(m->points[i].id, id) == 0)
			return i;
	return SWEEP_MANIFEST_NONE;
}
