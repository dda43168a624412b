/* Who waited for locks, by what they were wanted for. */
#include <math.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

static const char *const causes[] = { "refill",      "drain",   "high_order", "free",
				      "split_merge", "reclaim", "lru" };
static const char *const cause_names[] = { "refill", "drain",   "order 1+", "free",
					   "split",  "reclaim", "lru" };
#define CAUSES (sizeof(causes) / sizeof(*causes))

static uint64_t of_cause(const json_t *lock, const char *cause, const char *what)
{
	const json_t *by = report_page_at(lock, "waits_by_cause");

	return report_page_number(json_object_get(by, cause), what);
}

static void put_lock(struct report_page *p, const char *name, const json_t *lock,
		     const struct report_run *run)
{
	uint64_t taken = report_page_number(lock, "taken");
	uint64_t waits = report_page_number(lock, "waits");

	if (!taken)
		return;
	report_html_row(p->out);
	report_html_cell(p->out, "%s", name);
	report_html_count(p->out, taken);
	report_html_count(p->out, waits);
	report_html_figure(p->out, "%s", report_html_share(waits, taken).text);
	report_page_time(p, run, lock, "wait_cycles");
	for (size_t k = 0; k < CAUSES; k++)
		report_html_figure(
			p->out, "%s",
			report_html_time(
				report_page_seconds(run, of_cause(lock, causes[k], "cycles")))
				.text);
}

static void put_locks(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = { "lock",  "taken",         "waited for",
					     "share", "waited in all", "refill",
					     "drain", "order 1+",      "free",
					     "split", "reclaim",       "lru",
					     NULL };
	const json_t *zones = report_page_at(run->json, "final_state");
	const json_t *others = report_page_at(run->json, "counters.locks"), *lock;
	size_t i;

	report_page_run(p, run);
	report_html_table(p->out, heads);
	for (unsigned zone = 0; zone < run->nzones; zone++)
		put_lock(p,
			 report_page_words(p, "zone lock, %s", report_page_zone(p, run, zone)),
			 json_object_get(json_array_get(zones, zone), "zone_lock"), run);
	json_array_foreach(others, i, lock)
	{
		const char *name = report_page_text(lock, "name");

		put_lock(p,
			 json_object_get(lock, "node")
				 ? report_page_words(p, "%s, node %u", name,
						     (unsigned)report_page_number(lock, "node"))
				 : name,
			 lock, run);
	}
	report_html_table_end(p->out);
}

/* Of all zone locks; the sum tells whether there is anything to draw. */
static double sum_causes(const struct report_run *run, double *y)
{
	const json_t *zones = report_page_at(run->json, "final_state");
	double sum = 0;

	for (size_t k = 0; k < CAUSES; k++) {
		for (unsigned zone = 0; zone < run->nzones; zone++)
			y[k] += 1e3 *
				report_page_seconds(
					run,
					of_cause(json_object_get(json_array_get(zones, zone),
								 "zone_lock"),
						 causes[k], "cycles"));
		sum += y[k];
	}
	return sum;
}

static void draw(struct report_page *p)
{
	struct plot_series series[REPORT_MOST];
	double *x = report_page_numbers(p, CAUSES), sum = 0;
	struct plot plot = {
		.name = "lock-waits",
		.title = "Waits for zone locks by cause",
		.x = { .label = "wanted for", .names = cause_names, .nnames = CAUSES },
		.y = { .label = "waited in all", .unit = "ms" },
		.series = series,
	};

	for (size_t k = 0; x && k < CAUSES; k++)
		x[k] = (double)k;
	for (unsigned i = 0; x && i < p->nruns; i++) {
		double *y = report_page_numbers(p, CAUSES);

		if (!y)
			return;
		sum += sum_causes(&p->runs[i], y);
		series[plot.nseries++] =
			(struct plot_series){ .label = p->nruns > 1 ? p->runs[i].name : NULL,
					      .style = PLOT_BOXES,
					      .x = x,
					      .y = y,
					      .n = CAUSES };
	}
	if (sum > 0) {
		fputs("<div class=\"grid\">\n", p->out);
		report_page_plot(p, &plot);
		fputs("</div>\n", p->out);
	} else {
		fputs("<p class=\"none\">Nobody waited for a zone lock.</p>\n", p->out);
	}
}

void report_locks(struct report_page *p)
{
	draw(p);
	for (unsigned i = 0; i < p->nruns; i++)
		put_locks(p, &p->runs[i]);
	fputs("<p>Causes are what the lock was wanted for: refill and drain of per-cpu lists, "
	      "allocations of order 1 and more, frees, blocks taken or moved by their place, "
	      "reclaim, LRU lists.</p>\n",
	      p->out);
}
