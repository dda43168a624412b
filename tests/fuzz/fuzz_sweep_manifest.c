/* A sweep's manifest: a line of JSON for the head, files, machines and points. */
#include "tests/fuzz/fuzz.h"
#include "tools/sweep_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sweep_manifest_error err = { 0, "" };
	struct sweep_manifest *m = sweep_manifest_parse((const char *)data, size, "fuzz", &err);

	if (!m && (!err.status || !*err.text))
		abort();
	for (size_t i = 0; m && i < m->npoints; i++) {
		const struct sweep_manifest_point *p = &m->points[i];

		if ((p->trace != SWEEP_MANIFEST_NONE && p->trace >= m->nfiles) ||
		    (p->start != SWEEP_MANIFEST_NONE && p->start >= m->nfiles) ||
		    p->machine >= m->nmachines || strlen(p->id) != 32)
			abort();
	}
	sweep_manifest_free(m);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	return i ? 0 : fuzz_seed_file(SEEDS "/manifest.jsonl", out, cap);
}
