/*
 * The flusher: writes dirty pages of files, those first that became dirty first. It looks every
 * few seconds for pages that are old, is woken when too many are dirty, and by reclaim when it
 * finds too few clean ones.
 *
 * Kernel: wb_workfn(), wb_do_writeback(), wb_writeback(), wb_check_background_flush(),
 * wb_check_old_data_flush(), writeback_chunk_size(), wakeup_flusher_threads(),
 * wb_wakeup_delayed() of fs/fs-writeback.c and mm/backing-dev.c; __mark_inode_dirty(),
 * write_cache_pages() as far as they decide what is written when.
 *
 * The kernel writes file by file. This model knows pages but no files: a page is as old as it
 * is itself, and a chunk is made of the oldest pages.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_throttle.h"

enum { FIRST_ROOM = 256, PER_YIELD = 14 };

#define CHUNK_PAGES 1024u /* MIN_WRITEBACK_PAGES */
#define NO_TIMER UINT64_MAX

/* ---- pages in the order in which they became dirty ----------------------------------------
 */

static struct mm412_dirtied *entry(const struct mm412_writeback *wb, uint32_t i)
{
	return &wb->ring[(wb->first + i) & (wb->room - 1)];
}

static bool valid(const struct mm412_writeback *wb, const struct mm412_dirtied *d)
{
	return wb->stamp[d->content] == d->stamp;
}

static void pop_void_entries(struct mm412_writeback *wb)
{
	while (wb->n > 0 && !valid(wb, entry(wb, 0))) {
		wb->first = (wb->first + 1) & (wb->room - 1);
		wb->n--;
	}
}

static void drop_void_entries(struct mm412_writeback *wb)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < wb->n; i++)
		if (valid(wb, entry(wb, i)))
			*entry(wb, kept++) = *entry(wb, i);
	wb->n = kept;
}

static bool make_room(struct mm412_writeback *wb)
{
	uint32_t room = wb->room ? wb->room * 2 : FIRST_ROOM;
	struct mm412_dirtied *ring;

	if (wb->n < wb->room)
		return true;
	drop_void_entries(wb);
	if (wb->n < wb->room / 2)
		return true;
	ring = calloc(room, sizeof(*ring));
	if (!ring)
		return wb->n < wb->room;
	for (uint32_t i = 0; i < wb->n; i++)
		ring[i] = *entry(wb, i);
	free(wb->ring);
	wb->ring = ring;
	wb->room = room;
	wb->first = 0;
	return true;
}

static bool make_stamp(struct mm412_writeback *wb, uint32_t content)
{
	uint32_t room = wb->stamps ? wb->stamps : FIRST_ROOM;
	uint32_t *stamp;

	if (content < wb->stamps)
		return true;
	while (room <= content)
		room *= 2;
	stamp = realloc(wb->stamp, room * sizeof(*stamp));
	if (!stamp)
		return false;
	for (uint32_t i = wb->stamps; i < room; i++)
		stamp[i] = 0;
	wb->stamp = stamp;
	wb->stamps = room;
	return true;
}

/* ---- calls ------------------------------------------------------------------------------ */

static void call(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	if (!wb->asleep)
		return;
	wb->asleep = false;
	cpu->port->wake(cpu, mm->sleep->flusher_queue, 1);
}

static uint64_t cycles(const struct mm412 *mm, uint64_t centisecs)
{
	return centisecs * mm->hz * mm->sleep->jiffy / 100;
}

/* wb_wakeup_delayed(), unless it is to look earlier anyway. */
static void set_timer(struct mm412 *mm, const struct sim_cpu *cpu)
{
	struct mm412_writeback *wb = mm->sleep->writeback;
	uint64_t interval = mm->params.dirty_writeback_centisecs[0];

	if (interval && wb->timer == NO_TIMER)
		wb->timer = sim_now(cpu) + cycles(mm, interval);
}

static void became_dirty(struct mm412 *mm, struct sim_cpu *cpu, uint32_t content)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	/* Without memory for it only reclaim will write it. */
	if (!make_stamp(wb, content) || wb->stamp[content] || !make_room(wb))
		return;
	if (++wb->last_stamp == 0)
		wb->last_stamp++;
	wb->stamp[content] = wb->last_stamp;
	*entry(wb, wb->n++) =
		(struct mm412_dirtied){ content, wb->last_stamp, mm412_jiffies(mm, cpu) };
	if (wb->dirty++ == 0 && wb->timer == NO_TIMER) {
		set_timer(mm, cpu);
		call(mm, cpu);
	}
}

