/*
 * Swap space, as its own files see it: which slots are taken, by whom, and what is handed out
 * next.
 *
 * Kernel: struct swap_info_struct with swap_map and cluster_info, struct swap_slots_cache, the
 * swap cache's address space, and the static variables of swap_state.c. There is one area,
 * whose slot 0 is its header.
 */
#ifndef MM412_SWAP_H
#define MM412_SWAP_H

#include "model/v4_12/mm412_sleep.h"

/* GFP_HIGHUSER_MOVABLE: a page for a task's memory or its files. */
#define MM412_SWAP_GFP                                                                         \
	((uint32_t)(MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM | MM412_GFP_IO |       \
		    MM412_GFP_FS | MM412_GFP_HARDWALL | MM412_GFP_HIGHMEM |                    \
		    MM412_GFP_MOVABLE))

#define MM412_SWAP_BATCH 64u
#define MM412_SWAP_CLUSTER 256u

/* What of a slot is taken: an entry refers to it, and the swap cache; both 0 = free. */
enum { MM412_SWAP_USED = 1, MM412_SWAP_HAS_CACHE = 0x40, MM412_SWAP_BAD = 0x3f };

struct mm412_swap_slot {
	uint32_t page;    /* of the swap cache, MM412_NONE = none */
	uint32_t content; /* while an entry refers to it */
};

#define MM412_SWAP_NODE_LEVELS 3

/* A node of one of the swap cache's trees. */
struct mm412_swap_node {
	uint32_t used;   /* pages below it */
	uint32_t object; /* while it is used: mm412_objects_take() */
};

/* One CPU's: struct percpu_cluster, struct swap_slots_cache. */
struct mm412_swap_cpu {
	uint32_t cluster, cluster_next; /* MM412_NONE = none; slot to try next */
	uint32_t nr, cur, returned;
	uint32_t slots[MM412_SWAP_BATCH], slots_ret[MM412_SWAP_BATCH];
};

struct mm412_swap {
	uint32_t max;                 /* slots, the header included */
	uint32_t pages;               /* that can be used */
	int64_t nr_pages;             /* nr_swap_pages: free, and in no CPU's cache */
	uint32_t in_use;              /* inuse_pages */
	uint8_t *map;                 /* [max] */
	struct mm412_swap_slot *slot; /* [max] */
	struct mm412_swap_cpu *cpus;

	uint32_t lowest, highest; /* free slots are within; highest 0 = none */
	uint32_t next;            /* cluster_next */
	uint32_t cluster_left;    /* cluster_nr */

	/* Without seeks: clusters, and a list of the free ones through `cluster`. */
	bool rotates;
	uint16_t *cluster_count; /* MM412_SWAP_CLUSTER + 1 = on the list of free ones */
	uint32_t *cluster_link;
	uint32_t nclusters, free_first, free_last;

	bool caches_active; /* swap_slot_cache_active */

	/* By slot >> 6, 12, 14; NULL = nobody needed one yet: mm412_swap_nodes.c */
	struct mm412_swap_node *nodes[MM412_SWAP_NODE_LEVELS];

	unsigned hits; /* swapin_readahead_hits */
	uint32_t prev_offset;
	unsigned last_window; /* last_readahead_pages */
};

/* scan_swap_map_slots(): up to nr slots, which the swap cache has now; how many. */
unsigned mm412_swap_map_scan(struct mm412 *mm, struct sim_cpu *cpu, uint32_t *slots,
			     unsigned nr);
/* swap_entry_free(): the slot can be handed out again. */
void mm412_swap_map_free(struct mm412_swap *swap, uint32_t slot);
/* Marks the first `max` slots free but the header, and their clusters. */
void mm412_swap_map_init(struct mm412_swap *swap);

/* get_swap_page(): MM412_NONE when there is none. */
uint32_t mm412_swap_slots_get(struct mm412 *mm, struct sim_cpu *cpu);
/* free_swap_slot() */
void mm412_swap_slots_put(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);

/* swap_duplicate(): the content's entry refers to the slot from now on. */
void mm412_swap_duplicate(struct mm412 *mm, uint32_t slot, uint32_t content);
/* swap_count() */
bool mm412_swap_used(const struct mm412 *mm, uint32_t slot);
/* swapcache_free(): the swap cache refers to it no longer. */
void mm412_swap_uncache(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* The memory that the swap cache needs for one more page, at that slot; false: there is none.
 * Others can run. */
bool mm412_swap_nodes_take(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			   uint32_t slot);
void mm412_swap_nodes_put(struct mm412 *mm, uint32_t slot);
void mm412_swap_nodes_done(struct mm412_swap *swap);
/* __add_to_swap_cache(): for a slot that was handed out or prepared for it. */
void mm412_swap_cache_add(struct mm412 *mm, uint32_t page, uint32_t slot);

/* swapin_nr_pages(): the window of the read at that slot. */
unsigned mm412_swap_in_window(struct mm412_swap *swap, uint64_t page_cluster, uint32_t slot);
/* do_swap_page() or shmem_getpage() of a page that is in memory without being mapped. False
 * when it would have to wait. */
bool mm412_swap_in_cached(struct mm412 *mm, struct sim_cpu *cpu, uint32_t content, bool write);
/* do_wp_page() of an anonymous page that was mapped for reading: reuse_swap_page(). */
void mm412_swap_in_first_write(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);

#endif
