#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit.h"
#include "tools/cmd.h"
#include "tools/options.h"

#define MAX_ARGS 12

static const struct options_row rows[] = {
	{ "trace", 't', "FILE", "the trace" },
	{ "engine", 0, "MODE", "dispatch or strict\n(the same results)" },
	{ "json", 0, NULL, "as JSON" },
	{ 0 },
};

static const struct options_spec spec = { "run", "[SCENARIO.yaml]",        "Replays.",
					  rows,  "  pagesim run x.yaml\n", 0,
					  1 };
static const struct options_spec needy = { "trace info", "FILE", "Tells.", rows, NULL, 1, 2 };

/* What set() saw: "trace=a json ". */
static char seen[200];

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	size_t n = strlen(seen);

	CU_ASSERT_PTR_EQUAL(ctx, seen);
	snprintf(seen + n, sizeof(seen) - n, "%s%s%s ", row->name, value ? "=" : "",
		 value ? value : "");
	return !value || strcmp(value, "refused") != 0;
}

/* Runs with one stream sent to a file; out gets what was printed there. */
static struct options_result parse(const struct options_spec *s, const char *line, int fd,
				   char *out, size_t size)
{
	static char words[300], *argv[MAX_ARGS + 1];
	struct options_result r;
	FILE *to = tmpfile();
	int saved = dup(fd), argc = 0;
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	seen[0] = '\0';
	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok(words, " "); w && argc < MAX_ARGS; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	fflush(stdout);
	dup2(fileno(to), fd);
	r = options_parse(s, argc, argv, set, seen);
	fflush(stdout);
	dup2(saved, fd);
	close(saved);
	rewind(to);
	n = fread(out, 1, size - 1, to);
	out[n] = '\0';
	fclose(to);
	return r;
}

static void options_come_in_order_and_may_stand_behind_operands(void)
{
	static const struct {
		const char *line, *seen, *operand;
		bool quiet;
	} cases[] = {
		{ "run", "", NULL, false },
		{ "run --trace a --json s.yaml", "trace=a json ", "s.yaml", false },
		{ "run s.yaml --trace=a -t b", "trace=a trace=b ", "s.yaml", false },
		{ "run -tb --engine strict -q", "trace=b engine=strict ", NULL, true },
		{ "run --quiet -- --json", "", "--json", true },
		{ "run -", "", "-", false },
		{ "run --trace -", "trace=- ", NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char out[2000];
		struct options_result r =
			parse(&spec, cases[i].line, STDERR_FILENO, out, sizeof(out));

		CU_ASSERT_FALSE(r.ended);
		CU_ASSERT_STRING_EQUAL(out, "");
		CU_ASSERT_STRING_EQUAL(seen, cases[i].seen);
		CU_ASSERT_EQUAL(r.quiet, cases[i].quiet);
		CU_ASSERT_EQUAL_FATAL(r.noperands, cases[i].operand != NULL);
		if (cases[i].operand)
			CU_ASSERT_STRING_EQUAL(r.operands[0], cases[i].operand);
	}
}

static void wrong_usage_is_one_line_on_stderr_and_status_2(void)
{
	static const struct {
		const struct options_spec *spec;
		const char *line, *want;
	} cases[] = {
		{ &spec, "run --tarce a",
		  "pagesim run: unknown option '--tarce', did you mean '--trace'?\n" },
		{ &spec, "run --tarce=a",
		  "pagesim run: unknown option '--tarce', did you mean '--trace'?\n" },
		{ &spec, "run --hlep",
		  "pagesim run: unknown option '--hlep', did you mean '--help'?\n" },
		{ &spec, "run --zzzzzz",
		  "pagesim run: unknown option '--zzzzzz' (see 'pagesim run --help')\n" },
		{ &spec, "run -x",
		  "pagesim run: unknown option '-x' (see 'pagesim run --help')\n" },
		{ &spec, "run -qx",
		  "pagesim run: unknown option '-x' (see 'pagesim run --help')\n" },
		{ &spec, "run s.yaml -qx",
		  "pagesim run: unknown option '-x' (see 'pagesim run --help')\n" },
		{ &spec, "run --json=yes", "pagesim run: '--json' takes no value\n" },
		{ &spec, "run --quiet=yes", "pagesim run: '--quiet' takes no value\n" },
		{ &spec, "run --trace", "pagesim run: '--trace' wants a value\n" },
		{ &spec, "run -t", "pagesim run: '-t' wants a value\n" },
		{ &spec, "run a b", "pagesim run: 'b' is one operand too many\n" },
		{ &needy, "info",
		  "pagesim trace info: FILE is missing (see 'pagesim trace info --help')\n" },
		{ &needy, "info a b c", "pagesim trace info: 'c' is one operand too many\n" },
		{ &spec, "run --trace refused", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char out[2000];
		struct options_result r =
			parse(cases[i].spec, cases[i].line, STDERR_FILENO, out, sizeof(out));

		CU_ASSERT_TRUE(r.ended);
		CU_ASSERT_EQUAL(r.status, CMD_USAGE);
		CU_ASSERT_STRING_EQUAL(out, cases[i].want);
	}
}

static void a_value_is_repeated_whole_up_to_80_bytes_and_then_cut_between_characters(void)
{
	char word[200] = { 0 }, want[200] = { 0 };

	memset(word, 'x', 80);
	CU_ASSERT_STRING_EQUAL(options_short("").text, "");
	CU_ASSERT_STRING_EQUAL(options_short(word).text, word);
	memcpy(want, word, 80);
	strcpy(want + 80, "...");
	strcpy(word + 80, "y");
	CU_ASSERT_STRING_EQUAL(options_short(word).text, want);
	memcpy(word + 78, "\xe2\x82\xac-", 5); /* a euro sign across the 80th byte */
	strcpy(want + 78, "...");
	CU_ASSERT_STRING_EQUAL(options_short(word).text, want);
}

static void help_and_version_go_to_stdout_and_end_with_status_0(void)
{
	static const char help[] = "usage: pagesim run [options] [SCENARIO.yaml]\n"
				   "\n"
				   "Replays.\n"
				   "\n"
				   "options:\n"
				   "  -t, --trace FILE             the trace\n"
				   "      --engine MODE            dispatch or strict\n"
				   "                               (the same results)\n"
				   "      --json                   as JSON\n"
				   "  -q, --quiet                  no progress, no remarks\n"
				   "  -h, --help                   this text\n"
				   "      --version                the program's version\n"
				   "\n"
				   "examples:\n"
				   "  pagesim run x.yaml\n";
	char out[2000];
	struct options_result r = parse(&spec, "run --help", STDOUT_FILENO, out, sizeof(out));

	CU_ASSERT_TRUE(r.ended);
	CU_ASSERT_EQUAL(r.status, CMD_DONE);
	CU_ASSERT_STRING_EQUAL(out, help);
	r = parse(&needy, "info -h", STDOUT_FILENO, out, sizeof(out));
	CU_ASSERT_TRUE(r.ended);
	CU_ASSERT_EQUAL(r.status, CMD_DONE);
	r = parse(&needy, "info --version", STDOUT_FILENO, out, sizeof(out));
	CU_ASSERT_TRUE(r.ended);
	CU_ASSERT_EQUAL(r.status, CMD_DONE);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "pagesim 0."));
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(options_come_in_order_and_may_stand_behind_operands),
	T(wrong_usage_is_one_line_on_stderr_and_status_2),
	T(a_value_is_repeated_whole_up_to_80_bytes_and_then_cut_between_characters),
	T(help_and_version_go_to_stdout_and_end_with_status_0),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "options", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