void mm412_writeback_dirtied(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	const struct mm412_page *page = mm412_page(mm, slot);
	struct mm412_writeback *wb = mm->sleep->writeback;
	uint32_t content = page->content - 1;

	if (!page->content || page->flags & MM412_PG_SWAPBACKED)
		return;
	if (page->flags & MM412_PG_DIRTY) {
		became_dirty(mm, cpu, content);
	} else if (content < wb->stamps && wb->stamp[content]) {
		wb->stamp[content] = 0;
		wb->dirty--;
	}
}

void mm412_writeback_background(struct mm412 *mm, struct sim_cpu *cpu)
{
	mm->sleep->writeback->background = true;
	call(mm, cpu);
}

static uint64_t all_dirty(const struct mm412 *mm)
{
	uint64_t sum = 0;

	for (unsigned n = 0; n < mm->nnodes; n++)
		sum += (uint64_t)mm->sleep->nodes[n].stat[MM412_NODE_FILE_DIRTY];
	return sum;
}

void mm412_writeback_wake(struct mm412 *mm, struct sim_cpu *cpu, uint64_t pages)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	if (!wb->dirty)
		return;
	wb->asked += pages ? pages : all_dirty(mm);
	call(mm, cpu);
}

/* ---- writing ---------------------------------------------------------------------------- */

/* What one call writes, and until when: struct wb_writeback_work. */
struct work {
	uint64_t pages;
	bool background, old; /* for_background, for_kupdate */
	int64_t older_than;   /* jiffies */
};

/* wb_over_bg_thresh() */
static bool too_much_dirty(const struct mm412 *mm)
{
	uint64_t thresh, background;

	mm412_dirty_limits(mm, &mm->sleep->own[MM412_FLUSHER_TASK], &thresh, &background);
	return all_dirty(mm) > background;
}

