/*
 * Raw sub-buffers, made by hand: the same events recorded as text have to become the same
 * trace, libtraceevent's own walker has to find the same entries, and damaged ones are one
 * sentence.
 */
#include <kbuffer.h>

#include "tests/traces/import_fixture.h"
#include "tests/traces/raw_pages.h"
#include "traces/import_raw.h"

static struct fixture f;
static struct raw_page page;

static void a_recording(void)
{
	fixture_new(&f);
	for (unsigned i = 0; i < 64; i++)
		f.before[16 + i] = f.after[16 + i] = 0;
	fixture_snapshots(&f);
	raw_text(f.dir, IMPORT_RAW_MARK,
		 "version 1\nbyte-order little\ncpus 2\nclock mono\nkernel 6.1.0 x86_64\n");
	raw_text(f.dir, "header_page", raw_header_page);
	raw_folder(f.dir, "formats");
	raw_text(f.dir, "formats/kmem.mm_page_alloc", raw_alloc_format);
	raw_text(f.dir, "formats/kmem.mm_page_free", raw_free_format);
	raw_text(f.dir, "formats/ftrace.print", raw_print_format);
	raw_text(f.dir, "cpu0.raw", "");
	raw_text(f.dir, "cpu1.raw", "");
	f.o.input = f.dir;
	f.o.clock = NULL;
	f.o.state_dir = NULL;
}

static void drop(void)
{
	fixture_free_all(&f);
}

static void put_page(const char *name)
{
	raw_end(&page);
	raw_write(f.dir, name, page.bytes, sizeof(page.bytes));
}

/* What goes wrong, in the words of the message behind the folder's name. */
static void expect_error(const char *want)
{
	CU_ASSERT_FALSE_FATAL(fixture_import_file(&f));
	if (!strstr(f.error, want))
		printf("\n\"%s\" instead of \"%s\"\n", f.error, want);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, want));
	CU_ASSERT_EQUAL(strncmp(f.error, f.dir, strlen(f.dir)), 0);
}

/* ---- what is read -------------------------------------------------------------------------
 */

/* Times in ns; the first cpu has two sub-buffers. */
static void two_cpus(void)
{
	uint8_t both[2][RAW_PAGE];

	raw_begin(&page, 1000);
	raw_mark(&page, 0, 99, "kpageflags 0 begin");
	raw_mark(&page, 1000, 99, "kpageflags 0 end");
	raw_mark(&page, 1000, 99, "work begin");
	raw_alloc(&page, 1000, 100, 16, 0);
	raw_end(&page);
	memcpy(both[0], page.bytes, RAW_PAGE);
	raw_begin(&page, 6000);
	raw_free(&page, 0, 100, 16, 0);
	raw_mark(&page, 2000, 99, "work end");
	raw_mark(&page, 1000, 99, "kpageflags 1 begin");
	raw_mark(&page, 1000, 99, "kpageflags 1 end");
	raw_end(&page);
	memcpy(both[1], page.bytes, RAW_PAGE);
	raw_write(f.dir, "cpu0.raw", both, sizeof(both));
	raw_begin(&page, 5000);
	raw_alloc(&page, 0, 101, 32, 2);
	raw_free(&page, 2000, 101, 40, 1);
	put_page("cpu1.raw");
}

