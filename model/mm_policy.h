/*
 * A kernel's page allocator as the rest of pagesim sees it. The instances (mm412_policy) are
 * constant; all state hangs off the pointer that create() returns.
 *
 * A member may be NULL where it says so. What then happens is in mm_policy.c: members that have
 * an "or" there are called through the function of that name below, mm_policy_put_used() for
 * put_used.
 *
 * Frames are absolute page frame numbers. A CPU is passed with every call: the one the
 * operation runs on; its cycles are charged there.
 */
#ifndef MM_POLICY_H
#define MM_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/mm_event.h"
#include "model/mm_machine.h"
#include "model/mm_orders.h"
#include "model/mm_params.h"
#include "model/mm_snapshot.h"
#include "sim/port.h"

#define MM_NO_FRAME UINT64_MAX
#define MM_MOST_ACTIVITIES 16u /* names of a list */

/* How far an allocation had to go: latencies are classed by it. */
enum mm_path {
	MM_PATH_PCP,      /* a per-cpu list had the page */
	MM_PATH_BUDDY,    /* refill, or straight from the free lists, own type */
	MM_PATH_FALLBACK, /* from another migratetype's lists */
	MM_PATH_SLOW,     /* the slow path, without sleeping */
	MM_PATH_RECLAIM,
	MM_PATH_COMPACT,
	MM_PATH_OOM,
	MM_PATHS
};

enum mm_verdict {
	MM_DONE,        /* a frame */
	MM_FAILED,      /* the kernel returned NULL */
	MM_WOULD_SLEEP, /* the request has to go on in alloc_wait() */
};

/* Two registers of two halves each: smaller fields would be put together in memory, and the
 * call would wait for them. */
struct mm_request {
	uint32_t gfp; /* what gfp() returned */
	uint32_t order;
	uint32_t node; /* the preferred node */
	uint32_t task; /* who asks; tasks are numbered by the caller */
};

struct mm_grant {
	uint64_t frame; /* MM_NO_FRAME unless verdict is MM_DONE */
	enum mm_verdict verdict;
	enum mm_path path;
	uint16_t node; /* of the frame */
	uint8_t zone;  /* index into the snapshot's zones */
	uint8_t stage; /* MM_WOULD_SLEEP: how far it got; the kernel's own */
};

/* What a frame that is in use when the replay starts, or that was handed out, contains. */
enum mm_use {
	MM_USE_LRU = 1, /* on an LRU list: counts as a movable page (4.12 F6) */
	MM_USE_ANON = 2,
	MM_USE_FILE = 4, /* with ANON: shared memory */
	MM_USE_SLAB = 8,
	MM_USE_DIRTY = 16,
	MM_USE_ACTIVE = 32,
	MM_USE_STAYS = 64, /* of a file: as mm_content.stays */
};

/* What a page holds: decides whether and how reclaim may take it. */
enum mm_kind {
	MM_KIND_ANON,  /* a task's memory: mapped, to be written to swap */
	MM_KIND_FILE,  /* page cache */
	MM_KIND_SHMEM, /* shared memory, tmpfs: page cache that is written to swap */
	MM_KIND_SLAB,  /* of a slab cache: dropped for good by its shrinker, if it has one */
	MM_KINDS
};

struct mm_content {
	uint32_t task; /* whose page table maps it (anon); who read it (file) */
	enum mm_kind kind;
	bool dirty, active; /* active, of a slab page: its objects are in use, no shrinker
			       frees them */
	bool old;      /* there before the start: whether its task has used it lately is not
			  known, and what is not on an active list is taken as unused */
	bool stays;    /* of a file: its buffers are in use, reclaim cannot free it */
	uint8_t order; /* 0, or that of a huge page: so many contents with numbers in a row */
};

#define MM_NO_CONTENT UINT32_MAX

/* How access_try() and access_wait() ended. */
struct mm_access {
	enum mm_verdict verdict; /* MM_FAILED: the content is gone, its task was killed, or
				    there was no page for it */
	bool refault;            /* it had been reclaimed and was read back */
	uint64_t frame;
};

/*
 * The world a kernel with daemons runs in. Lives as long as the kernel. What it returns
 * belongs to it.
 */
