/* pagesim sweep status: how far a folder is, and why points failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_sweep.h"
#include "tools/sweep_store.h"

static const struct options_row rows[] = {
	{ "json", 0, NULL, "as JSON, with the ids of what is missing and what failed" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep status",
	.operands = "DIR",
	.summary = "How many points of a folder have a whole result, how many failed and why, "
		   "and whether\n"
		   "somebody is at work there. Exit status 1: points failed.",
	.rows = rows,
	.examples = "  pagesim sweep status /tmp/small\n",
	.min_operands = 1,
	.max_operands = 1,
};

struct status {
	const char *dir;
	size_t done, damaged;
	json_t *missing, *failed, *broken; /* ids; {id, status, error}; {id, error} */
	bool at_work;
};

static void look(struct status *s, const char *id)
{
	char text[SWEEP_STORE_TEXT];
	json_t *failure;

	switch (sweep_store_look(s->dir, id, NULL, text)) {
	case SWEEP_STORE_DONE:
		s->done++;
		return;
	case SWEEP_STORE_DAMAGED:
		json_array_append_new(s->broken, json_pack("{ss ss}", "id", id, "error", text));
		return;
	default:
		break;
	}
	failure = sweep_store_failure(s->dir, id);
	if (failure)
		json_array_append_new(s->failed, failure);
	else
		json_array_append_new(s->missing, json_string(id));
}

static void collect(struct status *s, const struct sweep_manifest *m)
{
	char text[SWEEP_STORE_TEXT];
	int lock;

	for (size_t i = 0; i < m->npoints; i++)
		look(s, m->points[i].id);
	lock = sweep_store_lock(s->dir, &s->at_work, text);
	sweep_store_unlock(lock);
}

static void tell(const struct status *s, const struct sweep_manifest *m)
{
	const json_t *entry;
	size_t i;

	printf("Points: %zu, of them %zu with a result, %zu missing, %zu failed, %zu damaged\n",
	       m->npoints, s->done, json_array_size(s->missing), json_array_size(s->failed),
	       json_array_size(s->broken));
	json_array_foreach(s->failed, i, entry)
		printf("  failed   %s  exit status %lld: %s\n",
		       json_string_value(json_object_get(entry, "id")),
		       (long long)json_integer_value(json_object_get(entry, "status")),
		       json_string_value(json_object_get(entry, "error")));
	json_array_foreach(s->broken, i, entry)
		printf("  damaged  %s  %s\n", json_string_value(json_object_get(entry, "id")),
		       json_string_value(json_object_get(entry, "error")));
	if (s->at_work)
		printf("A 'pagesim sweep run' is at work there.\n");
	else if (s->done < m->npoints)
		printf("'pagesim sweep resume %s' does what has no result.\n", s->dir);
}

static int tell_json(const struct status *s, const struct sweep_manifest *m)
{
	json_t *map = json_pack("{sI sI sO sO sO sb}", "points", (json_int_t)m->npoints, "done",
				(json_int_t)s->done, "missing", s->missing, "failed", s->failed,
				"damaged", s->broken, "at_work", s->at_work);

	if (!map)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	json_dumpf(map, stdout, JSON_SORT_KEYS | JSON_INDENT(1));
	putchar('\n');
	json_decref(map);
	return CMD_DONE;
}

static int go(const char *dir, bool json, bool quiet)
{
	struct status s = { .dir = dir,
			    .missing = json_array(),
			    .failed = json_array(),
			    .broken = json_array() };
	int status;
	struct sweep_manifest *m = cmd_sweep_open(&spec, dir, &status);

	if (m) {
		collect(&s, m);
		if (json)
			status = tell_json(&s, m);
		else if (!quiet)
			tell(&s, m);
		if (status == CMD_DONE && json_array_size(s.failed))
			status = CMD_FINDING;
	}
	sweep_manifest_free(m);
	json_decref(s.missing);
	json_decref(s.failed);
	json_decref(s.broken);
	return status;
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	(void)row;
	(void)value;
	*(bool *)ctx = true;
	return true;
}

int cmd_sweep_status(int argc, char **argv)
{
	bool json = false;
	struct options_result o = options_parse(&spec, argc, argv, set_option, &json);

	return o.ended ? o.status : go(o.operands[0], json, o.quiet);
}
