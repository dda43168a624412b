/* Invariants of pages with contents and of the LRU lists, checked page by page. */
#include "model/v4_12/mm412_check_lru.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/v4_12/mm412_swap.h"

bool mm412_check_lru_wrong(const struct mm412_check_lru *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->text, c->size, fmt, ap);
	va_end(ap);
	return false;
}

static bool wrong(const struct mm412_check_lru *c, uint32_t slot, const char *what)
{
	return mm412_check_lru_wrong(c, "frame %" PRIu64 " %s", mm412_frame(c->mm, slot), what);
}

/* ---- pagevecs --------------------------------------------------------------------------- */

static bool check_pagevec(struct mm412_check_lru *c, const struct mm412_pagevec *pv)
{
	const struct mm412 *mm = c->mm;

	if (pv->n > MM412_PAGEVEC)
		return mm412_check_lru_wrong(c, "a pagevec has %u pages", pv->n);
	for (uint32_t i = 0; i < pv->n; i++) {
		uint32_t slot = pv->page[i];

		if (slot < mm->frame0 || slot >= mm->slots ||
		    mm412_tag_state(mm->s[slot].tag) != MM412_USED)
			return mm412_check_lru_wrong(
				c, "a pagevec holds slot %u, which is no page in use", slot);
		c->queued[slot - mm->frame0]++;
	}
	return true;
}

static bool check_pagevecs(struct mm412_check_lru *c)
{
	for (unsigned which = 0; which < MM412_PAGEVECS; which++)
		for (unsigned cpu = 0; cpu < c->mm->ncpus; cpu++)
			if (!check_pagevec(c, &c->mm->sleep->pagevec[which][cpu]))
				return false;
	return true;
}

/* ---- pages ------------------------------------------------------------------------------ */

/* Pages of a huge one share its first frame's entry. */
static uint32_t head_of(const struct mm412_content *content)
{
	return content->huge ? content->where & ~(MM412_BLOCK_FRAMES - 1) : content->where;
}

static bool check_content(const struct mm412_check_lru *c, uint32_t slot,
			  const struct mm412_page *page)
{
	const struct mm412_sleep *sleep = c->mm->sleep;
	const struct mm412_content *content;

	if (page->content > sleep->ncontents)
		return wrong(c, slot, "has a content that was never made");
	content = &sleep->contents[page->content - 1];
	if (!content->live || content->ended || content->place != MM412_IN_MEMORY ||
	    head_of(content) != slot)
		return wrong(c, slot, "has a content that is not there");
	if ((content->kind == MM_KIND_SLAB) != ((page->flags & MM412_PG_SLAB) != 0))
		return wrong(c, slot, "and its content differ on whether it is a slab page");
	if (content->kind != MM_KIND_SLAB &&
	    (content->kind == MM_KIND_FILE) == ((page->flags & MM412_PG_SWAPBACKED) != 0))
		return wrong(c, slot, "is on the lists of another kind than its content's");
	return true;
}

static bool check_flags(const struct mm412_check_lru *c, uint32_t slot,
			const struct mm412_page *page)
{
	unsigned flags = page->flags;
	unsigned use = c->mm->s[slot].use;

	if (flags & MM412_PG_LRU && flags & (MM412_PG_ISOLATED | MM412_PG_SLAB))
		return wrong(c, slot, "is on an LRU list and elsewhere");
	if (flags & MM412_PG_LRU && !mm412_lru_held(c->mm, slot))
		return wrong(c, slot, "is on an LRU list, but nobody's");
	/* Whoever handed a new page out may count it before it comes from its pagevec. */
	if (page->content && !(flags & MM412_PG_LRU) != !(use & MM_USE_LRU) &&
	    !(use & MM_USE_LRU && c->queued[slot - c->mm->frame0]))
		return wrong(c, slot, "and the core differ on whether it is on an LRU list");
	if (flags & MM412_PG_ACTIVE && flags & MM412_PG_UNEVICTABLE)
		return wrong(c, slot, "is active and unevictable");
	if (flags & MM412_PG_MAPPED && !page->content)
		return wrong(c, slot, "is mapped, but has no content");
	if (flags & MM412_PG_SWAPCACHE &&
	    (!(flags & MM412_PG_SWAPBACKED) || mm412_swap_cached(c->mm, page->swap) != slot))
		return wrong(c, slot, "is in the swap cache, which does not know it");
	return true;
}

/* Who is on no list has to be in somebody's hands. */
static bool check_pins(const struct mm412_check_lru *c, uint32_t slot,
		       const struct mm412_page *page)
{
	unsigned queued = c->queued[slot - c->mm->frame0];
	unsigned flags = page->flags;

	if (page->pins < queued)
		return wrong(c, slot, "is in more pagevecs than have pinned it");
	if (flags & MM412_PG_ISOLATED && page->pins == queued)
		return wrong(c, slot, "was taken off its list by nobody");
	if (mm412_lru_held(c->mm, slot) && !(flags & (MM412_PG_LRU | MM412_PG_SLAB)) &&
	    !page->pins)
		return wrong(c, slot, "is on no LRU list and in nobody's hands");
	if (!c->rest)
		return true;
	if (page->pins != queued)
		return wrong(c, slot, "is pinned, but nobody works");
	if (flags & (MM412_PG_ISOLATED | MM412_PG_LOCKED))
		return wrong(c, slot, "is isolated or locked, but nobody works");
	return true;
}

