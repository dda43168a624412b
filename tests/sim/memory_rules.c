#include "tests/sim/memory_rules.h"

#include "tests/sim/memory_scene.h"

/* Frames of node 0 and node 1, and where streams of other lines go. */
#define HERE 1000
#define THERE (MEMORY_SCENE_FRAMES + 1000)
#define FAR 20000

static void a_line_that_nobody_touched_comes_from_its_nodes_memory(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, THERE), IN_REMOTE_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 5, HERE + 1), IN_REMOTE_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 5, THERE + 1), IN_MEMORY);
	memory_scene_close(&s);
}

static void the_second_access_hits_the_first_level(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_read(&s, 0, HERE);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, HERE), IN_L1);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_L1);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_L1);
	memory_scene_close(&s);
}

static void a_line_goes_down_from_level_to_level_as_others_come_in(void)
{
	static const struct {
		uint64_t others;
		uint32_t want;
	} rows[] = {
		{ MEMORY_SCENE_L1 / 2, IN_L1 },       { MEMORY_SCENE_L1 * 5 / 4, IN_L2 },
		{ MEMORY_SCENE_L2 * 3 / 4, IN_L2 },   { MEMORY_SCENE_L2 * 3 / 2, IN_LLC },
		{ MEMORY_SCENE_LLC * 3 / 4, IN_LLC }, { MEMORY_SCENE_LLC * 3 / 2, IN_MEMORY },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct memory_scene s;

		memory_scene_open(&s);
		memory_scene_write(&s, 0, HERE);
		memory_scene_stream(&s, 0, FAR, rows[i].others);
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), rows[i].want);
		memory_scene_close(&s);
	}
}

static void lines_used_again_and_again_push_nothing_out(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	for (unsigned round = 0; round < 500; round++)
		memory_scene_stream(&s, 0, FAR, MEMORY_SCENE_L1 / 4);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_L1);
	memory_scene_close(&s);
}

static void a_changed_line_comes_from_the_other_cores_cache(void)
{
	static const struct {
		unsigned writer, reader;
		uint64_t frame;
		uint32_t want;
	} rows[] = {
		{ 0, 1, HERE, FROM_CORE },          { 1, 0, THERE, FROM_CORE },
		{ 0, 4, HERE, FROM_OTHER_SOCKET },  { 0, 4, THERE, FROM_OTHER_HOME },
		{ 4, 0, THERE, FROM_OTHER_SOCKET }, { 4, 0, HERE, FROM_OTHER_HOME },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (unsigned write = 0; write < 2; write++) {
			struct memory_scene s;

			memory_scene_open(&s);
			memory_scene_write(&s, rows[i].writer, rows[i].frame);
			CU_ASSERT_EQUAL(
				write ? memory_scene_write(&s, rows[i].reader, rows[i].frame)
				      : memory_scene_read(&s, rows[i].reader, rows[i].frame),
				rows[i].want);
			CU_ASSERT_EQUAL(memory_scene_read(&s, rows[i].reader, rows[i].frame),
					IN_L1);
			memory_scene_close(&s);
		}
}

static void a_changed_line_that_fell_out_comes_from_the_cache_it_fell_into(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	memory_scene_write(&s, 0, HERE + 1);
	memory_scene_stream(&s, 0, FAR, MEMORY_SCENE_L2 * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), IN_LLC);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 4, HERE + 1), FROM_OTHER_SOCKET);
	memory_scene_close(&s);
}

static void a_changed_line_that_nobody_has_any_more_comes_from_memory(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	memory_scene_write(&s, 0, HERE + 1);
	memory_scene_stream(&s, 0, FAR, MEMORY_SCENE_LLC * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), IN_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 4, HERE + 1), IN_REMOTE_MEMORY);
	memory_scene_close(&s);
}

static void others_push_lines_out_of_the_shared_cache_only(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	memory_scene_write(&s, 0, HERE + 1);
	memory_scene_stream(&s, 0, FAR, MEMORY_SCENE_L2 * 3 / 2);
	memory_scene_write(&s, 0, HERE + 2);
	memory_scene_stream(&s, 1, FAR + 5000, MEMORY_SCENE_LLC * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE + 1), IN_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE + 2), IN_L1);
	memory_scene_close(&s);
}

