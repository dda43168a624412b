/* Small 2.4.0 machines for random operations: each kind of memory model, with and without swap.
 */
#ifndef TESTS_MODEL_SHAPES24_H
#define TESTS_MODEL_SHAPES24_H

#include "tests/model/kernel24.h"

struct shape {
	const char *name;
	enum mm_memory_model model;
	unsigned cpus, nodes, nr_cpus;
	uint32_t swap_pages;
	unsigned most; /* percent of memory that we have, but in every fourth phase */
	bool io_sync, yield_runs;
	struct mm_zone_span zones[6];
	struct mm_span hole; /* empty: start 0 */
};

static const struct shape shapes[] = {
	{
		.name = "contig with HighMem",
		.model = MM_MEMORY_CONTIG,
		.cpus = 2,
		.nodes = 1,
		.nr_cpus = 2,
		.swap_pages = 200,
		.most = 25,
		.yield_runs = true,
		.zones = { { 0, "DMA", 0, 128 },
			   { 0, "Normal", 128, 512 },
			   { 0, "HighMem", 512, 768 } },
		.hole = { 300, 310 },
	},
	{
		.name = "numa of 3 nodes",
		.model = MM_MEMORY_NUMA,
		.cpus = 6,
		.nodes = 3,
		.nr_cpus = 32,
		.swap_pages = 900,
		.most = 25,
		.io_sync = true,
		.yield_runs = true,
		.zones = { { 0, "DMA", 0, 150 },
			   { 0, "Normal", 150, 450 },
			   { 1, "Normal", 512, 800 },
			   { 2, "DMA", 1024, 1300 } },
	},
	{
		.name = "discontig of 3 nodes",
		.model = MM_MEMORY_DISCONTIG,
		.cpus = 3,
		.nodes = 3,
		.nr_cpus = 4,
		.swap_pages = 40,
		.most = 25,
		.zones = { { 0, "DMA", 3, 260 },
			   { 1, "DMA", 512, 700 },
			   { 1, "HighMem", 700, 900 },
			   { 2, "Normal", 1500, 1777 } },
	},
	{
		.name = "contig without swap, most of it ours",
		.model = MM_MEMORY_CONTIG,
		.cpus = 1,
		.nodes = 1,
		.nr_cpus = 1,
		.most = 95,
		.io_sync = true,
		.yield_runs = true,
		.zones = { { 0, "DMA", 0, 200 }, { 0, "Normal", 200, 600 } },
	},
};

#endif
