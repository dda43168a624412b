/*
 * Zonelists: for each node, the zones of all nodes in the order in which requests try them,
 * and a second list with its own zones only.
 *
 * Kernel: find_next_best_node(), build_zonelists(), build_zonelists_in_zone_order(),
 * build_thisnode_zonelists(), nr_free_zone_pages(); build_all_zonelists() for a write to
 * numa_zonelist_order.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412.h"

#define RECLAIM_DISTANCE 30

/* What lasts while the lists of all nodes are made, one after another. */
struct builder {
	struct mm412 *mm;
	bool running;                /* not at boot: what nodes and zones have is known */
	int node_load[MM_MAX_NODES]; /* accumulates: later nodes avoid what earlier ones use */
	int online;
};

static int distance(const struct builder *b, unsigned from, unsigned to)
{
	return b->mm->distance[from * b->mm->nnodes + to];
}

/* Nearest first; then nodes above, nodes without CPUs, and nodes not so often used. */
static int badness(const struct builder *b, unsigned node, unsigned n)
{
	int value = distance(b, node, n) + (n < node);

	bool known = b->running || b->mm->params.zonelist_cpus[0] == MM412_CPUS_KNOWN;

	/* On x86 the nodes' CPUs are not yet known when the kernel first makes its lists. */
	if (known && b->mm->nodes[n].has_cpu)
		value++;
	return value * b->online * MM_MAX_NODES + b->node_load[n];
}

static int next_best(const struct builder *b, unsigned node, bool *used)
{
	int best_value = INT_MAX, best = -1;

	if (!used[node]) {
		used[node] = true;
		return (int)node;
	}
	for (unsigned n = 0; n < b->mm->nnodes; n++) {
		int value;

		if (!b->mm->nodes[n].has_memory || used[n])
			continue;
		value = badness(b, node, n);
		if (value < best_value) {
			best_value = value;
			best = (int)n;
		}
	}
	if (best >= 0)
		used[best] = true;
	return best;
}

static unsigned order_nodes(struct builder *b, unsigned node, unsigned *order)
{
	bool used[MM_MAX_NODES] = { false };
	int load = b->online, previous = (int)node, next;
	unsigned n = 0;

	while ((next = next_best(b, node, used)) >= 0) {
		/* The first of several equally far nodes: the next list begins with another. */
		if (distance(b, node, (unsigned)next) != distance(b, node, (unsigned)previous))
			b->node_load[next] = load;
		previous = next;
		load--;
		order[n++] = (unsigned)next;
	}
	return n;
}

static struct mm412_zoneref *add(const struct builder *b, struct mm412_zoneref *at,
				 struct mm412_zone *zone)
{
	if (zone && (b->running ? zone->managed : zone->early_managed))
		*at++ = (struct mm412_zoneref){ zone, zone->idx };
	return at;
}

static struct mm412_zoneref *add_node(const struct builder *b, struct mm412_zoneref *at,
				      const struct mm412_node *node)
{
	for (unsigned idx = MM412_ZONE_TYPES; idx-- > 0;)
		at = add(b, at, node->zones[idx]);
	return at;
}

static void end_list(struct mm412_zoneref *at)
{
	*at = (struct mm412_zoneref){ NULL, 0 };
}

static void find_firsts(struct mm412_zonelist *list)
{
	for (unsigned idx = 0; idx < MM412_ZONE_TYPES; idx++)
		list->first[idx] = mm412_zonelist_next(list->refs, idx);
}

static bool in_zone_order(const struct mm412 *mm)
{
	uint64_t order = mm->params.numa_zonelist_order[0];

	if (order == MM412_ZONELIST_DEFAULT)
		order = mm->arch->zonelist_order;
	return order == MM412_ZONELIST_ZONE;
}

