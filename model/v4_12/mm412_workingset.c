/*
 * Refault distance: a file page that comes back after fewer evictions and activations than
 * the active list has pages would have stayed, had it been there. It begins active.
 *
 * Kernel: mm/workingset.c. A shadow is the node's age at the eviction and the node; the
 * kernel's has fewer bits for the age, which no run reaches. mm412_shadow.c forgets them.
 */
#include "model/v4_12/mm412_sleep.h"

/* Bit 0 is set, so that no shadow is 0. */
enum { NODE_SHIFT = 1, AGE_SHIFT = 7, NODE_MASK = MM_MAX_NODES - 1 };

_Static_assert(MM_MAX_NODES == 1 << (AGE_SHIFT - NODE_SHIFT), "a shadow holds each node");

uint64_t mm412_workingset_eviction(struct mm412 *mm, uint32_t slot)
{
	struct mm412_node_sleep *node = mm412_node_of(mm, slot);
	uint64_t age = ++node->lru.inactive_age;

	return age << AGE_SHIFT | (uint64_t)node->nid << NODE_SHIFT | 1;
}

bool mm412_workingset_refault(struct mm412 *mm, uint64_t shadow)
{
	struct mm412_node_sleep *node = &mm->sleep->nodes[shadow >> NODE_SHIFT & NODE_MASK];
	uint64_t distance = node->lru.inactive_age - (shadow >> AGE_SHIFT);

	assert(shadow & 1);
	node->stat[MM412_NODE_WORKINGSET_REFAULT]++;
	if (distance > mm412_lru_size(mm, node, MM412_ACTIVE_FILE, MM412_ZONE_TYPES))
		return false;
	node->stat[MM412_NODE_WORKINGSET_ACTIVATE]++;
	return true;
}

void mm412_workingset_activation(struct mm412 *mm, uint32_t slot)
{
	mm412_node_of(mm, slot)->lru.inactive_age++;
}
