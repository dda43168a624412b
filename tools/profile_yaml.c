#include "tools/profile_yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WEIGHT 1000000
#define MAX_ALIVE 1048576
#define MAX_NS (UINT64_C(86400) * 1000000000)
#define MAX_COUNT (UINT64_C(1) << 40)

struct reader {
	struct trace_profile *p;
	struct conf_error *err;
};

/* ---- values ---------------------------------------------------------------------------- */

static bool read_text(struct conf_node map, const char *key, char *out, size_t size,
		      struct conf_error *err)
{
	struct conf_node n = conf_get(map, key);
	const char *text = conf_text(n);

	if (!text)
		return conf_fail(n.yaml ? n : map, err, "\"%s\": a text is missing", key);
	if (!*text || strlen(text) >= size)
		return conf_fail(n, err, "\"%s\": expected 1 to %zu characters", key, size - 1);
	memcpy(out, text, strlen(text) + 1);
	return true;
}

/* A time when `times`, else a count. */
static bool read_amount(struct conf_node map, const char *key, bool times, uint64_t *out,
			struct conf_error *err)
{
	struct conf_node n = conf_get(map, key);
	const char *text = conf_text(n), *why = NULL;
	uint64_t max = times ? MAX_NS : MAX_COUNT;

	if (!times)
		return conf_u64(map, key, 1, max, out, err);
	if (!text)
		return conf_fail(n.yaml ? n : map, err, "\"%s\": a time is missing", key);
	if (!conf_parse_ns(text, out, &why))
		return conf_fail(n, err, "\"%s\": %s", key,
				 why ? why : "expected a time as 20us");
	return (*out && *out <= max) ||
	       conf_fail(n, err, "\"%s\": expected 1 ns to one day", key);
}