static void pages_of_two_cpus_become_the_trace_that_their_text_becomes(void)
{
	char raw[sizeof(f.events)];

	two_cpus();
	CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
	memcpy(raw, f.events, sizeof(raw));
	CU_ASSERT_STRING_EQUAL(trace_reader_header(f.reader)->clock_name, "mono");
	CU_ASSERT_STRING_EQUAL(trace_reader_header(f.reader)->source_kernel, "6.1.0 x86_64");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, 0), "GFP_HIGHUSER_MOVABLE");
	trace_reader_close(f.reader);
	json_decref(f.report);
	f.report = NULL;
	f.events[0] = '\0';
	f.o.input = f.input;
	f.o.state_dir = f.dir;
	fixture_mark(&f, "kpageflags 0 begin");
	fixture_mark(&f, "kpageflags 0 end");
	fixture_mark(&f, "work begin");
	fixture_alloc(&f, 0, 16, 0);
	fixture_alloc(&f, 1, 32, 2);
	fixture_free(&f, 0, 16, 0);
	fixture_free(&f, 1, 40, 1);
	fixture_mark(&f, "work end");
	fixture_mark(&f, "kpageflags 1 begin");
	fixture_mark(&f, "kpageflags 1 end");
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_STRING_EQUAL(f.events, raw);
	CU_ASSERT_STRING_EQUAL(raw, "a1:16/0 a2:32/2 f1/0 f0/1");
}

static void names_of_tasks_are_kept_when_that_is_asked_for(void)
{
	two_cpus();
	raw_text(f.dir, "saved_cmdlines", "100 old\n101 Web Content\n100 make\nnonsense\n");
	f.o.keep_comm = true;
	CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
	CU_ASSERT_STRING_EQUAL(trace_reader_task(f.reader, 1)->comm, "make");
	CU_ASSERT_STRING_EQUAL(trace_reader_task(f.reader, 2)->comm, "Web Content");
}

/* Sets of events without most of what the importer can use do, too. */
static void missing_events_are_counted_by_the_statistics(void)
{
	two_cpus();
	raw_text(f.dir, "stats",
		 "cpu0\nentries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\n"
		 "read events: 12\n");
	expect_error("the file has 10 of 12 recorded events");
}

/* Every kind of entry, against the walker of libtraceevent. */
static void the_walker_finds_what_libtraceevent_finds(void)
{
	struct kbuffer *k = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);
	struct import_raw_layout l;
	struct import_raw_event e;
	struct import_raw_page p;
	struct trace_error err;
	unsigned long long ts;
	uint8_t big[400];
	unsigned n = 0;
	void *data;

	memset(big, 7, sizeof(big));
	raw_begin(&page, 123456789);
	raw_data(&page, 0, "abcd", 4);
	raw_extend(&page, (UINT64_C(5) << 27) + 17);
	raw_data(&page, 3, big, sizeof(big));
	raw_data(&page, 100, big, 28 * 4);
	raw_word(&page, 9u << 5 | 29); /* an entry that was taken back */
	raw_word(&page, 12);
	raw_put(&page, big, 8);
	raw_stamp(&page, UINT64_C(1) << 40 | 99);
	raw_data(&page, 0, "xyz", 3);
	raw_word(&page, 29); /* nothing more */
	raw_end(&page);
	CU_ASSERT_TRUE_FATAL(import_raw_page_layout(raw_header_page, &l, &err));
	CU_ASSERT_TRUE_FATAL(import_raw_page_open(&p, page.bytes, &l, &err));
	CU_ASSERT_EQUAL_FATAL(kbuffer_load_subbuffer(k, page.bytes), 0);
	for (data = kbuffer_read_event(k, &ts); data; data = kbuffer_next_event(k, &ts)) {
		CU_ASSERT_EQUAL_FATAL(import_raw_page_next(&p, &e, &err), IMPORT_RAW_EVENT);
		CU_ASSERT_EQUAL(e.time, ts);
		CU_ASSERT_PTR_EQUAL(e.data, data);
		CU_ASSERT_EQUAL((int)e.size, kbuffer_event_size(k));
		n++;
	}
	CU_ASSERT_EQUAL(n, 4);
	CU_ASSERT_EQUAL(import_raw_page_next(&p, &e, &err), IMPORT_RAW_END);
	kbuffer_free(k);
}

