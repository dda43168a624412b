/* Every machine that comes along: it loads, says what a machine can say, and both kernels boot
 * on it. */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "model/mm_policy.h"
#include "sim/machine_import_xml.h"
#include "sim/memory_place.h"
#include "tests/unit.h"
#include "tools/machine_groups.h"
#include "tools/machine_map.h"
#include "tools/machine_svg.h"

#define MIN_PRESETS 24

static glob_t files;

static int list_files(void)
{
	return glob("configs/machines/*.yaml", 0, NULL, &files);
}

static int drop_files(void)
{
	globfree(&files);
	return 0;
}

static struct sim_machine *load(size_t i)
{
	struct conf_error err;
	struct sim_machine *m = sim_machine_load(files.gl_pathv[i], &err);

	if (!m)
		fprintf(stderr, "%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return m;
}

/* Fails the test and names the machine. */
static void holds(bool true_, const char *what, size_t i)
{
	if (!true_)
		fprintf(stderr, "%s: %s\n", files.gl_pathv[i], what);
	CU_ASSERT_TRUE(true_);
}

/* ---- what they say --------------------------------------------------------------------- */

static void each_has_a_name_and_a_source(void)
{
	CU_ASSERT(files.gl_pathc >= MIN_PRESETS);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_machine *m = load(i);

		holds(*m->name && strcmp(m->name, "machine") != 0, "it has a name", i);
		holds(*m->source, "it has a source", i);
		sim_machine_free(m);
	}
}

static void caches_grow_and_slow_down_towards_memory(void)
{
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_machine *m = load(i);
		const struct sim_cache *last = &m->l1, *levels[] = { &m->l2, &m->llc };

		holds(m->l1.present && m->l2.present, "it has two levels", i);
		for (unsigned k = 0; k < 2 && levels[k]->present; k++) {
			holds(levels[k]->size_bytes > last->size_bytes, "sizes grow", i);
			holds(levels[k]->latency_milli > last->latency_milli, "latencies grow",
			      i);
			holds(levels[k]->shared_by >= last->shared_by, "sharers grow", i);
			last = levels[k];
		}
		for (unsigned n = 0; n < m->nodes; n++)
			holds(!m->node_online[n] ||
				      sim_machine_cycles(m, m->dram_ps[n * m->nodes + n]) *
						      1000 >=
					      last->latency_milli,
			      "memory is not nearer than the last cache", i);
		sim_machine_free(m);
	}
}

/* Of two nodes one is further away by the firmware only if it is by the clock. */
static void latencies_and_distances_have_the_same_order(void)
{
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_machine *m = load(i);
		bool measured = strcmp(m->source, "generic") != 0;

		for (unsigned from = 0; from < m->nodes; from++)
			for (unsigned a = 0; a < m->nodes; a++)
				for (unsigned b = 0; b < m->nodes; b++) {
					const uint8_t *slit = &m->slit[from * m->nodes];
					const uint64_t *ps = &m->dram_ps[from * m->nodes];

					/* 22 stands among 28: nothing tells its latency. */
					if (slit[a] < slit[b] && measured)
						holds(ps[a] <= ps[b], "nearer is not slower",
						      i);
					if (from == a && a != b)
						holds(ps[a] < ps[b], "local is nearest", i);
				}
		sim_machine_free(m);
	}
}

static void other_sockets_lines_cost_more_than_ones_own(void)
{
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_machine *m = load(i);

		holds(m->c2c_llc_ps <= m->c2c_same_ps, "a shared cache is nearer", i);
		holds(m->c2c_same_ps <= m->c2c_other_ps, "a socket is nearer", i);
		holds(m->atomic_cycles >= 1 && m->atomic_cycles <= 100, "atomics", i);
		holds(m->node_bandwidth_mbs == 0 || m->node_bandwidth_mbs > 100, "bandwidth",
		      i);
		sim_machine_free(m);
	}
}

