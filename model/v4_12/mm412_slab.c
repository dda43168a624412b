/*
 * Shrinkers: caches of the kernel's own that give memory back when asked. Three are here: the
 * reclaimable slab pages that the trace told of, as if they were a file system's dentries and
 * inodes, huge pages that are partly unused, and nodes of shadows (mm412_shadow.c).
 *
 * Kernel: shrink_slab(), do_shrink_slab() of mm/vmscan.c; super_cache_count(),
 * super_cache_scan() of fs/super.c with prune_dcache_sb() below; the deferred split queue's
 * shrinker is mm412_huge.c.
 *
 * Every slab page with a shrinker is full of objects that nobody uses (slab_objects_per_page).
 * The oldest page's objects are freed first, and the page when the last of them is. How far its
 * objects have gone is kept in the page, but the cache still counts them until then. Pages of
 * radix tree nodes and buffer heads are reclaimable by their counter, but no shrinker of a file
 * system has their objects: they stay until the trace frees them.
 */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_where.h"

enum { SEEKS = 2, BATCH = 128, SUPER_BATCH = 1024 };

#define STOP UINT64_MAX /* SHRINK_STOP */

/* What a shrinker is asked with. */
struct call {
	struct mm412 *mm;
	struct sim_cpu *cpu;
	struct mm412_node_sleep *node;
	struct mm412_task *task;
	uint32_t gfp;
};

struct shrinker {
	uint64_t (*count)(const struct call *c);
	uint64_t (*scan)(const struct call *c, uint64_t objects); /* objects freed, or STOP */
	uint64_t batch;
	enum mm_event_shrinker which;
};

/* ---- slab pages ------------------------------------------------------------------------- */

static uint64_t objects_on(const struct mm412 *mm, uint32_t slot)
{
	return mm->params.slab_objects_per_page[0] * mm412_pages(mm, slot);
}

uint64_t mm412_slab_pages(const struct mm412 *mm, const struct mm412_node_sleep *node)
{
	int64_t pages = 0;

	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++)
		if (node->node->zones[z])
			pages += mm412_zone_sleep(mm, node->node->zones[z])
					 ->stat[MM412_ZONE_SLAB_RECLAIMABLE];
	return (uint64_t)pages;
}

/* vfs_pressure_ratio() */
static uint64_t count_slab(const struct call *c)
{
	const struct mm412 *mm = c->mm;
	uint64_t pressure = mm->params.vfs_cache_pressure[0];
	uint64_t pages = mm412_slab_pages(mm, c->node) - c->node->slabs_in_use;
	uint64_t all = pages * mm->params.slab_objects_per_page[0];

	return all / 100 * pressure + all % 100 * pressure / 100;
}

static void free_slab(const struct call *c, uint32_t slot)
{
	struct mm412 *mm = c->mm;
	unsigned order = mm412_tag_order(mm->s[slot].tag);
	int64_t pages = mm412_pages(mm, slot);

	mm_list_del(mm->s, slot);
	mm412_lru_zone_add(mm, slot, MM412_ZONE_SLAB_RECLAIMABLE, -pages);
	mm->sleep->contents[mm412_page(mm, slot)->content - 1].place = MM412_NOWHERE;
	*mm412_page(mm, slot) = (struct mm412_page){ 0 };
	if (c->task)
		c->task->slab_reclaimed += (uint64_t)pages;
	mm412_alloc_free(mm, c->cpu, mm412_frame(mm, slot), order, false);
}

static uint64_t scan_slab(const struct call *c, uint64_t objects)
{
	struct mm412 *mm = c->mm;
	uint64_t freed = 0;

	/* The caller may hold locks of a file system. */
	if (!(c->gfp & MM412_GFP_FS))
		return STOP;
	while (freed < objects && !mm_list_empty(mm->s, c->node->slabs)) {
		uint32_t slot = mm->s[c->node->slabs].prev;
		struct mm412_page *page = mm412_page(mm, slot);
		uint64_t left = objects_on(mm, slot) - page->swap;
		uint64_t n = left < objects - freed ? left : objects - freed;

		sim_charge(c->cpu, (uint32_t)(n * mm->cost.slab_object[0]));
		mm412_touch_frame(mm, c->cpu, slot);
		page->swap += (uint32_t)n;
		freed += n;
		if (n == left)
			free_slab(c, slot);
	}
	return freed;
}

/* ---- huge pages ------------------------------------------------------------------------- */

