/*
 * Lists of pages in somebody's hands: threaded through the slots as the LRU lists are, but
 * without a head in the table, so that they can live on an actor's stack.
 *
 * Kernel: the LIST_HEADs on the stacks of reclaim, compaction and release_pages().
 */
#include "model/v4_12/mm412_sleep.h"

void mm412_chain_add(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	mm->s[slot].prev = MM412_NONE;
	mm->s[slot].next = chain->first;
	if (chain->first == MM412_NONE)
		chain->last = slot;
	else
		mm->s[chain->first].prev = slot;
	chain->first = slot;
	chain->entries++;
}

void mm412_chain_add_tail(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	mm->s[slot].next = MM412_NONE;
	mm->s[slot].prev = chain->last;
	if (chain->last == MM412_NONE)
		chain->first = slot;
	else
		mm->s[chain->last].next = slot;
	chain->last = slot;
	chain->entries++;
}

void mm412_chain_del(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	uint32_t next = mm->s[slot].next, prev = mm->s[slot].prev;

	assert(chain->entries > 0);
	if (prev == MM412_NONE)
		chain->first = next;
	else
		mm->s[prev].next = next;
	if (next == MM412_NONE)
		chain->last = prev;
	else
		mm->s[next].prev = prev;
	chain->entries--;
}

void mm412_chain_splice(struct mm412 *mm, struct mm412_chain *chain, struct mm412_chain *from)
{
	if (from->first == MM412_NONE)
		return;
	mm->s[from->last].next = chain->first;
	if (chain->first == MM412_NONE)
		chain->last = from->last;
	else
		mm->s[chain->first].prev = from->last;
	chain->first = from->first;
	chain->entries += from->entries;
	*from = mm412_chain_empty();
}
