#include <stdio.h>
#include <string.h>

#include "sim/machine.h"
#include "sim/machine_import.h"
#include "tests/unit.h"

static struct sim_machine_import_error err;

/* The machine that an imported text describes. */
static struct sim_machine *read_back(char *text)
{
	struct conf_error why;
	struct conf_file *f;
	struct sim_machine *m;

	if (!text)
		fprintf(stderr, "%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	f = conf_parse(text, strlen(text), "imported", &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	m = sim_machine_read(conf_root(f), &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	conf_close(f);
	free(text);
	return m;
}

static char *numactl(const char *text)
{
	return sim_machine_import_numactl_text("n.txt", text, strlen(text), NULL, &err);
}

static char *hwloc(const char *text)
{
	return sim_machine_import_hwloc_text("h.xml", text, NULL, &err);
}

static uint64_t node_frames(const struct sim_machine *m, unsigned node)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].nid == node)
			frames += sim_machine_zone_frames(m, i).present;
	return frames;
}

/* ---- numactl -H ------------------------------------------------------------------------ */

static void two_nodes_of_numactl(void)
{
	struct sim_machine *m = read_back(numactl("available: 2 nodes (0-1)\n"
						  "node 0 cpus: 0 2 4 6\n"
						  "node 0 size: 2014 MB\n"
						  "node 0 free: 1027 MB\n"
						  "node 1 cpus: 1 3 5 7\n"
						  "node 1 size: 2048 MB\n"
						  "node 1 free: 99 MB\n"
						  "node distances:\n"
						  "node   0   1 \n"
						  "  0:  10  21 \n"
						  "  1:  21  10 \n"));

	CU_ASSERT_EQUAL(m->nodes, 2);
	CU_ASSERT_EQUAL(m->cpus, 8);
	for (unsigned cpu = 0; cpu < 8; cpu++)
		CU_ASSERT_EQUAL(m->cpu_node[cpu], cpu % 2);
	CU_ASSERT_EQUAL(node_frames(m, 0) + 1, 2014 * 256);
	CU_ASSERT_EQUAL(node_frames(m, 1), 2048 * 256);
	CU_ASSERT_EQUAL(m->slit[1], 21);
	CU_ASSERT_EQUAL(m->dram_ps[0], 85000);
	CU_ASSERT_EQUAL(m->dram_ps[1], 136300);
	sim_machine_free(m);
}

static void a_node_of_numactl_may_lack_cpus_or_memory(void)
{
	struct sim_machine *m = read_back(numactl("available: 3 nodes (0,2-3)\r\n"
						  "node 0 cpus: 0 1\r\n"
						  "node 0 size: 1000 MB\r\n"
						  "node 2 cpus:\r\n"
						  "node 2 size: 500 MB\r\n"
						  "node 3 cpus: 5\r\n"
						  "node 3 size: 0 MB\r\n"
						  "node distances:\r\n"
						  "node   0   2   3\r\n"
						  "  0:  10  17  255\r\n"
						  "  2:  17  10  28\r\n"
						  "  3:  20  28  10\r\n"));

	CU_ASSERT_EQUAL(m->nodes, 4);
	CU_ASSERT_FALSE(m->node_online[1]);
	CU_ASSERT_TRUE(m->node_online[2] && m->node_online[3]);
	/* CPU 5 follows CPU 1. */
	CU_ASSERT_EQUAL(m->cpus, 3);
	CU_ASSERT_EQUAL(m->cpu_node[2], 3);
	CU_ASSERT_EQUAL(node_frames(m, 2), 500 * 256);
	CU_ASSERT_EQUAL(node_frames(m, 3), 0);
	CU_ASSERT_EQUAL(m->slit[2], 17);
	CU_ASSERT_EQUAL(m->slit[3], 254);
	CU_ASSERT_EQUAL(m->slit[12], 20);
	CU_ASSERT_EQUAL(m->dram_ps[3], 190000);
	sim_machine_free(m);
}

static void memory_above_3_gib_leaves_room_for_devices(void)
{
	struct sim_machine *m = read_back(numactl("available: 1 nodes (0)\n"
						  "node 0 cpus: 0\n"
						  "node 0 size: 8192 MB\n"
						  "No distance information available.\n"));

	CU_ASSERT_EQUAL_FATAL(m->nzones, 3);
	CU_ASSERT_EQUAL(sim_machine_zone_frames(m, 1).present, (3 << 18) - 4096);
	CU_ASSERT_EQUAL(node_frames(m, 0) + 1, 8192 * 256);
	sim_machine_free(m);
}

