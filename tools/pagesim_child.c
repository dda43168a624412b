/*
 * A run in a process of its own: SimGrid is one a process, a run may need as much memory as it
 * likes, and signals that stop it are none of the caller's. What it found comes back in a file
 * in memory, how it ended in a page that both see.
 */
#include <errno.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/pagesim_core.h"
#include "tools/run.h"

#define TEXTS 3 /* JSON, histograms, summary */
#define WAIT_NS 5000000
#define WAITS_PER_QUESTION 20 /* so that progress is asked ten times a second */

struct page {
	volatile uint64_t events;
	volatile bool finished; /* status and text are there */
	int status;
	char text[1280];
	long end[TEXTS]; /* in the file, of each text */
};

struct talk {
	struct page *page;
	int file;
};

/* ---- the child's side ------------------------------------------------------------------ */

static void finish(struct page *page, int status, const char *text)
{
	page->status = status;
	snprintf(page->text, sizeof(page->text), "%s", text);
	page->finished = true;
}

static bool put_texts(const struct talk *t, const struct run *run)
{
	FILE *out = fdopen(t->file, "w");
	bool ok = out && run_write_json(out, run_json(run));

	if (ok) {
		t->page->end[0] = ftell(out);
		ok = result_hlog(out, run_result(run));
		t->page->end[1] = ftell(out);
		result_text(out, run_result(run));
		t->page->end[2] = ftell(out);
	}
	return ok && fflush(out) == 0 && !ferror(out);
}

static void work(const struct pagesim_child *child, const struct talk *t)
{
	struct run_options options = { .out = child->out, .events = &t->page->events };
	struct conf_error conf = { .text = "" };
	struct run *run;
	int status;

	if (!scenario_finish(child->scenario, &conf)) {
		finish(t->page, CMD_USAGE, conf.text);
		return;
	}
	run = run_new(child->scenario, &options);
	status = run ? run_go(run) : CMD_SYSTEM;
	if (status)
		finish(t->page, status, run ? run_error(run) : "out of memory");
	else if (put_texts(t, run))
		finish(t->page, CMD_DONE, "");
	else
		finish(t->page, CMD_SYSTEM, "out of memory");
}

/* The caller's handlers and buffers stay its own: nothing of them is run or written here. */
static _Noreturn void be_child(const struct pagesim_child *child, const struct talk *t,
			       pid_t parent)
{
	sigset_t none;

	for (unsigned i = 0; i < INTERRUPT_SIGNALS; i++)
		signal(interrupt_signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* SimGrid flushes both; what waits there is the caller's to write. */
	__fpurge(stdout);
	__fpurge(stderr);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent)
		work(child, t);
	_exit(0);
}

/* ---- the caller's side ----------------------------------------------------------------- */

/* Until the child is gone. Asked how it likes the run is at the begin, now and then, and at the
 * end, when it is too late to stop it. *how stays 0 where nobody can know (SIGCHLD is ignored).
 */
static bool await(pid_t pid, const struct pagesim_child *child, const struct page *page,
		  int *how)
{
	const struct timespec pause = { .tv_nsec = WAIT_NS };
	bool go_on = true;
	pid_t gone;

	for (unsigned n = 0;; n++) {
		if (n % WAITS_PER_QUESTION == 0 && child->progress && go_on) {
			go_on = child->progress(child->context, page->events);
			if (!go_on)
				kill(pid, SIGTERM);
		}
		gone = waitpid(pid, how, child->progress && go_on ? WNOHANG : 0);
		if (gone == pid || (gone < 0 && errno != EINTR))
			break;
		if (gone == 0)
			nanosleep(&pause, NULL);
	}
	if (child->progress && go_on)
		child->progress(child->context, page->events);
	return go_on;
}

static bool get_text(int file, long begin, long end, char **text, size_t *size)
{
	*size = (size_t)(end - begin);
	*text = calloc(1, *size + 1);
	return *text && pread(file, *text, *size, begin) == (ssize_t)*size;
}

static bool get_texts(const struct talk *t, struct pagesim_texts *x, struct pagesim_error *err)
{
	const long *end = t->page->end;

	*x = (struct pagesim_texts){ 0 };
	if (get_text(t->file, 0, end[0], &x->json, &x->json_size) &&
	    get_text(t->file, end[0], end[1], &x->hlog, &x->hlog_size) &&
	    get_text(t->file, end[1], end[2], &x->summary, &x->summary_size))
		return true;
	pagesim_child_drop(x);
	return pagesim_no_memory(err);
}

void pagesim_child_drop(struct pagesim_texts *texts)
{
	free(texts->json);
	free(texts->hlog);
	free(texts->summary);
	*texts = (struct pagesim_texts){ 0 };
}

static bool go(const struct pagesim_child *child, const struct talk *t,
	       struct pagesim_texts *texts, struct pagesim_error *err)
{
	pid_t parent = getpid(), pid = fork();
	int how = 0;
	bool go_on;

	if (pid < 0)
		return pagesim_fail(err, PAGESIM_SYSTEM, "cannot start a process: %s",
				    strerror(errno));
	if (pid == 0)
		be_child(child, t, parent);
	go_on = await(pid, child, t->page, &how);
	if (t->page->finished && !t->page->status)
		return get_texts(t, texts, err);
	if (t->page->finished)
		return pagesim_fail(err, (enum pagesim_status)t->page->status, "%s",
				    t->page->text);
	if (!go_on) /* before it looked out for signals */
		return pagesim_fail(err, PAGESIM_INTERRUPTED, "interrupted");
	return pagesim_fail(err, PAGESIM_SYSTEM, "the run's process was ended by signal %d",
			    WIFSIGNALED(how) ? WTERMSIG(how) : 0);
}

bool pagesim_child_run(const struct pagesim_child *child, struct pagesim_texts *texts,
		       struct pagesim_error *err)
{
	struct talk t = { .file = memfd_create("pagesim", MFD_CLOEXEC) };
	bool ok;

	if (t.file < 0)
		return pagesim_fail(err, PAGESIM_SYSTEM, "no file in memory: %s",
				    strerror(errno));
	t.page = mmap(NULL, sizeof(*t.page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	ok = t.page != MAP_FAILED ? go(child, &t, texts, err) : pagesim_no_memory(err);
	if (t.page != MAP_FAILED)
		munmap(t.page, sizeof(*t.page));
	close(t.file);
	return ok;
}
