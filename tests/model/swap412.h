/* Contents that go to disk and come back, in few words. Needs tests/model/world412.h. */
#ifndef TESTS_SWAP412_H
#define TESTS_SWAP412_H

#include "model/v4_12/mm412_swap.h"
#include "tests/model/world412.h"

static inline struct mm412_content *s_content(struct world412 *w, uint32_t number)
{
	return &w->mm->sleep->contents[number];
}

static inline struct mm412_page *s_page(struct world412 *w, uint32_t number)
{
	return mm412_page(w->mm, w_slot(w, number));
}

static inline unsigned s_flags(struct world412 *w, uint32_t number)
{
	return s_page(w, number)->flags;
}

static inline uint64_t s_event(const struct world412 *w, unsigned event)
{
	return w->mm->sleep->event[event];
}

static inline int64_t s_node(struct world412 *w, enum mm412_node_item item)
{
	return w_node(w, 0)->stat[item];
}

/* All disks are done with what they have. */
static inline void s_time(struct world412 *w)
{
	w_cpu(w)->now += 10000 * W_SERVICE;
	mm412_io_reap(w->mm, w_cpu(w));
}

/* Reclaim has the page in hand, when nobody has used it lately. */
static inline void s_squeeze(struct world412 *w, uint32_t number)
{
	struct mm412_chain chain = mm412_chain_empty();
	struct mm412_scan sc = { .task = &w->mm->sleep->kswapd_task[0],
				 .gfp = k_gfp("GFP_KERNEL"),
				 .may_writepage = true,
				 .may_unmap = true,
				 .may_swap = true,
				 .kswapd = true };
	uint32_t slot = w_slot(w, number);

	if (s_content(w, number)->huge)
		slot &= ~(MM412_BLOCK_FRAMES - 1);
	mm412_page(w->mm, slot)->flags &=
		(uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_REFERENCED | MM412_PG_RECLAIM);
	mm412_pagevec_drain(w->mm, w_cpu(w));
	CU_ASSERT_FATAL(mm412_lru_isolate(w->mm, w_cpu(w), slot));
	mm412_page(w->mm, slot)->flags &= (uint16_t)~MM412_PG_ACTIVE;
	mm412_chain_add(w->mm, &chain, slot);
	mm412_shrink(w->mm, w_cpu(w), &chain, w_node(w, 0), &sc, false, NULL);
	while (chain.first != MM412_NONE) {
		slot = chain.first;
		mm412_chain_del(w->mm, &chain, slot);
		mm412_lru_putback(w->mm, w_cpu(w), slot);
	}
	mm412_io_unplug(w->mm, w_cpu(w), sc.task);
	mm412_pagevec_drain(w->mm, w_cpu(w));
}

/* It is on disk only. */
static inline void s_out(struct world412 *w, uint32_t number)
{
	for (unsigned i = 0; i < 3 && s_content(w, number)->place == MM412_IN_MEMORY; i++) {
		s_squeeze(w, number);
		s_time(w);
	}
	CU_ASSERT_NOT_EQUAL_FATAL(s_content(w, number)->place, MM412_IN_MEMORY);
}

static inline struct mm_access s_try(struct world412 *w, uint32_t number, bool write)
{
	struct mm_access a;

	w_cpu(w)->on_actor = false;
	a = mm412_content_try(w->mm, w_cpu(w), number, write);
	w_cpu(w)->on_actor = true;
	return a;
}

/* As the engine does it. */
static inline struct mm_access s_access(struct world412 *w, uint32_t number, bool write)
{
	struct mm_access a = s_try(w, number, write);

	return a.verdict == MM_WOULD_SLEEP ? mm412_content_wait(w->mm, w_cpu(w), number, write)
					   : a;
}

static inline void s_drop(struct world412 *w, uint32_t number)
{
	w_cpu(w)->on_actor = false;
	mm412_content_drop(w->mm, w_cpu(w), number);
	w_cpu(w)->on_actor = true;
}

static inline uint32_t s_anon(struct world412 *w)
{
	return w_hold(w, 0, MM_KIND_ANON, true);
}

/* A huge page of task 0; the first of its 512 contents. */
static inline uint32_t s_huge(struct world412 *w)
{
	uint32_t slot = w_block(w, MM412_HUGE_ORDER, "GFP_TRANSHUGE_LIGHT"), number;
	struct mm_content what = {
		.kind = MM_KIND_ANON, .dirty = true, .active = true, .order = MM412_HUGE_ORDER
	};

	w_cpu(w)->on_actor = false;
	number = mm412_content_hold(w->mm, w_cpu(w), mm412_frame(w->mm, slot), what);
	w_cpu(w)->on_actor = true;
	CU_ASSERT_NOT_EQUAL_FATAL(number, MM_NO_CONTENT);
	return number;
}

#endif