struct mm_host {
	void *ctx;
	/* A queue to sleep on; NULL when memory is short. */
	struct sim_queue *(*queue)(void *ctx, const char *name);
	/* A daemon that calls run(mm, cpu) at date 0, on the CPUs of that node. `mm` may be
	 * anything that lives as long as the kernel. */
	bool (*daemon)(void *ctx, const char *name, unsigned node,
		       void (*run)(void *mm, struct sim_cpu *cpu), void *mm);
	/* The OOM killer has chosen that task. The caller drops its further operations and,
	 * as soon as it is not inside one, calls task_exit(). Callable from everywhere. */
	void (*killed)(void *ctx, uint32_t task);
	struct sim_disk *swap, *data; /* NULL = no swap; page cache I/O takes no time */
	uint64_t data_start;          /* byte of `data` where files begin: behind swap */
	uint64_t swap_pages;
	bool swap_at_once; /* the swap disk has no requests: a page is written where it is sent
			    */
	bool buffers_stay; /* what pages of files hold for the disk is in use: reclaim cannot
			      free them */
	bool swap_rotates; /* the swap disk seeks: its slots are handed out in order */
	uint64_t jiffy;    /* cycles of 1/HZ s */
	/*
	 * The kernel is about to look at what pages hold: until then nobody needs to hold()
	 * anything, and now all that was not told is told, in the order of its allocation.
	 * Called once at most, with no lock held, from inside any operation. NULL: everything
	 * is told at once.
	 */
	void (*wanted)(void *ctx, struct sim_cpu *cpu);
	/* A tracepoint was passed; task UINT32_MAX = by whoever runs on that CPU. NULL = nobody
	 * listens. */
	void (*event)(void *ctx, const struct sim_cpu *cpu, uint32_t task,
		      const struct mm_event *e);
};

/* How mm_policy.isolate() ended. */
enum mm_isolation {
	MM_ISOLATION_DONE,
	MM_ISOLATION_REFUSED, /* something in use there cannot be moved away, or the pageblock
				 is isolated already; to undo: it is not isolated */
	MM_ISOLATION_NOWHERE, /* there is no memory: nothing to do */
	MM_ISOLATION_UNKNOWN, /* this kernel, on this machine, isolates nothing */
};

/* Where a task's memory may come from, and how the OOM killer looks at it. */
enum mm_mempolicy { MM_MPOL_DEFAULT, MM_MPOL_PREFERRED, MM_MPOL_BIND, MM_MPOL_INTERLEAVE };

struct mm_task_rules {
	enum mm_mempolicy policy;
	uint64_t policy_nodes; /* bit n: node n; of all but the default at least one */
	uint64_t cpuset_nodes; /* mems_allowed; 0 = all */
	int oom_score_adj;     /* -1000..1000 */
	bool cap_sys_admin;
};

/* Takes a kernel's lists, each in its order; a NULL member = not wanted. */
struct mm_saver {
	void *ctx;
	void (*pageblock)(void *ctx, uint64_t frame, unsigned type);
	void (*free)(void *ctx, uint64_t frame, unsigned order, unsigned type);
	void (*pcp)(void *ctx, unsigned cpu, uint64_t frame, unsigned type);
	/* Ascending frames. A kernel that does not know how large blocks in use are tells of
	 * none. */
	void (*used)(void *ctx, uint64_t frame, unsigned order, unsigned use);
	/* Frames on LRU lists, so that hold() in this order makes the lists again. */
	void (*listed)(void *ctx, uint64_t frame);
};

/*
 * Numbers by name, on their way out of a kernel or into one: number() takes the values, or puts
 * in their place those that were kept under that name, if any were.
 */
struct mm_keeper {
	void *ctx;
	bool out;
	void (*number)(void *ctx, const char *name, int64_t *values, unsigned n);
};

struct mm_policy {
	const char *name;       /* "4.12.0" */
	const char *short_name; /* "4.12", as --kernel takes it */
	unsigned orders;        /* MAX_ORDER: 11 in 4.12 */
	size_t params_size, costs_size;
	const struct mm_param *params; /* ends with a row whose name is NULL; YAML: vm.NAME */
	const struct mm_param *costs;  /* path costs in cycles; YAML: cost.NAME */