static void readers_of_a_line_have_it_side_by_side(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_touch(&s, 0, SIM_LINE_MARKS, 3, true);
	for (unsigned cpu = 1; cpu < MEMORY_SCENE_CPUS; cpu++)
		memory_scene_touch(&s, cpu, SIM_LINE_MARKS, 3, false);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned cpu = 0; cpu < MEMORY_SCENE_CPUS; cpu++)
			CU_ASSERT_EQUAL(memory_scene_touch(&s, cpu, SIM_LINE_MARKS, 3, false),
					IN_L1);
	memory_scene_close(&s);
}

static void a_shared_line_ages_in_each_readers_caches(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	memory_scene_read(&s, 1, HERE);
	memory_scene_stream(&s, 1, FAR, MEMORY_SCENE_L1 * 5 / 4);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, HERE), IN_L1);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 1, HERE), IN_L2);
	memory_scene_stream(&s, 1, FAR + 1000, MEMORY_SCENE_L2 * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 1, HERE), IN_LLC);
	memory_scene_close(&s);
}

static void a_write_takes_a_shared_line_from_its_readers(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	memory_scene_read(&s, 1, HERE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), FROM_CORE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_L1);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 1, HERE), FROM_CORE);
	memory_scene_read(&s, 4, HERE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), FROM_OTHER_SOCKET);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), FROM_CORE);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 4, HERE), FROM_OTHER_SOCKET);
	memory_scene_close(&s);
}

static void locks_are_taken_by_an_atomic_operation(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_ZONE, 0, true),
			IN_MEMORY + ATOMIC - IN_L1);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_ZONE, 0, true), ATOMIC);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_ZONE, 0, false), IN_L1);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 1, SIM_LINE_ZONE, 0, true),
			FROM_CORE + ATOMIC - IN_L1);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_PCP, 0, true), IN_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_PCP, 0, true), IN_L1);
	memory_scene_close(&s);
}

static void kinds_and_keys_are_lines_of_their_own(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	for (unsigned line = SIM_LINE_LIST; line < SIM_LINES; line++)
		for (uint64_t key = 0; key < 1000; key += 333)
			CU_ASSERT_TRUE(memory_scene_touch(&s, 0, (enum sim_line)line, key,
							  false) == IN_MEMORY);
	for (unsigned line = SIM_LINE_LIST; line < SIM_LINES; line++)
		CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, (enum sim_line)line, 333, false),
				IN_L1);
	CU_ASSERT_FALSE(sim_memory_failed(s.memory));
	memory_scene_close(&s);
}

static void a_line_is_at_home_where_it_is_touched_first(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_touch(&s, 5, SIM_LINE_PCP, 7, true);
	memory_scene_stream(&s, 5, FAR, MEMORY_SCENE_LLC * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_PCP, 7, true), IN_REMOTE_MEMORY);
	memory_scene_close(&s);
}

static void a_zones_lines_are_at_home_on_its_node(void)
{
	static const uint16_t node[] = { 0, 1 };
	struct sim_memory_params params;
	struct memory_scene s;

	memory_scene_open(&s);
	sim_memory_free(s.memory);
	sim_memory_preset(&params);
	params.zone_node = node;
	params.nzones = 2;
	s.memory = sim_memory_new(memory_scene_kind, s.machine, &params);
	s.cpu[0].memory = s.memory;
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_MARKS, 0, false), IN_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_MARKS, 1, false), IN_REMOTE_MEMORY);
	CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_STAT, 1, true), IN_REMOTE_MEMORY);
	memory_scene_close(&s);
}

static void an_application_pushes_lines_out_while_it_computes(void)
{
	static const struct {
		uint64_t cycles; /* at 10 lines in 1000 */
		uint32_t want;
	} rows[] = {
		{ MEMORY_SCENE_L1 * 100 / 2, IN_L1 },      { MEMORY_SCENE_L1 * 150, IN_L2 },
		{ MEMORY_SCENE_L2 * 100 * 3 / 4, IN_L2 },  { MEMORY_SCENE_L2 * 150, IN_LLC },
		{ MEMORY_SCENE_LLC * 150, IN_MEMORY },     { UINT64_C(1) << 50, IN_MEMORY },
		{ MEMORY_SCENE_LLC * 100 * 3 / 4, IN_LLC }
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct memory_scene s;

		memory_scene_machine(&s);
		memory_scene_make(&s, 10);
		memory_scene_write(&s, 0, HERE);
		memory_scene_think(&s, 0, rows[i].cycles);
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), rows[i].want);
		memory_scene_close(&s);
	}
}

