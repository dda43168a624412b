#include <stdio.h>
#include <string.h>

#include "sim/conf.h"
#include "sim/span.h"
#include "tests/unit.h"
#include "tools/machine_json.h"
#include "tools/machine_map.h"
#include "tools/machine_show.h"

static struct conf_error err;

static struct sim_machine *load(const char *path)
{
	struct sim_machine *m = sim_machine_load(path, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return m;
}

static const char *const files[] = {
	"configs/machines/2s-broadwell.yaml",     "configs/machines/2s-cascadelake-8269cy.yaml",
	"configs/machines/2s-haswell.yaml",       "configs/machines/2s-hygon-7280.yaml",
	"configs/machines/2s-icelake-8360y.yaml", "configs/machines/2s-naples.yaml",
	"configs/machines/2s-rome-nps4.yaml",     "configs/machines/2s-skylake-8180.yaml",
	"configs/machines/4s-xeon-e5-4600.yaml",  "configs/machines/4s-xeon-e7-4800v2.yaml",
	"configs/machines/eight-node-1tib.yaml",  "configs/machines/four-node.yaml",
	"configs/machines/genoa-vm-2cpu.yaml",    "configs/machines/i7-4790k.yaml",
	"configs/machines/laptop.yaml",           "configs/machines/numaq-16.yaml",
	"configs/machines/one-node.yaml",         "configs/machines/p3-1cpu.yaml",
	"configs/machines/p3-2cpu.yaml",          "configs/machines/p3-4cpu.yaml",
	"configs/machines/p3-500.yaml",           "configs/machines/tiny.yaml",
	"configs/machines/two-node-movable.yaml", "configs/machines/two-node.yaml",
	"configs/machines/vm-fragment.yaml",
};

/* ---- to a kernel ----------------------------------------------------------------------- */

static void a_kernel_sees_the_numbers_of_the_machine(void)
{
	struct sim_machine *m = load("configs/machines/vm-fragment.yaml");
	struct mm_machine k;

	m->hz = 0;
	CU_ASSERT_TRUE_FATAL(machine_map(m, NULL, 100, &k, &err));
	CU_ASSERT_EQUAL(k.arch, MM_ARCH_X86_64);
	CU_ASSERT_EQUAL(k.cpus, 2);
	CU_ASSERT_EQUAL(k.nodes, 2);
	CU_ASSERT_EQUAL(k.cpu_node[1], 1);
	CU_ASSERT_TRUE(k.node_online[0] && k.node_online[1]);
	CU_ASSERT_EQUAL(k.distance[1], 20);
	CU_ASSERT_EQUAL(k.hz, 100);
	CU_ASSERT_EQUAL_FATAL(k.nzones, 3);
	CU_ASSERT_EQUAL(k.zones[2].nid, 1);
	CU_ASSERT_STRING_EQUAL(k.zones[2].name, "DMA32");
	CU_ASSERT_EQUAL(k.zones[2].start, 98304);
	CU_ASSERT_EQUAL(k.zones[2].end, 0x2ffd7);
	CU_ASSERT_EQUAL_FATAL(k.nholes, 1);
	CU_ASSERT_EQUAL(k.holes[0].start, 0x9f);
	CU_ASSERT_EQUAL(k.nreserved, m->nreserved);
	CU_ASSERT_EQUAL(k.reserved[1].end, m->reserved[1].end);
	machine_map_free(&k);
	m->hz = 250;
	CU_ASSERT_TRUE_FATAL(machine_map(m, NULL, 100, &k, &err));
	CU_ASSERT_EQUAL(k.hz, 250);
	machine_map_free(&k);
	sim_machine_free(m);
}

/* ---- to a kernel of 2.4 ---------------------------------------------------------------- */

static const struct mm_policy old = { .short_name = "2.4" };

struct row {
	unsigned nid;
	const char *name;
	uint64_t start, end, present;
};

static uint64_t present(const struct mm_machine *k, const struct mm_zone_span *z)
{
	uint64_t frames = z->end - z->start;

	for (unsigned i = 0; i < k->nholes; i++)
		for (uint64_t f = k->holes[i].start; f < k->holes[i].end; f++)
			frames -= f >= z->start && f < z->end;
	return frames;
}

static void zones_are(const struct mm_machine *k, const struct row *want, size_t n)
{
	CU_ASSERT_EQUAL_FATAL(k->nzones, n);
	for (unsigned i = 0; i < n; i++) {
		CU_ASSERT_EQUAL(k->zones[i].nid, want[i].nid);
		CU_ASSERT_STRING_EQUAL(k->zones[i].name, want[i].name);
		CU_ASSERT_EQUAL(k->zones[i].start, want[i].start);
		CU_ASSERT_EQUAL(k->zones[i].end, want[i].end);
		CU_ASSERT_EQUAL(present(k, &k->zones[i]), want[i].present);
	}
}

static struct sim_machine *made_of(const char *text)
{
	struct conf_file *f = conf_parse(text, strlen(text), "m.yaml", &err);
	struct sim_machine *m;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	m = sim_machine_read(conf_root(f), &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	conf_close(f);
	return m;
}

static void old_zones_are(struct sim_machine *m, const struct row *want, size_t n)
{
	struct mm_machine k;

	CU_ASSERT_TRUE_FATAL(machine_map(m, &old, 100, &k, &err));
	zones_are(&k, want, n);
	machine_map_free(&k);
	sim_machine_free(m);
}

static void areas_are_4_12s_alone(void)
{
	static const char text[] = "nodes: [{cpus: 1, memory: 128MiB}]\n"
				   "cma: [{node: 0, start: 64MiB, size: 8MiB},\n"
				   "      {node: 0, start: 28MiB, size: 20MiB}]\n";
	struct conf_file *file = conf_parse(text, strlen(text), "m.yaml", &err);
	struct sim_machine *m = sim_machine_read(conf_root(file), &err);
	struct mm_machine k;
	json_t *json;

	conf_close(file);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_TRUE_FATAL(machine_map(m, mm_policy_find("4.12"), 250, &k, &err));
	CU_ASSERT_EQUAL_FATAL(k.ncma, 2);
	CU_ASSERT_EQUAL(k.cma[0].start, 16384);
	CU_ASSERT_EQUAL(k.cma[1].start, 7168);
	CU_ASSERT_EQUAL(k.cma[1].end, 12288);
	machine_map_free(&k);
	CU_ASSERT_TRUE_FATAL(machine_map(m, mm_policy_find("2.4"), 100, &k, &err));
	CU_ASSERT_EQUAL(k.ncma, 0);
	machine_map_free(&k);
	json = machine_json(m);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(
				json_array_get(json_object_get(json, "cma"), 1), "size")),
			20 << 20);
	json_decref(json);
	sim_machine_free(m);
}

