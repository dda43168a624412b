/*
 * result.json: as it is, and with the digest that its figures have, so that mutations get
 * behind the digest to those who read the figures.
 */
#include "tests/fuzz/fuzz.h"
#include "tools/metric.h"
#include "tools/result.h"
#include "tools/result_read.h"

static void read_one(json_t *json)
{
	struct result_read_error err = { 0, "" };
	struct result_read r;

	if (!result_read_json(json, "fuzz", &r, &err)) {
		if (!err.status || !*err.text)
			abort();
		return;
	}
	metric_list_free(metric_list_new(r.json));
	result_read_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	char digest[33];

	if (!json)
		return 0;
	read_one(json);
	if (json_is_object(json) && result_digest(json, digest)) {
		json_object_set_new(json, "result_digest", json_string(digest));
		read_one(json);
	}
	json_decref(json);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const files[] = { SEEDS "/result.json", SEEDS "/result-small.json" };

	return i < 2 ? fuzz_seed_file(files[i], out, cap) : 0;
}
