/*
 * What makes one scenario of another, as a JSON merge patch (RFC 7386): members that differ,
 * null for those that go. Points of a sweep are mostly alike.
 */
#ifndef SWEEP_PATCH_H
#define SWEEP_PATCH_H

#include <jansson.h>

/* References of the caller's own; NULL when memory is short. */
json_t *sweep_patch_make(const json_t *from, const json_t *to);
json_t *sweep_patch_apply(const json_t *from, const json_t *patch);

#endif
