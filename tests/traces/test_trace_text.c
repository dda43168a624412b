#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

static char path[64], again[64], text_path[64];
static struct trace_error err;
static char *text;
static size_t size;

static int name_files(void)
{
	sample_path(path, "text-a");
	sample_path(again, "text-b");
	sample_path(text_path, "text-t");
	return 0;
}

static int remove_files(void)
{
	free(text);
	unlink(path);
	unlink(again);
	return unlink(text_path);
}

/* Objects, lists, types; an end; truth in between; names that have to be escaped. */
static bool write_sample(uint64_t events, uint64_t truths)
{
	struct trace_used used[] = { { 64, 6, TRACE_USE_PINNED }, { 2000, 2, TRACE_USE_LRU } };
	struct trace_free free_[] = { { 4096, 10, 1 }, { 1024, 3, 0xff } };
	struct trace_pcp pcp[] = { { 70000, 299, 0, 2 } };
	uint8_t types[] = { 0, 1, 1, 1, 2 };
	struct trace_state s = { 2, 2, 1, 5, free_, used, pcp, types, true };
	struct trace_zone_free zone[1] = { { .name = "DMA", .buddyinfo = { 1, 2 } } };
	struct trace_end end = { 1, zone, zone };

	return sample_write(path, 11, events, truths, &s, &end, 3, &err);
}

static bool export_text(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	FILE *out;
	bool ok;

	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	ok = r && out && trace_text_export(r, out, &err);
	trace_reader_close(r);
	return fclose(out) == 0 && ok;
}

static bool import_text(const char *bytes, size_t n)
{
	const struct trace_import_options o = { .input = text_path, .output = again };
	struct trace_import_report *rep;
	FILE *f = fopen(text_path, "wb");

	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		return false;
	unlink(again);
	rep = trace_import(&o, &err);
	trace_import_report_free(rep);
	return rep != NULL;
}

static void same_files(void)
{
	char want[33], got[33];

	CU_ASSERT_FATAL(trace_reader_digest(path, want, &err));
	CU_ASSERT_FATAL(trace_reader_digest(again, got, &err));
	CU_ASSERT_STRING_EQUAL(got, want);
}

static void out_as_text_and_in_again_is_the_same_file(void)
{
	struct trace_totals totals;

	/* Several blocks of events and of truth, in their order. */
	CU_ASSERT_FATAL(write_sample(150000, 40000));
	CU_ASSERT_FATAL(export_text());
	CU_ASSERT_FATAL(import_text(text, size));
	same_files();
	CU_ASSERT(trace_check(again, NULL, &totals, &err));
	CU_ASSERT(totals.events == 150000 && totals.truths == 40000);
}

static void an_empty_trace_is_one_too(void)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);

	CU_ASSERT_FATAL(w && trace_writer_close(w, false, &err));
	CU_ASSERT_FATAL(export_text());
	CU_ASSERT_FATAL(import_text(text, size));
	same_files();
}

static void steps_and_a_final_state_come_through(void)
{
	struct trace_free free_[] = { { 0, 10, 1 } };
	struct trace_state s = { .free = free_, .nfree = 1, .ordered = true };
	struct trace_step step = { .time = 7,
				   .pfn = 5,
				   .value = { -1, INT64_MIN, INT64_MAX },
				   .cpu = 2,
				   .kind = TRACE_STEP_STEAL,
				   .order = 3,
				   .type = -1 };
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);

	CU_ASSERT_FATAL(w && trace_writer_state(w, &s, &err));
	CU_ASSERT(trace_writer_steps(w, &step, 1, &err));
	step.kind = TRACE_STEP_REFILL;
	step.pfn = TRACE_NO_PFN;
	memset(step.value, 0, sizeof(step.value));
	CU_ASSERT(trace_writer_steps(w, &step, 1, &err));
	CU_ASSERT(trace_writer_final(w, &s, &err));
	CU_ASSERT_FATAL(trace_writer_close(w, false, &err));
	CU_ASSERT_FATAL(export_text());
	CU_ASSERT_FATAL(import_text(text, size));
	same_files();
}

