#include <stdio.h>
#include <string.h>

#include "sim/machine.h"
#include "sim/span.h"
#include "tests/unit.h"

static struct conf_error err;

static struct sim_machine *machine(const char *text)
{
	struct conf_file *f = conf_parse(text, strlen(text), "m.yaml", &err);
	struct sim_machine *m = f ? sim_machine_read(conf_root(f), &err) : NULL;

	conf_close(f);
	return m;
}

static struct sim_machine *load(const char *path)
{
	struct sim_machine *m = sim_machine_load(path, &err);

	if (!m)
		fprintf(stderr, "%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return m;
}

struct zone_row {
	unsigned nid;
	const char *name;
	uint64_t start, end, present, managed;
};

static void zones_are(const struct sim_machine *m, const struct zone_row *want, size_t n)
{
	CU_ASSERT_EQUAL_FATAL(m->nzones, n);
	for (unsigned i = 0; i < n; i++) {
		struct sim_zone_frames f = sim_machine_zone_frames(m, i);

		CU_ASSERT_EQUAL(m->zones[i].nid, want[i].nid);
		CU_ASSERT_STRING_EQUAL(m->zones[i].name, want[i].name);
		CU_ASSERT_EQUAL(m->zones[i].start, want[i].start);
		CU_ASSERT_EQUAL(m->zones[i].end, want[i].end);
		CU_ASSERT_EQUAL(f.spanned, want[i].end - want[i].start);
		CU_ASSERT_EQUAL(f.present, want[i].present);
		CU_ASSERT_EQUAL(f.managed, want[i].managed);
	}
}

#define ZONES_ARE(m, want) zones_are(m, want, ARRAY_SIZE(want))

/* ---- memory ---------------------------------------------------------------------------- */

/* The figures are those /proc/zoneinfo printed in the recorded guest. */
static void the_recorded_guest_has_the_zones_its_zoneinfo_printed(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 3998, 3840 },
		{ 0, "DMA32", 4096, 98304, 94208, 92563 },
		{ 1, "DMA32", 98304, 98304 + 98263, 98263, 88258 },
	};
	struct sim_machine *m = load("configs/machines/vm-fragment.yaml");

	ZONES_ARE(m, want);
	CU_ASSERT_EQUAL(m->cpus, 2);
	CU_ASSERT_EQUAL(m->nodes, 2);
	CU_ASSERT_EQUAL(m->cpu_node[0], 0);
	CU_ASSERT_EQUAL(m->cpu_node[1], 1);
	CU_ASSERT_EQUAL(m->nholes, 1);
	CU_ASSERT_EQUAL(m->holes[0].start, 0x9f);
	CU_ASSERT_EQUAL(m->holes[0].end, 0x100);
	CU_ASSERT_EQUAL(m->hz, 250);
	sim_machine_free(m);
}

/* A recorded 8 GiB guest of two nodes: its DMA32 spans 1044480 frames up to 4 GiB. */
static void zones_span_the_gap_between_3_and_4_gib(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095, 4095 },
		{ 0, "DMA32", 4096, 4096 + 1044480, 782336, 782336 },
		{ 0, "Normal", 1048576, 1048576 + 262144, 262144, 262144 },
		{ 1, "Normal", 1310720, 1310720 + 1048576, 1048576, 1048576 },
	};
	struct sim_machine *m = load("configs/machines/two-node.yaml");

	ZONES_ARE(m, want);
	sim_machine_free(m);
}

static void i386_has_high_memory_above_896_mib(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095, 4095 },
		{ 0, "Normal", 4096, 229376, 225280, 225280 },
		{ 0, "HighMem", 229376, 262144, 32768, 32768 },
	};
	struct sim_machine *m = machine("arch: i386\nnodes: [{cpus: 1, memory: 1GiB}]\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->arch, SIM_ARCH_I386);
	ZONES_ARE(m, want);
	sim_machine_free(m);
}

/* Low memory is the first node's alone, where that has 1 GiB. */
static void i386_nodes_above_896_mib_have_high_memory_only(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095, 4095 - 96 - 512 },
		{ 0, "Normal", 4096, 229376, 225280, 225280 - 68 * 256 },
		{ 0, "HighMem", 229376, 262144, 32768, 32768 },
		{ 1, "HighMem", 262144, 524288, 262144, 262144 },
		{ 2, "HighMem", 524288, 786432, 262144, 262144 },
		{ 3, "HighMem", 786432, 1048576, 262144, 262144 },
	};
	struct sim_machine *m = load("configs/machines/numaq-16.yaml");

	CU_ASSERT_EQUAL(m->cpus, 16);
	CU_ASSERT_EQUAL(m->cpu_node[5], 1);
	ZONES_ARE(m, want);
	sim_machine_free(m);
}

