/*
 * One side of a check: a result and its histograms.
 */
#include "tools/check_core.h"

/* A result without histograms can be compared, but for these. */
static bool read_log(struct check_side *side, struct check_error *err)
{
	struct result_read_error failed;

	return result_read_log(&side->result, &side->log, &side->has_log, &failed) ||
	       check_fail(err, "%s", failed.text);
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
