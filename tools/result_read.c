#include "tools/result_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/cmd.h"
#include "tools/result.h"

static bool fail(struct result_read_error *err, int status, const char *fmt, ...)
{
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- what has to be in it -------------------------------------------------------------- */

static bool check_format(const json_t *json, const char *name, struct result_read_error *err)
{
	const char *format = json_string_value(json_object_get(json, "format"));
	const json_t *version = json_object_get(json, "version");

	if (!format || strcmp(format, "pagesim result") != 0)
		return fail(err, CMD_BAD_DATA, "%s: this is no result of pagesim run", name);
	if (!json_is_integer(version) || json_integer_value(version) < 1)
		return fail(err, CMD_BAD_DATA, "%s: it does not say its version", name);
	if (json_integer_value(version) > RESULT_VERSION)
		return fail(err, CMD_BAD_DATA,
			    "%s: a result of version %lld; this program knows up to %d", name,
			    (long long)json_integer_value(version), RESULT_VERSION);
	return true;
}

static bool check_members(const json_t *json, const char *name, struct result_read_error *err)
{
	static const struct {
		const char *key;
		json_type type;
	} members[] = {
		{ "kernel", JSON_STRING },        { "scenario", JSON_OBJECT },
		{ "inputs", JSON_OBJECT },        { "counters", JSON_OBJECT },
		{ "latency", JSON_ARRAY },        { "fragmentation", JSON_ARRAY },
		{ "series", JSON_ARRAY },         { "final_state", JSON_ARRAY },
		{ "result_digest", JSON_STRING },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const json_t *member = json_object_get(json, members[i].key);

		if (!member || json_typeof(member) != members[i].type)
			return fail(err, CMD_BAD_DATA, "%s: '%s' is missing or of a wrong kind",
				    name, members[i].key);
	}
	return true;
}

/* Names and totals are made of these texts, wherever a result goes. */
static bool check_latency(const json_t *json, const char *name, struct result_read_error *err)
{
	static const char *const keys[] = { "op", "by", "key" };
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(json, "latency"), i, row)
	{
		for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
			if (!json_is_string(json_object_get(row, keys[k])))
				return fail(err, CMD_BAD_DATA,
					    "%s: 'latency[%zu].%s' is missing or no text", name,
					    i, keys[k]);
	}
	return true;
}

static bool check_digest(const json_t *json, const char *name, struct result_read_error *err)
{
	const char *said = json_string_value(json_object_get(json, "result_digest"));
	char found[33];

	if (!result_digest(json, found))
		return fail(err, CMD_SYSTEM, "%s: out of memory", name);
	if (strcmp(said, found) != 0)
		return fail(err, CMD_BAD_DATA,
			    "%s: damaged or edited: result_digest says %.40s, its figures "
			    "have %s",
			    name, said, found);
	return true;
}

bool result_read_json(json_t *json, const char *name, struct result_read *r,
		      struct result_read_error *err)
{
	*r = (struct result_read){ 0 };
	if (!check_format(json, name, err) || !check_members(json, name, err) ||
	    !check_latency(json, name, err) || !check_digest(json, name, err))
		return false;
	r->name = strdup(name);
	if (!r->name)
		return fail(err, CMD_SYSTEM, "%s: out of memory", name);
	r->json = json_incref(json);
	r->kernel = json_string_value(json_object_get(json, "kernel"));
	r->digest = json_string_value(json_object_get(json, "result_digest"));
	r->clock_mhz = (unsigned)json_integer_value(json_object_get(
		json_object_get(json_object_get(json, "scenario"), "machine"), "clock_mhz"));
	return true;
}

/* ---- files ----------------------------------------------------------------------------- */

/* The file that is meant, and the folder it lies in. False when memory is short. */
static bool locate(const char *path, char **file, char **folder)
{
	struct stat st;
	const char *slash = strrchr(path, '/');

	*file = *folder = NULL;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		*folder = strdup(path);
		if (asprintf(file, "%s/result.json", path) < 0)
			*file = NULL;
	} else {
		*folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
		*file = strdup(path);
	}
	if (*file && *folder)
		return true;
	free(*file);
	free(*folder);
	return false;
}

