#include "sim/actor.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/semaphore.h>

#include "sim/engine_state.h"
#include "sim/platform.h"

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER 1
#endif
#endif

/*
 * Address sanitizer follows threads but not stacks that SimGrid switches by itself. Stacks
 * are in KiB; untouched pages of them cost nothing.
 */
#ifdef ADDRESS_SANITIZER
static char stack_option[] = "--cfg=contexts/stack-size:2048";
static char contexts_option[] = "--cfg=contexts/factory:thread";
#else
static char stack_option[] = "--cfg=contexts/stack-size:256";
#endif
static char log_option[] = "--log=root.thresh:critical";

/* SimGrid is one a process: its platform cannot be loaded twice. */
static bool simgrid_is_taken;

#define PULSE_STEPS 1024 /* of actors */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

/*
 * Beyond every date. An actor that sleeps until then gives SimGrid something to wait for, so
 * that it never takes a moment at which all of ours are blocked for the end.
 */
#define LATER ((double)(SIM_DISPATCH_DATES * 2 - 1))

static void keep_the_clock(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sg_actor_sleep_until(LATER);
}

/* Without our command line, and without SimGrid's own reactions to signals. */
static void initialize(void)
{
	static const int signals[] = { SIGINT, SIGSEGV, SIGBUS };
	static char name[] = "pagesim";
	char *argv[] = {
		name,
		log_option,
		stack_option,
#ifdef ADDRESS_SANITIZER
		contexts_option,
#endif
		NULL,
	};
	struct sigaction before[ARRAY_SIZE(signals)];
	int argc = (int)ARRAY_SIZE(argv) - 1;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], NULL, &before[i]);
	simgrid_init(&argc, argv);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &before[i], NULL);
}

bool sim_actor_start(struct sim_engine *e)
{
	char path[40], host[16];
	int fd;

	if (e->simgrid)
		return true;
	if (simgrid_is_taken)
		return sim_engine_fail(e, "one process runs one simulation with actors");
	fd = sim_platform_open(e->machine);
	if (fd < 0)
		return sim_engine_fail(e, "no file in memory for the platform: %s",
				       strerror(errno));
	simgrid_is_taken = true;
	initialize();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	simgrid_load_platform(path);
	close(fd);
	sim_platform_host(0, host);
	sg_actor_create("clock", sg_host_by_name(host), keep_the_clock, 0, NULL);
	e->simgrid = true;
	return true;
}

static bool remember(struct sim_engine *e, struct sim_actor *a)
{
	unsigned room = e->room ? 2 * e->room : 16;
	struct sim_actor **actors;

	if (e->nactors == e->room) {
		actors = realloc(e->actors, room * sizeof(struct sim_actor *));
		if (!actors)
			return false;
		e->actors = actors;
		e->room = room;
	}
	if (!sim_agenda_reserve(&e->agenda, e->nactors + 1))
		return false;
	e->actors[e->nactors++] = a;
	return true;
}

static bool has_cpu(const struct sim_machine *m, unsigned node)
{
	for (unsigned i = 0; i < m->cpus; i++)
		if (m->cpu_node[i] == node)
			return true;
	return false;
}

struct sim_actor *sim_actor_new(struct sim_engine *e, enum sim_actor_kind kind,
				const char *name, unsigned node,
				void (*code)(struct sim_actor *a))
{
	struct sim_actor *a = calloc(1, sizeof(*a));

	if (!a || !remember(e, a)) {
		free(a);
		return NULL;
	}
	a->engine = e;
	a->kind = kind;
	a->date = SIM_ACTOR_NEVER;
	a->rank = e->nactors;
	a->node = node;
	a->anywhere = !has_cpu(e->machine, node);
	a->code = code;
	a->cpu = (struct sim_cpu){
		.memory = e->memory,
		.port = &sim_port_engine,
		.engine = e,
		.node = (uint16_t)node,
		.on_actor = true,
	};
	snprintf(a->name, sizeof(a->name), "%s", name);
	return a;
}

static void begin(int argc, char **argv)
{
	struct sim_actor *a = sg_actor_self_get_data();

	(void)argc;
	(void)argv;
	sim_actor_gate(a);
	a->code(a);
	/* Whoever ends by itself leaves the agenda and the step. */
	sim_actor_wait(a, SIM_ACTOR_NEVER);
}

void sim_actor_launch(struct sim_actor *a)
{
	char host[16];
	sg_actor_t self;

	sim_platform_host(a->node, host);
	a->semaphore = sg_sem_init(0);
	self = sg_actor_init(a->name, sg_host_by_name(host));
	sg_actor_set_data(self, a);
	sg_actor_start(self, begin, 0, NULL);
}

