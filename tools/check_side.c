/*
 * One side of a check: a result and its histograms.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/check_core.h"

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

static bool check_log(const struct check_side *side, const char *path, struct check_error *err)
{
	const json_t *rows = json_object_get(side->result.json, "latency");

	if (json_array_size(rows) != side->log.n)
		return check_fail(err, "%s is not of the same run as %s", path,
				  side->result.name);
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (!belongs(json_array_get(rows, i), &side->log))
			return check_fail(err, "%s is not of the same run as %s", path,
					  side->result.name);
	return true;
}

/* A result without histograms can be compared, but for these. */
static bool read_log(struct check_side *side, struct check_error *err)
{
	struct result_read_error failed;
	char *path;
	bool ok;

	if (!result_read_log(&side->result, &side->log, &side->has_log, &failed))
		return check_fail(err, "%s", failed.text);
	if (!side->has_log)
		return true;
	if (asprintf(&path, "%s/latency.hlog", side->result.folder) < 0)
		return check_fail(err, "out of memory");
	ok = check_log(side, path, err);
	free(path);
	return ok;
}

bool check_side_open(struct check_side *side, const char *path, struct check_error *err)
{
	struct result_read_error failed;

	*side = (struct check_side){ 0 };
	if (!result_read_open(path, &side->result, &failed))
		return check_fail(err, "%s", failed.text);
	side->metrics = metric_list_new(side->result.json);
	if (side->metrics ? read_log(side, err) : check_fail(err, "out of memory"))
		return true;
	check_side_close(side);
	return false;
}

void check_side_close(struct check_side *side)
{
	metric_list_free(side->metrics);
	sim_hist_log_free(&side->log);
	result_read_close(&side->result);
	*side = (struct check_side){ 0 };
}
