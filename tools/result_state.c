/*
 * Where a run began and what it leaves for another one: an aged machine, the part before, the
 * saved state.
 */
#include <inttypes.h>

#include "tools/result.h"

static void age_text(FILE *out, const struct result *r)
{
	const struct age *goal = &r->scenario->age;

	fprintf(out,
		"Aged with seed %" PRIu64 " to an unusable index of %u.%03u at order %u:\n",
		r->scenario->seed, goal->unusable_milli / 1000, goal->unusable_milli % 1000,
		goal->order);
	for (unsigned i = 0; i < r->age->nzones; i++) {
		const struct age_zone *z = &r->age->zones[i];

		if (z->aged)
			fprintf(out,
				"  node %u, zone %-8s %u.%03u, %u.%u %% in use, by %" PRIu64
				" requests and %" PRIu64 " frees\n",
				z->nid, z->name, z->unusable_milli / 1000,
				z->unusable_milli % 1000, z->used_milli / 10,
				z->used_milli % 10, z->allocs, z->frees);
		else
			fprintf(out, "  node %u, zone %-8s as it was: less than %u MiB\n",
				z->nid, z->name, AGE_LEAST_FRAMES / 256);
	}
}

static void saved_text(FILE *out, const struct result *r)
{
	const struct replay_save_report *s = r->saved;

	fprintf(out, "State saved to %s: %" PRIu64 " objects\n", r->scenario->save_path,
		s->objects);
	if (s->on_disk)
		fprintf(out, "  without %" PRIu64 " pages that were on a disk only\n",
			s->on_disk);
	if (s->split)
		fprintf(out,
			"  with %" PRIu64 " pages of huge pages that are whole no more, which "
			"are nobody's there\n",
			s->split);
	if (s->at_work && !r->scenario->no_trace)
		fprintf(out,
			"  %" PRIu64
			" of the kernel's daemons were at work: they begin anew, and "
			"what goes on from here is not what would have followed\n",
			s->at_work);
}

bool result_state_any(const struct result *r)
{
	return r->age || r->saved || r->counts->overlap_cycles;
}

void result_state_text(FILE *out, const struct result *r)
{
	char time[32];

	if (!result_state_any(r))
		return;
	if (r->age)
		age_text(out, r);
	if (r->counts->overlap_cycles) {
		result_text_time(time, sizeof(time), r->counts->overlap_cycles,
				 r->scenario->machine->clock_mhz);
		fprintf(out,
			"The part before ended %s after this one begins: what tasks did in "
			"that "
			"time came one part behind the other\n",
			time);
	}
	if (r->saved)
		saved_text(out, r);
	fputc('\n', out);
}

static json_t *age_json(const struct result *r)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->age->nzones; i++) {
		const struct age_zone *z = &r->age->zones[i];

		json_array_append_new(
			list, json_pack("{s:i,s:s,s:b,s:I,s:I,s:I,s:I}", "node", (int)z->nid,
					"zone", z->name, "aged", z->aged, "unusable_milli",
					(json_int_t)z->unusable_milli, "used_milli",
					(json_int_t)z->used_milli, "allocs",
					(json_int_t)z->allocs, "frees", (json_int_t)z->frees));
	}
	return list;
}

json_t *result_state_json(const struct result *r)
{
	json_t *map = json_object();

	if (r->age)
		json_object_set_new(map, "aged", age_json(r));
	if (r->goes_on)
		result_set_number(map, "overlap_cycles", r->counts->overlap_cycles);
	if (r->saved)
		json_object_set_new(map, "saved",
				    json_pack("{s:s,s:I,s:I,s:I,s:I}", "path",
					      r->scenario->save_path, "objects",
					      (json_int_t)r->saved->objects, "on_disk",
					      (json_int_t)r->saved->on_disk, "split",
					      (json_int_t)r->saved->split, "at_work",
					      (json_int_t)r->saved->at_work));
	return map;
}
