/* Drives with channels and a link: sim/device.h. Those with one are in test_device.c. */
#include "sim/device.h"

#include "tests/unit.h"

/* 3 channels of 100 + bytes cycles (reads), 30 + bytes (writes); a link that keeps requests 40
 * cycles and a quarter of their bytes apart. */
static const struct sim_device_figures queued = {
	.size_bytes = 1000000,
	.read_ns = 100,
	.write_ns = 30,
	.read_bytes_s = 1000000000,
	.write_bytes_s = 1000000000,
	.channels = 3,
	.link_read_ns = 40,
	.link_write_ns = 40,
	.link_read_bytes_s = UINT64_C(4000000000),
	.link_write_bytes_s = UINT64_C(4000000000),
};

static void channels_serve_side_by_side_and_the_link_keeps_them_apart(void)
{
	struct sim_disk *d = sim_device_new("flash", &queued, 1000);

	/* Alone: latency and transfer, nothing of the link. */
	CU_ASSERT_EQUAL(sim_device_request(d, 1000, 0, 400, false), 1000 + 500);
	/* 140 cycles behind it, and done before it. */
	CU_ASSERT_EQUAL(sim_device_request(d, 1000, 0, 40, true), 1140 + 70);
	CU_ASSERT_EQUAL(sim_device_request(d, 1000, 0, 4000, true), 1190 + 4030);
	/* The link is free at 2230, a channel before. */
	CU_ASSERT_EQUAL(sim_device_request(d, 1000, 0, 4000, true), 2230 + 4030);
	CU_ASSERT_EQUAL(sim_device_request(d, 1000, 0, 8000, true), 3270 + 8030);
	/* All three are at work until 5220. */
	CU_ASSERT_EQUAL(sim_device_request(d, 5200, 0, 400, false), 5310 + 500);
	CU_ASSERT_EQUAL(sim_device_channels(d), 3);
	sim_device_free(d);
}

/* One request of the reference. */
struct one {
	uint64_t date, bytes, start, done;
	bool write, begun;
};

#define REFERENCE_CHANNELS 5
#define REFERENCE_REQUESTS 60

/* The queue as it is thought of, cycle by cycle: whoever is first in line begins when the link
 * has rested and one of the channels does nothing. */
static void simulate(struct one *r, unsigned channels, unsigned apart)
{
	uint64_t busy[REFERENCE_CHANNELS] = { 0 }; /* cycles left */
	uint64_t rest = 0;
	unsigned next = 0;

	for (uint64_t now = 0; next < REFERENCE_REQUESTS; now++) {
		for (unsigned c = 0; c < channels && next < REFERENCE_REQUESTS; c++) {
			if (busy[c] || rest || r[next].date > now)
				continue;
			busy[c] = (r[next].write ? 30 : 100) + r[next].bytes;
			rest = apart + (r[next].bytes + 3) / 4;
			r[next].start = now;
			r[next].done = now + busy[c];
			next++;
		}
		for (unsigned c = 0; c < channels; c++)
			busy[c] -= busy[c] > 0;
		rest -= rest > 0;
	}
}

static void compare(const struct sim_device_stats *s, const struct one *r, uint64_t at)
{
	uint64_t busy = 0, service = 0, wait = 0, not_done = 0, bytes = 0;

	for (uint64_t now = 0; now < at; now++) {
		unsigned served = 0;

		for (unsigned i = 0; i < REFERENCE_REQUESTS; i++) {
			served += r[i].start <= now && now < r[i].done;
			wait += r[i].date <= now && now < r[i].start;
		}
		service += served;
		busy += served > 0;
	}
	for (unsigned i = 0; i < REFERENCE_REQUESTS; i++) {
		not_done += r[i].done > at;
		bytes += r[i].done > at ? 0 : r[i].bytes;
	}
	CU_ASSERT_EQUAL(s->busy_cycles, busy);
	CU_ASSERT_EQUAL(s->service_cycles, service);
	CU_ASSERT_EQUAL(s->wait_cycles, wait);
	CU_ASSERT_EQUAL(s->queued, not_done);
	CU_ASSERT_EQUAL(s->reads + s->writes, REFERENCE_REQUESTS - not_done);
	CU_ASSERT_EQUAL(s->bytes_read + s->bytes_written, bytes);
}

/* Draws requests, bunched as `spread` says; `apart` 0: no fixed time of the link. */
static void agree(unsigned channels, unsigned apart, unsigned spread, uint32_t random)
{
	struct one r[REFERENCE_REQUESTS];
	struct sim_device_figures f = queued;
	struct sim_device_stats s;
	struct sim_disk *d;
	uint64_t date = 0, last = 0;
	unsigned overtaken = 0;

	f.channels = channels;
	f.link_read_ns = f.link_write_ns = apart;
	d = sim_device_new("flash", &f, 1000);
	for (unsigned i = 0; i < REFERENCE_REQUESTS; i++) {
		random = random * 1664525u + 1013904223u;
		date += random >> 8 & 3 ? 0 : (random >> 16) % spread;
		r[i] = (struct one){ .date = date,
				     .bytes = 1 + (random >> 12) % 300,
				     .write = random >> 30 & 1 };
	}
	simulate(r, channels, apart);
	for (unsigned i = 0; i < REFERENCE_REQUESTS; i++) {
		uint64_t done =
			sim_device_request(d, r[i].date, i * 7919u, r[i].bytes, r[i].write);

		CU_ASSERT_EQUAL(done, r[i].done);
		overtaken += done < last;
		last = done > last ? done : last;
	}
	CU_ASSERT(channels == 1 ? overtaken == 0 : overtaken > 0);
	for (uint64_t at = date; at < last + 100; at += 61) {
		s = sim_device_stats_at(d, at);
		compare(&s, r, at);
	}
	s = sim_device_stats(d);
	compare(&s, r, last);
	sim_device_free(d);
}