/* They lack their highest bits, which are those of the sub-buffer's time. */
static void absolute_times_go_on_behind_18_years(void)
{
	struct import_raw_layout l;
	struct import_raw_event e;
	struct import_raw_page p;
	struct trace_error err;
	uint64_t time = (UINT64_C(1) << 60) - 5;

	raw_begin(&page, time);
	raw_stamp(&page, time & ((UINT64_C(1) << 59) - 1));
	raw_data(&page, 0, "abcd", 4);
	raw_stamp(&page, 7); /* 12 later */
	raw_data(&page, 0, "abcd", 4);
	raw_end(&page);
	CU_ASSERT_TRUE_FATAL(import_raw_page_layout(raw_header_page, &l, &err));
	CU_ASSERT_TRUE_FATAL(import_raw_page_open(&p, page.bytes, &l, &err));
	CU_ASSERT_EQUAL_FATAL(import_raw_page_next(&p, &e, &err), IMPORT_RAW_EVENT);
	CU_ASSERT_EQUAL(e.time, time);
	CU_ASSERT_EQUAL_FATAL(import_raw_page_next(&p, &e, &err), IMPORT_RAW_EVENT);
	CU_ASSERT_EQUAL(e.time, time + 12);
}

/* ---- what is damaged ----------------------------------------------------------------------
 */

static void a_sub_buffer_that_says_to_hold_more_than_it_can(void)
{
	two_cpus();
	raw_begin(&page, 5000);
	raw_end_flags(&page, RAW_PAGE);
	raw_write(f.dir, "cpu1.raw", page.bytes, sizeof(page.bytes));
	expect_error("cpu1.raw: sub-buffer 0: it says to hold 4096 bytes; 4080 is all");
}

static void an_entry_that_leads_out_of_its_sub_buffer(void)
{
	two_cpus();
	raw_begin(&page, 5000);
	raw_word(&page, 20);
	raw_word(&page, 0);
	put_page("cpu1.raw");
	expect_error("cpu1.raw: sub-buffer 0: byte 16: an entry of 80 bytes, 8 are left");
}

static void long_entries_whose_length_is_none(void)
{
	static const uint32_t lengths[] = { 0, 3, 13, 0xfffffff0, 0xffffffff };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		two_cpus();
		raw_begin(&page, 5000);
		raw_word(&page, 0);
		raw_word(&page, lengths[i]);
		raw_put(&page, "12345678", 8);
		put_page("cpu1.raw");
		expect_error("sub-buffer 0: byte 16: an entry of");
	}
}

static void padding_that_leads_back_does_not_hang(void)
{
	two_cpus();
	raw_begin(&page, 5000);
	raw_word(&page, 1u << 5 | 29);
	raw_word(&page, 0xfffffff8);
	put_page("cpu1.raw");
	expect_error("sub-buffer 0: byte 16: an entry of");
}

static void a_file_that_is_cut_off(void)
{
	two_cpus();
	raw_end(&page);
	raw_write(f.dir, "cpu1.raw", page.bytes, 1000);
	expect_error("cpu1.raw: 1000 bytes; a multiple of 4096 was expected");
}

static void an_event_that_no_format_describes(void)
{
	two_cpus();
	raw_begin(&page, 5000);
	raw_data(&page, 0, &(struct raw_common){ 777, 0, 0, 100 }, 8);
	put_page("cpu1.raw");
	expect_error("an event with the unknown number 777 at time 5000");
}

static void an_event_shorter_than_its_format(void)
{
	two_cpus();
	raw_begin(&page, 5000);
	raw_data(&page, 0, &(struct raw_common){ RAW_ALLOC, 0, 0, 100 }, 8);
	put_page("cpu1.raw");
	expect_error("mm_page_alloc: 8 bytes; its format has 28");
}

static void a_format_without_the_field_pfn(void)
{
	char text[sizeof(raw_free_format)];

	two_cpus();
	memcpy(text, raw_free_format, sizeof(text));
	memcpy(strstr(text, "long pfn"), "long pfx", 8);
	raw_text(f.dir, "formats/kmem.mm_page_free", text);
	expect_error("event mm_page_free has no field pfn");
}

static void a_format_that_is_none(void)
{
	two_cpus();
	raw_text(f.dir, "formats/kmem.mm_page_free", "nonsense\n");
	expect_error("formats/kmem.mm_page_free: no format of an event");
}

