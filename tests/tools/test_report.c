#include "tools/report.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/report_case.h"
#include "tools/report_html.h"
#include "tools/report_pageblocks.h"

static char root[64], path[128], text[1024];
static json_t *result;
static struct report_options no_options;
static struct report_page page;
static struct report_run run;

static void a_small_result(void)
{
	strcpy(root, "/tmp/report-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/page.html", root);
	result = report_case_result();
	memset(&page, 0, sizeof(page));
	page.options = &no_options;
	page.runs = &run;
	page.nruns = 1;
	text[0] = '\0';
}

static void drop_it(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	CU_ASSERT_EQUAL(system(command), 0);
	json_decref(result);
	report_page_free(&page);
}

static char *content(const char *name)
{
	char *all = NULL, full[256];
	size_t room = 0;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", root, name);
	f = fopen(full, "r");
	if (f && getdelim(&all, &room, '\0', f) < 0) {
		free(all);
		all = NULL;
	}
	if (f)
		fclose(f);
	return all;
}

static unsigned times(const char *haystack, const char *needle)
{
	unsigned n = 0;

	for (; haystack && (haystack = strstr(haystack, needle)); haystack++)
		n++;
	return n;
}

/* ---- text ------------------------------------------------------------------------------- */

static void whatever_a_text_holds_it_is_no_markup(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "plain", "plain" },
		{ "<b a=\"1\" c='2'>&amp;",
		  "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;" },
		{ "tab\tbell\adel\177", "tab bell del " },
		{ "mark\001", "mark " },
		{ "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7",
		  "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "\xc3<script>", "?&lt;script&gt;" },
		{ "\xff\xc0\xbc\xed\xa0\x80", "??????" },
		{ "cut \xe2\x82", "cut ??" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&got, &size);

		report_html_text(out, cases[i].text);
		fclose(out);
		CU_ASSERT_STRING_EQUAL(got, cases[i].want);
		free(got);
	}
}

static void a_share_is_all_or_nothing_only_when_it_is(void)
{
	CU_ASSERT_STRING_EQUAL(report_html_share(0, 7).text, "0 %");
	CU_ASSERT_STRING_EQUAL(report_html_share(7, 7).text, "100 %");
	CU_ASSERT_STRING_EQUAL(report_html_share(1, 3).text, "33.3 %");
	CU_ASSERT_STRING_EQUAL(report_html_share(1, 1000000).text, "< 0.01 %");
	CU_ASSERT_STRING_EQUAL(report_html_share(999999, 1000000).text, "> 99.99 %");
	CU_ASSERT_STRING_EQUAL(report_html_share(0, 0).text, "0 %");
}

static void numbers_are_for_people(void)
{
	CU_ASSERT_STRING_EQUAL(report_html_digits(0).text, "0");
	CU_ASSERT_STRING_EQUAL(report_html_digits(999).text, "999");
	CU_ASSERT_STRING_EQUAL(report_html_digits(1000).text, "1,000");
	CU_ASSERT_STRING_EQUAL(report_html_digits(UINT64_MAX).text,
			       "18,446,744,073,709,551,615");
	CU_ASSERT_STRING_EQUAL(report_html_time(0.000312).text, "312 us");
	CU_ASSERT_STRING_EQUAL(report_html_time(4.754).text, "4.75 s");
	CU_ASSERT_STRING_EQUAL(report_html_size(512).text, "2.00 MiB");
	CU_ASSERT_STRING_EQUAL(report_html_size(UINT64_C(1) << 24).text, "64.0 GiB");
}

/* ---- what a result says ----------------------------------------------------------------- */

