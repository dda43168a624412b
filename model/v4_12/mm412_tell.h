/*
 * Events from under a zone's lock, for who looks at mm->telling first. Frames are given as
 * slots; who listens is told in the order of the calls.
 */
#ifndef MM412_TELL_H
#define MM412_TELL_H

#include "model/v4_12/mm412.h"

/* A block left its free list, or (MM412_NONE) none was to be had. */
void mm412_tell_taken(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot,
		      unsigned order, unsigned type);
/* A page of a per-cpu list went back. */
void mm412_tell_drained(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot,
			unsigned type);
/* A block of 2^found frames of the type `source` was brought to the lists of `type`. */
void mm412_tell_stolen(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot,
		       unsigned order, unsigned found, unsigned type, unsigned source);

#endif