	/*
	 * Boots the kernel: zones, zonelists, watermarks, all memory freed; with `empty`
	 * nothing is freed and the state is then put in place with the put_* calls, which must
	 * come in this order: put_pageblock, put_free / put_pcp / put_used, put_done. NULL and
	 * a finished sentence in text[size] on failure; errno is ENOMEM then if it is the host
	 * that is short of memory.
	 */
	void *(*create)(const struct mm_machine *machine, const void *params, const void *costs,
			bool empty, char *text, size_t size);
	void (*destroy)(void *mm);

	/* The type (an index into snapshot.type_names) of the pageblock that holds frame. Or
	 * NULL: it is not asked for. */
	bool (*put_pageblock)(void *mm, uint64_t frame, unsigned type);
	/* A free block to the tail of the list of that type; UINT_MAX = its pageblock's type.
	 */
	bool (*put_free)(void *mm, uint64_t frame, unsigned order, unsigned type);
	/* A page on the tail of the per-cpu list of that cpu. Or NULL: there are no such lists,
	 * it is put as a free block. */
	bool (*put_pcp)(void *mm, unsigned cpu, uint64_t frame, unsigned type);
	/* A block in use; use is a set of enum mm_use. Or NULL: what nobody put is in use. */
	bool (*put_used)(void *mm, uint64_t frame, unsigned order, unsigned use);
	/* Counters are made exact. False if the pieces contradict one another (text says how).
	 * Or NULL: they are. */
	bool (*put_done)(void *mm, char *text, size_t size);

	/*
	 * Flags from names such as "GFP_KERNEL|__GFP_HIGH", of this or a newer kernel: renamed
	 * flags are mapped by a table. Unknown names are skipped and their number added to
	 * *unknown. Or NULL: every request is like every other, 0.
	 */
	uint32_t (*gfp)(const char *names, unsigned *unknown);
	/*
	 * The kernel's functions that alloc_wait() tells of with sim_enter(), by number; [0] is
	 * the allocator itself, which is whatever is none of the others. Ends with NULL. NULL:
	 * it tells of none.
	 */
	const char *const *functions;
	/* For reports: "kernel", "user", "atomic", "movable", ...; constant strings that end
	 * with NULL, and which of them the request is. Or NULL, both: no classes are told. */
	const char *const *gfp_class_names;
	unsigned (*gfp_class)(uint32_t gfp);
	/* The flags as this kernel's tracepoints print them. NULL: it has no tracepoints. */
	void (*gfp_text)(uint32_t gfp, char *text, size_t size);

	/*
	 * Makes queues and daemons, before anything runs. NULL: this kernel has no daemons
	 * and never sleeps. False and a sentence in text[size] on failure.
	 */
	bool (*attach)(void *mm, const struct mm_host *host, char *text, size_t size);

