/* A whole trace as text (docs/traces.md): what is taken is a trace that can be written. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/trace_header.h"
#include "traces/trace_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct trace_import_options o = { .output = "/dev/null", .level = 1 };
	struct trace_header h = { 0 };
	struct trace_totals t;
	struct trace_error err;

	trace_text_import(data, size, "fuzz.txt", &o, &h, &t, &err);
	trace_header_free(&h);
	return 0;
}

/* A start state with each kind of list, and one event of each kind. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const seeds[] = {
		TRACE_TEXT_MAGIC
		"header {\"pgt\":\"header\",\"major\":1,\"minor\":0,\"name\":\"n\",\"kernel\":"
		"\"\",\"tool\":\"\",\"clock\":{\"unit\":\"ns\",\"name\":\"mono\",\"hz\":"
		"1000000000},\"page_size\":4096,\"cpus\":2,\"nodes\":2,\"cpu_node\":[0,1],"
		"\"distance\":[],\"zones\":[{\"node\":0,\"name\":\"Normal\",\"start\":0,"
		"\"end\":2048,\"present\":2048,\"managed\":2048,\"min\":1,\"low\":2,\"high\":3,"
		"\"protection\":[]}],\"holes\":[],\"reserved\":[],\"has_state\":true,"
		"\"synthetic\":false}\n"
		"state 0\nF 1024 10 1\nU 0 3 1\nP 8 1 0 2\nB 1 4\n"
		"gfp GFP_KERNEL|__GFP_ZERO\ntext work\\x20begin\ntask 17 cc1\n"
		"task-start 100 0 0\nalloc 110 0 0 order=3 pfn=1024\n"
		"alloc-failed 120 1 0 order=9 node=1\nlru-add 130 0 0 object=1 value=2\n"
		"access 140 0 0 object=1\ndirty 150 0 0 object=1\n"
		"truth 0 155 1 0 3 1 1024 1 0 0 0\nfree 160 1 0 object=1 order=2 value=4\n"
		"free 170 1 0 object=0 order=3\nsysctl 180 0 0\nmark 190 0 0\n"
		"task-exit 200 0 0\nreport {\"missed\":3}\n",
		TRACE_TEXT_MAGIC
		"header {\"pgt\":\"header\",\"major\":1,\"minor\":0,\"name\":\"s\",\"kernel\":"
		"\"\",\"tool\":\"\",\"clock\":{\"unit\":\"ns\",\"name\":\"synthetic\",\"hz\":"
		"1000000000},\"page_size\":4096,\"cpus\":1,\"nodes\":1,\"cpu_node\":[0],"
		"\"distance\":[],\"zones\":[],\"holes\":[],\"reserved\":[],\"has_state\":false,"
		"\"synthetic\":true}\n"
		"gfp GFP_ATOMIC\ntask 1 a\nalloc 1 0 0\nfree 2 0 0 object=0\n",
	};

	return fuzz_seed_text(seeds, sizeof(seeds) / sizeof(*seeds), i, out, cap);
}
