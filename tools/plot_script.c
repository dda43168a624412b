#include <math.h>

#include "tools/plot_parts.h"

/* Grey enough for white and for black ground. */
#define INK "#777777"

/* Okabe and Ito's colours, which people with any kind of colour vision can tell apart, without
 * black and yellow: those are lost on one of the grounds. */
static const char *const colours[] = {
	"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
};

#define COLOURS (sizeof(colours) / sizeof(*colours))

static bool is_shown(const struct plot_axis *axis, double v)
{
	return isfinite(v) && (!axis->log || v > 0);
}

static bool has_numbers(const struct plot *p, const struct plot_series *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (is_shown(&p->x, s->x[i]) && is_shown(&p->y, s->y[i]))
			return true;
	return false;
}

static unsigned shown(const struct plot *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->nseries; i++)
		n += has_numbers(p, &p->series[i]);
	return n;
}

/* ---- numbers --------------------------------------------------------------------------- */

static void put_number(double v, bool show, FILE *out)
{
	if (show)
		fprintf(out, " %.12g", v);
	else
		fputs(" NaN", out);
}

/* A text must not end its line or its quotes. */
static void put_text(const char *text, FILE *out)
{
	for (; text && *text; text++) {
		if (*text == '\'')
			fputs("''", out);
		else
			fputc((unsigned char)*text < ' ' || *text == 127 ? ' ' : *text, out);
	}
}

static double below(const struct plot *p, unsigned series, size_t i)
{
	double sum = 0;

	for (unsigned k = 0; k < series; k++)
		if (p->series[k].style == PLOT_STACKED && i < p->series[k].n &&
		    isfinite(p->series[k].y[i]))
			sum += p->series[k].y[i];
	return sum;
}

static void put_row(const struct plot *p, unsigned series, size_t i, FILE *out)
{
	const struct plot_series *s = &p->series[series];
	bool there = is_shown(&p->x, s->x[i]) && is_shown(&p->y, s->y[i]);
	double low = s->style == PLOT_STACKED ? below(p, series, i) : 0;

	put_number(s->x[i], is_shown(&p->x, s->x[i]), out);
	if (s->style == PLOT_BAND)
		put_number(s->low[i], there && is_shown(&p->y, s->low[i]), out);
	if (s->style == PLOT_STACKED)
		put_number(low, there, out);
	put_number(s->y[i] + low, there, out);
	fputc('\n', out);
}

void plot_script_data(const struct plot *p, FILE *out)
{
	bool first = true;

	for (unsigned k = 0; k < p->nseries; k++) {
		const struct plot_series *s = &p->series[k];

		if (!has_numbers(p, s))
			continue;
		fprintf(out, "%s# ", first ? "" : "\n\n");
		put_text(s->label ? s->label : p->title, out);
		fputs(s->style == PLOT_BAND || s->style == PLOT_STACKED ? ": x, low, high\n"
									: ": x, y\n",
		      out);
		for (size_t i = 0; i < s->n; i++)
			put_row(p, k, i, out);
		first = false;
	}
}

/* ---- script ---------------------------------------------------------------------------- */

/* gnuplot takes what is written at an axis for a format. */
static void put_name(const char *name, FILE *out)
{
	char one[2] = { 0 };

	for (; *name; name++) {
		one[0] = *name;
		put_text(*name == '%' ? "%%" : one, out);
	}
}

static void put_names(const struct plot_axis *axis, char letter, FILE *out)
{
	if (!axis->nnames)
		return;
	fprintf(out, "set %ctics (", letter);
	for (unsigned i = 0; i < axis->nnames; i++) {
		fputs(i ? ", '" : "'", out);
		put_name(axis->names[i], out);
		fprintf(out, "' %u", i);
	}
	fputs(")\n", out);
}

static void put_axis(const struct plot_axis *axis, char letter, FILE *out)
{
	fprintf(out, "set %clabel '", letter);
	put_text(axis->label, out);
	if (axis->unit) {
		fputs(" (", out);
		put_text(axis->unit, out);
		fputc(')', out);
	}
	fprintf(out, "' textcolor rgb '" INK "'\n");
	if (axis->log)
		fprintf(out, "set logscale %c\nset format %c '%%g'\n", letter, letter);
	else
		fprintf(out, "set format %c '%%.12g'\n", letter);
	put_names(axis, letter, out);
}

static bool has_boxes(const struct plot *p)
{
	for (unsigned k = 0; k < p->nseries; k++)
		if (p->series[k].style == PLOT_BOXES)
			return true;
	return false;
}

static void put_ranges(const struct plot *p, FILE *out)
{
	double least = 0;

	for (unsigned k = 0; k < p->nseries; k++)
		for (size_t i = 0; i < p->series[k].n; i++)
			if (isfinite(p->series[k].y[i]) && p->series[k].y[i] < least)
				least = p->series[k].y[i];
	if (p->x.from < p->x.to)
		fprintf(out, "set xrange [%.12g:%.12g]\n", p->x.from, p->x.to);
	else if (!has_boxes(p))
		fputs("set autoscale xfix\n", out);
	if (p->y.from < p->y.to)
		fprintf(out, "set yrange [%.12g:%.12g]\n", p->y.from, p->y.to);
	else if (!p->y.log && least >= 0)
		fputs("set yrange [0:*]\n", out);
}