/* In place: requests that sleep have references to entries. */
static void fill_node(struct builder *b, unsigned nid)
{
	struct mm412_node *node = &b->mm->nodes[nid];
	struct mm412_zonelist *all = &node->lists[MM412_FALLBACK];
	struct mm412_zonelist *own = &node->lists[MM412_NOFALLBACK];
	unsigned order[MM_MAX_NODES], n = order_nodes(b, nid, order);
	struct mm412_zoneref *at;

	at = all->refs;
	if (in_zone_order(b->mm)) {
		for (unsigned idx = MM412_ZONE_TYPES; idx-- > 0;)
			for (unsigned i = 0; i < n; i++)
				at = add(b, at, b->mm->nodes[order[i]].zones[idx]);
	} else {
		for (unsigned i = 0; i < n; i++)
			at = add_node(b, at, &b->mm->nodes[order[i]]);
	}
	end_list(at);
	end_list(add_node(b, own->refs, node));
	find_firsts(all);
	find_firsts(own);
}

static bool make_room(struct mm412 *mm, struct mm412_node *node)
{
	struct mm412_zonelist *lists = node->lists;

	lists[MM412_FALLBACK].refs =
		calloc((size_t)mm->nzones + 1, sizeof(*lists[MM412_FALLBACK].refs));
	lists[MM412_NOFALLBACK].refs =
		calloc(MM412_ZONE_TYPES + 1, sizeof(*lists[MM412_NOFALLBACK].refs));
	return lists[MM412_FALLBACK].refs && lists[MM412_NOFALLBACK].refs;
}

/* Nodes that are reclaimed before a request goes farther, with zone_reclaim_mode. */
static void find_near(struct builder *b, unsigned node)
{
	for (unsigned n = 0; n < b->mm->nnodes; n++)
		if (distance(b, node, n) <= RECLAIM_DISTANCE)
			b->mm->nodes[node].near |= UINT64_C(1) << n;
}

static void fill(struct mm412 *mm, bool running)
{
	struct builder b = { .mm = mm, .running = running };

	for (unsigned n = 0; n < mm->nnodes; n++)
		b.online += mm->nodes[n].online;
	for (unsigned n = 0; n < mm->nnodes; n++) {
		if (mm->nodes[n].online)
			fill_node(&b, n);
		find_near(&b, n);
	}
}

bool mm412_zonelist_build(struct mm412 *mm, const struct mm_machine *machine)
{
	size_t distances = (size_t)mm->nnodes * mm->nnodes;

	mm->distance = malloc(distances);
	if (!mm->distance)
		return false;
	memcpy(mm->distance, machine->distance, distances);
	for (unsigned n = 0; n < mm->nnodes; n++)
		if (mm->nodes[n].online && !make_room(mm, &mm->nodes[n]))
			return false;
	fill(mm, false);
	return true;
}

uint64_t mm412_zonelist_above_high(const struct mm412 *mm, unsigned nid, unsigned idx)
{
	const struct mm412_zoneref *ref = mm->nodes[nid].lists[MM412_FALLBACK].first[idx];
	uint64_t sum = 0;

	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, idx))
		if (ref->zone->managed > ref->zone->watermark[MM412_WMARK_HIGH])
			sum += ref->zone->managed - ref->zone->watermark[MM412_WMARK_HIGH];
	return sum;
}

void mm412_zonelist_rebuild(struct mm412 *mm, unsigned nid)
{
	fill(mm, true);
	mm->vm_total_pages = mm412_zonelist_above_high(mm, nid, MM412_ZONE_MOVABLE);
	mm->grouping = mm->vm_total_pages >= MM412_BLOCK_FRAMES * mm->ntypes;
}

uint64_t mm412_zonelist_pages(const struct mm412 *mm, unsigned nid, unsigned idx, bool early)
{
	const struct mm412_zoneref *ref = mm->nodes[nid].lists[MM412_FALLBACK].first[idx];
	uint64_t sum = 0;

	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, idx))
		sum += early ? ref->zone->early_managed : ref->zone->managed;
	return sum;
}
