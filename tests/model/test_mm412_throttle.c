/* How long writers pause: against numbers worked out by hand, and in a loop with a disk. */
#include "model/v4_12/mm412_throttle.h"
#include "tests/model/world412.h"

enum { HZ = 250 };

static struct world412 w;
static struct mm412 *mm;
static struct mm412_writeback *wb;
static struct mm412_task *task;

static void a_world(void)
{
	w_open(&w, 4096, 64);
	mm = w.mm;
	wb = mm->sleep->writeback;
	task = mm412_task_of(mm, 1);
	wb->dirty_limit = 2000;
}

/* Limits of 1000 and 2000 pages: free up to 1500, the middle of the rest is 1750. */
static struct mm412_throttle seen(uint64_t dirty, uint64_t wb_dirty)
{
	return (struct mm412_throttle){ .now = 10000,
					.dirty = dirty,
					.wb_dirty = wb_dirty,
					.thresh = 2000,
					.background = 1000 };
}

static uint64_t ratio(uint64_t dirty, uint64_t wb_dirty)
{
	struct mm412_throttle t = seen(dirty, wb_dirty);

	mm412_throttle_position(wb, &t);
	return t.pos_ratio;
}

static void a_writer_looks_again_after_the_root_of_what_is_left(void)
{
	CU_ASSERT_EQUAL(mm412_throttle_interval(0, 1), 1);
	CU_ASSERT_EQUAL(mm412_throttle_interval(0, 3), 1);
	CU_ASSERT_EQUAL(mm412_throttle_interval(0, 4), 2);
	CU_ASSERT_EQUAL(mm412_throttle_interval(0, 1023), 16);
	CU_ASSERT_EQUAL(mm412_throttle_interval(0, 1024), 32);
	CU_ASSERT_EQUAL(mm412_throttle_interval(7, 7), 1);
	CU_ASSERT_EQUAL(mm412_throttle_interval(9, 7), 1);
}

static void rates_are_twice_the_base_at_the_lower_end_and_nothing_at_the_limit(void)
{
	a_world();
	/* With 100 MB a second the disk's own line is nearly flat, and rounded down. */
	CU_ASSERT_EQUAL(ratio(1750, 1749), 1023);
	/* 250 of 251 are 1019; squared 1014, and 1009 with its cube. */
	CU_ASSERT_EQUAL(ratio(1500, 1749), 1024 + 1009 - 1);
	/* 249 of 251 are 1015; squared 1006, and -998 with its cube: 26 of 1024 are left. */
	CU_ASSERT_EQUAL(ratio(1999, 1749), 25);
	CU_ASSERT_EQUAL(ratio(2000, 1749), 0);
	CU_ASSERT_EQUAL(ratio(3000, 1749), 0);
	/* Half way up: (125 / 250)^3 of the rest. */
	CU_ASSERT_TRUE(ratio(1625, 1749) >= 1024 + 120 && ratio(1625, 1749) <= 1024 + 128);
	w_close(&w);
}

static void a_limit_that_has_just_sunk_is_followed_slowly(void)
{
	a_world();
	wb->dirty_limit = 4000;
	CU_ASSERT_TRUE(ratio(2000, 1749) > 1024);
	CU_ASSERT_TRUE(ratio(3999, 1749) < 100);
	CU_ASSERT_EQUAL(ratio(4000, 1749), 0);
	w_close(&w);
}

static void a_disk_with_little_to_do_is_given_more(void)
{
	uint64_t full;

	a_world();
	full = ratio(1750, 1000);
	CU_ASSERT_TRUE(full >= 1024 && full <= 1030);
	/* Its line rises a little on the way: by 250 pages of 8 x 25,600. */
	CU_ASSERT_TRUE(ratio(1750, 500) >= 2 * full && ratio(1750, 500) <= 2 * full + 10);
	CU_ASSERT_TRUE(ratio(1750, 125) >= 8 * full && ratio(1750, 125) <= 8 * full + 40);
	CU_ASSERT_TRUE(ratio(1750, 1) >= 8 * full && ratio(1750, 1) <= 8 * full + 60);
	w_close(&w);
}

static void a_slow_disk_with_too_much_gets_a_quarter(void)
{
	a_world();
	wb->avg_bw = 10;
	/* Its line ends 79 pages behind the middle, 1749: 38 of them are left. */
	CU_ASSERT_EQUAL(ratio(1750, 1790), 1024 * 38 / 79);
	CU_ASSERT_EQUAL(ratio(1750, 1900), 256);
	w_close(&w);
}

