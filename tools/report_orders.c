/* Which orders could be had where and when: the requests, and the free blocks of each zone. */
#include <math.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

static uint64_t at(const json_t *json, const char *path, unsigned order)
{
	json_int_t n = json_integer_value(json_array_get(report_page_at(json, path), order));

	return n > 0 ? (uint64_t)n : 0;
}

/* ---- a zone and an order ---------------------------------------------------------------- */

static uint64_t blocks_from(const uint64_t *blocks, unsigned order)
{
	uint64_t n = 0;

	for (; order < FRAG_ORDERS; order++)
		n += blocks[order];
	return n;
}

static double end_of(const struct report_run *run)
{
	double last = run->nsamples ? run->seconds[run->nsamples - 1] : 0;

	return run->end_seconds > last ? run->end_seconds : last;
}

/* As the kernel's watermark test; lowmem_reserve, which depends on the request, is left out. */
static enum report_state state_at(const struct report_run *run, size_t sample, unsigned zone,
				  unsigned order)
{
	const uint64_t *blocks = report_page_blocks(run, sample, zone);
	uint64_t pages = frag_free_pages(blocks);

	if (pages < run->zones[zone].min + (UINT64_C(1) << order))
		return REPORT_SHORT;
	return blocks_from(blocks, order) ? REPORT_HAS : REPORT_FRAGMENTED;
}

static void count_gone(struct report_gone *g, const struct report_run *run, unsigned zone,
		       unsigned order)
{
	double since = -1, next;

	for (size_t i = 0; i < run->nsamples; i++) {
		enum report_state state = state_at(run, i, zone, order);

		if (state == REPORT_HAS) {
			since = -1;
			continue;
		}
		if (since < 0)
			since = run->seconds[i];
		if (g->samples++ == 0)
			g->first = run->seconds[i];
		g->fragmented += state == REPORT_FRAGMENTED;
		next = i + 1 < run->nsamples ? run->seconds[i + 1] : end_of(run);
		g->longest = fmax(g->longest, next - since);
	}
}

/* The state at the end, where the result tells; the last sample may be an interval older. */
static void load_end(const struct report_run *run, unsigned zone, uint64_t blocks[FRAG_ORDERS])
{
	const json_t *ends = report_page_at(run->json, "fragmentation"), *end, *counts;
	const struct report_zone *z = &run->zones[zone];
	size_t i;

	memcpy(blocks, report_page_blocks(run, run->nsamples - 1, zone),
	       FRAG_ORDERS * sizeof(*blocks));
	json_array_foreach(ends, i, end)
	{
		counts = json_object_get(end, "free_blocks_by_order");
		if (report_page_number(end, "node") != z->node ||
		    strcmp(report_page_text(end, "zone"), z->name) != 0 ||
		    !json_is_array(counts))
			continue;
		for (unsigned order = 0; order < FRAG_ORDERS; order++)
			blocks[order] = at(end, "free_blocks_by_order", order);
	}
}

struct report_gone report_orders_gone(const struct report_run *run, unsigned zone,
				      unsigned order)
{
	struct report_gone g = { .of = run->nsamples };
	uint64_t end[FRAG_ORDERS];
	const uint64_t *first;

	if (!run->nsamples)
		return g;
	count_gone(&g, run, zone, order);
	first = report_page_blocks(run, 0, zone);
	load_end(run, zone, end);
	g.begin = blocks_from(first, order);
	g.end = blocks_from(end, order);
	g.begin_free = frag_free_pages(first);
	g.end_free = frag_free_pages(end);
	g.end_unusable = frag_unusable(end, order);
	return g;
}

/* ---- requests --------------------------------------------------------------------------- */

static void put_first(FILE *out, const struct report_run *run, unsigned order)
{
	const json_t *date = json_array_get(
		report_page_at(run->json, "counters.requests.first_failure_cycles_by_order"),
		order);

	if (json_is_integer(date))
		report_html_figure(
			out, "%s",
			report_html_time(
				report_page_seconds(run, (uint64_t)json_integer_value(date)))
				.text);
	else
		report_html_figure(out, "never");
}

static void put_requests(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = { "order",  "asked", "served",        "share",
					     "failed", "slept", "first failure", NULL };

	report_page_run(p, run);
	report_html_table(p->out, heads);
	for (unsigned order = 0; order < FRAG_ORDERS; order++) {
		uint64_t asked = at(run->json, "counters.requests.by_order", order);
		uint64_t failed = at(run->json, "counters.requests.failed_by_order", order);

		if (!asked)
			continue;
		fputs(failed ? "<tr class=\"bad\">" : "<tr>", p->out);
		report_html_figure(p->out, "%u", order);
		report_html_count(p->out, asked);
		report_html_count(p->out, asked - failed);
		report_html_figure(p->out, "%s", report_html_share(asked - failed, asked).text);
		report_html_count(p->out, failed);
		report_html_count(p->out,
				  at(run->json, "counters.reclaim.slept_by_order", order));
		put_first(p->out, run, order);
	}
	report_html_table_end(p->out);
}

/* ---- the strip: an order a row, time to the right --------------------------------------- */

#define CELLS 140u
#define LEFT 28
#define CELL 4
#define ROW 16

