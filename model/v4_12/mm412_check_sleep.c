/*
 * Invariants of a kernel with a world: contents are where they say, tasks have what is
 * counted for them, and all counters agree with the pages. Slow: walks all frames and contents.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "model/v4_12/mm412_check_lru.h"
#include "model/v4_12/mm412_swap.h"

static bool wrong(const struct mm412_check_lru *c, uint32_t number, const char *what)
{
	return mm412_check_lru_wrong(c, "content %u %s", number, what);
}

/* ---- contents --------------------------------------------------------------------------- */

static bool check_on_swap(struct mm412_check_lru *c, uint32_t number, uint32_t swap)
{
	uint32_t page = mm412_swap_cached(c->mm, swap);

	if (!mm412_swap_used(c->mm, swap))
		return wrong(c, number, "is in a swap slot that is free");
	if (page == MM412_NONE) {
		c->swap_slots++;
		return true;
	}
	if (!(mm412_page(c->mm, page)->flags & MM412_PG_SWAPCACHE) ||
	    mm412_page(c->mm, page)->swap != swap)
		return wrong(c, number,
			     "is in a swap slot of whose page the page knows nothing");
	return true;
}

/* The first of a huge page's contents that are left is the one its page names. */
static bool page_knows(const struct mm412_page *page, uint32_t number, bool huge)
{
	if (huge)
		return page->content &&
		       (page->content - 1) / MM412_BLOCK_FRAMES == number / MM412_BLOCK_FRAMES;
	return page->content == number + 1;
}

static void count_file_page(struct mm412_check_lru *c, const struct mm412_content *content,
			    uint32_t slot)
{
	int64_t *node = c->nodes[mm412_node_of(c->mm, slot)->nid].stat;

	if (content->kind == MM_KIND_SLAB || content->kind == MM_KIND_ANON ||
	    mm412_page(c->mm, slot)->flags & MM412_PG_SWAPCACHE)
		return;
	node[MM412_NODE_FILE_PAGES]++;
	node[MM412_NODE_SHMEM] += content->kind == MM_KIND_SHMEM;
}

static bool check_in_memory(struct mm412_check_lru *c, uint32_t number,
			    const struct mm412_content *content)
{
	const struct mm412 *mm = c->mm;
	uint32_t slot = content->where;
	const struct mm412_page *page;
	int64_t *node;

	if (slot < mm->frame0 || slot >= mm->slots)
		return wrong(c, number, "is in a slot that is no frame");
	if (content->huge)
		slot &= ~(MM412_BLOCK_FRAMES - 1);
	page = mm412_page(mm, slot);
	if (mm412_tag_state(mm->s[slot].tag) != MM412_USED ||
	    !page_knows(page, number, content->huge))
		return wrong(c, number, "is in a page that does not have it");
	node = c->nodes[mm412_node_of(mm, slot)->nid].stat;
	count_file_page(c, content, slot);
	if (page->flags & MM412_PG_MAPPED) {
		c->tasks[content->task].rss[content->kind]++;
		node[content->kind == MM_KIND_ANON ? MM412_NODE_ANON_MAPPED
						   : MM412_NODE_FILE_MAPPED]++;
		node[MM412_NODE_ANON_THPS] += content->huge && page->content == number + 1;
	} else if (content->kind == MM_KIND_ANON) {
		if (!(page->flags & MM412_PG_SWAPCACHE))
			return wrong(c, number,
				     "is in no page table and not in the swap cache");
		c->tasks[content->task].swapents++;
	}
	return true;
}

static bool check_content(struct mm412_check_lru *c, uint32_t number)
{
	const struct mm412_content *content = &c->mm->sleep->contents[number];

	if (!content->live)
		return true;
	if (content->task >= c->mm->sleep->ntasks || !c->mm->sleep->tasks[content->task])
		return wrong(c, number, "is of a task that was never seen");
	if (content->ended && content->place != MM412_NOWHERE)
		return wrong(c, number, "has ended, but is somewhere");
	switch (content->place) {
	case MM412_IN_MEMORY:
		return check_in_memory(c, number, content);
	case MM412_ON_SWAP:
		if (content->kind == MM_KIND_ANON)
			c->tasks[content->task].swapents++;
		return check_on_swap(c, number, content->where);
	case MM412_ON_DISK:
		return content->kind == MM_KIND_FILE ||
		       wrong(c, number, "is on the disk of files, but no file's");
	default:
		return true;
	}
}

static bool check_contents(struct mm412_check_lru *c)
{
	for (uint32_t i = 0; i < c->mm->sleep->ncontents; i++)
		if (!check_content(c, i))
			return false;
	return true;
}

/* ---- counters --------------------------------------------------------------------------- */

static bool check_tasks(const struct mm412_check_lru *c)
{
	static const char *const kinds[MM_KINDS] = { "anonymous", "file", "shared memory",
						     "slab" };
	const struct mm412_sleep *sleep = c->mm->sleep;

	for (uint32_t i = 0; i < sleep->ntasks; i++) {
		const struct mm412_task *task = sleep->tasks[i];

		if (!task)
			continue;
		for (unsigned k = 0; k < MM_KINDS; k++)
			if (task->rss[k] != c->tasks[i].rss[k])
				return mm412_check_lru_wrong(
					c,
					"task %u has %" PRId64 " %s pages mapped, %" PRId64
					" counted",
					i, c->tasks[i].rss[k], kinds[k], task->rss[k]);
		if (task->swapents != c->tasks[i].swapents)
			return mm412_check_lru_wrong(
				c, "task %u has %" PRId64 " swap entries, %" PRId64 " counted",
				i, c->tasks[i].swapents, task->swapents);
	}
	return true;
}

