#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tools/outdir.h"

static char text[512];

static void a_fresh_folder(void)
{
	CU_ASSERT_EQUAL_FATAL(folder_new(), 0);
	text[0] = '\0';
}

static void remove_it(void)
{
	CU_ASSERT_EQUAL(folder_drop(), 0);
}

static unsigned entries(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void committed_files_have_their_names_and_nothing_else_is_left(void)
{
	char path[128];
	struct outdir *d;

	snprintf(path, sizeof(path), "%s/a/b", folder);
	d = outdir_new(path, text, sizeof(text));
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	fputs("one\n", outdir_file(d, "one"));
	fputs("two\n", outdir_file(d, "two"));
	CU_ASSERT_TRUE(outdir_commit(d, text, sizeof(text)));
	outdir_free(d);
	CU_ASSERT_EQUAL(entries(path), 2);
	strcat(path, "/one");
	CU_ASSERT_EQUAL(access(path, R_OK), 0);
}

static void what_is_not_committed_leaves_nothing(void)
{
	struct outdir *d = outdir_new(folder, text, sizeof(text));

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	fputs("one\n", outdir_file(d, "one"));
	outdir_free(d);
	CU_ASSERT_EQUAL(entries(folder), 0);
}

static void one_file_that_cannot_be_written_stops_all(void)
{
	struct outdir *d = outdir_new(folder, text, sizeof(text));

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	fputs("one\n", outdir_file(d, "one"));
	CU_ASSERT_PTR_NULL(outdir_file(d, "missing/two"));
	CU_ASSERT_FALSE(outdir_commit(d, text, sizeof(text)));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "missing/two"));
	outdir_free(d);
	CU_ASSERT_EQUAL(entries(folder), 0);
}

/* A rename onto /dev/full as folder would take it from the whole machine. */
static void a_device_of_that_name_is_written_to_and_stays_one(void)
{
	char path[128], got[8] = "";
	struct stat st;
	struct outdir *d = outdir_new(folder, text, sizeof(text));
	int reader;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	snprintf(path, sizeof(path), "%s/pipe", folder);
	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	fputs("one\n", outdir_file(d, "pipe"));
	CU_ASSERT_TRUE(outdir_commit(d, text, sizeof(text)));
	outdir_free(d);
	CU_ASSERT_EQUAL(read(reader, got, sizeof(got) - 1), 4);
	CU_ASSERT_STRING_EQUAL(got, "one\n");
	close(reader);
	CU_ASSERT_EQUAL(lstat(path, &st), 0);
	CU_ASSERT_TRUE(S_ISFIFO(st.st_mode));
	CU_ASSERT_EQUAL(entries(folder), 1);
}

static void a_full_device_is_told(void)
{
	char path[128];
	struct stat st;
	struct outdir *d = outdir_new(folder, text, sizeof(text));
	FILE *full;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	snprintf(path, sizeof(path), "%s/full", folder);
	CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", path), 0);
	full = outdir_file(d, "full");
	for (int i = 0; i < 100000; i++)
		fputs("one\n", full);
	CU_ASSERT_FALSE(outdir_commit(d, text, sizeof(text)));
	outdir_free(d);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "/full: No space left on device"));
	CU_ASSERT_EQUAL(lstat(path, &st), 0);
	CU_ASSERT_TRUE(S_ISLNK(st.st_mode));
}

static void a_file_in_the_way_is_named(void)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/file", folder);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fclose(f);
	CU_ASSERT_PTR_NULL(outdir_new(path, text, sizeof(text)));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "is not a folder"));
	CU_ASSERT_PTR_NULL(outdir_new("", text, sizeof(text)));
}

static void put(const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("before\n", f);
	fclose(f);
}

static bool commit_over(const char *name)
{
	struct outdir *d = outdir_new(folder, text, sizeof(text));
	bool ok;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	outdir_file(d, "one");
	outdir_file(d, name);
	outdir_replaces(d, "one");
	outdir_replaces(d, "old");
	outdir_replaces(d, "was never there");
	ok = outdir_commit(d, text, sizeof(text));
	outdir_free(d);
	return ok;
}

static void what_is_replaced_goes_unless_it_is_written_again(void)
{
	char path[128];

	put("one");
	put("old");
	put("other");
	CU_ASSERT_TRUE(commit_over("two"));
	CU_ASSERT_EQUAL(entries(folder), 3);
	snprintf(path, sizeof(path), "%s/old", folder);
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
}

static void what_is_replaced_stays_when_something_cannot_be_written(void)
{
	char path[128];

	put("old");
	CU_ASSERT_FALSE(commit_over("no/such"));
	snprintf(path, sizeof(path), "%s/old", folder);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

static CU_TestInfo tests[] = {
	{ "committed files have their names and nothing else is left",
	  committed_files_have_their_names_and_nothing_else_is_left },
	{ "what is not committed leaves nothing", what_is_not_committed_leaves_nothing },
	{ "one file that cannot be written stops all",
	  one_file_that_cannot_be_written_stops_all },
	{ "a device of that name is written to and stays one",
	  a_device_of_that_name_is_written_to_and_stays_one },
	{ "a full device is told", a_full_device_is_told },
	{ "a file in the way is named", a_file_in_the_way_is_named },
	{ "what is replaced goes unless it is written again",
	  what_is_replaced_goes_unless_it_is_written_again },
	{ "what is replaced stays when something cannot be written",
	  what_is_replaced_stays_when_something_cannot_be_written },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "outdir", NULL, NULL, a_fresh_folder, remove_it, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
