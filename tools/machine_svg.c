#include "tools/machine_svg.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/machine_groups.h"
#include "tools/machine_json.h"
#include "tools/machine_show.h"
#include "tools/machine_svg_parts.h"

#define GAP 12 /* between cards */
#define PAD 10 /* inside a card */
#define CPU_GAP 3
#define LLC_HEAD 14 /* its name, above its CPUs */
#define TITLE 40
#define BAR 10 /* the memory, by zones */
#define ZONE_LINE 13

typedef struct machine_svg_plan plan;

static const struct {
	const char *zone, *class;
} zone_classes[] = {
	{ "DMA", "z0" },     { "DMA32", "z1" },   { "Normal", "z2" },
	{ "HighMem", "z3" }, { "Movable", "z4" },
};

/* ---- how large ------------------------------------------------------------------------- */

static unsigned most_cpus(const struct sim_machine *m)
{
	unsigned count[SIM_MAX_NODES] = { 0 }, most = 1;

	for (unsigned cpu = 0; cpu < m->cpus; cpu++)
		if (++count[m->cpu_node[cpu]] > most)
			most = count[m->cpu_node[cpu]];
	return most;
}

static unsigned most_zones(const struct sim_machine *m)
{
	unsigned count[SIM_MAX_NODES] = { 0 }, most = 1;

	for (unsigned i = 0; i < m->nzones; i++)
		if (++count[m->zones[i].nid] > most)
			most = count[m->zones[i].nid];
	return most;
}

static int rows_of(unsigned n, unsigned across)
{
	return (int)((n + across - 1) / across);
}

/* Boxes of last-level caches stand side by side as far as there is room. */
struct box {
	int x, y, width, height;
	unsigned across;
};

static struct box box_for(const plan *p, unsigned cpus)
{
	struct box b = { 0 };

	b.across = cpus < p->across ? cpus : p->across;
	b.width = (int)b.across * (p->cpu + CPU_GAP) - CPU_GAP + 8;
	if (p->numbers && b.width < 62)
		b.width = 62; /* "LLC 35 MiB" */
	b.height = rows_of(cpus, b.across) * (p->cpu + CPU_GAP) - CPU_GAP + 8 +
		   (p->numbers ? LLC_HEAD : 0);
	return b;
}

/* Puts a box behind the last one, or below it; *line is the height of the boxes beside. */
static void place(const plan *p, struct box *b, struct box *at, int *line)
{
	if (at->x > 0 && at->x + b->width > p->card_width - 2 * PAD) {
		at->x = 0;
		at->y += *line + 6;
		*line = 0;
	}
	b->x = at->x;
	b->y = at->y;
	at->x += b->width + 6;
	*line = b->height > *line ? b->height : *line;
}

static unsigned cpus_in(const struct sim_machine *m, const struct machine_groups *g,
			unsigned node, unsigned llc)
{
	unsigned n = 0;

	for (unsigned cpu = 0; cpu < m->cpus; cpu++)
		n += m->cpu_node[cpu] == node && g->llc[cpu] == llc;
	return n;
}

static int boxes_height(const struct sim_machine *m, const struct machine_groups *g,
			const plan *p, unsigned node)
{
	unsigned first = 0, n = machine_groups_of_node(m, g, node, &first);
	struct box at = { 0 };
	int line = 0;

	for (unsigned i = first; i < first + n; i++) {
		struct box b = box_for(p, cpus_in(m, g, node, i));

		place(p, &b, &at, &line);
	}
	return at.y + line;
}

static plan plan_of(const struct sim_machine *m, const struct machine_groups *g)
{
	unsigned most = most_cpus(m);
	plan p = { .columns = 1 };
	int boxes = 0, height;

	for (unsigned i = 0; i < m->nodes; i++)
		if (m->node_online[i])
			p.id[p.nodes++] = (uint16_t)i;
	p.numbers = p.nodes <= 8 && most <= 64;
	p.cpu = p.numbers ? 22 : 8;
	p.across = p.numbers ? most > 32 ? 16 : 8 : 12;
	/* Eight CPUs and a little more: two boxes of four have room side by side. */
	p.card_width = p.numbers ? (int)p.across * (p.cpu + CPU_GAP) + 16 + 2 * PAD : 160;
	p.columns = p.nodes <= 2 ? p.nodes : p.nodes <= 8 ? p.across > 8 ? 2 : 4 : 8;
	if (p.nodes == 3)
		p.columns = 3;
	p.cell_width = p.nodes <= 8 ? 46 : p.nodes <= 16 ? 30 : 17;
	p.cell_height = p.nodes <= 8 ? 24 : p.nodes <= 16 ? 18 : 13;
	p.cell_font = p.nodes <= 8 ? 11 : p.nodes <= 16 ? 10 : 8;
	for (unsigned i = 0; i < p.nodes; i++) {
		height = boxes_height(m, g, &p, p.id[i]);
		boxes = height > boxes ? height : boxes;
	}
	p.card_height = TITLE + boxes + 8 + BAR + 4 + (int)most_zones(m) * ZONE_LINE + PAD;
	return p;
}

