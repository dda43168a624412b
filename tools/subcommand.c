#include "tools/subcommand.h"

#include <stdio.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/manual.h"
#include "tools/options.h"

#define MOST 31 /* members of a family */

static void help(const struct subcommand *members, const char *family, const char *about)
{
	printf("usage: pagesim %s COMMAND [options]\n\n%s\n\ncommands:\n", family, about);
	for (const struct subcommand *m = members; m->name; m++)
		if (m->summary)
			printf("  %-10s %s\n", m->name, m->summary);
	printf("\nEach command explains itself: pagesim %s COMMAND --help\n", family);
}

static int unknown(const struct subcommand *members, const char *family, const char *word)
{
	const char *names[MOST + 1] = { NULL }, *near;

	for (unsigned i = 0; i < MOST && members[i].name; i++)
		names[i] = members[i].name;
	near = conf_nearest(word, names);
	if (near)
		fprintf(stderr, "pagesim %s: unknown command '%s', did you mean '%s'?\n",
			family, options_short(word).text, near);
	else
		fprintf(stderr, "pagesim %s: unknown command '%s' (see 'pagesim %s --help')\n",
			family, options_short(word).text, family);
	return CMD_USAGE;
}

/* What tools/package/manual.sh asks for. */
static void describe(const struct subcommand *members, const char *family, const char *about,
		     bool page)
{
	struct manual_row rows[MOST] = { 0 };
	size_t n = 0;

	for (const struct subcommand *m = members; m->name && n < MOST; m++)
		if (m->summary)
			rows[n++] = (struct manual_row){ m->name, m->summary };
	if (page)
		manual_overview(family, about, rows, n, NULL);
	for (size_t i = 0; !page && i < n; i++)
		puts(rows[i].name);
}

int subcommand_run(const struct subcommand *members, const char *about, int argc, char **argv)
{
	const char *family = argv[0], *word = argc > 1 ? argv[1] : "";

	for (const struct subcommand *m = members; m->name; m++)
		if (strcmp(m->name, word) == 0)
			return m->run(argc - 1, argv + 1);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		help(members, family, about);
		return CMD_DONE;
	}
	if (strcmp(word, "--man") == 0 || strcmp(word, "--words") == 0) {
		describe(members, family, about, strcmp(word, "--man") == 0);
		return CMD_DONE;
	}
	if (strcmp(word, "--version") == 0) {
		printf("pagesim %s\n", PAGESIM_VERSION);
		return CMD_DONE;
	}
	if (argc < 2) {
		fprintf(stderr, "pagesim %s: a command is missing (see 'pagesim %s --help')\n",
			family, family);
		return CMD_USAGE;
	}
	return unknown(members, family, word);
}