static void no_time_passes_for_an_application_inside_an_operation(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	memory_scene_make(&s, 1000);
	memory_scene_write(&s, 0, HERE);
	s.cpu[0].due += 1000000;
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_L1);
	/* Dates of others may lie before. */
	memory_scene_write(&s, 1, HERE + 1);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), FROM_CORE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE + 1), IN_L1);
	memory_scene_close(&s);
}

static void a_line_is_pushed_out_while_its_owner_computes_and_another_cpu_asks(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	memory_scene_make(&s, 10);
	memory_scene_write(&s, 0, HERE);
	s.cpu[1].now = MEMORY_SCENE_L2 * 150;
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), IN_LLC);
	memory_scene_close(&s);
}

static void pages_cleared_go_through_the_caches(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_write(&s, 0, HERE);
	sim_pages(&s.cpu[0], SIM_NO_FRAME, FAR, 2);
	CU_ASSERT_EQUAL(s.cpu[0].part[SIM_PART_PAGES], 600);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_L2);
	/* A copy reads as much as it writes. */
	sim_pages(&s.cpu[0], HERE, FAR, 7);
	CU_ASSERT_EQUAL(s.cpu[0].part[SIM_PART_PAGES], 600 + 7 * 800);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_LLC);
	memory_scene_close(&s);
}

static void pages_of_another_node_take_longer(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	/* Half of what latency is longer by: 160 instead of 100. */
	sim_pages(&s.cpu[0], SIM_NO_FRAME, THERE, 1);
	CU_ASSERT_EQUAL(s.cpu[0].part[SIM_PART_PAGES], 390);
	sim_pages(&s.cpu[0], THERE, HERE, 1);
	CU_ASSERT_EQUAL(s.cpu[0].part[SIM_PART_PAGES], 390 + 1040);
	memory_scene_close(&s);
}

static void pages_are_no_faster_than_the_bandwidth(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	s.machine->node_bandwidth_mbs = 4096; /* a page in 1000 ns */
	s.machine->link_bandwidth_mbs = 2048;
	memory_scene_make(&s, 0);
	sim_pages(&s.cpu[0], SIM_NO_FRAME, HERE, 1);
	CU_ASSERT_EQUAL(s.cpu[0].part[SIM_PART_PAGES], 1000);
	sim_pages(&s.cpu[0], SIM_NO_FRAME, THERE, 1);
	CU_ASSERT_EQUAL(s.cpu[0].part[SIM_PART_PAGES], 1000 + 2000);
	memory_scene_close(&s);
}

static void busy_memory_is_slower(void)
{
	struct memory_scene s;
	uint32_t last = 0;

	memory_scene_machine(&s);
	s.machine->node_bandwidth_mbs = 1000; /* a byte a cycle */
	s.machine->nloaded = 2;
	s.machine->loaded[0].load_milli = 100;
	s.machine->loaded[0].factor_milli = 1000;
	s.machine->loaded[1].load_milli = 1000;
	s.machine->loaded[1].factor_milli = 3000;
	memory_scene_make(&s, 0);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_MEMORY);
	/* Each line is 128 bytes there and back, and its 100 cycles are too short for that. */
	for (unsigned i = 1; i < 400; i++)
		last = memory_scene_write(&s, 0, FAR + i);
	CU_ASSERT_TRUE(last > IN_MEMORY * 2);
	CU_ASSERT_TRUE(last <= IN_MEMORY * 3);
	/* The other node's is idle, and so is this one after a while. */
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, THERE), IN_REMOTE_MEMORY);
	memory_scene_think(&s, 0, 100000);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE + 1), IN_MEMORY);
	memory_scene_close(&s);
}

static void sockets_follow_the_distances(void)
{
	static const struct {
		uint8_t distance;
		uint32_t want;
	} rows[] = { { 11, FROM_SOCKET },
		     { 16, FROM_SOCKET },
		     { 20, FROM_OTHER_SOCKET },
		     { 32, FROM_OTHER_SOCKET } };

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct memory_scene s;

		memory_scene_machine(&s);
		s.machine->slit[1] = s.machine->slit[2] = rows[i].distance;
		memory_scene_make(&s, 0);
		memory_scene_write(&s, 0, HERE);
		CU_ASSERT_EQUAL(memory_scene_write(&s, 4, HERE), rows[i].want);
		memory_scene_close(&s);
	}
}

