#include "tools/scenario_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/memory_flat.h"
#include "tools/scenario_params.h"

#define AT(member) offsetof(struct sim_memory_params, member)
#define MOST_LINES 1000
#define MOST_NS 1000000000
#define MAX_KEYS 8

const struct mm_param scenario_memory_params[] = {
	{ "pollution",
	  "lines",
	  "Lines that an application brings into all caches of its CPU in 1000 cycles between "
	  "operations; not in the flat model.",
	  NULL,
	  AT(pollution),
	  1,
	  0,
	  MOST_LINES,
	  { 5 },
	  NULL },
	{ "prefetch",
	  "",
	  "1: the CPUs' hardware fetches struct pages ahead, 0: it does not; never on i386, "
	  "not in "
	  "the flat model.",
	  NULL,
	  AT(prefetch),
	  1,
	  0,
	  1,
	  { 1 },
	  NULL },
	{ "clear_page",
	  "ns",
	  "Time in which a core clears 4 KiB of its node's memory, where bandwidth allows it.",
	  NULL,
	  AT(clear_ns),
	  1,
	  1,
	  MOST_NS,
	  { 0 },
	  "298, on i386 17356" },
	{ "copy_page",
	  "ns",
	  "Time in which a core copies 4 KiB within its node, where bandwidth allows it.",
	  NULL,
	  AT(copy_ns),
	  1,
	  1,
	  MOST_NS,
	  { 0 },
	  "811, on i386 24527" },
	{ 0 },
};

static bool read_flat(struct scenario *s, struct conf_node flat, struct conf_error *err)
{
	const char *keys[SIM_LINES + 1] = { NULL };
	unsigned n = 0;

	if (!flat.yaml)
		return true;
	for (const struct sim_memory_flat_param *p = sim_memory_flat_params; p->name; p++)
		keys[n++] = p->name;
	if (!conf_only_keys(flat, keys, err))
		return false;
	for (const struct sim_memory_flat_param *p = sim_memory_flat_params; p->name; p++) {
		uint64_t v = s->memory.flat_cycles[p->line];

		if (conf_get(flat, p->name).yaml &&
		    !conf_u64(flat, p->name, p->min, p->max, &v, err))
			return false;
		s->memory.flat_cycles[p->line] = (uint32_t)v;
	}
	return true;
}

static bool read_kind(struct scenario *s, struct conf_node model, struct conf_error *err)
{
	const char *text = conf_text(model);

	if (!model.yaml)
		return true;
	for (unsigned k = 0; text && sim_memory_names[k]; k++)
		if (strcmp(text, sim_memory_names[k]) == 0) {
			s->memory_kind = (enum sim_memory_kind)k;
			return true;
		}
	return conf_fail(model, err, "'memory_model' should be flat, reuse or cache");
}

bool scenario_memory_read(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	const char *keys[MAX_KEYS] = { "flat" };
	struct conf_node memory = conf_get(map, "memory");
	unsigned n = 1;

	if (!read_kind(s, conf_get(map, "memory_model"), err))
		return false;
	if (!memory.yaml)
		return true;
	for (const struct mm_param *row = scenario_memory_params; row->name; row++)
		keys[n++] = row->name;
	if (!conf_only_keys(memory, keys, err))
		return false;
	for (const struct mm_param *row = scenario_memory_params; row->name; row++)
		if (conf_get(memory, row->name).yaml &&
		    !scenario_params_read_one(conf_get(memory, row->name), row, &s->memory,
					      err))
			return false;
	return read_flat(s, conf_get(memory, "flat"), err);
}

bool scenario_memory_check(const struct scenario *s, char *text, size_t size)
{
	const struct {
		const char *name;
		uint64_t ns;
	} works[] = { { "clear_page", s->memory.clear_ns },
		      { "copy_page", s->memory.copy_ns } };

	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++) {
		uint64_t cycles = sim_machine_cycles(s->machine, works[i].ns * 1000);

		if (cycles <= SIM_MACHINE_MOST_LATENCY)
			continue;
		snprintf(text, size,
			 "memory.%s: %" PRIu64 " ns are %" PRIu64 " cycles at %" PRIu64
			 " MHz, should be at most %u",
			 works[i].name, works[i].ns, cycles, s->machine->clock_mhz,
			 SIM_MACHINE_MOST_LATENCY);
		return false;
	}
	return true;
}

json_t *scenario_memory_json(const struct scenario *s)
{
	json_t *map = scenario_params_json(scenario_memory_params, &s->memory);
	json_t *flat = json_object();

	for (const struct sim_memory_flat_param *p = sim_memory_flat_params; p->name; p++)
		json_object_set_new(flat, p->name,
				    json_integer(s->memory.flat_cycles[p->line]));
	json_object_set_new(map, "flat", flat);
	return map;
}
