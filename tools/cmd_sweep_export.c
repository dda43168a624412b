/* pagesim sweep export and submit: points for machines that others hand out. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/conf.h"
#include "tools/cmd_sweep.h"
#include "tools/machine_write.h"
#include "tools/result.h"
#include "tools/sweep_estimate.h"
#include "tools/sweep_export.h"
#include "tools/sweep_store.h"

#define CHUNK_SECONDS 300
#define MOST_CHUNK (UINT64_C(7) * 86400 * 1000000000)

extern char **environ;

static const struct options_row export_rows[] = {
	{ "commands", 0, NULL, "a command a line, for xargs, parallel and the like (default)" },
	{ "makeflow", 0, NULL, "rules for makeflow" },
	{ "output", 'o', "FILE", "write it there (default: stdout)" },
	{ "chunk", 0, "TIME", "about so much work in each (default 300s)" },
	{ "points", 0, "N", "so many points in each" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec export_spec = {
	.command = "sweep export",
	.operands = "DIR",
	.summary = "Prints what does the points of a folder that have no result, in chunks of "
		   "about equal time,\n"
		   "for whatever starts processes on other machines that see the folder.",
	.rows = export_rows,
	.examples = "  pagesim sweep export /shared/wm --points 10 | parallel -S host1,host2\n"
		    "  pagesim sweep export /shared/wm --makeflow -o wm.makeflow\n",
	.min_operands = 1,
	.max_operands = 1,
};

static const struct options_row submit_rows[] = {
	{ "slurm", 0, NULL, "to Slurm: a job array, by sbatch (default)" },
	{ "dry-run", 0, NULL, "write the job script, do not submit it" },
	{ "limit", 0, "N", "at most so many tasks at a time" },
	{ "chunk", 0, "TIME", "about so much work in each task (default 300s)" },
	{ "points", 0, "N", "so many points in each task" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec submit_spec = {
	.command = "sweep submit",
	.operands = "DIR",
	.summary = "Submits the points of a folder that have no result to a batch system, in "
		   "chunks of about\n"
		   "equal time. Memory and time limits come from a prediction. Submit again to "
		   "have done what\n"
		   "is missing then.",
	.rows = submit_rows,
	.examples = "  pagesim sweep submit /shared/wm --slurm --limit 64\n"
		    "  pagesim sweep submit /shared/wm --dry-run && cat /shared/wm/slurm.sh\n",
	.min_operands = 1,
	.max_operands = 1,
};

struct request {
	const struct options_spec *spec;
	const char *output;
	bool makeflow, dry_run, quiet;
	double seconds;
	uint64_t points, limit;
	uint64_t memory_kib; /* of the largest point */
};

static bool set_number(struct request *q, const char *name, const char *value, uint64_t *out)
{
	if (conf_parse_u64(value, out) && *out >= 1 && *out <= 1000000)
		return true;
	options_fail(q->spec, CMD_USAGE, "--%s should be 1 to 1000000, not '%s'", name,
		     options_short(value).text);
	return false;
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;
	const char *why;
	uint64_t ns;

	if (strcmp(row->name, "output") == 0)
		q->output = value;
	else if (strcmp(row->name, "makeflow") == 0)
		q->makeflow = true;
	else if (strcmp(row->name, "dry-run") == 0)
		q->dry_run = true;
	else if (strcmp(row->name, "points") == 0)
		return set_number(q, "points", value, &q->points);
	else if (strcmp(row->name, "limit") == 0)
		return set_number(q, "limit", value, &q->limit);
	else if (strcmp(row->name, "chunk") == 0) {
		if (!conf_parse_ns(value, &ns, &why) || !ns || ns > MOST_CHUNK)
			return options_fail(q->spec, CMD_USAGE,
					    "--chunk should be a time such as 300s, not '%s'",
					    options_short(value).text),
			       false;
		q->seconds = (double)ns / 1e9;
	}
	return true;
}

/* Chunks of what is missing. */
static int make(struct request *q, struct sweep_export *e)
{
	struct sweep_estimate *estimate = sweep_estimate_new(e->m);
	struct sweep_estimate_speed speed = { 0 };

	if (!estimate)
		return options_fail(q->spec, CMD_SYSTEM, "out of memory");
	/* A batch system wants to know the time also of chunks that are counted. */
	if (!q->points || q->spec == &submit_spec)
		sweep_estimate_probe(e->m, &speed);
	q->memory_kib = speed.memory_kib;
	for (size_t i = 0; i < e->m->npoints; i++) {
		uint64_t kib = sweep_estimate_memory_kib(estimate, i);

		q->memory_kib = kib > q->memory_kib ? kib : q->memory_kib;
	}
	sweep_estimate_free(estimate);
	if (sweep_export_make(e, speed.events_per_second, q->seconds, q->points))
		return CMD_DONE;
	return options_fail(q->spec, CMD_SYSTEM, "out of memory");
}

