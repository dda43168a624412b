/*
 * Exact figures of orders, where a result has them: requests of each node, times without a free
 * block, and how many requests were served as time went by.
 */
#include <math.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define BINS 60u
#define ORDERS_DRAWN 6u

/* ---- of the machine and of each node ---------------------------------------------------- */

static void put_date(struct report_page *p, const struct report_run *run, const json_t *order,
		     const char *name)
{
	if (json_is_integer(json_object_get(order, name)))
		report_page_time(p, run, order, name);
	else
		report_html_figure(p->out, "never");
}

static void put_order(struct report_page *p, const struct report_run *run, const char *where,
		      const json_t *order)
{
	uint64_t asked = report_page_number(order, "requests");
	uint64_t failed = report_page_number(order, "failed");
	uint64_t spells = report_page_number(order, "unsatisfiable_spells");

	if (!asked && !spells)
		return;
	fputs(failed || spells ? "<tr class=\"bad\">" : "<tr>", p->out);
	report_html_cell(p->out, "%s", where);
	report_html_count(p->out, report_page_number(order, "order"));
	report_html_count(p->out, asked);
	report_html_count(p->out, failed);
	put_date(p, run, order, "first_failure_cycles");
	put_date(p, run, order, "first_unsatisfiable_cycles");
	report_page_time(p, run, order, "unsatisfiable_cycles");
	report_html_count(p->out, spells);
	report_page_time(p, run, order, "longest_unsatisfiable_cycles");
}

static void put_orders(struct report_page *p, const struct report_run *run, const char *where,
		       const json_t *orders)
{
	const json_t *order;
	size_t i;

	json_array_foreach(orders, i, order) if (i < run->orders)
		put_order(p, run, where, order);
}

static void put_table(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = {
		"where",       "order",         "asked",
		"failed",      "first failure", "no free block from",
		"for, in all", "times",         "longest",
		NULL,
	};
	const json_t *nodes = report_page_at(run->json, "counters.orders_by_node"), *node;
	size_t i;

	report_html_fold(p->out, "Numbers: each order on the machine and on each node");
	report_html_table(p->out, heads);
	put_orders(p, run, "machine", report_page_at(run->json, "counters.orders"));
	json_array_foreach(nodes, i, node) put_orders(
		p, run,
		report_page_words(p, "node %u", (unsigned)report_page_number(node, "node")),
		json_object_get(node, "orders"));
	report_html_table_end(p->out);
	report_html_fold_end(p->out);
}

/* ---- served, over time ------------------------------------------------------------------ */

static uint64_t of_sample(const json_t *sample, const char *name, unsigned order)
{
	json_int_t n = json_integer_value(json_array_get(json_object_get(sample, name), order));

	return n > 0 ? (uint64_t)n : 0;
}

/* Stretches in which nobody asked have no point. */
static struct plot_series served(struct report_page *p, const struct report_run *run,
				 unsigned order)
{
	const json_t *samples = report_page_at(run->json, "series");
	size_t bins = run->nsamples < BINS ? run->nsamples : BINS, n = 0;
	double *x = report_page_numbers(p, bins), *y = report_page_numbers(p, bins);

	for (size_t bin = 0; x && y && bin < bins; bin++) {
		uint64_t asked = 0, failed = 0;
		size_t to = (bin + 1) * run->nsamples / bins;

		for (size_t i = bin * run->nsamples / bins; i < to; i++) {
			asked += of_sample(json_array_get(samples, i), "requests_by_order",
					   order);
			failed +=
				of_sample(json_array_get(samples, i), "failed_by_order", order);
		}
		if (!asked)
			continue;
		x[n] = run->seconds[to - 1];
		y[n++] = 100 - 100.0 * (double)failed / (double)asked;
	}
	return (struct plot_series){ .label = report_page_words(p, "order %u", order),
				     .style = PLOT_POINTS,
				     .x = x,
				     .y = y,
				     .n = n };
}

static void draw(struct report_page *p, const struct report_run *run)
{
	const json_t *orders = report_page_at(run->json, "counters.orders");
	struct plot_series series[ORDERS_DRAWN];
	struct plot plot = {
		.name = report_page_name(p, "served", run, 0),
		.title = "Requests served, of the orders that failed at some time",
		.x = { .label = "simulated time", .unit = "s" },
		.y = { .label = "served", .unit = "%", .from = -5, .to = 105 },
		.series = series,
	};

	for (unsigned order = run->orders; order-- > 0 && plot.nseries < ORDERS_DRAWN;)
		if (report_page_number(json_array_get(orders, order), "failed"))
			series[plot.nseries++] = served(p, run, order);
	if (!plot.nseries || !run->nsamples)
		return;
	fputs("<div class=\"grid\">\n", p->out);
	report_page_plot(p, &plot);
	fputs("</div>\n", p->out);
}

void report_spells(struct report_page *p, const struct report_run *run)
{
	if (!report_page_at(run->json, "counters.orders"))
		return;
	draw(p, run);
	put_table(p, run);
}
