/* Nodes, their CPUs and their memory, from the list `nodes` of a machine file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_yaml.h"

#define FRAME_SHIFT 12
#define MAX_RANGES 1024
#define BLOCK_FRAMES 1024 /* a block of the largest order */

static bool out_of_memory(struct conf_node at, struct conf_error *err)
{
	return conf_no_memory(at, err);
}

/* ---- addresses ------------------------------------------------------------------------- */

static bool parse_hex(const char *text, uint64_t *out)
{
	uint64_t v = 0;

	if (text[0] != '0' || text[1] != 'x' || !text[2])
		return false;
	for (text += 2; *text; text++) {
		const char *hex = "0123456789abcdef";
		const char *digit =
			strchr(hex, *text >= 'A' && *text <= 'F' ? *text + 32 : *text);

		if (!digit || v >> 60)
			return false;
		v = v << 4 | (uint64_t)(digit - hex);
	}
	*out = v;
	return true;
}

bool sim_machine_nodes_address(struct conf_node at, uint64_t *frame, struct conf_error *err)
{
	const char *text = conf_text(at), *why;
	uint64_t bytes;

	if (!text)
		return conf_fail(at, err, "an address such as 0x100000 or 3GiB should be here");
	if (strncmp(text, "0x", 2) == 0) {
		if (!parse_hex(text, &bytes))
			return conf_fail(at, err, "\"%.60s\" is no hexadecimal address", text);
	} else if (!conf_parse_size(text, 1, &bytes, &why)) {
		return conf_fail(at, err, "the address is \"%.60s\": %s", text, why);
	}
	if (bytes % SIM_FRAME_BYTES)
		return conf_fail(at, err, "%s is not a multiple of 4KiB, a frame", text);
	if (bytes >> FRAME_SHIFT > SIM_MAX_FRAMES)
		return conf_fail(at, err, "%s lies above 64TiB", text);
	*frame = bytes >> FRAME_SHIFT;
	return true;
}

bool sim_machine_nodes_range(struct conf_node list, struct sim_span *out,
			     struct conf_error *err)
{
	if (!conf_is_list(list) || conf_count(list) != 2)
		return conf_fail(list, err, "a range should be [start, end]");
	if (!sim_machine_nodes_address(conf_item(list, 0), &out->start, err) ||
	    !sim_machine_nodes_address(conf_item(list, 1), &out->end, err))
		return false;
	if (out->start >= out->end)
		return conf_fail(list, err, "the range ends before it starts");
	return true;
}

/* ---- memory ---------------------------------------------------------------------------- */

static uint64_t highest_end(const struct sim_machine_nodes *nodes)
{
	uint64_t end = 0;

	for (unsigned i = 0; i < nodes->n; i++) {
		const struct sim_span_list *memory = &nodes->node[i].memory;

		if (memory->n && memory->at[memory->n - 1].end > end)
			end = memory->at[memory->n - 1].end;
	}
	return end;
}

/* A size starts where the memory of the nodes before it ends. */
static bool read_size(struct sim_machine_nodes *nodes, struct conf_node map,
		      struct sim_span_list *memory, struct conf_error *err)
{
	uint64_t start = highest_end(nodes), bytes;

	if (!conf_size(map, "memory", 1, SIM_FRAME_BYTES, SIM_MAX_FRAMES << FRAME_SHIFT, &bytes,
		       err))
		return false;
	if (bytes % SIM_FRAME_BYTES)
		return conf_fail(conf_get(map, "memory"), err,
				 "'memory' is not a multiple of 4KiB, a frame");
	if (start + (bytes >> FRAME_SHIFT) > SIM_MAX_FRAMES)
		return conf_fail(conf_get(map, "memory"), err,
				 "the memory of all nodes ends above 64TiB");
	if (!sim_span_add(memory, start, start + (bytes >> FRAME_SHIFT)))
		return out_of_memory(map, err);
	return true;
}

static bool check_apart(const struct sim_machine_nodes *nodes, struct sim_span range,
			struct conf_node at, struct conf_error *err)
{
	for (unsigned i = 0; i < nodes->n; i++) {
		const struct sim_span_list *memory = &nodes->node[i].memory;

		if (sim_span_frames(memory->at, memory->n, range.start, range.end))
			return conf_fail(at, err, "this range overlaps memory of node %u",
					 nodes->node[i].id);
	}
	return true;
}