/* What put() writes. The caller frees it; NULL after an error, which is told. */
static char *text_of(const struct request *q, const struct sweep_export *e,
		     void (*put)(FILE *out, const struct sweep_export *e))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out)
		put(out, e);
	if (out && fclose(out) == 0)
		return text;
	free(text);
	options_fail(q->spec, CMD_SYSTEM, "out of memory");
	return NULL;
}

/* Whole or not at all. Takes over the text, which may be NULL after an error. */
static int write_text(const struct request *q, const char *path, char *text)
{
	char why[512];
	bool ok = text && machine_write(path, text, why, sizeof(why));

	if (text && !ok)
		options_fail(q->spec, CMD_SYSTEM, "%s", why);
	free(text);
	return ok ? CMD_DONE : CMD_SYSTEM;
}

/* This program, by a path that is right elsewhere, too. */
static char *program_path(void)
{
	char *path = realpath("/proc/self/exe", NULL);

	return path ? path : strdup("pagesim");
}

/* ---- export ---------------------------------------------------------------------------- */

static int export_points(struct request *q, struct sweep_export *e)
{
	int status = make(q, e);

	if (status)
		return status;
	status = write_text(
		q, q->output ? q->output : "-",
		text_of(q, e, q->makeflow ? sweep_export_makeflow : sweep_export_commands));
	if (status == CMD_DONE && !q->quiet)
		fprintf(stderr, "pagesim sweep export: %zu points without a result, %zu %s\n",
			e->npoints, e->nchunks, q->makeflow ? "rules" : "commands");
	return status;
}

/* ---- submit ---------------------------------------------------------------------------- */

struct job {
	char *list, *script; /* files */
};

/* The list's name tells what is in it: that of an array at work is never another one's. */
static int write_list(const struct request *q, struct job *j, const struct sweep_export *e)
{
	char *text = text_of(q, e, sweep_export_list), digest[33];

	if (!text)
		return CMD_SYSTEM;
	result_digest_text(text, strlen(text), digest);
	if (asprintf(&j->list, "%s/slurm-%.8s.list", e->dir, digest) < 0) {
		j->list = NULL;
		free(text);
		return options_fail(q->spec, CMD_SYSTEM, "out of memory");
	}
	return write_text(q, j->list, text);
}

static int write_script(const struct request *q, struct job *j, const struct sweep_export *e)
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
		return write_text(q, j->script, text);
	free(text);
	return options_fail(q->spec, CMD_SYSTEM, "out of memory");
}

static int start_sbatch(const struct request *q, char *script)
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

static int submit_points(struct request *q, struct sweep_export *e)
{
	struct job j = { NULL, NULL };
	int status = make(q, e);

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

/* ---- both ------------------------------------------------------------------------------ */

static int go(struct request *q, const char *dir, bool absolute,
	      int (*act)(struct request *q, struct sweep_export *e))
{
	char *program = program_path(), *whole = absolute ? realpath(dir, NULL) : strdup(dir);
	int status = CMD_DONE;
	struct sweep_export e = { .program = program };

	e.m = cmd_sweep_open(q->spec, dir, &status);
	e.dir = whole;
	if (e.m && (!program || !whole))
		status = options_fail(q->spec, CMD_SYSTEM, "out of memory");
	else if (e.m)
		status = act(q, &e);
	sweep_export_free(&e);
	sweep_manifest_free((struct sweep_manifest *)(uintptr_t)e.m);
	free(program);
	free(whole);
	return status;
}

int cmd_sweep_export(int argc, char **argv)
{
	struct request q = { .spec = &export_spec, .seconds = CHUNK_SECONDS };
	struct options_result o = options_parse(&export_spec, argc, argv, set_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status : go(&q, o.operands[0], !q.makeflow, export_points);
}

int cmd_sweep_submit(int argc, char **argv)
{
	struct request q = { .spec = &submit_spec, .seconds = CHUNK_SECONDS };
	struct options_result o = options_parse(&submit_spec, argc, argv, set_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status : go(&q, o.operands[0], true, submit_points);
}
