#include "tools/sweep_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "tools/cmd.h"
#include "tools/result.h"
#include "tools/run.h"
#include "tools/sweep_manifest.h"
#include "tools/sweep_number.h"
#include "tools/sweep_patch.h"
#include "tools/sweep_point.h"

/* A trace or a start state's file. */
struct file {
	char *path; /* as scenarios name it */
	char digest[33];
	size_t number;
	UT_hash_handle hh;
};

/* What has been seen once, by its text. */
struct seen {
	char *text;
	size_t number;
	UT_hash_handle hh;
};

struct planner {
	const struct sweep *sweep;
	struct sweep_plan *out;
	struct sweep_plan_error *err;
	struct file *files;
	struct seen *machines, *ids;
	struct trace_reader *open; /* of the last trace: neighbours mostly share it */
	const char *open_path;
	json_t *first; /* the first point's scenario, which the others differ from */
	char *lines;
	size_t size;
	FILE *body;
	size_t *rows;
};

static bool fail(struct planner *p, int status, const char *text)
{
	p->err->status = status;
	snprintf(p->err->text, sizeof(p->err->text), "%s", text);
	return false;
}

static bool out_of_memory(struct planner *p)
{
	return fail(p, CMD_SYSTEM, "out of memory");
}

/* One line of the manifest. Takes over the JSON. */
static bool write_line(struct planner *p, FILE *out, json_t *line)
{
	bool ok = line && json_dumpf(line, out, JSON_COMPACT | JSON_SORT_KEYS) == 0 &&
		  fputc('\n', out) != EOF;

	json_decref(line);
	return ok || out_of_memory(p);
}

/* ---- files ----------------------------------------------------------------------------- */

static json_t *file_json(const struct file *f, const struct trace_totals *t, bool state)
{
	char *path = realpath(f->path, NULL);
	json_t *line = json_pack("{sI ss ss sI sI sb}", "file", (json_int_t)f->number, "path",
				 path ? path : f->path, "digest", f->digest, "events",
				 (json_int_t)t->events, "allocs", (json_int_t)t->allocs,
				 "state", state);

	free(path);
	return line;
}

/* The reader of a trace; it stays open until another one is asked for. */
static struct trace_reader *open_trace(struct planner *p, const struct file *f)
{
	struct trace_error err;

	if (p->open && p->open_path == f->path)
		return p->open;
	trace_reader_close(p->open);
	p->open_path = f->path;
	p->open = trace_reader_open(f->path, &err);
	if (!p->open)
		fail(p, (int)err.kind, err.text);
	return p->open;
}

static bool measure_file(struct planner *p, struct file *f)
{
	struct trace_totals totals = { 0 };
	struct trace_error err;

	if (!open_trace(p, f))
		return false;
	if (!trace_reader_digest(f->path, f->digest, &err) ||
	    !trace_reader_totals(p->open, &totals, &err))
		return fail(p, (int)err.kind, err.text);
	return write_line(p, p->body,
			  file_json(f, &totals, trace_reader_header(p->open)->has_state));
}

/* The file of that name; NULL after an error. */
static struct file *find_file(struct planner *p, const char *path)
{
	struct file *f;

	HASH_FIND_STR(p->files, path, f);
	if (f)
		return f;
	if (strcmp(path, "-") == 0) {
		fail(p, CMD_USAGE,
		     "a sweep reads its files many times: standard input is none");
		return NULL;
	}
	f = calloc(1, sizeof(*f));
	if (!f || !(f->path = strdup(path))) {
		free(f);
		out_of_memory(p);
		return NULL;
	}
	f->number = HASH_COUNT(p->files);
	HASH_ADD_KEYPTR(hh, p->files, f->path, strlen(f->path), f);
	return measure_file(p, f) ? f : NULL;
}

/* ---- things that are written once ------------------------------------------------------ */

/* Takes over the text. *is_new: it was not there before. NULL when memory is short. */
static struct seen *see(struct seen **all, char *text, bool *is_new)
{
	struct seen *s = NULL;

	*is_new = false;
	if (text)
		HASH_FIND_STR(*all, text, s);
	if (s || !text || !(s = calloc(1, sizeof(*s)))) {
		free(text);
		return s;
	}
	*is_new = true;
	s->text = text;
	s->number = HASH_COUNT(*all);
	HASH_ADD_KEYPTR(hh, *all, s->text, strlen(s->text), s);
	return s;
}

