/*
 * Which slots of swap are handed out: on a disk that rotates the next free ones, in runs of 256
 * where it finds such; else each CPU has a cluster of 256 of its own.
 *
 * Kernel: scan_swap_map_slots(), scan_swap_map_try_ssd_cluster(), swap_entry_free() and the
 * lists of clusters of mm/swapfile.c. Nobody runs in between: the kernel drops its locks during
 * long searches. Slots are not discarded.
 */
#include "model/v4_12/mm412_swap.h"

#define CLUSTER MM412_SWAP_CLUSTER
#define COLUMNS 64u /* SWAP_CLUSTER_COLS */
#define LATENCY_LIMIT 256

enum { ON_LIST = MM412_SWAP_CLUSTER + 1 };

/* ---- clusters --------------------------------------------------------------------------- */

static void list_add_tail(struct mm412_swap *swap, uint32_t cluster)
{
	swap->cluster_link[cluster] = MM412_NONE;
	if (swap->free_first == MM412_NONE)
		swap->free_first = cluster;
	else
		swap->cluster_link[swap->free_last] = cluster;
	swap->free_last = cluster;
	swap->cluster_count[cluster] = ON_LIST;
}

static void list_del_first(struct mm412_swap *swap)
{
	uint32_t cluster = swap->free_first;

	swap->free_first = swap->cluster_link[cluster];
	if (swap->free_first == MM412_NONE)
		swap->free_last = MM412_NONE;
	swap->cluster_count[cluster] = 0;
}

static void cluster_take(struct mm412_swap *swap, uint32_t slot)
{
	uint32_t cluster = slot / CLUSTER;

	if (swap->rotates)
		return;
	if (swap->cluster_count[cluster] == ON_LIST) {
		assert(swap->free_first == cluster);
		list_del_first(swap);
	}
	swap->cluster_count[cluster]++;
}

static void cluster_give(struct mm412_swap *swap, uint32_t slot)
{
	uint32_t cluster = slot / CLUSTER;

	if (swap->rotates)
		return;
	assert(swap->cluster_count[cluster] > 0 && swap->cluster_count[cluster] <= CLUSTER);
	if (--swap->cluster_count[cluster] == 0)
		list_add_tail(swap, cluster);
}

/* The free ones in columns, so that neighbours on the list do not share the swap cache's trees.
 * The kernel begins at a random column (docs/model-limits.md). */
static void list_clusters(struct mm412_swap *swap)
{
	swap->free_first = swap->free_last = MM412_NONE;
	for (uint32_t i = 0; i < swap->nclusters; i++)
		swap->cluster_count[i] = 0;
	swap->cluster_count[0] = 1;
	swap->cluster_count[swap->nclusters - 1] =
		(uint16_t)(swap->cluster_count[swap->nclusters - 1] +
			   swap->nclusters * CLUSTER - swap->max);
	for (uint32_t column = 0; column < COLUMNS; column++)
		for (uint32_t i = column; i < swap->nclusters; i += COLUMNS)
			if (swap->cluster_count[i] == 0)
				list_add_tail(swap, i);
}

void mm412_swap_map_init(struct mm412_swap *swap)
{
	swap->map[0] = MM412_SWAP_BAD;
	swap->lowest = 1;
	swap->highest = swap->max - 1;
	swap->next = 1;
	if (!swap->rotates)
		list_clusters(swap);
}

/* ---- the search ------------------------------------------------------------------------- */

struct search {
	struct mm412 *mm;
	struct mm412_swap *swap;
	struct sim_cpu *cpu;
	uint32_t offset, base;
	uint32_t *slots;
	unsigned got, wanted;
	int ration;
};

/* The next free slot of the CPU's cluster, or of a new one. */
static bool try_cluster(struct search *s)
{
	struct mm412_swap *swap = s->swap;
	struct mm412_swap_cpu *own = &swap->cpus[s->cpu->id];

	for (;;) {
		uint32_t end, at;

		if (own->cluster == MM412_NONE) {
			if (swap->free_first == MM412_NONE)
				return false;
			own->cluster = swap->free_first;
			own->cluster_next = own->cluster * CLUSTER;
		}
		end = (own->cluster + 1) * CLUSTER;
		if (end > swap->max)
			end = swap->max;
		for (at = own->cluster_next; at < end && swap->map[at];)
			at++;
		if (at < end) {
			own->cluster_next = at + 1;
			s->offset = s->base = at;
			return true;
		}
		own->cluster = MM412_NONE;
	}
}

/* A cluster in the middle of the list is no one's to begin. */
static bool conflicts(const struct search *s)
{
	const struct mm412_swap *swap = s->swap;
	uint32_t cluster = s->offset / CLUSTER;

	if (swap->free_first == MM412_NONE || cluster == swap->free_first ||
	    swap->cluster_count[cluster] != ON_LIST)
		return false;
	swap->cpus[s->cpu->id].cluster = MM412_NONE;
	return true;
}

