/* Recordings running free: what was compared with what, and how it is judged. */
#include "sim/device_yaml.h"
#include "tests/unit.h"
#include "tools/verify_free_bands.h"
#include "tools/verify_free_report.h"
#include "tools/verify_free_rows.h"
#include "tools/verify_free_run.h"
#include "tools/verify_free_svg.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHATIF "tests/recorded/whatif/full_scale10.pgt"
#define SPREAD "tests/recorded/whatif/spread.csv"
#define OOM "tests/recorded/4.12.0/w4_oom_numa.pgt"

static struct verify_free v;
static struct verify_free_bands bands;
static char path[64];

static bool run(const char *recording, const char *set)
{
	const struct verify_free_request q = { .path = recording,
					       .name = recording,
					       .sets = &set,
					       .nsets = set ? 1 : 0,
					       .runs = 1 };

	return verify_free(&v, &q);
}

static bool is_near(const char *name)
{
	const struct verify_free_row *row = verify_free_rows_find(&v, name);

	return row && row->known && row->inside;
}

static void the_drive_at_hand_is_the_one_in_the_file(void)
{
	struct sim_device_figures f;
	struct conf_error err;
	char name[SIM_DEVICE_NAME];

	CU_ASSERT_FATAL(sim_device_yaml_load("configs/devices/nvme-2016.yaml", &f, name, &err));
	CU_ASSERT_EQUAL(memcmp(&f, &verify_free_run_drive, sizeof(f)), 0);
	CU_ASSERT_STRING_EQUAL(name, "nvme-2016");
}

static void a_recorded_workload_is_reclaimed_as_the_real_kernel_did(void)
{
	static const char *const near[] = {
		"pgscan_kswapd", "pgsteal_kswapd", "pswpin",   "pswpout",      "pgmajfault",
		"pgactivate",    "pgrotated",      "pgrefill", "nr_free_pages"
	};

	CU_ASSERT_FATAL(run(WHATIF, NULL));
	for (unsigned i = 0; i < ARRAY_SIZE(near); i++)
		CU_ASSERT(is_near(near[i]));
}

static void the_task_that_the_real_kernel_killed_is_killed(void)
{
	CU_ASSERT_FATAL(run(OOM, NULL));
	CU_ASSERT_EQUAL(v.recorded_victim, 131);
	CU_ASSERT_EQUAL(v.victim, 131);
	CU_ASSERT_EQUAL(v.killed, 1);
	CU_ASSERT(is_near("nr_free_pages"));
}

static void a_larger_gap_between_the_marks_wakes_kswapd_less_often(void)
{
	int64_t narrow;

	CU_ASSERT_FATAL(run(WHATIF, "vm.watermark_scale_factor=10"));
	narrow = verify_free_rows_find(&v, "kswapd_wakeups")->simulated;
	CU_ASSERT_FATAL(run(WHATIF, "vm.watermark_scale_factor=500"));
	CU_ASSERT(verify_free_rows_find(&v, "kswapd_wakeups")->simulated * 3 < narrow);
}

static void what_cannot_be_replayed_is_refused(void)
{
	CU_ASSERT_FALSE(run("nothing-there.pgt", NULL));
	CU_ASSERT_EQUAL(v.error.status, 3);
	CU_ASSERT_FALSE(run("traces/samples/vm-fragment.pgt", NULL));
	CU_ASSERT_EQUAL(v.error.status, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(v.error.text, "no counters of /proc/vmstat"));
	CU_ASSERT_FALSE(run(WHATIF, "vm.swapiness=1"));
	CU_ASSERT_EQUAL(v.error.status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(v.error.text, "swappiness"));
}

/* ---- bands --------------------------------------------------------------------------------
 */

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fputs(text, f) >= 0);
	fclose(f);
}

#define HEAD "setting,n,pswpin_min,pswpin_median,pswpin_max\n"

static void a_replay_has(int64_t pswpin)
{
	v = (struct verify_free){ .nrows = 1,
				  .rows = { { .name = "pswpin", .simulated = pswpin } } };
}

static void settings_are_read_with_their_bands(void)
{
	CU_ASSERT_FATAL(verify_free_bands_read(&bands, SPREAD));
	CU_ASSERT_EQUAL(bands.nsettings, 4);
	CU_ASSERT_EQUAL(bands.ncolumns, 15);
	CU_ASSERT_STRING_EQUAL(bands.setting[2].name, "watermark_scale_factor=500");
	for (unsigned c = 0; c < bands.ncolumns; c++)
		if (strcmp(bands.column[c], "allocstall_sum") == 0) {
			CU_ASSERT_EQUAL(bands.setting[0].band[c].min, 32);
			CU_ASSERT_EQUAL(bands.setting[0].band[c].median, 685);
			CU_ASSERT_EQUAL(bands.setting[0].band[c].max, 148);
		}
}