static void no_format_of_allocations(void)
{
	char path[128];

	two_cpus();
	snprintf(path, sizeof(path), "%s/formats/kmem.mm_page_alloc", f.dir);
	remove(path);
	expect_error("it describes no event mm_page_alloc");
}

static void losses_that_a_sub_buffer_tells(void)
{
	two_cpus();
	raw_begin(&page, 5000);
	raw_alloc(&page, 0, 101, 32, 2);
	raw_end_flags(&page, 0xc0000000);
	*(uint64_t *)(void *)(page.bytes + page.at) = 17;
	raw_write(f.dir, "cpu1.raw", page.bytes, sizeof(page.bytes));
	expect_error("the recording lost 17 events");
	f.o.allow_lost = true;
	CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0");
}

static void folders_that_are_no_recording(void)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ IMPORT_RAW_MARK, "version 2\n", "of version \"2\"; 1 is known" },
		{ IMPORT_RAW_MARK, "\n\nversion 3\n", "of version \"3\"; 1 is known" },
		{ IMPORT_RAW_MARK, "version 1\nbyte-order big\n", "byte order \"big\"" },
		{ IMPORT_RAW_MARK, "version 1\nbyte-order little\ncpus 0\n", "\"0\" cpus" },
		{ IMPORT_RAW_MARK, "version 1\nbyte-order little\ncpus 5000\n",
		  "\"5000\" cpus" },
		{ IMPORT_RAW_MARK, "version 4294967297\n", "of version \"4294967297\"" },
		{ IMPORT_RAW_MARK, "version 1\nbyte-order little\ncpus 4294967298\n",
		  "\"4294967298\" cpus" },
		{ IMPORT_RAW_MARK, "version 1\nbyte-order little\ncpus 3\n",
		  "cpu2.raw: No such file" },
		{ "header_page", "field: u64 timestamp; offset:0; size:8;\n",
		  "does not tell where" },
		{ "header_page",
		  " timestamp; offset:0; size:8; commit; offset:8; size:8; data; offset:16; "
		  "size:4294967295;",
		  "no sub-buffer" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		two_cpus();
		raw_text(f.dir, "header_page", raw_header_page);
		raw_text(f.dir, cases[i].name, cases[i].text);
		expect_error(cases[i].want);
	}
}

static CU_TestInfo tests[] = {
	{ "pages of two cpus become the trace that their text becomes",
	  pages_of_two_cpus_become_the_trace_that_their_text_becomes },
	{ "names of tasks are kept when that is asked for",
	  names_of_tasks_are_kept_when_that_is_asked_for },
	{ "missing events are counted by the statistics",
	  missing_events_are_counted_by_the_statistics },
	{ "the walker finds what libtraceevent finds",
	  the_walker_finds_what_libtraceevent_finds },
	{ "absolute times go on behind 18 years", absolute_times_go_on_behind_18_years },
	{ "a sub-buffer that says to hold more than it can",
	  a_sub_buffer_that_says_to_hold_more_than_it_can },
	{ "an entry that leads out of its sub-buffer",
	  an_entry_that_leads_out_of_its_sub_buffer },
	{ "long entries whose length is none", long_entries_whose_length_is_none },
	{ "padding that leads back does not hang", padding_that_leads_back_does_not_hang },
	{ "a file that is cut off", a_file_that_is_cut_off },
	{ "an event that no format describes", an_event_that_no_format_describes },
	{ "an event shorter than its format", an_event_shorter_than_its_format },
	{ "a format without the field pfn", a_format_without_the_field_pfn },
	{ "a format that is none", a_format_that_is_none },
	{ "no format of allocations", no_format_of_allocations },
	{ "losses that a sub-buffer tells", losses_that_a_sub_buffer_tells },
	{ "folders that are no recording", folders_that_are_no_recording },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_raw", NULL, NULL, a_recording, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
