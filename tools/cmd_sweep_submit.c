/* pagesim sweep submit: points as a job array of a batch system. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tools/cmd_sweep_export.h"
#include "tools/result.h"
#include "tools/sweep_store.h"

extern char **environ;

static const struct options_row rows[] = {
	{ "slurm", 0, NULL, "to Slurm: a job array, by sbatch (default)" },
	{ "dry-run", 0, NULL, "write the job script, do not submit it" },
	{ "limit", 0, "N", "at most so many tasks at a time" },
	{ "chunk", 0, "TIME", "about so much work in each task (default 300s)" },
	{ "points", 0, "N", "so many points in each task" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep submit",
	.operands = "DIR",
	.summary = "Submits the points of a folder that have no result to a batch system, in "
		   "chunks of about\n"
		   "equal time. Memory and time limits come from a prediction. Submit again to "
		   "have done what\n"
		   "is missing then.",
	.rows = rows,
	.examples = "  pagesim sweep submit /shared/wm --slurm --limit 64\n"
		    "  pagesim sweep submit /shared/wm --dry-run && cat /shared/wm/slurm.sh\n",
	.min_operands = 1,
	.max_operands = 1,
};

struct job {
	char *list, *script; /* files */
};

/* The list's name tells what is in it: that of an array at work is never another one's. */
static int write_list(const struct cmd_sweep_export_request *q, struct job *j,
		      const struct sweep_export *e)
{
	char *text = cmd_sweep_export_text(q, e, sweep_export_list), digest[33];

	if (!text)
		return CMD_SYSTEM;
	result_digest_text(text, strlen(text), digest);
	if (asprintf(&j->list, "%s/slurm-%.8s.list", e->dir, digest) < 0) {
		j->list = NULL;
		free(text);
		return options_fail(q->spec, CMD_SYSTEM, "out of memory");
	}
	return cmd_sweep_export_write(q, j->list, text);
}

static int write_script(const struct cmd_sweep_export_request *q, struct job *j,
			const struct sweep_export *e)
{
	struct sweep_export_slurm o = { .name = "pagesim-sweep",
					.at_a_time = (unsigned)q->limit,
					.memory_mib = q->memory_kib / 1024 * 5 / 4 + 16,
					.list = j->list };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	j->script = sweep_store_path(e->dir, "slurm.sh");
	if (out)
		sweep_export_slurm(out, e, &o);
	if (out && fclose(out) == 0 && j->script)
		return cmd_sweep_export_write(q, j->script, text);
	free(text);
	return options_fail(q->spec, CMD_SYSTEM, "out of memory");
}

static int start_sbatch(const struct cmd_sweep_export_request *q, char *script)
{
	char sbatch[] = "sbatch", *args[] = { sbatch, script, NULL };
	int error, how;
	pid_t pid;

	fflush(NULL);
	error = posix_spawnp(&pid, sbatch, NULL, NULL, args, environ);
	if (error)
		return options_fail(q->spec, CMD_SYSTEM,
				    "cannot start sbatch: %s (%s is ready for it)",
				    strerror(error), script);
	while (waitpid(pid, &how, 0) < 0)
		if (errno != EINTR)
			return options_fail(q->spec, CMD_SYSTEM, "sbatch is lost: %s",
					    strerror(errno));
	if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
		return CMD_DONE;
	return options_fail(q->spec, CMD_SYSTEM, "sbatch did not take %s", script);
}

static int submit_points(struct cmd_sweep_export_request *q, struct sweep_export *e)
{
	struct job j = { NULL, NULL };
	int status = cmd_sweep_export_make(q, e);

	if (status == CMD_DONE && !q->quiet)
		printf("Points without a result: %zu, in %zu tasks\n", e->npoints, e->nchunks);
	if (status || !e->npoints)
		return status;
	status = write_list(q, &j, e);
	if (status == CMD_DONE)
		status = write_script(q, &j, e);
	if (status == CMD_DONE && !q->quiet)
		printf("Job script: %s\n", j.script);
	if (status == CMD_DONE && !q->dry_run)
		status = start_sbatch(q, j.script);
	free(j.list);
	free(j.script);
	return status;
}

int cmd_sweep_submit(int argc, char **argv)
{
	struct cmd_sweep_export_request q = { .spec = &spec,
					      .always_measured = true,
					      .seconds = CMD_SWEEP_EXPORT_SECONDS };
	struct options_result o = options_parse(&spec, argc, argv, cmd_sweep_export_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status : cmd_sweep_export_go(&q, o.operands[0], true, submit_points);
}
