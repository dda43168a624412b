/*
 * Huge pages: one page on the LRU lists and one entry for 512 contents, until it is split.
 *
 * Contents end one by one. A huge page that has lost some of them stays whole on its node's
 * queue until reclaim splits it, or goes as one block with the last of them: whoever frees all
 * of it at once ends all contents in a row. Meanwhile its entry counts the lost ones in `swap`,
 * since no huge page is in the swap cache, and says in `spare` that it is on the queue, which
 * is threaded through the slots of second frames.
 *
 * Kernel: split_huge_page_to_list(), lru_add_page_tail(), zap_huge_pmd(),
 * deferred_split_huge_page(), deferred_split_scan(). Only anonymous memory is huge: shared
 * memory is not unless it is mounted so. Huge pages are not collapsed.
 */
#include "model/v4_12/mm412_sleep.h"

#define PARTS MM412_BLOCK_FRAMES

static uint32_t head_of(uint32_t slot)
{
	return slot & ~(PARTS - 1);
}

/* ---- the queue -------------------------------------------------------------------------- */

static void queue_add(struct mm412 *mm, uint32_t head)
{
	struct mm412_node_sleep *node = mm412_node_of(mm, head);

	if (mm412_page(mm, head)->spare)
		return;
	mm412_page(mm, head)->spare = 1;
	if (!node->split_queue.entries)
		node->split_queue = mm412_chain_empty();
	mm412_chain_add_tail(mm, &node->split_queue, head + 1);
}

/* deferred_split_huge_page() */
static void defer(struct mm412 *mm, uint32_t head)
{
	if (!mm412_page(mm, head)->spare)
		mm412_count(mm, MM412_THP_DEFERRED_SPLIT_PAGE, 1);
	queue_add(mm, head);
}

static void queue_del(struct mm412 *mm, uint32_t head)
{
	if (!mm412_page(mm, head)->spare)
		return;
	mm412_page(mm, head)->spare = 0;
	mm412_chain_del(mm, &mm412_node_of(mm, head)->split_queue, head + 1);
}

uint64_t mm412_huge_deferred(const struct mm412 *mm, const struct mm412_node_sleep *node)
{
	(void)mm;
	return node->split_queue.entries;
}

uint64_t mm412_huge_scan(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 uint64_t nr)
{
	uint64_t split = 0;

	if (nr > node->split_queue.entries)
		nr = node->split_queue.entries;
	/* Others can run while a page is split: they may empty the queue. */
	while (nr-- && node->split_queue.entries) {
		uint32_t head = node->split_queue.first - 1;

		queue_del(mm, head);
		mm412_lru_pin(mm, head);
		if (mm412_huge_split(mm, cpu, head, NULL))
			split++;
		else if (mm412_tag_order(mm->s[head].tag) == MM412_HUGE_ORDER &&
			 mm412_page(mm, head)->content)
			queue_add(mm, head);
		mm412_lru_put(mm, cpu, head, false);
	}
	return split;
}

/* ---- the end of a part ------------------------------------------------------------------ */

static void zap(struct mm412 *mm, struct sim_cpu *cpu, uint32_t head)
{
	struct mm412_page *p = mm412_page(mm, head);

	queue_del(mm, head);
	p->swap = 0;
	p->flags &= (uint16_t) ~(MM412_PG_MAPPED | MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY);
	mm412_lru_node_add(mm, head, MM412_NODE_ANON_THPS, -1);
	p->content = 0;
	mm412_lru_release(mm, cpu, head);
}

/* The page names one of its contents, which are numbered from a multiple of 512 on. */
static uint32_t first_of(const struct mm412_page *p)
{
	return (p->content - 1) & ~(PARTS - 1);
}

/* ... that is still there. */
static void name_another(struct mm412 *mm, uint32_t head, uint32_t number)
{
	struct mm412_page *p = mm412_page(mm, head);
	uint32_t first = first_of(p), i = number - first;

	if (p->content != number + 1)
		return;
	for (unsigned n = 1; n < PARTS; n++) {
		i = (i + 1) % PARTS;
		if (mm->sleep->contents[first + i].huge) {
			p->content = first + i + 1;
			return;
		}
	}
}

void mm412_huge_drop(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number)
{
	struct mm412_content *c = &mm->sleep->contents[number];
	uint32_t head = head_of(c->where);

	assert(c->huge && mm412_tag_order(mm->s[head].tag) == MM412_HUGE_ORDER);
	c->huge = false;
	name_another(mm, head, number);
	mm412_task_rss(mm->sleep->tasks[c->task], MM_KIND_ANON, -1);
	mm412_lru_node_add(mm, head, MM412_NODE_ANON_MAPPED, -1);
	if (++mm412_page(mm, head)->swap == PARTS)
		zap(mm, cpu, head);
	else
		defer(mm, head);
}

/* ---- splitting -------------------------------------------------------------------------- */

