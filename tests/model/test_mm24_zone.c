/* Boot: zones, their marks and lists, and which memory is free afterwards. */
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

static void a_zones_mark_is_its_memory_over_a_ratio_between_10_and_255(void)
{
	static const struct {
		const char *zone;
		uint64_t frames, min;
	} rows[] = {
		{ "DMA", 4096, 128 },     { "DMA", 319, 10 },      { "DMA", 352, 11 },
		{ "DMA", 8160, 255 },     { "DMA", 65536, 255 },   { "Normal", 4096, 32 },
		{ "Normal", 1407, 10 },   { "Normal", 1408, 11 },  { "Normal", 32640, 255 },
		{ "Normal", 32639, 254 }, { "HighMem", 8191, 63 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mm24_zone *z;

		k_init(&k, 1, 1);
		k_zone_add(&k, 0, rows[i].zone, 0, rows[i].frames);
		CU_ASSERT_FATAL(k_boot(&k, false));
		z = &k.mm->zones[0];
		CU_ASSERT_EQUAL(z->pages_min, rows[i].min);
		CU_ASSERT_EQUAL(z->pages_low, 2 * rows[i].min);
		CU_ASSERT_EQUAL(z->pages_high, 3 * rows[i].min);
		CU_ASSERT_EQUAL(k.mm->free_high, 3 * rows[i].min);
		drop();
	}
}

static void three_zones(void)
{
	k_init(&k, 1, 1);
	k_zone_add(&k, 0, "HighMem", 32768, 49152);
	k_zone_add(&k, 0, "DMA", 0, 4096);
	k_zone_add(&k, 0, "Normal", 4096, 32768);
}

static void parameters_change_the_marks(void)
{
	three_zones();
	k.params.memfrac[1] = 1024;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA")->pages_min, 128);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal")->pages_min, 28);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "HighMem")->pages_min, 128);
	CU_ASSERT_EQUAL(k.mm->free_min, 128 + 28 + 128);
	CU_ASSERT_EQUAL(k.mm->free_low, 2 * (128 + 28 + 128));
	drop();
	three_zones();
	k.params.freepages[0] = 100;
	k.params.freepages[1] = 200;
	k.params.freepages[2] = 1000;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->free_min, 100);
	CU_ASSERT_EQUAL(k.mm->free_low, 200);
	CU_ASSERT_EQUAL(k.mm->free_high, 1000);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal")->pages_min, 224);
}

static void holes_lower_the_marks_and_reserved_memory_does_not(void)
{
	static const struct mm_span holes[] = { { 5000, 5100 } };
	static const struct mm_span reserved[] = { { 0, 3 }, { 160, 417 }, { 7000, 7001 } };
	uint64_t bootmem = 600;

	k_one_zone(&k, 1, 7777);
	k.machine.holes = holes;
	k.machine.nholes = 1;
	k.machine.reserved = reserved;
	k.machine.nreserved = 3;
	k.machine.bootmem = &bootmem;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->zones[0].pages_min, (7777 - 100) / 32);
	CU_ASSERT_EQUAL(k.mm->zones[0].present, 7677);
	CU_ASSERT_EQUAL(k.mm->zones[0].managed, 7416);
	CU_ASSERT_EQUAL(k.mm->zones[0].free_pages, 7416);
	CU_ASSERT_EQUAL(k.mm->num_physpages, 7777);
	CU_ASSERT(k_ok(&k));
}

static void the_boot_bitmaps_pages_are_freed_last(void)
{
	/* 300000 frames need a bitmap of 10 pages. */
	uint64_t bootmem = 1000;
	uint32_t page;

	k_init(&k, 1, 1);
	k_zone_add(&k, 0, "Normal", 0, 300000);
	k.machine.bootmem = &bootmem;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->nr_free, 300000);
	CU_ASSERT(k_ok(&k));
	/* The block that holds them was completed last: it is the first of its list. */
	page = mm24_buddy_next(k.mm, &k.mm->zones[0], 9, MM24_NONE);
	CU_ASSERT_EQUAL(mm24_frame(k.mm, page), 512);
	drop();
	/* Also where something else had reserved them. */
	k.machine.reserved = (const struct mm_span[]){ { 900, 1100 } };
	k.machine.nreserved = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->nr_free, 300000 - 190);
	CU_ASSERT_EQUAL(k.mm->zones[0].managed, 300000 - 190);
	CU_ASSERT(k_ok(&k));
}

static bool list_is(unsigned nid, unsigned gfp, const char *a, const char *b, const char *c)
{
	const char *want[] = { a, b, c, NULL };
	struct mm24_zone *const *z = k.mm->nodes[nid].lists[gfp >> 3 & 3].zones;
	unsigned i = 0;

	for (; z[i] && want[i]; i++)
		if (z[i]->nid != nid || strcmp(mm24_zone_names[z[i]->idx], want[i]) != 0)
			return false;
	return !z[i] && !want[i];
}

