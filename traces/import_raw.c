#include "traces/import_raw.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/import_child.h"
#include "traces/import_fields.h"
#include "traces/trace_scan.h"

struct raw {
	const char *dir;
	char path[4096];
	unsigned cpus;
	uint64_t bytes; /* of all cpus */
	struct import_raw_layout layout;
	struct trace_error *err;
};

static bool path_of(struct raw *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool path_of(struct raw *r, const char *fmt, ...)
{
	va_list ap;
	int head = snprintf(r->path, sizeof(r->path), "%s/", r->dir), n = -1;

	if (head > 0 && (size_t)head < sizeof(r->path)) {
		va_start(ap, fmt);
		n = vsnprintf(r->path + head, sizeof(r->path) - (size_t)head, fmt, ap);
		va_end(ap);
	}
	return (n >= 0 && (size_t)(head + n) < sizeof(r->path)) ||
	       trace_error_data(r->err, "%s: the path is too long", r->dir);
}

bool import_raw_is(const char *path)
{
	struct trace_error err;
	struct raw r = { .dir = path, .err = &err };

	return path_of(&r, IMPORT_RAW_MARK) && access(r.path, F_OK) == 0;
}

/* ---- the folder's own words -------------------------------------------------------------- */

/* The value of the line "KEY VALUE", empty when there is none. */
static void value_of(const char *text, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);
	const char *end;

	value[0] = '\0';
	for (const char *line = text; line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, key, len) == 0 && line[len] == ' ') {
			snprintf(value, size, "%.*s", (int)strcspn(line + len + 1, "\n"),
				 line + len + 1);
			return;
		}
	}
}

static bool check_mark(struct raw *r, const char *text, struct import_source *s)
{
	char value[128];
	uint64_t number;

	value_of(text, "version", value, sizeof(value));
	if (!trace_scan_whole(value, UINT32_MAX, &number) || number != IMPORT_RAW_VERSION)
		return trace_error_data(r->err,
					"%s: a raw recording of version \"%s\"; %u is known",
					r->path, value, IMPORT_RAW_VERSION);
	value_of(text, "byte-order", value, sizeof(value));
	if (strcmp(value, IMPORT_RAW_BYTE_ORDER) != 0)
		return trace_error_data(r->err,
					"%s: recorded with byte order \"%s\"; such a folder is "
					"imported on a machine like the one it was recorded on",
					r->path, value);
	value_of(text, "cpus", value, sizeof(value));
	if (!trace_scan_whole(value, IMPORT_RAW_CPUS, &number) || number == 0)
		return trace_error_data(r->err, "%s: \"%s\" cpus; 1 to %u were expected",
					r->path, value, IMPORT_RAW_CPUS);
	r->cpus = (unsigned)number;
	value_of(text, "clock", s->clock_name, sizeof(s->clock_name));
	value_of(text, "kernel", s->kernel, sizeof(s->kernel));
	return true;
}

static bool read_mark(struct raw *r, struct import_source *s)
{
	char *text;
	size_t size;
	bool ok;

	if (!path_of(r, IMPORT_RAW_MARK) || !import_open_file(r->path, &text, &size, r->err))
		return false;
	ok = check_mark(r, text, s);
	free(text);
	return ok;
}

static bool read_layout(struct raw *r)
{
	char *text;
	size_t size;
	bool ok;

	if (!path_of(r, "header_page") || !import_open_file(r->path, &text, &size, r->err))
		return false;
	ok = import_raw_page_layout(text, &r->layout, r->err);
	free(text);
	return ok || trace_error_at(r->err, "%s: ", r->path);
}

static bool sum_sizes(struct raw *r)
{
	struct stat st;

	for (unsigned cpu = 0; cpu < r->cpus; cpu++) {
		if (!path_of(r, "cpu%u.raw", cpu))
			return false;
		if (stat(r->path, &st) < 0)
			return trace_error_data(r->err, "%s: %s", r->path, strerror(errno));
		r->bytes += (uint64_t)st.st_size;
	}
	return true;
}

/* ---- in a process of its own --------------------------------------------------------------
 */

static bool read_format(struct raw *r, struct tep_handle *tep, const char *name)
{
	const char *dot = strchr(name, '.');
	char system[64], *text;
	size_t size;

	snprintf(system, sizeof(system), "%.*s", (int)(dot - name), name);
	if (!path_of(r, "formats/%s", name) || !import_open_file(r->path, &text, &size, r->err))
		return false;
	/* A print format that the library does not understand is no loss: only that of
	 * mm_page_alloc is used. */
	tep_parse_event(tep, text, size, system);
	free(text);
	return tep_find_event_by_name(tep, system, dot + 1) ||
	       trace_error_data(r->err, "%s: no format of an event", r->path);
}

