/*
 * Lists of pages in somebody's hands: threaded through the slots as the LRU lists are, but
 * without a head in the table, so that they can live on an actor's stack. Who follows old links
 * (mm412_pcp_scout()) has to find slots everywhere: the ends link to themselves.
 *
 * Kernel: the LIST_HEADs on the stacks of reclaim, compaction and release_pages().
 */
#include "model/v4_12/mm412_sleep.h"

static void begin(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	mm->s[slot].prev = mm->s[slot].next = slot;
	chain->first = chain->last = slot;
	chain->entries = 1;
}

static void link(struct mm412 *mm, uint32_t before, uint32_t after)
{
	mm->s[before].next = after;
	mm->s[after].prev = before;
}

void mm412_chain_add(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	if (!chain->entries) {
		begin(mm, chain, slot);
		return;
	}
	link(mm, slot, chain->first);
	mm->s[slot].prev = slot;
	chain->first = slot;
	chain->entries++;
}

void mm412_chain_add_tail(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	if (!chain->entries) {
		begin(mm, chain, slot);
		return;
	}
	link(mm, chain->last, slot);
	mm->s[slot].next = slot;
	chain->last = slot;
	chain->entries++;
}

void mm412_chain_del(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot)
{
	uint32_t next = mm->s[slot].next, prev = mm->s[slot].prev;

	assert(chain->entries > 0);
	if (--chain->entries == 0) {
		assert(chain->first == slot);
		*chain = mm412_chain_empty();
		return;
	}
	if (slot == chain->first) {
		chain->first = next;
		mm->s[next].prev = next;
	} else if (slot == chain->last) {
		chain->last = prev;
		mm->s[prev].next = prev;
	} else {
		link(mm, prev, next);
	}
}

void mm412_chain_splice(struct mm412 *mm, struct mm412_chain *chain, struct mm412_chain *from)
{
	if (!from->entries)
		return;
	if (chain->entries)
		link(mm, from->last, chain->first);
	else
		chain->last = from->last;
	chain->first = from->first;
	chain->entries += from->entries;
	*from = mm412_chain_empty();
}
