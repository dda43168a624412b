/* What stands below the nodes: matrices as heat tables, caches and figures as text. */
#include <inttypes.h>
#include <string.h>

#include "tools/machine_json.h"
#include "tools/machine_show.h"
#include "tools/machine_svg_parts.h"

#define ROW_HEAD 30   /* the node numbers on the left */
#define TABLE_HEAD 46 /* title and node numbers above */
#define TABLE_GAP 36
#define LINE 18
#define FIGURES_WIDTH 470
#define HEATS 7
#define HINT 142 /* behind the first title */

typedef struct machine_svg_plan plan;

void machine_svg_tables_words(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
}

/* ---- matrices -------------------------------------------------------------------------- */

struct matrix {
	const char *title, *hint;
	int title_width;
	uint64_t (*value)(const struct sim_machine *m, unsigned i); /* in 1/1000 */
};

static uint64_t dram(const struct sim_machine *m, unsigned i)
{
	return m->dram_ps[i];
}

static uint64_t slit(const struct sim_machine *m, unsigned i)
{
	return (uint64_t)m->slit[i] * 1000;
}

static const struct matrix latencies = { "memory latency, ns", "from row to column", 240,
					 dram };
static const struct matrix distances = { "distance (SLIT)", "", 115, slit };

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static int table_width(const plan *p, const struct matrix *x)
{
	return larger(ROW_HEAD + (int)p->nodes * p->cell_width, x->title_width);
}

static int table_height(const plan *p)
{
	return TABLE_HEAD + (int)p->nodes * p->cell_height;
}

static void draw_cell(const plan *p, unsigned from, unsigned to, uint64_t value, unsigned heat,
		      FILE *out)
{
	int x = ROW_HEAD + (int)to * p->cell_width, y = TABLE_HEAD + (int)from * p->cell_height;
	char text[32];

	/* Three digits are all that a small cell has room for. */
	machine_json_milli(p->nodes > 8 ? (value + 500) / 1000 * 1000 : value, text,
			   sizeof(text));
	fprintf(out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"h%u\"/>"
		"<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n",
		x, y, p->cell_width - 1, p->cell_height - 1, heat, x + p->cell_width / 2,
		y + p->cell_height / 2 + p->cell_font / 3, heat > 3 ? "hi" : "lo", text);
}

/* Only the least value has the lightest colour. */
static unsigned heat_of(uint64_t v, uint64_t least, uint64_t most)
{
	unsigned heat = v > least ? (unsigned)((v - least) * (HEATS - 1) / (most - least)) : 0;

	return v > least && !heat ? 1 : heat;
}

static void draw_matrix(const struct sim_machine *m, const plan *p, const struct matrix *x,
			int left, int top, FILE *out)
{
	uint64_t least = UINT64_MAX, most = 0;

	for (unsigned i = 0; i < p->nodes * p->nodes; i++) {
		uint64_t v = x->value(m, p->id[i / p->nodes] * m->nodes + p->id[i % p->nodes]);

		least = v < least ? v : least;
		most = v > most ? v : most;
	}
	fprintf(out,
		"<g transform=\"translate(%d %d)\">\n<text x=\"0\" y=\"16\" class=\"b\">%s"
		"</text><text x=\"%d\" y=\"16\" class=\"s\">%s</text>\n"
		"<g style=\"font-size:%dpx\">\n",
		left, top, x->title, HINT, x->hint, p->cell_font);
	for (unsigned i = 0; i < p->nodes; i++)
		fprintf(out,
			"<text x=\"%d\" y=\"%d\" class=\"m\">%u</text>"
			"<text x=\"%d\" y=\"%d\" class=\"e\">%u</text>\n",
			ROW_HEAD + (int)i * p->cell_width + p->cell_width / 2, TABLE_HEAD - 6,
			p->id[i], ROW_HEAD - 6,
			TABLE_HEAD + (int)i * p->cell_height + p->cell_height / 2 +
				p->cell_font / 3,
			p->id[i]);
	for (unsigned i = 0; i < p->nodes * p->nodes; i++) {
		unsigned from = i / p->nodes, to = i % p->nodes;
		uint64_t v = x->value(m, p->id[from] * m->nodes + p->id[to]);

		draw_cell(p, from, to, v, heat_of(v, least, most), out);
	}
	fputs("</g></g>\n", out);
}

/* ---- figures --------------------------------------------------------------------------- */

struct lines {
	FILE *out;
	int x, y;
};

