/* The header of a golden file: the machine, the parameters, what has to follow from them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/pagegold.h"

#define MAX_FRAME ((uint64_t)1 << 40)
#define CMA_FRAMES 1024u /* blocks of the largest order */

/* The machine while its records come in any order. */
struct draft {
	struct pagegold *g;
	struct pagegold_header *h;
	struct pagegold_error *err;
	uint16_t cpu_node[MM_MAX_CPUS];
	bool cpu_seen[MM_MAX_CPUS], node_seen[MM_MAX_NODES];
	uint8_t distance[MM_MAX_NODES][MM_MAX_NODES];
	uint64_t bootmem[MM_MAX_NODES]; /* UINT64_MAX = not said */
	unsigned cpus, nodes;
};

/* Room for one more; arrays grow by doubling at powers of two. */
static bool grow(void *array, unsigned n, size_t size)
{
	void **a = array;
	void *bigger;

	if (n & (n - 1))
		return true;
	bigger = realloc(*a, (n ? 2 * (size_t)n : 1) * size);
	if (bigger)
		*a = bigger;
	return bigger;
}

static bool no_memory(struct pagegold_error *err)
{
	err->system = true;
	strcpy(err->text, "out of memory");
	return false;
}

static bool add_claim(struct draft *d, struct pagegold_claim **list, unsigned *n,
		      const char *line)
{
	if (!grow(list, *n, sizeof(**list)))
		return no_memory(d->err);
	(*list)[*n].line = pagegold_line_number(d->g);
	(*list)[*n].text = strdup(line);
	if (!(*list)[*n].text)
		return no_memory(d->err);
	++*n;
	return true;
}

static void saw_node(struct draft *d, uint64_t node)
{
	d->node_seen[node] = true;
	if (node >= d->nodes)
		d->nodes = (unsigned)node + 1;
}

static bool read_cpu(struct draft *d, const struct pagegold_words *w)
{
	uint64_t cpu, node;

	if (w->n != 4 || !pagegold_is(w->w[2], "node") ||
	    !pagegold_number(w->w[1], MM_MAX_CPUS - 1, &cpu) ||
	    !pagegold_number(w->w[3], MM_MAX_NODES - 1, &node))
		return pagegold_bad(d->g, d->err, "wanted: cpu <0 to %u> node <0 to %u>",
				    MM_MAX_CPUS - 1, MM_MAX_NODES - 1);
	if (d->cpu_seen[cpu])
		return pagegold_bad(d->g, d->err, "cpu %" PRIu64 " is there twice", cpu);
	d->cpu_seen[cpu] = true;
	d->cpu_node[cpu] = (uint16_t)node;
	if (cpu >= d->cpus)
		d->cpus = (unsigned)cpu + 1;
	saw_node(d, node);
	return true;
}

static bool read_span(const struct pagegold_words *w, unsigned at, struct mm_span *span)
{
	return pagegold_number(w->w[at], MAX_FRAME, &span->start) &&
	       pagegold_number(w->w[at + 1], MAX_FRAME, &span->end) && span->start < span->end;
}

static bool read_zone(struct draft *d, const struct pagegold_words *w)
{
	struct mm_machine *m = &d->h->machine;
	struct mm_zone_span zone = { 0 };
	struct mm_zone_span *zones = (struct mm_zone_span *)m->zones;
	struct mm_span span;
	uint64_t nid;

	if (w->n != 5 || !pagegold_number(w->w[1], MM_MAX_NODES - 1, &nid) ||
	    w->w[2].len >= sizeof(zone.name) || !read_span(w, 3, &span))
		return pagegold_bad(d->g, d->err, "wanted: zone <node> <name> <start> <end>");
	zone.nid = (uint16_t)nid;
	memcpy(zone.name, w->w[2].s, w->w[2].len);
	zone.start = span.start;
	zone.end = span.end;
	if (!grow(&zones, m->nzones, sizeof(*zones)))
		return no_memory(d->err);
	m->zones = zones;
	zones[m->nzones++] = zone;
	saw_node(d, nid);
	return true;
}

static bool read_range(struct draft *d, const struct pagegold_words *w,
		       const struct mm_span **list, unsigned *n)
{
	struct mm_span *spans = (struct mm_span *)*list;
	struct mm_span span;

	if (w->n != 3 || !read_span(w, 1, &span))
		return pagegold_bad(d->g, d->err, "wanted: %.*s <start> <end>",
				    (int)w->w[0].len, w->w[0].s);
	if (!grow(&spans, *n, sizeof(*spans)))
		return no_memory(d->err);
	*list = spans;
	spans[(*n)++] = span;
	return true;
}

