#include "tools/verify_free_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Difference in tenths of a per cent of what was measured. */
static int64_t tenths(const struct verify_free_row *r)
{
	return (r->simulated - r->measured) * 1000 / llabs(r->measured);
}

static const char *verdict(const struct verify_free_row *r)
{
	if (!r->known || !r->goal)
		return "";
	return r->inside ? "ok" : "OUTSIDE";
}

static void print_row(const struct verify_free_row *r)
{
	char difference[32] = "-", measured[32] = "-";

	if (!r->measured && !r->least && !r->most)
		return;
	if (r->known)
		snprintf(measured, sizeof(measured), "%" PRId64, r->measured);
	if (r->known && r->measured) {
		int64_t t = tenths(r);

		snprintf(difference, sizeof(difference), "%c%" PRId64 ".%" PRId64 " %%",
			 t < 0 ? '-' : '+', (int64_t)llabs(t) / 10, (int64_t)llabs(t) % 10);
	}
	printf("  %-30s %9s %9" PRId64 " %9" PRId64 " %9" PRId64 " %11s  %s\n", r->name,
	       measured, r->simulated, r->least, r->most, difference, verdict(r));
}

static void print_workload(const struct verify_free *v)
{
	printf("  workload:\n");
	for (unsigned i = 0; i < v->workload.n; i++)
		if (v->workload.counts[i].n)
			printf("  %10" PRIu64 "  %s\n", v->workload.counts[i].n,
			       v->workload.counts[i].text);
}

void verify_free_report_text(const struct verify_free *v, const char *name)
{
	printf("%s: running free\n", name);
	print_workload(v);
	printf("  %u runs: median, least and most\n", v->runs);
	printf("  %-30s %9s %9s %9s %9s %11s  goal: %d %%\n", "counter", "measured",
	       "simulated", "least", "most", "difference", VERIFY_FREE_GOAL);
	for (unsigned i = 0; i < v->nrows; i++)
		print_row(&v->rows[i]);
	printf("  free blocks at the end, by zone and order: %" PRIu64 " of %" PRIu64
	       " too many or too few\n",
	       v->blocks_off, v->blocks);
	if (v->recorded_victim || v->killed)
		printf("  killed for memory: %s%" PRId32 ", simulated %" PRIu64
		       " task%s, the last one %" PRId32 "\n",
		       v->recorded_victim ? "" : "nobody ", v->recorded_victim, v->killed,
		       v->killed == 1 ? "" : "s", v->victim);
	printf("  %" PRIu64 " requests slept, %" PRIu64 " touches read a page back, %" PRIu64
	       ".%03" PRIu64 " s simulated (workload alone %" PRIu64 ".%03" PRIu64 " s)\n",
	       v->slept, v->refaults, v->end_us / 1000000, v->end_us / 1000 % 1000,
	       v->recorded_us / 1000000, v->recorded_us / 1000 % 1000);
}

static json_t *rows_json(const struct verify_free *v)
{
	json_t *all = json_object();

	for (unsigned i = 0; i < v->nrows; i++) {
		const struct verify_free_row *r = &v->rows[i];
		json_t *row = json_pack("{s:I, s:I, s:I, s:b}", "simulated",
					(json_int_t)r->simulated, "least", (json_int_t)r->least,
					"most", (json_int_t)r->most, "goal", r->goal);

		if (r->known) {
			json_object_set_new(row, "measured",
					    json_integer((json_int_t)r->measured));
			json_object_set_new(row, "inside", json_boolean(r->inside));
		}
		json_object_set_new(all, r->name, row);
	}
	return all;
}

json_t *verify_free_report_json(const struct verify_free *v, const char *name)
{
	json_t *workload = json_object();

	for (unsigned i = 0; i < v->workload.n; i++)
		json_object_set_new(workload, v->workload.counts[i].key,
				    json_integer((json_int_t)v->workload.counts[i].n));
	return json_pack("{s:s, s:o, s:o, s:I, s:I, s:i, s:i, s:I, s:I}", "recording", name,
			 "workload", workload, "counters", rows_json(v), "blocks",
			 (json_int_t)v->blocks, "blocks_off", (json_int_t)v->blocks_off,
			 "victim", (int)v->victim, "recorded_victim", (int)v->recorded_victim,
			 "simulated_us", (json_int_t)v->end_us, "workload_us",
			 (json_int_t)v->recorded_us);
}

unsigned verify_free_report_misses(const struct verify_free *v)
{
	unsigned n = 0;

	for (unsigned i = 0; i < v->nrows; i++)
		n += v->rows[i].known && v->rows[i].goal && !v->rows[i].inside;
	return n + (v->recorded_victim != v->victim);
}
