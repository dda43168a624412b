#include "tools/sweep_run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/progress.h"
#include "tools/sweep_estimate.h"
#include "tools/sweep_point.h"
#include "tools/sweep_store.h"
#include "traces/trace.h"

#define TURN_NS 100000000 /* how often progress is looked at */
#define MOST_TRIES 2      /* of a point whose worker was killed */

/* What a worker tells, in memory that it shares with us. */
struct slot {
	volatile uint64_t events;
	struct sweep_point_result result;
	volatile bool finished;
};

struct worker {
	pid_t pid; /* 0 = idle */
	size_t point;
	uint64_t memory_kib;
};

struct pool {
	const struct sweep_manifest *m;
	const struct sweep_run_options *o;
	struct sweep_run_counts *counts;
	char *text;
	struct sweep_estimate *estimate;

	size_t *queue, head, tail; /* points to do */
	unsigned char *tries;      /* by point */
	struct worker *workers;
	struct slot *slots; /* [njobs], shared */
	unsigned njobs, busy;
	uint64_t memory_kib, memory_used_kib;

	struct progress *progress;
	uint64_t events_done;
	int status; /* not 0: no more points, end those at work */
	sigset_t signals_before;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int fail(struct pool *p, int status, const char *text)
{
	if (p->status)
		return p->status;
	snprintf(p->text, SWEEP_STORE_TEXT, "%s", text);
	p->status = status;
	return status;
}

/* ---- the queue ------------------------------------------------------------------------- */

static void look(struct pool *p, size_t point)
{
	char text[SWEEP_STORE_TEXT];

	switch (sweep_store_look(p->o->dir, p->m->points[point].id, NULL, text)) {
	case SWEEP_STORE_DONE:
		p->counts->before++;
		return;
	case SWEEP_STORE_DAMAGED:
		p->counts->damaged++;
		break;
	default:
		break;
	}
	p->queue[p->tail++] = point;
}

/* Those without a result. Each may come back once, when its worker is killed. */
static int fill_queue(struct pool *p)
{
	size_t n = p->o->only ? p->o->nonly : p->m->npoints;

	p->queue = calloc(MOST_TRIES * n + 1, sizeof(*p->queue));
	p->tries = calloc(p->m->npoints + 1, sizeof(*p->tries));
	if (!p->queue || !p->tries)
		return fail(p, CMD_SYSTEM, "out of memory");
	for (size_t i = 0; i < n && !interrupted; i++)
		look(p, p->o->only ? p->o->only[i] : i);
	return CMD_DONE;
}

static uint64_t weight(const struct pool *p, size_t point)
{
	return sweep_estimate_events(p->m, point);
}

static void start_progress(struct pool *p)
{
	uint64_t total = 0;

	for (size_t i = p->head; i < p->tail; i++)
		total += weight(p, p->queue[i]);
	if (p->o->progress)
		p->progress = progress_new("sweep", "events", total);
}

static void show_progress(struct pool *p)
{
	uint64_t events = p->events_done;
	char note[64];

	for (unsigned i = 0; i < p->njobs; i++)
		if (p->workers[i].pid)
			events += p->slots[i].events;
	snprintf(note, sizeof(note), "%zu of %zu points",
		 p->counts->before + p->counts->done + p->counts->failed, p->m->npoints);
	progress_update(p->progress, events, note);
}

/* ---- workers --------------------------------------------------------------------------- */

/* In the child: one point, and never back. */
static void be_worker(const struct pool *p, size_t point, struct slot *slot, pid_t parent)
{
	/* Whoever kills the parent means all of it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CMD_SYSTEM);
	sigprocmask(SIG_SETMASK, &p->signals_before, NULL);
	sweep_point_run(p->m, point, p->o->dir, &slot->events, &slot->result);
	slot->finished = true;
	_exit(slot->result.status);
}

static int start_worker(struct pool *p, unsigned i)
{
	struct worker *w = &p->workers[i];
	pid_t parent = getpid(), pid;

	w->point = p->queue[p->head++];
	w->memory_kib = sweep_estimate_memory_kib(p->estimate, w->point);
	p->slots[i] = (struct slot){ 0 };
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return fail(p, CMD_SYSTEM, "cannot start a worker: no more processes");
	if (pid == 0)
		be_worker(p, w->point, &p->slots[i], parent);
	w->pid = pid;
	p->memory_used_kib += w->memory_kib;
	p->busy++;
	if (p->busy > p->counts->workers)
		p->counts->workers = p->busy;
	return CMD_DONE;
}

/* One point may take more than there is: alone it is tried. */
static bool fits(struct pool *p)
{
	uint64_t more = sweep_estimate_memory_kib(p->estimate, p->queue[p->head]);

	if (!p->busy || p->memory_used_kib + more <= p->memory_kib)
		return true;
	p->counts->short_of_memory = true;
	return false;
}

static void start_workers(struct pool *p)
{
	for (unsigned i = 0; i < p->njobs && p->head < p->tail && !p->status; i++)
		if (!p->workers[i].pid && fits(p))
			start_worker(p, i);
}

/* A point without a result: its reason is kept, and the others go on. */
static void remember(struct pool *p, size_t point, int status, const char *why)
{
	char text[SWEEP_STORE_TEXT];

	p->counts->failed++;
	if (!sweep_store_put_failure(p->o->dir, p->m->points[point].id, status, why, text))
		fail(p, CMD_SYSTEM, text);
}

/* Killed by somebody, or by the kernel for its memory: once more, behind all others. */
static void killed(struct pool *p, size_t point, int how)
{
	char why[128];

	if (p->status || interrupted)
		return;
	if (++p->tries[point] < MOST_TRIES) {
		p->counts->retried++;
		p->queue[p->tail++] = point;
		return;
	}
	snprintf(why, sizeof(why), "its process was killed by signal %d, %d times",
		 WIFSIGNALED(how) ? WTERMSIG(how) : 0, MOST_TRIES);
	remember(p, point, CMD_SYSTEM, why);
}

static void take_result(struct pool *p, size_t point, const struct slot *slot, int how)
{
	const struct sweep_point_result *r = &slot->result;

	if (!slot->finished || r->status == CMD_INTERRUPTED) {
		killed(p, point, how);
	} else if (r->status == CMD_DONE) {
		p->counts->done++;
		p->counts->events += weight(p, point);
		sweep_estimate_learn(p->estimate, point, r->peak_rss_kib);
	} else if (r->not_stored) {
		fail(p, CMD_SYSTEM, r->text);
	} else {
		remember(p, point, r->status, r->text);
	}
	p->events_done += weight(p, point);
}

static void end_worker(struct pool *p, pid_t pid, int how)
{
	for (unsigned i = 0; i < p->njobs; i++) {
		struct worker *w = &p->workers[i];

		if (w->pid != pid)
			continue;
		w->pid = 0;
		p->busy--;
		p->memory_used_kib -= w->memory_kib;
		take_result(p, w->point, &p->slots[i], how);
		return;
	}
}

static void end_workers(struct pool *p)
{
	pid_t pid;
	int how;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0)
		end_worker(p, pid, how);
}

static void stop_workers(const struct pool *p)
{
	for (unsigned i = 0; i < p->njobs; i++)
		if (p->workers[i].pid)
			kill(p->workers[i].pid, SIGTERM);
}

/* ---- the loop -------------------------------------------------------------------------- */

/* Until a worker ends, a signal comes, or it is time to show progress. */
static void wait_a_turn(void)
{
	struct timespec turn = { .tv_nsec = TURN_NS };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &turn);
}

