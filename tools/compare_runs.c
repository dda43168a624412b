/*
 * Each run decodes its trace itself.
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

/* Says why it failed on `words`, and does not return. */
static void be_child(const struct interrupt *before, struct compare_run *r, int words)
{
	struct run *run;
	const char *why;
	int status;

	/* A signal that comes before the run looks out for them ends this process. */
	interrupt_release(before);
	run = run_new(r->scenario, &(struct run_options){ .out = r->folder });
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
		be_child(&s->before, &s->runs[i], ends[1]);
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
	struct state s = { .runs = runs, .n = n, .err = err };

	s.children = calloc(n + 1, sizeof(*s.children));
	if (!s.children) {
		*err = (struct compare_runs_error){ CMD_SYSTEM, "out of memory" };
		s.failed = true;
	} else {
		interrupted = 0;
		/* Who started us may have it ignored: children would then end unseen. */
		signal(SIGCHLD, SIG_DFL);
		interrupt_catch(&s.before, on_signal);
		go_on(&s, jobs);
		interrupt_release(&s.before);
	}
	for (size_t i = 0; i < n; i++) {
		scenario_free(runs[i].scenario);
		runs[i].scenario = NULL;
	}
	free(s.children);
	return !s.failed && !interrupted;
}
