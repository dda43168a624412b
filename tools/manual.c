#include "tools/manual.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char exit_status[] = ".SH EXIT STATUS\n"
				  ".TP\n.B 0\ndone\n"
				  ".TP\n.B 1\na finding: a difference, a regression\n"
				  ".TP\n.B 2\nusage or configuration\n"
				  ".TP\n.B 3\nbad input data\n"
				  ".TP\n.B 4\nthe machine failed: disk, memory\n"
				  ".TP\n.B 130\ninterrupted\n";

/* Text for troff: backslashes, dashes that can be copied, no line that looks like a request. */
static void put(const char *text, size_t n, bool line_begins)
{
	for (size_t i = 0; i < n; i++) {
		bool begins = i ? text[i - 1] == '\n' : line_begins;

		if (begins && (text[i] == '.' || text[i] == '\''))
			fputs("\\&", stdout);
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else if (text[i] == '\'')
			fputs("\\(aq", stdout);
		else if (text[i] == '^' || text[i] == '~' || text[i] == '`')
			printf("%s", text[i] == '^'   ? "\\(ha"
				     : text[i] == '~' ? "\\(ti"
						      : "\\(ga");
		else
			putchar(text[i]);
	}
}

static void put_text(const char *text)
{
	put(text, strlen(text), true);
}

/* "trace info" as "trace-info", in a size of letters. */
static void put_name(const char *command, bool large)
{
	for (const char *c = command; *c; c++)
		if (*c == ' ')
			fputs(large ? "-" : "\\-", stdout);
		else
			putchar(large ? toupper((unsigned char)*c) : *c);
}

static void begin(const char *command, const char *summary)
{
	fputs(".TH PAGESIM", stdout);
	if (*command) {
		putchar('-');
		put_name(command, true);
	}
	printf(" 1 \"\" \"pagesim %s\" \"User Commands\"\n.SH NAME\npagesim", PAGESIM_VERSION);
	if (*command) {
		fputs("\\-", stdout);
		put_name(command, false);
	}
	fputs(" \\- ", stdout);
	put(summary, strlen(summary), false);
	putchar('\n');
}

/* The first sentence's beginning, on one line: what whatis(1) prints. */
static void shorten(const char *summary, char *line, size_t size)
{
	size_t n = strcspn(summary, ":.");

	snprintf(line, size, "%.*s", (int)n, summary);
	line[0] = (char)tolower((unsigned char)line[0]);
	for (char *c = line; *c; c++)
		if (*c == '\n')
			*c = ' ';
}

static void put_row(const struct options_row *row)
{
	fputs(".TP\n", stdout);
	if (row->letter)
		printf("\\fB\\-%c\\fR, ", row->letter);
	fputs("\\fB\\-\\-", stdout);
	put(row->name, strlen(row->name), false);
	fputs("\\fR", stdout);
	if (row->value) {
		fputs(" \\fI", stdout);
		put(row->value, strlen(row->value), false);
		fputs("\\fR", stdout);
	}
	putchar('\n');
	put_text(row->doc);
	putchar('\n');
}

/* "  # words" are paragraphs, the rest stands as it is. */
static void put_examples(const char *examples)
{
	bool code = false;

	fputs(".SH EXAMPLES\n", stdout);
	for (const char *line = examples, *end; *line; line = end + 1) {
		const char *text = line + strspn(line, " ");
		bool words = strncmp(text, "# ", 2) == 0;

		end = strchr(line, '\n');
		if (!end)
			break;
		if (words == code)
			fputs(words ? ".EE\n.RE\n" : ".RS\n.EX\n", stdout);
		if (words)
			fputs(".PP\n", stdout);
		text = words ? text + 2 : line + (strncmp(line, "  ", 2) == 0 ? 2 : 0);
		put(text, (size_t)(end - text), true);
		putchar('\n');
		code = !words;
	}
	if (code)
		fputs(".EE\n.RE\n", stdout);
}

void manual_page(const struct options_spec *spec)
{
	char line[256];

	shorten(spec->summary, line, sizeof(line));
	begin(spec->command, line);
	printf(".SH SYNOPSIS\n.B pagesim %s\n[options] ", spec->command);
	put(spec->operands, strlen(spec->operands), false);
	fputs("\n.SH DESCRIPTION\n", stdout);
	put_text(spec->summary);
	fputs("\n.SH OPTIONS\n", stdout);
	for (const struct options_row *row = spec->rows; row->name; row++)
		put_row(row);
	for (const struct options_row *row = options_common; row->name; row++)
		put_row(row);
	fputs(exit_status, stdout);
	if (spec->examples)
		put_examples(spec->examples);
	fputs(".SH SEE ALSO\n.BR pagesim (1)\n", stdout);
}

void manual_words(const struct options_spec *spec)
{
	const struct options_row *const tables[] = { spec->rows, options_common };

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct options_row *row = tables[i]; row->name; row++)
			printf("--%s%s%s\n", row->name, row->value ? " " : "",
			       row->value ? row->value : "");
}

void manual_overview(const char *family, const char *about, const struct manual_row *rows,
		     size_t nrows, const char *examples)
{
	char line[256];

	shorten(about, line, sizeof(line));
	begin(family, line);
	printf(".SH SYNOPSIS\n.B pagesim%s%s\n.I COMMAND\n[options]\n.SH DESCRIPTION\n",
	       *family ? " " : "", family);
	put_text(about);
	fputs("\n.SH COMMANDS\n", stdout);
	for (size_t i = 0; i < nrows; i++) {
		fputs(".TP\n.BR pagesim\\-", stdout);
		if (*family)
			printf("%s\\-", family);
		printf("%s (1)\n", rows[i].name);
		put_text(rows[i].summary);
		putchar('\n');
	}
	fputs(exit_status, stdout);
	if (examples)
		put_examples(examples);
	if (*family)
		fputs(".SH SEE ALSO\n.BR pagesim (1)\n", stdout);
}
