/* The rules of pagesim check: what is refused has a sentence, what is read can be asked. */
#include "tests/fuzz/fuzz_file.h"
#include "tools/check_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file f = fuzz_file_new(data, size);
	struct conf_error err = { .text = "" };
	struct check_rules *rules = check_rules_open(f.path, 2600, &err);

	if (!rules != (*err.text != '\0'))
		abort();
	if (rules) {
		check_rules_for(rules, "latency.alloc.p99");
		check_rules_hist(rules, "alloc.order.0");
		check_rules_input(rules, "machine.clock_mhz");
	}
	check_rules_close(rules);
	fuzz_file_free(&f);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const files[] = { SEEDS "/latency.yaml", SEEDS "/watermarks.yaml" };

	return i < 2 ? fuzz_seed_file(files[i], out, cap) : 0;
}
