#include "traces/trace_json.h"

#include <stdlib.h>
#include <string.h>

#define MAX_BYTES ((size_t)16 << 20)

json_t *trace_json_parse(const struct trace_bytes *frame, struct trace_error *err)
{
	json_error_t why;
	json_t *object;

	/* A number takes two bytes of text and forty of memory. */
	if (frame->len > MAX_BYTES) {
		trace_error_data(err, "a JSON frame of %zu MiB, at most %zu can be read",
				 frame->len >> 20, MAX_BYTES >> 20);
		return NULL;
	}
	object =
		json_loadb((const char *)frame->data, frame->len, JSON_REJECT_DUPLICATES, &why);
	if (!object) {
		trace_error_data(err, "expected JSON: %s (byte %d of the frame)", why.text,
				 why.position);
		return NULL;
	}
	if (json_is_object(object))
		return object;
	json_decref(object);
	trace_error_data(err, "expected a JSON object");
	return NULL;
}

bool trace_json_is(const json_t *object, const char *word)
{
	const char *text = json_string_value(json_object_get(object, "pgt"));

	return text && !strcmp(text, word);
}

static bool number(const json_t *value, const char *key, uint64_t max, uint64_t *out,
		   struct trace_error *err)
{
	json_int_t v = json_integer_value(value);

	if (!json_is_integer(value) || v < 0 || (uint64_t)v > max)
		return trace_error_data(err, "\"%s\": expected a whole number of 0 to %llu",
					key, (unsigned long long)max);
	*out = (uint64_t)v;
	return true;
}

bool trace_json_u64(const json_t *object, const char *key, uint64_t max, uint64_t *out,
		    struct trace_error *err)
{
	const json_t *value = json_object_get(object, key);

	return value ? number(value, key, max, out, err)
		     : trace_error_data(err, "\"%s\" is missing", key);
}

bool trace_json_u64_or(const json_t *object, const char *key, uint64_t fallback, uint64_t max,
		       uint64_t *out, struct trace_error *err)
{
	const json_t *value = json_object_get(object, key);

	*out = fallback;
	return !value || number(value, key, max, out, err);
}

bool trace_json_array(const json_t *object, const char *key, const json_t **out,
		      struct trace_error *err)
{
	*out = json_object_get(object, key);
	return !*out || json_is_array(*out) ||
	       trace_error_data(err, "\"%s\": expected a list", key);
}

bool trace_json_list(const json_t *object, const char *key, uint64_t max, uint64_t *out,
		     size_t cap, size_t *count, struct trace_error *err)
{
	const json_t *list;

	if (!trace_json_array(object, key, &list, err))
		return false;
	*count = json_array_size(list);
	if (*count > cap)
		return trace_error_data(err, "\"%s\": expected at most %zu numbers, found %zu",
					key, cap, *count);
	for (size_t i = 0; i < *count; i++)
		if (!number(json_array_get(list, i), key, max, &out[i], err))
			return false;
	return true;
}

bool trace_json_text(const json_t *object, const char *key, char *out, size_t size,
		     struct trace_error *err)
{
	const json_t *value = json_object_get(object, key);

	memset(out, 0, size);
	if (!value)
		return true;
	if (!json_is_string(value) || json_string_length(value) >= size)
		return trace_error_data(err, "\"%s\": expected a text of at most %zu bytes",
					key, size - 1);
	memcpy(out, json_string_value(value), json_string_length(value));
	return true;
}

bool trace_json_strdup(const json_t *object, const char *key, char **out,
		       struct trace_error *err)
{
	const json_t *value = json_object_get(object, key);

	*out = NULL;
	if (!value)
		return true;
	if (!json_is_string(value))
		return trace_error_data(err, "\"%s\": expected a text", key);
	*out = strdup(json_string_value(value));
	return *out || trace_error_memory(err);
}

json_t *trace_json_numbers(const uint64_t *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++) {
		if (json_array_append_new(list, json_integer((json_int_t)v[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

bool trace_json_frame(json_t *object, struct trace_frame_bytes *out, struct trace_error *err)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	if (!text)
		return trace_error_memory(err);
	trace_frame_reset(out);
	trace_bytes_put(&out->bytes, text, strlen(text));
	trace_bytes_put(&out->bytes, "\n", 1);
	free(text);
	return !out->bytes.lost || trace_error_memory(err);
}