static bool read_distance(struct draft *d, const struct pagegold_words *w)
{
	uint64_t from, to, distance;

	if (w->n != 4 || !pagegold_number(w->w[1], MM_MAX_NODES - 1, &from) ||
	    !pagegold_number(w->w[2], MM_MAX_NODES - 1, &to) ||
	    !pagegold_number(w->w[3], 255, &distance))
		return pagegold_bad(d->g, d->err, "wanted: distance <from> <to> <0 to 255>");
	d->distance[from][to] = (uint8_t)distance;
	return true;
}

static bool read_bootmap(struct draft *d, const struct pagegold_words *w)
{
	uint64_t node, frame;

	if (w->n != 3 || !pagegold_number(w->w[1], MM_MAX_NODES - 1, &node) ||
	    !pagegold_number(w->w[2], MAX_FRAME, &frame))
		return pagegold_bad(d->g, d->err, "wanted: bootmap <node> <frame>");
	d->bootmem[node] = frame;
	saw_node(d, node);
	return true;
}

/* An area is part of the machine, and a parameter that not every kernel has. */
static bool read_cma(struct draft *d, const struct pagegold_words *w)
{
	struct mm_machine *m = &d->h->machine;
	struct mm_cma *areas = (struct mm_cma *)m->cma;
	struct mm_span span;
	char claim[64];
	uint64_t nid;

	if (w->n != 5 || !pagegold_number(w->w[2], MM_MAX_NODES - 1, &nid) ||
	    !read_span(w, 3, &span) || span.start % CMA_FRAMES || span.end % CMA_FRAMES)
		return pagegold_bad(d->g, d->err,
				    "wanted: param cma <node> <start> <end>, both multiples of "
				    "%u",
				    CMA_FRAMES);
	if (!grow(&areas, m->ncma, sizeof(*areas)))
		return no_memory(d->err);
	m->cma = areas;
	areas[m->ncma++] = (struct mm_cma){ (uint16_t)nid, span.start, span.end };
	snprintf(claim, sizeof(claim), "param cma %" PRIu64, span.start);
	return add_claim(d, &d->h->params, &d->h->nparams, claim);
}

static bool read_param(struct draft *d, const struct pagegold_words *w, const char *line)
{
	if (w->n > 1 && pagegold_is(w->w[1], "cma"))
		return read_cma(d, w);
	if (w->n != 3)
		return pagegold_bad(d->g, d->err, "wanted: param <name> <value>");
	return add_claim(d, &d->h->params, &d->h->nparams, line);
}

static bool read_kernel(struct draft *d, const struct pagegold_words *w)
{
	if (w->n != 2 || w->w[1].len >= sizeof(d->h->kernel))
		return pagegold_bad(d->g, d->err, "wanted: kernel <version>");
	memcpy(d->h->kernel, w->w[1].s, w->w[1].len);
	d->h->kernel[w->w[1].len] = '\0';
	return true;
}

/* Comments say nothing, but these two carry figures that the model derives, too. */
static bool comment_claims(const char *line)
{
	return strncmp(line, "# vmstat ", 9) == 0 || strncmp(line, "# mobility ", 11) == 0;
}

static bool read_record(struct draft *d, const char *line)
{
	/* Those of all kernels: which of them there are is for its replayer to say. */
	static const char *const derived[] = { "wmark",     "reserve", "pcp",       "zonelist",
					       "freepages", "phys",    "pgdat_list" };
	struct mm_machine *m = &d->h->machine;
	struct pagegold_words w;

	if (!pagegold_split(line, &w))
		return pagegold_bad(d->g, d->err, "the line has more than %u words",
				    PAGEGOLD_WORDS);
	if (w.n == 0)
		return pagegold_bad(d->g, d->err, "the line is empty");
	if (pagegold_is(w.w[0], "kernel"))
		return read_kernel(d, &w);
	if (pagegold_is(w.w[0], "cpu"))
		return read_cpu(d, &w);
	if (pagegold_is(w.w[0], "zone"))
		return read_zone(d, &w);
	if (pagegold_is(w.w[0], "hole"))
		return read_range(d, &w, &m->holes, &m->nholes);
	if (pagegold_is(w.w[0], "reserved"))
		return read_range(d, &w, &m->reserved, &m->nreserved);
	if (pagegold_is(w.w[0], "bootmap"))
		return read_bootmap(d, &w);
	if (pagegold_is(w.w[0], "distance"))
		return read_distance(d, &w);
	if (pagegold_is(w.w[0], "param"))
		return read_param(d, &w, line);
	for (size_t i = 0; i < sizeof(derived) / sizeof(*derived); i++)
		if (pagegold_is(w.w[0], derived[i]))
			return add_claim(d, &d->h->derived, &d->h->nderived, line);
	return pagegold_bad(d->g, d->err, "unknown record '%.*s' in the header",
			    w.w[0].len < 40 ? (int)w.w[0].len : 40, w.w[0].s);
}

