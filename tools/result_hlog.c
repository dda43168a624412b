/*
 * latency.hlog: the histograms that the rows of latency.csv were read from, in the same order.
 */
#include "sim/hist_log.h"
#include "tools/result.h"

bool result_hlog(FILE *out, const struct result *r)
{
	uint64_t mhz = r->scenario->machine->clock_mhz;
	uint64_t end_ms = r->counts->end_date / (mhz * 1000);

	sim_hist_log_begin(out, mhz);
	for (unsigned i = 0; i < r->rows.n; i++) {
		char tag[LATENCY_ROWS_TAG];

		latency_rows_tag(&r->rows.rows[i], tag);
		if (!sim_hist_log_put(out, tag, end_ms, r->rows.rows[i].hist))
			return false;
	}
	return true;
}
