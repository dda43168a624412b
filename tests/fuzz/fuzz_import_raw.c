/* Sub-buffers of the kernel's ring buffer: the text of a header_page, a NUL, sub-buffers. */
#include <event-parse.h>

#include "tests/fuzz/fuzz.h"
#include "tests/traces/raw_formats.h"
#include "traces/import_fields.h"
#include "traces/import_raw.h"

static struct tep_handle *formats(void)
{
	static struct tep_handle *tep;

	if (tep)
		return tep;
	tep = tep_alloc();
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(tep, 8);
	tep_parse_event(tep, raw_alloc_format, sizeof(raw_alloc_format) - 1, "kmem");
	tep_parse_event(tep, raw_free_format, sizeof(raw_free_format) - 1, "kmem");
	tep_parse_event(tep, raw_print_format, sizeof(raw_print_format) - 1, "ftrace");
	return tep;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	struct import_raw_layout l;
	struct import_fields *f;
	struct import_source s;
	struct trace_error err;
	size_t left;

	if (!end || !import_raw_page_layout((const char *)data, &l, &err))
		return 0;
	left = size - (size_t)(end + 1 - data);
	import_source_init(&s, "fuzz.raw");
	f = import_fields_new(formats(), &s, -1, &err);
	if (!f)
		abort();
	import_raw_pages(end + 1, left - left % l.size, 0, &l, f, &err);
	import_fields_free(f);
	import_source_free(&s);
	return 0;
}

/* ---- seeds --------------------------------------------------------------------------------
 */

struct seed {
	uint8_t *at;
};

static void word(struct seed *s, uint32_t v)
{
	memcpy(s->at, &v, sizeof(v));
	s->at += sizeof(v);
}

/* type, pid, pfn, order, then gfp flags and migratetype of an allocation */
static void event(struct seed *s, uint32_t delta, uint32_t type, uint32_t pfn)
{
	word(s, delta << 5 | (type == 40 ? 7 : 5));
	word(s, type);
	word(s, 100);
	word(s, pfn);
	word(s, 0);
	word(s, 0);
	if (type == 40) {
		word(s, 3);
		word(s, 1);
	}
}

/* A mark in the long form, after a long time. */
static void mark(struct seed *s)
{
	word(s, 17u << 5 | 30);
	word(s, 1);
	word(s, 0);
	word(s, 40);
	word(s, 5);
	word(s, 99);
	word(s, 0);
	word(s, 0);
	memcpy(s->at, "pgsim work begin\n\0\0", 20);
	s->at += 20;
}

static void sub_buffer(struct seed *s, unsigned size, uint32_t time, bool missed)
{
	uint8_t *head = s->at, *end = head + size;
	uint32_t commit;

	memset(head, 0, size);
	memcpy(head, &time, sizeof(time));
	s->at = head + 16;
	event(s, 1, 40, 16);
	mark(s);
	word(s, 5u << 5 | 31); /* a time */
	word(s, 1u << 20);
	event(s, 0, 41, 16);
	word(s, 1u << 5 | 29); /* taken back */
	word(s, 8);
	word(s, 0);
	commit = (uint32_t)(s->at - head - 16) | (missed ? 0xc0000000 : 0);
	memcpy(head + 8, &commit, sizeof(commit));
	s->at = end;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char small[] = "field: u64 timestamp; offset:0; size:8; signed:0;\n"
				    "field: local_t commit; offset:8; size:8; signed:1;\n"
				    "field: char data; offset:16; size:240; signed:0;\n";
	struct seed s = { out };

	if (i > 1 || cap < sizeof(small) + 1024)
		return 0;
	memcpy(out, small, sizeof(small));
	s.at += sizeof(small);
	sub_buffer(&s, 256, 1000, false);
	sub_buffer(&s, 256, 2000, i == 1);
	return (size_t)(s.at - out);
}
