/*
 * The memory of the swap cache's trees: a node for each 64 slots in a row of which one has a
 * page, a node for each 64 of those, and a root for each 64 MiB of swap, which is a tree.
 *
 * Kernel: radix_tree_insert() and radix_tree_delete() of lib/radix-tree.c as
 * __add_to_swap_cache() and __delete_from_swap_cache() call them, whose nodes are asked for
 * with the trees' own flags, GFP_ATOMIC: where memory is short such a request takes a pageblock
 * for high-priority requests.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_objects.h"
#include "model/v4_12/mm412_swap.h"

enum { LEVELS = MM412_SWAP_NODE_LEVELS };

static const unsigned shift[LEVELS] = { 6, 12, 14 };

#define NODE_GFP                                                                               \
	((uint32_t)(MM412_GFP_HIGH | MM412_GFP_ATOMIC | MM412_GFP_KSWAPD_RECLAIM |             \
		    MM412_GFP_NOWARN))

static bool make(struct mm412_swap *swap)
{
	for (unsigned l = 0; l < LEVELS; l++) {
		swap->nodes[l] = calloc((swap->max >> shift[l]) + 1, sizeof(*swap->nodes[l]));
		if (!swap->nodes[l])
			return false;
	}
	return true;
}

void mm412_swap_nodes_done(struct mm412_swap *swap)
{
	for (unsigned l = 0; l < LEVELS; l++) {
		free(swap->nodes[l]);
		swap->nodes[l] = NULL;
	}
}

static void leave(struct mm412 *mm, struct mm412_swap_node *node)
{
	assert(node->used > 0);
	if (--node->used == 0)
		mm412_objects_put(mm, MM412_OBJECT_NODE, node->object);
}

static bool enter(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		  struct mm412_swap_node *node)
{
	uint32_t object;

	if (node->used == 0) {
		object = mm412_objects_take(mm, cpu, task, MM412_OBJECT_NODE, NODE_GFP);
		if (object == MM412_NO_OBJECT)
			return false;
		/* Others ran, and may have needed the same node. */
		if (node->used)
			mm412_objects_put(mm, MM412_OBJECT_NODE, object);
		else
			node->object = object;
	}
	node->used++;
	return true;
}

bool mm412_swap_nodes_take(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			   uint32_t slot)
{
	struct mm412_swap *swap = mm->sleep->swap;

	if (!mm412_objects_on(mm))
		return true;
	if (!swap->nodes[LEVELS - 1] && !make(swap))
		return false;
	for (unsigned l = LEVELS; l-- > 0;) {
		if (enter(mm, cpu, task, &swap->nodes[l][slot >> shift[l]]))
			continue;
		while (++l < LEVELS)
			leave(mm, &swap->nodes[l][slot >> shift[l]]);
		return false;
	}
	return true;
}

void mm412_swap_nodes_put(struct mm412 *mm, uint32_t slot)
{
	struct mm412_swap *swap = mm->sleep->swap;

	for (unsigned l = 0; mm412_objects_on(mm) && l < LEVELS; l++)
		leave(mm, &swap->nodes[l][slot >> shift[l]]);
}