/* A disk that seeks: the first run of 256 free slots, else where the last search ended. */
static void find_run(struct search *s)
{
	struct mm412_swap *swap = s->swap;
	uint32_t at = swap->lowest, end = at + CLUSTER - 1;

	if (swap->cluster_left--)
		return;
	swap->cluster_left = CLUSTER - 1;
	if (swap->pages - swap->in_use < CLUSTER)
		return;
	s->base = s->offset = at;
	for (; end <= swap->highest; at++) {
		if (swap->map[at]) {
			end = at + CLUSTER;
		} else if (at == end) {
			s->offset = at - (CLUSTER - 1);
			swap->next = s->offset;
			return;
		}
	}
}

enum verdict { TAKEN, LOOK_ON, AGAIN, NOTHING };

static void take(struct search *s)
{
	struct mm412_swap *swap = s->swap;
	uint32_t at = s->offset;

	swap->map[at] = MM412_SWAP_HAS_CACHE;
	cluster_take(swap, at);
	if (at == swap->lowest)
		swap->lowest++;
	if (at == swap->highest)
		swap->highest--;
	if (++swap->in_use == swap->pages) {
		swap->lowest = swap->max;
		swap->highest = 0;
	}
	swap->next = at + 1;
	s->slots[s->got++] = at;
}

static bool only_cached(const struct search *s, uint32_t at)
{
	return mm412_swap_full(s->mm) && s->swap->map[at] == MM412_SWAP_HAS_CACHE;
}

/* __try_to_reclaim_swap(). Others may run before it returns. */
static bool reclaim(struct search *s)
{
	struct mm412 *mm = s->mm;
	uint32_t page = s->swap->slot[s->offset].page;

	if (page == MM412_NONE || (mm412_page(mm, page)->flags & MM412_PG_LOCKED) ||
	    !mm412_swap_try_free(mm, s->cpu, page))
		return false;
	if (!mm412_page(mm, page)->content)
		mm412_lru_release(mm, s->cpu, page);
	return true;
}

/* The label `checks`. */
static enum verdict look(struct search *s)
{
	struct mm412_swap *swap = s->swap;

	if (!swap->rotates)
		while (conflicts(s)) {
			if (s->got)
				return NOTHING;
			if (!try_cluster(s))
				return LOOK_ON;
		}
	if (!swap->highest)
		return NOTHING;
	if (s->offset > swap->highest)
		s->base = s->offset = swap->lowest;
	if (only_cached(s, s->offset))
		return reclaim(s) ? AGAIN : LOOK_ON;
	if (swap->map[s->offset])
		return s->got ? NOTHING : LOOK_ON;
	take(s);
	return TAKEN;
}

/* The label `scan`: the next slot that is free, or could be; false when there is none. */
static bool look_on(struct search *s)
{
	const struct mm412_swap *swap = s->swap;

	while (++s->offset <= swap->highest)
		if (!swap->map[s->offset] || only_cached(s, s->offset))
			return true;
	for (s->offset = swap->lowest; s->offset < s->base; s->offset++)
		if (!swap->map[s->offset] || only_cached(s, s->offset))
			return true;
	return false;
}

/* Whether the slots just taken have neighbours to be had. */
static bool more(struct search *s)
{
	struct mm412_swap *swap = s->swap;

	if (s->got == s->wanted || s->offset >= swap->highest || --s->ration < 0)
		return false;
	if (!swap->rotates)
		return try_cluster(s);
	s->offset++;
	if (!swap->cluster_left || swap->map[s->offset])
		return false;
	swap->cluster_left--;
	return true;
}

unsigned mm412_swap_map_scan(struct mm412 *mm, struct sim_cpu *cpu, uint32_t *slots,
			     unsigned nr)
{
	struct mm412_swap *swap = mm->sleep->swap;
	struct search s = { .mm = mm,
			    .swap = swap,
			    .cpu = cpu,
			    .offset = swap->next,
			    .base = swap->next,
			    .slots = slots,
			    .wanted = nr,
			    .ration = LATENCY_LIMIT };
	enum verdict verdict = AGAIN;

	if (swap->rotates)
		find_run(&s);
	else if (!try_cluster(&s))
		verdict = LOOK_ON;
	for (;;) {
		if (verdict == LOOK_ON && !look_on(&s))
			return s.got;
		verdict = look(&s);
		if (verdict == NOTHING || (verdict == TAKEN && !more(&s)))
			return s.got;
	}
}

void mm412_swap_map_free(struct mm412_swap *swap, uint32_t slot)
{
	assert(swap->map[slot] == MM412_SWAP_HAS_CACHE);
	swap->map[slot] = 0;
	cluster_give(swap, slot);
	if (slot < swap->lowest)
		swap->lowest = slot;
	if (slot > swap->highest)
		swap->highest = slot;
	swap->nr_pages++;
	swap->in_use--;
}