static void a_kernel_of_2_4_has_dma_and_normal_on_64_bits(void)
{
	/* Between 3 and 4 GiB nothing is. */
	static const struct row two[] = {
		{ 0, "DMA", 0, 4096, 4096 },
		{ 0, "Normal", 4096, 1310720, 782336 + 262144 },
		{ 1, "Normal", 1310720, 2359296, 1048576 },
	};
	static const struct row movable[] = {
		{ 0, "DMA", 0, 4096, 4096 },
		{ 0, "Normal", 4096, 65536, 61440 },
		{ 1, "Normal", 65536, 131072, 65536 },
		{ 2, "Normal", 131072, 163840, 32768 },
	};

	old_zones_are(load("configs/machines/two-node.yaml"), two, ARRAY_SIZE(two));
	old_zones_are(load("configs/machines/two-node-movable.yaml"), movable,
		      ARRAY_SIZE(movable));
}

static void what_lies_between_zones_is_a_hole_of_a_zone_of_2_4(void)
{
	static const struct row want[] = {
		{ 0, "DMA", 0, 2048, 2048 },
		{ 0, "Normal", 4096, 32768, 4096 + 8192 },
	};

	old_zones_are(made_of("{nodes: [{cpus: 1}], zones: ["
			      "{node: 0, name: DMA, range: [0x1000, 8MiB]},"
			      "{node: 0, name: DMA32, range: [16MiB, 32MiB]},"
			      "{node: 0, name: Normal, range: [96MiB, 128MiB]}]}"),
		      want, ARRAY_SIZE(want));
}

