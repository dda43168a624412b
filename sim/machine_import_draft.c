#include "sim/machine_import_draft.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"

#define LOCAL_DISTANCE 10
#define FARTHEST 254 /* 255 is "out of reach", which no CPU is for a kernel */
#define LINE_BYTES 64
#define GIB_FRAMES UINT64_C(262144)

struct sim_machine_import_draft *
sim_machine_import_draft_new(const char *path, const char *name,
			     struct sim_machine_import_error *err)
{
	struct sim_machine_import_draft *d = calloc(1, sizeof(*d));

	*err = (struct sim_machine_import_error){ 0 };
	if (!d) {
		snprintf(err->text, sizeof(err->text), "out of memory");
		err->system = true;
		return NULL;
	}
	d->path = path;
	d->err = err;
	snprintf(d->name, sizeof(d->name), "%s", name ? name : "imported");
	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
		d->cpu_node[cpu] = -1;
	return d;
}

void sim_machine_import_draft_free(struct sim_machine_import_draft *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < SIM_MAX_NODES; i++)
		sim_span_drop(&d->node[i].memory);
	sim_span_drop(&d->holes);
	sim_span_drop(&d->reserved);
	for (unsigned i = 0; i < d->nremarks; i++)
		free(d->remark[i]);
	free(d);
}

/* ---- what is wrong, what is odd -------------------------------------------------------- */

bool sim_machine_import_draft_fail(struct sim_machine_import_draft *d, unsigned line,
				   const char *fmt, ...)
{
	struct sim_machine_import_error *e = d->err;
	const char *path = strcmp(d->path, "-") == 0 ? "stdin" : d->path;
	int n = line ? snprintf(e->text, sizeof(e->text), "%.400s:%u: ", path, line)
		     : snprintf(e->text, sizeof(e->text), "%.400s: ", path);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text + n, sizeof(e->text) - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

bool sim_machine_import_draft_memory(struct sim_machine_import_draft *d)
{
	d->err->system = true;
	return sim_machine_import_draft_fail(d, 0, "out of memory");
}

void sim_machine_import_draft_remark(struct sim_machine_import_draft *d, const char *fmt, ...)
{
	va_list ap;

	if (d->nremarks == SIM_MACHINE_IMPORT_REMARKS)
		return;
	va_start(ap, fmt);
	if (vasprintf(&d->remark[d->nremarks], fmt, ap) >= 0)
		d->nremarks++;
	va_end(ap);
}

/* ---- what is found --------------------------------------------------------------------- */

bool sim_machine_import_draft_cpu(struct sim_machine_import_draft *d, unsigned line,
				  uint64_t cpu, unsigned node)
{
	if (cpu >= SIM_MAX_CPUS)
		return sim_machine_import_draft_fail(
			d, line, "CPU %" PRIu64 ", the highest possible is %d", cpu,
			SIM_MAX_CPUS - 1);
	if (d->cpu_node[cpu] >= 0)
		return sim_machine_import_draft_fail(d, line,
						     "CPU %" PRIu64 " is on node %d already",
						     cpu, d->cpu_node[cpu]);
	d->cpu_node[cpu] = (int16_t)node;
	return true;
}

bool sim_machine_import_draft_distance(struct sim_machine_import_draft *d, unsigned line,
				       unsigned from, unsigned to, uint64_t value)
{
	if (from != to && value == FARTHEST + 1) {
		sim_machine_import_draft_remark(
			d, "Node %u cannot reach node %u, it says (255): taken as %d.", from,
			to, FARTHEST);
		value = FARTHEST;
	}
	if (from == to && value != LOCAL_DISTANCE)
		return sim_machine_import_draft_fail(
			d, line, "the distance of node %u to itself is %" PRIu64 ", not 10",
			from, value);
	if (from != to && (value <= LOCAL_DISTANCE || value > FARTHEST))
		return sim_machine_import_draft_fail(
			d, line,
			"the distance from node %u to node %u is %" PRIu64
			", should be from 11 to 254",
			from, to, value);
	d->slit[from][to] = (uint8_t)value;
	d->has_slit = true;
	return true;
}

bool sim_machine_import_draft_cache(struct sim_machine_import_draft *d, unsigned line,
				    unsigned level, uint64_t bytes, uint64_t ways,
				    uint64_t shared_by)
{
	static const uint64_t usual_ways[] = { 8, 8, 16 };
	uint64_t lines = bytes / LINE_BYTES, told = ways;

	if (bytes < 1024 || bytes > UINT64_C(16) << 30 || bytes % LINE_BYTES)
		return sim_machine_import_draft_fail(
			d, line, "a cache of level %u with %" PRIu64 " bytes", level, bytes);
	if (shared_by < 1 || shared_by > SIM_MAX_CPUS)
		return sim_machine_import_draft_fail(
			d, line, "a cache of level %u shared by %" PRIu64 " CPUs", level,
			shared_by);
	if (!ways)
		ways = usual_ways[level - 1];
	ways = ways > 1024 ? 1024 : ways;
	while (lines % ways)
		ways--;
	if (told && told != ways)
		sim_machine_import_draft_remark(d,
						"The cache of level %u has %" PRIu64
						" ways, which do not divide its "
						"size; taken as %" PRIu64 ".",
						level, told, ways);
	d->cache[level - 1] = (struct sim_cache){ bytes, (uint32_t)ways,      LINE_BYTES,
						  0,     (uint32_t)shared_by, true };
	d->has_caches = true;
	return true;
}

unsigned sim_machine_import_draft_clock(const char *model)
{
	const char *at = strrchr(model, '@');
	uint64_t whole, part = 0, scale = 1000;

	if (!at)
		return 0;
	for (at++; *at == ' '; at++)
		;
	if (!sim_machine_import_file_number(&at, &whole) || whole > 100)
		return 0;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9' && scale > 1; at++) {
			scale /= 10;
			part += (uint64_t)(*at - '0') * scale;
		}
	return strcmp(at, "GHz") == 0 ? (unsigned)(whole * 1000 + part) : 0;
}

