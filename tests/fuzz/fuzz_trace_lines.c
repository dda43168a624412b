/* A trace in the events of its replay (docs/result-format.md): what is taken is a trace that
 * can be written. */
#include "tests/fuzz/fuzz.h"
#include "traces/trace_header.h"
#include "traces/trace_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct trace_import_options o = { .output = "/dev/null", .level = 1 };
	struct trace_header h = { 0 };
	struct trace_totals t = { 0 };
	struct trace_error err;

	trace_lines_import_is(data, size);
	trace_lines_import(data, size, "fuzz.txt", &o, &h, &t, &err);
	trace_header_free(&h);
	return 0;
}

#define HEADER                                                                                 \
	"# tracer: nop\n#\n" TRACE_LINES_MAGIC                                                 \
	"# pagesim header {\"pgt\":\"header\",\"major\":1,\"minor\":0,\"name\":\"n\","         \
	"\"kernel\":\"\",\"tool\":\"\",\"clock\":{\"unit\":\"ns\",\"name\":\"mono\",\"hz\":"   \
	"1000000000},\"page_size\":4096,\"cpus\":2,\"nodes\":1,\"cpu_node\":[0,0],"            \
	"\"distance\":[],\"zones\":[{\"node\":0,\"name\":\"Normal\",\"start\":0,\"end\":2048," \
	"\"present\":2048,\"managed\":2048,\"min\":1,\"low\":2,\"high\":3,\"protection\":[]}]" \
	",\"holes\":[],\"reserved\":[],\"has_state\":true,\"synthetic\":false}\n"              \
	"# pagesim state 0\n# pagesim F 1024 10 1\n# pagesim U 0 3 1\n# pagesim B 1 4\n"       \
	"# pagesim gfp GFP_KERNEL\n# pagesim task 17 cc1\n# pagesim task 0 swapper\n"

/* Two CPUs, whose events are not in the order of their numbers, with the kernel's lines. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const seeds[] = {
		HEADER
		"   cc1-17    [000] ....  0.000001: pagesim_alloc: event=0 time=100 cpu=0 "
		"task=0 "
		"gfp=0 order=3 pfn=1024\n"
		"   cc1-17    [000] ....  0.000001: mm_page_alloc: page=ffffea0000010000 "
		"pfn=1024 order=3 migratetype=0 gfp_flags=GFP_KERNEL\n"
		"<idle>-0     [001] ....  0.000003: pagesim_free: event=2 time=300 cpu=1 "
		"task=1 "
		"order=2 object=1 value=4 flags=2\n"
		"<idle>-0     [001] ....  0.000003: mm_page_free: page=ffffea0000010100 "
		"pfn=1028 order=2\n"
		"   cc1-17    [000] ....  0.000002: pagesim_task_exit: event=1 time=200 cpu=0 "
		"task=0\n"
		"kswapd0-2    [000] ....  0.000004: mm_vmscan_kswapd_sleep: nid=0\n"
		"# pagesim events 3\n# pagesim report {\"missed\":3}\n",
		HEADER "# pagesim events 0\n",
	};

	return fuzz_seed_text(seeds, sizeof(seeds) / sizeof(*seeds), i, out, cap);
}
