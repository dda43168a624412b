/* Writes and reads in time: when they end, in which order, who waits how long, and when a disk
 * counts as congested. */
#include "model/v4_12/mm412_writeback.h"
#include "tests/model/world412.h"

/* Of a request queue of 128, as block/blk-core.c computes them. */
enum { LINE = 128, ON = LINE - LINE / 8 + 1, OFF = LINE - LINE / 8 - LINE / 16 - 1 };

static struct world412 w;
static struct sim_cpu *cpu;
static struct mm412 *mm;
static const uint64_t *dates; /* of the next requests; NULL = as the world's disks do */

static uint64_t submit(struct sim_cpu *c, struct sim_disk *disk, uint64_t offset,
		       uint64_t bytes, bool write)
{
	uint64_t date = w_submit(c, disk, offset, bytes, write);

	return dates ? *dates++ : date;
}

/* Time passes only where somebody waits. */
static void a_world(uint64_t swap_pages)
{
	w_open(&w, 4096, swap_pages);
	mm = w.mm;
	cpu = w_cpu(&w);
	memset(&mm->cost, 0, sizeof(mm->cost));
	mm->sleep->wanted = true;
	w.port.submit = submit;
	dates = NULL;
}

static void pass(uint64_t cycles)
{
	cpu->due += cycles;
}

static void finish(void)
{
	pass(UINT64_C(1) << 40);
	mm412_io_reap(mm, cpu);
	mm412_pagevec_drain(mm, cpu);
	w_close(&w);
}

static bool written(uint32_t slot)
{
	return !(mm412_page(mm, slot)->flags & MM412_PG_WRITEBACK);
}

/* A page of a file, clean and on its list: number `n` of those held, which is where it lies. */
static uint32_t file_page(uint32_t *n)
{
	uint32_t content = w_hold(&w, 1, MM_KIND_FILE, false);

	mm412_pagevec_drain(mm, cpu);
	if (n)
		*n = content;
	return w_slot(&w, content);
}

static void write_page(uint32_t slot, bool reclaim)
{
	mm412_page(mm, slot)->flags |= MM412_PG_LOCKED;
	mm412_io_write(mm, cpu, slot, reclaim);
	CU_ASSERT_FALSE(mm412_page(mm, slot)->flags & MM412_PG_LOCKED);
}

/* Pages with gaps between them on the disk. */
static void write_apart(uint32_t n, uint32_t *slots)
{
	for (uint32_t i = 0; i < n; i++) {
		slots[i] = file_page(NULL);
		file_page(NULL);
	}
	for (uint32_t i = 0; i < n; i++)
		write_page(slots[i], false);
}

static void a_write_of_a_file_ends_at_its_date(void)
{
	const struct mm412_zone_sleep *zone;
	uint32_t content, slot;

	a_world(64);
	slot = file_page(&content);
	zone = &mm->sleep->zones[0];
	write_page(slot, false);
	CU_ASSERT_FALSE(written(slot));
	CU_ASSERT_EQUAL(w.offset, 64 * 4096 + content * 4096);
	CU_ASSERT_EQUAL(w.writes[1], 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITEBACK], 1);
	CU_ASSERT_EQUAL(zone->stat[MM412_ZONE_WRITE_PENDING], 1);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PGPGOUT], 4);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PSWPOUT], 0);
	CU_ASSERT_EQUAL(mm->sleep->writeback->under_way, 1);
	pass(W_SERVICE - 1);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_FALSE(written(slot));
	pass(1);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_TRUE(written(slot));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITEBACK], 0);
	CU_ASSERT_EQUAL(zone->stat[MM412_ZONE_WRITE_PENDING], 0);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITTEN], 1);
	CU_ASSERT_EQUAL(mm->sleep->writeback->under_way, 0);
	CU_ASSERT_EQUAL(mm->sleep->writeback->written, 1);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	finish();
}

static uint32_t swap_page(void)
{
	uint32_t slot = w_slot(&w, w_hold(&w, 1, MM_KIND_ANON, true));
	struct mm412_chain rest = mm412_chain_empty();

	mm412_pagevec_drain(mm, cpu);
	CU_ASSERT_TRUE_FATAL(mm412_swap_add(mm, cpu, NULL, slot, &rest));
	return slot;
}

static void a_write_to_swap_goes_to_its_slot(void)
{
	uint32_t slot;

	a_world(64);
	slot = swap_page();
	write_page(slot, false);
	CU_ASSERT_EQUAL(w.writes[0], 1);
	CU_ASSERT_EQUAL(w.offset, (uint64_t)mm412_page(mm, slot)->swap * 4096);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PSWPOUT], 1);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PGPGOUT], 4);
	mm412_io_wait(mm, cpu, slot);
	CU_ASSERT_TRUE(written(slot));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITTEN], 1);
	CU_ASSERT_EQUAL(mm->sleep->writeback->written, 0);
	finish();
}

