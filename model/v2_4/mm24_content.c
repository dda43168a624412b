/*
 * Contents: what the pages of a replay hold, wherever it is. A task's memory is an entry of
 * its address space; a page of a file is in the page cache, or on the data disk only.
 *
 * Kernel: what do_anonymous_page(), handle_pte_fault(), zap_page_range(), exit_mmap(),
 * generic_file_read(), generic_file_write(), truncate_inode_pages() do with one page.
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

/* Who waits for a page that somebody else reads looks so many times in a jiffy. */
enum { LOOKS = 64 };

static const struct mm_access failed = { .verdict = MM_FAILED, .frame = MM_NO_FRAME };
static const struct mm_access would_sleep = { .verdict = MM_WOULD_SLEEP, .frame = MM_NO_FRAME };

/* ---- numbers --------------------------------------------------------------------------- */

static bool grow(struct mm24 *mm)
{
	uint32_t room = mm->contents_room ? mm->contents_room * 2 : 1024;
	struct mm24_content *contents;

	if (room <= mm->contents_room)
		return false;
	contents = realloc(mm->contents, room * sizeof(*contents));
	if (!contents)
		return false;
	mm->contents = contents;
	mm->contents_room = room;
	return true;
}

static uint32_t take_number(struct mm24 *mm)
{
	uint32_t number;

	if (mm->contents_free) {
		number = mm->contents_free - 1;
		mm->contents_free = mm->contents[number].where;
		return number;
	}
	if (mm->ncontents == mm->contents_room && !grow(mm))
		return MM_NO_CONTENT;
	number = mm->ncontents++;
	mm->contents[number] = (struct mm24_content){ 0 };
	return number;
}

static void give_number(struct mm24 *mm, uint32_t number)
{
	mm->contents[number] = (struct mm24_content){ .where = mm->contents_free };
	mm->contents_free = number + 1;
}

/* NULL: it was dropped, or its task has exited. */
static struct mm24_content *find(const struct mm24 *mm, uint32_t number)
{
	struct mm24_content *c;

	if (number >= mm->ncontents)
		return NULL;
	c = &mm->contents[number];
	return c->live && !c->ended ? c : NULL;
}

/* The same for who has slept: meanwhile the number can have passed to another content. */
static struct mm24_content *find_again(const struct mm24 *mm, uint32_t number,
				       enum mm_kind kind)
{
	struct mm24_content *c = find(mm, number);

	return c && c->kind == kind ? c : NULL;
}

/* ... and that its task may go on with. */
static struct mm24_content *find_wanted(const struct mm24 *mm, uint32_t number,
					enum mm_kind kind)
{
	struct mm24_content *c = find_again(mm, number, kind);

	return c && !mm->tasks[c->task]->killed ? c : NULL;
}

static struct mm24_task *task_of(const struct mm24 *mm, const struct mm24_content *c)
{
	return mm->tasks[c->task];
}

static struct mm24_pte *pte_of(const struct mm24 *mm, const struct mm24_content *c)
{
	return &task_of(mm, c)->space->pte[c->where];
}

/* ---- hold and drop --------------------------------------------------------------------- */

static bool hold_anon(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
		      uint32_t number, uint32_t slot)
{
	uint32_t vpn;

	if (!task->space) {
		task->space = mm24_space_new(mm, task->number, 0);
		if (!task->space)
			return false;
		task->no_mm = false;
		task->start = mm24_daemon_jiffies(mm, cpu);
	}
	vpn = mm24_space_entry(task->space);
	if (vpn == MM24_NONE)
		return false;
	/* Whoever asked for the page has just written to it. */
	mm24_space_map(task->space, vpn, slot, MM24_PTE_YOUNG | MM24_PTE_DIRTY);
	task->space->content[vpn] = number;
	task->space->cpu = cpu->id;
	task->total_vm++;
	mm->contents[number].where = vpn;
	return true;
}

/* The page's buffer becomes dirty. False: memory is short. */
static bool write_to(struct mm24 *mm, const struct sim_cpu *cpu, uint32_t slot)
{
	mm24_buffer_make(mm, slot, 0);
	return mm24_bdflush_dirtied(mm, cpu, slot);
}

