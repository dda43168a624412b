/* pagesim params: a kernel's parameters, printed from the tables the model reads. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/mm_policy.h"
#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/scenario_memory.h"
#include "tools/scenario_params.h"

enum format { TEXT, MARKDOWN, JSON };

struct request {
	const struct mm_policy *policy;
	enum format format;
};

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "json") == 0) {
		q->format = JSON;
	} else if (strcmp(row->name, "markdown") == 0) {
		q->format = MARKDOWN;
	} else {
		q->policy = mm_policy_find(value);
		if (!q->policy)
			fprintf(stderr, "pagesim params: there is no kernel '%s'; there is",
				options_short(value).text);
		for (const struct mm_policy *const *k = mm_policy_all(); !q->policy && *k; k++)
			fprintf(stderr, " %s%s", (*k)->short_name, k[1] ? "," : "\n");
	}
	return q->policy != NULL;
}

static void bounds(const struct mm_param *row, char *text, size_t size)
{
	if (row->choices)
		snprintf(text, size, "%s", row->choices);
	else
		snprintf(text, size, "%" PRIu64 " .. %" PRIu64, row->min, row->max);
}

/* ---- text ------------------------------------------------------------------------------ */

/* `policy` is NULL for what is no parameter of a kernel, but of ours: nobody can write it. */
static bool can_change(const struct mm_policy *policy, const struct mm_param *row)
{
	return policy && mm_policy_has_sysctl(policy, row->name);
}

static void print_text(const char *group, const struct mm_param *table,
		       const struct mm_policy *policy)
{
	for (const struct mm_param *row = table; row->name; row++) {
		char limits[96], preset[128];

		bounds(row, limits, sizeof(limits));
		scenario_params_preset(row, preset, sizeof(preset));
		printf("%s.%s\n    %s\n    %s%s%s, default %s", group, row->name, row->doc,
		       row->unit, *row->unit ? ", " : "", limits, preset);
		if (row->count > 1)
			printf(", %u values", row->count);
		if (can_change(policy, row))
			printf(", can be changed in mid-run");
		printf("\n");
	}
}

/* ---- markdown -------------------------------------------------------------------------- */

/* A bar would end the cell. */
static void print_cell(const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			putchar('\\');
		putchar(*text);
	}
	printf(" | ");
}

static void print_markdown_table(const char *group, const struct mm_param *table,
				 const struct mm_policy *policy)
{
	printf("\n| parameter | unit | allowed | default | meaning |\n|---|---|---|---|---|\n");
	for (const struct mm_param *row = table; row->name; row++) {
		char limits[96], preset[128];

		bounds(row, limits, sizeof(limits));
		scenario_params_preset(row, preset, sizeof(preset));
		printf("| `%s.%s` | ", group, row->name);
		print_cell(row->unit);
		print_cell(limits);
		print_cell(preset);
		printf("%s%s |\n", row->doc,
		       can_change(policy, row) ? " Can be changed in mid-run." : "");
	}
}

static void print_markdown(const struct mm_policy *p)
{
	printf("# Parameters of kernel %s\n\n"
	       "Printed by `pagesim params --kernel %s --markdown`; do not edit.\n\n"
	       "They stand in a scenario under `vm:`, `cost:` and `memory:`, or on the command "
	       "line as\n"
	       "`--set vm.NAME=VALUE`. A bare number is in the unit given; sizes may be "
	       "written\n"
	       "as `8MiB`, times as `1s`; several values as a list or with blanks between.\n"
	       "What can be changed in mid-run may also stand under `changes:`.\n\n"
	       "## vm: as in /proc/sys/vm\n",
	       p->short_name, p->short_name);
	print_markdown_table("vm", p->params, p);
	printf("\n## cost: cycles of the steps of a path\n");
	print_markdown_table("cost", p->costs, NULL);
	printf("\n## memory: the same for every kernel\n");
	print_markdown_table("memory", scenario_memory_params, NULL);
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *table_json(const struct mm_param *table, const struct mm_policy *policy)
{
	json_t *map = json_object();

	for (const struct mm_param *row = table; row->name; row++) {
		char preset[128];
		json_t *entry;

		scenario_params_preset(row, preset, sizeof(preset));
		entry = json_pack("{ss ss ss si}", "unit", row->unit, "meaning", row->doc,
				  "default", preset, "values", (int)row->count);
		if (policy)
			json_object_set_new(entry, "mid_run",
					    json_boolean(can_change(policy, row)));
		if (row->choices)
			json_object_set_new(entry, "choices", json_string(row->choices));
		else
			json_object_update_new(entry,
					       json_pack("{sI sI}", "min", (json_int_t)row->min,
							 "max", (json_int_t)row->max));
		json_object_set_new(map, row->name, entry);
	}
	return map;
}

static int print_json(const struct options_spec *spec, const struct mm_policy *p)
{
	json_t *json = json_pack("{ss so so so}", "kernel", p->name, "vm",
				 table_json(p->params, p), "cost", table_json(p->costs, NULL),
				 "memory", table_json(scenario_memory_params, NULL));
	char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;

	json_decref(json);
	if (!text)
		return options_fail(spec, CMD_SYSTEM, "out of memory");
	puts(text);
	free(text);
	return CMD_DONE;
}

int cmd_params(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "kernel", 'k', "VERSION", "the kernel, 4.12 without this option" },
		{ "json", 0, NULL, "as JSON" },
		{ "markdown", 0, NULL, "as docs/params-VERSION.md" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"params",
		"",
		"Lists every parameter of a kernel with its unit, bounds, default and "
		"meaning.\n"
		"Any of them can be set with --set vm.NAME=VALUE or in a scenario file.",
		rows,
		"  pagesim params | grep -A2 min_free\n"
		"  pagesim params --kernel 4.12 --markdown > docs/params-4.12.md\n",
		0,
		0,
	};
	struct request q = { mm_policy_all()[0], TEXT };
	struct options_result r = options_parse(&spec, argc, argv, set, &q);

	if (r.ended)
		return r.status;
	if (q.format == JSON)
		return print_json(&spec, q.policy);
	if (q.format == MARKDOWN) {
		print_markdown(q.policy);
		return CMD_DONE;
	}
	printf("kernel %s\n\n", q.policy->name);
	print_text("vm", q.policy->params, q.policy);
	printf("\n");
	print_text("cost", q.policy->costs, NULL);
	printf("\n");
	print_text("memory", scenario_memory_params, NULL);
	return CMD_DONE;
}
