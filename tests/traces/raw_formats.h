/* What a kernel tells of its ring buffer and of three events, as tracefs has it. */
#ifndef TESTS_RAW_FORMATS_H
#define TESTS_RAW_FORMATS_H

static const char raw_header_page[] =
	"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
	"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
	"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
	"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";

#define RAW_COMMON                                                                             \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                 \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                 \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"         \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static const char raw_alloc_format[] =
	"name: mm_page_alloc\nID: 40\nformat:\n" RAW_COMMON
	"\tfield:unsigned long pfn;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned int order;\toffset:16;\tsize:4;\tsigned:0;\n"
	"\tfield:unsigned int gfp_flags;\toffset:20;\tsize:4;\tsigned:0;\n"
	"\tfield:int migratetype;\toffset:24;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"pfn=0x%lx order=%d migratetype=%d gfp_flags=%s\", REC->pfn, REC->order, "
	"REC->migratetype, (REC->gfp_flags) ? __print_flags(REC->gfp_flags, \"|\", "
	"{0x1, \"GFP_HIGHUSER_MOVABLE\"}, {0x2, \"__GFP_ZERO\"}) : \"none\"\n";

static const char raw_free_format[] =
	"name: mm_page_free\nID: 41\nformat:\n" RAW_COMMON
	"\tfield:unsigned long pfn;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned int order;\toffset:16;\tsize:4;\tsigned:0;\n\n"
	"print fmt: \"pfn=0x%lx order=%d\", REC->pfn, REC->order\n";

static const char raw_print_format[] =
	"name: print\nID: 5\nformat:\n" RAW_COMMON
	"\tfield:unsigned long ip;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:char buf[];\toffset:16;\tsize:0;\tsigned:0;\n\n"
	"print fmt: \"%ps: %s\", (void *)REC->ip, REC->buf\n";

static const char raw_stats[] = "entries: 0\noverrun: 0\ncommit overrun: 0\nbytes: 0\n"
				"oldest event ts: 0\nnow ts: 0\ndropped events: 0\n"
				"read events: 0\n";

#endif
