/*
 * Writes and reads of pages. A write is queued at its disk and remembered until its date, which
 * is known when it is made; dates may come in any order. It ends when somebody who could see
 * the difference looks: mm412_io_reap(). Without a disk it is over at once.
 *
 * Kernel: __swap_writepage(), swap_readpage(), submit_bio(), get_request(), freed_request(),
 * set_page_writeback(), end_page_writeback(), wait_on_page_writeback(), set_wb_congested(),
 * clear_wb_congested().
 *
 * Each page is a request of its own at the disk, but where they lie behind one another they
 * are one in the line whose length is limited and says whether the disk is congested.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_ends.h"
#include "model/v4_12/mm412_objects.h"
#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_writeback.h"

enum {
	PAGE_BYTES = 4096,
	PAGE_KIB = 4,
	FIRST_ROOM = 64,
	MOST_REQUESTS = 128,                         /* nr_requests */
	CONGESTED_ON = MOST_REQUESTS * 7 / 8 + 1,    /* blk_queue_congestion_threshold() */
	CONGESTED_OFF = MOST_REQUESTS * 13 / 16 - 1, /* uncongested below */
	LONGEST = 320,                               /* pages: max_sectors_kb is 1280 */
	PLUG_REQUESTS = 16,                          /* BLK_MAX_REQUEST_COUNT */
	PLUG_PAGES = 32,                             /* BLK_PLUG_FLUSH_SIZE: 128 KiB */
	LOOKS = 64,                                  /* a jiffy, for what has no date yet */
	BIO_POOL = 2,                                /* BIO_POOL_SIZE */
};

#define POOL (MM412_NO_OBJECT - 1) /* the bio is one of the pool's */

/* GFP_NOIO of a pool: first without sleeping, then as it was asked for. */
#define BIO_GFP                                                                                \
	((uint32_t)(MM412_GFP_KSWAPD_RECLAIM | MM412_GFP_NOMEMALLOC | MM412_GFP_NORETRY |      \
		    MM412_GFP_NOWARN))

enum { SWAP, DATA, DISKS };

struct write {
	uint64_t date, order; /* order: of submission */
	uint32_t page;        /* slot; MM412_NONE = forgotten */
	uint32_t bio;         /* MM412_NO_OBJECT = none that takes memory */
	uint8_t disk;
	bool leads; /* the first page of a request */
};

struct line {
	uint32_t requests;      /* under way */
	struct mm412_ends ends; /* of those that nobody has seen end */
	bool congested;
	uint64_t behind; /* byte after the last page */
	uint32_t run;    /* pages of the last request so far */
};

/* A page that is held back. */
struct held {
	uint32_t page; /* slot; MM412_NONE = forgotten */
	uint32_t bio;
};

/* Writes that a reclaimer holds back until it has put back the pages of its batch, or until
 * they are many (struct blk_plug). */
struct plug {
	const struct mm412_task *task; /* NULL = nobody's */
	struct held *held;
	uint32_t n, room;
	uint32_t requests, run; /* requests held back; pages of the last one */
	uint64_t behind;        /* byte after its last page */
};

struct mm412_io {
	uint32_t pool_used; /* bios of the pool that are under way */
	struct plug *plugs;
	uint32_t nplugs;
	struct write *heap; /* the earliest first */
	uint32_t n, room;
	uint64_t made;
	struct line line[DISKS];
};

bool mm412_io_make(struct mm412 *mm)
{
	mm->sleep->io = calloc(1, sizeof(*mm->sleep->io));
	return mm->sleep->io;
}

void mm412_io_done(struct mm412 *mm)
{
	struct mm412_io *io = mm->sleep->io;

	for (uint32_t i = 0; io && i < io->nplugs; i++)
		free(io->plugs[i].held);
	if (io) {
		free(io->plugs);
		free(io->heap);
		for (unsigned d = 0; d < DISKS; d++)
			mm412_ends_done(&io->line[d].ends);
	}
	free(io);
	mm->sleep->io = NULL;
}

/* ---- the heap --------------------------------------------------------------------------- */

static bool before(const struct write *a, const struct write *b)
{
	return a->date != b->date ? a->date < b->date : a->order < b->order;
}

