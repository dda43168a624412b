/*
 * Zones from memory, as the kernel does at boot: a node spans from its first to its last
 * frame, a zone is what of that lies below the zone's limit, and what nobody's memory covers
 * inside a zone is a hole. A zone without memory is left out.
 *
 * Kernel: 4.12 mm/page_alloc.c, zone_spanned_pages_in_node(), zone_absent_pages_in_node(),
 * find_zone_movable_pfns_for_nodes().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_yaml.h"

#define MAX_ARCH_ZONES 3
#define MAX_ZONES (4 * SIM_MAX_NODES)

/* Zones of an architecture with the frame at which each ends; frame 0 belongs to the firmware.
 */
static const struct arch_zone {
	const char *name;
	uint64_t end;
} arch_zones[][MAX_ARCH_ZONES] = {
	[SIM_ARCH_X86_64] = { { "DMA", 4096 }, { "DMA32", 1048576 }, { "Normal", UINT64_MAX } },
	[SIM_ARCH_I386] = { { "DMA", 4096 }, { "Normal", 229376 }, { "HighMem", UINT64_MAX } },
};

/* What a machine's zones, holes and reserved ranges grow in. */
struct draft {
	struct sim_zone *zones;
	unsigned n;
	struct sim_span_list memory, holes, reserved;
};

static void drop(struct draft *d)
{
	free(d->zones);
	sim_span_drop(&d->memory);
	sim_span_drop(&d->holes);
	sim_span_drop(&d->reserved);
}

static bool out_of_memory(struct conf_node at, struct conf_error *err)
{
	return conf_no_memory(at, err);
}

static bool add_zone(struct draft *d, uint16_t nid, const char *name, uint64_t start,
		     uint64_t end)
{
	struct sim_zone *zones = realloc(d->zones, (d->n + 1) * sizeof(*zones));

	if (!zones)
		return false;
	d->zones = zones;
	zones[d->n] = (struct sim_zone){ .nid = nid, .start = start, .end = end };
	snprintf(zones[d->n].name, sizeof(zones[d->n].name), "%s", name);
	d->n++;
	return true;
}

/* ---- from memory ----------------------------------------------------------------------- */

/* The frame behind which `movable` frames of the node's memory lie. */
static uint64_t movable_start(const struct sim_span_list *memory, uint64_t movable)
{
	for (unsigned i = memory->n; i-- > 0;) {
		uint64_t frames = memory->at[i].end - memory->at[i].start;

		if (movable <= frames)
			return memory->at[i].end - movable;
		movable -= frames;
	}
	return 0;
}

/* Cuts the end off the node's highest zone. */
static bool add_movable(struct draft *d, const struct sim_machine_nodes *nodes, unsigned i,
			struct conf_error *err)
{
	const struct sim_span_list *memory = &nodes->node[i].memory;
	struct conf_node at = conf_get(nodes->node[i].at, "movable");
	struct sim_zone *highest = &d->zones[d->n - 1];
	uint64_t start = movable_start(memory, nodes->node[i].movable), end = highest->end;

	if (start < highest->start)
		return conf_fail(at, err, "'movable' is more than the node's zone %s holds",
				 highest->name);
	if (start % 1024)
		return conf_fail(at, err,
				 "zone Movable would start at 0x%llx, which is not a multiple "
				 "of 4MiB, the largest block",
				 (unsigned long long)start << 12);
	highest->end = start;
	if (highest->start == highest->end)
		d->n--;
	if (!add_zone(d, nodes->node[i].id, "Movable", start, end))
		return out_of_memory(at, err);
	return true;
}

static bool zones_of_node(struct draft *d, enum sim_arch arch,
			  const struct sim_machine_nodes *nodes, unsigned i,
			  struct conf_error *err)
{
	const struct sim_span_list *memory = &nodes->node[i].memory;
	uint64_t from = 1;

	for (unsigned k = 0; k < MAX_ARCH_ZONES && memory->n; k++) {
		const struct arch_zone *az = &arch_zones[arch][k];
		uint64_t start = memory->at[0].start, end = memory->at[memory->n - 1].end;

		start = start > from ? start : from;
		end = end < az->end ? end : az->end;
		from = az->end;
		if (start >= end || !sim_span_frames(memory->at, memory->n, start, end))
			continue;
		if (!add_zone(d, nodes->node[i].id, az->name, start, end))
			return out_of_memory(nodes->node[i].at, err);
	}
	if (nodes->node[i].movable)
		return add_movable(d, nodes, i, err);
	return true;
}

static bool zones_of_memory(struct draft *d, enum sim_arch arch,
			    const struct sim_machine_nodes *nodes, struct conf_error *err)
{
	for (unsigned i = 0; i < nodes->n; i++) {
		const struct sim_span_list *memory = &nodes->node[i].memory;

		if (!zones_of_node(d, arch, nodes, i, err))
			return false;
		if (!sim_span_inside(memory, 0, SIM_MAX_FRAMES, &d->memory))
			return out_of_memory(nodes->node[i].at, err);
	}
	return true;
}

/* ---- from the list `zones` ------------------------------------------------------------- */

static bool check_zone_name(struct conf_node map, const char *name, enum sim_arch arch,
			    struct conf_error *err)
{
	const struct arch_zone *az = arch_zones[arch];
	struct conf_node at = conf_get(map, "name");

