/*
 * Cache lines: what shares one with what, and those that are not on the way of every request.
 *
 * Kernel: struct zone and struct free_area of include/linux/mmzone.h; usemap_size() of
 * mm/sparse.c.
 */
#include "model/v4_12/mm412.h"

#define LINE_BYTES 64
#define HEAD_BYTES 16
#define COUNT_BYTES 8

/* Of the line in which that byte behind the begin of the free areas lies. */
static uint32_t line_bit(unsigned byte)
{
	return UINT32_C(1) << byte / LINE_BYTES;
}

static unsigned area_bytes(const struct mm412 *mm)
{
	return mm->ntypes * HEAD_BYTES + COUNT_BYTES;
}

/* The list's head and the order's count; what is in the lock's line came with the lock. */
static uint32_t lines_of(const struct mm412 *mm, unsigned type, unsigned order)
{
	unsigned head = order * area_bytes(mm) + type * HEAD_BYTES;

	return (line_bit(head) | line_bit(head + HEAD_BYTES - 1) | mm->count_lines[order]) &
	       ~mm->lock_line;
}

/* The zone's flags lie between its free areas and its lock. */
void mm412_touch_boot(struct mm412 *mm)
{
	mm->lock_line = line_bit(MM412_ORDERS * area_bytes(mm) + COUNT_BYTES);
	for (unsigned o = 0; o < MM412_ORDERS; o++) {
		mm->count_lines[o] = line_bit((o + 1) * area_bytes(mm) - COUNT_BYTES);
		for (unsigned t = 0; t < mm->ntypes; t++)
			mm->area_lines[t][o] = lines_of(mm, t, o);
	}
	/* The bits of a node's sections lie in a row, those of two in a line. */
	mm->block_shift =
		(uint32_t)(mm->base & ((1u << MM412_BLOCK_LINE_SHIFT) - 1)) - mm->frame0;
}

void mm412_touch_areas(const struct mm412_zone *zone, struct sim_cpu *cpu, uint32_t lines,
		       bool write)
{
	if (!cpu->memory->touch) {
		sim_charge_part(cpu, SIM_PART_MEMORY, mm412_touch_flat(cpu->memory, lines));
		return;
	}
	for (; lines; lines &= lines - 1)
		sim_touch(cpu, SIM_LINE_LIST,
			  zone->id * MM412_AREA_LINES + (unsigned)__builtin_ctz(lines), write);
}

void mm412_touch_search(const struct mm412 *mm, struct sim_cpu *cpu,
			const struct mm412_zone *zone, unsigned order, unsigned some)
{
	unsigned fits = some >> order;
	unsigned last = fits ? order + (unsigned)__builtin_ctz(fits) : MM412_ORDERS - 1;
	uint32_t lines = fits ? mm->area_lines[MM412_UNMOVABLE][last] : 0;

	for (; order < last; order++)
		lines |= mm->count_lines[order];
	lines |= mm->count_lines[last];
	mm412_touch_areas(zone, cpu, lines & ~mm->lock_line, false);
	if (lines & mm->lock_line)
		sim_touch(cpu, SIM_LINE_ZONE, zone->id, false);
}

void mm412_touch_each(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, uint32_t n,
		      bool write)
{
	for (uint32_t i = 0; i < n; i++)
		sim_touch_page(cpu, mm412_frame(mm, slot + i), &mm->s[slot + i].stamp, write);
}

void mm412_touch_fold(const struct mm412 *mm, struct sim_cpu *cpu,
		      const struct mm412_zone *zone, unsigned line)
{
	sim_touch(cpu, SIM_LINE_STAT, line * (mm->nzones + 1) + zone->id, true);
	sim_touch(cpu, SIM_LINE_STAT, line * (mm->nzones + 1) + mm->nzones, true);
}

void mm412_touch_parts(const struct mm412 *mm, struct sim_cpu *cpu,
		       const struct mm412_zone *zone)
{
	for (unsigned c = 0; c < mm->ncpus; c++)
		mm412_touch_pcp(mm, cpu, &zone->pcps[c], false);
}
