/* pagesim verify: recordings of a real kernel, replayed operation by operation. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/verify.h"
#include "tools/verify_facts.h"
#include "tools/verify_free_report.h"
#include "tools/verify_free_svg.h"
#include "traces/trace_scan.h"

static const struct options_row rows[] = {
	{ "guided", 0, NULL,
	  "the recorded operations run through the model, which chooses pages,\n"
	  "lists, drain order, types and counters (this is what it does if nothing\n"
	  "is said)" },
	{ "predict", 0, NULL,
	  "only requests and frees are given, the model decides everything; prints how\n"
	  "often it was right (a wrong guess is no finding)" },
	{ "free", 0, NULL,
	  "the recording's workload runs under the model's own reclaim, swap,\n"
	  "compaction and OOM killer; counters against the recorded kernel's" },
	{ "set", 's', "KEY=VALUE",
	  "with --free: any value of a scenario, e.g. vm.watermark_scale_factor=100" },
	{ "runs", 0, "N",
	  "with --free: replay N times, on clocks that differ by half a per cent, and\n"
	  "take the medians (9)" },
	{ "workload", 0, "FILE", "with --free: keep the workload as a trace there" },
	{ "late", 0, "PID=MS", "with --free: that task does everything so much later" },
	{ "untraced", 0, "NS",
	  "with --free: the workload as it is without tracing, which took NS for each\n"
	  "recorded event" },
	{ "pauses", 0, "EVERY,FOR",
	  "with --free: writes to the swap disk stand still for FOR ms of each EVERY" },
	{ "buffers-stay", 0, NULL,
	  "with --free: buffers of files' pages are in use, reclaim cannot free them" },
	{ "bands", 0, "FILE",
	  "with --free: what several runs of the real kernel counted under some\n"
	  "settings (CSV); the setting given with --set, or else each of them in turn,\n"
	  "has to lie inside, and to be ordered as the real kernel's are" },
	{ "svg", 0, "FILE", "with --bands: a picture of it" },
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
		    "  pagesim verify tests/recorded/4.12.0/*.pgt tests/recorded/facts/*.zst\n"
		    "  # its workload under the model's own reclaim, swap and compaction\n"
		    "  pagesim verify --free tests/recorded/4.12.0/w3_pressure_swap_thp.pgt\n"
		    "  # what if: other watermarks, held against eight runs of the real kernel "
		    "each\n"
		    "  pagesim verify --free tests/recorded/whatif/full_scale10.pgt \\\n"
		    "      --bands tests/recorded/whatif/spread.csv --svg whatif.svg\n",
	.min_operands = 1,
	.max_operands = -1,
};

#define MOST_SETS 32

struct request {
	bool json, quiet, free, buffers_stay;
	const char *sets[MOST_SETS], *workload, *bands_path, *svg;
	struct verify_free_bands bands;
	unsigned nsets, runs, late_pid, late_ms, untraced_ns, pause_every_ms, pause_ms;
	enum verify_mode mode;
	json_t *results;
};

#define MOST_OF_A_PAIR 1000000

/* "A=B" or "A,B", of small numbers. */
static bool pair(const char *name, const char *value, char between, unsigned *a, unsigned *b)
{
	const char *at = value;
	uint64_t first, second;

	if (!trace_scan_number(&at, 10, MOST_OF_A_PAIR, &first) || *at++ != between ||
	    !trace_scan_whole(at, MOST_OF_A_PAIR, &second))
		return options_fail(&spec, CMD_USAGE,
				    "--%s is two numbers with '%c' between, not '%s'", name,
				    between, options_short(value).text),
		       false;
	*a = (unsigned)first;
	*b = (unsigned)second;
	return true;
}

static bool number(const char *name, const char *value, unsigned most, unsigned *to)
{
	uint64_t n;

	if (!trace_scan_whole(value, most, &n) || n < 1)
		return options_fail(&spec, CMD_USAGE, "--%s is 1 to %u, not '%s'", name, most,
				    options_short(value).text),
		       false;
	*to = (unsigned)n;
	return true;
}

