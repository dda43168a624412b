#include "tools/machine_show.h"

#include <inttypes.h>
#include <string.h>

#include "tools/machine_groups.h"
#include "tools/machine_json.h"

const char *machine_show_amount(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned i = 0;
	uint64_t tenths;

	while (i < 4 && bytes >> 10 * (i + 1))
		i++;
	tenths = (bytes * 10 + ((UINT64_C(1) << 10 * i) >> 1)) >> 10 * i;
	if (tenths % 10)
		snprintf(text, size, "%" PRIu64 ".%u %s", tenths / 10, (unsigned)(tenths % 10),
			 units[i]);
	else
		snprintf(text, size, "%" PRIu64 " %s", tenths / 10, units[i]);
	return text;
}

uint64_t machine_show_zone_bytes(const struct sim_machine *m, unsigned zone)
{
	return sim_machine_zone_frames(m, zone).present * SIM_FRAME_BYTES;
}

uint64_t machine_show_node_bytes(const struct sim_machine *m, unsigned node)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].nid == node)
			bytes += machine_show_zone_bytes(m, i);
	return bytes;
}

static void show_head(const struct sim_machine *m, FILE *out)
{
	unsigned nodes = 0;
	uint64_t bytes = 0;
	char size[32];

	for (unsigned id = 0; id < m->nodes; id++) {
		nodes += m->node_online[id];
		bytes += machine_show_node_bytes(m, id);
	}
	fprintf(out, "%s: %u node%s, %u CPU%s, %s, %s, %" PRIu64 " MHz\n", m->name, nodes,
		nodes == 1 ? "" : "s", m->cpus, m->cpus == 1 ? "" : "s",
		machine_show_amount(bytes, size, sizeof(size)),
		m->arch == SIM_ARCH_I386 ? "i386" : "x86_64", m->clock_mhz);
	if (*m->source)
		fprintf(out, "source: %s\n", m->source);
}

static void show_zones_of(const struct sim_machine *m, unsigned node, FILE *out)
{
	const char *before = "  zones ";
	char size[32];

	for (unsigned i = 0; i < m->nzones; i++) {
		if (m->zones[i].nid != node)
			continue;
		machine_show_amount(machine_show_zone_bytes(m, i), size, sizeof(size));
		fprintf(out, "%s %s %s", before, m->zones[i].name, size);
		before = ",";
	}
	if (*before == ' ')
		fprintf(out, "%s none", before);
	fputc('\n', out);
}

/* Which CPUs share a last-level cache. */
static void show_llc_of(const struct sim_machine *m, const struct machine_groups *g,
			unsigned node, FILE *out)
{
	unsigned first = 0, n = machine_groups_of_node(m, g, node, &first);
	char size[32], cpus[4096];

	if (!n || !m->llc.present)
		return;
	machine_show_amount(m->llc.size_bytes, size, sizeof(size));
	fprintf(out, "  LLC    %u x %s:", n, size);
	for (unsigned i = first; i < first + n; i++) {
		machine_groups_llc(m, g, i, cpus, sizeof(cpus));
		fprintf(out, "%s CPU%s %s", i > first ? ";" : "",
			strpbrk(cpus, ",-") ? "s" : "", cpus);
	}
	fputc('\n', out);
}

static void show_nodes(const struct sim_machine *m, FILE *out)
{
	struct machine_groups g;
	unsigned nodes = 0;

	machine_groups_find(m, &g);
	for (unsigned id = 0; id < m->nodes; id++)
		nodes += m->node_online[id];
	for (unsigned id = 0; id < m->nodes; id++) {
		char cpus[4096], size[32];

		if (!m->node_online[id])
			continue;
		machine_json_cpus(m, id, cpus, sizeof(cpus));
		fprintf(out, "\nnode %-2u %s, %s%s", id,
			machine_show_amount(machine_show_node_bytes(m, id), size, sizeof(size)),
			*cpus ? strpbrk(cpus, ",-") ? "CPUs " : "CPU " : "no CPU", cpus);
		if (g.nsockets < nodes)
			fprintf(out, ", socket %u", g.socket[id]);
		fputc('\n', out);
		show_zones_of(m, id, out);
		show_llc_of(m, &g, id, out);
	}
}

void machine_show_zones(const struct sim_machine *m, FILE *out)
{
	fprintf(out, "node zone        first frame    last frame      spanned      present"
		     "      managed\n");
	for (unsigned i = 0; i < m->nzones; i++) {
		const struct sim_zone *z = &m->zones[i];
		struct sim_zone_frames f = sim_machine_zone_frames(m, i);

		fprintf(out,
			"%4u %-8s %14" PRIu64 " %13" PRIu64 " %12" PRIu64 " %12" PRIu64
			" %12" PRIu64 "\n",
			z->nid, z->name, z->start, z->end - 1, f.spanned, f.present, f.managed);
	}
}

