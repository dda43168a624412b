#include "tools/verify_facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412_policy.h"
#include "tools/cmd.h"
#include "tools/pagegold.h"

struct derive {
	struct verify_facts *f;
	const struct verify_facts_section *s;
	void *mm;
	uint64_t recommended; /* by khugepaged, after the section before; KiB */
	uint64_t kbytes;      /* min_free_kbytes of the section before */
};

static void compare(struct derive *d, uint64_t line, const char *what, const char *expected,
		    const char *got)
{
	struct verify_facts *f = d->f;
	struct verify_difference *shown;

	f->values++;
	if (strcmp(expected, got) == 0)
		return;
	if (f->differs++ >= VERIFY_SHOWN)
		return;
	shown = &f->shown[f->differs - 1];
	shown->time = line;
	snprintf(shown->what, sizeof(shown->what), "%.40s, %.20s", d->s->name, what);
	snprintf(shown->expected, sizeof(shown->expected), "%.*s",
		 (int)sizeof(shown->expected) - 1, expected);
	snprintf(shown->got, sizeof(shown->got), "%.*s", (int)sizeof(shown->got) - 1, got);
}

static void compare_number(struct derive *d, uint64_t line, const char *what, uint64_t expected,
			   uint64_t got)
{
	char a[24], b[24];

	snprintf(a, sizeof(a), "%" PRIu64, expected);
	snprintf(b, sizeof(b), "%" PRIu64, got);
	compare(d, line, what, a, b);
}

/* ---- boot ------------------------------------------------------------------------------- */

/* Facts tell how many frames are holes and reserved, not which: nothing that is derived
 * depends on it, so the last ones are. */
struct machine {
	struct mm_machine m;
	struct mm_zone_span zones[VERIFY_FACTS_ZONES];
	struct mm_span holes[VERIFY_FACTS_ZONES], reserved[VERIFY_FACTS_ZONES];
	bool online[VERIFY_FACTS_NODES];
	uint8_t distance[VERIFY_FACTS_NODES * VERIFY_FACTS_NODES];
};

static void fill_zone(struct machine *x, const struct verify_facts_zone *z)
{
	uint64_t memory = z->span.start + z->present, usable = z->span.start + z->managed;

	x->zones[x->m.nzones++] = z->span;
	x->online[z->span.nid] = true;
	if (memory < z->span.end)
		x->holes[x->m.nholes++] = (struct mm_span){ memory, z->span.end };
	if (usable < memory)
		x->reserved[x->m.nreserved++] = (struct mm_span){ usable, memory };
}

static void fill_machine(struct machine *x, const struct verify_facts_section *s)
{
	*x = (struct machine){ .m = { .arch = MM_ARCH_X86_64,
				      .cpus = s->ncpus,
				      .nodes = s->nnodes,
				      .cpu_node = s->cpu_node,
				      .node_online = x->online,
				      .distance = x->distance,
				      .zones = x->zones,
				      .holes = x->holes,
				      .reserved = x->reserved,
				      .hz = 250 } };
	for (unsigned i = 0; i < s->nzones; i++)
		fill_zone(x, &s->zone[i]);
	for (unsigned c = 0; c < s->ncpus; c++)
		x->online[s->cpu_node[c]] = true;
	for (unsigned a = 0; a < s->nnodes; a++)
		memcpy(&x->distance[a * s->nnodes], s->distance[a], s->nnodes);
}

/* khugepaged raises min_free_kbytes when it is switched on; everything else is written. */
static uint64_t min_free_kbytes(struct derive *d)
{
	uint64_t kbytes = d->s->min_free_kbytes;

	if (strcmp(d->s->name, "thp_always") != 0 || !d->s->thp || !d->kbytes)
		return kbytes;
	kbytes = d->recommended > d->kbytes ? d->recommended : d->kbytes;
	compare_number(d, d->s->line + 1, "min_free_kbytes", d->s->min_free_kbytes, kbytes);
	return kbytes;
}

