/*
 * hwloc's XML, as `lstopo topo.xml` writes it, version 2 or 1: objects inside one another, each
 * with the set of CPUs that it is for. Sizes are bytes there. It tells how much memory a node
 * has and not where, and distances when the machine's firmware told them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import_draft.h"
#include "sim/machine_import_xml.h"

#define WORDS (SIM_MAX_CPUS / 32)
#define MEANS_LATENCY 4 /* bit of a distance matrix's kind */

typedef struct sim_machine_import_draft draft;

struct cpuset {
	uint32_t word[WORDS]; /* the lowest first */
};

struct reader {
	draft *d;
	struct sim_machine_import_xml x;
	struct {
		struct cpuset cpus;
		char subtype[24];
	} node[SIM_MAX_NODES];
	unsigned nnodes;
	bool cpu[SIM_MAX_CPUS];
	uint64_t machine_memory; /* of the whole, as version 1 tells without NUMA */
	struct {
		uint64_t bytes;
		bool differs;
	} cache[3];
	char model[160], arch[32];
	bool memory_cache; /* there was one */
	/* A matrix of distances between nodes that is being read. */
	bool in_matrix;
	unsigned n, nindexes, nvalues;
	uint64_t index[SIM_MAX_NODES], value[SIM_MAX_NODES * SIM_MAX_NODES];
};

#define FAIL(r, ...) sim_machine_import_draft_fail((r)->d, (r)->x.line, __VA_ARGS__)

/* ---- values ---------------------------------------------------------------------------- */

static bool has(const struct reader *r, const char *key)
{
	char ignored[2];

	return sim_machine_import_xml_attribute(&r->x, key, ignored, sizeof(ignored));
}

/* A whole number; *out stays when there is none. */
static bool read_number(struct reader *r, const char *key, uint64_t *out)
{
	char text[64];
	const char *at = text;

	if (!sim_machine_import_xml_attribute(&r->x, key, text, sizeof(text)))
		return true;
	return (sim_machine_import_file_number(&at, out) && !*at) ||
	       FAIL(r, "'%s' should be a whole number, not \"%.40s\"", key, text);
}

