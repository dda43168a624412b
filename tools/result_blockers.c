/*
 * What blocks orders, as JSON and as tables.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/blockers.h"
#include "tools/result.h"

static void set_age(json_t *map, const char *name, uint64_t age)
{
	json_object_set_new(map, name,
			    age == REPLAY_NO_AGE ? json_null() : json_integer((json_int_t)age));
}

/* Bytes that are no UTF-8 are not written. */
static json_t *comm_json(const struct trace_task *task)
{
	json_t *text = task ? json_stringn(task->comm, strnlen(task->comm, sizeof(task->comm)))
			    : json_string("");

	return text ? text : json_string("?");
}

static json_t *owner_json(const struct blockers_owner *o)
{
	json_t *map = json_object();

	json_object_set_new(map, "pid", json_integer(o->task ? o->task->pid : -1));
	json_object_set_new(map, "comm", comm_json(o->task));
	json_object_set_new(map, "gfp", json_string(o->gfp ? o->gfp : ""));
	json_object_set_new(map, "kind", json_string(blockers_kind_name(o->kind)));
	result_set_number(map, "order", o->order);
	result_set_number(map, "pages", o->pages);
	result_set_number(map, "ranges", o->ranges);
	result_set_number(map, "ranges_alone", o->ranges_alone);
	result_set_number(map, "ranges_unmovable_alone", o->unmovable_alone);
	set_age(map, "age_min_cycles", o->age_min);
	set_age(map, "age_median_cycles", o->age_median);
	set_age(map, "age_max_cycles", o->age_max);
	return map;
}

static json_t *order_json(const struct blockers_order *b)
{
	json_t *map = json_object(), *owners = json_array(), *others = json_object();

	for (unsigned i = 0; i < b->nowners; i++)
		json_array_append_new(owners, owner_json(&b->owners[i]));
	result_set_number(others, "owners", b->others);
	result_set_number(others, "pages", b->others_pages);
	result_set_number(others, "ranges_alone", b->others_alone);
	result_set_number(others, "ranges_unmovable_alone", b->others_unmovable);
	result_set_number(map, "order", b->order);
	result_set_number(map, "ranges", b->ranges);
	result_set_number(map, "free_ranges", b->free_ranges);
	result_set_number(map, "ranges_looked_at", b->looked_at);
	result_set_number(map, "used_pages", b->used_pages);
	json_object_set_new(map, "owners", owners);
	json_object_set_new(map, "others", others);
	return map;
}

json_t *result_blockers_json(const struct result *r, unsigned zone)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->blockers->zones[zone].norders; i++)
		json_array_append_new(list, order_json(&r->blockers->zones[zone].orders[i]));
	return list;
}

#define SHOWN 5u /* owners: who wants more has result.json */

/* ---- text -------------------------------------------------------------------------------- */

/* A name is what the traced machine says: nothing of it may steer the reader's terminal. */
static void put_who(char *who, size_t size, const struct trace_task *task)
{
	snprintf(who, size, "%.16s-%d", task->comm, task->pid);
	for (; *who; who++)
		if ((unsigned char)*who < ' ' || *who == 127)
			*who = '?';
}

static void text_owner(FILE *out, const struct result *r, const struct blockers_owner *o)
{
	char who[40] = "-", age[32] = "-";

	if (o->task)
		put_who(who, sizeof(who), o->task);
	if (o->age_median != REPLAY_NO_AGE)
		result_text_time(age, sizeof(age), o->age_median,
				 r->scenario->machine->clock_mhz);
	fprintf(out,
		"    %10" PRIu64 " %8" PRIu64 " %8" PRIu64 " %9" PRIu64
		" %12s  %-11s %-22s %s\n",
		o->unmovable_alone, o->ranges_alone, o->ranges, o->pages, age,
		blockers_kind_name(o->kind), who, o->gfp ? o->gfp : "-");
}

static void text_order(FILE *out, const struct result *r, const struct mm_snapshot_zone *z,
		       const struct blockers_order *b)
{
	uint64_t others = b->others, pages = b->others_pages, alone = b->others_alone;
	uint64_t pinned = b->others_unmovable;

	fprintf(out,
		"What blocks order %u in node %u, zone %s: %" PRIu64 " of %" PRIu64
		" ranges are free; the %" PRIu64 " least blocked have %" PRIu64 " used pages\n",
		b->order, z->nid, z->name, b->free_ranges, b->ranges, b->looked_at,
		b->used_pages);
	fprintf(out, "    %10s %8s %8s %9s %12s  %-11s %-22s %s\n", "pins alone", "alone in",
		"ranges", "pages", "median age", "kind", "task", "gfp");
	for (unsigned i = 0; i < b->nowners && i < SHOWN; i++)
		text_owner(out, r, &b->owners[i]);
	for (unsigned i = SHOWN; i < b->nowners; i++) {
		others++;
		pages += b->owners[i].pages;
		alone += b->owners[i].ranges_alone;
		pinned += b->owners[i].unmovable_alone;
	}
	if (others)
		fprintf(out,
			"    %10" PRIu64 " %8" PRIu64 " %8s %9" PRIu64 " %12s  %" PRIu64
			" others\n",
			pinned, alone, "", pages, "", others);
}

/* Of a zone the smallest order that cannot be had, and 9: when both are it is one table. */
void result_blockers_text(FILE *out, const struct result *r)
{
	bool any = false;

	for (unsigned z = 0; z < r->blockers->nzones; z++) {
		const struct blockers_zone *zone = &r->blockers->zones[z];

		for (unsigned i = 0; i < zone->norders; i++) {
			const struct blockers_order *b = &zone->orders[i];

			if ((i && b->order != 9) || !b->nowners || b->free_ranges)
				continue;
			text_order(out, r, &r->snap->zones[z], b);
			any = true;
		}
	}
	if (any)
		fputc('\n', out);
}
