/*
 * What a kernel sees of the machine when it boots: numbers only. Built by tools/ from a
 * machine file, a trace's header or a golden file's header; the model copies what it keeps.
 */
#ifndef MM_MACHINE_H
#define MM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MM_MAX_CPUS 1024
#define MM_MAX_NODES 64
#define MM_MAX_ORDERS 11

enum mm_arch { MM_ARCH_X86_64, MM_ARCH_I386 };

/* How 2.4 was configured for a machine: which node a request without one begins at. */
enum mm_memory_model {
	MM_MEMORY_DEFAULT,   /* contig for one node, numa for several */
	MM_MEMORY_CONTIG,    /* one node */
	MM_MEMORY_DISCONTIG, /* several, taken in turns */
	MM_MEMORY_NUMA,      /* several, from the CPU's own on */
};

/* A run of frames, end exclusive. */
struct mm_span {
	uint64_t start, end;
};

/* One populated zone of one node. Spans do not overlap; ascending by (nid, start). */
struct mm_zone_span {
	uint16_t nid;
	char name[12]; /* "DMA", "DMA32", "Normal", "HighMem", "Movable" */
	uint64_t start, end;
};

/*
 * Memory kept for large contiguous requests of drivers, which movable pages may use meanwhile.
 * Whole blocks of the largest order, inside one zone, without holes and reserved memory.
 */
struct mm_cma {
	uint16_t nid;
	uint64_t start, end; /* frames, end exclusive */
};

struct mm_machine {
	enum mm_arch arch;
	unsigned cpus, nodes;             /* node ids may have gaps: nodes = highest id + 1 */
	const uint16_t *cpu_node;         /* cpus entries */
	const bool *node_online;          /* nodes entries */
	const uint8_t *distance;          /* nodes * nodes, SLIT; [from * nodes + to] */
	const struct mm_zone_span *zones; /* what /proc/zoneinfo would span */
	unsigned nzones;
	const struct mm_span *holes; /* no memory there; ascending */
	unsigned nholes;
	const struct mm_span *reserved; /* memory that never reaches the allocator; ascending */
	unsigned nreserved;
	/* In the order in which they are activated. A machine with areas has a kernel that was
	 * built with CMA and memory isolation; 2.4 has none of that. */
	const struct mm_cma *cma;
	unsigned ncma;
	uint64_t hz;

	/* Of 2.4 alone; all zero is what follows from the machine's shape. */
	enum mm_memory_model memory_model;
	unsigned nr_cpus;           /* NR_CPUS of the build; 0 = cpus */
	const uint16_t *pgdat_list; /* node ids in pgdat_list's order; NULL = the model's */
	unsigned npgdats;
	const uint64_t *bootmem; /* [nodes]: where the node's boot bitmap lies, UINT64_MAX =
				    nowhere; NULL = no node has one */
	uint64_t num_physpages;  /* 0 = all zones' frames */
};

/* The order, below `orders`, of the largest block that begins at `at`, a multiple of its size,
 * and ends by `end`. */
static inline unsigned mm_machine_block(uint64_t at, uint64_t end, unsigned orders)
{
	unsigned order = (unsigned)__builtin_ctzll(at | UINT64_C(1) << (orders - 1));

	while (at + (UINT64_C(1) << order) > end)
		order--;
	return order;
}

/* From the lowest frame of a zone to behind the highest. */
struct mm_span mm_machine_frames(const struct mm_machine *machine);
/* The first frames in a row, from `at` on and before `end`, that reach the allocator: neither
 * a hole nor reserved. Empty when there are no more. */
struct mm_span mm_machine_memory(const struct mm_machine *machine, uint64_t at, uint64_t end);

/* What no kernel can boot with, of the machine's n-th zone and those before it: false and a
 * sentence in text[size]. Names are the kernel's business. */
bool mm_machine_check_zone(const struct mm_machine *machine, unsigned n, char *text,
			   size_t size);
/* False, and a sentence: which zone it is, and what is wrong with it. */
bool mm_machine_refuse(const struct mm_zone_span *zone, const char *what, char *text,
		       size_t size);

#endif