static void a_kernel_of_2_4_keeps_the_zones_of_i386(void)
{
	static const struct row p3[] = {
		{ 0, "DMA", 0, 4096, 4096 },
		{ 0, "Normal", 4096, 229376, 225280 },
		{ 0, "HighMem", 229376, 262144, 32768 },
	};
	static const struct row small[] = {
		{ 0, "DMA", 0, 4096, 4096 },
		{ 0, "Normal", 4096, 131072, 126976 },
	};
	static const struct row given[] = {
		{ 0, "DMA", 16, 512, 496 },
		{ 0, "Normal", 512, 1024, 512 },
		{ 0, "HighMem", 2048, 4096, 2048 },
	};

	old_zones_are(load("configs/machines/p3-1cpu.yaml"), p3, ARRAY_SIZE(p3));
	/* Movable goes back to where it was cut off. */
	old_zones_are(made_of("{arch: i386, nodes: [{cpus: 1, memory: 1GiB, movable: 64MiB}],"
			      " reserved: [[0xa0000, 0x100000]]}"),
		      p3, ARRAY_SIZE(p3));
	old_zones_are(made_of("{arch: i386, nodes: [{cpus: 1, memory: 1GiB, movable: 128MiB}],"
			      " reserved: [[0xa0000, 0x100000]]}"),
		      p3, ARRAY_SIZE(p3));
	old_zones_are(
		made_of("{arch: i386, nodes: [{cpus: 1, memory: 512MiB, movable: 8MiB}]}"),
		small, ARRAY_SIZE(small));
	/* A small copy of a big machine, as tests use it. */
	old_zones_are(made_of("{arch: i386, nodes: [{cpus: 1}], zones: ["
			      "{node: 0, name: DMA, range: [0x10000, 0x200000]},"
			      "{node: 0, name: Normal, range: [0x200000, 0x400000]},"
			      "{node: 0, name: HighMem, range: [0x800000, 0x1000000]}]}"),
		      given, ARRAY_SIZE(given));
}

/* Of every machine that comes along: no frame is lost or won, nothing overlaps. */
static void a_kernel_of_2_4_has_the_same_frames(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct sim_machine *m = load(files[i]);
		struct sim_span_list holes = { 0 };
		struct mm_machine k;
		uint64_t mine = 0, its = 0;

		CU_ASSERT_TRUE_FATAL(machine_map(m, &old, 100, &k, &err));
		for (unsigned z = 0; z < m->nzones; z++)
			mine += sim_machine_zone_frames(m, z).present;
		for (unsigned h = 0; h < k.nholes; h++) {
			CU_ASSERT(h == 0 || k.holes[h - 1].end <= k.holes[h].start);
			CU_ASSERT(sim_span_add(&holes, k.holes[h].start, k.holes[h].end));
		}
		for (unsigned z = 0; z < k.nzones; z++) {
			its += k.zones[z].end - k.zones[z].start;
			its -= sim_span_frames(holes.at, holes.n, k.zones[z].start,
					       k.zones[z].end);
			CU_ASSERT(z == 0 || k.zones[z - 1].end <= k.zones[z].start);
		}
		/* But frame 0, which is in no zone of later kernels, and reserved here. */
		CU_ASSERT_EQUAL(mine + 1, its);
		CU_ASSERT_EQUAL(k.reserved[0].start, 0);
		sim_span_drop(&holes);
		machine_map_free(&k);
		sim_machine_free(m);
	}
}