static bool set_pauses(struct request *q, const char *value)
{
	if (!pair("pauses", value, ',', &q->pause_every_ms, &q->pause_ms))
		return false;
	if (q->pause_ms && q->pause_ms >= q->pause_every_ms)
		return options_fail(
			       &spec, CMD_USAGE,
			       "--pauses: a pause of %u ms is not shorter than the %u ms it "
			       "comes in",
			       q->pause_ms, q->pause_every_ms),
		       false;
	return true;
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "json") == 0) {
		q->json = true;
	} else if (strcmp(row->name, "predict") == 0) {
		q->mode = VERIFY_PREDICT;
	} else if (strcmp(row->name, "guided") == 0) {
		q->mode = VERIFY_GUIDED;
	} else if (strcmp(row->name, "workload") == 0) {
		q->workload = value;
	} else if (strcmp(row->name, "runs") == 0) {
		return number("runs", value, VERIFY_FREE_MOST_RUNS, &q->runs);
	} else if (strcmp(row->name, "untraced") == 0) {
		return number("untraced", value, MOST_OF_A_PAIR, &q->untraced_ns);
	} else if (strcmp(row->name, "late") == 0) {
		return pair("late", value, '=', &q->late_pid, &q->late_ms);
	} else if (strcmp(row->name, "pauses") == 0) {
		return set_pauses(q, value);
	} else if (strcmp(row->name, "buffers-stay") == 0) {
		q->buffers_stay = true;
	} else if (strcmp(row->name, "bands") == 0) {
		q->bands_path = value;
	} else if (strcmp(row->name, "svg") == 0) {
		q->svg = value;
	} else if (strcmp(row->name, "set") == 0) {
		if (q->nsets == MOST_SETS - 1)
			return options_fail(&spec, CMD_USAGE, "more than %u --set",
					    MOST_SETS - 1),
			       false;
		q->sets[q->nsets++] = value;
	} else {
		q->free = true;
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

static void print_share(const char *what, uint64_t n, uint64_t of)
{
	uint64_t thousandths = of ? n * 100000 / of : 0;

	if (!of) {
		printf("  no %s\n", what);
		return;
	}
	printf("  %8" PRIu64 " of %" PRIu64 " %s (%" PRIu64 ".%03" PRIu64 " %%)\n", n, of, what,
	       thousandths / 1000, thousandths % 1000);
}

static void print_hits(const struct verify *v, const struct verify_hits *h)
{
	printf("%s: %s, predicted in a row\n", v->name, v->header->name);
	print_share("frames are the recorded ones", h->frames, h->requests);
	print_share("lie in the recorded zone", h->zones, h->requests);
	printf("  %8" PRIu64 "  refused, %" PRIu64 " served that the recorded kernel refused\n",
	       h->refused, h->served);
	if (h->first_miss)
		printf("  first other frame at %" PRIu64 ": %" PRId64 " instead of %" PRIu64
		       "\n",
		       h->first_miss, (int64_t)h->first_got, h->first_expected);
	print_share("free frames at the end are not free in the model", h->free_elsewhere,
		    h->free_frames);
	print_share("free blocks too many or too few, by order", h->blocks_off, h->blocks);
	print_share("pageblocks have another type", h->types_off, h->types);
}

static json_t *hits_json(const struct verify *v, const struct verify_hits *h)
{
	return json_pack(
		"{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"recording", v->name, "name", v->header->name, "requests",
		(json_int_t)h->requests, "frames", (json_int_t)h->frames, "zones",
		(json_int_t)h->zones, "refused", (json_int_t)h->refused, "served",
		(json_int_t)h->served, "first_miss", (json_int_t)h->first_miss, "free_frames",
		(json_int_t)h->free_frames, "free_elsewhere", (json_int_t)h->free_elsewhere,
		"blocks", (json_int_t)h->blocks, "blocks_off", (json_int_t)h->blocks_off,
		"types", (json_int_t)h->types, "types_off", (json_int_t)h->types_off);
}

static void print_ahead(const struct verify *v)
{
	const struct verify_ahead *a = &v->ahead;

	printf("%s: %s, predicted decision by decision\n", v->name, v->header->name);
	print_share("requests above the low marks go to the right zone", a->zones, a->fast);
	printf("  %8" PRIu64 "  of the others are races and %" PRIu64
	       " turns of dirty limits, which are given; %" PRIu64 " requests are slow ones\n",
	       a->races, a->turns, a->slow);
	print_share("steals that claim the pageblock, or leave it, as recorded", a->claims,
		    a->steals);
	printf("  %8" PRIu64 "  pages compared, %" PRIu64 " mismatches\n", v->pfns,
	       v->mismatches);
}

static json_t *ahead_json(const struct verify *v)
{
	const struct verify_ahead *a = &v->ahead;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "fast",
			 (json_int_t)a->fast, "zones", (json_int_t)a->zones, "races",
			 (json_int_t)a->races, "turns", (json_int_t)a->turns, "slow",
			 (json_int_t)a->slow, "steals", (json_int_t)a->steals, "claims",
			 (json_int_t)a->claims, "pages", (json_int_t)v->pfns, "mismatches",
			 (json_int_t)v->mismatches);
}

