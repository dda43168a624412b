#include "tools/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/installed.h"
#include "tools/machine_map.h"
#include "tools/scenario_read.h"
#include "tools/scenario_workload.h"

#define DEFAULT_WINDOW (UINT64_C(16) << 20)
#define DEFAULT_INTERVAL_NS 100000000
#define DEFAULT_HOT_MILLI 200
#define DEFAULT_ACCESS_PERIOD_NS 1000000000

/* One option or --set, kept until everything is read: their order does not matter. */
struct setting {
	char *key, *value, *label;
	bool raw;
};

struct scenario_source {
	struct conf_file *file; /* NULL = no scenario file */
	struct conf_file
		*machine; /* the machine's own file, or the trace's machine's settings */
	struct setting *settings;
	size_t nsettings;
};

/* ---- a life ---------------------------------------------------------------------------- */

struct scenario *scenario_new(void)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->source = calloc(1, sizeof(*s->source));
	if (!s->source) {
		free(s);
		return NULL;
	}
	s->window = DEFAULT_WINDOW;
	s->seed = 1;
	s->hot_milli = DEFAULT_HOT_MILLI;
	s->access_period_ns = DEFAULT_ACCESS_PERIOD_NS;
	s->interval_ns = DEFAULT_INTERVAL_NS;
	s->series = SCENARIO_BUDDYINFO | SCENARIO_EXTFRAG;
	s->memory_kind = SIM_MEMORY_REUSE;
	sim_memory_preset(&s->memory);
	return s;
}

static void free_source(struct scenario_source *source)
{
	conf_close(source->file);
	conf_close(source->machine);
	for (size_t i = 0; i < source->nsettings; i++) {
		free(source->settings[i].key);
		free(source->settings[i].value);
		free(source->settings[i].label);
	}
	free(source->settings);
	free(source);
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	free_source(s->source);
	sim_machine_free(s->machine);
	free(s->machine_path);
	free(s->params);
	free(s->costs);
	free(s->trace_path);
	free(s->start_path);
	free(s->save_path);
	free(s->changes);
	free(s->tasks);
	free(s);
}

static bool fail(struct conf_error *err, const char *what)
{
	snprintf(err->text, sizeof(err->text), "%s", what);
	return false;
}

bool scenario_read_file(struct scenario *s, const char *path, struct conf_error *err)
{
	if (s->source->file)
		return fail(err, "one scenario file is enough");
	s->source->file = conf_open(path, err);
	return s->source->file != NULL;
}

bool scenario_take_file(struct scenario *s, struct conf_file *file, struct conf_error *err)
{
	if (s->source->file) {
		conf_close(file);
		return fail(err, "one scenario file is enough");
	}
	s->source->file = file;
	return true;
}

static bool no_memory(struct conf_error *err)
{
	err->machine = true;
	return fail(err, "out of memory");
}

static bool add_setting(struct scenario *s, const char *key, size_t length, const char *value,
			const char *label, bool raw, struct conf_error *err)
{
	struct scenario_source *source = s->source;
	struct setting *settings =
		realloc(source->settings, (source->nsettings + 1) * sizeof(*settings));
	struct setting *new;

	if (!settings)
		return no_memory(err);
	source->settings = settings;
	new = &settings[source->nsettings++];
	new->key = strndup(key, length);
	new->value = strdup(value);
	new->label = strdup(label);
	new->raw = raw;
	return (new->key &&new->value &&new->label) || no_memory(err);
}

bool scenario_option(struct scenario *s, const char *key, const char *value, const char *option,
		     struct conf_error *err)
{
	return add_setting(s, key, strlen(key), value, option, true, err);
}

/* As its own option takes it: files that are installed with the program are found. NULL: the
 * value as it stands. */
static char *installed_value(const char *assignment, size_t length)
{
	static const struct {
		const char *key, *folder;
	} files[] = { { "machine", "machines" }, { "trace", NULL }, { "start", NULL } };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (strlen(files[i].key) == length &&
		    strncmp(assignment, files[i].key, length) == 0)
			return installed_find(assignment + length + 1, files[i].folder);
	return NULL;
}

bool scenario_set(struct scenario *s, const char *assignment, struct conf_error *err)
{
	size_t length = strcspn(assignment, "=");
	char label[300], *found;
	bool ok;

	snprintf(label, sizeof(label), "--set %s", assignment);
	if (!length || !assignment[length]) {
		snprintf(err->text, sizeof(err->text), "%s: it should be key=value", label);
		return false;
	}
	found = installed_value(assignment, length);
	ok = add_setting(s, assignment, length, found ? found : assignment + length + 1, label,
			 found != NULL, err);
	free(found);
	return ok;
}

