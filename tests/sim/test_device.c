#include "sim/device.h"

#include <string.h>

#include "tests/unit.h"

/* At 1000 MHz a nanosecond is a cycle. */
static const struct sim_device_figures spinning = {
	.size_bytes = 1000000,
	.read_ns = 10,
	.write_ns = 20,
	.seek_min_ns = 100,
	.seek_max_ns = 1100,
	.turn_ns = 4000,
	.track_bytes = 8000,
	.read_bytes_s = 1000000000,
	.write_bytes_s = 500000000,
};

static const struct sim_device_figures flash = {
	.size_bytes = 1000000,
	.read_ns = 100,
	.write_ns = 30,
	.read_bytes_s = 1000000000,
	.write_bytes_s = 1000000000,
};

static void flash_costs_its_latency_and_the_transfer(void)
{
	struct sim_disk *d = sim_device_new("flash", &flash, 1000);

	CU_ASSERT_EQUAL(sim_device_request(d, 1000, 4096, 4096, false), 1000 + 100 + 4096);
	CU_ASSERT_EQUAL(sim_device_request(d, 9000, 0, 512, true), 9000 + 30 + 512);
	sim_device_free(d);
}

static void requests_are_served_one_after_the_other(void)
{
	struct sim_disk *d = sim_device_new("flash", &flash, 1000);
	uint64_t first = sim_device_request(d, 0, 0, 1000, false);

	CU_ASSERT_EQUAL(first, 1100);
	CU_ASSERT_EQUAL(sim_device_request(d, 50, 5000, 1000, false), first + 1100);
	CU_ASSERT_EQUAL(sim_device_stats(d).wait_cycles, first - 50);
	CU_ASSERT_EQUAL(sim_device_stats(d).busy_cycles, 2200);
	sim_device_free(d);
}

static void a_request_where_the_last_ended_neither_seeks_nor_turns(void)
{
	struct sim_disk *d = sim_device_new("disk", &spinning, 1000);
	uint64_t first = sim_device_request(d, 0, 0, 1000, false);

	CU_ASSERT_EQUAL(first, 10 + 1000); /* the head stands at 0 at first */
	CU_ASSERT_EQUAL(sim_device_request(d, first, 1000, 500, true), first + 20 + 1000);
	CU_ASSERT_EQUAL(sim_device_stats(d).seeks, 0);
	sim_device_free(d);
}

static void a_seek_grows_with_the_distance_and_waits_for_the_sector(void)
{
	struct sim_disk *d = sim_device_new("disk", &spinning, 1000);
	/* A quarter of the disk: 100 + 1000 / 2 cycles of seek; at date 610 of a turn of 4000.
	 */
	uint64_t arrived = 10 + 600;
	/* Byte 250000 is byte 2000 of its track: a quarter of a turn after its start. */
	uint64_t sector = 1000;

	CU_ASSERT_EQUAL(sim_device_request(d, 0, 250000, 1000, false),
			arrived + (sector - arrived) + 1000);
	CU_ASSERT_EQUAL(sim_device_stats(d).seeks, 1);
	sim_device_free(d);
}

static void a_sector_that_has_just_passed_costs_nearly_a_turn(void)
{
	struct sim_disk *d = sim_device_new("disk", &spinning, 1000);
	/* Arrives 1 cycle after byte 250000 has passed. */
	uint64_t date = 4000 + 1000 - 610 + 1;

	CU_ASSERT_EQUAL(sim_device_request(d, date, 250000, 1000, false),
			4000 + 1001 + 3999 + 1000);
	sim_device_free(d);
}

/* Against the square root of a table: distance in 1/10000 of the disk, root in 1/100. */
static void a_seek_takes_the_square_root_of_the_distance(void)
{
	static const unsigned roots[] = { 1, 2, 3, 10, 50, 70, 99, 100 };
	struct sim_device_figures f = flash;

	f.read_ns = 0;
	f.size_bytes = UINT64_C(100000000000); /* 100 GB */
	f.read_bytes_s = UINT64_C(1) << 40;
	f.seek_min_ns = 1000000;
	f.seek_max_ns = 21000000;
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		struct sim_disk *d = sim_device_new("disk", &f, 1000);
		uint64_t to = f.size_bytes / 10000 * roots[i] * roots[i];
		uint64_t done;

		to -= to == f.size_bytes; /* the end of the disk is its start */
		done = sim_device_request(d, 0, to, 1, false);
		CU_ASSERT(done <= 1000000 + UINT64_C(200000) * roots[i] + 1);
		CU_ASSERT(done + 2 >= 1000000 + UINT64_C(200000) * roots[i]);
		sim_device_free(d);
	}
}

static void the_last_date_is_that_of_the_last_request(void)
{
	struct sim_disk *d = sim_device_new("flash", &flash, 1000);

	CU_ASSERT_EQUAL(sim_device_last_date(d), 0);
	sim_device_request(d, 70, 0, 4096, true);
	sim_device_request(d, 80, 0, 4096, true);
	CU_ASSERT_EQUAL(sim_device_last_date(d), 80);
	sim_device_free(d);
}

