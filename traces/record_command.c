#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traces/record_parts.h"
#include "traces/trace_scan.h"

#define PATIENCE_NS UINT64_C(2000000000) /* for a command to end when it is told to */

/* ---- the command's processes --------------------------------------------------------------
 */

/* What /proc/PID/stat says of a process. */
struct process {
	pid_t parent;
	uint64_t began; /* ticks since boot */
};

/* Of the fields behind the name: where these two are. */
enum { PARENT = 1, BEGAN = 19 };

static bool after_name(const char *at, struct process *p)
{
	for (unsigned field = 0; *at; field++) {
		at += strspn(at, " ");
		if (field == PARENT && !trace_scan(at, "%d", &p->parent))
			return false;
		if (field == BEGAN)
			return trace_scan(at, "%l", &p->began);
		at += strcspn(at, " ");
	}
	return false;
}

static bool look_at(pid_t pid, struct process *p)
{
	char path[64], text[1024], *name_end;
	FILE *in;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	in = fopen(path, "re");
	if (!in)
		return false;
	n = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[n] = '\0';
	name_end = strrchr(text, ')'); /* the name may have any characters */
	return name_end && after_name(name_end + 1, p);
}

/* Below the recorder, and not there before the command. */
static bool is_of_command(const struct record *r, pid_t pid)
{
	struct process p;

	while (pid > 1 && look_at(pid, &p) && p.began >= r->child_began) {
		if (p.parent == getpid())
			return true;
		pid = p.parent;
	}
	return false;
}

/* How many processes there were. */
static unsigned signal_all(const struct record *r, int number)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned n = 0;

	while (dir && (entry = readdir(dir))) {
		uint64_t pid;

		if (trace_scan_whole(entry->d_name, INT32_MAX, &pid) &&
		    is_of_command(r, (pid_t)pid) && kill((pid_t)pid, number) == 0)
			n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* ---- its life -----------------------------------------------------------------------------
 */

/*
 * Processes whose parent has ended become the recorder's own children, so that all that the
 * command started can be ended with it. A process group would do less (a shell with job
 * control makes new ones) and take the terminal from the command.
 */
static void adopt(bool on)
{
	prctl(PR_SET_CHILD_SUBREAPER, on ? 1ul : 0ul, 0ul, 0ul, 0ul);
}

static _Noreturn void become(const struct record *r, pid_t recorder, int out)
{
	/* A recorder that is killed can end nothing any more: the kernel tells the command. */
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGTERM, 0ul, 0ul, 0ul);
	if (getppid() != recorder)
		_exit(126);
	setpriority(PRIO_PROCESS, 0, r->nice);
	if (r->o->command_to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(r->o->command[0], r->o->command);
	if (write(out, &errno, sizeof(errno)) < 0)
		_exit(126);
	_exit(127);
}

bool record_command_start(struct record *r)
{
	int ends[2], error = 0;
	pid_t recorder = getpid();
	struct process p;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return record_files_error(r->err, TRACE_SYSTEM, "pipe");
	adopt(true);
	r->child = fork();
	if (r->child == 0)
		become(r, recorder, ends[1]);
	close(ends[1]);
	if (r->child < 0) {
		r->child = 0;
		adopt(false);
		close(ends[0]);
		return record_files_error(r->err, TRACE_SYSTEM, "fork");
	}
	r->child_began = look_at(r->child, &p) ? p.began : 0;
	/* The pipe closes when the command takes the child's place. */
	while ((n = read(ends[0], &error, sizeof(error))) < 0 && errno == EINTR)
		;
	close(ends[0]);
	if (n <= 0)
		return true;
	record_command_stop(r);
	return trace_error_set(r->err, TRACE_REFUSED, "%s: cannot be started: %s",
			       r->o->command[0], strerror(error));
}

bool record_command_runs(struct record *r)
{
	int status;
	pid_t got;

	/* Adopted ones that have ended are waited for, too. */
	while ((got = waitpid(-1, &status, WNOHANG)) > 0) {
		if (got != r->child)
			continue;
		r->res->command_status = status;
		r->child = 0;
	}
	if (got < 0 && errno == ECHILD)
		r->child = 0;
	return r->child != 0;
}

void record_command_stop(struct record *r)
{
	const struct timespec pause = { 0, RECORD_TICK_NS };
	uint64_t from = record_now();

	/* What a command left running when it ended is meant to run. */
	if (r->child) {
		signal_all(r, SIGTERM);
		while (record_command_runs(r) || signal_all(r, 0)) {
			if (record_now() - from > PATIENCE_NS)
				signal_all(r, SIGKILL);
			nanosleep(&pause, NULL);
		}
	}
	if (r->o->command)
		adopt(false);
}
