/* What happened, in sentences: what was served, when what ran out and why, who had to wait. */
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define HUGE_ORDER 9u /* a huge page of x86-64, the order that people ask about */

static uint64_t number(const struct report_run *run, const char *path)
{
	return report_page_number(run->json, path);
}

static uint64_t of_order(const struct report_run *run, const char *path, unsigned order)
{
	json_int_t n =
		json_integer_value(json_array_get(report_page_at(run->json, path), order));

	return n > 0 ? (uint64_t)n : 0;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- requests --------------------------------------------------------------------------- */

/* Which node they had asked for, where the result tells. */
static void say_nodes(struct report_page *p, const struct report_run *run, unsigned order)
{
	const json_t *nodes = report_page_at(run->json, "counters.orders_by_node"), *node;
	bool any = false;
	size_t i;

	if (json_array_size(nodes) < 2)
		return;
	json_array_foreach(nodes, i, node)
	{
		const json_t *o = json_array_get(json_object_get(node, "orders"), order);
		uint64_t asked = report_page_number(o, "requests");

		if (!asked)
			continue;
		report_html_say(p->out, "%s %s of %s that asked for node %u",
				any ? "," : " Failed:",
				report_html_digits(report_page_number(o, "failed")).text,
				report_html_digits(asked).text,
				(unsigned)report_page_number(node, "node"));
		any = true;
	}
	if (any)
		fputc('.', p->out);
}

static void say_failures(struct report_page *p, const struct report_run *run)
{
	for (unsigned order = 0; order < FRAG_ORDERS; order++) {
		uint64_t failed = of_order(run, "counters.requests.failed_by_order", order);
		uint64_t asked = of_order(run, "counters.requests.by_order", order);
		uint64_t date =
			of_order(run, "counters.requests.first_failure_cycles_by_order", order);

		if (!failed)
			continue;
		fputs("<li class=\"bad\">", p->out);
		report_html_say(p->out,
				"Order %u: %s of %s requests failed (%s), the first one after "
				"%s.",
				order, report_html_digits(failed).text,
				report_html_digits(asked).text,
				report_html_share(failed, asked).text,
				report_html_time(report_page_seconds(run, date)).text);
		say_nodes(p, run, order);
	}
}

static void say_served(struct report_page *p, const struct report_run *run)
{
	uint64_t asked = number(run, "counters.requests.allocs");
	uint64_t served = number(run, "counters.requests.served");
	const char *start = report_page_text(run->json, "inputs.start");

	fputs("<li>", p->out);
	report_html_say(p->out, "Linux %s on %s served ", run->kernel,
			*run->machine ? run->machine : "a machine without name");
	if (served == asked)
		report_html_say(p->out, "all of %s requests", report_html_digits(asked).text);
	else
		report_html_say(p->out, "%s of %s requests (%s)",
				report_html_digits(served).text, report_html_digits(asked).text,
				report_html_share(served, asked).text);
	report_html_say(p->out, " in %s of simulated time, starting from %s.",
			report_html_time(run->end_seconds).text,
			strcmp(start, "trace") == 0 ? "the machine's recorded state"
			: strcmp(start, "age") == 0 ? "an aged machine"
						    : start);
	say_failures(p, run);
}

/* ---- stalls ----------------------------------------------------------------------------- */

static uint64_t kswapd_runs(const struct report_run *run)
{
	return number(run, "counters.vmstat.pageoutrun") +
	       number(run, "counters.vmstat.kswapd_runs");
}

static void say_stalls(struct report_page *p, const struct report_run *run)
{
	uint64_t slept = number(run, "counters.reclaim.slept");
	const json_t *stall = report_page_latency(run, "stall", "all", "");
	const json_t *alloc = report_page_latency(run, "alloc", "all", "");

	if (!slept) {
		fputs("<li>No request had to sleep.", p->out);
	} else {
		fputs("<li class=\"bad\">", p->out);
		report_html_say(p->out, "%s request%s slept", report_html_digits(slept).text,
				plural(slept));
		if (stall)
			report_html_say(
				p->out,
				", %s in all (%s of the time of all allocations); half of them "
				"at most %s, the longest %s",
				report_html_time(
					report_page_seconds(
						run, report_page_number(stall, "sum_cycles")))
					.text,
				report_html_share(report_page_number(stall, "sum_cycles"),
						  report_page_number(alloc, "sum_cycles"))
					.text,
				report_html_time(report_page_seconds(
							 run, report_page_number(stall, "p50")))
					.text,
				report_html_time(
					report_page_seconds(
						run, report_page_number(stall, "max_cycles")))
					.text);
		fputc('.', p->out);
	}
	if (kswapd_runs(run))
		report_html_say(p->out, " kswapd ran %s time%s.",
				report_html_digits(kswapd_runs(run)).text,
				plural(kswapd_runs(run)));
	else
		fputs(" kswapd did not have to run.", p->out);
	if (number(run, "counters.reclaim.killed_tasks"))
		report_html_say(
			p->out, " %s task%s killed because memory ran out.",
			report_html_digits(number(run, "counters.reclaim.killed_tasks")).text,
			number(run, "counters.reclaim.killed_tasks") == 1 ? " was" : "s were");
}

/* ---- memory ----------------------------------------------------------------------------- */

static void say_memory(struct report_page *p, const struct report_run *run)
{
	uint64_t managed = 0, free_pages = 0;

	for (unsigned i = 0; i < run->nzones; i++) {
		managed += run->zones[i].managed;
		free_pages += run->zones[i].free;
	}
	fputs("<li>", p->out);
	report_html_say(p->out, "At the end %s of %s are free (%s).",
			report_html_size(free_pages).text, report_html_size(managed).text,
			report_html_share(free_pages, managed).text);
}

static void say_gone(struct report_page *p, const struct report_run *run, unsigned zone,
		     const struct report_gone *g)
{
	const struct report_zone *z = &run->zones[zone];

	report_html_say(p->out, " could not be had in %s of the samples, ",
			report_html_share(g->samples, g->of).text);
	if (g->samples < g->of)
		report_html_say(p->out, "for the first time after %s and for up to %s. ",
				report_html_time(g->first).text,
				report_html_time(g->longest).text);
	else
		fputs("which is all the time. ", p->out);
	if (g->fragmented * 2 > g->samples)
		report_html_say(p->out,
				"The cause%s was fragmentation: enough memory was "
				"free, but in smaller blocks.",
				g->fragmented < g->samples ? ", mostly," : "");
	else
		report_html_say(p->out,
				"The cause%s was too little free memory: giving a block would "
				"have left the zone less than its watermark min (%s).",
				g->fragmented ? ", mostly," : "",
				report_html_size(z->min).text);
}

static void say_blocks(struct report_page *p, const struct report_gone *g)
{
	report_html_say(p->out,
			" Free blocks of that order or larger: %s at the start, of %s free; %s "
			"at the end, of %s free, %s of which was of no use to the order.",
			report_html_digits(g->begin).text, report_html_size(g->begin_free).text,
			report_html_digits(g->end).text, report_html_size(g->end_free).text,
			report_html_share((uint64_t)g->end_unusable, 1000).text);
}

/* The first order, going up, of which the zone had nothing at some time. */
static unsigned first_gone(const struct report_run *run, unsigned zone)
{
	for (unsigned order = 0; order < run->orders; order++)
		if (report_orders_gone(run, zone, order).samples)
			return order;
	return run->orders;
}

/* What was counted of an order on a node at every moment; NULL = the result does not say. */
static const json_t *counted_on(const struct report_run *run, unsigned node)
{
	const json_t *nodes = report_page_at(run->json, "counters.orders_by_node"), *entry;
	size_t i;

	json_array_foreach(
		nodes, i,
		entry) if (report_page_number(entry, "node") ==
			   node) return json_array_get(json_object_get(entry, "orders"),
						       HUGE_ORDER);
	return NULL;
}

/* No block may be left between two samples, too. */
static void say_without(struct report_page *p, const struct report_run *run, unsigned node,
			const json_t *counted)
{
	uint64_t spells = report_page_number(counted, "unsatisfiable_spells");
	uint64_t from = report_page_number(counted, "first_unsatisfiable_cycles");
	uint64_t all = report_page_number(counted, "unsatisfiable_cycles");

	report_html_say(
		p->out,
		" Between samples node %u had no free block of it: %s time%s, %s in all, for "
		"the first time after %s.",
		node, report_html_digits(spells).text, plural(spells),
		report_html_time(report_page_seconds(run, all)).text,
		report_html_time(report_page_seconds(run, from)).text);
}

/* Requests can fail between two samples, and those that may not go below low earlier. */
static void say_never_gone(struct report_page *p, const struct report_run *run, unsigned node,
			   const json_t *counted)
{
	uint64_t failed = report_page_number(counted, "failed");

	fputs(" could be had in every sample", p->out);
	if (failed)
		report_html_say(p->out,
				", although %s request%s for node %u failed between samples or "
				"at a higher watermark",
				report_html_digits(failed).text, plural(failed), node);
	fputc('.', p->out);
	if (report_page_number(counted, "unsatisfiable_spells"))
		say_without(p, run, node, counted);
}

static void say_zone(struct report_page *p, const struct report_run *run, unsigned zone)
{
	struct report_gone g = report_orders_gone(run, zone, HUGE_ORDER);
	const json_t *counted = counted_on(run, run->zones[zone].node);
	unsigned lowest = first_gone(run, zone);

	if (!g.of)
		return;
	fputs(g.samples || report_page_number(counted, "failed") ||
			      report_page_number(counted, "unsatisfiable_spells")
		      ? "<li class=\"bad\"><b>"
		      : "<li><b>",
	      p->out);
	report_html_say(p->out, "Order %u on %s", HUGE_ORDER, report_page_zone(p, run, zone));
	fputs("</b>", p->out);
	if (g.samples)
		say_gone(p, run, zone, &g);
	else
		say_never_gone(p, run, run->zones[zone].node, counted);
	say_blocks(p, &g);
	if (lowest < HUGE_ORDER)
		report_html_say(
			p->out,
			" The smallest order that could not be had at some time was %u.",
			lowest);
}

static void say_all(struct report_page *p, const struct report_run *run)
{
	report_page_run(p, run);
	fputs("<ul class=\"words\">\n", p->out);
	say_served(p, run);
	say_stalls(p, run);
	say_memory(p, run);
	for (unsigned zone = 0; zone < run->nzones; zone++)
		if (run->zones[zone].large)
			say_zone(p, run, zone);
	report_blockers_words(p, run);
	fputs("</ul>\n", p->out);
}

static void say_callers(struct report_page *p, const struct report_options *options)
{
	fputs("<ul class=\"words lead\">\n", p->out);
	for (unsigned i = 0; i < options->nsentences; i++) {
		fputs("<li>", p->out);
		report_html_text(p->out, options->sentences[i]);
		fputc('\n', p->out);
	}
	fputs("</ul>\n", p->out);
}

void report_words(struct report_page *p)
{
	if (p->options->nsentences)
		say_callers(p, p->options);
	for (unsigned i = 0; i < p->nruns; i++)
		say_all(p, &p->runs[i]);
}