/* First each decision from the recorded state before it, then all of them in a row. */
static int predict(struct request *q, struct verify v[2])
{
	struct verify_hits hits;
	json_t *o;

	if (!verify_guided(&v[0]))
		return options_fail(&spec, v[0].error.status, "%s", v[0].error.text);
	if (v[1].error.status || !verify_predict(&v[1], &v[0], &hits))
		return options_fail(&spec, v[1].error.status, "%s", v[1].error.text);
	if (q->json) {
		o = hits_json(&v[1], &hits);
		json_object_set_new(o, "decisions", ahead_json(&v[0]));
		json_array_append_new(q->results, o);
		return CMD_DONE;
	}
	print_ahead(&v[0]);
	print_hits(&v[1], &hits);
	return CMD_DONE;
}

static int guided(struct request *q, struct verify *v)
{
	int status = CMD_DONE;

	if (!verify_guided(v) || (!v->given_up && !verify_final(v)))
		return options_fail(&spec, v->error.status, "%s", v->error.text);
	if (v->mismatches || end_differences(v))
		status = CMD_FINDING;
	if (q->json)
		json_array_append_new(q->results, result_json(v));
	else if (!q->quiet || status == CMD_FINDING)
		print_text(v);
	return status;
}

/* Predictions replay twice. */
static void open_all(const struct request *q, struct verify v[2], const char *path,
		     const char *name)
{
	v[1] = (struct verify){ 0 };
	if (verify_open(&v[0], path, name, q->mode) && q->mode == VERIFY_PREDICT)
		verify_open(&v[1], path, name, q->mode);
}

static int replay(struct request *q, struct verify v[2])
{
	int status;

	if (v[0].error.status)
		status = options_fail(&spec, v[0].error.status, "%s", v[0].error.text);
	else
		status = q->mode == VERIFY_PREDICT ? predict(q, v) : guided(q, &v[0]);
	verify_close(&v[0]);
	verify_close(&v[1]);
	return status;
}

static int free_once(struct request *q, const char *path, const char *name,
		     struct verify_free *v)
{
	const struct verify_free_request want = { .path = path,
						  .name = name,
						  .sets = q->sets,
						  .nsets = q->nsets,
						  .runs = q->runs,
						  .late_pid = (int32_t)q->late_pid,
						  .late_ms = q->late_ms,
						  .untraced_ns = q->untraced_ns,
						  .pause_every_ms = q->pause_every_ms,
						  .pause_ms = q->pause_ms,
						  .buffers_stay = q->buffers_stay,
						  .workload = q->workload };

