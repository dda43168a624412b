#include <stdlib.h>
#include <string.h>

#include "tools/pagesim_core.h"

struct pagesim_run {
	struct scenario *scenario; /* collects, and is never finished here */
	char *out;
	pagesim_progress *progress;
	void *context;
};

struct pagesim_run *pagesim_run_new(struct pagesim_error *err)
{
	struct pagesim_run *run = calloc(1, sizeof(*run));

	if (run)
		run->scenario = scenario_new();
	if (run && run->scenario)
		return run;
	free(run);
	pagesim_no_memory(err);
	return NULL;
}

void pagesim_run_free(struct pagesim_run *run)
{
	if (!run)
		return;
	scenario_free(run->scenario);
	free(run->out);
	free(run);
}

/* ---- what it is to do ------------------------------------------------------------------ */

static bool told(bool ok, const struct conf_error *conf, struct pagesim_error *err)
{
	return ok || pagesim_fail(err, conf->machine ? PAGESIM_SYSTEM : PAGESIM_USAGE, "%s",
				  conf->text);
}

bool pagesim_run_scenario(struct pagesim_run *run, const char *path, struct pagesim_error *err)
{
	char *found = pagesim_path(path, "scenarios", err);
	struct conf_error conf = { .text = "" };
	bool ok = found && told(scenario_read_file(run->scenario, found, &conf), &conf, err);

	free(found);
	return ok;
}

bool pagesim_run_scenario_text(struct pagesim_run *run, const char *yaml, const char *name,
			       struct pagesim_error *err)
{
	struct conf_error conf = { .text = "" };
	struct conf_file *file = conf_parse(yaml, strlen(yaml), name, &conf);

	return told(file && scenario_take_file(run->scenario, file, &conf), &conf, err);
}

bool pagesim_run_trace(struct pagesim_run *run, const char *path, struct pagesim_error *err)
{
	char *found = pagesim_path(path, NULL, err);
	struct conf_error conf = { .text = "" };
	bool ok = found && told(scenario_option(run->scenario, "trace", found, "trace", &conf),
				&conf, err);

	free(found);
	return ok;
}

bool pagesim_run_machine(struct pagesim_run *run, const struct pagesim_machine *machine,
			 struct pagesim_error *err)
{
	struct conf_error conf = { .text = "" };

	return told(scenario_put(run->scenario, "machine", pagesim_machine_text(machine), false,
				 pagesim_machine_facts(machine)->name, &conf),
		    &conf, err);
}

bool pagesim_run_set(struct pagesim_run *run, const char *assignment, struct pagesim_error *err)
{
	struct conf_error conf = { .text = "" };

	return told(scenario_set(run->scenario, assignment, &conf), &conf, err);
}

bool pagesim_run_out(struct pagesim_run *run, const char *folder, struct pagesim_error *err)
{
	char *copy = folder ? strdup(folder) : NULL;

	if (folder && !copy)
		return pagesim_no_memory(err);
	free(run->out);
	run->out = copy;
	return true;
}

void pagesim_run_progress(struct pagesim_run *run, pagesim_progress *progress, void *context)
{
	run->progress = progress;
	run->context = context;
}

/* ---- doing it -------------------------------------------------------------------------- */

struct pagesim_result *pagesim_run_go(struct pagesim_run *run, struct pagesim_error *err)
{
	const struct pagesim_child child = {
		.scenario = run->scenario,
		.out = run->out,
		.progress = run->progress,
		.context = run->context,
	};
	struct pagesim_texts texts;

	return pagesim_child_run(&child, &texts, err) ? pagesim_result_make(&texts, err) : NULL;
}
