/*
 * The state of a whole recording: lists in their order, counters with their per-cpu parts,
 * pageblock types, what each frame is. One line a thing: a word, "key=value" fields, and for
 * lists a colon and their members. docs/trace-import.md, "Whole recordings".
 */
#include <stdlib.h>
#include <string.h>

#include "traces/import.h"

#include "traces/trace_scan.h"

#define MAX_FRAMES (UINT64_C(1) << 32)
#define MAX_CPUS 256
#define MAX_NODES 64
#define TYPES 6
#define UNKNOWN_TYPE 0xff
#define BLOCK_ORDER 9 /* of IMPORT_BLOCK frames */

struct reader {
	struct import_exact_state *s;
	struct import_exact_zone *zone; /* the last one */
	char *head, *members;           /* of the line: fields; what stands behind the colon */
	size_t zones_cap, free_cap, pcp_cap;
	uint32_t *want_pcp; /* [cpus]: pages that the zone's lists have to hold */
	bool begun;
	struct trace_error *err;
};

static bool bad(const struct reader *r, const char *what)
{
	return trace_error_data(r->err, "%s", what);
}

/* ---- fields ----------------------------------------------------------------------------- */

static const char *value_of(const struct reader *r, const char *key)
{
	size_t len = strlen(key);
	const char *at = r->head;

	while ((at = strchr(at, ' '))) {
		at++;
		if (strncmp(at, key, len) == 0 && at[len] == '=')
			return at + len + 1;
	}
	return NULL;
}

/* A whole word as a number. */
static bool number(const char *word, int64_t min, int64_t max, int64_t *v, const char **end)
{
	*end = word;
	return word && trace_scan_signed(end, min, max, v);
}

static bool field(const struct reader *r, const char *key, int64_t min, int64_t max, int64_t *v)
{
	const char *end;

	if (number(value_of(r, key), min, max, v, &end) && (*end == ' ' || *end == '\0'))
		return true;
	return trace_error_data(r->err, "%s=: expected a number from %lld to %lld", key,
				(long long)min, (long long)max);
}

static bool frames(const struct reader *r, const char *key, uint64_t *v)
{
	int64_t n = 0;

	if (!field(r, key, 0, (int64_t)MAX_FRAMES, &n))
		return false;
	*v = (uint64_t)n;
	return true;
}

/* "key=1,2,3": up to `max` numbers. */
static bool list(const struct reader *r, const char *key, uint64_t *v, unsigned max,
		 unsigned *count)
{
	const char *at = value_of(r, key), *end = at;
	int64_t n;

	for (*count = 0; at && *count < max; at = end + 1) {
		if (!number(at, 0, (int64_t)MAX_FRAMES, &n, &end))
			break;
		v[(*count)++] = (uint64_t)n;
		if (*end != ',')
			return true;
	}
	return trace_error_data(r->err, "%s=: expected numbers with commas between", key);
}

/* ---- the machine ------------------------------------------------------------------------ */

static bool read_begin(struct reader *r)
{
	int64_t v;

	if (strncmp(r->head, "q412state 1 ", 12) != 0)
		return bad(r, "expected version 1 of a state");
	if (!field(r, "MAX_ORDER", 0, 255, &v))
		return false;
	if (v != TRACE_ORDERS)
		return bad(r, "MAX_ORDER=: expected 11");
	if (!field(r, "pageblock_order", 0, 255, &v))
		return false;
	if (v != BLOCK_ORDER)
		return bad(r, "pageblock_order=: expected 9");
	r->begun = true;
	return !value_of(r, "swap_total") || frames(r, "swap_total", &r->s->swap_pages);
}

static bool read_cpu(struct reader *r)
{
	unsigned cpu, node;
	const char *end = trace_scan(r->head, "cpu %u node %u", &cpu, &node);

	if (!end || *end)
		return bad(r, "expected \"cpu N node M\"");
	if (cpu >= MAX_CPUS || node >= MAX_NODES || cpu != r->s->cpus || r->s->nzones)
		return bad(r, "CPUs come first, ascending, up to 255; nodes up to 63");
	r->s->cpu_node[cpu] = (uint16_t)node;
	r->s->cpus = cpu + 1;
	if (node >= r->s->nodes)
		r->s->nodes = node + 1;
	return true;
}

static bool read_distance(struct reader *r)
{
	int64_t from, to, d;
	const char *at = r->members, *end;

	if (!at || !field(r, "from", 0, MAX_NODES - 1, &from))
		return false;
	while (*at == ' ')
		at++;
	while (*at) {
		if (!number(at, 0, MAX_NODES - 1, &to, &end) || *end != '=' ||
		    !number(end + 1, 1, 255, &d, &end))
			return bad(r, "expected \"node=distance\"");
		r->s->distance[from][to] = (uint8_t)d;
		for (at = end; *at == ' ';)
			at++;
	}
	return true;
}

