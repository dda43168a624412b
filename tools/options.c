#include "tools/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/cmd.h"
#include "tools/installed.h"
#include "tools/manual.h"

#define MAX_ROWS 64

enum { CODE_HELP = 1000, CODE_VERSION, CODE_QUIET, CODE_MAN, CODE_WORDS, CODE_ROW };

/* getopt_long's tables, made from the command's rows and the options every command has. */
struct tables {
	struct option longs[MAX_ROWS + 6];
	const char *names[MAX_ROWS + 6];
	char shorts[2 * MAX_ROWS + 8];
	size_t nrows;
};

static void fill(struct tables *t, const struct options_spec *spec)
{
	size_t n = 0, s = 0;

	memset(t, 0, sizeof(*t));
	t->shorts[s++] = ':';
	t->shorts[s++] = 'h';
	t->shorts[s++] = 'q';
	for (const struct options_row *row = spec->rows; row->name && n < MAX_ROWS;
	     row++, n++) {
		t->longs[n] = (struct option){ row->name,
					       row->value ? required_argument : no_argument,
					       NULL, CODE_ROW + (int)n };
		t->names[n] = row->name;
		if (row->letter) {
			t->shorts[s++] = row->letter;
			if (row->value)
				t->shorts[s++] = ':';
		}
	}
	t->nrows = n;
	t->longs[n] = (struct option){ "help", no_argument, NULL, CODE_HELP };
	t->names[n++] = "help";
	t->longs[n] = (struct option){ "version", no_argument, NULL, CODE_VERSION };
	t->names[n++] = "version";
	t->longs[n] = (struct option){ "quiet", no_argument, NULL, CODE_QUIET };
	t->names[n++] = "quiet";
	/* For tools/package/manual.sh: no names that --help or a suggestion would show. */
	t->longs[n] = (struct option){ "man", no_argument, NULL, CODE_MAN };
	t->longs[n + 1] = (struct option){ "words", no_argument, NULL, CODE_WORDS };
}

static const struct options_row *row_of(const struct options_spec *spec, const struct tables *t,
					int code)
{
	if (code >= CODE_ROW && (size_t)(code - CODE_ROW) < t->nrows)
		return &spec->rows[code - CODE_ROW];
	for (size_t i = 0; i < t->nrows; i++)
		if (spec->rows[i].letter == code)
			return &spec->rows[i];
	return NULL;
}

int options_fail(const struct options_spec *spec, int status, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "pagesim %s: ", spec->command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

/* Characters of several bytes stay whole. */
struct options_short options_short(const char *value)
{
	struct options_short s;
	size_t n = strnlen(value, OPTIONS_SHORT + 1);
	bool cut = n > OPTIONS_SHORT;

	if (cut)
		for (n = OPTIONS_SHORT; n && ((unsigned char)value[n] & 0xc0) == 0x80;)
			n--;
	snprintf(s.text, sizeof(s.text), "%.*s%s", (int)n, value, cut ? "..." : "");
	return s;
}

static bool is_known(const struct tables *t, const char *word)
{
	for (size_t i = 0; t->names[i]; i++)
		if (strcmp(t->names[i], word) == 0)
			return true;
	return false;
}

/* getopt leaves a letter it does not know in optopt, and steps behind a long name. */
static int unknown_option(const struct options_spec *spec, const struct tables *t, char **argv)
{
	char word[64];
	const char *near, *arg = argv[optind - 1];

	if (optopt > 0 && optopt < CODE_HELP)
		return options_fail(spec, CMD_USAGE,
				    "unknown option '-%c' (see 'pagesim %s --help')", optopt,
				    spec->command);
	arg += strspn(arg, "-");
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(arg, "="), arg);
	if (is_known(t, word))
		return options_fail(spec, CMD_USAGE, "'--%s' takes no value", word);
	near = conf_nearest(word, t->names);
	if (near)
		return options_fail(spec, CMD_USAGE,
				    "unknown option '--%s', did you mean '--%s'?", word, near);
	return options_fail(spec, CMD_USAGE, "unknown option '--%s' (see 'pagesim %s --help')",
			    word, spec->command);
}

static void print_row(const struct options_row *row)
{
	char left[64];
	const char *line = row->doc;

	snprintf(left, sizeof(left), "%s%c%s--%s%s%s", row->letter ? "-" : " ",
		 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
		 row->value ? " " : "", row->value ? row->value : "");
	printf("  %-28s", left);
	if (strlen(left) > 27)
		printf("\n  %-28s", "");
	while (line) {
		const char *end = strchr(line, '\n');

		printf(" %.*s\n", (int)(end ? (size_t)(end - line) : strlen(line)), line);
		line = end ? end + 1 : NULL;
		if (line)
			printf("  %-28s", "");
	}
}

