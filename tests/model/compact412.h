/*
 * What tests of compaction do all the time: a zone full of pages with contents, holes in it,
 * and the proof that contents are still what they were.
 */
#ifndef TESTS_COMPACT412_H
#define TESTS_COMPACT412_H

#include "model/v4_12/mm412_compact.h"
#include "tests/model/world412.h"

#define C_TASK 7

/* The content of the page, UINT32_MAX = none. */
static inline uint32_t c_content(const struct world412 *w, uint32_t slot)
{
	return mm412_page(w->mm, slot)->content - 1;
}

/* All there is, as single movable pages: their number; reserves and watermarks do not count. */
static inline unsigned c_take_all(struct world412 *w)
{
	struct mm412_request rq;
	unsigned n = 0;

	mm412_alloc_request(w->mm, &rq, 0, k_gfp("GFP_HIGHUSER_MOVABLE"), 0);
	while (mm412_alloc_attempt(w->mm, w_cpu(w), &rq, MM412_NO_WATERMARKS) != MM412_NONE)
		n++;
	return n;
}

/* A page in use without a content: nobody can move it. */
static inline bool c_stays(uint64_t n, unsigned every)
{
	return every && n % every == every / 2;
}

/*
 * Gives single pages in use something to hold, as far as they have nothing yet; kinds take
 * turns, dirty ones with them. Of each `pinned` frames one stays the kernel's (0 = none).
 */
static inline void c_hold_all(struct world412 *w, unsigned kinds, unsigned pinned)
{
	unsigned n = 0;

	for (uint32_t slot = w->mm->frame0; slot < w->mm->slots; slot++) {
		struct mm_content what = { .task = C_TASK,
					   .kind = (enum mm_kind)(n % kinds),
					   .dirty = n / kinds % 2 };

		if (w->mm->s[slot].tag != mm412_tag(MM412_USED, 0, 0) ||
		    c_content(w, slot) != UINT32_MAX || c_stays(slot - w->mm->frame0, pinned))
			continue;
		n++;
		CU_ASSERT_NOT_EQUAL_FATAL(
			mm412_content_hold(w->mm, w_cpu(w), mm412_frame(w->mm, slot), what),
			MM_NO_CONTENT);
	}
	mm412_pagevec_drain_all(w->mm, w_cpu(w));
}

/* One Normal zone of so many frames, all of them anonymous pages on their LRU list, but for
 * those that are pinned. */
static inline void c_open(struct world412 *w, uint64_t frames, unsigned pinned)
{
	w_open(w, frames, 1000);
	c_take_all(w);
	c_hold_all(w, 1, pinned);
}

static inline void c_drop(struct world412 *w, uint32_t slot)
{
	CU_ASSERT_NOT_EQUAL_FATAL(c_content(w, slot), UINT32_MAX);
	mm412_content_drop(w->mm, w_cpu(w), c_content(w, slot));
}

/* The n-th slot of the zone. */
static inline uint32_t c_slot(const struct world412 *w, uint64_t n)
{
	return mm412_slot(w->mm, w->mm->zones[0].start + n);
}

/* Drops the contents of [from, to) where n % every == which; per-cpu lists are emptied. */
static inline void c_drop_some(struct world412 *w, uint64_t from, uint64_t to, unsigned every,
			       unsigned which)
{
	for (uint64_t n = from; n < to; n++)
		if (n % every == which && c_content(w, c_slot(w, n)) != UINT32_MAX)
			c_drop(w, c_slot(w, n));
	mm412_pagevec_drain_all(w->mm, w_cpu(w));
	mm412_pcp_drain_all(w->mm, w_cpu(w), NULL);
}

static inline uint64_t c_blocks(const struct world412 *w, unsigned order)
{
	uint64_t sum = 0;

	for (unsigned type = 0; type < w->mm->ntypes; type++)
		sum += w->mm->s[mm412_list(&w->mm->zones[0], type, order)].stamp;
	return sum;
}

/* Free frames, those on per-cpu lists among them. */
static inline uint64_t c_free(const struct world412 *w)
{
	uint64_t sum = 0;

	for (unsigned order = 0; order < MM412_ORDERS; order++)
		sum += c_blocks(w, order) << order;
	for (unsigned c = 0; c < w->mm->ncpus; c++)
		sum += w->mm->zones[0].pcps[c].count;
	return sum;
}

/* A control as direct compaction has it. */
static inline struct mm412_compact c_control(struct world412 *w, int order,
					     enum mm412_compact_mode mode)
{
	return (struct mm412_compact){ .free = mm412_chain_empty(),
				       .migrate = mm412_chain_empty(),
				       .zone = &w->mm->zones[0],
				       .task = mm412_task_of(w->mm, C_TASK),
				       .gfp = k_gfp("GFP_HIGHUSER_MOVABLE"),
				       .order = order,
				       .type = MM412_MOVABLE,
				       .mode = mode,
				       .classzone = MM412_ZONE_NORMAL,
				       .direct = true,
				       .migrate_at = c_slot(w, 0),
				       .free_at = c_slot(w, w->mm->zones[0].end -
								    w->mm->zones[0].start -
								    MM412_BLOCK_FRAMES) };
}

/* As the slow path asks. */
static inline enum mm412_compact_result c_try(struct world412 *w, unsigned order,
					      const char *gfp, unsigned priority)
{
	struct mm412_task *task = mm412_task_of(w->mm, C_TASK);
	struct mm412_request rq;
	enum mm412_compact_result result;

	mm412_alloc_request(w->mm, &rq, 0, k_gfp(gfp), order);
	task->memalloc = true;
	result = mm412_compact_try(w->mm, w_cpu(w), task, &rq, MM412_WMARK_MIN, priority);
	task->memalloc = false;
	return result;
}

static inline uint64_t c_event(const struct world412 *w, enum mm412_vm_event event)
{
	return w->mm->sleep->event[event];
}

/* Every content in memory is where it says, alone, and nobody's hands hold a page. */
static inline bool c_contents_hold(const struct world412 *w)
{
	const struct mm412 *mm = w->mm;
	const struct mm412_node_sleep *node = &mm->sleep->nodes[0];
	uint32_t pages = 0, contents = 0;

	for (uint32_t slot = mm->frame0; slot < mm->slots; slot++) {
		uint32_t number = c_content(w, slot);

		if (number == UINT32_MAX)
			continue;
		pages += mm412_pages(mm, slot);
		if (mm412_tag_state(mm->s[slot].tag) != MM412_USED ||
		    !mm->sleep->contents[number].live ||
		    mm->sleep->contents[number].where != slot ||
		    mm412_page(mm, slot)->flags & MM412_PG_ISOLATED)
			return false;
	}
	for (uint32_t i = 0; i < mm->sleep->ncontents; i++)
		contents += mm->sleep->contents[i].live &&
			    mm->sleep->contents[i].place == MM412_IN_MEMORY;
	return pages == contents && node->stat[MM412_NODE_ISOLATED_ANON] == 0 &&
	       node->stat[MM412_NODE_ISOLATED_FILE] == 0;
}

#endif
