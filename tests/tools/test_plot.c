#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tools/plot.h"

static char text[512];
static char file[1 << 16];

static void a_fresh_folder(void)
{
	CU_ASSERT_EQUAL_FATAL(folder_new(), 0);
	text[0] = '\0';
}

static void remove_it(void)
{
	CU_ASSERT_EQUAL(folder_drop(), 0);
}

static const char *content(const char *name)
{
	char path[256];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f) {
		n = fread(file, 1, sizeof(file) - 1, f);
		fclose(f);
	}
	file[n] = '\0';
	return file;
}

static unsigned entries(void)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

/* In PATH first, so that it is what is run. */
static void put_gnuplot(const char *script)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/gnuplot", folder);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(script, f);
	fclose(f);
	CU_ASSERT_EQUAL(chmod(path, 0755), 0);
}

static bool write_with(const char *path, const struct plot *p, unsigned n)
{
	char was[4096];
	bool ok;

	snprintf(was, sizeof(was), "%s", getenv("PATH"));
	setenv("PATH", path, 1);
	ok = plot_write(folder, p, n, text, sizeof(text));
	setenv("PATH", was, 1);
	return ok;
}

static const double x[] = { 0, 1, 2 }, y[] = { 10, 0, 1e9 }, z[] = { 1, 2, 0.125 };

static const struct plot_series line = { .label = "it's", .x = x, .y = y, .n = 3 };
static const struct plot a_line = { .name = "a-line",
				    .title = "<Two> 'lines'\nof _text_ & µ",
				    .x = { .label = "time", .unit = "s" },
				    .y = { .label = "events" },
				    .series = &line,
				    .nseries = 1 };

static void a_plot_leaves_numbers_script_and_picture(void)
{
	CU_ASSERT_TRUE_FATAL(plot_write(folder, &a_line, 1, text, sizeof(text)));
	CU_ASSERT_EQUAL(entries(), 3);
	CU_ASSERT_STRING_EQUAL(content("a-line.dat"),
			       "# it''s: x, y\n 0 10\n 1 0\n 2 1000000000\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(content("a-line.gp"), "set xlabel 'time (s)'"));
	content("a-line.svg");
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "&lt;Two> 'lines' of _text_ &amp; µ"));
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "it's"));
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "</svg>"));
}

static void a_picture_tells_no_version_date_or_folder(void)
{
	CU_ASSERT_TRUE_FATAL(plot_write(folder, &a_line, 1, text, sizeof(text)));
	content("a-line.svg");
	CU_ASSERT_PTR_NULL(strstr(file, "GNUPLOT"));
	CU_ASSERT_PTR_NULL(strstr(file, "patchlevel"));
	CU_ASSERT_PTR_NULL(strstr(file, folder));
	CU_ASSERT_PTR_NULL(strstr(content("a-line.gp"), folder));
}

static void the_script_left_draws_the_picture_again(void)
{
	static char first[1 << 16];
	char command[256];

	CU_ASSERT_TRUE_FATAL(plot_write(folder, &a_line, 1, text, sizeof(text)));
	strcpy(first, content("a-line.svg"));
	snprintf(command, sizeof(command),
		 "cd %s && gnuplot a-line.gp && sed -i '/^<desc>/d' a-line.svg", folder);
	CU_ASSERT_EQUAL(system(command), 0);
	CU_ASSERT_STRING_EQUAL(content("a-line.svg"), first);
}

