/*
 * Zones and nodes: laid out from the machine at boot, then given all their memory.
 *
 * Kernel: free_area_init_core(), build_zonelists(), init_bootmem_core() as far as it orders
 * pgdat_list, free_all_bootmem_core(), swap_setup(). The kernel frees page after page; as no
 * block's buddy is free when its run of pages has been freed, the whole blocks are put on
 * their lists in the order in which their last pages would have come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v2_4/mm24.h"

#define PAGE_BYTES 4096
#define MAX_BLOCK (1u << (MM24_ORDERS - 1))
#define HEADS_A_ZONE (MM24_ORDERS + 1)
#define MIN_BALANCE 10
#define MAX_BALANCE 255
#define MIB_FRAMES 256

const char *const mm24_zone_names[MM24_ZONES] = { "DMA", "Normal", "HighMem" };

static bool find_type(const struct mm_zone_span *span, uint8_t *idx)
{
	for (unsigned i = 0; i < MM24_ZONES; i++)
		if (strcmp(span->name, mm24_zone_names[i]) == 0) {
			*idx = (uint8_t)i;
			return true;
		}
	return false;
}

/* ---- layout ---------------------------------------------------------------------------- */

static int by_node_and_type(const void *a, const void *b)
{
	const struct mm_zone_span *x = *(const struct mm_zone_span *const *)a;
	const struct mm_zone_span *y = *(const struct mm_zone_span *const *)b;
	uint8_t i = 0, j = 0;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	find_type(x, &i);
	find_type(y, &j);
	return (i > j) - (i < j);
}

bool mm24_zone_sort(const struct mm_machine *machine,
		    const struct mm_zone_span *sorted[MM24_MAX_ZONES], char *text, size_t size)
{
	uint8_t idx;

	for (unsigned i = 0; i < machine->nzones; i++) {
		if (!mm_machine_check_zone(machine, i, text, size))
			return false;
		if (!find_type(&machine->zones[i], &idx))
			return mm_machine_refuse(&machine->zones[i],
						 "has a name that 2.4 does not know", text,
						 size);
		sorted[i] = &machine->zones[i];
	}
	qsort(sorted, machine->nzones, sizeof(*sorted), by_node_and_type);
	return true;
}

/* The table: heads of all lists, then the frames from `base` on; beside it the pages. */
static bool map_tables(struct mm24 *mm, const struct mm_machine *machine)
{
	struct mm_span all = mm_machine_frames(machine);
	uint64_t heads;

	/* Neighbours of the kernel's mem_map share lines as ours do. */
	mm->base = all.start & ~(uint64_t)(MAX_BLOCK - 1);
	heads = ((2 + (uint64_t)machine->nzones * HEADS_A_ZONE) | (MAX_BLOCK - 1)) + 1;
	if (all.end - mm->base > UINT32_MAX - heads - MAX_BLOCK)
		return false;
	mm->max_mapnr = all.end;
	mm->frame0 = (uint32_t)heads;
	mm->slots = (uint32_t)(heads + (all.end - mm->base));
	_Static_assert(sizeof(struct mm24_page) == sizeof(struct mm_slot), "a table of pages");
	if (!mm_list_map(&mm->table, mm->slots) ||
	    !mm_list_map(&mm->page_table, all.end - mm->base))
		return false;
	mm->s = mm->table.slots;
	mm->page = (struct mm24_page *)(void *)mm->page_table.slots;
	mm->active_head = 0;
	mm->dirty_head = 1;
	mm24_touch_boot(mm, machine->arch);
	mm_list_init(mm->s, mm->active_head);
	mm_list_init(mm->s, mm->dirty_head);
	return true;
}

static bool make_areas(struct mm24 *mm, struct mm24_zone *zone)
{
	uint32_t head = 2 + zone->id * (uint32_t)HEADS_A_ZONE;

	zone->clean_head = head++;
	mm_list_init(mm->s, zone->clean_head);
	for (unsigned o = 0; o < MM24_ORDERS; o++) {
		struct mm24_area *area = &zone->area[o];

		area->head = head++;
		mm_list_init(mm->s, area->head);
		area->nbits = ((uint64_t)zone->size >> (o + 1)) + 1;
		area->line = mm->block_lines;
		mm->block_lines += (uint32_t)(area->nbits / (8 * MM24_LINE_BYTES) + 1);
		area->map = calloc((area->nbits + 63) / 64, sizeof(*area->map));
		if (!area->map)
			return false;
	}
	return true;
}

