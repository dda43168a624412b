/* Rows of another tool's recording. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_input in = { .label = "fuzz.csv", .data = data, .size = size, .fd = -1 };
	struct import_progress none = { NULL, NULL };
	struct import_source s;
	struct trace_error err;

	import_source_init(&s, in.label);
	import_csv(&in, &s, none, &err);
	import_source_free(&s);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const seeds[] = {
		"# clock mono\n# gfp 0x100 __GFP_ZERO\n# gfp 0xc0 GFP_X\n"
		"time_ns,cpu,pid,comm,event,pfn,order,gfp,migratetype,flags,text,value0,"
		"value1\n"
		"1,0,7,\"a \"\"b\",alloc,0x10,2,0x1c0,1,softirq|hidden,,,\n"
		"2,1,-7,,alloc,-1,9,GFP_KERNEL|__GFP_ZERO,,,,,\n"
		"3,1,7,,free,16,1,,,cold,,,\n"
		"4,1,7,,mark,,,,,,my work begin,,\n"
		"5,1,7,,lost,,,,,,,17,\nLost 3 events\n"
		"6,1,7,,lru-add,16,,,,,,2,5\n"
		"7,1,7,,extfrag,16,1,,2,,,9,1\n",
		"time_ticks,cpu,pid,event,pfn,order,gfp\r\n18446744073709551,3,4711,"
		"mm_page_alloc,0xfffffffff,10,none\r\n",
	};

	return fuzz_seed_text(seeds, sizeof(seeds) / sizeof(*seeds), i, out, cap);
}