static void set_date(struct sim_actor *a, uint64_t date)
{
	struct sim_engine *e = a->engine;

	if (date != SIM_ACTOR_NEVER && date >= SIM_DISPATCH_DATES) {
		sim_engine_fail_late(e, date);
		date = SIM_ACTOR_NEVER;
	}
	sim_agenda_set(&e->agenda, a, date);
	sim_engine_update_limit(e);
}

/* Ends the running actor's step. Who comes next at this date may have been here already. */
static void end_step(struct sim_engine *e)
{
	struct sim_actor *next = sim_agenda_first(&e->agenda);

	e->active = NULL;
	if (next && next->in_turn)
		sg_sem_release(next->semaphore);
}

/*
 * True when the actor may begin its step; the clock shows its date. The feed can enter
 * SimGrid, where nobody else may step meanwhile, and can make others first.
 */
static bool may_step(struct sim_actor *a)
{
	struct sim_engine *e = a->engine;

	/* Looked at again after end_step(): others may have come and gone inside. */
	while (!e->active && sim_agenda_first(&e->agenda) == a) {
		e->active = a;
		if (!sim_engine_ask(e, a->date) || sim_agenda_first(&e->agenda) == a)
			return true;
		end_step(e);
	}
	return false;
}

/* Until woken, or until the agenda's first has ended its step. */
static void wait_turn(struct sim_actor *a)
{
	a->in_turn = a->date != SIM_ACTOR_NEVER;
	sg_sem_acquire(a->semaphore);
	a->in_turn = false;
}

/* Brings SimGrid's clock to the actor's date, unless it is woken before. */
static void wait_clock(struct sim_actor *a, double clock)
{
	if (a->can_be_woken)
		sg_sem_acquire_timeout(a->semaphore, (double)a->date - clock);
	else
		sg_actor_sleep_for((double)a->date - clock);
}

/* Its date has come, and it goes on. */
static void begin_step(struct sim_actor *a)
{
	struct sim_engine *e = a->engine;

	e->date = a->date;
	e->asked = false;
	e->stats.actor_steps += a->kind != SIM_ACTOR_CPU;
	e->steps++;
	if (e->steps % PULSE_STEPS == 0 && e->client.pulse)
		e->client.pulse(e->client.ctx);
}

void sim_actor_gate(struct sim_actor *a)
{
	struct sim_engine *e = a->engine;

	if (e->active == a)
		end_step(e);
	for (;;) {
		double clock = simgrid_get_clock();

		if (e->failed || e->stop)
			sg_actor_sleep_until(LATER);
		else if (a->date != SIM_ACTOR_NEVER && clock < (double)a->date)
			wait_clock(a, clock);
		else if (a->date == SIM_ACTOR_NEVER || !may_step(a))
			wait_turn(a);
		else
			break;
	}
	assert(simgrid_get_clock() == (double)a->date);
	begin_step(a);
}

void sim_actor_wait(struct sim_actor *a, uint64_t date)
{
	a->since = a->engine->date;
	set_date(a, date);
	if (sim_engine_run_before(a->engine, a))
		begin_step(a);
	else
		sim_actor_gate(a);
}

void sim_actor_wait_woken(struct sim_actor *a, uint64_t date)
{
	a->can_be_woken = true;
	sim_actor_wait(a, date);
	a->can_be_woken = false;
}

void sim_actor_wake(struct sim_actor *a, uint64_t date)
{
	bool waits = date < a->date || a->in_turn;

	set_date(a, date);
	/* One that waits for an earlier date looks again by itself when that has come. */
	if (waits && a->semaphore && a != a->engine->active)
		sg_sem_release(a->semaphore);
}

uint64_t sim_actor_horizon(const struct sim_engine *e)
{
	const struct sim_actor *first = sim_agenda_first(&e->agenda);

	return first ? first->date : SIM_ACTOR_NEVER;
}

void sim_actor_run_until(uint64_t date)
{
	simgrid_run_until((double)date);
}

void sim_actor_end(struct sim_engine *e)
{
	if (!e->simgrid)
		return;
	/* SimGrid takes actors that were never begun for a deadlock, and says so. */
	if (e->steps == 0)
		simgrid_run_until(simgrid_get_clock());
	sg_actor_kill_all();
	simgrid_run();
	for (unsigned i = 0; i < e->nactors; i++)
		if (e->actors[i]->semaphore)
			sg_sem_destroy(e->actors[i]->semaphore);
	e->simgrid = false;
}

void sim_actor_free_all(struct sim_engine *e)
{
	for (unsigned i = 0; i < e->nactors; i++)
		free(e->actors[i]);
	free(e->actors);
	sim_agenda_fini(&e->agenda);
}