	/* Never sleeps. */
	struct mm_grant (*alloc_try)(void *mm, struct sim_cpu *cpu, struct mm_request req);
	/*
	 * Goes on after MM_WOULD_SLEEP on the task's actor, with what alloc_try() returned;
	 * others may have run in between. NULL: the kernel's daemons and reclaim are not
	 * there, the caller counts would_sleep and fails the request. Needs attach().
	 */
	struct mm_grant (*alloc_wait)(void *mm, struct sim_cpu *cpu, struct mm_request req,
				      struct mm_grant so_far);
	void (*free)(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order, bool cold);
	/* The caller says what a handed-out block now contains (a set of enum mm_use). */
	void (*note_use)(void *mm, uint64_t frame, unsigned order, unsigned use);
	/*
	 * Contents: pages that the kernel may take away from who has them, write out and read
	 * back. A NULL member = this kernel has none of these, and all pages stay.
	 *
	 * hold() says what a block that was handed out holds, and returns its number from now
	 * on: the frame may change or be gone. MM_NO_CONTENT when memory is short. A huge page
	 * gets the numbers from there on, one for each frame, dropped one by one.
	 * drop() ends it, wherever it is (the traced free); a number is reused afterwards.
	 */
	uint32_t (*hold)(void *mm, struct sim_cpu *cpu, uint64_t frame, struct mm_content what);
	void (*drop)(void *mm, struct sim_cpu *cpu, uint32_t content);
	/* Reads or writes the content; when it has been reclaimed, or a writer has to wait for
	 * the disk: MM_WOULD_SLEEP, and then access_wait() on the task's actor. */
	struct mm_access (*access_try)(void *mm, struct sim_cpu *cpu, uint32_t content,
				       bool write);
	struct mm_access (*access_wait)(void *mm, struct sim_cpu *cpu, uint32_t content,
					bool write);
	/* 2.4's lists are not those of later kernels: what gets into the page cache begins on
	 * the active list, and a recorded active bit does not say that it is there. */
	bool caches_begin_active;
	/* Where it is now; MM_NO_FRAME while it is on a disk only, or gone. */
	uint64_t (*content_frame)(const void *mm, uint32_t content);
	/* Numbers are below this. */
	uint32_t (*contents)(const void *mm);
	/* The task of a live content, UINT32_MAX otherwise. */
	uint32_t (*content_task)(const void *mm, uint32_t content);
	/* Bit k: contents of enum mm_kind k can be held; the pages of others stay. */
	unsigned kinds;
	unsigned huge_order; /* of blocks of anonymous memory that can be held; 0 = none */
	/* As long as at most so many pages of files are dirty nothing depends on them, and they
	 * need not be held. NULL: 0. */
	uint64_t (*dirty_bound)(const void *mm);
	/* Whoever fills a page of a file by writing may have written too much: after hold() of
	 * a dirty one access_try() for writing follows, and where it has to sleep,
	 * access_wait(), in which the writer pauses. */
	bool writers_pause;
	/* Mempolicy, cpuset and OOM rules of a task, from now on. False and a finished sentence
	 * when the machine has no such node. NULL: this kernel has none of them. */
	bool (*task_rules)(void *mm, uint32_t task, const struct mm_task_rules *rules,
			   char *text, size_t size);
	/* Ends the task's anonymous contents; their numbers stay taken until drop(). */
	void (*task_exit)(void *mm, struct sim_cpu *cpu, uint32_t task);

	/*
	 * A write to /proc/sys/vm while the kernel runs, whole or not at all: what follows from
	 * it is as the kernel's handler leaves it. `name` is of `params`; fewer values than the
	 * row has leave the others. False and a finished sentence when this kernel refuses the
	 * write; that depends on name and values alone, and with mm NULL nothing is done but to
	 * find out. cpu is who writes, NULL = nobody that is simulated. NULL: nothing can be
	 * written.
	 */
	bool (*sysctl)(void *mm, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		       unsigned count, char *text, size_t size);
	/* Names of `params` that it knows, and of sysctls that hold no value: a write makes the
	 * kernel do something ("compact_memory"). Ends with NULL. */
	const char *const *sysctls;

	/*
	 * Isolates the pageblock of 512 frames that begins at `frame`, a multiple of it: what
	 * is free there leaves the counters and the reach of requests, what gets free there
	 * later joins it. Pages in use stay where they are. Or undoes it. Never sleeps. The
	 * kernel does so for memory that is wanted in one piece. NULL: this kernel has no such
	 * thing.
	 */
	enum mm_isolation (*isolate)(void *mm, struct sim_cpu *cpu, uint64_t frame, bool on);

	/* Splits a handed-out block of `order` into blocks of order 0 owned one by one
	 * (split_page): needed before a part of it can be freed. May be NULL. */
	void (*split)(void *mm, uint64_t frame, unsigned order);
	/* The kernel's periodic work on that CPU (4.12: vmstat_update). */
	void (*tick)(void *mm, struct sim_cpu *cpu);
	uint64_t (*tick_interval_ms)(const void *params);

	/* Hints: the host's cache should hold what a free of frame / hold() of it / the end of
	 * a content will touch. May be NULL. */
	void (*prefetch_free)(const void *mm, uint64_t frame);
	void (*prefetch_hold)(const void *mm, uint64_t frame);
	void (*prefetch_drop)(const void *mm, uint32_t content);