static void words_with_anything_in_them_come_through(void)
{
	struct trace_header h = sample_header();
	struct trace_event e = { .kind = TRACE_MARK,
				 .object = TRACE_NO_OBJECT,
				 .pfn = TRACE_NO_PFN,
				 .node = TRACE_NODE_LOCAL };
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);
	uint32_t index;

	CU_ASSERT_FATAL(w && trace_writer_text(w, "a\nb \\x41 \xff ", &index, &err));
	CU_ASSERT(trace_writer_task(w, -5, " \t", &index, &err));
	CU_ASSERT(trace_writer_task(w, 6, NULL, &index, &err));
	CU_ASSERT(trace_writer_events(w, &e, 1, &err));
	CU_ASSERT_FATAL(trace_writer_close(w, false, &err));
	CU_ASSERT_FATAL(export_text());
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "text a\\x0ab \\x5cx41 \\xff \n"));
	CU_ASSERT_FATAL(import_text(text, size));
	same_files();
}

/* Cut off between two lines it is a shorter trace, or none; inside a line it is refused. */
static void a_text_cut_off_anywhere_is_refused_or_shorter(void)
{
	struct trace_totals totals;

	CU_ASSERT_FATAL(write_sample(60, 10));
	CU_ASSERT_FATAL(export_text());
	for (size_t n = 40; n < size; n += n < 4000 && text[n] != '\n' ? 37 : 11) {
		bool taken = import_text(text, n);

		CU_ASSERT(taken == (access(again, F_OK) == 0));
		CU_ASSERT(!taken || text[n - 1] == '\n');
		if (taken)
			CU_ASSERT(trace_check(again, NULL, &totals, &err))
		else
			CU_ASSERT(err.kind == TRACE_BAD_DATA &&
				  strstr(err.text, "line ") != NULL);
	}
}

static void wrong_lines_are_refused_by_their_number(void)
{
	static const struct {
		const char *line, *says;
	} table[] = {
		{ "nonsense", "no line begins like this" },
		{ "mark 5", "a number is missing" },
		{ "mark 5 0 0 colour=3", "a field that is not known" },
		{ "mark 5 0 70000", "event 0" },
		{ "mark 99999999999999999999999 0 0", "out of range" },
		{ "truth 0 1 0 0 0 0 - 1 2 3", "a number is missing" },
		{ "truth 0 1 0 0 0 0 - 1 2 3 4 5", "more on the line" },
		{ "step 0 1 0 0 0 - 0 0 x", "a number is missing" },
		{ "text a\\y", "after a \\" },
		{ "task 1 a-name-of-15-by", NULL },
		{ "task 1 a-name-of-16-byte", "too long" },
		{ "state 2", "out of range" },
		{ "end {", "no JSON" },
		{ "F 0 0 0", "no line begins" },
		{ "state 0\nB 1 99999999999", "out of range" },
	};
	const char *behind;
	char all[8000];

	CU_ASSERT_FATAL(write_sample(1, 0));
	CU_ASSERT_FATAL(export_text());
	behind = strstr(text, "\nstate ") + 1;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int n = snprintf(all, sizeof(all), "%.*s%s\n", (int)(behind - text), text,
				 table[i].line);

		CU_ASSERT_EQUAL(import_text(all, (size_t)n), table[i].says == NULL);
		if (table[i].says)
			CU_ASSERT_PTR_NOT_NULL(strstr(err.text, table[i].says));
	}
	CU_ASSERT_FALSE(import_text("# pagesim trace as text, version 1\n", 35));
	CU_ASSERT_FALSE(import_text("# pagesim trace as text, version 1\ngfp a\n", 41));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 2: the header has to stand"));
}

static CU_TestInfo tests[] = {
	{ "out as text and in again is the same file",
	  out_as_text_and_in_again_is_the_same_file },
	{ "an empty trace is one, too", an_empty_trace_is_one_too },
	{ "steps and a final state come through", steps_and_a_final_state_come_through },
	{ "words with anything in them come through",
	  words_with_anything_in_them_come_through },
	{ "a text cut off anywhere is refused or shorter",
	  a_text_cut_off_anywhere_is_refused_or_shorter },
	{ "wrong lines are refused by their number", wrong_lines_are_refused_by_their_number },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_text", name_files, remove_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
