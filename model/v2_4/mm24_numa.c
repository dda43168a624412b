/*
 * Which node a request tries, and which after it.
 *
 * Kernel: alloc_pages() of mm/numa.c with and without CONFIG_NUMA, alloc_pages_node(), and
 * the alloc_pages() of kernels with one node. With CONFIG_NUMA the walk begins at the CPU's
 * node and goes round pgdat_list, whatever the distances; without, all requests together move
 * one pointer round the list.
 *
 * A CPU on a node without memory begins at the list's head; the kernel has no such CPUs.
 */
#include "model/v2_4/mm24.h"

/* The walk is over after its first node. */
#define ONLY 0x80u

_Static_assert(MM_MAX_NODES <= ONLY, "a walk fits into eight bits");

static unsigned next_of_all(struct mm24 *mm)
{
	unsigned first = mm->next_pgdat < mm->npgdats ? mm->next_pgdat : 0;

	/* Behind the last one there is NULL, for which the next request takes the head. */
	mm->next_pgdat = first + 1;
	return first;
}

unsigned mm24_numa_first(struct mm24 *mm, const struct sim_cpu *cpu, int nid)
{
	unsigned position;

	if (mm->model == MM_MEMORY_CONTIG)
		return 0;
	if (mm->model == MM_MEMORY_DISCONTIG)
		return next_of_all(mm);
	assert((nid < 0 ? cpu->node : (unsigned)nid) < mm->nnodes);
	position = mm->nodes[nid < 0 ? cpu->node : nid].position;
	if (position == MM24_NO_POSITION)
		return 0;
	return nid < 0 ? position : position | ONLY;
}

int mm24_numa_node(const struct mm24 *mm, unsigned first, unsigned n)
{
	unsigned last = first & ONLY ? 1 : mm->npgdats;
	unsigned at = (first & ~ONLY) + n;

	if (n >= last)
		return -1;
	return mm->pgdat_list[at < mm->npgdats ? at : at - mm->npgdats];
}