static void put(struct lines *l, const char *what, const char *value)
{
	l->y += LINE;
	fprintf(l->out,
		"<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" class=\"e\">%s"
		"</text>\n",
		l->x, l->y, what, l->x + FIGURES_WIDTH - 20, l->y, value);
}

static void put_cache(struct lines *l, const struct sim_machine *m, const char *name,
		      const struct sim_cache *c)
{
	char size[32], cycles[32], ns[32], text[160];

	if (!c->present)
		return;
	machine_json_milli(c->latency_milli, cycles, sizeof(cycles));
	machine_json_milli(((uint64_t)c->latency_milli * 10 + m->clock_mhz / 2) / m->clock_mhz *
				   100,
			   ns, sizeof(ns));
	snprintf(text, sizeof(text), "%s, %u ways, %s cycles (%s ns), for %u CPU%s",
		 machine_show_amount(c->size_bytes, size, sizeof(size)), c->ways, cycles, ns,
		 c->shared_by, c->shared_by == 1 ? "" : "s");
	put(l, name, text);
}

static void put_ps(struct lines *l, const struct sim_machine *m, const char *what,
		   uint64_t picoseconds)
{
	char ns[32], text[96];

	if (!picoseconds)
		return;
	machine_json_milli(picoseconds, ns, sizeof(ns));
	snprintf(text, sizeof(text), "%s ns (%" PRIu64 " cycles)", ns,
		 sim_machine_cycles(m, picoseconds));
	put(l, what, text);
}

static void put_cycles(struct lines *l, const char *what, uint64_t cycles)
{
	char text[64];

	snprintf(text, sizeof(text), "%" PRIu64 " cycles", cycles);
	put(l, what, text);
}

static void put_gbs(struct lines *l, const char *what, uint64_t mbs)
{
	char gbs[32], text[64];

	if (!mbs)
		return;
	machine_json_milli(mbs, gbs, sizeof(gbs));
	snprintf(text, sizeof(text), "%s GB/s", gbs);
	put(l, what, text);
}

static int draw_figures(const struct sim_machine *m, int left, int top, FILE *out)
{
	struct lines l = { out, left, top + 16 };

	fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"b\">caches, lines, events</text>\n", left,
		l.y);
	put_cache(&l, m, "L1", &m->l1);
	put_cache(&l, m, "L2", &m->l2);
	put_cache(&l, m, "LLC", &m->llc);
	put_ps(&l, m, "dirty line, same LLC", m->c2c_llc_ps);
	put_ps(&l, m, "dirty line, same socket", m->c2c_same_ps);
	if (m->nodes > 1)
		put_ps(&l, m, "dirty line, other socket", m->c2c_other_ps);
	put_ps(&l, m, "... of memory of the reader's", m->c2c_reader_ps);
	put_cycles(&l, "atomic operation", m->atomic_cycles);
	put_cycles(&l, "context switch", m->sched_cycles.context_switch);
	put_cycles(&l, "wake-up", m->sched_cycles.wake_up);
	put_cycles(&l, "inter-processor interrupt", m->sched_cycles.ipi);
	put_gbs(&l, "bandwidth of a node", m->node_bandwidth_mbs);
	put_gbs(&l, "bandwidth of a link", m->link_bandwidth_mbs);
	return l.y;
}

/* ---- together -------------------------------------------------------------------------- */

int machine_svg_tables_width(const plan *p)
{
	return larger(2 * MACHINE_SVG_MARGIN + table_width(p, &latencies),
		      MACHINE_SVG_MARGIN + FIGURES_WIDTH);
}

/* Moves on by a part of that size; true when it has to begin a new row. */
static bool wraps(int *x, int *y, int *row, int part, int height, int width)
{
	bool wrap = *x > MACHINE_SVG_MARGIN && *x + part > width - MACHINE_SVG_MARGIN;

	if (wrap) {
		*x = MACHINE_SVG_MARGIN;
		*y += *row + 16;
		*row = 0;
	}
	*row = larger(*row, height);
	return wrap;
}

int machine_svg_tables(const struct sim_machine *m, const plan *p, int y, int width, FILE *out)
{
	static const struct matrix *const both[] = { &latencies, &distances };
	int x = MACHINE_SVG_MARGIN, row = 0, end;

	for (unsigned i = 0; i < 2; i++) {
		int part = table_width(p, both[i]);

		wraps(&x, &y, &row, part, table_height(p), width);
		draw_matrix(m, p, both[i], x, y, out);
		x += part + TABLE_GAP;
	}
	wraps(&x, &y, &row, FIGURES_WIDTH - 20, 0, width);
	end = draw_figures(m, x, y, out);
	return larger(y + row, end) + 8;
}
