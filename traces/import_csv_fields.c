/* One row of a CSV recording: its cells become an event. */
#include "traces/import_csv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Events as `trace cat` calls them; the kernel's names are known as well. */
static const struct name {
	const char *name, *event;
} names[] = {
	{ "alloc", "mm_page_alloc" },
	{ "free", "mm_page_free" },
	{ "alloc-failed", "mm_page_alloc" },
	{ "free-batched", "mm_page_free_batched" },
	{ "zone-locked", "mm_page_alloc_zone_locked" },
	{ "pcpu-drain", "mm_page_pcpu_drain" },
	{ "extfrag", "mm_page_alloc_extfrag" },
	{ "kswapd-wake", "mm_vmscan_kswapd_wake" },
	{ "kswapd-sleep", "mm_vmscan_kswapd_sleep" },
	{ "wakeup-kswapd", "mm_vmscan_wakeup_kswapd" },
	{ "reclaim-begin", "mm_vmscan_direct_reclaim_begin" },
	{ "reclaim-end", "mm_vmscan_direct_reclaim_end" },
	{ "compact-begin", "mm_compaction_begin" },
	{ "compact-end", "mm_compaction_end" },
	{ "oom", "mark_victim" },
	{ "lru-add", "mm_lru_insertion" },
	{ "access", "mm_lru_activate" },
	{ "mark", "tracing_mark_write" },
};

static const char *const flag_names[] = {
	"cold", "hardirq", "softirq", "reclaim", "unscored", "missed", "hidden",
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct row {
	struct import_csv *c;
	const struct import_csv_cell *cells;
	struct import_event e;
	uint64_t value[4];
	struct trace_error *err;
};

static bool is(const struct import_csv_cell *cell, const char *text)
{
	return strlen(text) == cell->len && memcmp(cell->at, text, cell->len) == 0;
}

/* ---- numbers ---------------------------------------------------------------------------- */

bool import_csv_fields_number(const char *p, size_t len, uint64_t *v)
{
	const char *end = p + len;
	bool minus = p < end && *p == '-', hex;
	unsigned base;

	p += minus;
	hex = end - p > 2 && p[0] == '0' && (p[1] | 32) == 'x';
	base = hex ? 16 : 10;
	p += hex ? 2 : 0;
	if (p == end)
		return false;
	for (*v = 0; p < end; p++) {
		unsigned ch = (unsigned char)*p;
		unsigned digit = isdigit((int)ch) ? ch - '0' : (ch | 32) - 'a' + 10;

		if (digit >= base || *v > (UINT64_MAX - digit) / base)
			return false;
		*v = *v * base + digit;
	}
	*v = minus ? 0 - *v : *v;
	return true;
}

static bool wrong(const struct row *r, enum import_csv_column column, const char *want)
{
	const struct import_csv_cell *cell = &r->cells[column];

	return trace_error_data(
		r->err, "%s is \"%.*s\", %s was expected", import_csv_names[column],
		(int)(cell->len < 40 ? cell->len : 40), cell->len ? cell->at : "", want);
}

static bool number(const struct row *r, enum import_csv_column column, uint64_t *v)
{
	const struct import_csv_cell *cell = &r->cells[column];

	return import_csv_fields_number(cell->at, cell->len, v) || wrong(r, column, "a number");
}

/* From 0 to `most`. */
static bool small_number(const struct row *r, enum import_csv_column column, uint64_t most,
			 uint64_t *v)
{
	if (!number(r, column, v))
		return false;
	return *v <= most ||
	       trace_error_data(r->err, "%s is %.*s, more than %llu", import_csv_names[column],
				(int)r->cells[column].len, r->cells[column].at,
				(unsigned long long)most);
}

/* ---- gfp flags (R10) --------------------------------------------------------------------- */

static bool keep_gfp(struct row *r, const char *text)
{
	struct import_source *s = r->c->s;
	uint32_t index;

	s->unknown_gfp += strstr(text, "0x") != NULL;
	if (!import_source_name(&s->gfp, text, &index, r->err))
		return false;
	if (index > UINT16_MAX)
		return trace_error_data(r->err, "more than %u different sets of gfp flags",
					UINT16_MAX);
	r->e.gfp = (uint16_t)index;
	return true;
}

static bool gfp_by_bits(struct row *r, uint64_t bits)
{
	const struct import_csv *c = r->c;
	char text[2560] = "";
	size_t n = 0;

	if (bits && !c->ngfp)
		return wrong(r, IMPORT_CSV_GFP,
			     "names, or lines \"# gfp 0x100 __GFP_ZERO\" above that say what "
			     "this kernel's bits are called,");
	for (unsigned i = 0; i < c->ngfp; i++) {
		if ((bits & c->gfp[i].bits) != c->gfp[i].bits)
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? "|" : "",
				      c->gfp[i].name);
		bits &= ~c->gfp[i].bits;
	}
	if (bits || n == 0)
		snprintf(text + n, sizeof(text) - n, bits ? "%s%#llx" : "%s%llu", n ? "|" : "",
			 (unsigned long long)bits);
	return keep_gfp(r, text);
}