static void count_pages(struct mm412_check_lru *c, uint32_t slot, const struct mm412_page *page)
{
	const struct mm412 *mm = c->mm;
	int64_t *node = c->nodes[mm412_node_of(mm, slot)->nid].stat;
	int64_t *zone = c->zones[mm412_tag_zone(mm->s[slot].tag)].stat;
	unsigned flags = page->flags;
	bool in_cache = flags & MM412_PG_SWAPCACHE;
	bool file_dirty = flags & MM412_PG_DIRTY && !(flags & MM412_PG_SWAPBACKED);
	bool writeback = flags & MM412_PG_WRITEBACK;
	int64_t pages = mm412_pages(mm, slot);

	if (flags & MM412_PG_LRU)
		zone[MM412_ZONE_LRU + mm412_lru_of(mm, slot)] += pages;
	if (flags & MM412_PG_SLAB)
		zone[MM412_ZONE_SLAB_RECLAIMABLE] += pages;
	zone[MM412_ZONE_WRITE_PENDING] += file_dirty + writeback;
	node[MM412_NODE_FILE_DIRTY] += file_dirty;
	node[MM412_NODE_WRITEBACK] += writeback;
	node[MM412_NODE_FILE_PAGES] += in_cache;
	c->swap_slots += in_cache;
}

static bool check_page(struct mm412_check_lru *c, uint32_t slot)
{
	const struct mm412_page *page = mm412_page(c->mm, slot);

	if (page->content && !check_content(c, slot, page))
		return false;
	if (!check_flags(c, slot, page) || !check_pins(c, slot, page))
		return false;
	count_pages(c, slot, page);
	return true;
}

static bool check_unused(const struct mm412_check_lru *c, uint32_t slot)
{
	static const struct mm412_page none;

	if (memcmp(mm412_page(c->mm, slot), &none, sizeof(none)) != 0)
		return wrong(c, slot, "is nobody's page, but has traces of one");
	if (c->queued[slot - c->mm->frame0])
		return wrong(c, slot, "is nobody's page, but in a pagevec");
	return true;
}

static bool check_zone(struct mm412_check_lru *c, const struct mm412_zone *zone)
{
	const struct mm412 *mm = c->mm;
	uint32_t slot = mm412_slot(mm, zone->start), end = mm412_slot(mm, zone->end);

	while (slot < end) {
		uint16_t tag = mm->s[slot].tag;
		uint32_t last = slot + (1u << mm412_tag_order(tag));

		if (mm412_tag_state(tag) == MM412_USED) {
			if (!check_page(c, slot))
				return false;
			slot++;
		}
		for (; slot < last; slot++)
			if (!check_unused(c, slot))
				return false;
	}
	return true;
}

/* ---- lists ------------------------------------------------------------------------------ */

static const char *const lru_names[MM412_LRUS] = { "inactive_anon", "active_anon",
						   "inactive_file", "active_file",
						   "unevictable" };

static bool check_list(struct mm412_check_lru *c, const struct mm412_node_sleep *node,
		       enum mm412_lru lru)
{
	const struct mm412 *mm = c->mm;
	const struct mm_slot *s = mm->s;
	uint32_t head = mm412_lru_head(node, lru), entries = 0;
	int64_t pages = 0;

	if (!mm_list_check(s, head, mm->slots))
		return mm412_check_lru_wrong(c, "node %u: links of the %s list are broken",
					     node->nid, lru_names[lru]);
	for (uint32_t at = s[head].next; at != head; at = s[at].next, entries++) {
		if (at < mm->frame0 || mm412_tag_state(s[at].tag) != MM412_USED ||
		    !(mm412_page(mm, at)->flags & MM412_PG_LRU) ||
		    mm412_lru_of(mm, at) != lru || mm412_node_of(mm, at) != node)
			return mm412_check_lru_wrong(
				c, "node %u: slot %u is on the %s list, but says otherwise",
				node->nid, at, lru_names[lru]);
		pages += mm412_pages(mm, at);
	}
	if (entries != s[head].stamp)
		return mm412_check_lru_wrong(c,
					     "node %u: %u entries on the %s list, %u counted",
					     node->nid, entries, lru_names[lru], s[head].stamp);
	c->nodes[node->nid].stat[MM412_NODE_LRU + lru] = pages;
	return true;
}

static bool check_lists(struct mm412_check_lru *c)
{
	for (unsigned n = 0; n < c->mm->nnodes; n++)
		for (unsigned lru = 0; lru < MM412_LRUS; lru++)
			if (!check_list(c, &c->mm->sleep->nodes[n], (enum mm412_lru)lru))
				return false;
	return true;
}

/* As many pages say that they are on a list as there are: so none says so in vain. */
static bool check_sums(const struct mm412_check_lru *c)
{
	for (unsigned n = 0; n < c->mm->nnodes; n++)
		for (unsigned lru = 0; lru < MM412_LRUS; lru++) {
			int64_t pages = 0;

			for (unsigned z = 0; z < c->mm->nzones; z++)
				if (c->mm->zones[z].nid == n)
					pages += c->zones[z].stat[MM412_ZONE_LRU + lru];
			if (pages != c->nodes[n].stat[MM412_NODE_LRU + lru])
				return mm412_check_lru_wrong(
					c,
					"node %u: %" PRId64 " pages say they are on the %s "
					"list, %" PRId64 " are",
					n, pages, lru_names[lru],
					c->nodes[n].stat[MM412_NODE_LRU + lru]);
		}
	return true;
}

bool mm412_check_lru(struct mm412_check_lru *c)
{
	if (!check_pagevecs(c) || !check_lists(c))
		return false;
	for (unsigned i = 0; i < c->mm->nzones; i++)
		if (!check_zone(c, &c->mm->zones[i]))
			return false;
	return check_sums(c);
}
