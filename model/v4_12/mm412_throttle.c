#include "model/v4_12/mm412_throttle.h"
#include "model/v4_12/mm412_arith.h"

enum {
	SHIFT = 10,             /* RATELIMIT_CALC_SHIFT */
	POLL_PAGES = 32,        /* DIRTY_POLL_THRESH */
	FIRST_BANDWIDTH = 25600 /* INIT_BW: 100 MB a second */
};

/* ---- small numbers ---------------------------------------------------------------------- */

/* ilog2(); of 0 it is not asked. */
static unsigned log_2(uint64_t x)
{
	return 63 - (unsigned)__builtin_clzll(x);
}

static uint64_t power_above(uint64_t x)
{
	return x <= 1 ? 1 : UINT64_C(1) << (log_2(x - 1) + 1);
}

/* MAX_PAUSE and BANDWIDTH_INTERVAL */
static uint64_t fifth(uint64_t hz)
{
	return mm412_arith_max(hz / 5, 1);
}

uint64_t mm412_throttle_interval(uint64_t dirty, uint64_t thresh)
{
	return thresh > dirty ? UINT64_C(1) << (log_2(thresh - dirty) >> 1) : 1;
}

uint64_t mm412_throttle_error(const struct mm412 *mm)
{
	return (uint64_t)mm->ncpus * 8 * (1 + log_2(mm->ncpus));
}

static uint64_t freerun(const struct mm412_throttle *t)
{
	return (t->thresh + t->background) / 2;
}

/* hard_dirty_limit() */
static uint64_t hard_limit(const struct mm412_writeback *wb, const struct mm412_throttle *t)
{
	return mm412_arith_max(t->thresh, wb->dirty_limit);
}

/* ---- the position of dirty pages between their limits ------------------------------------ */

/* Third order: 2 where writers run free, 1 in the middle, 0 at the limit. */
static int64_t polynomial(uint64_t setpoint, uint64_t dirty, uint64_t limit)
{
	const int64_t one = 1 << SHIFT;
	int64_t x =
		((int64_t)setpoint - (int64_t)dirty) * one / (int64_t)((limit - setpoint) | 1);
	int64_t ratio = (((x * x) >> SHIFT) * x >> SHIFT) + one;

	return ratio < 0 ? 0 : ratio > 2 * one ? 2 * one : ratio;
}

/* The files' disk has a line of its own, less steep the faster it writes. */
static uint64_t disk_ratio(const struct mm412_writeback *wb, const struct mm412_throttle *t,
			   uint64_t ratio, uint64_t setpoint, uint64_t limit)
{
	uint64_t thresh = mm412_arith_max(t->thresh, (limit - t->dirty) / 8);
	uint64_t x = (thresh << 16) / (t->thresh | 1);
	uint64_t middle = setpoint * x >> 16;
	uint64_t span = (t->thresh - thresh + 8 * wb->avg_bw) * x >> 16;
	uint64_t end = middle + span;

	if (t->wb_dirty < end - span / 4)
		ratio = ratio * (end - t->wb_dirty) / ((end - middle) | 1);
	else
		ratio /= 4;
	/* A disk that is about to run dry gets more. */
	if (t->wb_dirty < thresh / 2)
		ratio = t->wb_dirty > thresh / 2 / 8 ? ratio * (thresh / 2) / t->wb_dirty
						     : ratio * 8;
	return ratio;
}

void mm412_throttle_position(const struct mm412_writeback *wb, struct mm412_throttle *t)
{
	uint64_t limit = hard_limit(wb, t), setpoint = (freerun(t) + limit) / 2;

	t->pos_ratio = 0;
	if (t->dirty < limit)
		t->pos_ratio =
			disk_ratio(wb, t, (uint64_t)polynomial(setpoint, t->dirty, limit),
				   setpoint, limit);
}

/* ---- rates ------------------------------------------------------------------------------ */