static void work(struct pool *p)
{
	while (p->busy || (p->head < p->tail && !p->status)) {
		if (interrupted)
			fail(p, CMD_INTERRUPTED, "interrupted");
		if (p->status)
			stop_workers(p);
		else
			start_workers(p);
		if (p->busy)
			wait_a_turn();
		end_workers(p);
		show_progress(p);
	}
	if (interrupted)
		fail(p, CMD_INTERRUPTED, "interrupted");
}

static unsigned cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

static int make_pool(struct pool *p)
{
	size_t left = p->tail - p->head;

	p->njobs = p->o->jobs ? p->o->jobs : cpus();
	if (p->njobs > left)
		p->njobs = (unsigned)left;
	p->memory_kib = p->o->memory_kib ? p->o->memory_kib : sweep_estimate_machine_kib();
	p->estimate = sweep_estimate_new(p->m);
	p->workers = calloc(p->njobs + 1, sizeof(*p->workers));
	p->slots = mmap(NULL, (p->njobs + 1) * sizeof(*p->slots), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->slots == MAP_FAILED)
		p->slots = NULL;
	if (p->workers && p->slots && p->estimate)
		return CMD_DONE;
	return fail(p, CMD_SYSTEM, "out of memory");
}

static void free_pool(struct pool *p)
{
	progress_free(p->progress);
	if (p->slots)
		munmap(p->slots, (p->njobs + 1) * sizeof(*p->slots));
	sweep_estimate_free(p->estimate);
	free(p->workers);
	free(p->queue);
	free(p->tries);
}

