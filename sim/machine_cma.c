/* Areas kept for large contiguous requests, from the list `cma` of a machine file. */
#include <inttypes.h>
#include <stdlib.h>

#include "sim/machine_yaml.h"

#define FRAME_SHIFT 12
#define BLOCK_FRAMES 1024 /* a block of the largest order */
#define BLOCK_BYTES (BLOCK_FRAMES << FRAME_SHIFT)

static const struct sim_zone *zone_around(const struct sim_machine *m,
					  const struct sim_cma *area)
{
	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].nid == area->nid && m->zones[i].start <= area->start &&
		    m->zones[i].end >= area->end)
			return &m->zones[i];
	return NULL;
}

static bool check_area(const struct sim_machine *m, const struct sim_cma *area,
		       struct conf_node map, struct conf_error *err)
{
	if (!zone_around(m, area))
		return conf_fail(map, err, "the area is not inside one zone of node %u",
				 area->nid);
	if (sim_span_frames(m->holes, m->nholes, area->start, area->end) ||
	    sim_span_frames(m->reserved, m->nreserved, area->start, area->end))
		return conf_fail(map, err, "the area has holes or reserved memory in it");
	for (unsigned i = 0; i < m->ncma; i++)
		if (m->cma[i].start < area->end && area->start < m->cma[i].end)
			return conf_fail(map, err, "the area overlaps area %u of this list",
					 i + 1);
	return true;
}

static bool read_area(struct sim_machine *m, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "node", "start", "size", NULL };
	struct conf_node start = conf_get(map, "start"), size = conf_get(map, "size");
	struct sim_cma *area = &m->cma[m->ncma];
	uint64_t node, bytes;

	if (!conf_only_keys(map, keys, err) ||
	    !conf_u64(map, "node", 0, m->nodes - 1, &node, err))
		return false;
	if (!start.yaml)
		return conf_fail(map, err, "'start' is missing");
	if (!sim_machine_nodes_address(start, &area->start, err) ||
	    !conf_size(map, "size", 1, BLOCK_BYTES, SIM_MAX_FRAMES << FRAME_SHIFT, &bytes, err))
		return false;
	if (area->start % BLOCK_FRAMES)
		return conf_fail(start, err,
				 "'start' is not a multiple of 4MiB, the largest block");
	if (bytes % BLOCK_BYTES)
		return conf_fail(size, err,
				 "'size' is not a multiple of 4MiB, the largest block");
	area->nid = (uint16_t)node;
	area->end = area->start + (bytes >> FRAME_SHIFT);
	if (!check_area(m, area, map, err))
		return false;
	m->ncma++;
	return true;
}

bool sim_machine_cma_read(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	struct conf_node list = conf_get(map, "cma");

	if (!list.yaml)
		return true;
	if (!conf_is_list(list) || conf_count(list) > SIM_MAX_CMA)
		return conf_fail(list, err, "'cma' should be a list of at most %d areas",
				 SIM_MAX_CMA);
	m->cma = calloc(conf_count(list) + 1, sizeof(*m->cma));
	if (!m->cma)
		return conf_no_memory(list, err);
	for (size_t i = 0; i < conf_count(list); i++)
		if (!read_area(m, conf_item(list, i), err))
			return false;
	return true;
}