static bool grow(struct mm412_io *io)
{
	uint32_t room = io->room ? io->room * 2 : FIRST_ROOM;
	struct write *heap = realloc(io->heap, room * sizeof(*heap));

	if (!heap)
		return false;
	io->heap = heap;
	io->room = room;
	return true;
}

static bool push(struct mm412_io *io, struct write w)
{
	uint32_t i;

	if ((io->n == io->room && !grow(io)) ||
	    (w.leads && !mm412_ends_add(&io->line[w.disk].ends, w.date)))
		return false;
	w.order = io->made++;
	for (i = io->n++; i > 0 && before(&w, &io->heap[(i - 1) / 2]); i = (i - 1) / 2)
		io->heap[i] = io->heap[(i - 1) / 2];
	io->heap[i] = w;
	return true;
}

static struct write pop(struct mm412_io *io)
{
	struct write first = io->heap[0], last = io->heap[--io->n];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < io->n) {
		if (child + 1 < io->n && before(&io->heap[child + 1], &io->heap[child]))
			child++;
		if (!before(&io->heap[child], &last))
			break;
		io->heap[i] = io->heap[child];
		i = child;
	}
	io->heap[i] = last;
	if (first.leads)
		mm412_ends_drop(&io->line[first.disk].ends);
	return first;
}

static struct write *find(const struct mm412_io *io, uint32_t slot)
{
	for (uint32_t i = 0; i < io->n; i++)
		if (io->heap[i].page == slot)
			return &io->heap[i];
	return NULL;
}

/* One drive has one line. */
static unsigned line_of(const struct mm412 *mm, bool swap)
{
	return swap || mm->sleep->host.data == mm->sleep->host.swap ? SWAP : DATA;
}

/* ---- congestion ------------------------------------------------------------------------- */

/* When one of its requests ends and leaves it uncongested. */
static uint64_t relief(const struct mm412_io *io, unsigned disk)
{
	uint32_t n = io->line[disk].requests;

	return mm412_ends_nth(&io->line[disk].ends,
			      n < CONGESTED_OFF ? 1 : n - CONGESTED_OFF + 1);
}

uint64_t mm412_io_relief(const struct mm412 *mm)
{
	uint64_t first = UINT64_MAX;

	for (unsigned d = 0; d < DISKS; d++) {
		uint64_t date = relief(mm->sleep->io, d);

		first = date < first ? date : first;
	}
	return first;
}

static void note_congestion(struct mm412 *mm)
{
	const struct mm412_io *io = mm->sleep->io;
	uint64_t until = 0;

	for (unsigned d = 0; d < DISKS; d++)
		if (io->line[d].congested && relief(io, d) > until)
			until = relief(io, d);
	mm->sleep->congested_until[0] = until;
}

static void request_made(struct mm412 *mm, unsigned disk)
{
	struct line *line = &mm->sleep->io->line[disk];

	if (++line->requests >= CONGESTED_ON && !line->congested) {
		line->congested = true;
		note_congestion(mm);
	}
}

/* Who waits has slept for as long as it seemed: other requests can have ended earlier. */
static void wake_congestion(struct mm412 *mm, struct sim_cpu *cpu)
{
	for (unsigned n = 0; n < mm->nnodes; n++) {
		struct sim_queue *queue = mm->sleep->nodes[n].queue[MM412_Q_CONGESTION];

		if (queue)
			cpu->port->wake(cpu, queue, UINT32_MAX);
	}
}

static void request_done(struct mm412 *mm, struct sim_cpu *cpu, unsigned disk)
{
	struct line *line = &mm->sleep->io->line[disk];

	if (--line->requests >= CONGESTED_OFF || !line->congested)
		return;
	line->congested = false;
	note_congestion(mm);
	wake_congestion(mm, cpu);
}

/* Nobody can tell of swap: its pages name a backing device that never writes. */
bool mm412_io_congested(const struct mm412 *mm, const struct sim_cpu *cpu, bool swap)
{
	(void)cpu;
	return !swap && mm->sleep->io->line[line_of(mm, false)].congested;
}

/* ---- memory for a write ----------------------------------------------------------------- */

/* mempool_free(): what its pool lacks goes there. */
static void bio_put(struct mm412 *mm, uint32_t bio)
{
	if (bio == POOL)
		mm->sleep->io->pool_used--;
	else if (bio != MM412_NO_OBJECT)
		mm412_objects_put(mm, MM412_OBJECT_BIO, bio);
}

