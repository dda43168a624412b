/*
 * The tables of options as manual pages (roff, man macros) and as words for the completion of
 * shells. tools/package/manual.sh makes files of both; nobody else asks for them, so that no
 * --help tells of the options behind them: COMMAND --man, COMMAND --words.
 */
#ifndef MANUAL_H
#define MANUAL_H

#include "tools/options.h"

/* A command's page on stdout. */
void manual_page(const struct options_spec *spec);
/* A line for each option, on stdout: "--trace FILE", "--json". */
void manual_words(const struct options_spec *spec);

/* The page of the program or of a family of commands (family "" or "trace"): what it is,
 * and a row for each of its commands. */
struct manual_row {
	const char *name, *summary;
};
void manual_overview(const char *family, const char *about, const struct manual_row *rows,
		     size_t nrows, const char *examples);

#endif