/* ---- made whole ------------------------------------------------------------------------ */

/* Gives the CPUs numbers without gaps, in their order; the number of CPUs. */
static unsigned number_cpus(struct sim_machine_import_draft *d, int16_t *number)
{
	unsigned n = 0, missing = 0, first = 0;

	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++) {
		number[cpu] = -1;
		if (d->cpu_node[cpu] < 0)
			continue;
		if (cpu != n && !missing)
			first = cpu;
		missing = cpu - n;
		number[cpu] = (int16_t)n++;
	}
	if (missing)
		sim_machine_import_draft_remark(
			d,
			"%u CPU%s below the highest %s not there or offline: CPU %u became "
			"CPU %d, and those above follow.",
			missing, missing == 1 ? "" : "s", missing == 1 ? "is" : "are", first,
			number[first]);
	return n;
}

static bool check_nodes(struct sim_machine_import_draft *d)
{
	uint64_t frames = 0;

	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
		if (d->cpu_node[cpu] >= 0 && !d->node[d->cpu_node[cpu]].there)
			return sim_machine_import_draft_fail(
				d, 0, "CPU %u is on node %d, which is not there", cpu,
				d->cpu_node[cpu]);
	for (unsigned i = 0; i < SIM_MAX_NODES; i++) {
		const struct sim_machine_import_node *n = &d->node[i];

		if (n->there && n->bytes / SIM_FRAME_BYTES > SIM_MAX_FRAMES)
			return sim_machine_import_draft_fail(
				d, 0,
				"node %u has %" PRIu64 " bytes of memory, more than 64TiB", i,
				n->bytes);
		frames += n->bytes / SIM_FRAME_BYTES;
		for (unsigned k = 0; k < n->memory.n; k++)
			frames += n->memory.at[k].end - n->memory.at[k].start;
	}
	if (frames > SIM_MAX_FRAMES - GIB_FRAMES) /* less the room for devices */
		return sim_machine_import_draft_fail(
			d, 0, "all nodes together have more than 64TiB of memory");
	if (frames < 2 && !d->nzones) /* frame 0 is nobody's */
		return sim_machine_import_draft_fail(d, 0, "it tells no node's memory");
	return true;
}

static void complete_distances(struct sim_machine_import_draft *d)
{
	for (unsigned i = 0; i < SIM_MAX_NODES && d->has_slit; i++)
		for (unsigned k = 0; k < SIM_MAX_NODES; k++)
			if (d->node[i].there && d->node[k].there && !d->slit[i][k]) {
				sim_machine_import_draft_remark(
					d,
					"The distance from node %u to node %u is missing, so "
					"none is taken over.",
					i, k);
				d->has_slit = false;
				break;
			}
	if (d->has_slit)
		return;
	for (unsigned i = 0; i < SIM_MAX_NODES; i++)
		for (unsigned k = 0; k < SIM_MAX_NODES; k++)
			d->slit[i][k] = i == k ? 10 : 20;
}

/* A text that does not load would be our fault, or a source that contradicts itself. */
static bool check_text(struct sim_machine_import_draft *d, const char *text, size_t size)
{
	struct conf_error err = { .text = "" };
	struct conf_file *file = conf_parse(text, size, "the machine file made of it", &err);
	struct sim_machine *m = file ? sim_machine_read(conf_root(file), &err) : NULL;
	bool ok = m != NULL;

	sim_machine_free(m);
	conf_close(file);
	return ok || sim_machine_import_draft_fail(d, 0, "%s", err.text);
}

char *sim_machine_import_draft_text(struct sim_machine_import_draft *d)
{
	int16_t number[SIM_MAX_CPUS];
	char *text = NULL;
	size_t size = 0;
	bool ok;
	FILE *out;

	if (!number_cpus(d, number)) {
		sim_machine_import_draft_fail(d, 0, "it tells no CPU");
		return NULL;
	}
	if (!check_nodes(d))
		return NULL;
	complete_distances(d);
	out = open_memstream(&text, &size);
	ok = out != NULL;
	if (out) {
		sim_machine_import_yaml(d, number, out);
		ok = !ferror(out);
		ok = fclose(out) == 0 && ok;
	}
	if (!ok) {
		free(text);
		sim_machine_import_draft_memory(d);
		return NULL;
	}
	if (check_text(d, text, size))
		return text;
	free(text);
	return NULL;
}