/* ---- a node ---------------------------------------------------------------------------- */

static void draw_box(const struct sim_machine *m, const struct machine_groups *g, const plan *p,
		     unsigned node, unsigned llc, struct box b, FILE *out)
{
	int top = b.y + 4 + (p->numbers ? LLC_HEAD : 0);
	unsigned nth = 0;
	char size[32];

	if (m->llc.present)
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" "
			"class=\"llc\"/>\n",
			b.x, b.y, b.width, b.height);
	if (m->llc.present && p->numbers)
		fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"s\">LLC %s</text>\n", b.x + 4,
			b.y + 12, machine_show_amount(m->llc.size_bytes, size, sizeof(size)));
	for (unsigned cpu = 0; cpu < m->cpus; cpu++) {
		int x = b.x + 4 + (int)(nth % b.across) * (p->cpu + CPU_GAP);
		int y = top + (int)(nth / b.across) * (p->cpu + CPU_GAP);

		if (m->cpu_node[cpu] != node || g->llc[cpu] != llc)
			continue;
		nth++;
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" "
			"class=\"cpu\"/>",
			x, y, p->cpu, p->cpu);
		if (p->numbers)
			fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"n\">%u</text>",
				x + p->cpu / 2, y + p->cpu / 2 + 3, cpu);
		fputc('\n', out);
	}
}

static void draw_boxes(const struct sim_machine *m, const struct machine_groups *g,
		       const plan *p, unsigned node, FILE *out)
{
	unsigned first = 0, n = machine_groups_of_node(m, g, node, &first);
	struct box at = { .x = 0, .y = 0 };
	int line = 0;

	if (!n)
		fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"s\">no CPU</text>\n", PAD,
			TITLE + 10);
	for (unsigned i = first; i < first + n; i++) {
		struct box b = box_for(p, cpus_in(m, g, node, i));

		place(p, &b, &at, &line);
		b.x += PAD;
		b.y += TITLE;
		draw_box(m, g, p, node, i, b, out);
	}
}

static const char *zone_class(const char *name)
{
	for (size_t i = 0; i < sizeof(zone_classes) / sizeof(*zone_classes); i++)
		if (strcmp(name, zone_classes[i].zone) == 0)
			return zone_classes[i].class;
	return "z2";
}

/* A bar with a part for each zone, at least three pixels wide, and their names below. */
static void draw_memory(const struct sim_machine *m, const plan *p, unsigned node, FILE *out)
{
	int width = p->card_width - 2 * PAD, x = PAD, y, line = 0;
	uint64_t all = machine_show_node_bytes(m, node);

	y = p->card_height - PAD - (int)most_zones(m) * ZONE_LINE - 4 - BAR;
	for (unsigned i = 0; i < m->nzones && all; i++) {
		uint64_t bytes = machine_show_zone_bytes(m, i);
		bool last = i + 1 == m->nzones || m->zones[i + 1].nid != node;
		int part = (int)(bytes / 4096 * (uint64_t)width / (all / 4096));
		char size[32];

		if (m->zones[i].nid != node)
			continue;
		part = last ? PAD + width - x : part < 3 ? 3 : part;
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"%s\"/>\n"
			"<rect x=\"%d\" y=\"%d\" width=\"7\" height=\"7\" class=\"%s\"/>"
			"<text x=\"%d\" y=\"%d\" class=\"s\">%s %s</text>\n",
			x, y, part, BAR, zone_class(m->zones[i].name), PAD,
			y + BAR + 6 + line * ZONE_LINE, zone_class(m->zones[i].name), PAD + 11,
			y + BAR + 13 + line * ZONE_LINE, m->zones[i].name,
			machine_show_amount(bytes, size, sizeof(size)));
		x += part;
		line++;
	}
}

static void draw_node(const struct sim_machine *m, const struct machine_groups *g,
		      const plan *p, unsigned nth, FILE *out)
{
	unsigned node = p->id[nth];
	int x = MACHINE_SVG_MARGIN + (int)(nth % p->columns) * (p->card_width + GAP);
	int y = 64 + (int)(nth / p->columns) * (p->card_height + GAP);
	char cpus[4096], size[32];

	machine_json_cpus(m, node, cpus, sizeof(cpus));
	if (strlen(cpus) > 24)
		snprintf(cpus + 21, 4, "...");
	fprintf(out,
		"<g transform=\"translate(%d %d)\">\n"
		"<rect width=\"%d\" height=\"%d\" rx=\"6\" class=\"card\"/>\n"
		"<text x=\"%d\" y=\"18\" class=\"b\">node %u</text>"
		"<text x=\"%d\" y=\"18\" class=\"e\">%s</text>\n",
		x, y, p->card_width, p->card_height, PAD, node, p->card_width - PAD,
		machine_show_amount(machine_show_node_bytes(m, node), size, sizeof(size)));
	if (*cpus)
		fprintf(out, "<text x=\"%d\" y=\"33\" class=\"s\">CPU%s %s</text>\n", PAD,
			strpbrk(cpus, ",-.") ? "s" : "", cpus);
	if (g->nsockets < p->nodes)
		fprintf(out, "<text x=\"%d\" y=\"33\" class=\"se\">socket %u</text>\n",
			p->card_width - PAD, g->socket[node]);
	draw_boxes(m, g, p, node, out);
	draw_memory(m, p, node, out);
	fputs("</g>\n", out);
}

