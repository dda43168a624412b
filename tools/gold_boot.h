/* From the header of a golden file to a model that was booted: what replayers share. */
#ifndef GOLD_BOOT_H
#define GOLD_BOOT_H

#include "tools/gold_step.h"

/* Puts one parameter in place; false and a sentence in text[size]. */
typedef bool gold_boot_set(struct gold *r, const char *name, const char *value, char *text,
			   size_t size);

/* Calls set() for every "param" line. */
bool gold_boot_params(struct gold *r, const struct pagegold *g, gold_boot_set *set,
		      struct pagegold_error *err);
/* "a,b,c", or one of the row's choices by name, into the params struct at `base`. */
bool gold_boot_row(const struct gold *r, void *base, const char *name, const char *value,
		   char *text, size_t size);
/* Comma-separated numbers, at most max of them; false when it is something else. */
bool gold_boot_list(const char *value, uint64_t *values, unsigned max, unsigned *n);
bool gold_boot_number(const char *value, uint64_t max, uint64_t *number);
/* Makes r->cpus and r->mm. Costs are all 0. */
bool gold_boot(struct gold *r, const struct pagegold *g, const struct mm_machine *machine,
	       const void *params, struct pagegold_error *err);

#endif
