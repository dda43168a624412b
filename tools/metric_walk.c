/*
 * Names of figures out of the keys of result.json:
 *
 *	counters.requests.failed_by_order: [0, 3]    ... .order0.failed, ... .order1.failed
 *	fragmentation: [{node: 0, zone: DMA, ...}]   fragmentation.node0.DMA. ...
 *	counters.locks: [{name: lru_lock, node: 1}]  counters.locks.lru_lock.node1. ...
 *	counters.orders: [{order: 9, ...}]           counters.orders.order9. ...
 *	latency: [{op: alloc, by: order, key: 0}]    latency.alloc.order0. ...
 *	unusable_milli                               unusable, its value by 1000
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/metric_core.h"

/* Where the name of a figure is not that of its keys. */
static const struct {
	const char *keys, *name;
} renamed[] = {
	{ "counters.requests.order", "counters.orders.order" },
	{ "counters.reclaim.order", "counters.orders.order" },
};

struct walk {
	struct metric_list *list;
	char path[256]; /* so far; a longer one is cut */
};

/* A word more behind a dot; returns where the path ended before, for pop(). */
static size_t push(struct walk *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static size_t push(struct walk *w, const char *fmt, ...)
{
	size_t before = strlen(w->path), at = before;
	va_list ap;

	if (at && at < sizeof(w->path) - 1)
		w->path[at++] = '.';
	va_start(ap, fmt);
	vsnprintf(w->path + at, sizeof(w->path) - at, fmt, ap);
	va_end(ap);
	return before;
}

static void pop(struct walk *w, size_t before)
{
	w->path[before] = '\0';
}

static bool put(struct walk *w, double value)
{
	char name[sizeof(w->path)];

	for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++) {
		size_t n = strlen(renamed[i].keys);

		if (strncmp(w->path, renamed[i].keys, n) != 0)
			continue;
		/* The names are shorter than the keys. */
		snprintf(name, sizeof(name), "%s%.200s", renamed[i].name, w->path + n);
		return metric_put(w->list, name, value);
	}
	return metric_put(w->list, w->path, value);
}

/* Takes a word off a key's end; whether it was there. */
static bool cut_end(char *key, const char *end)
{
	size_t n = strlen(key), m = strlen(end);

	if (n < m || strcmp(key + n - m, end) != 0)
		return false;
	key[n - m] = '\0';
	return true;
}

/* A date is in cycles, which its unit says. */
static void cut_date(char *key)
{
	if (strncmp(key, "first_", 6) == 0)
		cut_end(key, "_cycles");
}

/* What a value stands for 1 of: 1000 where the key says so, which it then says no more. */
static double cut_milli(char *key)
{
	char *milli = strstr(key, "_milli");

	if (!milli)
		return 1;
	memmove(milli, milli + 6, strlen(milli + 6) + 1);
	return 1000;
}

static bool walk_value(struct walk *w, const json_t *value, double per);
static bool walk_member(struct walk *w, const char *key, const json_t *value, double per);

/* failed_by_order: [0, 3] is order0.failed and order1.failed. */
static bool walk_numbers(struct walk *w, char *key, const json_t *values, double per)
{
	bool by_cpu = cut_end(key, "_by_cpu"), ok = true;

	cut_end(key, "_by_order");
	cut_date(key);
	for (size_t i = 0; ok && i < json_array_size(values); i++) {
		size_t before = push(w, by_cpu ? "cpu%zu" : "order%zu", i);

		push(w, "%s", strcmp(key, "by_order") == 0 ? "requests" : key);
		ok = walk_value(w, json_array_get(values, i), per);
		pop(w, before);
	}
	return ok;
}

/* What an entry of a list of maps is called, by its own members or its place. */
static void push_entry(struct walk *w, const json_t *entry, size_t i)
{
	static const char *const words[] = { "name", "wanted", "from", "kind", "severity" };
	const json_t *node = json_object_get(entry, "node");
	const json_t *order = json_object_get(entry, "order");
	const char *zone = json_string_value(json_object_get(entry, "zone"));
	size_t before = strlen(w->path);

	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
		if (json_is_string(json_object_get(entry, words[k])))
			push(w, "%s", json_string_value(json_object_get(entry, words[k])));
	if (json_is_integer(node))
		push(w, "node%lld", (long long)json_integer_value(node));
	if (zone)
		push(w, "%s", zone);
	if (json_is_integer(order))
		push(w, "order%lld", (long long)json_integer_value(order));
	if (strlen(w->path) == before)
		push(w, "%zu", i);
}

/* Numbers that say which entry it is are no figures of it. */
static bool is_place(const char *key)
{
	return strcmp(key, "node") == 0 || strcmp(key, "order") == 0;
}

static bool walk_entry(struct walk *w, const json_t *entry, double per)
{
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)entry, key, member)
	{
		if (!is_place(key) && !walk_member(w, key, member, per))
			return false;
	}
	return true;
}

