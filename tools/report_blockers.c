/* Whose pages lie in the way of large blocks: fragmentation[].blockers of a result. */
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define ASKED_ORDER 9 /* shown at once; others are folded */

static const json_t *blockers_of(const struct report_run *run, unsigned zone)
{
	return report_page_at(json_array_get(report_page_at(run->json, "fragmentation"), zone),
			      "blockers");
}

/* The table of that order, or NULL. */
static const json_t *of_order(const struct report_run *run, unsigned zone, uint64_t order)
{
	const json_t *list = blockers_of(run, zone), *entry;
	size_t i;

	json_array_foreach(list, i,
			   entry) if (report_page_number(entry, "order") == order) return entry;
	return NULL;
}

static const char *nobody(const char *kind)
{
	if (strcmp(kind, "pinned") == 0 || strcmp(kind, "before") == 0)
		return "somebody from before the trace";
	if (strcmp(kind, "pcp") == 0)
		return "nobody: free, in per-cpu lists";
	return "nobody that is known";
}

/* A comm is what the traced machine says: anything. */
static const char *who(struct report_page *p, const json_t *owner)
{
	const char *comm = report_page_text(owner, "comm");
	json_int_t pid = json_integer_value(report_page_at(owner, "pid"));

	if (pid < 0)
		return nobody(report_page_text(owner, "kind"));
	if (!*comm)
		return report_page_words(p, "pid %lld", (long long)pid);
	return report_page_words(p, "%s, pid %lld", comm, (long long)pid);
}

/* ---- in words --------------------------------------------------------------------------- */

static void say_first(struct report_page *p, const struct report_run *run, unsigned zone,
		      const json_t *entry, const json_t *owner)
{
	uint64_t ranges = report_page_number(entry, "ranges");
	uint64_t none = ranges - report_page_number(entry, "free_ranges");
	uint64_t alone = report_page_number(owner, "ranges_unmovable_alone");
	const char *gfp = report_page_text(owner, "gfp");
	const char *kind = report_page_text(owner, "kind");

	fputs("<li>", p->out);
	report_html_say(p->out,
			"In the way of order %d on %s at the end: %s of %s ranges of that size "
			"are not free. First among those in the way are %s pages of ",
			ASKED_ORDER, report_page_zone(p, run, zone),
			report_html_digits(none).text, report_html_digits(ranges).text,
			strcmp(kind, "before") == 0 ? "older" : kind);
	fputs("<b>", p->out);
	report_html_text(p->out, who(p, owner));
	report_html_say(p->out, "%s%s%s", *gfp ? " (" : "", gfp, *gfp ? ")" : "");
	fputs("</b>", p->out);
	report_html_say(p->out, ", in %s of the %s least blocked ranges",
			report_html_digits(report_page_number(owner, "ranges")).text,
			report_html_digits(report_page_number(entry, "ranges_looked_at")).text);
	if (alone)
		report_html_say(p->out,
				"; in %s of these nobody else has pages that cannot be moved",
				report_html_digits(alone).text);
	fputc('.', p->out);
}

void report_blockers_words(struct report_page *p, const struct report_run *run)
{
	for (unsigned zone = 0; zone < run->nzones; zone++) {
		const json_t *entry = of_order(run, zone, ASKED_ORDER);
		const json_t *owner = json_array_get(report_page_at(entry, "owners"), 0);

		if (owner && run->zones[zone].large)
			say_first(p, run, zone, entry, owner);
	}
}

/* ---- tables ----------------------------------------------------------------------------- */

static void put_age(struct report_page *p, const struct report_run *run, const json_t *owner)
{
	if (json_is_integer(json_object_get(owner, "age_median_cycles")))
		report_page_time(p, run, owner, "age_median_cycles");
	else
		report_html_figure(p->out, "-");
}