	/* NULL when memory is short. The caller frees it with mm_snapshot_free(). */
	struct mm_snapshot *(*snapshot)(const void *mm);
	/* Of the snapshot's zone `zone`. Cheap: its time does not depend on the memory's size.
	 * Or NULL: a snapshot is taken each time. */
	void (*sample)(const void *mm, unsigned zone, struct mm_sample *sample);
	/*
	 * What daemons and reclaim have done until `date`: so many values as there are names,
	 * of the whole machine (node MM_ORDERS_MACHINE) or of one node. Likewise cheap. Names
	 * say the unit; each list ends with NULL. A list may be NULL: there are none, and it is
	 * not asked for their values.
	 */
	void (*activity)(const void *mm, uint32_t node, uint64_t date, uint64_t *values);
	const char *const *activity_names, *const *node_activity_names;
	/* Times in which orders could not be had, since the begin. Belongs to the kernel. NULL:
	 * it does not tell. */
	const struct mm_orders *(*spells)(const void *mm);
	/* The type of the pageblock of 512 frames that holds the frame, which is in a zone.
	 * NULL: there are no pageblocks. */
	unsigned (*block_type)(const void *mm, uint64_t frame);
	/* Blocks are aligned as counted from their zone's first frame, not from frame 0. */
	bool aligned_in_zone;
	/*
	 * Calls visit(ctx, frame, order) for every block that is free: free lists and, where
	 * with_pcp, the pages of per-cpu lists (order 0). In no particular order.
	 */
	void (*each_free)(const void *mm, bool with_pcp,
			  void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx);
	/* All that each_free() tells, and where it stands: for a replay that goes on later. No
	 * member of `to` is NULL. Or NULL: the blocks of each_free(), all of type 0. */
	void (*save)(const void *mm, const struct mm_saver *to);
	/* What a content that has a frame is now; order is 0. False: it has none. */
	bool (*content_now)(const void *mm, uint32_t content, struct mm_content *what);
	/*
	 * The kernel's numbers that its lists do not tell, out of it, or into one that has the
	 * lists and contents. False and a sentence when what came in is not possible.
	 */
	bool (*keep)(void *mm, const struct mm_keeper *k, char *text, size_t size);
	/* Before put_*: what comes was saved by this kernel, each list in its order. NULL: that
	 * makes no difference. */
	void (*put_listed)(void *mm);
	/* False and a sentence when an invariant does not hold. Slow. NULL: there are none. */
	bool (*check)(const void *mm, char *text, size_t size);
};

/* The members of those names, or what stands for one that a kernel leaves out. */
bool mm_policy_put_pageblock(const struct mm_policy *policy, void *mm, uint64_t frame,
			     unsigned type);
bool mm_policy_put_pcp(const struct mm_policy *policy, void *mm, unsigned cpu, uint64_t frame,
		       unsigned type);
bool mm_policy_put_used(const struct mm_policy *policy, void *mm, uint64_t frame,
			unsigned order, unsigned use);
bool mm_policy_put_done(const struct mm_policy *policy, void *mm, char *text, size_t size);
uint32_t mm_policy_gfp(const struct mm_policy *policy, const char *names, unsigned *unknown);
unsigned mm_policy_gfp_class(const struct mm_policy *policy, uint32_t gfp);
/* False when memory is short. */
bool mm_policy_sample(const struct mm_policy *policy, const void *mm, unsigned zone,
		      struct mm_sample *sample);
void mm_policy_save(const struct mm_policy *policy, const void *mm, const struct mm_saver *to);
/* So many names are on a list that ends with NULL, or is NULL. */
unsigned mm_policy_names(const char *const *list);

/* By name or short name ("4.12", "4.12.0"); NULL when there is no such kernel. */
const struct mm_policy *mm_policy_find(const char *name);
/* Whether the parameter of that name can be written while the kernel runs. */
bool mm_policy_has_sysctl(const struct mm_policy *policy, const char *name);
/*
 * How a write to that sysctl is read: its row of `params`, also of one that cannot be written,
 * or for one that holds no value *made, which is filled in: one plain number. NULL when the
 * kernel has no such sysctl.
 */
const struct mm_param *mm_policy_sysctl_row(const struct mm_policy *policy, const char *name,
					    struct mm_param *made);
/* All kernels, ends with NULL. */
const struct mm_policy *const *mm_policy_all(void);

#endif
