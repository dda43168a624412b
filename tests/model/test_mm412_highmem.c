/* 32-bit machines. Expected figures are worked out by hand from the kernel's formulas. */
#include "tests/model/kernel412.h"

#define HIGH 36864u
#define MOVABLE 53248u
#define END 61440u
#define LOW_MEMORY 229376u /* frames below 896 MiB */

static const struct mm_zone_span zones[] = { { 0, "DMA", 1, 4096 },
					     { 0, "Normal", 4096, HIGH },
					     { 0, "HighMem", HIGH, MOVABLE },
					     { 0, "Movable", MOVABLE, END } };

static struct kernel412 k;

static void machine(const struct mm_zone_span *spans, unsigned n, unsigned nodes)
{
	k_init(&k, nodes, nodes);
	k.machine.arch = MM_ARCH_I386;
	k.machine.zones = spans;
	k.machine.nzones = n;
}

static void boot(void)
{
	machine(zones, ARRAY_SIZE(zones), 1);
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_FAILS);
}

static void marks_are(const char *name, uint64_t min, uint64_t low, uint64_t high)
{
	struct mm412_probe_zone z = k_zone(&k, 0, name);

	CU_ASSERT_EQUAL(z.watermark[0], min);
	CU_ASSERT_EQUAL(z.watermark[1], low);
	CU_ASSERT_EQUAL(z.watermark[2], high);
}

/*
 * sqrt(16 * 4 * (4095 + 32768)) = 1535 KiB, 383 pages, for which low memory alone counts. The
 * shares would be 42, 340, 170 and 85; high memory keeps 32 of them, but its marks lie as far
 * apart as a quarter of the share.
 */
static void marks_count_on_low_memory(void)
{
	boot();
	CU_ASSERT_EQUAL(mm412_probe_min_free_kbytes(k.mm), 1535);
	marks_are("DMA", 42, 52, 62);
	marks_are("Normal", 340, 425, 510);
	marks_are("HighMem", 32, 74, 116);
	marks_are("Movable", 32, 53, 74);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* 1024 MiB of high memory: a 1024th of it is more than 128 pages. */
static void the_min_mark_of_high_memory_ends_at_128(void)
{
	static const struct mm_zone_span big[] = {
		{ 0, "Normal", 4096, LOW_MEMORY },
		{ 0, "HighMem", LOW_MEMORY, LOW_MEMORY + 262144 },
	};

	machine(big, 2, 1);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "HighMem").watermark[0], 128);
	k_drop(&k);
	k.machine.zones = (const struct mm_zone_span[]){
		{ 0, "Normal", 4096, LOW_MEMORY },
		{ 0, "HighMem", LOW_MEMORY, LOW_MEMORY + 102400 },
	};
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "HighMem").watermark[0], 100);
	k_drop(&k);
}

/* Ratios 256, 32, 32; set by hand they are those of x86_64. */
static void lower_zones_are_kept_from_those_who_can_use_higher_ones(void)
{
	static const uint64_t want[4][4] = {
		{ 0, 128, 192, 224 }, { 0, 0, 512, 768 }, { 0, 0, 0, 256 }, { 0, 0, 0, 0 }
	};
	struct mm412_probe_zone z;

	boot();
	for (unsigned i = 0; i < 4; i++) {
		z = k_zone(&k, 0, zones[i].name);
		CU_ASSERT_EQUAL(memcmp(z.reserve, want[i], sizeof(want[i])), 0);
	}
	k_drop(&k);
	machine(zones, ARRAY_SIZE(zones), 1);
	memcpy(k.params.lowmem_reserve_ratio, (uint64_t[]){ 256, 256, 32 },
	       sizeof(k.params.lowmem_reserve_ratio));
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").reserve[3], 96);
	k_drop(&k);
}

static bool within(uint64_t frame, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (strcmp(zones[i].name, name) == 0)
			return frame >= zones[i].start && frame < zones[i].end;
	return false;
}

static void requests_begin_in_the_zone_that_their_flags_name(void)
{
	boot();
	CU_ASSERT(within(k_alloc(&k, 0, 0, "GFP_KERNEL"), "Normal"));
	CU_ASSERT(within(k_alloc(&k, 0, 0, "GFP_KERNEL|__GFP_DMA"), "DMA"));
	CU_ASSERT(within(k_alloc(&k, 0, 0, "GFP_KERNEL|__GFP_DMA32"), "Normal"));
	CU_ASSERT(within(k_alloc(&k, 0, 0, "GFP_HIGHUSER"), "HighMem"));
	CU_ASSERT(within(k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE"), "Movable"));
	CU_ASSERT(within(k_alloc(&k, 0, 0, "GFP_KERNEL|__GFP_MOVABLE"), "Normal"));
	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_high"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_normal"), 3);
	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_dma32"), UINT64_MAX);
	k_drop(&k);
}