static uint64_t count_split(const struct call *c)
{
	return mm412_huge_deferred(c->mm, c->node);
}

static uint64_t scan_split(const struct call *c, uint64_t objects)
{
	uint64_t split = mm412_huge_scan(c->mm, c->cpu, c->node, objects);

	return split || mm412_huge_deferred(c->mm, c->node) ? split : STOP;
}

/* ---- nodes of shadows ------------------------------------------------------------------- */

static uint64_t count_shadows(const struct call *c)
{
	return mm412_shadow_count(c->mm, c->node);
}

static uint64_t scan_shadows(const struct call *c, uint64_t objects)
{
	return mm412_shadow_scan(c->mm, c->node, objects);
}

/* ---- a shrinker's turn ------------------------------------------------------------------ */

static const struct shrinker slab = { count_slab, scan_slab, SUPER_BATCH,
				      MM_EVENT_SUPER_CACHE };
static const struct shrinker deferred_split = { count_split, scan_split, BATCH,
						MM_EVENT_DEFERRED_SPLIT };
static const struct shrinker shadow_nodes = { count_shadows, scan_shadows, BATCH,
					      MM_EVENT_SHADOW_NODES };

struct target {
	uint64_t deferred, delta, total; /* left from before; of this turn; to be scanned */
	uint64_t next_deferred;          /* before anything is scanned */
};

/* What was put off may not empty the whole cache at once, unless pressure is high now. */
static struct target aim(uint64_t deferred, uint64_t freeable, uint64_t scanned,
			 uint64_t eligible)
{
	struct target t = { .deferred = deferred };

	t.delta = 4 * scanned / SEEKS * freeable / (eligible + 1);
	t.total = t.next_deferred = deferred + t.delta;
	if (t.delta < freeable / 4 && t.total > freeable / 2)
		t.total = freeable / 2;
	if (t.total > 2 * freeable)
		t.total = 2 * freeable;
	return t;
}

static uint64_t shrink(const struct call *c, const struct shrinker *shrinker,
		       uint64_t *deferred, uint64_t scanned, uint64_t eligible)
{
	uint64_t freeable = shrinker->count(c), freed = 0, done = 0;
	struct target t;

	mm412_charge(c->cpu, c->mm->cost.shrink_slab);
	if (!freeable)
		return 0;
	t = aim(*deferred, freeable, scanned, eligible);
	*deferred = 0;
	mm412_tell(
		c->mm, c->cpu, c->task,
		(struct mm_event){ MM_EVENT_SHRINK_SLAB_START,
				   { c->node->nid, (int64_t)t.deferred, c->gfp,
				     (int64_t)scanned, (int64_t)eligible, (int64_t)freeable,
				     (int64_t)t.delta, (int64_t)t.total, shrinker->which } });
	/* Less than a batch is worth it only when it is all there is. */
	while (t.total >= shrinker->batch || t.total >= freeable) {
		uint64_t n = t.total < shrinker->batch ? t.total : shrinker->batch;
		uint64_t got = shrinker->scan(c, n);

		if (got == STOP)
			break;
		freed += got;
		mm412_count(c->mm, MM412_SLABS_SCANNED, n);
		t.total -= n;
		done += n;
		mm412_scan_breathe(c->mm, c->cpu);
	}
	/* Others may have put something off meanwhile. */
	*deferred += t.next_deferred > done ? t.next_deferred - done : 0;
	mm412_tell(c->mm, c->cpu, c->task,
		   (struct mm_event){ MM_EVENT_SHRINK_SLAB_END,
				      { c->node->nid, (int64_t)t.deferred, (int64_t)*deferred,
					(int64_t)t.total, (int64_t)freed, shrinker->which } });
	return freed;
}

uint64_t mm412_slab_shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			   struct mm412_task *task, uint32_t gfp, uint64_t scanned,
			   uint64_t eligible)
{
	unsigned before = sim_enter(cpu, MM412_IN_SHRINK_SLAB);
	const struct call c = { mm, cpu, node, task, gfp };
	uint64_t freed;

	if (!scanned)
		scanned = MM412_CLUSTER;
	freed = shrink(&c, &deferred_split, &node->split_deferred, scanned, eligible);
	freed += shrink(&c, &slab, &node->slab_deferred, scanned, eligible);
	freed += shrink(&c, &shadow_nodes, &node->shadow_deferred, scanned, eligible);
	mm412_scan_breathe(mm, cpu);
	sim_leave(cpu, before);
	return freed;
}