static void what_is_stacked_stands_on_what_is_below(void)
{
	const struct plot_series s[] = {
		{ .label = "below", .style = PLOT_STACKED, .x = x, .y = z, .n = 3 },
		{ .label = "none", .style = PLOT_STACKED },
		{ .label = "above", .style = PLOT_STACKED, .x = x, .y = z, .n = 3 },
	};
	const struct plot p = { .name = "p", .title = "p", .series = s, .nseries = 3 };

	CU_ASSERT_TRUE_FATAL(plot_write(folder, &p, 1, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(content("p.dat"),
			       "# below: x, low, high\n 0 0 1\n 1 0 2\n 2 0 0.125\n\n\n"
			       "# above: x, low, high\n 0 1 2\n 1 2 4\n 2 0.125 0.25\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(content("p.gp"), "'p.dat' index 1 "));
}

static void what_an_axis_cannot_show_is_a_gap(void)
{
	const double gaps[] = { NAN, -1, 5 };
	const struct plot_series s = {
		.style = PLOT_BAND, .x = z, .y = gaps, .low = z, .n = 3
	};
	const struct plot p = {
		.name = "p", .title = "p", .y = { .log = true }, .series = &s, .nseries = 1
	};

	CU_ASSERT_TRUE_FATAL(plot_write(folder, &p, 1, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(content("p.dat"),
			       "# p: x, low, high\n 1 NaN NaN\n 2 NaN NaN\n 0.125 0.125 5\n");
}

static void without_numbers_the_axes_say_so(void)
{
	const double none[] = { NAN, INFINITY, -INFINITY };
	const struct plot_series s = { .x = x, .y = none, .n = 3 };
	const struct plot p[] = {
		{ .name = "none", .title = "none", .x = { .log = true } },
		{ .name = "gaps", .title = "gaps", .series = &s, .nseries = 1 },
	};

	CU_ASSERT_TRUE_FATAL(plot_write(folder, p, 2, text, sizeof(text)));
	CU_ASSERT_EQUAL(entries(), 6);
	CU_ASSERT_PTR_NOT_NULL(strstr(content("none.svg"), "no data"));
	CU_ASSERT_PTR_NOT_NULL(strstr(content("gaps.svg"), "no data"));
}

static void boxes_of_one_place_stand_side_by_side(void)
{
	static const char *const names[] = { "zero", "one", "2 %" };
	const struct plot_series s[] = {
		{ .label = "a", .style = PLOT_BOXES, .x = x, .y = z, .n = 3 },
		{ .label = "b", .style = PLOT_BOXES, .x = x, .y = z, .n = 3 },
	};
	const struct plot p = { .name = "p",
				.title = "p",
				.x = { .label = "order", .names = names, .nnames = 3 },
				.series = s,
				.nseries = 2 };

	CU_ASSERT_TRUE_FATAL(plot_write(folder, &p, 1, text, sizeof(text)));
	content("p.gp");
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "set boxwidth 0.4 absolute"));
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "($1+(-0.2)):2"));
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "($1+(0.2)):2"));
	CU_ASSERT_PTR_NOT_NULL(strstr(file, "set xtics ('zero' 0, 'one' 1, '2 %%' 2)"));
}

static void a_machine_without_gnuplot_is_told_the_package(void)
{
	CU_ASSERT_FALSE(write_with("/nowhere", &a_line, 1));
	CU_ASSERT_STRING_EQUAL(text, "cannot draw a-line: plots are drawn by gnuplot, which is "
				     "not here (package gnuplot-nox)");
	CU_ASSERT_EQUAL(entries(), 0);
}

static void what_a_failing_gnuplot_says_is_passed_on(void)
{
	put_gnuplot(
		"#!/bin/sh\necho >&2\necho '\"a.gp\" line 3: wrong' >&2\necho >&2\nexit 1\n");
	CU_ASSERT_FALSE(write_with(folder, &a_line, 1));
	CU_ASSERT_STRING_EQUAL(text,
			       "cannot draw a-line: gnuplot failed: \"a.gp\" line 3: wrong");
	put_gnuplot("#!/bin/sh\nkill -9 $$\n");
	CU_ASSERT_FALSE(write_with(folder, &a_line, 1));
	CU_ASSERT_STRING_EQUAL(text, "cannot draw a-line: gnuplot failed: ended by signal 9");
	CU_ASSERT_EQUAL(entries(), 1);
}

static void a_picture_that_is_cut_off_is_none(void)
{
	put_gnuplot("#!/bin/sh\necho '<svg>' >a-line.svg\n");
	CU_ASSERT_FALSE(write_with(folder, &a_line, 1));
	CU_ASSERT_STRING_EQUAL(text, "cannot write a-line.svg: No space left on device");
	CU_ASSERT_EQUAL(entries(), 1);
}

static void one_plot_that_fails_leaves_none(void)
{
	struct plot p[] = { a_line, a_line };

	p[1].name = "../x";
	CU_ASSERT_FALSE(plot_write(folder, p, 2, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "'../x' cannot be the name of a plot");
	CU_ASSERT_EQUAL(entries(), 0);
}

static CU_TestInfo tests[] = {
	{ "a plot leaves numbers, script and picture",
	  a_plot_leaves_numbers_script_and_picture },
	{ "a picture tells no version, date or folder",
	  a_picture_tells_no_version_date_or_folder },
	{ "the script left draws the picture again", the_script_left_draws_the_picture_again },
	{ "what is stacked stands on what is below", what_is_stacked_stands_on_what_is_below },
	{ "what an axis cannot show is a gap", what_an_axis_cannot_show_is_a_gap },
	{ "without numbers the axes say so", without_numbers_the_axes_say_so },
	{ "boxes of one place stand side by side", boxes_of_one_place_stand_side_by_side },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo failures[] = {
	{ "a machine without gnuplot is told the package",
	  a_machine_without_gnuplot_is_told_the_package },
	{ "what a failing gnuplot says is passed on",
	  what_a_failing_gnuplot_says_is_passed_on },
	{ "a picture that is cut off is none", a_picture_that_is_cut_off_is_none },
	{ "one plot that fails leaves none", one_plot_that_fails_leaves_none },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "plot", NULL, NULL, a_fresh_folder, remove_it, tests },
	{ "plot_failures", NULL, NULL, a_fresh_folder, remove_it, failures },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
