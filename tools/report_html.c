#include "tools/report_html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

/* ---- text ------------------------------------------------------------------------------- */

/* The bytes of the UTF-8 character at s, 0 when it is none. */
static unsigned utf8_length(const unsigned char *s)
{
	unsigned n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	unsigned least = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
	unsigned most = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;

	if (s[0] > 0xf4)
		return 0;
	for (unsigned i = 1; i < n; i++, least = 0x80, most = 0xbf)
		if (s[i] < least || s[i] > most)
			return 0;
	return n;
}

void report_html_text(FILE *out, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} marks[] = {
		{ '<', "&lt;" },   { '>', "&gt;" },   { '&', "&amp;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};
	const unsigned char *s = (const unsigned char *)text;
	unsigned n;

	for (; *s; s += n ? n : 1) {
		bool done = false;

		n = utf8_length(s);
		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
			if (*s == (unsigned char)marks[i].c) {
				fputs(marks[i].entity, out);
				done = true;
			}
		if (n == 0)
			fputc('?', out);
		else if (*s == '\n' && !done)
			fputc('\n', out);
		else if (*s < ' ' || *s == 127)
			fputc(' ', out);
		else if (!done)
			fwrite(s, 1, n, out);
	}
}

static void say(FILE *out, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static void say(FILE *out, const char *fmt, va_list ap)
{
	char text[2001];

	vsnprintf(text, sizeof(text), fmt, ap);
	report_html_text(out, text);
}

void report_html_say(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(out, fmt, ap);
	va_end(ap);
}

/* ---- tables ----------------------------------------------------------------------------- */

void report_html_table(FILE *out, const char *const *heads)
{
	fputs("<div class=\"scroll\"><table><thead><tr>", out);
	for (; *heads; heads++) {
		fputs("<th scope=\"col\">", out);
		report_html_text(out, *heads);
	}
	fputs("</thead><tbody>\n", out);
}

void report_html_table_end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

void report_html_row(FILE *out)
{
	fputs("<tr>", out);
}

void report_html_cell(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("<td>", out);
	say(out, fmt, ap);
	va_end(ap);
}

void report_html_figure(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("<td class=\"n\">", out);
	say(out, fmt, ap);
	va_end(ap);
}

void report_html_count(FILE *out, uint64_t n)
{
	report_html_figure(out, "%s", report_html_digits(n).text);
}

void report_html_fold(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("<details><summary>", out);
	say(out, fmt, ap);
	fputs("</summary>\n", out);
	va_end(ap);
}

void report_html_fold_end(FILE *out)
{
	fputs("</details>\n", out);
}

/* ---- numbers ---------------------------------------------------------------------------- */

struct report_html_digits report_html_digits(uint64_t n)
{
	struct report_html_digits d;
	char plain[24];
	size_t length = (size_t)snprintf(plain, sizeof(plain), "%" PRIu64, n), at = 0;

	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			d.text[at++] = ',';
		d.text[at++] = plain[i];
	}
	d.text[at] = '\0';
	return d;
}

struct report_html_digits report_html_time(double seconds)
{
	static const struct {
		double unit;
		const char *name;
	} units[] = { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" }, { 1e-9, "ns" } };
	struct report_html_digits d = { "0 s" };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units) && seconds > 0; i++) {
		double v = seconds / units[i].unit;

		if (v < 1 && i < 3)
			continue;
		snprintf(d.text, sizeof(d.text), "%.*f %s",
			 v < 10    ? 2
			 : v < 100 ? 1
				   : 0,
			 v, units[i].name);
		break;
	}
	return d;
}

struct report_html_digits report_html_size(uint64_t pages)
{
	struct report_html_digits d;
	double mib = (double)pages / 256;

	if (mib >= 10240)
		snprintf(d.text, sizeof(d.text), "%.1f GiB", mib / 1024);
	else
		snprintf(d.text, sizeof(d.text), "%.*f MiB",
			 mib < 10    ? 2
			 : mib < 100 ? 1
				     : 0,
			 mib);
	return d;
}

struct report_html_digits report_html_share(uint64_t part, uint64_t all)
{
	struct report_html_digits d;
	double percent = all ? 100.0 * (double)part / (double)all : 0;

	if (part && percent < 0.01)
		snprintf(d.text, sizeof(d.text), "< 0.01 %%");
	else if (part < all && percent > 99.99)
		snprintf(d.text, sizeof(d.text), "> 99.99 %%");
	else if (part == 0 || part == all)
		snprintf(d.text, sizeof(d.text), "%.0f %%", percent);
	else
		snprintf(d.text, sizeof(d.text), "%.*f %%", percent < 1 || percent > 99 ? 2 : 1,
			 percent);
	return d;
}
