#include "tests/sim/engine_load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device.h"
#include "sim/memory_flat.h"
#include "tests/sim/engine_child.h"

#define MAX_TASKS 512
#define MAX_DAEMONS 8
#define LOCKS 3
#define FEED_SPAN 5000

struct task {
	uint32_t random;
	unsigned left;
	unsigned plan; /* of the operation that sleeps */
};

struct daemon {
	struct run *run;
	struct sim_queue *queue;
	unsigned number;
	uint32_t random;
	unsigned work; /* asked for */
};

/* One simulation. */
struct run {
	const struct engine_load *load;
	struct engine_load_result *result;
	struct sim_engine *engine;
	struct sim_disk *drive, *disks[2]; /* parts of it */
	struct sim_queue *tasks_queue;
	struct sim_lock locks[LOCKS];
	struct task tasks[MAX_TASKS];
	struct daemon daemons[MAX_DAEMONS];
	unsigned fed;
	bool refused;
	uint64_t last;
};

static uint32_t draw(uint32_t *random, uint32_t below)
{
	*random = *random * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(*random >> 8) * below >> 24);
}

/* A number of cycles. */
static uint32_t cycles(const struct run *r, uint32_t *random, uint32_t below)
{
	uint32_t n = draw(random, below);

	return r->load->even_dates ? n & ~63u : n;
}

static void note(struct run *r, uint64_t what, uint64_t who, uint64_t cpu, uint64_t date)
{
	const uint64_t words[] = { what, who, cpu, date };

	for (unsigned i = 0; i < 4; i++) {
		r->result->digest =
			(r->result->digest ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		r->result->digest ^= r->result->digest >> 29;
	}
	r->result->events++;
}

/* The engine's own clock never goes back. */
static void watch(struct run *r)
{
	uint64_t now = sim_engine_now(r->engine);

	r->result->went_back += now < r->last;
	r->last = now;
}

/* A request that nobody waits for now; returns when it will be done. */
static uint64_t submit(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	uint64_t offset = (uint64_t)draw(random, 1000) * 4096, done;
	struct sim_disk *disk = r->disks[draw(random, 2)];

	r->result->submitted++;
	done = cpu->port->submit(cpu, disk, offset, 4096, draw(random, 2));
	r->result->done_before_now += done < sim_now(cpu);
	note(r, 11, done, cpu->id, sim_now(cpu));
	return done;
}

/* Work for some CPU, perhaps the own one; returns when it will be done. */
static uint64_t interrupt(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	unsigned target = draw(random, r->load->cpus);
	uint64_t done = cpu->port->run_on(cpu, target, cycles(r, random, 400));

	r->result->interrupted++;
	r->result->done_before_now += done < sim_now(cpu);
	note(r, 12, done, target, sim_now(cpu));
	return done;
}

/* Others stood before whoever has just waited since `at` for the lock. */
static bool others_spun(const struct sim_lock *lock, uint64_t at)
{
	unsigned left_to = 0;

	for (unsigned i = 0; i < SIM_LOCK_RING; i++)
		left_to += lock->ring[i] > at;
	return lock->spins && left_to > 1;
}

static void critical_section(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	struct sim_lock *lock = &r->locks[draw(random, LOCKS)];
	uint64_t cost;

	sim_charge(cpu, cycles(r, random, 200));
	cost = cpu->part[SIM_PART_LOCK];
	sim_lock(cpu, lock, SIM_CAUSE_REFILL);
	note(r, 1, (uint64_t)(lock - r->locks), cpu->id, sim_now(cpu));
	cost = cpu->part[SIM_PART_LOCK] - cost;
	r->result->spun += others_spun(lock, sim_now(cpu) - cost);
	/* Long enough for several to wait where that makes a difference. */
	sim_charge(cpu, cycles(r, random, lock->spins ? 1500 : 300));
	if (draw(random, 8) == 0)
		submit(r, cpu, random);
	if (r->load->interrupts && draw(random, 4) == 0)
		interrupt(r, cpu, random);
	sim_unlock(cpu, lock);
}

static void wake_somebody(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	struct daemon *d = &r->daemons[draw(random, r->load->daemons)];
	uint32_t n;

	sim_charge(cpu, cycles(r, random, 100));
	if (draw(random, 2)) {
		d->work++;
		n = cpu->port->wake(cpu, d->queue, UINT32_MAX);
		note(r, 2, n, cpu->id, sim_now(cpu));
	} else {
		n = cpu->port->wake(cpu, r->tasks_queue, 1 + draw(random, 3));
		r->result->woken += n;
		note(r, 3, n, cpu->id, sim_now(cpu));
	}
}

static void ready_again(struct run *r, struct sim_cpu *cpu, uint32_t number)
{
	struct task *t = &r->tasks[number];
	unsigned on = cpu->id;

	r->result->operations++;
	if (--t->left == 0)
		return;
	if (draw(&t->random, 8) == 0)
		on = draw(&t->random, r->load->cpus);
	sim_engine_ready(r->engine, on, number, sim_now(cpu) + cycles(r, &t->random, 3000));
}

static enum sim_step step(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct run *r = ctx;
	struct task *t = &r->tasks[number];
	uint32_t next = UINT32_MAX;

	watch(r);
	sim_engine_peek(r->engine, cpu->id, &next);
	note(r, 4, (uint64_t)number << 32 | next, cpu->id, cpu->now);
	sim_charge(cpu, cycles(r, &t->random, 500));
	if (draw(&t->random, 3) == 0)
		critical_section(r, cpu, &t->random);
	if (draw(&t->random, 16) == 0)
		submit(r, cpu, &t->random);
	if (r->load->interrupts && draw(&t->random, 6) == 0)
		interrupt(r, cpu, &t->random);
	if (r->load->daemons > 0) {
		if (draw(&t->random, 6) == 0)
			wake_somebody(r, cpu, &t->random);
		t->plan = draw(&t->random, 40);
		if (t->plan < 6)
			return SIM_STEP_SLEEP;
	}
	ready_again(r, cpu, number);
	return SIM_STEP_DONE;
}

static void sleep_on(struct run *r, struct sim_cpu *cpu, struct sim_queue *queue,
		     uint64_t timeout)
{
	uint64_t left;

	r->result->slept++;
	left = cpu->port->sleep(cpu, queue, timeout);
	watch(r);
	note(r, 5, left, cpu->id, sim_now(cpu));
}

static void transfer(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	uint64_t offset = (uint64_t)draw(random, 1000) * 4096;
	struct sim_disk *disk = r->disks[draw(random, 2)];

	r->result->transferred++;
	cpu->port->io(cpu, disk, offset, 4096, draw(random, 2));
	watch(r);
	note(r, 6, offset, cpu->id, sim_now(cpu));
}

static void wait_for_submitted(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	uint64_t done = submit(r, cpu, random), now = sim_now(cpu);

	if (done > now)
		sleep_on(r, cpu, NULL, done - now);
}

/* As drains do: work on several CPUs, then a wait for the last. */
static void wait_for_work(struct run *r, struct sim_cpu *cpu, uint32_t *random)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < 3; i++) {
		uint64_t done = interrupt(r, cpu, random);

		last = done > last ? done : last;
	}
	if (last > sim_now(cpu))
		sleep_on(r, cpu, NULL, last - sim_now(cpu));
}

