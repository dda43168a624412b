#include "tools/scenario_changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/scenario_params.h"

#define MAX_NAMES 64
#define LATEST_NS (UINT64_C(365) * 24 * 3600 * 1000000000)
#define PREFIX "vm."

/* ---- reading --------------------------------------------------------------------------- */

/* Every parameter, so that one that cannot be changed is told from one that is not known. */
static bool known_keys(const struct scenario *s, struct conf_node set, struct conf_error *err)
{
	char text[MAX_NAMES][48];
	const char *names[MAX_NAMES + 1];
	size_t n = 0;

	for (const struct mm_param *row = s->policy->params; row->name && n < MAX_NAMES;
	     row++) {
		snprintf(text[n], sizeof(text[n]), PREFIX "%s", row->name);
		names[n] = text[n];
		n++;
	}
	names[n] = NULL;
	return conf_only_keys(set, names, err);
}

static struct change *append(struct scenario *s)
{
	struct change *changes = realloc(s->changes, (s->nchanges + 1) * sizeof(*changes));

	if (!changes)
		return NULL;
	s->changes = changes;
	changes[s->nchanges] = (struct change){ 0 };
	return &changes[s->nchanges++];
}

static bool read_write(struct scenario *s, struct conf_node set, size_t i, uint64_t at_ns,
		       struct conf_error *err)
{
	const char *key = conf_key(set, i);
	struct conf_node value = conf_get(set, key);
	const struct mm_param *row = mm_params_find(s->policy->params, key + strlen(PREFIX));
	struct change *c = append(s);
	char text[256];

	if (!c)
		return conf_fail(value, err, "out of memory");
	c->at_ns = at_ns;
	c->name = row->name;
	if (!mm_policy_has_sysctl(s->policy, row->name))
		return conf_fail(conf_key_node(set, i), err,
				 "'%s' cannot be changed while the kernel runs", key);
	if (!scenario_params_values(value, row, c->values, &c->count, err))
		return false;
	return s->policy->sysctl(NULL, NULL, row->name, c->values, c->count, text,
				 sizeof(text)) ||
	       conf_fail(value, err, "%s", text);
}

static bool read_change(struct scenario *s, struct conf_node item, struct conf_error *err)
{
	static const char *const keys[] = { "at", "set", NULL };
	struct conf_node set;
	uint64_t at_ns;

	if (!conf_only_keys(item, keys, err) || !conf_ns(item, "at", 0, LATEST_NS, &at_ns, err))
		return false;
	if (s->nchanges && at_ns < s->changes[s->nchanges - 1].at_ns)
		return conf_fail(conf_get(item, "at"), err,
				 "'at' is before that of the change above");
	set = conf_get(item, "set");
	if (!set.yaml || !conf_is_map(set) || conf_count(set) == 0)
		return conf_fail(set.yaml ? set : item, err,
				 "'set' should be a map of kernel parameters, such as "
				 "{vm.NAME: VALUE}");
	if (!known_keys(s, set, err))
		return false;
	for (size_t i = 0; i < conf_count(set); i++)
		if (!read_write(s, set, i, at_ns, err))
			return false;
	return true;
}

bool scenario_changes_read(struct scenario *s, struct conf_node list, struct conf_error *err)
{
	if (!list.yaml)
		return true;
	if (!conf_is_list(list))
		return conf_fail(list, err,
				 "'changes' should be a list of {at: TIME, set: {...}}");
	for (size_t i = 0; i < conf_count(list); i++)
		if (!read_change(s, conf_item(list, i), err))
			return false;
	return true;
}

/* ---- printing -------------------------------------------------------------------------- */

/* Fewer numbers than the parameter has can only be written as a text. */
static json_t *values_json(const struct mm_param *row, const struct change *c)
{
	char text[24 * MM_PARAM_VALUES] = "";
	size_t used = 0;

	if (c->count == row->count)
		return scenario_params_values_json(row, c->values, c->count);
	for (unsigned i = 0; i < c->count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%" PRIu64,
					 i ? " " : "", c->values[i]);
	return json_string(text);
}

json_t *scenario_changes_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < s->nchanges; i++) {
		const struct change *c = &s->changes[i];
		json_t *set = json_object();
		char key[64], at[32];

		snprintf(key, sizeof(key), PREFIX "%s", c->name);
		snprintf(at, sizeof(at), "%" PRIu64 "ns", c->at_ns);
		json_object_set_new(set, key,
				    values_json(mm_params_find(s->policy->params, c->name), c));
		json_array_append_new(list, json_pack("{ss so}", "at", at, "set", set));
	}
	return list;
}
