#include "tools/sweep_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/mm_policy.h"
#include "sim/conf.h"
#include "tools/scenario_params.h"

static bool parse_percent(const char *text, uint64_t *out)
{
	size_t length = strlen(text);
	char number[32];

	if (length < 2 || length > sizeof(number) || text[length - 1] != '%')
		return false;
	memcpy(number, text, length - 1);
	number[length - 1] = '\0';
	return conf_parse_milli(number, out);
}

struct sweep_number sweep_number_parse(const char *text)
{
	struct sweep_number n = { SWEEP_NUMBER_NONE, 0 };
	const char *why;

	if (conf_parse_milli(text, &n.value))
		n.kind = SWEEP_NUMBER_PLAIN;
	else if (parse_percent(text, &n.value))
		n.kind = SWEEP_NUMBER_PERCENT;
	else if (conf_parse_size(text, 1, &n.value, &why))
		n.kind = SWEEP_NUMBER_SIZE;
	else if (conf_parse_ns(text, &n.value, &why))
		n.kind = SWEEP_NUMBER_TIME;
	return n;
}

/* The row of a parameter by its YAML path; NULL for anything else. */
static const struct mm_param *parameter(const char *key)
{
	bool vm = strncmp(key, "vm.", 3) == 0, cost = strncmp(key, "cost.", 5) == 0;
	const struct mm_param *row = NULL;

	if (!vm && !cost)
		return NULL;
	for (const struct mm_policy *const *k = mm_policy_all(); *k && !row; k++)
		row = mm_params_find(vm ? (*k)->params : (*k)->costs, strchr(key, '.') + 1);
	return row;
}

struct sweep_number sweep_number_of(const char *key, const char *text)
{
	struct sweep_number n = sweep_number_parse(text);
	const struct mm_param *row = parameter(key);
	uint64_t bytes, ns;

	if (n.kind != SWEEP_NUMBER_PLAIN || !row ||
	    !scenario_params_unit(row->unit, &bytes, &ns))
		return n;
	n.kind = bytes ? SWEEP_NUMBER_SIZE : SWEEP_NUMBER_TIME;
	n.value = n.value / 1000 * (bytes + ns);
	return n;
}

const char *sweep_number_unit(const char *key, enum sweep_number_kind kind)
{
	const struct mm_param *row = parameter(key);

	if (row)
		return row->unit;
	return kind == SWEEP_NUMBER_SIZE      ? "B"
	       : kind == SWEEP_NUMBER_TIME    ? "ns"
	       : kind == SWEEP_NUMBER_PERCENT ? "%"
					      : "";
}

double sweep_number_in_unit(const char *key, struct sweep_number n)
{
	const struct mm_param *row = parameter(key);
	uint64_t bytes = 1, ns = 1;

	if (n.kind == SWEEP_NUMBER_PLAIN || n.kind == SWEEP_NUMBER_PERCENT)
		return (double)n.value / 1000;
	if (row)
		scenario_params_unit(row->unit, &bytes, &ns);
	return (double)n.value / (double)(n.kind == SWEEP_NUMBER_SIZE ? bytes : ns);
}

static void print_time(uint64_t ns, char *text, size_t size)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	size_t i = 0;

	while (ns % units[i].ns || (!ns && units[i].ns > 1))
		i++;
	snprintf(text, size, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

void sweep_number_print(struct sweep_number n, char *text, size_t size)
{
	const char *end = n.kind == SWEEP_NUMBER_PERCENT ? "%" : "";

	if (n.kind == SWEEP_NUMBER_SIZE)
		conf_print_size(n.value, text, size);
	else if (n.kind == SWEEP_NUMBER_TIME)
		print_time(n.value, text, size);
	else if (n.value % 1000)
		snprintf(text, size, "%" PRIu64 ".%03u%s", n.value / 1000,
			 (unsigned)(n.value % 1000), end);
	else
		snprintf(text, size, "%" PRIu64 "%s", n.value / 1000, end);
}
