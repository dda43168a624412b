/*
 * What is left of reclaimed pages of files when their neighbours are gone, too: nodes of the
 * page cache's trees that hold nothing but shadows. When there are many a shrinker takes the
 * oldest, and refaults of their pages are first reads again.
 *
 * Kernel: workingset_update_node(), count_shadow_nodes(), scan_shadow_nodes(),
 * shadow_lru_isolate() of mm/workingset.c. A node stands for 64 contents with numbers in a row,
 * as these are a file's pages in a row. It belongs to the memory node of the page that left it
 * last. Its own memory is not modelled. With memory short a node is not known: it stays.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_sleep.h"

enum { SLOTS_SHIFT = 6, SLOTS = 1 << SLOTS_SHIFT }; /* RADIX_TREE_MAP_SHIFT */

#define NONE MM412_NONE

struct shadow_node {
	uint32_t prev, next; /* on its list, oldest first */
	uint16_t nid;
	bool listed;
	uint8_t page; /* which of its contents was in memory when that was last looked for */
};

struct list {
	uint32_t first, last, entries;
};

struct mm412_shadows {
	struct shadow_node *nodes;
	uint32_t room;
	struct list *lists; /* [nnodes] */
};

static struct mm412_shadows *make(struct mm412 *mm)
{
	struct mm412_shadows *sh = calloc(1, sizeof(*sh));

	if (sh)
		sh->lists = calloc(mm->nnodes, sizeof(*sh->lists));
	if (sh && !sh->lists) {
		free(sh);
		sh = NULL;
	}
	for (unsigned n = 0; sh && n < mm->nnodes; n++)
		sh->lists[n] = (struct list){ NONE, NONE, 0 };
	mm->sleep->shadows = sh;
	return sh;
}

void mm412_shadow_done(struct mm412 *mm)
{
	struct mm412_shadows *sh = mm->sleep->shadows;

	if (sh) {
		free(sh->nodes);
		free(sh->lists);
	}
	free(sh);
	mm->sleep->shadows = NULL;
}

static bool make_room(struct mm412_shadows *sh, uint32_t node)
{
	uint32_t room = sh->room ? sh->room : SLOTS;
	struct shadow_node *nodes;

	if (node < sh->room)
		return true;
	while (room <= node)
		room *= 2;
	nodes = realloc(sh->nodes, room * sizeof(*nodes));
	if (!nodes)
		return false;
	for (uint32_t i = sh->room; i < room; i++)
		nodes[i] = (struct shadow_node){ NONE, NONE, 0, false, 0 };
	sh->nodes = nodes;
	sh->room = room;
	return true;
}

/* ---- the lists -------------------------------------------------------------------------- */

static void link_last(struct mm412_shadows *sh, uint32_t node, unsigned nid)
{
	struct list *list = &sh->lists[nid];

	sh->nodes[node] = (struct shadow_node){ list->last, NONE, (uint16_t)nid, true, 0 };
	if (list->entries++)
		sh->nodes[list->last].next = node;
	else
		list->first = node;
	list->last = node;
}

static void unlink_node(struct mm412_shadows *sh, uint32_t node)
{
	struct shadow_node *n = &sh->nodes[node];
	struct list *list = &sh->lists[n->nid];

	if (n->prev != NONE)
		sh->nodes[n->prev].next = n->next;
	else
		list->first = n->next;
	if (n->next != NONE)
		sh->nodes[n->next].prev = n->prev;
	else
		list->last = n->prev;
	list->entries--;
	n->listed = false;
}

static bool has_shadow(const struct mm412_content *c)
{
	return c->live && c->kind == MM_KIND_FILE && c->place == MM412_ON_DISK && c->shadow;
}

static bool has_page(const struct mm412_content *c)
{
	return c->live && c->kind == MM_KIND_FILE && c->place == MM412_IN_MEMORY;
}

/* At least one shadow, and no page. A page that was there last time mostly still is. */
static bool is_of_shadows(const struct mm412_sleep *sl, uint32_t node)
{
	uint32_t first = node << SLOTS_SHIFT, end = (node + 1) << SLOTS_SHIFT;
	struct shadow_node *n = &sl->shadows->nodes[node];
	bool any = false;

	if (first + n->page < sl->ncontents && has_page(&sl->contents[first + n->page]))
		return false;
	for (uint32_t i = first; i < end && i < sl->ncontents; i++) {
		if (has_page(&sl->contents[i])) {
			n->page = (uint8_t)(i - first);
			return false;
		}
		any = any || has_shadow(&sl->contents[i]);
	}
	return any;
}

void mm412_shadow_left(struct mm412 *mm, uint32_t number, unsigned nid)
{
	struct mm412_shadows *sh = mm->sleep->shadows;
	uint32_t node = number >> SLOTS_SHIFT;

	if (!sh && has_shadow(&mm->sleep->contents[number]))
		sh = make(mm);
	if (!sh || !make_room(sh, node) || sh->nodes[node].listed)
		return;
	if (is_of_shadows(mm->sleep, node))
		link_last(sh, node, nid);
}

void mm412_shadow_changed(struct mm412 *mm, uint32_t number)
{
	struct mm412_shadows *sh = mm->sleep->shadows;
	uint32_t node = number >> SLOTS_SHIFT;

	if (sh && node < sh->room && sh->nodes[node].listed && !is_of_shadows(mm->sleep, node))
		unlink_node(sh, node);
}

/* ---- the shrinker ----------------------------------------------------------------------- */

/* Files' pages could all be active: more shadows than that mean nothing, an eighth of each node
 * taken as used. */
uint64_t mm412_shadow_count(const struct mm412 *mm, const struct mm412_node_sleep *node)
{
	const struct mm412_shadows *sh = mm->sleep->shadows;
	int64_t cache = mm412_lru_count_seen(node, MM412_ACTIVE_FILE) +
			mm412_lru_count_seen(node, MM412_INACTIVE_FILE);
	uint64_t most = (uint64_t)cache >> (SLOTS_SHIFT - 3);
	uint64_t nodes = sh ? sh->lists[node->nid].entries : 0;

	return nodes > most ? nodes - most : 0;
}

static void forget(struct mm412_sleep *sl, uint32_t node)
{
	uint32_t end = (node + 1) << SLOTS_SHIFT;

	for (uint32_t i = node << SLOTS_SHIFT; i < end && i < sl->ncontents; i++)
		if (has_shadow(&sl->contents[i]))
			sl->contents[i].shadow = 0;
}

uint64_t mm412_shadow_scan(struct mm412 *mm, struct mm412_node_sleep *node, uint64_t nr)
{
	struct mm412_shadows *sh = mm->sleep->shadows;
	uint64_t gone = 0;

	for (; sh && gone < nr && sh->lists[node->nid].entries; gone++) {
		uint32_t oldest = sh->lists[node->nid].first;

		unlink_node(sh, oldest);
		forget(mm->sleep, oldest);
	}
	node->stat[MM412_NODE_WORKINGSET_NODERECLAIM] += (int64_t)gone;
	return gone;
}
