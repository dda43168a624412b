/*
 * A machine of several nodes as a kernel sees it that was built for one.
 *
 * Kernel: no CONFIG_DISCONTIGMEM. There is contig_page_data with one zone of each type over all
 * memory, and no CPU has a node. On i386 that was the only configuration in 2.4.0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v2_4/mm24.h"

static const uint16_t all_on_node_0[MM_MAX_CPUS];
static const bool node_0_online[] = { true };
static const uint8_t no_distance[] = { 10 };

static uint64_t bit(unsigned nid)
{
	return nid < MM_MAX_NODES ? UINT64_C(1) << nid : 0;
}

/* Nodes, as bits, that have memory; low: that any kernel of i386 can use without tricks. */
static uint64_t nodes_with_memory(const struct mm_machine *machine, bool low)
{
	uint64_t nodes = 0;

	for (unsigned i = 0; i < machine->nzones; i++)
		if (!low || strcmp(machine->zones[i].name, "HighMem") != 0)
			nodes |= bit(machine->zones[i].nid);
	return nodes;
}

/* Requests for kernel memory would have nothing to look at on some CPU's node. */
static bool some_cpu_lacks_low_memory(const struct mm_machine *machine)
{
	uint64_t low = nodes_with_memory(machine, true);

	for (unsigned c = 0; c < machine->cpus; c++)
		if (!(low & bit(machine->cpu_node[c])))
			return true;
	return false;
}

bool mm24_flat_wanted(const struct mm_machine *machine, const struct mm24_params *params)
{
	enum mm_memory_model model = (enum mm_memory_model)params->memory_model[0];
	uint64_t nodes = nodes_with_memory(machine, false);

	if (!(nodes & (nodes - 1)))
		return false;
	if (model == MM_MEMORY_DEFAULT)
		model = machine->memory_model;
	if (model == MM_MEMORY_DEFAULT && machine->arch == MM_ARCH_I386)
		return some_cpu_lacks_low_memory(machine);
	return model == MM_MEMORY_CONTIG;
}

static int by_start(const void *a, const void *b)
{
	const struct mm_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* One zone from the first frame of that type to the last; what lies between them is a hole. */
static void merge_type(struct mm24_flat *flat, const struct mm_machine *machine, unsigned type)
{
	struct mm_zone_span *zone = &flat->zones[flat->machine.nzones];
	struct mm_span parts[MM24_MAX_ZONES];
	unsigned n = 0;

	for (unsigned i = 0; i < machine->nzones; i++)
		if (strcmp(machine->zones[i].name, mm24_zone_names[type]) == 0)
			parts[n++] = (struct mm_span){ machine->zones[i].start,
						       machine->zones[i].end };
	if (!n)
		return;
	qsort(parts, n, sizeof(*parts), by_start);
	for (unsigned i = 1; i < n; i++)
		if (parts[i].start > parts[i - 1].end)
			flat->holes[flat->machine.nholes++] =
				(struct mm_span){ parts[i - 1].end, parts[i].start };
	snprintf(zone->name, sizeof(zone->name), "%s", mm24_zone_names[type]);
	zone->start = parts[0].start;
	zone->end = parts[n - 1].end;
	flat->machine.nzones++;
}

static bool apart(const struct mm24_flat *flat, char *text, size_t size)
{
	for (unsigned i = 1; i < flat->machine.nzones; i++) {
		const struct mm_zone_span *a = &flat->zones[i - 1], *b = &flat->zones[i];

		if (a->end <= b->start)
			continue;
		snprintf(text, size,
			 "memory_model contig: zone %s and zone %s of all nodes together would "
			 "lie inside one another",
			 a->name, b->name);
		return false;
	}
	return true;
}

bool mm24_flat_merge(struct mm24_flat *flat, const struct mm_machine *machine, char *text,
		     size_t size)
{
	const struct mm_zone_span *sorted[MM24_MAX_ZONES];

	if (!mm24_zone_sort(machine, sorted, text, size))
		return false;
	*flat = (struct mm24_flat){ .machine = *machine };
	flat->holes = calloc(machine->nholes + machine->nzones, sizeof(*flat->holes));
	if (!flat->holes) {
		snprintf(text, size, "out of memory");
		return false;
	}
	if (machine->nholes)
		memcpy(flat->holes, machine->holes, machine->nholes * sizeof(*flat->holes));
	flat->machine.nzones = 0;
	for (unsigned type = 0; type < MM24_ZONES; type++)
		merge_type(flat, machine, type);
	qsort(flat->holes, flat->machine.nholes, sizeof(*flat->holes), by_start);
	flat->machine.zones = flat->zones;
	flat->machine.holes = flat->holes;
	flat->machine.nodes = 1;
	flat->machine.cpu_node = all_on_node_0;
	flat->machine.node_online = node_0_online;
	flat->machine.distance = no_distance;
	flat->machine.memory_model = MM_MEMORY_CONTIG;
	flat->machine.pgdat_list = NULL;
	flat->machine.npgdats = 0;
	flat->machine.bootmem = NULL;
	if (apart(flat, text, size))
		return true;
	mm24_flat_free(flat);
	return false;
}

void mm24_flat_free(struct mm24_flat *flat)
{
	free(flat->holes);
	flat->holes = NULL;
}