static bool read_index(struct reader *r, const char *what, unsigned most, unsigned *out)
{
	uint64_t v = 0;

	if (!has(r, "os_index"))
		return FAIL(r, "a %s without 'os_index'", what);
	if (!read_number(r, "os_index", &v))
		return false;
	if (v > most)
		return FAIL(r, "%s %" PRIu64 ", the highest possible is %u", what, v, most);
	*out = (unsigned)v;
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Words of 32 bits with the highest first: "0x00000001,0xffffffff"; an empty word is 0. */
static bool parse_set(const char *text, struct cpuset *set)
{
	unsigned words = 1;

	for (const char *p = text; *p; p++)
		words += *p == ',';
	if (words > WORDS)
		return false;
	for (; words--; text += *text == ',') {
		uint32_t v = 0;

		if (strncmp(text, "0x", 2) == 0)
			text += 2;
		for (; *text && *text != ','; text++) {
			if (hex(*text) < 0 || v >> 28)
				return false;
			v = v << 4 | (uint32_t)hex(*text);
		}
		set->word[words] = v;
	}
	return true;
}

static bool read_set(struct reader *r, struct cpuset *set)
{
	char text[WORDS * 12];

	if (!sim_machine_import_xml_attribute(&r->x, "cpuset", text, sizeof(text)))
		return true;
	return parse_set(text, set) ||
	       FAIL(r, "'cpuset' is no set of at most %d CPUs: \"%.40s\"", SIM_MAX_CPUS, text);
}

static bool is_in(const struct cpuset *set, unsigned cpu)
{
	return set->word[cpu / 32] >> cpu % 32 & 1;
}

static unsigned weight(const struct cpuset *set)
{
	unsigned n = 0;

	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
		n += is_in(set, cpu);
	return n;
}

/* ---- objects --------------------------------------------------------------------------- */

static bool read_node(struct reader *r)
{
	uint64_t bytes = 0;
	unsigned id;

	if (!read_index(r, "node", SIM_MAX_NODES - 1, &id))
		return false;
	if (r->d->node[id].there)
		return FAIL(r, "node %u is there already", id);
	r->d->node[id].there = true;
	r->nnodes++;
	sim_machine_import_xml_attribute(&r->x, "subtype", r->node[id].subtype,
					 sizeof(r->node[id].subtype));
	if (!read_set(r, &r->node[id].cpus) || !read_number(r, "local_memory", &bytes))
		return false;
	if (bytes / SIM_FRAME_BYTES > SIM_MAX_FRAMES)
		return FAIL(r, "node %u has %" PRIu64 " bytes, more than 64TiB", id, bytes);
	r->d->node[id].bytes = bytes;
	return true;
}

static bool read_cpu(struct reader *r)
{
	unsigned id;

	if (!read_index(r, "CPU", SIM_MAX_CPUS - 1, &id))
		return false;
	if (r->cpu[id])
		return FAIL(r, "CPU %u is there already", id);
	r->cpu[id] = true;
	return true;
}

/* Of each level the first one that holds data; a machine file knows one kind of CPU. */
static bool read_cache(struct reader *r)
{
	uint64_t level = 0, kind = 0, bytes = 0, line = 64, ways = 0;
	struct cpuset set = { 0 };
	char text[8] = "";

	if (!read_number(r, "depth", &level) || !read_number(r, "cache_type", &kind) ||
	    !read_number(r, "cache_size", &bytes) || !read_number(r, "cache_linesize", &line) ||
	    !read_set(r, &set))
		return false;
	if (level < 1 || level > 3 || kind == 2 || !bytes)
		return true;
	if (r->cache[level - 1].bytes) {
		r->cache[level - 1].differs |= r->cache[level - 1].bytes != bytes;
		return true;
	}
	r->cache[level - 1].bytes = bytes;
	if (line && line != 64)
		sim_machine_import_draft_remark(r->d,
						"The cache of level %" PRIu64
						" has lines of %" PRIu64 " bytes; taken as 64.",
						level, line);
	/* -1 is fully associative, 0 not told. */
	sim_machine_import_xml_attribute(&r->x, "cache_associativity", text, sizeof(text));
	if (strcmp(text, "-1") == 0)
		ways = 1024;
	else if (!read_number(r, "cache_associativity", &ways))
		return false;
	return sim_machine_import_draft_cache(r->d, r->x.line, (unsigned)level, bytes, ways,
					      weight(&set));
}

static bool read_object(struct reader *r)
{
	char type[32] = "";
	size_t n;

	if (!sim_machine_import_xml_attribute(&r->x, "type", type, sizeof(type)))
		return FAIL(r, "an object without 'type'");
	n = strlen(type);
	if (strcmp(type, "NUMANode") == 0)
		return read_node(r);
	if (strcmp(type, "PU") == 0)
		return read_cpu(r);
	if (strcmp(type, "Machine") == 0)
		return read_number(r, "local_memory", &r->machine_memory);
	/* In front of a node's memory, of depth 1 as the L1 of a CPU. */
	if (strcmp(type, "MemCache") == 0)
		r->memory_cache = true;
	else if (n >= 5 && strcmp(type + n - 5, "Cache") == 0)
		return read_cache(r);
	return true;
}

static void read_info(struct reader *r)
{
	char name[32] = "";

	sim_machine_import_xml_attribute(&r->x, "name", name, sizeof(name));
	if (strcmp(name, "CPUModel") == 0)
		sim_machine_import_xml_attribute(&r->x, "value", r->model, sizeof(r->model));
	else if (strcmp(name, "Architecture") == 0)
		sim_machine_import_xml_attribute(&r->x, "value", r->arch, sizeof(r->arch));
}

/* ---- distances ------------------------------------------------------------------------- */

/* Other matrices are bandwidths, or between other things than nodes. */
static bool begin_matrix(struct reader *r)
{
	char type[32] = "", indexing[8] = "os";
	uint64_t n = 0, kind = 0;

	sim_machine_import_xml_attribute(&r->x, "type", type, sizeof(type));
	sim_machine_import_xml_attribute(&r->x, "indexing", indexing, sizeof(indexing));
	if (!read_number(r, "nbobjs", &n) || !read_number(r, "kind", &kind))
		return false;
	if (strcmp(type, "NUMANode") != 0 || !(kind & MEANS_LATENCY) ||
	    strcmp(indexing, "os") != 0 || r->d->has_slit)
		return true;
	r->in_matrix = n == r->nnodes;
	r->n = r->nnodes;
	r->nindexes = r->nvalues = 0;
	if (!r->in_matrix)
		sim_machine_import_draft_remark(
			r->d, "Distances between %" PRIu64 " nodes are left out: it has %u.", n,
			r->nnodes);
	return true;
}

/* Behind the *n that are there: hwloc writes at most ten numbers an element. */
static bool read_numbers(struct reader *r, unsigned most, uint64_t *out, unsigned *n)
{
	const char *at = r->x.text;

	for (;;) {
		at += strspn(at, " \t\r\n");
		if (*at == '<')
			return true;
		if (*n == most || !sim_machine_import_file_number(&at, &out[*n]))
			return FAIL(r, "there should be %u numbers", most);
		++*n;
	}
}

static bool check_indexes(struct reader *r)
{
	bool seen[SIM_MAX_NODES] = { false };

	for (unsigned i = 0; i < r->n; i++) {
		uint64_t id = r->index[i];

		if (id >= SIM_MAX_NODES || !r->d->node[id].there)
			return FAIL(r, "distances of node %" PRIu64 ", which is not there", id);
		if (seen[id])
			return FAIL(r, "the distances of node %" PRIu64 " a second time", id);
		seen[id] = true;
	}
	return true;
}

static bool is_slit(const uint64_t *value, unsigned n)
{
	for (unsigned i = 0; i < n * n; i++)
		if (i % (n + 1) == 0 ? value[i] != 10 : value[i] <= 10 || value[i] > 255)
			return false;
	return true;
}

static bool end_matrix(struct reader *r)
{
	unsigned n = r->n;

	r->in_matrix = false;
	if (r->nindexes < n || r->nvalues < n * n)
		return FAIL(r, "there should be %u numbers", r->nindexes < n ? n : n * n);
	if (!check_indexes(r))
		return false;
	if (!is_slit(r->value, n)) {
		sim_machine_import_draft_remark(r->d,
						"Its distances between nodes are no SLIT "
						"(10 to itself, 11 to 254 to others), and "
						"are left out.");
		return true;
	}
	for (unsigned i = 0; i < n * n; i++)
		if (!sim_machine_import_draft_distance(r->d, r->x.line,
						       (unsigned)r->index[i / n],
						       (unsigned)r->index[i % n], r->value[i]))
			return false;
	return true;
}

/* ---- the file -------------------------------------------------------------------------- */

static bool read_element(struct reader *r)
{
	const char *name = r->x.open[r->x.depth - 1].name;

	if (r->x.depth == 1)
		return strcmp(name, "topology") == 0 ||
		       FAIL(r, "this is no XML of hwloc: it is a <%s>, not a <topology>", name);
	if (strcmp(name, "object") == 0)
		return read_object(r);
	if (strcmp(name, "info") == 0)
		read_info(r);
	if (r->x.depth == 2 && strncmp(name, "distances2", 10) == 0)
		return begin_matrix(r);
	if (r->in_matrix && strcmp(name, "indexes") == 0)
		return read_numbers(r, r->n, r->index, &r->nindexes);
	if (r->in_matrix && strcmp(name, "u64values") == 0)
		return read_numbers(r, r->n * r->n, r->value, &r->nvalues);
	return true;
}

static bool read_all(struct reader *r)
{
	for (;;) {
		switch (sim_machine_import_xml_next(&r->x)) {
		case SIM_MACHINE_IMPORT_XML_OPEN:
			if (!read_element(r))
				return false;
			break;
		case SIM_MACHINE_IMPORT_XML_CLOSE:
			if (r->in_matrix && r->x.depth == 1 && !end_matrix(r))
				return false;
			break;
		case SIM_MACHINE_IMPORT_XML_END:
			return true;
		case SIM_MACHINE_IMPORT_XML_BAD:
			return FAIL(r, "%s", r->x.error);
		}
	}
}

/* ---- put together ---------------------------------------------------------------------- */

/*
 * The closest of the nodes that the CPU is local to, -1 = none. A node of other memory (high
 * bandwidth, persistent) has the CPUs of the node beside it here, while a kernel gives it
 * none: the lower number wins.
 */
static int home(const struct reader *r, unsigned cpu)
{
	unsigned fewest = 0;
	int best = -1;

	for (unsigned i = 0; i < SIM_MAX_NODES; i++) {
		unsigned cpus;

		if (!r->d->node[i].there || !is_in(&r->node[i].cpus, cpu))
			continue;
		cpus = weight(&r->node[i].cpus);
		if (best < 0 || cpus < fewest) {
			best = (int)i;
			fewest = cpus;
		}
	}
	return best;
}

static bool put_cpus(struct reader *r)
{
	bool used[SIM_MAX_NODES] = { false };

	if (!r->nnodes) {
		sim_machine_import_draft_remark(r->d,
						"It tells no nodes: everything is on node 0.");
		r->d->node[0].there = true;
		r->d->node[0].bytes = r->machine_memory;
		memset(&r->node[0].cpus, 0xff, sizeof(r->node[0].cpus));
	}
	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++) {
		int node = r->cpu[cpu] ? home(r, cpu) : 0;

		if (!r->cpu[cpu])
			continue;
		if (node < 0)
			return sim_machine_import_draft_fail(r->d, 0, "CPU %u is on no node",
							     cpu);
		if (!sim_machine_import_draft_cpu(r->d, 0, cpu, (unsigned)node))
			return false;
		used[node] = true;
	}
	for (unsigned i = 0; i < SIM_MAX_NODES; i++)
		if (r->d->node[i].there && !used[i])
			sim_machine_import_draft_remark(r->d, "Node %u has no CPU%s%s.", i,
							*r->node[i].subtype ? ": it is " : "",
							r->node[i].subtype);
	return true;
}

