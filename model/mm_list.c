#include "model/mm_list.h"

#include <sys/mman.h>

#define HUGE_BYTES ((size_t)2 << 20)

bool mm_list_map(struct mm_list_table *table, uint64_t slots)
{
	size_t bytes = slots * sizeof(struct mm_slot);
	bool huge = bytes >= 2 * HUGE_BYTES;
	size_t map_bytes = bytes + (huge ? HUGE_BYTES : 0);
	uintptr_t start;
	void *map;

	map = mmap(NULL, map_bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return false;
	start = (uintptr_t)map;
	if (huge) {
		start = (start + HUGE_BYTES - 1) & ~(uintptr_t)(HUGE_BYTES - 1);
		/* Only advice: a host without huge pages is slower, not wrong. */
		(void)madvise((void *)start, bytes, MADV_HUGEPAGE);
	}
	*table = (struct mm_list_table){ .slots = (struct mm_slot *)start,
					 .map = map,
					 .map_bytes = map_bytes };
	return true;
}

void mm_list_unmap(struct mm_list_table *table)
{
	if (table->map)
		munmap(table->map, table->map_bytes);
	*table = (struct mm_list_table){ 0 };
}

bool mm_list_check(const struct mm_slot *s, uint32_t head, uint64_t limit)
{
	uint32_t at = head;

	do {
		uint32_t next = s[at].next;

		if (s[next].prev != at || limit-- == 0)
			return false;
		at = next;
	} while (at != head);
	return true;
}