static void an_order_is_there_or_fragmented_or_memory_is_short(void)
{
	struct report_input in = { .name = "a", .result = result };
	struct report_gone nine, one;

	CU_ASSERT_TRUE_FATAL(report_load(&page, &run, &in));
	nine = report_orders_gone(&run, 0, 9);
	CU_ASSERT_EQUAL(nine.of, 4);
	CU_ASSERT_EQUAL(nine.samples, 2);
	CU_ASSERT_EQUAL(nine.fragmented, 1);
	CU_ASSERT_DOUBLE_EQUAL(nine.first, 1, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(nine.longest, 2, 1e-9);
	CU_ASSERT_EQUAL(nine.begin, 2);
	CU_ASSERT_EQUAL(nine.end_free, 2048);
	one = report_orders_gone(&run, 0, 0);
	CU_ASSERT_EQUAL(one.samples, 1);
	CU_ASSERT_EQUAL(one.fragmented, 0);
}

/* The last pages above min are nobody's: a block of them that is there cannot be had. */
static void what_the_watermark_keeps_back_cannot_be_had(void)
{
	struct report_input in = { .name = "a", .result = result };

	CU_ASSERT_TRUE_FATAL(report_load(&page, &run, &in));
	run.zones[0].min = 2048 - 512;
	CU_ASSERT_EQUAL(report_orders_gone(&run, 0, 9).samples, 2);
	run.zones[0].min++;
	CU_ASSERT_EQUAL(report_orders_gone(&run, 0, 9).samples, 4);
	CU_ASSERT_EQUAL(report_orders_gone(&run, 0, 9).fragmented, 0);
}

static void a_series_that_lacks_a_zone_ends_there(void)
{
	struct report_input in = { .name = "a", .result = result };
	json_t *second = json_array_get(json_object_get(result, "series"), 1);

	json_array_clear(json_object_get(second, "zones"));
	CU_ASSERT_TRUE_FATAL(report_load(&page, &run, &in));
	CU_ASSERT_EQUAL(run.nsamples, 1);
}

/* Daemons can go on when nothing of the trace is left. */
static void samples_behind_the_end_are_left_out(void)
{
	struct report_input in = { .name = "a", .result = result };
	json_t *replay = json_object_get(json_object_get(result, "counters"), "replay");

	json_object_set_new(replay, "end_cycles", json_integer(1500000000));
	CU_ASSERT_TRUE_FATAL(report_load(&page, &run, &in));
	CU_ASSERT_EQUAL(run.nsamples, 3);
}

/* ---- pageblocks ------------------------------------------------------------------------- */

static void write_pageblocks(const char *lines)
{
	char full[128];
	FILE *f;

	snprintf(full, sizeof(full), "%s/pageblocks.csv", root);
	f = fopen(full, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fprintf(f,
		"when,node,zone,first_frame,blocks,type,free_pages,movable_pages,"
		"unmovable_pages,reclaimable_pages,largest_free_order\n%s",
		lines);
	fclose(f);
}

static void a_tebibyte_of_pageblocks_is_some_thousand_cells(void)
{
	struct report_pageblocks b;
	uint64_t blocks = 0;

	write_pageblocks("start,0,Normal,0,524287,Movable,512,0,0,0,9\n"
			 "start,0,Normal,268434944,1,Unmovable,0,0,512,0,-1\n"
			 "end,0,Normal,0,524288,Movable,0,500,12,0,-1\n");
	b = report_pageblocks_read(&page, root, 2000);
	CU_ASSERT_EQUAL_FATAL(b.n, 2);
	CU_ASSERT_EQUAL(b.per_cell, 263);
	CU_ASSERT_EQUAL(b.zones[0].n, 1994);
	for (size_t i = 0; i < b.zones[0].n; i++)
		for (unsigned type = 0; type < REPORT_PAGEBLOCKS_TYPES; type++)
			blocks += b.zones[0].cells[i].blocks[type];
	CU_ASSERT_EQUAL(blocks, 524288);
	CU_ASSERT_EQUAL(b.zones[0].cells[1993].blocks[0], 1);
	CU_ASSERT_EQUAL(b.zones[0].sums[0].pages, 512);
	CU_ASSERT_EQUAL(b.zones[0].sums[1].polluted, 0);
	CU_ASSERT_EQUAL(b.zones[1].sums[1].polluted, 524288);
	CU_ASSERT_TRUE(b.zones[1].at_end);
	CU_ASSERT_STRING_EQUAL(b.trouble, "");
}

static void a_line_that_is_none_is_told(void)
{
	static const char *const lines[] = {
		"start,0,Normal,0,1,Movable,512,0\n",
		"what is this\n",
		"start,0,Normal,0,99999999999999999,Movable,512,0,0,0,9\n",
		"start,0,Normal,0,1,Movable,512,0,99999999999999999,0,9\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct report_pageblocks b;

		write_pageblocks(lines[i]);
		b = report_pageblocks_read(&page, root, 2000);
		CU_ASSERT_STRING_EQUAL(b.trouble, "pageblocks.csv: line 2 is not understood");
	}
}

/* ---- the page --------------------------------------------------------------------------- */

static bool write_one(const char *name)
{
	struct report_input in = { .name = name, .result = result, .folder = root };

	return report_write(path, &in, 1, NULL, text, sizeof(text));
}

static void a_page_says_what_happened_and_who_is_in_the_way(void)
{
	static const char *const parts[] = {
		"Order 9: 3 of 4 requests failed (75.0 %), the first one after 1.50 s.",
		"Order 9 on node 1, zone Normal</b> could not be had in 50.0 % of the samples, "
		"for the first time after 1.00 s",
		"unmovable pages of <b>hoarder, pid 42 (GFP_KERNEL)</b>, in 3 of the 3 least "
		"blocked ranges; in 2 of these nobody else",
		"id=\"rerun\"",
		"pagesim run ",
		"0123",
		"min_free_kbytes",
	};
	char *html;

	CU_ASSERT_TRUE_FATAL(write_one("a"));
	html = content("page.html");
	CU_ASSERT_PTR_NOT_NULL_FATAL(html);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		CU_ASSERT_EQUAL(times(html, parts[i]) > 0, true);
	CU_ASSERT_EQUAL(times(html, "<section id="), 13);
	CU_ASSERT_EQUAL(times(html, "\001"), 0);
	free(html);
	CU_ASSERT_EQUAL(access(root, R_OK), 0);
	html = content("page.files/scenario.json");
	CU_ASSERT_PTR_NOT_NULL(html);
	free(html);
}

/* A block that goes after the last sample is gone at the end. */
static void the_end_is_the_end_and_not_the_last_sample(void)
{
	json_t *end = json_array_get(json_object_get(result, "fragmentation"), 0);
	struct report_input in = { .name = "a", .result = result };
	struct report_gone nine;

	json_object_set_new(end, "free_blocks_by_order",
			    json_pack("[iiiiiiiiiii]", 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0));
	CU_ASSERT_TRUE_FATAL(report_load(&page, &run, &in));
	nine = report_orders_gone(&run, 0, 9);
	CU_ASSERT_EQUAL(nine.begin, 2);
	CU_ASSERT_EQUAL(nine.end, 1);
	CU_ASSERT_EQUAL(nine.end_free, 3 * 256 + 512);
	CU_ASSERT_EQUAL(nine.end_unusable, 600);
	json_object_set_new(end, "node", json_integer(0)); /* another zone's */
	CU_ASSERT_EQUAL(report_orders_gone(&run, 0, 9).end, 2);
}

/* Every sample has a block, and the counters know of a time without one. */
static void what_happens_between_samples_is_told(void)
{
	json_t *orders = json_array(), *node;
	char *html;

	for (int i = 0; i < 2; i++) /* the samples without a block */
		json_array_remove(json_object_get(result, "series"), 1);
	for (int order = 0; order < 10; order++)
		json_array_append_new(
			orders, json_pack("{si si si sI sI}", "order", order, "failed", 0,
					  "unsatisfiable_spells", order == 9,
					  "first_unsatisfiable_cycles", (json_int_t)3500000000,
					  "unsatisfiable_cycles", (json_int_t)20000000));
	node = json_pack("[{si so}]", "node", 1, "orders", orders);
	json_object_set_new(json_object_get(result, "counters"), "orders_by_node", node);
	CU_ASSERT_TRUE_FATAL(write_one("a"));
	html = content("page.html");
	CU_ASSERT_EQUAL(times(html, "<li class=\"bad\"><b>Order 9 on node 1, zone Normal</b> "
				    "could be had in every sample. Between samples node 1 had "
				    "no free block of it: 1 time, 20.0 ms in all, for the "
				    "first time after 3.50 s."),
			1);
	free(html);
}

static unsigned times_until(const char *from, const char *to, const char *needle)
{
	unsigned n = 0;

	for (from = strstr(from, needle); from && from < to; from = strstr(from + 1, needle))
		n++;
	return n;
}

static void every_row_has_a_cell_for_each_head(void)
{
	unsigned tables = 0;
	char *html;

	CU_ASSERT_TRUE_FATAL(write_one("a"));
	html = content("page.html");
	CU_ASSERT_PTR_NOT_NULL_FATAL(html);
	for (const char *t = html; (t = strstr(t, "<table>")); t++, tables++) {
		const char *end = strstr(t, "</table>"), *body = strstr(t, "<tbody>");
		unsigned heads = times_until(t, body, "<th ");

		for (const char *row = strstr(body, "<tr"); row && row < end;) {
			const char *next = strstr(row + 1, "<tr");

			next = next && next < end ? next : end;
			CU_ASSERT_EQUAL(times_until(row, next, "<td"), heads);
			row = next < end ? next : NULL;
		}
	}
	CU_ASSERT_TRUE(tables > 8);
	free(html);
}

/* Every text that comes from outside tries to be a script. */
static void make_evil(json_t *json)
{
	const char *name;
	json_t *value;
	size_t i;

	if (json_is_object(json)) {
		json_object_foreach(json, name, value)
		{
			if (json_is_string(value) && strcmp(name, "kernel") != 0)
				json_string_set(value, REPORT_CASE_EVIL);
			make_evil(value);
		}
	} else {
		json_array_foreach(json, i, value) make_evil(value);
	}
}

static void no_name_becomes_a_script(void)
{
	struct report_options options = { .title = REPORT_CASE_EVIL };
	const char *const sentences[] = { REPORT_CASE_EVIL };
	struct report_input in[2] = { { .name = REPORT_CASE_EVIL, .result = result },
				      { .name = "<img src=x onerror=alert(1)>",
					.result = result } };
	char *html;

	make_evil(result);
	json_object_set_new(json_object_get(result, "scenario"), "<script>", json_integer(1));
	options.sentences = sentences;
	options.nsentences = 1;
	for (unsigned n = 1; n <= 2; n++) {
		CU_ASSERT_TRUE_FATAL(report_write(path, in, n, &options, text, sizeof(text)));
		html = content("page.html");
		CU_ASSERT_EQUAL(times(html, "<script"), 0);
		CU_ASSERT_EQUAL(times(html, "<img"), 0);
		CU_ASSERT_TRUE(times(html, "&lt;script&gt;") > 5);
		free(html);
	}
}

static void put_words(FILE *out, const void *ctx)
{
	report_html_say(out, "%s", (const char *)ctx);
}

static void a_section_of_the_callers_stands_below_the_first_one(void)
{
	const struct report_section section = { "mine", "My own", put_words, "my words" };
	const char *const sentences[] = { "First of all.", "Then <this>." };
	struct report_options options = { .sentences = sentences,
					  .nsentences = 2,
					  .section = &section };
	struct report_input in = { .name = "a", .result = result };
	char *html, *mine;

	CU_ASSERT_TRUE_FATAL(report_write(path, &in, 1, &options, text, sizeof(text)));
	html = content("page.html");
	mine = html ? strstr(html, "<section id=\"mine\"><h2>My own</h2>\nmy words</section>")
		    : NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(mine);
	CU_ASSERT_TRUE(strstr(html, "<section id=\"headline\">") < mine);
	CU_ASSERT_TRUE(strstr(html, "<section id=\"summary\">") > mine);
	CU_ASSERT_EQUAL(times(html, "<a href=\"#mine\">My own</a>"), 1);
	CU_ASSERT_TRUE(strstr(html, "<li>First of all.\n<li>Then &lt;this&gt;.") < mine);
	CU_ASSERT_EQUAL(times(html, "<section id=\"mine\">"), 1);
	free(html);
}

static void the_same_results_are_the_same_page(void)
{
	char *first, *second;

	CU_ASSERT_TRUE_FATAL(write_one("a"));
	first = content("page.html");
	CU_ASSERT_TRUE_FATAL(write_one("a"));
	second = content("page.html");
	CU_ASSERT_STRING_EQUAL(first, second);
	free(first);
	free(second);
}

static void an_empty_result_is_a_page_that_says_what_it_lacks(void)
{
	json_t *empty = json_object();
	struct report_input in = { .name = "empty", .result = empty };
	char *html;

	CU_ASSERT_TRUE_FATAL(report_write(path, &in, 1, NULL, text, sizeof(text)));
	html = content("page.html");
	CU_ASSERT_EQUAL(times(html, "<section id="), 13);
	CU_ASSERT_TRUE(times(html, "class=\"none\"") >= 5);
	free(html);
	json_decref(empty);
}

static void without_files_nothing_stays_beside_the_page(void)
{
	struct report_options options = { .no_files = true };
	struct report_input in = { .name = "a", .result = result };
	char full[128];

	CU_ASSERT_TRUE_FATAL(report_write(path, &in, 1, &options, text, sizeof(text)));
	CU_ASSERT_EQUAL(access(path, R_OK), 0);
	snprintf(full, sizeof(full), "%s/page.files", root);
	CU_ASSERT_NOT_EQUAL(access(full, F_OK), 0);
}

static void a_page_that_cannot_be_written_is_not_there_and_has_a_reason(void)
{
	char *where = strdup(getenv("PATH"));

	CU_ASSERT_PTR_NOT_NULL_FATAL(where);
	setenv("PATH", "/nowhere", 1);
	CU_ASSERT_FALSE(write_one("a"));
	setenv("PATH", where, 1);
	free(where);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "gnuplot-nox"));
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/page.html/", root);
	CU_ASSERT_FALSE(write_one("a"));
	snprintf(path, sizeof(path), "/proc/no/page.html");
	CU_ASSERT_FALSE(write_one("a"));
	CU_ASSERT_TRUE(strlen(text) > 10);
}

