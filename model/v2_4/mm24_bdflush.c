/*
 * Dirty buffers: how many there may be, and the daemons that write them. bdflush writes when
 * it is woken, kupdate every few seconds those that are old.
 *
 * Kernel: bdflush(), kupdate(), flush_dirty_buffers(), sync_old_buffers(), wakeup_bdflush(),
 * balance_dirty_state(), balance_dirty(), __mark_buffer_dirty() of fs/buffer.c;
 * nr_free_buffer_pages() of mm/page_alloc.c.
 *
 * The list of dirty buffers is a ring in the order in which they became dirty. A buffer that
 * is written or dropped stays in it, but its number does not fit any more.
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

/* Of mm24_params.bdflush. */
enum { NFRACT = 0, NDIRTY = 1, INTERVAL = 4, AGE_BUFFER = 5, NFRACT_SYNC = 6 };
enum { FIRST_ROOM = 256 };

static struct mm24_dirty *entry(const struct mm24 *mm, uint32_t i)
{
	return &mm->dirty[(mm->dirty_first + i) & (mm->dirty_room - 1)];
}

static bool valid(const struct mm24 *mm, const struct mm24_dirty *dirty)
{
	return mm24_page(mm, dirty->page)->dirtied == dirty->dirtied;
}

static void drop_void_entries(struct mm24 *mm)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < mm->dirty_n; i++)
		if (valid(mm, entry(mm, i)))
			*entry(mm, kept++) = *entry(mm, i);
	mm->dirty_n = kept;
}

static bool make_room(struct mm24 *mm)
{
	uint32_t room = mm->dirty_room ? mm->dirty_room * 2 : FIRST_ROOM;
	struct mm24_dirty *ring;

	if (mm->dirty_n == mm->dirty_room)
		drop_void_entries(mm);
	if (mm->dirty_n < mm->dirty_room / 2)
		return true;
	ring = calloc(room, sizeof(*ring));
	if (!ring)
		return mm->dirty_n < mm->dirty_room;
	for (uint32_t i = 0; i < mm->dirty_n; i++)
		ring[i] = *entry(mm, i);
	free(mm->dirty);
	mm->dirty = ring;
	mm->dirty_room = room;
	mm->dirty_first = 0;
	return true;
}

bool mm24_bdflush_dirtied(struct mm24 *mm, const struct sim_cpu *cpu, uint32_t slot)
{
	struct mm_slot *page = &mm->s[slot];

	assert(page->tag & MM24_BUFFERS);
	if (page->tag & MM24_BUFFER_DIRTY)
		return true;
	if (mm->dirty_n == mm->dirty_room && !make_room(mm))
		return false;
	page->tag |= MM24_BUFFER_DIRTY;
	mm24_page(mm, slot)->dirtied++; /* odd from now on: mm24_buffer_clean() */
	mm->nr_dirty_buffers++;
	*entry(mm, mm->dirty_n++) = (struct mm24_dirty){
		.page = slot,
		.dirtied = mm24_page(mm, slot)->dirtied,
		.date = mm24_daemon_jiffies(mm, cpu),
	};
	return true;
}

static void pop_void_entries(struct mm24 *mm)
{
	while (mm->dirty_n > 0 && !valid(mm, entry(mm, 0))) {
		mm->dirty_first = (mm->dirty_first + 1) & (mm->dirty_room - 1);
		mm->dirty_n--;
	}
}

/* The oldest dirty buffer that is not under way already; NULL = there is none. */
static const struct mm24_dirty *oldest(struct mm24 *mm)
{
	pop_void_entries(mm);
	for (uint32_t i = 0; i < mm->dirty_n; i++)
		if (valid(mm, entry(mm, i)) &&
		    !(mm->s[entry(mm, i)->page].tag & MM24_BUFFER_LOCKED))
			return entry(mm, i);
	return NULL;
}

/* flush_dirty_buffers(): those that are old, or ndirty, and then says one more. */
static uint64_t flush(struct mm24 *mm, struct sim_cpu *cpu, bool check_flushtime)
{
	const struct mm24_dirty *dirty;
	uint64_t flushed = 0;

	mm24_io_reap(mm, cpu);
	while ((dirty = oldest(mm))) {
		if (check_flushtime) {
			if (mm24_daemon_jiffies(mm, cpu) <
			    dirty->date + mm->params.bdflush[AGE_BUFFER])
				break;
		} else if (++flushed > mm->params.bdflush[NDIRTY]) {
			break;
		}
		mm24_io_write_buffer(mm, cpu, dirty->page);
	}
	return flushed;
}

/* nr_free_buffer_pages() */
static uint64_t buffer_pages(const struct mm24 *mm)
{
	uint64_t sum = mm->nr_free + mm->nr_clean + mm->nr_inactive_dirty;
	uint64_t least = mm->free_high + mm24_lru_inactive_target(mm);

	return (sum > least ? sum : least) + (mm->nr_active >> 4);
}

int mm24_bdflush_state(const struct mm24 *mm)
{
	uint64_t dirty = mm->nr_dirty_buffers * 100, all = buffer_pages(mm), shortage;

	if (dirty > all * mm->params.bdflush[NFRACT])
		return dirty > all * mm->params.bdflush[NFRACT_SYNC];
	shortage = mm24_lru_free_shortage(mm);
	if (shortage && mm->nr_inactive_dirty > shortage &&
	    mm->nr_inactive_dirty > mm->free_high)
		return 0;
	return -1;
}

void mm24_bdflush_wake(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
		       bool block)
{
	if (task && task->kind == MM24_IS_BDFLUSH)
		return;
	mm24_daemon_wake(mm, cpu, MM24_BDFLUSH);
	if (block)
		flush(mm, cpu, false);
}

void mm24_bdflush_balance(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task)
{
	int state = mm24_bdflush_state(mm);

	if (state < 0)
		return;
	mm->stats.balance_blocks += state > 0;
	mm24_bdflush_wake(mm, cpu, task, state > 0);
}

bool mm24_bdflush_pass(struct mm24 *mm, struct sim_cpu *cpu)
{
	struct mm24_task *self = mm24_daemon_task(mm, MM24_BDFLUSH);
	uint64_t flushed;

	mm24_charge(cpu, mm->cost.kswapd_pass);
	flushed = flush(mm, cpu, false);
	if (mm24_lru_free_shortage(mm))
		flushed += mm24_launder(mm, cpu, self, MM24_GFP_KERNEL, false);
	/* What is decided now holds until it sleeps: bdflush() sets its state before. */
	mm24_settle(cpu);
	return !flushed || mm24_bdflush_state(mm) < 0;
}

void mm24_bdflush_run(void *state, struct sim_cpu *cpu)
{
	struct mm24 *mm = state;

	for (;;) {
		if (!mm24_daemon_sleeps_on(mm, MM24_BDFLUSH)) {
			mm24_daemon_runs(mm, MM24_BDFLUSH);
			while (!mm24_bdflush_pass(mm, cpu))
				mm24_daemon_yields(cpu);
		}
		mm24_daemon_sleeps(mm, cpu, MM24_BDFLUSH, UINT64_MAX);
	}
}

void mm24_bdflush_kupdate_run(void *state, struct sim_cpu *cpu)
{
	struct mm24 *mm = state;

	for (;;) {
		uint64_t interval = mm->params.bdflush[INTERVAL];

		mm24_daemon_sleeps(mm, cpu, MM24_KUPDATE,
				   interval ? interval * mm->jiffy : UINT64_MAX);
		mm24_daemon_runs(mm, MM24_KUPDATE);
		flush(mm, cpu, true);
	}
}
