/*
 * gnuplot's SVG has a fixed size, an ink of its own, marks nobody uses and many groups without
 * content. Lines are taken or left as they come: gnuplot writes each element on a line.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

/* What is replaced in a line of gnuplot's; the page's ink is its text colour. */
static const struct {
	const char *what, *with;
} changes[] = {
	{ "rgb(119, 119, 119)", "currentColor" },
	{ "rgb(119,119,119)", "currentColor" },
	{ " color=\"black\"", "" },
	{ " color=\"white\"", "" },
	{ " color=\"gray\"", "" },
	{ "fill=\"black\"", "fill=\"currentColor\"" },
	{ "stroke=\"black\"", "stroke=\"currentColor\"" },
	{ "fill = 'rgb(  ", "fill='rgb(" },
	{ " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", "" },
	{ " font-family=\"sans-serif\"", "" },
};

static const char *change(const char *at, size_t *length)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		*length = strlen(changes[i].what);
		if (strncmp(at, changes[i].what, *length) == 0)
			return changes[i].with;
	}
	return NULL;
}

/* Tenths of a pixel are enough: "123.456" and "12.00" become "123.4" and "12". */
static const char *put_digits(FILE *out, const char *s)
{
	size_t whole = strspn(s, "0123456789"), part;

	fwrite(s, 1, whole, out);
	s += whole;
	if (*s != '.')
		return s;
	part = strspn(s + 1, "0123456789");
	if (part && s[1] != '0')
		fwrite(s, 1, 2, out);
	return s + 1 + part;
}

/* Texts, between > and <, stay as they are. */
static void put_line(FILE *out, const char *s, const char *end)
{
	bool text = false;
	size_t length;

	while (s < end) {
		const char *with = text ? NULL : change(s, &length);

		if (with) {
			fputs(with, out);
			s += length;
		} else if (!text && *s >= '0' && *s <= '9') {
			s = put_digits(out, s);
		} else {
			text = *s == '>' ? true : *s == '<' ? false : text;
			fputc(*s++, out);
		}
	}
	fputc('\n', out);
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static const char *next_line(const char *s)
{
	return s + strcspn(s, "\n") + (strchr(s, '\n') ? 1 : 0);
}

/* A group that holds nothing, or what is not for a page: titles, shapes that nobody uses. */
static const char *skip(const char *s)
{
	const char *next = next_line(s), *end;

	if (begins(s, "<defs>")) {
		end = strstr(s, "</defs>");
		return end && !strstr(end, "#gpPt") ? next_line(end) : s;
	}
	if (begins(s, "<g ") && begins(next, "</g>"))
		return next_line(next);
	return *s == '\n' ? next : s;
}

static void put_head(FILE *out, const char *svg, const char *title)
{
	const char *box = strstr(svg, "viewBox=\"");
	size_t length = box ? strcspn(box + 9, "\"") : 0;

	fprintf(out, "<svg viewBox=\"%.*s\" role=\"img\" aria-label=\"", (int)length,
		box ? box + 9 : "");
	report_html_text(out, title);
	fputs("\">\n", out);
}

static void put_body(FILE *out, const char *s)
{
	while (*s) {
		const char *on = skip(s), *next;

		if (on != s) {
			s = on;
			continue;
		}
		next = next_line(s);
		/* Titles of groups would be what a pointer resting on a curve shows. */
		if (begins(s, "\t<g id=") && strstr(s, "<title>") < next)
			fputs("<g>\n", out);
		else
			put_line(out, s, s + strcspn(s, "\n"));
		s = next;
	}
}

char *report_svg_inline(const char *svg, const char *title)
{
	const char *body = strstr(svg, "<g id=\"gnuplot_canvas\">");
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_head(out, svg, title);
	put_body(out, body ? body : "</svg>");
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *read_picture(const char *folder, const char *name)
{
	char *path, *text = NULL;
	size_t room = 0;
	FILE *in;

	if (asprintf(&path, "%s/%s.svg", folder, name) < 0)
		return NULL;
	in = fopen(path, "r");
	free(path);
	if (in && getdelim(&text, &room, '\0', in) < 0) {
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

char *report_svg_read(const char *folder, const char *name, const char *title)
{
	char *svg = read_picture(folder, name);
	char *text = svg ? report_svg_inline(svg, title) : NULL;

	free(svg);
	return text;
}