/* Reclaimed pages are rotated as they end, so the pagevec tells the order. */
static void writes_end_by_date_and_equal_ones_as_they_were_made(void)
{
	static const uint64_t when[] = { 700, 300, 900, 300, 100, 900, 300, 500, 200 };
	enum { N = ARRAY_SIZE(when) };
	const struct mm412_pagevec *rotated;
	uint32_t slots[N];
	unsigned k = 0;

	a_world(64);
	for (unsigned i = 0; i < N; i++) {
		slots[i] = file_page(NULL);
		file_page(NULL);
	}
	dates = when;
	for (unsigned i = 0; i < N; i++)
		write_page(slots[i], true);
	pass(600);
	mm412_io_reap(mm, cpu);
	rotated = &mm->sleep->pagevec[MM412_PV_ROTATE][0];
	CU_ASSERT_EQUAL(rotated->n, 6);
	pass(1000);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_EQUAL_FATAL(rotated->n, N);
	for (uint64_t date = 0; date <= 900; date++)
		for (unsigned i = 0; i < N; i++)
			if (when[i] == date)
				CU_ASSERT_EQUAL(rotated->page[k++], slots[i]);
	CU_ASSERT_EQUAL(k, N);
	dates = NULL;
	finish();
}

static void only_what_reclaim_wrote_is_rotated(void)
{
	uint32_t slots[2];

	a_world(64);
	slots[0] = file_page(NULL);
	slots[1] = file_page(NULL);
	write_page(slots[0], false);
	write_page(slots[1], true);
	CU_ASSERT_TRUE(mm412_page(mm, slots[1])->flags & MM412_PG_RECLAIM);
	pass(2 * W_SERVICE);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_EQUAL(mm->sleep->pagevec[MM412_PV_ROTATE][0].n, 1);
	CU_ASSERT_EQUAL(mm->sleep->pagevec[MM412_PV_ROTATE][0].page[0], slots[1]);
	CU_ASSERT_FALSE(mm412_page(mm, slots[1])->flags & MM412_PG_RECLAIM);
	finish();
}

static void who_waits_for_a_page_sleeps_until_its_date(void)
{
	uint32_t slots[3];

	a_world(64);
	write_apart(3, slots);
	mm412_io_wait(mm, cpu, slots[1]);
	CU_ASSERT_EQUAL(w.slept, 2 * W_SERVICE);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_TRUE(written(slots[0]));
	CU_ASSERT_FALSE(written(slots[2]));
	mm412_io_wait(mm, cpu, slots[1]);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	finish();
}

static void a_page_that_goes_is_forgotten_but_not_its_request(void)
{
	uint32_t content, slot;

	a_world(64);
	slot = file_page(&content);
	write_page(slot, true);
	cpu->on_actor = false;
	mm412_content_drop(mm, cpu, content);
	cpu->on_actor = true;
	CU_ASSERT_TRUE(written(slot));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITEBACK], 0);
	CU_ASSERT_EQUAL(mm412_io_relief(mm), W_SERVICE);
	pass(W_SERVICE);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_EQUAL(mm->sleep->pagevec[MM412_PV_ROTATE][0].n, 0);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITTEN], 0);
	CU_ASSERT_EQUAL(mm412_io_relief(mm), UINT64_MAX);
	finish();
}

static void a_disk_is_congested_from_seven_eighths_of_its_line_on(void)
{
	uint32_t slots[ON];

	a_world(64);
	CU_ASSERT_EQUAL(ON, 113);
	CU_ASSERT_EQUAL(OFF, 103);
	write_apart(ON - 1, slots);
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, false));
	CU_ASSERT_EQUAL(mm->sleep->congested_until[0], 0);
	write_page(file_page(NULL), false);
	CU_ASSERT_TRUE(mm412_io_congested(mm, cpu, false));
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, true));
	/* 103 left is still too many: the eleventh to end leaves 102. */
	CU_ASSERT_EQUAL(mm->sleep->congested_until[0], (ON - OFF + 1) * W_SERVICE);
	CU_ASSERT_EQUAL(mm412_io_relief(mm), (ON - OFF + 1) * W_SERVICE);
	pass((ON - OFF) * W_SERVICE);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_TRUE(mm412_io_congested(mm, cpu, false));
	CU_ASSERT_EQUAL(w_wakes(&w, "congestion0"), 0);
	pass(W_SERVICE);
	mm412_io_reap(mm, cpu);
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, false));
	CU_ASSERT_EQUAL(mm->sleep->congested_until[0], 0);
	CU_ASSERT_EQUAL(w_wakes(&w, "congestion0"), 1);
	/* Any request that ends now would wake who waits. */
	CU_ASSERT_EQUAL(mm412_io_relief(mm), (ON - OFF + 2) * W_SERVICE);
	finish();
}

static void swap_can_be_congested_but_nobody_is_told_which(void)
{
	a_world(512);
	for (unsigned i = 0; i < 2 * ON; i++) {
		uint32_t slot = swap_page();

		if (i % 2)
			write_page(slot, false);
	}
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, true));
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, false));
	CU_ASSERT_TRUE(mm->sleep->congested_until[0] > 0);
	finish();
}

