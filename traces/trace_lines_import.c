/*
 * Events stand in the order in which they were replayed: they are gathered, and put into the
 * order of their numbers behind the last one.
 */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "traces/import.h"
#include "traces/trace_lines.h"
#include "traces/trace_scan.h"
#include "traces/trace_text.h"

#define NONE SIZE_MAX
#define REMARK_SIZE (sizeof(TRACE_LINES_REMARK) - 1)

struct item {
	uint64_t number;
	struct trace_event e;
};

/* Who did something on which CPU, as lines begin, and what was begun there last. */
struct runner {
	UT_hash_handle hh;
	uint8_t kind, order;
	bool open; /* and nothing has answered it yet */
	char name[];
};

struct lines {
	struct trace_text_in t;
	struct item *items;
	size_t n, cap;
	struct runner *runners;
	bool written; /* the events are: the remarks of the end follow */
};

static bool wrong(struct lines *l, const char *what)
{
	return trace_error_data(l->t.err, "%s", what);
}

bool trace_lines_import_is(const void *data, size_t size)
{
	static const size_t magic = sizeof(TRACE_LINES_MAGIC) - 1;
	const char *at = data, *end = at + size, *nl;

	for (; at < end && *at == '#'; at = nl + 1) {
		if ((size_t)(end - at) >= magic && memcmp(at, TRACE_LINES_MAGIC, magic) == 0)
			return true;
		nl = memchr(at, '\n', (size_t)(end - at));
		if (!nl)
			break;
	}
	return false;
}

/* ---- events ------------------------------------------------------------------------------ */

/* "name=" and a number. */
static bool field(struct lines *l, const char *name, uint64_t most, uint64_t *v)
{
	size_t n = strlen(name);

	if (strncmp(l->t.at, name, n) != 0)
		return wrong(l,
			     "an event of the trace is without its number, time, CPU or task");
	l->t.at += n;
	return trace_text_import_number(&l->t, most, v);
}

static bool take_event(struct lines *l, uint8_t kind)
{
	struct trace_event e = { .kind = kind };
	uint64_t number, cpu, task;

	if (l->written)
		return wrong(l, "an event of the trace stands behind their number");
	if (!field(l, "event=", UINT64_MAX, &number) ||
	    !field(l, "time=", UINT64_MAX, &e.time) || !field(l, "cpu=", UINT16_MAX, &cpu) ||
	    !field(l, "task=", UINT32_MAX, &task) || !trace_text_import_fields(&l->t, &e) ||
	    !import_source_grow(&l->items, &l->cap, l->n, sizeof(*l->items), l->t.err))
		return false;
	e.cpu = (uint16_t)cpu;
	e.task = (uint32_t)task;
	l->items[l->n++] = (struct item){ number, e };
	return true;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct item *)a)->number, y = ((const struct item *)b)->number;

	return (x > y) - (x < y);
}

/* All of them, and each once. */
static bool write_events(struct lines *l, uint64_t events)
{
	if (!l->t.header_there)
		return wrong(l, "there is no header of the trace");
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_number);
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].number > i)
			return trace_error_data(l->t.err, "event %zu of the trace is missing",
						i);
		if (l->items[i].number < i)
			return trace_error_data(l->t.err,
						"event %zu of the trace is there twice", i - 1);
	}
	if (l->n != events)
		return trace_error_data(l->t.err, "there are %zu events of the trace, not %llu",
					l->n, (unsigned long long)events);
	for (size_t i = 0; i < l->n; i++)
		if (!trace_text_import_event(&l->t, &l->items[i].e))
			return false;
	l->written = true;
	return true;
}

/* ---- what answers them ------------------------------------------------------------------- */

/* Makes a new one at need; NULL when memory is short. */
static struct runner *runner_of(struct lines *l, size_t length)
{
	struct runner *r;

	HASH_FIND(hh, l->runners, l->t.line, length, r);
	if (r)
		return r;
	r = calloc(1, sizeof(*r) + length);
	if (!r) {
		trace_error_memory(l->t.err);
		return NULL;
	}
	memcpy(r->name, l->t.line, length);
	HASH_ADD_KEYPTR(hh, l->runners, r->name, length, r);
	return r;
}

/* The length of "    comm-pid [cpu]" in front of the event's name; NONE: it is no line of
 * ftrace. */
static size_t runner_length(const struct lines *l, const char *name)
{
	const char *at = name;

	while (at > l->t.line && *at != ']')
		at--;
	return *at == ']' ? (size_t)(at + 1 - l->t.line) : NONE;
}

