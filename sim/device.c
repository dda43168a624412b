#include "sim/device.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* One that was not done yet when the last one was made. */
struct request {
	uint64_t date, start, done; /* made, begun */
	uint64_t bytes;
	const struct sim_disk *by; /* the drive or one of its parts */
	bool write, seeks;
};

/* What a transfer of that size takes. */
struct transfer {
	uint64_t bytes, cycles;
};

struct sim_disk {
	struct sim_disk *drive; /* a part has only this, its place and its statistics */
	uint64_t start;
	uint64_t size_bytes, track_bytes, read_bytes_s, write_bytes_s, clock_hz;
	uint64_t read, write, seek_min, seek_max, turn; /* cycles */
	uint64_t link_read, link_write, link_read_bytes_s, link_write_bytes_s;
	uint64_t pause_at, pause_every, pause;
	uint64_t *free_at; /* [channels], a heap: each is free from then on */
	uint32_t channels;
	struct transfer last[2], last_link[2]; /* of reads and of writes */
	uint64_t link_free_at;
	uint64_t last_date;
	uint64_t head; /* the byte after the last one transferred */
	struct sim_device_stats stats;
	uint64_t busy_until;  /* of stats.busy_cycles */
	struct request *line; /* [room], those from `first` to `end` are not done */
	size_t first, end, room;
	bool failed; /* memory was too short for the line */
	char name[];
};

static uint64_t cycles(uint64_t ns, uint64_t clock_mhz)
{
	return (uint64_t)(((wide)ns * clock_mhz + 500) / 1000);
}

static uint32_t channels_of(const struct sim_device_figures *f)
{
	return f->channels ? f->channels : 1;
}

static bool bad(char *text, size_t size, const char *what)
{
	snprintf(text, size, "%s", what);
	return false;
}

bool sim_device_check(const struct sim_device_figures *f, char *text, size_t size)
{
	if (f->size_bytes == 0)
		return bad(text, size, "a disk needs a size");
	if (f->read_bytes_s == 0 || f->write_bytes_s == 0)
		return bad(text, size, "a disk needs a bandwidth for reads and for writes");
	if (f->seek_min_ns > f->seek_max_ns)
		return bad(text, size, "the shortest seek is longer than the longest");
	if ((f->turn_ns == 0) != (f->track_bytes == 0))
		return bad(text, size, "a turn and a track's size are given together");
	if (channels_of(f) > 1 && (f->seek_max_ns || f->turn_ns))
		return bad(text, size, "a disk with an arm or a platter has one channel");
	if (f->channels != SIM_DEVICE_PER_CPU && f->channels > SIM_DEVICE_MOST_CHANNELS)
		return bad(text, size, "a disk has too many channels");
	if ((f->link_read_bytes_s == 0) != (f->link_write_bytes_s == 0))
		return bad(text, size,
			   "a link's bandwidths for reads and for writes are given together");
	if ((f->pause_every_ns || f->pause_ns) && f->pause_ns >= f->pause_every_ns)
		return bad(text, size, "a disk's pauses are as long as what lies between");
	return true;
}

static struct sim_disk *new_disk(const char *name)
{
	size_t size = strlen(name) + 1;
	struct sim_disk *d = calloc(1, sizeof(*d) + size);

	if (d)
		memcpy(d->name, name, size);
	return d;
}

struct sim_disk *sim_device_part(struct sim_disk *drive, const char *name, uint64_t start,
				 uint64_t size)
{
	struct sim_disk *d = new_disk(name);

	assert(!drive->drive && size > 0 && start + size <= drive->size_bytes);
	if (!d)
		return NULL;
	d->drive = drive;
	d->start = start;
	d->size_bytes = size;
	return d;
}

struct sim_disk *sim_device_new(const char *name, const struct sim_device_figures *f,
				uint64_t clock_mhz)
{
	struct sim_disk *d = new_disk(name);

	assert(f->channels != SIM_DEVICE_PER_CPU);
	if (!d)
		return NULL;
	d->channels = channels_of(f);
	d->free_at = calloc(d->channels, sizeof(*d->free_at));
	if (!d->free_at) {
		sim_device_free(d);
		return NULL;
	}
	d->size_bytes = f->size_bytes;
	d->track_bytes = f->track_bytes;
	d->read_bytes_s = f->read_bytes_s;
	d->write_bytes_s = f->write_bytes_s;
	d->clock_hz = clock_mhz * 1000000;
	d->read = cycles(f->read_ns, clock_mhz);
	d->write = cycles(f->write_ns, clock_mhz);
	d->seek_min = cycles(f->seek_min_ns, clock_mhz);
	d->seek_max = cycles(f->seek_max_ns, clock_mhz);
	d->turn = cycles(f->turn_ns, clock_mhz);
	d->link_read = cycles(f->link_read_ns, clock_mhz);
	d->link_write = cycles(f->link_write_ns, clock_mhz);
	d->link_read_bytes_s = f->link_read_bytes_s;
	d->link_write_bytes_s = f->link_write_bytes_s;
	d->pause_at = cycles(f->pause_at_ns, clock_mhz);
	d->pause_every = cycles(f->pause_every_ns, clock_mhz);
	d->pause = cycles(f->pause_ns, clock_mhz);
	return d;
}