static bool hold_file(struct mm24 *mm, struct sim_cpu *cpu, struct mm_content what,
		      uint32_t number, uint32_t slot)
{
	mm24_cache_add(mm, cpu, slot, 0);
	mm24_page(mm, slot)->content = number + 1;
	mm->contents[number].where = slot;
	mm24_buffer_make(mm, slot, 0);
	if (what.dirty && !write_to(mm, cpu, slot)) {
		/* The caller's reference is the last one again. */
		mm24_cache_remove(mm, cpu, slot);
		return false;
	}
	if (!what.active)
		mm24_lru_deactivate(mm, cpu, slot);
	/* The caller's; as long as it is there nobody takes the page away. */
	mm24_buddy_put(mm, cpu, slot, 0);
	return true;
}

uint32_t mm24_content_hold(void *state, struct sim_cpu *cpu, uint64_t frame,
			   struct mm_content what)
{
	struct mm24 *mm = state;
	struct mm24_task *task = mm24_oom_task(mm, what.task);
	uint32_t number = task ? take_number(mm) : MM_NO_CONTENT;
	bool held;

	if (number == MM_NO_CONTENT)
		return MM_NO_CONTENT;
	mm->contents[number] =
		(struct mm24_content){ .task = what.task, .kind = (uint8_t)what.kind };
	if (what.kind == MM_KIND_ANON)
		held = hold_anon(mm, cpu, task, number, mm24_slot(mm, frame));
	else
		held = hold_file(mm, cpu, what, number, mm24_slot(mm, frame));
	if (!held) {
		give_number(mm, number);
		return MM_NO_CONTENT;
	}
	/* Not before: who goes on while this waits for a lock must not find half of it. */
	mm->contents[number].live = true;
	return number;
}

static void drop_anon(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_content *c)
{
	struct mm24_task *task = task_of(mm, c);

	task->total_vm--;
	mm24_space_unmap(mm, cpu, task->space, c->where);
}

static void drop_file(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_content *c)
{
	if (c->where == MM24_NONE)
		return;
	/* Who reads it takes it out of the cache at the end: the kernel waits for that. */
	if (c->reading)
		mm24_page(mm, c->where)->content = 0;
	else
		mm24_cache_remove(mm, cpu, c->where);
}

void mm24_content_drop(void *state, struct sim_cpu *cpu, uint32_t content)
{
	struct mm24 *mm = state;
	struct mm24_content was;

	assert(content < mm->ncontents && mm->contents[content].live);
	was = mm->contents[content];
	/* Nobody finds it any more, but its number is not free before the page is. */
	mm->contents[content].ended = true;
	if (was.ended)
		;
	else if (was.kind == MM_KIND_ANON)
		drop_anon(mm, cpu, &was);
	else
		drop_file(mm, cpu, &was);
	give_number(mm, content);
}

void mm24_content_gone(struct mm24 *mm, uint32_t content)
{
	mm->contents[content].where = MM24_NONE;
}

void mm24_content_task_exit(void *state, struct sim_cpu *cpu, uint32_t number)
{
	struct mm24 *mm = state;
	struct mm24_task *task = number < mm->ntasks ? mm->tasks[number] : NULL;
	struct mm24_space *space = task ? task->space : NULL;

	if (!task)
		return;
	for (uint32_t vpn = 0; space && vpn < space->pages; vpn++) {
		if (!space->pte[vpn].flags)
			continue;
		mm->contents[space->content[vpn]].ended = true;
		mm24_space_unmap(mm, cpu, space, vpn);
	}
	if (space) {
		task->space = NULL;
		mm24_space_put(mm, space);
	}
	task->total_vm = 0;
	task->no_mm = true;
	task->memalloc = false;
	task->killed = false;
}

/* ---- access ---------------------------------------------------------------------------- */

static struct mm_access done(const struct mm24 *mm, uint32_t slot, bool refault)
{
	return (struct mm_access){ .verdict = MM_DONE,
				   .refault = refault,
				   .frame = mm24_frame(mm, slot) };
}

