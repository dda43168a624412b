/* A draft as the text of a machine file, with a comment behind each figure. */
#include <inttypes.h>
#include <string.h>

#include "sim/conf.h"
#include "sim/machine_import_draft.h"

#define COMMENT_COLUMN 44
#define GENERIC "G"
#define RUNS_A_LINE 12
#define GIB_FRAMES UINT64_C(262144)

typedef struct sim_machine_import_draft draft;

/* A line with where it comes from behind it, in one column where there is room. */
static void line(FILE *out, const char *how, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void line(FILE *out, const char *how, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(out, "%-*s # %s\n", COMMENT_COLUMN, text, how);
}

/* ---- texts ----------------------------------------------------------------------------- */

/* Words of others: nothing in them may end a line or a text, or be no UTF-8. */
static void quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
	}
	fputs("\"\n", out);
}

/* A sentence as comment lines of at most 92 columns. */
static void remark(FILE *out, const char *text)
{
	unsigned column = 2;

	fputs("#\n# ", out);
	for (; *text; text++) {
		const char *end = text + 1;

		while (*end && *end != ' ')
			end++;
		if (*text == ' ' && column + (unsigned)(end - text) > 92) {
			fputs("\n# ", out);
			column = 2;
			continue;
		}
		fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
		column++;
	}
	fputc('\n', out);
}

static void head(const draft *d, FILE *out)
{
	fprintf(out, "# Made by `pagesim machine import` of %s.\n#\n", d->how);
	fputs("# Behind each figure stands where it comes from. G: nobody told it, a generic "
	      "one stands in\n"
	      "# (docs/machines.md); put measured ones there before you believe cycles.\n",
	      out);
	for (unsigned i = 0; i < d->nremarks; i++)
		remark(out, d->remark[i]);
	fputs("name: ", out);
	quoted(out, d->name);
	fputs("source: ", out);
	quoted(out, d->source);
	fprintf(out,
		"confidence: {nodes: told, memory: told, clock: %s, caches: \"%s\", dram: G, "
		"c2c: G,\n             atomics: G, slit: %s, sched: G}\n",
		d->clock_mhz ? "told" : GENERIC, d->has_caches ? "told, latency G" : GENERIC,
		d->has_slit ? "told" : GENERIC);
}

/* ---- nodes ----------------------------------------------------------------------------- */

static void cpus(const draft *d, const int16_t *cpu, unsigned node, FILE *out)
{
	unsigned runs = 0;

	for (unsigned i = 0; i < SIM_MAX_CPUS; i++) {
		unsigned last = i;

		if (cpu[i] < 0 || d->cpu_node[i] != (int)node)
			continue;
		for (unsigned k = i + 1; k < SIM_MAX_CPUS; k++) {
			if (cpu[k] < 0)
				continue;
			if (d->cpu_node[k] != (int)node)
				break;
			last = k;
		}
		fputs(runs == 0                 ? "    cpus: ["
		      : runs % RUNS_A_LINE == 0 ? ",\n           "
						: ", ",
		      out);
		fprintf(out, "%d", cpu[i]);
		if (last > i)
			fprintf(out, "-%d", cpu[last]);
		i = last;
		runs++;
	}
	if (runs)
		fputs("]\n", out);
}

static void address(uint64_t frame, char *text, size_t size)
{
	snprintf(text, size, "0x%" PRIx64, frame * SIM_FRAME_BYTES);
}

static void ranges(FILE *out, const char *indent, const char *key, const char *how,
		   const struct sim_span_list *list)
{
	char heading[32];

	if (!list->n)
		return;
	snprintf(heading, sizeof(heading), "%s%s:", indent, key);
	line(out, how, "%s", heading);
	for (unsigned i = 0; i < list->n; i++) {
		char start[32], end[32];

		address(list->at[i].start, start, sizeof(start));
		address(list->at[i].end, end, sizeof(end));
		fprintf(out, "%s  - [%s, %s]\n", indent, start, end);
	}
}

/* Devices have their addresses below 4 GiB: the first memory leaves a gap there. */
static void memory_size(const draft *d, uint64_t bytes, bool first, FILE *out)
{
	uint64_t frames = bytes / SIM_FRAME_BYTES;
	char text[32];

	if (first && !d->i386 && frames > 3 * GIB_FRAMES) {
		conf_print_size((frames + GIB_FRAMES) * SIM_FRAME_BYTES, text, sizeof(text));
		line(out, d->memory_how, "    memory: [[0, 3GiB], [4GiB, %s]]", text);
		fputs("    # G: that devices are between 3 and 4 GiB, as on most PCs\n", out);
		return;
	}
	conf_print_size(frames * SIM_FRAME_BYTES, text, sizeof(text));
	line(out, d->memory_how, "    memory: %s", text);
}