/* update_dirty_limit(): up at once, down slowly. */
static void follow_limit(struct mm412_writeback *wb, const struct mm412_throttle *t,
			 uint64_t hz)
{
	uint64_t goal = mm412_arith_max(t->thresh, t->dirty);

	if (t->now < wb->limit_stamp + fifth(hz))
		return;
	if (wb->dirty_limit < t->thresh)
		wb->dirty_limit = t->thresh;
	else if (wb->dirty_limit > goal)
		wb->dirty_limit -= (wb->dirty_limit - goal) >> 5;
	wb->limit_stamp = t->now;
}

/* How far the rate may move towards its target. */
static uint64_t step_of(const struct mm412_writeback *wb, const struct mm412_throttle *t,
			uint64_t target, uint64_t task_rate)
{
	uint64_t setpoint = (freerun(t) + hard_limit(wb, t)) / 2, rate = wb->ratelimit;
	uint64_t low = mm412_arith_min(mm412_arith_min(wb->balanced, target), task_rate);
	uint64_t high = mm412_arith_max(mm412_arith_max(wb->balanced, target), task_rate);
	uint64_t step = 0, shift;

	if (t->dirty < setpoint && rate < low)
		step = low - rate;
	else if (t->dirty >= setpoint && rate > high)
		step = rate - high;
	shift = rate / (2 * step + 1);
	return shift < 64 ? ((step >> shift) + 7) / 8 : 0;
}

/* wb_update_dirty_ratelimit(): towards what the disk writes for each writer there is. */
static void follow_rate(struct mm412_writeback *wb, const struct mm412_throttle *t,
			uint64_t elapsed, uint64_t hz)
{
	uint64_t dirtied = (wb->dirtied - wb->dirtied_stamp) * hz / elapsed;
	uint64_t task_rate = (wb->ratelimit * t->pos_ratio >> SHIFT) + 1;
	uint64_t target = mm412_arith_min(task_rate * wb->avg_bw / (dirtied | 1), wb->avg_bw);
	uint64_t step = step_of(wb, t, target, task_rate);

	if (wb->ratelimit < target)
		wb->ratelimit += step;
	else
		wb->ratelimit -= step;
	wb->ratelimit = mm412_arith_max(wb->ratelimit, 1);
	wb->balanced = target;
}

/* wb_update_write_bandwidth(): smoothed over three seconds, and once more. */
static void follow_bandwidth(struct mm412_writeback *wb, uint64_t elapsed, uint64_t hz)
{
	uint64_t period = power_above(3 * hz), avg = wb->avg_bw, old = wb->write_bw;
	uint64_t bw = (wb->written - mm412_arith_min(wb->written, wb->written_stamp)) * hz;

	if (elapsed > period) {
		bw /= elapsed;
		avg = bw;
	} else {
		bw = (bw + old * (period - elapsed)) >> log_2(period);
		if (avg > old && old >= bw)
			avg -= (avg - old) >> 3;
		if (avg < old && old <= bw)
			avg += (old - avg) >> 3;
	}
	wb->write_bw = bw;
	wb->avg_bw = mm412_arith_max(avg, 1);
}

/* With t of a writer who waits also the rates; t NULL = the flusher. */
static void update(struct mm412_writeback *wb, const struct mm412_throttle *t, uint64_t now,
		   uint64_t begin, uint64_t hz)
{
	uint64_t elapsed = now - wb->bw_stamp;

	if (elapsed < fifth(hz))
		return;
	/* A disk that had nothing to do says nothing of its speed. */
	if (!(elapsed > hz && wb->bw_stamp < begin)) {
		if (t) {
			follow_limit(wb, t, hz);
			follow_rate(wb, t, elapsed, hz);
		}
		follow_bandwidth(wb, elapsed, hz);
	}
	wb->dirtied_stamp = wb->dirtied;
	wb->written_stamp = wb->written;
	wb->bw_stamp = now;
}

void mm412_throttle_bandwidth(struct mm412 *mm, const struct sim_cpu *cpu, uint64_t begin)
{
	update(mm->sleep->writeback, NULL, mm412_jiffies(mm, cpu), begin, mm->hz);
}

/* ---- pauses ----------------------------------------------------------------------------- */

