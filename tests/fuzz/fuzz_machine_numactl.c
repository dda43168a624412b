/* What `numactl -H` printed. */
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_machine_import_error err;
	char *out;

	out = sim_machine_import_numactl_text("n.txt", (const char *)data, size, NULL, &err);
	/* What cannot be written down is to be refused before. A sentence that repeats the
	 * input may have the same words in it, further behind. */
	if (!out && strncmp(err.text, "n.txt: the machine file made of it", 34) == 0)
		abort();
	free(out);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const seeds[] = {
		"available: 2 nodes (0-1)\nnode 0 cpus: 0 2\nnode 0 size: 4030 MB\n"
		"node 0 free: 1 MB\nnode 1 cpus: 1 3\nnode 1 size: 6000 MB\nnode distances:\n"
		"node   0   1 \n  0:  10  21 \n  1:  21  10 \n",
		"available: 3 nodes (0,2-3)\nnode 0 cpus: 0 7\nnode 0 size: 100 MB\n"
		"node 2 cpus:\nnode 2 size: 50 MB\nnode 3 cpus: 9\nnode 3 size: 0 MB\n"
		"No distance information available.\n",
	};

	return fuzz_seed_text(seeds, sizeof(seeds) / sizeof(*seeds), i, out, cap);
}