static void a_transfer_is_rounded_up(void)
{
	struct sim_device_figures f = flash;
	struct sim_disk *d;

	f.read_ns = 0;
	f.read_bytes_s = 3000000000;
	d = sim_device_new("flash", &f, 1000);
	CU_ASSERT_EQUAL(sim_device_request(d, 0, 0, 1, false), 1);
	CU_ASSERT_EQUAL(sim_device_request(d, 10, 0, 4, false), 12);
	sim_device_free(d);
}

static void times_follow_the_clock(void)
{
	struct sim_disk *d = sim_device_new("flash", &flash, 2500);

	CU_ASSERT_EQUAL(sim_device_request(d, 0, 0, 1000, false), 250 + 2500);
	sim_device_free(d);
}

static void parts_of_a_drive_share_its_arm_and_its_line(void)
{
	struct sim_disk *drive = sim_device_new("drive", &spinning, 1000);
	struct sim_disk *same = sim_device_new("same", &spinning, 1000);
	struct sim_disk *low = sim_device_part(drive, "low", 0, 400000);
	struct sim_disk *high = sim_device_part(drive, "high", 400000, 600000);
	uint64_t date = 0;

	for (unsigned i = 0; i < 200; i++) {
		uint64_t offset = i * 7919u * 64 % 1200000, got, want;
		struct sim_disk *d = i % 3 ? low : high;

		date += i % 7 * 900;
		got = sim_device_request(d, date, offset, 512, i % 2);
		/* What lies beyond the part's end wraps round. */
		want = sim_device_request(same, date,
					  i % 3 ? offset % 400000 : 400000 + offset % 600000,
					  512, i % 2);
		CU_ASSERT_EQUAL(got, want);
		CU_ASSERT_EQUAL(sim_device_last_date(low), date);
		CU_ASSERT_EQUAL(sim_device_last_date(high), date);
	}
	CU_ASSERT_EQUAL(sim_device_stats(drive).busy_cycles,
			sim_device_stats(same).busy_cycles);
	CU_ASSERT_EQUAL(sim_device_stats(low).reads + sim_device_stats(high).reads, 100);
	CU_ASSERT_EQUAL(sim_device_stats(low).wait_cycles + sim_device_stats(high).wait_cycles,
			sim_device_stats(drive).wait_cycles);
	CU_ASSERT_EQUAL(sim_device_stats(low).busy_cycles + sim_device_stats(high).busy_cycles,
			sim_device_stats(drive).busy_cycles);
	CU_ASSERT_EQUAL(sim_device_stats(low).seeks + sim_device_stats(high).seeks,
			sim_device_stats(drive).seeks);
	sim_device_free(low);
	sim_device_free(high);
	sim_device_free(drive);
	sim_device_free(same);
}

static void reads_and_writes_are_counted(void)
{
	struct sim_disk *d = sim_device_new("sda", &flash, 1000);
	struct sim_device_stats s;

	sim_device_request(d, 0, 0, 100, false);
	sim_device_request(d, 0, 0, 200, true);
	sim_device_request(d, 0, 0, 300, true);
	s = sim_device_stats(d);
	CU_ASSERT(s.reads == 1 && s.bytes_read == 100);
	CU_ASSERT(s.writes == 2 && s.bytes_written == 500);
	CU_ASSERT_STRING_EQUAL(sim_device_name(d), "sda");
	sim_device_free(d);
}

/* Reads of 1100 cycles each, all made at date 50: done at 1150, 2250, 3350. */
static void what_is_not_done_at_a_date_does_not_count(void)
{
	struct sim_disk *d = sim_device_new("sda", &flash, 1000);
	struct sim_device_stats s;

	for (unsigned i = 0; i < 3; i++)
		sim_device_request(d, 50, 5000 * i, 1000, false);
	s = sim_device_stats_at(d, 1150 + 400);
	CU_ASSERT(s.reads == 1 && s.bytes_read == 1000 && s.queued == 2);
	CU_ASSERT_EQUAL(s.busy_cycles, 1500);
	CU_ASSERT_EQUAL(s.wait_cycles, 1100 + 1500); /* the third waits on */
	CU_ASSERT_EQUAL(s.seeks, 0);
	s = sim_device_stats_at(d, 3350);
	CU_ASSERT(s.reads == 3 && s.bytes_read == 3000 && s.queued == 0 && s.seeks == 2);
	CU_ASSERT_EQUAL(s.busy_cycles, sim_device_stats(d).busy_cycles);
	CU_ASSERT_EQUAL(s.wait_cycles, sim_device_stats(d).wait_cycles);
	/* A date before the last request is its date. */
	CU_ASSERT_EQUAL(sim_device_stats_at(d, 0).busy_cycles, 0);
	CU_ASSERT_EQUAL(sim_device_stats_at(d, 0).queued, 3);
	sim_device_free(d);
}

