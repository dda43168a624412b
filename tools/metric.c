#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/metric_core.h"

bool metric_fits(const char *pattern, const char *name)
{
	/* Most patterns differ before their first wildcard, and fnmatch() is slow to see it. */
	size_t plain = strcspn(pattern, "*?[\\");

	return strncmp(pattern, name, plain) == 0 && fnmatch(pattern, name, 0) == 0;
}

bool metric_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* ---- looking up ------------------------------------------------------------------------ */

const struct metric *metric_find(const struct metric_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->metrics[i].name, name) == 0)
			return &list->metrics[i];
	return NULL;
}

size_t metric_count(const struct metric_list *list, const char *pattern)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += metric_fits(pattern, list->metrics[i].name);
	return n;
}

const char *metric_nearest(const struct metric_list *list, const char *name)
{
	const char **names = malloc((list->n + 1) * sizeof(*names)), *near;

	if (!names)
		return NULL;
	for (size_t i = 0; i < list->n; i++)
		names[i] = list->metrics[i].name;
	names[list->n] = NULL;
	near = conf_nearest(name, names);
	free(names);
	return near;
}

/* ---- printing -------------------------------------------------------------------------- */

void metric_print(double value, char text[METRIC_TEXT])
{
	if (isinf(value))
		snprintf(text, METRIC_TEXT, "never");
	else if (value == rint(value) && fabs(value) < 1e18)
		snprintf(text, METRIC_TEXT, "%.0f", value);
	else
		snprintf(text, METRIC_TEXT, "%.3f", value);
}

json_t *metric_json(double value)
{
	if (isinf(value))
		return json_null();
	if (value == rint(value) && fabs(value) < 9e15)
		return json_integer((json_int_t)value);
	return json_real(value);
}

/* ---- the list -------------------------------------------------------------------------- */

/* The sections in the order in which people ask. */
static const char *const sections[] = {
	"counters.requests.",
	"counters.orders.",
	"workload.",
	"latency.",
	"fragmentation.",
	"counters.vmstat.",
	"counters.",
	"score.",
	"final_state.",
	"",
	"host.",
};

static size_t section(const char *name)
{
	size_t n = sizeof(sections) / sizeof(*sections), i = 0;

	if (strncmp(name, "host.", 5) == 0)
		return n - 1;
	while (strncmp(name, sections[i], strlen(sections[i])) != 0)
		i++;
	return i;
}

int metric_order(const struct metric *a, const struct metric *b)
{
	size_t left = section(a->name), right = section(b->name);

	return left != right ? (left < right ? -1 : 1) : strverscmp(a->name, b->name);
}

static int in_order(const void *a, const void *b)
{
	return metric_order(a, b);
}

static const struct metric_kind *kind_of(const char *name)
{
	const struct metric_kind *k = metric_kinds;

	while (k->pattern && !metric_fits(k->pattern, name))
		k++;
	return k;
}

bool metric_put(struct metric_list *list, const char *name, double value)
{
	struct metric *m = list->metrics;

	/* A power of two are there: time for as many more. */
	if ((list->n & (list->n - 1)) == 0) {
		m = realloc(m, (list->n ? 2 * list->n : 1) * sizeof(*m));
		if (!m)
			return false;
		list->metrics = m;
	}
	m += list->n;
	*m = (struct metric){
		.name = strdup(name),
		.value = value,
		.kind = kind_of(name),
		.of_host = strncmp(name, "host.", 5) == 0,
	};
	if (!m->name)
		return false;
	list->n++;
	return true;
}

/* Some figures stand in result.json twice. */
static void drop_twins(struct metric_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (n && strcmp(list->metrics[n - 1].name, list->metrics[i].name) == 0)
			free(list->metrics[i].name);
		else
			list->metrics[n++] = list->metrics[i];
	}
	list->n = n;
}

struct metric_list *metric_list_new(const json_t *result)
{
	struct metric_list *list = calloc(1, sizeof(*list));

	if (!list || !metric_walk_result(list, result) || !metric_totals(list, result)) {
		metric_list_free(list);
		return NULL;
	}
	qsort(list->metrics, list->n, sizeof(*list->metrics), in_order);
	drop_twins(list);
	return list;
}

void metric_list_free(struct metric_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->n; i++)
		free(list->metrics[i].name);
	free(list->metrics);
	free(list);
}