/* ---- zones ------------------------------------------------------------------------------ */

static bool zone_name(const struct reader *r, char name[12])
{
	const char *at = value_of(r, "name");
	size_t len = at ? strcspn(at, " ") : 0;

	if (!len || len >= 12)
		return bad(r, "name=: expected the name of a zone");
	memcpy(name, at, len);
	name[len] = '\0';
	return true;
}

static bool zone_numbers(const struct reader *r, struct import_exact_zone *z)
{
	uint64_t spanned;
	int64_t nid, zid;

	if (!field(r, "nid", 0, MAX_NODES - 1, &nid) || !field(r, "zid", 0, 9, &zid) ||
	    !zone_name(r, z->z.name) || !frames(r, "start", &z->z.start) ||
	    !frames(r, "spanned", &spanned) || !frames(r, "present", &z->z.present) ||
	    !frames(r, "managed", &z->z.managed) || !frames(r, "min", &z->z.min) ||
	    !frames(r, "low", &z->z.low) || !frames(r, "high", &z->z.high) ||
	    !frames(r, "highatomic", &z->counters.highatomic) ||
	    !frames(r, "drift_mark", &z->counters.drift_mark) ||
	    !field(r, "vm_free", -(int64_t)MAX_FRAMES, (int64_t)MAX_FRAMES, &z->counters.free))
		return false;
	z->z.nid = (uint16_t)nid;
	z->zid = (unsigned)zid;
	z->z.end = z->z.start + spanned;
	if (z->z.end > MAX_FRAMES || z->z.present > spanned || z->z.managed > z->z.present)
		return bad(r, "spanned, present and managed do not fit one another");
	return true;
}

static bool read_zone(struct reader *r)
{
	struct import_exact_state *s = r->s;
	struct import_exact_zone *z;
	unsigned orders;

	if (!s->cpus)
		return bad(r, "a zone in front of the CPUs");
	if (!import_source_grow(&s->zones, &r->zones_cap, s->nzones, sizeof(*s->zones), r->err))
		return false;
	z = &s->zones[s->nzones];
	*z = (struct import_exact_zone){ .counters.ncpus = s->cpus };
	if (!zone_numbers(r, z) || !list(r, "reserve", z->z.protection, 5, &z->z.nprotection) ||
	    !list(r, "nr_free", z->buddyinfo, TRACE_ORDERS, &orders))
		return false;
	if (orders != TRACE_ORDERS)
		return bad(r, "nr_free=: expected 11 numbers");
	if (s->nzones &&
	    (z[-1].z.nid > z->z.nid || (z[-1].z.nid == z->z.nid && z[-1].z.end > z->z.start)))
		return bad(r, "zones ascend by node and frame");
	z->counters.cpus = calloc(s->cpus, sizeof(*z->counters.cpus));
	z->pcp = calloc(s->cpus, sizeof(*z->pcp));
	s->nzones++;
	if (z->z.nid >= s->nodes)
		s->nodes = z->z.nid + 1u;
	r->zone = z;
	return (z->counters.cpus && z->pcp) || trace_error_memory(r->err);
}

/* Everything behind a zone's line is about that zone. */
static bool of_zone(const struct reader *r)
{
	int64_t nid, zid;

	if (!field(r, "nid", 0, MAX_NODES - 1, &nid) || !field(r, "zid", 0, 9, &zid))
		return false;
	return (r->zone && r->zone->z.nid == nid && r->zone->zid == zid) ||
	       bad(r, "not of the zone that stands in front of it");
}

static bool in_zone(const struct reader *r, int64_t pfn, unsigned order)
{
	const struct trace_zone *z = &r->zone->z;

	return (uint64_t)pfn >= z->start && (uint64_t)pfn + (1u << order) <= z->end &&
	       !(pfn & ((1 << order) - 1));
}

/* ---- lists ------------------------------------------------------------------------------ */

static bool counted(const struct reader *r, int64_t want, uint64_t got)
{
	return (uint64_t)want == got ||
	       trace_error_data(r->err, "n=%lld, but %llu members follow", (long long)want,
				(unsigned long long)got);
}

static bool read_free(struct reader *r)
{
	struct trace_state *t = &r->s->lists;
	uint64_t before = t->nfree;
	int64_t order, type, n, pfn;
	const char *end;

	if (!of_zone(r) || !field(r, "order", 0, TRACE_ORDERS - 1, &order) ||
	    !field(r, "mt", 0, TYPES - 1, &type) || !field(r, "n", 1, INT32_MAX, &n) ||
	    !r->members)
		return r->members ? false : bad(r, "expected the list's blocks");
	for (const char *at = r->members; *at == ' ' && at[1]; at = end) {
		if (!number(at + 1, 0, (int64_t)MAX_FRAMES, &pfn, &end) ||
		    !in_zone(r, pfn, (unsigned)order))
			return bad(r, "expected blocks of the zone");
		if (!import_source_grow(&t->free, &r->free_cap, t->nfree, sizeof(*t->free),
					r->err))
			return false;
		t->free[t->nfree++] =
			(struct trace_free){ (uint64_t)pfn, (uint8_t)order, (uint8_t)type };
	}
	return counted(r, n, t->nfree - before);
}