/* ---- pictures --------------------------------------------------------------------------- */

static void a_picture_has_the_pages_ink_and_no_size_of_its_own(void)
{
	static const char svg[] =
		"<?xml version=\"1.0\"?>\n<svg \n width=\"520\" height=\"300\"\n"
		" viewBox=\"0 0 520 300\"\n>\n<title>x</title>\n"
		"<g id=\"gnuplot_canvas\">\n<defs>\n<path id='gpPt0'/>\n</defs>\n"
		"<g fill=\"none\">\n</g>\n"
		"<g fill=\"none\" color=\"black\">\n"
		"\t<path stroke='rgb(119, 119, 119)' d='M37.75,264.00 L0.04,1'/>\n"
		"\t<text>1.50 rgb(119, 119, 119)</text>\n</g>\n"
		"\t<g id=\"x_plot_1\" ><title>x_plot_1</title>\n\t</g>\n</g>\n</svg>\n";
	char *got = report_svg_inline(svg, "a \"title\"");

	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CU_ASSERT_STRING_EQUAL(
		got,
		"<svg viewBox=\"0 0 520 300\" role=\"img\" aria-label=\"a "
		"&quot;title&quot;\">\n"
		"<g id=\"gnuplot_canvas\">\n<g fill=\"none\">\n"
		"\t<path stroke='currentColor' d='M37.7,264 L0,1'/>\n"
		"\t<text>1.50 rgb(119, 119, 119)</text>\n</g>\n<g>\n\t</g>\n</g>\n</svg>\n");
	free(got);
}

