/* The replayer of 2.4.0: parameters and boot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/gold24_step.h"
#include "tools/gold_boot.h"

#define HZ 100
#define MAX_NR_CPUS 1024

static bool set_memory_model(struct gold24 *r, const char *value)
{
	static const struct {
		const char *name;
		enum mm_memory_model model;
	} models[] = {
		{ "contig", MM_MEMORY_CONTIG },
		{ "discontig", MM_MEMORY_DISCONTIG },
		{ "numa", MM_MEMORY_NUMA },
	};

	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++)
		if (strcmp(value, models[i].name) == 0) {
			r->machine.memory_model = models[i].model;
			return true;
		}
	return false;
}

/* Every node once, in any order. */
static bool set_pgdat_list(struct gold24 *r, const char *value)
{
	const struct mm_machine *m = &r->machine;
	uint64_t nids[MM_MAX_NODES];
	bool seen[MM_MAX_NODES] = { false };
	unsigned n;

	if (!gold_boot_list(value, nids, MM_MAX_NODES, &n))
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (nids[i] >= m->nodes || !m->node_online[nids[i]] || seen[nids[i]])
			return false;
		seen[nids[i]] = true;
		r->pgdat_list[i] = (uint16_t)nids[i];
	}
	for (unsigned i = 0; i < m->nodes; i++)
		if (m->node_online[i] && !seen[i])
			return false;
	r->machine.pgdat_list = r->pgdat_list;
	r->machine.npgdats = n;
	return true;
}

static bool set_machine(struct gold24 *r, const char *name, const char *value, bool *known)
{
	uint64_t n;

	*known = true;
	if (strcmp(name, "memory_model") == 0)
		return set_memory_model(r, value);
	if (strcmp(name, "pgdat_list") == 0)
		return set_pgdat_list(r, value);
	if (strcmp(name, "nr_cpus") == 0) {
		if (!gold_boot_number(value, MAX_NR_CPUS, &n) || n == 0)
			return false;
		r->machine.nr_cpus = (unsigned)n;
		return true;
	}
	if (strcmp(name, "num_physpages") == 0)
		return gold_boot_number(value, UINT32_MAX, &r->machine.num_physpages);
	*known = false;
	return false;
}

static bool set_switch(const char *value, bool *on)
{
	*on = strcmp(value, "1") == 0;
	return *on || strcmp(value, "0") == 0;
}

static bool set_producer(struct gold24 *r, const char *name, const char *value, bool *known)
{
	uint64_t n;

	*known = true;
	if (strcmp(name, "io_sync") == 0)
		return set_switch(value, &r->setup.io_sync);
	if (strcmp(name, "yield_runs") == 0)
		return set_switch(value, &r->sched.yield_runs);
	if (strcmp(name, "swap_pages") == 0) {
		if (!gold_boot_number(value, 1u << 24, &n))
			return false;
		r->setup.swap_pages = (uint32_t)n;
		return true;
	}
	*known = false;
	return false;
}

static bool set_param(struct gold *gold, const char *name, const char *value, char *text,
		      size_t size)
{
	struct gold24 *r = gold24_of(gold);
	bool known;

	if (strcmp(name, "memfrac") == 0)
		return gold_boot_row(gold, &r->params, "memfrac", value, text, size);
	if (set_machine(r, name, value, &known) ||
	    (!known && set_producer(r, name, value, &known)))
		return true;
	if (known)
		snprintf(text, size, "'%s' is no value for %s", value, name);
	else
		snprintf(text, size, "parameter '%s' is not known", name);
	return false;
}

/* Names of later kernels mean something to the model, but are in no file of this one. */
static bool is_known(const char *name, size_t len)
{
	static const char *const names[] = {
		"0",          "GFP_BUFFER", "GFP_ATOMIC", "GFP_USER",  "GFP_HIGHUSER",
		"GFP_KERNEL", "GFP_NFS",    "GFP_KSWAPD", "GFP_DMA",   "GFP_HIGHMEM",
		"__GFP_WAIT", "__GFP_HIGH", "__GFP_IO",   "__GFP_DMA", "__GFP_HIGHMEM",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return false;
}

/* PF_MEMALLOC is a task's flag, which the kernel's own names do not have among them. */
static uint32_t parse_gfp(const char *names, unsigned *unknown)
{
	uint32_t gfp = 0;
	char one[16];

	for (;;) {
		size_t len = strcspn(names, "|");

		if (len == 11 && memcmp(names, "PF_MEMALLOC", len) == 0) {
			gfp |= GOLD24_STEP_MEMALLOC;
		} else if (is_known(names, len)) {
			snprintf(one, sizeof(one), "%.*s", (int)len, names);
			gfp |= mm24_policy.gfp(one, unknown);
		} else {
			++*unknown;
		}
		if (!names[len])
			return gfp;
		names += len + 1;
	}
}

static bool open_24(struct gold *r, const struct pagegold *g, struct pagegold_error *err)
{
	struct gold24 *own = gold24_of(r);

	r->policy = &mm24_policy;
	r->gfp = parse_gfp;
	own->machine = r->h->machine;
	own->machine.hz = HZ;
	own->machine.arch = MM_ARCH_I386;
	own->machine.nr_cpus = 1;
	own->setup.io_sync = true;
	mm_params_preset(mm24_policy.params, &own->params);
	if (!gold_boot_params(r, g, set_param, err) ||
	    !gold_boot(r, g, &own->machine, &own->params, err))
		return false;
	gold24_sched_start(&own->sched, r->mm, r->cpus, own->machine.cpus);
	if (mm24_probe_by_hand(r->mm, &own->setup))
		return true;
	err->system = true;
	snprintf(err->text, sizeof(err->text), "out of memory");
	return false;
}

static const struct gold_record *const derived[] = { gold24_derived, NULL };
static const struct gold_record *const ops[] = { gold24_ops, gold24_pages, gold24_state,
						 gold24_spaces, NULL };

const struct gold_replayer gold24_replayer = {
	.kernel = "2.4.0",
	.size = sizeof(struct gold24),
	.open = open_24,
	.derived = derived,
	.ops = ops,
};
