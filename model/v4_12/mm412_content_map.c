/*
 * The one page table entry of a page, as its counters see it.
 *
 * Kernel: page_add_new_anon_rmap(), page_add_file_rmap(), page_remove_rmap(), add_mm_counter().
 */
#include "model/v4_12/mm412_sleep.h"

static void count(struct mm412 *mm, uint32_t slot, int64_t sign)
{
	const struct mm412_sleep *sl = mm->sleep;
	const struct mm412_content *c = &sl->contents[mm412_page(mm, slot)->content - 1];
	int64_t pages = mm412_pages(mm, slot);
	bool anon = c->kind == MM_KIND_ANON;

	mm412_task_rss(sl->tasks[c->task], c->kind, sign * pages);
	mm412_lru_node_add(mm, slot, anon ? MM412_NODE_ANON_MAPPED : MM412_NODE_FILE_MAPPED,
			   sign * pages);
	if (anon && pages > 1)
		mm412_lru_node_add(mm, slot, MM412_NODE_ANON_THPS, sign);
}

void mm412_content_map(struct mm412 *mm, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	assert(p->content && !(p->flags & MM412_PG_MAPPED));
	p->flags |= MM412_PG_MAPPED;
	count(mm, slot, 1);
}

void mm412_content_map_not(struct mm412 *mm, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	assert(p->flags & MM412_PG_MAPPED);
	p->flags &= (uint16_t) ~(MM412_PG_MAPPED | MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY);
	count(mm, slot, -1);
}
