/*
 * The short form of a whole recording's events, stream.txt: a letter, the CPU, for requests who
 * asked, then numbers. Nothing tells the time; the lines are counted instead.
 */
#include <stdio.h>
#include <string.h>

#include "traces/import.h"

#include "traces/trace_scan.h"

static const char begins[] = "# q412stream 1";

/*
 * What the words of a line are: p a frame or '-', o order (or zone), t type, 0 to 3 values, g
 * flags in hexadecimal, '.' nothing that is used.
 */
static const struct code {
	char letter;
	bool asker; /* "<pid><context>" comes first */
	const char *event, *words;
} codes[] = {
	{ 'q', true, "q_alloc_req", "og0.." },
	{ 'r', true, "mm_page_alloc", "pot" },
	{ 'U', true, "mm_page_free", "po" },
	{ 'u', true, "mm_page_free_batched", "p0" },
	{ 'z', false, "mm_page_alloc_zone_locked", "pot" },
	{ 'd', false, "mm_page_pcpu_drain", "pt" },
	{ 'e', false, "mm_page_alloc_extfrag", "po0t1.2" },
	{ 's', true, NULL, "..." },
	{ 'w', false, NULL, "........." },
	{ 'o', false, "q_free_one", "pot" },
	{ 'i', false, "q_isolate", "pot" },
	{ 't', false, "q_pbmt", "p0t" },
	{ 'v', false, "q_move", "p0t" },
	{ 'h', false, "q_rmq_highatomic", "pot" },
	{ 'p', false, "q_pcp_alloc", "p0t" },
	{ 'f', false, "q_pcp_free", "p0t" },
	{ 'b', false, "q_pcp_bulk", "0o1" },
	{ 'S', false, "q_steal", "pot0.12.3" },
	{ 'F', false, "q_stat_fold", "0o123" },
	{ 'T', false, "q_thr", "0o1" },
	{ 'k', false, "q_mark", "01" },
};

/* Bits of 4.12.0's gfp, by number. */
static const char *const bits[] = {
	"__GFP_DMA",
	"__GFP_HIGHMEM",
	"__GFP_DMA32",
	"__GFP_MOVABLE",
	"__GFP_RECLAIMABLE",
	"__GFP_HIGH",
	"__GFP_IO",
	"__GFP_FS",
	"__GFP_COLD",
	"__GFP_NOWARN",
	"__GFP_REPEAT",
	"__GFP_NOFAIL",
	"__GFP_NORETRY",
	"__GFP_MEMALLOC",
	"__GFP_COMP",
	"__GFP_ZERO",
	"__GFP_NOMEMALLOC",
	"__GFP_HARDWALL",
	"__GFP_THISNODE",
	"__GFP_ATOMIC",
	"__GFP_ACCOUNT",
	"__GFP_NOTRACK",
	"__GFP_DIRECT_RECLAIM",
	"__GFP_WRITE",
	"__GFP_KSWAPD_RECLAIM",
};

#define BITS (sizeof(bits) / sizeof(*bits))

struct stream {
	struct import_source *s;
	struct trace_error *err;
};

bool import_stream_is(const struct import_input *in)
{
	return in->size >= sizeof(begins) && memcmp(in->data, begins, sizeof(begins) - 1) == 0;
}

static bool bad(struct stream *t, const char *what)
{
	return trace_error_data(t->err, "%s", what);
}

/* The next word as a number; '-' gives IMPORT_NO_PFN. */
static bool word(const char **at, int base, uint64_t *v)
{
	int64_t number;

	if (**at != ' ')
		return false;
	++*at;
	if (**at == '-' && ((*at)[1] == ' ' || !(*at)[1])) {
		*v = IMPORT_NO_PFN;
		++*at;
		return true;
	}
	if (base == 16 ? !trace_scan_number(at, 16, UINT64_MAX, v)
		       : !trace_scan_signed(at, INT64_MIN, INT64_MAX, &number))
		return false;
	if (base != 16)
		*v = (uint64_t)number;
	return **at == ' ' || **at == '\0';
}

static bool flags_named(struct stream *t, uint64_t gfp, uint32_t *index)
{
	char names[1024] = "";
	size_t n = 0;

	for (unsigned b = 0; b < BITS; b++)
		if (gfp >> b & 1)
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s",
					      n ? "|" : "", bits[b]);
	if (gfp >> BITS) {
		snprintf(names + n, sizeof(names) - n, "%s0x%llx", n ? "|" : "",
			 (unsigned long long)(gfp >> BITS << BITS));
		t->s->unknown_gfp++;
	}
	return import_source_name(&t->s->gfp, *names ? names : "0", index, t->err);
}

