/*
 * The second half of what the files of the 2.4.0 model offer one another: how memory is taken
 * back. Ages and lists, page caches, reclaim and its daemons, writes, swap, page tables, the
 * OOM killer, and contents, which are what the rest of pagesim sees of it. mm24.h includes it.
 */
#ifndef MM24_RECLAIM_H
#define MM24_RECLAIM_H

#include "model/v2_4/mm24.h"

/* Shortages: mm24_lru.c */

uint64_t mm24_lru_inactive_target(const struct mm24 *mm);
uint64_t mm24_lru_free_shortage(const struct mm24 *mm);
uint64_t mm24_lru_inactive_shortage(const struct mm24 *mm);
/* recalculate_vm_stats() */
void mm24_lru_decay(struct mm24 *mm);
/* The test of __alloc_pages() and __find_page_nolock(): wakes kswapd where inactive pages are
 * short, else bdflush where with_bdflush. */
void mm24_lru_wake_test(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
			bool with_bdflush);

/* Ages and lists: mm24_lru.c. `locked`: the caller holds lru_lock. */

/* age_page_up(), age_page_up_nolock() */
void mm24_lru_age_up(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm24_lru_age_up_locked(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* age_page_down(), age_page_down_ageonly() */
void mm24_lru_age_down(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm24_lru_age_down_only(struct mm24 *mm, uint32_t slot);
void mm24_lru_deactivate(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm24_lru_deactivate_locked(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm24_lru_activate(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* PageTestandClearReferenced() */
bool mm24_lru_was_referenced(struct mm24 *mm, uint32_t slot);
/* Has a page of an inactive list been used, or does more than its cache have it? Clears the
 * referenced flag. */
bool mm24_lru_in_use(struct mm24 *mm, uint32_t slot);
/* lru_cache_add(), lru_cache_del() */
void mm24_lru_add(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm24_lru_del(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* Off one list and onto the head of another; counters follow. Exactly one MM24_LRU flag or 0.
 */
void mm24_lru_move(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned to);

/* Page caches: mm24_cache.c */

/* add_to_page_cache(): clears flags, one reference, onto the LRU. `how`: MM24_NO_WRITEPAGE,
 * MM24_REFUSES or 0. */
void mm24_cache_add(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned how);
/* The tail of __find_page_nolock(): age up and mm24_lru_wake_test(). */
void mm24_cache_find(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot,
		     const struct mm24_task *task);
/* remove_inode_page() / __delete_from_swap_cache() without the LRU and the reference; tells
 * the content's owner that the page is gone. */
void mm24_cache_forget(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* truncate: off the LRU, out of the mapping, reference dropped. */
void mm24_cache_remove(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);

/* Reclaim: mm24_reclaim.c, mm24_launder.c */

uint32_t mm24_reclaim_page(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_zone *zone);
unsigned mm24_reclaim_refill_scan(struct mm24 *mm, struct sim_cpu *cpu, unsigned priority,
				  bool oneshot);
unsigned mm24_reclaim_do(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
			 uint32_t gfp, bool user);
void mm24_reclaim_direct(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
			 uint32_t gfp);
unsigned mm24_launder(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
		      uint32_t gfp, bool sync);

/* Daemons: mm24_daemon.c (waking, queues, attach), mm24_kswapd.c, mm24_kreclaimd.c,
 * mm24_bdflush.c. A pass is one turn of the daemon's endless loop; true = it goes to sleep. */

/* The daemon as a task: who asks for what it asks. */
struct mm24_task *mm24_daemon_task(struct mm24 *mm, unsigned which);
bool mm24_daemon_attach(void *state, const struct mm_host *host, char *text, size_t size);
/* wake_up() on its queue. */
void mm24_daemon_wake(struct mm24 *mm, struct sim_cpu *cpu, unsigned which);
/* The daemon begins to run, or goes to sleep (in the world: until woken or `timeout` cycles).
 */
void mm24_daemon_runs(struct mm24 *mm, unsigned which);
/* Once true for a daemon that begins asleep. */
bool mm24_daemon_sleeps_on(struct mm24 *mm, unsigned which);
void mm24_daemon_sleeps(struct mm24 *mm, struct sim_cpu *cpu, unsigned which, uint64_t timeout);
/* It goes on at once, others may run first. */
void mm24_daemon_yields(struct sim_cpu *cpu);
bool mm24_kswapd_pass(struct mm24 *mm, struct sim_cpu *cpu);
void mm24_kswapd_run(void *state, struct sim_cpu *cpu);
/* wakeup_kswapd(block) */
void mm24_kswapd_wake(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
		      bool block);
bool mm24_kreclaimd_pass(struct mm24 *mm, struct sim_cpu *cpu);
void mm24_kreclaimd_run(void *state, struct sim_cpu *cpu);
bool mm24_bdflush_pass(struct mm24 *mm, struct sim_cpu *cpu);
void mm24_bdflush_run(void *state, struct sim_cpu *cpu);
void mm24_bdflush_kupdate_run(void *state, struct sim_cpu *cpu);
/* wakeup_bdflush(block); balance_dirty_state(NODEV); balance_dirty() */
void mm24_bdflush_wake(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
		       bool block);
int mm24_bdflush_state(const struct mm24 *mm);
void mm24_bdflush_balance(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task);
/* A buffer became dirty: into the ring that bdflush and kupdate write from. */
bool mm24_bdflush_dirtied(struct mm24 *mm, const struct sim_cpu *cpu, uint32_t slot);

/* Buffers and writes: mm24_buffer.c, mm24_io.c */

/* try_to_free_buffers(page, wait): 1 = freed; wait 1 starts the write, 2 waits for it. */
bool mm24_buffer_try_free(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, int wait);
/* One buffer head for the page, if it has none. */
void mm24_buffer_make(struct mm24 *mm, uint32_t slot, unsigned flags);
/* Its buffer is not dirty any more, nor in the ring of dirty buffers. */
void mm24_buffer_clean(struct mm24 *mm, uint32_t slot);
/* writepage() of the page's mapping: 1 = refused. The page is locked until the write ends. */
int mm24_io_writepage(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* Starts the write of a dirty buffer. */
void mm24_io_write_buffer(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* Ends the oldest n writes (by hand), or those whose date has come. Returns how many. */
uint32_t mm24_io_complete(struct mm24 *mm, struct sim_cpu *cpu, uint32_t n);
void mm24_io_reap(struct mm24 *mm, struct sim_cpu *cpu);
/* A page leaves its cache while it is written: the disk goes on, the page is unlocked. */
void mm24_io_forget(struct mm24 *mm, uint32_t slot);
/* Sleeps until the page's write is over. On an actor, no lock held; by hand: ends writes. */
void mm24_io_wait(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot);
/* Reads a page from swap or from the data disk; sleeps in the world. */
void mm24_io_read(struct mm24 *mm, struct sim_cpu *cpu, bool swap, uint32_t at);

/* Swap space and the swap cache: mm24_swap.c */

bool mm24_swap_make(struct mm24 *mm, uint64_t pages);
uint32_t mm24_swap_get(struct mm24 *mm);             /* get_swap_page(): MM24_NONE = full */
void mm24_swap_free(struct mm24 *mm, uint32_t slot); /* one use less */
void mm24_swap_dup(struct mm24 *mm, uint32_t slot);  /* swap_duplicate(): one use more */
/* add_to_swap_cache(): takes a reference to the page and one of the slot's uses. */
void mm24_swap_cache_add(struct mm24 *mm, struct sim_cpu *cpu, uint32_t page, uint32_t slot);
/* is_page_shared(): others than the caller and the swap cache use the page or its slot. */
bool mm24_swap_shared(const struct mm24 *mm, uint32_t page);
/* free_page_and_swap_cache(): drops the caller's reference to any page. */
void mm24_swap_free_page(struct mm24 *mm, struct sim_cpu *cpu, uint32_t page);

/* Page tables: mm24_space.c; swap_out(): mm24_swap_out.c */

/* Empty, at the head of mmlist; NULL when memory is short. */
struct mm24_space *mm24_space_new(struct mm24 *mm, uint32_t id, uint32_t pages);
struct mm24_space *mm24_space_find(const struct mm24 *mm, uint32_t id);
/* An empty entry, the table grows as needed; MM24_NONE when memory is short. */
uint32_t mm24_space_entry(struct mm24_space *space);
/* mmput(): the space goes with its last user. */
void mm24_space_put(struct mm24 *mm, struct mm24_space *space);
/* rss + 1; the caller's reference to the page becomes the entry's. flags: MM24_PTE_YOUNG,
 * MM24_PTE_DIRTY. */
void mm24_space_map(struct mm24_space *space, uint32_t vpn, uint32_t page, unsigned flags);
/* zap_pte_range() of one entry: drops the page or the swap slot. */
void mm24_space_unmap(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_space *space,
		      uint32_t vpn);
/* do_swap_page() without read-ahead. Sleeps in the world: look again at what may have changed.
 */
enum mm24_swapin {
	MM24_SWAPIN_DONE,    /* *page is mapped */
	MM24_SWAPIN_NOTHING, /* no swap entry there (any more), or no page for it */
	MM24_SWAPIN_LOCKED,  /* nothing done: wait for *page, which is in the swap cache */
	MM24_SWAPIN_NONE     /* golden replays of several nodes: not in the swap cache */
};
enum mm24_swapin mm24_space_swap_in(struct mm24 *mm, struct sim_cpu *cpu,
				    struct mm24_task *task, struct mm24_space *space,
				    uint32_t vpn, bool write, uint32_t *page);
bool mm24_swap_out(struct mm24 *mm, struct sim_cpu *cpu);

/* OOM: mm24_oom.c */

struct mm24_task *mm24_oom_task(struct mm24 *mm, uint32_t number); /* made at the first call;
								      NULL: memory is short */
bool mm24_oom_test(const struct mm24 *mm);                         /* out_of_memory() */
int mm24_oom_badness(const struct mm24_task *task, uint64_t jiffies);
/* oom_kill(): the victim, or NULL when there is none (the kernel panics). */
struct mm24_task *mm24_oom_kill(struct mm24 *mm, struct sim_cpu *cpu);

/* Contents: mm24_content.c, the members of struct mm_policy of the same names */

uint32_t mm24_content_hold(void *state, struct sim_cpu *cpu, uint64_t frame,
			   struct mm_content what);
void mm24_content_drop(void *state, struct sim_cpu *cpu, uint32_t content);
struct mm_access mm24_content_try(void *state, struct sim_cpu *cpu, uint32_t content,
				  bool write);
struct mm_access mm24_content_wait(void *state, struct sim_cpu *cpu, uint32_t content,
				   bool write);
uint64_t mm24_content_frame(const void *state, uint32_t content);
uint32_t mm24_content_count(const void *state);
uint32_t mm24_content_task(const void *state, uint32_t content);
void mm24_content_task_exit(void *state, struct sim_cpu *cpu, uint32_t task);
/* The page of that content was reclaimed: it is on the data disk only. */
void mm24_content_gone(struct mm24 *mm, uint32_t content);

#endif