static int run_locked(struct pool *p)
{
	struct interrupt before;
	uint64_t began = now_ns();
	sigset_t child;

	interrupted = 0;
	interrupt_catch(&before, on_signal);
	trace_stop_when(&interrupted);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &p->signals_before);
	if (fill_queue(p) == CMD_DONE && make_pool(p) == CMD_DONE) {
		start_progress(p);
		work(p);
	}
	free_pool(p);
	sigprocmask(SIG_SETMASK, &p->signals_before, NULL);
	trace_stop_when(NULL);
	interrupt_release(&before);
	p->counts->wall_ns = now_ns() - began;
	if (p->status)
		return p->status;
	return p->counts->failed ? CMD_FINDING : CMD_DONE;
}

int sweep_run(const struct sweep_manifest *m, const struct sweep_run_options *options,
	      struct sweep_run_counts *counts, char *text)
{
	struct pool p = { .m = m, .o = options, .counts = counts, .text = text };
	bool busy;
	int lock = -1, status;

	*counts = (struct sweep_run_counts){ 0 };
	if (!options->shared) {
		lock = sweep_store_lock(options->dir, &busy, text);
		if (lock < 0)
			return busy ? CMD_USAGE : CMD_SYSTEM;
		sweep_store_tidy(options->dir);
	}
	status = run_locked(&p);
	sweep_store_unlock(lock);
	return status;
}

static int check_file(const struct sweep_manifest_file *f, char *text)
{
	struct trace_error err;
	char digest[33];

	if (!trace_reader_digest(f->path, digest, &err)) {
		snprintf(text, SWEEP_STORE_TEXT, "%s", err.text);
		return (int)err.kind;
	}
	if (strcmp(digest, f->digest) == 0)
		return CMD_DONE;
	snprintf(text, SWEEP_STORE_TEXT,
		 "%s is another trace than when the sweep was planned (digest %s, then %s): "
		 "plan the sweep again",
		 f->path, digest, f->digest);
	return CMD_USAGE;
}

int sweep_run_check_files(const struct sweep_manifest *m, const size_t *only, size_t nonly,
			  char *text)
{
	bool *needed = calloc(m->nfiles + 1, sizeof(*needed));
	int status = CMD_DONE;

	if (!needed) {
		snprintf(text, SWEEP_STORE_TEXT, "out of memory");
		return CMD_SYSTEM;
	}
	for (size_t i = 0; i < (only ? nonly : m->npoints); i++) {
		const struct sweep_manifest_point *p = &m->points[only ? only[i] : i];

		if (p->trace != SWEEP_MANIFEST_NONE)
			needed[p->trace] = true;
		if (p->start != SWEEP_MANIFEST_NONE)
			needed[p->start] = true;
	}
	for (size_t i = 0; i < m->nfiles && status == CMD_DONE; i++)
		if (needed[i])
			status = check_file(&m->files[i], text);
	free(needed);
	return status;
}
