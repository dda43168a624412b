#include "tests/model/kernel412.h"

#define NODES 4

static struct kernel412 k;

static const struct mm_zone_span zones[] = {
	{ 0, "DMA", 1, 4096 },
	{ 0, "DMA32", 4096, 12288 },
	{ 0, "Normal", K_NORMAL, K_NORMAL + 8192 },
	{ 1, "Normal", K_NORMAL + 8192, K_NORMAL + 16384 },
	{ 2, "Normal", K_NORMAL + 16384, K_NORMAL + 24576 },
	{ 3, "Normal", K_NORMAL + 24576, K_NORMAL + 32768 },
};

static void set_up(unsigned nzones)
{
	k_init(&k, 4, NODES);
	k.machine.zones = zones;
	k.machine.nzones = nzones;
}

static void list_is(unsigned nid, bool fallback, const char *want)
{
	char got[400] = "";
	const char *name;
	unsigned zone_nid;

	for (unsigned n = 0; mm412_probe_zonelist(k.mm, nid, fallback, n, &zone_nid, &name);
	     n++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%u:%s", n ? " " : "",
			 zone_nid, name);
	CU_ASSERT_STRING_EQUAL(got, want);
}

static void equally_far_nodes_are_taken_in_turn_from_the_own_one_up(void)
{
	set_up(6);
	CU_ASSERT_FATAL(k_boot(&k, false));
	list_is(0, true, "0:Normal 0:DMA32 0:DMA 1:Normal 2:Normal 3:Normal");
	list_is(1, true, "1:Normal 2:Normal 3:Normal 0:Normal 0:DMA32 0:DMA");
	list_is(3, false, "3:Normal");
	k_drop(&k);
}

static void in_zone_order_the_dma_zones_come_last(void)
{
	set_up(6);
	k.params.numa_zonelist_order[0] = MM412_ZONELIST_ZONE;
	CU_ASSERT_FATAL(k_boot(&k, false));
	list_is(2, true, "2:Normal 3:Normal 0:Normal 1:Normal 0:DMA32 0:DMA");
	k_drop(&k);
}

static void a_node_without_memory_has_lists_but_is_in_none(void)
{
	set_up(5);
	CU_ASSERT_FATAL(k_boot(&k, false));
	list_is(3, false, "");
	list_is(0, true, "0:Normal 0:DMA32 0:DMA 1:Normal 2:Normal");
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 3, 0, "GFP_KERNEL"), MM_NO_FRAME);
	/* Bound to the node there is nothing, and nobody to wake. */
	CU_ASSERT_EQUAL(k_alloc(&k, 3, 0, "GFP_ATOMIC|__GFP_THISNODE"), MM_NO_FRAME);
	for (unsigned n = 0; n < NODES; n++)
		CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, n), 0);
	k_drop(&k);
}

static CU_TestInfo tests[] = {
	{ "equally far nodes are taken in turn, from the own one up",
	  equally_far_nodes_are_taken_in_turn_from_the_own_one_up },
	{ "in zone order the DMA zones come last", in_zone_order_the_dma_zones_come_last },
	{ "a node without memory has lists, but is in none",
	  a_node_without_memory_has_lists_but_is_in_none },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_zonelist", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
