/* Chains: what is where after each operation, links in both directions. */
#include "model/v4_12/mm412_sleep.h"
#include "tests/model/kernel412.h"

static struct kernel412 k;
static struct mm412 *mm;
static struct mm412_chain chain;
static uint32_t page[8];

static void open_kernel(void)
{
	k_one_zone(&k, 1, 4096);
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm = k.mm;
	chain = mm412_chain_empty();
	for (unsigned i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = mm412_slot(mm, k_alloc(&k, 0, 0, "GFP_KERNEL"));
}

static void close_kernel(void)
{
	k_drop(&k);
}

/* The chain is exactly these pages, from either end, and its ends lead nowhere else. */
static bool is(const struct mm412_chain *c, const char *pages)
{
	size_t n = strlen(pages);
	uint32_t at = c->first;
	bool ok = c->entries == n;

	for (size_t i = 0; ok && i < n; i++, at = mm412_chain_next(mm, c, at))
		ok = at == page[pages[i] - '0'];
	ok = ok && at == MM412_NONE;
	at = c->last;
	for (size_t i = n; ok && i-- > 0; at = mm->s[at].prev)
		ok = at == page[pages[i] - '0'];
	if (!n)
		return ok && at == MM412_NONE;
	return ok && at == c->first && mm->s[c->last].next == c->last;
}

static void an_empty_chain_has_no_ends(void)
{
	CU_ASSERT_EQUAL(chain.first, MM412_NONE);
	CU_ASSERT_EQUAL(chain.last, MM412_NONE);
	CU_ASSERT(is(&chain, ""));
}

static void pages_join_at_either_end(void)
{
	mm412_chain_add(mm, &chain, page[0]);
	CU_ASSERT(is(&chain, "0"));
	mm412_chain_add(mm, &chain, page[1]);
	mm412_chain_add_tail(mm, &chain, page[2]);
	CU_ASSERT(is(&chain, "102"));
}

static void the_first_page_can_join_at_the_tail(void)
{
	mm412_chain_add_tail(mm, &chain, page[3]);
	mm412_chain_add_tail(mm, &chain, page[4]);
	CU_ASSERT(is(&chain, "34"));
}

static void pages_leave_from_anywhere(void)
{
	for (unsigned i = 0; i < 5; i++)
		mm412_chain_add_tail(mm, &chain, page[i]);
	mm412_chain_del(mm, &chain, page[2]);
	CU_ASSERT(is(&chain, "0134"));
	mm412_chain_del(mm, &chain, page[0]);
	CU_ASSERT(is(&chain, "134"));
	mm412_chain_del(mm, &chain, page[4]);
	CU_ASSERT(is(&chain, "13"));
	mm412_chain_del(mm, &chain, page[1]);
	mm412_chain_del(mm, &chain, page[3]);
	CU_ASSERT(is(&chain, ""));
}

static void a_spliced_chain_stands_before_the_other_and_is_empty(void)
{
	struct mm412_chain from = mm412_chain_empty();

	mm412_chain_add_tail(mm, &chain, page[0]);
	mm412_chain_add_tail(mm, &chain, page[1]);
	mm412_chain_add_tail(mm, &from, page[2]);
	mm412_chain_add_tail(mm, &from, page[3]);
	mm412_chain_splice(mm, &chain, &from);
	CU_ASSERT(is(&chain, "2301"));
	CU_ASSERT(is(&from, ""));
	mm412_chain_splice(mm, &chain, &from);
	CU_ASSERT(is(&chain, "2301"));
	mm412_chain_splice(mm, &from, &chain);
	CU_ASSERT(is(&from, "2301"));
	CU_ASSERT(is(&chain, ""));
}

static CU_TestInfo tests[] = {
	{ "an empty chain has no ends", an_empty_chain_has_no_ends },
	{ "pages join at either end", pages_join_at_either_end },
	{ "the first page can join at the tail", the_first_page_can_join_at_the_tail },
	{ "pages leave from anywhere", pages_leave_from_anywhere },
	{ "a spliced chain stands before the other and is empty",
	  a_spliced_chain_stands_before_the_other_and_is_empty },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_chain", NULL, NULL, open_kernel, close_kernel, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
