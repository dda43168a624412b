/*
 * One tolerant reader of ftrace text: `trace` and `trace_pipe` of tracefs, `trace-cmd report`
 * (also -t and -l), `perf script`. They differ in what stands in front of the time:
 *
 *   comm-pid    [003] d..1.  12.345678: mm_page_free: ...        tracefs
 *   comm-pid  ( 1234) [003]  12.345678: mm_page_free: ...        with thread groups
 *   buffer:   comm-pid  3d..1. 12.345678901: mm_page_free: ...   trace-cmd report -l -t
 *   comm  1234 [003]  12.345678: kmem:mm_page_free: ...          perf script
 *
 * so a line is read from its time to the left, and from its time to the right. A sample of each
 * is in tests/traces/data/text.
 */
#include "traces/import_text.h"

#include <ctype.h>
#include <string.h>

struct text {
	struct import_source *s;
	const char *at, *end;
	unsigned long long line;
	bool lost;    /* the next event comes after a loss */
	bool console; /* the last event was a console message, which may have several lines */
	struct trace_error *err;
};

/* ---- to the left of the time ------------------------------------------------------------- */

/* The last word of [from, to), which becomes [*word, to); *to is set behind the blanks. */
static const char *last_word(const char *from, const char **to)
{
	const char *p;

	while (*to > from && (*to)[-1] == ' ')
		(*to)--;
	for (p = *to; p > from && p[-1] != ' ';)
		p--;
	return p;
}

static bool all_digits(const char *p, const char *end)
{
	if (p == end)
		return false;
	for (; p < end; p++)
		if (!isdigit((unsigned char)*p))
			return false;
	return true;
}

static uint64_t digits(const char **p, const char *end)
{
	uint64_t v = 0;

	for (; *p < end && isdigit((unsigned char)**p); (*p)++)
		v = v * 10 + (uint64_t)(**p - '0');
	return v;
}

/* "d.h1.": the third says hardirq, softirq, or both. */
static uint8_t irq_flags(const char *p, const char *end)
{
	if (end - p < 4)
		return 0;
	switch (p[2]) {
	case 'h':
	case 'z':
	case 'Z':
		return TRACE_HARDIRQ;
	case 'H':
		return TRACE_HARDIRQ | TRACE_SOFTIRQ;
	case 's':
		return TRACE_SOFTIRQ;
	default:
		return 0;
	}
}

/* "[003]", or "3d..1." as in the latency format. */
static bool cpu_word(const char *p, const char *end, struct import_event *e)
{
	uint64_t cpu;

	if (p < end && *p == '[' && end[-1] == ']' && all_digits(p + 1, end - 1)) {
		p++;
		cpu = digits(&p, end);
	} else if (p < end && isdigit((unsigned char)*p)) {
		cpu = digits(&p, end);
		if (end - p < 4 || end - p > 8)
			return false;
		e->flags = irq_flags(p, end);
	} else {
		return false;
	}
	e->cpu = (uint16_t)cpu;
	return cpu < 4096;
}

/* "comm-123", or perf's "comm 123" and "comm 120/123". Gives the command name's end. */
static const char *task_word(const char *from, const char *to, struct import_event *e)
{
	const char *word = last_word(from, &to), *p = to;

	if (to > from && to[-1] == ')') { /* a thread group */
		while (to > from && *to != '(')
			to--;
		word = last_word(from, &to);
	}
	for (p = to; p > word && isdigit((unsigned char)p[-1]);)
		p--;
	if (p == to || (p > word && p[-1] != '-' && p[-1] != '/'))
		return NULL;
	word = p > from ? p - 1 : p;
	e->pid = (int32_t)digits(&p, to);
	if (word > from && *word == '/')
		return last_word(from, &word);
	return word;
}

static bool note_comm(struct text *t, const char *from, const char *to, int32_t pid)
{
	char comm[16];
	size_t len;

	if (import_pids_get(&t->s->pids, pid))
		return true;
	while (to > from && to[-1] == ' ')
		to--;
	/* What stands in front of two blanks is a buffer's name, or nothing. */
	for (const char *p = to; p > from + 1; p--)
		if (p[-1] == ' ' && p[-2] == ' ') {
			from = p;
			break;
		}
	while (from < to && *from == ' ')
		from++;
	len = (size_t)(to - from) < sizeof(comm) ? (size_t)(to - from) : sizeof(comm) - 1;
	memcpy(comm, from, len);
	comm[len] = '\0';
	return import_source_comm(t->s, pid, strcmp(comm, "<...>") == 0 ? "" : comm, t->err);
}

