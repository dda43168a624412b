/* A state that a later replay goes on from. See mm_policy.h. */
#ifndef MM412_SAVE_H
#define MM412_SAVE_H

#include "model/v4_12/mm412.h"

void mm412_save(const void *state, const struct mm_saver *to);
bool mm412_save_content(const void *state, uint32_t content, struct mm_content *what);
bool mm412_save_keep(void *state, const struct mm_keeper *k, char *text, size_t size);

#endif
