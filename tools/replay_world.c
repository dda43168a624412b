#include "tools/replay_saved.h"

#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"

#define ALL_HAVE 4   /* of enum replay_world_who, one a CPU */
#define ALONE_HAVE 2 /* of these, without a world */

/* ---- numbers --------------------------------------------------------------------------- */

enum replay_world_who replay_world_who(const struct replay *r, uint32_t number)
{
	uint32_t cpus = r->o.machine->cpus;

	if (number >= r->first_task)
		return REPLAY_TASK;
	if (number < ALL_HAVE * cpus)
		return (enum replay_world_who)(number / cpus);
	return (enum replay_world_who)(ALL_HAVE + number - ALL_HAVE * cpus);
}

uint32_t replay_world_number(const struct replay *r, enum replay_world_who who, uint32_t n)
{
	uint32_t cpus = r->o.machine->cpus;

	if (who < ALL_HAVE)
		return (uint32_t)who * cpus + n;
	if (who == REPLAY_TASK)
		return r->first_task + n;
	return ALL_HAVE * cpus + (uint32_t)who - ALL_HAVE;
}

uint32_t replay_world_first_task(const struct replay *r)
{
	uint32_t cpus = r->o.machine->cpus;

	if (!r->o.policy->attach)
		return ALONE_HAVE * cpus;
	return ALL_HAVE * cpus + REPLAY_TASK - ALL_HAVE;
}

/* ---- what the kernel finds --------------------------------------------------------------- */

static struct sim_queue *host_queue(void *ctx, const char *name)
{
	struct replay *r = ctx;
	struct replay_world *w = r->world;
	struct sim_queue **queues =
		realloc(w->queues, (w->nqueues + 1) * sizeof(struct sim_queue *));
	struct sim_queue *q;

	if (!queues)
		return NULL;
	w->queues = queues;
	q = sim_queue_new(r->engine, name);
	if (q)
		queues[w->nqueues++] = q;
	return q;
}

static bool host_daemon(void *ctx, const char *name, unsigned node,
			void (*run)(void *mm, struct sim_cpu *cpu), void *mm)
{
	struct replay *r = ctx;
	struct sim_engine_error err;

	return sim_engine_daemon(r->engine, name, node, run, mm, &err);
}

static bool add_victim(struct replay *r, uint32_t number)
{
	struct replay_world *w = r->world;
	unsigned room = w->victims_room ? 2 * w->victims_room : 16;
	uint32_t *victims;

	if (w->nvictims == w->victims_room) {
		victims = realloc(w->victims, room * sizeof(*victims));
		if (!victims)
			return replay_core_fail(r, CMD_SYSTEM, "out of memory");
		w->victims = victims;
		w->victims_room = room;
	}
	w->victims[w->nvictims++] = number;
	return true;
}

/* The CPU where a task would go on. */
static unsigned cpu_of(const struct replay *r, uint32_t number)
{
	const struct replay_event *next =
		number < r->tasks.ntasks ? replay_tasks_head(&r->tasks, number) : NULL;

	return next ? next->cpu : number % r->o.machine->cpus;
}

/* The victim's memory must not stay until its next event, which may be far away: a reaper
 * runs as soon as its CPU is free, unless the victim sleeps in an operation. */
static void host_killed(void *ctx, uint32_t number)
{
	struct replay *r = ctx;
	struct replay_world *w = r->world;
	struct replay_fate *fate = replay_world_fate(r, number);
	unsigned cpu = cpu_of(r, number);

	if (!fate || fate->killed)
		return;
	fate->killed = true;
	r->counts.killed_tasks++;
	if (replay_world_who(r, number) == REPLAY_TASK)
		r->counts.last_killed = number - r->first_task + 1;
	if (!add_victim(r, number) || w->reaping[cpu])
		return;
	w->reaping[cpu] = true;
	sim_engine_ready(r->engine, cpu, replay_world_number(r, REPLAY_REAPER, cpu),
			 sim_engine_now(r->engine));
}

/* ---- a life ------------------------------------------------------------------------------ */

static bool make_disk(struct replay *r, const struct sim_machine_disk *from,
		      struct sim_disk **out)
{
	struct sim_engine_error err;

	*out = sim_device_new(from->name, &from->figures, r->o.machine->clock_mhz);
	if (!*out)
		return replay_core_fail(r, CMD_SYSTEM, "out of memory");
	return sim_engine_disk(r->engine, *out, 0, &err) ||
	       replay_core_fail(r, CMD_SYSTEM, "%s", err.text);
}

static bool make_disks(struct replay *r)
{
	const struct sim_machine *m = r->o.machine;
	struct replay_world *w = r->world;

	if (m->swap.present && !make_disk(r, &m->swap, &w->swap))
		return false;
	if (m->data.present && m->one_drive)
		w->data = w->swap;
	else if (m->data.present && !make_disk(r, &m->data, &w->data))
		return false;
	return true;
}

