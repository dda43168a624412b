#include "tools/workload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const workload_names[] = { "none", "pairs", "batch", "page-faults", NULL };

struct trace_bench workload_bench(const struct workload *w, const struct sim_machine *m)
{
	return (struct trace_bench){
		.name = workload_names[w->kind],
		.comm = workload_names[w->kind],
		.gfp = w->gfp,
		.hz = m->clock_mhz * 1000000,
		.machine_cpus = m->cpus,
		.nodes = m->nodes,
		.cpu_node = m->cpu_node,
		.cpus = w->cpus,
		.order = w->order,
		.blocks = w->blocks,
		.apart = w->apart,
		.warm_up = w->warm_up,
		.rounds = w->rounds,
		/* Who is done earlier than others leaves them alone with the locks. */
		.cool_down = w->cpus > 1,
		.alloc_pause = w->alloc_pause,
		.free_pause = w->free_pause,
		.staggered = w->kind == WORKLOAD_PAGE_FAULTS,
	};
}

void workload_path(int fd, char path[WORKLOAD_PATH])
{
	snprintf(path, WORKLOAD_PATH, "/proc/self/fd/%d", fd);
}

int workload_open(const struct workload *w, const struct sim_machine *m,
		  struct trace_error *err)
{
	struct trace_bench bench = workload_bench(w, m);
	int fd = memfd_create("pagesim-workload", MFD_CLOEXEC);

	if (fd < 0) {
		err->kind = TRACE_SYSTEM;
		snprintf(err->text, sizeof(err->text),
			 "no file in memory for the workload's trace: %s", strerror(errno));
		return -1;
	}
	if (trace_bench_write(&bench, fd, err))
		return fd;
	close(fd);
	return -1;
}