static bool boot(struct derive *d)
{
	const struct verify_facts_section *s = d->s;
	struct machine *x = malloc(sizeof(*x));
	void *costs = calloc(1, mm412_policy.costs_size);
	struct mm412_params params;
	char text[256] = "out of memory";
	bool system = !x || !costs;

	mm_params_preset(mm412_policy.params, &params);
	params.min_free_kbytes[0] = min_free_kbytes(d);
	params.watermark_scale_factor[0] = s->watermark_scale_factor;
	params.percpu_pagelist_fraction[0] = s->percpu_pagelist_fraction;
	memcpy(params.lowmem_reserve_ratio, s->lowmem_reserve_ratio,
	       sizeof(params.lowmem_reserve_ratio));
	d->mm = NULL;
	if (x && costs) {
		fill_machine(x, s);
		errno = 0;
		d->mm = mm412_policy.create(&x->m, &params, costs, true, text, sizeof(text));
		system = errno == ENOMEM;
	}
	if (!d->mm) {
		d->f->error.status = system ? CMD_SYSTEM : CMD_BAD_DATA;
		snprintf(d->f->error.text, sizeof(d->f->error.text), "%s:%" PRIu64 ": %s",
			 d->f->path, s->line, text);
	}
	free(x);
	free(costs);
	return d->mm;
}

/* ---- what comes out --------------------------------------------------------------------- */

/* At boot the marks were computed before the kernel gave back its init memory, which nobody
 * recorded: there they are taken as they were. */
static bool is_boot(const struct derive *d)
{
	return strcmp(d->s->name, "default") == 0;
}

static void take_marks(struct derive *d, const struct verify_facts_zone *z)
{
	uint32_t zone = mm412_probe_guided_zone(d->mm, z->span.nid, z->span.name);
	struct mm412_probe_guided_counters c;

	mm412_probe_guided_get(d->mm, zone, &c);
	memcpy(c.watermark, z->mark, sizeof(c.watermark));
	mm412_probe_guided_set(d->mm, zone, &c);
}

static void compare_zone(struct derive *d, const struct verify_facts_zone *z)
{
	static const char *const marks[] = { "min", "low", "high" };
	struct mm412_probe_zone got;

	if (is_boot(d))
		take_marks(d, z);
	mm412_probe_zone(d->mm, z->span.nid, z->span.name, &got);
	compare_number(d, z->line, "managed", z->managed, got.managed);
	for (unsigned i = 0; i < 3 && !is_boot(d); i++)
		compare_number(d, z->line, marks[i], z->mark[i], got.watermark[i]);
	for (unsigned i = 0; i < 4; i++)
		compare_number(d, z->line, "reserve", z->reserve[i], got.reserve[i]);
	for (unsigned c = 0; c < z->ncpus; c++) {
		const struct verify_facts_cpu *cpu = &z->cpu[c];

		compare_number(d, cpu->line, "pcp high", cpu->high, got.pcp_high);
		compare_number(d, cpu->line, "pcp batch", cpu->batch, got.pcp_batch);
		compare_number(d, cpu->line, "stat_threshold", cpu->stat_threshold,
			       (uint64_t)got.stat_threshold);
	}
}

static void compare_list(struct derive *d, const struct verify_facts_list *l)
{
	char got[512] = "";
	const char *name;
	unsigned nid;
	size_t n = 0;

	for (unsigned i = 0; mm412_probe_zonelist(d->mm, l->nid, l->fallback, i, &nid, &name) &&
			     n + 20 < sizeof(got);
	     i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%u:%s", i ? " " : "", nid,
				      name);
	compare(d, l->line, "zonelist", l->zones, got);
}

static bool each(void *ctx, const struct verify_facts_section *s)
{
	struct derive *d = ctx;

	d->s = s;
	d->f->sections++;
	if (!boot(d))
		return false;
	for (unsigned i = 0; i < s->nzones; i++)
		compare_zone(d, &s->zone[i]);
	for (unsigned i = 0; i < s->nlists; i++)
		compare_list(d, &s->list[i]);
	compare_number(d, s->line, "totalreserve", s->totalreserve,
		       mm412_probe_totalreserve(d->mm));
	d->recommended = mm412_probe_recommended_kbytes(d->mm);
	d->kbytes = s->min_free_kbytes;
	mm412_policy.destroy(d->mm);
	return true;
}

bool verify_facts_is(const char *path)
{
	struct pagegold_error err;
	struct pagegold *file = pagegold_open(path, &err);
	const char *text = file ? pagegold_line(file, &err) : NULL;
	bool is = text && strncmp(text, "===", 3) == 0;

	pagegold_close(file);
	return is;
}

bool verify_facts(struct verify_facts *f, const char *path)
{
	struct derive d = { .f = f };

	*f = (struct verify_facts){ .path = path };
	return verify_facts_read(f, each, &d);
}
