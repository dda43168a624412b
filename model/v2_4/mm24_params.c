/*
 * The tables of 2.4.0's parameters and of the costs of its paths: YAML, --set and the
 * documentation follow from these rows.
 */
#include "model/v2_4/mm24.h"

#define PARAM(m) offsetof(struct mm24_params, m)

const struct mm_param mm24_params_table[] = {
	{ "freepages",
	  "pages",
	  "min low high: how much memory kswapd wants free in all zones together; 0 0 0 leaves "
	  "the sums of the zones' marks.",
	  NULL,
	  PARAM(freepages),
	  3,
	  0,
	  INT32_MAX,
	  { 0, 0, 0 },
	  "from the zones" },
	{ "memfrac",
	  "",
	  "DMA, Normal, HighMem (boot option): a zone's mark min is its pages over this, from "
	  "10 to 255; low and high are twice and three times that.",
	  NULL,
	  PARAM(memfrac),
	  3,
	  1,
	  INT32_MAX,
	  { 32, 128, 128 },
	  NULL },
	{ "bdflush",
	  "",
	  "nfract ndirty nrefill nref_dirt interval age_buffer nfract_sync and two more; the "
	  "third, fourth, eighth and ninth have no effect in 2.4.0: from which part of dirty "
	  "buffers (%) bdflush writes, how many a turn, how "
	  "often kupdate writes and how old buffers then are (jiffies), and from which part "
	  "(%) writers have to write themselves. Each has bounds of its own: 0 to 100, 10 to "
	  "50000, 5 to 20000, 25 to 20000, 0 to 60000, 100 to 600000, 0 to 100, 0, 0.",
	  NULL,
	  PARAM(bdflush),
	  9,
	  0,
	  600000,
	  { 30, 64, 64, 256, 500, 3000, 60, 0, 0 },
	  NULL },
	{ "kswapd",
	  "pages",
	  "tries_base tries_min swap_cluster: of these 2.4.0 uses the last, so many times "
	  "2^page-cluster pages may be on their way to swap at once.",
	  NULL,
	  PARAM(kswapd),
	  3,
	  0,
	  INT32_MAX,
	  { 512, 32, 8 },
	  NULL },
	{ "page-cluster",
	  "",
	  "2 to this power pages are the unit of a requester's own reclaim and of the buffers "
	  "cleaned in one turn; 16 stands for 2, 3 or 4, by memory size.",
	  NULL,
	  PARAM(page_cluster),
	  1,
	  0,
	  MM24_PAGE_CLUSTER_AUTO,
	  { MM24_PAGE_CLUSTER_AUTO },
	  "from memory size" },
	{ "pagetable_cache",
	  "pages",
	  "low high: page tables that each CPU keeps; as /proc shows it, page tables are not "
	  "modelled as memory.",
	  NULL,
	  PARAM(pagetable_cache),
	  2,
	  0,
	  INT32_MAX,
	  { 25, 50 },
	  NULL },
	{ "memory_model",
	  "",
	  "How the kernel was built: as one node (which a machine of several then is to it), "
	  "several taken in turns, or each CPU's own node first; auto takes what the machine "
	  "says, else contig for one node and for an i386 machine where some CPU's node has no "
	  "low memory, numa for others.",
	  "auto|contig|discontig|numa",
	  PARAM(memory_model),
	  1,
	  0,
	  3,
	  { MM_MEMORY_DEFAULT },
	  NULL },
	{ "hang_rounds",
	  "",
	  "A request for one page that may wait never fails in 2.4.0; after so many rounds it "
	  "is given up, and counted as would_hang; after ten where that has just happened to "
	  "another.",
	  NULL,
	  PARAM(hang_rounds),
	  1,
	  1,
	  INT64_MAX,
	  { 10000 },
	  NULL },
	{ 0 },
};

#define ROW(m, cycles, text) MM_PARAMS_COST(struct mm24_costs, m, cycles, text)

/*
 * There are no published cycle counts of 2.4 on today's processors. Steps that 4.12 has, too,
 * cost the same there; the others are estimated from the instructions they take
 * (configs/costs/2.4.yaml).
 */
const struct mm_param mm24_params_costs[] = {
	ROW(alloc_entry, 20, "entering an allocation: order, zone list"),
	ROW(shortage, 9, "the test for a shortage, for each zone of the machine"),
	ROW(zone_step, 8, "each zone of the list that is looked at for free pages"),
	ROW(limit_step, 8, "each zone looked at again, against a limit"),
	ROW(lock, 71, "a free spinlock, interrupts off and on again"),
	ROW(spin, 33, "a free spinlock that leaves interrupts alone"),
	ROW(lock_move, 50, "a lock that another CPU held last, on top of its line"),
	ROW(take, 12, "a block off its free list"),
	ROW(order_step, 2, "each empty list passed by on the way to it"),
	ROW(split_step, 4, "each halving of a block"),
	ROW(bitmap_step, 3, "each bit of a pair of buddies that flips"),
	ROW(merge_step, 4, "each merge of two buddies"),
	ROW(free_entry, 14, "entering a free: the page's count"),
	ROW(free_block, 18, "... whose last reference went: checks, flags, age"),
	ROW(reclaim_entry, 40, "entering reclaim_page()"),
	ROW(scan_step, 12, "each page looked at by a scan"),
	ROW(lru_move, 14, "a page from one list to another"),
	ROW(age_step, 4, "a page's age, up or down"),
	ROW(launder_entry, 60, "entering page_launder()"),
	ROW(writepage, 1500, "handing a page to its file system or to swap for writing"),
	ROW(buffers, 120, "trying to free a page's buffers, or to write them"),
	ROW(swap_out_entry, 80, "choosing the process that swap_out() looks at"),
	ROW(pte_step, 10, "each page table entry that it looks at"),
	ROW(unmap, 350, "taking a page out of a page table, with the TLB"),
	ROW(flush_ipi, 500, "an interrupt that flushes a CPU's TLB, on that CPU"),
	ROW(swap_slot, 40, "looking for a free slot of swap space"),
	ROW(kswapd_pass, 100, "one turn of kswapd, kreclaimd or bdflush, without what it does"),
	ROW(wake, 600, "waking a task that sleeps"),
	ROW(oom_task, 60, "each task that the OOM killer looks at"),
	ROW(fault, 900, "a page fault, without its I/O"),
	ROW(lookup, 60, "finding a page in a page cache"),
	{ 0 },
};