/* Keys that stand twice are refused: nobody knows which of them was meant. */
static json_t *parse(FILE *in, const char *name, struct result_read_error *err)
{
	json_error_t where;
	json_t *json = json_loadf(in, JSON_REJECT_DUPLICATES, &where);

	if (json)
		return json;
	if (ferror(in))
		fail(err, CMD_SYSTEM, "%s: cannot read: %s", name, strerror(errno));
	else if (json_error_code(&where) == json_error_out_of_memory)
		fail(err, CMD_SYSTEM, "%s: out of memory", name);
	else
		fail(err, CMD_BAD_DATA, "%s:%d:%d: no JSON: %s", name, where.line, where.column,
		     where.text);
	return NULL;
}

static bool read_stream(FILE *in, const char *name, struct result_read *r,
			struct result_read_error *err)
{
	json_t *json = parse(in, name, err);
	bool ok = json && result_read_json(json, name, r, err);

	json_decref(json);
	return ok;
}

bool result_read_open(const char *path, struct result_read *r, struct result_read_error *err)
{
	char *file, *folder;
	FILE *in;
	bool ok = false;

	*r = (struct result_read){ 0 };
	if (strcmp(path, "-") == 0)
		return read_stream(stdin, "stdin", r, err);
	if (!locate(path, &file, &folder))
		return fail(err, CMD_SYSTEM, "%s: out of memory", path);
	in = fopen(file, "r");
	if (in) {
		ok = read_stream(in, file, r, err);
		fclose(in);
	} else {
		fail(err, cmd_wrong_name(errno) ? CMD_USAGE : CMD_SYSTEM, "%s: %s", file,
		     strerror(errno));
	}
	free(file);
	if (ok)
		r->folder = folder;
	else
		free(folder);
	return ok;
}

/* result.json's row and the histogram of that tag hold equally many values. */
static bool belongs(const json_t *row, const struct sim_hist_log *log)
{
	const char *op = json_string_value(json_object_get(row, "op"));
	const char *by = json_string_value(json_object_get(row, "by"));
	const char *key = json_string_value(json_object_get(row, "key"));
	const struct sim_hist_log_entry *entry;
	char tag[128];

	if (!op || !by || !key)
		return false;
	if (*key)
		snprintf(tag, sizeof(tag), "%.40s.%.40s.%.40s", op, by, key);
	else
		snprintf(tag, sizeof(tag), "%.40s", op);
	entry = sim_hist_log_find(log, tag);
	return entry && sim_hist_count(entry->hist) ==
				(uint64_t)json_integer_value(json_object_get(row, "count"));
}

/* A log that was put beside it from elsewhere shows curves of another run. */
static bool check_log(const struct result_read *r, const struct sim_hist_log *log,
		      const char *path, struct result_read_error *err)
{
	const json_t *rows = json_object_get(r->json, "latency");
	bool same = json_array_size(rows) == log->n;

	for (size_t i = 0; same && i < json_array_size(rows); i++)
		same = belongs(json_array_get(rows, i), log);
	return same ||
	       fail(err, CMD_BAD_DATA, "%s is not of the same run as %s", path, r->name);
}

bool result_read_log(const struct result_read *r, struct sim_hist_log *log, bool *there,
		     struct result_read_error *err)
{
	struct sim_hist_log_error failed;
	char *path;
	FILE *in;
	bool ok = true;

	*log = (struct sim_hist_log){ 0 };
	*there = false;
	if (!r->folder)
		return true;
	if (asprintf(&path, "%s/latency.hlog", r->folder) < 0)
		return fail(err, CMD_SYSTEM, "out of memory");
	in = fopen(path, "r");
	if (in) {
		ok = *there = sim_hist_log_read(in, path, log, &failed);
		if (!ok)
			fail(err, failed.system ? CMD_SYSTEM : CMD_BAD_DATA, "%s", failed.text);
		fclose(in);
		if (ok && !check_log(r, log, path, err)) {
			sim_hist_log_free(log);
			*log = (struct sim_hist_log){ 0 };
			ok = *there = false;
		}
	} else if (errno != ENOENT) {
		ok = fail(err, CMD_SYSTEM, "%s: %s", path, strerror(errno));
	}
	free(path);
	return ok;
}

void result_read_close(struct result_read *r)
{
	json_decref(r->json);
	free(r->name);
	free(r->folder);
	*r = (struct result_read){ 0 };
}
