/*
 * The sweep file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/scenario_read.h"
#include "tools/sweep.h"

#define MOST_REPEATS 100000

/* ---- groups ---------------------------------------------------------------------------- */

static bool is_known(const struct sweep *s, const char *key)
{
	for (size_t g = 0; g < s->ngroups; g++)
		for (size_t i = 0; i < s->groups[g].nkeys; i++)
			if (strcmp(s->groups[g].keys[i], key) == 0)
				return true;
	return false;
}

/* One with room for so many axes. NULL after an error. */
static struct sweep_group *add_group(struct sweep *s, size_t naxes, struct conf_node at,
				     struct conf_error *err)
{
	struct sweep_group *more = realloc(s->groups, (s->ngroups + 1) * sizeof(*more)), *g;

	if (more) {
		s->groups = more;
		g = &more[s->ngroups++];
		*g = (struct sweep_group){ .keys = calloc(naxes, sizeof(*g->keys)),
					   .columns = calloc(naxes, sizeof(*g->columns)) };
		if (g->keys && g->columns)
			return g;
	}
	conf_no_memory(at, err);
	return NULL;
}

static bool add_key(struct sweep *s, struct sweep_group *g, const char *key,
		    struct conf_node at, struct conf_error *err)
{
	if (!key || !*key)
		return conf_fail(at, err, "an axis is named by its YAML path");
	if (is_known(s, key))
		return conf_fail(at, err, "'%.60s' is an axis already", key);
	g->keys[g->nkeys] = strdup(key);
	return g->keys[g->nkeys++] || conf_no_memory(at, err);
}

/* A group whose axes are the keys of a map. */
static struct sweep_group *group_of(struct sweep *s, struct conf_node map,
				    struct conf_error *err)
{
	struct sweep_group *g = add_group(s, conf_count(map), map, err);

	for (size_t i = 0; g && i < conf_count(map); i++)
		if (!add_key(s, g, conf_key(map, i), conf_key_node(map, i), err))
			return NULL;
	return g;
}

static bool read_axes(struct sweep *s, struct conf_node map, struct conf_error *err)
{
	if (map.yaml && !conf_is_map(map))
		return conf_fail(map, err, "'axes' should be a map of YAML paths and values");
	for (size_t i = 0; i < conf_count(map); i++) {
		struct sweep_group *g = add_group(s, 1, map, err);

		if (!g || !add_key(s, g, conf_key(map, i), conf_key_node(map, i), err) ||
		    !sweep_axis_read(g->keys[0], conf_get(map, g->keys[0]), g->columns, err))
			return false;
		g->nrows = g->columns->n;
	}
	return true;
}

/* Axes whose values belong together: the first of each, the second of each, ... */
static bool read_zipped(struct sweep *s, struct conf_node map, struct conf_error *err)
{
	struct sweep_group *g;

	if (!conf_is_map(map) || !conf_count(map))
		return conf_fail(map, err, "an entry of 'zip' is a map of axes");
	g = group_of(s, map, err);
	if (!g)
		return false;
	for (size_t i = 0; i < g->nkeys; i++) {
		if (!sweep_axis_read(g->keys[i], conf_get(map, g->keys[i]), &g->columns[i],
				     err))
			return false;
		if (g->columns[i].n != g->columns[0].n)
			return conf_fail(conf_get(map, g->keys[i]), err,
					 "zipped axes have as many values each: '%s' has %zu, "
					 "'%s' %zu",
					 g->keys[0], g->columns[0].n, g->keys[i],
					 g->columns[i].n);
		g->nrows = g->columns[i].n;
	}
	return true;
}

/* What all points have alike, as --set would put it. */
static bool read_set(struct sweep *s, struct conf_node map, struct conf_error *err)
{
	struct sweep_group *g;

	if (!map.yaml)
		return true;
	if (!conf_is_map(map))
		return conf_fail(map, err, "'set' should be a map of YAML paths and values");
	g = group_of(s, map, err);
	for (size_t i = 0; g && i < g->nkeys; i++)
		if (!sweep_axis_one(g->keys[i], conf_get(map, g->keys[i]), &g->columns[i], err))
			return false;
	if (g) {
		g->fixed = true;
		g->nrows = 1;
	}
	return g != NULL;
}