/* ---- the end of a write ----------------------------------------------------------------- */

static void count_writeback(struct mm412 *mm, uint32_t slot, int64_t pages)
{
	const struct mm412_zone *zone = &mm->zones[mm412_tag_zone(mm->s[slot].tag)];

	mm412_node_of(mm, slot)->stat[MM412_NODE_WRITEBACK] += pages;
	mm412_zone_sleep(mm, zone)->stat[MM412_ZONE_WRITE_PENDING] += pages;
	if (!(mm412_page(mm, slot)->flags & MM412_PG_SWAPBACKED))
		mm->sleep->writeback->under_way += (uint64_t)pages;
}

/* The page's writeback flag goes, and with it its part of the counters. */
static void clear_writeback(struct mm412 *mm, uint32_t slot)
{
	mm412_page(mm, slot)->flags &= (uint16_t)~MM412_PG_WRITEBACK;
	count_writeback(mm, slot, -1);
}

/* end_page_writeback(). Rotating comes last, since it may take a lock and thereby time: the
 * page is not looked at any more. */
static void end(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);
	bool reclaim = page->flags & MM412_PG_RECLAIM;

	clear_writeback(mm, slot);
	page->flags &= (uint16_t)~MM412_PG_RECLAIM;
	mm412_node_of(mm, slot)->stat[MM412_NODE_WRITTEN]++;
	if (!(page->flags & MM412_PG_SWAPBACKED))
		mm->sleep->writeback->written++;
	if (reclaim)
		mm412_pagevec_rotate(mm, cpu, slot);
}

void mm412_io_reap(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_io *io = mm->sleep->io;

	while (io->n && io->heap[0].date <= sim_now(cpu)) {
		struct write w = pop(io);

		if (w.page != MM412_NONE)
			end(mm, cpu, w.page);
		bio_put(mm, w.bio);
		if (w.leads)
			request_done(mm, cpu, w.disk);
	}
	mm412_objects_trim(mm, cpu);
}

/* ---- plugs ------------------------------------------------------------------------------ */

static struct plug *plug_of(const struct mm412_io *io, const struct mm412_task *task)
{
	for (uint32_t i = 0; i < io->nplugs; i++)
		if (io->plugs[i].task == task)
			return &io->plugs[i];
	return NULL;
}

static struct plug *plug_for(struct mm412_io *io, const struct mm412_task *task)
{
	struct plug *plug = plug_of(io, task), *grown;

	if (!plug)
		plug = plug_of(io, NULL);
	if (!plug) {
		grown = realloc(io->plugs, (io->nplugs + 1) * sizeof(*grown));
		if (!grown)
			return NULL;
		io->plugs = grown;
		plug = &io->plugs[io->nplugs++];
		*plug = (struct plug){ 0 };
	}
	plug->task = task;
	return plug;
}

static bool plug_page(struct mm412_io *io, const struct mm412_task *task, struct held held)
{
	struct plug *plug = plug_for(io, task);

	if (plug && plug->n == plug->room) {
		uint32_t room = plug->room ? 2 * plug->room : FIRST_ROOM;
		struct held *grown = realloc(plug->held, room * sizeof(*grown));

		if (!grown)
			return false;
		plug->held = grown;
		plug->room = room;
	}
	if (plug)
		plug->held[plug->n++] = held;
	return plug;
}

static void unplug_page(struct mm412_io *io, uint32_t slot)
{
	for (uint32_t i = 0; i < io->nplugs; i++)
		for (uint32_t k = 0; k < io->plugs[i].n; k++)
			if (io->plugs[i].held[k].page == slot)
				io->plugs[i].held[k].page = MM412_NONE;
}

void mm412_io_forget(struct mm412 *mm, uint32_t slot)
{
	struct write *w;

	if (!(mm412_page(mm, slot)->flags & MM412_PG_WRITEBACK))
		return;
	w = find(mm->sleep->io, slot);
	if (w)
		w->page = MM412_NONE;
	else
		unplug_page(mm->sleep->io, slot);
	clear_writeback(mm, slot);
	mm412_page(mm, slot)->flags &= (uint16_t)~MM412_PG_RECLAIM;
}

static void sleep_until(struct sim_cpu *cpu, uint64_t date)
{
	uint64_t now = sim_now(cpu);

	if (date > now)
		cpu->port->sleep(cpu, NULL, date - now);
}