static bool read_pcp(struct reader *r)
{
	int64_t cpu, count, high, batch, threshold, diff;

	if (!of_zone(r) || !field(r, "cpu", 0, r->s->cpus - 1, &cpu) ||
	    !field(r, "count", 0, INT32_MAX, &count) ||
	    !field(r, "high", 0, INT32_MAX, &high) ||
	    !field(r, "batch", 0, INT32_MAX, &batch) ||
	    !field(r, "stat_threshold", 0, 127, &threshold) ||
	    !field(r, "free_diff", -128, 127, &diff))
		return false;
	r->zone->counters.cpus[cpu] =
		(struct trace_zone_cpu){ .high = (uint32_t)high,
					 .batch = (uint32_t)batch,
					 .stat_threshold = (int32_t)threshold,
					 .free_diff = (int32_t)diff };
	if (cpu == 0) {
		r->zone->z.pcp_high = (uint32_t)high;
		r->zone->z.pcp_batch = (uint32_t)batch;
	}
	r->want_pcp[cpu] = (uint32_t)count;
	return true;
}

static bool read_pcplist(struct reader *r)
{
	struct trace_state *t = &r->s->lists;
	int64_t cpu, which, n, pfn, type;
	uint64_t before = t->npcp;
	const char *end;

	if (!of_zone(r) || !field(r, "cpu", 0, r->s->cpus - 1, &cpu) ||
	    !field(r, "list", 0, 2, &which) || !field(r, "n", 0, INT32_MAX, &n) || !r->members)
		return r->members ? false : bad(r, "expected the list's pages");
	for (const char *at = r->members; *at == ' ' && at[1]; at = end) {
		if (!number(at + 1, 0, (int64_t)MAX_FRAMES, &pfn, &end) || *end != ':' ||
		    !number(end + 1, 0, TYPES - 1, &type, &end) || !in_zone(r, pfn, 0) ||
		    (type < 3 ? type : 1) != which)
			return bad(r, "expected pages of the zone, each with its type");
		if (!import_source_grow(&t->pcp, &r->pcp_cap, t->npcp, sizeof(*t->pcp), r->err))
			return false;
		t->pcp[t->npcp++] =
			(struct trace_pcp){ (uint64_t)pfn, (uint16_t)cpu, 0, (uint8_t)type };
	}
	r->zone->pcp[cpu] += (uint32_t)(t->npcp - before);
	return counted(r, n, t->npcp - before);
}

/* ---- pageblocks and frames -------------------------------------------------------------- */

static bool room_for_blocks(struct reader *r, uint64_t n)
{
	struct trace_state *t = &r->s->lists;
	uint8_t *types;

	if (n <= t->nblocks)
		return true;
	types = realloc(t->block_type, n);
	if (!types)
		return trace_error_memory(r->err);
	memset(types + t->nblocks, UNKNOWN_TYPE, n - t->nblocks);
	t->block_type = types;
	t->nblocks = n;
	return true;
}

static bool read_pageblocks(struct reader *r)
{
	const struct trace_zone *z = r->zone ? &r->zone->z : NULL;
	uint64_t first, block;
	int64_t n;
	const char *at;

	if (!of_zone(r) || !frames(r, "first_pfn", &first) || !field(r, "n", 0, INT32_MAX, &n))
		return false;
	block = first / IMPORT_BLOCK;
	if (block != z->start / IMPORT_BLOCK ||
	    block + (uint64_t)n != (z->end + IMPORT_BLOCK - 1) / IMPORT_BLOCK || !r->members)
		return bad(r, "expected the pageblocks of the whole zone");
	if (!room_for_blocks(r, block + (uint64_t)n))
		return false;
	at = r->members + (*r->members == ' ');
	for (; *at; at++, block++, n--) {
		if (n == 0 || (*at != 'X' && (*at < '0' || *at >= '0' + TYPES)))
			return bad(r, "expected as many types or X as n says");
		if (*at != 'X')
			r->s->lists.block_type[block] = (uint8_t)(*at - '0');
	}
	return n == 0 || bad(r, "fewer types than n says");
}