/* Two plots in one page must not share the names of their parts. gnuplot takes no - in them. */
static void put_id(const char *name, FILE *out)
{
	for (; *name; name++)
		fputc(*name == '-' ? '_' : *name, out);
}

static void put_head(const struct plot *p, FILE *out)
{
	fprintf(out, "set encoding utf8\nset terminal svg size %u,%u noenhanced ",
		p->width ? p->width : 800, p->height ? p->height : 400);
	fputs("font 'sans-serif,12' name '", out);
	put_id(p->name, out);
	fprintf(out, "'\nset output '%s.svg'\nset datafile missing 'NaN'\nset title '",
		p->name);
	put_text(p->title, out);
	fputs("' textcolor rgb '" INK "'\nset border 3 linecolor rgb '" INK "'\n"
	      "set tics nomirror textcolor rgb '" INK "'\n"
	      "set grid linecolor rgb '" INK "' linewidth 0.3\n"
	      "set key tmargin center horizontal Left reverse textcolor rgb '" INK "'\n",
	      out);
	put_axis(&p->x, 'x', out);
	put_axis(&p->y, 'y', out);
}

/* The boxes of all series of one place share the room that its neighbours leave. */
struct boxes {
	unsigned n, next;
	double step;
};

static struct boxes find_boxes(const struct plot *p)
{
	struct boxes b = { 0, 0, INFINITY };

	for (unsigned k = 0; k < p->nseries; k++) {
		const struct plot_series *s = &p->series[k];

		if (s->style != PLOT_BOXES || !has_numbers(p, s))
			continue;
		b.n++;
		for (size_t i = 1; i < s->n; i++) {
			double step = s->x[i] - s->x[i - 1];

			if (step > 0 && step < b.step)
				b.step = step;
		}
	}
	if (!isfinite(b.step))
		b.step = 1;
	return b;
}

static void put_style(const struct plot *p, const struct plot_series *s, struct boxes *b,
		      unsigned nth, FILE *out)
{
	const char *colour = colours[nth % COLOURS];
	unsigned dash = nth / (unsigned)COLOURS + 1;
	double shift;

	switch (s->style) {
	case PLOT_LINE:
	case PLOT_STEPS:
		fprintf(out, "using 1:2 with %s linecolor rgb '%s' linewidth 1.5 dashtype %u",
			s->style == PLOT_LINE ? "lines" : "steps", colour, dash);
		break;
	case PLOT_POINTS:
		fprintf(out, "using 1:2 with points linecolor rgb '%s' pointtype %u", colour,
			nth % 13 + 1);
		break;
	case PLOT_BOXES:
		shift = p->x.log ? 0 : (b->next - (b->n - 1) / 2.0) * 0.8 * b->step / b->n;
		b->next++;
		fprintf(out,
			"using ($1+(%.12g)):2 with boxes linecolor rgb '%s' fillstyle solid "
			"%s noborder",
			shift, colour, dash > 1 ? "0.5" : "0.9");
		break;
	case PLOT_BAND:
		fprintf(out,
			"using 1:2:3 with filledcurves linecolor rgb '%s' fillstyle "
			"transparent solid 0.3 noborder",
			colour);
		break;
	case PLOT_STACKED:
		fprintf(out,
			"using 1:2:3 with filledcurves linecolor rgb '%s' fillstyle "
			"transparent solid %s noborder",
			colour, dash > 1 ? "0.45" : "0.85");
		break;
	}
}

static void put_series(const struct plot *p, FILE *out)
{
	struct boxes b = find_boxes(p);
	unsigned index = 0;

	if (b.n && !p->x.log)
		fprintf(out, "set boxwidth %.12g absolute\n", 0.8 * b.step / b.n);
	fputs("plot ", out);
	for (unsigned k = 0; k < p->nseries; k++) {
		const struct plot_series *s = &p->series[k];

		if (!has_numbers(p, s))
			continue;
		fprintf(out, "%s'%s.dat' index %u ", index ? ", \\\n     " : "", p->name,
			index);
		put_style(p, s, &b, k, out);
		fputs(s->label ? " title '" : " notitle", out);
		put_text(s->label, out);
		fputs(s->label ? "'" : "", out);
		index++;
	}
	fputc('\n', out);
}

void plot_script_write(const struct plot *p, FILE *out)
{
	put_head(p, out);
	if (shown(p)) {
		put_ranges(p, out);
		put_series(p, out);
		return;
	}
	fputs("unset logscale\nset xrange [0:1]\nset yrange [0:1]\n"
	      "set label 'no data' at graph 0.5,0.5 center textcolor rgb '" INK "'\n"
	      "plot NaN notitle\n",
	      out);
}
