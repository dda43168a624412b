/*
 * What a real kernel does again and again: for some settings, the smallest, median and largest
 * of each counter over several runs (tests/recorded/whatif/spread.csv). A replay under one of
 * these settings has to lie inside, and replays under two of them in the order that the real
 * kernel's have whenever their bands do not overlap.
 */
#ifndef VERIFY_FREE_BANDS_H
#define VERIFY_FREE_BANDS_H

#include <jansson.h>
#include <stdio.h>

#include "tools/verify_free.h"

#define VERIFY_FREE_BANDS_SETTINGS 16
#define VERIFY_FREE_BANDS_COLUMNS 24

struct verify_free_band {
	bool there;
	int64_t min, median, max; /* median in tenths */
	bool simulated_there;
	int64_t simulated;
};

struct verify_free_setting {
	char name[64]; /* "watermark_scale_factor=100" */
	bool done;
	struct verify_free_band band[VERIFY_FREE_BANDS_COLUMNS];
};

struct verify_free_bands {
	char column[VERIFY_FREE_BANDS_COLUMNS][48]; /* as the file names it */
	unsigned ncolumns;
	struct verify_free_setting setting[VERIFY_FREE_BANDS_SETTINGS];
	unsigned nsettings;
	struct verify_error error;
};

/* False and b->error: not such a file. */
bool verify_free_bands_read(struct verify_free_bands *b, const char *path);
/* The setting that one of these --set is, NULL = none. */
struct verify_free_setting *verify_free_bands_given(struct verify_free_bands *b,
						    const char *const *sets, unsigned nsets);
/* The same as --set takes it; false when it does not fit. */
bool verify_free_bands_set(const struct verify_free_setting *s, char *text, size_t size);
/* A replay under that setting is done. */
void verify_free_bands_take(struct verify_free_bands *b, struct verify_free_setting *s,
			    const struct verify_free *v);
/* Values outside their bands, and orderings that are wrong, of those that are done. */
unsigned verify_free_bands_misses(const struct verify_free_bands *b);

void verify_free_bands_text(const struct verify_free_bands *b);
json_t *verify_free_bands_json(const struct verify_free_bands *b);

#endif