static void nodes_inside_one_another_are_refused_by_2_4(void)
{
	struct sim_machine *m = made_of("{nodes: [{cpus: 1}, {}], zones: ["
					"{node: 0, name: DMA32, range: [16MiB, 1GiB]},"
					"{node: 0, name: Normal, range: [5GiB, 6GiB]},"
					"{node: 1, name: DMA32, range: [1GiB, 2GiB]}]}");
	struct mm_machine k;

	CU_ASSERT_FALSE(machine_map(m, &old, 100, &k, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "under kernel 2.4 a zone is one run of frames: zone Normal of "
			       "node 0 and zone Normal of node 1 would lie inside one another");
	CU_ASSERT_PTR_NULL(k.zones);
	CU_ASSERT_TRUE_FATAL(machine_map(m, NULL, 100, &k, &err));
	CU_ASSERT_EQUAL(k.nzones, 3);
	machine_map_free(&k);
	sim_machine_free(m);
}

/* ---- from a trace ---------------------------------------------------------------------- */

static uint16_t cpu_node[] = { 0, 2, 2 };
static uint8_t distance[] = { 10, 255, 17, 255, 255, 255, 18, 255, 10 };
static struct trace_zone zones[] = {
	{ .nid = 0, .name = "DMA", .start = 1, .end = 4096 },
	{ .nid = 0, .name = "DMA32", .start = 4096, .end = 8192 },
	{ .nid = 2, .name = "DMA32", .start = 8192, .end = 16384 },
	{ .nid = 2, .name = "Normal" }, /* empty, as zoneinfo lists it */
};
static struct trace_span holes[] = { { 160, 256 }, { 9000, 9100 } };
static struct trace_span reserved[] = { { 1, 200 }, { 9050, 9200 } };
static char name[] = "app";

static struct trace_header header(void)
{
	return (struct trace_header){ .page_size = 4096,
				      .cpus = 3,
				      .nodes = 3,
				      .cpu_node = cpu_node,
				      .distance = distance,
				      .zones = zones,
				      .nzones = ARRAY_SIZE(zones),
				      .holes = holes,
				      .nholes = ARRAY_SIZE(holes),
				      .reserved = reserved,
				      .nreserved = ARRAY_SIZE(reserved),
				      .name = name };
}

static void a_traces_header_gives_its_machine(void)
{
	struct trace_header h = header();
	struct sim_machine *m = machine_map_from_header(&h, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_STRING_EQUAL(m->name, "app");
	CU_ASSERT_EQUAL(m->cpus, 3);
	CU_ASSERT_EQUAL(m->cpu_node[1], 2);
	CU_ASSERT_TRUE(m->node_online[0] && !m->node_online[1] && m->node_online[2]);
	CU_ASSERT_EQUAL(m->slit[2], 17);
	CU_ASSERT_EQUAL(m->slit[6], 18);
	CU_ASSERT_EQUAL(m->nzones, 3);
	CU_ASSERT_EQUAL(m->clock_mhz, 2600);
	/* DMA: frames 1-159 are reserved, 160-255 a hole, though some are called both. */
	CU_ASSERT_EQUAL(sim_machine_zone_frames(m, 0).present, 4095 - 96);
	CU_ASSERT_EQUAL(sim_machine_zone_frames(m, 0).managed, 4095 - 255);
	CU_ASSERT_EQUAL(sim_machine_zone_frames(m, 2).managed, 8192 - 200);
	sim_machine_free(m);

	h.distance = NULL;
	m = machine_map_from_header(&h, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->slit[0], 10);
	CU_ASSERT_EQUAL(m->slit[2], 20);
	sim_machine_free(m);
}

static void a_header_that_is_no_machine_is_refused(void)
{
	struct trace_header h = header();
	uint16_t elsewhere[] = { 0, 3, 2 };

	h.nzones = 0;
	CU_ASSERT_PTR_NULL(machine_map_from_header(&h, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "the trace does not tell the machine it was recorded on");
	h = header();
	h.cpus = 0;
	CU_ASSERT_PTR_NULL(machine_map_from_header(&h, &err));
	h = header();
	h.nodes = 65;
	CU_ASSERT_PTR_NULL(machine_map_from_header(&h, &err));
	h = header();
	h.page_size = 16384;
	CU_ASSERT_PTR_NULL(machine_map_from_header(&h, &err));
	h = header();
	h.cpu_node = elsewhere;
	CU_ASSERT_PTR_NULL(machine_map_from_header(&h, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "the machine recorded in the trace makes no sense: "
					 "CPU 1 is on node 3, which is not there");
}

/* ---- as JSON and as text --------------------------------------------------------------- */

static char *dump(const struct sim_machine *m)
{
	json_t *json = machine_json(m);
	char *text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	text = json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(1));
	json_decref(json);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	return text;
}

static void same_disks(const struct sim_machine_disk *a, const struct sim_machine_disk *b)
{
	CU_ASSERT_EQUAL(a->present, b->present);
	CU_ASSERT_STRING_EQUAL(a->name, b->name);
	CU_ASSERT_EQUAL(a->size_bytes, b->size_bytes);
	CU_ASSERT_EQUAL(a->start_bytes, b->start_bytes);
	CU_ASSERT_EQUAL(memcmp(&a->figures, &b->figures, sizeof(a->figures)), 0);
}

static void same_numbers(const struct sim_machine *a, const struct sim_machine *b)
{
	size_t cells = (size_t)a->nodes * a->nodes;

	CU_ASSERT_EQUAL_FATAL(a->nodes, b->nodes);
	CU_ASSERT_EQUAL_FATAL(a->cpus, b->cpus);
	CU_ASSERT_EQUAL_FATAL(a->nzones, b->nzones);
	CU_ASSERT_EQUAL_FATAL(a->nholes, b->nholes);
	CU_ASSERT_EQUAL_FATAL(a->nreserved, b->nreserved);
	CU_ASSERT_EQUAL(memcmp(a->cpu_node, b->cpu_node, a->cpus * sizeof(*a->cpu_node)), 0);
	CU_ASSERT_EQUAL(memcmp(a->slit, b->slit, cells), 0);
	CU_ASSERT_EQUAL(memcmp(a->dram_ps, b->dram_ps, cells * sizeof(*a->dram_ps)), 0);
	for (unsigned i = 0; i < a->nzones; i++) {
		CU_ASSERT_EQUAL(a->zones[i].nid, b->zones[i].nid);
		CU_ASSERT_STRING_EQUAL(a->zones[i].name, b->zones[i].name);
		CU_ASSERT_EQUAL(a->zones[i].start, b->zones[i].start);
		CU_ASSERT_EQUAL(a->zones[i].end, b->zones[i].end);
	}
	for (unsigned i = 0; i < a->nholes; i++)
		CU_ASSERT_EQUAL(a->holes[i].start, b->holes[i].start);
	CU_ASSERT_EQUAL(a->llc.latency_milli, b->llc.latency_milli);
	CU_ASSERT_EQUAL(a->llc.shared_by, b->llc.shared_by);
	CU_ASSERT_EQUAL(a->link_bandwidth_mbs, b->link_bandwidth_mbs);
	CU_ASSERT_EQUAL(a->sched_cycles.wake_up, b->sched_cycles.wake_up);
	CU_ASSERT_EQUAL(a->nloaded, b->nloaded);
	CU_ASSERT_EQUAL(a->hz, b->hz);
	same_disks(&a->swap, &b->swap);
	same_disks(&a->data, &b->data);
	CU_ASSERT_EQUAL(a->one_drive, b->one_drive);
}

static void each_shipped_machine_reads_back_from_its_json(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct sim_machine *m = load(files[i]), *again;
		char *text = dump(m), *second;
		struct conf_file *f = conf_parse(text, strlen(text), "json", &err);

		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		again = sim_machine_read(conf_root(f), &err);
		CU_ASSERT_PTR_NOT_NULL_FATAL(again);
		same_numbers(m, again);
		second = dump(again);
		CU_ASSERT_STRING_EQUAL(text, second);
		conf_close(f);
		free(text);
		free(second);
		sim_machine_free(m);
		sim_machine_free(again);
	}
}

static void decimals_print_without_idle_zeros(void)
{
	static const struct {
		uint64_t milli;
		const char *want;
	} cases[] = { { 0, "0" },           { 1, "0.001" }, { 10, "0.01" },
		      { 81400, "81.4" },    { 100, "0.1" }, { 100000, "100" },
		      { 123456, "123.456" } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[32];

		machine_json_milli(cases[i].milli, text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, cases[i].want);
	}
}

static void a_machine_is_drawn_with_units(void)
{
	static const char want[] =
		"two-node-movable: 3 nodes, 4 CPUs, 640 MiB, x86_64, 2600 MHz\n"
		"source: generic\n"
		"\n"
		"node 0  256 MiB, CPUs 0-1\n"
		"  zones  DMA 16 MiB, DMA32 240 MiB\n"
		"  LLC    1 x 35 MiB: CPUs 0-1\n"
		"\n"
		"node 1  256 MiB, CPUs 2-3\n"
		"  zones  DMA32 128 MiB, Movable 128 MiB\n"
		"  LLC    1 x 35 MiB: CPUs 2-3\n"
		"\n"
		"node 2  128 MiB, no CPU\n"
		"  zones  DMA32 128 MiB\n"
		"\n"
		"node zone        first frame    last frame      spanned      present      "
		"managed\n"
		"   0 DMA                   1          4095         4095         4095         "
		"4095\n"
		"   0 DMA32              4096         65535        61440        61440        "
		"61440\n"
		"   1 DMA32             65536         98303        32768        32768        "
		"32768\n"
		"   1 Movable           98304        131071        32768        32768        "
		"32768\n"
		"   2 DMA32            131072        163839        32768        32768        "
		"32768\n"
		"\n"
		"cache       size  ways   cycles        ns  shared by\n"
		"L1        32 KiB     8        4     1.538     1 CPU\n"
		"L2       256 KiB     8       12     4.615     1 CPU\n"
		"LLC       35 MiB    20       50     19.23     2 CPUs\n"
		"\n"
		"memory latency, idle, load-to-use, ns\n"
		"from\\to      0      1      2\n"
		"      0     85  136.3  136.3\n"
		"      1  136.3     85  136.3\n"
		"      2  136.3  136.3     85\n"
		"\n"
		"distance (SLIT)\n"
		"from\\to   0   1   2\n"
		"      0  10  21  31\n"
		"      1  21  10  31\n"
		"      2  31  31  10\n"
		"\n"
		"dirty line, same socket                  47 ns     122 cycles\n"
		"dirty line, other socket                108 ns     281 cycles\n"
		"atomic operation                        7.7 ns      20 cycles\n"
		"context switch                         1000 ns    2600 cycles\n"
		"wake-up                                1000 ns    2600 cycles\n"
		"inter-processor interrupt              1000 ns    2600 cycles\n";
	struct sim_machine *m = load("configs/machines/two-node-movable.yaml");
	char got[4000];
	FILE *out = fmemopen(got, sizeof(got), "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	machine_show(m, out);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(got, want);
	sim_machine_free(m);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(a_kernel_sees_the_numbers_of_the_machine),
	T(areas_are_4_12s_alone),
	T(a_kernel_of_2_4_has_dma_and_normal_on_64_bits),
	T(what_lies_between_zones_is_a_hole_of_a_zone_of_2_4),
	T(a_kernel_of_2_4_keeps_the_zones_of_i386),
	T(a_kernel_of_2_4_has_the_same_frames),
	T(nodes_inside_one_another_are_refused_by_2_4),
	T(a_traces_header_gives_its_machine),
	T(a_header_that_is_no_machine_is_refused),
	T(each_shipped_machine_reads_back_from_its_json),
	T(decimals_print_without_idle_zeros),
	T(a_machine_is_drawn_with_units),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "machine_map", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