static bool read_milli(struct conf_node map, const char *key, uint64_t min, uint64_t max,
		       uint32_t *out, struct conf_error *err)
{
	uint64_t v;

	if (!conf_milli(map, key, min, max, &v, err))
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool read_uniform(struct conf_node m, bool times, struct trace_draw *d,
			 struct conf_error *err)
{
	static const char *const keys[] = { "least", "most", NULL };

	d->kind = TRACE_DRAW_UNIFORM;
	return conf_only_keys(m, keys, err) && read_amount(m, "least", times, &d->a, err) &&
	       read_amount(m, "most", times, &d->b, err) &&
	       (d->b >= d->a || conf_fail(m, err, "\"most\" is below \"least\""));
}

static bool read_pareto(struct conf_node m, bool times, struct trace_draw *d,
			struct conf_error *err)
{
	static const char *const keys[] = { "least", "most", "shape", NULL };

	d->kind = TRACE_DRAW_PARETO;
	return conf_only_keys(m, keys, err) && read_amount(m, "least", times, &d->a, err) &&
	       read_amount(m, "most", times, &d->b, err) &&
	       read_milli(m, "shape", 100, 10000, &d->shape_milli, err) &&
	       (d->b >= d->a || conf_fail(m, err, "\"most\" is below \"least\""));
}

static bool read_bimodal(struct conf_node m, bool times, struct trace_draw *d,
			 struct conf_error *err)
{
	static const char *const keys[] = { "short", "long", "short_share", NULL };

	d->kind = TRACE_DRAW_BIMODAL;
	return conf_only_keys(m, keys, err) && read_amount(m, "short", times, &d->a, err) &&
	       read_amount(m, "long", times, &d->b, err) &&
	       read_milli(m, "short_share", 0, 1000, &d->share_milli, err);
}

/* [SHARE OF A MILLION, AMOUNT], both above those of the point before it. */
static bool read_point(struct conf_node pair, bool times, struct trace_draw *d, uint32_t i,
		       struct conf_error *err)
{
	struct trace_draw_point *p = &d->point[i];
	uint64_t below, max = times ? MAX_NS : MAX_COUNT;
	const char *text, *why = NULL;

	if (!conf_is_list(pair) || conf_count(pair) != 2)
		return conf_fail(pair, err, "expected [parts of a million, amount]");
	text = conf_text(conf_item(pair, 0));
	if (!text || !conf_parse_u64(text, &below) || below > TRACE_DRAW_ALL ||
	    (i ? below <= p[-1].below : below != 0))
		return conf_fail(pair, err, "parts of a million: expected from 0 up to %d",
				 TRACE_DRAW_ALL);
	p->below = (uint32_t)below;
	text = conf_text(conf_item(pair, 1));
	if (!text ||
	    !(times ? conf_parse_ns(text, &p->value, &why) : conf_parse_u64(text, &p->value)))
		return conf_fail(pair, err, "expected %s",
				 times ? "a time as 20us" : "a whole number");
	return (p->value && p->value <= max && (!i || p->value >= p[-1].value)) ||
	       conf_fail(pair, err, "expected more than 0%s, in ascending order",
			 times ? " and at most one day" : "");
}

static bool read_table(struct conf_node list, bool times, struct trace_draw *d,
		       struct conf_error *err)
{
	size_t n = conf_is_list(list) ? conf_count(list) : 0;

	d->kind = TRACE_DRAW_TABLE;
	if (n < 2 || n > TRACE_DRAW_POINTS)
		return conf_fail(list, err, "\"table\": expected a list of 2 to %d points",
				 TRACE_DRAW_POINTS);
	for (uint32_t i = 0; i < n; i++)
		if (!read_point(conf_item(list, i), times, d, i, err))
			return false;
	d->npoints = (uint32_t)n;
	return d->point[n - 1].below == TRACE_DRAW_ALL ||
	       conf_fail(list, err, "\"table\": the last point is not %d", TRACE_DRAW_ALL);
}

/* A distribution: a bare amount, or a map with the distribution's name. */
static bool read_draw(struct conf_node map, const char *key, bool times, struct trace_draw *d,
		      struct conf_error *err)
{
	static const char *const keys[] = { "uniform", "exponential", "pareto",
					    "bimodal", "table",       NULL };
	struct conf_node n = conf_get(map, key), inner;

	memset(d, 0, sizeof(*d));
	if (!n.yaml || conf_text(n)) {
		d->kind = TRACE_DRAW_CONSTANT;
		return read_amount(map, key, times, &d->a, err);
	}
	if (!conf_only_keys(n, keys, err))
		return false;
	if (conf_count(n) != 1)
		return conf_fail(n, err, "\"%s\": expected one distribution", key);
	inner = conf_get(n, conf_key(n, 0));
	if (strcmp(conf_key(n, 0), "uniform") == 0)
		return read_uniform(inner, times, d, err);
	if (strcmp(conf_key(n, 0), "pareto") == 0)
		return read_pareto(inner, times, d, err);
	if (strcmp(conf_key(n, 0), "bimodal") == 0)
		return read_bimodal(inner, times, d, err);
	if (strcmp(conf_key(n, 0), "table") == 0)
		return read_table(inner, times, d, err);
	d->kind = TRACE_DRAW_EXPONENTIAL;
	return read_amount(n, "exponential", times, &d->a, err);
}

/* ---- kinds of memory ------------------------------------------------------------------- */

static bool read_orders(struct trace_class *c, struct conf_node map, struct conf_error *err)
{
	struct conf_node list = conf_get(map, "orders");
	uint64_t sum = 0;

	if (!conf_is_list(list))
		return conf_fail(list.yaml ? list : map, err,
				 "\"orders\": expected a list of weights, order 0 first");
	if (!conf_count(list) || conf_count(list) > TRACE_ORDERS)
		return conf_fail(list, err, "\"orders\": expected 1 to %d weights",
				 TRACE_ORDERS);
	for (size_t i = 0; i < conf_count(list); i++) {
		struct conf_node n = conf_item(list, i);
		uint64_t v;

		if (!conf_text(n) || !conf_parse_u64(conf_text(n), &v) || v > MAX_WEIGHT)
			return conf_fail(n, err, "expected a weight of 0 to %d", MAX_WEIGHT);
		c->order_weight[i] = (uint32_t)v;
		sum += v;
	}
	return sum || conf_fail(list, err, "\"orders\": all weights are 0");
}

/* A node's number; *out = 1 + it, 0 when there is no such key. */
static bool read_node(struct reader *r, struct conf_node map, uint32_t *out)
{
	uint64_t v;

	if (!conf_get(map, "node").yaml)
		return true;
	if (!conf_u64(map, "node", 0, r->p->nodes - 1, &v, r->err))
		return false;
	*out = (uint32_t)v + 1;
	return true;
}

static bool read_interrupt(struct reader *r, struct conf_node map, uint8_t *flags)
{
	struct conf_node n = conf_get(map, "interrupt");
	const char *text = conf_text(n);

	if (!n.yaml)
		return true;
	if (!text || (strcmp(text, "soft") && strcmp(text, "hard")))
		return conf_fail(n, r->err, "\"interrupt\": expected soft or hard");
	*flags = strcmp(text, "soft") == 0 ? TRACE_SOFTIRQ : TRACE_HARDIRQ;
	return true;
}

static bool read_class(struct reader *r, struct conf_node map)
{
	static const char *const keys[] = { "name",     "gfp",       "orders",
					    "lifetime", "reclaim",   "remote",
					    "node",     "interrupt", NULL };
	struct trace_class *c = &r->p->classes[r->p->nclasses];
	struct conf_node lifetime = conf_get(map, "lifetime"), reclaim;
	const char *text;

	if (!conf_only_keys(map, keys, r->err) ||
	    !read_text(map, "name", c->name, sizeof(c->name), r->err) ||
	    !read_text(map, "gfp", c->gfp, sizeof(c->gfp), r->err) ||
	    !read_orders(c, map, r->err))
		return false;
	text = conf_text(lifetime);
	c->with_task = text && strcmp(text, "task") == 0;
	if (!c->with_task && !read_draw(map, "lifetime", true, &c->lifetime, r->err))
		return false;
	reclaim = conf_get(map, "reclaim");
	text = conf_text(reclaim);
	if (reclaim.yaml && (!text || (strcmp(text, "true") && strcmp(text, "false"))))
		return conf_fail(reclaim, r->err, "\"reclaim\": expected true or false");
	c->reclaim = text && strcmp(text, "true") == 0;
	if (c->reclaim && c->with_task)
		return conf_fail(reclaim, r->err,
				 "what lives as long as its task cannot be reclaimed");
	r->p->nclasses++;
	return read_node(r, map, &c->asks_node) && read_interrupt(r, map, &c->flags) &&
	       (!conf_get(map, "remote").yaml ||
		read_milli(map, "remote", 0, 1000, &c->remote_milli, r->err));
}

/* ---- kinds of tasks -------------------------------------------------------------------- */

/* A map from names of classes to numbers. */
static bool read_by_class(struct reader *r, struct conf_node map, const char *key,
			  uint32_t *out, bool needed)
{
	const char *names[TRACE_PROFILE_CLASSES + 1] = { NULL };
	struct conf_node n = conf_get(map, key);
	uint64_t sum = 0;

	if (!n.yaml)
		return !needed || conf_fail(map, r->err, "\"%s\" is missing", key);
	for (unsigned c = 0; c < r->p->nclasses; c++)
		names[c] = r->p->classes[c].name;
	if (!conf_only_keys(n, names, r->err))
		return false;
	for (unsigned c = 0; c < r->p->nclasses; c++) {
		uint64_t v = 0;

		if (conf_get(n, names[c]).yaml &&
		    !conf_u64(n, names[c], 0, MAX_WEIGHT, &v, r->err))
			return false;
		out[c] = (uint32_t)v;
		sum += v;
	}
	return sum || !needed || conf_fail(n, r->err, "\"%s\": all weights are 0", key);
}

static bool read_phases(struct reader *r, struct trace_task_kind *t, struct conf_node map)
{
	static const char *const keys[] = { "share", "mix", NULL };
	struct conf_node list = conf_get(map, "phases");

	if (!conf_is_list(list) || !conf_count(list) || conf_count(list) > TRACE_PROFILE_PHASES)
		return conf_fail(list.yaml ? list : map, r->err,
				 "\"phases\": expected a list of 1 to %d phases",
				 TRACE_PROFILE_PHASES);
	for (size_t i = 0; i < conf_count(list); i++) {
		struct conf_node n = conf_item(list, i);
		struct trace_phase *phase = &t->phases[i];

		if (!conf_only_keys(n, keys, r->err) ||
		    !read_milli(n, "share", 0, 1000, &phase->share_milli, r->err) ||
		    !read_by_class(r, n, "mix", phase->weight, true))
			return false;
	}
	t->nphases = (unsigned)conf_count(list);
	return true;
}

/* "burst" and "rest" come together. */
static bool read_bursts(struct reader *r, struct trace_task_kind *t, struct conf_node map)
{
	if (!conf_get(map, "burst").yaml && !conf_get(map, "rest").yaml)
		return true;
	return read_draw(map, "burst", false, &t->burst, r->err) &&
	       read_draw(map, "rest", true, &t->rest, r->err);
}

/* The kind is one that stands before this one, or this one. */
static bool read_parent(struct reader *r, struct trace_task_kind *t, struct conf_node map)
{
	struct conf_node n = conf_get(map, "parent");
	const char *text = conf_text(n);

	if (!n.yaml)
		return true;
	for (unsigned k = 0; text && k <= r->p->ntasks; k++)
		if (strcmp(r->p->tasks[k].name, text) == 0) {
			t->parent = k + 1;
			return true;
		}
	return conf_fail(n, r->err, "\"parent\": expected a kind of task named before");
}

static bool read_task(struct reader *r, struct conf_node map)
{
	static const char *const keys[] = { "name",  "alive",  "allocations", "gap",
					    "pause", "burst",  "rest",        "wave",
					    "node",  "parent", "starts_with", "phases",
					    NULL };
	struct trace_task_kind *t = &r->p->tasks[r->p->ntasks];
	uint64_t alive;

	if (!conf_only_keys(map, keys, r->err) ||
	    !read_text(map, "name", t->name, sizeof(t->name), r->err) ||
	    !conf_u64(map, "alive", 1, MAX_ALIVE, &alive, r->err) ||
	    !read_draw(map, "allocations", false, &t->allocations, r->err) ||
	    !read_draw(map, "gap", true, &t->gap, r->err) ||
	    !read_draw(map, "pause", true, &t->pause, r->err) || !read_bursts(r, t, map) ||
	    (conf_get(map, "wave").yaml && !read_amount(map, "wave", true, &t->wave, r->err)) ||
	    !read_node(r, map, &t->home) || !read_parent(r, t, map) ||
	    !read_by_class(r, map, "starts_with", t->at_start, false) ||
	    !read_phases(r, t, map))
		return false;
	t->alive = (uint32_t)alive;
	r->p->ntasks++;
	return true;
}

/* ---- the whole ------------------------------------------------------------------------- */

static bool read_list(struct reader *r, struct conf_node map, const char *key, size_t max,
		      bool (*read)(struct reader *r, struct conf_node item))
{
	struct conf_node list = conf_get(map, key);

	if (!conf_is_list(list) || !conf_count(list) || conf_count(list) > max)
		return conf_fail(list.yaml ? list : map, r->err,
				 "\"%s\": expected a list of 1 to %zu", key, max);
	for (size_t i = 0; i < conf_count(list); i++)
		if (!read(r, conf_item(list, i)))
			return false;
	return true;
}

static bool read_profile(struct reader *r, struct conf_node root)
{
	static const char *const keys[] = { "name",   "cpus",  "nodes", "live_max",
					    "memory", "tasks", NULL };
	uint64_t cpus, nodes, bytes;

	if (!conf_only_keys(root, keys, r->err) ||
	    !read_text(root, "name", r->p->name, sizeof(r->p->name), r->err) ||
	    !conf_u64(root, "cpus", 1, 4096, &cpus, r->err) ||
	    !conf_u64(root, "nodes", 1, 254, &nodes, r->err) ||
	    !conf_size(root, "live_max", 4096, UINT64_C(16) << 20, UINT64_C(1) << 50, &bytes,
		       r->err))
		return false;
	if (nodes > cpus)
		return conf_fail(conf_get(root, "nodes"), r->err, "more nodes than CPUs");
	r->p->cpus = (unsigned)cpus;
	r->p->nodes = (unsigned)nodes;
	r->p->live_max = bytes / 4096;
	return read_list(r, root, "memory", TRACE_PROFILE_CLASSES, read_class) &&
	       read_list(r, root, "tasks", TRACE_PROFILE_TASKS, read_task);
}

struct trace_profile *profile_yaml_load(const char *path, struct conf_error *err)
{
	struct conf_file *file = conf_open(path, err);
	struct reader r = { .err = err };
	bool ok;

	if (!file)
		return NULL;
	r.p = calloc(1, sizeof(*r.p));
	ok = r.p ? read_profile(&r, conf_root(file)) : conf_no_memory(conf_root(file), err);
	conf_close(file);
	if (ok)
		return r.p;
	free(r.p);
	return NULL;
}

static bool refuse(struct conf_error *err, const char *text)
{
	snprintf(err->text, sizeof(err->text), "%s", text);
	return false;
}

bool profile_yaml_resize(struct trace_profile *p, const struct profile_yaml_size *size,
			 struct conf_error *err)
{
	if (size->cpus)
		p->cpus = (unsigned)size->cpus;
	if (size->nodes)
		p->nodes = (unsigned)size->nodes;
	else if (p->nodes > p->cpus)
		p->nodes = p->cpus;
	if (size->live_max)
		p->live_max = size->live_max / 4096;
	if (p->nodes > p->cpus)
		return refuse(err, "more nodes than CPUs");
	for (unsigned k = 0; size->tasks_milli && k < p->ntasks; k++) {
		uint64_t alive = p->tasks[k].alive * size->tasks_milli / 1000;

		if (alive > MAX_ALIVE)
			return refuse(err, "more than 1048576 tasks of a kind");
		p->tasks[k].alive = alive ? (uint32_t)alive : 1;
	}
	return true;
}
