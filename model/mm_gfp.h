/*
 * Request flags by name: the walk over "GFP_KERNEL|__GFP_HIGH", which is the same for every
 * kernel. Which names there are, and which bits they stand for, is each kernel's own table.
 */
#ifndef MM_GFP_H
#define MM_GFP_H

#include <stddef.h>
#include <stdint.h>

struct mm_gfp_name {
	const char *name;
	uint32_t gfp;
};

/*
 * The bits of all names together. Names that are neither in the table nor among those that ask
 * nothing of any kernel are added to *unknown.
 */
uint32_t mm_gfp_parse(const struct mm_gfp_name *table, size_t rows, const char *names,
		      unsigned *unknown);

/*
 * The other way: the names of the rows whose bits are all in gfp and not all named already,
 * the first rows first, joined by '|'. Bits that no row has are left out; no bit is "none".
 * Ends where text[size] is full.
 */
void mm_gfp_text(const struct mm_gfp_name *table, size_t rows, uint32_t gfp, char *text,
		 size_t size);

#endif
