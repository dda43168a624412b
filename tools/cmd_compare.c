/*
 * pagesim compare: results or scenarios side by side.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/compare.h"
#include "tools/compare_plan.h"
#include "tools/compare_report.h"
#include "tools/compare_runs.h"
#include "tools/options.h"
#include "tools/run.h"

static const struct options_row rows[] = {
	{ "with", 'w', "SETTINGS",
	  "the first scenario once more, changed: settings as of --set, with\n"
	  "blanks between them; 'NAME: SETTINGS' names it; each --with is a\n"
	  "side of its own" },
	{ "kernels", 'k', "LIST", "a side for each of these kernels, e.g. 2.4,4.12" },
	{ "trace", 't', "FILE", "the trace of every scenario" },
	{ "machine", 'm', "FILE", "the machine of every scenario" },
	{ "set", 's', "KEY=VALUE", "a setting of every scenario, as of pagesim run" },
	{ "jobs", 'j', "N", "runs at a time (default: as many as there are CPUs)" },
	{ "out", 0, "DIR", "keep the results of the runs there, a folder each" },
	{ "report", 'o', "FILE",
	  "the same as a page of pagesim report, all sides drawn over each other\n"
	  "(at most 8, by gnuplot); - for stdout, in place of the text" },
	{ "all", 'a', NULL, "every figure that differs, every sentence" },
	{ "json", 0, NULL, "the same as JSON" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "compare",
	.operands = "[A] [B...]",
	.summary = "Puts results side by side: what stands out in words, and a table of the "
		   "figures that\ndiffer. Each of A, B, ... is a scenario (.yaml), which is "
		   "run, or the folder or\nresult.json of a run that was. The first one is "
		   "what the others are compared with.",
	.rows = rows,
	.examples =
		"  # two kernels on one trace and one machine\n"
		"  pagesim compare --trace traces/samples/hog.pgt \\\n"
		"      --machine configs/machines/tiny.yaml --kernels 2.4,4.12\n"
		"  # a scenario and two changes of it\n"
		"  pagesim compare configs/scenarios/pressure-4.12.yaml \\\n"
		"      --with vm.min_free_kbytes=2MiB \\\n"
		"      --with 'both: vm.min_free_kbytes=2MiB vm.watermark_scale_factor=100'\n"
		"  # results that are there\n"
		"  pagesim compare results/monday results/tuesday\n"
		"  # the same as a page with plots\n"
		"  pagesim compare results/monday results/tuesday -o report.html\n",
	.min_operands = 0,
	.max_operands = COMPARE_SIDES,
};

struct request {
	struct compare_plan plan;
	const char *page; /* NULL = none */
	bool all, json, quiet;
};

static bool add_words(struct compare_plan *plan, enum compare_plan_list list, const char *value)
{
	if (compare_plan_add(plan, list, value))
		return true;
	options_fail(&spec, CMD_USAGE, "at most %d of '%s'", COMPARE_SIDES,
		     options_short(value).text);
	return false;
}

static bool set_jobs(struct compare_plan *plan, const char *value)
{
	uint64_t jobs;

	if (conf_parse_u64(value, &jobs) && jobs >= 1 && jobs <= 1024) {
		plan->jobs = (unsigned)jobs;
		return true;
	}
	options_fail(&spec, CMD_USAGE, "--jobs %s: it should be 1 to 1024",
		     options_short(value).text);
	return false;
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "with") == 0)
		return add_words(&q->plan, COMPARE_PLAN_WITH, value);
	if (strcmp(row->name, "set") == 0)
		return add_words(&q->plan, COMPARE_PLAN_SET, value);
	if (strcmp(row->name, "jobs") == 0)
		return set_jobs(&q->plan, value);
	if (strcmp(row->name, "kernels") == 0)
		q->plan.kernels = value;
	else if (strcmp(row->name, "trace") == 0)
		q->plan.trace = value;
	else if (strcmp(row->name, "machine") == 0)
		q->plan.machine = value;
	else if (strcmp(row->name, "out") == 0)
		q->plan.out = value;
	else if (strcmp(row->name, "report") == 0)
		q->page = value;
	else if (strcmp(row->name, "all") == 0)
		q->all = true;
	else
		q->json = true;
	return true;
}