static void wrong_lines_of_numactl_are_named(void)
{
#define TWO "available: 2 nodes (0-1)\nnode 0 cpus: 0\nnode 0 size: 1024 MB\n"
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "", "n.txt: there is no line \"available:\" as `numactl -H` prints" },
		{ "hello\n", "n.txt:1: \"hello\" is no line of `numactl -H`" },
		{ "No NUMA support available on this system.\n",
		  "n.txt:1: numactl found no NUMA; on that machine: pagesim machine import "
		  "--sys" },
		{ "available: 3 nodes (0-1)\n", "n.txt:1: 3 nodes, but 2 are listed" },
		{ "available: 2 nodes (0-64)\n",
		  "n.txt:1: the nodes \"0-64\" are no list of numbers from 0 to 63" },
		{ "available: 2 nodes (1-0)\n",
		  "n.txt:1: the nodes \"1-0\" are no list of numbers from 0 to 63" },
		{ "available: 2 nodes (0-1\n",
		  "n.txt:1: \"available: 2 nodes (0-1\" is no line of `numactl -H`" },
		{ TWO "node 2 cpus: 1\n", "n.txt:4: node 2 is not among the available ones" },
		{ TWO "node 1 cpus: 0\n", "n.txt:4: CPU 0 is on node 0 already" },
		{ TWO "node 1 cpus: 1024\n",
		  "n.txt:4: CPU 1024, the highest possible is 1023" },
		{ TWO "node 1 cpus: 1 x\n", "n.txt:4: \"x\" is no number of a CPU" },
		{ TWO "node 0 cpus: 1\n", "n.txt:4: the CPUs of node 0 a second time" },
		{ TWO "node 0 size: 1024 MB\n", "n.txt:4: the size of node 0 a second time" },
		{ TWO "node 1 size: lots MB\n",
		  "n.txt:4: the size of node 1 should be a number of MB, not \"lots MB\"" },
		{ TWO "node 1 size: 99999999999 MB\n",
		  "n.txt:4: node 1 has 99999999999 MB, more than 64TiB" },
		{ TWO "node 1 size: 99999999999999999999999 MB\n",
		  "n.txt:4: the size of node 1 should be a number of MB, not "
		  "\"99999999999999999999999 MB\"" },
		{ TWO "node distances:\nnode 0 1\n0: 10 9\n",
		  "n.txt:6: the distance from node 0 to node 1 is 9, should be from 11 to "
		  "254" },
		{ TWO "node distances:\nnode 0 1\n0: 11 20\n",
		  "n.txt:6: the distance of node 0 to itself is 11, not 10" },
		{ TWO "node distances:\nnode 0 1\n0: 10\n",
		  "n.txt:6: 1 distances, there should be 2" },
		{ TWO "node distances:\nnode 0 1\n0: 10 20 30\n",
		  "n.txt:6: more than 2 distances" },
		{ TWO "node distances:\nnode 0 7\n",
		  "n.txt:5: the columns of the distances should be nodes" },
		{ "available: 1 nodes (0)\nnode 0 size: 5 MB\n", "n.txt: it tells no CPU" },
		{ "available: 1 nodes (0)\nnode 0 cpus: 0\n",
		  "n.txt: it tells no node's memory" },
		{ "available: 1 nodes (0)\nnode 0 cpus: 0\nnode 0 size: <not available>\n",
		  "n.txt: it tells no node's memory" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CU_ASSERT_PTR_NULL(numactl(rows[i].text));
		CU_ASSERT_STRING_EQUAL(err.text, rows[i].error);
		CU_ASSERT_FALSE(err.system);
	}
	CU_ASSERT_PTR_NULL(sim_machine_import_numactl_text("n.txt", "a\0b", 3, NULL, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "n.txt:1: this is no text of `numactl -H`");
}

/* ---- hwloc's XML ----------------------------------------------------------------------- */

#define HEAD                                                                                   \
	"<?xml version=\"1.0\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"                 \
	"<topology version=\"2.0\">\n<object type=\"Machine\" os_index=\"0\">\n"
#define NODE(id, cpus, bytes)                                                                  \
	"<object type=\"NUMANode\" os_index=\"" #id "\" cpuset=\"" cpus                        \
	"\" local_memory=\"" bytes "\"/>\n"