/* Row by row what the sources say, read apart from the files. */
static void figures_are_those_of_the_sources(void)
{
	static const struct {
		const char *name;
		uint64_t mhz, cpus, nodes, local_ps, far_ps, same_ps, other_ps, mbs;
	} want[] = {
		{ "2s-skylake-8180", 2500, 56, 2, 81400, 131100, 53700, 113900, 107900 },
		{ "2s-cascadelake-8269cy", 2500, 52, 2, 78600, 144100, 51700, 111300, 113100 },
		{ "2s-icelake-8360y", 2400, 72, 2, 78600, 144100, 59800, 126000, 113100 },
		{ "2s-broadwell", 2600, 28, 2, 85000, 136300, 44000, 108000, 58000 },
		{ "2s-haswell", 2300, 36, 2, 101000, 132000, 47000, 108000, 57900 },
		{ "4s-xeon-e7-4800v2", 2800, 60, 4, 136000, 201000, 60000, 150000, 45000 },
		{ "4s-xeon-e5-4600", 2400, 32, 4, 85000, 135000, 47000, 108000, 40000 },
		{ "2s-naples", 2200, 64, 8, 97000, 230000, 154000, 235000, 35000 },
		{ "2s-rome-nps4", 2250, 128, 8, 113000, 210000, 100000, 200000, 40000 },
		{ "eight-node-1tib", 2500, 256, 8, 81400, 131100, 53700, 113900, 107900 },
		{ "genoa-vm-2cpu", 3685, 2, 1, 160000, 160000, 45000, 45000, 33000 },
		{ "p3-1cpu", 1000, 1, 1, 121400, 121400, 160000, 160000, 466 },
		{ "p3-2cpu", 866, 2, 1, 110900, 110900, 160000, 160000, 553 },
		{ "p3-500", 500, 1, 1, 254600, 254600, 356000, 356000, 147 },
		{ "numaq-16", 700, 16, 4, 180000, 630000, 230000, 1500000, 500 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct conf_error err;
		struct sim_machine *m;
		char path[128];

		snprintf(path, sizeof(path), "configs/machines/%s.yaml", want[i].name);
		m = sim_machine_load(path, &err);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->clock_mhz, want[i].mhz);
		CU_ASSERT_EQUAL(m->cpus, want[i].cpus);
		CU_ASSERT_EQUAL(m->nodes, want[i].nodes);
		CU_ASSERT_EQUAL(m->dram_ps[0], want[i].local_ps);
		CU_ASSERT_EQUAL(m->dram_ps[m->nodes - 1], want[i].far_ps);
		CU_ASSERT_EQUAL(m->c2c_same_ps, want[i].same_ps);
		CU_ASSERT_EQUAL(m->c2c_other_ps, want[i].other_ps);
		CU_ASSERT_EQUAL(m->node_bandwidth_mbs, want[i].mbs);
		sim_machine_free(m);
	}
}

/* ---- what boots on them ---------------------------------------------------------------- */

static void *boot(const struct sim_machine *m, const struct mm_policy *kernel,
		  struct mm_machine *k)
{
	void *params = calloc(1, kernel->params_size), *costs = calloc(1, kernel->costs_size);
	struct conf_error err;
	char text[512];
	void *mm;

	mm_params_preset(kernel->params, params);
	mm_params_preset(kernel->costs, costs);
	CU_ASSERT_TRUE_FATAL(machine_map(m, kernel, 250, k, &err));
	mm = kernel->create(k, params, costs, false, text, sizeof(text));
	if (!mm)
		fprintf(stderr, "%s: %s\n", m->name, text);
	free(params);
	free(costs);
	return mm;
}

static void kernels_boot_and_count_the_memory(const char *name)
{
	const struct mm_policy *kernel = mm_policy_find(name);

	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_machine *m = load(i);
		struct mm_snapshot *s;
		struct mm_machine k;
		uint64_t managed = 0, mine = 0;
		int64_t seen = 0;
		void *mm = boot(m, kernel, &k);

		CU_ASSERT_PTR_NOT_NULL_FATAL(mm);
		s = kernel->snapshot(mm);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		for (unsigned z = 0; z < s->nzones; z++) {
			const struct mm_snapshot_zone *zone = &s->zones[z];

			managed += zone->managed;
			seen += zone->nr_free_pages;
			holds(zone->min <= zone->low && zone->low <= zone->high,
			      "watermarks ascend", i);
		}
		for (unsigned z = 0; z < m->nzones; z++)
			mine += sim_machine_zone_frames(m, z).managed;
		holds(managed == mine, "all memory is managed", i);
		holds(seen == (int64_t)managed, "all of it is free", i);
		mm_snapshot_free(s);
		kernel->destroy(mm);
		machine_map_free(&k);
		sim_machine_free(m);
	}
}