	if (!at.yaml)
		return conf_fail(map, err, "'name' is missing");
	if (name && strcmp(name, "Movable") == 0)
		return true;
	for (unsigned k = 0; name && k < MAX_ARCH_ZONES; k++)
		if (strcmp(name, az[k].name) == 0)
			return true;
	return conf_fail(at, err, "a zone is called %s, %s, %s or Movable", az[0].name,
			 az[1].name, az[2].name);
}

/* A node has each zone once; in the kernel its kind is its place in the node's list. */
static bool check_new(const struct draft *d, uint64_t node, struct conf_node name,
		      struct conf_error *err)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->zones[i].nid == node && strcmp(d->zones[i].name, conf_text(name)) == 0)
			return conf_fail(name, err, "node %u has a zone %s already",
					 d->zones[i].nid, d->zones[i].name);
	return true;
}

static bool read_zone(struct draft *d, const struct sim_machine *m, struct conf_node map,
		      struct conf_error *err)
{
	static const char *const keys[] = { "node", "name", "range", NULL };
	const char *name = conf_text(conf_get(map, "name"));
	struct sim_span range;
	uint64_t node;

	if (!conf_only_keys(map, keys, err) ||
	    !conf_u64(map, "node", 0, m->nodes - 1, &node, err) ||
	    !check_zone_name(map, name, m->arch, err) ||
	    !check_new(d, node, conf_get(map, "name"), err))
		return false;
	if (!conf_get(map, "range").yaml)
		return conf_fail(map, err, "'range' is missing");
	if (!sim_machine_nodes_range(conf_get(map, "range"), &range, err))
		return false;
	if (!add_zone(d, (uint16_t)node, name, range.start, range.end) ||
	    !sim_span_add(&d->memory, range.start, range.end))
		return out_of_memory(map, err);
	return true;
}

static bool zones_of_list(struct draft *d, const struct sim_machine *m,
			  const struct sim_machine_nodes *nodes, struct conf_node list,
			  struct conf_error *err)
{
	for (unsigned i = 0; i < nodes->n; i++)
		if (nodes->node[i].memory.n)
			return conf_fail(
				conf_get(nodes->node[i].at, "memory"), err,
				"a machine has 'memory' in its nodes, or 'zones', not both");
	if (!conf_is_list(list) || !conf_count(list))
		return conf_fail(list, err, "'zones' should be a list of zones");
	if (conf_count(list) > MAX_ZONES)
		return conf_fail(list, err, "%zu zones, a machine has at most %d",
				 conf_count(list), MAX_ZONES);
	for (size_t i = 0; i < conf_count(list); i++)
		if (!read_zone(d, m, conf_item(list, i), err))
			return false;
	return true;
}

/* ---- holes and reserved ranges --------------------------------------------------------- */

static bool read_spans(struct conf_node map, const char *key, struct sim_span_list *out,
		       struct conf_error *err)
{
	struct conf_node list = conf_get(map, key);

	if (list.yaml && !conf_is_list(list))
		return conf_fail(list, err, "'%s' should be a list of ranges", key);
	for (size_t i = 0; i < conf_count(list); i++) {
		struct sim_span range;

		if (!sim_machine_nodes_range(conf_item(list, i), &range, err))
			return false;
		if (!sim_span_add(out, range.start, range.end))
			return out_of_memory(list, err);
	}
	sim_span_tidy(out);
	return true;
}

/* A zone's holes are what no memory covers there, and what `holes` takes away. */
static bool clip_to_zones(struct draft *d, const struct sim_span_list *holes,
			  const struct sim_span_list *reserved)
{
	for (unsigned i = 0; i < d->n; i++) {
		const struct sim_zone *z = &d->zones[i];

		if (!sim_span_outside(&d->memory, z->start, z->end, &d->holes) ||
		    !sim_span_inside(holes, z->start, z->end, &d->holes))
			return false;
	}
	sim_span_tidy(&d->holes);
	for (unsigned i = 0; i < d->n; i++) {
		struct sim_span_list here = { 0 };
		bool ok = sim_span_inside(reserved, d->zones[i].start, d->zones[i].end, &here);

		for (unsigned k = 0; ok && k < here.n; k++)
			ok = sim_span_outside(&d->holes, here.at[k].start, here.at[k].end,
					      &d->reserved);
		sim_span_drop(&here);
		if (!ok)
			return false;
	}
	sim_span_tidy(&d->reserved);
	return true;
}

static bool make_spans(struct draft *d, struct conf_node map, struct conf_error *err)
{
	struct sim_span_list holes = { 0 }, reserved = { 0 };
	bool ok;

	sim_span_tidy(&d->memory);
	ok = read_spans(map, "holes", &holes, err) &&
	     read_spans(map, "reserved", &reserved, err);
	if (ok && !clip_to_zones(d, &holes, &reserved))
		ok = out_of_memory(map, err);
	sim_span_drop(&holes);
	sim_span_drop(&reserved);
	return ok;
}

bool sim_machine_zones_make(struct sim_machine *m, const struct sim_machine_nodes *nodes,
			    struct conf_node map, struct conf_error *err)
{
	struct conf_node list = conf_get(map, "zones");
	struct draft d = { 0 };
	bool ok;

	if (list.yaml)
		ok = zones_of_list(&d, m, nodes, list, err);
	else
		ok = zones_of_memory(&d, m->arch, nodes, err);
	if (!ok || !make_spans(&d, map, err)) {
		drop(&d);
		return false;
	}
	m->zones = d.zones;
	m->nzones = d.n;
	m->holes = d.holes.at;
	m->nholes = d.holes.n;
	m->reserved = d.reserved.at;
	m->nreserved = d.reserved.n;
	sim_span_drop(&d.memory);
	return true;
}