#define PU(id) "<object type=\"PU\" os_index=\"" #id "\"/>\n"
#define MATRIX(n)                                                                              \
	"<distances2 type=\"NUMANode\" nbobjs=\"" #n "\" kind=\"5\" indexing=\"os\">\n"
#define TWO_NODES NODE(0, "0x1", "1073741824") NODE(1, "0x2", "1073741824") PU(0) PU(1)
#define FOUR TWO_NODES NODE(2, "0x4", "1073741824") NODE(3, "0x8", "1073741824") PU(2) PU(3)
#define TAIL "</object>\n</topology>\n"

static void nodes_caches_and_distances_of_hwloc(void)
{
	struct sim_machine *m = read_back(hwloc(
		HEAD
		"<info name=\"CPUModel\" value=\"Some &quot;CPU&quot; @ 2.10GHz\"/>\n"
		"<object type=\"L3Cache\" cpuset=\"0x00000003\" cache_size=\"8388608\" "
		"depth=\"3\" cache_linesize=\"64\" cache_associativity=\"16\"/>\n"
		"<object type=\"L1iCache\" cpuset=\"0x1\" cache_size=\"65536\" depth=\"1\" "
		"cache_type=\"2\"/>\n"
		"<object type=\"L1Cache\" cpuset=\"0x1\" cache_size=\"49152\" depth=\"1\" "
		"cache_associativity=\"12\" cache_type=\"1\"/>\n" NODE(0, "0x00000003",
								       "8000000000")
			NODE(1, "0x0000000c", "8589934592") PU(0) PU(1) PU(2)
				PU(3) "</object>\n<!-- a comment -->\n"
				      "<distances2 type=\"NUMANode\" nbobjs=\"2\" kind=\"5\" "
				      "name=\"NUMALatency\" "
				      "indexing=\"os\">\n<indexes length=\"4\">1 0 </indexes>\n"
				      "<u64values length=\"12\">10 31 21 10 "
				      "</u64values>\n</distances2>\n"
				      "</topology>\n"));

	CU_ASSERT_EQUAL(m->clock_mhz, 2100);
	CU_ASSERT_PTR_NOT_NULL(strstr(m->source, "Some \"CPU\" @ 2.10GHz"));
	CU_ASSERT_EQUAL(m->cpus, 4);
	CU_ASSERT_EQUAL(m->cpu_node[1], 0);
	CU_ASSERT_EQUAL(m->cpu_node[2], 1);
	/* hwloc's sizes are bytes, in its own words of 1000. */
	CU_ASSERT_EQUAL(node_frames(m, 0) + 1, 8000000000 / 4096);
	CU_ASSERT_EQUAL(node_frames(m, 1), 2 << 20);
	CU_ASSERT_EQUAL(m->llc.size_bytes, 8 << 20);
	CU_ASSERT_EQUAL(m->llc.ways, 16);
	CU_ASSERT_EQUAL(m->llc.shared_by, 2);
	CU_ASSERT_EQUAL(m->l1.size_bytes, 48 << 10);
	CU_ASSERT_EQUAL(m->l1.ways, 12);
	/* A level that must be there, though nobody tells it. */
	CU_ASSERT_EQUAL(m->l2.size_bytes, 256 << 10);
	CU_ASSERT_EQUAL(m->slit[1], 21);
	CU_ASSERT_EQUAL(m->slit[2], 31);
	sim_machine_free(m);
}

static void memory_beside_a_node_has_no_cpus(void)
{
	struct sim_machine *m = read_back(hwloc(HEAD NODE(1, "0x3", "1073741824") NODE(
		0, "0x3", "2147483648") NODE(2, "0x0", "536870912") PU(0) PU(1) TAIL));

	CU_ASSERT_EQUAL(m->nodes, 3);
	CU_ASSERT_EQUAL(m->cpu_node[0], 0);
	CU_ASSERT_EQUAL(m->cpu_node[1], 0);
	CU_ASSERT_EQUAL(node_frames(m, 1), 1 << 18);
	CU_ASSERT_EQUAL(node_frames(m, 2), 1 << 17);
	CU_ASSERT_EQUAL(m->slit[1], 20);
	sim_machine_free(m);
}

