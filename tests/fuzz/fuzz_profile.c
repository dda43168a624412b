/* A profile of trace gen. What is refused has a sentence. */
#include "tests/fuzz/fuzz_file.h"
#include "tools/profile_yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file f = fuzz_file_new(data, size);
	struct conf_error err = { .text = "" };
	struct trace_profile *p = profile_yaml_load(f.path, &err);

	if (!p && !*err.text)
		abort();
	free(p);
	fuzz_file_free(&f);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const files[] = { SEEDS "/hog.yaml", SEEDS "/build-farm.yaml" };

	return i < 2 ? fuzz_seed_file(files[i], out, cap) : 0;
}
