/* The replayer of 4.12.0: parameters and boot. */
#include <stdio.h>
#include <string.h>

#include "tools/gold412_step.h"
#include "tools/gold_boot.h"

/* A parameter's line as a row of the model's table wants it. */
struct setting {
	const char *name;  /* in the file */
	const char *param; /* in the table */
};

static const struct setting settings[] = {
	{ "watermark_scale_factor", "watermark_scale_factor" },
	{ "lowmem_reserve_ratio", "lowmem_reserve_ratio" },
	{ "percpu_pagelist_fraction", "percpu_pagelist_fraction" },
	{ "zonelist_order", "numa_zonelist_order" },
	{ "zonelist_cpus", "zonelist_cpus" },
};

/* -1 = not written. 0 keeps back nothing, as 1 KiB does, which is less than a page. */
static bool set_user_min(struct gold412 *r, const char *value, char *text, size_t size)
{
	if (strcmp(value, "-1") == 0)
		return true;
	r->min_free_zero = strcmp(value, "0") == 0;
	return gold_boot_row(&r->gold, &r->params, "min_free_kbytes",
			     r->min_free_zero ? "1" : value, text, size);
}

static bool set_switch(const char *value, const char *off, const char *on, bool *result)
{
	*result = strcmp(value, on) == 0;
	return *result || strcmp(value, off) == 0;
}

/* Parameters that are not the kernel's, but say how the file was made. */
static bool set_producer(struct gold412 *r, const char *name, const char *value, char *text,
			 size_t size)
{
	bool progress, ok;

	if (strcmp(name, "movable_on_lru") == 0) {
		ok = set_switch(value, "0", "1", &r->movable_on_lru);
	} else if (strcmp(name, "direct_reclaim") == 0) {
		ok = set_switch(value, "off", "progress", &progress);
		r->reclaim = progress ? MM412_PROBE_PROGRESS : MM412_PROBE_FAILS;
	} else {
		snprintf(text, size, "parameter '%s' is not known", name);
		return false;
	}
	if (!ok)
		snprintf(text, size, "'%s' is no value for %s", value, name);
	return ok;
}

static bool set_param(struct gold *gold, const char *name, const char *value, char *text,
		      size_t size)
{
	struct gold412 *r = gold412_of(gold);
	uint64_t kbytes;

	if (strcmp(name, "min_free_kbytes") == 0) {
		/* The value in effect: compared later, with the header's other lines. */
		if (gold_boot_number(value, UINT64_MAX, &kbytes))
			return true;
		snprintf(text, size, "'%s' is no value for %s", value, name);
		return false;
	}
	if (strcmp(name, "user_min_free_kbytes") == 0)
		return set_user_min(r, value, text, size);
	if (strcmp(name, "cma") == 0)
		return true; /* is in the machine */
	/* The kernel's own value was not written. */
	if (strcmp(name, "lowmem_reserve_ratio") == 0 && strcmp(value, r->ratio) == 0)
		return true;
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (strcmp(name, settings[i].name) == 0)
			return gold_boot_row(gold, &r->params, settings[i].param, value, text,
					     size);
	return set_producer(r, name, value, text, size);
}

static bool has_highmem(const struct mm_machine *m)
{
	for (unsigned i = 0; i < m->nzones; i++)
		if (strcmp(m->zones[i].name, "HighMem") == 0)
			return true;
	return false;
}

static bool open_412(struct gold *r, const struct pagegold *g, struct pagegold_error *err)
{
	struct gold412 *own = gold412_of(r);
	struct mm_machine machine = r->h->machine;

	r->policy = &mm412_policy;
	r->gfp = mm412_policy.gfp;
	own->reclaim = MM412_PROBE_FAILS;
	machine.arch = has_highmem(&machine) ? MM_ARCH_I386 : MM_ARCH_X86_64;
	own->ratio = machine.arch == MM_ARCH_I386 ? "256,32,32" : "256,256,32";
	mm_params_preset(mm412_policy.params, &own->params);
	if (!gold_boot_params(r, g, set_param, err) ||
	    !gold_boot(r, g, &machine, &own->params, err))
		return false;
	mm412_probe_reclaim_mode(r->mm, own->reclaim);
	return true;
}

static const struct gold_record *const derived[] = { gold412_derived, NULL };
static const struct gold_record *const ops[] = { gold412_ops, NULL };

const struct gold_replayer gold412_replayer = {
	.kernel = "4.12.0",
	.size = sizeof(struct gold412),
	.open = open_412,
	.derived = derived,
	.ops = ops,
	.comment = gold412_derived_comment,
};
