/* Text of tracefs, trace-cmd report and perf script. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_input in = { .label = "fuzz.txt", .data = data, .size = size, .fd = -1 };
	struct import_progress none = { NULL, NULL };
	struct import_source s;
	struct trace_error err;

	import_source_init(&s, in.label);
	import_text(&in, &s, none, &err);
	import_source_free(&s);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const seeds[] = {
		"# entries-in-buffer/entries-written: 141/150   #P:2\n"
		"            make-4711  [003] d.h1 12.345678: mm_page_alloc: page=          "
		"(null) "
		"pfn=0 order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO\n"
		"CPU:3 [LOST 17 EVENTS]\n"
		"   kworker/0:1-13 ( 13) [000] ..... 12.345679: mm_page_free: page=x pfn=0x10 "
		"order=0\n",
		"box:  my-task-4711    3d.h1. 12.345678000: mm_lru_insertion:  page=0x10 "
		"pfn=0x10 "
		"lru=2 flags=Ma b\n"
		"box:  my-task-4711    3d.h1. 12.345679000: print: 0xff: my work begin\n"
		"box:  t-1 3d.h1. 12.345679001: mm_compaction_begin: zone_start=0x10 "
		"migrate_pfn=0x20 free_pfn=0x30 zone_end=0x40, mode=sync\n",
		"my task  4700/4711 [003]    12.345678: kmem:mm_page_alloc: page=0x10 pfn=0x10 "
		"order=2 migratetype=1 gfp_flags=GFP_KERNEL\n"
		"\tffffffff812 alloc_pages ([kernel.kallsyms])\n\n"
		"my task  4711 [003]    12.345680: PERF_RECORD_LOST lost 3\n",
	};

	return fuzz_seed_text(seeds, sizeof(seeds) / sizeof(*seeds), i, out, cap);
}
