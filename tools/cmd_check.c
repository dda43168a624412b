/*
 * pagesim check: a result against its baseline.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/baseline.h"
#include "tools/check.h"
#include "tools/cmd.h"
#include "tools/metric_print.h"
#include "tools/options.h"
#include "tools/run.h"
#include "tools/whole_file.h"

static const struct options_row rows[] = {
	{ "baseline", 'b', "PATH", "the result to compare with: a folder or a result.json" },
	{ "rules", 'r', "FILE", "what may differ, how much, and why (YAML)" },
	{ "junit", 0, "FILE",
	  "write the verdict as JUnit XML, - for stdout and nothing else there" },
	{ "json", 0, NULL, "print everything that differs as JSON" },
	{ "all", 'a', NULL, "print all that differs, not only the first" },
	{ "update", 0, NULL, "say what differs, then make the result the baseline" },
	{ "different-inputs", 0, NULL,
	  "compare results of other traces, machines, kernels, too" },
	{ "list", 0, NULL, "print the figures of a result with their names" },
	{ "kinds", 0, NULL, "print which names there are, as docs/metrics.md has them" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "check",
	.operands = "RESULT",
	.summary =
		"Compares a result with its baseline: without rules every difference is a "
		"finding,\nwith rules what none allows. RESULT is a folder that 'pagesim run "
		"--out' left, a\nresult.json, or - for stdin. Exit status: 0 the same or "
		"within "
		"rules, 1 different,\n2 cannot be compared.",
	.rows = rows,
	.examples = "  # is it what it was?\n"
		    "  pagesim run configs/scenarios/vm-fragment.yaml --out now\n"
		    "  pagesim check --baseline configs/baselines/vm-fragment now\n"
		    "  # some figures may move, for a reason; CI reads the verdict\n"
		    "  pagesim check -b configs/baselines/vm-fragment now \\\n"
		    "      --rules configs/rules/latency.yaml --junit check.xml\n"
		    "  # the change is meant: take it over, and see what it was\n"
		    "  pagesim check -b configs/baselines/vm-fragment now --update\n"
		    "  # what rules can be about\n"
		    "  pagesim check --list now\n",
	.min_operands = 0,
	.max_operands = 1,
};

struct request {
	const char *baseline, *rules, *junit, *result;
	bool json, all, update, different, list, kinds, quiet;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;
	const struct {
		const char *name;
		const char **text;
		bool *flag;
	} options[] = {
		{ "baseline", &q->baseline, NULL },
		{ "rules", &q->rules, NULL },
		{ "junit", &q->junit, NULL },
		{ "json", NULL, &q->json },
		{ "all", NULL, &q->all },
		{ "update", NULL, &q->update },
		{ "different-inputs", NULL, &q->different },
		{ "list", NULL, &q->list },
		{ "kinds", NULL, &q->kinds },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, row->name) != 0)
			continue;
		if (options[i].text)
			*options[i].text = value;
		else
			*options[i].flag = true;
	}
	return true;
}

/* Stdin or stdout. */
static bool is_dash(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* ---- listing --------------------------------------------------------------------------- */

static int list_figures(const struct request *q)
{
	struct result_read r;
	struct result_read_error err;
	struct metric_list *list;

	if (!result_read_open(q->result, &r, &err))
		return options_fail(&spec, CMD_USAGE, "%s", err.text);
	list = metric_list_new(r.json);
	result_read_close(&r);
	if (!list)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	if (q->json)
		metric_print_json(stdout, list);
	else
		metric_print_text(stdout, list);
	metric_list_free(list);
	return CMD_DONE;
}

/* ---- reports --------------------------------------------------------------------------- */

static int write_junit(const struct request *q, const struct check *c, const char *why)
{
	char *xml = NULL, text[512];
	size_t size;
	FILE *out = q->junit ? open_memstream(&xml, &size) : NULL;
	bool ok;

	if (!q->junit)
		return CMD_DONE;
	if (out && c)
		check_junit(out, c, q->baseline);
	else if (out)
		check_junit_error(out, q->baseline, why);
	ok = out && fclose(out) == 0;
	if (!ok)
		snprintf(text, sizeof(text), "out of memory");
	ok = ok && whole_file_write(q->junit, xml, text, sizeof(text));
	free(xml);
	return ok ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "%s", text);
}

