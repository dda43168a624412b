/*
 * Writes and reads of pages. A write is queued at its disk and remembered until its date; it
 * ends when somebody who could see the difference looks (mm24_io_reap()). Without a disk it
 * is over at once. In golden replays it is over at once, too, or ends when it is told to.
 *
 * Kernel: writepage(), rw_swap_page(), ll_rw_block(), end_buffer_io_async() and
 * end_buffer_io_sync(). Not modelled: requests that are merged, and those for parts of pages.
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

enum {
	PAGE_BYTES = 4096,
	FIRST_ROOM = 64,
	/* Half of a request queue's QUEUE_NR_REQUESTS is for writes. */
	MOST_QUEUED = 128,
	/* Somebody else's lock has no date: looks again so many times in a jiffy. */
	LOOKS = 64,
};

static struct mm24_write *entry(const struct mm24_io *io, uint32_t i)
{
	return &io->ring[(io->first + i) & (io->room - 1)];
}

static bool grow(struct mm24_io *io)
{
	uint32_t room = io->room ? io->room * 2 : FIRST_ROOM;
	struct mm24_write *ring = calloc(room, sizeof(*ring));

	if (!ring)
		return false;
	for (uint32_t i = 0; i < io->n; i++)
		ring[i] = *entry(io, i);
	free(io->ring);
	io->ring = ring;
	io->room = room;
	io->first = 0;
	return true;
}

/* Behind all of its date: two disks' writes come in any order, one disk's as they end. */
static bool insert(struct mm24_io *io, struct mm24_write write)
{
	uint32_t i;

	if (io->n == io->room && !grow(io))
		return false;
	for (i = io->n++; i > 0 && entry(io, i - 1)->date > write.date; i--)
		*entry(io, i) = *entry(io, i - 1);
	*entry(io, i) = write;
	return true;
}

static void end(struct mm24 *mm, struct mm24_write write)
{
	if (write.page != MM24_NONE)
		mm->s[write.page].tag &=
			(uint16_t) ~(write.buffer ? MM24_BUFFER_LOCKED : MM24_LOCKED);
}

static void end_oldest(struct mm24 *mm)
{
	struct mm24_write write = *entry(&mm->io, 0);

	mm->io.first = (mm->io.first + 1) & (mm->io.room - 1);
	mm->io.n--;
	end(mm, write);
}

uint32_t mm24_io_complete(struct mm24 *mm, struct sim_cpu *cpu, uint32_t n)
{
	uint32_t done = 0;

	for (; mm->io.n > 0; done++) {
		if (mm->io.by_hand ? done == n : entry(&mm->io, 0)->date > sim_now(cpu))
			break;
		end_oldest(mm);
	}
	return done;
}

void mm24_io_reap(struct mm24 *mm, struct sim_cpu *cpu)
{
	if (!mm->io.by_hand)
		mm24_io_complete(mm, cpu, 0);
}

static struct mm24_write *find(const struct mm24 *mm, uint32_t slot)
{
	for (uint32_t i = 0; i < mm->io.n; i++)
		if (entry(&mm->io, i)->page == slot)
			return entry(&mm->io, i);
	return NULL;
}

void mm24_io_forget(struct mm24 *mm, uint32_t slot)
{
	struct mm24_write *write = mm->s[slot].tag & MM24_LOCKED ? find(mm, slot) : NULL;

	if (write && !write->buffer) {
		write->page = MM24_NONE;
		mm->s[slot].tag &= (uint16_t)~MM24_LOCKED;
	}
}

static void sleep_until(struct sim_cpu *cpu, uint64_t date)
{
	uint64_t now = sim_now(cpu);

	if (date > now)
		cpu->port->sleep(cpu, NULL, date - now);
}

void mm24_io_wait(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	bool waited = mm->s[slot].tag & MM24_BUFFER_LOCKED;

	mm24_io_reap(mm, cpu);
	for (const struct mm24_write *w = find(mm, slot); w; w = find(mm, slot)) {
		waited = true;
		if (mm->io.by_hand) {
			end_oldest(mm);
		} else {
			sleep_until(cpu, w->date);
			mm24_io_reap(mm, cpu);
		}
	}
	if (!waited && cpu->on_actor && (mm->s[slot].tag & MM24_LOCKED))
		cpu->port->sleep(cpu, NULL, mm->jiffy / LOOKS + 1);
}

