/*
 * How many pages of each list one pass over a node scans.
 *
 * Kernel: get_scan_count() of mm/vmscan.c. All reclaim is global.
 */
#include "model/v4_12/mm412_scan.h"

enum balance { SCAN_EQUAL, SCAN_FRACT, SCAN_ANON, SCAN_FILE };

/* Shares of anonymous pages and of files, of SCAN_FRACT. */
struct shares {
	uint64_t of[MM412_LRU_KINDS], all;
};

/* So few pages of files are left that they, and what is free, are not worth the high marks:
 * then they would be reclaimed again and again, as each read makes new inactive ones. */
static bool files_are_tiny(const struct mm412_node_sleep *node)
{
	uint64_t pages = (uint64_t)(mm412_lru_count_seen(node, MM412_ACTIVE_FILE) +
				    mm412_lru_count_seen(node, MM412_INACTIVE_FILE));
	uint64_t high = 0;

	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++) {
		const struct mm412_zone *zone = node->node->zones[z];

		if (!zone)
			continue;
		pages += (uint64_t)mm412_vmstat_nr_free(zone);
		if (zone->managed)
			high += zone->watermark[MM412_WMARK_HIGH];
	}
	return pages <= high;
}

static enum balance choose(const struct mm412 *mm, const struct mm412_node_sleep *node,
			   const struct mm412_scan *sc)
{
	if (!sc->may_swap || !mm412_swap_free_pages(mm))
		return SCAN_FILE;
	if (!sc->priority && mm->params.swappiness[0])
		return SCAN_EQUAL;
	if (files_are_tiny(node))
		return SCAN_ANON;
	if (!mm412_scan_inactive_is_low(mm, node, true, sc, false) &&
	    mm412_lru_size(mm, node, MM412_INACTIVE_FILE, sc->reclaim_idx) >> sc->priority)
		return SCAN_FILE;
	return SCAN_FRACT;
}

/* Old experience counts less than new. */
static void fade(struct mm412_lruvec *lru, unsigned kind, uint64_t pages)
{
	if (lru->recent_scanned[kind] <= pages / 4)
		return;
	lru->recent_scanned[kind] /= 2;
	lru->recent_rotated[kind] /= 2;
}

/* The more of what was scanned turned out to be in use, the less is scanned. */
static uint64_t share(const struct mm412_lruvec *lru, unsigned kind, uint64_t priority)
{
	return priority * (lru->recent_scanned[kind] + 1) / (lru->recent_rotated[kind] + 1);
}

static uint64_t whole(const struct mm412_node_sleep *node, enum mm412_lru inactive)
{
	return (uint64_t)(mm412_lru_count_seen(node, inactive) +
			  mm412_lru_count_seen(node, (enum mm412_lru)(inactive + 1)));
}

static struct shares weigh(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	uint64_t swappiness = mm->params.swappiness[0];
	uint64_t anon = whole(node, MM412_INACTIVE_ANON);
	uint64_t file = whole(node, MM412_INACTIVE_FILE);
	struct shares s;

	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_RECLAIM);
	fade(&node->lru, MM412_ANON, anon);
	fade(&node->lru, MM412_FILE, file);
	s.of[MM412_ANON] = share(&node->lru, MM412_ANON, swappiness);
	s.of[MM412_FILE] = share(&node->lru, MM412_FILE, 200 - swappiness);
	mm412_lru_unlock(cpu, node);
	s.all = s.of[MM412_ANON] + s.of[MM412_FILE] + 1;
	return s;
}

void mm412_scan_count(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		      const struct mm412_scan *sc, uint64_t nr[MM412_UNEVICTABLE],
		      uint64_t *lru_pages)
{
	enum balance balance = choose(mm, node, sc);
	struct shares shares = { { 0 }, 1 };

	if (balance == SCAN_FRACT)
		shares = weigh(mm, cpu, node);
	*lru_pages = 0;
	for (unsigned lru = 0; lru < MM412_UNEVICTABLE; lru++) {
		unsigned kind = lru >= MM412_INACTIVE_FILE ? MM412_FILE : MM412_ANON;
		uint64_t size = mm412_lru_size(mm, node, (enum mm412_lru)lru, sc->reclaim_idx);

		nr[lru] = size >> sc->priority;
		if (balance == SCAN_FRACT)
			nr[lru] = nr[lru] * shares.of[kind] / shares.all;
		if (balance == (kind == MM412_FILE ? SCAN_ANON : SCAN_FILE)) {
			nr[lru] = 0;
			size = 0;
		}
		*lru_pages += size;
	}
}
