/* What the files that work out a workload share: queues, and lists that grow. */
#include "tests/unit.h"
#include "traces/derive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_queue_gives_in_the_order_in_which_it_took(void)
{
	struct trace_error e = { .text = "" };
	struct derive d = { .err = &e };
	struct derive_queue q = { .list = NULL };
	uint32_t in_it = 0, out_of_it = 0;

	CU_ASSERT_EQUAL(derive_queue_pop(&q), DERIVE_NONE);
	for (unsigned round = 0; round < 50; round++) {
		for (unsigned i = 0; i < 90; i++)
			CU_ASSERT_FATAL(derive_queue_push(&d, &q, in_it++));
		/* Empty after each round but the 10th, from which one stays. */
		for (unsigned i = 0; i < 90 - (round == 10); i++)
			CU_ASSERT_EQUAL(derive_queue_pop(&q), out_of_it++);
	}
	CU_ASSERT_EQUAL(derive_queue_pop(&q), out_of_it);
	CU_ASSERT_EQUAL(derive_queue_pop(&q), DERIVE_NONE);
	CU_ASSERT_FALSE(d.failed);
	free(q.list);
}

/* As many as there are numbers for: the list stays what it was. */
static void a_list_that_is_full_is_an_error_of_the_machine(void)
{
	struct trace_error e = { .text = "" };
	struct derive d = { .err = &e };
	struct derive_queue q = { .list = NULL };
	uint32_t *list = NULL;
	size_t cap = 0;

	CU_ASSERT_FATAL(derive_room(&d, &list, &cap, 0, sizeof(*list)));
	CU_ASSERT_FALSE(derive_room(&d, &list, &cap, UINT32_MAX, sizeof(*list)));
	CU_ASSERT(d.failed && list && cap == 64);
	CU_ASSERT_EQUAL(e.kind, TRACE_SYSTEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "memory"));
	free(list);
	/* Of more than one trouble the first is told. */
	snprintf(e.text, sizeof(e.text), "the first");
	q.n = q.cap = UINT32_MAX;
	q.head = 1;
	CU_ASSERT_FALSE(derive_queue_push(&d, &q, 1));
	d.ntasks = d.tasks_cap = UINT32_MAX;
	CU_ASSERT_PTR_NULL(derive_task(&d, UINT32_MAX));
	CU_ASSERT_STRING_EQUAL(e.text, "the first");
}

static CU_TestInfo tests[] = {
	{ "a queue gives in the order in which it took",
	  a_queue_gives_in_the_order_in_which_it_took },
	{ "a list that is full is an error of the machine",
	  a_list_that_is_full_is_an_error_of_the_machine },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "derive", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
