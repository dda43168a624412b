/*
 * hwloc's XML, and its words for made-up machines, read by libhwloc. Sizes are bytes there:
 * "8GB" in its words means 8,000,000,000, "8GiB" 2^33. It tells how much memory a node has and
 * not where, and distances only when whoever wrote the file asked for them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import_draft.h"

typedef struct sim_machine_import_draft draft;

#ifdef SIM_HWLOC

#include <hwloc.h>

/* ---- nodes and CPUs -------------------------------------------------------------------- */

static bool put_node(draft *d, hwloc_obj_t node)
{
	unsigned id = node->os_index;

	if (id >= SIM_MAX_NODES)
		return sim_machine_import_draft_fail(
			d, 0, "node %u, the highest possible is %d", id, SIM_MAX_NODES - 1);
	if (d->node[id].there)
		return sim_machine_import_draft_fail(d, 0, "there are two nodes %u", id);
	d->node[id].there = true;
	d->node[id].bytes = node->attr->numanode.local_memory;
	return true;
}

/* The closest of the nodes whose CPUs it is one of. A node of other memory (high bandwidth,
 * persistent) has the CPUs of the node beside it here, while a kernel gives it none: the lower
 * number wins. */
static hwloc_obj_t home(hwloc_topology_t t, unsigned cpu)
{
	hwloc_obj_t best = NULL;
	int fewest = 0;

	for (hwloc_obj_t n = NULL;
	     (n = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_NUMANODE, n));) {
		int cpus = hwloc_bitmap_weight(n->cpuset);

		if (!hwloc_bitmap_isset(n->cpuset, cpu))
			continue;
		if (!best || cpus < fewest ||
		    (cpus == fewest && n->os_index < best->os_index)) {
			best = n;
			fewest = cpus;
		}
	}
	return best;
}

static bool put_cpus(draft *d, hwloc_topology_t t)
{
	for (hwloc_obj_t pu = NULL; (pu = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PU, pu));) {
		hwloc_obj_t node = home(t, pu->os_index);

		if (!node)
			return sim_machine_import_draft_fail(d, 0, "CPU %u is on no node",
							     pu->os_index);
		if (!sim_machine_import_draft_cpu(d, 0, pu->os_index, node->os_index))
			return false;
	}
	return true;
}

static void tell_nodes_without_cpus(draft *d, hwloc_topology_t t)
{
	for (hwloc_obj_t n = NULL;
	     (n = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_NUMANODE, n));) {
		bool has = false;

		for (unsigned cpu = 0; cpu < SIM_MAX_CPUS && !has; cpu++)
			has = d->cpu_node[cpu] == (int)n->os_index;
		if (!has)
			sim_machine_import_draft_remark(d, "Node %u has memory and no CPU%s%s.",
							n->os_index, n->subtype ? ": " : "",
							n->subtype ? n->subtype : "");
	}
}

/* ---- caches ---------------------------------------------------------------------------- */

/* That of the first CPU; a machine file knows one kind of CPU. */
static bool put_cache(draft *d, hwloc_topology_t t, unsigned level, hwloc_obj_type_t type)
{
	hwloc_obj_t first = hwloc_get_next_obj_by_type(t, type, NULL), c = first;
	int ways;

	if (!first)
		return true;
	while ((c = hwloc_get_next_obj_by_type(t, type, c)))
		if (c->attr->cache.size != first->attr->cache.size) {
			sim_machine_import_draft_remark(
				d,
				"Not all caches of level %u have the same size: those of "
				"%" PRIu64 " and %" PRIu64 " bytes are all taken as the first.",
				level, (uint64_t)first->attr->cache.size,
				(uint64_t)c->attr->cache.size);
			break;
		}
	if (first->attr->cache.linesize && first->attr->cache.linesize != 64)
		sim_machine_import_draft_remark(
			d, "The cache of level %u has lines of %u bytes; taken as 64.", level,
			first->attr->cache.linesize);
	/* -1 is fully associative, 0 not told. */
	ways = first->attr->cache.associativity;
	return sim_machine_import_draft_cache(d, level, first->attr->cache.size,
					      ways < 0 ? 1024 : (uint64_t)ways,
					      (uint64_t)hwloc_bitmap_weight(first->cpuset));
}