/* The last sample up to that date; the first one where there is none. */
static size_t sample_at(const struct report_run *run, double seconds)
{
	size_t low = 0, high = run->nsamples;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (run->seconds[middle] <= seconds)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The worst of the samples that fall into a cell. */
static enum report_state cell_state(const struct report_run *run, unsigned zone, unsigned order,
				    unsigned cell)
{
	double end = end_of(run), from = end * cell / CELLS, to = end * (cell + 1) / CELLS;
	enum report_state state = REPORT_HAS;

	for (size_t i = sample_at(run, from); i < run->nsamples && run->seconds[i] < to; i++) {
		enum report_state now = state_at(run, i, zone, order);

		state = now > state ? now : state;
	}
	return state;
}

static void put_strip_row(FILE *out, const struct report_run *run, unsigned zone,
			  unsigned order, int y)
{
	unsigned from = 0;
	unsigned state = (unsigned)cell_state(run, zone, order, 0);

	fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"e\">%u</text>", LEFT - 6, y + ROW - 4,
		order);
	for (unsigned cell = 1; cell <= CELLS; cell++) {
		unsigned next =
			cell < CELLS ? (unsigned)cell_state(run, zone, order, cell) : state + 1;

		if (next == state)
			continue;
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"a%u\"/>",
			LEFT + (int)from * CELL, y, (int)(cell - from) * CELL, ROW - 2, state);
		from = cell;
		state = next;
	}
	fputc('\n', out);
}

static void put_strip(struct report_page *p, const struct report_run *run, unsigned zone)
{
	int bottom = (int)run->orders * ROW, width = LEFT + (int)CELLS * CELL + 4;
	double end = end_of(run);
	FILE *out = p->out;

	fputs("<figure class=\"plot\"><figcaption>Orders of ", out);
	report_html_text(out, report_page_zone(p, run, zone));
	fprintf(out,
		"</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"by order "
		"and time\">",
		width, bottom + 36);
	for (unsigned order = 0; order < run->orders; order++)
		put_strip_row(out, run, zone, order, bottom - (int)(order + 1) * ROW);
	for (unsigned i = 0; i <= 4; i++)
		fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">%.3g s</text>",
			LEFT + (int)(CELLS * i / 4) * CELL, bottom + 14,
			i == 0   ? "s"
			: i == 4 ? "e"
				 : "m",
			end * i / 4);
	fprintf(out,
		"<text x=\"%d\" y=\"%d\">order, and simulated time</text></svg></figure>\n",
		LEFT, bottom + 32);
}

static void put_why(FILE *out, const struct report_gone *g)
{
	if (!g->samples)
		report_html_cell(out, "-");
	else if (g->fragmented * 2 > g->samples)
		report_html_cell(out, "fragmentation");
	else
		report_html_cell(out, "lack of free memory");
}

static void put_gone(struct report_page *p, const struct report_run *run, unsigned zone)
{
	static const char *const heads[] = {
		"order",      "blocks at the start", "at the end", "samples without",
		"first time", "longest time",        "cause",      NULL,
	};

	report_html_table(p->out, heads);
	for (unsigned order = 0; order < run->orders; order++) {
		struct report_gone g = report_orders_gone(run, zone, order);

		fputs(g.samples ? "<tr class=\"bad\">" : "<tr>", p->out);
		report_html_figure(p->out, "%u", order);
		report_html_count(p->out, g.begin);
		report_html_count(p->out, g.end);
		report_html_figure(p->out, "%s", report_html_share(g.samples, g.of).text);
		report_html_figure(p->out, "%s",
				   g.samples ? report_html_time(g.first).text : "never");
		report_html_figure(p->out, "%s",
				   g.samples ? report_html_time(g.longest).text : "-");
		put_why(p->out, &g);
	}
	report_html_table_end(p->out);
}

static void put_legend(FILE *out)
{
	fputs("<p class=\"legend\"><span><i class=\"a0\"></i>can be had</span> "
	      "<span><i class=\"a1\"></i>enough memory is free, but in smaller blocks "
	      "(fragmentation)</span> <span><i class=\"a2\"></i>too little memory is free: "
	      "so many pages less would be below the watermark min</span></p>\n",
	      out);
}

static void put_zones(struct report_page *p, const struct report_run *run)
{
	report_page_run(p, run);
	fputs("<div class=\"grid\">\n", p->out);
	for (unsigned zone = 0; zone < run->nzones; zone++) {
		fputs("<div>", p->out);
		put_strip(p, run, zone);
		report_html_fold(p->out, "Numbers: orders of %s",
				 report_page_zone(p, run, zone));
		put_gone(p, run, zone);
		report_html_fold_end(p->out);
		fputs("</div>\n", p->out);
	}
	fputs("</div>\n", p->out);
}

void report_orders(struct report_page *p)
{
	for (unsigned i = 0; i < p->nruns; i++) {
		put_requests(p, &p->runs[i]);
		report_spells(p, &p->runs[i]);
	}
	fputs("<h3>Each order over time</h3>\n"
	      "<p>Could the zone have given a block of that order? Each row is an order, each "
	      "cell shows the worst sample in it.</p>\n",
	      p->out);
	put_legend(p->out);
	for (unsigned i = 0; i < p->nruns; i++)
		if (p->runs[i].nsamples)
			put_zones(p, &p->runs[i]);
		else
			fputs("<p class=\"none\">This result has no series "
			      "(output.interval).</p>\n",
			      p->out);
}
