/* pagesim verify: recordings of a real kernel, replayed operation by operation. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/verify.h"
#include "tools/verify_facts.h"

static const struct options_row rows[] = {
	{ "guided", 0, NULL,
	  "the recorded operations run through the model, which chooses pages,\n"
	  "lists, drain order, types and counters (this is what it does if nothing\n"
	  "is said)" },
	{ "predict", 0, NULL,
	  "only requests and frees are given, the model decides everything: not yet\n"
	  "there" },
	{ "free", 0, NULL, "free running under pressure: not yet there" },
	{ "json", 0, NULL, "print the result as JSON" },
	{ 0 },
};

static const struct options_spec spec = {
	.command = "verify",
	.operands = "RECORDING...",
	.summary =
		"Replays recordings of a real 4.12.0, which tell every operation of its page "
		"allocator, on\n"
		"the model, and compares every page and the state at the end, lists in "
		"their order. A\n"
		"RECORDING is a folder (docs/trace-import.md, \"Whole recordings\") or the "
		"trace made of it.\n"
		"Exit status 0: all agree, 1: a difference, 3: a bad recording.",
	.rows = rows,
	.examples = "  # the recordings that come with the sources\n"
		    "  pagesim verify tests/recorded/4.12.0/*.pgt tests/recorded/facts/*.zst\n",
	.min_operands = 1,
	.max_operands = -1,
};

struct request {
	bool json, quiet;
	json_t *results;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	(void)value;
	if (strcmp(row->name, "json") == 0) {
		q->json = true;
	} else if (strcmp(row->name, "guided") != 0) {
		fprintf(stderr,
			"pagesim verify: --%s is not there yet: recordings are replayed with "
			"--guided\n",
			row->name);
		return false;
	}
	return true;
}

static uint64_t end_differences(const struct verify *v)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < VERIFY_ENDS; i++)
		n += v->end_differs[i];
	return n;
}

/* ---- output ----------------------------------------------------------------------------- */

static void print_text(const struct verify *v)
{
	printf("%s: %s, %" PRIu64 " requests and frees\n", v->name, v->header->name,
	       v->requests);
	for (unsigned i = 0; i < VERIFY_KINDS; i++)
		if (v->count[i])
			printf("  %8" PRIu64 "  %s\n", v->count[i], verify_kind_names[i].text);
	printf("  %8" PRIu64 "  pages compared, %" PRIu64 " mismatches%s\n", v->pfns,
	       v->mismatches, v->given_up ? ", given up" : "");
	for (unsigned i = 0; i < VERIFY_SHOWN && i < v->mismatches; i++)
		printf("    at %" PRIu64 ": %s: expected %s, got %s\n", v->shown[i].time,
		       v->shown[i].what, v->shown[i].expected, v->shown[i].got);
	if (v->given_up)
		return;
	for (unsigned i = 0; i < VERIFY_ENDS; i++)
		printf("  %8" PRIu64 "  %s at the end, %" PRIu64 " differ\n",
		       v->end_compared[i], verify_end_names[i].text, v->end_differs[i]);
	for (unsigned i = 0; i < v->nend_shown; i++)
		printf("    %s: expected %s, got %s\n", v->end_shown[i].what,
		       v->end_shown[i].expected, v->end_shown[i].got);
}

static json_t *difference_json(const struct verify_difference *d)
{
	json_t *o = json_pack("{s:s, s:s, s:s}", "what", d->what, "expected", d->expected,
			      "got", d->got);

	if (d->time)
		json_object_set_new(o, "at", json_integer((json_int_t)d->time));
	return o;
}

static json_t *numbers_json(const uint64_t *v, const struct verify_name *names, unsigned n)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < n; i++)
		json_object_set_new(o, names[i].key, json_integer((json_int_t)v[i]));
	return o;
}

static json_t *result_json(const struct verify *v)
{
	json_t *first = json_array(), *first_end = json_array();

	for (unsigned i = 0; i < VERIFY_SHOWN && i < v->mismatches; i++)
		json_array_append_new(first, difference_json(&v->shown[i]));
	for (unsigned i = 0; i < v->nend_shown; i++)
		json_array_append_new(first_end, difference_json(&v->end_shown[i]));
	return json_pack("{s:s, s:s, s:I, s:o, s:I, s:I, s:b, s:o, s:o, s:o, s:o}", "recording",
			 v->name, "name", v->header->name, "requests", (json_int_t)v->requests,
			 "replayed", numbers_json(v->count, verify_kind_names, VERIFY_KINDS),
			 "pages", (json_int_t)v->pfns, "mismatches", (json_int_t)v->mismatches,
			 "given_up", v->given_up, "first_mismatches", first, "end_compared",
			 numbers_json(v->end_compared, verify_end_names, VERIFY_ENDS),
			 "end_differs",
			 numbers_json(v->end_differs, verify_end_names, VERIFY_ENDS),
			 "first_end_differences", first_end);
}