static void a_machine_of_version_1_without_numa(void)
{
	struct sim_machine *m = read_back(hwloc(
		"<topology><object type=\"Machine\" os_index='0' local_memory=\"1073741824\">"
		"<object type=\"Cache\" cpuset=\"0x3\" cache_size=\"1048576\" depth=\"2\" "
		"cache_associativity=\"-1\" cache_type=\"0\">" PU(0)
			PU(1) "</object></object></topology>"));

	CU_ASSERT_EQUAL(m->nodes, 1);
	CU_ASSERT_EQUAL(m->cpus, 2);
	CU_ASSERT_EQUAL(node_frames(m, 0) + 1, 1 << 18);
	CU_ASSERT_EQUAL(m->l2.size_bytes, 1 << 20);
	CU_ASSERT_EQUAL(m->l2.ways, 1024);
	CU_ASSERT_FALSE(m->llc.present);
	sim_machine_free(m);
}

static void many_words_make_a_set_of_cpus(void)
{
	struct sim_machine *m =
		read_back(hwloc(HEAD NODE(0, "0x00000001,,0x00000000", "1073741824") NODE(
			1, "0x00000002,0x00000000", "1073741824") PU(33) PU(64) TAIL));

	CU_ASSERT_EQUAL(m->cpus, 2);
	CU_ASSERT_EQUAL(m->cpu_node[0], 1);
	CU_ASSERT_EQUAL(m->cpu_node[1], 0);
	sim_machine_free(m);
}

/* As hwloc writes them, ten an element. */
static void distances_of_hwloc_go_on_in_the_next_element(void)
{
	struct sim_machine *m = read_back(hwloc(
		HEAD FOUR "</object>" MATRIX(4) "<indexes length=\"4\">3 2 </indexes>\n"
						"<indexes length=\"4\">1 0 </indexes>\n"
						"<u64values length=\"30\">10 11 12 13 14 10 "
						"15 16 17 18 </u64values>\n"
						"<u64values length=\"18\">10 19 20 21 22 10 "
						"</u64values>\n</distances2>\n</topology>\n"));

	CU_ASSERT_EQUAL_FATAL(m->nodes, 4);
	/* The first row is node 3's, the last column node 0's. */
	CU_ASSERT_EQUAL(m->slit[3 * 4 + 2], 11);
	CU_ASSERT_EQUAL(m->slit[3 * 4 + 0], 13);
	CU_ASSERT_EQUAL(m->slit[2 * 4 + 0], 16);
	CU_ASSERT_EQUAL(m->slit[1 * 4 + 3], 17);
	CU_ASSERT_EQUAL(m->slit[1 * 4 + 0], 19);
	CU_ASSERT_EQUAL(m->slit[0 * 4 + 1], 22);
	sim_machine_free(m);
}

static void distances_of_hwloc_may_stand_before_their_nodes(void)
{
	struct sim_machine *m =
		read_back(hwloc(HEAD TWO_NODES "</object>" MATRIX(2) "<u64values>10 31 21 10"
								     "</u64values><indexes>1 0"
								     "</indexes></distances2>"
								     "</topology>"));

	CU_ASSERT_EQUAL_FATAL(m->nodes, 2);
	CU_ASSERT_EQUAL(m->slit[1], 21);
	CU_ASSERT_EQUAL(m->slit[2], 31);
	sim_machine_free(m);
}

/* Of nodes 1 and 0 of four, then of all, then of all but otherwise. */
static void the_first_distances_between_all_nodes_of_hwloc_count(void)
{
	static const char text[] = HEAD FOUR "</object>" MATRIX(
		2) "<indexes>1 0</indexes><u64values>10 40 41 10</u64values>"
		   "</distances2>" MATRIX(4) "<indexes>0 1 2 3</indexes>"
					     "<u64values>10 11 12 13 14 10 15 16 17 18"
					     "</u64values>"
					     "<u64values>10 19 20 21 22 10</u64values>"
					     "</distances2>" MATRIX(
						     4) "<indexes>0 1 2 3</indexes>"
							"<u64values>9</u64values>"
							"</distances2></topology>";
	char *out = hwloc(text);
	struct sim_machine *m;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "\n# Distances between 2 nodes are left out: it has 4.\n"));
	m = read_back(out);
	CU_ASSERT_EQUAL_FATAL(m->nodes, 4);
	CU_ASSERT_EQUAL(m->slit[1], 11);
	CU_ASSERT_EQUAL(m->slit[4], 14);
	CU_ASSERT_EQUAL(m->slit[14], 22);
	sim_machine_free(m);
}