static bool make_tables(struct replay *r)
{
	unsigned cpus = r->o.machine->cpus;
	struct replay_world *w = calloc(1, sizeof(*w));

	r->world = w;
	if (w) {
		w->reaping = calloc(cpus, sizeof(*w->reaping));
		w->accessors = calloc(cpus, sizeof(*w->accessors));
	}
	return (w && w->reaping && w->accessors) ||
	       replay_core_fail(r, CMD_SYSTEM, "out of memory");
}

bool replay_world_open(struct replay *r)
{
	const struct sim_machine *m = r->o.machine;
	struct replay_world *w;
	char text[512];

	if (!r->o.policy->attach)
		return true;
	if (!make_tables(r) || !make_disks(r) || !replay_early_open(r))
		return false;
	w = r->world;
	w->host = (struct mm_host){
		.ctx = r,
		.queue = host_queue,
		.daemon = host_daemon,
		.killed = host_killed,
		.swap = w->swap,
		.data = w->data,
		.data_start = m->data.start_bytes,
		.swap_pages = m->swap.present ? m->swap.size_bytes / SIM_FRAME_BYTES : 0,
		.swap_at_once = m->swap.present && m->swap.figures.own_work,
		.buffers_stay = r->o.buffers_stay,
		.swap_rotates = m->swap.present &&
				(m->swap.figures.seek_max_ns || m->swap.figures.rotational),
		.jiffy = m->clock_mhz * 1000000 / r->o.hz,
		.wanted = r->early ? replay_early_tell : NULL,
		.event = r->events.out ? replay_events_tell : NULL,
	};
	return r->o.policy->attach(r->o.mm, &w->host, text, sizeof(text)) ||
	       replay_core_fail(r, CMD_SYSTEM, "%s", text);
}

/* After the engine, whose actors stand in the queues. */
void replay_world_close(struct replay *r)
{
	struct replay_world *w = r->world;

	if (!w)
		return;
	replay_early_close(r);
	for (unsigned i = 0; i < w->nqueues; i++)
		sim_queue_free(w->queues[i]);
	if (w->data != w->swap)
		sim_device_free(w->data);
	sim_device_free(w->swap);
	free(w->queues);
	free(w->fates);
	free(w->victims);
	free(w->reaping);
	free(w->flights);
	free(w->accessors);
	free(w);
	r->world = NULL;
}

void replay_world_start(struct replay *r)
{
	uint64_t first = 0;

	if (!r->world || r->o.access != REPLAY_ACCESS_WORKING_SET || !r->o.policy->access_try)
		return;
	/* The rest of a round in which the part before ended is left out. */
	if (r->saved && r->saved->dates)
		first = (r->saved->from->end / r->o.access_cycles + 1) * r->o.access_cycles;
	for (unsigned cpu = 0; cpu < r->o.machine->cpus; cpu++)
		sim_engine_ready(r->engine, cpu, replay_world_number(r, REPLAY_ACCESSOR, cpu),
				 first);
}

/* ---- fates ------------------------------------------------------------------------------- */

struct replay_fate *replay_world_fate(struct replay *r, uint32_t number)
{
	struct replay_world *w = r->world;
	uint32_t room = w->nfates ? w->nfates : 64;
	struct replay_fate *fates;

	if (number < w->nfates)
		return &w->fates[number];
	while (room <= number)
		room *= 2;
	fates = realloc(w->fates, room * sizeof(*fates));
	if (!fates) {
		replay_core_fail(r, CMD_SYSTEM, "out of memory");
		return NULL;
	}
	memset(fates + w->nfates, 0, (room - w->nfates) * sizeof(*fates));
	w->fates = fates;
	w->nfates = room;
	return &fates[number];
}

struct replay_fate replay_world_look(const struct replay *r, uint32_t number)
{
	static const struct replay_fate none;

	return number < r->world->nfates ? r->world->fates[number] : none;
}

static void forget_victim(struct replay_world *w, uint32_t number)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < w->nvictims; i++)
		if (w->victims[i] != number)
			w->victims[kept++] = w->victims[i];
	w->nvictims = kept;
}

void replay_world_bury(struct replay *r, struct sim_cpu *cpu, uint32_t number)
{
	struct replay_fate *fate = replay_world_fate(r, number);

	if (!fate || !fate->killed || fate->exited || fate->asleep)
		return;
	fate->exited = true;
	forget_victim(r->world, number);
	if (r->o.policy->task_exit)
		r->o.policy->task_exit(r->o.mm, cpu, number);
}

/* ---- the end ----------------------------------------------------------------------------- */

void replay_world_end(struct replay *r)
{
	struct replay_world *w = r->world;

	if (!r->ended || r->tasks.queued || w->sleeping)
		return;
	w->finished = true;
	sim_engine_stop(r->engine);
}

struct replay_world_stats replay_world_stats(const struct replay *r)
{
	const struct replay_world *w = r->world;
	struct replay_world_stats s = { .there = w != NULL };

	if (!w)
		return s;
	s.has_swap = w->swap != NULL;
	s.has_data = w->data != NULL;
	s.one_drive = s.has_swap && w->swap == w->data;
	if (s.has_swap)
		s.swap = sim_device_stats_at(w->swap, r->counts.end_date);
	if (s.has_data && !s.one_drive)
		s.data = sim_device_stats_at(w->data, r->counts.end_date);
	return s;
}
