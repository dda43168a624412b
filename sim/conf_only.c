/* Maps with known keys. */
#include <stdio.h>
#include <string.h>

#include "sim/conf.h"

static bool known(const char *key, const char *const *keys)
{
	for (; *keys; keys++)
		if (strcmp(key, *keys) == 0)
			return true;
	return false;
}

static bool unknown_key(struct conf_node at, const char *key, const char *const *keys,
			struct conf_error *err)
{
	const char *near = conf_nearest(key, keys);
	char all[256] = "";

	if (near)
		return conf_fail(at, err, "unknown key '%.60s', did you mean '%s'?", key, near);
	for (; *keys; keys++) {
		size_t n = strlen(all);

		snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "", *keys);
	}
	return conf_fail(at, err, "unknown key '%.60s', known are: %s", key, all);
}

bool conf_only_keys(struct conf_node map, const char *const *keys, struct conf_error *err)
{
	const char *text = conf_text(map);

	/* A key whose lines are all commented out has an empty text. */
	if (text && !*text)
		return true;
	if (!conf_is_map(map))
		return conf_fail(map, err, "a map (key: value) should stand here");
	for (size_t i = 0; i < conf_count(map); i++) {
		struct conf_node at = conf_key_node(map, i);
		const char *key = conf_text(at);

		if (!key)
			return conf_fail(at, err, "a key should be a word");
		if (!known(key, keys))
			return unknown_key(at, key, keys, err);
		/* Known keys are few, so a map without doubles so far is short. */
		for (size_t j = 0; j < i; j++)
			if (strcmp(key, conf_key(map, j)) == 0)
				return conf_fail(at, err, "'%s' is here a second time", key);
	}
	return true;
}