/* The first entry made after that stamp: they are in order. */
static uint32_t entry_behind(const struct mm412_writeback *wb, uint32_t stamp)
{
	uint32_t low = 0, high = wb->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if ((int32_t)(entry(wb, middle)->stamp - stamp) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The oldest page that became dirty after that stamp, 0 = any, and can be written now;
 * MM412_NONE = there is none. */
static uint32_t next_page(struct mm412 *mm, uint32_t *stamp, int64_t older_than)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	pop_void_entries(wb);
	for (uint32_t i = *stamp ? entry_behind(wb, *stamp) : 0; i < wb->n; i++) {
		const struct mm412_dirtied *d = entry(wb, i);
		uint32_t slot;

		if (!valid(wb, d))
			continue;
		if ((int64_t)d->jiffies > older_than)
			break;
		*stamp = d->stamp;
		slot = mm->sleep->contents[d->content].where;
		if (!(mm412_page(mm, slot)->flags & (MM412_PG_WRITEBACK | MM412_PG_LOCKED)))
			return slot;
	}
	return MM412_NONE;
}

/* The page may lose its content while the disk's line is full: it is held. */
static void write_page(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm412_page(mm, slot)->pins++;
	mm412_page(mm, slot)->flags |= MM412_PG_LOCKED;
	mm412_dirty_clear(mm, cpu, slot);
	mm412_io_write(mm, cpu, slot, false);
	mm412_lru_put(mm, cpu, slot, false);
}

/* writeback_chunk_size() */
static uint64_t chunk_of(const struct mm412_writeback *wb, uint64_t pages)
{
	uint64_t chunk = wb->avg_bw / 2;

	if (wb->dirty_limit / 8 < chunk)
		chunk = wb->dirty_limit / 8;
	if (pages < chunk)
		chunk = pages;
	return (chunk / CHUNK_PAGES + 1) * CHUNK_PAGES;
}

static uint64_t write_chunk(struct mm412 *mm, struct sim_cpu *cpu, const struct work *work)
{
	uint64_t chunk = chunk_of(mm->sleep->writeback, work->pages), wrote = 0;
	uint32_t stamp = 0;

	while (wrote < chunk) {
		uint32_t slot = next_page(mm, &stamp, work->older_than);

		if (slot == MM412_NONE)
			break;
		write_page(mm, cpu, slot);
		if (++wrote % PER_YIELD == 0)
			cpu->port->yield(cpu);
	}
	return wrote;
}

/* Background and periodic work give way to what was asked for. */
static bool is_over(const struct mm412 *mm, const struct work *work)
{
	if ((work->background || work->old) && mm->sleep->writeback->asked)
		return true;
	return work->background && !too_much_dirty(mm);
}

/* wb_writeback() */
static void do_work(struct mm412 *mm, struct sim_cpu *cpu, struct work work)
{
	uint64_t begin = mm412_jiffies(mm, cpu), expire, wrote;

	expire = mm->params.dirty_expire_centisecs[0] * mm->hz / 100;
	work.older_than = (int64_t)begin;
	do {
		mm412_io_reap(mm, cpu);
		if (!work.pages || is_over(mm, &work))
			break;
		if (work.background || work.old)
			work.older_than = (int64_t)mm412_jiffies(mm, cpu);
		if (work.old)
			work.older_than -= (int64_t)expire;
		wrote = write_chunk(mm, cpu, &work);
		work.pages -= wrote < work.pages ? wrote : work.pages;
		mm412_throttle_bandwidth(mm, cpu, begin);
	} while (wrote);
}

static void do_what_was_asked(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	while (wb->asked) {
		struct work work = { .pages = wb->asked };

		wb->asked = 0;
		do_work(mm, cpu, work);
	}
}

static void write_old_pages(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_writeback *wb = mm->sleep->writeback;
	uint64_t now = mm412_jiffies(mm, cpu), interval;

	interval = mm->params.dirty_writeback_centisecs[0] * mm->hz / 100;
	if (!mm->params.dirty_writeback_centisecs[0] || now < wb->last_old_flush + interval)
		return;
	wb->last_old_flush = now;
	do_work(mm, cpu, (struct work){ .pages = all_dirty(mm), .old = true });
}

/* wb_do_writeback() */
static void work_once(struct mm412 *mm, struct sim_cpu *cpu)
{
	do_what_was_asked(mm, cpu);
	write_old_pages(mm, cpu);
	if (too_much_dirty(mm))
		do_work(mm, cpu, (struct work){ .pages = UINT64_MAX, .background = true });
}

/* ---- the daemon ------------------------------------------------------------------------- */

static bool has_to_work(const struct mm412_writeback *wb, const struct sim_cpu *cpu)
{
	return wb->asked || wb->background || wb->timer <= sim_now(cpu);
}

static void wait_for_work(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	cpu->port->settle(cpu);
	while (!has_to_work(wb, cpu)) {
		wb->asleep = true;
		cpu->port->sleep(cpu, mm->sleep->flusher_queue,
				 wb->timer == NO_TIMER ? UINT64_MAX : wb->timer - sim_now(cpu));
		wb->asleep = false;
	}
}

void mm412_writeback_run(void *state, struct sim_cpu *cpu)
{
	struct mm412 *mm = state;
	struct mm412_writeback *wb = mm->sleep->writeback;

	for (;;) {
		wait_for_work(mm, cpu);
		wb->background = false;
		wb->timer = NO_TIMER;
		wb->running = true;
		do
			work_once(mm, cpu);
		while (wb->asked);
		wb->running = false;
		if (wb->dirty)
			set_timer(mm, cpu);
	}
}

/* ---- making and ending ------------------------------------------------------------------ */

bool mm412_writeback_make(struct mm412 *mm)
{
	struct mm412_writeback *wb = calloc(1, sizeof(*wb));

	mm->sleep->writeback = wb;
	if (!wb)
		return false;
	wb->timer = NO_TIMER;
	wb->cpus = calloc(mm->ncpus, sizeof(*wb->cpus));
	if (!wb->cpus)
		return false;
	mm412_throttle_init(mm);
	return true;
}

void mm412_writeback_done(struct mm412 *mm)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	if (wb) {
		free(wb->ring);
		free(wb->stamp);
		free(wb->cpus);
	}
	free(wb);
	mm->sleep->writeback = NULL;
}
