/*
 * The folder of snapshots beside a recording: before.* and after.* of zoneinfo.1,
 * buddyinfo.1, kpageflags, buddyinfo.2, zoneinfo.2 (read in this order), pagetypeinfo,
 * vmstat, iomem; and marks.txt, stats, kernel. Needed are zoneinfo.1, buddyinfo.1 and
 * kpageflags of `before`.
 */
#include "traces/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/trace_scan.h"

struct folder {
	const char *dir;
	char path[4096];
	struct trace_error *err;
};

static bool path_of(struct folder *f, const char *name)
{
	int n = snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);

	return (n > 0 && (size_t)n < sizeof(f->path)) ||
	       trace_error_data(f->err, "%s: the path is too long", f->dir);
}

static bool is_there(struct folder *f, const char *name)
{
	return path_of(f, name) && access(f->path, F_OK) == 0;
}

/* Whole lines of text, as the kernel and editors write them. */
static bool check_text(struct folder *f, const char *text, size_t size)
{
	if (!size)
		return trace_error_data(f->err, "%s: the file is empty", f->path);
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' && !strchr("\t\n\r", text[i] ? text[i] : 1))
			return trace_error_data(f->err, "%s: byte %zu: this is no text",
						f->path, i);
	return text[size - 1] == '\n' ||
	       trace_error_data(f->err, "%s: the last line has no end: the file is cut off",
				f->path);
}

/* The text of a file; NULL with an error, or without one when it may be missing and is. */
static char *read_text(struct folder *f, const char *name, bool needed, bool *ok)
{
	char *text = NULL;
	size_t size;

	*ok = true;
	if (!needed && !is_there(f, name))
		return NULL;
	*ok = path_of(f, name) && import_open_file(f->path, &text, &size, f->err) &&
	      check_text(f, text, size);
	if (!*ok) {
		free(text);
		text = NULL;
	}
	return text;
}

