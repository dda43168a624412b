/*
 * What the files of reclaim share: one node's lists being scanned, from how much of each list
 * down to the pages of one batch. Who reclaims and why is mm412_reclaim.c and mm412_kswapd.c;
 * what becomes of each page mm412_shrink.c.
 *
 * Counts are base pages unless they say entries. Everything here may sleep or settle, unless
 * it takes a const kernel: call it on an actor, without locks.
 */
#ifndef MM412_SCAN_H
#define MM412_SCAN_H

#include "model/v4_12/mm412_sleep.h"

/* A place where the kernel may give the CPU away: others see the time that has passed, and
 * what disks have done by then is known. */
static inline void mm412_scan_breathe(struct mm412 *mm, struct sim_cpu *cpu)
{
	if (cpu->on_actor)
		cpu->port->settle(cpu);
	mm412_io_reap(mm, cpu);
}

/* get_scan_count(): pages to scan of the four lists, and in *lru_pages the eligible ones.
 * Takes lru_lock, and halves the node's statistics when they are old. */
void mm412_scan_count(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		      const struct mm412_scan *sc, uint64_t nr[MM412_UNEVICTABLE],
		      uint64_t *lru_pages);

/* inactive_list_is_low() as reclaim asks it: with its tracepoint. */
bool mm412_scan_inactive_low(struct mm412 *mm, struct sim_cpu *cpu,
			     struct mm412_node_sleep *node, bool file,
			     const struct mm412_scan *sc);

/* shrink_inactive_list(): pages reclaimed of one batch. */
uint64_t mm412_scan_inactive(struct mm412 *mm, struct sim_cpu *cpu,
			     struct mm412_node_sleep *node, enum mm412_lru lru, uint64_t nr,
			     struct mm412_scan *sc);

/*
 * Back to its LRU list, lru_lock held, the isolating reference given up. A page whose last
 * reference that was goes to *gone instead: mm412_scan_inactive_free() frees it when the lock
 * is open. Returns whether it is on the list.
 */
bool mm412_scan_inactive_putback(struct mm412 *mm, uint32_t slot, struct mm412_chain *gone);
void mm412_scan_inactive_free(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *gone);

/* shrink_node_memcg() */
void mm412_scan_lists(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		      struct mm412_scan *sc, uint64_t *lru_pages);

/* should_continue_reclaim(), by what the last round reclaimed and scanned. */
bool mm412_scan_continue(struct mm412 *mm, struct sim_cpu *cpu,
			 const struct mm412_node_sleep *node, uint64_t reclaimed,
			 uint64_t scanned, const struct mm412_scan *sc);

/* Reclaimable slab pages of the node, as counters know them. */
uint64_t mm412_slab_pages(const struct mm412 *mm, const struct mm412_node_sleep *node);

#endif
