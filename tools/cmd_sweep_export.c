/* pagesim sweep export: points for machines that others hand out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/cmd_sweep_export.h"
#include "tools/sweep_estimate.h"
#include "tools/whole_file.h"

#define MOST_CHUNK (UINT64_C(7) * 86400 * 1000000000)

static const struct options_row rows[] = {
	{ "commands", 0, NULL, "a command a line, for xargs, parallel and the like (default)" },
	{ "makeflow", 0, NULL, "rules for makeflow" },
	{ "output", 'o', "FILE", "write it there (default: stdout)" },
	{ "chunk", 0, "TIME", "about so much work in each (default 300s)" },
	{ "points", 0, "N", "so many points in each" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep export",
	.operands = "DIR",
	.summary = "Prints what does the points of a folder that have no result, in chunks of "
		   "about equal time,\n"
		   "for whatever starts processes on other machines that see the folder.",
	.rows = rows,
	.examples = "  pagesim sweep export /shared/wm --points 10 | parallel -S host1,host2\n"
		    "  pagesim sweep export /shared/wm --makeflow -o wm.makeflow\n",
	.min_operands = 1,
	.max_operands = 1,
};

static bool set_number(struct cmd_sweep_export_request *q, const char *name, const char *value,
		       uint64_t *out)
{
	if (conf_parse_u64(value, out) && *out >= 1 && *out <= 1000000)
		return true;
	options_fail(q->spec, CMD_USAGE, "--%s should be 1 to 1000000, not '%s'", name,
		     options_short(value).text);
	return false;
}

bool cmd_sweep_export_option(void *ctx, const struct options_row *row, const char *value)
{
	struct cmd_sweep_export_request *q = ctx;
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
int cmd_sweep_export_make(struct cmd_sweep_export_request *q, struct sweep_export *e)
{
	struct sweep_estimate *estimate = sweep_estimate_new(e->m);
	struct sweep_estimate_speed speed = { 0 };

	if (!estimate)
		return options_fail(q->spec, CMD_SYSTEM, "out of memory");
	/* A batch system wants to know the time also of chunks that are counted. */
	if (!q->points || q->always_measured)
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
char *cmd_sweep_export_text(const struct cmd_sweep_export_request *q,
			    const struct sweep_export *e,
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
int cmd_sweep_export_write(const struct cmd_sweep_export_request *q, const char *path,
			   char *text)
{
	char why[512];
	bool ok = text && whole_file_write(path, text, why, sizeof(why));

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

static int export_points(struct cmd_sweep_export_request *q, struct sweep_export *e)
{
	int status = cmd_sweep_export_make(q, e);

	if (status)
		return status;
	status = cmd_sweep_export_write(
		q, q->output ? q->output : "-",
		cmd_sweep_export_text(
			q, e, q->makeflow ? sweep_export_makeflow : sweep_export_commands));
	if (status == CMD_DONE && !q->quiet)
		fprintf(stderr, "pagesim sweep export: %zu points without a result, %zu %s\n",
			e->npoints, e->nchunks, q->makeflow ? "rules" : "commands");
	return status;
}

/* ---- both ------------------------------------------------------------------------------ */

int cmd_sweep_export_go(struct cmd_sweep_export_request *q, const char *dir, bool absolute,
			int (*act)(struct cmd_sweep_export_request *q, struct sweep_export *e))
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
	struct cmd_sweep_export_request q = { .spec = &spec,
					      .seconds = CMD_SWEEP_EXPORT_SECONDS };
	struct options_result o = options_parse(&spec, argc, argv, cmd_sweep_export_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status
		       : cmd_sweep_export_go(&q, o.operands[0], !q.makeflow, export_points);
}
