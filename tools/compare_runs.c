/*
 * A trace that several runs share is decoded before they are forked: its events are the same
 * pages of memory in all of them, which nobody writes to.
 */
#include "tools/compare_runs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/run.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

struct child {
	pid_t pid; /* 0 = not begun, or at its end */
	int words; /* what it says when it fails */
};

struct state {
	struct compare_run *runs;
	struct child *children; /* [n] */
	size_t n, begun, running;
	uint64_t room;           /* bytes of decoded events that there may be more */
	struct interrupt before; /* who had the signals */
	struct compare_runs_error *err;
	bool failed;
};

static void fail(struct state *s, int status, const char *label, const char *text)
{
	if (s->failed)
		return;
	s->failed = true;
	s->err->status = status;
	snprintf(s->err->text, sizeof(s->err->text), "%.60s: %.1100s", label, text);
}

/* ---- the child's side ------------------------------------------------------------------ */

static void end_at_once(int number)
{
	(void)number;
	_exit(CMD_INTERRUPTED);
}

/* Says why it failed on `words`, and does not return. */
static void be_child(struct compare_run *r, int words)
{
	struct interrupt before;
	struct run *run;
	const char *why;
	int status;

	/* A signal that comes before the run looks out for them ends this process: without a
	 * word, which is for who started it. */
	interrupt_catch(&before, end_at_once);
	run = run_new(r->scenario,
		      &(struct run_options){ .out = r->folder, .share = r->share });
	status = run ? run_go(run) : CMD_SYSTEM;
	why = run ? run_error(run) : "out of memory";
	/* A reader that is gone wants to know nothing. */
	if (status && write(words, why, strlen(why)) < 0)
		status = CMD_SYSTEM;
	run_free(run);
	_exit(status);
}

static void begin(struct state *s)
{
	size_t i = s->begun++;
	struct child *child = &s->children[i];
	int ends[2];

	if (pipe(ends) != 0) {
		fail(s, CMD_SYSTEM, s->runs[i].label, strerror(errno));
		return;
	}
	fflush(NULL);
	child->pid = fork();
	if (child->pid == 0) {
		close(ends[0]);
		be_child(&s->runs[i], ends[1]);
	}
	close(ends[1]);
	child->words = ends[0];
	if (child->pid > 0) {
		s->running++;
		return;
	}
	child->pid = 0;
	close(ends[0]);
	fail(s, CMD_SYSTEM, s->runs[i].label, strerror(errno));
}

/* ---- shared traces --------------------------------------------------------------------- */

static bool same_trace(const struct compare_run *a, const struct compare_run *b)
{
	return a->scenario->trace_path && b->scenario->trace_path &&
	       strcmp(a->scenario->trace_path, b->scenario->trace_path) == 0;
}

/* The trace of run `first`, for it and all later ones of the same trace. */
static struct trace_share *share(struct state *s, size_t first)
{
	struct trace_share *made = NULL;

	for (size_t i = first + 1; i < s->n; i++) {
		if (s->runs[i].share || !same_trace(&s->runs[first], &s->runs[i]))
			continue;
		if (!made)
			made = trace_share_new(s->runs[first].scenario->trace_path, s->room);
		if (!made)
			return NULL;
		s->runs[i].share = made;
	}
	if (made)
		s->room -= trace_share_events(made) * sizeof(struct trace_event);
	s->runs[first].share = made;
	return made;
}

/* ---- ours ------------------------------------------------------------------------------ */

static void read_words(int from, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n + 1 < size && (got = read(from, text + n, size - 1 - n)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	text[n] = '\0';
}

static void end(struct state *s, size_t i, int how)
{
	struct child *child = &s->children[i];
	char text[1152];

	read_words(child->words, text, sizeof(text));
	close(child->words);
	child->pid = 0;
	s->running--;
	if (WIFSIGNALED(how))
		snprintf(text, sizeof(text), "its process ended by signal %d", WTERMSIG(how));
	if (WIFSIGNALED(how) || WEXITSTATUS(how))
		fail(s, WIFSIGNALED(how) ? CMD_SYSTEM : WEXITSTATUS(how), s->runs[i].label,
		     text);
}

static void stop_all(struct state *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->children[i].pid)
			kill(s->children[i].pid, SIGTERM);
}

/* Looks whether one of them has ended; in between it sleeps, so that no signal is missed. */
static void wait_one(struct state *s)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	int how;
	pid_t pid = waitpid(-1, &how, WNOHANG);

	if (pid <= 0)
		nanosleep(&pause, NULL);
	for (size_t i = 0; pid > 0 && i < s->n; i++)
		if (s->children[i].pid == pid)
			end(s, i, how);
}

static void go_on(struct state *s, unsigned jobs)
{
	bool stopped = false;

	while (s->running || (s->begun < s->n && !s->failed && !interrupted)) {
		if ((s->failed || interrupted) && !stopped) {
			stop_all(s);
			stopped = true;
		}
		if (s->begun < s->n && s->running < jobs && !stopped)
			begin(s);
		else
			wait_one(s);
	}
	if (interrupted)
		*s->err = (struct compare_runs_error){ CMD_INTERRUPTED, "interrupted" };
}

bool compare_runs_go(struct compare_run *runs, size_t n, unsigned jobs,
		     struct compare_runs_error *err)
{
	struct state s = { .runs = runs, .n = n, .room = COMPARE_RUNS_SHARE, .err = err };
	struct trace_share **shares;

	s.children = calloc(n + 1, sizeof(*s.children));
	shares = calloc(n + 1, sizeof(*shares));
	if (!s.children || !shares) {
		*err = (struct compare_runs_error){ CMD_SYSTEM, "out of memory" };
		s.failed = true;
	} else {
		interrupted = 0;
		/* Who started us may have it ignored: children would then end unseen. */
		signal(SIGCHLD, SIG_DFL);
		interrupt_catch(&s.before, on_signal);
		for (size_t i = 0; i < n && !interrupted; i++)
			shares[i] = runs[i].share ? NULL : share(&s, i);
		go_on(&s, jobs);
		interrupt_release(&s.before);
	}
	for (size_t i = 0; i < n; i++) {
		scenario_free(runs[i].scenario);
		runs[i].scenario = NULL;
		runs[i].share = NULL;
		trace_share_free(shares ? shares[i] : NULL);
	}
	free(shares);
	free(s.children);
	return !s.failed && !interrupted;
}