/* The n-th oldest write of that disk, and how many it has in all. */
static uint32_t queued(const struct mm24 *mm, bool swap, uint64_t *oldest)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < mm->io.n; i++) {
		const struct mm24_write *write = entry(&mm->io, i);

		if (write->swap != swap)
			continue;
		if (n++ == 0)
			*oldest = write->date;
	}
	return n;
}

/* get_request_wait(), and in front of swap the limit of rw_swap_page(): sleeps until fewer
 * than `most` writes are on their way to that disk. */
static void wait_for_room(struct mm24 *mm, struct sim_cpu *cpu, bool swap, uint64_t most)
{
	uint64_t oldest = 0;

	if (!mm->host || !cpu->on_actor)
		return;
	mm24_io_reap(mm, cpu);
	while (queued(mm, swap, &oldest) >= most) {
		sleep_until(cpu, oldest);
		mm24_io_reap(mm, cpu);
	}
}

static struct sim_disk *disk_of(const struct mm24 *mm, bool swap)
{
	if (!mm->host)
		return NULL;
	return swap ? mm->host->swap : mm->host->data;
}

/* Where on its disk: by swap slot, or by the number of the content. */
static uint64_t place(const struct mm24 *mm, bool swap, uint32_t number)
{
	return (swap ? 0 : mm->host->data_start) + (uint64_t)number * PAGE_BYTES;
}

static uint64_t place_of(const struct mm24 *mm, uint32_t slot, bool swap)
{
	const struct mm24_page *page = mm24_page(mm, slot);
	uint32_t number = swap ? page->swap : page->content ? page->content - 1 : 0;

	return place(mm, swap, number);
}

/* The page or its buffer is locked, everything is settled. */
static void begin(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_write write)
{
	struct sim_disk *disk = disk_of(mm, write.swap);

	mm->io.writes++;
	if (disk)
		write.date = cpu->port->submit(cpu, disk, place_of(mm, write.page, write.swap),
					       PAGE_BYTES, true);
	if (!(disk || (mm->io.by_hand && !mm->io.sync)) || !insert(&mm->io, write))
		end(mm, write);
}

int mm24_io_writepage(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	const struct mm_slot *page = &mm->s[slot];
	bool swap = page->tag & MM24_SWAP_CACHE;
	uint64_t most = MOST_QUEUED;

	assert(page->tag & MM24_LOCKED);
	if (page->tag & MM24_REFUSES)
		return 1;
	mm24_charge(cpu, mm->cost.writepage);
	if (swap && (mm->params.kswapd[2] << mm->page_cluster) < most)
		most = mm->params.kswapd[2] << mm->page_cluster;
	wait_for_room(mm, cpu, swap, most ? most : 1);
	mm24_settle(cpu);
	/* Truncated meanwhile: there is nothing to write. */
	if (!(page->tag & MM24_MAPPING)) {
		mm->s[slot].tag &= (uint16_t)~MM24_LOCKED;
		return 0;
	}
	mm->swap.writes += swap;
	begin(mm, cpu, (struct mm24_write){ .page = slot, .swap = swap });
	return 0;
}

void mm24_io_write_buffer(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm_slot *page = &mm->s[slot];

	mm24_charge(cpu, mm->cost.buffers);
	wait_for_room(mm, cpu, false, MOST_QUEUED);
	mm24_settle(cpu);
	/* Somebody else was faster, or it was truncated. */
	if (!(page->tag & MM24_BUFFER_DIRTY) || (page->tag & MM24_BUFFER_LOCKED))
		return;
	mm24_buffer_clean(mm, slot);
	page->tag |= MM24_BUFFER_LOCKED;
	begin(mm, cpu, (struct mm24_write){ .page = slot, .buffer = true });
}

void mm24_io_read(struct mm24 *mm, struct sim_cpu *cpu, bool swap, uint32_t at)
{
	struct sim_disk *disk = disk_of(mm, swap);

	mm->swap.reads += swap;
	if (disk && cpu->on_actor)
		cpu->port->io(cpu, disk, place(mm, swap, at), PAGE_BYTES, false);
}