static bool make_zone(struct mm24 *mm, const struct mm_zone_span *span)
{
	struct mm24_zone *zone = &mm->zones[mm->nzones];

	zone->id = (uint8_t)mm->nzones++;
	find_type(span, &zone->idx);
	zone->nid = span->nid;
	zone->start = mm24_slot(mm, span->start);
	zone->size = (uint32_t)(span->end - span->start);
	zone->present = zone->managed = zone->size;
	zone->lock.spins = zone->lock.touched = true;
	zone->lock.hand_over = (uint32_t)mm->cost.lock_move[0];
	mm->nodes[span->nid].zones[zone->idx] = zone;
	mm->nodes[span->nid].online = true;
	mm->num_physpages += zone->size;
	return make_areas(mm, zone);
}

/* ---- nodes ----------------------------------------------------------------------------- */

static void make_lists(struct mm24_node *node)
{
	for (unsigned i = 0; i < MM24_LISTS; i++) {
		/* __GFP_DMA wins over __GFP_HIGHMEM. */
		unsigned from = i & 1   ? MM24_ZONE_DMA
				: i & 2 ? MM24_ZONE_HIGHMEM
					: MM24_ZONE_NORMAL;
		unsigned n = 0;

		for (unsigned z = from + 1; z-- > 0;)
			if (node->zones[z])
				node->lists[i].zones[n++] = node->zones[z];
		node->lists[i].zones[n] = NULL;
	}
}

static bool has_memory(const struct mm24_node *node)
{
	return node->zones[MM24_ZONE_DMA] || node->zones[MM24_ZONE_NORMAL] ||
	       node->zones[MM24_ZONE_HIGHMEM];
}

/* Each node's bootmem goes to the head of pgdat_list: ARM (discontig) begins with node 0,
 * mips64 (numa) with the last. */
static bool order_nodes(struct mm24 *mm, const struct mm_machine *machine, char *text,
			size_t size)
{
	for (unsigned i = 0; i < machine->npgdats; i++) {
		if (machine->pgdat_list[i] >= mm->nnodes) {
			snprintf(text, size, "pgdat_list names node %u, which is not there",
				 machine->pgdat_list[i]);
			return false;
		}
		mm->pgdat_list[mm->npgdats++] = machine->pgdat_list[i];
	}
	for (unsigned i = 0; !machine->npgdats && i < mm->nnodes; i++) {
		unsigned nid = mm->model == MM_MEMORY_DISCONTIG ? mm->nnodes - 1 - i : i;

		if (has_memory(&mm->nodes[nid]))
			mm->pgdat_list[mm->npgdats++] = (uint16_t)nid;
	}
	for (unsigned i = 0; i < mm->nnodes; i++)
		mm->nodes[i].position = MM24_NO_POSITION;
	for (unsigned i = mm->npgdats; i-- > 0;)
		mm->nodes[mm->pgdat_list[i]].position = (uint8_t)i;
	mm->next_pgdat = mm->npgdats;
	return true;
}

static void choose_model(struct mm24 *mm, const struct mm_machine *machine)
{
	unsigned with_memory = 0;

	for (unsigned i = 0; i < mm->nnodes; i++)
		with_memory += has_memory(&mm->nodes[i]);
	mm->model = (enum mm_memory_model)mm->params.memory_model[0];
	if (mm->model == MM_MEMORY_DEFAULT)
		mm->model = machine->memory_model;
	if (mm->model == MM_MEMORY_DEFAULT)
		mm->model = with_memory > 1 ? MM_MEMORY_NUMA : MM_MEMORY_CONTIG;
}

/* ---- what is not memory ---------------------------------------------------------------- */

struct mm24_zone *mm24_zone_find(const struct mm24 *mm, uint64_t frame)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm24_zone *zone = &mm->zones[i];
		uint64_t start = mm24_frame(mm, zone->start);

		if (frame >= start && frame < start + zone->size)
			return zone;
	}
	return NULL;
}

