/*
 * The same run with several seeds: of each figure the least, the middle and the most. What a
 * difference between two configurations has to exceed to be one.
 */
#ifndef BANDS_H
#define BANDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/result.h"

#define BANDS_MOST 1000u /* runs */

struct bands;

/* For one run with each of these seeds. NULL when memory is short. */
struct bands *bands_new(const uint64_t *seeds, unsigned nseeds);
void bands_free(struct bands *b);

/* The figures of run number `run`. False when memory is short. */
bool bands_add(struct bands *b, unsigned run, const struct result *r, const char *digest);

/* What bands_add() has taken of a run, as text for another process, which adds it there. False
 * when the text is not that, or memory is short. */
void bands_send(FILE *out, const struct bands *b, unsigned run);
bool bands_receive(FILE *in, struct bands *b, unsigned run);

/* bands.json, bands.csv (docs/result-format.md, "Several seeds"), and a table of those rows
 * that answer most questions. */
json_t *bands_json(const struct bands *b);
void bands_csv(FILE *out, const struct bands *b);
void bands_text(FILE *out, const struct bands *b);

#endif
