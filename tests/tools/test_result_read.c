/* Reading results back, and refusing what is none. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/tools/result_case.h"
#include "tools/result_read.h"

static char folder[] = "/tmp/pagesim-result-read-XXXXXX", path[64];
static struct result_read result;
static struct result_read_error err;

static int begin(void)
{
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/result.json", folder);
	return 0;
}

static int drop(void)
{
	unlink(path);
	return rmdir(folder);
}

static void write_text(const char *text)
{
	FILE *out = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fputs(text, out);
	CU_ASSERT_EQUAL_FATAL(fclose(out), 0);
}

/* Takes the reference. */
static void write_json(json_t *json)
{
	CU_ASSERT_EQUAL_FATAL(json_dump_file(json, path, JSON_SORT_KEYS | JSON_INDENT(1)), 0);
	json_decref(json);
}

/* Refused with that status, and in words that contain these. */
static bool refuses(int status, const char *words)
{
	bool opened = result_read_open(path, &result, &err);

	if (opened)
		result_read_close(&result);
	else if (err.status != status || !strstr(err.text, words))
		fprintf(stderr, "%d: %s\n", err.status, err.text);
	return !opened && err.status == status && strstr(err.text, words) &&
	       strncmp(err.text, path, strlen(path)) == 0 && !result.json;
}

static void a_result_is_read_from_its_folder_and_its_file(void)
{
	const char *const ways[] = { folder, path };

	write_json(result_case_new());
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		CU_ASSERT_TRUE_FATAL(result_read_open(ways[i], &result, &err));
		CU_ASSERT_STRING_EQUAL(result.kernel, "4.12.0");
		CU_ASSERT_EQUAL(strlen(result.digest), 32);
		CU_ASSERT_EQUAL(result.clock_mhz, 2000);
		CU_ASSERT_STRING_EQUAL(result.name, path);
		CU_ASSERT_EQUAL(strncmp(result.folder, folder, strlen(folder)), 0);
		result_read_close(&result);
	}
}

static void an_edited_figure_is_noticed(void)
{
	json_t *json = result_case_new();
	json_t *vmstat = json_object_get(json_object_get(json, "counters"), "vmstat");

	json_object_set_new(vmstat, "allocstall_normal", json_integer(2));
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "damaged or edited"));
}

static void what_the_digest_is_not_of_may_differ(void)
{
	json_t *json = result_case_new();

	json_object_set_new(json, "host", json_object());
	write_json(json);
	CU_ASSERT_TRUE_FATAL(result_read_open(path, &result, &err));
	result_read_close(&result);
}

static void other_formats_and_versions_are_refused(void)
{
	json_t *json = result_case_new();

	json_object_set_new(json, "version", json_integer(RESULT_VERSION + 1));
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "a result of version"));
	json = result_case_new();
	json_object_set_new(json, "format", json_string("a sweep"));
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "no result of pagesim run"));
	json = result_case_new();
	json_object_set_new(json, "version", json_string("1"));
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "does not say its version"));
}

static void a_part_that_is_missing_is_named(void)
{
	json_t *json = result_case_new();

	json_object_del(json, "latency");
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "'latency' is missing"));
	json = result_case_new();
	json_object_set_new(json, "counters", json_array());
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "'counters' is missing or of a wrong kind"));
}

static void rows_of_latency_without_their_names_are_refused(void)
{
	json_t *json = result_case_new();

	json_object_del(json_array_get(json_object_get(json, "latency"), 1), "by");
	result_case_sign(json);
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "'latency[1].by' is missing or no text"));
	json = result_case_new();
	json_array_set_new(json_object_get(json, "latency"), 2, json_integer(1));
	result_case_sign(json);
	write_json(json);
	CU_ASSERT_TRUE(refuses(3, "'latency[2].op' is missing or no text"));
}

static void bad_json_is_pointed_at(void)
{
	write_text("{\n \"format\": pagesim\n}\n");
	CU_ASSERT_TRUE(refuses(3, "result.json:2:"));
	write_text("");
	CU_ASSERT_TRUE(refuses(3, "no JSON"));
	write_text("{\"format\": \"pagesim result\", \"format\": \"pagesim result\"}\n");
	CU_ASSERT_TRUE(refuses(3, "duplicate"));
}

static void a_missing_file_is_a_matter_of_usage(void)
{
	unlink(path);
	CU_ASSERT_TRUE(refuses(2, "No such file"));
}

static CU_TestInfo tests[] = {
	{ "a result is read from its folder and its file",
	  a_result_is_read_from_its_folder_and_its_file },
	{ "an edited figure is noticed", an_edited_figure_is_noticed },
	{ "what the digest is not of may differ", what_the_digest_is_not_of_may_differ },
	{ "other formats and versions are refused", other_formats_and_versions_are_refused },
	{ "a part that is missing is named", a_part_that_is_missing_is_named },
	{ "rows of latency without their names are refused",
	  rows_of_latency_without_their_names_are_refused },
	{ "bad JSON is pointed at", bad_json_is_pointed_at },
	{ "a missing file is a matter of usage", a_missing_file_is_a_matter_of_usage },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "result_read", begin, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