static bool read_ranges(struct sim_machine_nodes *nodes, struct conf_node list,
			struct sim_span_list *memory, struct conf_error *err)
{
	if (conf_count(list) > MAX_RANGES)
		return conf_fail(list, err, "%zu ranges, a node has at most %d",
				 conf_count(list), MAX_RANGES);
	for (size_t i = 0; i < conf_count(list); i++) {
		struct conf_node at = conf_item(list, i);
		struct sim_span range;

		if (!sim_machine_nodes_range(at, &range, err) ||
		    !check_apart(nodes, range, at, err))
			return false;
		if (memory->n && range.start < memory->at[memory->n - 1].end)
			return conf_fail(at, err,
					 "this range starts before the last one's end");
		if (!sim_span_add(memory, range.start, range.end))
			return out_of_memory(at, err);
	}
	sim_span_tidy(memory);
	return true;
}

static bool read_memory(struct sim_machine_nodes *nodes, struct conf_node map,
			struct sim_span_list *memory, struct conf_error *err)
{
	struct conf_node at = conf_get(map, "memory");

	if (!at.yaml)
		return true;
	if (conf_is_list(at))
		return read_ranges(nodes, at, memory, err);
	return read_size(nodes, map, memory, err);
}

static bool read_movable(struct conf_node map, const struct sim_span_list *memory,
			 uint64_t *frames, struct conf_error *err)
{
	struct conf_node at = conf_get(map, "movable");
	uint64_t bytes, all = sim_span_frames(memory->at, memory->n, 0, SIM_MAX_FRAMES);

	*frames = 0;
	if (!at.yaml)
		return true;
	if (!conf_size(map, "movable", 1, 0, all << FRAME_SHIFT, &bytes, err))
		return false;
	if (bytes % (BLOCK_FRAMES * SIM_FRAME_BYTES))
		return conf_fail(at, err,
				 "'movable' is not a multiple of 4MiB, the largest block");
	*frames = bytes >> FRAME_SHIFT;
	return true;
}

/* ---- CPUs ------------------------------------------------------------------------------ */

static bool add_cpu(struct sim_machine_nodes *nodes, struct conf_node at, uint64_t cpu,
		    uint16_t node, struct conf_error *err)
{
	if (cpu >= SIM_MAX_CPUS)
		return conf_fail(at, err, "CPU %" PRIu64 ", the highest possible is %d", cpu,
				 SIM_MAX_CPUS - 1);
	if (nodes->cpu_node[cpu] >= 0)
		return conf_fail(at, err, "CPU %" PRIu64 " is on node %d already", cpu,
				 nodes->cpu_node[cpu]);
	nodes->cpu_node[cpu] = (int16_t)node;
	if (cpu >= nodes->cpus)
		nodes->cpus = (unsigned)cpu + 1;
	return true;
}

static bool add_run(struct sim_machine_nodes *nodes, struct conf_node at, uint64_t first,
		    uint64_t last, uint16_t node, struct conf_error *err)
{
	if (last < first)
		return conf_fail(at, err, "the CPUs %" PRIu64 "-%" PRIu64 " are upside down",
				 first, last);
	for (uint64_t cpu = first; cpu <= last; cpu++)
		if (!add_cpu(nodes, at, cpu, node, err))
			return false;
	return true;
}

static bool bad_cpus(struct conf_node at, const char *text, struct conf_error *err)
{
	return conf_fail(at, err,
			 "'cpus' should be a count (4), a text (\"0-3,8\") or a list ([0, 2]), "
			 "not \"%.60s\"",
			 text);
}

/* "5" or "0-3": one part of a text, the part's end in *next. */
static bool add_part(struct sim_machine_nodes *nodes, struct conf_node at, const char *part,
		     size_t length, uint16_t node, struct conf_error *err)
{
	char word[48], *dash;
	uint64_t first, last;

	if (length >= sizeof(word))
		return bad_cpus(at, conf_text(at), err);
	memcpy(word, part, length);
	word[length] = '\0';
	dash = strchr(word, '-');
	if (dash)
		*dash = '\0';
	if (!conf_parse_u64(word, &first) || !conf_parse_u64(dash ? dash + 1 : word, &last))
		return bad_cpus(at, conf_text(at), err);
	return add_run(nodes, at, first, last, node, err);
}

static bool add_text(struct sim_machine_nodes *nodes, struct conf_node at, const char *text,
		     uint16_t node, struct conf_error *err)
{
	for (;;) {
		size_t length = strcspn(text, ",");

		if (!add_part(nodes, at, text, length, node, err))
			return false;
		if (!text[length])
			return true;
		text += length + 1;
		text += strspn(text, " ");
	}
}

