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

struct command {
	char array[64], dependency[32], begin[32];
	char *args[7];
};

/* The array behind so many tasks. Where only some may run at a time, arrays wait for each
 * other. */
static void make_command(struct command *c, const struct cmd_sweep_export_request *q,
			 char *script, const struct sweep_export *e, size_t begin)
{
	static char sbatch[] = "sbatch";
	size_t tasks = sweep_export_slurm_tasks(e, begin), n = 0;

	if (q->limit)
		snprintf(c->array, sizeof(c->array), "--array=1-%zu%%%u", tasks,
			 (unsigned)q->limit);
	else
		snprintf(c->array, sizeof(c->array), "--array=1-%zu", tasks);
	snprintf(c->dependency, sizeof(c->dependency), "--dependency=singleton");
	snprintf(c->begin, sizeof(c->begin), "%zu", begin);
	c->args[n++] = sbatch;
	c->args[n++] = c->array;
	if (q->limit && begin)
		c->args[n++] = c->dependency;
	c->args[n++] = script;
	if (begin)
		c->args[n++] = c->begin;
	c->args[n] = NULL;
}

static int start_sbatch(const struct cmd_sweep_export_request *q, struct command *c,
			const char *script)
{
	int error, how;
	pid_t pid;

	fflush(NULL);
	error = posix_spawnp(&pid, c->args[0], NULL, NULL, c->args, environ);
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
	return options_fail(q->spec, CMD_SYSTEM, "sbatch did not take %s%s%s", script,
			    strcmp(c->begin, "0") == 0 ? "" : " with the tasks behind ",
			    strcmp(c->begin, "0") == 0 ? "" : c->begin);
}

/* As many arrays as it takes. */
static int submit_arrays(const struct cmd_sweep_export_request *q, char *script,
			 const struct sweep_export *e)
{
	int status = CMD_DONE;
	struct command c;

	for (size_t i = 0; i < e->nchunks && status == CMD_DONE;
	     i += SWEEP_EXPORT_SLURM_TASKS) {
		make_command(&c, q, script, e, i);
		if (!q->dry_run)
			status = start_sbatch(q, &c, script);
		for (size_t n = 0; q->dry_run && !q->quiet && c.args[n]; n++)
			printf("%s%c", c.args[n], c.args[n + 1] ? ' ' : '\n');
	}
	return status;
}

static int submit_points(struct cmd_sweep_export_request *q, struct sweep_export *e)
{
	struct job j = { NULL, NULL };
	int status = cmd_sweep_export_make(q, e);

	if (status == CMD_DONE && !q->quiet)
		printf("Points without a result: %zu, in %zu tasks\n", e->npoints, e->nchunks);
	if (status || !e->npoints)
		return status;
	if (!sweep_export_slurm_can(e))
		return options_fail(q->spec, CMD_USAGE,
				    "no job script can name this folder: its path has control "
				    "characters, \", \\ or %% in it");
	status = write_list(q, &j, e);
	if (status == CMD_DONE)
		status = write_script(q, &j, e);
	if (status == CMD_DONE && !q->quiet)
		printf("Job script: %s\n", j.script);
	if (status == CMD_DONE)
		status = submit_arrays(q, j.script, e);
	free(j.list);
	free(j.script);
	return status;
}

int cmd_sweep_submit_missing(struct cmd_sweep_export_request *q, const char *dir)
{
	q->always_measured = true;
	return cmd_sweep_export_go(q, dir, true, submit_points);
}

int cmd_sweep_submit(int argc, char **argv)
{
	struct cmd_sweep_export_request q = { .spec = &spec,
					      .seconds = CMD_SWEEP_EXPORT_SECONDS };
	struct options_result o = options_parse(&spec, argc, argv, cmd_sweep_export_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status : cmd_sweep_submit_missing(&q, o.operands[0]);
}
