/*
 * What `numactl -H` prints: which nodes there are, their CPUs, the size of their memory, and
 * distances. Its MB are MiB, and they are what the kernel manages, without its own image and
 * tables; where in memory a node lies it does not tell.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import_draft.h"

struct reader {
	struct sim_machine_import_draft *d;
	unsigned line;
	bool available, in_distances;
	bool sized[SIM_MAX_NODES], listed[SIM_MAX_NODES]; /* has had its line */
	bool any_size;
	unsigned ncolumns; /* of the distances */
	unsigned column[SIM_MAX_NODES];
};

#define FAIL(r, ...) sim_machine_import_draft_fail((r)->d, (r)->line, __VA_ARGS__)

static bool skip(const char **at, const char *word)
{
	size_t n = strlen(word);

	while (**at == ' ' || **at == '\t')
		++*at;
	if (strncmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}

static bool number(const char **at, uint64_t *out)
{
	skip(at, "");
	return sim_machine_import_file_number(at, out);
}

static bool ends(const char *at)
{
	skip(&at, "");
	return !*at;
}

static bool strange(const struct reader *r, const char *line)
{
	return FAIL(r, "\"%.60s\" is no line of `numactl -H`", line);
}

/* ---- lines ----------------------------------------------------------------------------- */

static bool add_node(void *ctx, uint64_t id)
{
	struct reader *r = ctx;

	r->d->node[id].there = true;
	return true;
}

/* available: 2 nodes (0-1) */
static bool read_available(struct reader *r, const char *line)
{
	const char *at = line;
	char list[512];
	uint64_t count, n = 0;
	size_t length;

	skip(&at, "available:");
	if (!number(&at, &count) || !skip(&at, "nodes") || !skip(&at, "("))
		return strange(r, line);
	length = strcspn(at, ")");
	if (!at[length] || !ends(at + length + 1) || length >= sizeof(list))
		return strange(r, line);
	memcpy(list, at, length);
	list[length] = '\0';
	if (r->available)
		return FAIL(r, "a second list of nodes");
	if (!sim_machine_import_file_list(list, SIM_MAX_NODES - 1, add_node, r))
		return FAIL(r, "the nodes \"%.60s\" are no list of numbers from 0 to %d", list,
			    SIM_MAX_NODES - 1);
	for (unsigned i = 0; i < SIM_MAX_NODES; i++)
		n += r->d->node[i].there;
	if (n != count)
		return FAIL(r, "%" PRIu64 " nodes, but %" PRIu64 " are listed", count, n);
	r->available = true;
	return true;
}

static bool read_cpus(struct reader *r, unsigned node, const char *at)
{
	uint64_t cpu;

	if (r->listed[node])
		return FAIL(r, "the CPUs of node %u a second time", node);
	r->listed[node] = true;
	while (!ends(at)) {
		if (!number(&at, &cpu) || (*at && *at != ' ' && *at != '\t'))
			return FAIL(r, "\"%.40s\" is no number of a CPU",
				    at + strspn(at, " \t"));
		if (!sim_machine_import_draft_cpu(r->d, r->line, cpu, node))
			return false;
	}
	return true;
}

static bool read_size(struct reader *r, unsigned node, const char *at)
{
	const char *told = at + strspn(at, " \t");
	uint64_t mib;

	if (r->sized[node])
		return FAIL(r, "the size of node %u a second time", node);
	r->sized[node] = true;
	if (skip(&at, "<not available>") && ends(at)) {
		sim_machine_import_draft_remark(
			r->d, "numactl could not tell the memory of node %u: it has none here.",
			node);
		return true;
	}
	if (!number(&at, &mib) || !skip(&at, "MB") || !ends(at))
		return FAIL(r, "the size of node %u should be a number of MB, not \"%.40s\"",
			    node, told);
	if (mib > SIM_MAX_FRAMES / 256)
		return FAIL(r, "node %u has %" PRIu64 " MB, more than 64TiB", node, mib);
	r->d->node[node].bytes = mib << 20;
	r->any_size = true;
	return true;
}

/* node 1 cpus: 4 5 6 7     node 1 size: 4030 MB     node 1 free: 3000 MB */
static bool read_node(struct reader *r, const char *line)
{
	const char *at = line;
	uint64_t node;

	skip(&at, "node");
	if (!number(&at, &node))
		return strange(r, line);
	if (node >= SIM_MAX_NODES || (r->available && !r->d->node[node].there))
		return FAIL(r, "node %" PRIu64 " is not among the available ones", node);
	r->d->node[node].there = true;
	if (skip(&at, "cpus:"))
		return read_cpus(r, (unsigned)node, at);
	if (skip(&at, "size:"))
		return read_size(r, (unsigned)node, at);
	return skip(&at, "free:") || strange(r, line);
}

/* The heading: node   0   1 */
static bool read_columns(struct reader *r, const char *line)
{
	const char *at = line;
	uint64_t node;

	skip(&at, "node");
	while (!ends(at)) {
		if (!number(&at, &node) || node >= SIM_MAX_NODES || !r->d->node[node].there)
			return FAIL(r, "the columns of the distances should be nodes");
		if (r->ncolumns == SIM_MAX_NODES)
			return FAIL(r, "more than %d columns of distances", SIM_MAX_NODES);
		r->column[r->ncolumns++] = (unsigned)node;
	}
	return true;
}

/*   0:  10  21 */
static bool read_row(struct reader *r, const char *line)
{
	const char *at = line;
	uint64_t from, value;

	if (!number(&at, &from) || !skip(&at, ":"))
		return strange(r, line);
	if (from >= SIM_MAX_NODES || !r->d->node[from].there)
		return FAIL(r, "distances from node %" PRIu64 ", which is not there", from);
	if (r->d->slit[from][from])
		return FAIL(r, "the distances from node %" PRIu64 " a second time", from);
	for (unsigned i = 0; i < r->ncolumns; i++) {
		if (!number(&at, &value))
			return FAIL(r, "%u distances, there should be %u", i, r->ncolumns);
		if (!sim_machine_import_draft_distance(r->d, r->line, (unsigned)from,
						       r->column[i], value))
			return false;
	}
	return ends(at) || FAIL(r, "more than %u distances", r->ncolumns);
}

static bool read_line(struct reader *r, const char *line)
{
	const char *at = line;

	if (ends(line))
		return true;
	if (strncmp(line, "No NUMA", 7) == 0)
		return FAIL(r, "numactl found no NUMA; on that machine: "
			       "pagesim machine import --sys");
	if (strncmp(line, "No distance", 11) == 0)
		return true;
	if (strncmp(line, "node distances:", 15) == 0) {
		r->in_distances = true;
		return true;
	}
	if (strncmp(line, "available:", 10) == 0)
		return read_available(r, line);
	if (skip(&at, "node"))
		return r->in_distances ? read_columns(r, line) : read_node(r, line);
	return r->in_distances ? read_row(r, line) : strange(r, line);
}

/* ---- the whole ------------------------------------------------------------------------- */

/* False also for a NUL, which no text has. */
static bool read_text(struct reader *r, const char *text, size_t size)
{
	char line[8192];

	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size,
		       used = length + (end != NULL);

		r->line++;
		if (length >= sizeof(line) || memchr(text, '\0', length))
			return FAIL(r, "this is no text of `numactl -H`");
		memcpy(line, text, length);
		if (length && line[length - 1] == '\r')
			length--;
		line[length] = '\0';
		if (!read_line(r, line))
			return false;
		text += used;
		size -= used;
	}
	r->line = 0;
	if (!r->available)
		return FAIL(r, "there is no line \"available:\" as `numactl -H` prints");
	return r->any_size || FAIL(r, "it tells no node's memory");
}