/* 1000 pages in 50 of 1024 jiffies, twice. */
static void bandwidth_is_smoothed_twice(void)
{
	struct sim_cpu *cpu = w_cpu(&w);

	a_world();
	cpu->due = 50 * W_JIFFY;
	wb->written = 1000;
	mm412_throttle_bandwidth(mm, cpu, 0);
	CU_ASSERT_EQUAL(wb->write_bw, (1000 * HZ + 25600 * (1024 - 50)) / 1024);
	CU_ASSERT_EQUAL(wb->write_bw, 24594);
	CU_ASSERT_EQUAL(wb->avg_bw, 25600);
	cpu->due += 49 * W_JIFFY;
	mm412_throttle_bandwidth(mm, cpu, 0);
	CU_ASSERT_EQUAL(wb->write_bw, 24594);
	cpu->due += W_JIFFY;
	wb->written += 1000;
	mm412_throttle_bandwidth(mm, cpu, 0);
	CU_ASSERT_EQUAL(wb->write_bw, 23637);
	CU_ASSERT_EQUAL(wb->avg_bw, 25600 - (25600 - 24594) / 8);
	/* Whoever began after a second of silence says nothing of the time before. */
	cpu->due += 2 * HZ * W_JIFFY;
	mm412_throttle_bandwidth(mm, cpu, 100 + 1);
	CU_ASSERT_EQUAL(wb->write_bw, 23637);
	CU_ASSERT_EQUAL(wb->bw_stamp, 600);
	/* After more than the period only the last speed counts. */
	cpu->due += 1025 * W_JIFFY;
	wb->written += 4100;
	mm412_throttle_bandwidth(mm, cpu, 0);
	CU_ASSERT_EQUAL(wb->write_bw, 4100 * HZ / 1025);
	CU_ASSERT_EQUAL(wb->avg_bw, wb->write_bw);
	w_close(&w);
}

static uint64_t pause(struct mm412_throttle *t, uint64_t pages)
{
	return mm412_throttle_pause(mm, task, t, pages, 0);
}

static void a_pause_is_as_long_as_the_rate_asks_for_but_not_too_long(void)
{
	struct mm412_throttle t = seen(1750, 1749);

	a_world();
	wb->bw_stamp = t.now;
	wb->ratelimit = 4000;
	/* 40 pages at 4000 a second are 2.5 jiffies. */
	CU_ASSERT_EQUAL(pause(&t, 40), 2);
	CU_ASSERT_EQUAL(t.task_rate, 4000 * 1023 / 1024);
	CU_ASSERT_EQUAL(task->dirty_paused_when, t.now + 2);
	/* A small pool runs dry in 1749 / 801 jiffies and one. */
	task->dirty_paused_when = 0;
	CU_ASSERT_EQUAL(pause(&t, 4000), 3);
	/* What the pause lacks is taken off the next ones. */
	CU_ASSERT_EQUAL(task->dirty_paused_when, t.now + 3 + 3);
	t.wb_dirty = 1000000;
	t.dirty = 2000;
	CU_ASSERT_EQUAL(pause(&t, 10), HZ / 5);
	CU_ASSERT_EQUAL(t.task_rate, 0);
	w_close(&w);
}

/* 51 jiffies after the last look, in which 1000 pages were dirtied and written. */
static void look(struct mm412_throttle *t, uint64_t dirty)
{
	*t = seen(dirty, 1749);
	wb->bw_stamp = t->now - 51;
	wb->dirtied += 1000;
	wb->written += 1000;
	wb->write_bw = wb->avg_bw = 5000;
	task->dirty_paused_when = 0;
	(void)pause(t, 32);
}

static void the_rate_follows_the_disk_and_the_position_in_steps(void)
{
	struct mm412_throttle t;

	a_world();
	wb->ratelimit = 25600;
	look(&t, 1900);
	/* The target was all of it: no step yet. Now it is what the disk writes. */
	CU_ASSERT_EQUAL(wb->ratelimit, 25600);
	CU_ASSERT_EQUAL(wb->balanced, 5000);
	/* The position asks for 806 of 1024, 20151: a 32nd of the 5449 between. */
	look(&t, 1900);
	CU_ASSERT_EQUAL(t.pos_ratio, 806);
	CU_ASSERT_EQUAL(wb->ratelimit, 25600 - 171);
	/* Upwards likewise: 1212 is the smallest of what is asked for. */
	wb->ratelimit = 1000;
	wb->balanced = 25600;
	look(&t, 1600);
	CU_ASSERT_EQUAL(t.pos_ratio, 1024 + 217);
	CU_ASSERT_EQUAL(wb->ratelimit, 1007);
	w_close(&w);
}

static void a_limit_sinks_by_a_32nd_and_rises_at_once(void)
{
	struct mm412_throttle t;

	a_world();
	wb->dirty_limit = 4000;
	look(&t, 1900);
	CU_ASSERT_EQUAL(wb->dirty_limit, 4000 - 2000 / 32);
	CU_ASSERT_EQUAL(wb->limit_stamp, t.now);
	/* Once in a fifth of a second. */
	look(&t, 1900);
	CU_ASSERT_EQUAL(wb->dirty_limit, 4000 - 2000 / 32);
	wb->limit_stamp = 0;
	wb->dirty_limit = 1950;
	look(&t, 1900);
	CU_ASSERT_EQUAL(wb->dirty_limit, 2000);
	w_close(&w);
}