static bool gfp(struct row *r)
{
	const struct import_csv_cell *cell = &r->cells[IMPORT_CSV_GFP];
	char text[1024];
	uint64_t bits;

	if (cell->len && isdigit((unsigned char)cell->at[0]) &&
	    import_csv_fields_number(cell->at, cell->len, &bits))
		return gfp_by_bits(r, bits);
	if (cell->len >= sizeof(text))
		return trace_error_data(r->err, "gfp with %zu characters", cell->len);
	for (size_t i = 0; i < cell->len; i++)
		if (!isalnum((unsigned char)cell->at[i]) && cell->at[i] != '_' &&
		    cell->at[i] != '|')
			return wrong(r, IMPORT_CSV_GFP, "names of flags with | between them");
	if (!cell->len)
		return wrong(r, IMPORT_CSV_GFP, "names of flags (0 = none)");
	memcpy(text, cell->at, cell->len);
	text[cell->len] = '\0';
	return keep_gfp(r, strcmp(text, "none") == 0 ? "0" : text);
}

/* ---- what every row has ------------------------------------------------------------------ */

static bool time_of(struct row *r)
{
	enum import_csv_column column =
		r->cells[IMPORT_CSV_TIME_NS].at ? IMPORT_CSV_TIME_NS : IMPORT_CSV_TIME_TICKS;

	return small_number(r, column, INT64_MAX, &r->e.time);
}

static bool task(struct row *r)
{
	const struct import_csv_cell *cell = &r->cells[IMPORT_CSV_COMM];
	char comm[16];
	uint64_t pid;
	size_t len = cell->len < sizeof(comm) ? cell->len : sizeof(comm) - 1;

	if (!number(r, IMPORT_CSV_PID, &pid))
		return false;
	r->e.pid = (int32_t)pid;
	if ((uint64_t)(int64_t)r->e.pid != pid)
		return wrong(r, IMPORT_CSV_PID, "a process id");
	if (!len || import_pids_get(&r->c->s->pids, r->e.pid))
		return true;
	memcpy(comm, cell->at, len);
	comm[len] = '\0';
	return import_source_comm(r->c->s, r->e.pid, comm, r->err);
}

/* "cold|hardirq" */
static bool flags(struct row *r)
{
	struct import_csv_cell left = r->cells[IMPORT_CSV_FLAGS];

	while (left.len) {
		const char *bar = memchr(left.at, '|', left.len);
		struct import_csv_cell one = { left.at,
					       bar ? (size_t)(bar - left.at) : left.len };
		unsigned bit = 0;

		while (bit < COUNT(flag_names) && !is(&one, flag_names[bit]))
			bit++;
		if (bit == COUNT(flag_names))
			return wrong(
				r, IMPORT_CSV_FLAGS,
				"cold, hardirq, softirq, reclaim, unscored, missed, hidden "
				"with | between them");
		r->e.flags |= (uint8_t)(1u << bit);
		left.len -= one.len + (bar != NULL);
		left.at += one.len + (bar != NULL);
	}
	return true;
}

/* ---- the event --------------------------------------------------------------------------- */

static const struct import_event_type *event_type(const struct row *r)
{
	const struct import_csv_cell *cell = &r->cells[IMPORT_CSV_EVENT];
	const struct import_event_type *t;

	for (size_t i = 0; i < COUNT(names); i++)
		if (is(cell, names[i].name))
			return import_events_find(names[i].event, strlen(names[i].event));
	t = import_events_find(cell->at, cell->len);
	return t && !import_is_step(t->kind) ? t : NULL;
}

