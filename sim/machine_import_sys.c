/*
 * A machine from its /sys and /proc, or from a copied tree of them: CPUs, nodes, distances and
 * caches from /sys/devices/system, memory as machine_import_zones.c finds it, the clock from
 * /sys or /proc/cpuinfo. A kernel without NUMA has no nodes there: it is one node.
 */
#include "sim/machine_import_sys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct sim_machine_import_draft draft;

char *sim_machine_import_sys_file(const char *root, size_t *size, const char *fmt, ...)
{
	size_t ignored;
	char *path = NULL, *whole = NULL, *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&path, fmt, ap) < 0)
		path = NULL;
	va_end(ap);
	if (path && asprintf(&whole, "%s%s", root, path) >= 0)
		text = sim_machine_import_file(whole, size ? size : &ignored);
	if (path)
		free(whole);
	free(path);
	return text;
}

bool sim_machine_import_sys_number(const char *text, uint64_t *out)
{
	text += strspn(text, " \t");
	return sim_machine_import_file_number(&text, out) && !text[strspn(text, " \t\n")];
}

/* ---- CPUs and nodes -------------------------------------------------------------------- */

struct set {
	unsigned n;
	bool has[SIM_MAX_CPUS];
};

static bool set_add(void *ctx, uint64_t n)
{
	struct set *s = ctx;

	s->n += !s->has[n];
	s->has[n] = true;
	return true;
}

/* A list of numbers below most; a missing file leaves the set empty. */
static bool read_set(draft *d, const char *root, const char *path, unsigned most, struct set *s)
{
	char *text = sim_machine_import_sys_file(root, NULL, "%s", path);
	bool ok = !text || sim_machine_import_file_list(text, most - 1, set_add, s);

	if (!ok)
		sim_machine_import_draft_fail(
			d, 0, "%s is \"%.*s\", no list of numbers from 0 to %u", path,
			(int)strcspn(text, "\n") < 40 ? (int)strcspn(text, "\n") : 40, text,
			most - 1);
	free(text);
	return ok;
}

static bool put_node(draft *d, const char *root, unsigned node, const struct set *online)
{
	struct set cpus = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/cpulist", node);
	if (!read_set(d, root, path, SIM_MAX_CPUS, &cpus))
		return false;
	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
		if (cpus.has[cpu] && online->has[cpu] &&
		    !sim_machine_import_draft_cpu(d, 0, cpu, node))
			return false;
	return true;
}

/* A line of numbers, one for each node that is online. */
static bool put_distances(draft *d, const char *root, unsigned from, const struct set *nodes)
{
	char *text = sim_machine_import_sys_file(
		root, NULL, "/sys/devices/system/node/node%u/distance", from);
	const char *at = text;
	bool ok = true;

	for (unsigned to = 0; text && ok && to < SIM_MAX_NODES; to++) {
		uint64_t value;

		if (!nodes->has[to])
			continue;
		at += strspn(at, " \t");
		ok = sim_machine_import_file_number(&at, &value)
			     ? sim_machine_import_draft_distance(d, 0, from, to, value)
			     : sim_machine_import_draft_fail(
				       d, 0, "node%u/distance should have %u numbers", from,
				       nodes->n);
	}
	free(text);
	return ok;
}

/* Without NUMA all CPUs are on node 0. */
static bool put_nodes(draft *d, const char *root, const struct set *online)
{
	struct set nodes = { 0 };

	if (!read_set(d, root, "/sys/devices/system/node/online", SIM_MAX_NODES, &nodes))
		return false;
	if (!nodes.n) {
		sim_machine_import_draft_remark(
			d, "Its kernel tells no nodes: everything is on node 0.");
		d->node[0].there = true;
		for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
			if (online->has[cpu])
				d->cpu_node[cpu] = 0;
		return true;
	}
	for (unsigned i = 0; i < SIM_MAX_NODES; i++) {
		if (!nodes.has[i])
			continue;
		d->node[i].there = true;
		if (!put_node(d, root, i, online) || !put_distances(d, root, i, &nodes))
			return false;
	}
	for (unsigned cpu = 0; cpu < SIM_MAX_CPUS; cpu++)
		if (online->has[cpu] && d->cpu_node[cpu] < 0)
			return sim_machine_import_draft_fail(d, 0, "CPU %u is on no node", cpu);
	return true;
}

