#include <malloc.h>
#include <string.h>

#include "tests/unit.h"
#include "tools/objects.h"

static struct objects *o;

static void an_empty_table(void)
{
	o = objects_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
}

static void drop(void)
{
	objects_free(o);
	o = NULL;
}

static void live(uint64_t number, uint32_t frame)
{
	struct objects_entry *place = objects_at(o, number);

	CU_ASSERT_PTR_NOT_NULL_FATAL(place);
	objects_set(place, (struct objects_entry){
				   .frame = frame, .order = 3, .state = OBJECTS_LIVE });
}

static void end(uint64_t number)
{
	struct objects_entry *place = objects_at(o, number);

	if (place)
		objects_end(o, number, place);
}

static void a_number_that_was_never_set_is_none(void)
{
	CU_ASSERT_EQUAL(objects_get(o, 0).state, OBJECTS_NONE);
	CU_ASSERT_EQUAL(objects_get(o, UINT64_C(1) << 40).state, OBJECTS_NONE);
	live(7, 1);
	CU_ASSERT_EQUAL(objects_get(o, 8).state, OBJECTS_NONE);
}

static void an_object_keeps_what_was_said_of_it(void)
{
	live(5000, UINT32_MAX);
	CU_ASSERT_EQUAL(objects_get(o, 5000).frame, UINT32_MAX);
	CU_ASSERT_EQUAL(objects_get(o, 5000).order, 3);
	CU_ASSERT_EQUAL(objects_live(o), 1);
	end(5000);
	CU_ASSERT_EQUAL(objects_get(o, 5000).state, OBJECTS_GONE);
	CU_ASSERT_EQUAL(objects_live(o), 0);
}

/* 4096 numbers are a chunk: when few are left it is packed, when none is left it is dropped. */
static void survivors_of_a_packed_chunk_are_found_and_can_end(void)
{
	for (uint64_t i = 0; i < 4096; i++)
		live(i, (uint32_t)(100 + i));
	for (uint64_t i = 0; i < 4096; i++)
		if (i % 100 != 7)
			end(i);
	CU_ASSERT_EQUAL(objects_live(o), 41);
	for (uint64_t i = 0; i < 4096; i++) {
		CU_ASSERT_EQUAL(objects_get(o, i).state,
				i % 100 == 7 ? OBJECTS_LIVE : OBJECTS_GONE);
		if (i % 100 == 7)
			CU_ASSERT_EQUAL(objects_get(o, i).frame, 100 + i);
	}
	for (uint64_t i = 7; i < 4096; i += 100)
		end(i);
	CU_ASSERT_EQUAL(objects_live(o), 0);
	CU_ASSERT_EQUAL(objects_get(o, 7).state, OBJECTS_GONE);
	end(7);
	CU_ASSERT_EQUAL(objects_live(o), 0);
}

/* A chunk is packed again and again as its survivors become fewer. */
static void whoever_is_left_keeps_its_entry_and_its_word_until_the_last(void)
{
	for (uint64_t i = 0; i < 4096; i++) {
		live(i, (uint32_t)(100 + i));
		CU_ASSERT(objects_note(o, i, i + 1));
	}
	for (uint64_t step = 8; step <= 4096; step *= 2) {
		for (uint64_t i = 0; i < 4096; i++) {
			if (i % step != 5 % step)
				end(i);
		}
		for (uint64_t i = 0; i < 4096; i++) {
			if (i % step != 5 % step) {
				CU_ASSERT_EQUAL(objects_get(o, i).state, OBJECTS_GONE);
				continue;
			}
			CU_ASSERT_EQUAL(objects_get(o, i).state, OBJECTS_LIVE);
			CU_ASSERT_EQUAL(objects_get(o, i).frame, 100 + i);
			CU_ASSERT_EQUAL(objects_noted(o, i), i + 1);
		}
		CU_ASSERT_EQUAL(objects_live(o), 4096 / step);
	}
}

static void words_stay_with_their_objects(void)
{
	for (uint64_t i = 0; i < 4096; i++) {
		live(i, 0);
		if (i % 2)
			CU_ASSERT(objects_note(o, i, i + 1));
	}
	CU_ASSERT_EQUAL(objects_noted(o, 4000), 0);
	CU_ASSERT_EQUAL(objects_noted(o, 4001), 4002);
	CU_ASSERT_EQUAL(objects_noted(o, UINT64_C(1) << 40), 0);
	for (uint64_t i = 0; i < 4096; i++)
		if (i % 100 != 7 && i != 3000)
			end(i); /* the chunk is packed */
	CU_ASSERT_EQUAL(objects_noted(o, 107), 108);
	CU_ASSERT_EQUAL(objects_noted(o, 3000), 0);
	CU_ASSERT(objects_note(o, 3000, 5));
	CU_ASSERT_EQUAL(objects_noted(o, 3000), 5);
	CU_ASSERT_EQUAL(objects_noted(o, 207), 208);
}

static void a_number_of_a_packed_chunk_can_still_come_to_life(void)
{
	for (uint64_t i = 0; i < 4095; i++) {
		live(i, 0);
		end(i);
	}
	CU_ASSERT_EQUAL(objects_get(o, 4095).state, OBJECTS_NONE);
	live(4095, 9);
	CU_ASSERT_EQUAL(objects_get(o, 4095).state, OBJECTS_LIVE);
	end(4095);
	CU_ASSERT_EQUAL(objects_get(o, 4095).state, OBJECTS_GONE);
}

