/* pagesim sweep plan: what a sweep is going to do, and what that takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/cmd_sweep.h"
#include "tools/sweep_estimate.h"
#include "tools/whole_file.h"

static const struct options_row rows[] = {
	{ "output", 'o', "FILE", "write the manifest there (- for stdout): one line a point" },
	{ "no-estimate", 0, NULL, "do not try points to see how fast they are" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep plan",
	.operands = "SWEEP.yaml",
	.summary = "Lists the points of a sweep (docs/sweeps.md), and says how long they will "
		   "take and how\n"
		   "much memory: a few points are tried for a moment each.",
	.rows = rows,
	.examples = "  # how many points, how long\n"
		    "  pagesim sweep plan configs/sweeps/small.yaml\n"
		    "  # the manifest alone, for other machines\n"
		    "  pagesim sweep plan configs/sweeps/small.yaml --no-estimate -o "
		    "manifest.jsonl\n",
	.min_operands = 1,
	.max_operands = 1,
};

struct request {
	const char *output;
	bool no_estimate, quiet;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "output") == 0)
		q->output = value;
	else
		q->no_estimate = true;
	return true;
}

static int write_manifest(const struct request *q, const struct sweep_plan *plan)
{
	char text[512];

	return whole_file_write(q->output, plan->text, text, sizeof(text))
		       ? CMD_DONE
		       : options_fail(&spec, CMD_SYSTEM, "%s", text);
}

static void tell_counts(FILE *out, const struct sweep_plan *plan)
{
	fprintf(out, "Points: %llu of %llu combinations", (unsigned long long)plan->points,
		(unsigned long long)plan->combinations);
	if (plan->ruled_out)
		fprintf(out, ", %llu ruled out by constraints",
			(unsigned long long)plan->ruled_out);
	if (plan->same)
		fprintf(out, ", %llu the same as others", (unsigned long long)plan->same);
	fputc('\n', out);
}

static void tell_time(FILE *out, const struct sweep_estimate_speed *s)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char one[CMD_SWEEP_TIME], all[CMD_SWEEP_TIME];

	if (s->events_per_second <= 0) {
		fprintf(out, "Time: not known, no point got anything done in a moment\n");
		return;
	}
	cmd_sweep_time((double)s->events / s->events_per_second, one);
	cmd_sweep_time((double)s->events / s->events_per_second / (double)cpus, all);
	fprintf(out, "Time: about %s on one core, %s on the %ld of this machine\n", one, all,
		cpus);
	fprintf(out,
		"      (%llu events; %u point%s, tried for a moment, did %.2f M events/s with "
		"all that belongs to it)\n",
		(unsigned long long)s->events, s->probes, s->probes == 1 ? "" : "s",
		s->events_per_second / 1e6);
}

static int estimate(FILE *out, const struct sweep_plan *plan)
{
	struct sweep_manifest_error err;
	struct sweep_manifest *m =
		sweep_manifest_parse(plan->text, plan->size, "the plan", &err);
	struct sweep_estimate *e = m ? sweep_estimate_new(m) : NULL;
	struct sweep_estimate_speed speed;
	uint64_t most = 0;

	if (!e) {
		sweep_manifest_free(m);
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	}
	sweep_estimate_probe(m, &speed);
	for (size_t i = 0; i < m->npoints; i++) {
		uint64_t kib = sweep_estimate_memory_kib(e, i);

		most = kib > most ? kib : most;
	}
	most = speed.memory_kib > most ? speed.memory_kib : most;
	tell_time(out, &speed);
	fprintf(out,
		"Memory: about %llu MiB a worker (from frames, requests and what the tried "
		"points had)\n",
		(unsigned long long)(most / 1024 + 1));
	sweep_estimate_free(e);
	sweep_manifest_free(m);
	return CMD_DONE;
}

static int go(const struct request *q, const char *path)
{
	FILE *out = q->output && strcmp(q->output, "-") == 0 ? stderr : stdout;
	struct sweep_plan plan;
	int status = cmd_sweep_make_plan(&spec, path, q->quiet, &plan);

	if (status == CMD_DONE && q->output)
		status = write_manifest(q, &plan);
	if (status == CMD_DONE && !q->quiet) {
		tell_counts(out, &plan);
		status = q->no_estimate ? CMD_DONE : estimate(out, &plan);
	}
	free(plan.text);
	return status;
}

int cmd_sweep_plan(int argc, char **argv)
{
	struct request q = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status : go(&q, o.operands[0]);
}
