/*
 * What `pagesim run FILE` reads: a scenario and the files it names (relative to
 * configs/scenarios). What is refused has a sentence; what is read, resolved and written as a
 * result keeps it, is a scenario again and resolves to the same.
 */
#include <jansson.h>

#include "tests/fuzz/fuzz.h"
#include "tools/scenario.h"

static struct scenario *refused(struct scenario *s, const struct conf_error *err)
{
	if (!*err->text)
		abort();
	scenario_free(s);
	return NULL;
}

/* The scenario with a machine, of the trace if it has none itself; NULL if it is refused. */
static struct scenario *resolve(const char *text, size_t size)
{
	uint16_t cpu_node[] = { 0 };
	char name[] = "recorded";
	struct trace_zone zone = { .name = "DMA32", .start = 4096, .end = 8192 };
	struct trace_header header = { .cpus = 1,
				       .nodes = 1,
				       .cpu_node = cpu_node,
				       .zones = &zone,
				       .nzones = 1,
				       .name = name };
	struct conf_error err = { .text = "" };
	struct scenario *s = scenario_new();
	struct conf_file *file = conf_parse(text, size, SEEDS "/fuzz.yaml", &err);

	if (!s)
		exit(EXIT_FAILURE);
	if (!file || !scenario_take_file(s, file, &err) || !scenario_finish(s, &err) ||
	    !scenario_machine(s, &header, &err))
		return refused(s, &err);
	return s;
}

static char *resolved_text(const struct scenario *s)
{
	json_t *json = scenario_json(s);
	char *text = json ? json_dumps(json, JSON_SORT_KEYS) : NULL;

	if (!text)
		abort();
	json_decref(json);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scenario *s = resolve((const char *)data, size), *again;
	char *first, *second;

	if (!s)
		return 0;
	first = resolved_text(s);
	again = resolve(first, strlen(first));
	if (!again)
		abort();
	second = resolved_text(again);
	if (strcmp(first, second) != 0) {
		fprintf(stderr, "%s\n%s\n", first, second);
		abort();
	}
	free(first);
	free(second);
	scenario_free(s);
	scenario_free(again);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const files[] = {
		SEEDS "/aged-guest.yaml",        SEEDS "/bench-batch.yaml",
		SEEDS "/bench-page-fault1.yaml", SEEDS "/host-build.yaml",
		SEEDS "/pressure-2.4-numa.yaml", SEEDS "/pressure-4.12.yaml",
	};
	const unsigned n = sizeof(files) / sizeof(files[0]);

	return i < n ? fuzz_seed_file(files[i], out, cap) : 0;
}