const struct options_row options_common[] = {
	{ "quiet", 'q', NULL, "no progress, no remarks" },
	{ "help", 'h', NULL, "this text" },
	{ "version", 0, NULL, "the program's version" },
	{ NULL, 0, NULL, NULL },
};

void options_help(const struct options_spec *spec)
{
	printf("usage: pagesim %s [options]%s%s\n\n%s\n\noptions:\n", spec->command,
	       *spec->operands ? " " : "", spec->operands, spec->summary);
	for (const struct options_row *row = spec->rows; row->name; row++)
		print_row(row);
	for (const struct options_row *row = options_common; row->name; row++)
		print_row(row);
	if (spec->examples)
		printf("\nexamples:\n%s", spec->examples);
}

static struct options_result ended(struct options_result r, int status)
{
	r.ended = true;
	r.status = status;
	return r;
}

static struct options_result check_operands(const struct options_spec *spec,
					    struct options_result r)
{
	if (r.noperands < spec->min_operands)
		return ended(r, options_fail(spec, CMD_USAGE,
					     "%s is missing (see 'pagesim %s --help')",
					     spec->operands, spec->command));
	if (spec->max_operands >= 0 && r.noperands > spec->max_operands)
		return ended(r,
			     options_fail(spec, CMD_USAGE, "'%s' is one operand too many",
					  options_short(r.operands[spec->max_operands]).text));
	return r;
}

/* ---- files that are installed with the program ------------------------------------------- */

/* Where a bare word is looked for, by the option's name or the beginning of the command's. */
static const struct {
	const char *option, *command, *folder;
} folders[] = {
	{ "machine", NULL, "machines" },  { "profile", NULL, "profiles" },
	{ "rules", NULL, "rules" },       { "trace", NULL, NULL },
	{ "start", NULL, NULL },          { "baseline", NULL, NULL },
	{ NULL, "machine ", "machines" }, { NULL, "run", "scenarios" },
	{ NULL, "compare", "scenarios" }, { NULL, "sweep plan", "sweeps" },
	{ NULL, "sweep run", "sweeps" },  { NULL, "", NULL },
};

/* What was found stays to the program's end, as argv does. */
static char *keep(char *path)
{
	static struct kept {
		struct kept *next;
		char *path;
	} * all;
	struct kept *one = malloc(sizeof(*one));

	if (one) {
		*one = (struct kept){ all, path };
		all = one;
	}
	return path;
}

/* The file that a value or an operand (option NULL) means. */
static char *find_file(const struct options_spec *spec, const char *option, char *given)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		char *found;

		if (option ? !folders[i].option || strcmp(option, folders[i].option) != 0
			   : !folders[i].command || strncmp(spec->command, folders[i].command,
							    strlen(folders[i].command)) != 0)
			continue;
		found = installed_find(given, folders[i].folder);
		return found ? keep(found) : given;
	}
	return given;
}

static void find_operands(const struct options_spec *spec, struct options_result *r)
{
	for (int i = 0; i < r->noperands; i++)
		r->operands[i] = find_file(spec, NULL, r->operands[i]);
}

/* ---- the whole --------------------------------------------------------------------------- */

struct options_result options_parse(const struct options_spec *spec, int argc, char **argv,
				    bool (*set)(void *ctx, const struct options_row *row,
						const char *value),
				    void *ctx)
{
	struct options_result r = { 0 };
	struct tables t;
	int code;

	fill(&t, spec);
	optind = 0;
	opterr = 0;
	while ((code = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		const struct options_row *row = row_of(spec, &t, code);

		if (row &&
		    !set(ctx, row, row->value ? find_file(spec, row->name, optarg) : NULL))
			return ended(r, CMD_USAGE);
		if (row)
			continue;
		if (code == CODE_HELP || code == 'h') {
			options_help(spec);
			return ended(r, CMD_DONE);
		}
		if (code == CODE_VERSION) {
			printf("pagesim %s\n", PAGESIM_VERSION);
			return ended(r, CMD_DONE);
		}
		if (code == CODE_MAN || code == CODE_WORDS) {
			(code == CODE_MAN ? manual_page : manual_words)(spec);
			return ended(r, CMD_DONE);
		}
		if (code == CODE_QUIET || code == 'q')
			r.quiet = true;
		else if (code == ':')
			return ended(r, options_fail(spec, CMD_USAGE, "'%s' wants a value",
						     options_short(argv[optind - 1]).text));
		else
			return ended(r, unknown_option(spec, &t, argv));
	}
	r.operands = argv + optind;
	r.noperands = argc - optind;
	find_operands(spec, &r);
	return check_operands(spec, r);
}
