/*
 * Zones: laid out from the machine at boot, then given all their memory.
 *
 * Kernel: free_area_init_core(), calc_memmap_size(), free_all_bootmem() with
 * __free_pages_memory() and __free_pages_boot_core().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412.h"
#include "model/v4_12/mm412_memblock.h"

#define STRUCT_PAGE_BYTES 64
#define PAGE_BYTES 4096
#define LOW_MEMORY_FRAMES (UINT64_C(896) << 8) /* of i386 */

const char *const mm412_zone_names[MM412_ZONE_TYPES] = { "DMA", "DMA32", "Normal", "Movable" };

static bool find_type(const struct mm412_arch *arch, const struct mm_zone_span *span,
		      uint8_t *idx)
{
	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++)
		if (strcmp(span->name, arch->zones[i]) == 0) {
			*idx = (uint8_t)i;
			return true;
		}
	return false;
}

static int by_node_and_type(const void *a, const void *b)
{
	const struct mm412_zone *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return (x->idx > y->idx) - (x->idx < y->idx);
}

/* Movable is high memory where it was cut from some: is_highmem_idx(). */
static void find_high_memory(struct mm412 *mm)
{
	mm->first_high = MM412_ZONE_TYPES;
	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];

		if (zone->idx == mm->arch->highmem ||
		    (zone->idx == MM412_ZONE_MOVABLE && mm->arch->highmem < zone->idx &&
		     zone->start >= LOW_MEMORY_FRAMES))
			mm->first_high = mm->arch->highmem;
	}
}

static bool read_zones(struct mm412 *mm, const struct mm_machine *machine, char *text,
		       size_t size)
{
	for (unsigned i = 0; i < machine->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];

		if (!mm_machine_check_zone(machine, i, text, size))
			return false;
		if (!find_type(mm->arch, &machine->zones[i], &zone->idx)) {
			char what[64];

			snprintf(what, sizeof(what), "has a name that 4.12 on %s does not know",
				 mm->arch->name);
			return mm_machine_refuse(&machine->zones[i], what, text, size);
		}
		zone->nid = machine->zones[i].nid;
		zone->start = machine->zones[i].start;
		zone->end = machine->zones[i].end;
	}
	qsort(mm->zones, mm->nzones, sizeof(*mm->zones), by_node_and_type);
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_node *node = &mm->nodes[mm->zones[i].nid];

		mm->zones[i].id = (uint8_t)i;
		node->zones[mm->zones[i].idx] = &mm->zones[i];
		node->online = true;
		node->has_memory = true;
	}
	find_high_memory(mm);
	return true;
}

static void read_nodes(struct mm412 *mm, const struct mm_machine *machine)
{
	for (unsigned i = 0; i < mm->nnodes; i++)
		mm->nodes[i].online = machine->node_online[i];
	for (unsigned i = 0; i < mm->ncpus; i++) {
		mm->cpu_node[i] = machine->cpu_node[i];
		mm->nodes[machine->cpu_node[i]].online = true;
		mm->nodes[machine->cpu_node[i]].has_cpu = true;
	}
}

/* The table: per-cpu lists, the zones' lists, the nodes', then the frames from `base` on. */
static bool map_table(struct mm412 *mm, const struct mm_machine *machine)
{
	struct mm_span all = mm_machine_frames(machine);
	uint64_t heads, frames;

	mm->base = all.start & ~(uint64_t)(MM412_MAX_BLOCK - 1);
	frames = ((all.end - mm->base) | (MM412_MAX_BLOCK - 1)) + 1;
	mm->node_heads = mm->nzones * mm->ncpus * MM412_PCP_SLOTS +
			 mm->nzones * MM412_TYPES * MM412_ORDERS;
	heads = (uint64_t)mm->node_heads + (uint64_t)mm->nnodes * MM412_NODE_LISTS;
	heads = (heads | (MM412_MAX_BLOCK - 1)) + 1;
	if (all.end < all.start || frames > UINT32_MAX - heads - MM412_MAX_BLOCK)
		return false;
	mm->frame0 = (uint32_t)heads;
	mm->slots = (uint32_t)(heads + frames);
	if (!mm_list_map(&mm->table, mm->slots))
		return false;
	mm->s = mm->table.slots;
	mm->block = calloc(mm->slots >> MM412_BLOCK_ORDER, sizeof(*mm->block));
	return mm->block;
}

