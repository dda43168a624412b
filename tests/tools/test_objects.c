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
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "objects", NULL, NULL, an_empty_table, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
