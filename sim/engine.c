#include "sim/engine.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine_state.h"

static const struct sim_port engine_port = { 0 };

/* Always false; the first failure is the one that is told. */
static bool fail(struct sim_engine *e, const char *fmt, ...)
{
	va_list args;

	if (e->failed)
		return false;
	e->failed = true;
	e->limit = 0;
	va_start(args, fmt);
	vsnprintf(e->error.text, sizeof(e->error.text), fmt, args);
	va_end(args);
	return false;
}

struct sim_engine *sim_engine_new(const struct sim_machine *machine, enum sim_engine_mode mode,
				  struct sim_memory *memory, struct sim_engine_error *err)
{
	struct sim_engine *e = calloc(1, sizeof(*e));

	if (!e || !sim_dispatch_init(&e->dispatch, machine->cpus)) {
		snprintf(err->text, sizeof(err->text), "out of memory");
		free(e);
		return NULL;
	}
	e->machine = machine;
	e->mode = mode;
	for (unsigned i = 0; i < machine->cpus; i++)
		e->dispatch.cpus[i].cpu = (struct sim_cpu){ .memory = memory,
							    .port = &engine_port,
							    .engine = e,
							    .id = (uint16_t)i,
							    .node = machine->cpu_node[i] };
	return e;
}

void sim_engine_free(struct sim_engine *e)
{
	if (!e)
		return;
	sim_dispatch_fini(&e->dispatch);
	free(e);
}

struct sim_cpu *sim_engine_cpu(struct sim_engine *e, unsigned id)
{
	assert(id < e->dispatch.count);
	return &e->dispatch.cpus[id].cpu;
}

/* The CPU's key after its tasks, free date or holder have changed. */
static void rekey(struct sim_engine *e, struct sim_dispatch_cpu *c)
{
	uint64_t date = e->date, key = SIM_DISPATCH_NEVER;

	if (c->count > 0 && !c->held) {
		if (date < c->free_at)
			date = c->free_at;
		if (date < c->ready[0].date)
			date = c->ready[0].date;
		if (date >= SIM_DISPATCH_DATES)
			fail(e, "date %" PRIu64 " passes 2^52 cycles", date);
		else
			key = sim_dispatch_key(date, c->cpu.id);
	}
	sim_dispatch_set(&e->dispatch, c->cpu.id, key);
}

void sim_engine_ready(struct sim_engine *e, unsigned cpu, uint32_t task, uint64_t date)
{
	struct sim_dispatch_cpu *c = &e->dispatch.cpus[cpu];

	assert(cpu < e->dispatch.count);
	if (!sim_dispatch_push(c, task, date)) {
		fail(e, "out of memory");
		return;
	}
	if (c != e->running)
		rekey(e, c);
}

bool sim_engine_peek(const struct sim_engine *e, unsigned cpu, uint32_t *task)
{
	const struct sim_dispatch_task *first = sim_dispatch_first(&e->dispatch.cpus[cpu]);

	if (!first)
		return false;
	*task = first->task;
	return true;
}

static void run_operation(struct sim_engine *e, uint64_t key)
{
	struct sim_dispatch_cpu *c = &e->dispatch.cpus[sim_dispatch_key_cpu(key)];
	struct sim_dispatch_task task = sim_dispatch_pop(c);
	uint64_t date = sim_dispatch_key_date(key);

	if (date > task.date) {
		e->stats.cpu_waits++;
		e->stats.cpu_wait_cycles += date - task.date;
	}
	e->stats.operations++;
	e->asked = false;
	e->date = date;
	c->cpu.now = date;
	c->cpu.due = 0;
	for (unsigned i = 0; i < SIM_PARTS; i++)
		c->cpu.part[i] = 0;

	e->running = c;
	if (e->client.step(e->client.ctx, &c->cpu, task.task) == SIM_STEP_SLEEP)
		fail(e, "task %" PRIu32 " wants to sleep", task.task);
	e->running = NULL;
	sim_dispatch_close(c);
	c->free_at = date + c->cpu.due;
	rekey(e, c);
}

static void update_limit(struct sim_engine *e)
{
	e->limit = e->failed                           ? 0
		   : e->feed_date < SIM_DISPATCH_DATES ? e->feed_date << SIM_DISPATCH_ID_BITS
						       : SIM_DISPATCH_NEVER;
}

static void ask_feed(struct sim_engine *e, uint64_t until)
{
	e->feed_date = e->client.feed(e->client.ctx, until);
	e->asked = e->feed_date <= until;
	if (e->asked && sim_dispatch_min(&e->dispatch) == SIM_DISPATCH_NEVER &&
	    e->feed_date != UINT64_MAX)
		fail(e, "the feed promises tasks from date %" PRIu64 " on but makes none ready",
		     e->feed_date);
	update_limit(e);
}

/* The smallest key has reached the limit. False when the run is over. */
static bool look_around(struct sim_engine *e)
{
	uint64_t key = sim_dispatch_min(&e->dispatch);
	uint64_t until = key == SIM_DISPATCH_NEVER ? UINT64_MAX : sim_dispatch_key_date(key);

	if (e->failed)
		return false;
	if (e->feed_date <= until && e->feed_date != UINT64_MAX && !e->asked) {
		ask_feed(e, until);
		return true;
	}
	if (key == SIM_DISPATCH_NEVER)
		return false;
	run_operation(e, key);
	return true;
}

bool sim_engine_run(struct sim_engine *e, const struct sim_client *client,
		    struct sim_engine_error *err)
{
	e->client = *client;
	update_limit(e);
	for (;;) {
		uint64_t key = sim_dispatch_min(&e->dispatch);

		if (e->stop)
			fail(e, "stopped");
		if (key < e->limit)
			run_operation(e, key);
		else if (!look_around(e))
			break;
	}
	if (e->failed)
		*err = e->error;
	return !e->failed;
}

void sim_engine_stop(struct sim_engine *e)
{
	e->stop = 1;
}

uint64_t sim_engine_now(const struct sim_engine *e)
{
	return e->date;
}

struct sim_engine_stats sim_engine_stats(const struct sim_engine *e)
{
	return e->stats;
}