static bool asker(struct stream *t, const char **at, struct import_event *e)
{
	const char *end = *at + 1;
	int64_t pid;

	if (**at != ' ' || !trace_scan_signed(&end, INT32_MIN, INT32_MAX, &pid))
		return bad(t, "expected a task");
	e->pid = (int32_t)pid;
	if (*end == 'h')
		e->flags = TRACE_HARDIRQ;
	else if (*end == 's')
		e->flags = TRACE_SOFTIRQ;
	else if (*end == 'H')
		e->flags = TRACE_HARDIRQ | TRACE_SOFTIRQ;
	*at = end + (e->flags != 0);
	return true;
}

/* mm_page_alloc does not tell the flags here: those of its request are its. */
static bool note_gfp(struct stream *t, struct import_event *e, uint64_t gfp)
{
	uint32_t index;

	if (!flags_named(t, gfp, &index))
		return false;
	e->gfp = (uint16_t)index;
	return index <= UINT16_MAX || bad(t, "too many different sets of gfp flags");
}

static bool fill(struct import_event *e, uint64_t *value, uint64_t *gfp, char what, uint64_t v)
{
	switch (what) {
	case 'p':
		e->pfn = v;
		return true;
	case 'o':
		e->order = (uint8_t)(v > 255 ? 255 : v);
		return true;
	case 't':
		e->type = (int8_t)v;
		return (int64_t)v >= -1 && (int64_t)v < 127;
	case 'g':
		*gfp = v;
		return true;
	case '.':
		return true;
	default:
		value[what - '0'] = v;
		return true;
	}
}

static const struct code *code_of(char letter)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].letter == letter)
			return &codes[i];
	return NULL;
}

static bool line(struct stream *t, const char *at, uint64_t number)
{
	struct import_event e = { .time = number, .pfn = IMPORT_NO_PFN, .type = -1 };
	uint64_t value[4] = { IMPORT_NO_VALUE, IMPORT_NO_VALUE, IMPORT_NO_VALUE,
			      IMPORT_NO_VALUE };
	const struct code *code = code_of(*at);
	uint64_t v, gfp = 0;

	if (!code)
		return bad(t, "a letter that no event has");
	at++;
	if (!word(&at, 10, &v) || v >= 4096)
		return bad(t, "expected a CPU");
	e.cpu = (uint16_t)v;
	if (code->asker && !asker(t, &at, &e))
		return false;
	for (const char *what = code->words; *what; what++)
		if (!word(&at, *what == 'g' || *what == '.' ? 16 : 10, &v) ||
		    !fill(&e, value, &gfp, *what, v))
			return bad(t, "expected as many numbers as the event has");
	if (*at)
		return bad(t, "more numbers than the event has");
	if (!code->event)
		return import_source_other(t->s,
					   *code->words == '.' && code->asker ? "q_slowpath"
									      : "q_wmark_fail",
					   1, t->err);
	if (!import_events_finish(import_events_find(code->event, strlen(code->event)), &e,
				  value, t->s, t->err))
		return false;
	if (e.kind == IMPORT_REQUEST && !note_gfp(t, &e, gfp))
		return false;
	return import_source_add(t->s, &e, t->err);
}

static bool lines(struct stream *t, const struct import_input *in,
		  struct import_progress progress)
{
	const char *at = (const char *)in->data, *end = at + in->size;
	char text[512];

	for (uint64_t number = 1; at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		bool ok = stop && len < sizeof(text);

		if (!ok) {
			bad(t, stop ? "a line that is too long"
				    : "the last line has no end: the file is cut off");
		} else if (len && *at != '#') {
			memcpy(text, at, len);
			text[len] = '\0';
			ok = line(t, text, number);
		}
		if (!ok)
			return trace_error_at(t->err, "%s:%llu: ", in->label,
					      (unsigned long long)number);
		at = stop + 1;
		if (number % 65536 == 0 &&
		    !import_progress(&progress, (uint64_t)(at - (const char *)in->data),
				     in->size, t->err))
			return false;
	}
	return true;
}

bool import_stream(const struct import_input *in, struct import_source *s,
		   struct import_progress progress, struct trace_error *err)
{
	struct stream t = { .s = s, .err = err };
	bool ok = lines(&t, in, progress);

	s->format = "stream";
	return ok && (s->n || trace_error_data(err, "%s: no events in it", in->label));
}
