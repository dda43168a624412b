/* pagesim machine import: a machine file of what others tell of a machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import.h"
#include "tools/cmd_machine.h"
#include "tools/whole_file.h"

enum from { FROM_NOTHING, FROM_HWLOC, FROM_NUMACTL, FROM_SYS };

struct request {
	enum from from;
	bool twice; /* two kinds of source */
	const char *output, *name;
};

static void set_from(struct request *q, enum from from)
{
	q->twice |= q->from != FROM_NOTHING && q->from != from;
	q->from = from;
}

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "output") == 0)
		q->output = value;
	else if (strcmp(row->name, "name") == 0)
		q->name = value;
	else if (strcmp(row->name, "numactl") == 0)
		set_from(q, FROM_NUMACTL);
	else if (strcmp(row->name, "sys") == 0)
		set_from(q, FROM_SYS);
	else
		set_from(q, FROM_HWLOC);
	return true;
}

static char *import(const struct request *q, const char *what,
		    struct sim_machine_import_error *err)
{
	switch (q->from) {
	case FROM_NUMACTL:
		return sim_machine_import_numactl(what, q->name, err);
	case FROM_SYS:
		return sim_machine_import_sys(what ? what : "", q->name, err);
	case FROM_NOTHING:
	case FROM_HWLOC:
		break;
	}
	return sim_machine_import_hwloc(what, q->name, err);
}

int cmd_machine_import(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "hwloc", 0, NULL,
		  "SOURCE is hwloc's XML, as `lstopo topo.xml` writes it (the default)" },
		{ "sys", 0, NULL,
		  "SOURCE is a folder with copies of /sys and /proc; without one it is\n"
		  "the running machine (holes in memory need root)" },
		{ "numactl", 0, NULL, "SOURCE is what `numactl -H` printed" },
		{ "name", 0, "NAME", "what the machine is called" },
		{ "output", 'o', "FILE", "where to write, stdout unless given" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"machine import",
		"[SOURCE]",
		"Makes a machine file of what others tell of a machine. A comment behind each\n"
		"figure says where it comes from; what nobody tells is generic and marked G\n"
		"(docs/machines.md). SOURCE - is stdin.",
		rows,
		"  # this machine, then a look at it\n"
		"  pagesim machine import --sys -o here.yaml && pagesim machine show "
		"here.yaml\n"
		"  # another one, by what it says of itself\n"
		"  ssh server numactl -H | pagesim machine import --numactl - -o server.yaml\n"
		"  lstopo --no-io topo.xml && pagesim machine import topo.xml -o mine.yaml\n"
		"  # a made-up one, in hwloc's words\n"
		"  lstopo -i 'node:4(memory=16GiB) l3:1 core:8 pu:1' --of xml - |\n"
		"      pagesim machine import -\n",
		0,
		1,
	};
	struct request q = { 0 };
	struct options_result r = options_parse(&spec, argc, argv, set, &q);
	const char *what = r.noperands ? r.operands[0] : NULL;
	struct sim_machine_import_error err;
	char why[512], *text;
	bool ok;

	if (r.ended)
		return r.status;
	if (q.twice)
		return options_fail(&spec, CMD_USAGE, "one of --hwloc, --sys and --numactl");
	if (!what && q.from != FROM_SYS)
		return options_fail(&spec, CMD_USAGE,
				    "SOURCE is missing (see 'pagesim machine import --help')");
	text = import(&q, what, &err);
	if (!text)
		return options_fail(&spec, err.system ? CMD_SYSTEM : CMD_BAD_DATA, "%s",
				    err.text);
	ok = whole_file_write(q.output ? q.output : "-", text, why, sizeof(why));
	free(text);
	return ok ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "%s", why);
}