static void show_cma(const struct sim_machine *m, FILE *out)
{
	if (!m->ncma)
		return;
	fprintf(out, "\nnode CMA area    first frame    last frame       frames\n");
	for (unsigned i = 0; i < m->ncma; i++) {
		const struct sim_cma *a = &m->cma[i];

		fprintf(out, "%4u %-8u %14" PRIu64 " %13" PRIu64 " %12" PRIu64 "\n", a->nid, i,
			a->start, a->end - 1, a->end - a->start);
	}
}

static void show_cache(const struct sim_machine *m, const char *name, const struct sim_cache *c,
		       FILE *out)
{
	char size[32], cycles[32], ns[32];

	if (!c->present) {
		fprintf(out, "%-5s       none\n", name);
		return;
	}
	machine_json_milli(c->latency_milli, cycles, sizeof(cycles));
	machine_json_milli((uint64_t)c->latency_milli * 1000 / m->clock_mhz, ns, sizeof(ns));
	fprintf(out, "%-5s %10s %5u %8s %9s %5u CPU%s\n", name,
		machine_show_amount(c->size_bytes, size, sizeof(size)), c->ways, cycles, ns,
		c->shared_by, c->shared_by == 1 ? "" : "s");
}

static void show_caches(const struct sim_machine *m, FILE *out)
{
	fprintf(out, "\ncache       size  ways   cycles        ns  shared by\n");
	show_cache(m, "L1", &m->l1, out);
	show_cache(m, "L2", &m->l2, out);
	show_cache(m, "LLC", &m->llc, out);
}

typedef void cell_fn(const struct sim_machine *m, unsigned i, char *text, size_t size);

/* Columns of a matrix are as wide as its widest cell or node number. */
static int matrix_width(const struct sim_machine *m, cell_fn *cell)
{
	size_t width = m->nodes > 10 ? 2 : 1;

	for (unsigned i = 0; i < m->nodes * m->nodes; i++) {
		char text[32];

		if (!m->node_online[i / m->nodes] || !m->node_online[i % m->nodes])
			continue;
		cell(m, i, text, sizeof(text));
		width = strlen(text) > width ? strlen(text) : width;
	}
	return (int)width + 2;
}

static void show_matrix(const struct sim_machine *m, const char *title, cell_fn *cell,
			FILE *out)
{
	int width = matrix_width(m, cell);

	fprintf(out, "\n%s\nfrom\\to", title);
	for (unsigned to = 0; to < m->nodes; to++)
		if (m->node_online[to])
			fprintf(out, "%*u", width, to);
	fputc('\n', out);
	for (unsigned from = 0; from < m->nodes; from++) {
		if (!m->node_online[from])
			continue;
		fprintf(out, "%7u", from);
		for (unsigned to = 0; to < m->nodes; to++) {
			char text[32];

			if (!m->node_online[to])
				continue;
			cell(m, from * m->nodes + to, text, sizeof(text));
			fprintf(out, "%*s", width, text);
		}
		fputc('\n', out);
	}
}

static void dram_cell(const struct sim_machine *m, unsigned i, char *text, size_t size)
{
	machine_json_milli(m->dram_ps[i], text, size);
}

static void slit_cell(const struct sim_machine *m, unsigned i, char *text, size_t size)
{
	snprintf(text, size, "%u", m->slit[i]);
}

static void show_line(const struct sim_machine *m, const char *what, uint64_t picoseconds,
		      FILE *out)
{
	char ns[32];

	machine_json_milli(picoseconds, ns, sizeof(ns));
	fprintf(out, "%-34s %8s ns %7" PRIu64 " cycles\n", what, ns,
		sim_machine_cycles(m, picoseconds));
}

static void show_cycles(const struct sim_machine *m, const char *what, uint64_t cycles,
			FILE *out)
{
	char ns[32];

	machine_json_milli((cycles * 10000 + m->clock_mhz / 2) / m->clock_mhz * 100, ns,
			   sizeof(ns));
	fprintf(out, "%-34s %8s ns %7" PRIu64 " cycles\n", what, ns, cycles);
}

static void show_bandwidth(const char *what, uint64_t mbs, FILE *out)
{
	char gbs[32];

	if (!mbs)
		return;
	machine_json_milli(mbs, gbs, sizeof(gbs));
	fprintf(out, "%-34s %8s GB/s\n", what, gbs);
}

