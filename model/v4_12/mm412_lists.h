/*
 * Pages on their way: chains in somebody's hands, LRU lists, pagevecs, refault distances.
 */
#ifndef MM412_LISTS_H
#define MM412_LISTS_H

#include "model/v4_12/mm412_sleep_state.h"

/* ---- chains: mm412_chain.c ----------------------------------------------------------------
 */

static inline struct mm412_chain mm412_chain_empty(void)
{
	return (struct mm412_chain){ MM412_NONE, MM412_NONE, 0 };
}

/* The page behind that one, MM412_NONE = it is the last. */
static inline uint32_t mm412_chain_next(const struct mm412 *mm, const struct mm412_chain *chain,
					uint32_t slot)
{
	return slot == chain->last ? MM412_NONE : mm->s[slot].next;
}

void mm412_chain_add(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot); /* head */
void mm412_chain_add_tail(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot);
void mm412_chain_del(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot);
/* list_splice(): all of `from` to the head; from is empty then. */
void mm412_chain_splice(struct mm412 *mm, struct mm412_chain *chain, struct mm412_chain *from);

/* ---- LRU lists: mm412_lru.c, mm412_pagevec.c -------------------------------------------- */

/* page_lru(): the list that the page is on or belongs to. */
enum mm412_lru mm412_lru_of(const struct mm412 *mm, uint32_t slot);
/* page_is_file_cache() as an index. */
unsigned mm412_lru_kind(const struct mm412 *mm, uint32_t slot);
/*
 * mm412_lru_count.c: node_page_state() of the lists, of which the CPUs have parts. False when
 * memory is short. add: by the CPU that took lru_lock last (mm412_lruvec.cpu).
 */
bool mm412_lru_count_make(struct mm412 *mm);
void mm412_lru_count_add(struct mm412_node_sleep *node, enum mm412_lru lru, int64_t pages);
int64_t mm412_lru_count_seen(const struct mm412_node_sleep *node, enum mm412_lru lru);
void mm412_lru_count_fold(struct mm412 *mm, unsigned cpu);
/* All CPUs' parts of a list; a CPU's parts, by list. */
int64_t mm412_lru_count_parts(const struct mm412 *mm, const struct mm412_node_sleep *node,
			      enum mm412_lru lru);
int8_t *mm412_lru_count_of(const struct mm412_node_sleep *node, unsigned cpu);
/* add_page_to_lru_list(), add_page_to_lru_list_tail(), del_page_from_lru_list(): links, the
 * counters of node and zone, MM412_PG_LRU and MM_USE_LRU. lru_lock is the caller's business. */
void mm412_lru_link(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
void mm412_lru_link_tail(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
void mm412_lru_unlink(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
/* Likewise, but it is the caller's business to count what it took off (mm412_lru_count_add()):
 * update_lru_sizes(). */
void mm412_lru_take(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
/* isolate_lru_page(): off its list and pinned; false when it is on none. */
bool mm412_lru_isolate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* putback_lru_page(): through a pagevec, the caller's pin goes. */
void mm412_lru_putback(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* One pin less (put_page()); who held the last reference frees the page: off its LRU list
 * (__page_cache_release()), then free_hot_cold_page() or by order. */
void mm412_lru_put(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool cold);
/* Nobody but pins and caches has the page any more: it goes now or with its last pin. */
void mm412_lru_release(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* free_hot_cold_page_list(): pages without any reference, in the chain's order. */
void mm412_lru_free_chain(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *chain,
			  bool cold);
/* lruvec_lru_size(): pages of the list in zones up to that type, as far as it is seen. */
uint64_t mm412_lru_size(const struct mm412 *mm, const struct mm412_node_sleep *node,
			enum mm412_lru lru, unsigned zone_idx);
/* node_page_state() of that item over all nodes; of zones: zone_page_state(), global. */
uint64_t mm412_lru_node_sum(const struct mm412 *mm, enum mm412_node_item item);
uint64_t mm412_lru_zone_sum(const struct mm412 *mm, enum mm412_zone_item item);
void mm412_lru_node_add(struct mm412 *mm, uint32_t slot, enum mm412_node_item item, int64_t n);
void mm412_lru_zone_add(struct mm412 *mm, uint32_t slot, enum mm412_zone_item item, int64_t n);
uint32_t mm412_lru_head(const struct mm412_node_sleep *node, enum mm412_lru lru);
/* lru_lock of the node: costs, its line, its waits by cause (SIM_CAUSE_LRU by itself). */
void mm412_lru_lock(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node);
void mm412_lru_lock_for(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			enum sim_cause cause);
void mm412_lru_unlock(struct sim_cpu *cpu, struct mm412_node_sleep *node);
/* update_page_reclaim_stat() */
void mm412_lru_scanned(struct mm412_node_sleep *node, unsigned kind, bool rotated);
/* Unlinks a page that is about to be freed, with page_off_lru(). */
void mm412_lru_off(struct mm412 *mm, uint32_t slot);
/* Somebody has the page: page_count() > 0. Who takes pages off LRU lists leaves others alone
 * (get_page_unless_zero()). */
bool mm412_lru_held(const struct mm412 *mm, uint32_t slot);
/* get_page() */
void mm412_lru_pin(struct mm412 *mm, uint32_t slot);

/* lru_cache_add() and its kin; the page's flags say which list it will be on. */
void mm412_pagevec_add(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* mark_page_accessed() */
void mm412_pagevec_accessed(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* activate_page() */
void mm412_pagevec_activate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* rotate_reclaimable_page(): at the end of a write that reclaim began. */
void mm412_pagevec_rotate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* deactivate_file_page() */
void mm412_pagevec_deactivate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* lru_add_drain(), lru_add_drain_cpu(), lru_add_drain_all() */
void mm412_pagevec_drain(struct mm412 *mm, struct sim_cpu *cpu);
void mm412_pagevec_drain_of(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner);
void mm412_pagevec_drain_all(struct mm412 *mm, struct sim_cpu *cpu);

/* ---- workingset: mm412_workingset.c ----------------------------------------------------- */

/* workingset_eviction(): what to keep of a file page that reclaim takes away; never 0. */
uint64_t mm412_workingset_eviction(struct mm412 *mm, uint32_t slot);
/* workingset_refault(): counts; true when the page is to be activated. */
bool mm412_workingset_refault(struct mm412 *mm, uint64_t shadow);
void mm412_workingset_activation(struct mm412 *mm, uint32_t slot);

/* ---- nodes of shadows: mm412_shadow.c --------------------------------------------------- */

/* workingset_update_node(): a page of a file on that node went, with or without a shadow. */
void mm412_shadow_left(struct mm412 *mm, uint32_t number, unsigned nid);
/* ... a page came, or a shadow went. */
void mm412_shadow_changed(struct mm412 *mm, uint32_t number);
/* count_shadow_nodes(), scan_shadow_nodes(): nodes. */
uint64_t mm412_shadow_count(const struct mm412 *mm, const struct mm412_node_sleep *node);
uint64_t mm412_shadow_scan(struct mm412 *mm, struct mm412_node_sleep *node, uint64_t nr);
void mm412_shadow_done(struct mm412 *mm);

#endif