static void a_cache_in_front_of_memory_is_not_a_cpus(void)
{
	char *out = hwloc(
		HEAD "<object type=\"MemCache\" cpuset=\"0x3\" cache_size=\"4294967296\" "
		     "depth=\"1\" cache_linesize=\"64\" cache_associativity=\"1\" "
		     "cache_type=\"0\">" NODE(
			     0, "0x3", "1073741824") "</object>"
						     "<object type=\"L1Cache\" cpuset=\"0x1\" "
						     "cache_size=\"49152\" "
						     "depth=\"1\" cache_associativity=\"12\" "
						     "cache_type=\"1\"/>\n" PU(0) PU(1) TAIL);
	struct sim_machine *m;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "(MemCache) are left out"));
	CU_ASSERT_PTR_NULL(strstr(out, "Not all caches"));
	m = read_back(out);
	CU_ASSERT_EQUAL(m->l1.size_bytes, 48 << 10);
	CU_ASSERT_EQUAL(m->l1.ways, 12);
	CU_ASSERT_EQUAL(node_frames(m, 0) + 1, 1 << 18);
	sim_machine_free(m);
}

struct refused {
	const char *text, *error;
};

static void refuse_all(const struct refused *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CU_ASSERT_PTR_NULL(hwloc(rows[i].text));
		CU_ASSERT_STRING_EQUAL(err.text, rows[i].error);
		CU_ASSERT_FALSE(err.system);
	}
}

static void wrong_lines_of_hwlocs_xml_are_named(void)
{
	static const struct refused rows[] = {
		{ "", "h.xml:1: there is nothing in it" },
		{ "hello", "h.xml:1: this is no XML" },
		{ "<html>\n</html>",
		  "h.xml:1: this is no XML of hwloc: it is a <html>, not a <topology>" },
		{ HEAD NODE(0, "0x1", "4096"),
		  "h.xml:4: the file ends inside of <object>, which begins here" },
		{ HEAD "</topology>", "h.xml:5: here <object> should end" },
		{ HEAD "<object type=\"PU", "h.xml:5: the element <object> is damaged here" },
		{ HEAD TAIL "<x/>", "h.xml:7: something follows the end" },
		{ HEAD "<object type=\"NUMANode\"/>" TAIL,
		  "h.xml:5: a node without 'os_index'" },
		{ HEAD NODE(64, "0x1", "4096") TAIL,
		  "h.xml:5: node 64, the highest possible is 63" },
		{ HEAD NODE(0, "0x1", "4096") NODE(0, "0x1", "4096") TAIL,
		  "h.xml:6: node 0 is there already" },
		{ HEAD NODE(0, "0xg", "4096") TAIL,
		  "h.xml:5: 'cpuset' is no set of at most 1024 CPUs: \"0xg\"" },
		{ HEAD NODE(0, "0x123456789", "4096") TAIL,
		  "h.xml:5: 'cpuset' is no set of at most 1024 CPUs: \"0x123456789\"" },
		{ HEAD NODE(0, "0x1", "-5") TAIL,
		  "h.xml:5: 'local_memory' should be a whole number, not \"-5\"" },
		{ HEAD NODE(0, "0x1", "99999999999999999") TAIL,
		  "h.xml:5: node 0 has 99999999999999999 bytes, more than 64TiB" },
		{ HEAD PU(1024) TAIL, "h.xml:5: CPU 1024, the highest possible is 1023" },
		{ HEAD PU(3) PU(3) TAIL, "h.xml:6: CPU 3 is there already" },
		{ HEAD NODE(0, "0x1", "1073741824") PU(1) TAIL, "h.xml: CPU 1 is on no node" },
		{ HEAD NODE(0, "0x1", "1073741824") TAIL, "h.xml: it tells no CPU" },
		{ HEAD NODE(0, "0x1", "0") PU(0) TAIL, "h.xml: it tells no node's memory" },
		{ HEAD "<object type=\"L2Cache\" depth=\"2\" cache_size=\"100\"/>" TAIL,
		  "h.xml:5: a cache of level 2 with 100 bytes" },
		{ HEAD "<object type=\"L2Cache\" depth=\"2\" cache_size=\"4096\"/>" TAIL,
		  "h.xml:5: a cache of level 2 shared by 0 CPUs" },
		{ HEAD NODE(0, "0x1", "4096") "</object><distances2 type=\"NUMANode\" "
					      "nbobjs=\"1\" "
					      "kind=\"5\"><indexes>1</indexes><u64values>10"
					      "</u64values></distances2></topology>",
		  "h.xml:6: distances of node 1, which is not there" },
	};

	refuse_all(rows, ARRAY_SIZE(rows));
}

