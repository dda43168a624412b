#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traces/record_parts.h"

#define PATIENCE_NS UINT64_C(2000000000) /* for a command to end when it is told to */

static _Noreturn void become(const struct record *r, int out)
{
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
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return record_files_error(r->err, TRACE_SYSTEM, "pipe");
	r->child = fork();
	if (r->child == 0)
		become(r, ends[1]);
	close(ends[1]);
	if (r->child < 0) {
		r->child = 0;
		close(ends[0]);
		return record_files_error(r->err, TRACE_SYSTEM, "fork");
	}
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
	pid_t got = waitpid(r->child, &r->res->command_status, WNOHANG);

	if (got == 0 || (got < 0 && errno == EINTR))
		return true;
	r->child = 0;
	return false;
}

void record_command_stop(struct record *r)
{
	const struct timespec pause = { 0, RECORD_TICK_NS };
	uint64_t from = record_now();

	if (!r->child)
		return;
	kill(r->child, SIGTERM);
	while (record_command_runs(r)) {
		if (record_now() - from > PATIENCE_NS)
			kill(r->child, SIGKILL);
		nanosleep(&pause, NULL);
	}
}