/* What the processor notes of an access. A page that was read in for reading is nobody else's,
 * so that its first write needs no copy of it. */
static struct mm_access touch_anon(const struct mm24 *mm, struct mm24_pte *pte, bool write,
				   bool refault)
{
	pte->flags |= MM24_PTE_YOUNG | (write ? MM24_PTE_DIRTY : 0);
	return done(mm, pte->value, refault);
}

static struct mm_access wait_anon(struct mm24 *mm, struct sim_cpu *cpu, uint32_t number,
				  bool write)
{
	const struct mm24_content *c;
	bool refault = false;

	while ((c = find_wanted(mm, number, MM_KIND_ANON))) {
		struct mm24_task *task = task_of(mm, c);
		struct mm24_pte *pte = pte_of(mm, c);
		bool on_disk = !(pte->flags & MM24_PTE_PRESENT) &&
			       mm->swap.page[pte->value] == MM24_NONE;
		uint32_t slot = pte->value;

		if (pte->flags & MM24_PTE_PRESENT)
			return touch_anon(mm, pte, write, refault);
		switch (mm24_space_swap_in(mm, cpu, task, task->space, c->where, write,
					   &slot)) {
		case MM24_SWAPIN_DONE:
			mm->stats.refaults_swap += on_disk;
			refault |= on_disk;
			break;
		case MM24_SWAPIN_LOCKED:
			mm24_io_wait(mm, cpu, slot);
			break;
		case MM24_SWAPIN_NOTHING:
		case MM24_SWAPIN_NONE:
			return failed;
		}
	}
	return failed;
}

/* Reads the page of a file into the page cache. False: no page for it. */
static bool read_in(struct mm24 *mm, struct sim_cpu *cpu, uint32_t number,
		    struct mm24_task *task)
{
	uint32_t slot = mm24_alloc_page(mm, cpu, task, MM24_GFP_USER | MM24_GFP_HIGHMEM);
	struct mm24_content *c = find_again(mm, number, MM_KIND_FILE);

	if (slot == MM24_NONE)
		return false;
	if (!c || c->where != MM24_NONE) {
		mm24_buddy_put(mm, cpu, slot, 0);
		return true;
	}
	/* Before the cache's lock, which others may get first: they must find the page. */
	c->where = slot;
	c->reading = true;
	mm24_page(mm, slot)->content = number + 1;
	mm24_cache_add(mm, cpu, slot, 0);
	mm->s[slot].tag |= MM24_LOCKED;
	mm24_buffer_make(mm, slot, 0);
	mm24_io_read(mm, cpu, false, number);
	mm->s[slot].tag &= (uint16_t)~MM24_LOCKED;
	mm->stats.refaults_file++;
	if (mm24_page(mm, slot)->content == number + 1)
		mm->contents[number].reading = false;
	else
		mm24_cache_remove(mm, cpu, slot);
	mm24_buddy_put(mm, cpu, slot, 0);
	return true;
}

/* Looks the page up. False: somebody has taken it away meanwhile. */
static bool look_up(struct mm24 *mm, struct sim_cpu *cpu, uint32_t number, uint32_t slot,
		    const struct mm24_task *task)
{
	bool same;

	mm24_page(mm, slot)->count++;
	mm24_cache_find(mm, cpu, slot, task);
	same = mm24_page(mm, slot)->content == number + 1;
	mm24_buddy_put(mm, cpu, slot, 0);
	return same;
}

/* Whether the page is there, and nobody has a lock on it that the access has to wait for. */
static bool is_ready(const struct mm24 *mm, const struct mm24_content *c, bool write)
{
	return c->where != MM24_NONE && !c->reading &&
	       !(write && (mm->s[c->where].tag & MM24_LOCKED));
}

