/*
 * Runs on an aged machine, or that do nothing but age one: a kernel of its own boots and ages,
 * and what it leaves is the start state. So nothing that ageing counted counts in the run.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/run_core.h"

/* A trace in which nothing happens, in a file in memory. */
static bool write_nothing(struct run *run, int fd, struct trace_error *err)
{
	const struct sim_machine *m = run->scenario->machine;
	struct trace_header h = { .clock = TRACE_CLOCK_NS,
				  .clock_name = "synthetic",
				  .clock_hz = 1000000000,
				  .page_size = 4096,
				  .cpus = m->cpus,
				  .nodes = m->nodes,
				  .cpu_node = m->cpu_node,
				  .name = m->name,
				  .tool = (char *)(uintptr_t) "pagesim run",
				  .synthetic = true };
	struct trace_writer *w =
		trace_writer_open_fd(fd, "the trace without events", &h, 1, err);

	return w && trace_writer_close(w, false, err);
}

int run_age_without_trace(struct run *run)
{
	struct trace_error err;
	char path[WORKLOAD_PATH];

	if (!run->scenario->machine)
		return run_fail(run, CMD_USAGE,
				"no machine to age: give --machine FILE, or --trace FILE for "
				"the one it was recorded on");
	run->workload = memfd_create("pagesim-age", MFD_CLOEXEC);
	if (run->workload < 0)
		return run_fail(run, CMD_SYSTEM, "no file in memory: %s", strerror(errno));
	if (!write_nothing(run, run->workload, &err))
		return run_fail(run, err.kind, "%s", err.text);
	workload_path(run->workload, path);
	run->scenario->no_trace = true;
	run->scenario->trace_path = strdup(path);
	return run->scenario->trace_path ? CMD_DONE
					 : run_fail(run, CMD_SYSTEM, "out of memory");
}

int run_age(struct run *run)
{
	const struct scenario *s = run->scenario;
	char text[512];
	void *mm;
	int status;

	if (!s->age.given)
		return CMD_DONE;
	errno = 0;
	mm = s->policy->create(&run->machine, s->params, s->costs, false, text, sizeof(text));
	if (!mm)
		return run_fail(run, errno == ENOMEM ? CMD_SYSTEM : CMD_USAGE, "%s", text);
	run->aged = age_run(&s->age, s->policy, mm, s->machine, s->seed, &run->age_report,
			    &status, text, sizeof(text));
	s->policy->destroy(mm);
	run->state = run->aged;
	run->result.age = &run->age_report;
	return run->aged ? CMD_DONE : run_fail(run, status, "%s", text);
}