static bool put_cpus(draft *d, const char *root, struct set *online)
{
	struct set present = { 0 };

	if (!read_set(d, root, "/sys/devices/system/cpu/online", SIM_MAX_CPUS, online) ||
	    !read_set(d, root, "/sys/devices/system/cpu/present", SIM_MAX_CPUS, &present))
		return false;
	if (!online->n)
		return sim_machine_import_draft_fail(
			d, 0, "/sys/devices/system/cpu/online tells no CPU");
	if (present.n > online->n)
		sim_machine_import_draft_remark(
			d,
			"%u of %u CPUs are offline, and are left out: a kernel counts those "
			"that are online.",
			present.n - online->n, present.n);
	return put_nodes(d, root, online);
}

/* ---- caches ---------------------------------------------------------------------------- */

/* Of one CPU: sizes by level, and what the draft takes. */
struct caches {
	struct {
		uint64_t bytes, ways, shared_by;
	} level[3];
	bool other_lines; /* not of 64 bytes */
};

static bool cache_number(const char *root, unsigned cpu, unsigned index, const char *what,
			 uint64_t *out)
{
	char *text = sim_machine_import_sys_file(
		root, NULL, "/sys/devices/system/cpu/cpu%u/cache/index%u/%s", cpu, index, what);
	const char *at = text;
	bool ok = text && sim_machine_import_file_number(&at, out);

	if (ok && *at == 'K')
		*out *= 1024;
	free(text);
	return ok;
}

static bool holds_data(const char *root, unsigned cpu, unsigned index)
{
	char *text = sim_machine_import_sys_file(
		root, NULL, "/sys/devices/system/cpu/cpu%u/cache/index%u/type", cpu, index);
	bool yes = text && strncmp(text, "Instruction", 11) != 0;

	free(text);
	return yes;
}

static uint64_t sharers(draft *d, const char *root, unsigned cpu, unsigned index)
{
	struct set set = { 0 };
	char path[96];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cache/index%u/%s", cpu,
		 index, "shared_cpu_list");
	if (!read_set(d, root, path, SIM_MAX_CPUS, &set))
		return 0;
	return set.n ? set.n : 1;
}

static bool read_caches(draft *d, const char *root, unsigned cpu, struct caches *c)
{
	for (unsigned index = 0; index < 8; index++) {
		uint64_t level, bytes, ways = 0, line = 64, shared_by;

		if (!cache_number(root, cpu, index, "level", &level) ||
		    !holds_data(root, cpu, index) || level < 1 || level > 3 ||
		    !cache_number(root, cpu, index, "size", &bytes))
			continue;
		cache_number(root, cpu, index, "ways_of_associativity", &ways);
		if (cache_number(root, cpu, index, "coherency_line_size", &line) && line != 64)
			c->other_lines = true;
		shared_by = sharers(d, root, cpu, index);
		if (!shared_by)
			return false;
		c->level[level - 1].bytes = bytes;
		c->level[level - 1].ways = ways;
		c->level[level - 1].shared_by = shared_by;
	}
	return true;
}

/* A machine file knows one kind of CPU. */
static bool look_for_others(draft *d, const char *root, const struct set *online,
			    unsigned first, const struct caches *c)
{
	for (unsigned cpu = first + 1; cpu < SIM_MAX_CPUS; cpu++) {
		struct caches other = { 0 };

		if (!online->has[cpu])
			continue;
		if (!read_caches(d, root, cpu, &other))
			return false;
		for (unsigned i = 0; i < 3; i++) {
			if (other.level[i].bytes == c->level[i].bytes)
				continue;
			sim_machine_import_draft_remark(
				d,
				"Not all CPUs are the same: CPU %u has other caches than CPU "
				"%u. All have those of CPU %u here.",
				cpu, first, first);
			return true;
		}
	}
	return true;
}