static bool walk_entries(struct walk *w, const char *key, const json_t *entries, double per)
{
	size_t before = push(w, "%s", key);
	bool ok = true;

	for (size_t i = 0; ok && i < json_array_size(entries); i++) {
		size_t at = strlen(w->path);

		push_entry(w, json_array_get(entries, i), i);
		ok = walk_entry(w, json_array_get(entries, i), per);
		pop(w, at);
	}
	pop(w, before);
	return ok;
}

static bool walk_member(struct walk *w, const char *key, const json_t *value, double per)
{
	char own[sizeof(w->path)];
	size_t before;
	bool ok;

	/* Tables of whoever has pages: as many figures as there are tasks, other ones each
	 * time. */
	if (strcmp(key, "owners") == 0 && json_is_array(value))
		return true;
	snprintf(own, sizeof(own), "%s", key);
	per *= cut_milli(own);
	cut_date(own);
	if (json_is_array(value))
		return json_is_object(json_array_get(value, 0))
			       ? walk_entries(w, own, value, per)
			       : walk_numbers(w, own, value, per);
	before = push(w, "%s", own);
	ok = walk_value(w, value, per);
	pop(w, before);
	return ok;
}

static bool walk_value(struct walk *w, const json_t *value, double per)
{
	const char *key;
	json_t *member;

	if (json_is_number(value))
		return put(w, json_number_value(value) / per);
	/* A date that was never reached. */
	if (json_is_null(value))
		return put(w, INFINITY);
	if (!json_is_object(value))
		return true;
	json_object_foreach((json_t *)value, key, member)
	{
		if (!walk_member(w, key, member, per))
			return false;
	}
	return true;
}

/* ---- latencies ------------------------------------------------------------------------- */

/* As the tags of latency.hlog, but that an order's number stands by its word. */
static void push_row(struct walk *w, const json_t *row)
{
	const char *op = json_string_value(json_object_get(row, "op"));
	const char *by = json_string_value(json_object_get(row, "by"));
	const char *key = json_string_value(json_object_get(row, "key"));

	push(w, "latency");
	push(w, "%s", op ? op : "unknown");
	if (by && key && strcmp(by, "order") == 0)
		push(w, "order%s", key);
	else if (by && key && strcmp(by, "all") != 0) {
		push(w, "%s", by);
		push(w, "%s", key);
	}
}

/* To 1/1000: finer, a mean says nothing. */
static bool put_mean(struct walk *w, const json_t *row)
{
	double count = json_number_value(json_object_get(row, "count"));
	double sum = json_number_value(json_object_get(row, "sum_cycles"));
	size_t before;
	bool ok;

	if (count <= 0)
		return true;
	before = push(w, "mean");
	ok = put(w, rint(sum / count * 1000) / 1000);
	pop(w, before);
	return ok;
}

static bool walk_row(struct walk *w, const json_t *row)
{
	const char *key;
	json_t *value;
	bool ok;

	push_row(w, row);
	ok = put_mean(w, row);
	json_object_foreach((json_t *)row, key, value)
	{
		char own[64];

		snprintf(own, sizeof(own), "%s", key);
		cut_end(own, "_cycles");
		ok = ok && walk_member(w, own, value, 1);
	}
	pop(w, 0);
	return ok;
}

/* ---- figures made of two --------------------------------------------------------------- */

static bool put_success(struct walk *w, const char *name, double served, double asked)
{
	return asked <= 0 || metric_put(w->list, name, served / asked);
}

static bool put_successes(struct walk *w, const json_t *result)
{
	const json_t *requests =
		json_object_get(json_object_get(result, "counters"), "requests");
	const json_t *asked = json_object_get(requests, "by_order");
	const json_t *failed = json_object_get(requests, "failed_by_order");
	bool ok = put_success(w, "counters.requests.success",
			      json_number_value(json_object_get(requests, "served")),
			      json_number_value(json_object_get(requests, "allocs")));

	for (size_t i = 0; ok && i < json_array_size(asked); i++) {
		double all = json_number_value(json_array_get(asked, i));
		char name[64];

		snprintf(name, sizeof(name), "counters.orders.order%zu.success", i);
		ok = put_success(w, name, all - json_number_value(json_array_get(failed, i)),
				 all);
	}
	return ok;
}

bool metric_walk_result(struct metric_list *list, const json_t *result)
{
	static const char *const members[] = { "counters",    "workload", "fragmentation",
					       "final_state", "score",    "host" };
	const json_t *latency = json_object_get(result, "latency");
	struct walk w = { .list = list };
	bool ok = put_successes(&w, result);

	for (size_t i = 0; ok && i < sizeof(members) / sizeof(*members); i++) {
		const json_t *member = json_object_get(result, members[i]);

		ok = !member || walk_member(&w, members[i], member, 1);
	}
	for (size_t i = 0; ok && i < json_array_size(latency); i++)
		ok = walk_row(&w, json_array_get(latency, i));
	return ok;
}