static void short_pauses_are_put_off(void)
{
	struct mm412_throttle t = seen(1750, 1749);

	a_world();
	wb->bw_stamp = t.now;
	wb->ratelimit = 25600;
	task->dirty_paused_when = t.now - 1;
	task->nr_dirtied = 300;
	CU_ASSERT_EQUAL(pause(&t, 300), 0);
	CU_ASSERT_EQUAL(task->dirty_paused_when, t.now - 1 + 300 * HZ / 25600);
	CU_ASSERT_EQUAL(task->nr_dirtied, 0);
	/* So few that they are no jiffy: more are collected. */
	task->nr_dirtied = 40;
	task->nr_dirtied_pause = 32;
	CU_ASSERT_EQUAL(pause(&t, 40), 0);
	CU_ASSERT_EQUAL(task->nr_dirtied_pause, 72);
	CU_ASSERT_EQUAL(task->nr_dirtied, 40);
	/* Who has not written for long starts afresh. */
	task->dirty_paused_when = t.now - 2 * HZ;
	CU_ASSERT_EQUAL(pause(&t, 300), 0);
	CU_ASSERT_EQUAL(task->dirty_paused_when, t.now);
	w_close(&w);
}

/*
 * A writer that does nothing else, and a disk that writes as long as too much is dirty: in the
 * long run the writer gets what the disk does, and the dirty pages stay between their limits.
 */
static void in_the_long_run_a_writer_is_as_fast_as_the_disk(void)
{
	enum { DISK = 5000, SECONDS = 60, THRESH = 20000, BACKGROUND = 10000 };
	uint64_t dirty = THRESH / 2 + BACKGROUND / 2, now = HZ, worst = 0, half = 0, disk = 0;
	uint64_t before;

	a_world();
	wb->dirty_limit = THRESH;
	before = 0;
	while (now < SECONDS * HZ) {
		uint64_t pages = task->nr_dirtied_pause ? task->nr_dirtied_pause : 32, p;
		struct mm412_throttle t = { .now = now,
					    .thresh = THRESH,
					    .background = BACKGROUND };

		dirty += pages;
		wb->dirtied += pages;
		t.dirty = t.wb_dirty = t.reclaimable = dirty;
		worst = dirty > worst ? dirty : worst;
		task->nr_dirtied += pages;
		if (dirty <= (THRESH + BACKGROUND) / 2) {
			task->dirty_paused_when = now;
			task->nr_dirtied = 0;
			p = 1;
		} else {
			p = pause(&t, task->nr_dirtied);
		}
		now += p;
		disk += p * DISK;
		while (disk >= HZ && dirty > BACKGROUND) {
			disk -= HZ;
			dirty--;
			wb->written++;
		}
		if (now < SECONDS * HZ / 2)
			before = wb->dirtied;
	}
	half = wb->dirtied - before;
	CU_ASSERT_TRUE(half > (uint64_t)DISK * SECONDS / 2 * 95 / 100);
	CU_ASSERT_TRUE(half < (uint64_t)DISK * SECONDS / 2 * 105 / 100);
	CU_ASSERT_TRUE(worst < THRESH);
	CU_ASSERT_TRUE(wb->avg_bw > DISK * 95 / 100 && wb->avg_bw < DISK * 105 / 100);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "a writer looks again after the root of what is left",
	  a_writer_looks_again_after_the_root_of_what_is_left },
	{ "rates are twice the base at the lower end and nothing at the limit",
	  rates_are_twice_the_base_at_the_lower_end_and_nothing_at_the_limit },
	{ "a limit that has just sunk is followed slowly",
	  a_limit_that_has_just_sunk_is_followed_slowly },
	{ "a disk with little to do is given more", a_disk_with_little_to_do_is_given_more },
	{ "a slow disk with too much gets a quarter",
	  a_slow_disk_with_too_much_gets_a_quarter },
	{ "bandwidth is smoothed twice", bandwidth_is_smoothed_twice },
	{ "a pause is as long as the rate asks for, but not too long",
	  a_pause_is_as_long_as_the_rate_asks_for_but_not_too_long },
	{ "the rate follows the disk and the position in steps",
	  the_rate_follows_the_disk_and_the_position_in_steps },
	{ "a limit sinks by a 32nd and rises at once",
	  a_limit_sinks_by_a_32nd_and_rises_at_once },
	{ "short pauses are put off", short_pauses_are_put_off },
	{ "in the long run a writer is as fast as the disk",
	  in_the_long_run_a_writer_is_as_fast_as_the_disk },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_throttle", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
