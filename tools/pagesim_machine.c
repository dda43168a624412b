#include <stdlib.h>
#include <string.h>

#include "tools/machine_json.h"
#include "tools/pagesim_core.h"

struct pagesim_machine {
	struct sim_machine *machine;
	char *text; /* JSON, which is YAML */
	struct pagesim_machine_facts facts;
};

static void note_facts(struct pagesim_machine *m)
{
	const struct sim_machine *from = m->machine;

	m->facts = (struct pagesim_machine_facts){ .name = from->name ? from->name : "",
						   .cpus = from->cpus,
						   .nodes = from->nodes,
						   .clock_mhz = from->clock_mhz };
	for (unsigned i = 0; i < from->nzones; i++)
		m->facts.pages += sim_machine_zone_frames(from, i).present;
}

/* Takes over the machine; NULL is a failure whose sentence is in `conf`. */
static struct pagesim_machine *make(struct sim_machine *machine, const struct conf_error *conf,
				    struct pagesim_error *err)
{
	struct pagesim_machine *m = calloc(1, sizeof(*m));
	json_t *json = machine ? machine_json(machine) : NULL;

	if (m && json) {
		m->machine = machine;
		m->text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
		note_facts(m);
	} else {
		sim_machine_free(machine);
	}
	json_decref(json);
	if (m && m->text)
		return m;
	pagesim_machine_free(m);
	if (machine || !m)
		pagesim_no_memory(err);
	else
		pagesim_fail(err, conf->machine ? PAGESIM_SYSTEM : PAGESIM_USAGE, "%s",
			     conf->text);
	return NULL;
}

struct pagesim_machine *pagesim_machine_open(const char *path, struct pagesim_error *err)
{
	char *found = pagesim_path(path, "machines", err);
	struct conf_error conf = { .text = "" };
	struct sim_machine *machine;

	if (!found)
		return NULL;
	machine = sim_machine_load(found, &conf);
	free(found);
	return make(machine, &conf, err);
}

struct pagesim_machine *pagesim_machine_parse(const char *yaml, const char *name,
					      struct pagesim_error *err)
{
	struct conf_error conf = { .text = "" };
	struct conf_file *file = conf_parse(yaml, strlen(yaml), name, &conf);
	struct sim_machine *machine = file ? sim_machine_read(conf_root(file), &conf) : NULL;

	conf_close(file);
	return make(machine, &conf, err);
}

void pagesim_machine_free(struct pagesim_machine *machine)
{
	if (!machine)
		return;
	sim_machine_free(machine->machine);
	free(machine->text);
	free(machine);
}

const struct pagesim_machine_facts *pagesim_machine_facts(const struct pagesim_machine *machine)
{
	return &machine->facts;
}

const char *pagesim_machine_text(const struct pagesim_machine *machine)
{
	return machine->text;
}