/* ---- the whole ------------------------------------------------------------------------- */

static void draw_head(const struct sim_machine *m, const plan *p, FILE *out)
{
	uint64_t bytes = 0;
	char size[32];

	for (unsigned i = 0; i < p->nodes; i++)
		bytes += machine_show_node_bytes(m, p->id[i]);
	fprintf(out, "<text x=\"%d\" y=\"30\" class=\"t\">", MACHINE_SVG_MARGIN);
	machine_svg_tables_words(out, m->name);
	fprintf(out,
		"</text>\n<text x=\"%d\" y=\"50\">%u node%s, %u CPU%s, %s, %s, %" PRIu64
		" MHz</text>\n",
		MACHINE_SVG_MARGIN, p->nodes, p->nodes == 1 ? "" : "s", m->cpus,
		m->cpus == 1 ? "" : "s", machine_show_amount(bytes, size, sizeof(size)),
		m->arch == SIM_ARCH_I386 ? "i386" : "x86_64", m->clock_mhz);
}

/* Light unless the page is dark; colours of matrices and zones are the same on both. */
static void draw_style(int width, int height, FILE *out)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n",
		width, height, width, height);
	fputs("<style>\n"
	      "text{fill:#1f2328}.t{font-size:18px;font-weight:bold}.b{font-weight:bold}"
	      ".e{text-anchor:end}.m{text-anchor:middle}"
	      ".s{font-size:10px;fill:#57606a}"
	      ".se{font-size:10px;fill:#57606a;text-anchor:end}"
	      ".n{font-size:9px;text-anchor:middle;fill:#0b2e4f}\n"
	      ".bg{fill:#fff}.card{fill:#f6f8fa;stroke:#d0d7de}"
	      ".llc{fill:#eaeef2;stroke:#afb8c1}.cpu{fill:#a9cbe8}\n"
	      ".z0{fill:#c0392b}.z1{fill:#d98e04}.z2{fill:#3c8d40}.z3{fill:#7d5bbe}"
	      ".z4{fill:#1b8a94}\n"
	      ".h0{fill:#e8f1fa}.h1{fill:#c9dff1}.h2{fill:#9fc6e6}.h3{fill:#6fa8d6}"
	      ".h4{fill:#3f83bf}.h5{fill:#1f629f}.h6{fill:#0d4277}"
	      ".lo{fill:#0b2e4f;text-anchor:middle}.hi{fill:#fff;text-anchor:middle}\n"
	      "@media (prefers-color-scheme:dark){"
	      "text{fill:#e6edf3}.s,.se{fill:#9198a1}.bg{fill:#0d1117}"
	      ".card{fill:#161b22;stroke:#30363d}.llc{fill:#21262d;stroke:#484f58}"
	      ".cpu{fill:#7fb2dc}.n,.lo{fill:#0b2e4f}.hi{fill:#fff}}\n"
	      "</style>\n"
	      "<rect width=\"100%\" height=\"100%\" class=\"bg\"/>\n",
	      out);
}

static int cards_width(const plan *p)
{
	return 2 * MACHINE_SVG_MARGIN + (int)p->columns * (p->card_width + GAP) - GAP;
}

/* The parts in a text of their own, since their height comes out last. */
static bool draw(const struct sim_machine *m, FILE *out)
{
	struct machine_groups g;
	plan p;
	char *body = NULL;
	size_t size = 0;
	int width, height, tables;
	FILE *parts = open_memstream(&body, &size);

	if (!parts)
		return false;
	machine_groups_find(m, &g);
	p = plan_of(m, &g);
	width = cards_width(&p);
	tables = machine_svg_tables_width(&p);
	width = width > tables ? width : tables;
	draw_head(m, &p, parts);
	for (unsigned i = 0; i < p.nodes; i++)
		draw_node(m, &g, &p, i, parts);
	height = 64 + rows_of(p.nodes, p.columns) * (p.card_height + GAP) + 12;
	height = machine_svg_tables(m, &p, height, width, parts);
	if (fclose(parts) != 0) {
		free(body);
		return false;
	}
	draw_style(width, height + MACHINE_SVG_MARGIN, out);
	fputs(body, out);
	free(body);
	return fputs("</svg>\n", out) >= 0;
}

char *machine_svg(const struct sim_machine *m)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool ok = out && draw(m, out);

	if (out && fclose(out) != 0)
		ok = false;
	if (ok)
		return text;
	free(text);
	return NULL;
}
