#include "tools/report_pageblocks.h"

#include <inttypes.h>
#include <string.h>

#include "traces/trace_scan.h"

const char *const report_pageblocks_types[REPORT_PAGEBLOCKS_TYPES] = {
	"Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "no type",
};

#define MOST_BLOCKS (UINT64_C(1) << 40)
#define MOST_ZONES 1024u

/* A line: `blocks` pageblocks in a row that are alike; pages are those of one. */
struct line {
	char when[8], zone[16], type[16];
	unsigned node, free, movable, reclaimable;
	uint64_t blocks, unmovable;
};

/* Behind the next field and its comma; NULL when it is empty or too long. */
static const char *word(const char *text, char *to, size_t size)
{
	size_t length = strcspn(text, ",");

	if (!length || length >= size || !text[length])
		return NULL;
	memcpy(to, text, length);
	to[length] = '\0';
	return text + length + 1;
}

static bool parse(const char *text, struct line *l)
{
	uint64_t first;
	const char *at = word(text, l->when, sizeof(l->when));

	at = at ? trace_scan(at, "%u,", &l->node) : NULL;
	at = at ? word(at, l->zone, sizeof(l->zone)) : NULL;
	at = at ? trace_scan(at, "%l,%l,", &first, &l->blocks) : NULL;
	at = at ? word(at, l->type, sizeof(l->type)) : NULL;
	return at &&
	       trace_scan(at, "%u,%u,%l,%u", &l->free, &l->movable, &l->unmovable,
			  &l->reclaimable) &&
	       l->blocks <= MOST_BLOCKS && l->unmovable <= UINT32_MAX;
}

static unsigned type_of(const char *name)
{
	unsigned type = 0;

	while (type < REPORT_PAGEBLOCKS_TYPES - 1 &&
	       strcmp(name, report_pageblocks_types[type]) != 0)
		type++;
	return type;
}

static bool is_of(const struct report_cells *z, const struct line *l)
{
	return z->at_end == (strcmp(l->when, "end") == 0) && z->node == l->node &&
	       strcmp(z->zone, l->zone) == 0;
}

/* The zone of a line; lines of a zone stand together. */
static struct report_cells *zone_of(struct report_pageblocks *b, const struct line *l)
{
	struct report_cells *z = &b->zones[b->n - (b->n > 0)];

	if (b->n && is_of(z, l))
		return z;
	if (b->n == MOST_ZONES)
		return NULL;
	z = &b->zones[b->n++];
	z->at_end = strcmp(l->when, "end") == 0;
	z->node = l->node;
	memcpy(z->zone, l->zone, sizeof(z->zone));
	return z;
}

/* ---- twice over the lines: how many pageblocks there are, then what is in them ---------- */

static uint64_t pages_of(const struct line *l)
{
	return l->free + l->movable + l->unmovable + l->reclaimable;
}

static bool is_polluted(const struct line *l)
{
	return l->unmovable && strcmp(l->type, "Movable") == 0;
}

static void add_sum(struct report_sum *s, const struct line *l)
{
	s->blocks += l->blocks;
	s->free += l->blocks * l->free;
	s->pages += l->blocks * pages_of(l);
	s->polluted += is_polluted(l) ? l->blocks : 0;
}

static void add_pages(struct report_cell *c, const struct line *l, uint64_t blocks)
{
	c->blocks[type_of(l->type)] += blocks;
	c->free += blocks * l->free;
	c->pages += blocks * pages_of(l);
	c->polluted += is_polluted(l) ? blocks : 0;
}

static void fill(struct report_cells *z, const struct line *l, uint64_t per_cell)
{
	uint64_t left = l->blocks;

	add_sum(&z->sums[type_of(l->type)], l);
	while (left) {
		uint64_t cell = z->blocks / per_cell;
		uint64_t part = (cell + 1) * per_cell - z->blocks;

		if (cell >= z->n)
			return;
		part = part < left ? part : left;
		add_pages(&z->cells[cell], l, part);
		z->blocks += part;
		left -= part;
	}
}

static void read_lines(struct report_pageblocks *b, FILE *in, bool counting)
{
	char text[256];
	unsigned number = 0;
	struct report_cells *z;
	struct line l;

	while (fgets(text, sizeof(text), in)) {
		if (++number == 1)
			continue; /* the heads */
		z = parse(text, &l) ? zone_of(b, &l) : NULL;
		if (!z) {
			snprintf(b->trouble, sizeof(b->trouble),
				 "pageblocks.csv: line %u is not understood", number);
			return;
		}
		if (counting)
			z->blocks += l.blocks;
		else
			fill(z, &l, b->per_cell);
	}
}

static void make_cells(struct report_page *p, struct report_pageblocks *b, size_t most)
{
	uint64_t all[2] = { 0 };

	for (size_t i = 0; i < b->n; i++)
		all[b->zones[i].at_end] += b->zones[i].blocks;
	b->per_cell = ((all[0] > all[1] ? all[0] : all[1]) + most - 1) / most;
	b->per_cell = b->per_cell ? b->per_cell : 1;
	for (size_t i = 0; i < b->n; i++) {
		struct report_cells *z = &b->zones[i];

		z->n = (z->blocks + b->per_cell - 1) / b->per_cell;
		z->cells = report_page_room(p, z->n, sizeof(*z->cells));
		z->n = z->cells ? z->n : 0;
		z->blocks = 0;
	}
	b->n = 0; /* found again in the same order */
}

struct report_pageblocks report_pageblocks_read(struct report_page *p, const char *folder,
						size_t most)
{
	struct report_pageblocks b = { .per_cell = 1 };
	FILE *in =
		folder ? fopen(report_page_words(p, "%s/pageblocks.csv", folder), "r") : NULL;

	if (!in)
		return b;
	b.zones = report_page_room(p, MOST_ZONES, sizeof(*b.zones));
	if (b.zones) {
		read_lines(&b, in, true);
		make_cells(p, &b, most);
		rewind(in);
		read_lines(&b, in, false);
	}
	fclose(in);
	return b;
}
