/*
 * Figures that stand nowhere in result.json, because they are of the machine as a whole: free
 * memory of all zones, waits for all locks, the functions' shares of all stalls. With them
 * kernels that have other zones, locks and functions can be compared.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/frag.h"
#include "tools/metric_core.h"

static bool put_order(struct metric_list *list, unsigned order, const char *what, double value)
{
	char name[64];

	snprintf(name, sizeof(name), "fragmentation.all.order%u.%s", order, what);
	return metric_put(list, name, value);
}

static void add_blocks(uint64_t blocks[FRAG_ORDERS], const json_t *by_order)
{
	for (unsigned i = 0; i < FRAG_ORDERS && i < json_array_size(by_order); i++)
		blocks[i] += (uint64_t)json_integer_value(json_array_get(by_order, i));
}

static bool put_free_memory(struct metric_list *list, const json_t *zones)
{
	uint64_t blocks[FRAG_ORDERS] = { 0 };
	size_t orders = 0;
	bool ok;

	for (size_t i = 0; i < json_array_size(zones); i++) {
		const json_t *by_order =
			json_object_get(json_array_get(zones, i), "free_blocks_by_order");

		add_blocks(blocks, by_order);
		orders = json_array_size(by_order);
	}
	if (!orders)
		return true;
	ok = metric_put(list, "fragmentation.all.free_pages", (double)frag_free_pages(blocks));
	for (unsigned order = 0; ok && order < orders && order < FRAG_ORDERS; order++)
		ok = put_order(list, order, "free_blocks", (double)blocks[order]) &&
		     put_order(list, order, "unusable", frag_unusable(blocks, order) / 1000.0);
	return ok;
}

/* ---- locks ----------------------------------------------------------------------------- */

/* Sums of one cause, or of all; name without "locks.". */
struct sums {
	const char *name;
	double waits, cycles;
};

#define MOST_CAUSES 16

struct causes {
	struct sums all, by[MOST_CAUSES];
	size_t n;
};

static struct sums *sums_of(struct causes *c, const char *cause)
{
	size_t i = 0;

	while (i < c->n && strcmp(c->by[i].name, cause) != 0)
		i++;
	if (i == MOST_CAUSES)
		return NULL;
	c->by[i].name = cause;
	c->n = i == c->n ? i + 1 : c->n;
	return &c->by[i];
}

static void add_lock(struct causes *c, const json_t *lock)
{
	const json_t *causes = json_object_get(lock, "waits_by_cause");
	const char *cause;
	json_t *value;

	c->all.waits += json_number_value(json_object_get(lock, "waits"));
	c->all.cycles += json_number_value(json_object_get(lock, "wait_cycles"));
	json_object_foreach((json_t *)causes, cause, value)
	{
		struct sums *s = sums_of(c, cause);

		if (!s)
			continue;
		s->waits += json_number_value(json_object_get(value, "waits"));
		s->cycles += json_number_value(json_object_get(value, "cycles"));
	}
}

static bool put_sums(struct metric_list *list, const struct sums *s)
{
	char name[96];

	snprintf(name, sizeof(name), "locks.%.60s.waits", s->name);
	if (!metric_put(list, name, s->waits))
		return false;
	snprintf(name, sizeof(name), "locks.%.60s.wait_cycles", s->name);
	return metric_put(list, name, s->cycles);
}

static bool put_locks(struct metric_list *list, const json_t *result)
{
	const json_t *zones = json_object_get(result, "final_state");
	const json_t *others = json_object_get(json_object_get(result, "counters"), "locks");
	struct causes c = { .all.name = "all" };
	bool ok;

	for (size_t i = 0; i < json_array_size(zones); i++)
		add_lock(&c, json_object_get(json_array_get(zones, i), "zone_lock"));
	for (size_t i = 0; i < json_array_size(others); i++)
		add_lock(&c, json_array_get(others, i));
	ok = put_sums(list, &c.all);
	for (size_t i = 0; ok && i < c.n; i++)
		ok = put_sums(list, &c.by[i]);
	return ok;
}

/* ---- stalls ---------------------------------------------------------------------------- */

static bool is_stall(const json_t *row, const char *by)
{
	return strcmp(json_string_value(json_object_get(row, "op")), "stall") == 0 &&
	       strcmp(json_string_value(json_object_get(row, "by")), by) == 0;
}

static double cycles_of(const json_t *row)
{
	return json_number_value(json_object_get(row, "sum_cycles"));
}

/* To 1/10,000: which function a few cycles belong to decides nothing. */
static bool put_share(struct metric_list *list, const json_t *row, double all)
{
	char name[96];

	snprintf(name, sizeof(name), "latency.stall.function.%.40s.share",
		 json_string_value(json_object_get(row, "key")));
	return metric_put(list, name, rint(cycles_of(row) / all * 10000) / 10000);
}

/* Which share of all stalls' time each of the kernel's functions had. */
static bool put_stalls(struct metric_list *list, const json_t *rows)
{
	const json_t *row;
	double all = 0;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (is_stall(row, "all"))
			all = cycles_of(row);
	}
	json_array_foreach(rows, i, row)
	{
		if (all > 0 && is_stall(row, "function") && !put_share(list, row, all))
			return false;
	}
	return true;
}

bool metric_totals(struct metric_list *list, const json_t *result)
{
	return put_free_memory(list, json_object_get(result, "fragmentation")) &&
	       put_locks(list, result) && put_stalls(list, json_object_get(result, "latency"));
}