void mm412_io_wait(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	const struct mm412_page *page = mm412_page(mm, slot);

	mm412_io_reap(mm, cpu);
	while (page->flags & MM412_PG_WRITEBACK) {
		const struct write *w = find(mm->sleep->io, slot);

		/* Not at the disk yet: its writer waits for room in the line. */
		sleep_until(cpu, w ? w->date : sim_now(cpu) + mm->sleep->jiffy / LOOKS + 1);
		mm412_io_reap(mm, cpu);
	}
}

/* ---- making requests -------------------------------------------------------------------- */

static struct sim_disk *disk_of(const struct mm412 *mm, unsigned disk)
{
	return disk == SWAP ? mm->sleep->host.swap : mm->sleep->host.data;
}

static uint64_t place(const struct mm412 *mm, bool swap, uint32_t number)
{
	return (swap ? 0 : mm->sleep->host.data_start) + (uint64_t)number * PAGE_BYTES;
}

/* get_request(): as long as the line is full whoever can sleep waits for one to end. */
static void wait_for_room(struct mm412 *mm, struct sim_cpu *cpu, unsigned disk)
{
	const struct mm412_io *io = mm->sleep->io;

	if (!cpu->on_actor || cpu->locked)
		return;
	cpu->port->settle(cpu);
	if (io->line[disk].requests >= MOST_REQUESTS)
		mm412_io_reap(mm, cpu);
	while (io->line[disk].requests >= MOST_REQUESTS) {
		sleep_until(cpu, mm412_ends_nth(&io->line[disk].ends, 1));
		mm412_io_reap(mm, cpu);
	}
}

/* Whether it makes the last request of its disk longer. */
static bool merges(struct line *line, uint64_t offset)
{
	bool merged = line->requests && offset == line->behind && line->run < LONGEST;

	line->run = merged ? line->run + 1 : 1;
	line->behind = offset + PAGE_BYTES;
	return merged;
}

static void submit(struct mm412 *mm, struct sim_cpu *cpu, struct held held, bool swap)
{
	uint32_t slot = held.page;
	const struct mm412_page *page = mm412_page(mm, slot);
	struct mm412_io *io = mm->sleep->io;
	uint64_t offset = place(mm, swap, swap ? page->swap : page->content - 1);
	unsigned disk = line_of(mm, swap);
	struct write w = { .page = slot, .bio = held.bio, .disk = (uint8_t)disk };

	w.leads = !merges(&io->line[disk], offset);
	w.date = cpu->port->submit(cpu, disk_of(mm, disk), offset, PAGE_BYTES, true);
	if (!push(io, w)) {
		bio_put(mm, held.bio);
		end(mm, cpu, slot);
	} else if (w.leads) {
		request_made(mm, disk);
	}
}

/* What is the same whenever the write begins. */
static void begin_write(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaim)
{
	struct mm412_page *page = mm412_page(mm, slot);
	bool swap = page->flags & MM412_PG_SWAPCACHE;

	assert(!(page->flags & MM412_PG_WRITEBACK) && (swap || page->content));
	mm412_charge(cpu, mm->cost.writepage);
	mm412_count(mm, MM412_PSWPOUT, swap);
	mm412_count(mm, MM412_PGPGOUT, PAGE_KIB);
	page->flags |= MM412_PG_WRITEBACK | (reclaim ? MM412_PG_RECLAIM : 0);
	page->flags &= (uint16_t)~MM412_PG_LOCKED;
	count_writeback(mm, slot, 1);
}

void mm412_io_write(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaim)
{
	struct mm412_page *page = mm412_page(mm, slot);
	bool swap = page->flags & MM412_PG_SWAPCACHE;
	unsigned disk = line_of(mm, swap);

	begin_write(mm, cpu, slot, reclaim);
	if (!disk_of(mm, disk)) {
		end(mm, cpu, slot);
		return;
	}
	wait_for_room(mm, cpu, disk);
	/* It may have gone meanwhile. */
	if (page->flags & MM412_PG_WRITEBACK)
		submit(mm, cpu, (struct held){ slot, MM412_NO_OBJECT }, swap);
}

/* To the disk with all that the task holds back. Others may plug while it sleeps: its own place
 * can move. */