static bool read_cpus(struct sim_machine_nodes *nodes, struct conf_node map, uint16_t node,
		      struct conf_error *err)
{
	struct conf_node at = conf_get(map, "cpus");
	const char *text = conf_text(at);
	uint64_t count;

	if (!at.yaml)
		return true;
	if (text && conf_parse_u64(text, &count)) {
		if (!count)
			return true;
		if (count > SIM_MAX_CPUS)
			return conf_fail(at, err, "%" PRIu64 " CPUs, a machine has at most %d",
					 count, SIM_MAX_CPUS);
		return add_run(nodes, at, nodes->cpus, nodes->cpus + count - 1, node, err);
	}
	if (text)
		return add_text(nodes, at, text, node, err);
	if (!conf_is_list(at))
		return bad_cpus(at, "a map", err);
	for (size_t i = 0; i < conf_count(at); i++) {
		struct conf_node item = conf_item(at, i);

		if (!conf_text(item))
			return bad_cpus(item, "a list in a list", err);
		if (!add_text(nodes, item, conf_text(item), node, err))
			return false;
	}
	return true;
}

/* ---- nodes ----------------------------------------------------------------------------- */

static bool read_id(const struct sim_machine_nodes *nodes, struct conf_node map, uint16_t *id,
		    struct conf_error *err)
{
	uint16_t least = nodes->n ? (uint16_t)(nodes->node[nodes->n - 1].id + 1) : 0;
	uint64_t v = least;

	if (conf_get(map, "id").yaml && !conf_u64(map, "id", 0, SIM_MAX_NODES - 1, &v, err))
		return false;
	if (v >= SIM_MAX_NODES)
		return conf_fail(map, err, "node %" PRIu64 ", the highest possible is %d", v,
				 SIM_MAX_NODES - 1);
	if (v < least)
		return conf_fail(conf_get(map, "id"), err,
				 "node %" PRIu64 " should stand before node %u, once", v,
				 nodes->node[nodes->n - 1].id);
	*id = (uint16_t)v;
	return true;
}

static bool read_node(struct sim_machine_nodes *nodes, struct conf_node map,
		      struct conf_error *err)
{
	static const char *const keys[] = { "id", "cpus", "memory", "movable", NULL };
	struct sim_span_list memory = { 0 };
	uint64_t movable = 0;
	uint16_t id = 0;

	if (!conf_only_keys(map, keys, err) || !read_id(nodes, map, &id, err) ||
	    !read_cpus(nodes, map, id, err) || !read_memory(nodes, map, &memory, err) ||
	    !read_movable(map, &memory, &movable, err)) {
		sim_span_drop(&memory);
		return false;
	}
	nodes->node[nodes->n].at = map;
	nodes->node[nodes->n].id = id;
	nodes->node[nodes->n].memory = memory;
	nodes->node[nodes->n].movable = movable;
	nodes->n++;
	return true;
}

static bool check_cpus(const struct sim_machine_nodes *nodes, struct conf_node list,
		       struct conf_error *err)
{
	if (!nodes->cpus)
		return conf_fail(list, err, "no node has a CPU");
	for (unsigned cpu = 0; cpu < nodes->cpus; cpu++)
		if (nodes->cpu_node[cpu] < 0)
			return conf_fail(list, err,
					 "CPU %u is on no node, though there is a CPU %u", cpu,
					 nodes->cpus - 1);
	return true;
}

static bool read_list(struct conf_node list, struct sim_machine_nodes *nodes,
		      struct conf_error *err)
{
	if (!conf_is_list(list))
		return conf_fail(list, err, "'nodes' should be a list of nodes");
	if (!conf_count(list))
		return conf_fail(list, err, "'nodes' should have at least one node");
	for (size_t i = 0; i < conf_count(list); i++)
		if (!read_node(nodes, conf_item(list, i), err))
			return false;
	return check_cpus(nodes, list, err);
}

bool sim_machine_nodes_read(struct conf_node list, struct sim_machine_nodes *nodes,
			    struct conf_error *err)
{
	memset(nodes, 0, sizeof(*nodes));
	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
		nodes->cpu_node[cpu] = -1;
	if (read_list(list, nodes, err))
		return true;
	sim_machine_nodes_drop(nodes);
	return false;
}

void sim_machine_nodes_drop(struct sim_machine_nodes *nodes)
{
	for (unsigned i = 0; i < nodes->n; i++)
		sim_span_drop(&nodes->node[i].memory);
	nodes->n = 0;
}
