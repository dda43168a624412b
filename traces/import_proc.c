/*
 * The kernel's own texts: zoneinfo, buddyinfo, pagetypeinfo, vmstat, iomem. Lines that are
 * not known are passed over (kernels add some); what is needed and missing is an error.
 */
#include "traces/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_scan.h"

struct lines {
	char *rest;
	unsigned number;
};

/* The next line without its newline, NULL at the end. */
static char *next_line(struct lines *l)
{
	char *line = l->rest, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end++ = '\0';
	l->rest = end;
	l->number++;
	return line;
}

/* No number of the line is larger than any that could be meant. */
static bool in_range(const char *path, const struct lines *l, const char *line,
		     struct trace_error *err)
{
	uint64_t v;
	unsigned node;
	bool ok = strncmp(line, "Node ", 5) != 0 || trace_scan(line, "Node %u", &node);

	while (ok && *(line += strcspn(line, "0123456789")))
		ok = trace_scan_number(&line, 10, UINT64_MAX, &v);
	return ok || trace_error_data(err, "%s:%u: a number is too large", path, l->number);
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* "key   123" or "key: 123". */
static bool key_number(const char *line, const char *key, uint64_t *v)
{
	size_t len = strlen(key);

	line = skip_blanks(line);
	if (strncmp(line, key, len) != 0 || (line[len] != ' ' && line[len] != ':'))
		return false;
	line = skip_blanks(line + len + (line[len] == ':'));
	return trace_scan_number(&line, 10, UINT64_MAX, v);
}

/* ---- zoneinfo --------------------------------------------------------------------------- */

static bool zone_head(const char *line, unsigned *nid, char name[12])
{
	line = trace_scan(line, "Node %u, zone ", nid);
	return line && sscanf(line, "%11s", name) == 1;
}

static bool protection(const char *line, struct trace_zone *z)
{
	line = skip_blanks(line);
	if (strncmp(line, "protection:", 11) != 0)
		return false;
	for (line += 11; *line; line++) {
		uint64_t v;

		if (!trace_scan_number(&line, 10, UINT64_MAX, &v))
			continue;
		if (z->nprotection < sizeof(z->protection) / sizeof(*z->protection))
			z->protection[z->nprotection++] = v;
		line -= *line == '\0';
	}
	return true;
}

static bool pageset(const char *line, struct import_zone *z, unsigned *cpu,
		    struct trace_error *err)
{
	uint64_t v;