void sim_device_free(struct sim_disk *d)
{
	if (d) {
		free(d->line);
		free(d->free_at);
	}
	free(d);
}

const char *sim_device_name(const struct sim_disk *d)
{
	return d->name;
}

uint32_t sim_device_channels(const struct sim_disk *d)
{
	return d->drive ? d->drive->channels : d->channels;
}

/* The largest number whose square is not above x. */
static uint64_t root(uint64_t x)
{
	uint64_t r = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((r + bit) * (r + bit) <= x)
			r += bit;
	return r;
}

/* An arm speeds up half the way and brakes the other half: its time is as the square root. */
static uint64_t seek(const struct sim_disk *d, uint64_t offset)
{
	uint64_t distance = offset > d->head ? offset - d->head : d->head - offset;
	uint64_t part;

	if (d->seek_min == d->seek_max) /* most have no arm */
		return d->seek_min;
	/* Of the whole disk, as a fraction of 2^62; its root as one of 2^31. */
	part = (uint64_t)(((wide)distance << 62) / d->size_bytes);
	return d->seek_min + (uint64_t)((wide)(d->seek_max - d->seek_min) * root(part) >> 31);
}

/* From `date` until the sector at offset comes under the head; sector 0 is there at date 0. */
static uint64_t rotation(const struct sim_disk *d, uint64_t date, uint64_t offset)
{
	uint64_t at, target;

	if (d->turn == 0)
		return 0;
	at = date % d->turn;
	target = (uint64_t)((wide)(offset % d->track_bytes) * d->turn / d->track_bytes);
	return target >= at ? target - at : target + d->turn - at;
}

/* Rounded up: a transfer that is nearly done is not done. */
static uint64_t transfer(const struct sim_disk *d, uint64_t bytes, uint64_t rate)
{
	return (uint64_t)(((wide)bytes * d->clock_hz + rate - 1) / rate);
}

/* The same of a size that mostly is the last one's: a page. One `last` for each rate. */
static uint64_t transfer_again(const struct sim_disk *d, struct transfer *last, uint64_t bytes,
			       uint64_t rate)
{
	if (last->bytes != bytes)
		*last = (struct transfer){ bytes, transfer(d, bytes, rate) };
	return last->cycles;
}

/* From its begin to its end. */
static uint64_t service(struct sim_disk *d, const struct request *r, uint64_t offset)
{
	uint64_t at = r->start + (r->write ? d->write : d->read);

	if (r->seeks) {
		at += seek(d, offset);
		at += rotation(d, at, offset);
	}
	return at - r->start +
	       transfer_again(d, &d->last[r->write], r->bytes,
			      r->write ? d->write_bytes_s : d->read_bytes_s);
}

/* When a write ends that would end at that date: when the pause is over that it falls into. */
static uint64_t after_pause(const struct sim_disk *d, uint64_t date)
{
	uint64_t at;

	if (!d->pause || date < d->pause_at)
		return date;
	at = (date - d->pause_at) % d->pause_every;
	return at < d->pause ? date - at + d->pause : date;
}

/* How long after a request's begin the next one can begin. */
static uint64_t link_time(struct sim_disk *d, uint64_t bytes, bool write)
{
	uint64_t rate = write ? d->link_write_bytes_s : d->link_read_bytes_s;

	return (write ? d->link_write : d->link_read) +
	       (rate ? transfer_again(d, &d->last_link[write], bytes, rate) : 0);
}

/* The channel that is free first is taken until `done`, which is not before. */
static void take_channel(struct sim_disk *d, uint64_t done)
{
	uint32_t at = 0;

	for (uint32_t child = 1; child < d->channels; child = 2 * at + 1) {
		if (child + 1 < d->channels && d->free_at[child + 1] < d->free_at[child])
			child++;
		if (d->free_at[child] >= done)
			break;
		d->free_at[at] = d->free_at[child];
		at = child;
	}
	d->free_at[at] = done;
}