/* Zones end at addresses, whoever's memory it is. */
static void i386_nodes_below_896_mib_have_normal_memory(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095, 4095 },
		{ 0, "Normal", 4096, 131072, 126976, 126976 },
		{ 1, "Normal", 131072, 229376, 98304, 98304 },
		{ 1, "HighMem", 229376, 262144, 32768, 32768 },
	};
	struct sim_machine *m =
		machine("arch: i386\n"
			"nodes: [{cpus: 1, memory: 512MiB}, {cpus: 1, memory: 512MiB}]\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	ZONES_ARE(m, want);
	sim_machine_free(m);
}

static void movable_memory_is_cut_off_the_end_of_a_node(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095, 4095 },
		{ 0, "DMA32", 4096, 65536, 61440, 61440 },
		{ 1, "DMA32", 65536, 98304, 32768, 32768 },
		{ 1, "Movable", 98304, 131072, 32768, 32768 },
		{ 2, "DMA32", 131072, 163840, 32768, 32768 },
	};
	struct sim_machine *m = load("configs/machines/two-node-movable.yaml");

	ZONES_ARE(m, want);
	sim_machine_free(m);
}

static void a_whole_zone_can_be_movable(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095, 4095 },
		{ 1, "Movable", 4096, 8192, 4096, 4096 },
	};
	struct sim_machine *m = machine("nodes:\n- {cpus: 1, memory: 16MiB}\n"
					"- {memory: 16MiB, movable: 16MiB}\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	ZONES_ARE(m, want);
	sim_machine_free(m);
}

static void holes_and_reserved_ranges_are_cut_to_the_zones(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA", 1, 4096, 4095 - 96 - 16, 4095 - 96 - 16 - 160 + 1 },
		{ 0, "DMA32", 4096, 8192, 4096 - 1, 4096 - 1 },
	};
	struct sim_machine *m = machine("nodes: [{cpus: 1, memory: 32MiB}]\n"
					"holes:\n"
					"  - [0xffff000, 0x10000000]\n" /* beyond memory */
					"  - [0xa0000, 0x100000]\n"
					"  - [0xff0000, 0x1001000]\n" /* over a zone's border */
					"reserved:\n"
					"  - [0, 0x50000]\n"         /* frame 0 is no memory */
					"  - [0x40000, 0xb0000]\n"); /* into the hole */

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	ZONES_ARE(m, want);
	CU_ASSERT_EQUAL(m->nreserved, 1);
	CU_ASSERT_EQUAL(m->reserved[0].start, 1);
	CU_ASSERT_EQUAL(m->reserved[0].end, 0xa0);
	sim_machine_free(m);
}