	if (key_number(line, "cpu", &v)) {
		if (v >= 4096)
			return trace_error_data(err, "cpu %llu", (unsigned long long)v);
		*cpu = (unsigned)v;
		if (*cpu >= z->cpus) {
			uint32_t *more = realloc(z->pcp, (*cpu + 1) * sizeof(*more));

			if (!more)
				return trace_error_memory(err);
			memset(more + z->cpus, 0, (*cpu + 1 - z->cpus) * sizeof(*more));
			z->pcp = more;
			z->cpus = *cpu + 1;
		}
	} else if (key_number(line, "count", &v) || key_number(line, "high", &v) ||
		   key_number(line, "batch", &v)) {
		if (v > UINT32_MAX)
			return trace_error_data(err, "a number is too large");
	}
	if (*cpu < z->cpus && key_number(line, "count", &v)) {
		z->pcp[*cpu] = (uint32_t)v;
	} else if (*cpu == 0 && key_number(line, "high", &v)) {
		z->z.pcp_high = (uint32_t)v;
	} else if (*cpu == 0 && key_number(line, "batch", &v)) {
		z->z.pcp_batch = (uint32_t)v;
	}
	return true;
}

static bool zone_line(const char *line, struct import_zone *z, bool in_pagesets)
{
	const struct {
		const char *key;
		uint64_t *to;
	} keys[] = { { "pages free", &z->free },   { "min", &z->z.min },
		     { "low", &z->z.low },         { "high", &z->z.high },
		     { "spanned", &z->z.end },     { "present", &z->z.present },
		     { "managed", &z->z.managed }, { "start_pfn", &z->z.start } };
	uint64_t v;

	if (protection(line, &z->z))
		return true;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (key_number(line, keys[i].key, &v)) {
			if (!in_pagesets || keys[i].to == &z->z.start)
				*keys[i].to = v;
			return true;
		}
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct trace_zone *x = &((const struct import_zone *)a)->z;
	const struct trace_zone *y = &((const struct import_zone *)b)->z;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

/* No number of frames is larger than the largest machine. */
static bool plausible(const struct trace_zone *z)
{
	uint64_t most = z->min | z->low | z->high | z->start | z->end;

	for (unsigned i = 0; i < z->nprotection; i++)
		most |= z->protection[i];
	return most < IMPORT_MAX_PFN;
}

/* While reading, z.end held the spanned frames. Empty zones go. */
static bool finish_zones(struct import_side *side, struct trace_error *err)
{
	unsigned n = 0;

	for (unsigned i = 0; i < side->nzones; i++) {
		struct import_zone *z = &side->zones[i];

		if (z->z.end == 0) {
			free(z->pcp);
			z->pcp = NULL;
			continue;
		}
		if (!plausible(&z->z))
			return trace_error_data(err, "node %u, zone %s: a number is too large",
						z->z.nid, z->z.name);
		z->z.end += z->z.start;
		if (z->z.end > IMPORT_MAX_PFN || z->z.managed > z->z.present ||
		    z->z.present > z->z.end - z->z.start)
			return trace_error_data(
				err,
				"node %u, zone %s: spanned, present and managed "
				"do not fit together",
				z->z.nid, z->z.name);
		if (z->cpus > side->cpus)
			side->cpus = z->cpus;
		if (z != &side->zones[n]) {
			side->zones[n] = *z;
			z->pcp = NULL; /* one owner, should a later zone be refused */
		}
		n++;
	}
	side->nzones = n;
	if (n)
		qsort(side->zones, n, sizeof(*side->zones), by_place);
	for (unsigned i = 1; i < n; i++)
		if (side->zones[i].z.start < side->zones[i - 1].z.end &&
		    side->zones[i].z.nid == side->zones[i - 1].z.nid)
			return trace_error_data(err, "node %u: zones %s and %s overlap",
						side->zones[i].z.nid, side->zones[i - 1].z.name,
						side->zones[i].z.name);
	return n || trace_error_data(err, "no zone with frames in it");
}

static struct import_zone *add_zone(struct import_side *side, unsigned nid, const char *name)
{
	struct import_zone *more =
		realloc(side->zones, (side->nzones + 1) * sizeof(*side->zones));

	if (!more)
		return NULL;
	side->zones = more;
	more += side->nzones++;
	*more = (struct import_zone){ .z = { .nid = (uint16_t)nid } };
	snprintf(more->z.name, sizeof(more->z.name), "%s", name);
	return more;
}

bool import_proc_zoneinfo(const char *path, char *text, struct import_side *side,
			  struct trace_error *err)
{
	struct lines l = { text, 0 };
	struct import_zone *z = NULL;
	unsigned nid, cpu = UINT32_MAX;
	bool in_pagesets = false;
	char *line, name[12];

	while ((line = next_line(&l))) {
		if (!in_range(path, &l, line, err))
			return false;
		if (zone_head(line, &nid, name)) {
			if (nid >= 1024)
				return trace_error_data(err, "%s:%u: node %u", path, l.number,
							nid);
			z = add_zone(side, nid, name);
			if (!z)
				return trace_error_memory(err);
			in_pagesets = false;
			cpu = UINT32_MAX;
		} else if (z && strcmp(skip_blanks(line), "pagesets") == 0) {
			in_pagesets = true;
		} else if (z && in_pagesets && !pageset(line, z, &cpu, err)) {
			return trace_error_at(err, "%s:%u: ", path, l.number);
		} else if (z) {
			zone_line(line, z, in_pagesets);
		}
	}
	return finish_zones(side, err) || trace_error_at(err, "%s: ", path);
}

/* ---- buddyinfo, pagetypeinfo ------------------------------------------------------------ */

static struct import_zone *zone_by_name(struct import_side *side, unsigned nid,
					const char *name)
{
	for (unsigned i = 0; i < side->nzones; i++)
		if (side->zones[i].z.nid == nid && strcmp(side->zones[i].z.name, name) == 0)
			return &side->zones[i];
	return NULL;
}

/* Up to max numbers; pagetypeinfo writes ">100000" when it stops counting. */
static unsigned numbers(const char *s, uint64_t *v, unsigned max)
{
	unsigned n = 0;

	for (; n < max; n++) {
		s = skip_blanks(s);
		s += *s == '>';
		if (!trace_scan_number(&s, 10, IMPORT_MAX_PFN, &v[n]))
			break;
	}
	return n;
}

bool import_proc_buddyinfo(const char *path, char *text, struct import_side *side, int which,
			   struct trace_error *err)
{
	struct lines l = { text, 0 };
	unsigned nid, seen = 0;
	char *line, name[12];
	int at;

	while ((line = next_line(&l))) {
		struct import_zone *z;
		const char *zone = trace_scan(line, "Node %u, zone ", &nid);

		if (!zone || sscanf(zone, "%11s%n", name, &at) != 1)
			return trace_error_data(err, "%s:%u: no line of buddyinfo", path,
						l.number);
		z = zone_by_name(side, nid, name);
		if (!z)
			return trace_error_data(err,
						"%s:%u: zoneinfo knows no node %u, zone %s",
						path, l.number, nid, name);
		if (numbers(zone + at, z->buddyinfo[which], TRACE_ORDERS) != TRACE_ORDERS)
			return trace_error_data(err, "%s:%u: not %u orders", path, l.number,
						TRACE_ORDERS);
		seen++;
	}
	return seen || trace_error_data(err, "%s: the file is empty", path);
}

static int type_by_name(const char *name)
{
	static const char *const names[IMPORT_TYPES] = { "Unmovable",  "Movable", "Reclaimable",
							 "HighAtomic", "CMA",     "Isolate" };

	for (int i = 0; i < IMPORT_TYPES; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

/* "Number of blocks type     Unmovable      Movable ...": the columns' types. */
static unsigned read_columns(const char *s, int *columns)
{
	char name[16];
	unsigned n = 0;
	int at;

	for (; n < 16 && sscanf(s, "%15s%n", name, &at) == 1; s += at)
		columns[n++] = type_by_name(name);
	return n;
}

/* What is cut off ends before the pageblocks of its last zone. */
static bool all_have_types(const char *path, const struct import_side *side,
			   struct trace_error *err)
{
	for (unsigned i = 0; i < side->nzones; i++)
		if (!side->zones[i].has_types && side->zones[i].z.present)
			return trace_error_data(
				err, "%s: no number of pageblocks of node %u, zone %s", path,
				side->zones[i].z.nid, side->zones[i].z.name);
	return true;
}

bool import_proc_pagetypeinfo(const char *path, char *text, struct import_side *side,
			      struct trace_error *err)
{
	static const char blocks[] = "Number of blocks type";
	struct lines l = { text, 0 };
	int columns[16], type, at = 0, more = 0;
	unsigned nid, ncolumns = 0, n;
	char *line, name[13], type_name[16];
	uint64_t v[16];

	while ((line = next_line(&l))) {
		struct import_zone *z;
		const char *zone;

		if (strncmp(line, blocks, strlen(blocks)) == 0)
			ncolumns = read_columns(line + strlen(blocks), columns);
		if (!in_range(path, &l, line, err))
			return false;
		if (trace_scan(line, "Pages per block: %u", &n) && n != IMPORT_BLOCK)
			return trace_error_data(
				err, "%s:%u: pageblocks of %u frames; only %u is known", path,
				l.number, n, IMPORT_BLOCK);
		zone = trace_scan(line, "Node %u, zone ", &nid);
		if (!zone || sscanf(zone, "%12[^ ,]%n", name, &at) != 1)
			continue;
		z = zone_by_name(side, nid, name);
		if (!z)
			continue;
		if (sscanf(zone + at, ", type %15s%n", type_name, &more) == 1) {
			type = type_by_name(type_name);
			if (type >= 0 && numbers(zone + at + more, z->lists[type],
						 TRACE_ORDERS) != TRACE_ORDERS)
				return trace_error_data(err, "%s:%u: not %u orders", path,
							l.number, TRACE_ORDERS);
		} else if (ncolumns && numbers(zone + at, v, ncolumns) == ncolumns) {
			for (unsigned i = 0; i < ncolumns; i++)
				if (columns[i] >= 0)
					z->blocks[columns[i]] = v[i];
			z->has_types = true;
		}
	}
	return all_have_types(path, side, err);
}

/* ---- vmstat, iomem ---------------------------------------------------------------------- */

bool import_proc_vmstat(const char *path, char *text, struct import_side *side,
			struct trace_error *err)
{
	struct lines l = { text, 0 };
	char *line;
	uint64_t v;
	bool freed = false;

	while ((line = next_line(&l))) {
		const char *number = strchr(line, ' ');

		if (!in_range(path, &l, line, err))
			return false;
		if (strncmp(line, "pgalloc_", 8) == 0 && number &&
		    trace_scan(number, " %l", &v))
			side->pgalloc += v;
		else if (key_number(line, "pgfree", &v)) {
			side->pgfree = v;
			freed = true;
		}
	}
	side->has_vmstat = freed;
	return freed || trace_error_data(err, "%s: no line pgfree", path);
}

bool import_proc_iomem(const char *path, char *text, struct import_snapshot *s,
		       struct trace_error *err)
{
	struct lines l = { text, 0 };
	uint64_t from, to;
	char *line, what[64];

	while ((line = next_line(&l))) {
		const char *at = trace_scan(line, " %x-%x : ", &from, &to);

		if (!at || to == UINT64_MAX || sscanf(at, "%63[^\n]", what) != 1)
			return trace_error_data(err, "%s:%u: no line of iomem", path, l.number);
		/* Read without rights, all addresses are 0. */
		if (strncmp(what, "System RAM", 10) != 0 || to <= from)
			continue;
		if (!import_source_grow(&s->ram, &s->ram_cap, s->nram, sizeof(*s->ram), err))
			return false;
		s->ram[s->nram++] =
			(struct trace_span){ (from + 4095) / 4096, (to + 1) / 4096 };
	}
	return true;
}
