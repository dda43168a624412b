/*
 * Disks: when a request that is made now will be done. Served first come first served, so the
 * completion date is known at once: waiting for the requests before it, a fixed cost, the seek
 * (with the square root of the distance), the wait for the sector to come round (from the date
 * itself: no dice), and the transfer. A request that begins where the last one ended neither
 * seeks nor waits for the platter.
 *
 * A drive without an arm can have several channels, each of which serves one request. Requests
 * begin in the order they were made, each as soon as a channel is free and the link is, which
 * all channels share: it keeps them apart by the time it needs for each, so that together they
 * are never faster than it. They can end in another order than they began. A drive with one
 * channel and no figures of a link is what disks with an arm are: one request at a time.
 *
 * Dates and results in cycles; a device's figures as people write them (ns, bytes/s).
 * Sleeping until the completion date is the engine's part (sim_engine_disk(), port->io(),
 * port->submit()).
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_DEVICE_NAME 64 /* bytes of a drive's name in its file, with the last NUL */

/* As many channels as the machine has CPUs, for what a CPU does itself. A machine puts its
 * number there (machine_disks.c); no disk can be made of it. */
#define SIM_DEVICE_PER_CPU UINT32_MAX
#define SIM_DEVICE_MOST_CHANNELS 65536

struct sim_disk;

struct sim_device_figures {
	uint64_t size_bytes;
	uint64_t read_ns, write_ns;           /* fixed, of each request */
	uint64_t seek_min_ns, seek_max_ns;    /* next track, whole disk; 0 = no arm */
	uint64_t turn_ns, track_bytes;        /* 0 = no platter */
	uint64_t read_bytes_s, write_bytes_s; /* transfer, by one channel */
	uint32_t channels;                    /* requests served at a time; 0 = 1 */
	/* 1: kernels are told that it rotates, although it has no arm (disks of emulated
	 * machines); 0: it is what it is. */
	uint32_t rotational;
	/* What a CPU does itself (channels: cpus): nothing is held back for it. 8 bytes, so
	 * that figures have no padding. */
	uint64_t own_work;
	/* Of the link, for each request: a fixed time, and its transfer; 0 = none. */
	uint64_t link_read_ns, link_write_ns;
	uint64_t link_read_bytes_s, link_write_bytes_s;
	/* A drive whose writes stand still now and then, first from pause_at_ns on: those that
	 * would end in a pause end when it is over; reads go on. 0 = never. No file of a drive
	 * says so; whoever wants to know what it changes does. */
	uint64_t pause_at_ns;
	uint64_t pause_every_ns, pause_ns;
};

struct sim_device_stats {
	uint64_t reads, writes, bytes_read, bytes_written;
	uint64_t busy_cycles; /* serving at least one request: never more than have passed */
	uint64_t wait_cycles; /* requests waiting for the ones before them, or for the link */
	/* Of each request from its begin to its end. Over busy_cycles it is the mean number of
	 * channels at work; over the time that has passed and the channels, the utilisation.
	 * With one channel it is busy_cycles. */
	uint64_t service_cycles;
	uint64_t seeks;
	uint64_t queued; /* requests that were not done; sim_device_stats_at() alone */
};

/* False and a sentence in text[size] when the figures make no disk. */
bool sim_device_check(const struct sim_device_figures *f, char *text, size_t size);
/* NULL when memory is short. The figures must pass sim_device_check(); `channels` is a number.
 */
struct sim_disk *sim_device_new(const char *name, const struct sim_device_figures *f,
				uint64_t clock_mhz);
/*
 * A disk that is a part of a drive: offsets count from its start and wrap round at its size.
 * Its requests stand in the drive's line and move its arm. NULL when memory is short. The
 * drive, which is no part itself, must outlive it.
 */
struct sim_disk *sim_device_part(struct sim_disk *drive, const char *name, uint64_t start,
				 uint64_t size);
void sim_device_free(struct sim_disk *d);
const char *sim_device_name(const struct sim_disk *d);
/* Requests it serves at a time; a part: its drive. */
uint32_t sim_device_channels(const struct sim_disk *d);

/* Queues a request at `date`, not before the date of the last; returns when it is done, which
 * can be before the one made before it if there are channels. An offset beyond the disk's size
 * wraps round. */
uint64_t sim_device_request(struct sim_disk *d, uint64_t date, uint64_t offset, uint64_t bytes,
			    bool write);
/* The date of the last request: none can be made before it. 0 = there was none. */
uint64_t sim_device_last_date(const struct sim_disk *d);
/* Of all requests, those among them that will be done later. Of a part: its own; a drive
 * counts those of its parts, too. */
struct sim_device_stats sim_device_stats(const struct sim_disk *d);
/* Of what is done at `date`, which is not before the last request's: of a request that is being
 * served the cycles so far alone, of a waiting one its wait so far. */
struct sim_device_stats sim_device_stats_at(const struct sim_disk *d, uint64_t date);
/* Memory was too short to remember the requests that are not done: sim_device_stats_at() is
 * wrong. The dates are right. */
bool sim_device_failed(const struct sim_disk *d);

#endif
