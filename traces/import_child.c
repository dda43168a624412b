#include "traces/import_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/trace_stop.h"

bool import_child_send(int out, enum import_child_tag tag, const void *data, size_t size)
{
	uint32_t head[2] = { tag, (uint32_t)size };
	const char *at = (const char *)head;
	size_t left = sizeof(head);

	for (int part = 0; part < 2; part++) {
		while (left) {
			ssize_t n = write(out, at, left);

			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0)
				return false;
			at += n;
			left -= (size_t)n;
		}
		at = data;
		left = size;
	}
	return true;
}

/* A minute, and another for each 64 MiB: a damaged file must not keep the library forever. */
static void limit_time(uint64_t size)
{
	rlim_t seconds = 60 + 60 * (size >> 26);

	/* Beyond the first SIGXCPU, beyond the second SIGKILL: that one others send, too. */
	setrlimit(RLIMIT_CPU, &(struct rlimit){ seconds, seconds + 1 });
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

/* The library takes a read that a handler interrupted (EINTR) for the end of the file, and a
 * page that cannot be read has to end this process: no handler of the parent's stays. */
static void drop_handlers(void)
{
	static const int numbers[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGBUS };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		signal(numbers[i], SIG_DFL);
}

static _Noreturn void child(const struct import_child_job *job, int out)
{
	struct import_source s;
	struct trace_error err = { TRACE_BAD_DATA, "" };
	int null = open("/dev/null", O_RDWR);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	drop_handlers();
	limit_time(job->bytes);
	import_source_init(&s, job->label);
	if (!job->read(job->ctx, &s, out, &err))
		import_child_send(out, IMPORT_CHILD_ERROR, &err, sizeof(err));
	_exit(0);
}

/* ---- the parent's side ------------------------------------------------------------------ */

/* False with an error only when it is asked to stop. */
static bool receive_bytes(int from, void *to, size_t size, struct trace_error *err)
{
	char *at = to;

	while (size) {
		ssize_t n = read(from, at, size);

		if (n < 0 && errno == EINTR && !trace_stop(err))
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool take_events(struct import_source *s, int from, size_t size, struct trace_error *err)
{
	size_t n = size / sizeof(struct import_event);

	if (s->n + n >= UINT32_MAX - 1)
		return trace_error_data(err, "more than %u events", UINT32_MAX - 1);
	if (!import_source_grow(&s->events, &s->cap, s->n + n, sizeof(*s->events), err))
		return false;
	if (!receive_bytes(from, s->events + s->n, n * sizeof(*s->events), err))
		return false;
	s->n += n;
	return true;
}

static bool take_meta(struct import_source *s, const struct import_child_meta *meta)
{
	s->cpus = meta->cpus;
	s->lost += meta->lost;
	s->first_lost = meta->first_lost;
	s->unknown_gfp = meta->unknown_gfp;
	return true;
}

static bool take(struct import_source *s, uint32_t tag, const char *data, size_t size,
		 struct trace_error *err)
{
	struct import_extra x;
	int32_t pid;
	uint64_t count;
	uint32_t index;

	switch (tag) {
	case IMPORT_CHILD_GFP:
		return import_source_name(&s->gfp, data, &index, err);
	case IMPORT_CHILD_TEXT:
		return import_source_name(&s->texts, data, &index, err);
	case IMPORT_CHILD_COMM:
		memcpy(&pid, data, sizeof(pid));
		return import_source_comm(s, pid, data + sizeof(pid), err);
	case IMPORT_CHILD_OTHER:
		memcpy(&count, data, sizeof(count));
		return import_source_other(s, data + sizeof(count), count, err);
	case IMPORT_CHILD_EXTRA:
		memcpy(&x, data, sizeof(x));
		return import_source_extra(s, &x, &index, err);
	case IMPORT_CHILD_META:
		return take_meta(s, (const struct import_child_meta *)(const void *)data);
	case IMPORT_CHILD_ERROR:
		memcpy(err, data, size < sizeof(*err) ? size : sizeof(*err));
		return false;
	default:
		return trace_error_set(err, TRACE_SYSTEM, "the reading process sent tag %u",
				       tag);
	}
}

/* Until the child says that it is done. False with an empty text when it went away. */
static bool receive(struct import_source *s, int from, const struct import_child_job *job,
		    struct import_progress progress, struct trace_error *err)
{
	uint32_t head[2];
	_Alignas(8) char small[1024];
	uint64_t done;

	err->text[0] = '\0';
	while (receive_bytes(from, head, sizeof(head), err)) {
		if (head[0] == IMPORT_CHILD_DONE)
			return true;
		if (head[0] == IMPORT_CHILD_EVENTS) {
			if (!take_events(s, from, head[1], err))
				return false;
			continue;
		}
		if (head[1] >= sizeof(small))
			return trace_error_data(err,
						"the file is damaged: the reader of its events "
						"went astray after %zu events",
						s->n);
		if (!receive_bytes(from, small, head[1], err))
			return false;
		small[head[1]] = '\0';
		if (head[0] == IMPORT_CHILD_PROGRESS) {
			memcpy(&done, small, sizeof(done));
			if (!import_progress(&progress, done, job->bytes, err))
				return false;
		} else if (!take(s, head[0], small, head[1], err)) {
			return false;
		}
	}
	return false;
}

/* What became of a process that did not say so itself. */
static void ended(int status, size_t events, struct trace_error *err)
{
	int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (by == SIGBUS)
		trace_error_set(err, TRACE_SYSTEM,
				"the file was cut off while it was read, or its disk failed");
	else if (by == SIGKILL || by == SIGTERM || by == SIGINT || by == SIGHUP)
		trace_error_set(err, TRACE_SYSTEM,
				"the process that read it was ended by signal %d", by);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == TRACE_SYSTEM)
		trace_error_memory(err);
	else
		trace_error_data(err,
				 "the file is damaged: the reader of its events failed after "
				 "%zu events",
				 events);
}

bool import_child(const struct import_child_job *job, struct import_source *s,
		  struct import_progress progress, struct trace_error *err)
{
	int ends[2], status = 0;
	bool ok;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return trace_error_set(err, TRACE_SYSTEM, "pipe: %s", strerror(errno));
	fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
	pid = fork();
	if (pid == 0)
		child(job, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return trace_error_set(err, TRACE_SYSTEM, "fork: %s", strerror(errno));
	}
	ok = receive(s, ends[0], job, progress, err);
	close(ends[0]);
	/* What ends in the middle ended by itself: how, its status tells. */
	if (!ok && err->text[0])
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!ok && !err->text[0])
		ended(status, s->n, err);
	return ok;
}
