/*
 * Reads and writes of a content that need not wait.
 *
 * Kernel: the processor's walk over a page table entry; do_swap_page() and shmem_getpage() of
 * a page that the swap cache has; generic_file_read(), generic_perform_write() of a page that
 * the page cache has.
 */
#include "model/v4_12/mm412_swap.h"

static const struct mm_access failed = { .verdict = MM_FAILED, .frame = MM_NO_FRAME };
static const struct mm_access would_sleep = { .verdict = MM_WOULD_SLEEP, .frame = MM_NO_FRAME };

static struct mm_access done(const struct mm412 *mm, uint32_t slot)
{
	return (struct mm_access){ .verdict = MM_DONE, .frame = mm412_frame(mm, slot) };
}

/* Through the entry of a page that swap has, too, nobody may write before he has said so: the
 * first write is a fault. */
static struct mm_access try_mapped(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
				   uint32_t first, bool write)
{
	struct mm412_page *p = mm412_page(mm, first);

	if (write && (p->flags & MM412_PG_SWAPCACHE) && !(p->flags & MM412_PG_PTE_DIRTY))
		mm412_swap_in_first_write(mm, cpu, first);
	p->flags |= (uint16_t)(MM412_PG_PTE_YOUNG | (write ? MM412_PG_PTE_DIRTY : 0));
	return done(mm, slot);
}

/* On an actor others can run while the page is marked: it stays, but may be nobody's then. */
static struct mm_access try_file(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
				 uint32_t content, bool write)
{
	uint32_t slot = mm->sleep->contents[content].where;
	bool again = task->ra_prev == content + 1, still;

	mm412_lru_pin(mm, slot);
	/* Writes mark no page as accessed, and who reads on in the same page has marked it. */
	if (!write) {
		task->ra_prev = content + 1;
		if (!again)
			mm412_pagevec_accessed(mm, cpu, slot);
	}
	still = mm412_page(mm, slot)->content == content + 1;
	if (write && still)
		mm412_dirty_set(mm, cpu, slot);
	mm412_lru_put(mm, cpu, slot, false);
	if (!still || (write && mm412_dirty_balance(mm, cpu, task)))
		return would_sleep;
	return done(mm, slot);
}

static struct mm_access try_slab(struct mm412 *mm, uint32_t slot)
{
	if (!(mm412_page(mm, slot)->flags & MM412_PG_ACTIVE)) {
		mm_list_del(mm->s, slot);
		mm_list_add(mm->s, mm412_node_of(mm, slot)->slabs, slot);
	}
	return done(mm, slot);
}

/* The entry is not there, but the page is. */
static struct mm_access try_unmapped(struct mm412 *mm, struct sim_cpu *cpu, uint32_t content,
				     uint32_t slot, bool write)
{
	return mm412_swap_in_cached(mm, cpu, content, write) ? done(mm, slot) : would_sleep;
}

struct mm_access mm412_content_try(void *state, struct sim_cpu *cpu, uint32_t content,
				   bool write)
{
	struct mm412 *mm = state;
	const struct mm412_content *c;
	struct mm412_task *task;
	uint32_t slot, first;

	mm412_io_reap(mm, cpu);
	c = mm412_content_number_find(mm, content);
	if (!c || c->place == MM412_NOWHERE)
		return failed;
	task = mm412_task_of(mm, c->task);
	if (!task || task->killed)
		return failed;
	task->cpu = cpu->id;
	mm412_charge(cpu, mm->cost.access);
	if (c->place != MM412_IN_MEMORY || c->reading)
		return would_sleep;
	slot = c->where;
	first = c->huge ? slot & ~(MM412_BLOCK_FRAMES - 1) : slot;
	if (mm412_page(mm, first)->flags & MM412_PG_MAPPED)
		return try_mapped(mm, cpu, slot, first, write);
	if (c->kind == MM_KIND_SLAB)
		return try_slab(mm, slot);
	if (c->kind == MM_KIND_FILE)
		return try_file(mm, cpu, task, content, write);
	return try_unmapped(mm, cpu, content, slot, write);
}
