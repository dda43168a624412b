#include "traces/trace_text.h"

const char *const trace_text_kinds[TRACE_KINDS] = {
	"alloc",      "alloc-failed", "free",   "lru-add", "access",  "dirty",
	"task-start", "task-exit",    "sysctl", "mark",    "isolate", "unisolate",
};