static bool read_pagemap(struct reader *r)
{
	uint64_t left = r->zone ? r->zone->z.end - r->zone->z.start : 0;
	char *to;
	const char *end;
	int64_t run;

	if (!of_zone(r))
		return false;
	if (r->zone->map || !r->members)
		return bad(r, "expected one map of each zone");
	to = r->zone->map = malloc(left + 1);
	if (!to)
		return trace_error_memory(r->err);
	for (const char *at = r->members; *at == ' ' && at[1]; at = end) {
		if (!strchr("FRSLAMHtcaX", at[1]) ||
		    !number(at + 2, 1, (int64_t)left, &run, &end))
			return bad(r, "expected a letter and a run of the zone's frames");
		memset(to, at[1], (size_t)run);
		to += run;
		left -= (uint64_t)run;
	}
	return left == 0 || bad(r, "fewer frames than the zone spans");
}

/* ---- all -------------------------------------------------------------------------------- */

static bool ignore(struct reader *r)
{
	return r->begun;
}

static const struct {
	const char *word;
	bool (*read)(struct reader *r);
} lines[] = {
	{ "q412state", read_begin },
	{ "cpu", read_cpu },
	{ "zonelist", ignore },
	{ "distance", read_distance },
	{ "zone", read_zone },
	{ "free", read_free },
	{ "pcp", read_pcp },
	{ "pcplist", read_pcplist },
	{ "pageblocks", read_pageblocks },
	{ "pagemap", read_pagemap },
};

static bool read_line(struct reader *r, char *line)
{
	size_t len = strcspn(line, " ");

	r->head = line;
	r->members = strstr(line, ": ");
	if (!r->members && *line && line[strlen(line) - 1] == ':')
		r->members = line + strlen(line) - 1;
	if (r->members)
		*r->members++ = '\0';
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (strlen(lines[i].word) == len && memcmp(lines[i].word, line, len) == 0)
			return (i == 0) != r->begun ? lines[i].read(r)
						    : bad(r, "expected q412state, once");
	return trace_error_data(r->err, "a line that no state has: \"%.20s\"", line);
}

/* What the lists hold against what the zones counted. */
static bool counts_fit(const struct import_exact_state *s, struct trace_error *err)
{
	for (unsigned i = 0; i < s->nzones; i++) {
		const struct import_exact_zone *z = &s->zones[i];
		uint64_t have[TRACE_ORDERS] = { 0 };

		for (uint64_t f = 0; f < s->lists.nfree; f++)
			if (s->lists.free[f].pfn >= z->z.start &&
			    s->lists.free[f].pfn < z->z.end)
				have[s->lists.free[f].order]++;
		if (memcmp(have, z->buddyinfo, sizeof(have)) != 0)
			return trace_error_data(err,
						"node %u, zone %s: its free lists are not what "
						"nr_free counts",
						z->z.nid, z->z.name);
	}
	return s->nzones || trace_error_data(err, "no zone in it: the file is cut off");
}

static bool pcp_fits(const struct reader *r)
{
	for (unsigned c = 0; r->zone && c < r->s->cpus; c++) {
		if (r->want_pcp[c] != r->zone->pcp[c])
			return trace_error_data(r->err,
						"node %u, zone %s: CPU %u's lists are not what "
						"its count says",
						r->zone->z.nid, r->zone->z.name, c);
		r->want_pcp[c] = 0;
	}
	return true;
}

static bool read_lines(struct reader *r, const char *path, char *text)
{
	unsigned long long line = 0;

	for (char *at = text, *next; *at; at = next) {
		char *end = strchr(at, '\n');

		line++;
		if (!end)
			return trace_error_data(
				r->err, "%s: the last line has no end: the file is cut off",
				path);
		*end = '\0';
		next = end + 1;
		if (strncmp(at, "zone ", 5) == 0 && !pcp_fits(r))
			return trace_error_at(r->err, "%s:%llu: ", path, line);
		if (!read_line(r, at))
			return trace_error_at(r->err, "%s:%llu: ", path, line);
	}
	return (pcp_fits(r) && counts_fit(r->s, r->err)) ||
	       trace_error_at(r->err, "%s: ", path);
}

bool import_exact_read(const char *path, char *text, struct import_exact_state *s,
		       struct trace_error *err)
{
	struct reader r = { .s = s, .err = err };
	bool ok;

	r.want_pcp = calloc(MAX_CPUS, sizeof(*r.want_pcp));
	if (!r.want_pcp)
		return trace_error_memory(err);
	s->lists.ordered = true;
	ok = read_lines(&r, path, text);
	free(r.want_pcp);
	return ok;
}

void import_exact_read_free(struct import_exact_state *s)
{
	for (unsigned i = 0; i < s->nzones; i++) {
		free(s->zones[i].counters.cpus);
		free(s->zones[i].pcp);
		free(s->zones[i].map);
	}
	free(s->zones);
	free(s->lists.free);
	free(s->lists.pcp);
	free(s->lists.block_type);
	memset(s, 0, sizeof(*s));
}
