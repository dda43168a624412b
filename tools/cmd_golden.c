/* pagesim golden: replays files with a kernel's own answers and compares every line. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/gold.h"
#include "tools/options.h"
#include "traces/trace_scan.h"

static const struct options_row rows[] = {
	{ "json", 0, NULL, "print the result as JSON" },
	{ "check", 0, "N",
	  "audit the kernel's invariants after every N lines, and at the end: slow" },
	{ "verbose", 'v', NULL, "say on stderr how long it took" },
	{ 0 },
};

static const struct options_spec spec = {
	.command = "golden",
	.operands = "FILE...",
	.summary = "Replays \"pagegold\" files, requests and frees with the answers that the "
		   "kernel's own\n"
		   "functions gave, and compares every line with what the model answers. "
		   "Prints the first\n"
		   "difference of each file. Exit status 0: all agree, 1: a difference, or an "
		   "invariant\n"
		   "that does not hold, 3: a bad file.",
	.rows = rows,
	.examples = "  # all golden files of both kernels\n"
		    "  pagesim golden tests/golden/2.4.0/*.zst tests/golden/4.12.0/*.zst\n"
		    "  # one from a pipe\n"
		    "  zstd -dc a1.gold.zst | pagesim golden -\n",
	.min_operands = 1,
	.max_operands = -1,
};

struct golden {
	bool json, verbose, quiet;
	uint64_t check; /* lines between audits, 0 = none */
	uint64_t files, operations, lines;
	json_t *differences;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct golden *golden = ctx;

	if (strcmp(row->name, "check") == 0) {
		if (!trace_scan_whole(value, UINT64_MAX, &golden->check) || !golden->check)
			return options_fail(&spec, CMD_USAGE,
					    "--check is a number of lines, not '%s'",
					    options_short(value).text),
			       false;
	} else if (strcmp(row->name, "json") == 0)
		golden->json = true;
	else
		golden->verbose = true;
	return true;
}

static int finding(struct golden *golden, const char *name, uint64_t line, const char *expected,
		   const char *got)
{
	if (golden->json)
		json_array_append_new(golden->differences,
				      json_pack("{s:s, s:I, s:s, s:s}", "file", name, "line",
						(json_int_t)line, "expected", expected, "got",
						got));
	else
		printf("%s:%" PRIu64 ": expected \"%s\", got \"%s\"\n", name, line, expected,
		       got);
	return CMD_FINDING;
}

/* An audit behind the present line. */
static int audit(struct golden *golden, const struct gold *r, const struct pagegold *g)
{
	char text[300];

	if (gold_check(r, text, sizeof(text)))
		return CMD_DONE;
	return finding(golden, pagegold_name(g), pagegold_line_number(g), "every invariant",
		       text);
}

static int complain(const struct pagegold_error *err)
{
	return options_fail(&spec, err->system ? CMD_SYSTEM : CMD_BAD_DATA, "%s", err->text);
}

static int compare_claims(struct golden *golden, struct gold *r, const struct pagegold *g,
			  const struct pagegold_claim *claims, unsigned n)
{
	char answer[GOLD_ANSWER];
	struct pagegold_error err = { 0 };

	for (unsigned i = 0; i < n; i++) {
		switch (gold_header_line(r, claims[i].text, answer, &err)) {
		case GOLD_AGREES:
			golden->lines++;
			break;
		case GOLD_NOTHING:
			break;
		case GOLD_DIFFERS:
			golden->lines++;
			return finding(golden, pagegold_name(g), claims[i].line, claims[i].text,
				       answer);
		case GOLD_BAD:
			return options_fail(&spec, CMD_BAD_DATA, "%s:%" PRIu64 ": %s",
					    pagegold_name(g), claims[i].line, err.text);
		}
	}
	return CMD_DONE;
}

static int compare_lines(struct golden *golden, struct gold *r, struct pagegold *g)
{
	char answer[GOLD_ANSWER];
	struct pagegold_error err;
	const char *line;

	while ((line = pagegold_line(g, &err))) {
		enum gold_outcome outcome = gold_line(r, g, line, answer, &err);

		golden->lines += outcome == GOLD_AGREES || outcome == GOLD_DIFFERS;
		if (outcome == GOLD_DIFFERS)
			return finding(golden, pagegold_name(g), pagegold_line_number(g), line,
				       answer);
		if (outcome == GOLD_BAD)
			return complain(&err);
		if (golden->check && pagegold_line_number(g) % golden->check == 0 &&
		    audit(golden, r, g) != CMD_DONE)
			return CMD_FINDING;
	}
	if (*err.text)
		return complain(&err);
	return golden->check ? audit(golden, r, g) : CMD_DONE;
}

static int replay(struct golden *golden, struct pagegold *g, const struct pagegold_header *h)
{
	struct pagegold_error err;
	struct gold *r = gold_new(g, h, &err);
	int status;

	if (!r)
		return complain(&err);
	status = compare_claims(golden, r, g, h->params, h->nparams);
	if (status == CMD_DONE)
		status = compare_claims(golden, r, g, h->derived, h->nderived);
	if (status == CMD_DONE)
		status = compare_lines(golden, r, g);
	golden->operations += gold_operations(r);
	gold_free(r);
	return status;
}

static int replay_file(struct golden *golden, const char *path)
{
	struct pagegold_header h;
	struct pagegold_error err;
	struct pagegold *g = pagegold_open(path, &err);
	int status;

	if (!g)
		return complain(&err);
	golden->files++;
	status = pagegold_header_read(g, &h, &err) ? replay(golden, g, &h) : complain(&err);
	pagegold_header_free(&h);
	pagegold_close(g);
	return status;
}

static void print_json(const struct golden *golden)
{
	json_t *result =
		json_pack("{s:I, s:I, s:I, s:O}", "files", (json_int_t)golden->files,
			  "operations", (json_int_t)golden->operations, "lines",
			  (json_int_t)golden->lines, "differences", golden->differences);

	json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(result);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void print_text(const struct golden *golden, int status)
{
	const char *what = status == CMD_DONE      ? "all agree"
			   : status == CMD_FINDING ? "not all agree"
						   : "not all could be read";

	printf("%" PRIu64 " file%s, %" PRIu64 " operation%s, %" PRIu64 " line%s compared: %s\n",
	       golden->files, plural(golden->files), golden->operations,
	       plural(golden->operations), golden->lines, plural(golden->lines), what);
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

int cmd_golden(int argc, char **argv)
{
	struct golden golden = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &golden);
	struct timespec start;
	int status = CMD_DONE;

	if (o.ended)
		return o.status;
	clock_gettime(CLOCK_MONOTONIC, &start);
	golden.differences = json_array();
	for (int i = 0; i < o.noperands; i++) {
		int one = replay_file(&golden, o.operands[i]);

		status = one > status ? one : status;
	}
	if (golden.json)
		print_json(&golden);
	else if (!o.quiet)
		print_text(&golden, status);
	json_decref(golden.differences);
	if (golden.verbose || (isatty(STDERR_FILENO) && !o.quiet))
		fprintf(stderr, "%.2f s\n", seconds_since(&start));
	return status;
}
