#include "tools/gold_boot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/port_direct.h"

bool gold_boot_params(struct gold *r, const struct pagegold *g, gold_boot_set *set,
		      struct pagegold_error *err)
{
	char name[64], value[64], text[200];

	for (unsigned i = 0; i < r->h->nparams; i++) {
		const struct pagegold_claim *claim = &r->h->params[i];

		*text = '\0';
		if (sscanf(claim->text, "param %63s %63s", name, value) == 2 &&
		    strlen(name) + strlen(value) + 7 == strlen(claim->text) &&
		    set(r, name, value, text, sizeof(text)))
			continue;
		snprintf(err->text, sizeof(err->text), "%.150s:%" PRIu64 ": %s",
			 pagegold_name(g), claim->line, *text ? text : "too long");
		return false;
	}
	return true;
}

bool gold_boot_number(const char *value, uint64_t max, uint64_t *number)
{
	return pagegold_number((struct pagegold_word){ value, strlen(value) }, max, number);
}

bool gold_boot_list(const char *value, uint64_t *values, unsigned max, unsigned *n)
{
	*n = 0;
	while (*n < max) {
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

static bool parse_choice(const char *choices, const char *value, uint64_t *result)
{
	for (*result = 0; choices; ++*result) {
		size_t len = strcspn(choices, "|");

		if (strlen(value) == len && memcmp(choices, value, len) == 0)
			return true;
		choices = choices[len] ? choices + len + 1 : NULL;
	}
	return false;
}

bool gold_boot_row(const struct gold *r, void *base, const char *name, const char *value,
		   char *text, size_t size)
{
	const struct mm_param *row = mm_params_find(r->policy->params, name);
	uint64_t values[MM_PARAM_VALUES];
	unsigned n = 1;

	if (row->choices ? parse_choice(row->choices, value, values)
			 : gold_boot_list(value, values, MM_PARAM_VALUES, &n))
		return mm_params_set(row, base, values, n, text, size);
	snprintf(text, size, "'%s' is no value for %s", value, name);
	return false;
}

bool gold_boot(struct gold *r, const struct pagegold *g, const struct mm_machine *machine,
	       const void *params, struct pagegold_error *err)
{
	void *costs = calloc(1, r->policy->costs_size);
	char text[200];

	r->cpus = calloc(machine->cpus, sizeof(*r->cpus));
	if (!r->cpus || !costs) {
		free(costs);
		err->system = true;
		snprintf(err->text, sizeof(err->text), "out of memory");
		return false;
	}
	for (unsigned c = 0; c < machine->cpus; c++)
		sim_port_direct_cpu(&r->cpus[c], (uint16_t)c, machine->cpu_node[c]);
	errno = 0;
	r->mm = r->policy->create(machine, params, costs, false, text, sizeof(text));
	err->system = !r->mm && errno == ENOMEM;
	free(costs);
	return r->mm || pagegold_bad(g, err, "%s", text);
}
