/* The state of a whole recording, as text. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_exact_state s = { 0 };
	struct trace_error err;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	import_exact_read("state.txt", text, &s, &err);
	import_exact_read_free(&s);
	free(text);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char seed[] =
		"q412state 1 id=0 MAX_ORDER=11 pageblock_order=9\n"
		"cpu 0 node 0\ncpu 1 node 0\n"
		"zonelist nid=0 which=0: 0:DMA\ndistance from=0: 0=10\n"
		"zone nid=0 zid=0 name=DMA start=1 spanned=1023 present=1023 managed=1000 "
		"min=1 "
		"low=2 high=3 highatomic=0 drift_mark=0 vm_free=5 reserve=0,1,1,1 "
		"nr_free=1,0,1,0,0,0,0,0,0,0,0\n"
		"free nid=0 zid=0 order=0 mt=0 n=1: 9\nfree nid=0 zid=0 order=2 mt=1 n=1: 512\n"
		"pcp nid=0 zid=0 cpu=0 count=2 high=6 batch=1 expire=0 stat_threshold=4 "
		"free_diff=-1\n"
		"pcplist nid=0 zid=0 cpu=0 list=1 n=2: 600:1 601:3\n"
		"pcplist nid=0 zid=0 cpu=0 list=0 n=0:\n"
		"pcp nid=0 zid=0 cpu=1 count=0 high=6 batch=1 expire=0 stat_threshold=4 "
		"free_diff=0\n"
		"pageblocks nid=0 zid=0 first_pfn=0 n=2: 01\n"
		"pagemap nid=0 zid=0 start=1 n=1023: R8 F1 a502 F1 c3 L508\n";
	size_t size = sizeof(seed) - 1 < cap ? sizeof(seed) - 1 : cap;

	if (i)
		return 0;
	memcpy(out, seed, size);
	return size;
}
