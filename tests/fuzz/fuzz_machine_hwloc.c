/* hwloc's XML: a short one, and what hwloc's own tools wrote. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_machine_import_error err;
	char *out;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	out = sim_machine_import_hwloc_text("h.xml", text, NULL, &err);
	/* What cannot be written down is to be refused before. A sentence that repeats the
	 * input may have the same words in it, further behind. */
	if (!out && strncmp(err.text, "h.xml: the machine file made of it", 34) == 0)
		abort();
	free(out);
	free(text);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char seed[] =
		"<topology version=\"2.0\">\n<object type=\"Machine\" os_index=\"0\">\n"
		"<info name=\"CPUModel\" value=\"A &amp; B @ 2.10GHz\"/>\n"
		"<object type=\"L3Cache\" cpuset=\"0x00000003\" cache_size=\"8388608\" "
		"depth=\"3\" cache_linesize=\"64\" cache_associativity=\"16\"/>\n"
		"<object type=\"NUMANode\" os_index=\"0\" cpuset=\"0x3\" "
		"local_memory=\"4000000000\"/>\n"
		"<object type=\"NUMANode\" os_index=\"1\" cpuset=\"0x00000001,0x0\" "
		"local_memory=\"1073741824\"/>\n"
		"<object type=\"PU\" os_index=\"0\"/><object type=\"PU\" os_index=\"32\"/>\n"
		"</object>\n<distances2 type=\"NUMANode\" nbobjs=\"2\" kind=\"5\" "
		"indexing=\"os\"><indexes length=\"4\">0 1</indexes>"
		"<u64values length=\"9\">10 21 21 10</u64values></distances2>\n</topology>\n";
	static const char *const files[] = { SEEDS "/import-four-nodes.xml",
					     SEEDS "/import-sixteen-nodes.xml",
					     SEEDS "/import-memory-cache.xml" };
	size_t size = sizeof(seed) - 1 < cap ? sizeof(seed) - 1 : cap;

	if (i > sizeof(files) / sizeof(*files))
		return 0;
	if (i)
		return fuzz_seed_file(files[i - 1], out, cap);
	memcpy(out, seed, size);
	return size;
}