/* Marks the frames of a span that are in the zone; returns how many were not yet. */
static uint64_t reserve(struct mm24 *mm, const struct mm24_zone *zone, struct mm_span span)
{
	uint64_t start = mm24_frame(mm, zone->start), end = start + zone->size, n = 0;

	start = span.start > start ? span.start : start;
	end = span.end < end ? span.end : end;
	for (uint64_t f = start; f < end; f++) {
		struct mm_slot *s = &mm->s[mm24_slot(mm, f)];

		n += !(s->tag & MM24_RESERVED);
		s->tag |= MM24_RESERVED;
	}
	return n;
}

static void reserve_all(struct mm24 *mm, const struct mm_machine *machine)
{
	for (unsigned z = 0; z < mm->nzones; z++) {
		struct mm24_zone *zone = &mm->zones[z];

		for (unsigned i = 0; i < machine->nholes; i++)
			zone->present -= reserve(mm, zone, machine->holes[i]);
		zone->managed = zone->present;
		for (unsigned i = 0; i < machine->nreserved; i++)
			zone->managed -= reserve(mm, zone, machine->reserved[i]);
	}
}

/* The node's boot bitmap: one bit for each frame of its low memory. */
static struct mm_span bootmap(const struct mm24 *mm, const struct mm_machine *machine,
			      unsigned nid)
{
	uint64_t low = UINT64_MAX, high = 0, frames;

	if (!machine->bootmem || machine->bootmem[nid] == UINT64_MAX)
		return (struct mm_span){ 0, 0 };
	for (unsigned i = 0; i < MM24_ZONE_HIGHMEM; i++) {
		const struct mm24_zone *zone = mm->nodes[nid].zones[i];

		if (!zone)
			continue;
		low = zone->start < low ? zone->start : low;
		high = zone->start + zone->size > high ? zone->start + zone->size : high;
	}
	frames = high > low ? (high - low) / 8 + PAGE_BYTES - 1 : 0;
	return (struct mm_span){ machine->bootmem[nid],
				 machine->bootmem[nid] + frames / PAGE_BYTES };
}

static void unreserve_bootmaps(struct mm24 *mm, const struct mm_machine *machine)
{
	for (unsigned nid = 0; nid < mm->nnodes; nid++) {
		struct mm_span map = bootmap(mm, machine, nid);

		for (uint64_t f = map.start; f < map.end; f++) {
			struct mm24_zone *zone = mm24_zone_find(mm, f);
			struct mm_slot *s = &mm->s[mm24_slot(mm, f)];

			if (!zone || !(s->tag & MM24_RESERVED))
				continue;
			s->tag &= (uint16_t)~MM24_RESERVED;
			zone->managed++;
		}
	}
}

bool mm24_zone_build(struct mm24 *mm, const struct mm_machine *machine, char *text, size_t size)
{
	const struct mm_zone_span *sorted[MM24_MAX_ZONES];

	if (!mm24_zone_sort(machine, sorted, text, size))
		return false;
	if (!map_tables(mm, machine)) {
		snprintf(text, size, "no address space for the machine's page table");
		return false;
	}
	for (unsigned i = 0; i < mm->nnodes; i++)
		mm->nodes[i].online = machine->node_online[i];
	for (unsigned i = 0; i < machine->nzones; i++)
		if (!make_zone(mm, sorted[i])) {
			snprintf(text, size, "out of memory");
			return false;
		}
	if (machine->num_physpages)
		mm->num_physpages = machine->num_physpages;
	for (unsigned i = 0; i < mm->nnodes; i++)
		make_lists(&mm->nodes[i]);
	choose_model(mm, machine);
	if (!order_nodes(mm, machine, text, size))
		return false;
	reserve_all(mm, machine);
	unreserve_bootmaps(mm, machine);
	return true;
}

/* ---- freeing --------------------------------------------------------------------------- */

void mm24_zone_ready(struct mm24 *mm, const struct mm24_zone *zone, uint32_t slot)
{
	uint32_t at = slot - (slot - zone->start) % MAX_BLOCK;
	uint32_t end = zone->start + zone->size;

	/* A free page's age is never 0. */
	if (mm->s[at].type)
		return;
	end = end - at > MAX_BLOCK ? at + MAX_BLOCK : end;
	for (; at < end; at++) {
		mm->s[at].type = MM24_AGE_START;
		mm->s[at].use = zone->id;
	}
}