bool scenario_put(struct scenario *s, const char *key, const char *value, bool raw,
		  const char *label, struct conf_error *err)
{
	return add_setting(s, key, strlen(key), value, label, raw, err);
}

/* ---- machine --------------------------------------------------------------------------- */

static const char machine_prefix[] = "machine.";

static bool is_machine_setting(const struct setting *t)
{
	return strncmp(t->key, machine_prefix, strlen(machine_prefix)) == 0;
}

/* Settings go to the scenario's own tree, or with `machine` to that of the machine's file. */
static bool apply(const struct scenario_source *source, bool machine, struct conf_file *to,
		  struct conf_error *err)
{
	for (size_t i = 0; i < source->nsettings; i++) {
		const struct setting *t = &source->settings[i];
		const char *key = t->key + (machine ? strlen(machine_prefix) : 0);

		if (machine == is_machine_setting(t) &&
		    !conf_set(to, key, t->value, t->raw, t->label, err))
			return false;
	}
	return true;
}

static struct conf_file *empty_map(struct conf_error *err)
{
	return conf_parse("{}", 2, "settings", err);
}

static bool has_machine_settings(const struct scenario_source *source)
{
	for (size_t i = 0; i < source->nsettings; i++)
		if (is_machine_setting(&source->settings[i]))
			return true;
	return false;
}

/*
 * The map that describes the machine: in a file of its own, or in the scenario. Without one
 * (or with a map that has no nodes) it amends the machine of the trace.
 */
static bool find_machine(struct scenario *s, struct conf_node map, struct conf_node *machine,
			 struct conf_error *err)
{
	struct conf_node n = conf_get(map, "machine");

	*machine = n;
	if (conf_text(n)) {
		if (!scenario_read_path(n, "machine", &s->machine_path, err))
			return false;
		s->source->machine = scenario_read_open(n, s->machine_path, err);
	} else if (!n.yaml && has_machine_settings(s->source)) {
		s->source->machine = empty_map(err);
	} else {
		return true;
	}
	if (!s->source->machine || !apply(s->source, true, s->source->machine, err))
		return false;
	*machine = conf_root(s->source->machine);
	return true;
}

static bool read_machine(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	struct conf_node machine;

	if (!find_machine(s, map, &machine, err))
		return false;
	if (!machine.yaml)
		return true;
	if (s->machine_path || conf_get(machine, "nodes").yaml) {
		s->machine = sim_machine_read(machine, err);
		return s->machine != NULL;
	}
	return true;
}

bool scenario_machine(struct scenario *s, const struct trace_header *header,
		      struct conf_error *err)
{
	struct conf_node amend = { 0 };
	struct sim_machine *m;

	if (s->machine)
		return true;
	if (s->source->machine)
		amend = conf_root(s->source->machine);
	else if (s->source->file)
		amend = conf_get(conf_root(s->source->file), "machine");
	m = machine_map_from_header(header, err);
	if (!m)
		return false;
	if (amend.yaml && !sim_machine_amend(m, amend, err)) {
		sim_machine_free(m);
		return false;
	}
	s->machine = m;
	return true;
}

bool scenario_gives(const struct scenario *s, const char *map, const char *key)
{
	struct conf_node at = conf_get(conf_root(s->source->file), map);

	return at.yaml && conf_get(at, key).yaml;
}

/* ---- the whole ------------------------------------------------------------------------- */

/* machine.* settings of an inline machine go into the scenario's own tree. */
static bool apply_all(struct scenario *s, struct conf_error *err)
{
	struct scenario_source *source = s->source;
	struct conf_node machine;

	if (!source->file)
		source->file = empty_map(err);
	if (!source->file || !apply(source, false, source->file, err))
		return false;
	machine = conf_get(conf_root(source->file), "machine");
	if (!conf_is_map(machine))
		return true;
	for (size_t i = 0; i < source->nsettings; i++) {
		const struct setting *t = &source->settings[i];

		if (is_machine_setting(t) &&
		    !conf_set(source->file, t->key, t->value, t->raw, t->label, err))
			return false;
	}
	return true;
}

bool scenario_finish(struct scenario *s, struct conf_error *err)
{
	struct conf_node map;

	if (!apply_all(s, err))
		return false;
	map = conf_root(s->source->file);
	return scenario_read_map(s, map, err) && read_machine(s, map, err) &&
	       scenario_workload_read(s, map, err);
}
