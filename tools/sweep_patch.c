#include "tools/sweep_patch.h"

/* The part of the patch for one member of both; NULL = they are equal. */
static json_t *difference(const json_t *from, const json_t *to)
{
	json_t *patch;

	if (from && json_equal(from, to))
		return NULL;
	if (!json_is_object(from) || !json_is_object(to))
		return json_deep_copy(to);
	patch = sweep_patch_make(from, to);
	return patch;
}

json_t *sweep_patch_make(const json_t *from, const json_t *to)
{
	json_t *patch = json_object(), *value, *part;
	const char *key;

	json_object_foreach((json_t *)from, key, value) if (!json_object_get(to, key))
		json_object_set_new(patch, key, json_null());
	json_object_foreach((json_t *)to, key, value)
	{
		part = difference(json_object_get(from, key), value);
		if (part)
			json_object_set_new(patch, key, part);
	}
	return patch;
}

json_t *sweep_patch_apply(const json_t *from, const json_t *patch)
{
	json_t *made = json_is_object(from) ? json_deep_copy(from) : json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)patch, key, value)
	{
		if (json_is_null(value))
			json_object_del(made, key);
		else if (json_is_object(value))
			json_object_set_new(
				made, key,
				sweep_patch_apply(json_object_get(made, key), value));
		else
			json_object_set(made, key, value);
	}
	return made;
}
