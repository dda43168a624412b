/*
 * Random requests on 4.12.0's allocator, audited after each. A sequence that fails is shrunk to
 * the few operations that it takes, and written as a golden file, which `pagesim golden`
 * replays on any build. Defects are put in to see that this works; without them nothing fails.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "model/v4_12/mm412.h"
#include "tests/ddmin.h"
#include "tests/unit.h"
#include "tools/gold_step.h"

#define OPS 600
#define LINE 200
#define TEXT (64 * 1024)

static const char header[] = "pagegold 1\n"
			     "kernel 4.12.0\n"
			     "cpu 0 node 0\n"
			     "cpu 1 node 0\n"
			     "zone 0 Normal 1048576 1064960\n"
			     "distance 0 0 10\n"
			     "param min_free_kbytes 512\n"
			     "param user_min_free_kbytes 512\n"
			     "param watermark_scale_factor 10\n"
			     "param lowmem_reserve_ratio 256,256,32\n"
			     "param percpu_pagelist_fraction 0\n"
			     "param zonelist_order node\n"
			     "param zonelist_cpus boot\n"
			     "param movable_on_lru 0\n"
			     "param direct_reclaim off\n"
			     "ops\n";

/* A request, the free of an earlier one (by its number, which shrinking leaves as it is), or a
 * drain of a CPU's lists. */
struct op {
	char what; /* 'a', 'f', 'd' */
	uint8_t cpu, order;
	const char *gfp;
	unsigned number;
};

/* What is wrong with the kernel: called behind each operation. */
typedef void defect_fn(struct mm412 *mm, const struct op *op);

static struct {
	defect_fn *defect;
	struct gold *gold;
	struct pagegold *lines;
	bool odd;            /* a defect's own */
	uint64_t frame[OPS]; /* of request number, 0 = none */
	char wrong[300];     /* what the audit said */
	char text[TEXT];     /* the operations with the kernel's answers, as a golden file */
	size_t length;
} play;

static void none(struct mm412 *mm, const struct op *op)
{
	(void)mm;
	(void)op;
}

/* The first drain behind a request of order 2 counts a page twice. */
static void miscounts(struct mm412 *mm, const struct op *op)
{
	if (op->what == 'd' && play.odd)
		mm->zones[0].nr_free++;
	play.odd = op->what == 'd' ? false : play.odd || (op->what == 'a' && op->order == 2);
}

/* A freed block of order 3 is on its list, and says that it is in use. */
static void mislabels(struct mm412 *mm, const struct op *op)
{
	uint32_t slot;

	if (op->what != 'f' || op->order != 3 || !play.frame[op->number])
		return;
	slot = mm412_slot(mm, play.frame[op->number]);
	if (mm412_tag_state(mm->s[slot].tag) == MM412_FREE)
		mm->s[slot].tag = mm412_tag(MM412_USED, 3, mm->zones[0].id);
}

/* ---- one sequence ------------------------------------------------------------------------ */

static bool is_sound(void)
{
	return play.gold->policy->check(play.gold->mm, play.wrong, sizeof(play.wrong));
}

/* The line as the kernel answers it becomes the file's next one. */
static void do_line(const char *line, uint64_t *frame)
{
	char answer[GOLD_ANSWER];
	struct pagegold_error err;
	enum gold_outcome outcome = gold_line(play.gold, play.lines, line, answer, &err);
	const char *said = outcome == GOLD_DIFFERS ? answer : line;
	const char *equals = strstr(said, "= ");

	CU_ASSERT_FATAL(outcome != GOLD_BAD);
	if (frame)
		*frame = equals ? strtoull(equals + 2, NULL, 10) : 0;
	play.length +=
		(size_t)snprintf(play.text + play.length, TEXT - play.length, "%s\n", said);
}

