#include "tools/scenario_params.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_PARAMS 128
#define PAGE_BYTES 4096

/* ---- one value ------------------------------------------------------------------------- */

static const struct {
	const char *unit;
	uint64_t bytes, ns; /* one of them */
} units[] = {
	{ "KiB", 1024, 0 },   { "MiB", 1 << 20, 0 },  { "pages", PAGE_BYTES, 0 },
	{ "bytes", 1, 0 },    { "ns", 0, 1 },         { "us", 0, 1000 },
	{ "ms", 0, 1000000 }, { "s", 0, 1000000000 },
};

bool scenario_params_unit(const char *unit, uint64_t *bytes, uint64_t *ns)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		*bytes = units[i].bytes;
		*ns = units[i].ns;
		return true;
	}
	return false;
}

/* A size or time in whole units; false with the reason. */
static bool in_units(uint64_t amount, uint64_t unit, const char *name, uint64_t *out, char *why,
		     size_t size)
{
	if (amount % unit) {
		snprintf(why, size, "that is not a whole number of %s", name);
		return false;
	}
	*out = amount / unit;
	return true;
}

static bool parse_with_unit(const char *text, const char *unit, uint64_t *out, char *why,
			    size_t size)
{
	const char *trouble;
	uint64_t amount;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		if (units[i].bytes ? conf_parse_size(text, 1, &amount, &trouble)
				   : conf_parse_ns(text, &amount, &trouble))
			return in_units(amount, units[i].bytes + units[i].ns, unit, out, why,
					size);
		snprintf(why, size, "%s", trouble);
		return false;
	}
	snprintf(why, size, "it should be a whole number%s%s", *unit ? " of " : "", unit);
	return false;
}

static bool parse_choice(const char *text, const char *choices, uint64_t *out, char *why,
			 size_t size)
{
	const char *at = choices;

	for (uint64_t i = 0; at; i++) {
		size_t length = strcspn(at, "|");

		if (strlen(text) == length && strncmp(text, at, length) == 0) {
			*out = i;
			return true;
		}
		at = at[length] ? at + length + 1 : NULL;
	}
	snprintf(why, size, "it should be one of %s", choices);
	return false;
}

static bool parse_value(const struct mm_param *row, const char *text, uint64_t *out, char *why,
			size_t size)
{
	if (row->choices)
		return parse_choice(text, row->choices, out, why, size);
	if (conf_parse_u64(text, out))
		return true;
	return parse_with_unit(text, row->unit, out, why, size);
}

static bool read_word(const struct mm_param *row, const char *text, uint64_t *out, char *why,
		      size_t size)
{
	char reason[160];

	if (parse_value(row, text, out, reason, sizeof(reason)))
		return true;
	snprintf(why, size, "'%s' is \"%.60s\": %s", row->name, text, reason);
	return false;
}

/* ---- one parameter --------------------------------------------------------------------- */

/* "256 256 32" or "256,256,32": the numbers as /proc/sys prints them. */
static bool split(const struct mm_param *row, const char *text, uint64_t *values,
		  unsigned *count, char *why, size_t size)
{
	const char *separators = " \t,";

	*count = 0;
	for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
		size_t length = strcspn(text, separators);
		char word[64];

		if (*count == MM_PARAM_VALUES || length >= sizeof(word)) {
			snprintf(why, size, "'%s' takes %u values", row->name, row->count);
			return false;
		}
		memcpy(word, text, length);
		word[length] = '\0';
		if (!read_word(row, word, &values[*count], why, size))
			return false;
		++*count;
		text += length;
	}
	return true;
}

bool scenario_params_parse(const struct mm_param *row, const char *text,
			   uint64_t values[MM_PARAM_VALUES], unsigned *count, char *why,
			   size_t size)
{
	if (row->count > 1)
		return split(row, text, values, count, why, size);
	*count = 1;
	return read_word(row, text, values, why, size);
}

static bool read_list(struct conf_node list, const struct mm_param *row, uint64_t *values,
		      unsigned *count, struct conf_error *err)
{
	if (conf_count(list) != row->count)
		return conf_fail(list, err, "'%s' takes %u value%s, not %zu", row->name,
				 row->count, row->count == 1 ? "" : "s", conf_count(list));
	for (*count = 0; *count < row->count; ++*count) {
		struct conf_node item = conf_item(list, *count);
		const char *text = conf_text(item);
		char why[256];

		if (!text)
			return conf_fail(item, err, "'%s' should be numbers", row->name);
		if (!read_word(row, text, &values[*count], why, sizeof(why)))
			return conf_fail(item, err, "%s", why);
	}
	return true;
}