/* Until the page is there and not locked. MM24_NONE: it will not be. */
static uint32_t wait_for_page(struct mm24 *mm, struct sim_cpu *cpu, uint32_t number, bool write,
			      bool *refault)
{
	const struct mm24_content *c;

	while ((c = find_wanted(mm, number, MM_KIND_FILE))) {
		if (is_ready(mm, c, write))
			return c->where;
		if (c->reading)
			cpu->port->sleep(cpu, NULL, mm->jiffy / LOOKS + 1);
		else if (c->where != MM24_NONE)
			mm24_io_wait(mm, cpu, c->where);
		else if (read_in(mm, cpu, number, task_of(mm, c)))
			*refault = true;
		else
			break;
	}
	return MM24_NONE;
}

static struct mm_access wait_file(struct mm24 *mm, struct sim_cpu *cpu, uint32_t number,
				  bool write)
{
	struct mm_access access;
	bool refault = false;
	const struct mm24_task *task;
	uint32_t slot;

	do {
		slot = wait_for_page(mm, cpu, number, write, &refault);
		if (slot == MM24_NONE)
			return failed;
		task = task_of(mm, &mm->contents[number]);
		/* A page just read was found by that; one that is dirty already was found by
		 * the attempt that has become too long because of its writes. */
	} while (!refault && !(write && (mm->s[slot].tag & MM24_BUFFER_DIRTY)) &&
		 !look_up(mm, cpu, number, slot, task));
	access = done(mm, slot, refault);
	if (write) {
		if (!write_to(mm, cpu, slot))
			return failed;
		mm24_bdflush_balance(mm, cpu, task);
	}
	return access;
}

struct mm_access mm24_content_wait(void *state, struct sim_cpu *cpu, uint32_t content,
				   bool write)
{
	const struct mm24_content *c = find(state, content);

	if (!c)
		return failed;
	return c->kind == MM_KIND_ANON ? wait_anon(state, cpu, content, write)
				       : wait_file(state, cpu, content, write);
}

static struct mm_access try_file(struct mm24 *mm, struct sim_cpu *cpu, uint32_t number,
				 const struct mm24_content *c, bool write)
{
	const struct mm24_task *task = task_of(mm, c);
	uint32_t slot = c->where;

	if (!is_ready(mm, c, write) || !look_up(mm, cpu, number, slot, task))
		return would_sleep;
	if (write && !(mm->s[slot].tag & MM24_BUFFER_DIRTY)) {
		if (!write_to(mm, cpu, slot))
			return failed;
		if (mm24_bdflush_state(mm) > 0)
			return would_sleep;
		mm24_bdflush_balance(mm, cpu, task);
	}
	return done(mm, slot, false);
}

struct mm_access mm24_content_try(void *state, struct sim_cpu *cpu, uint32_t content,
				  bool write)
{
	struct mm24 *mm = state;
	const struct mm24_content *c = find(mm, content);
	struct mm24_pte *pte;

	if (!c)
		return failed;
	if (c->kind == MM_KIND_FILE)
		return try_file(mm, cpu, content, c, write);
	pte = pte_of(mm, c);
	task_of(mm, c)->space->cpu = cpu->id;
	return pte->flags & MM24_PTE_PRESENT ? touch_anon(mm, pte, write, false) : would_sleep;
}

/* ---- questions ------------------------------------------------------------------------- */

uint64_t mm24_content_frame(const void *state, uint32_t content)
{
	const struct mm24 *mm = state;
	const struct mm24_content *c = find(mm, content);
	uint32_t slot;

	if (!c || c->ended) /* what its task had in its tables is gone */
		return MM_NO_FRAME;
	slot = c->where;
	if (c->kind == MM_KIND_ANON) {
		const struct mm24_pte *pte = pte_of(mm, c);

		slot = pte->flags & MM24_PTE_SWAP ? mm->swap.page[pte->value] : pte->value;
	}
	return slot == MM24_NONE ? MM_NO_FRAME : mm24_frame(mm, slot);
}

uint32_t mm24_content_count(const void *state)
{
	return ((const struct mm24 *)state)->ncontents;
}

uint32_t mm24_content_task(const void *state, uint32_t content)
{
	const struct mm24_content *c = find(state, content);

	return c ? c->task : UINT32_MAX;
}