	return verify_free(v, &want)
		       ? CMD_DONE
		       : options_fail(&spec, v->error.status, "%s", v->error.text);
}

/* Under one setting of the bands, which is given or put behind what is given. */
static int free_under(struct request *q, const char *path, const char *name,
		      struct verify_free_setting *s, bool given)
{
	struct verify_free v;
	char text[128];
	int status;

	if (!given) {
		verify_free_bands_set(s, text, sizeof(text));
		q->sets[q->nsets++] = text;
	}
	status = free_once(q, path, name, &v);
	q->nsets -= !given;
	if (status == CMD_DONE)
		verify_free_bands_take(&q->bands, s, &v);
	return status;
}

static int draw(const struct request *q)
{
	FILE *out = q->svg ? fopen(q->svg, "w") : NULL;
	bool ok;

	if (!q->svg)
		return CMD_DONE;
	ok = out && verify_free_svg(&q->bands, out);
	if (out && fclose(out) != 0)
		ok = false;
	return ok ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "%s: cannot be written", q->svg);
}

/* A real kernel's bands: each of their settings in turn, unless one of them was given. */
static int free_in_bands(struct request *q, const char *path, const char *name)
{
	struct verify_free_setting *given;
	int status = CMD_DONE;

	if (!verify_free_bands_read(&q->bands, q->bands_path))
		return options_fail(&spec, q->bands.error.status, "%s", q->bands.error.text);
	given = verify_free_bands_given(&q->bands, q->sets, q->nsets);
	if (given)
		status = free_under(q, path, name, given, true);
	for (unsigned i = 0; !given && status == CMD_DONE && i < q->bands.nsettings; i++)
		status = free_under(q, path, name, &q->bands.setting[i], false);
	if (status == CMD_DONE)
		status = draw(q);
	if (status != CMD_DONE)
		return status;
	if (q->json)
		json_array_append_new(q->results, verify_free_bands_json(&q->bands));
	else
		verify_free_bands_text(&q->bands);
	return verify_free_bands_misses(&q->bands) ? CMD_FINDING : CMD_DONE;
}

static int replay_free(struct request *q, const char *path, const char *name)
{
	struct verify_free v;
	int status;

	if (q->bands_path)
		return free_in_bands(q, path, name);
	status = free_once(q, path, name, &v);
	if (status != CMD_DONE)
		return status;
	if (q->json)
		json_array_append_new(q->results, verify_free_report_json(&v, name));
	else
		verify_free_report_text(&v, name);
	return verify_free_report_misses(&v) ? CMD_FINDING : CMD_DONE;
}

static int replay_trace(struct request *q, const char *path)
{
	struct verify v[2];

	if (q->free)
		return replay_free(q, path, path);
	open_all(q, v, path, path);
	return replay(q, v);
}

/* A folder becomes a trace first, in a file that is gone as soon as it is open. */
static int replay_folder(struct request *q, const char *folder)
{
	char dir[] = "/tmp/pagesim-verify-XXXXXX", path[sizeof(dir) + 16];
	struct trace_import_options o = { .input = folder, .output = path, .level = 1 };
	struct trace_import_report *report;
	struct trace_error err;
	struct verify v[2];
	int status = CMD_DONE;

	if (!mkdtemp(dir))
		return options_fail(&spec, CMD_SYSTEM, "no temporary folder can be made");
	snprintf(path, sizeof(path), "%s/trace.pgt", dir);
	report = trace_import(&o, &err);
	if (report && q->free)
		status = replay_free(q, path, folder);
	else if (report)
		open_all(q, v, path, folder);
	unlink(path);
	rmdir(dir);
	if (!report)
		return options_fail(&spec, (int)err.kind, "%s", err.text);
	trace_import_report_free(report);
	return q->free ? status : replay(q, v);
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
	struct request q = { .runs = VERIFY_FREE_RUNS };
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
