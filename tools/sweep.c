#include "tools/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/scenario_read.h"

void sweep_free(struct sweep *s)
{
	if (!s)
		return;
	for (size_t g = 0; g < s->ngroups; g++) {
		struct sweep_group *group = &s->groups[g];

		for (size_t i = 0; i < group->nkeys; i++) {
			free(group->keys[i]);
			sweep_axis_free(&group->columns[i]);
		}
		free(group->keys);
		free(group->columns);
	}
	free(s->groups);
	conf_close(s->file);
	free(s);
}

uint64_t sweep_combinations(const struct sweep *s)
{
	uint64_t n = 1;

	for (size_t g = 0; g < s->ngroups; g++)
		n *= s->groups[g].nrows;
	return n;
}

void sweep_rows(const struct sweep *s, uint64_t number, size_t rows[])
{
	for (size_t g = s->ngroups; g-- > 0; number /= s->groups[g].nrows)
		rows[g] = (size_t)(number % s->groups[g].nrows);
}

/* Its own copy of the file, of which `base` is all it sees; or the file that base names. */
static bool read_base(const struct sweep *s, struct scenario *scenario, struct conf_error *err)
{
	struct conf_file *file;
	char *path = NULL;

	if (!s->base.yaml)
		return true;
	if (conf_text(s->base)) {
		file = scenario_read_path(s->base, "base", &path, err)
			       ? scenario_read_open(s->base, path, err)
			       : NULL;
		free(path);
	} else {
		file = conf_open(conf_path(s->file), err);
		if (file)
			conf_narrow(file, conf_get(conf_root(file), "base"));
	}
	return file && scenario_take_file(scenario, file, err);
}

/* Errors about a value name its place in the sweep file. */
static bool put_value(struct scenario *scenario, const char *key, const struct sweep_value *v,
		      struct conf_error *err)
{
	char label[512];

	snprintf(label, sizeof(label), "%s:%zu:%zu: %s=%s", conf_path(v->at.file),
		 v->at.yaml->start_mark.line + 1, v->at.yaml->start_mark.column + 1, key,
		 v->text);
	return scenario_put(scenario, key, v->text, v->raw, label, err);
}

struct scenario *sweep_scenario(const struct sweep *s, const size_t rows[],
				struct conf_error *err)
{
	struct scenario *scenario = scenario_new();
	bool ok = scenario != NULL;

	if (!ok) {
		err->machine = true;
		snprintf(err->text, sizeof(err->text), "out of memory");
	}
	ok = ok && read_base(s, scenario, err);
	for (size_t g = 0; ok && g < s->ngroups; g++)
		for (size_t i = 0; ok && i < s->groups[g].nkeys; i++)
			ok = put_value(scenario, s->groups[g].keys[i],
				       &s->groups[g].columns[i].value[rows[g]], err);
	if (ok)
		return scenario;
	scenario_free(scenario);
	return NULL;
}
