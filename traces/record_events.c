#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/record_parts.h"

/* What the importer understands; each set holds those above it. */
static const struct event {
	enum record_set set;
	const char *system, *name;
	bool needed;
} events[] = {
	{ RECORD_CORE, "kmem", "mm_page_alloc", true },
	{ RECORD_CORE, "kmem", "mm_page_free", true },
	{ RECORD_CORE, "kmem", "mm_page_free_batched", false },
	{ RECORD_STD, "kmem", "mm_page_alloc_zone_locked", false },
	{ RECORD_STD, "kmem", "mm_page_pcpu_drain", false },
	{ RECORD_STD, "kmem", "mm_page_alloc_extfrag", false },
	{ RECORD_STD, "vmscan", "mm_vmscan_kswapd_wake", false },
	{ RECORD_STD, "vmscan", "mm_vmscan_kswapd_sleep", false },
	{ RECORD_STD, "vmscan", "mm_vmscan_wakeup_kswapd", false },
	{ RECORD_STD, "vmscan", "mm_vmscan_direct_reclaim_begin", false },
	{ RECORD_STD, "vmscan", "mm_vmscan_direct_reclaim_end", false },
	{ RECORD_STD, "compaction", "mm_compaction_begin", false },
	{ RECORD_STD, "compaction", "mm_compaction_end", false },
	{ RECORD_STD, "oom", "mark_victim", false },
	{ RECORD_LRU, "pagemap", "mm_lru_insertion", false },
	{ RECORD_LRU, "pagemap", "mm_lru_activate", false },
};

bool record_events_set(const char *name, enum record_set *set)
{
	static const char *const names[] = { "core", "std", "lru" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0) {
			*set = (enum record_set)i;
			return true;
		}
	return false;
}

static bool save_format(struct record *r, const char *system, const char *name)
{
	char path[RECORD_PATH], to[128], *text;
	size_t size;
	bool ok;

	if (!record_files_path(path, r->err, "%s/events/%s/%s/format", r->instance, system,
			       name))
		return false;
	text = record_files_read(path, &size, r->err);
	if (!text)
		return false;
	snprintf(to, sizeof(to), "formats/%s.%s", system, name);
	ok = record_files_put(r, to, text, size, false);
	free(text);
	return ok;
}

static void note_missing(struct record_result *res, const struct event *e)
{
	size_t n = strlen(res->missing);

	snprintf(res->missing + n, sizeof(res->missing) - n, "%s%s:%s", n ? " " : "", e->system,
		 e->name);
}

static bool enable(struct record *r, const struct event *e)
{
	char path[RECORD_PATH];

	if (!record_files_path(path, r->err, "%s/events/%s/%s/enable", r->instance, e->system,
			       e->name))
		return false;
	if (access(path, F_OK) < 0 && e->needed)
		return trace_error_set(r->err, TRACE_REFUSED,
				       "this kernel has no trace event %s:%s", e->system,
				       e->name);
	if (access(path, F_OK) < 0) {
		note_missing(r->res, e);
		return true;
	}
	return save_format(r, e->system, e->name) && record_files_set(path, "1", r->err);
}

/* Where a sub-buffer has its parts: the instance's own, where the kernel tells that. */
static bool save_header_page(struct record *r)
{
	char path[RECORD_PATH], *text;
	size_t size;
	bool ok;

	if (!record_files_path(path, r->err, "%s/events/header_page", r->instance))
		return false;
	if (access(path, F_OK) < 0 &&
	    !record_files_path(path, r->err, "%s/events/header_page", r->tracefs))
		return false;
	text = record_files_read(path, &size, r->err);
	if (!text)
		return false;
	ok = (import_raw_page_layout(text, &r->layout, r->err) ||
	      trace_error_at(r->err, "%s: ", path)) &&
	     record_files_put(r, "header_page", text, size, false);
	free(text);
	return ok;
}

bool record_events_enable(struct record *r)
{
	char path[RECORD_PATH];

	if (!record_files_path(path, r->err, "%s/formats", r->o->folder))
		return false;
	if (mkdir(path, 0777) < 0)
		return record_files_error(r->err, TRACE_SYSTEM, path);
	if (!save_header_page(r) || !save_format(r, "ftrace", "print"))
		return false;
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i].set <= r->o->set && !enable(r, &events[i]))
			return false;
	return true;
}