/* At every end the disk was never busy for longer, and nothing is lost between parts. */
static void figures_at_a_date_fit_into_the_time_until_then(void)
{
	struct sim_disk *drive = sim_device_new("hda", &spinning, 1000);
	struct sim_disk *low = sim_device_part(drive, "low", 0, 400000);
	struct sim_disk *high = sim_device_part(drive, "high", 400000, 600000);
	uint64_t done = 0;

	for (unsigned i = 0; i < 1000; i++) {
		uint64_t date = i * 700;
		struct sim_device_stats a, b, both;

		done = sim_device_request(i % 3 ? low : high, date, i * 7919u * 64, 512, i % 2);
		a = sim_device_stats_at(low, date + 350);
		b = sim_device_stats_at(high, date + 350);
		both = sim_device_stats_at(drive, date + 350);
		CU_ASSERT(both.busy_cycles <= date + 350);
		CU_ASSERT_EQUAL(both.reads + both.writes + both.queued, i + 1);
		CU_ASSERT_EQUAL(a.reads + b.reads, both.reads);
		CU_ASSERT_EQUAL(a.writes + b.writes, both.writes);
		CU_ASSERT_EQUAL(a.bytes_read + b.bytes_read, both.bytes_read);
		CU_ASSERT_EQUAL(a.bytes_written + b.bytes_written, both.bytes_written);
		CU_ASSERT_EQUAL(a.busy_cycles + b.busy_cycles, both.busy_cycles);
		CU_ASSERT_EQUAL(a.wait_cycles + b.wait_cycles, both.wait_cycles);
		CU_ASSERT_EQUAL(a.seeks + b.seeks, both.seeks);
		CU_ASSERT_EQUAL(a.queued + b.queued, both.queued);
	}
	CU_ASSERT_EQUAL(sim_device_stats_at(drive, done).queued, 0);
	CU_ASSERT_FALSE(sim_device_failed(low));
	sim_device_free(low);
	sim_device_free(high);
	sim_device_free(drive);
}

static void a_write_that_would_end_in_a_pause_ends_with_it(void)
{
	struct sim_device_figures f = flash;
	struct sim_disk *d;

	f.pause_at_ns = 10000;
	f.pause_every_ns = 5000;
	f.pause_ns = 1000;
	d = sim_device_new("flash", &f, 1000);
	CU_ASSERT_EQUAL(sim_device_request(d, 0, 0, 100, true), 130);
	CU_ASSERT_EQUAL(sim_device_request(d, 5000, 0, 100, true), 5130); /* before the first */
	CU_ASSERT_EQUAL(sim_device_request(d, 9869, 0, 100, true), 9999);
	CU_ASSERT_EQUAL(sim_device_request(d, 10100, 0, 100, false), 10300); /* a read */
	CU_ASSERT_EQUAL(sim_device_request(d, 10300, 0, 100, true), 11000);
	CU_ASSERT_EQUAL(sim_device_request(d, 10400, 0, 100, true), 11130); /* behind it */
	CU_ASSERT_EQUAL(sim_device_request(d, 14870, 0, 100, true), 16000);
	sim_device_free(d);
}

static void figures_that_make_no_disk_are_refused(void)
{
	struct sim_device_figures f;
	char text[80];

	CU_ASSERT(sim_device_check(&spinning, text, sizeof(text)));
	CU_ASSERT(sim_device_check(&flash, text, sizeof(text)));
	f = flash;
	f.size_bytes = 0;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "a disk needs a size");
	f = flash;
	f.write_bytes_s = 0;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	f = spinning;
	f.seek_min_ns = f.seek_max_ns + 1;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	f = spinning;
	f.track_bytes = 0;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "a turn and a track's size are given together");
	f = flash;
	f.pause_ns = f.pause_every_ns = 5;
	CU_ASSERT(!sim_device_check(&f, text, sizeof(text)));
	f.pause_every_ns = 6;
	CU_ASSERT(sim_device_check(&f, text, sizeof(text)));
}

static CU_TestInfo tests[] = {
	{ "flash costs its latency and the transfer",
	  flash_costs_its_latency_and_the_transfer },
	{ "requests are served one after the other", requests_are_served_one_after_the_other },
	{ "a request where the last ended neither seeks nor turns",
	  a_request_where_the_last_ended_neither_seeks_nor_turns },
	{ "a seek grows with the distance and waits for the sector",
	  a_seek_grows_with_the_distance_and_waits_for_the_sector },
	{ "a sector that has just passed costs nearly a turn",
	  a_sector_that_has_just_passed_costs_nearly_a_turn },
	{ "a seek takes the square root of the distance",
	  a_seek_takes_the_square_root_of_the_distance },
	{ "the last date is that of the last request",
	  the_last_date_is_that_of_the_last_request },
	{ "a transfer is rounded up", a_transfer_is_rounded_up },
	{ "times follow the clock", times_follow_the_clock },
	{ "parts of a drive share its arm and its line",
	  parts_of_a_drive_share_its_arm_and_its_line },
	{ "reads and writes are counted", reads_and_writes_are_counted },
	{ "what is not done at a date does not count",
	  what_is_not_done_at_a_date_does_not_count },
	{ "figures at a date fit into the time until then",
	  figures_at_a_date_fit_into_the_time_until_then },
	{ "a write that would end in a pause ends with it",
	  a_write_that_would_end_in_a_pause_ends_with_it },
	{ "figures that make no disk are refused", figures_that_make_no_disk_are_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "device", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