static bool note_begin(struct lines *l, const char *name)
{
	size_t length = runner_length(l, name);
	struct runner *r;

	if (length == NONE)
		return wrong(l, "an event of the trace has nobody who did it");
	r = runner_of(l, length);
	if (!r)
		return false;
	r->kind = l->items[l->n - 1].e.kind;
	r->order = l->items[l->n - 1].e.order;
	r->open = true;
	return true;
}

/* A kernel's own line has to be what the request or free that was begun there last came to. */
static bool check_answer(struct lines *l, const char *name, bool free)
{
	const char *order = strstr(name, " order=");
	size_t length = runner_length(l, name);
	struct runner *r;
	unsigned asked;

	if (length == NONE || !order)
		return true;
	HASH_FIND(hh, l->runners, l->t.line, length, r);
	if (!r || !r->open || (r->kind == TRACE_FREE) != free ||
	    (!free && r->kind > TRACE_ALLOC_FAILED) ||
	    !trace_scan(order, " order=%u", &asked) || asked != r->order)
		return wrong(l, "what the kernel did there was not begun by the trace");
	r->open = false;
	return true;
}

/* ---- lines ------------------------------------------------------------------------------- */

/* The last ": WORD" of the line: names of tasks can have anything in them. */
static const char *last(const char *line, const char *word)
{
	const char *found = NULL;

	for (const char *at = line; (at = strstr(at, word)) != NULL; at++)
		found = at;
	return found;
}

static bool take_remark(struct lines *l)
{
	static const char number[] = "events ";
	uint64_t events;

	l->t.at += REMARK_SIZE;
	if (strncmp(l->t.at, number, sizeof(number) - 1) != 0)
		return trace_text_import_record(&l->t);
	l->t.at += sizeof(number) - 1;
	return trace_text_import_number(&l->t, UINT64_MAX, &events) &&
	       trace_text_import_whole(&l->t) && write_events(l, events);
}

/* Its name is behind `name`, which is ": pagesim_". */
static bool take_own(struct lines *l, const char *name)
{
	for (unsigned kind = 0; kind < TRACE_KINDS; kind++) {
		const char *wanted = trace_lines_name((uint8_t)kind);
		size_t n = strlen(wanted);

		if (strncmp(name + 2, wanted, n) != 0 || strncmp(name + 2 + n, ": ", 2) != 0)
			continue;
		l->t.at = name + 2 + n + 2;
		return take_event(l, (uint8_t)kind) && note_begin(l, name);
	}
	return wrong(l, "no event of a trace is called like this");
}

static bool take_line(struct lines *l)
{
	const char *name;

	if (!trace_text_import_next(&l->t))
		return false;
	if (strncmp(l->t.line, TRACE_LINES_REMARK, REMARK_SIZE) == 0)
		return take_remark(l);
	if (l->t.line[0] == '#')
		return true;
	name = last(l->t.line, ": " TRACE_LINES_NAME);
	if (name)
		return take_own(l, name);
	name = last(l->t.line, ": mm_page_alloc: ");
	if (name)
		return check_answer(l, name, false);
	name = last(l->t.line, ": mm_page_free: ");
	return !name || check_answer(l, name, true);
}

static bool take_all(struct lines *l, const char *begin)
{
	while (l->t.data < l->t.end) {
		if (!trace_text_import_watch(&l->t, begin))
			return false;
		if (!take_line(l))
			return trace_error_at(l->t.err, "line %zu: ", l->t.number);
	}
	return (l->written || wrong(l, "the end is missing")) && trace_text_import_whole(&l->t);
}

static void free_runners(struct lines *l)
{
	struct runner *r, *next;

	HASH_ITER(hh, l->runners, r, next)
	{
		HASH_DEL(l->runners, r);
		free(r);
	}
}

bool trace_lines_import(const void *data, size_t size, const char *label,
			const struct trace_import_options *o, struct trace_header *h,
			struct trace_totals *totals, struct trace_error *err)
{
	struct lines l = { .t = { .data = data,
				  .end = (const char *)data + size,
				  .o = o,
				  .header = h,
				  .totals = totals,
				  .err = err } };
	bool ok = take_all(&l, data) || trace_error_at(err, "%s: ", label);

	free(l.items);
	free_runners(&l);
	return trace_text_import_close(&l.t, ok);
}
