#include "tools/scenario_changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/scenario_params.h"

#define MAX_NAMES 128
#define LATEST_NS (UINT64_C(365) * 24 * 3600 * 1000000000)
#define MAX_PFN ((UINT64_C(1) << 52) - 1)
#define PREFIX "vm."

/* ---- reading --------------------------------------------------------------------------- */

/* Every parameter, so that one that cannot be changed is told from one that is not known; and
 * what can be written without being one. */
static bool known_keys(const struct scenario *s, struct conf_node set, struct conf_error *err)
{
	char text[MAX_NAMES][48];
	const char *names[MAX_NAMES + 1];
	size_t n = 0;

	for (const struct mm_param *row = s->policy->params; row->name && n < MAX_NAMES; row++)
		snprintf(text[n++], sizeof(text[0]), PREFIX "%s", row->name);
	for (const char *const *name = s->policy->sysctls; name && *name && n < MAX_NAMES;
	     name++)
		if (!mm_params_find(s->policy->params, *name))
			snprintf(text[n++], sizeof(text[0]), PREFIX "%s", *name);
	for (size_t i = 0; i < n; i++)
		names[i] = text[i];
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
	struct mm_param made;
	const struct mm_param *row =
		mm_policy_sysctl_row(s->policy, key + strlen(PREFIX), &made);
	struct change *c = append(s);
	char text[256];

	if (!c)
		return conf_no_memory(value, err);
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

static bool read_writes(struct scenario *s, struct conf_node set, uint64_t at_ns,
			struct conf_error *err)
{
	if (!conf_is_map(set) || conf_count(set) == 0)
		return conf_fail(set, err,
				 "'set' should be a map of kernel parameters, such as "
				 "{vm.NAME: VALUE}");
	if (!known_keys(s, set, err))
		return false;
	for (size_t i = 0; i < conf_count(set); i++)
		if (!read_write(s, set, i, at_ns, err))
			return false;
	return true;
}

/* Whether the machine has a way to isolate is known when the kernel boots. */
static bool read_range(struct scenario *s, struct conf_node change, const char *key,
		       uint64_t at_ns, struct conf_error *err)
{
	static const char *const keys[] = { "pfn", "pageblocks", NULL };
	struct conf_node range = conf_get(change, key);
	struct change *c;
	uint64_t pfn, pageblocks;

	if (!range.yaml)
		return true;
	if (!s->policy->isolate)
		return conf_fail(range, err, "Linux %s cannot isolate memory", s->policy->name);
	if (!conf_only_keys(range, keys, err) ||
	    !conf_u64(range, "pfn", 0, MAX_PFN, &pfn, err) ||
	    !conf_u64(range, "pageblocks", 1, TRACE_MOST_PAGEBLOCKS, &pageblocks, err))
		return false;
	if (pfn % TRACE_PAGEBLOCK)
		return conf_fail(conf_get(range, "pfn"), err,
				 "'pfn' is not a multiple of %d, a pageblock", TRACE_PAGEBLOCK);
	c = append(s);
	if (!c)
		return conf_no_memory(range, err);
	c->at_ns = at_ns;
	c->what = strcmp(key, "isolate") == 0 ? CHANGE_ISOLATE : CHANGE_UNISOLATE;
	c->values[0] = pfn;
	c->values[1] = pageblocks;
	c->count = 2;
	return true;
}

static bool read_change(struct scenario *s, struct conf_node item, struct conf_error *err)
{
	static const char *const keys[] = { "at", "set", "isolate", "unisolate", NULL };
	size_t before = s->nchanges;
	struct conf_node set;
	uint64_t at_ns;

	if (!conf_only_keys(item, keys, err) || !conf_ns(item, "at", 0, LATEST_NS, &at_ns, err))
		return false;
	if (s->nchanges && at_ns < s->changes[s->nchanges - 1].at_ns)
		return conf_fail(conf_get(item, "at"), err,
				 "'at' is before that of the change above");
	set = conf_get(item, "set");
	if ((set.yaml && !read_writes(s, set, at_ns, err)) ||
	    !read_range(s, item, "isolate", at_ns, err) ||
	    !read_range(s, item, "unisolate", at_ns, err))
		return false;
	return s->nchanges > before ||
	       conf_fail(item, err, "one of 'set', 'isolate', 'unisolate' should stand here");
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

static json_t *change_json(const struct scenario *s, const struct change *c)
{
	struct mm_param made;
	json_t *map;
	char key[64];

	if (c->what != CHANGE_SYSCTL)
		return json_pack("{sI sI}", "pfn", (json_int_t)c->values[0], "pageblocks",
				 (json_int_t)c->values[1]);
	map = json_object();
	snprintf(key, sizeof(key), PREFIX "%s", c->name);
	json_object_set_new(map, key,
			    values_json(mm_policy_sysctl_row(s->policy, c->name, &made), c));
	return map;
}

json_t *scenario_changes_json(const struct scenario *s)
{
	static const char *const keys[] = {
		[CHANGE_SYSCTL] = "set",
		[CHANGE_ISOLATE] = "isolate",
		[CHANGE_UNISOLATE] = "unisolate",
	};
	json_t *list = json_array();

	for (size_t i = 0; list && i < s->nchanges; i++) {
		const struct change *c = &s->changes[i];
		char at[32];

		snprintf(at, sizeof(at), "%" PRIu64 "ns", c->at_ns);
		json_array_append_new(
			list, json_pack("{ss so}", "at", at, keys[c->what], change_json(s, c)));
	}
	return list;
}
