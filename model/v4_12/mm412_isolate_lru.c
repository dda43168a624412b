/*
 * Takes a batch of pages off an LRU list, so that they can be worked on without lru_lock.
 *
 * Kernel: isolate_lru_pages(), __isolate_lru_page(), update_lru_sizes() of mm/vmscan.c.
 */
#include "model/v4_12/mm412_sleep.h"

enum { ISOLATE_UNMAPPED = 2 }; /* isolate_mode_t, as the tracepoint shows it */

struct batch {
	struct mm412 *mm;
	uint32_t head;
	struct mm412_chain skipped; /* still on the list, as far as their flags know */
	uint64_t nr_skipped[MM412_ZONE_TYPES];
	int64_t nr_taken[MM412_ZONE_TYPES];
	uint64_t total; /* looked at */
};

static unsigned zone_idx(const struct mm412 *mm, uint32_t slot)
{
	return mm->zones[mm412_tag_zone(mm->s[slot].tag)].idx;
}

static void skip(struct batch *b, uint32_t slot)
{
	mm_list_del(b->mm->s, slot);
	mm412_chain_add(b->mm, &b->skipped, slot);
	b->nr_skipped[zone_idx(b->mm, slot)]++;
}

/* Pages of zones too high go to the list's head: at its tail the next batch would meet them
 * again. */
static uint64_t put_skipped(struct batch *b)
{
	struct mm412 *mm = b->mm;
	uint64_t all = 0;

	while (b->skipped.entries) {
		uint32_t slot = b->skipped.last;

		mm412_chain_del(mm, &b->skipped, slot);
		mm_list_add(mm->s, b->head, slot);
	}
	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++) {
		mm412_count(mm, MM412_PGSKIP + z, b->nr_skipped[z]);
		all += b->nr_skipped[z];
	}
	return all;
}

static unsigned take(struct batch *b, uint32_t slot, enum mm412_lru lru,
		     struct mm412_chain *out)
{
	struct mm412 *mm = b->mm;
	struct mm412_page *page = mm412_page(mm, slot);
	unsigned pages = mm412_pages(mm, slot);

	mm412_lru_take(mm, slot, lru);
	b->nr_taken[zone_idx(mm, slot)] += pages;
	page->pins++;
	page->flags |= MM412_PG_ISOLATED;
	mm412_chain_add(mm, out, slot);
	return pages;
}

/* A zone's pages all at once. */
static void count_taken(const struct batch *b, struct mm412_node_sleep *node,
			enum mm412_lru lru)
{
	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++)
		if (b->nr_taken[z])
			mm412_lru_count_add(node, lru, -b->nr_taken[z]);
}

static void tell(const struct batch *b, const struct sim_cpu *cpu, const struct mm412_scan *sc,
		 int64_t nr, int64_t skipped, int64_t taken, bool unmapped, enum mm412_lru lru)
{
	mm412_tell(
		b->mm, cpu, sc->task,
		(struct mm_event){ MM_EVENT_LRU_ISOLATE,
				   { unmapped ? ISOLATE_UNMAPPED : 0, sc->reclaim_idx,
				     sc->order, nr, (int64_t)b->total, skipped, taken, lru } });
}

uint64_t mm412_isolate_lru(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			   enum mm412_lru lru, uint64_t nr, const struct mm412_scan *sc,
			   bool unmapped, struct mm412_chain *out, uint64_t *scanned)
{
	struct batch b = { .mm = mm,
			   .head = mm412_lru_head(node, lru),
			   .skipped = mm412_chain_empty() };
	uint64_t scan = 0, taken = 0, skipped;

	assert(cpu->locked);
	while (scan < nr && taken < nr && !mm_list_empty(mm->s, b.head)) {
		uint32_t slot = mm->s[b.head].prev;

		b.total++;
		mm412_charge(cpu, mm->cost.lru_page);
		mm412_touch_frame(mm, cpu, slot);
		if (zone_idx(mm, slot) > sc->reclaim_idx) {
			skip(&b, slot);
			continue;
		}
		/* Skipped ones do not count, or a list full of them would yield nothing. */
		scan++;
		if (unmapped && (mm412_page(mm, slot)->flags & MM412_PG_MAPPED)) {
			mm_list_del(mm->s, slot);
			mm_list_add(mm->s, b.head, slot);
			continue;
		}
		taken += take(&b, slot, lru, out);
	}
	skipped = put_skipped(&b);
	*scanned += b.total;
	tell(&b, cpu, sc, (int64_t)nr, (int64_t)skipped, (int64_t)taken, unmapped, lru);
	count_taken(&b, node, lru);
	return taken;
}
