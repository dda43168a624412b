/* The figures that people quote, a column a result, and the text that run printed. */
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

enum kind { COUNT, PAGES, CYCLES };

static const struct figure {
	const char *title, *path;
	enum kind kind;
	bool always; /* also when it is 0 */
} figures[] = {
	{ "events of the trace", "counters.replay.events", COUNT, true },
	{ "simulated time", "counters.replay.end_cycles", CYCLES, true },
	{ "requests", "counters.requests.allocs", COUNT, true },
	{ "served", "counters.requests.served", COUNT, true },
	{ "failed", "counters.requests.failed", COUNT, true },
	{ "slept before their answer", "counters.reclaim.slept", COUNT, true },
	{ "frees", "counters.requests.frees", COUNT, true },
	{ "delay of all tasks together", "counters.replay.delay_cycles", CYCLES, false },
	{ "pages free at the end", "counters.vmstat.nr_free_pages", PAGES, false },
	{ "pages that nobody can take away", "counters.reclaim.pages_at_end.pinned", PAGES,
	  false },
	{ "kswapd ran, times", "counters.vmstat.pageoutrun", COUNT, false },
	{ "2.4's kswapd ran, times", "counters.vmstat.kswapd_runs", COUNT, false },
	{ "direct reclaims", "counters.vmstat.direct_reclaims", COUNT, false },
	{ "compaction stalls", "counters.vmstat.compact_stall", COUNT, false },
	{ "compactions that helped", "counters.vmstat.compact_success", COUNT, false },
	{ "pages reclaimed by kswapd", "counters.vmstat.pgsteal_kswapd", PAGES, false },
	{ "pages reclaimed by requests", "counters.vmstat.pgsteal_direct", PAGES, false },
	{ "pages written to swap", "counters.vmstat.pswpout", PAGES, false },
	{ "pages read from swap", "counters.vmstat.pswpin", PAGES, false },
	{ "tasks killed", "counters.reclaim.killed_tasks", COUNT, false },
	{ "huge pages given to faults", "counters.vmstat.thp_fault_alloc", COUNT, false },
	{ "huge pages refused to faults", "counters.vmstat.thp_fault_fallback", COUNT, false },
};

static const struct percentile {
	const char *title, *op, *name;
} percentiles[] = {
	{ "allocation, median", "alloc", "p50" },
	{ "allocation, p99", "alloc", "p99" },
	{ "allocation, p99.9", "alloc", "p99.9" },
	{ "allocation, longest", "alloc", "max_cycles" },
	{ "free, p99", "free", "p99" },
	{ "stall, p99", "stall", "p99" },
	{ "stall, longest", "stall", "max_cycles" },
};

/* What no result has anything of is left out. */
static bool is_there(const struct report_page *p, const char *path)
{
	for (unsigned i = 0; i < p->nruns; i++)
		if (report_page_number(p->runs[i].json, path))
			return true;
	return false;
}

static void put_figure(struct report_page *p, const struct figure *f)
{
	if (!f->always && !is_there(p, f->path))
		return;
	report_html_row(p->out);
	report_html_cell(p->out, "%s", f->title);
	for (unsigned i = 0; i < p->nruns; i++) {
		const struct report_run *run = &p->runs[i];
		uint64_t n = report_page_number(run->json, f->path);

		if (!report_page_at(run->json, f->path))
			report_html_figure(p->out, "-");
		else if (f->kind == CYCLES)
			report_html_figure(p->out, "%s",
					   report_html_time(report_page_seconds(run, n)).text);
		else if (f->kind == PAGES && n)
			report_html_figure(p->out, "%s (%s)", report_html_digits(n).text,
					   report_html_size(n).text);
		else
			report_html_count(p->out, n);
	}
}

static void put_percentile(struct report_page *p, const struct percentile *q)
{
	bool any = false;

	for (unsigned i = 0; i < p->nruns; i++)
		any = any || report_page_latency(&p->runs[i], q->op, "all", "");
	if (!any)
		return;
	report_html_row(p->out);
	report_html_cell(p->out, "%s", q->title);
	for (unsigned i = 0; i < p->nruns; i++) {
		const json_t *row = report_page_latency(&p->runs[i], q->op, "all", "");

		if (row)
			report_page_time(p, &p->runs[i], row, q->name);
		else
			report_html_figure(p->out, "-");
	}
}

/* What run printed stands in the result's folder. */
static void put_text(struct report_page *p, const struct report_run *run)
{
	char line[1024];
	FILE *in = NULL;
	const char *path =
		run->folder ? report_page_words(p, "%s/summary.txt", run->folder) : NULL;

	if (path)
		in = fopen(path, "r");
	if (!in)
		return;
	report_html_fold(p->out, "The whole summary%s%s", p->nruns > 1 ? ": " : "",
			 p->nruns > 1 ? run->name : "");
	fputs("<pre class=\"scroll\">", p->out);
	while (fgets(line, sizeof(line), in))
		report_html_text(p->out, line);
	fputs("</pre>\n", p->out);
	report_html_fold_end(p->out);
	fclose(in);
}

void report_summary(struct report_page *p)
{
	const char *heads[REPORT_MOST + 2] = { "" };

	for (unsigned i = 0; i < p->nruns; i++)
		heads[i + 1] = p->nruns > 1 ? p->runs[i].name : "value";
	report_html_table(p->out, heads);
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		put_figure(p, &figures[i]);
	for (size_t i = 0; i < sizeof(percentiles) / sizeof(*percentiles); i++)
		put_percentile(p, &percentiles[i]);
	report_html_table_end(p->out);
	for (unsigned i = 0; i < p->nruns; i++)
		put_text(p, &p->runs[i]);
}