static void put_words(struct reader *r)
{
	draft *d = r->d;
	bool i386 = r->arch[0] == 'i' && strcmp(r->arch + 2, "86") == 0;

	if (*r->model)
		snprintf(d->source, sizeof(d->source), "hwloc's XML of a machine with %s",
			 r->model);
	d->clock_mhz = sim_machine_import_draft_clock(r->model);
	snprintf(d->clock_how, sizeof(d->clock_how), "hwloc's CPUModel");
	d->i386 = i386;
	if (*r->arch && !i386 && strcmp(r->arch, "x86_64") != 0)
		sim_machine_import_draft_remark(
			d, "Its architecture is %s; zones are those of x86_64 here.", r->arch);
	for (unsigned i = 0; i < 3; i++)
		if (r->cache[i].differs)
			sim_machine_import_draft_remark(
				d,
				"Not all caches of level %u have the same size: all are taken "
				"as the first.",
				i + 1);
	if (r->memory_cache)
		sim_machine_import_draft_remark(
			d, "Caches in front of its memory (MemCache) are left out: a machine "
			   "file knows those of CPUs.");
	if (!d->has_slit && r->nnodes > 1)
		sim_machine_import_draft_remark(
			d, "There are no distances in it: 10 and 20, as a kernel assumes "
			   "without a SLIT.");
}

