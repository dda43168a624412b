/*
 * Tables of a kernel's parameters: how YAML names them, what they mean, where they are kept.
 * The documentation (`pagesim params`, docs/params-*.md) is printed from these tables.
 * To add a parameter: one member in the kernel's params struct, one row in its table.
 */
#ifndef MM_PARAMS_H
#define MM_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MM_PARAM_VALUES 9

struct mm_param {
	const char *name;    /* the kernel's own name, e.g. "min_free_kbytes" */
	const char *unit;    /* "KiB", "pages", "cycles", "1/10000", "" */
	const char *doc;     /* one sentence */
	const char *choices; /* "node|zone": the value is the position in it; NULL = a number */
	size_t offset;       /* of uint64_t[count] in the params struct */
	unsigned count;      /* number of values, 1..MM_PARAM_VALUES */
	uint64_t min, max;   /* bounds of each value */
	uint64_t preset[MM_PARAM_VALUES];
	const char
		*preset_text; /* what the preset stands for, e.g. "from memory size"; or NULL */
};

/* A row of a table of costs: member `m`, one uint64_t, of `type`. */
#define MM_PARAMS_COST(type, m, cycles, text)                                                  \
	{                                                                                      \
#m, "cycles", text, NULL, offsetof(type, m), 1, 0, 1000000, { cycles }, NULL   \
	}

/* The table of a kernel without parameters. */
extern const struct mm_param mm_params_none[];

/* The row of that name, or NULL. The table ends with a row whose name is NULL. */
const struct mm_param *mm_params_find(const struct mm_param *table, const char *name);
/* The known name nearest to a misspelt one (edit distance), or NULL if none is near. */
const char *mm_params_nearest(const struct mm_param *table, const char *name);
/* Fills the params struct at `base` with the presets. */
void mm_params_preset(const struct mm_param *table, void *base);
/* False and a finished sentence in text[size] when one of the first values of a row, at most
 * as many as it has, is out of its bounds, or there is none. */
bool mm_params_check(const struct mm_param *row, const uint64_t *values, unsigned count,
		     char *text, size_t size);
/* Sets count values; false and a finished sentence in text[size] when out of bounds. */
bool mm_params_set(const struct mm_param *row, void *base, const uint64_t *values,
		   unsigned count, char *text, size_t size);

#endif
