/*
 * The options of a sub-command: one table gives parsing, --help and the man page. Every
 * command has --help, --version and --quiet without asking; errors go to stderr and name
 * the nearest known option.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct options_row {
	const char *name;  /* long name without the dashes */
	char letter;       /* short form, 0 = none */
	const char *value; /* what --help calls its value, NULL = a switch */
	const char *doc;   /* one or more lines */
};

struct options_spec {
	const char *command;            /* "run", "trace import" */
	const char *operands;           /* "[SCENARIO.yaml]" */
	const char *summary;            /* one or two sentences */
	const struct options_row *rows; /* ends with a row whose name is NULL */
	const char *examples;           /* lines, each a command with a comment above */
	int min_operands, max_operands; /* max -1 = any */
};

struct options_result {
	char **operands; /* into argv */
	int noperands;
	bool quiet;
	bool ended; /* --help or --version was printed, or the usage is wrong: return status */
	int status;
};

/*
 * Calls set(ctx, row, value) for each option in order; value is NULL for a switch. set()
 * returns false after printing why (usage error). Options may stand after operands; "--" ends
 * them. Operands and options that name files to be read name installed ones, too
 * (tools/installed.h).
 */
struct options_result options_parse(const struct options_spec *spec, int argc, char **argv,
				    bool (*set)(void *ctx, const struct options_row *row,
						const char *value),
				    void *ctx);

void options_help(const struct options_spec *spec);
/* Those that every command has; ends with a row whose name is NULL. */
extern const struct options_row options_common[];

#define OPTIONS_SHORT 80 /* bytes of a value that messages repeat */

/* A value for messages: whole, or its beginning and "...". Use it as options_short(v).text. */
struct options_short {
	char text[OPTIONS_SHORT + 4];
};
struct options_short options_short(const char *value);

/* "pagesim run: TEXT" on stderr; returns status, so that callers can return it. */
int options_fail(const struct options_spec *spec, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