/* What is seen of a list, and the CPUs' parts. */
static bool check_parts(const struct mm412_check_lru *c, const struct mm412_node_sleep *node)
{
	for (unsigned lru = 0; lru < MM412_LRUS; lru++) {
		int64_t all = node->lru.seen[lru] +
			      mm412_lru_count_parts(c->mm, node, (enum mm412_lru)lru);

		if (all != node->stat[MM412_NODE_LRU + lru])
			return mm412_check_lru_wrong(
				c,
				"node %u: the parts of list %u make %" PRId64
				" pages, it has %" PRId64,
				node->nid, lru, all, node->stat[MM412_NODE_LRU + lru]);
	}
	return true;
}

static bool check_node(const struct mm412_check_lru *c, unsigned nid)
{
	static const struct {
		enum mm412_node_item item;
		const char *name;
	} items[] = {
		{ MM412_NODE_LRU + MM412_INACTIVE_ANON, "inactive_anon" },
		{ MM412_NODE_LRU + MM412_ACTIVE_ANON, "active_anon" },
		{ MM412_NODE_LRU + MM412_INACTIVE_FILE, "inactive_file" },
		{ MM412_NODE_LRU + MM412_ACTIVE_FILE, "active_file" },
		{ MM412_NODE_LRU + MM412_UNEVICTABLE, "unevictable" },
		{ MM412_NODE_ANON_MAPPED, "mapped anonymous" },
		{ MM412_NODE_FILE_MAPPED, "mapped file" },
		{ MM412_NODE_FILE_PAGES, "page cache" },
		{ MM412_NODE_FILE_DIRTY, "dirty" },
		{ MM412_NODE_WRITEBACK, "writeback" },
		{ MM412_NODE_SHMEM, "shared memory" },
		{ MM412_NODE_ANON_THPS, "huge" },
	};
	const int64_t *stat = c->mm->sleep->nodes[nid].stat;

	for (unsigned i = 0; i < sizeof(items) / sizeof(*items); i++)
		if (c->nodes[nid].stat[items[i].item] != stat[items[i].item])
			return mm412_check_lru_wrong(
				c, "node %u has %" PRId64 " %s pages, %" PRId64 " counted", nid,
				c->nodes[nid].stat[items[i].item], items[i].name,
				stat[items[i].item]);
	if (!check_parts(c, &c->mm->sleep->nodes[nid]))
		return false;
	for (unsigned kind = 0; kind < MM412_LRU_KINDS; kind++) {
		int64_t isolated = stat[MM412_NODE_ISOLATED_ANON + kind];

		if (isolated < 0 || (c->rest && isolated))
			return mm412_check_lru_wrong(
				c, "node %u has %" PRId64 " isolated pages counted", nid,
				isolated);
	}
	return true;
}

static bool check_zone(const struct mm412_check_lru *c, const struct mm412_zone *zone)
{
	static const char *const names[MM412_ZONE_ITEMS] = {
		"inactive_anon", "active_anon",   "inactive_file", "active_file",
		"unevictable",   "write-pending", "slab",          "unreclaimable slab",
	};
	const int64_t *stat = mm412_zone_sleep(c->mm, zone)->stat;

	for (unsigned i = 0; i < MM412_ZONE_SLAB_UNRECLAIMABLE; i++)
		if (stat[i] != c->zones[zone->id].stat[i])
			return mm412_check_lru_wrong(
				c,
				"node %u zone %s has %" PRId64 " %s pages, %" PRId64 " counted",
				zone->nid, mm412_arch_zone(c->mm, zone),
				c->zones[zone->id].stat[i], names[i], stat[i]);
	return true;
}

static bool check_counters(const struct mm412_check_lru *c)
{
	const struct mm412 *mm = c->mm;
	uint64_t used = mm412_swap_total(mm) - mm412_swap_free_pages(mm);

	for (unsigned n = 0; n < mm->nnodes; n++)
		if (!check_node(c, n))
			return false;
	for (unsigned i = 0; i < mm->nzones; i++)
		if (!check_zone(c, &mm->zones[i]))
			return false;
	/* CPUs keep some slots at hand, which nobody has. */
	if (c->swap_slots > used)
		return mm412_check_lru_wrong(
			c, "%" PRIu64 " swap slots are in use, %" PRIu64 " counted",
			c->swap_slots, used);
	return check_tasks(c);
}

/* ---- all -------------------------------------------------------------------------------- */

static bool make(struct mm412_check_lru *c)
{
	const struct mm412 *mm = c->mm;

	c->queued = calloc(mm->slots - mm->frame0, sizeof(*c->queued));
	c->nodes = calloc(mm->nnodes, sizeof(*c->nodes));
	c->zones = calloc(mm->nzones, sizeof(*c->zones));
	c->tasks = calloc(mm->sleep->ntasks + 1, sizeof(*c->tasks));
	return c->queued && c->nodes && c->zones && c->tasks;
}

static bool check(const struct mm412 *mm, bool rest, char *text, size_t size)
{
	struct mm412_check_lru c = { .mm = mm, .rest = rest, .text = text, .size = size };
	bool ok;

	if (!make(&c))
		ok = mm412_check_lru_wrong(&c, "out of memory");
	else
		ok = mm412_check_lru(&c) && check_contents(&c) && check_counters(&c);
	free(c.queued);
	free(c.nodes);
	free(c.zones);
	free(c.tasks);
	return ok;
}

bool mm412_check_sleep(const struct mm412 *mm, char *text, size_t size)
{
	return check(mm, false, text, size);
}

bool mm412_check_sleep_rest(const struct mm412 *mm, char *text, size_t size)
{
	return check(mm, true, text, size);
}