/* Whatever it was: there is no verdict. */
static int cannot(const struct request *q, const char *why)
{
	int status = write_junit(q, NULL, why);

	options_fail(&spec, CMD_USAGE, "%s", why);
	return status ? status : CMD_USAGE;
}

static int tell(const struct request *q, const struct check *c)
{
	json_t *json;
	bool ok;

	if (q->json) {
		json = check_json(c);
		ok = json && run_write_json(stdout, json);
		json_decref(json);
		if (!ok)
			return options_fail(&spec, CMD_SYSTEM, "cannot write the results");
	} else if (!is_dash(q->junit) && (!q->quiet || check_differs(c))) {
		check_text(stdout, c, q->all);
	}
	return write_junit(q, c, NULL);
}

/* ---- comparing ------------------------------------------------------------------------- */

static int update(const struct request *q, const struct check_side *now)
{
	char text[1024];

	if (!baseline_write(q->baseline, &now->result, text, sizeof(text)))
		return options_fail(&spec, CMD_SYSTEM, "%s", text);
	if (!q->quiet && !q->json)
		printf("Baseline  %s is this result now\n", q->baseline);
	return CMD_DONE;
}

static int compare(const struct request *q, const struct check_side *was,
		   const struct check_side *now, struct check_rules *rules)
{
	struct check_error err;
	struct check c;
	int status;

	if (!check_make(&c, was, now, rules, q->different, &err)) {
		check_free(&c);
		return cannot(q, err.text);
	}
	status = tell(q, &c);
	if (status == CMD_DONE && q->update && (check_differs(&c) || !c.same || c.inputs.n))
		status = update(q, now);
	else if (status == CMD_DONE && !q->update && check_differs(&c))
		status = CMD_FINDING;
	check_free(&c);
	return status;
}

static int with_rules(const struct request *q, const struct check_side *was,
		      const struct check_side *now)
{
	struct check_rules *rules;
	struct conf_error err = { .text = "" };
	int status;

	if (!q->rules)
		return compare(q, was, now, NULL);
	rules = check_rules_open(q->rules, was->result.clock_mhz, &err);
	if (!rules)
		return cannot(q, err.text);
	status = compare(q, was, now, rules);
	check_rules_close(rules);
	return status;
}

/* The first baseline of a scenario. */
static bool is_new(const struct request *q)
{
	struct stat st;

	return q->update && stat(q->baseline, &st) != 0 && errno == ENOENT;
}

static int check_result(const struct request *q)
{
	struct check_side was, now;
	struct check_error err;
	int status;

	if (!check_side_open(&now, q->result, &err))
		return cannot(q, err.text);
	if (is_new(q)) {
		status = update(q, &now);
	} else if (!check_side_open(&was, q->baseline, &err)) {
		status = cannot(q, err.text);
	} else {
		status = with_rules(q, &was, &now);
		check_side_close(&was);
	}
	check_side_close(&now);
	return status;
}

/* ---- options --------------------------------------------------------------------------- */

static int usage(const struct request *q)
{
	struct stat st;

	if (!q->result)
		return options_fail(&spec, CMD_USAGE,
				    "RESULT is missing (see 'pagesim check --help')");
	if (q->list)
		return CMD_DONE;
	if (!q->baseline)
		return options_fail(&spec, CMD_USAGE,
				    "--baseline is missing (see 'pagesim check --help')");
	if (is_dash(q->baseline) + is_dash(q->result) + is_dash(q->rules) > 1)
		return options_fail(&spec, CMD_USAGE, "only one file can be stdin");
	if (q->json && is_dash(q->junit))
		return options_fail(&spec, CMD_USAGE, "--json and --junit - both want stdout");
	if (q->update &&
	    (is_dash(q->baseline) || (stat(q->baseline, &st) == 0 && !S_ISDIR(st.st_mode))))
		return options_fail(&spec, CMD_USAGE, "--update wants a folder as --baseline");
	return CMD_DONE;
}

int cmd_check(int argc, char **argv)
{
	struct request q = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &q);
	int status;

	if (o.ended)
		return o.status;
	if (q.kinds) {
		metric_print_kinds(stdout);
		return CMD_DONE;
	}
	q.quiet = o.quiet;
	q.result = o.noperands ? o.operands[0] : NULL;
	status = usage(&q);
	if (status != CMD_DONE)
		return status;
	return q.list ? list_figures(&q) : check_result(&q);
}
