/*
 * Cache lines: what shares one with what.
 *
 * Kernel: zone_t and free_area_t of include/linux/mmzone.h, as they would be laid out for the
 * machine's processor, with lines of 64 bytes; the lists' heads of mm/page_alloc.c.
 */
#include "model/v2_4/mm24.h"

/* Bytes of a zone_t, whose words are `word` long: eight of them come first. */
static unsigned area_byte(unsigned word, unsigned order)
{
	return 10 * word + order * 3 * word;
}

static uint32_t lines(unsigned from, unsigned bytes)
{
	return UINT32_C(1) << from / MM24_LINE_BYTES |
	       UINT32_C(1) << (from + bytes - 1) / MM24_LINE_BYTES;
}

void mm24_touch_boot(struct mm24 *mm, enum mm_arch arch)
{
	unsigned word = arch == MM_ARCH_I386 ? 4 : 8;

	/* Two links of a head, and where its map is. */
	for (unsigned o = 0; o < MM24_ORDERS; o++)
		mm->area_lines[o] = lines(area_byte(word, o), 3 * word);
	mm->clean_lines = lines(8 * word, 2 * word);
}

void mm24_touch_areas(const struct mm24_zone *zone, struct sim_cpu *cpu, uint32_t bits)
{
	for (bits >>= 1; bits; bits &= bits - 1)
		sim_touch(cpu, SIM_LINE_LIST,
			  zone->id * MM24_AREA_LINES + (unsigned)__builtin_ctz(bits), true);
}

void mm24_touch_head(const struct mm24 *mm, struct sim_cpu *cpu, uint32_t head)
{
	if (head == mm->active_head || head == mm->dirty_head) {
		sim_touch(cpu, SIM_LINE_LRU, MM24_LINE_LISTS, true);
		return;
	}
	for (unsigned i = 0; i < mm->nzones; i++) {
		if (mm->zones[i].clean_head != head)
			continue;
		if (mm->clean_lines & 1)
			sim_touch(cpu, SIM_LINE_ZONE, i, true);
		mm24_touch_areas(&mm->zones[i], cpu, mm->clean_lines);
	}
}
