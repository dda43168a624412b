/* A state that a later replay goes on from. See mm_policy.h. */
#ifndef MM24_SAVE_H
#define MM24_SAVE_H

#include "model/v2_4/mm24.h"

void mm24_state_put_listed(void *state);
void mm24_save(const void *state, const struct mm_saver *to);
bool mm24_save_content(const void *state, uint32_t content, struct mm_content *what);
bool mm24_save_keep(void *state, const struct mm_keeper *k, char *text, size_t size);

#endif