static void a_socket_can_have_several_last_level_caches(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	s.machine->llc.shared_by = 2;
	memory_scene_make(&s, 0);
	memory_scene_write(&s, 0, HERE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), FROM_CORE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 2, HERE), FROM_SOCKET);
	/* One that fell out of the owner's private caches is in a cache all the same. */
	memory_scene_stream(&s, 2, FAR, MEMORY_SCENE_L2 * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), FROM_SOCKET);
	memory_scene_close(&s);
}

static void a_machine_may_have_no_last_level_cache(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	s.machine->llc = (struct sim_cache){ 0 };
	memory_scene_make(&s, 0);
	memory_scene_write(&s, 0, HERE);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), FROM_SOCKET);
	memory_scene_stream(&s, 1, FAR, MEMORY_SCENE_L1 * 5 / 4);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), IN_L2);
	memory_scene_stream(&s, 1, FAR, MEMORY_SCENE_L2 * 3 / 2);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, HERE), IN_MEMORY);
	memory_scene_close(&s);
}

static void a_machine_may_have_no_caches_at_all(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	s.machine->l1 = s.machine->l2 = s.machine->llc = (struct sim_cache){ 0 };
	memory_scene_make(&s, 5);
	for (unsigned i = 0; i < 3; i++) {
		memory_scene_think(&s, 0, 1000);
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, HERE), IN_MEMORY);
	}
	CU_ASSERT_EQUAL(memory_scene_read(&s, 4, HERE), IN_REMOTE_MEMORY);
	memory_scene_close(&s);
}

static void a_key_beyond_all_reason_is_a_failure_not_a_crash(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_touch(&s, 0, SIM_LINE_LIST, UINT64_C(1) << 40, true);
	CU_ASSERT_TRUE(sim_memory_failed(s.memory));
	memory_scene_close(&s);
}

CU_TestInfo memory_rules[] = {
	{ "a line that nobody touched comes from its node's memory",
	  a_line_that_nobody_touched_comes_from_its_nodes_memory },
	{ "the second access hits the first level", the_second_access_hits_the_first_level },
	{ "a line goes down from level to level as others come in",
	  a_line_goes_down_from_level_to_level_as_others_come_in },
	{ "lines used again and again push nothing out",
	  lines_used_again_and_again_push_nothing_out },
	{ "a changed line comes from the other core's cache",
	  a_changed_line_comes_from_the_other_cores_cache },
	{ "a changed line that fell out comes from the cache it fell into",
	  a_changed_line_that_fell_out_comes_from_the_cache_it_fell_into },
	{ "a changed line that nobody has any more comes from memory",
	  a_changed_line_that_nobody_has_any_more_comes_from_memory },
	{ "others push lines out of the shared cache only",
	  others_push_lines_out_of_the_shared_cache_only },
	{ "readers of a line have it side by side", readers_of_a_line_have_it_side_by_side },
	{ "a shared line ages in each reader's caches",
	  a_shared_line_ages_in_each_readers_caches },
	{ "a write takes a shared line from its readers",
	  a_write_takes_a_shared_line_from_its_readers },
	{ "locks are taken by an atomic operation", locks_are_taken_by_an_atomic_operation },
	{ "kinds and keys are lines of their own", kinds_and_keys_are_lines_of_their_own },
	{ "a line is at home where it is touched first",
	  a_line_is_at_home_where_it_is_touched_first },
	{ "a zone's lines are at home on its node", a_zones_lines_are_at_home_on_its_node },
	{ "an application pushes lines out while it computes",
	  an_application_pushes_lines_out_while_it_computes },
	{ "no time passes for an application inside an operation",
	  no_time_passes_for_an_application_inside_an_operation },
	{ "a line is pushed out while its owner computes and another CPU asks",
	  a_line_is_pushed_out_while_its_owner_computes_and_another_cpu_asks },
	{ "pages cleared go through the caches", pages_cleared_go_through_the_caches },
	{ "pages of another node take longer", pages_of_another_node_take_longer },
	{ "pages are no faster than the bandwidth", pages_are_no_faster_than_the_bandwidth },
	{ "busy memory is slower", busy_memory_is_slower },
	{ "sockets follow the distances", sockets_follow_the_distances },
	{ "a socket can have several last-level caches",
	  a_socket_can_have_several_last_level_caches },
	{ "a machine may have no last-level cache", a_machine_may_have_no_last_level_cache },
	{ "a machine may have no caches at all", a_machine_may_have_no_caches_at_all },
	{ "a key beyond all reason is a failure, not a crash",
	  a_key_beyond_all_reason_is_a_failure_not_a_crash },
	CU_TEST_INFO_NULL,
};
