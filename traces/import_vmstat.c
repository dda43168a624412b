/*
 * The counters of /proc/vmstat around a whole recording: what a free-running replay is held
 * against. A file vmstat_adjacent.txt was read at the very mark, vmstat.txt a little away from
 * it.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/import.h"

#include "traces/trace_scan.h"

/* The same file on both sides. */
static bool find(char path[2][4096], const char *dir)
{
	static const char *const names[] = { "vmstat_adjacent.txt", "vmstat.txt" };
	static const char *const when[] = { "before", "after" };

	for (unsigned i = 0; i < 2; i++) {
		bool there = true;

		for (unsigned side = 0; side < 2 && there; side++) {
			int n = snprintf(path[side], 4096, "%s/%s/%s", dir, when[side],
					 names[i]);

			there = n > 0 && n < 4096 && access(path[side], F_OK) == 0;
		}
		if (there)
			return true;
	}
	return false;
}

static struct import_counter *counter(struct trace_import_report *r, const char *name,
				      struct trace_error *err)
{
	struct import_counter *c;

	for (size_t i = 0; i < r->nvmstat; i++)
		if (strcmp(r->vmstat[i].name, name) == 0)
			return &r->vmstat[i];
	if (!import_source_grow(&r->vmstat, &r->vmstat_cap, r->nvmstat, sizeof(*c), err))
		return NULL;
	c = &r->vmstat[r->nvmstat++];
	*c = (struct import_counter){ .before = 0 };
	snprintf(c->name, sizeof(c->name), "%s", name);
	return c;
}

static bool line(struct trace_import_report *r, const char *text, bool after,
		 struct trace_error *err)
{
	uint64_t v;
	int length = 0;
	char name[40];
	struct import_counter *c;

	if (sscanf(text, "%39s%n", name, &length) != 1 || !trace_scan(text + length, " %l", &v))
		return trace_error_data(err, "expected a name and a number");
	c = counter(r, name, err);
	if (!c)
		return false;
	*(after ? &c->after : &c->before) = v;
	return true;
}

static bool lines(struct trace_import_report *r, const struct import_input *in, bool after,
		  struct trace_error *err)
{
	const char *at = (const char *)in->data, *end = at + in->size;
	char text[128];

	for (unsigned number = 1; at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		if (len >= sizeof(text))
			return trace_error_data(err, "%s:%u: a line that is too long",
						in->label, number);
		memcpy(text, at, len);
		text[len] = '\0';
		if (!line(r, text, after, err))
			return trace_error_at(err, "%s:%u: ", in->label, number);
		at += len + 1;
	}
	return true;
}

bool import_vmstat(struct import *im, struct trace_error *err)
{
	char path[2][4096];
	bool ok = true;

	import_report_count(im->rep, "", "swap_pages", "pages of swap",
			    im->exact->before.swap_pages, 0);
	if (!find(path, im->o->input))
		return true;
	for (unsigned i = 0; i < 2 && ok; i++) {
		struct import_input in;

		if (!import_open(&in, path[i], err))
			return false;
		ok = lines(im->rep, &in, i == 1, err);
		import_open_close(&in);
	}
	return ok;
}