static void init_lists(struct mm412 *mm, struct mm412_zone *zone)
{
	zone->pcps = (struct mm412_pcp *)mm->s + (size_t)zone->id * mm->ncpus;
	zone->heads = mm->nzones * mm->ncpus * MM412_PCP_SLOTS +
		      zone->id * MM412_TYPES * MM412_ORDERS;
	for (unsigned c = 0; c < mm->ncpus; c++)
		for (unsigned t = 0; t < MM412_PCP_TYPES; t++)
			mm_list_init(mm->s, mm412_pcp_head(mm, &zone->pcps[c], t));
	for (unsigned i = 0; i < MM412_TYPES * MM412_ORDERS; i++)
		mm_list_init(mm->s, zone->heads + i);
}

/*
 * Before memory is freed the kernel takes it all for managed, less the struct pages, which
 * are never in high memory.
 */
static void estimate_managed(const struct mm412 *mm, struct mm412_zone *zone)
{
	uint64_t pages = zone->end - zone->start, memmap;

	if (pages > zone->present + zone->present / 16)
		pages = zone->present;
	memmap = (pages * STRUCT_PAGE_BYTES + PAGE_BYTES - 1) / PAGE_BYTES;
	if (zone->present < memmap || mm412_is_high(mm, zone))
		memmap = 0;
	zone->early_managed = zone->present - memmap;
}

static bool count_memory(struct mm412 *mm, const struct mm_machine *machine)
{
	struct mm412_memblock all, usable;
	bool ok;

	if (!mm412_memblock_make(&all, mm, machine, false))
		return false;
	ok = mm412_memblock_make(&usable, mm, machine, true);
	for (unsigned i = 0; i < all.n; i++)
		all.ranges[i].zone->present += all.ranges[i].end - all.ranges[i].start;
	for (unsigned i = 0; ok && i < usable.n; i++)
		usable.ranges[i].zone->managed += usable.ranges[i].end - usable.ranges[i].start;
	for (unsigned i = 0; i < mm->nzones; i++)
		estimate_managed(mm, &mm->zones[i]);
	mm412_memblock_free(&all);
	mm412_memblock_free(&usable);
	return ok;
}

bool mm412_zone_build(struct mm412 *mm, const struct mm_machine *machine, char *text,
		      size_t size)
{
	read_nodes(mm, machine);
	if (!read_zones(mm, machine, text, size))
		return false;
	if (!map_table(mm, machine)) {
		snprintf(text, size, "no address space for the machine's page table");
		return false;
	}
	for (unsigned i = 0; i < mm->nzones; i++)
		init_lists(mm, &mm->zones[i]);
	mm412_touch_boot(mm);
	if (!count_memory(mm, machine) || !mm412_pageblock_boot(mm, machine)) {
		snprintf(text, size, "out of memory");
		return false;
	}
	return true;
}

/* Where the run of whole largest movable blocks that begins at `at` ends. */
static uint64_t run_end(const struct mm412 *mm, uint64_t at, uint64_t end)
{
	while (at % MM412_MAX_BLOCK == 0 && at + MM412_MAX_BLOCK <= end &&
	       mm412_block_type(mm, mm412_slot(mm, at)) == MM412_MOVABLE)
		at += MM412_MAX_BLOCK;
	return at;
}

static bool free_range(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_range *range)
{
	uint64_t at = range->start;

	while (at < range->end) {
		uint32_t slot = mm412_slot(mm, at);
		uint64_t run = run_end(mm, at, range->end);
		unsigned order = mm_machine_block(at, range->end, MM412_ORDERS);

		if (run > at) {
			if (!mm412_fresh_add(mm, range->zone, slot, mm412_slot(mm, run)))
				return false;
			at = run;
			continue;
		}
		mm412_buddy_give(mm, range->zone, &range->zone->pcps[0], cpu, slot, order,
				 mm412_block_type(mm, slot));
		at += 1u << order;
	}
	return true;
}

bool mm412_zone_free_memory(struct mm412 *mm, const struct mm_machine *machine)
{
	struct sim_memory costless = { 0 };
	struct sim_cpu cpu = { .memory = &costless };
	struct mm412_memblock usable;
	bool ok;

	if (!mm412_memblock_make(&usable, mm, machine, true))
		return false;
	ok = true;
	/* High memory comes first, and frame by frame; each zone's lists are the same in the
	 * end. */
	/* Order 0 would pass a boot-time per-cpu list that holds nothing back. */
	for (unsigned i = 0; ok && i < usable.n; i++)
		ok = free_range(mm, &cpu, &usable.ranges[i]);
	mm412_memblock_free(&usable);
	for (unsigned i = 0; i < mm->nzones; i++)
		mm412_fresh_link(mm, &mm->zones[i]);
	return ok;
}