static bool put_caches(draft *d, hwloc_topology_t t)
{
	return put_cache(d, t, 1, HWLOC_OBJ_L1CACHE) && put_cache(d, t, 2, HWLOC_OBJ_L2CACHE) &&
	       put_cache(d, t, 3, HWLOC_OBJ_L3CACHE);
}

/* ---- distances ------------------------------------------------------------------------- */

static bool is_slit(const struct hwloc_distances_s *m)
{
	for (unsigned i = 0; i < m->nbobjs * m->nbobjs; i++) {
		bool same = i % (m->nbobjs + 1) == 0;

		if (same ? m->values[i] != 10 : m->values[i] <= 10 || m->values[i] > 255)
			return false;
	}
	return true;
}

static bool put_matrix(draft *d, const struct hwloc_distances_s *m)
{
	if (!is_slit(m)) {
		sim_machine_import_draft_remark(
			d,
			"Its distances between nodes are no SLIT (10 to itself, 11 to 254 to "
			"others), and are left out.");
		return true;
	}
	for (unsigned i = 0; i < m->nbobjs; i++)
		for (unsigned k = 0; k < m->nbobjs; k++)
			if (!sim_machine_import_draft_distance(d, 0, m->objs[i]->os_index,
							       m->objs[k]->os_index,
							       m->values[i * m->nbobjs + k]))
				return false;
	return true;
}

static bool put_distances(draft *d, hwloc_topology_t t)
{
	struct hwloc_distances_s *m = NULL;
	unsigned n = 1;
	bool ok = true;

	if (hwloc_distances_get_by_type(t, HWLOC_OBJ_NUMANODE, &n, &m,
					HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) < 0)
		n = 0;
	if (n && m) {
		ok = put_matrix(d, m);
		hwloc_distances_release(t, m);
	}
	if (!d->has_slit && ok)
		sim_machine_import_draft_remark(
			d, "There are no distances in it: 10 and 20, as a kernel assumes "
			   "without a SLIT.");
	return ok;
}

/* ---- clock and names ------------------------------------------------------------------- */

static const char *info(hwloc_topology_t t, const char *key)
{
	const char *text = hwloc_obj_get_info_by_name(hwloc_get_root_obj(t), key);
	hwloc_obj_t package = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PACKAGE, NULL);

	return text || !package ? text : hwloc_obj_get_info_by_name(package, key);
}

static void put_names(draft *d, hwloc_topology_t t)
{
	const char *model = info(t, "CPUModel"), *arch = info(t, "Architecture");
	bool i386 = arch && arch[0] == 'i' && strcmp(arch + 2, "86") == 0;

	snprintf(d->source, sizeof(d->source), "%s%s%s", d->how,
		 model ? " of a machine with " : "; what it does not tell is generic",
		 model ? model : "");
	d->clock_mhz = model ? sim_machine_import_draft_clock(model) : 0;
	snprintf(d->clock_how, sizeof(d->clock_how), "hwloc, CPUModel");
	d->i386 = i386;
	if (arch && !i386 && strcmp(arch, "x86_64") != 0)
		sim_machine_import_draft_remark(
			d,
			"It is a machine of architecture %s: zones and frames of 4 KiB are "
			"those of x86_64 here.",
			arch);
}

/* ---- the whole ------------------------------------------------------------------------- */

static bool put_all(draft *d, hwloc_topology_t t)
{
	for (hwloc_obj_t n = NULL; (n = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_NUMANODE, n));)
		if (!put_node(d, n))
			return false;
	put_names(d, t);
	if (!put_cpus(d, t) || !put_caches(d, t) || !put_distances(d, t))
		return false;
	tell_nodes_without_cpus(d, t);
	return true;
}

/*
 * libhwloc says that something is wrong and not where. In a text that was cut off it is the
 * line on which the last tag stands that nobody closed.
 */
