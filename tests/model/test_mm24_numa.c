/* Which nodes a request tries, in which order. */
#include "tests/model/kernel24.h"

static struct kernel24 k;

static void nothing(void)
{
	k.mm = NULL;
}

static void drop(void)
{
	k_drop(&k);
}

/* Four nodes of one zone each, CPUs 0 to 3 on them. */
static void boot(enum mm_memory_model model)
{
	k_init(&k, 4, 4);
	for (unsigned n = 0; n < 4; n++)
		k_zone_add(&k, (uint16_t)n, "DMA", n * 4096, n * 4096 + 2048);
	k.machine.memory_model = model;
	CU_ASSERT_FATAL(k_boot(&k, false));
}

/* The nodes of a walk as decimal digits: 2301. */
static unsigned walk(unsigned cpu, int nid)
{
	unsigned first = mm24_numa_first(k.mm, &k.cpus[cpu], nid), digits = 0;
	int node;

	for (unsigned n = 0; (node = mm24_numa_node(k.mm, first, n)) >= 0; n++)
		digits = digits * 10 + (unsigned)node;
	return digits;
}

static void numa_begins_at_the_cpus_node_and_goes_round(void)
{
	boot(MM_MEMORY_NUMA);
	CU_ASSERT_EQUAL(walk(0, -1), 123);
	CU_ASSERT_EQUAL(walk(1, -1), 1230);
	CU_ASSERT_EQUAL(walk(2, -1), 2301);
	CU_ASSERT_EQUAL(walk(3, -1), 3012);
}

static void numa_asked_for_a_node_tries_no_other(void)
{
	boot(MM_MEMORY_NUMA);
	CU_ASSERT_EQUAL(walk(0, 2), 2);
	CU_ASSERT_EQUAL(walk(2, 1), 1);
}

static void discontig_moves_one_pointer_with_every_request(void)
{
	boot(MM_MEMORY_DISCONTIG);
	/* The node made last is the list's head. */
	CU_ASSERT_EQUAL(walk(0, -1), 3210);
	CU_ASSERT_EQUAL(walk(3, -1), 2103);
	CU_ASSERT_EQUAL(walk(0, 3), 1032);
	CU_ASSERT_EQUAL(walk(0, -1), 321);
	CU_ASSERT_EQUAL(walk(0, -1), 3210);
}

static void a_request_of_a_refused_order_does_not_move_it(void)
{
	boot(MM_MEMORY_DISCONTIG);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 10, "GFP_ATOMIC"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_ATOMIC"), 3 * 4096 + 2047);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_ATOMIC"), 2 * 4096 + 2047);
}

static void contig_has_one_node(void)
{
	k_one_zone(&k, 2, 4096);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_CONTIG);
	CU_ASSERT_EQUAL(mm24_numa_node(k.mm, mm24_numa_first(k.mm, &k.cpus[1], -1), 0), 0);
	CU_ASSERT_EQUAL(mm24_numa_node(k.mm, mm24_numa_first(k.mm, &k.cpus[1], -1), 1), -1);
}

static void several_nodes_are_numa_unless_told_otherwise(void)
{
	boot(MM_MEMORY_DEFAULT);
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_NUMA);
	drop();
	k.params.memory_model[0] = MM_MEMORY_DISCONTIG;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_DISCONTIG);
}

static void the_lists_order_can_be_given(void)
{
	k_init(&k, 4, 4);
	for (unsigned n = 0; n < 4; n++)
		k_zone_add(&k, (uint16_t)n, "DMA", n * 4096, n * 4096 + 2048);
	k.machine.pgdat_list = (const uint16_t[]){ 2, 0, 3, 1 };
	k.machine.npgdats = 4;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(walk(0, -1), 312);
	CU_ASSERT_EQUAL(walk(1, -1), 1203);
}

static void a_cpu_without_memory_of_its_own_begins_at_the_head(void)
{
	k_init(&k, 3, 3);
	k_zone_add(&k, 1, "DMA", 0, 2048);
	k_zone_add(&k, 2, "Normal", 4096, 8192);
	k.machine.memory_model = MM_MEMORY_NUMA;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(walk(0, -1), 12);
	CU_ASSERT_EQUAL(walk(2, -1), 21);
	CU_ASSERT_EQUAL(walk(1, 0), 12);
}

static CU_TestInfo tests[] = {
	{ "numa begins at the CPU's node and goes round",
	  numa_begins_at_the_cpus_node_and_goes_round },
	{ "numa, asked for a node, tries no other", numa_asked_for_a_node_tries_no_other },
	{ "discontig moves one pointer with every request",
	  discontig_moves_one_pointer_with_every_request },
	{ "a request of a refused order does not move it",
	  a_request_of_a_refused_order_does_not_move_it },
	{ "contig has one node", contig_has_one_node },
	{ "several nodes are numa unless told otherwise",
	  several_nodes_are_numa_unless_told_otherwise },
	{ "the list's order can be given", the_lists_order_can_be_given },
	{ "a CPU without memory of its own begins at the head",
	  a_cpu_without_memory_of_its_own_begins_at_the_head },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_numa", NULL, NULL, nothing, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