static void the_kernel_has_no_use_for_high_memory(void)
{
	boot();
	while (k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MEMALLOC") != MM_NO_FRAME)
		;
	CU_ASSERT_EQUAL(k_zone(&k, 0, "HighMem").nr_free_exact, MOVABLE - HIGH);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Movable").nr_free_exact, END - MOVABLE);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 10, "GFP_NOWAIT"), MM_NO_FRAME);
	CU_ASSERT(within(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_HIGHMEM"), "HighMem"));
	k_drop(&k);
}

/* DMA 4095 - 64, Normal 32768 - 512; struct pages are never in high memory. */
static void struct_pages_take_low_memory_only(void)
{
	boot();
	CU_ASSERT_EQUAL(mm412_probe_vm_total_pages(k.mm), 4031 + 32256 + 16384 + 8192);
	k_drop(&k);
}

static const struct mm_zone_span two_nodes[] = { { 0, "Normal", 4096, 16384 },
						 { 0, "HighMem", 16384, 32768 },
						 { 1, "HighMem", 32768, 49152 },
						 { 1, "Movable", 49152, 57344 } };

static void list_is(unsigned nid, const char *want)
{
	char text[100] = "";
	const char *name;
	unsigned of;

	for (unsigned n = 0; mm412_probe_zonelist(k.mm, nid, true, n, &of, &name); n++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %u:%s", of, name);
	CU_ASSERT_STRING_EQUAL(text, want);
}

static void lists_go_by_zones_unless_told_otherwise(void)
{
	machine(two_nodes, ARRAY_SIZE(two_nodes), 2);
	CU_ASSERT_FATAL(k_boot(&k, false));
	list_is(0, " 1:Movable 0:HighMem 1:HighMem 0:Normal");
	list_is(1, " 1:Movable 1:HighMem 0:HighMem 0:Normal");
	k_drop(&k);
	k.params.numa_zonelist_order[0] = MM412_ZONELIST_NODE;
	CU_ASSERT_FATAL(k_boot(&k, false));
	list_is(0, " 0:HighMem 0:Normal 1:Movable 1:HighMem");
	list_is(1, " 1:Movable 1:HighMem 0:HighMem 0:Normal");
	k_drop(&k);
	k.params.numa_zonelist_order[0] = MM412_ZONELIST_DEFAULT;
	k.machine.arch = MM_ARCH_X86_64;
	k.machine.zones = (const struct mm_zone_span[]){ { 0, "Normal", 4096, 16384 },
							 { 1, "Normal", 32768, 49152 },
							 { 1, "Movable", 49152, 57344 } };
	k.machine.nzones = 3;
	CU_ASSERT_FATAL(k_boot(&k, false));
	list_is(0, " 0:Normal 1:Movable 1:Normal");
	k_drop(&k);
}

/* A request for the node alone that may not use high memory finds nothing there. */
static void a_node_may_have_high_memory_only(void)
{
	machine(two_nodes, ARRAY_SIZE(two_nodes), 2);
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_FAILS);
	CU_ASSERT_EQUAL(k_try(&k, 1, 1, 0, "GFP_KERNEL|__GFP_THISNODE").frame, MM_NO_FRAME);
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 1), 0);
	CU_ASSERT_EQUAL(k_try(&k, 1, 1, 0, "GFP_KERNEL").node, 0);
	CU_ASSERT_EQUAL(k_try(&k, 1, 1, 0, "GFP_HIGHUSER|__GFP_THISNODE").node, 1);
	k_drop(&k);
}

/* Movable is high memory where it was cut from some, and only there. */
static void movable_memory_is_high_where_it_was_cut_from_high_memory(void)
{
	static const struct mm_zone_span low[] = { { 0, "Normal", 4096, 36864 },
						   { 0, "Movable", 36864, 69632 } };
	static const struct mm_zone_span high[] = {
		{ 0, "Normal", 4096, 36864 }, { 0, "Movable", LOW_MEMORY, LOW_MEMORY + 32768 }
	};

	machine(low, 2, 1);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Movable").watermark[0],
			k_zone(&k, 0, "Normal").watermark[0]);
	k_drop(&k);
	machine(high, 2, 1);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Movable").watermark[0], 32);
	k_drop(&k);
}

static CU_TestInfo tests[] = {
	{ "marks count on low memory", marks_count_on_low_memory },
	{ "the min mark of high memory ends at 128", the_min_mark_of_high_memory_ends_at_128 },
	{ "lower zones are kept from those who can use higher ones",
	  lower_zones_are_kept_from_those_who_can_use_higher_ones },
	{ "requests begin in the zone that their flags name",
	  requests_begin_in_the_zone_that_their_flags_name },
	{ "the kernel has no use for high memory", the_kernel_has_no_use_for_high_memory },
	{ "struct pages take low memory only", struct_pages_take_low_memory_only },
	{ "lists go by zones unless told otherwise", lists_go_by_zones_unless_told_otherwise },
	{ "a node may have high memory only", a_node_may_have_high_memory_only },
	{ "movable memory is high where it was cut from high memory",
	  movable_memory_is_high_where_it_was_cut_from_high_memory },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_highmem", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