bool scenario_params_values(struct conf_node at, const struct mm_param *row,
			    uint64_t values[MM_PARAM_VALUES], unsigned *count,
			    struct conf_error *err)
{
	const char *text = conf_text(at);
	char why[256];

	if (conf_is_list(at))
		return read_list(at, row, values, count, err);
	if (!text)
		return conf_fail(at, err, "'%s' should be a value, not a map", row->name);
	return scenario_params_parse(row, text, values, count, why, sizeof(why)) ||
	       conf_fail(at, err, "%s", why);
}

static bool is_default(struct conf_node at)
{
	const char *text = conf_text(at);

	return text && strcmp(text, "default") == 0;
}

static bool is_preset(const struct mm_param *row, const uint64_t *values)
{
	return memcmp(values, row->preset, row->count * sizeof(*values)) == 0;
}

bool scenario_params_read_one(struct conf_node at, const struct mm_param *row, void *base,
			      struct conf_error *err)
{
	uint64_t values[MM_PARAM_VALUES] = { 0 };
	unsigned count = 0;
	char text[256];

	if (is_default(at)) {
		memcpy((char *)base + row->offset, row->preset, row->count * sizeof(*values));
		return true;
	}
	if (!scenario_params_values(at, row, values, &count, err))
		return false;
	/* A preset may stand outside the bounds, as a mark for "computed at boot". */
	if (count == row->count && is_preset(row, values)) {
		memcpy((char *)base + row->offset, values, count * sizeof(*values));
		return true;
	}
	return mm_params_set(row, base, values, count, text, sizeof(text)) ||
	       conf_fail(at, err, "%s", text);
}

bool scenario_params_read(struct conf_node map, const struct mm_param *table, void *base,
			  struct conf_error *err)
{
	const char *names[MAX_PARAMS + 1];
	size_t n = 0;

	if (!map.yaml)
		return true;
	for (const struct mm_param *row = table; row->name && n < MAX_PARAMS; row++)
		names[n++] = row->name;
	names[n] = NULL;
	if (!conf_only_keys(map, names, err))
		return false;
	for (size_t i = 0; i < conf_count(map); i++) {
		const char *name = conf_key(map, i);

		if (!scenario_params_read_one(conf_get(map, name), mm_params_find(table, name),
					      base, err))
			return false;
	}
	return true;
}

/* ---- printing -------------------------------------------------------------------------- */

static json_t *value_json(const struct mm_param *row, uint64_t value)
{
	const char *at = row->choices;

	if (!at)
		return json_integer((json_int_t)value);
	while (value-- && at[strcspn(at, "|")])
		at += strcspn(at, "|") + 1;
	return json_stringn(at, strcspn(at, "|"));
}

json_t *scenario_params_values_json(const struct mm_param *row, const uint64_t *values,
				    unsigned count)
{
	json_t *list;

	if (count == 1)
		return value_json(row, values[0]);
	list = json_array();
	for (unsigned i = 0; list && i < count; i++)
		if (json_array_append_new(list, value_json(row, values[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *param_json(const struct mm_param *row, const uint64_t *values)
{
	if (row->preset_text && is_preset(row, values))
		return json_string("default");
	return scenario_params_values_json(row, values, row->count);
}

json_t *scenario_params_json(const struct mm_param *table, const void *base)
{
	json_t *map = json_object();

	for (; map && table->name; table++) {
		const void *values = (const char *)base + table->offset;

		if (json_object_set_new(map, table->name, param_json(table, values)) != 0) {
			json_decref(map);
			return NULL;
		}
	}
	return map;
}

void scenario_params_preset(const struct mm_param *row, char *text, size_t size)
{
	size_t used = 0;

	if (row->preset_text) {
		snprintf(text, size, "%s", row->preset_text);
		return;
	}
	*text = '\0';
	for (unsigned i = 0; i < row->count && used < size; i++) {
		json_t *v = value_json(row, row->preset[i]);

		used += (size_t)(row->choices ? snprintf(text + used, size - used, "%s%s",
							 i ? " " : "", json_string_value(v))
					      : snprintf(text + used, size - used, "%s%" PRIu64,
							 i ? " " : "", row->preset[i]));
		json_decref(v);
	}
}