static bool put_caches(draft *d, const char *root, const struct set *online)
{
	struct caches c = { 0 };
	unsigned first = 0;

	while (!online->has[first])
		first++;
	if (!read_caches(d, root, first, &c))
		return false;
	for (unsigned i = 0; i < 3; i++)
		if (c.level[i].bytes &&
		    !sim_machine_import_draft_cache(d, 0, i + 1, c.level[i].bytes,
						    c.level[i].ways, c.level[i].shared_by))
			return false;
	if (c.other_lines)
		sim_machine_import_draft_remark(
			d, "Its caches have lines that are not of 64 bytes; taken as 64.");
	return look_for_others(d, root, online, first, &c);
}

/* ---- clock and names ------------------------------------------------------------------- */

/* What stands behind "key  : " in /proc/cpuinfo. */
static bool cpuinfo(const char *text, const char *key, char *out, size_t size)
{
	const char *at = strstr(text, key), *colon = at ? strchr(at, ':') : NULL;

	if (!colon || (at > text && at[-1] != '\n'))
		return false;
	colon += 1 + strspn(colon + 1, " \t");
	snprintf(out, size, "%.*s", (int)strcspn(colon, "\n"), colon);
	return true;
}

static void clock_is(draft *d, uint64_t mhz, const char *how)
{
	if (d->clock_mhz || mhz < 1 || mhz > 100000)
		return;
	d->clock_mhz = (unsigned)mhz;
	snprintf(d->clock_how, sizeof(d->clock_how), "%s", how);
}

static void put_clock(draft *d, const char *root, const struct set *online)
{
	static const char *const files[] = { "base_frequency", "cpuinfo_max_freq" };
	char *info = sim_machine_import_sys_file(root, NULL, "/proc/cpuinfo");
	char model[160] = "", mhz[32];
	const char *at = mhz;
	unsigned first = 0;
	uint64_t khz, whole;

	while (!online->has[first])
		first++;
	if (info && cpuinfo(info, "model name", model, sizeof(model))) {
		snprintf(d->source, sizeof(d->source), "/sys and /proc of a machine with %s",
			 model);
		clock_is(d, sim_machine_import_draft_clock(model), "/proc/cpuinfo, model name");
	}
	for (unsigned i = 0; i < 2; i++) {
		char *text = sim_machine_import_sys_file(
			root, NULL, "/sys/devices/system/cpu/cpu%u/cpufreq/%s", first,
			files[i]);

		if (text && sim_machine_import_sys_number(text, &khz))
			clock_is(d, khz / 1000, files[i]);
		free(text);
	}
	if (info && cpuinfo(info, "cpu MHz", mhz, sizeof(mhz)) &&
	    sim_machine_import_file_number(&at, &whole))
		clock_is(d, whole, "/proc/cpuinfo, cpu MHz of the moment");
	free(info);
}

char *sim_machine_import_sys(const char *root, const char *name,
			     struct sim_machine_import_error *err)
{
	draft *d = sim_machine_import_draft_new(*root ? root : "/sys", name, err);
	struct set online = { 0 };
	char *text = NULL;

	if (!d)
		return NULL;
	snprintf(d->how, sizeof(d->how), "/sys");
	snprintf(d->source, sizeof(d->source), "/sys and /proc of a machine");
	if (put_cpus(d, root, &online) && sim_machine_import_zones(d, root) &&
	    put_caches(d, root, &online)) {
		put_clock(d, root, &online);
		text = sim_machine_import_draft_text(d);
	}
	sim_machine_import_draft_free(d);
	return text;
}