static bool read_zip(struct sweep *s, struct conf_node list, struct conf_error *err)
{
	if (list.yaml && !conf_is_list(list))
		return conf_fail(list, err, "'zip' should be a list of maps of axes");
	for (size_t i = 0; i < conf_count(list); i++)
		if (!read_zipped(s, conf_item(list, i), err))
			return false;
	return true;
}

static bool read_sample(struct sweep *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node axes = conf_get(map, "axes");
	struct sweep_group *g;

	if (!map.yaml)
		return true;
	if (!conf_is_map(axes) || !conf_count(axes))
		return conf_fail(map, err,
				 "'sample' should be {method, points, seed, axes: {...}}");
	g = group_of(s, axes, err);
	return g && sweep_sample_read(map, g, err);
}

static bool add_seed(struct sweep_group *g, struct conf_node at, struct conf_error *err)
{
	struct sweep_value *v = &g->columns->value[g->columns->n];

	*v = (struct sweep_value){ .raw = true, .at = at };
	if (asprintf(&v->text, "%zu", g->nrows + 1) < 0)
		return conf_no_memory(at, err);
	g->columns->n = ++g->nrows;
	v->shown = strdup(v->text);
	return v->shown || conf_no_memory(at, err);
}

/* The same again with seeds 1, 2, ... */
static bool read_repeat(struct sweep *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node at = conf_get(map, "repeat");
	struct sweep_group *g;
	uint64_t times;

	if (!at.yaml)
		return true;
	if (!conf_u64(map, "repeat", 1, MOST_REPEATS, &times, err))
		return false;
	g = add_group(s, 1, at, err);
	if (!g || !add_key(s, g, "seed", at, err))
		return false;
	g->columns->value = calloc(times, sizeof(*g->columns->value));
	if (!g->columns->value)
		return conf_no_memory(at, err);
	while (g->nrows < times)
		if (!add_seed(g, at, err))
			return false;
	return true;
}

/* ---- the whole ------------------------------------------------------------------------- */

static bool read_words(struct conf_node list, const char *what, struct conf_error *err)
{
	if (list.yaml && !conf_is_list(list))
		return conf_fail(list, err, "'%s' should be a list", what);
	for (size_t i = 0; i < conf_count(list); i++)
		if (!conf_text(conf_item(list, i)))
			return conf_fail(conf_item(list, i), err, "'%s' is a list of texts",
					 what);
	return true;
}

static bool count_points(const struct sweep *s, struct conf_error *err)
{
	uint64_t n = 1;

	for (size_t g = 0; g < s->ngroups; g++) {
		if (n > SWEEP_MOST_POINTS / s->groups[g].nrows)
			return conf_fail(conf_root(s->file), err,
					 "more than %d combinations: cut the sweep into parts",
					 SWEEP_MOST_POINTS);
		n *= s->groups[g].nrows;
	}
	return true;
}

static bool read_all(struct sweep *s, struct conf_error *err)
{
	static const char *const keys[] = { "name",        "question",   "base",   "set",
					    "axes",        "zip",        "sample", "repeat",
					    "constraints", "objectives", NULL };
	struct conf_node map = conf_root(s->file);

	if (!conf_only_keys(map, keys, err) || !conf_free_text(map, "name", err) ||
	    !conf_free_text(map, "question", err))
		return false;
	s->name = conf_text(conf_get(map, "name"));
	s->question = conf_text(conf_get(map, "question"));
	s->base = conf_get(map, "base");
	if (s->base.yaml && !conf_text(s->base) && !conf_is_map(s->base))
		return conf_fail(s->base, err, "'base' should be a scenario file or its map");
	s->constraints = conf_get(map, "constraints");
	s->objectives = conf_get(map, "objectives");
	return read_set(s, conf_get(map, "set"), err) &&
	       read_axes(s, conf_get(map, "axes"), err) &&
	       read_zip(s, conf_get(map, "zip"), err) &&
	       read_sample(s, conf_get(map, "sample"), err) && read_repeat(s, map, err) &&
	       read_words(s->constraints, "constraints", err) &&
	       read_words(s->objectives, "objectives", err) && count_points(s, err);
}

struct sweep *sweep_read(const char *path, struct conf_error *err)
{
	struct sweep *s = calloc(1, sizeof(*s));

	if (!s) {
		err->machine = true;
		snprintf(err->text, sizeof(err->text), "out of memory");
		return NULL;
	}
	s->file = conf_open(path, err);
	if (s->file && read_all(s, err))
		return s;
	sweep_free(s);
	return NULL;
}