static void wait_on_actor(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct run *r = ctx;
	struct task *t = &r->tasks[number];

	watch(r);
	note(r, 7, number, cpu->id, sim_now(cpu));
	sim_charge(cpu, cycles(r, &t->random, 300));
	if (t->plan == 0)
		sleep_on(r, cpu, NULL, 1 + cycles(r, &t->random, 4000));
	else if (t->plan == 1)
		sleep_on(r, cpu, r->tasks_queue, 64 + cycles(r, &t->random, 20000));
	else if (t->plan == 2)
		transfer(r, cpu, &t->random);
	else if (t->plan == 3)
		cpu->port->yield(cpu);
	else if (t->plan == 4)
		wait_for_submitted(r, cpu, &t->random);
	if (r->load->interrupts && draw(&t->random, 3) == 0)
		wait_for_work(r, cpu, &t->random);
	critical_section(r, cpu, &t->random);
	wake_somebody(r, cpu, &t->random);
	note(r, 8, cpu->part[SIM_PART_SLEEP], cpu->part[SIM_PART_IO], sim_now(cpu));
	ready_again(r, cpu, number);
}

static void run_daemon(void *ctx, struct sim_cpu *cpu)
{
	struct daemon *d = ctx;
	struct run *r = d->run;

	cpu->port->sleep(cpu, NULL, r->load->first_date);
	for (;;) {
		watch(r);
		note(r, 9, d->number, cpu->id, sim_now(cpu));
		while (d->work > 0) {
			d->work--;
			critical_section(r, cpu, &d->random);
			if (draw(&d->random, 4) == 0)
				transfer(r, cpu, &d->random);
			if (draw(&d->random, 4) == 0)
				cpu->port->yield(cpu);
			if (draw(&d->random, 4) == 0)
				wait_for_submitted(r, cpu, &d->random);
			wake_somebody(r, cpu, &d->random);
		}
		/* Every other daemon looks by itself now and then. */
		sleep_on(r, cpu, d->queue,
			 d->number % 2 ? UINT64_MAX : 2000 + cycles(r, &d->random, 9000));
	}
}