/* ---- one recording ---------------------------------------------------------------------- */

static int replay(struct request *q, struct verify *v)
{
	int status = CMD_DONE;

	if (v->error.status || !verify_guided(v) || (!v->given_up && !verify_final(v)))
		return options_fail(&spec, v->error.status, "%s", v->error.text);
	if (v->mismatches || end_differences(v))
		status = CMD_FINDING;
	if (q->json)
		json_array_append_new(q->results, result_json(v));
	else if (!q->quiet || status == CMD_FINDING)
		print_text(v);
	return status;
}

static int replay_trace(struct request *q, const char *path)
{
	struct verify v;
	int status;

	verify_open(&v, path, path);
	status = replay(q, &v);
	verify_close(&v);
	return status;
}

/* A folder becomes a trace first, in a file that is gone as soon as it is open. */
static int replay_folder(struct request *q, const char *folder)
{
	char dir[] = "/tmp/pagesim-verify-XXXXXX", path[sizeof(dir) + 16];
	struct trace_import_options o = { .input = folder, .output = path, .level = 1 };
	struct trace_import_report *report;
	struct trace_error err;
	struct verify v;
	int status;

	if (!mkdtemp(dir))
		return options_fail(&spec, CMD_SYSTEM, "no temporary folder can be made");
	snprintf(path, sizeof(path), "%s/trace.pgt", dir);
	report = trace_import(&o, &err);
	if (report)
		verify_open(&v, path, folder);
	unlink(path);
	rmdir(dir);
	if (!report)
		return options_fail(&spec, (int)err.kind, "%s", err.text);
	trace_import_report_free(report);
	status = replay(q, &v);
	verify_close(&v);
	return status;
}

/* ---- facts ------------------------------------------------------------------------------- */

static void print_facts(const struct verify_facts *f)
{
	printf("%s: %" PRIu64 " settings, %" PRIu64 " values derived, %" PRIu64 " differ\n",
	       f->path, f->sections, f->values, f->differs);
	for (unsigned i = 0; i < VERIFY_SHOWN && i < f->differs; i++)
		printf("    line %" PRIu64 ": %s: expected %s, got %s\n", f->shown[i].time,
		       f->shown[i].what, f->shown[i].expected, f->shown[i].got);
}

static json_t *facts_json(const struct verify_facts *f)
{
	json_t *first = json_array();

	for (unsigned i = 0; i < VERIFY_SHOWN && i < f->differs; i++)
		json_array_append_new(first, difference_json(&f->shown[i]));
	return json_pack("{s:s, s:I, s:I, s:I, s:o}", "facts", f->path, "settings",
			 (json_int_t)f->sections, "values", (json_int_t)f->values, "differs",
			 (json_int_t)f->differs, "first_differences", first);
}

static int derive(struct request *q, const char *path)
{
	struct verify_facts f;

	if (!verify_facts(&f, path))
		return options_fail(&spec, f.error.status, "%s", f.error.text);
	if (q->json)
		json_array_append_new(q->results, facts_json(&f));
	else if (!q->quiet || f.differs)
		print_facts(&f);
	return f.differs ? CMD_FINDING : CMD_DONE;
}

/* ---- all --------------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int verify_one(struct request *q, const char *path)
{
	if (is_folder(path))
		return replay_folder(q, path);
	return verify_facts_is(path) ? derive(q, path) : replay_trace(q, path);
}

int cmd_verify(int argc, char **argv)
{
	struct request q = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &q);
	int status = CMD_DONE;

	if (o.ended)
		return o.status;
	q.quiet = o.quiet;
	q.results = json_array();
	for (int i = 0; i < o.noperands; i++) {
		int one = verify_one(&q, o.operands[i]);

		status = one > status ? one : status;
	}
	if (q.json) {
		json_dumpf(q.results, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		putchar('\n');
	}
	json_decref(q.results);
	return status;
}
