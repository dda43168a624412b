/*
 * Files with the exact answers of a kernel's own page allocator ("pagegold 1"): one record a
 * line, a header that describes the machine, then operations with their results. Compressed
 * with zstd or plain, from a file or from standard input.
 *
 * Lines are read one at a time; what is wrong is told as "FILE:LINE: sentence".
 */
#ifndef PAGEGOLD_H
#define PAGEGOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/mm_machine.h"

struct pagegold_error {
	bool system; /* memory or I/O failed; otherwise the data is bad */
	char text[400];
};

struct pagegold;

/* Path "-" is standard input. NULL and *err on failure. */
struct pagegold *pagegold_open(const char *path, struct pagegold_error *err);
/* The same of an open file, which is the reader's from now on, also when it fails. */
struct pagegold *pagegold_open_file(FILE *file, const char *name, struct pagegold_error *err);
void pagegold_close(struct pagegold *g);
/*
 * The next line without its end, NULL at the end of the file, or with *err filled (its text
 * is empty otherwise). Valid until the next call.
 */
const char *pagegold_line(struct pagegold *g, struct pagegold_error *err);
/* Fills *err with the place of the current line and a sentence; returns false. */
bool pagegold_bad(const struct pagegold *g, struct pagegold_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *pagegold_name(const struct pagegold *g);
uint64_t pagegold_line_number(const struct pagegold *g);

/* A line's words, separated by single blanks. */
#define PAGEGOLD_WORDS 320

struct pagegold_word {
	const char *s;
	size_t len;
};

struct pagegold_words {
	unsigned n;
	struct pagegold_word w[PAGEGOLD_WORDS];
};

/* False when there are too many words. */
bool pagegold_split(const char *line, struct pagegold_words *words);
bool pagegold_is(struct pagegold_word w, const char *text);
/* Digits only, within max. */
bool pagegold_number(struct pagegold_word w, uint64_t max, uint64_t *value);

/* A header line to be compared with what the model derives, or a parameter. */
struct pagegold_claim {
	uint64_t line;
	char *text;
};

struct pagegold_header {
	char kernel[16];
	struct mm_machine machine; /* its arrays belong to the header */
	struct pagegold_claim *params, *derived;
	unsigned nparams, nderived;
};

/* Reads up to and including the line "ops". */
bool pagegold_header_read(struct pagegold *g, struct pagegold_header *h,
			  struct pagegold_error *err);
void pagegold_header_free(struct pagegold_header *h);

#endif
