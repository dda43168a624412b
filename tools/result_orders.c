/*
 * What became of each order: requests, times in which it could not be had, fallbacks.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/frag.h"
#include "tools/result.h"

static void set_date(json_t *map, const char *name, uint64_t date)
{
	json_object_set_new(map, name,
			    date == UINT64_MAX ? json_null() : json_integer((json_int_t)date));
}

/* One order of the machine, or of a node. */
struct order {
	uint64_t requests, failed, first_failure;
	struct mm_orders_figures spells;
};

static json_t *order_json(const struct result *r, unsigned number, const struct order *o)
{
	json_t *map = json_object();

	result_set_number(map, "order", number);
	result_set_number(map, "requests", o->requests);
	result_set_number(map, "served", o->requests - o->failed);
	result_set_number(map, "failed", o->failed);
	set_date(map, "first_failure_cycles", o->first_failure);
	if (!r->spells)
		return map;
	result_set_number(map, "unsatisfiable_cycles", o->spells.cycles);
	result_set_number(map, "unsatisfiable_spells", o->spells.spells);
	set_date(map, "first_unsatisfiable_cycles", o->spells.first);
	result_set_number(map, "longest_unsatisfiable_cycles", o->spells.longest);
	return map;
}

static struct order of_machine(const struct result *r, unsigned order)
{
	const struct replay_counts *c = r->counts;

	return (struct order){
		c->order_requests[order], c->order_failed[order], c->order_first_failure[order],
		mm_orders_until(r->spells, MM_ORDERS_MACHINE, order, c->end_date)
	};
}

json_t *result_orders_json(const struct result *r)
{
	json_t *list = json_array();

	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		struct order o = of_machine(r, order);

		json_array_append_new(list, order_json(r, order, &o));
	}
	return list;
}

static bool has_memory(const struct mm_snapshot *s, unsigned node)
{
	for (unsigned z = 0; z < s->nzones; z++)
		if (s->zones[z].nid == node)
			return true;
	return false;
}

/* Requests for nodes without memory, or that this kernel does not tell apart, are the first
 * one's. */
static struct order of_node(const struct result *r, unsigned node, unsigned order)
{
	struct order o = { .first_failure = UINT64_MAX };
	bool first = node == r->snap->zones[0].nid;

	for (unsigned n = 0; n < r->scenario->machine->nodes; n++) {
		const struct replay_node_counts *c = &r->nodes[n];

		if (n != node && !(first && !has_memory(r->snap, n)))
			continue;
		o.requests += c->requests[order];
		o.failed += c->failed[order];
		if (c->first_failure[order] < o.first_failure)
			o.first_failure = c->first_failure[order];
	}
	o.spells = mm_orders_until(r->spells, node, order, r->counts->end_date);
	return o;
}

json_t *result_orders_by_node_json(const struct result *r)
{
	json_t *list = json_array();

	for (unsigned node = 0; node < r->scenario->machine->nodes; node++) {
		json_t *map, *orders;

		if (!has_memory(r->snap, node))
			continue;
		map = json_object();
		orders = json_array();
		for (unsigned order = 0; order < TRACE_ORDERS; order++) {
			struct order o = of_node(r, node, order);

			json_array_append_new(orders, order_json(r, order, &o));
		}
		result_set_number(map, "node", node);
		json_object_set_new(map, "orders", orders);
		json_array_append_new(list, map);
	}
	return list;
}

/* ---- fallbacks --------------------------------------------------------------------------- */

/* Unmovable and reclaimable pages stay where they are. */
static const char *severity(const struct mm_snapshot *s, const struct mm_snapshot_fallback *f)
{
	if (f->kind == MM_FALLBACK_CLAIM)
		return "ownership";
	return strcmp(s->type_names[f->from], "Movable") == 0 ? "polluting" : "mild";
}

json_t *result_orders_fallbacks_json(const struct result *r)
{
	static const char *const kinds[MM_FALLBACKS] = { "page", "steal", "claim" };
	const struct mm_snapshot *s = r->snap;
	json_t *list = json_array();

	for (unsigned i = 0; i < s->nfallbacks; i++) {
		const struct mm_snapshot_fallback *f = &s->fallbacks[i];
		json_t *map = json_object();

		json_object_set_new(map, "wanted", json_string(s->type_names[f->wanted]));
		json_object_set_new(map, "from", json_string(s->type_names[f->from]));
		result_set_number(map, "order", f->order);
		json_object_set_new(map, "kind", json_string(kinds[f->kind]));
		json_object_set_new(map, "severity", json_string(severity(s, f)));
		result_set_number(map, "count", f->count);
		json_array_append_new(list, map);
	}
	return list;
}

/* ---- text -------------------------------------------------------------------------------- */

static void text_date(const struct result *r, char *text, size_t size, uint64_t date)
{
	if (date == UINT64_MAX)
		snprintf(text, size, "-");
	else
		result_text_time(text, size, date, r->scenario->machine->clock_mhz);
}

static void text_order(FILE *out, const struct result *r, unsigned number,
		       const struct order *o)
{
	char served[32] = "-", failed[32], first[32], all[32], longest[32];
	uint64_t milli = o->requests ? (o->requests - o->failed) * 1000 / o->requests : 0;

	if (o->requests)
		snprintf(served, sizeof(served), "%" PRIu64 ".%" PRIu64, milli / 10,
			 milli % 10);
	text_date(r, failed, sizeof(failed), o->first_failure);
	text_date(r, first, sizeof(first), o->spells.first);
	text_date(r, all, sizeof(all), o->spells.cycles);
	text_date(r, longest, sizeof(longest), o->spells.longest);
	fprintf(out, "  order %-2u %9s %14s %14s %14s %8" PRIu64 " %14s\n", number, served,
		failed, first, all, o->spells.spells, longest);
}

void result_orders_text(FILE *out, const struct result *r)
{
	bool any = false;

	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		struct order o = of_machine(r, order);

		if (!o.failed && (!o.spells.spells || order >= r->snap->norders))
			continue;
		if (!any)
			fprintf(out, "Orders %11s %14s %14s %14s %8s %14s\n", "served %",
				"first failure", "no block from", "for, in all", "times",
				"longest");
		any = true;
		text_order(out, r, order, &o);
	}
	if (any)
		fputc('\n', out);
	else
		fprintf(out, "Orders: %snone failed\n\n",
			r->spells ? "a free block of every order was there all the time, and "
				  : "");
}