/* A frame of what was a huge page, with what it holds, if anything. */
static void make_part(struct mm412 *mm, uint32_t slot, uint32_t number, struct mm412_page head)
{
	enum {
		KEPT = MM412_PG_REFERENCED | MM412_PG_SWAPBACKED | MM412_PG_ACTIVE |
		       MM412_PG_UNEVICTABLE | MM412_PG_DIRTY,
		OF_ENTRY = MM412_PG_MAPPED | MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY,
	};
	struct mm412_content *c = &mm->sleep->contents[number];
	bool held = c->huge;

	*mm412_page(mm, slot) = (struct mm412_page){
		.content = held ? number + 1 : 0,
		.flags = (uint16_t)(head.flags & (held ? KEPT | OF_ENTRY : KEPT)),
	};
	c->huge = false;
}

/* Next to the head, so that who comes from the tail meets the pages in their order. */
static void beside_head(struct mm412 *mm, uint32_t head, uint32_t slot, enum mm412_lru lru)
{
	struct mm412_node_sleep *node = mm412_node_of(mm, head);

	mm412_page(mm, slot)->flags |= MM412_PG_LRU;
	mm->s[slot].use |= MM_USE_LRU;
	mm_list_add_tail(mm->s, head, slot);
	mm->s[mm412_lru_head(node, lru)].stamp++;
}

/* lru_add_page_tail(). What nobody needs any more does not go on a chain. */
static void place_part(struct mm412 *mm, struct sim_cpu *cpu, uint32_t head, uint32_t slot,
		       struct mm412_chain *rest)
{
	struct mm412_page *p = mm412_page(mm, slot);
	enum mm412_lru lru = mm412_lru_of(mm, slot);

	mm412_charge(cpu, mm->cost.lru_page);
	if (mm412_page(mm, head)->flags & MM412_PG_LRU) {
		beside_head(mm, head, slot, lru);
	} else if (!rest) {
		mm412_lru_link_tail(mm, slot, lru);
	} else if (p->content) {
		p->flags |= MM412_PG_ISOLATED;
		mm412_lru_pin(mm, slot);
		mm412_chain_add_tail(mm, rest, slot);
	}
	if (lru != MM412_UNEVICTABLE)
		mm412_lru_scanned(mm412_node_of(mm, head), MM412_ANON,
				  p->flags & MM412_PG_ACTIVE);
}

/* Frames that hold nothing any more: a bit for each. */
struct empty {
	uint64_t bits[PARTS / 64];
};

/* Under lru_lock, which keeps others away. Empty frames are pinned. */
static void split(struct mm412 *mm, struct sim_cpu *cpu, uint32_t head,
		  struct mm412_chain *rest, struct empty *empty)
{
	struct mm412_page *p = mm412_page(mm, head);
	uint32_t first = first_of(p);
	bool isolated = !(p->flags & MM412_PG_LRU);

	queue_del(mm, head);
	/* The entries are made anew, and old. */
	p->flags &= (uint16_t)~MM412_PG_PTE_YOUNG;
	mm412_lru_node_add(mm, head, MM412_NODE_ANON_THPS, -1);
	mm412_alloc_split(mm, mm412_frame(mm, head), MM412_HUGE_ORDER);
	for (uint32_t i = PARTS; --i > 0;) {
		if (isolated)
			mm->s[head + i].use &= (uint8_t)~MM_USE_LRU;
		make_part(mm, head + i, first + i, *p);
		place_part(mm, cpu, head, head + i, rest);
		if (mm412_page(mm, head + i)->content)
			continue;
		mm412_lru_pin(mm, head + i);
		empty->bits[i / 64] |= UINT64_C(1) << i % 64;
	}
	p->content = first + 1;
	p->swap = 0;
	if (!mm->sleep->contents[first].huge) {
		p->content = 0;
		p->flags &=
			(uint16_t) ~(MM412_PG_MAPPED | MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY);
	}
	mm->sleep->contents[first].huge = false;
	mm412_count(mm, MM412_THP_SPLIT_PMD, 1);
	mm412_count(mm, MM412_THP_SPLIT_PAGE, 1);
}

static void release_empty(struct mm412 *mm, struct sim_cpu *cpu, uint32_t head,
			  const struct empty *empty)
{
	for (uint32_t i = 1; i < PARTS; i++)
		if (empty->bits[i / 64] >> i % 64 & 1)
			mm412_lru_put(mm, cpu, head + i, false);
}

bool mm412_huge_split(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
		      struct mm412_chain *rest)
{
	struct mm412_page *p = mm412_page(mm, slot);
	struct mm412_node_sleep *node = mm412_node_of(mm, slot);
	struct empty empty = { { 0 } };
	bool huge, can;

	mm412_charge(cpu, mm->cost.unmap);
	mm412_lru_lock(mm, cpu, node);
	huge = mm412_tag_order(mm->s[slot].tag) == MM412_HUGE_ORDER;
	can = huge && p->pins == 1 && p->content;
	if (can)
		split(mm, cpu, slot, rest, &empty);
	else if (huge)
		mm412_count(mm, MM412_THP_SPLIT_PAGE_FAILED, 1);
	mm412_lru_unlock(cpu, node);
	release_empty(mm, cpu, slot, &empty);
	return can;
}