static void nodes(const draft *d, const int16_t *cpu, FILE *out)
{
	bool first = true;

	line(out, d->how, "nodes:");
	for (unsigned i = 0; i < SIM_MAX_NODES; i++) {
		const struct sim_machine_import_node *n = &d->node[i];

		if (!n->there)
			continue;
		fprintf(out, "  - id: %u\n", i);
		cpus(d, cpu, i, out);
		if (d->nzones)
			continue;
		if (n->memory.n) {
			ranges(out, "    ", "memory", d->memory_how, &n->memory);
		} else if (n->bytes >= SIM_FRAME_BYTES) {
			memory_size(d, n->bytes, first, out);
		}
		first = first && !n->memory.n && !n->bytes;
	}
}

static void zones(const draft *d, FILE *out)
{
	if (!d->nzones)
		return;
	line(out, d->memory_how, "zones:");
	for (unsigned i = 0; i < d->nzones; i++) {
		const struct sim_zone *z = &d->zone[i];
		char start[32], end[32];

		address(z->start, start, sizeof(start));
		address(z->end, end, sizeof(end));
		fprintf(out, "  - {node: %u, name: %s, range: [%s, %s]}\n", z->nid, z->name,
			start, end);
	}
	ranges(out, "", "holes", d->memory_how, &d->holes);
	ranges(out, "", "reserved", d->reserved_how, &d->reserved);
}

/* ---- figures --------------------------------------------------------------------------- */

/* A level that is not told though a higher one is cannot be missing. */
static void one_cache(const draft *d, unsigned i, FILE *out)
{
	static const struct {
		const char *name, *generic;
		unsigned cycles;
	} level[] = {
		{ "l1", "{size: 32KiB, ways: 8, latency_cycles: 4}", 4 },
		{ "l2", "{size: 256KiB, ways: 8, latency_cycles: 12}", 12 },
		{ "llc", "{size: 35MiB, ways: 20, latency_cycles: 50}", 50 },
	};
	const struct sim_cache *c = &d->cache[i];
	bool higher = !d->has_caches;
	char size[32];

	for (unsigned k = i + 1; k < 3; k++)
		higher |= d->cache[k].present;
	if (c->present) {
		conf_print_size(c->size_bytes, size, sizeof(size));
		line(out, "latency G",
		     "  %s: {size: %s, ways: %u, latency_cycles: %u, shared_by: %u}",
		     level[i].name, size, c->ways, level[i].cycles, c->shared_by);
	} else if (higher) {
		line(out, GENERIC, "  %s: %s", level[i].name, level[i].generic);
	} else {
		fprintf(out, "  %s: none\n", level[i].name);
	}
}

static void caches(const draft *d, FILE *out)
{
	line(out, d->has_caches ? d->how : GENERIC, "caches:");
	for (unsigned i = 0; i < 3; i++)
		one_cache(d, i, out);
}

/* A latency for a distance, from machines of which both are known (docs/machines.md). */
static const char *usual_latency(unsigned distance)
{
	if (distance <= 10)
		return "85";
	if (distance <= 15)
		return "93.5"; /* another part of the same socket */
	return distance <= 25 ? "136.3" : "190";
}

static void matrix(const draft *d, const char *key, const char *how, bool latency, FILE *out)
{
	line(out, how, "%s:", key);
	for (unsigned i = 0; i < SIM_MAX_NODES; i++) {
		const char *before = "  - [";

		if (!d->node[i].there)
			continue;
		for (unsigned k = 0; k < SIM_MAX_NODES; k++) {
			if (!d->node[k].there)
				continue;
			fputs(before, out);
			if (latency)
				fputs(usual_latency(d->slit[i][k]), out);
			else
				fprintf(out, "%u", d->slit[i][k]);
			before = ", ";
		}
		fputs("]\n", out);
	}
}

void sim_machine_import_yaml(const draft *d, const int16_t *cpu, FILE *out)
{
	head(d, out);
	if (d->i386)
		line(out, d->how, "arch: i386");
	line(out, d->clock_mhz ? d->clock_how : GENERIC, "clock_mhz: %u",
	     d->clock_mhz ? d->clock_mhz : 2600);
	nodes(d, cpu, out);
	zones(d, out);
	caches(d, out);
	matrix(d, "dram_ns", "G, by the distances", true, out);
	matrix(d, "slit", d->has_slit ? d->how : GENERIC, false, out);
	line(out, GENERIC, "c2c_ns: {same_socket: 47, other_socket: 108}");
	line(out, GENERIC, "atomics: {rmw_cycles: 20}");
	line(out, GENERIC, "sched: {context_switch: 1us, wake_up: 1us, ipi: 1us}");
}
