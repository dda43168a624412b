/*
 * Audits of a run, on an allocator with no kernel in it, into which defects are put: each is
 * found at the event after which it was there first.
 */
#include "tests/tools/replay_case.h"
#include "tests/tools/toy_policy.h"

enum defect { SOUND, INVARIANT, FREE_AND_USED, TWICE, BEYOND };

struct outcome {
	bool ok;
	struct replay_error err;
	uint64_t checks, events, end_date;
	struct toy toy;
};

static struct outcome *out; /* shared with the child */
static struct replay_options options;
static enum defect defect;

static void a_trace_to_write(void)
{
	out = child_shared(sizeof(*out));
	case_begin();
	options = (struct replay_options){ .pacing = REPLAY_CLOSED, .window = 1 << 20 };
	defect = SOUND;
}

static void drop(void)
{
	unlink(case_path);
	munmap(out, sizeof(*out));
}

/* An invariant that breaks with the fifth frame. */
static bool check(const void *mm, char *text, size_t size)
{
	if (defect != INVARIANT || ((const struct toy *)mm)->next < 5)
		return true;
	snprintf(text, size, "there are five");
	return false;
}

/* The first frame after those that were handed out is free, or the last one of them. */
static void each_free(const void *mm, bool with_pcp,
		      void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	uint64_t next = ((const struct toy *)mm)->next;

	(void)with_pcp;
	visit(ctx, defect == BEYOND ? 1 << 20 : next - (defect == FREE_AND_USED), 0);
}

/* The third frame is handed out once more. */
static struct mm_grant alloc(void *mm, struct sim_cpu *cpu, struct mm_request req)
{
	struct mm_grant g = toy_alloc(mm, cpu, req);

	if (defect == TWICE && g.frame == 3)
		g.frame = 2;
	return g;
}

static void replay(uint64_t every)
{
	struct mm_policy policy = toy_policy;
	struct toy_params params = { 0 };
	struct replay *r;

	policy.check = check;
	policy.each_free = each_free;
	policy.alloc_try = alloc;
	options.policy = &policy;
	options.mm = &out->toy;
	options.params = &params;
	options.check_events = every;
	r = case_replay(&options, &out->ok, &out->err);
	if (r) {
		out->checks = replay_checks(r);
		out->events = replay_counts(r)->events;
		out->end_date = replay_counts(r)->end_date;
	}
	case_close(&options, r);
}

/* Eight allocations, 1000 cycles apart, audited every so many events. */
static void run(uint64_t every)
{
	memset(out, 0, sizeof(*out));
	child_run(replay, every);
}

static void write_trace(void)
{
	for (unsigned i = 0; i < 8; i++)
		case_alloc(1000 * (i + 1), 0, 0, 0);
	case_end();
}

static void expect_finding(const char *text)
{
	CU_ASSERT_FALSE(out->ok);
	CU_ASSERT_EQUAL(out->err.status, 1);
	CU_ASSERT_STRING_EQUAL(out->err.text, text);
}

static void a_sound_run_is_audited_every_so_many_events_and_at_the_end(void)
{
	write_trace();
	run(3);
	CU_ASSERT_TRUE(out->ok);
	CU_ASSERT_EQUAL(out->checks, 3); /* after events 3, 6, and the last one */
	run(1);
	CU_ASSERT_EQUAL(out->checks, 9);
	run(0);
	CU_ASSERT_EQUAL(out->checks, 0);
}

static void an_audit_changes_nothing(void)
{
	struct outcome without;

	write_trace();
	run(0);
	without = *out;
	run(1);
	CU_ASSERT_EQUAL(out->end_date, without.end_date);
	CU_ASSERT_EQUAL(memcmp(&out->toy, &without.toy, sizeof(without.toy)), 0);
}

static void a_broken_invariant_ends_the_run_after_its_event(void)
{
	write_trace();
	defect = INVARIANT;
	run(1);
	expect_finding("check after event 5, cycle 4000: there are five (a defect of pagesim)");
	CU_ASSERT_EQUAL(out->events, 5);
}

static void a_defect_is_found_by_the_next_audit(void)
{
	write_trace();
	defect = INVARIANT;
	run(4);
	CU_ASSERT_EQUAL(out->events, 8);
	CU_ASSERT_EQUAL(out->err.status, 1);
}

static void a_frame_that_is_free_and_used_is_found(void)
{
	write_trace();
	defect = FREE_AND_USED;
	run(1);
	expect_finding("check after event 1, cycle 0: frame 0 is free, and used as well (a "
		       "defect of pagesim)");
}

static void a_frame_that_two_have_is_found(void)
{
	write_trace();
	defect = TWICE;
	run(1);
	expect_finding("check after event 4, cycle 3000: frame 2 is used twice (a defect of "
		       "pagesim)");
}

static void a_frame_that_no_zone_has_is_found(void)
{
	write_trace();
	defect = BEYOND;
	run(1);
	expect_finding("check after event 1, cycle 0: frame 1048576 is not the machine's (a "
		       "defect of pagesim)");
}

static CU_TestInfo tests[] = {
	{ "a sound run is audited every so many events and at the end",
	  a_sound_run_is_audited_every_so_many_events_and_at_the_end },
	{ "an audit changes nothing", an_audit_changes_nothing },
	{ "a broken invariant ends the run after its event",
	  a_broken_invariant_ends_the_run_after_its_event },
	{ "a defect is found by the next audit", a_defect_is_found_by_the_next_audit },
	{ "a frame that is free and used is found", a_frame_that_is_free_and_used_is_found },
	{ "a frame that two have is found", a_frame_that_two_have_is_found },
	{ "a frame that no zone has is found", a_frame_that_no_zone_has_is_found },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "replay_check", NULL, NULL, a_trace_to_write, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