static void pages_in_a_row_are_one_request(void)
{
	uint32_t slots[ON];

	a_world(64);
	for (unsigned i = 0; i < ON; i++)
		slots[i] = file_page(NULL);
	for (unsigned i = 0; i < ON; i++)
		write_page(slots[i], false);
	CU_ASSERT_EQUAL(w.writes[1], ON);
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, false));
	finish();
}

static void a_full_line_makes_writers_wait_for_the_first_to_end(void)
{
	uint32_t slots[LINE], slot;

	a_world(64);
	write_apart(LINE, slots);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	slot = file_page(NULL);
	write_page(slot, false);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_EQUAL(w.slept, W_SERVICE);
	CU_ASSERT_TRUE(written(slots[0]));
	CU_ASSERT_FALSE(written(slots[1]));
	CU_ASSERT_FALSE(written(slot));
	finish();
}

static uint32_t going;

static void drop_it(struct world412 *world)
{
	world->asleep = NULL;
	cpu->on_actor = false;
	mm412_content_drop(mm, cpu, going);
	cpu->on_actor = true;
}

static void what_goes_while_its_writer_waits_for_room_is_not_written(void)
{
	uint32_t slots[LINE], slot;

	a_world(64);
	write_apart(LINE, slots);
	slot = file_page(&going);
	mm412_page(mm, slot)->pins++;
	w.asleep = drop_it;
	write_page(slot, false);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_EQUAL(w.writes[1], LINE);
	CU_ASSERT_TRUE(written(slot));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_WRITEBACK], LINE - 1);
	mm412_lru_put(mm, cpu, slot, false);
	finish();
}

static void without_a_disk_a_write_is_over_at_once(void)
{
	uint32_t slot;

	w_init(&w, 1, 1);
	w.file_io_is_free = true;
	k_one_zone(&w.k, 1, 4096);
	w_boot(&w, 0);
	mm = w.mm;
	cpu = w_cpu(&w);
	mm->sleep->wanted = true;
	slot = file_page(NULL);
	write_page(slot, true);
	CU_ASSERT_TRUE(written(slot));
	CU_ASSERT_EQUAL(w.submits[1], 0);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PGPGOUT], 4);
	CU_ASSERT_EQUAL(mm412_io_relief(mm), UINT64_MAX);
	mm412_io_read(mm, cpu, false, 5, 1);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	finish();
}

static void reads_sleep_until_all_pages_are_there(void)
{
	a_world(64);
	mm412_io_read(mm, cpu, true, 24, 8);
	CU_ASSERT_EQUAL(w.offset, 24 * 4096);
	CU_ASSERT_EQUAL(w.bytes[0], 8 * 4096);
	CU_ASSERT_EQUAL(w.slept, W_SERVICE);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PSWPIN], 8);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PGPGIN], 32);
	mm412_io_read(mm, cpu, false, 3, 1);
	CU_ASSERT_EQUAL(w.offset, (64 + 3) * 4096);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PSWPIN], 8);
	CU_ASSERT_EQUAL(mm->sleep->event[MM412_PGPGIN], 36);
	finish();
}

static void one_drive_has_one_line(void)
{
	uint32_t slots[ON - 1];

	a_world(64);
	mm->sleep->host.data = mm->sleep->host.swap;
	write_apart(ON - 1, slots);
	CU_ASSERT_FALSE(mm412_io_congested(mm, cpu, false));
	write_page(swap_page(), false);
	CU_ASSERT_TRUE(mm412_io_congested(mm, cpu, false));
	finish();
}

static CU_TestInfo tests[] = {
	{ "a write of a file ends at its date", a_write_of_a_file_ends_at_its_date },
	{ "a write to swap goes to its slot", a_write_to_swap_goes_to_its_slot },
	{ "writes end by date, and equal ones as they were made",
	  writes_end_by_date_and_equal_ones_as_they_were_made },
	{ "only what reclaim wrote is rotated", only_what_reclaim_wrote_is_rotated },
	{ "who waits for a page sleeps until its date",
	  who_waits_for_a_page_sleeps_until_its_date },
	{ "a page that goes is forgotten, but not its request",
	  a_page_that_goes_is_forgotten_but_not_its_request },
	{ "a disk is congested from seven eighths of its line on",
	  a_disk_is_congested_from_seven_eighths_of_its_line_on },
	{ "swap can be congested, but nobody is told which",
	  swap_can_be_congested_but_nobody_is_told_which },
	{ "pages in a row are one request", pages_in_a_row_are_one_request },
	{ "a full line makes writers wait for the first to end",
	  a_full_line_makes_writers_wait_for_the_first_to_end },
	{ "what goes while its writer waits for room is not written",
	  what_goes_while_its_writer_waits_for_room_is_not_written },
	{ "without a disk a write is over at once", without_a_disk_a_write_is_over_at_once },
	{ "reads sleep until all pages are there", reads_sleep_until_all_pages_are_there },
	{ "one drive has one line", one_drive_has_one_line },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_io", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
