#include "tools/watch_view.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit.h"

static struct watch_view_zone zones[20];
static struct watch_view_count counts[3];
static struct watch_view view;
static char *picture;

static void a_view_of_twenty_zones(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(zones); i++)
		zones[i] = (struct watch_view_zone){ .node = i,
						     .name = "Normal",
						     .managed = 1000,
						     .min = 10,
						     .low = 20,
						     .high = 30,
						     .blocks = { i } };
	counts[0] = (struct watch_view_count){ "kswapd_runs", 3, 0 };
	counts[1] = (struct watch_view_count){ "stolen_pages", 0, 0 };
	counts[2] = (struct watch_view_count){ "kswapd_awake_cycles", 5, 0 };
	view = (struct watch_view){ .trace = "t",
				    .kernel = "4.12.0",
				    .machine = "m",
				    .events = 50,
				    .total = 100,
				    .cycles = 2600000,
				    .mhz = 2600,
				    .since_cycles = 2600000,
				    .requests = { "requests", 40, 7 },
				    .counts = counts,
				    .ncounts = 3,
				    .zones = zones,
				    .nzones = 20,
				    .norders = 11 };
	picture = NULL;
}

static void drop_picture(void)
{
	free(picture);
}

static void draw(unsigned columns, unsigned rows)
{
	size_t size = 0;
	FILE *out = open_memstream(&picture, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	watch_view_draw(&view, columns, rows, out);
	fclose(out);
}

/* The lines of the picture, and the longest one's characters. */
static unsigned measure(size_t *longest)
{
	unsigned lines = 1;
	size_t length = 0;

	*longest = 0;
	for (const char *c = picture; *c; c++) {
		if (strncmp(c, WATCH_VIEW_CLEAR, 3) == 0) {
			c += 2;
			continue;
		}
		length = *c == '\n' ? 0 : length + 1;
		lines += *c == '\n';
		*longest = length > *longest ? length : *longest;
	}
	return lines;
}

static void no_line_is_longer_and_no_more_are_there_than_the_terminal_has(void)
{
	size_t longest;

	for (unsigned columns = 1; columns < 120; columns += 7)
		for (unsigned rows = 1; rows < 60; rows++) {
			draw(columns, rows);
			CU_ASSERT_TRUE(measure(&longest) <= rows);
			CU_ASSERT_TRUE(longest <= columns);
			free(picture);
			picture = NULL;
		}
}

static void zones_without_room_are_counted(void)
{
	draw(100, 25);
	CU_ASSERT_PTR_NOT_NULL(strstr(picture, "Node 8, zone"));
	CU_ASSERT_PTR_NULL(strstr(picture, "Node 9, zone"));
	CU_ASSERT_PTR_NOT_NULL(strstr(picture, "... and 11 more zones"));
}

static void all_zones_are_there_where_there_is_room(void)
{
	draw(100, 46);
	CU_ASSERT_PTR_NOT_NULL(strstr(picture, "Node 19, zone"));
	CU_ASSERT_PTR_NULL(strstr(picture, "more zones"));
}

static void a_zone_says_where_between_its_marks_it_is(void)
{
	static const struct {
		uint64_t pages;
		const char *mark;
	} cases[] = { { 9, "BELOW MIN" },
		      { 10, "below low" },
		      { 20, "below high" },
		      { 30, "above high" } };

	view.nzones = 1;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zones[0].blocks[0] = cases[i].pages;
		draw(200, 10);
		CU_ASSERT_PTR_NOT_NULL(strstr(picture, cases[i].mark));
		free(picture);
		picture = NULL;
	}
}

static void only_what_happened_is_counted(void)
{
	draw(200, 10);
	CU_ASSERT_PTR_NOT_NULL(strstr(picture, "kswapd_runs 3"));
	CU_ASSERT_PTR_NULL(strstr(picture, "stolen_pages"));
	CU_ASSERT_PTR_NULL(strstr(picture, "awake_cycles"));
	CU_ASSERT_PTR_NOT_NULL(strstr(picture, "requests 40, 7,000 a simulated second"));
}

static void a_name_cannot_move_the_cursor(void)
{
	view.trace = "\033[2J\nevil\x9b";
	draw(80, 24);
	CU_ASSERT_PTR_NOT_NULL(strstr(picture, "?[2J?evil?, Linux"));
}

static CU_TestInfo tests[] = {
	{ "no line is longer and no more are there than the terminal has",
	  no_line_is_longer_and_no_more_are_there_than_the_terminal_has },
	{ "zones without room are counted", zones_without_room_are_counted },
	{ "all zones are there where there is room", all_zones_are_there_where_there_is_room },
	{ "a zone says where between its marks it is",
	  a_zone_says_where_between_its_marks_it_is },
	{ "only what happened is counted", only_what_happened_is_counted },
	{ "a name cannot move the cursor", a_name_cannot_move_the_cursor },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "watch_view", NULL, NULL, a_view_of_twenty_zones, drop_picture, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
