/*
 * pagesim report: results as one HTML page.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/report.h"
#include "tools/result_read.h"

static const struct options_row rows[] = {
	{ "out", 'o', "FILE", "the page, - for stdout; report.html when not given" },
	{ "title", 0, "TEXT", "its title; without it, the results' names" },
	{ "no-files", 0, NULL,
	  "keep nothing beside the page; without this report.files/ (of report.html)\n"
	  "has the scripts and numbers of the plots, and each result's scenario" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "report",
	.operands = "DIR...",
	.summary = "Writes results that `pagesim run --out DIR` left as one HTML page: what "
		   "happened in\nwords, tables and plots. Several are drawn over each other. "
		   "Plots are drawn by gnuplot\n(package gnuplot-nox).",
	.rows = rows,
	.examples = "  # a result as a page\n"
		    "  pagesim report results/vm-fragment -o report.html\n"
		    "  # two results in one page\n"
		    "  pagesim report results/a results/b -o both.html\n",
	.min_operands = 1,
	.max_operands = REPORT_MOST,
};

/* What the command line asks for. */
struct request {
	const char *out;
	struct report_options options;
};

/* Of each operand. */
struct operand {
	struct result_read result;
	struct sim_hist_log log;
	bool has_log;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "out") == 0)
		q->out = value;
	else if (strcmp(row->name, "title") == 0)
		q->options.title = value;
	else
		q->options.no_files = true;
	return true;
}

static int read_operand(const char *path, struct operand *o)
{
	struct result_read_error err;

	if (!result_read_open(path, &o->result, &err) ||
	    !result_read_log(&o->result, &o->log, &o->has_log, &err))
		return options_fail(&spec, err.status, "%s", err.text);
	return CMD_DONE;
}

static void close_operand(struct operand *o)
{
	sim_hist_log_free(&o->log);
	result_read_close(&o->result);
}

/* A result is called as its folder is, without what lies above it. */
static const char *name_of(char *path)
{
	static const char file[] = "/result.json";
	size_t length = strlen(path), end = strlen(file);
	char *slash;

	if (length > end && strcmp(path + length - end, file) == 0)
		path[length -= end] = '\0';
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static int write_page(const struct request *q, const struct options_result *o,
		      const struct operand *operands)
{
	struct report_input in[REPORT_MOST];
	char text[1280];

	for (int i = 0; i < o->noperands; i++)
		in[i] = (struct report_input){
			.name = name_of(o->operands[i]),
			.result = operands[i].result.json,
			.log = operands[i].has_log ? &operands[i].log : NULL,
			.folder = operands[i].result.folder,
		};
	if (!report_write(q->out, in, (unsigned)o->noperands, &q->options, text, sizeof(text)))
		return options_fail(&spec, CMD_SYSTEM, "%s", text);
	if (!o->quiet && strcmp(q->out, "-") != 0)
		printf("Report: %s\n", q->out);
	return CMD_DONE;
}

int cmd_report(int argc, char **argv)
{
	struct request q = { .out = "report.html" };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &q);
	struct operand operands[REPORT_MOST] = { 0 };
	int status = CMD_DONE;

	if (o.ended)
		return o.status;
	for (int i = 0; status == CMD_DONE && i < o.noperands; i++)
		status = read_operand(o.operands[i], &operands[i]);
	if (status == CMD_DONE)
		status = write_page(&q, &o, operands);
	for (int i = 0; i < o.noperands; i++)
		close_operand(&operands[i]);
	return status;
}
