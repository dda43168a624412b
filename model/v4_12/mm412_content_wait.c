/*
 * Reads and writes of a content that have to wait.
 *
 * Kernel: handle_pte_fault(), do_generic_file_read(), generic_perform_write() with
 * balance_dirty_pages().
 */
#include "model/v4_12/mm412_swap.h"

static const struct mm_access failed = { .verdict = MM_FAILED, .frame = MM_NO_FRAME };

static bool in_memory(const struct mm412_content *c)
{
	return c->place == MM412_IN_MEMORY && !c->reading;
}

/* A write that has been done by the attempt before, and whose task has written too much. */
static bool only_throttled(const struct mm412 *mm, const struct mm412_content *c, bool write)
{
	return c && write && c->kind == MM_KIND_FILE && in_memory(c) &&
	       (mm412_page(mm, c->where)->flags & MM412_PG_DIRTY);
}

static struct mm_access throttle(struct mm412 *mm, struct sim_cpu *cpu,
				 const struct mm412_content *c)
{
	struct mm_access access = { .verdict = MM_DONE, .frame = mm412_frame(mm, c->where) };

	mm412_dirty_balance_wait(mm, cpu, mm->sleep->tasks[c->task]);
	return access;
}

/* Brings the content nearer to memory. False: it will not get there. */
static bool bring(struct mm412 *mm, struct sim_cpu *cpu, uint32_t content, bool write,
		  bool *refault)
{
	const struct mm412_content *c = mm412_content_number_find(mm, content);
	struct mm412_task *task = mm->sleep->tasks[c->task];

	if (c->kind != MM_KIND_FILE)
		return mm412_swap_in(mm, cpu, task, content, write, refault);
	if (c->reading) {
		/* Whoever reads it may be through by the moment this one is at: a wake-up that
		 * finds nobody is lost. */
		cpu->port->settle(cpu);
		c = mm412_content_number_find(mm, content);
		if (c && c->reading)
			cpu->port->sleep(cpu, mm->sleep->page_queue, UINT64_MAX);
		return true;
	}
	if (c->place != MM412_ON_DISK)
		return true;
	*refault = true;
	return mm412_content_read(mm, cpu, task, content, write);
}

struct mm_access mm412_content_wait(void *state, struct sim_cpu *cpu, uint32_t content,
				    bool write)
{
	struct mm412 *mm = state;
	struct mm_access access;
	bool refault = false;

	while (!only_throttled(mm, mm412_content_number_find(mm, content), write)) {
		access = mm412_content_try(mm, cpu, content, write);
		if (access.verdict != MM_WOULD_SLEEP)
			goto out;
		if (only_throttled(mm, mm412_content_number_find(mm, content), write))
			break;
		if (!mm412_content_number_find(mm, content) ||
		    !bring(mm, cpu, content, write, &refault))
			return failed;
	}
	access = throttle(mm, cpu, mm412_content_number_find(mm, content));
out:
	access.refault = refault && access.verdict == MM_DONE;
	return access;
}