char *sim_machine_import_numactl_text(const char *path, const char *text, size_t size,
				      const char *name, struct sim_machine_import_error *err)
{
	struct sim_machine_import_draft *d = sim_machine_import_draft_new(path, name, err);
	struct reader r = { .d = d };
	char *out = NULL;

	if (!d)
		return NULL;
	snprintf(d->how, sizeof(d->how), "numactl -H");
	snprintf(d->source, sizeof(d->source), "numactl -H; what it does not tell is generic");
	snprintf(d->memory_how, sizeof(d->memory_how),
		 "what the kernel manages; numactl's MB are MiB");
	if (read_text(&r, text, size)) {
		if (!d->has_slit)
			sim_machine_import_draft_remark(
				d, "There are no distances in it: 10 and 20, as a kernel "
				   "assumes without a SLIT.");
		out = sim_machine_import_draft_text(d);
	}
	sim_machine_import_draft_free(d);
	return out;
}

char *sim_machine_import_numactl(const char *path, const char *name,
				 struct sim_machine_import_error *err)
{
	size_t size = 0;
	char *text = sim_machine_import_file(path, &size), *out;

	if (!text)
		return sim_machine_import_file_failed(path, err);
	out = sim_machine_import_numactl_text(path, text, size, name, err);
	free(text);
	return out;
}
