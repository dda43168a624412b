/*
 * Address spaces: one area of pages each, a table of entries, and what happens to single
 * entries outside reclaim.
 *
 * Kernel: exec's place in mmlist, mmput(), free_pte() of zap_pte_range(), do_swap_page() with
 * read_swap_cache_async(). Swap-in reads the one page that is wanted.
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

struct mm24_space *mm24_space_new(struct mm24 *mm, uint32_t id, uint32_t pages)
{
	struct mm24_space *space = calloc(1, sizeof(*space));

	if (!space)
		return NULL;
	space->pte = pages ? calloc(pages, sizeof(*space->pte)) : NULL;
	if (pages && !space->pte) {
		free(space);
		return NULL;
	}
	space->id = id;
	space->pages = space->room = pages;
	space->users = 1;
	space->cpu = MM24_NONE;
	space->lock.hand_over = mm->lru_lock.hand_over;
	space->lock.spins = mm->lru_lock.spins;
	space->next = mm->mmlist;
	mm->mmlist = space;
	return space;
}

struct mm24_space *mm24_space_find(const struct mm24 *mm, uint32_t id)
{
	struct mm24_space *space = mm->mmlist;

	while (space && space->id != id)
		space = space->next;
	return space;
}

void mm24_space_put(struct mm24 *mm, struct mm24_space *space)
{
	struct mm24_space **link = &mm->mmlist;

	assert(space->users > 0);
	if (--space->users)
		return;
	while (*link != space)
		link = &(*link)->next;
	*link = space->next;
	mm24_snapshot_forget_lock(mm, &space->lock);
	free(space->pte);
	free(space->content);
	free(space);
}

/* Room for one more entry; false: memory is short, nothing has changed. */
static bool grow(struct mm24_space *space)
{
	uint32_t room = space->room ? space->room * 2 : 64;
	struct mm24_pte *pte;
	uint32_t *content;

	if (room <= space->room)
		return false;
	pte = realloc(space->pte, room * sizeof(*pte));
	if (!pte)
		return false;
	space->pte = pte;
	content = realloc(space->content, room * sizeof(*content));
	if (!content)
		return false;
	space->content = content;
	for (uint32_t i = space->room; i < room; i++)
		pte[i] = (struct mm24_pte){ 0 };
	space->room = room;
	return true;
}

uint32_t mm24_space_entry(struct mm24_space *space)
{
	uint32_t vpn;

	if (space->free) {
		vpn = space->free - 1;
		space->free = space->pte[vpn].value;
		return vpn;
	}
	if (space->pages == space->room && !grow(space))
		return MM24_NONE;
	return space->pages++;
}

void mm24_space_map(struct mm24_space *space, uint32_t vpn, uint32_t page, unsigned flags)
{
	assert(vpn < space->pages && space->pte[vpn].flags == 0);
	space->pte[vpn] = (struct mm24_pte){ .value = page, .flags = MM24_PTE_PRESENT | flags };
	space->rss++;
}

/* As free_pte(): whether rss shrinks. */
static bool free_entry(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_pte pte)
{
	uint16_t *tag;

	if (pte.flags & MM24_PTE_SWAP) {
		mm24_swap_free(mm, pte.value);
		return false;
	}
	tag = &mm->s[pte.value].tag;
	if (*tag & MM24_RESERVED)
		return false;
	if ((pte.flags & MM24_PTE_DIRTY) && (*tag & MM24_MAPPING))
		*tag |= MM24_DIRTY;
	mm24_swap_free_page(mm, cpu, pte.value);
	return true;
}

void mm24_space_unmap(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_space *space,
		      uint32_t vpn)
{
	struct mm24_pte pte;

	space->users++;
	mm24_lock(mm, cpu, &space->lock, SIM_CAUSE_FREE);
	mm24_charge(cpu, mm->cost.pte_step);
	pte = space->pte[vpn];
	if (pte.flags) {
		space->pte[vpn] = (struct mm24_pte){ 0 };
		if (space->content) {
			space->pte[vpn].value = space->free;
			space->free = vpn + 1;
		}
		if (free_entry(mm, cpu, pte) && space->rss)
			space->rss--;
	}
	sim_unlock(cpu, &space->lock);
	mm24_space_put(mm, space);
}