static int by_node_and_start(const void *a, const void *b)
{
	const struct mm_zone_span *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static int by_start(const void *a, const void *b)
{
	const struct mm_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* In order; what is told twice is told once. Kernels take a range that is reserved twice, too.
 * qsort() must not be given a null pointer, and an absent list is one. */
static unsigned sort_spans(const struct mm_span *list, unsigned n)
{
	struct mm_span *spans = (struct mm_span *)list;
	unsigned kept = 0;

	if (n)
		qsort(spans, n, sizeof(*spans), by_start);
	for (unsigned i = 0; i < n; i++)
		if (kept == 0 || spans[i].start >= spans[kept - 1].end)
			spans[kept++] = spans[i];
		else if (spans[i].end > spans[kept - 1].end)
			spans[kept - 1].end = spans[i].end;
	return kept;
}

static bool finish(struct draft *d)
{
	struct mm_machine *m = &d->h->machine;
	uint16_t *cpu_node = calloc(d->cpus + 1, sizeof(*cpu_node));
	bool *online = calloc(d->nodes + 1, sizeof(*online));
	uint8_t *distance = calloc((size_t)d->nodes * d->nodes + 1, 1);
	uint64_t *bootmem = calloc(d->nodes + 1, sizeof(*bootmem));

	m->cpu_node = cpu_node;
	m->node_online = online;
	m->distance = distance;
	m->bootmem = bootmem;
	if (!cpu_node || !online || !distance || !bootmem)
		return no_memory(d->err);
	m->cpus = d->cpus;
	m->nodes = d->nodes;
	memcpy(cpu_node, d->cpu_node, d->cpus * sizeof(*cpu_node));
	memcpy(online, d->node_seen, d->nodes * sizeof(*online));
	memcpy(bootmem, d->bootmem, d->nodes * sizeof(*bootmem));
	for (unsigned i = 0; i < d->nodes; i++)
		memcpy(distance + (size_t)i * d->nodes, d->distance[i], d->nodes);
	for (unsigned c = 0; c < d->cpus; c++)
		if (!d->cpu_seen[c])
			return pagegold_bad(d->g, d->err, "cpu %u is missing", c);
	if (!d->cpus || !m->nzones || !*d->h->kernel)
		return pagegold_bad(d->g, d->err,
				    "the header has no 'kernel', no 'cpu' or no 'zone' line");
	qsort((void *)m->zones, m->nzones, sizeof(*m->zones), by_node_and_start);
	m->nholes = sort_spans(m->holes, m->nholes);
	m->nreserved = sort_spans(m->reserved, m->nreserved);
	m->hz = 250;
	return true;
}

static bool read_all(struct draft *d)
{
	const char *line = pagegold_line(d->g, d->err);

	if (!line)
		return *d->err->text ? false : pagegold_bad(d->g, d->err, "the file is empty");
	if (strcmp(line, "pagegold 1") != 0)
		return pagegold_bad(d->g, d->err,
				    "not a golden file: it begins with "
				    "something else than 'pagegold 1'");
	while ((line = pagegold_line(d->g, d->err))) {
		if (strcmp(line, "ops") == 0)
			return finish(d);
		if (*line == '#') {
			if (comment_claims(line) &&
			    !add_claim(d, &d->h->derived, &d->h->nderived, line))
				return false;
			continue;
		}
		if (!read_record(d, line))
			return false;
	}
	if (*d->err->text)
		return false;
	return pagegold_bad(d->g, d->err, "the file ends before the line 'ops'");
}

bool pagegold_header_read(struct pagegold *g, struct pagegold_header *h,
			  struct pagegold_error *err)
{
	struct draft *d = calloc(1, sizeof(*d));
	bool ok;

	*h = (struct pagegold_header){ 0 };
	*err = (struct pagegold_error){ 0 };
	if (!d)
		return no_memory(err);
	d->g = g;
	d->h = h;
	d->err = err;
	for (unsigned i = 0; i < MM_MAX_NODES; i++) {
		d->bootmem[i] = UINT64_MAX;
		for (unsigned j = 0; j < MM_MAX_NODES; j++)
			d->distance[i][j] = i == j ? 10 : 20;
	}
	ok = read_all(d);
	free(d);
	return ok;
}

static void free_claims(struct pagegold_claim *claims, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		free(claims[i].text);
	free(claims);
}

void pagegold_header_free(struct pagegold_header *h)
{
	free_claims(h->params, h->nparams);
	free_claims(h->derived, h->nderived);
	free((void *)h->machine.zones);
	free((void *)h->machine.holes);
	free((void *)h->machine.reserved);
	free((void *)h->machine.cma);
	free((void *)h->machine.cpu_node);
	free((void *)h->machine.node_online);
	free((void *)h->machine.distance);
	free((void *)h->machine.bootmem);
	*h = (struct pagegold_header){ 0 };
}
