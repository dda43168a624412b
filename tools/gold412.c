#include "tools/gold412.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/port_direct.h"
#include "tools/gold412_step.h"

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

/* "a,b,c", or one of the row's choices by name. False when it is neither. */
static bool parse_values(const struct mm_param *row, const char *value, uint64_t *values,
			 unsigned *n)
{
	const char *at = row->choices;

	*n = 0;
	for (uint64_t choice = 0; at; choice++) {
		size_t len = strcspn(at, "|");

		if (strlen(value) == len && memcmp(at, value, len) == 0) {
			values[(*n)++] = choice;
			return true;
		}
		at = at[len] ? at + len + 1 : NULL;
	}
	while (!row->choices && *n < MM_PARAM_VALUES) {
		size_t len = strcspn(value, ",");

		if (!pagegold_number((struct pagegold_word){ value, len }, UINT64_MAX,
				     &values[(*n)++]))
			return false;
		if (!value[len])
			return true;
		value += len + 1;
	}
	return false;
}

static bool set_row(struct gold412 *r, const char *name, const char *value, char *text,
		    size_t size)
{
	const struct mm_param *row = mm_params_find(mm412_policy.params, name);
	uint64_t values[MM_PARAM_VALUES];
	unsigned n;

	if (parse_values(row, value, values, &n))
		return mm_params_set(row, &r->params, values, n, text, size);
	snprintf(text, size, "'%s' is no value for %s", value, name);
	return false;
}

/* -1 = not written. 0 keeps back nothing, as 1 KiB does, which is less than a page. */
static bool set_user_min(struct gold412 *r, const char *value, char *text, size_t size)
{
	if (strcmp(value, "-1") == 0)
		return true;
	r->min_free_zero = strcmp(value, "0") == 0;
	return set_row(r, "min_free_kbytes", r->min_free_zero ? "1" : value, text, size);
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

static bool set_param(struct gold412 *r, const char *name, const char *value, char *text,
		      size_t size)
{
	uint64_t kbytes;

	if (strcmp(name, "min_free_kbytes") == 0) {
		/* The value in effect: compared later, with the header's other lines. */
		if (pagegold_number((struct pagegold_word){ value, strlen(value) }, UINT64_MAX,
				    &kbytes))
			return true;
		snprintf(text, size, "'%s' is no value for %s", value, name);
		return false;
	}
	if (strcmp(name, "user_min_free_kbytes") == 0)
		return set_user_min(r, value, text, size);
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (strcmp(name, settings[i].name) == 0)
			return set_row(r, settings[i].param, value, text, size);
	return set_producer(r, name, value, text, size);
}

static bool set_params(struct gold412 *r, const struct pagegold *g, struct pagegold_error *err)
{
	char name[64], value[64], text[200];

	mm_params_preset(mm412_policy.params, &r->params);
	r->reclaim = MM412_PROBE_FAILS;
	for (unsigned i = 0; i < r->h->nparams; i++) {
		const struct pagegold_claim *claim = &r->h->params[i];

		*text = '\0';
		if (sscanf(claim->text, "param %63s %63s", name, value) == 2 &&
		    set_param(r, name, value, text, sizeof(text)))
			continue;
		snprintf(err->text, sizeof(err->text), "%.150s:%" PRIu64 ": %s",
			 pagegold_name(g), claim->line, *text ? text : "too long");
		return false;
	}
	return true;
}

static bool boot(struct gold412 *r, const struct pagegold *g, struct pagegold_error *err)
{
	const struct mm_machine *m = &r->h->machine;
	struct mm412_costs costs = { 0 };
	char text[200];

	r->cpus = calloc(m->cpus, sizeof(*r->cpus));
	if (!r->cpus) {
		err->system = true;
		snprintf(err->text, sizeof(err->text), "out of memory");
		return false;
	}
	for (unsigned c = 0; c < m->cpus; c++)
		sim_port_direct_cpu(&r->cpus[c], (uint16_t)c, m->cpu_node[c]);
	r->mm = mm412_policy.create(m, &r->params, &costs, false, text, sizeof(text));
	if (!r->mm)
		return pagegold_bad(g, err, "%s", text);
	mm412_probe_reclaim_mode(r->mm, r->reclaim);
	return true;
}

struct gold412 *gold412_new(const struct pagegold *g, const struct pagegold_header *h,
			    struct pagegold_error *err)
{
	struct gold412 *r = calloc(1, sizeof(*r));

	*err = (struct pagegold_error){ 0 };
	if (!r) {
		err->system = true;
		snprintf(err->text, sizeof(err->text), "out of memory");
		return NULL;
	}
	r->h = h;
	r->digest = GOLD412_FNV_START;
	if (set_params(r, g, err) && boot(r, g, err))
		return r;
	gold412_free(r);
	return NULL;
}

void gold412_free(struct gold412 *r)
{
	if (!r)
		return;
	mm412_policy.destroy(r->mm);
	free(r->cpus);
	free(r);
}

static enum gold412_outcome run(struct gold412_step *s, const struct gold412_record *records)
{
	s->answer[0] = '\0';
	if (!pagegold_split(s->line, &s->w) || s->w.n == 0)
		return gold412_step_bad(s, s->w.n ? "the line has too many words"
						  : "the line is empty");
	if (pagegold_is(s->w.w[0], "#"))
		return gold412_derived_comment(s);
	for (; records->word; records++)
		if (pagegold_is(s->w.w[0], records->word))
			return records->run(s);
	return gold412_step_bad(s, "unknown record");
}

enum gold412_outcome gold412_header_line(struct gold412 *r, const char *line,
					 char answer[GOLD412_ANSWER],
					 struct pagegold_error *err)
{
	struct gold412_step s = { .r = r, .line = line, .answer = answer };
	enum gold412_outcome outcome = run(&s, gold412_derived);

	if (outcome == GOLD412_BAD)
		snprintf(err->text, sizeof(err->text), "%s", s.wrong);
	return outcome;
}

enum gold412_outcome gold412_line(struct gold412 *r, const struct pagegold *g, const char *line,
				  char answer[GOLD412_ANSWER], struct pagegold_error *err)
{
	struct gold412_step s;
	enum gold412_outcome outcome;

	if (*line == '#')
		return GOLD412_NOTHING;
	s.r = r;
	s.line = line;
	s.answer = answer;
	s.used = 0;
	outcome = run(&s, gold412_ops);
	if (outcome == GOLD412_BAD)
		pagegold_bad(g, err, "%s", s.wrong);
	return outcome;
}

uint64_t gold412_operations(const struct gold412 *r)
{
	return r->operations;
}
