/*
 * Which cache lines 2.4 touches, in which order, against lists made by hand from the kernel's
 * code paths and from zone_t: eight words (the lock first), the head of inactive_clean_list,
 * then for each order a head and where its map is.
 */
#include "tests/model/kernel24.h"
#include "tests/model/touches.h"

#define FRAMES 4096

static struct kernel24 k;
static struct t_recorder r;
static struct t_list want;

static void boot_as(enum mm_arch arch)
{
	k_one_zone(&k, 2, FRAMES);
	k.machine.arch = arch;
	CU_ASSERT_FATAL(k_boot(&k, false));
	want.n = 0;
}

static void boot(void)
{
	boot_as(MM_ARCH_X86_64);
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void line(enum sim_line kind, uint64_t key, bool write)
{
	t_add(&want, kind, key, write);
}

/* The map's line of a pair of buddies: maps lie one behind the other, 512 bits a line. */
static void map(uint64_t frame, unsigned order)
{
	uint64_t at = 0;

	for (unsigned o = 0; o < order; o++)
		at += ((FRAMES >> (o + 1)) + 1) / 512 + 1;
	line(SIM_LINE_BLOCK, at + (frame >> (order + 1)) / 512, true);
}

/* A request that finds its first zone above the low mark, up to the lock. */
static void enters(void)
{
	line(SIM_LINE_STAT, 0, true); /* memory_pressure */
	line(SIM_LINE_ZONE, 0, false);
	line(SIM_LINE_LRU, 1, false);
	line(SIM_LINE_ZONE, 0, false);
	line(SIM_LINE_ZONE, 0, true);
}

static void a_page_out_of_a_largest_block_flips_ten_bits(void)
{
	uint64_t f, block;

	t_record(&r, &k.cpus[0]);
	f = k_alloc(&k, 0, 0, "GFP_DMA");
	t_stop(&k.cpus[0], &k.memory);
	block = f & ~UINT64_C(511);
	CU_ASSERT_EQUAL(f, block + 511);
	enters();
	line(SIM_LINE_PAGE, block, true);
	map(block, 9);
	for (unsigned o = 9; o-- > 0;) {
		map(block, o);
		block += UINT64_C(1) << o;
		line(SIM_LINE_PAGE, block, true);
	}
	/* Bytes 80 to 319: lines 1 to 4 of the zone. */
	for (unsigned i = 0; i < 4; i++)
		line(SIM_LINE_LIST, i, true);
	CU_ASSERT(t_agree(&r, &want));
	CU_ASSERT_EQUAL(r.cells_set, 0);
}

static void a_page_that_comes_back_merges_to_the_top(void)
{
	uint64_t f = k_alloc(&k, 0, 0, "GFP_DMA"), at = f;

	t_record(&r, &k.cpus[0]);
	k_free(&k, 0, f, 0);
	t_stop(&k.cpus[0], &k.memory);
	line(SIM_LINE_PAGE, f, true);
	line(SIM_LINE_ZONE, 0, true);
	for (unsigned o = 0; o < 9; o++) {
		map(at, o);
		line(SIM_LINE_PAGE, at ^ UINT64_C(1) << o, true);
		at &= ~(UINT64_C(1) << o);
	}
	for (unsigned i = 0; i < 4; i++)
		line(SIM_LINE_LIST, i, true);
	/* Too small to fall: it is only read. */
	line(SIM_LINE_STAT, 0, false);
	CU_ASSERT(t_agree(&r, &want));
}

/* Pages 0 and 2 of four: the second one to come back lies in front of the first. */
static void a_page_without_its_buddy_goes_in_front_of_another(void)
{
	uint64_t f[4];

	for (unsigned i = 0; i < 4; i++)
		f[i] = k_alloc(&k, 0, 0, "GFP_DMA");
	k_free(&k, 0, f[0], 0);
	t_record(&r, &k.cpus[0]);
	k_free(&k, 0, f[2], 0);
	t_stop(&k.cpus[0], &k.memory);
	line(SIM_LINE_PAGE, f[2], true);
	line(SIM_LINE_ZONE, 0, true);
	map(f[2], 0);
	line(SIM_LINE_PAGE, f[0], true);
	line(SIM_LINE_LIST, 0, true);
	/* Four requests on two CPUs: it falls. */
	line(SIM_LINE_STAT, 0, true);
	CU_ASSERT(t_agree(&r, &want));
}

/* The head of order 2 begins at byte 128, that of order 1 ends there. */
static void a_block_off_its_own_list_touches_one_line_of_heads(void)
{
	uint64_t f;

	k_alloc(&k, 0, 2, "GFP_DMA");
	t_record(&r, &k.cpus[0]);
	f = k_alloc(&k, 0, 2, "GFP_DMA");
	t_stop(&k.cpus[0], &k.memory);
	enters();
	line(SIM_LINE_PAGE, f, true);
	map(f, 2);
	line(SIM_LINE_LIST, 1, true);
	CU_ASSERT(t_agree(&r, &want));
}

/* 32-bit words: bytes 40 to 63 are the heads of orders 0 and 1. */
static void on_i386_single_pages_are_beside_the_lock(void)
{
	uint64_t f;

	k_drop(&k);
	boot_as(MM_ARCH_I386);
	k_alloc(&k, 0, 0, "GFP_DMA");
	t_record(&r, &k.cpus[0]);
	f = k_alloc(&k, 0, 0, "GFP_DMA");
	t_stop(&k.cpus[0], &k.memory);
	enters();
	line(SIM_LINE_PAGE, f, true);
	map(f, 0);
	CU_ASSERT(t_agree(&r, &want));
}

static void a_page_on_its_way_to_the_active_list_meets_lock_head_and_the_first_page(void)
{
	uint32_t a = k_page(&k, "GFP_DMA"), b = k_page(&k, "GFP_DMA");

	mm24_lru_add(k.mm, &k.cpus[0], a);
	t_record(&r, &k.cpus[0]);
	mm24_lru_add(k.mm, &k.cpus[0], b);
	mm24_lru_del(k.mm, &k.cpus[0], b);
	t_stop(&k.cpus[0], &k.memory);
	mm24_lru_del(k.mm, &k.cpus[0], a);
	line(SIM_LINE_LRU, 0, true);
	line(SIM_LINE_PAGE, mm24_frame(k.mm, b), true);
	line(SIM_LINE_LRU, 1, true);
	line(SIM_LINE_PAGE, mm24_frame(k.mm, a), true);
	line(SIM_LINE_LRU, 0, true);
	line(SIM_LINE_PAGE, mm24_frame(k.mm, b), true);
	line(SIM_LINE_LRU, 1, true);
	line(SIM_LINE_PAGE, mm24_frame(k.mm, a), true);
	CU_ASSERT(t_agree(&r, &want));
}

static void who_wants_zeroed_pages_clears_them(void)
{
	uint64_t f;

	t_record(&r, &k.cpus[0]);
	k_alloc(&k, 0, 1, "GFP_DMA");
	CU_ASSERT_EQUAL(r.npages, 0);
	f = k_alloc(&k, 0, 1, "GFP_DMA|__GFP_ZERO");
	t_stop(&k.cpus[0], &k.memory);
	CU_ASSERT_EQUAL_FATAL(r.npages, 1);
	CU_ASSERT_EQUAL(r.pages[0].from, SIM_NO_FRAME);
	CU_ASSERT_EQUAL(r.pages[0].to, f);
	CU_ASSERT_EQUAL(r.pages[0].frames, 2);
	CU_ASSERT_EQUAL(r.pages[0].locked, 0);
	CU_ASSERT_EQUAL(k.cpus[0].part[SIM_PART_PAGES], 200);
}

static void a_pages_word_is_the_memory_models_alone(void)
{
	uint32_t page = k_page(&k, "GFP_DMA");

	k.mm->s[page].stamp = 77;
	mm24_buffer_make(k.mm, page, 0);
	CU_ASSERT(mm24_bdflush_dirtied(k.mm, &k.cpus[0], page));
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 1);
	mm24_buffer_clean(k.mm, page);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 0);
	CU_ASSERT_EQUAL(k.mm->s[page].stamp, 77);
	CU_ASSERT(mm24_buffer_try_free(k.mm, &k.cpus[0], page, 0));
	k.mm->s[page].stamp = 0;
}

