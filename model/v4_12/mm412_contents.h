/*
 * What pages hold and where it goes: tasks' memory, swap, files, disks, dirty limits,
 * writeback.
 */
#ifndef MM412_CONTENTS_H
#define MM412_CONTENTS_H

#include "model/v4_12/mm412_sleep_state.h"

/* ---- disks and writeback: mm412_io.c, mm412_dirty.c, mm412_writeback.c ------------------- */

bool mm412_io_make(struct mm412 *mm);
void mm412_io_done(struct mm412 *mm);
/* Starts writing a page: MM412_PG_WRITEBACK until its date (__swap_writepage(), a file
 * system's writepage()). The page is unlocked; counters of writeback, pswpout, pgpgout. */
void mm412_io_write(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaim);
/* The same under the reclaimer's plug: the disk gets the page at mm412_io_unplug(), which
 * whoever holds pages back calls before it sleeps. */
void mm412_io_write_later(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			  uint32_t slot);
void mm412_io_unplug(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task);
/* Ends what the disks have done by now: end_page_writeback() with its rotation, wakes
 * sleepers. Call it before looking at pages' flags or LRU lists after time has passed. */
void mm412_io_reap(struct mm412 *mm, struct sim_cpu *cpu);
/* wait_on_page_writeback(): on an actor, sleeps. */
void mm412_io_wait(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* Reads n pages at `at` (a swap slot, or a file content's number) and sleeps until they are
 * there; counts pswpin or pgpgin. */
void mm412_io_read(struct mm412 *mm, struct sim_cpu *cpu, bool swap, uint32_t at, unsigned n);
/* The page goes while it is written: the disk goes on, nobody is told. */
void mm412_io_forget(struct mm412 *mm, uint32_t slot);
/* inode_write_congested() of a page's file: too many requests are under way. Never of
 * swap: 4.12 asks a backing device that stands for none. */
bool mm412_io_congested(const struct mm412 *mm, const struct sim_cpu *cpu, bool swap);
/* The date at which clear_wb_congested() next wakes those who wait for congestion to end: the
 * end of a write that leaves its disk uncongested. UINT64_MAX = none is under way. */
uint64_t mm412_io_relief(const struct mm412 *mm);

/* set_page_dirty() / clear_page_dirty_for_io() of a file page with their counters. */
void mm412_dirty_set(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
bool mm412_dirty_clear(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* node_dirty_ok() */
bool mm412_dirty_node_ok(const struct mm412 *mm, unsigned nid, const struct mm412_task *task);
/* global_dirtyable_memory(), domain_dirty_limits(): pages. */
uint64_t mm412_dirty_dirtyable(const struct mm412 *mm);
void mm412_dirty_limits(const struct mm412 *mm, const struct mm412_task *task, uint64_t *thresh,
			uint64_t *background);
/* writeback_set_ratelimit(): dirty_ratio or dirty_bytes has been written. */
void mm412_dirty_set_limits(struct mm412 *mm);
/* mm_policy.dirty_bound: the fewest dirty pages at which node_dirty_ok() could refuse a node,
 * or the flusher begin, as things are. */
uint64_t mm412_dirty_bound(const void *state);
/* balance_dirty_pages_ratelimited(): after a write; true when the writer has to sleep, which
 * mm412_dirty_balance_wait() then does on an actor. */
bool mm412_dirty_balance(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
void mm412_dirty_balance_wait(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
bool mm412_writeback_make(struct mm412 *mm);
void mm412_writeback_done(struct mm412 *mm);
/* wb_start_background_writeback(): the flusher looks whether too much is dirty. */
void mm412_writeback_background(struct mm412 *mm, struct sim_cpu *cpu);
void mm412_writeback_run(void *state, struct sim_cpu *cpu);
/* A file page became dirty, or is none any more before it was written. */
void mm412_writeback_dirtied(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* wakeup_flusher_threads(): 0 pages = all. */
void mm412_writeback_wake(struct mm412 *mm, struct sim_cpu *cpu, uint64_t pages);

/* ---- swap: mm412_swap.c, mm412_swap_cache.c, mm412_swap_in.c ----------------------------- */

bool mm412_swap_make(struct mm412 *mm, uint64_t pages);
void mm412_swap_done(struct mm412 *mm); /* frees; takes a kernel whose swap was not made */
uint64_t mm412_swap_free_pages(const struct mm412 *mm); /* get_nr_swap_pages() */
uint64_t mm412_swap_total(const struct mm412 *mm);
/* add_to_swap(): a slot and the swap cache for an anon or shmem page; splits a huge page, whose
 * other pages go to the tail of *rest. False: swap is full, or the page cannot be split. */
bool mm412_swap_add(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		    uint32_t slot, struct mm412_chain *rest);
/* try_to_free_swap(), delete_from_swap_cache(): the page is no longer in the swap cache. */
bool mm412_swap_try_free(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm412_swap_cache_del(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* The swap cache's page for that slot is another one: migration. */
void mm412_swap_cache_move(struct mm412 *mm, uint32_t swap, uint32_t to);
/* swap_free(): one user of the slot less. */
void mm412_swap_free(struct mm412 *mm, struct sim_cpu *cpu, uint32_t swap);
/* The page of the swap cache for that slot, MM412_NONE = none. */
uint32_t mm412_swap_cached(const struct mm412 *mm, uint32_t swap);
/* do_swap_page() with swapin_readahead(): on an actor. The content is mapped again, or false
 * when there is no page for it or it has gone. *major: it was read. */
bool mm412_swap_in(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		   uint32_t content, bool write, bool *major);
bool mm412_swap_full(const struct mm412 *mm); /* vm_swap_full() */

/* ---- contents and tasks: mm412_content.c, mm412_task.c, mm412_huge.c --------------------- */

/* Made at the first call; NULL when memory is short. */
struct mm412_task *mm412_task_of(struct mm412 *mm, uint32_t number);
/* The same of one that is only looked at: it counts as seen, and is sleep->plain, not to be
 * written to, as long as nobody asks for it by mm412_task_of(). Replays have hundreds of
 * thousands of tasks that never do more than to allocate pages that are there. */
struct mm412_task *mm412_task_seen(struct mm412 *mm, uint32_t number);
void mm412_task_init(struct mm412_sleep *sleep);
void mm412_task_done(struct mm412_sleep *sleep);
/* get_mm_counter(): that many pages of a kind, or swap entries, more; page tables follow. */
void mm412_task_rss(struct mm412_task *task, enum mm_kind kind, int64_t pages);
void mm412_task_swapents(struct mm412_task *task, int64_t entries);

/* Numbers: mm412_content_number.c. MM_NO_CONTENT when memory is short; a run is 512 in a row,
 * whose numbers are free again when all of them have been given. */
uint32_t mm412_content_number_take(struct mm412 *mm);
uint32_t mm412_content_number_take_run(struct mm412 *mm);
void mm412_content_number_give(struct mm412 *mm, uint32_t number);
/* NULL: it was dropped, or its task has exited. */
struct mm412_content *mm412_content_number_find(const struct mm412 *mm, uint32_t number);
/* Ends what it holds, wherever it is, but for its number: zap_pte_range(),
 * truncate_inode_page(). */
void mm412_content_drop_it(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number);
/* The page is the content's: mapped, and counted for its task. */
void mm412_content_map(struct mm412 *mm, uint32_t slot);
void mm412_content_map_not(struct mm412 *mm, uint32_t slot);
/* Members of struct mm_policy. Only anonymous memory is huge; a block of a slab is one content,
 * whatever its order. */
uint32_t mm412_content_hold(void *state, struct sim_cpu *cpu, uint64_t frame,
			    struct mm_content what);
void mm412_content_drop(void *state, struct sim_cpu *cpu, uint32_t content);
struct mm_access mm412_content_try(void *state, struct sim_cpu *cpu, uint32_t content,
				   bool write);
struct mm_access mm412_content_wait(void *state, struct sim_cpu *cpu, uint32_t content,
				    bool write);
/* A file's content that is on disk only, and maybe those behind it: on an actor. False when
 * there is no page for it. */
bool mm412_content_read(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			uint32_t number, bool write);
uint64_t mm412_content_frame(const void *state, uint32_t content);
uint32_t mm412_content_count(const void *state);
uint32_t mm412_content_task(const void *state, uint32_t content);
void mm412_content_task_exit(void *state, struct sim_cpu *cpu, uint32_t task);
bool mm412_mempolicy_rules(void *state, uint32_t task, const struct mm_task_rules *rules,
			   char *text, size_t size);
/* page_referenced(): entries that were young, which they are no longer. *exec: VM_EXEC (never,
 * see model-limits). */
unsigned mm412_content_referenced(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* try_to_unmap(): false when it stays mapped. Anon: the entry becomes the swap slot's, which
 * gets a user more; a dirty entry makes the page dirty. */
bool mm412_content_unmap(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* __remove_mapping() of a page that is not dirty and has no other reference: the content is on
 * swap or on disk (with a shadow when reclaimed). False when it is in use. */
bool mm412_content_remove(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaimed);
/* migrate_page(): contents, flags and caches move to another page in use, whose own entry was
 * empty; neither is on an LRU list. False when it may not move now (being written, locked). */
bool mm412_content_move(struct mm412 *mm, struct sim_cpu *cpu, uint32_t from, uint32_t to,
			enum mm412_compact_mode mode);
/* Frees a task's anonymous pages but not their numbers (__oom_reap_task_mm()): pages freed. */
uint64_t mm412_content_reap(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
/* split_huge_page(): its 512 pages are single ones, the others' LRU place is behind the first
 * (or on *rest when not NULL and it is on no list); those without a content are freed. The
 * caller has pinned it; false when somebody else has, too. */
bool mm412_huge_split(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
		      struct mm412_chain *rest);
/* One of a huge page's contents ends: the page itself goes with the last of them, or when it is
 * split. zap_huge_pmd(), page_remove_rmap() of a part. */
void mm412_huge_drop(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number);
/* deferred_split_count(), deferred_split_scan(): huge pages that have lost contents; splits up
 * to nr of them and returns how many. */
uint64_t mm412_huge_deferred(const struct mm412 *mm, const struct mm412_node_sleep *node);
uint64_t mm412_huge_scan(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 uint64_t nr);
/* A block for the kernel's own needs, on an actor, by the task's rules: MM412_NONE when there
 * is none. */
uint32_t mm412_slowpath_block(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			      uint32_t gfp, unsigned order);
/* The same for a single page (swap-in, refault). */
uint32_t mm412_slowpath_page(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			     uint32_t gfp);

#endif
