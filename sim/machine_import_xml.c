#include "sim/machine_import_xml.h"

#include <stdio.h>
#include <string.h>

typedef struct sim_machine_import_xml xml;

#define BLANKS " \t\r\n"

static enum sim_machine_import_xml_step bad(xml *x, unsigned line, const char *fmt,
					    const char *word)
{
	x->line = line;
	snprintf(x->error, sizeof(x->error), fmt, word);
	return SIM_MACHINE_IMPORT_XML_BAD;
}

/* Goes on by n bytes, and counts the lines in them. */
static void advance(xml *x, size_t n)
{
	for (; n; n--)
		x->line += *x->at++ == '\n';
}

static void skip_blanks(xml *x)
{
	advance(x, strspn(x->at, BLANKS));
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == ':' || c == '.';
}

static size_t name_length(const char *at)
{
	size_t n = 0;

	while (is_name(at[n]))
		n++;
	return n;
}

/* Steps over a comment, <?...?> or <!...>; false when it has no end. */
static bool skip_aside(xml *x)
{
	const char *end = strncmp(x->at, "<!--", 4) == 0 ? "-->" : ">";
	const char *found = strstr(x->at + 1, end);

	if (!found)
		return false;
	advance(x, (size_t)(found - x->at) + strlen(end));
	return true;
}

/* name="value" */
static bool read_attribute(xml *x)
{
	size_t n = name_length(x->at), length;
	const char *name = x->at;
	char quote;

	if (!n || x->nattributes == SIM_MACHINE_IMPORT_XML_ATTRIBUTES)
		return false;
	advance(x, n);
	skip_blanks(x);
	if (*x->at != '=')
		return false;
	advance(x, 1);
	skip_blanks(x);
	quote = *x->at;
	if (quote != '"' && quote != '\'')
		return false;
	advance(x, 1);
	length = strcspn(x->at, quote == '"' ? "\"<" : "'<");
	if (x->at[length] != quote)
		return false;
	x->attribute[x->nattributes].name = name;
	x->attribute[x->nattributes].name_length = n;
	x->attribute[x->nattributes].value = x->at;
	x->attribute[x->nattributes].value_length = length;
	x->nattributes++;
	advance(x, length + 1);
	return true;
}

static enum sim_machine_import_xml_step open_element(xml *x)
{
	unsigned line = x->line;
	size_t n = name_length(x->at + 1);

	if (!n || n >= SIM_MACHINE_IMPORT_XML_NAME)
		return bad(x, line, "this is no element%s", "");
	if (x->depth == SIM_MACHINE_IMPORT_XML_DEPTH)
		return bad(x, line, "elements are nested too deep%s", "");
	if (!x->depth && x->any)
		return bad(x, line, "something follows the end%s", "");
	memcpy(x->open[x->depth].name, x->at + 1, n);
	x->open[x->depth].name[n] = '\0';
	x->open[x->depth].line = line;
	x->depth++;
	x->any = true;
	advance(x, n + 1);
	x->nattributes = 0;
	for (skip_blanks(x); *x->at && *x->at != '>' && *x->at != '/'; skip_blanks(x))
		if (!read_attribute(x))
			return bad(x, x->line, "the element <%s> is damaged here",
				   x->open[x->depth - 1].name);
	x->empty = *x->at == '/';
	advance(x, x->empty);
	if (*x->at != '>')
		return bad(x, line, "the element <%s> does not end",
			   x->open[x->depth - 1].name);
	advance(x, 1);
	x->text = x->at;
	return SIM_MACHINE_IMPORT_XML_OPEN;
}

static enum sim_machine_import_xml_step close_element(xml *x)
{
	size_t n = name_length(x->at + 2);
	const char *name;

	if (!x->depth)
		return bad(x, x->line, "something ends that has not begun%s", "");
	name = x->open[x->depth - 1].name;
	if (n != strlen(name) || strncmp(x->at + 2, name, n) != 0)
		return bad(x, x->line, "here <%s> should end", name);
	advance(x, n + 2);
	skip_blanks(x);
	if (*x->at != '>')
		return bad(x, x->line, "the end of <%s> is damaged", name);
	advance(x, 1);
	x->depth--;
	return SIM_MACHINE_IMPORT_XML_CLOSE;
}

enum sim_machine_import_xml_step sim_machine_import_xml_next(xml *x)
{
	if (x->empty) {
		x->empty = false;
		x->depth--;
		return SIM_MACHINE_IMPORT_XML_CLOSE;
	}
	for (;;) {
		size_t text = strcspn(x->at, "<");

		if (!x->depth && strspn(x->at, BLANKS) < text)
			return bad(x, x->line, "this is no XML%s", "");
		advance(x, text);
		if (!*x->at)
			break;
		if (x->at[1] == '/')
			return close_element(x);
		if (x->at[1] != '?' && x->at[1] != '!')
			return open_element(x);
		if (!skip_aside(x))
			return bad(x, x->line, "this has no end%s", "");
	}
	if (x->depth)
		return bad(x, x->open[x->depth - 1].line,
			   "the file ends inside of <%s>, which begins here",
			   x->open[x->depth - 1].name);
	if (!x->any)
		return bad(x, x->line, "there is nothing in it%s", "");
	return SIM_MACHINE_IMPORT_XML_END;
}

/* The character that "&...;" stands for, and how long that is; others stay as they are. */
static char plain(const char *at, size_t left, size_t *length)
{
	static const struct {
		const char *word;
		char c;
	} words[] = {
		{ "&quot;", '"' }, { "&amp;", '&' },   { "&lt;", '<' },
		{ "&gt;", '>' },   { "&apos;", '\'' },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		*length = strlen(words[i].word);
		if (*length <= left && strncmp(at, words[i].word, *length) == 0)
			return words[i].c;
	}
	*length = 1;
	return *at;
}

bool sim_machine_import_xml_attribute(const xml *x, const char *name, char *out, size_t size)
{
	for (unsigned i = 0; i < x->nattributes; i++) {
		const char *value = x->attribute[i].value;
		size_t left = x->attribute[i].value_length, n = 0, length;

		if (x->attribute[i].name_length != strlen(name) ||
		    strncmp(x->attribute[i].name, name, strlen(name)) != 0)
			continue;
		for (; left && n + 1 < size; left -= length, value += length)
			out[n++] = plain(value, left, &length);
		out[n] = '\0';
		return true;
	}
	return false;
}