static void free_seen(struct seen *all)
{
	struct seen *s, *next;

	HASH_ITER(hh, all, s, next)
	{
		HASH_DEL(all, s);
		free(s->text);
		free(s);
	}
}

/* The number of the scenario's machine, which is written when it is new. */
static bool put_machine(struct planner *p, json_t *scenario, size_t *number)
{
	json_t *machine = json_object_get(scenario, "machine");
	bool is_new;
	struct seen *s =
		see(&p->machines, json_dumps(machine, JSON_COMPACT | JSON_SORT_KEYS), &is_new);

	if (!s)
		return out_of_memory(p);
	*number = s->number;
	return !is_new || write_line(p, p->body,
				     json_pack("{sO sI}", "machine", machine, "machine_number",
					       (json_int_t)s->number));
}

/* ---- one point ------------------------------------------------------------------------- */

static json_t *values_json(const struct planner *p)
{
	const struct sweep *s = p->sweep;
	json_t *values = json_object();

	for (size_t g = 0; g < s->ngroups; g++)
		for (size_t i = 0; !s->groups[g].fixed && i < s->groups[g].nkeys; i++)
			json_object_set_new(
				values, s->groups[g].keys[i],
				json_string(s->groups[g].columns[i].value[p->rows[g]].shown));
	return values;
}

/* Fills in what a run would take from the trace. */
static bool resolve(struct planner *p, struct scenario *s, struct file **trace,
		    struct file **start)
{
	struct conf_error err = { .text = "" };
	uint64_t reserve;
	int status;

	*trace = *start = NULL;
	if (!scenario_finish(s, &err))
		return fail(p, cmd_conf(&err), err.text);
	if (s->events)
		return fail(p, CMD_USAGE,
			    "output.events is for single runs, points of a sweep leave none");
	if (s->save_path)
		return fail(p, CMD_USAGE, "a state at the end is saved by single runs alone");
	if (s->start == SCENARIO_START_FILE) {
		*start = find_file(p, s->start_path);
		if (!*start)
			return false;
	}
	if (s->workload.kind)
		return true;
	if (!s->trace_path)
		return fail(p, CMD_USAGE,
			    "a point has neither a trace nor a workload: give one in 'base' or "
			    "as an axis");
	*trace = find_file(p, s->trace_path);
	if (!*trace || !open_trace(p, *trace))
		return false;
	status = run_open_resolve(s, trace_reader_header(p->open), &reserve, &err);
	return status == CMD_DONE || fail(p, status, err.text);
}

/* Writes the point, unless it has been before. The scenario is without names of files. */
static bool write_point(struct planner *p, json_t *scenario, const struct file *trace,
			const struct file *start, uint64_t events)
{
	json_t *line;
	size_t machine;
	bool is_new;
	char id[33];

	if (!sweep_point_id(scenario, trace ? trace->digest : NULL,
			    start ? start->digest : NULL, id) ||
	    !see(&p->ids, strdup(id), &is_new))
		return out_of_memory(p);
	p->out->same += !is_new;
	if (!is_new)
		return true;
	if (!put_machine(p, scenario, &machine))
		return false;
	json_object_del(scenario, "machine");
	if (!p->first)
		p->first = json_deep_copy(scenario);
	line = json_pack("{ss so so sI}", "id", id, "values", values_json(p), "scenario",
			 sweep_patch_make(p->first, scenario), "machine_number",
			 (json_int_t)machine);
	if (trace)
		json_object_set_new(line, "trace_file",
				    json_integer((json_int_t)trace->number));
	if (start)
		json_object_set_new(line, "start_file",
				    json_integer((json_int_t)start->number));
	if (events)
		json_object_set_new(line, "events", json_integer((json_int_t)events));
	p->out->points++;
	return write_line(p, p->body, line);
}

/* 0: it has none, its trace tells. */
static uint64_t workload_events(const struct scenario *s)
{
	struct trace_bench bench;

	if (!s->workload.kind)
		return 0;
	bench = workload_bench(&s->workload, s->machine);
	return trace_bench_events(&bench);
}