/* Every task starts at a date of its own; a batch of them is read at a time. */
static uint64_t feed(void *ctx, uint64_t until)
{
	struct run *r = ctx;
	uint64_t date;

	r->result->feeds++;
	watch(r);
	note(r, 10, r->fed, 0, until);
	r->refused = r->load->short_feed && !r->refused && until != UINT64_MAX;
	if (r->refused)
		return until;
	for (; r->fed < r->load->tasks; r->fed++) {
		date = r->load->first_date + (uint64_t)(r->fed / 4) * FEED_SPAN;
		if (date > until)
			return date;
		sim_engine_ready(r->engine, r->fed % r->load->cpus, r->fed, date);
		if (r->fed % 4 == 3 && until == UINT64_MAX)
			until = date; /* enough for now */
	}
	return UINT64_MAX;
}

static bool prepare(struct run *r, struct sim_engine_error *err)
{
	static const struct sim_device_figures arm = {
		.size_bytes = 1 << 24,
		.read_ns = 100,
		.write_ns = 200,
		.seek_min_ns = 100,
		.seek_max_ns = 3000,
		.turn_ns = 700,
		.track_bytes = 1 << 16,
		.read_bytes_s = 8000000000,
		.write_bytes_s = 8000000000,
	};
	const struct sim_device_figures flash = {
		.size_bytes = 1 << 24,
		.read_ns = 3000,
		.write_ns = 800,
		.read_bytes_s = 8000000000,
		.write_bytes_s = 8000000000,
		.channels = r->load->channels,
		.link_read_ns = 20,
		.link_write_ns = 90,
	};
	char name[24];

	for (unsigned i = 0; i < r->load->tasks; i++)
		r->tasks[i] = (struct task){ .random = r->load->seed + i,
					     .left = r->load->operations };
	/* The locks: one whose line costs nothing, a fair one, and one that spins. */
	r->locks[1].hand_over = r->load->even_dates ? 64 : 50;
	r->locks[2].hand_over = r->locks[1].hand_over;
	r->locks[2].spins = true;
	r->drive = sim_device_new("drive", r->load->channels ? &flash : &arm, 1000);
	r->disks[0] = sim_device_part(r->drive, "low", 0, 1 << 22);
	r->disks[1] = sim_device_part(r->drive, "high", 1 << 22, 1 << 23);
	if (r->load->daemons == 0)
		return true;
	r->tasks_queue = sim_queue_new(r->engine, "tasks");
	if (!sim_engine_disk(r->engine, r->disks[0], 0, err) ||
	    !sim_engine_disk(r->engine, r->disks[1], 0, err))
		return false;
	for (unsigned i = 0; i < r->load->daemons; i++) {
		struct daemon *d = &r->daemons[i];

		*d = (struct daemon){ .run = r, .number = i, .random = r->load->seed * 7 + i };
		snprintf(name, sizeof(name), "daemon%u", i);
		d->queue = sim_queue_new(r->engine, name);
		if (!sim_engine_daemon(r->engine, name, i % r->load->nodes, run_daemon, d, err))
			return false;
	}
	return true;
}

static void clean_up(struct run *r)
{
	for (unsigned i = 0; i < r->load->daemons; i++)
		sim_queue_free(r->daemons[i].queue);
	sim_queue_free(r->tasks_queue);
	sim_engine_free(r->engine);
	sim_device_free(r->disks[0]);
	sim_device_free(r->disks[1]);
	sim_device_free(r->drive);
	free(r);
}

static void simulate(const void *input, void *output)
{
	const struct engine_load *load = input;
	struct engine_load_result *result = output;
	struct run *r = calloc(1, sizeof(*r));
	uint16_t nodes[64];
	struct sim_machine machine = {
		.cpus = load->cpus,
		.nodes = load->nodes,
		.cpu_node = nodes,
		.sched_cycles = { .context_switch = load->even_dates ? 64 : 70,
				  .wake_up = 30,
				  .ipi = load->even_dates ? 64 : 90 },
	};
	struct sim_client client = {
		.ctx = r, .step = step, .wait = wait_on_actor, .feed = feed
	};
	struct sim_memory memory;
	struct sim_engine_error err = { .text = "" };

	if (load->even_dates)
		machine.sched_cycles.wake_up = 0;
	for (unsigned i = 0; i < load->cpus; i++)
		nodes[i] = (uint16_t)(i * load->nodes / load->cpus);
	sim_memory_flat_init(&memory);
	r->load = load;
	r->result = result;
	r->engine = sim_engine_new(&machine, load->mode, &memory, &err);
	result->ran = prepare(r, &err) && sim_engine_run(r->engine, &client, &err);
	memcpy(result->text, err.text, sizeof(result->text) - 1);
	result->stats = sim_engine_stats(r->engine);
	result->end = sim_engine_now(r->engine);
	clean_up(r);
}

struct engine_load_result engine_load_run(const struct engine_load *load)
{
	struct engine_load_result result;

	if (!engine_child_run(simulate, load, &result, sizeof(result)))
		result.ran = false;
	return result;
}
