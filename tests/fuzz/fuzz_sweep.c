/* A sweep's YAML: axes, zips, samples, rules. What is refused has a sentence. */
#include "tests/fuzz/fuzz_file.h"
#include "tools/sweep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file f = fuzz_file_new(data, size);
	struct conf_error err = { .text = "" };
	struct sweep *s = sweep_read(f.path, &err);

	if (!s && !*err.text)
		abort();
	sweep_free(s);
	fuzz_file_free(&f);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const files[] = { SEEDS "/small.yaml",
					     SEEDS "/2.4-against-4.12.yaml",
					     SEEDS "/pcp-locks.yaml" };

	return i < 3 ? fuzz_seed_file(files[i], out, cap) : 0;
}