/*
 * The end of do_swap_page(): the reference to the page becomes the entry's, and the entry's
 * use of the slot ends. False: something has changed meanwhile, the reference is dropped.
 */
static bool map_swapped(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_space *space,
			uint32_t vpn, uint32_t slot, uint32_t page, bool write)
{
	struct mm24_pte *pte = &space->pte[vpn];
	bool same = (pte->flags & MM24_PTE_SWAP) && pte->value == slot;

	if (!same || (mm->s[page].tag & MM24_LOCKED) || mm->swap.page[slot] != page) {
		mm24_swap_free_page(mm, cpu, page);
		return false;
	}
	space->rss++;
	*pte = (struct mm24_pte){ .value = page, .flags = MM24_PTE_PRESENT | MM24_PTE_YOUNG };
	mm24_swap_free(mm, slot);
	if (write && !mm24_swap_shared(mm, page))
		pte->flags |= MM24_PTE_DIRTY;
	return true;
}

static enum mm24_swapin from_cache(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
				   struct mm24_space *space, uint32_t vpn, bool write,
				   uint32_t page)
{
	uint32_t slot = space->pte[vpn].value;

	if (mm->s[page].tag & MM24_LOCKED)
		return MM24_SWAPIN_LOCKED;
	/* Nobody takes a page away that somebody else refers to. */
	mm24_page(mm, page)->count++;
	mm24_cache_find(mm, cpu, page, task);
	return map_swapped(mm, cpu, space, vpn, slot, page, write) ? MM24_SWAPIN_DONE
								   : MM24_SWAPIN_LOCKED;
}

/* As read_swap_cache_async(), waited for. */
static enum mm24_swapin from_disk(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
				  struct mm24_space *space, uint32_t vpn, bool write,
				  uint32_t *page)
{
	uint32_t slot = space->pte[vpn].value;
	uint32_t fresh;

	mm24_swap_dup(mm, slot); /* for the swap cache */
	fresh = mm24_alloc_page(mm, cpu, task, MM24_GFP_USER);
	*page = mm->swap.page[slot];
	if (fresh == MM24_NONE || *page != MM24_NONE) {
		mm24_swap_free(mm, slot);
		if (fresh != MM24_NONE)
			mm24_buddy_put(mm, cpu, fresh, 0);
		return *page == MM24_NONE ? MM24_SWAPIN_NOTHING : MM24_SWAPIN_LOCKED;
	}
	*page = fresh;
	mm->s[fresh].tag |= MM24_LOCKED;
	mm24_swap_cache_add(mm, cpu, fresh, slot);
	mm24_io_read(mm, cpu, true, slot);
	mm->s[fresh].tag &= (uint16_t)~MM24_LOCKED;
	return map_swapped(mm, cpu, space, vpn, slot, fresh, write) ? MM24_SWAPIN_DONE
								    : MM24_SWAPIN_NOTHING;
}

enum mm24_swapin mm24_space_swap_in(struct mm24 *mm, struct sim_cpu *cpu,
				    struct mm24_task *task, struct mm24_space *space,
				    uint32_t vpn, bool write, uint32_t *page)
{
	enum mm24_swapin result;

	*page = MM24_NONE;
	if (vpn >= space->pages || !(space->pte[vpn].flags & MM24_PTE_SWAP))
		return MM24_SWAPIN_NOTHING;
	mm24_charge(cpu, mm->cost.fault);
	*page = mm->swap.page[space->pte[vpn].value];
	/* Golden replays of several nodes read nothing. */
	if (*page == MM24_NONE && !mm->host && mm->model != MM_MEMORY_CONTIG)
		return MM24_SWAPIN_NONE;
	space->users++;
	if (*page != MM24_NONE)
		result = from_cache(mm, cpu, task, space, vpn, write, *page);
	else
		result = from_disk(mm, cpu, task, space, vpn, write, page);
	mm24_space_put(mm, space);
	return result;
}
