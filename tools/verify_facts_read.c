/* Reads files of facts, plain or packed: sections, each a setting and the kernel's state under
 * it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/pagegold.h"
#include "tools/verify_facts.h"
#include "traces/trace_scan.h"

struct reader {
	struct verify_facts *f;
	struct verify_facts_section *s;
	struct pagegold *lines;
	uint64_t line;
	const char *text; /* the line at hand */
};

static bool bad(struct reader *r, const char *what)
{
	r->f->error.status = CMD_BAD_DATA;
	snprintf(r->f->error.text, sizeof(r->f->error.text), "%s:%" PRIu64 ": %s", r->f->path,
		 r->line, what);
	return false;
}

/* ---- fields ----------------------------------------------------------------------------- */

static const char *value_of(const struct reader *r, const char *key)
{
	size_t len = strlen(key);
	const char *at = r->text;

	while ((at = strchr(at, ' '))) {
		at++;
		if (strncmp(at, key, len) == 0 && at[len] == '=')
			return at + len + 1;
	}
	return NULL;
}

static bool field(struct reader *r, const char *key, uint64_t max, uint64_t *v)
{
	const char *at = value_of(r, key);
	char text[100];

	if (at && trace_scan_number(&at, 10, max, v) && strchr(" :", *at))
		return true;
	snprintf(text, sizeof(text), "%s=: expected a number up to %" PRIu64, key, max);
	return bad(r, text);
}

/* "key=1,2,3,4" */
static bool list(struct reader *r, const char *key, uint64_t *v, unsigned n)
{
	const char *at = value_of(r, key);
	char text[100];

	for (unsigned i = 0; at && i < n; i++) {
		if (!trace_scan_number(&at, 10, UINT32_MAX, &v[i]))
			break;
		if (i == n - 1)
			return true;
		if (*at++ != ',')
			break;
	}
	snprintf(text, sizeof(text), "%s=: expected %u numbers with commas between", key, n);
	return bad(r, text);
}

/* ---- lines ------------------------------------------------------------------------------ */

static bool read_sysctl(struct reader *r)
{
	struct verify_facts_section *s = r->s;
	uint64_t *ratio = s->lowmem_reserve_ratio;

	if (trace_scan(r->text, "sysctl min_free_kbytes %l", &s->min_free_kbytes) ||
	    trace_scan(r->text, "sysctl watermark_scale_factor %l",
		       &s->watermark_scale_factor) ||
	    trace_scan(r->text, "sysctl percpu_pagelist_fraction %l",
		       &s->percpu_pagelist_fraction) ||
	    trace_scan(r->text, "sysctl lowmem_reserve_ratio %l %l %l", &ratio[0], &ratio[1],
		       &ratio[2]))
		return true;
	return bad(r, "a sysctl that is not known, or without its value");
}

static bool read_thp(struct reader *r)
{
	r->s->thp = strstr(r->text, "[always]") != NULL;
	return true;
}

static bool read_state(struct reader *r)
{
	return field(r, "totalreserve", UINT32_MAX, &r->s->totalreserve);
}

static bool read_cpu(struct reader *r)
{
	unsigned cpu, node;

	if (!trace_scan(r->text, "cpu %u node %u", &cpu, &node) || cpu != r->s->ncpus ||
	    cpu >= VERIFY_FACTS_CPUS || node >= VERIFY_FACTS_NODES)
		return bad(r, "expected \"cpu N node M\", ascending");
	r->s->cpu_node[cpu] = (uint16_t)node;
	r->s->ncpus++;
	if (node >= r->s->nnodes)
		r->s->nnodes = node + 1;
	return true;
}

static bool read_zonelist(struct reader *r)
{
	struct verify_facts_list *l = &r->s->list[r->s->nlists];
	const char *zones = strstr(r->text, ": ");
	uint64_t nid, which;

	if (r->s->nlists == 2 * VERIFY_FACTS_NODES || !zones ||
	    strlen(zones) >= sizeof(l->zones))
		return bad(r, "expected a zonelist");
	if (!field(r, "nid", VERIFY_FACTS_NODES - 1, &nid) || !field(r, "which", 1, &which))
		return false;
	l->line = r->line;
	l->nid = (unsigned)nid;
	l->fallback = which == 0;
	snprintf(l->zones, sizeof(l->zones), "%s", zones + 2);
	r->s->nlists++;
	return true;
}

static bool read_distance(struct reader *r)
{
	const char *at = strstr(r->text, ": ");
	uint64_t from, to, d;

	if (!at || !field(r, "from", VERIFY_FACTS_NODES - 1, &from))
		return at ? false : bad(r, "expected distances");
	for (at += 2; *at; at += *at == ' ') {
		if (!trace_scan_number(&at, 10, VERIFY_FACTS_NODES - 1, &to) || *at++ != '=' ||
		    !trace_scan_number(&at, 10, 255, &d))
			return bad(r, "expected \"node=distance\"");
		r->s->distance[from][to] = (uint8_t)d;
	}
	return true;
}