static void lists_of_zones_fall_from_high_to_low_and_dma_wins(void)
{
	k_init(&k, 2, 2);
	k_zone_add(&k, 0, "DMA", 0, 4096);
	k_zone_add(&k, 0, "Normal", 4096, 32768);
	k_zone_add(&k, 0, "HighMem", 32768, 49152);
	k_zone_add(&k, 1, "HighMem", 49152, 65536);
	k.machine.memory_model = MM_MEMORY_NUMA;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT(list_is(0, 0, "Normal", "DMA", NULL));
	CU_ASSERT(list_is(0, MM24_GFP_DMA, "DMA", NULL, NULL));
	CU_ASSERT(list_is(0, MM24_GFP_HIGHMEM, "HighMem", "Normal", "DMA"));
	CU_ASSERT(list_is(0, MM24_GFP_HIGHMEM | MM24_GFP_DMA, "DMA", NULL, NULL));
	CU_ASSERT(list_is(1, 0, NULL, NULL, NULL));
	CU_ASSERT(list_is(1, MM24_GFP_HIGHMEM, "HighMem", NULL, NULL));
}

static void page_cluster_follows_from_memory_size(void)
{
	static const struct {
		uint64_t frames, cluster;
	} rows[] = { { 4095, 2 }, { 4096, 3 }, { 8191, 3 }, { 8192, 4 } };

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		k_one_zone(&k, 1, rows[i].frames);
		CU_ASSERT_FATAL(k_boot(&k, false));
		CU_ASSERT_EQUAL(k.mm->page_cluster, rows[i].cluster);
		drop();
	}
	k_one_zone(&k, 1, 8192);
	for (uint64_t cluster = 0; cluster < 16; cluster++) {
		k.params.page_cluster[0] = cluster;
		CU_ASSERT_FATAL(k_boot(&k, false));
		CU_ASSERT_EQUAL(k.mm->page_cluster, cluster);
		drop();
	}
}

static bool refused(const char *why)
{
	bool ok = !k_boot(&k, false) && strstr(k.text, why);

	if (!ok)
		fprintf(stderr, "\"%s\" instead of \"%s\"\n", k.text, why);
	k_drop(&k);
	return ok;
}

static void impossible_machines_are_refused(void)
{
	three_zones();
	k_zone_add(&k, 0, "Movable", 50000, 60000);
	CU_ASSERT(refused("zone Movable of node 0 (50000 to 60000) has a name that 2.4 does"));
	three_zones();
	k.zones[1].end = 4097;
	CU_ASSERT(refused("overlaps another zone"));
	three_zones();
	k.zones[1].end = 0;
	CU_ASSERT(refused("is empty"));
	three_zones();
	k.zones[1].nid = 1;
	CU_ASSERT(refused("is on a node that the machine does not have"));
	three_zones();
	k_zone_add(&k, 0, "DMA", 50000, 60000);
	CU_ASSERT(refused("is there twice"));
	three_zones();
	k.machine.nzones = 0;
	CU_ASSERT(refused("no zone"));
	three_zones();
	k.cpu_node[0] = 1;
	CU_ASSERT(refused("a CPU is on a node"));
	three_zones();
	k.machine.cpus = 0;
	CU_ASSERT(refused("no CPU"));
	three_zones();
	k.machine.pgdat_list = (const uint16_t[]){ 3 };
	k.machine.npgdats = 1;
	CU_ASSERT(refused("pgdat_list names node 3"));
}

static void memory_that_nobody_used_is_not_looked_at(void)
{
	uint64_t frame;
	uint32_t slot;

	k_init(&k, 1, 1);
	/* 256 GiB. */
	k_zone_add(&k, 0, "Normal", 0, 1u << 26);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k.mm->nr_free, 1u << 26);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "Normal", 9), 1u << 17);
	frame = k_alloc(&k, 0, 0, "GFP_ATOMIC");
	CU_ASSERT_EQUAL(frame, (1u << 26) - 1);
	slot = mm24_slot(k.mm, frame);
	CU_ASSERT_EQUAL(k.mm->s[slot - 1].type, MM24_AGE_START);
	CU_ASSERT_EQUAL(k.mm->s[slot - 511].type, MM24_AGE_START);
	CU_ASSERT_EQUAL(k.mm->s[slot - 512].type, 0);
	CU_ASSERT_EQUAL(k.mm->s[slot - 1023].tag, 0);
}

static CU_TestInfo tests[] = {
	{ "a zone's mark is its memory over a ratio, between 10 and 255",
	  a_zones_mark_is_its_memory_over_a_ratio_between_10_and_255 },
	{ "parameters change the marks", parameters_change_the_marks },
	{ "holes lower the marks and reserved memory does not",
	  holes_lower_the_marks_and_reserved_memory_does_not },
	{ "the boot bitmap's pages are freed last", the_boot_bitmaps_pages_are_freed_last },
	{ "lists of zones fall from high to low, and DMA wins",
	  lists_of_zones_fall_from_high_to_low_and_dma_wins },
	{ "page-cluster follows from memory size", page_cluster_follows_from_memory_size },
	{ "impossible machines are refused", impossible_machines_are_refused },
	{ "memory that nobody used is not looked at",
	  memory_that_nobody_used_is_not_looked_at },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_zone", NULL, NULL, nothing, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