static void flush_plug(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task)
{
	const struct mm412_io *io = mm->sleep->io;

	for (uint32_t i = 0; plug_of(io, task) && i < plug_of(io, task)->n; i++) {
		struct held held = plug_of(io, task)->held[i];
		bool there = held.page != MM412_NONE;
		bool swap = there && mm412_page(mm, held.page)->flags & MM412_PG_SWAPCACHE;

		if (there)
			wait_for_room(mm, cpu, line_of(mm, swap));
		if (there && plug_of(io, task) && plug_of(io, task)->held[i].page != MM412_NONE)
			submit(mm, cpu, held, swap);
		else
			bio_put(mm, held.bio);
	}
	if (plug_of(io, task))
		plug_of(io, task)->n = plug_of(io, task)->requests = 0;
}

/* The page at that place of the disk is held back: blk_attempt_plug_merge(), and the flush that
 * a new request may bring (blk_mq_make_request()).
 */
static void add_request(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task,
			uint64_t offset)
{
	struct plug *plug = plug_of(mm->sleep->io, task);
	bool merged = plug->requests && plug->behind == offset && plug->run < LONGEST;

	if (!merged &&
	    (plug->requests >= PLUG_REQUESTS || (plug->requests && plug->run >= PLUG_PAGES)))
		flush_plug(mm, cpu, task);
	plug = plug_for(mm->sleep->io, task);
	if (!plug)
		return;
	plug->requests += !merged;
	plug->run = merged ? plug->run + 1 : 1;
	plug->behind = offset + PAGE_BYTES;
}

/* bio_alloc() with mempool_alloc(): where the allocator has nothing left and the pool is in use
 * the reclaimer waits for a write to end. */
static uint32_t bio_take(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	struct mm412_io *io = mm->sleep->io;
	uint32_t gfp = BIO_GFP, bio;

	while ((bio = mm412_objects_take(mm, cpu, task, MM412_OBJECT_BIO, gfp)) ==
	       MM412_NO_OBJECT) {
		if (io->pool_used < BIO_POOL) {
			io->pool_used++;
			return POOL;
		}
		if (gfp & MM412_GFP_DIRECT_RECLAIM) {
			flush_plug(mm, cpu, task);
			/* Another's plug can hold them back. */
			sleep_until(cpu, io->n ? io->heap[0].date
					       : sim_now(cpu) + mm->sleep->jiffy / LOOKS + 1);
			mm412_io_reap(mm, cpu);
		}
		gfp |= MM412_GFP_DIRECT_RECLAIM | MM412_GFP_IO;
	}
	return bio;
}

void mm412_io_write_later(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			  uint32_t slot)
{
	const struct mm412_page *page = mm412_page(mm, slot);
	bool swap = page->flags & MM412_PG_SWAPCACHE;
	struct held held = { slot, MM412_NO_OBJECT };

	if (!disk_of(mm, line_of(mm, swap)) || (swap && mm->sleep->host.swap_at_once) ||
	    !plug_for(mm->sleep->io, task)) {
		mm412_io_write(mm, cpu, slot, true);
		return;
	}
	if (swap && mm412_objects_on(mm) && cpu->on_actor)
		held.bio = bio_take(mm, cpu, task);
	begin_write(mm, cpu, slot, true);
	add_request(mm, cpu, task, place(mm, swap, swap ? page->swap : page->content - 1));
	/* Memory is short; or it has gone meanwhile. */
	if (!(page->flags & MM412_PG_WRITEBACK))
		bio_put(mm, held.bio);
	else if (!plug_page(mm->sleep->io, task, held))
		submit(mm, cpu, held, swap);
}

void mm412_io_unplug(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task)
{
	if (!plug_of(mm->sleep->io, task))
		return;
	flush_plug(mm, cpu, task);
	plug_of(mm->sleep->io, task)->task = NULL;
}

void mm412_io_read(struct mm412 *mm, struct sim_cpu *cpu, bool swap, uint32_t at, unsigned n)
{
	struct sim_disk *disk = disk_of(mm, swap ? SWAP : DATA);

	mm412_count(mm, MM412_PSWPIN, swap ? n : 0);
	mm412_count(mm, MM412_PGPGIN, (uint64_t)n * PAGE_KIB);
	if (disk && cpu->on_actor)
		cpu->port->io(cpu, disk, place(mm, swap, at), (uint64_t)n * PAGE_BYTES, false);
}