/* Where the run of whole largest blocks that begins at `at` ends. */
static uint32_t whole_blocks(const struct mm24_zone *zone, uint32_t at, uint32_t end)
{
	return (at - zone->start) % MAX_BLOCK ? at : end - (end - at) % MAX_BLOCK;
}

bool mm24_zone_free_run(struct mm24 *mm, struct mm24_zone *zone, uint32_t at, uint32_t end)
{
	while (at < end) {
		unsigned order =
			mm_machine_block(at - zone->start, end - zone->start, MM24_ORDERS);
		uint32_t whole = whole_blocks(zone, at, end);

		if (whole > at) {
			if (!mm24_fresh_add(mm, zone, at, whole))
				return false;
			at = whole;
			continue;
		}
		mm24_zone_ready(mm, zone, at);
		mm24_buddy_found(mm, zone, at, order);
		at += 1u << order;
	}
	return true;
}

/* Takes the boot bitmap out of a run: what is before it, or what is behind. */
static struct mm_span around(struct mm_span run, struct mm_span map)
{
	if (map.start <= run.start && run.start < map.end)
		run.start = map.end < run.end ? map.end : run.end;
	else if (run.start < map.start && map.start < run.end)
		run.end = map.start;
	return run;
}

static bool free_zone(struct mm24 *mm, const struct mm_machine *machine, struct mm24_zone *zone)
{
	struct mm_span map = bootmap(mm, machine, zone->nid), run;
	uint64_t at = mm24_frame(mm, zone->start), end = at + zone->size;

	for (; at < end; at = run.end) {
		run = around(mm_machine_memory(machine, at, end), map);
		if (!mm24_zone_free_run(mm, zone, mm24_slot(mm, run.start),
					mm24_slot(mm, run.end)))
			return false;
	}
	return true;
}

bool mm24_zone_free_memory(struct mm24 *mm, const struct mm_machine *machine)
{
	struct sim_memory costless = { 0 };
	struct sim_cpu cpu = { .memory = &costless };

	for (unsigned i = 0; i < mm->nzones; i++)
		if (!free_zone(mm, machine, &mm->zones[i]))
			return false;
	for (unsigned nid = 0; nid < mm->nnodes; nid++) {
		struct mm_span map = bootmap(mm, machine, nid);

		for (uint64_t f = map.start; f < map.end; f++) {
			struct mm24_zone *zone = mm24_zone_find(mm, f);

			if (!zone)
				continue;
			mm24_zone_ready(mm, zone, mm24_slot(mm, f));
			mm24_buddy_give(mm, &cpu, mm24_slot(mm, f), 0);
		}
	}
	return true;
}

/* ---- marks ----------------------------------------------------------------------------- */

static uint64_t balance(uint64_t pages, uint64_t ratio)
{
	pages /= ratio;
	return pages < MIN_BALANCE ? MIN_BALANCE : pages > MAX_BALANCE ? MAX_BALANCE : pages;
}

void mm24_zone_marks(struct mm24 *mm)
{
	const uint64_t *set = mm->params.freepages;

	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm24_zone *zone = &mm->zones[i];

		zone->pages_min = balance(zone->present, mm->params.memfrac[zone->idx]);
		zone->pages_low = zone->pages_min * 2;
		zone->pages_high = zone->pages_min * 3;
		mm->free_min += zone->pages_min;
		mm->free_low += zone->pages_low;
		mm->free_high += zone->pages_high;
	}
	if (set[0] || set[1] || set[2]) {
		mm->free_min = set[0];
		mm->free_low = set[1];
		mm->free_high = set[2];
	}
	mm->page_cluster = mm->params.page_cluster[0];
	if (mm->page_cluster == MM24_PAGE_CLUSTER_AUTO)
		mm->page_cluster = mm->num_physpages < 16 * MIB_FRAMES   ? 2
				   : mm->num_physpages < 32 * MIB_FRAMES ? 3
									 : 4;
}