static bool unknown_event(const struct row *r)
{
	char known[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < COUNT(names); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s, ", names[i].name);
	snprintf(known + n, sizeof(known) - n, "lost, or a name of the kernel's");
	return wrong(r, IMPORT_CSV_EVENT, known);
}

/* Some tools know when events were lost, and how many; some only that. */
static bool lost(struct row *r)
{
	struct import_source *s = r->c->s;
	uint64_t n = 1;

	if (r->cells[IMPORT_CSV_VALUE0].len && !number(r, IMPORT_CSV_VALUE0, &n))
		return false;
	s->lost += n;
	if (!r->cells[IMPORT_CSV_TIME_NS].len && !r->cells[IMPORT_CSV_TIME_TICKS].len)
		return true;
	if (!time_of(r))
		return false;
	s->first_lost = r->e.time < s->first_lost ? r->e.time : s->first_lost;
	return true;
}

static bool mark(struct row *r)
{
	const struct import_csv_cell *cell = &r->cells[IMPORT_CSV_TEXT];
	char text[512];
	size_t len = cell->len < sizeof(text) ? cell->len : sizeof(text) - 1;

	if (len)
		memcpy(text, cell->at, len);
	text[len] = '\0';
	return import_source_name(&r->c->s->texts, text, &r->e.detail, r->err);
}

/* Frame 0 is never handed out: it stands for no page, as -1 and no text do. */
static bool page(struct row *r, const struct import_event_type *t)
{
	const struct import_csv_cell *cell = &r->cells[IMPORT_CSV_PFN];
	uint64_t v;

	if (cell->len && !number(r, IMPORT_CSV_PFN, &r->e.pfn))
		return false;
	r->e.pfn = r->e.pfn ? r->e.pfn : IMPORT_NO_PFN;
	if (r->e.pfn == IMPORT_NO_PFN && t->kind != IMPORT_ALLOC)
		return wrong(r, IMPORT_CSV_PFN, "a page frame number");
	if (!t->order)
		return true;
	if (!small_number(r, IMPORT_CSV_ORDER, TRACE_ORDERS - 1, &v))
		return false;
	r->e.order = (uint8_t)v;
	return true;
}

static bool values(struct row *r, const struct import_event_type *t)
{
	uint64_t v;

	if (t->type && r->cells[IMPORT_CSV_MIGRATETYPE].len) {
		if (!number(r, IMPORT_CSV_MIGRATETYPE, &v))
			return false;
		r->e.type = (int8_t)v;
	}
	if (!t->has_pfn && t->order && r->cells[IMPORT_CSV_ORDER].len) {
		if (!small_number(r, IMPORT_CSV_ORDER, 255, &v))
			return false;
		r->e.order = (uint8_t)v;
	}
	for (unsigned i = 0; i < 4; i++)
		if (r->cells[IMPORT_CSV_VALUE0 + i].len &&
		    !number(r, IMPORT_CSV_VALUE0 + i, &r->value[i]))
			return false;
	return true;
}

bool import_csv_fields(struct import_csv *c, const struct import_csv_cell *cells)
{
	struct row r = {
		.c = c, .cells = cells, .e = { .pfn = IMPORT_NO_PFN, .type = -1 }, .err = c->err
	};
	const struct import_event_type *t;
	uint64_t cpu;

	for (unsigned i = 0; i < 4; i++)
		r.value[i] = IMPORT_NO_VALUE;
	if (is(&cells[IMPORT_CSV_EVENT], "lost"))
		return lost(&r);
	t = event_type(&r);
	if (!t)
		return unknown_event(&r);
	if (!time_of(&r) || !small_number(&r, IMPORT_CSV_CPU, 4095, &cpu) || !task(&r) ||
	    !flags(&r) || !values(&r, t))
		return false;
	r.e.cpu = (uint16_t)cpu;
	if (t->has_pfn && !page(&r, t))
		return false;
	if (t->kind == IMPORT_ALLOC && !gfp(&r))
		return false;
	if (t->kind == IMPORT_MARK && !mark(&r))
		return false;
	return import_events_finish(t, &r.e, r.value, c->s, c->err) &&
	       import_source_add(c->s, &r.e, c->err);
}
