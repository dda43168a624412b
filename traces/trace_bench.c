#include "traces/trace_bench.h"

#include <stdlib.h>
#include <string.h>

#include "traces/trace_error.h"

#define BUFFER 1024
#define FIRST_PID 1000
#define LEVEL 1 /* the trace is read once, by its writer */

/* One CPU's task. */
struct player {
	uint64_t time, done; /* of its next event; events before it */
	uint64_t round;
	uint32_t before;   /* steps of what comes before the rounds */
	uint32_t at;       /* in the round: allocations, then as many frees */
	uint32_t task;     /* in the trace */
	uint64_t *objects; /* [room()] of this round */
	uint16_t cpu;
};

struct bench {
	const struct trace_bench *b;
	struct player *players; /* a heap: the first is next */
	uint64_t *objects;
	unsigned nplayers;
	uint64_t next_object, rounds;
	uint16_t gfp;
	struct trace_event buffer[BUFFER];
	size_t nbuffer;
};

uint64_t trace_bench_events(const struct trace_bench *b)
{
	uint64_t n = 2 * (uint64_t)b->cpus, rounds;

	if (__builtin_add_overflow(b->warm_up, b->rounds, &rounds) ||
	    __builtin_add_overflow(rounds, b->cool_down, &rounds) ||
	    __builtin_mul_overflow(n, (uint64_t)b->blocks, &n) ||
	    __builtin_mul_overflow(n, rounds, &n))
		return UINT64_MAX;
	return __builtin_add_overflow(n, (uint64_t)b->cpus * 3 * b->apart, &n) ? UINT64_MAX : n;
}

/* Objects that a task has to know at a time. */
static size_t room(const struct trace_bench *b)
{
	return b->blocks > 2 * b->apart ? b->blocks : 2 * b->apart;
}

/* ---- whose turn it is ------------------------------------------------------------------- */

/* At the same time whoever did less so far: without pauses CPUs take turns. */
static bool before(const struct player *a, const struct player *b)
{
	if (a->time != b->time)
		return a->time < b->time;
	if (a->done != b->done)
		return a->done < b->done;
	return a->cpu < b->cpu;
}

/* The first player's turn has changed, or another took its place. */
static void sift(struct bench *s)
{
	struct player moving = s->players[0];
	unsigned at = 0, child;

	while ((child = 2 * at + 1) < s->nplayers) {
		child += child + 1 < s->nplayers &&
			 before(&s->players[child + 1], &s->players[child]);
		if (!before(&s->players[child], &moving))
			break;
		s->players[at] = s->players[child];
		at = child;
	}
	s->players[at] = moving;
}

/* ---- the work --------------------------------------------------------------------------- */

/* What a task does next: whether it allocates, and its number of the object. */
struct step {
	bool alloc, scored;
	uint32_t object;
};

static struct step next_step(const struct trace_bench *b, const struct player *p)
{
	bool alloc = p->at < b->blocks;

	if (p->before < 2 * b->apart)
		return (struct step){ true, false, p->before };
	if (p->before < 3 * b->apart)
		return (struct step){ false, false, (p->before - 2 * b->apart) * 2 };
	return (struct step){ alloc,
			      p->round >= b->warm_up && p->round - b->warm_up < b->rounds,
			      alloc ? p->at : p->at - b->blocks };
}

static struct trace_event next_event(struct bench *s, struct player *p)
{
	const struct trace_bench *b = s->b;
	struct step step = next_step(b, p);
	struct trace_event e = { .time = p->time,
				 .pfn = TRACE_NO_PFN,
				 .task = p->task,
				 .cpu = p->cpu,
				 .kind = step.alloc ? TRACE_ALLOC : TRACE_FREE,
				 .order = (uint8_t)b->order,
				 .node = TRACE_NODE_LOCAL,
				 .flags = step.scored ? 0 : TRACE_UNSCORED };

	if (step.alloc) {
		e.gfp = s->gfp;
		p->objects[step.object] = s->next_object++;
	}
	e.object = p->objects[step.object];
	return e;
}

static void move_on(struct bench *s, struct player *p)
{
	const struct trace_bench *b = s->b;

	p->done++;
	if (p->before < 3 * b->apart) {
		p->before++;
		return;
	}
	p->time += p->at < b->blocks ? b->alloc_pause : b->free_pause;
	if (++p->at < 2 * b->blocks)
		return;
	p->at = 0;
	if (++p->round == s->rounds)
		*p = s->players[--s->nplayers];
}

static bool play(struct bench *s, struct trace_writer *w, struct trace_error *err)
{
	while (s->nplayers) {
		s->buffer[s->nbuffer++] = next_event(s, &s->players[0]);
		move_on(s, &s->players[0]);
		if (s->nplayers)
			sift(s);
		if (s->nbuffer < BUFFER && s->nplayers)
			continue;
		if (!trace_writer_events(w, s->buffer, s->nbuffer, err))
			return false;
		s->nbuffer = 0;
	}
	return true;
}

/* ---- before and behind ------------------------------------------------------------------ */

static struct trace_writer *open_trace(const struct trace_bench *b, int fd,
				       struct trace_error *err)
{
	uint16_t *cpu_node = malloc(b->machine_cpus * sizeof(*cpu_node));
	char *name = strdup(b->name), tool[] = "pagesim workload";
	struct trace_header h = {
		.clock = TRACE_CLOCK_TSC,
		.clock_name = "synthetic",
		.clock_hz = b->hz,
		.page_size = 4096,
		.cpus = b->machine_cpus,
		.nodes = b->nodes,
		.cpu_node = cpu_node,
		.name = name,
		.tool = tool,
		.synthetic = true,
	};
	struct trace_writer *w = NULL;

	if (cpu_node && name) {
		memcpy(cpu_node, b->cpu_node, b->machine_cpus * sizeof(*cpu_node));
		w = trace_writer_open_fd(fd, "the workload's trace", &h, LEVEL, err);
	} else {
		trace_error_memory(err);
	}
	free(cpu_node);
	free(name);
	return w;
}

/* Players in the order of their begins: a heap already. */
static bool make_players(struct bench *s, struct trace_writer *w, struct trace_error *err)
{
	const struct trace_bench *b = s->b;
	uint64_t pauses = (b->alloc_pause + b->free_pause) * b->blocks;

	s->players = calloc(b->cpus, sizeof(*s->players));
	s->objects = calloc(b->cpus * room(b), sizeof(*s->objects));
	if (!s->players || !s->objects)
		return trace_error_memory(err);
	for (; s->nplayers < b->cpus; s->nplayers++) {
		struct player *p = &s->players[s->nplayers];

		p->cpu = (uint16_t)s->nplayers;
		p->time = b->staggered ? pauses / b->cpus * s->nplayers : 0;
		p->objects = &s->objects[s->nplayers * room(b)];
		if (!trace_writer_task(w, FIRST_PID + (int32_t)s->nplayers, b->comm, &p->task,
				       err))
			return false;
	}
	return true;
}

bool trace_bench_write(const struct trace_bench *b, int fd, struct trace_error *err)
{
	struct bench *s = calloc(1, sizeof(*s));
	struct trace_writer *w;
	bool ok;

	if (!s)
		return trace_error_memory(err);
	s->b = b;
	s->rounds = b->warm_up + b->rounds + b->cool_down;
	w = open_trace(b, fd, err);
	ok = w && trace_writer_gfp(w, b->gfp, &s->gfp, err) && make_players(s, w, err) &&
	     play(s, w, err);
	ok = w && trace_writer_close(w, !ok, err) && ok;
	free(s->players);
	free(s->objects);
	free(s);
	return ok;
}