static void shapes_of_points_stay_where_they_are_used(void)
{
	static const char svg[] =
		"<svg viewBox=\"0 0 1 1\">\n<g id=\"gnuplot_canvas\">\n<defs>\n"
		"<path id='gpPt0'/>\n</defs>\n"
		"<use xlink:href='#gpPt0'/>\n</g>\n</svg>\n";
	char *got = report_svg_inline(svg, "t");

	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CU_ASSERT_EQUAL(times(got, "<path id='gpPt"), 1);
	free(got);
}

static CU_TestInfo tests[] = {
	{ "whatever a text holds, it is no markup", whatever_a_text_holds_it_is_no_markup },
	{ "a share is all or nothing only when it is",
	  a_share_is_all_or_nothing_only_when_it_is },
	{ "numbers are for people", numbers_are_for_people },
	{ "an order is there, or fragmented, or memory is short",
	  an_order_is_there_or_fragmented_or_memory_is_short },
	{ "what the watermark keeps back cannot be had",
	  what_the_watermark_keeps_back_cannot_be_had },
	{ "a series that lacks a zone ends there", a_series_that_lacks_a_zone_ends_there },
	{ "a tebibyte of pageblocks is some thousand cells",
	  a_tebibyte_of_pageblocks_is_some_thousand_cells },
	{ "samples behind the end are left out", samples_behind_the_end_are_left_out },
	{ "every row has a cell for each head", every_row_has_a_cell_for_each_head },
	{ "a line that is none is told", a_line_that_is_none_is_told },
	{ "the end is the end and not the last sample",
	  the_end_is_the_end_and_not_the_last_sample },
	{ "what happens between samples is told", what_happens_between_samples_is_told },
	{ "a page says what happened and who is in the way",
	  a_page_says_what_happened_and_who_is_in_the_way },
	{ "no name becomes a script", no_name_becomes_a_script },
	{ "a section of the caller's stands below the first one",
	  a_section_of_the_callers_stands_below_the_first_one },
	{ "the same results are the same page", the_same_results_are_the_same_page },
	{ "an empty result is a page that says what it lacks",
	  an_empty_result_is_a_page_that_says_what_it_lacks },
	{ "without files nothing stays beside the page",
	  without_files_nothing_stays_beside_the_page },
	{ "a page that cannot be written is not there and has a reason",
	  a_page_that_cannot_be_written_is_not_there_and_has_a_reason },
	{ "a picture has the page's ink and no size of its own",
	  a_picture_has_the_pages_ink_and_no_size_of_its_own },
	{ "shapes of points stay where they are used",
	  shapes_of_points_stay_where_they_are_used },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "report", NULL, NULL, a_small_result, drop_it, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