static void keys_are_dense_on_a_machine_of_64_gib(void)
{
	const uint64_t frames = UINT64_C(1) << 21;
	uint64_t lines = 0;

	k_drop(&k);
	k_init(&k, 2, 8);
	k.machine.arch = MM_ARCH_X86_64;
	for (unsigned n = 0; n < 8; n++)
		k_zone_add(&k, (uint16_t)n, "Normal", 4096 + n * frames,
			   4096 + (n + 1) * frames);
	CU_ASSERT_FATAL(k_boot(&k, false));
	for (unsigned o = 0; o < 10; o++)
		lines += ((frames >> (o + 1)) + 1) / 512 + 1;
	t_record(&r, &k.cpus[0]);
	for (unsigned n = 0; n < 8; n++)
		for (unsigned o = 0; o < 10; o++) {
			uint64_t f = k_try(&k, 0, n, o, "GFP_USER").frame;

			k_free(&k, 0, f, o);
		}
	t_stop(&k.cpus[0], &k.memory);
	CU_ASSERT_EQUAL(r.most[SIM_LINE_ZONE], 7);
	CU_ASSERT_EQUAL(r.most[SIM_LINE_LIST], 8 * 4 - 1);
	CU_ASSERT(r.most[SIM_LINE_BLOCK] < 8 * lines && r.most[SIM_LINE_BLOCK] >= 7 * lines);
}

static CU_TestInfo tests[] = {
	{ "a page out of a largest block flips ten bits",
	  a_page_out_of_a_largest_block_flips_ten_bits },
	{ "a page that comes back merges to the top",
	  a_page_that_comes_back_merges_to_the_top },
	{ "a page without its buddy goes in front of another",
	  a_page_without_its_buddy_goes_in_front_of_another },
	{ "a block off its own list touches one line of heads",
	  a_block_off_its_own_list_touches_one_line_of_heads },
	{ "on i386 single pages are beside the lock",
	  on_i386_single_pages_are_beside_the_lock },
	{ "a page on its way to the active list meets lock, head and the first page",
	  a_page_on_its_way_to_the_active_list_meets_lock_head_and_the_first_page },
	{ "who wants zeroed pages clears them", who_wants_zeroed_pages_clears_them },
	{ "a page's word is the memory model's alone",
	  a_pages_word_is_the_memory_models_alone },
	{ "keys are dense on a machine of 64 GiB", keys_are_dense_on_a_machine_of_64_gib },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_touch", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