/* wb_max_pause(): so that a small pool of dirty pages does not run dry meanwhile. */
static uint64_t longest(const struct mm412_writeback *wb, const struct mm412_throttle *t,
			uint64_t hz)
{
	uint64_t pause = t->wb_dirty / (1 + wb->avg_bw / power_above(1 + hz / 8)) + 1;

	return mm412_arith_min(pause, fifth(hz));
}

/* wb_min_pause(), and in *pages how many the task may make dirty until it looks again. */
static uint64_t shortest(const struct mm412_writeback *wb, const struct mm412_throttle *t,
			 uint64_t max, uint64_t hz, uint64_t *pages)
{
	unsigned high = log_2(wb->avg_bw), low = log_2(wb->ratelimit);
	uint64_t pause = mm412_arith_max(1, hz / 100), second = power_above(hz);

	if (high > low)
		pause += (high - low) * (10 * hz) / 1024;
	pause = mm412_arith_min(pause, 1 + max / 2);
	*pages = wb->ratelimit * pause / second;
	if (*pages < POLL_PAGES) {
		pause = max;
		*pages = wb->ratelimit * pause / second;
		if (*pages > POLL_PAGES) {
			*pages = POLL_PAGES;
			pause = hz * POLL_PAGES / wb->ratelimit;
		}
	}
	if (hz * *pages / (t->task_rate + 1) > max) {
		pause = max;
		*pages = t->task_rate * pause / second;
	}
	return *pages >= POLL_PAGES ? 1 + pause / 2 : pause;
}

/* Nothing to pause for: what it is ahead or behind is remembered. */
static void pass(struct mm412_task *task, const struct mm412_throttle *t, uint64_t pages,
		 uint64_t period, int64_t pause, uint64_t hz)
{
	if (pause < -(int64_t)hz) {
		task->dirty_paused_when = t->now;
		task->nr_dirtied = 0;
	} else if (period) {
		task->dirty_paused_when += period;
		task->nr_dirtied = 0;
	} else if (task->nr_dirtied_pause <= pages) {
		task->nr_dirtied_pause += pages;
	}
}

uint64_t mm412_throttle_pause(struct mm412 *mm, struct mm412_task *task,
			      struct mm412_throttle *t, uint64_t pages, uint64_t begin)
{
	struct mm412_writeback *wb = mm->sleep->writeback;
	uint64_t hz = mm->hz, now = t->now, max, min, next, period;
	int64_t pause;

	mm412_throttle_position(wb, t);
	if (wb->bw_stamp + fifth(hz) < now)
		update(wb, t, now, begin, hz);
	t->task_rate = wb->ratelimit * t->pos_ratio >> SHIFT;
	max = longest(wb, t, hz);
	min = shortest(wb, t, max, hz, &next);
	period = t->task_rate ? hz * pages / t->task_rate : max;
	pause = (int64_t)period;
	if (t->task_rate) {
		if (task->dirty_paused_when)
			pause -= (int64_t)(now - task->dirty_paused_when);
		if (pause < (int64_t)min) {
			pass(task, t, pages, period, pause, hz);
			return 0;
		}
		if (pause > (int64_t)max) {
			now += mm412_arith_min((uint64_t)pause - max, max);
			pause = (int64_t)max;
		}
	}
	task->dirty_paused_when = now + (uint64_t)pause;
	task->nr_dirtied = 0;
	task->nr_dirtied_pause = mm412_arith_max(next, 1);
	return (uint64_t)pause;
}

/* ---- beginnings ------------------------------------------------------------------------- */

void mm412_throttle_limit(struct mm412 *mm)
{
	struct mm412_writeback *wb = mm->sleep->writeback;
	uint64_t background;

	mm412_dirty_limits(mm, NULL, &wb->dirty_limit, &background);
	wb->nr_per_look = mm412_arith_max(wb->dirty_limit / ((uint64_t)mm->ncpus * 32), 16);
}

void mm412_throttle_init(struct mm412 *mm)
{
	struct mm412_writeback *wb = mm->sleep->writeback;

	wb->write_bw = wb->avg_bw = wb->ratelimit = wb->balanced = FIRST_BANDWIDTH;
	mm412_throttle_limit(mm);
}