static bool before_time(struct text *t, const char *from, const char *to,
			struct import_event *e)
{
	const char *word = last_word(from, &to), *comm_end;

	if (!cpu_word(word, to, e)) {
		uint8_t flags = irq_flags(word, to);

		to = word;
		word = last_word(from, &to);
		if (!cpu_word(word, to, e))
			return trace_error_data(t->err, "no cpu in front of the time");
		e->flags |= flags;
	}
	comm_end = task_word(from, word, e);
	if (!comm_end)
		return trace_error_data(t->err, "no task in front of the cpu");
	return note_comm(t, from, comm_end, e->pid);
}

/* ---- the time ---------------------------------------------------------------------------- */

/* "12.345678:" in seconds becomes ns; "123456789:" counts as it is. */
static bool time_word(const char *p, const char *end, uint64_t *time)
{
	uint64_t whole, part = 0;
	unsigned n = 0;

	if (p == end || !isdigit((unsigned char)*p) || end[-1] != ':')
		return false;
	whole = digits(&p, end);
	if (*p == ':') {
		*time = whole;
		return p + 1 == end;
	}
	if (*p++ != '.')
		return false;
	for (; p < end && isdigit((unsigned char)*p); p++, n++)
		part = part * 10 + (uint64_t)(*p - '0');
	if (n == 0 || n > 9 || *p != ':' || p + 1 != end)
		return false;
	for (; n < 9; n++)
		part *= 10;
	*time = whole * 1000000000 + part;
	return whole < UINT64_MAX / 2000000000;
}

/* The time's word in [from, to), and what it says. */
static const char *find_time(const char *from, const char *to, const char **time_end,
			     uint64_t *time)
{
	for (const char *p = from; p < to;) {
		const char *colon = memchr(p, ':', (size_t)(to - p)), *word;

		if (!colon)
			return NULL;
		for (word = colon; word > from && word[-1] != ' ';)
			word--;
		if (colon + 1 < to && colon[1] == ' ' && word > from &&
		    time_word(word, colon + 1, time)) {
			*time_end = colon + 1;
			return word;
		}
		p = colon + 1;
	}
	return NULL;
}

/* ---- lines ------------------------------------------------------------------------------- */

static bool starts(const char *p, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - p) >= n && memcmp(p, with, n) == 0;
}

static bool contains(const char *p, const char *end, const char *what)
{
	return memmem(p, (size_t)(end - p), what, strlen(what));
}

/* "# entries-in-buffer/entries-written: 141/2000   #P:4": the rest was overwritten. */
static void comment(struct text *t, const char *p, const char *end)
{
	static const char key[] = "entries-written:";
	const char *at = memmem(p, (size_t)(end - p), key, strlen(key));
	uint64_t held, written;

	if (!at)
		return;
	for (at += strlen(key); at < end && *at == ' ';)
		at++;
	held = digits(&at, end);
	if (at == end || *at++ != '/')
		return;
	written = digits(&at, end);
	if (written > held)
		t->s->lost += written - held;
}

/* "CPU:3 [LOST 17 EVENTS]", "CPU:3 [17 EVENTS DROPPED]", "CPU:3 [EVENTS DROPPED]" */
static bool loss(struct text *t, const char *p, const char *end)
{
	uint64_t n = 0;

	if (!starts(p, end, "CPU") ||
	    (!contains(p, end, "LOST") && !contains(p, end, "DROPPED")))
		return false;
	p = memchr(p, '[', (size_t)(end - p));
	for (; p && p < end && !n; p++)
		if (isdigit((unsigned char)*p))
			n = digits(&p, end);
	t->s->lost += n ? n : 1;
	t->lost = true;
	return true;
}

static bool is_remark(const char *p, const char *end)
{
	return starts(p, end, "cpus=") || starts(p, end, "version =") ||
	       (starts(p, end, "CPU ") && contains(p, end, "is empty"));
}

/* 4.12 has no mark_victim, but its console says "Killed process 131 (wl) ...". */
static bool console(struct text *t, const char *p, const char *end, struct import_event *e)
{
	static const char key[] = "Killed process ";
	uint64_t value[4] = { IMPORT_NO_VALUE, IMPORT_NO_VALUE, IMPORT_NO_VALUE,
			      IMPORT_NO_VALUE };
	const char *at = memmem(p, (size_t)(end - p), key, strlen(key));

	if (!at)
		return import_source_other(t->s, "console", 1, t->err);
	at += strlen(key);
	value[0] = digits(&at, end);
	return import_events_finish(import_events_find("mark_victim", 11), e, value, t->s,
				    t->err) &&
	       import_source_add(t->s, e, t->err);
}