static void wrong_distances_of_hwloc_are_named(void)
{
	static const struct refused rows[] = {
		{ HEAD NODE(0, "0x1",
			    "4096") "</object><distances2 type=\"NUMANode\" "
				    "nbobjs=\"1\" kind=\"5\"><indexes>0</indexes><u64values>10 "
				    "10</u64values>"
				    "</distances2></topology>",
		  "h.xml:6: there should be 1 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "<indexes>0</indexes>\n<indexes>1 0"
						       "</indexes></distances2></topology>",
		  "h.xml:11: there should be 2 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "<indexes>0 x</indexes></distances2>",
		  "h.xml:10: there should be 2 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "<indexes>0 1</indexes>\n"
						       "<u64values>10 20 20</u64values>\n"
						       "</distances2></topology>",
		  "h.xml:12: there should be 4 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "<u64values>10 20 20 10</u64values>\n"
						       "</distances2></topology>",
		  "h.xml:11: there should be 2 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "<indexes>0</indexes>\n"
						       "<u64values>10 20 20 10</u64values>\n"
						       "</distances2></topology>",
		  "h.xml:12: there should be 2 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "</distances2></topology>",
		  "h.xml:10: there should be 2 numbers" },
		{ HEAD TWO_NODES "</object>" MATRIX(2) "<indexes>0 0</indexes>"
						       "<u64values>10 20 20 10</u64values>"
						       "</distances2></topology>",
		  "h.xml:10: the distances of node 0 a second time" },
	};

	refuse_all(rows, ARRAY_SIZE(rows));
}

static void a_file_that_is_not_there_is_bad_input(void)
{
	CU_ASSERT_PTR_NULL(sim_machine_import_hwloc("no/such.xml", NULL, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "no/such.xml: No such file or directory");
	CU_ASSERT_FALSE(err.system);
	CU_ASSERT_PTR_NULL(sim_machine_import_numactl("no/such.txt", NULL, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "no/such.txt: No such file or directory");
	CU_ASSERT_PTR_NULL(sim_machine_import_sys("no/such", NULL, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "no/such: /sys/devices/system/cpu/online tells no CPU");
}

static void names_are_quoted(void)
{
	static const char one[] =
		"available: 1 nodes (0)\nnode 0 cpus: 0\nnode 0 size: 64 MB\n";
	struct sim_machine *m = read_back(sim_machine_import_numactl_text(
		"n.txt", one, strlen(one), "a \"b\" \\ c: #", &err));

	CU_ASSERT_STRING_EQUAL(m->name, "a \"b\" \\ c: #");
	sim_machine_free(m);
}

static CU_TestInfo tests[] = {
	{ "two nodes of numactl", two_nodes_of_numactl },
	{ "a node of numactl may lack CPUs or memory",
	  a_node_of_numactl_may_lack_cpus_or_memory },
	{ "memory above 3 GiB leaves room for devices",
	  memory_above_3_gib_leaves_room_for_devices },
	{ "wrong lines of numactl are named", wrong_lines_of_numactl_are_named },
	{ "nodes, caches and distances of hwloc", nodes_caches_and_distances_of_hwloc },
	{ "memory beside a node has no CPUs", memory_beside_a_node_has_no_cpus },
	{ "a machine of version 1 without NUMA", a_machine_of_version_1_without_numa },
	{ "many words make a set of CPUs", many_words_make_a_set_of_cpus },
	{ "distances of hwloc go on in the next element",
	  distances_of_hwloc_go_on_in_the_next_element },
	{ "distances of hwloc may stand before their nodes",
	  distances_of_hwloc_may_stand_before_their_nodes },
	{ "the first distances between all nodes of hwloc count",
	  the_first_distances_between_all_nodes_of_hwloc_count },
	{ "a cache in front of memory is not a CPU's",
	  a_cache_in_front_of_memory_is_not_a_cpus },
	{ "wrong lines of hwloc's XML are named", wrong_lines_of_hwlocs_xml_are_named },
	{ "wrong distances of hwloc are named", wrong_distances_of_hwloc_are_named },
	{ "a file that is not there is bad input", a_file_that_is_not_there_is_bad_input },
	{ "names are quoted", names_are_quoted },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