static bool plan_point(struct planner *p)
{
	struct conf_error err = { .text = "" };
	struct scenario *s = sweep_scenario(p->sweep, p->rows, &err);
	struct file *trace, *start;
	json_t *json = NULL;
	bool ok;

	if (!s)
		return fail(p, cmd_conf(&err), err.text);
	ok = resolve(p, s, &trace, &start);
	if (ok) {
		json = scenario_json(s);
		json_object_del(json, "trace");
		if (start)
			json_object_del(json, "start");
		ok = json ? write_point(p, json, trace, start, workload_events(s))
			  : out_of_memory(p);
	}
	json_decref(json);
	scenario_free(s);
	return ok;
}

/* ---- the whole ------------------------------------------------------------------------- */

/* Axes in the file's order, with the unit that tables give them in. */
static json_t *axes_json(const struct sweep *s)
{
	json_t *axes = json_array();

	for (size_t g = 0; g < s->ngroups; g++)
		for (size_t i = 0; !s->groups[g].fixed && i < s->groups[g].nkeys; i++) {
			const char *key = s->groups[g].keys[i];
			struct sweep_number n =
				sweep_number_of(key, s->groups[g].columns[i].value[0].shown);

			json_array_append_new(axes, json_pack("{ss ss}", "key", key, "unit",
							      sweep_number_unit(key, n.kind)));
		}
	return axes;
}

static json_t *head_json(const struct planner *p)
{
	const struct sweep *s = p->sweep;
	json_t *objectives = json_array(), *head;

	for (size_t i = 0; i < conf_count(s->objectives); i++)
		json_array_append_new(objectives,
				      json_string(conf_text(conf_item(s->objectives, i))));
	head = json_pack("{ss si si ss so so sI sO}", "format", "pagesim sweep", "version",
			 SWEEP_MANIFEST_VERSION, "result_version", RESULT_VERSION, "pagesim",
			 PAGESIM_VERSION, "axes", axes_json(s), "objectives", objectives,
			 "points", (json_int_t)p->out->points, "scenario", p->first);
	if (head && s->name)
		json_object_set_new(head, "name", json_string(s->name));
	if (head && s->question)
		json_object_set_new(head, "question", json_string(s->question));
	return head;
}

static bool plan_all(struct planner *p, bool (*watch)(void *ctx, uint64_t done, uint64_t all),
		     void *ctx)
{
	struct conf_error err = { .text = "" };
	bool holds;

	p->out->combinations = sweep_combinations(p->sweep);
	for (uint64_t i = 0; i < p->out->combinations; i++) {
		if (watch && !watch(ctx, i, p->out->combinations))
			return fail(p, CMD_INTERRUPTED, "interrupted");
		sweep_rows(p->sweep, i, p->rows);
		if (!sweep_rule_all(p->sweep, p->rows, &holds, &err))
			return fail(p, cmd_conf(&err), err.text);
		p->out->ruled_out += !holds;
		if (holds && !plan_point(p))
			return false;
	}
	return p->out->points || fail(p, CMD_USAGE, "the constraints leave no point");
}

static bool put_together(struct planner *p)
{
	FILE *out = open_memstream(&p->out->text, &p->out->size);
	bool ok = out && write_line(p, out, head_json(p)) &&
		  fwrite(p->lines, 1, p->size, out) == p->size;

	if (out && fclose(out) != 0)
		ok = false;
	return ok || out_of_memory(p);
}

static void free_files(struct file *all)
{
	struct file *f, *next;

	HASH_ITER(hh, all, f, next)
	{
		HASH_DEL(all, f);
		free(f->path);
		free(f);
	}
}

bool sweep_plan_make(const struct sweep *s,
		     bool (*watch)(void *ctx, uint64_t done, uint64_t all), void *ctx,
		     struct sweep_plan *out, struct sweep_plan_error *err)
{
	struct planner p = { .sweep = s, .out = out, .err = err };
	bool ok;

	*out = (struct sweep_plan){ 0 };
	p.rows = calloc(s->ngroups + 1, sizeof(*p.rows));
	p.body = open_memstream(&p.lines, &p.size);
	ok = (p.rows && p.body) || out_of_memory(&p);
	ok = ok && plan_all(&p, watch, ctx);
	if (p.body && fclose(p.body) != 0)
		ok = ok && out_of_memory(&p);
	ok = ok && put_together(&p);
	free(p.rows);
	free(p.lines);
	json_decref(p.first);
	trace_reader_close(p.open);
	free_files(p.files);
	free_seen(p.machines);
	free_seen(p.ids);
	return ok;
}