static void parts_start_with_every_frame_allocated(void)
{
	struct objects_parts *p;

	live(3, 64);
	p = objects_parts(o, 3, 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->left, 8);
	p->left = 5;
	CU_ASSERT_EQUAL(objects_parts(o, 3, 3)->left, 5);
}

static void sum_numbers(void *ctx, uint64_t number, struct objects_entry e)
{
	uint64_t *sum = ctx;

	(void)e;
	*sum += number;
}

static void each_visits_the_living_only(void)
{
	uint64_t sum = 0;

	live(1, 1);
	live(10000, 2);
	live(20000, 3);
	end(10000);
	objects_each(o, sum_numbers, &sum);
	CU_ASSERT_EQUAL(sum, 20001);
}

/* ---- against a table with an entry a number ---------------------------------------------- */

#define NUMBERS (64u * 4096u)

struct known {
	uint64_t word;
	uint32_t frame;
	enum objects_state state;
};
static struct known known[NUMBERS];

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static void compare(void)
{
	uint64_t wrong = 0, live_ones = 0;

	for (uint64_t i = 0; i < NUMBERS; i++) {
		struct objects_entry e = objects_get(o, i);

		wrong += e.state != known[i].state;
		if (known[i].state != OBJECTS_LIVE)
			continue;
		live_ones++;
		wrong += e.frame != known[i].frame || objects_noted(o, i) != known[i].word;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(objects_live(o), live_ones);
}

static void check_next(void *ctx, uint64_t number, struct objects_entry e)
{
	uint64_t *next = ctx;

	while (*next < NUMBERS && known[*next].state != OBJECTS_LIVE)
		++*next;
	CU_ASSERT_EQUAL(number, *next);
	CU_ASSERT_EQUAL(e.frame, known[*next].frame);
	++*next;
}

/* One number in `late` is left out at first and begins when its chunk is packed. */
static void begin_some(uint64_t *seed, bool late)
{
	for (uint32_t i = 0; i < NUMBERS; i++) {
		if ((i % 523 == 0) != late)
			continue;
		known[i] = (struct known){ draw(seed), draw(seed), OBJECTS_LIVE };
		CU_ASSERT_EQUAL(objects_begin(o, i,
					      (struct objects_entry){ .frame = known[i].frame,
								      .state = OBJECTS_LIVE },
					      known[i].word),
				0);
	}
}

/* Ends all but about one in `keep`, in no order, and says some words anew. */
static void end_most(uint64_t *seed, uint32_t keep)
{
	for (uint32_t n = 0, i = 0; n < NUMBERS; n++, i = (i + 104729u) % NUMBERS) {
		if (known[i].state != OBJECTS_LIVE)
			continue;
		if (draw(seed) % keep) {
			objects_end(o, i, objects_at(o, i));
			known[i] = (struct known){ .state = OBJECTS_GONE };
		} else {
			known[i].word = draw(seed);
			CU_ASSERT(objects_note(o, i, known[i].word));
		}
	}
}

static void many_chunks_with_few_survivors_are_as_a_table_of_all_numbers(void)
{
	uint64_t seed = 1, next = 0;

	memset(known, 0, sizeof(known));
	begin_some(&seed, false);
	compare();
	end_most(&seed, 100);
	compare();
	begin_some(&seed, true);
	compare();
	for (uint32_t keep = 2; keep < 6; keep++) {
		end_most(&seed, keep);
		compare();
	}
	objects_each(o, check_next, &next);
	end_most(&seed, UINT32_MAX);
	compare();
	CU_ASSERT_EQUAL(objects_live(o), 0);
}

/* Bytes of the heap, which sanitizers have their own of: 0. */
static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* 24 bytes of tables, of twice as many chunks at most, and a small block. */
static void a_lonely_survivor_in_each_of_many_chunks_costs_little(void)
{
	const uint64_t chunks = 1024;
	size_t before = 0, after;

	for (uint64_t c = 0; c < chunks; c++) {
		for (uint64_t i = c * 4096; i < (c + 1) * 4096; i++)
			CU_ASSERT_EQUAL(
				objects_begin(o, i,
					      (struct objects_entry){ .state = OBJECTS_LIVE },
					      i),
				0);
		for (uint64_t i = c * 4096; i < (c + 1) * 4096; i++)
			if (i % 4096 != 77)
				end(i);
		if (c == 0)
			before = heap();
	}
	after = heap();
	CU_ASSERT_EQUAL(objects_live(o), chunks);
	CU_ASSERT(after <= before + chunks * 100);
	CU_ASSERT_EQUAL(objects_noted(o, 77 + 500 * 4096), 77 + 500 * 4096);
}

static CU_TestInfo tests[] = {
	{ "a number that was never set is none", a_number_that_was_never_set_is_none },
	{ "an object keeps what was said of it", an_object_keeps_what_was_said_of_it },
	{ "survivors of a packed chunk are found and can end",
	  survivors_of_a_packed_chunk_are_found_and_can_end },
	{ "whoever is left keeps its entry and its word until the last",
	  whoever_is_left_keeps_its_entry_and_its_word_until_the_last },
	{ "words stay with their objects", words_stay_with_their_objects },
	{ "a number of a packed chunk can still come to life",
	  a_number_of_a_packed_chunk_can_still_come_to_life },
	{ "parts start with every frame allocated", parts_start_with_every_frame_allocated },
	{ "each visits the living only", each_visits_the_living_only },
	{ "many chunks with few survivors are as a table of all numbers",
	  many_chunks_with_few_survivors_are_as_a_table_of_all_numbers },
	{ "a lonely survivor in each of many chunks costs little",
	  a_lonely_survivor_in_each_of_many_chunks_costs_little },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "objects", NULL, NULL, an_empty_table, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
