/*
 * Slab caches whose objects reclaim itself needs while it makes room: a bio for each page that
 * is on its way to swap, and the nodes of the swap cache's trees. Their pages come from the
 * same free lists, at the worst moment, and go back when the writes end.
 *
 * With vm.swap_takes_memory=0 nobody takes any: the requests that a trace holds stand for them.
 */
#ifndef MM412_OBJECTS_H
#define MM412_OBJECTS_H

#include "model/v4_12/mm412_sleep_state.h"

enum mm412_object { MM412_OBJECT_BIO, MM412_OBJECT_NODE, MM412_OBJECTS };

/* What stands for an object where none was taken. */
#define MM412_NO_OBJECT UINT32_MAX

static inline bool mm412_objects_on(const struct mm412 *mm)
{
	return mm->params.swap_takes_memory[0];
}

/*
 * kmem_cache_alloc(): on an actor, for a task that reclaims, with the request's own flags. The
 * slab that the object is on, to be given back with mm412_objects_put(), or MM412_NO_OBJECT.
 * Others can run.
 */
uint32_t mm412_objects_take(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			    enum mm412_object kind, uint32_t gfp);
/* kmem_cache_free(). Nobody else runs: pages go with mm412_objects_trim(). */
void mm412_objects_put(struct mm412 *mm, enum mm412_object kind, uint32_t slab);
/* discard_slab() of the slabs that are empty by now, which the kernel puts off, too (RCU, the
 * interrupt that ends a write). Others can run. */
void mm412_objects_trim(struct mm412 *mm, struct sim_cpu *cpu);
/* Pages that the slabs of a kind are. */
uint32_t mm412_objects_pages(const struct mm412 *mm, enum mm412_object kind);
void mm412_objects_done(struct mm412 *mm);

#endif