static void put_owner(struct report_page *p, const struct report_run *run, const json_t *owner)
{
	report_html_row(p->out);
	report_html_cell(p->out, "%s", who(p, owner));
	report_html_cell(p->out, "%s", report_page_text(owner, "kind"));
	report_html_count(p->out, report_page_number(owner, "ranges_unmovable_alone"));
	report_html_count(p->out, report_page_number(owner, "ranges_alone"));
	report_html_count(p->out, report_page_number(owner, "ranges"));
	report_html_count(p->out, report_page_number(owner, "pages"));
	put_age(p, run, owner);
	fputs("<td class=\"value\">", p->out);
	report_html_text(p->out, report_page_text(owner, "gfp"));
}

static void put_others(struct report_page *p, const json_t *others)
{
	uint64_t n = report_page_number(others, "owners");

	if (!n)
		return;
	report_html_row(p->out);
	report_html_cell(p->out, "%s others", report_html_digits(n).text);
	report_html_cell(p->out, "-");
	report_html_count(p->out, report_page_number(others, "ranges_unmovable_alone"));
	report_html_count(p->out, report_page_number(others, "ranges_alone"));
	report_html_figure(p->out, "-");
	report_html_count(p->out, report_page_number(others, "pages"));
	report_html_figure(p->out, "-");
	report_html_cell(p->out, "-");
}

static void put_order(struct report_page *p, const struct report_run *run, const json_t *entry)
{
	static const char *const heads[] = {
		"owner",      "kind",       "only one unmovable in",
		"alone in",   "ranges",     "pages there",
		"median age", "asked with", NULL
	};
	const json_t *owners = report_page_at(entry, "owners"), *owner;
	size_t i;

	report_html_say(p->out,
			"Order %u: %s of %s ranges are free; looked at: the %s least blocked "
			"ones, with %s used pages.",
			(unsigned)report_page_number(entry, "order"),
			report_html_digits(report_page_number(entry, "free_ranges")).text,
			report_html_digits(report_page_number(entry, "ranges")).text,
			report_html_digits(report_page_number(entry, "ranges_looked_at")).text,
			report_html_digits(report_page_number(entry, "used_pages")).text);
	if (!json_array_size(owners))
		return;
	report_html_table(p->out, heads);
	json_array_foreach(owners, i, owner) put_owner(p, run, owner);
	put_others(p, report_page_at(entry, "others"));
	report_html_table_end(p->out);
}

static void put_zone(struct report_page *p, const struct report_run *run, unsigned zone)
{
	const json_t *list = blockers_of(run, zone), *entry;
	const json_t *asked = of_order(run, zone, ASKED_ORDER);
	size_t i;

	if (!asked)
		asked = json_array_get(list, 0);
	if (!asked)
		return;
	fputs("<h4>", p->out);
	report_html_text(p->out, report_page_zone(p, run, zone));
	fputs("</h4>\n", p->out);
	put_order(p, run, asked);
	if (json_array_size(list) < 2)
		return;
	report_html_fold(p->out, "Other orders of %s", report_page_zone(p, run, zone));
	json_array_foreach(list, i, entry) if (entry != asked) put_order(p, run, entry);
	report_html_fold_end(p->out);
}

static bool has_blockers(const struct report_run *run)
{
	for (unsigned zone = 0; zone < run->nzones; zone++)
		if (json_array_size(blockers_of(run, zone)))
			return true;
	return false;
}

void report_blockers(struct report_page *p)
{
	fputs("<p>A range is aligned memory of a block's size. Of those that are not free, the "
	      "least blocked ones are looked at: whose pages are in the way? <i>Only one "
	      "unmovable "
	      "in</i> so many ranges: nothing else there would keep the kernel from moving all "
	      "the rest away. <i>Alone in</i>: nothing else is there. State at the end.</p>\n",
	      p->out);
	for (unsigned i = 0; i < p->nruns; i++) {
		report_page_run(p, &p->runs[i]);
		if (!has_blockers(&p->runs[i]))
			fputs("<p class=\"none\">This result does not tell who owns the "
			      "pages.</p>\n",
			      p->out);
		for (unsigned zone = 0; zone < p->runs[i].nzones; zone++)
			put_zone(p, &p->runs[i], zone);
	}
}
