/* The head of a trace.dat, which is walked before libtracecmd (in a process of its own) may. */
#include "tests/fuzz/fuzz.h"
#include "traces/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_dat_head head = { 0 };
	struct trace_error err = { 0 };

	if (!import_dat_head(data, size, &head, &err) && !*err.text)
		abort();
	if (strlen(head.clock) >= sizeof(head.clock) ||
	    strlen(head.kernel) >= sizeof(head.kernel))
		abort();
	return 0;
}

struct seed {
	uint8_t *at;
	bool big_endian;
};

static void put(struct seed *s, const void *bytes, size_t n)
{
	memcpy(s->at, bytes, n);
	s->at += n;
}

static void number(struct seed *s, unsigned bytes, uint64_t v)
{
	for (unsigned i = 0; i < bytes; i++)
		*s->at++ = (uint8_t)(v >> 8 * (s->big_endian ? bytes - 1 - i : i));
}

static void sized(struct seed *s, unsigned bytes, const char *text)
{
	number(s, bytes, strlen(text));
	put(s, text, strlen(text));
}

static void option(struct seed *s, unsigned id, const char *text)
{
	number(s, 2, id);
	number(s, 4, strlen(text) + 1);
	put(s, text, strlen(text) + 1);
}

static void formats(struct seed *s)
{
	number(s, 4, 1);
	sized(s, 8, "name: function\nID: 1\nformat:\n");
	number(s, 4, 1);
	put(s, "kmem", 5);
	number(s, 4, 2);
	sized(s, 8, "name: mm_page_alloc\nID: 40\n");
	sized(s, 8, "name: mm_page_free\nID: 41\n");
}

/* A whole head with an instance's buffer, of two cpus without data; by i in either order of
 * bytes. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	struct seed s = { out, i == 1 };

	if (i == 2) /* it ends inside the options: the next section's name was read behind it */
		return fuzz_seed_file(SEEDS "/dat-cut-at-options", out, cap);
	if (i > 1 || cap < 4096)
		return 0;
	put(&s, "\x17\x08\x44tracing6", 12);
	put(&s, i ? "\1\10" : "\0\10", 2);
	number(&s, 4, 4096);
	put(&s, "header_page", 12);
	sized(&s, 8, "field: u64 timestamp; offset:0; size:8; signed:0;\n");
	put(&s, "header_event", 13);
	sized(&s, 8, "# compressed entry header\n");
	formats(&s);
	sized(&s, 4, "ffffffff81000000 T _text\n");
	sized(&s, 4, "");
	sized(&s, 8, "7 sh\n");
	number(&s, 4, 2);
	put(&s, "options  ", 10);
	option(&s, 2, "CPU: 0\nentries: 17\noverrun: 3\ndropped events: 1\n");
	option(&s, 4, "local [mono] counter");
	option(&s, 5, "Linux host 6.1.0 x86_64");
	number(&s, 2, 0);
	put(&s, "flyrecord", 10);
	for (unsigned cpu = 0; cpu < 2; cpu++) {
		number(&s, 8, 64);
		number(&s, 8, 16);
	}
	return (size_t)(s.at - out);
}