/* Requests begin in the order they are made, so what is busy already ends at busy_until. */
static void count(struct sim_disk *d, const struct request *r)
{
	uint64_t from = r->start > d->busy_until ? r->start : d->busy_until;

	if (r->write) {
		d->stats.writes++;
		d->stats.bytes_written += r->bytes;
	} else {
		d->stats.reads++;
		d->stats.bytes_read += r->bytes;
	}
	d->stats.seeks += r->seeks;
	d->stats.wait_cycles += r->start - r->date;
	d->stats.service_cycles += r->done - r->start;
	if (r->done > from) {
		d->stats.busy_cycles += r->done - from;
		d->busy_until = r->done;
	}
}

/* Room for one more at the end of the line. */
static bool make_room(struct sim_disk *d)
{
	size_t room = d->room ? 2 * d->room : 64;
	struct request *line;

	if (d->end < d->room)
		return true;
	if (d->first > d->room / 2) {
		memmove(d->line, d->line + d->first, (d->end - d->first) * sizeof(*line));
		d->end -= d->first;
		d->first = 0;
		return true;
	}
	line = realloc(d->line, room * sizeof(*line));
	if (!line)
		return false;
	d->line = line;
	d->room = room;
	return true;
}

/* Joins the line, which those leave that are done at its date. */
static void queue(struct sim_disk *d, const struct request *r)
{
	while (d->first < d->end && d->line[d->first].done <= r->date)
		d->first++;
	if (make_room(d))
		d->line[d->end++] = *r;
	else
		d->failed = true;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Behind the end the disk begins again. Mostly without a division. */
static uint64_t within(const struct sim_disk *d, uint64_t offset)
{
	return offset < d->size_bytes ? offset : offset % d->size_bytes;
}

/* By the drive; `by` is whose request it is. */
static struct request serve(struct sim_disk *d, const struct sim_disk *by, uint64_t date,
			    uint64_t offset, uint64_t bytes, bool write)
{
	struct request r = { .date = date, .bytes = bytes, .by = by, .write = write };

	assert(date >= d->last_date);
	r.start = later(date, later(d->free_at[0], d->link_free_at));
	r.seeks = offset != d->head;
	r.done = r.start + service(d, &r, offset);
	if (write)
		r.done = after_pause(d, r.done);
	take_channel(d, r.done);
	d->link_free_at = r.start + link_time(d, bytes, write);
	d->head = within(d, offset + bytes);
	d->last_date = date;
	count(d, &r);
	queue(d, &r);
	return r;
}

uint64_t sim_device_request(struct sim_disk *d, uint64_t date, uint64_t offset, uint64_t bytes,
			    bool write)
{
	struct request r;

	if (!d->drive)
		return serve(d, d, date, within(d, offset), bytes, write).done;
	r = serve(d->drive, d, date, within(d->drive, d->start + within(d, offset)), bytes,
		  write);
	count(d, &r);
	return r.done;
}

uint64_t sim_device_last_date(const struct sim_disk *d)
{
	return d->drive ? d->drive->last_date : d->last_date;
}

struct sim_device_stats sim_device_stats(const struct sim_disk *d)
{
	return d->stats;
}

/* Takes back what was counted of the request and lies after `date`, but the busy time, of
 * which requests that are served together have a share each. */
static void take_back(struct sim_device_stats *s, const struct request *r, uint64_t date)
{
	uint64_t begun = later(date, r->start);

	if (r->write) {
		s->writes--;
		s->bytes_written -= r->bytes;
	} else {
		s->reads--;
		s->bytes_read -= r->bytes;
	}
	s->seeks -= r->seeks;
	s->service_cycles -= r->done - begun;
	s->wait_cycles -= begun > date ? r->start - date : 0;
	s->queued++;
}

struct sim_device_stats sim_device_stats_at(const struct sim_disk *d, uint64_t date)
{
	const struct sim_disk *drive = d->drive ? d->drive : d;
	struct sim_device_stats s = d->stats;
	uint64_t busy_until;

	date = later(date, drive->last_date);
	busy_until = date;
	for (size_t i = drive->first; i < drive->end; i++) {
		const struct request *r = &drive->line[i];

		if (r->done <= date || (d != drive && r->by != d))
			continue;
		take_back(&s, r, date);
		/* In the order of their begins: what each adds to the busy time behind it. */
		if (r->done > busy_until) {
			s.busy_cycles -= r->done - later(r->start, busy_until);
			busy_until = r->done;
		}
	}
	return s;
}

bool sim_device_failed(const struct sim_disk *d)
{
	return d->drive ? d->drive->failed : d->failed;
}