static char *import(draft *d, const char *text)
{
	struct reader *r = calloc(1, sizeof(*r));
	char *out = NULL;

	if (!r) {
		sim_machine_import_draft_memory(d);
		return NULL;
	}
	r->d = d;
	r->x.at = text;
	r->x.line = 1;
	if (read_all(r) && put_cpus(r)) {
		put_words(r);
		out = sim_machine_import_draft_text(d);
	}
	free(r);
	return out;
}

char *sim_machine_import_hwloc_text(const char *path, const char *text, const char *name,
				    struct sim_machine_import_error *err)
{
	draft *d = sim_machine_import_draft_new(path, name, err);
	char *out = NULL;

	if (!d)
		return NULL;
	snprintf(d->how, sizeof(d->how), "hwloc's XML");
	snprintf(d->source, sizeof(d->source), "hwloc's XML; what it does not tell is generic");
	snprintf(d->memory_how, sizeof(d->memory_how), "hwloc's XML");
	out = import(d, text);
	sim_machine_import_draft_free(d);
	return out;
}

char *sim_machine_import_hwloc(const char *path, const char *name,
			       struct sim_machine_import_error *err)
{
	size_t size = 0;
	char *text = sim_machine_import_file(path, &size), *out;

	if (!text)
		return sim_machine_import_file_failed(path, err);
	out = sim_machine_import_hwloc_text(path, text, name, err);
	free(text);
	return out;
}
