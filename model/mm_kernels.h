/*
 * The kernels that there are: one row each. A table of its own, so that a program can be built
 * with other ones (tests/toy): it defines mm_kernels itself, and the library's is left out.
 */
#ifndef MM_KERNELS_H
#define MM_KERNELS_H

#include "model/mm_policy.h"

/* Ends with NULL; the first one is what `pagesim params` is about unless it is told another. */
extern const struct mm_policy *const mm_kernels[];

#endif
