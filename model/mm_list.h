/*
 * Doubly linked lists threaded through a table of 16-byte slots. A slot is a page frame or
 * a list's head; links are slot numbers, so a list costs no pointers and a table can be
 * mapped anywhere. Head and tail of a list are part of a kernel's results, hence every
 * operation says at which end it works.
 *
 * Kernel: struct page's lru, list_head and their operations. Lists are circular: an empty
 * list's head points at itself.
 */
#ifndef MM_LIST_H
#define MM_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the fields after the links mean is the kernel's business; all zero = untouched. */
struct mm_slot {
	uint32_t next, prev;
	uint16_t tag;
	uint8_t type, use;
	uint32_t stamp; /* heads: length of the list; frames: kept for the memory models */
};

_Static_assert(sizeof(struct mm_slot) == 16, "a 1 TiB machine has to fit into 4 GiB");

/* A table of zeroed slots that takes host memory only where it is written. */
struct mm_list_table {
	struct mm_slot *slots;
	void *map;
	size_t map_bytes;
};

/* False when the host has no address space left for it. */
bool mm_list_map(struct mm_list_table *table, uint64_t slots);
/* Takes a table that is all zero, too. */
void mm_list_unmap(struct mm_list_table *table);

/* Whether the links of the list agree in both directions within `limit` steps. */
bool mm_list_check(const struct mm_slot *s, uint32_t head, uint64_t limit);

static inline void mm_list_init(struct mm_slot *s, uint32_t head)
{
	s[head].next = head;
	s[head].prev = head;
}

static inline bool mm_list_empty(const struct mm_slot *s, uint32_t head)
{
	return s[head].next == head;
}

/* Links slot i in behind slot `at`: at the head when `at` is the list's head. */
static inline void mm_list_add(struct mm_slot *s, uint32_t at, uint32_t i)
{
	uint32_t next = s[at].next;

	s[i].next = next;
	s[i].prev = at;
	s[at].next = i;
	s[next].prev = i;
}

/* Links slot i in before slot `at`: at the tail when `at` is the list's head. */
static inline void mm_list_add_tail(struct mm_slot *s, uint32_t at, uint32_t i)
{
	mm_list_add(s, s[at].prev, i);
}

static inline void mm_list_del(struct mm_slot *s, uint32_t i)
{
	uint32_t next = s[i].next, prev = s[i].prev;

	s[prev].next = next;
	s[next].prev = prev;
}

#endif