static void a_simulation_cycle_by_cycle_gives_the_same_dates_and_figures(void)
{
	for (unsigned channels = 1; channels <= REFERENCE_CHANNELS; channels++)
		for (unsigned i = 0; i < 6; i++)
			agree(channels, i % 3 * 20, i % 2 ? 900 : 150, channels * 100 + i);
}

/* Cycles for 1000 requests of 1000 bytes while so many are queued. */
static uint64_t takes(const struct sim_device_figures *f, unsigned depth)
{
	struct sim_disk *d = sim_device_new("flash", f, 1000);
	uint64_t done[64] = { 0 }, end = 0;

	for (unsigned i = 0; i < 1000; i++) {
		unsigned first = 0;

		for (unsigned k = 1; k < depth; k++)
			if (done[k] < done[first])
				first = k;
		done[first] = sim_device_request(d, done[first], i * 5000, 1000, i % 2);
		end = done[first] > end ? done[first] : end;
	}
	sim_device_free(d);
	return end;
}

/* 16 channels, each of which could fill half of the link, 2 bytes a cycle. */
static void deeper_queues_are_faster_up_to_the_links_bandwidth(void)
{
	struct sim_device_figures f = queued;
	uint64_t last = UINT64_MAX, least = 1000 * UINT64_C(1000) / 2;

	f.channels = 16;
	f.write_ns = f.read_ns = 4000;
	f.link_read_ns = f.link_write_ns = 0;
	f.link_read_bytes_s = f.link_write_bytes_s = 2000000000;
	/* One at a time nothing is gained by channels. */
	CU_ASSERT_EQUAL(takes(&f, 1), 1000 * UINT64_C(5000));
	/* The second of two begins when the link is free, and stays so far behind. */
	CU_ASSERT_EQUAL(takes(&f, 2), 500 * UINT64_C(5000) + 500);
	for (unsigned depth = 1; depth <= 64; depth++) {
		uint64_t cycles = takes(&f, depth);

		CU_ASSERT(cycles <= last && cycles >= least);
		last = cycles;
	}
	CU_ASSERT(takes(&f, 10) < least + 5000 && takes(&f, 9) > least + least / 10);
	CU_ASSERT(last < least + 5000);
	/* Without a link channels alone decide. */
	f.link_read_bytes_s = f.link_write_bytes_s = 0;
	CU_ASSERT_EQUAL(takes(&f, 16), (1000 + 15) / 16 * UINT64_C(5000));
	CU_ASSERT_EQUAL(takes(&f, 64), (1000 + 15) / 16 * UINT64_C(5000));
}

static void parts_share_the_channels_and_each_has_its_own_busy_time(void)
{
	struct sim_disk *drive = sim_device_new("drive", &queued, 1000);
	struct sim_disk *low = sim_device_part(drive, "low", 0, 400000);
	struct sim_disk *high = sim_device_part(drive, "high", 400000, 600000);
	struct sim_device_stats a, b, both;

	CU_ASSERT_EQUAL(sim_device_channels(low), 3);
	for (unsigned i = 0; i < 12; i++)
		sim_device_request(i % 3 ? low : high, i * 10, i * 4096, 500, i % 2);
	for (uint64_t at = 110; at < 3000; at += 37) {
		a = sim_device_stats_at(low, at);
		b = sim_device_stats_at(high, at);
		both = sim_device_stats_at(drive, at);
		CU_ASSERT_EQUAL(a.service_cycles + b.service_cycles, both.service_cycles);
		CU_ASSERT_EQUAL(a.wait_cycles + b.wait_cycles, both.wait_cycles);
		CU_ASSERT_EQUAL(a.queued + b.queued, both.queued);
		CU_ASSERT(a.busy_cycles <= both.busy_cycles &&
			  b.busy_cycles <= both.busy_cycles);
		CU_ASSERT(both.busy_cycles <= a.busy_cycles + b.busy_cycles);
		CU_ASSERT(both.busy_cycles <= at && both.service_cycles <= 3 * at);
	}
	CU_ASSERT(a.busy_cycles + b.busy_cycles > both.busy_cycles); /* together at times */
	sim_device_free(low);
	sim_device_free(high);
	sim_device_free(drive);
}

static void figures_that_make_no_drive_are_refused(void)
{
	struct sim_device_figures f;
	char text[80];

	CU_ASSERT(sim_device_check(&queued, text, sizeof(text)));
	f = queued;
	f.seek_max_ns = 1;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "a disk with an arm or a platter has one channel");
	f = queued;
	f.channels = SIM_DEVICE_MOST_CHANNELS + 1;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	f = queued;
	f.link_write_bytes_s = 0;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(
		text, "a link's bandwidths for reads and for writes are given together");
}

static CU_TestInfo tests[] = {
	{ "channels serve side by side and the link keeps them apart",
	  channels_serve_side_by_side_and_the_link_keeps_them_apart },
	{ "a simulation cycle by cycle gives the same dates and figures",
	  a_simulation_cycle_by_cycle_gives_the_same_dates_and_figures },
	{ "deeper queues are faster up to the link's bandwidth",
	  deeper_queues_are_faster_up_to_the_links_bandwidth },
	{ "parts share the channels and each has its own busy time",
	  parts_share_the_channels_and_each_has_its_own_busy_time },
	{ "figures that make no drive are refused", figures_that_make_no_drive_are_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "device_channels", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
