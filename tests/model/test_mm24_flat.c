/* Machines of several nodes under a kernel that was built for one. */
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

/* As on a NUMA-Q: the first of three quads has all low memory, and each has a CPU. */
static void quads(void)
{
	k_init(&k, 3, 3);
	k_zone_add(&k, 0, "DMA", 0, 4096);
	k_zone_add(&k, 0, "Normal", 4096, 8192);
	k_zone_add(&k, 0, "HighMem", 8192, 10240);
	k_zone_add(&k, 1, "HighMem", 10240, 12288);
	k_zone_add(&k, 2, "HighMem", 14336, 16384);
}

static void contig_has_one_zone_of_each_type_on_node_0(void)
{
	const struct mm24_zone *high;

	quads();
	k.params.memory_model[0] = MM_MEMORY_CONTIG;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->nzones, 3);
	CU_ASSERT_EQUAL(k.mm->nnodes, 1);
	high = k_zone(&k, 0, "HighMem");
	CU_ASSERT_EQUAL(mm24_frame(k.mm, high->start), 8192);
	CU_ASSERT_EQUAL(high->size, 8192);
	/* The gap is not there, and its frames are never handed out. */
	CU_ASSERT_EQUAL(high->present, 6144);
	CU_ASSERT_EQUAL(high->free_pages, 6144);
	CU_ASSERT(k_ok(&k));
}

static void the_holes_of_the_machine_stay_holes(void)
{
	static const struct mm_span holes[] = { { 100, 200 }, { 15000, 15100 } };

	quads();
	k.machine.holes = holes;
	k.machine.nholes = 2;
	k.params.memory_model[0] = MM_MEMORY_CONTIG;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA")->free_pages, 4096 - 100);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "HighMem")->free_pages, 6144 - 100);
	CU_ASSERT(k_ok(&k));
}

/* Requests and CPUs keep the hardware's numbers. */
static void every_cpu_is_served_from_all_memory(void)
{
	quads();
	k.params.memory_model[0] = MM_MEMORY_CONTIG;
	CU_ASSERT_FATAL(k_boot(&k, false));
	for (unsigned c = 0; c < 3; c++)
		for (unsigned node = 0; node < 3; node++) {
			struct mm_request req = { .node = (uint8_t)node };
			unsigned unknown = 0;
			struct mm_grant g;

			req.gfp = mm24_policy.gfp("GFP_KERNEL", &unknown);
			g = mm24_policy.alloc_try(k.mm, &k.cpus[c], req);
			CU_ASSERT_EQUAL(g.verdict, MM_DONE);
			CU_ASSERT_EQUAL(g.node, 0);
			CU_ASSERT(g.frame >= 4096 && g.frame < 8192);
		}
	CU_ASSERT(k_ok(&k));
}

static void auto_is_contig_where_a_cpu_of_i386_has_no_low_memory(void)
{
	quads();
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_CONTIG);
	CU_ASSERT_EQUAL(k.mm->nzones, 3);
	drop();
	/* Told otherwise, it is as it was. */
	k.params.memory_model[0] = MM_MEMORY_NUMA;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_NUMA);
	CU_ASSERT_EQUAL(k.mm->nzones, 5);
	drop();
	k.params.memory_model[0] = MM_MEMORY_DEFAULT;
	k.machine.arch = MM_ARCH_X86_64;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_NUMA);
}

static void a_node_without_cpus_needs_no_low_memory(void)
{
	quads();
	k.cpu_node[1] = k.cpu_node[2] = 0;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->model, MM_MEMORY_NUMA);
}

static void zones_that_would_lie_inside_one_another_are_refused(void)
{
	k_init(&k, 2, 2);
	k_zone_add(&k, 0, "DMA", 0, 1024);
	k_zone_add(&k, 0, "Normal", 1024, 2048);
	k_zone_add(&k, 1, "DMA", 2048, 3072);
	k.params.memory_model[0] = MM_MEMORY_CONTIG;
	CU_ASSERT_FATAL(!k_boot(&k, false));
	CU_ASSERT_STRING_EQUAL(k.text,
			       "memory_model contig: zone DMA and zone Normal of all nodes "
			       "together would lie inside one another");
}

static CU_TestInfo tests[] = {
	{ "contig has one zone of each type, on node 0",
	  contig_has_one_zone_of_each_type_on_node_0 },
	{ "the holes of the machine stay holes", the_holes_of_the_machine_stay_holes },
	{ "every CPU is served from all memory", every_cpu_is_served_from_all_memory },
	{ "auto is contig where a CPU of i386 has no low memory",
	  auto_is_contig_where_a_cpu_of_i386_has_no_low_memory },
	{ "a node without CPUs needs no low memory", a_node_without_cpus_needs_no_low_memory },
	{ "zones that would lie inside one another are refused",
	  zones_that_would_lie_inside_one_another_are_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_flat", NULL, NULL, nothing, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