static unsigned unclosed_line(const char *text)
{
	unsigned line = 1, stack[64] = { 0 }, depth = 0;

	for (; *text; text++) {
		line += *text == '\n';
		if (*text != '<' || text[1] == '?' || text[1] == '!')
			continue;
		if (text[1] == '/') {
			depth -= depth > 0;
			continue;
		}
		if (depth < 64)
			stack[depth] = line;
		depth++;
		while (text[1] && text[1] != '>' && text[1] != '<')
			line += *++text == '\n';
		if (!text[1] || text[1] == '<')
			break;
		if (*text == '/')
			depth--;
	}
	return depth ? stack[depth > 64 ? 63 : depth - 1] : 0;
}

static bool open_text(draft *d, hwloc_topology_t t, const char *text, size_t size)
{
	unsigned line = unclosed_line(text);

	if (!strstr(text, "<topology"))
		return sim_machine_import_draft_fail(d, 0, "this is no XML of hwloc");
	if (line)
		return sim_machine_import_draft_fail(
			d, line, "the file ends inside of what begins here");
	if (size < INT32_MAX && hwloc_topology_set_xmlbuffer(t, text, (int)size + 1) == 0 &&
	    hwloc_topology_load(t) == 0)
		return true;
	return sim_machine_import_draft_fail(d, 0, "libhwloc finds no machine in it");
}

static bool open_words(draft *d, hwloc_topology_t t, const char *words)
{
	if (hwloc_topology_set_synthetic(t, words) == 0 && hwloc_topology_load(t) == 0)
		return true;
	return sim_machine_import_draft_fail(
		d, 0, "libhwloc makes no machine of it (such as \"node:2 l3:1 core:4 pu:2\")");
}

/* Its complaints go to stderr unless told otherwise; the one sentence of ours is enough. */
static bool be_quiet(void)
{
	return setenv("HWLOC_HIDE_ERRORS", "2", 1) == 0;
}

static char *import(draft *d, const char *xml, size_t size, const char *words)
{
	hwloc_topology_t t;
	char *out = NULL;

	if (!be_quiet() || hwloc_topology_init(&t) < 0) {
		sim_machine_import_draft_memory(d);
		return NULL;
	}
	hwloc_topology_set_flags(t, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
	if ((words ? open_words(d, t, words) : open_text(d, t, xml, size)) && put_all(d, t))
		out = sim_machine_import_draft_text(d);
	hwloc_topology_destroy(t);
	return out;
}

#else

static char *import(draft *d, const char *xml, size_t size, const char *words)
{
	(void)xml;
	(void)size;
	(void)words;
	sim_machine_import_draft_fail(d, 0, "this pagesim was built without libhwloc");
	d->err->system = true;
	return NULL;
}

#endif

char *sim_machine_import_hwloc(const char *path, const char *name,
			       struct sim_machine_import_error *err)
{
	draft *d = sim_machine_import_draft_new(path, name, err);
	size_t size = 0;
	char *text, *out = NULL;

	if (!d)
		return NULL;
	snprintf(d->how, sizeof(d->how), "hwloc's XML");
	snprintf(d->memory_how, sizeof(d->memory_how), "hwloc's XML");
	text = sim_machine_import_file(path, &size);
	if (!text) {
		sim_machine_import_draft_fail(d, 0, "%s", strerror(errno));
		err->system = errno == ENOMEM || errno == EIO;
	} else {
		out = import(d, text, size, NULL);
	}
	free(text);
	sim_machine_import_draft_free(d);
	return out;
}

char *sim_machine_import_synthetic(const char *words, const char *name,
				   struct sim_machine_import_error *err)
{
	draft *d = sim_machine_import_draft_new(words, name, err);
	char *out;

	if (!d)
		return NULL;
	snprintf(d->how, sizeof(d->how), "hwloc's words for a machine");
	snprintf(d->memory_how, sizeof(d->memory_how), "hwloc");
	out = import(d, NULL, 0, words);
	sim_machine_import_draft_free(d);
	return out;
}