static void a_given_setting_is_found(void)
{
	const char *sets[] = { "vm.swappiness=60", "vm.min_free_kbytes=1000KiB" };

	CU_ASSERT_FATAL(verify_free_bands_read(&bands, SPREAD));
	CU_ASSERT_PTR_EQUAL(verify_free_bands_given(&bands, sets, 2), &bands.setting[3]);
	CU_ASSERT_PTR_NULL(verify_free_bands_given(&bands, sets, 1));
}

static void what_lies_outside_and_what_is_in_the_wrong_order_is_counted(void)
{
	put(HEAD "a=1,8,10,15.5,20\nb=1,8,30,35,40\nc=1,8,15,25,35\n");
	CU_ASSERT_FATAL(verify_free_bands_read(&bands, path));
	a_replay_has(20);
	verify_free_bands_take(&bands, &bands.setting[0], &v);
	CU_ASSERT_EQUAL(verify_free_bands_misses(&bands), 0);
	a_replay_has(30);
	verify_free_bands_take(&bands, &bands.setting[1], &v);
	CU_ASSERT_EQUAL(verify_free_bands_misses(&bands), 0);
	/* Outside, and not below what is always more. */
	a_replay_has(30);
	verify_free_bands_take(&bands, &bands.setting[0], &v);
	CU_ASSERT_EQUAL(verify_free_bands_misses(&bands), 2);
	/* Bands that overlap tell no order. */
	a_replay_has(15);
	verify_free_bands_take(&bands, &bands.setting[2], &v);
	CU_ASSERT_EQUAL(verify_free_bands_misses(&bands), 2);
}

static void what_is_no_file_of_bands_is_refused_with_its_line(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", ":1: no bands" },
		{ "setting,n\na=1,8\n", ":1: no bands" },
		{ "name,pswpin_min,pswpin_median,pswpin_max\n", ":1: no bands" },
		{ HEAD, "no setting" },
		{ HEAD "a=1,8,10,15\n", ":2: expected a setting" },
		{ HEAD "a=1,8,10,15,20,25\n", ":2: expected a setting" },
		{ HEAD "a=1,8,10,15,2x\n", ":2: expected a setting" },
		{ HEAD "a=1,8,10,15,20\nb,8,10,15,20\n", ":3: expected a setting" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		put(cases[i].text);
		CU_ASSERT_FALSE(verify_free_bands_read(&bands, path));
		CU_ASSERT_EQUAL(bands.error.status, 3);
		CU_ASSERT_PTR_NOT_NULL(strstr(bands.error.text, cases[i].says));
	}
	CU_ASSERT_FALSE(verify_free_bands_read(&bands, "nothing-there.csv"));
}

static void a_picture_shows_what_was_done(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	put(HEAD "a=1,8,10,15.5,20\nb=1,8,30,35,40\n");
	CU_ASSERT_FATAL(verify_free_bands_read(&bands, path));
	CU_ASSERT_FALSE(verify_free_svg(&bands, out));
	a_replay_has(20);
	verify_free_bands_take(&bands, &bands.setting[0], &v);
	CU_ASSERT(verify_free_svg(&bands, out));
	fclose(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<svg "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "class=\"inside\"/>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "1: a=1"));
	CU_ASSERT_PTR_NULL(strstr(text, "b=1"));
	free(text);
}

static int make(void)
{
	snprintf(path, sizeof(path), "/tmp/pagesim-bands-%ld.csv", (long)getpid());
	return 0;
}

static int drop(void)
{
	unlink(path);
	return 0;
}

static CU_TestInfo tests[] = {
	{ "the drive at hand is the one in the file",
	  the_drive_at_hand_is_the_one_in_the_file },
	{ "a recorded workload is reclaimed as the real kernel did",
	  a_recorded_workload_is_reclaimed_as_the_real_kernel_did },
	{ "the task that the real kernel killed is killed",
	  the_task_that_the_real_kernel_killed_is_killed },
	{ "a larger gap between the marks wakes kswapd less often",
	  a_larger_gap_between_the_marks_wakes_kswapd_less_often },
	{ "what cannot be replayed is refused", what_cannot_be_replayed_is_refused },
	{ "settings are read with their bands", settings_are_read_with_their_bands },
	{ "a given setting is found", a_given_setting_is_found },
	{ "what lies outside and what is in the wrong order is counted",
	  what_lies_outside_and_what_is_in_the_wrong_order_is_counted },
	{ "what is no file of bands is refused with its line",
	  what_is_no_file_of_bands_is_refused_with_its_line },
	{ "a picture shows what was done", a_picture_shows_what_was_done },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "verify_free", make, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