static void show_figures(const struct sim_machine *m, FILE *out)
{
	fputc('\n', out);
	if (m->c2c_llc_ps)
		show_line(m, "dirty line, same last-level cache", m->c2c_llc_ps, out);
	show_line(m, "dirty line, same socket", m->c2c_same_ps, out);
	show_line(m, "dirty line, other socket", m->c2c_other_ps, out);
	if (m->c2c_reader_ps)
		show_line(m, "  of memory of the reader's socket", m->c2c_reader_ps, out);
	show_cycles(m, "atomic operation", m->atomic_cycles, out);
	show_cycles(m, "context switch", m->sched_cycles.context_switch, out);
	show_cycles(m, "wake-up", m->sched_cycles.wake_up, out);
	show_cycles(m, "inter-processor interrupt", m->sched_cycles.ipi, out);
	show_bandwidth("bandwidth of a node", m->node_bandwidth_mbs, out);
	show_bandwidth("bandwidth of a link", m->link_bandwidth_mbs, out);
}

static void show_loaded(const struct sim_machine *m, FILE *out)
{
	if (!m->nloaded)
		return;
	fprintf(out, "\nload (fraction of peak bandwidth)");
	for (unsigned i = 0; i < m->nloaded; i++) {
		char text[32];

		machine_json_milli(m->loaded[i].load_milli, text, sizeof(text));
		fprintf(out, " %6s", text);
	}
	fprintf(out, "\nlatency (multiple of idle)       ");
	for (unsigned i = 0; i < m->nloaded; i++) {
		char text[32];

		machine_json_milli(m->loaded[i].factor_milli, text, sizeof(text));
		fprintf(out, " %6s", text);
	}
	fputc('\n', out);
}

static void show_disk(const char *what, const char *drive, const struct sim_machine_disk *d,
		      FILE *out)
{
	const struct sim_device_figures *f = &d->figures;
	char size[32], from[32], all[32], track[32], full[32], turn[32], read[32], write[32];

	if (!d->present)
		return;
	machine_json_milli(f->seek_min_ns / 1000, track, sizeof(track));
	machine_json_milli(f->seek_max_ns / 1000, full, sizeof(full));
	machine_json_milli(f->turn_ns / 1000, turn, sizeof(turn));
	machine_json_milli(f->read_bytes_s / 1000, read, sizeof(read));
	machine_json_milli(f->write_bytes_s / 1000, write, sizeof(write));
	fprintf(out, "%-5s %-16s %9s %9s %9s %7s %7s %7s %7s %7s\n", what, drive,
		machine_show_amount(d->size_bytes, size, sizeof(size)),
		machine_show_amount(d->start_bytes, from, sizeof(from)),
		machine_show_amount(f->size_bytes, all, sizeof(all)), track, full, turn, read,
		write);
}

static bool has_queue(const struct sim_machine_disk *d)
{
	const struct sim_device_figures *f = &d->figures;

	return d->present &&
	       (f->channels > 1 || f->link_read_ns || f->link_write_ns || f->link_read_bytes_s);
}

static void show_queue(const char *what, const struct sim_machine_disk *d, FILE *out)
{
	const struct sim_device_figures *f = &d->figures;
	const uint64_t cells[] = {
		f->read_ns,
		f->write_ns,
		f->link_read_ns,
		f->link_write_ns,
		f->link_read_bytes_s / 1000,
		f->link_write_bytes_s / 1000,
	};
	char text[32];

	if (!has_queue(d))
		return;
	fprintf(out, "%-5s %8" PRIu32, what, f->channels ? f->channels : 1);
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
		machine_json_milli(cells[i], text, sizeof(text));
		fprintf(out, " %8s", i >= 4 && cells[i] == 0 ? "-" : text);
	}
	fputc('\n', out);
}

static void show_queues(const struct sim_machine *m, FILE *out)
{
	if (!has_queue(&m->swap) && !has_queue(&m->data))
		return;
	fprintf(out, "\n%15s latency, us       link, us          link, MB/s\n", "");
	fprintf(out, "disk  channels     read    write     read    write     read    write\n");
	show_queue("swap", &m->swap, out);
	show_queue("data", &m->data, out);
}

static void show_disks(const struct sim_machine *m, FILE *out)
{
	if (!m->swap.present && !m->data.present)
		return;
	fprintf(out, "\n%49s  seek, ms        turn    read   write\n", "");
	fprintf(out, "disk  drive                 size      from  of drive   track    full"
		     "      ms    MB/s    MB/s\n");
	show_disk("swap", m->swap.name, &m->swap, out);
	show_disk("data", m->one_drive ? "the same" : m->data.name, &m->data, out);
	show_queues(m, out);
}

void machine_show(const struct sim_machine *m, FILE *out)
{
	show_head(m, out);
	show_nodes(m, out);
	fputc('\n', out);
	machine_show_zones(m, out);
	show_cma(m, out);
	show_caches(m, out);
	show_matrix(m, "memory latency, idle, load-to-use, ns", dram_cell, out);
	show_matrix(m, "distance (SLIT)", slit_cell, out);
	show_figures(m, out);
	show_loaded(m, out);
	show_disks(m, out);
}