/* formats/SYSTEM.EVENT, as the kernel's events/SYSTEM/EVENT/format. */
static bool read_formats(struct raw *r, struct tep_handle *tep)
{
	DIR *dir = path_of(r, "formats") ? opendir(r->path) : NULL;
	struct dirent *entry;
	bool ok = true;

	if (!dir)
		return trace_error_data(r->err, "%s: %s", r->path, strerror(errno));
	while (ok && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strchr(entry->d_name, '.'))
			ok = read_format(r, tep, entry->d_name);
	closedir(dir);
	return ok;
}

/* "4711 make", as the kernel's saved_cmdlines; of a task's names the last one counts. */
static bool read_comms(struct raw *r, struct tep_handle *tep)
{
	char *text, *save, name[16];
	const char *rest;
	size_t size;
	int pid;

	if (!path_of(r, "saved_cmdlines"))
		return false;
	if (access(r->path, F_OK) < 0)
		return true;
	if (!import_open_file(r->path, &text, &size, r->err))
		return false;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if ((rest = trace_scan(line, " %d ", &pid)) &&
		    sscanf(rest, "%15[^\n]", name) == 1)
			tep_override_comm(tep, name, pid);
	free(text);
	return true;
}

bool import_raw_pages(const uint8_t *data, size_t size, unsigned cpu,
		      const struct import_raw_layout *l, struct import_fields *f,
		      struct trace_error *err)
{
	if (size % l->size)
		return trace_error_data(err,
					"%zu bytes; a multiple of %u was expected: the file "
					"is truncated",
					size, l->size);
	for (size_t at = 0; at < size; at += l->size) {
		struct import_raw_event e;
		struct import_raw_page p;
		enum import_raw_step step = IMPORT_RAW_BAD;
		bool first = true;

		if (!import_raw_page_open(&p, data + at, l, err))
			return trace_error_at(err, "sub-buffer %zu: ", at / l->size);
		while ((step = import_raw_page_next(&p, &e, err)) == IMPORT_RAW_EVENT) {
			struct tep_record r = { .ts = e.time,
						.cpu = (int)cpu,
						.size = (int)e.size,
						.record_size = first ? (int)l->size : 0,
						.data = (void *)(uintptr_t)e.data };

			if (first && p.missed)
				r.missed_events = p.nmissed ? (long long)p.nmissed : -1;
			first = false;
			if (!import_fields_record(f, &r, err))
				break;
		}
		if (step != IMPORT_RAW_END)
			return trace_error_at(err, "sub-buffer %zu: ", at / l->size);
	}
	return true;
}

static bool read_cpu(struct raw *r, unsigned cpu, struct import_fields *f)
{
	struct import_input in;
	struct stat st;
	bool ok;

	if (!path_of(r, "cpu%u.raw", cpu))
		return false;
	if (stat(r->path, &st) == 0 && st.st_size == 0)
		return true;
	if (!import_open_bytes(&in, r->path, r->err))
		return false;
	ok = import_raw_pages(in.data, in.size, cpu, &r->layout, f, r->err) ||
	     trace_error_at(r->err, "cpu%u.raw: ", cpu);
	import_open_close(&in);
	return ok;
}

static bool read_cpus(struct raw *r, struct import_fields *f)
{
	for (unsigned cpu = 0; cpu < r->cpus; cpu++)
		if (!read_cpu(r, cpu, f))
			return false;
	return import_fields_finish(f, r->err);
}

static bool read_here(void *ctx, struct import_source *s, int out, struct trace_error *err)
{
	struct raw *r = ctx;
	struct tep_handle *tep = tep_alloc();
	struct import_fields *f = NULL;
	bool ok;

	r->err = err;
	if (!tep)
		return trace_error_memory(err);
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(tep, (int)r->layout.commit_size);
	ok = read_formats(r, tep) && read_comms(r, tep);
	if (ok)
		f = import_fields_new(tep, s, out, err);
	ok = f && read_cpus(r, f);
	import_fields_free(f);
	tep_free(tep);
	return ok;
}

bool import_raw(const char *dir, struct import_source *s, struct import_progress progress,
		struct trace_error *err)
{
	struct raw *r = calloc(1, sizeof(*r));
	struct import_child_job job = { dir, 0, read_here, r };
	bool ok;

	if (!r)
		return trace_error_memory(err);
	r->dir = dir;
	r->err = err;
	s->format = "raw pages";
	ok = read_mark(r, s) && read_layout(r) && sum_sizes(r);
	job.bytes = r->bytes;
	ok = ok && (import_child(&job, s, progress, err) || trace_error_at(err, "%s: ", dir));
	free(r);
	return ok && (s->n || trace_error_data(err, "%s: no page allocator events in it", dir));
}
