#include "tools/sweep_point.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tools/cmd.h"
#include "tools/result.h"
#include "tools/run.h"
#include "tools/sweep_store.h"

/* ---- identity -------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

bool sweep_point_id(const json_t *scenario, const char *trace, const char *start, char id[33])
{
	json_t *whole = json_pack("{si so so sO}", "result_version", RESULT_VERSION, "trace",
				  text_or_null(trace), "start", text_or_null(start), "scenario",
				  (json_t *)scenario);
	bool ok = whole && result_digest_of(whole, id);

	json_decref(whole);
	return ok;
}

/* ---- running --------------------------------------------------------------------------- */

struct job {
	const struct sweep_manifest *m;
	const struct sweep_manifest_point *point;
	const char *dir;
	struct sweep_point_result *out;
};

static bool fail(struct job *j, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct job *j, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(j->out->text, sizeof(j->out->text), fmt, ap);
	va_end(ap);
	j->out->status = status;
	return false;
}

static const char *file_of(const struct job *j, size_t number)
{
	return number == SWEEP_MANIFEST_NONE ? NULL : j->m->files[number].path;
}

/* JSON is YAML: the scenario is read as any other one. */
static bool read_scenario(struct job *j, json_t *json, struct scenario *s)
{
	const char *trace = file_of(j, j->point->trace), *start = file_of(j, j->point->start);
	struct conf_error err = { .text = "" };
	struct conf_file *file;
	char *text, name[64];

	if (trace)
		json_object_set_new(json, "trace", json_string(trace));
	if (start)
		json_object_set_new(json, "start", json_string(start));
	text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	if (!text)
		return fail(j, CMD_SYSTEM, "out of memory");
	snprintf(name, sizeof(name), "point %s", j->point->id);
	file = conf_parse(text, strlen(text), name, &err);
	free(text);
	return (file && scenario_take_file(s, file, &err) && scenario_finish(s, &err)) ||
	       fail(j, cmd_conf(&err), "%s", err.text);
}

/* A program that reads the scenario differently would file its result under a wrong id. */
static bool check_id(struct job *j, const struct scenario *s)
{
	const struct sweep_manifest_point *p = j->point;
	json_t *json = scenario_json(s);
	char id[33] = "";

	json_object_del(json, "trace");
	if (p->start != SWEEP_MANIFEST_NONE)
		json_object_del(json, "start");
	sweep_point_id(
		json, p->trace == SWEEP_MANIFEST_NONE ? NULL : j->m->files[p->trace].digest,
		p->start == SWEEP_MANIFEST_NONE ? NULL : j->m->files[p->start].digest, id);
	json_decref(json);
	return strcmp(id, p->id) == 0 ||
	       fail(j, CMD_USAGE,
		    "this program (%s) reads the point differently than the one that planned "
		    "it "
		    "(%.40s): plan the sweep again",
		    PAGESIM_VERSION, json_string_value(json_object_get(j->m->head, "pagesim")));
}

/* NULL after an error. */
static struct scenario *make_scenario(struct job *j)
{
	json_t *json = sweep_manifest_scenario(j->m, (size_t)(j->point - j->m->points));
	struct scenario *s = scenario_new();

	if ((s || fail(j, CMD_SYSTEM, "out of memory")) && read_scenario(j, json, s) &&
	    check_id(j, s)) {
		json_decref(json);
		return s;
	}
	json_decref(json);
	scenario_free(s);
	return NULL;
}

static void do_run(struct job *j, struct run *run)
{
	j->out->status = run_go(run);
	if (j->out->status) {
		snprintf(j->out->text, sizeof(j->out->text), "%s", run_error(run));
	} else if (!sweep_store_put(j->dir, j->point->id, run_json(run), j->out->text)) {
		j->out->status = CMD_SYSTEM;
		j->out->not_stored = true;
	}
}

void sweep_point_run(const struct sweep_manifest *m, size_t point, const char *dir,
		     volatile uint64_t *events, struct sweep_point_result *out)
{
	struct job j = { m, &m->points[point], dir, out };
	struct run_options options = { .events = events };
	struct scenario *s;
	struct rusage usage;
	struct run *run;

	*out = (struct sweep_point_result){ 0 };
	if (j.point->trace != SWEEP_MANIFEST_NONE)
		options.trace_digest = m->files[j.point->trace].digest;
	s = make_scenario(&j);
	if (!s)
		return;
	run = run_new(s, &options);
	if (run)
		do_run(&j, run);
	else
		fail(&j, CMD_SYSTEM, "out of memory");
	run_free(run);
	getrusage(RUSAGE_SELF, &usage);
	out->peak_rss_kib = (uint64_t)usage.ru_maxrss;
}
