/* What becomes of a page that reclaim looks at, by each combination of its flags: a table made
 * by reading the kernel's source. */
#ifndef TESTS_MODEL_FATES412_H
#define TESTS_MODEL_FATES412_H

#include "model/v4_12/mm412_scan.h"
#include "tests/unit.h"

#define GFP_NOIO (MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM)
#define GFP_NOFS (GFP_NOIO | MM412_GFP_IO)
#define GFP_KERNEL (GFP_NOFS | MM412_GFP_FS)

enum write { NOT_WRITTEN, WRITING, WRITING_FOR_RECLAIM };
enum fate { FREED, KEPT, ACTIVE, SENT };

struct row {
	enum mm_kind kind;
	bool dirty, mapped; /* of files */
	enum write write;   /* is under way */
	unsigned flags;
	bool kswapd;
	unsigned node_flags;
	uint32_t gfp;
	enum fate fate;
	unsigned scanned;
	struct mm412_shrunk seen;
};

enum {
	REF = MM412_PG_REFERENCED,
	RECLAIM = MM412_PG_RECLAIM,
	YOUNG = MM412_PG_PTE_YOUNG,
	LOCKED = MM412_PG_LOCKED,
	N_DIRTY = MM412_PGDAT_DIRTY,
	N_WRITEBACK = MM412_PGDAT_WRITEBACK,
};

#define ALL GFP_KERNEL

static const struct row rows[] = {
	/* Clean pages of files: use once. */
	{ MM_KIND_FILE, 0, 0, NOT_WRITTEN, 0, 0, 0, ALL, FREED, 1, { 0 } },
	{ MM_KIND_FILE, 0, 0, NOT_WRITTEN, REF, 0, 0, ALL, FREED, 1, { 0 } },
	{ MM_KIND_FILE, 0, 0, NOT_WRITTEN, REF, 0, 0, GFP_NOIO, FREED, 1, { 0 } },
	{ MM_KIND_FILE, 0, 0, NOT_WRITTEN, LOCKED, 0, 0, ALL, KEPT, 0, { 0 } },
	/* Mapped ones get a second look. */
	{ MM_KIND_FILE, 0, 1, NOT_WRITTEN, 0, 0, 0, ALL, FREED, 2, { 0 } },
	{ MM_KIND_FILE, 0, 1, NOT_WRITTEN, YOUNG, 0, 0, ALL, KEPT, 2, { .ref_keep = 1 } },
	{ MM_KIND_FILE,
	  0,
	  1,
	  NOT_WRITTEN,
	  YOUNG | REF,
	  0,
	  0,
	  ALL,
	  ACTIVE,
	  2,
	  { .activate = 1 } },
	/* Dirty ones are the flushers', but for kswapd's second meeting on a dirty node. */
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  0,
	  0,
	  0,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  RECLAIM,
	  0,
	  N_DIRTY,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  0,
	  1,
	  N_DIRTY,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  RECLAIM,
	  1,
	  N_WRITEBACK,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  RECLAIM,
	  1,
	  N_DIRTY,
	  ALL,
	  SENT,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1 } },
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  RECLAIM | REF,
	  1,
	  N_DIRTY,
	  ALL,
	  KEPT,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1 } },
	{ MM_KIND_FILE,
	  1,
	  0,
	  0,
	  RECLAIM,
	  1,
	  N_DIRTY,
	  GFP_NOFS,
	  KEPT,
	  1,
	  { .dirty = 1, .unqueued_dirty = 1 } },
	/* On the way to the disk. */
	{ MM_KIND_FILE,
	  0,
	  0,
	  WRITING,
	  0,
	  0,
	  0,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .writeback = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  0,
	  0,
	  WRITING_FOR_RECLAIM,
	  0,
	  0,
	  N_WRITEBACK,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .congested = 1, .writeback = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  0,
	  0,
	  WRITING_FOR_RECLAIM,
	  0,
	  1,
	  0,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .congested = 1, .writeback = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  0,
	  0,
	  WRITING_FOR_RECLAIM,
	  0,
	  1,
	  N_WRITEBACK,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .congested = 1, .immediate = 1, .activate = 1 } },
	{ MM_KIND_FILE,
	  0,
	  0,
	  WRITING,
	  0,
	  1,
	  N_WRITEBACK,
	  ALL,
	  ACTIVE,
	  1,
	  { .dirty = 1, .writeback = 1, .activate = 1 } },
	/* Anonymous memory goes to swap, without a file system. */
	{ MM_KIND_ANON, 0, 0, NOT_WRITTEN, 0, 0, 0, ALL, SENT, 2, { 0 } },
	{ MM_KIND_ANON, 0, 0, NOT_WRITTEN, 0, 0, 0, GFP_NOFS, SENT, 2, { 0 } },
	{ MM_KIND_ANON, 0, 0, NOT_WRITTEN, 0, 0, 0, GFP_NOIO, KEPT, 2, { 0 } },
	{ MM_KIND_ANON, 0, 0, NOT_WRITTEN, YOUNG, 0, 0, ALL, ACTIVE, 2, { .activate = 1 } },
	{ MM_KIND_ANON, 0, 0, NOT_WRITTEN, REF, 0, 0, ALL, SENT, 2, { 0 } },
	/* Shared memory, too, as a file system. */
	{ MM_KIND_SHMEM, 0, 0, NOT_WRITTEN, 0, 0, 0, ALL, SENT, 2, { 0 } },
	{ MM_KIND_SHMEM, 0, 0, NOT_WRITTEN, 0, 0, 0, GFP_NOFS, KEPT, 2, { 0 } },
	{ MM_KIND_SHMEM, 0, 0, NOT_WRITTEN, YOUNG, 0, 0, ALL, ACTIVE, 2, { .activate = 1 } },
};

#endif