static void linux_4_12_boots_on_each(void)
{
	kernels_boot_and_count_the_memory("4.12");
}

static void linux_2_4_boots_on_each(void)
{
	kernels_boot_and_count_the_memory("2.4");
}

/* ---- how they are drawn ---------------------------------------------------------------- */

/* What is drawn is what the memory models reckon with. */
static void groups_are_those_of_the_memory_models(void)
{
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_memory_params params = { 0 };
		struct sim_machine *m = load(i);
		struct sim_memory_place p = { 0 };
		struct machine_groups g;
		bool same = true;

		CU_ASSERT_TRUE_FATAL(sim_memory_place_init(&p, m, &params));
		machine_groups_find(m, &g);
		for (unsigned a = 0; a < m->cpus; a++)
			for (unsigned b = 0; b < m->cpus; b++) {
				unsigned x = g.socket[m->cpu_node[a]];
				unsigned y = g.socket[m->cpu_node[b]];

				same = same && (x == y) == (p.cpu[a].socket == p.cpu[b].socket);
				same = same &&
				       (g.llc[a] == g.llc[b]) == (p.cpu[a].llc == p.cpu[b].llc);
			}
		holds(same, "sockets and caches", i);
		sim_memory_place_fini(&p);
		sim_machine_free(m);
	}
}

static unsigned count(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static bool is_well_formed(const char *svg)
{
	struct sim_machine_import_xml x = { .at = svg, .line = 1 };
	enum sim_machine_import_xml_step step;

	do
		step = sim_machine_import_xml_next(&x);
	while (step == SIM_MACHINE_IMPORT_XML_OPEN || step == SIM_MACHINE_IMPORT_XML_CLOSE);
	return step == SIM_MACHINE_IMPORT_XML_END;
}

static void a_picture_has_every_node_cpu_and_cell(void)
{
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sim_machine *m = load(i);
		char *svg = machine_svg(m);
		unsigned nodes = 0, zones = 0;

		CU_ASSERT_PTR_NOT_NULL_FATAL(svg);
		for (unsigned n = 0; n < m->nodes; n++)
			nodes += m->node_online[n];
		for (unsigned k = 0; k < 5; k++) {
			char word[16];

			snprintf(word, sizeof(word), "class=\"z%u\"", k);
			zones += count(svg, word);
		}
		holds(count(svg, "class=\"card\"") == nodes, "a card a node", i);
		holds(count(svg, "class=\"cpu\"") == m->cpus, "every CPU", i);
		holds(zones == 2 * m->nzones, "a part of the bar and a key for each zone", i);
		holds(count(svg, "class=\"lo\"") + count(svg, "class=\"hi\"") ==
			      2 * nodes * nodes,
		      "two matrices", i);
		holds(is_well_formed(svg), "what begins ends", i);
		holds(count(svg, "http") == 1 && !strstr(svg, "href"), "nothing is outside", i);
		free(svg);
		sim_machine_free(m);
	}
}

static void a_name_cannot_break_the_picture(void)
{
	struct sim_machine *m = load(0);
	char *svg;

	free(m->name);
	m->name = strdup("<b>&\n");
	svg = machine_svg(m);
	CU_ASSERT_PTR_NOT_NULL_FATAL(svg);
	CU_ASSERT_PTR_NULL(strstr(svg, "<b>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(svg, ">&lt;b>&amp;<"));
	CU_ASSERT_TRUE(is_well_formed(svg));
	free(svg);
	sim_machine_free(m);
}

static CU_TestInfo tests[] = {
	{ "each has a name and a source", each_has_a_name_and_a_source },
	{ "caches grow and slow down towards memory",
	  caches_grow_and_slow_down_towards_memory },
	{ "latencies and distances have the same order",
	  latencies_and_distances_have_the_same_order },
	{ "other sockets' lines cost more than one's own",
	  other_sockets_lines_cost_more_than_ones_own },
	{ "figures are those of the sources", figures_are_those_of_the_sources },
	{ "Linux 4.12 boots on each", linux_4_12_boots_on_each },
	{ "Linux 2.4 boots on each", linux_2_4_boots_on_each },
	{ "groups are those of the memory models", groups_are_those_of_the_memory_models },
	{ "a picture has every node, CPU and cell", a_picture_has_every_node_cpu_and_cell },
	{ "a name cannot break the picture", a_name_cannot_break_the_picture },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "presets", list_files, drop_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