static bool read_zone(struct reader *r)
{
	struct verify_facts_zone *z = &r->s->zone[r->s->nzones];
	uint64_t nid, spanned;
	const char *name = value_of(r, "name");

	if (r->s->nzones == VERIFY_FACTS_ZONES || !name)
		return bad(r, "expected a zone with its name");
	if (!field(r, "nid", VERIFY_FACTS_NODES - 1, &nid) ||
	    !field(r, "start", UINT32_MAX, &z->span.start) ||
	    !field(r, "spanned", UINT32_MAX, &spanned) ||
	    !field(r, "present", spanned, &z->present) ||
	    !field(r, "managed", z->present, &z->managed) ||
	    !field(r, "min", UINT32_MAX, &z->mark[0]) ||
	    !field(r, "low", UINT32_MAX, &z->mark[1]) ||
	    !field(r, "high", UINT32_MAX, &z->mark[2]) || !list(r, "reserve", z->reserve, 4))
		return false;
	z->line = r->line;
	z->span.nid = (uint16_t)nid;
	z->span.end = z->span.start + spanned;
	snprintf(z->span.name, sizeof(z->span.name), "%.*s", (int)strcspn(name, " "), name);
	if (nid >= r->s->nnodes)
		r->s->nnodes = (unsigned)nid + 1;
	r->s->nzones++;
	return true;
}

static bool read_pcp(struct reader *r)
{
	struct verify_facts_zone *z = r->s->nzones ? &r->s->zone[r->s->nzones - 1] : NULL;
	struct verify_facts_cpu *c;
	uint64_t cpu;

	if (!z || z->ncpus == VERIFY_FACTS_CPUS)
		return bad(r, "per-cpu lists without a zone");
	c = &z->cpu[z->ncpus];
	if (!field(r, "cpu", VERIFY_FACTS_CPUS - 1, &cpu) ||
	    !field(r, "high", UINT32_MAX, &c->high) ||
	    !field(r, "batch", UINT32_MAX, &c->batch) ||
	    !field(r, "stat_threshold", 127, &c->stat_threshold))
		return false;
	c->line = r->line;
	z->ncpus++;
	return true;
}

static bool ignore(struct reader *r)
{
	(void)r;
	return true;
}

static const struct {
	const char *word;
	bool (*read)(struct reader *r);
} lines[] = {
	{ "sysctl", read_sysctl }, { "thp", read_thp },           { "q412state", read_state },
	{ "cpu", read_cpu },       { "zonelist", read_zonelist }, { "distance", read_distance },
	{ "zone", read_zone },     { "pcp", read_pcp },           { "free", ignore },
	{ "pcplist", ignore },     { "pageblocks", ignore },      { "pagemap", ignore },
};

static bool read_line(struct reader *r)
{
	size_t len = strcspn(r->text, " ");

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (strlen(lines[i].word) == len && memcmp(lines[i].word, r->text, len) == 0)
			return lines[i].read(r);
	return bad(r, "a line that no file of facts has");
}

/* ---- all -------------------------------------------------------------------------------- */

static bool section_whole(struct reader *r)
{
	const struct verify_facts_section *s = r->s;
	bool whole = s->ncpus && s->nzones && s->nlists && s->min_free_kbytes &&
		     s->watermark_scale_factor;

	for (unsigned i = 0; i < s->nzones; i++)
		whole = whole && s->zone[i].ncpus == s->ncpus;
	return whole || bad(r, "the section in front of here is not whole");
}

static bool failed(struct reader *r, const struct pagegold_error *err)
{
	r->f->error.status = err->system ? CMD_SYSTEM : CMD_BAD_DATA;
	snprintf(r->f->error.text, sizeof(r->f->error.text), "%s", err->text);
	return false;
}

static bool read_all(struct reader *r,
		     bool (*each)(void *ctx, const struct verify_facts_section *s), void *ctx)
{
	struct pagegold_error err;

	while ((r->text = pagegold_line(r->lines, &err))) {
		r->line++;
		if (strncmp(r->text, "===", 3) != 0) {
			if (!read_line(r))
				return false;
			continue;
		}
		if (r->line > 1 && (!section_whole(r) || !each(ctx, r->s)))
			return false;
		*r->s = (struct verify_facts_section){ .line = r->line };
		snprintf(r->s->name, sizeof(r->s->name), "%s",
			 r->text + 3 + (r->text[3] == ' '));
	}
	if (*err.text)
		return failed(r, &err);
	return section_whole(r) && each(ctx, r->s);
}

bool verify_facts_read(struct verify_facts *f,
		       bool (*each)(void *ctx, const struct verify_facts_section *s), void *ctx)
{
	struct reader r = { .f = f, .s = calloc(1, sizeof(*r.s)) };
	struct pagegold_error err = { .system = true, .text = "out of memory" };
	bool ok;

	r.lines = r.s ? pagegold_open(f->path, &err) : NULL;
	ok = r.lines ? read_all(&r, each, ctx) : failed(&r, &err);
	pagegold_close(r.lines);
	free(r.s);
	return ok;
}
