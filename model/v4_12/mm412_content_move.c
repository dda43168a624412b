/*
 * A content moves to another page.
 *
 * Kernel: migrate_page_move_mapping(), migrate_page_copy(), remove_migration_pte(). Both pages
 * are single ones, in use and off the LRU lists.
 */
#include "model/v4_12/mm412_sleep.h"

static void shift(struct mm412 *mm, uint32_t from, uint32_t to, enum mm412_node_item item)
{
	mm412_lru_node_add(mm, from, item, -1);
	mm412_lru_node_add(mm, to, item, 1);
}

static void shift_mapped(struct mm412 *mm, uint32_t from, uint32_t to, enum mm_kind kind)
{
	if (mm412_page(mm, from)->flags & MM412_PG_MAPPED)
		shift(mm, from, to,
		      kind == MM_KIND_ANON ? MM412_NODE_ANON_MAPPED : MM412_NODE_FILE_MAPPED);
}

static void shift_cached(struct mm412 *mm, uint32_t from, uint32_t to, enum mm_kind kind)
{
	unsigned flags = mm412_page(mm, from)->flags;
	bool swapcache = flags & MM412_PG_SWAPCACHE;

	if (swapcache || kind == MM_KIND_FILE || kind == MM_KIND_SHMEM)
		shift(mm, from, to, MM412_NODE_FILE_PAGES);
	if (kind == MM_KIND_SHMEM && !swapcache)
		shift(mm, from, to, MM412_NODE_SHMEM);
	if (kind == MM_KIND_FILE && (flags & MM412_PG_DIRTY)) {
		shift(mm, from, to, MM412_NODE_FILE_DIRTY);
		mm412_lru_zone_add(mm, from, MM412_ZONE_WRITE_PENDING, -1);
		mm412_lru_zone_add(mm, to, MM412_ZONE_WRITE_PENDING, 1);
	}
}

/* Of a page that swap alone remembers it does not matter what it was. */
static enum mm_kind kind_of(const struct mm412 *mm, const struct mm412_page *p)
{
	return p->content ? (enum mm_kind)mm->sleep->contents[p->content - 1].kind
			  : MM_KIND_ANON;
}

bool mm412_content_move(struct mm412 *mm, struct sim_cpu *cpu, uint32_t from, uint32_t to,
			enum mm412_compact_mode mode)
{
	/* migrate_page_copy() does not know of PG_reclaim. */
	enum {
		STAYS = MM412_PG_ISOLATED | MM412_PG_LOCKED,
		LOST = MM412_PG_PTE_YOUNG | MM412_PG_RECLAIM
	};
	struct mm412_page *f = mm412_page(mm, from), *t = mm412_page(mm, to);
	enum mm_kind kind = kind_of(mm, f);

	(void)cpu;
	(void)mode;
	assert(!t->content && !t->flags && mm412_pages(mm, to) == 1);
	if (mm412_pages(mm, from) > 1 || (f->flags & (MM412_PG_WRITEBACK | MM412_PG_LRU)))
		return false;
	if (!f->content && !(f->flags & MM412_PG_SWAPCACHE))
		return false;
	shift_mapped(mm, from, to, kind);
	shift_cached(mm, from, to, kind);
	t->content = f->content;
	t->swap = f->swap;
	t->flags = (uint16_t)(f->flags & ~(STAYS | LOST));
	if (f->content)
		mm->sleep->contents[f->content - 1].where = to;
	if (f->flags & MM412_PG_SWAPCACHE)
		mm412_swap_cache_move(mm, f->swap, to);
	mm->s[to].use = (uint8_t)(mm->s[from].use & ~(unsigned)MM_USE_LRU);
	f->content = 0;
	f->swap = 0;
	f->flags &= STAYS;
	return true;
}
