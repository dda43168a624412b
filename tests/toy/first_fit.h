/*
 * A third kernel, to show what adding one takes (docs/adding.md): the lowest frames that are
 * free and long enough are taken. No buddies, no types, no lists of CPUs; it never sleeps.
 */
#ifndef FIRST_FIT_H
#define FIRST_FIT_H

#include "model/mm_policy.h"

extern const struct mm_policy first_fit_policy;

#endif