static int tell_text(const struct request *q, const struct compare *c)
{
	json_t *json;
	bool ok;

	if (q->page && strcmp(q->page, "-") == 0)
		return CMD_DONE;
	if (!q->json)
		return compare_print_text(stdout, c, q->all)
			       ? CMD_DONE
			       : options_fail(&spec, CMD_SYSTEM, "out of memory");
	json = compare_print_json(c);
	ok = json && run_write_json(stdout, json);
	json_decref(json);
	return ok ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "cannot write the results");
}

/* The page comes last: where it fails, what long runs were for has been told. */
static int tell(const struct request *q, const struct compare *c)
{
	struct compare_report_error err;
	int status = tell_text(q, c);

	if (status != CMD_DONE || !q->page)
		return status;
	if (!compare_report(q->page, c, q->all, &err))
		return options_fail(&spec, err.status, "%s", err.text);
	if (!q->quiet && !q->json && strcmp(q->page, "-") != 0)
		printf("\nReport: %s\n", q->page);
	return CMD_DONE;
}

static int read_side(const struct compare_plan *plan, const struct compare_plan_side *from,
		     struct compare_side *to)
{
	struct result_read_error err;

	if (!result_read_open(from->result, &to->result, &err))
		return options_fail(&spec, err.status, "%s", err.text);
	snprintf(to->label, sizeof(to->label), "%s", from->label);
	to->passing = from->run && !plan->out;
	to->metrics = metric_list_new(to->result.json);
	return to->metrics ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "out of memory");
}

/* The sides that are runs, or those that are results. */
static int read_sides(const struct compare_plan *plan, struct compare *c, bool runs)
{
	int status = CMD_DONE;

	for (unsigned i = 0; status == CMD_DONE && i < plan->nsides; i++)
		if (plan->sides[i].run == runs)
			status = read_side(plan, &plan->sides[i], &c->sides[i]);
	return status;
}

/* Results that are there are read before anything is run: a damaged one costs no time. */
static int compare_sides(struct request *q, struct compare *c)
{
	struct compare_runs_error err;
	int status;

	c->nsides = q->plan.nsides;
	status = read_sides(&q->plan, c, false);
	if (status == CMD_DONE && !compare_plan_run(&q->plan, &err))
		status = options_fail(&spec, err.status, "%s", err.text);
	if (status == CMD_DONE)
		status = read_sides(&q->plan, c, true);
	if (status == CMD_DONE && !compare_rows(c))
		status = options_fail(&spec, CMD_SYSTEM, "out of memory");
	return status == CMD_DONE ? tell(q, c) : status;
}

static int compare(struct request *q)
{
	struct compare *c = calloc(1, sizeof(*c));
	int status;

	if (!c)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	status = compare_sides(q, c);
	compare_free(c);
	free(c);
	return status;
}

/* What is known to fail is said before anything is run. */
static int check_page(const struct request *q)
{
	if (q->page && q->plan.nsides > REPORT_MOST)
		return options_fail(&spec, CMD_USAGE, "a page has room for %d results, not %u",
				    REPORT_MOST, q->plan.nsides);
	if (q->page && q->json && strcmp(q->page, "-") == 0)
		return options_fail(&spec, CMD_USAGE, "--report - and --json both want stdout");
	return CMD_DONE;
}

int cmd_compare(int argc, char **argv)
{
	struct request q = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &q);
	struct compare_runs_error err;
	int status = o.status;

	if (!o.ended) {
		q.quiet = o.quiet;
		status = compare_plan_make(&q.plan, o.operands, o.noperands, &err)
				 ? check_page(&q)
				 : options_fail(&spec, err.status, "%s", err.text);
		if (status == CMD_DONE)
			status = compare(&q);
	}
	compare_plan_free(&q.plan);
	return status;
}
