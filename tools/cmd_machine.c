/* pagesim machine: what a machine file describes, whether it is right, how to come by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_machine.h"
#include "tools/machine_json.h"
#include "tools/machine_show.h"
#include "tools/machine_svg.h"
#include "tools/options.h"
#include "tools/subcommand.h"
#include "tools/whole_file.h"

struct show {
	bool json, zones;
	const char *svg;
};

static int print_json(const struct options_spec *spec, const struct sim_machine *m)
{
	json_t *json = machine_json(m);
	char *text = json ? json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;

	json_decref(json);
	if (!text)
		return options_fail(spec, CMD_SYSTEM, "out of memory");
	puts(text);
	free(text);
	return CMD_DONE;
}

static int write_svg(const struct options_spec *spec, const struct sim_machine *m,
		     const char *path)
{
	char *text = machine_svg(m), why[512];
	bool ok;

	if (!text)
		return options_fail(spec, CMD_SYSTEM, "out of memory");
	ok = whole_file_write(path, text, why, sizeof(why));
	free(text);
	return ok ? CMD_DONE : options_fail(spec, CMD_SYSTEM, "%s", why);
}

static bool set_show(void *ctx, const struct options_row *row, const char *value)
{
	struct show *show = ctx;

	if (strcmp(row->name, "json") == 0)
		show->json = true;
	else if (strcmp(row->name, "svg") == 0)
		show->svg = value;
	else
		show->zones = true;
	return true;
}

static int cmd_show(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "json", 0, NULL, "as JSON, which is a machine file, too" },
		{ "zones", 0, NULL, "only the zones and their frames" },
		{ "svg", 0, "FILE", "as a picture, instead of text; - is stdout" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"machine show",
		"FILE",
		"Draws a machine: nodes, CPUs, memory, zones, caches, latencies, distances.\n"
		"FILE is a machine file (docs/machines.md), - reads stdin.",
		rows,
		"  pagesim machine show configs/machines/2s-broadwell.yaml\n"
		"  pagesim machine show --zones configs/machines/vm-fragment.yaml\n"
		"  pagesim machine show --svg naples.svg configs/machines/2s-naples.yaml\n",
		1,
		1,
	};
	struct show show = { 0 };
	struct options_result r = options_parse(&spec, argc, argv, set_show, &show);
	struct sim_machine *m;
	struct conf_error err = { .text = "" };
	int status = CMD_DONE;

	if (r.ended)
		return r.status;
	m = sim_machine_load(r.operands[0], &err);
	if (!m)
		return options_fail(&spec, cmd_conf(&err), "%s", err.text);
	if (show.svg)
		status = write_svg(&spec, m, show.svg);
	else if (show.json)
		status = print_json(&spec, m);
	else if (show.zones)
		machine_show_zones(m, stdout);
	else
		machine_show(m, stdout);
	sim_machine_free(m);
	return status;
}

static bool set_nothing(void *ctx, const struct options_row *row, const char *value)
{
	(void)ctx;
	(void)row;
	(void)value;
	return true;
}

static int cmd_machine_check(int argc, char **argv)
{
	static const struct options_row rows[] = { { 0 } };
	static const struct options_spec spec = {
		"machine check",
		"FILE...",
		"Reads machine files and says what is wrong with them, one line a file. Exit\n"
		"status 0 when nothing is, 2 otherwise.",
		rows,
		"  pagesim machine check configs/machines/*.yaml\n",
		1,
		-1,
	};
	struct options_result r = options_parse(&spec, argc, argv, set_nothing, NULL);
	int status = CMD_DONE;

	if (r.ended)
		return r.status;
	for (int i = 0; i < r.noperands; i++) {
		struct conf_error err = { .text = "" };
		struct sim_machine *m = sim_machine_load(r.operands[i], &err);

		if (!m)
			status = options_fail(&spec, cmd_conf(&err), "%s", err.text);
		else if (!r.quiet)
			printf("%s: ok\n", r.operands[i]);
		sim_machine_free(m);
	}
	return status;
}

int cmd_machine(int argc, char **argv)
{
	static const struct subcommand subcommands[] = {
		{ "show", cmd_show,
		  "draws a machine: nodes, zones, caches, latencies, distances" },
		{ "check", cmd_machine_check, "says what is wrong with machine files" },
		{ "import", cmd_machine_import,
		  "makes one of hwloc's XML, /sys or `numactl -H`" },
		{ NULL, NULL, NULL },
	};

	return subcommand_run(subcommands,
			      "Machine files: the modelled hardware, nodes, CPUs, memory and "
			      "what they cost.",
			      argc, argv);
}