static void zones_can_be_given_as_they_are(void)
{
	static const struct zone_row want[] = {
		{ 0, "DMA32", 1024, 2048, 1024, 1024 },
		{ 0, "Movable", 2048, 4096, 2048, 2047 },
	};
	struct sim_machine *m = machine("nodes: [{cpus: 1}]\n"
					"zones:\n"
					"- {node: 0, name: DMA32, range: [4MiB, 8MiB]}\n"
					"- {node: 0, name: Movable, range: [8MiB, 16MiB]}\n"
					"reserved: [[8MiB, 0x801000]]\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	ZONES_ARE(m, want);
	sim_machine_free(m);
}

/* ---- nodes and CPUs -------------------------------------------------------------------- */

static void cpus_are_a_count_a_text_or_a_list(void)
{
	static const uint16_t want[] = { 0, 0, 3, 5, 3, 5, 5, 3 };
	struct sim_machine *m = machine("nodes:\n"
					"- {cpus: 2, memory: 32MiB}\n"
					"- {id: 3, cpus: \"2,4, 7\"}\n"
					"- {id: 5, cpus: [3, \"5-6\"]}\n"
					"- {id: 6}\n"
					"slit: [[10, 11, 12, 13], [20, 10, 21, 22],\n"
					"       [30, 31, 10, 32], [40, 41, 42, 10]]\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->cpus, 8);
	CU_ASSERT_EQUAL(m->nodes, 7);
	for (unsigned cpu = 0; cpu < 8; cpu++)
		CU_ASSERT_EQUAL(m->cpu_node[cpu], want[cpu]);
	for (unsigned id = 0; id < 7; id++)
		CU_ASSERT_EQUAL(m->node_online[id], id == 0 || id == 3 || id == 5 || id == 6);
	/* Rows and columns are the nodes that are there. */
	CU_ASSERT_EQUAL(m->slit[0 * 7 + 3], 11);
	CU_ASSERT_EQUAL(m->slit[3 * 7 + 5], 21);
	CU_ASSERT_EQUAL(m->slit[6 * 7 + 0], 40);
	CU_ASSERT_EQUAL(m->llc.shared_by, 3);
	sim_machine_free(m);
}

/* ---- figures --------------------------------------------------------------------------- */

static void every_figure_of_a_file_arrives(void)
{
	struct sim_machine *m = load("configs/machines/2s-skylake-8180.yaml");

	CU_ASSERT_STRING_EQUAL(m->name, "skylake-2s-8180");
	CU_ASSERT_EQUAL(m->clock_mhz, 2500);
	CU_ASSERT_EQUAL(m->cpus, 56);
	CU_ASSERT_EQUAL(m->cpu_node[28], 1);
	CU_ASSERT_EQUAL(m->l1.size_bytes, 32 << 10);
	CU_ASSERT_EQUAL(m->l2.latency_milli, 14000);
	CU_ASSERT_EQUAL(m->llc.size_bytes, 39424 << 10);
	CU_ASSERT_EQUAL(m->llc.latency_milli, 55000); /* 22 ns at 2.5 GHz */
	CU_ASSERT_EQUAL(m->llc.shared_by, 28);
	CU_ASSERT_EQUAL(m->dram_ps[0], 81400);
	CU_ASSERT_EQUAL(m->dram_ps[1], 131100);
	CU_ASSERT_EQUAL(m->c2c_same_ps, 53700);
	CU_ASSERT_EQUAL(m->c2c_other_ps, 113900);
	CU_ASSERT_EQUAL(m->atomic_cycles, 18);
	CU_ASSERT_EQUAL(m->node_bandwidth_mbs, 107900);
	CU_ASSERT_EQUAL(m->link_bandwidth_mbs, 50900);
	CU_ASSERT_EQUAL(m->nloaded, 6);
	CU_ASSERT_EQUAL(m->loaded[5].load_milli, 1000);
	CU_ASSERT_EQUAL(m->loaded[5].factor_milli, 3470);
	CU_ASSERT_EQUAL(m->slit[0], 10);
	CU_ASSERT_EQUAL(m->slit[1], 21);
	CU_ASSERT_EQUAL(m->sched_cycles.ipi, 5000);
	sim_machine_free(m);
}

static void what_a_file_leaves_out_is_that_of_a_generic_server(void)
{
	struct sim_machine *m = machine("nodes: [{cpus: 1, memory: 16MiB}, {cpus: 1}]\n"
					"caches: {llc: none}\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->clock_mhz, 2600);
	CU_ASSERT_EQUAL(m->slit[0], 10);
	CU_ASSERT_EQUAL(m->slit[1], 20);
	CU_ASSERT_EQUAL(m->dram_ps[0], 85000);
	CU_ASSERT_EQUAL(m->dram_ps[2], 136300);
	CU_ASSERT_EQUAL(m->hz, 0);
	CU_ASSERT_TRUE(m->l1.present);
	CU_ASSERT_FALSE(m->llc.present);
	sim_machine_free(m);
}

static void picoseconds_become_cycles_rounded_to_the_nearest(void)
{
	struct sim_machine m = { .clock_mhz = 2600 };

	CU_ASSERT_EQUAL(sim_machine_cycles(&m, 0), 0);
	CU_ASSERT_EQUAL(sim_machine_cycles(&m, 85000), 221);
	CU_ASSERT_EQUAL(sim_machine_cycles(&m, 136300), 354); /* 354.38 */
	CU_ASSERT_EQUAL(sim_machine_cycles(&m, 192), 0);      /* 0.4992 */
	CU_ASSERT_EQUAL(sim_machine_cycles(&m, 193), 1);      /* 0.5018 */
	/* Half a cycle rounds up; a product beyond 64 bits is no matter. */
	m.clock_mhz = 500;
	CU_ASSERT_EQUAL(sim_machine_cycles(&m, 1000), 1);
	m.clock_mhz = 100000;
	CU_ASSERT_EQUAL(sim_machine_cycles(&m, UINT64_MAX), UINT64_C(1844674407370955162));
}

static void figures_can_be_amended_and_the_structure_cannot(void)
{
	struct sim_machine *m = machine("nodes: [{cpus: 1, memory: 16MiB}]\n");
	const char *good = "{clock_mhz: 1000, sched: {ipi: 1us}}", *bad = "{nodes: []}";
	struct conf_file *f = conf_parse(good, strlen(good), "a", &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_TRUE(sim_machine_amend(m, conf_root(f), &err));
	CU_ASSERT_EQUAL(m->clock_mhz, 1000);
	CU_ASSERT_EQUAL(m->sched_cycles.ipi, 1000);
	CU_ASSERT_EQUAL(m->dram_ps[0], 85000);
	conf_close(f);
	f = conf_parse(bad, strlen(bad), "a", &err);
	CU_ASSERT_FALSE(sim_machine_amend(m, conf_root(f), &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "a:1:9: 'nodes' goes with a machine of its own, with 'nodes'");
	conf_close(f);
	sim_machine_free(m);
}

/* ---- checks without a file ------------------------------------------------------------- */

static struct sim_machine *sound(void)
{
	struct sim_machine *m = machine("nodes: [{cpus: 1, memory: 32MiB}, {memory: 32MiB}]\n"
					"holes: [[0x2000, 0x3000]]\n"
					"reserved: [[0x4000, 0x5000], [0x6000, 0x7000]]\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return m;
}

static void no_cpus(struct sim_machine *m)
{
	m->cpus = 0;
}
static void cpu_elsewhere(struct sim_machine *m)
{
	m->cpu_node[0] = 2;
}
static void node_gone(struct sim_machine *m)
{
	m->node_online[1] = false;
}
static void far_from_itself(struct sim_machine *m)
{
	m->slit[3] = 11;
}
static void too_near(struct sim_machine *m)
{
	m->slit[1] = 10;
}
static void unreachable(struct sim_machine *m)
{
	m->slit[2] = 255;
}
static void no_latency(struct sim_machine *m)
{
	m->dram_ps[1] = 0;
}
static void no_clock(struct sim_machine *m)
{
	m->clock_mhz = 0;
}
static void zones_overlap(struct sim_machine *m)
{
	m->zones[1].start--;
}
static void zones_swapped(struct sim_machine *m)
{
	struct sim_zone z = m->zones[0];

	m->zones[0] = m->zones[1];
	m->zones[1] = z;
}
static void empty_zone(struct sim_machine *m)
{
	m->zones[2].end = m->zones[2].start;
}
static void no_memory(struct sim_machine *m)
{
	m->nzones = 0;
}
static void reserved_swapped(struct sim_machine *m)
{
	m->reserved[1] = m->reserved[0];
}
static void reserved_hole(struct sim_machine *m)
{
	m->reserved[0].start = 2;
}

static void a_machine_that_cannot_be_is_told_apart(void)
{
	static const struct {
		void (*spoil)(struct sim_machine *m);
		const char *want;
	} cases[] = {
		{ no_cpus, "0 CPUs, should be from 1 to 1024" },
		{ cpu_elsewhere, "CPU 0 is on node 2, which is not there" },
		{ node_gone, "zone DMA32 is on node 1, which is not there" },
		{ far_from_itself, "the distance from node 1 to node 1 is 11, should be 10" },
		{ too_near,
		  "the distance from node 0 to node 1 is 10, should be from 11 to 254" },
		{ unreachable,
		  "the distance from node 1 to node 0 is 255, should be from 11 to 254" },
		{ no_latency, "the latency from node 0 to node 1 is missing" },
		{ no_clock, "a clock of 0 MHz, should be from 1 to 100000" },
		{ zones_overlap, "zone DMA of node 0 and zone DMA32 of node 0 overlap" },
		{ zones_swapped, "zones should ascend by node and address" },
		{ empty_zone, "zone DMA32 of node 1 has the frames 8192 to 8192" },
		{ no_memory, "no node has usable memory" },
		{ reserved_swapped, "reserved ranges should ascend and not overlap" },
		{ reserved_hole, "a reserved range lies in a hole" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sim_machine *m = sound();
		char text[256] = "";

		CU_ASSERT_TRUE(sim_machine_check(m, text, sizeof(text)));
		cases[i].spoil(m);
		CU_ASSERT_FALSE(sim_machine_check(m, text, sizeof(text)));
		CU_ASSERT_STRING_EQUAL(text, cases[i].want);
		sim_machine_free(m);
	}
}

/* ---- spans ----------------------------------------------------------------------------- */

/* Against one bit a frame: 200 random lists over 64 frames. */
static void span_lists_are_sets_of_frames(void)
{
	uint64_t seed = 1;

	for (int round = 0; round < 200; round++) {
		struct sim_span_list list = { 0 }, in = { 0 }, out = { 0 };
		uint64_t bits = 0, got = 0, left = 0;

		for (int i = 0; i < 6; i++) {
			uint64_t start, end;

			seed = seed * UINT64_C(6364136223846793005) + 1;
			start = seed >> 40 & 63;
			end = start + (seed >> 50 & 7);
			end = end > 64 ? 64 : end;
			CU_ASSERT_TRUE(sim_span_add(&list, start, end));
			for (uint64_t k = start; k < end; k++)
				bits |= UINT64_C(1) << k;
		}
		sim_span_tidy(&list);
		for (unsigned i = 1; i < list.n; i++)
			CU_ASSERT_TRUE(list.at[i - 1].end < list.at[i].start);
		CU_ASSERT_TRUE(sim_span_inside(&list, 10, 50, &in));
		CU_ASSERT_TRUE(sim_span_outside(&list, 10, 50, &out));
		for (unsigned k = 0; k < 64; k++) {
			got |= (uint64_t)(sim_span_frames(in.at, in.n, k, k + 1) != 0) << k;
			left |= (uint64_t)(sim_span_frames(out.at, out.n, k, k + 1) != 0) << k;
		}
		CU_ASSERT_EQUAL(got, bits & UINT64_C(0x3fffffffffc00));
		CU_ASSERT_EQUAL(left, ~bits & UINT64_C(0x3fffffffffc00));
		sim_span_drop(&list);
		sim_span_drop(&in);
		sim_span_drop(&out);
	}
}

static void areas_keep_the_order_in_which_they_stand(void)
{
	struct sim_machine *m = machine("nodes:\n"
					"  - {cpus: 1, memory: 128MiB}\n"
					"  - {cpus: 1, memory: 64MiB}\n"
					"cma:\n"
					"  - {node: 1, start: 0x8000000, size: 64MiB}\n"
					"  - {node: 0, start: 28MiB, size: 4MiB}\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL_FATAL(m->ncma, 2);
	CU_ASSERT_EQUAL(m->cma[0].nid, 1);
	CU_ASSERT_EQUAL(m->cma[0].start, 32768);
	CU_ASSERT_EQUAL(m->cma[0].end, 49152);
	CU_ASSERT_EQUAL(m->cma[1].nid, 0);
	CU_ASSERT_EQUAL(m->cma[1].start, 7168);
	CU_ASSERT_EQUAL(m->cma[1].end, 8192);
	/* They are memory that the allocator manages. */
	CU_ASSERT_EQUAL(sim_machine_zone_frames(m, 2).managed, 16384);
	sim_machine_free(m);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(the_recorded_guest_has_the_zones_its_zoneinfo_printed),
	T(zones_span_the_gap_between_3_and_4_gib),
	T(i386_has_high_memory_above_896_mib),
	T(i386_nodes_above_896_mib_have_high_memory_only),
	T(i386_nodes_below_896_mib_have_normal_memory),
	T(movable_memory_is_cut_off_the_end_of_a_node),
	T(a_whole_zone_can_be_movable),
	T(holes_and_reserved_ranges_are_cut_to_the_zones),
	T(zones_can_be_given_as_they_are),
	T(areas_keep_the_order_in_which_they_stand),
	T(cpus_are_a_count_a_text_or_a_list),
	T(every_figure_of_a_file_arrives),
	T(what_a_file_leaves_out_is_that_of_a_generic_server),
	T(picoseconds_become_cycles_rounded_to_the_nearest),
	T(figures_can_be_amended_and_the_structure_cannot),
	T(a_machine_that_cannot_be_is_told_apart),
	T(span_lists_are_sets_of_frames),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "machine", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