static void do_op(const struct op *op)
{
	char line[LINE];

	if (op->what == 'a') {
		snprintf(line, sizeof(line), "a %u 0 %u %s = -", op->cpu, op->order, op->gfp);
		do_line(line, &play.frame[op->number]);
		return;
	}
	if (op->what == 'f' && !play.frame[op->number])
		return; /* its request failed, or was left out */
	if (op->what == 'f')
		snprintf(line, sizeof(line), "f %u %" PRIu64 " %u", op->cpu,
			 play.frame[op->number], op->order);
	else
		snprintf(line, sizeof(line), "d %u", op->cpu);
	do_line(line, NULL);
}

static void open_kernel(struct pagegold_header *h)
{
	struct pagegold_error err;

	play.length = (size_t)snprintf(play.text, TEXT, "%s", header);
	memset(play.frame, 0, sizeof(play.frame));
	play.odd = false;
	play.lines = pagegold_open_file(
		fmemopen((void *)(uintptr_t)header, sizeof(header) - 1, "r"), "random", &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(play.lines);
	CU_ASSERT_FATAL(pagegold_header_read(play.lines, h, &err));
	play.gold = gold_new(play.lines, h, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(play.gold);
}

/* Whether these operations end in a state that cannot be; play.text is their golden file, with
 * the state behind the last one. */
static bool fails(void *ctx, const void *items, size_t n)
{
	const struct op *ops = items;
	struct pagegold_header h;
	bool sound = true;

	(void)ctx;
	open_kernel(&h);
	for (size_t i = 0; i < n && sound; i++) {
		do_op(&ops[i]);
		play.defect(play.gold->mm, &ops[i]);
		if (ops[i].what == 'f')
			play.frame[ops[i].number] = 0;
		sound = is_sound();
	}
	do_line("N 0 Normal 0 0", NULL);
	do_line("B 0 Normal 0 0 0 0 0 0 0 0 0 0 0", NULL);
	gold_free(play.gold);
	pagegold_header_free(&h);
	pagegold_close(play.lines);
	return !sound;
}

/* ---- random sequences -------------------------------------------------------------------- */

static size_t make(struct op *ops, uint32_t seed)
{
	static const char *const gfps[] = { "GFP_KERNEL", "GFP_HIGHUSER_MOVABLE", "GFP_ATOMIC",
					    "GFP_KERNEL|__GFP_RECLAIMABLE" };
	unsigned live[OPS], orders[OPS], nlive = 0;

	for (unsigned i = 0; i < OPS; i++) {
		uint32_t r = seed = seed * 1664525u + 1013904223u;

		r >>= 8;
		ops[i] = (struct op){ .what = 'd', .cpu = r & 1, .number = i };
		if (r % 16 == 0)
			continue;
		if (nlive && r % 5 < 2) {
			unsigned at = (r >> 6) % nlive;

			ops[i].what = 'f';
			ops[i].number = live[at];
			ops[i].order = (uint8_t)orders[at];
			live[at] = live[--nlive];
			orders[at] = orders[nlive];
			continue;
		}
		ops[i].what = 'a';
		ops[i].order = (uint8_t)((r >> 4) % 3 ? 0 : (r >> 8) % 6);
		ops[i].gfp = gfps[(r >> 12) % 4];
		live[nlive] = i;
		orders[nlive++] = ops[i].order;
	}
	return OPS;
}

/* What fails on this build as it is, small enough to be looked at. */
static void tell_shrunk(struct op *ops)
{
	struct ddmin d = { .size = sizeof(*ops), .fails = fails };
	size_t n = ddmin_run(&d, ops, OPS);

	fails(NULL, ops, n);
	printf("%s\n%s# 'pagesim golden --check=1' repeats it\n", play.wrong, play.text);
}

static void without_a_defect_nothing_fails(void)
{
	static struct op ops[OPS];

	play.defect = none;
	for (uint32_t seed = 1; seed <= 10; seed++) {
		bool failed = fails(NULL, ops, make(ops, seed));

		CU_ASSERT_FALSE(failed);
		if (failed)
			tell_shrunk(ops);
	}
}

/* How a sound kernel, `pagesim golden`, takes the file: the first line that differs. */
static bool differs(const char *text, char *line)
{
	struct pagegold_error err;
	struct pagegold_header h;
	struct pagegold *g = pagegold_open_file(
		fmemopen((void *)(uintptr_t)text, strlen(text), "r"), "shrunk", &err);
	struct gold *r;
	enum gold_outcome outcome = GOLD_NOTHING;
	char answer[GOLD_ANSWER];
	const char *next;

	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	CU_ASSERT_FATAL(pagegold_header_read(g, &h, &err));
	r = gold_new(g, &h, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	while (outcome != GOLD_DIFFERS && (next = pagegold_line(g, &err))) {
		outcome = gold_line(r, g, next, answer, &err);
		snprintf(line, LINE, "%s", next);
		CU_ASSERT_NOT_EQUAL(outcome, GOLD_BAD);
	}
	gold_free(r);
	pagegold_header_free(&h);
	pagegold_close(g);
	return outcome == GOLD_DIFFERS;
}

/* Shrinks what fails first; the operations that are left are in ops. */
static size_t shrink(struct op *ops, defect_fn *defect)
{
	struct ddmin d = { .size = sizeof(*ops), .fails = fails };
	size_t n = 0;

	play.defect = defect;
	for (uint32_t seed = 1; !n && seed <= 20; seed++)
		if (fails(NULL, ops, make(ops, seed)))
			n = ddmin_run(&d, ops, OPS);
	CU_ASSERT_FATAL(n > 0);
	CU_ASSERT_TRUE(d.tried < 2000);
	return n;
}

/* With any one operation less it would not fail. */
static void expect_minimal(const struct op *ops, size_t n)
{
	const struct ddmin d = { .size = sizeof(*ops) };
	struct op less[OPS];

	for (size_t i = 0; i < n; i++)
		CU_ASSERT_FALSE(fails(NULL, less, ddmin_without(&d, ops, n, i, 1, less)));
}

static void a_counter_that_is_off_shrinks_to_two_operations(void)
{
	static struct op ops[OPS];
	char line[LINE];
	size_t n = shrink(ops, miscounts);

	CU_ASSERT_EQUAL(n, 2);
	CU_ASSERT_EQUAL(ops[0].what, 'a');
	CU_ASSERT_EQUAL(ops[0].order, 2);
	CU_ASSERT_EQUAL(ops[1].what, 'd');
	CU_ASSERT_TRUE(fails(NULL, ops, n));
	CU_ASSERT_PTR_NOT_NULL(strstr(play.wrong, "counted"));
	CU_ASSERT_TRUE_FATAL(differs(play.text, line));
	CU_ASSERT_EQUAL(line[0], 'N');
	expect_minimal(ops, n);
}

static void a_wrong_tag_shrinks_to_a_request_and_its_free(void)
{
	static struct op ops[OPS];
	size_t n = shrink(ops, mislabels);

	CU_ASSERT_TRUE(fails(NULL, ops, n));
	CU_ASSERT_PTR_NOT_NULL(strstr(play.wrong, "list"));
	CU_ASSERT_TRUE(n >= 2 && n <= 4); /* its buddy is in use, or it would have merged */
	CU_ASSERT_EQUAL(ops[n - 1].what, 'f');
	CU_ASSERT_EQUAL(ops[n - 1].order, 3);
	expect_minimal(ops, n);
}

static void a_sound_kernel_agrees_with_what_it_wrote(void)
{
	static struct op ops[OPS];
	char line[LINE];

	play.defect = none;
	fails(NULL, ops, make(ops, 3));
	CU_ASSERT_FALSE(differs(play.text, line));
}

static CU_TestInfo tests[] = {
	{ "without a defect nothing fails", without_a_defect_nothing_fails },
	{ "a counter that is off shrinks to two operations",
	  a_counter_that_is_off_shrinks_to_two_operations },
	{ "a wrong tag shrinks to a request and its free",
	  a_wrong_tag_shrinks_to_a_request_and_its_free },
	{ "a sound kernel agrees with what it wrote",
	  a_sound_kernel_agrees_with_what_it_wrote },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "shrink", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