static bool map_flags(struct folder *f, const char *name, struct import_side *side)
{
	struct stat st;
	int fd;

	if (!path_of(f, name))
		return false;
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		trace_error_data(f->err, "%s: %s", f->path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (st.st_size == 0 || st.st_size % 8) {
		close(fd);
		return trace_error_data(f->err,
					"%s: %lld bytes; 8 for each frame were expected",
					f->path, (long long)st.st_size);
	}
	side->mapped_size = (size_t)st.st_size;
	side->mapped = mmap(NULL, side->mapped_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (side->mapped == MAP_FAILED) {
		side->mapped = NULL;
		return trace_error_set(f->err, TRACE_SYSTEM, "%s: %s", f->path,
				       strerror(errno));
	}
	side->flags = side->mapped;
	side->nflags = side->mapped_size / 8;
	return true;
}

static void side_free(struct import_side *side)
{
	for (unsigned i = 0; i < side->nzones; i++)
		free(side->zones[i].pcp);
	free(side->zones);
	free(side->own);
	if (side->mapped)
		munmap(side->mapped, side->mapped_size);
}

typedef bool reader(struct folder *f, char *text, struct import_snapshot *s,
		    struct import_side *side);

static bool read_zoneinfo(struct folder *f, char *text, struct import_snapshot *s,
			  struct import_side *side)
{
	(void)s;
	return import_proc_zoneinfo(f->path, text, side, f->err);
}

static bool read_buddyinfo(struct folder *f, char *text, struct import_snapshot *s,
			   struct import_side *side)
{
	(void)s;
	return import_proc_buddyinfo(f->path, text, side, 0, f->err);
}

static bool read_buddyinfo2(struct folder *f, char *text, struct import_snapshot *s,
			    struct import_side *side)
{
	(void)s;
	return import_proc_buddyinfo(f->path, text, side, 1, f->err);
}

static bool read_pagetypeinfo(struct folder *f, char *text, struct import_snapshot *s,
			      struct import_side *side)
{
	(void)s;
	return import_proc_pagetypeinfo(f->path, text, side, f->err);
}

static bool read_vmstat(struct folder *f, char *text, struct import_snapshot *s,
			struct import_side *side)
{
	(void)s;
	return import_proc_vmstat(f->path, text, side, f->err);
}

static bool read_iomem(struct folder *f, char *text, struct import_snapshot *s,
		       struct import_side *side)
{
	return side != &s->before || import_proc_iomem(f->path, text, s, f->err);
}

static bool same_zone(const struct trace_zone *x, const struct trace_zone *y)
{
	return x->nid == y->nid && strcmp(x->name, y->name) == 0 && x->start == y->start &&
	       x->end == y->end;
}

/* The second zoneinfo gives nothing, but has to be of the same machine as the first. */
static bool check_zoneinfo2(struct folder *f, const char *prefix,
			    const struct import_side *first)
{
	struct import_side second = { 0 };
	char name[64], *text;
	bool ok;

	snprintf(name, sizeof(name), "%s.zoneinfo.2", prefix);
	text = read_text(f, name, false, &ok);
	if (text)
		ok = import_proc_zoneinfo(f->path, text, &second, f->err);
	for (unsigned i = 0; ok && text && i < first->nzones; i++)
		if (second.nzones != first->nzones ||
		    !same_zone(&first->zones[i].z, &second.zones[i].z))
			ok = trace_error_data(f->err,
					      "%s: its zones are not those of %s.zoneinfo.1",
					      f->path, prefix);
	free(text);
	side_free(&second);
	return ok;
}

static bool read_side(struct folder *f, const char *prefix, struct import_snapshot *s,
		      struct import_side *side)
{
	static const struct {
		const char *name;
		bool needed;
		reader *read;
	} files[] = {
		{ "zoneinfo.1", true, read_zoneinfo },
		{ "buddyinfo.1", true, read_buddyinfo },
		{ "buddyinfo.2", false, read_buddyinfo2 },
		{ "pagetypeinfo", false, read_pagetypeinfo },
		{ "vmstat", false, read_vmstat },
		{ "iomem", false, read_iomem },
	};
	char name[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		bool ok;
		char *text;

		snprintf(name, sizeof(name), "%s.%s", prefix, files[i].name);
		text = read_text(f, name, files[i].needed, &ok);
		if (text)
			ok = files[i].read(f, text, s, side);
		free(text);
		if (!ok)
			return false;
	}
	if (!check_zoneinfo2(f, prefix, side))
		return false;
	snprintf(name, sizeof(name), "%s.kpageflags", prefix);
	side->there = true;
	return map_flags(f, name, side);
}

/* "6.18.44-..., host VM, clock x86-tsc 2.596 GHz cycles" */
static void read_kernel(char *text, struct import_snapshot *s)
{
	const char *clock;

	text[strcspn(text, "\n")] = '\0';
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	snprintf(s->kernel, sizeof(s->kernel), "%s", text);
	clock = strstr(s->kernel, "clock ");
	if (clock)
		sscanf(clock, "clock %23[^ ,\n]", s->clock_name);
}

/* Nothing counts that far, and so many of them do not overflow. */
#define MOST_SUMMED (UINT64_C(1) << 52)

uint64_t import_state_sum(const char *text, const char *key, unsigned *lines)
{
	uint64_t sum = 0, v;

	*lines = 0;
	for (const char *at = text; (at = strstr(at, key));) {
		bool begins = at == text || at[-1] == '\n';

		at += strlen(key);
		if (!begins)
			continue;
		if (trace_scan(at, " %l", &v) && v <= MOST_SUMMED) {
			sum += v;
			++*lines;
		}
	}
	return sum;
}

/* One block a cpu, as in tracefs' per_cpu/cpu0/stats. */
static bool read_stats(struct folder *f, const char *text, struct import_snapshot *s)
{
	unsigned blocks, n[4];

	s->entries = import_state_sum(text, "entries: ", &blocks);
	s->lost = import_state_sum(text, "overrun: ", &n[0]) +
		  import_state_sum(text, "commit overrun: ", &n[1]) +
		  import_state_sum(text, "dropped events: ", &n[2]);
	s->entries += import_state_sum(text, "read events: ", &n[3]);
	if (!blocks)
		return trace_error_data(f->err, "%s: no counters of a ring buffer", f->path);
	for (unsigned i = 0; i < 4; i++)
		if (n[i] != blocks)
			return trace_error_data(
				f->err,
				"%s: not every cpu has entries, overrun, commit overrun, "
				"dropped events and read events",
				f->path);
	return true;
}

/* "1 6389294750 10 pgsim snap 0 begin": event index, time, code, text. */
static bool read_marks(struct folder *f, char *text, struct import_snapshot *s)
{
	unsigned number = 0;
	uint64_t index, time, code;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		struct import_mark_time m = { 0 };
		const char *at = trace_scan(line, " %l %l %l ", &index, &time, &code);

		number++;
		if (!at || sscanf(at, "%63[^\n]", m.text) != 1)
			return trace_error_data(f->err, "%s:%u: no line of marks", f->path,
						number);
		m.time = time;
		if (!import_source_grow(&s->marks, &s->marks_cap, s->nmarks, sizeof(m), f->err))
			return false;
		s->marks[s->nmarks++] = m;
	}
	return true;
}

static bool read_rest(struct folder *f, struct import_snapshot *s)
{
	bool ok;
	char *text = read_text(f, "kernel", false, &ok);

	if (text)
		read_kernel(text, s);
	free(text);
	if (!ok)
		return false;
	text = read_text(f, "stats", false, &ok);
	if (text)
		ok = read_stats(f, text, s);
	free(text);
	if (!ok)
		return false;
	text = read_text(f, "marks.txt", false, &ok);
	if (text)
		ok = read_marks(f, text, s);
	free(text);
	return ok;
}

/* Zones may span memory that is not there, but not for the most part. */
static bool spans_fit(const struct folder *f, const char *prefix,
		      const struct import_side *side)
{
	for (unsigned i = 0; i < side->nzones; i++)
		if (side->zones[i].z.end > side->nflags * 64 + (1u << 22))
			return trace_error_data(
				f->err,
				"%s: node %u, zone %s ends at frame %llu, "
				"%s.kpageflags has %llu: snapshots of two machines",
				f->dir, side->zones[i].z.nid, side->zones[i].z.name,
				(unsigned long long)side->zones[i].z.end, prefix,
				(unsigned long long)side->nflags);
	return true;
}

/* Both sides must describe the same machine. */
static bool same_machine(const struct folder *f, const struct import_snapshot *s)
{
	const struct import_side *a = &s->before, *b = &s->after;

	if (a->nzones != b->nzones)
		return trace_error_data(f->err,
					"%s: before has %u zones, after %u: snapshots of two "
					"machines",
					f->dir, a->nzones, b->nzones);
	for (unsigned i = 0; i < a->nzones; i++) {
		const struct trace_zone *x = &a->zones[i].z, *y = &b->zones[i].z;

		if (!same_zone(x, y))
			return trace_error_data(
				f->err,
				"%s: node %u, zone %s is not the same in before.zoneinfo.1 "
				"and after.zoneinfo.1: snapshots of two machines",
				f->dir, x->nid, x->name);
	}
	return true;
}

bool import_state(const char *dir, struct import_snapshot *s, struct trace_error *err)
{
	struct folder f = { .dir = dir, .err = err };
	struct stat st;

	if (stat(dir, &st) < 0)
		return trace_error_data(err, "%s: %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return trace_error_data(err, "%s: not a folder", dir);
	if (!read_side(&f, "before", s, &s->before) || !spans_fit(&f, "before", &s->before))
		return false;
	if ((is_there(&f, "after.zoneinfo.1") || is_there(&f, "after.kpageflags")) &&
	    (!read_side(&f, "after", s, &s->after) || !same_machine(&f, s)))
		return false;
	return read_rest(&f, s);
}

void import_state_free(struct import_snapshot *s)
{
	side_free(&s->before);
	side_free(&s->after);
	free(s->ram);
	free(s->marks);
	memset(s, 0, sizeof(*s));
}

const struct import_zone *import_state_zone(const struct import_side *side, uint64_t pfn)
{
	for (unsigned i = 0; i < side->nzones; i++)
		if (pfn >= side->zones[i].z.start && pfn < side->zones[i].z.end)
			return &side->zones[i];
	return NULL;
}