/* "PERF_RECORD_LOST lost 17", "PERF_RECORD_LOST_SAMPLES lost 17", and what perf tells of tasks
 * and mappings when it is asked to. */
static bool perf_record(struct text *t, const char *p, const char *end, uint64_t time)
{
	static const char key[] = " lost ";
	const char *at = memmem(p, (size_t)(end - p), key, sizeof(key) - 1);
	uint64_t n;

	if (!starts(p, end, "PERF_RECORD_LOST"))
		return import_source_other(t->s, "PERF_RECORD", 1, t->err);
	at = at ? at + sizeof(key) - 1 : end;
	n = digits(&at, end);
	t->s->lost += n ? n : 1;
	if (time < t->s->first_lost)
		t->s->first_lost = time;
	return true;
}

/* Functions called, below an event: "\tffffffff8162184b name+0x26 (file)" of perf, " => name"
 * of tracefs, and the line that announces these. */
static bool is_call(const char *p, const char *end)
{
	return p < end && (*p == '\t' || starts(p, end, " => ") || starts(p, end, "=> "));
}

static bool event_line(struct text *t, const char *p, const char *end)
{
	struct import_event e = { .pfn = IMPORT_NO_PFN, .type = -1 };
	const struct import_event_type *type;
	const char *time_end, *time = find_time(p, end, &time_end, &e.time), *name, *colon;

	if (!time && t->console)
		return true;
	if (!time)
		return trace_error_data(t->err, "no event: nothing like \"comm-pid [cpu] time: "
						"event: fields\"");
	for (name = time_end; name < end && *name == ' ';)
		name++;
	if (starts(name, end, "PERF_RECORD_"))
		return perf_record(t, name, end, e.time);
	if (starts(name, end, "<stack trace>") || starts(name, end, "<user stack trace>"))
		return true;
	colon = memchr(name, ':', (size_t)(end - name));
	if (colon && colon + 1 < end && colon[1] != ' ') { /* system:event: */
		name = colon + 1;
		colon = memchr(name, ':', (size_t)(end - name));
	}
	if (!colon)
		return trace_error_data(t->err, "no event name behind the time");
	type = import_events_find(name, (size_t)(colon - name));
	t->console = starts(name, colon, "console");
	if (!before_time(t, p, time, &e))
		return false;
	if (t->lost && e.time < t->s->first_lost)
		t->s->first_lost = e.time;
	t->lost = false;
	if (t->console)
		return console(t, colon, end, &e);
	if (!type) {
		char other[64];
		size_t len = (size_t)(colon - name) < sizeof(other) ? (size_t)(colon - name)
								    : sizeof(other) - 1;

		memcpy(other, name, len);
		other[len] = '\0';
		return import_source_other(t->s, other, 1, t->err);
	}
	return import_text_fields(t->s, type, colon + 1, end, &e, t->err) &&
	       import_source_add(t->s, &e, t->err);
}

static bool line(struct text *t, const char *p, const char *end)
{
	while (end > p && (end[-1] == '\r' || end[-1] == ' '))
		end--;
	if (end > p && memchr(p, 0, (size_t)(end - p)))
		return trace_error_data(t->err, "not text");
	while (p < end && *p == ' ' && end - p > 1 && p[1] == ' ')
		p++;
	if (p == end || is_call(p, end) || loss(t, p, end) || is_remark(p, end))
		return true;
	if (*p == '#') {
		comment(t, p, end);
		return true;
	}
	return event_line(t, p, end);
}

bool import_text(const struct import_input *in, struct import_source *s,
		 struct import_progress progress, struct trace_error *err)
{
	struct text t = { .s = s,
			  .at = (const char *)in->data,
			  .end = (const char *)in->data + in->size,
			  .err = err };

	s->format = "text";
	while (t.at < t.end) {
		const char *end = memchr(t.at, '\n', (size_t)(t.end - t.at));
		const char *next = end ? end + 1 : t.end;

		t.line++;
		if (!line(&t, t.at, end ? end : t.end))
			return trace_error_at(err, "%s:%llu: ", in->label, t.line);
		t.at = next;
		if (t.line % 65536 == 0 &&
		    !import_progress(&progress, (uint64_t)(t.at - (const char *)in->data),
				     in->size, err))
			return false;
	}
	return s->n || trace_error_data(err, "%s: no page allocator events in it", in->label);
}
