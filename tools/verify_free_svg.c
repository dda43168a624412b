/*
 * The what-if table as a picture: a panel a counter, in it for each setting the band of the
 * real kernel's runs as a bar, its median as a line, the replay as a point.
 */
#include <inttypes.h>

#include "tools/verify_free_svg.h"

enum { PANEL_W = 260, PANEL_H = 170, ACROSS = 3, LEFT = 62, TOP = 26, BOTTOM = 36, RIGHT = 8 };

/* Of a panel: settings that are done, and the largest value. */
struct panel {
	const struct verify_free_bands *b;
	unsigned column, settings;
	int64_t most;
	int x, y;
};

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int at_height(const struct panel *p, int64_t tenths)
{
	int64_t room = PANEL_H - TOP - BOTTOM;

	return p->y + PANEL_H - BOTTOM - (int)(tenths * room / (10 * p->most));
}

static void draw_axis(const struct panel *p, FILE *out)
{
	int bottom = p->y + PANEL_H - BOTTOM, right = p->x + PANEL_W - RIGHT;

	fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"title\">%s</text>\n", p->x + LEFT,
		p->y + TOP - 10, p->b->column[p->column]);
	fprintf(out, "<path d=\"M%d %dV%dH%d\" class=\"axis\"/>\n", p->x + LEFT, p->y + TOP,
		bottom, right);
	fprintf(out,
		"<text x=\"%d\" y=\"%d\" class=\"end\">0</text>\n"
		"<text x=\"%d\" y=\"%d\" class=\"end\">%" PRId64 "</text>\n",
		p->x + LEFT - 4, bottom, p->x + LEFT - 4, p->y + TOP + 8, p->most);
}

static void draw_band(const struct panel *p, const struct verify_free_setting *s, unsigned nth,
		      FILE *out)
{
	const struct verify_free_band *band = &s->band[p->column];
	int step = (PANEL_W - LEFT - RIGHT) / (int)p->settings;
	int x = p->x + LEFT + (int)nth * step + step / 2;
	int low = at_height(p, band->min * 10), high = at_height(p, band->max * 10);
	bool inside = band->simulated >= band->min && band->simulated <= band->max;

	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"18\" height=\"%d\" class=\"band\"/>\n",
		x - 9, high, low - high + 1);
	fprintf(out, "<path d=\"M%d %dh18\" class=\"median\"/>\n", x - 9,
		at_height(p, band->median));
	fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"4\" class=\"%s\"/>\n", x,
		at_height(p, band->simulated * 10), inside ? "inside" : "outside");
	fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"mid\">%u</text>\n", x,
		p->y + PANEL_H - BOTTOM + 14, nth + 1);
}

static void draw_panel(struct panel *p, FILE *out)
{
	unsigned nth = 0;

	p->most = 1;
	for (unsigned i = 0; i < p->b->nsettings; i++)
		if (p->b->setting[i].done) {
			const struct verify_free_band *band = &p->b->setting[i].band[p->column];

			p->most = larger(p->most, larger(band->max, band->simulated));
		}
	draw_axis(p, out);
	for (unsigned i = 0; i < p->b->nsettings; i++)
		if (p->b->setting[i].done)
			draw_band(p, &p->b->setting[i], nth++, out);
}

static void draw_legend(const struct verify_free_bands *b, int y, FILE *out)
{
	unsigned nth = 0;

	for (unsigned i = 0; i < b->nsettings; i++)
		if (b->setting[i].done) {
			nth++;
			fprintf(out, "<text x=\"12\" y=\"%d\">%u: %s</text>\n",
				y + (int)nth * 16, nth, b->setting[i].name);
		}
	fprintf(out,
		"<text x=\"330\" y=\"%d\">bar: least to most of the real kernel's runs; line: "
		"their median</text>\n"
		"<circle cx=\"336\" cy=\"%d\" r=\"4\" class=\"inside\"/>"
		"<text x=\"348\" y=\"%d\">simulated, inside</text>\n"
		"<circle cx=\"336\" cy=\"%d\" r=\"4\" class=\"outside\"/>"
		"<text x=\"348\" y=\"%d\">simulated, outside</text>\n",
		y + 16, y + 28, y + 32, y + 44, y + 48);
}

bool verify_free_svg(const struct verify_free_bands *b, FILE *out)
{
	unsigned settings = 0, rows = (b->ncolumns + ACROSS - 1) / ACROSS;
	int height = (int)rows * PANEL_H;

	for (unsigned i = 0; i < b->nsettings; i++)
		settings += b->setting[i].done;
	if (!settings)
		return false;
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"font-family=\"sans-serif\" font-size=\"11\">\n<style>"
		".title{font-weight:bold}.end{text-anchor:end}.mid{text-anchor:middle}"
		".axis{stroke:#444;fill:none}.band{fill:#9bb8d8}.median{stroke:#235}"
		".inside{fill:#1a7f37}.outside{fill:#c62828}</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		ACROSS * PANEL_W, height + 92);
	for (unsigned c = 0; c < b->ncolumns; c++) {
		struct panel p = { .b = b,
				   .column = c,
				   .settings = settings,
				   .x = (int)(c % ACROSS) * PANEL_W,
				   .y = (int)(c / ACROSS) * PANEL_H };

		draw_panel(&p, out);
	}
	draw_legend(b, height, out);
	return fputs("</svg>\n", out) >= 0;
}
