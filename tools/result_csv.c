/*
 * latency.csv.
 */
#include <inttypes.h>

#include "tools/result.h"

/* What a row is described by, in both units. */
static void distribution_header(FILE *out, const char *unit)
{
	fprintf(out, ",mean_%s,min_%s", unit, unit);
	for (unsigned p = 0; p < LATENCY_PERCENTILES; p++)
		fprintf(out, ",%s_%s", latency_rows_percentile_names[p], unit);
	fprintf(out, ",max_%s", unit);
}

/* Rounded to whole ns. */
static uint64_t ns(uint64_t cycles, uint64_t mhz)
{
	return cycles / mhz * 1000 + (cycles % mhz * 1000 + mhz / 2) / mhz;
}

static void distribution(FILE *out, const struct latency_row *row)
{
	fprintf(out, ",%" PRIu64 ",%" PRIu64, latency_rows_mean(row), row->min);
	for (unsigned p = 0; p < LATENCY_PERCENTILES; p++)
		fprintf(out, ",%" PRIu64, row->percentile[p]);
	fprintf(out, ",%" PRIu64, row->max);
}

static void distribution_ns(FILE *out, const struct latency_row *row, uint64_t mhz)
{
	struct latency_row in_ns = { .count = row->count,
				     .sum = ns(row->sum, mhz),
				     .min = ns(row->min, mhz),
				     .max = ns(row->max, mhz) };

	for (unsigned p = 0; p < LATENCY_PERCENTILES; p++)
		in_ns.percentile[p] = ns(row->percentile[p], mhz);
	distribution(out, &in_ns);
}

void result_csv_latency(FILE *out, const struct result *r)
{
	fprintf(out, "op,by,key,count,sum_cycles");
	distribution_header(out, "cycles");
	fprintf(out, ",memory_cycles,pages_cycles,lock_wait_cycles,sleep_cycles,io_cycles");
	distribution_header(out, "ns");
	fputc('\n', out);
	for (unsigned i = 0; i < r->rows.n; i++) {
		const struct latency_row *row = &r->rows.rows[i];

		fprintf(out, "%s,%s,%s,%" PRIu64 ",%" PRIu64, row->op, row->by, row->key,
			row->count, row->sum);
		distribution(out, row);
		for (unsigned part = 0; part < SIM_PARTS; part++)
			if (latency_rows_has_parts(row))
				fprintf(out, ",%" PRIu64, row->part[part]);
			else
				fputc(',', out);
		distribution_ns(out, row, r->scenario->machine->clock_mhz);
		fputc('\n', out);
	}
}
