#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traces/record_parts.h"

#define PREFIX "pagesim-" /* then the recorder's pid */
#define MIB (UINT64_C(1) << 20)
#define PROBE_NS 200000000
#define PROBE_BYTES (4 * MIB)
#define LEAST_BYTES (16 * MIB)
#define LARGEST_BYTES (UINT64_C(1) << 40)
#define SECONDS 4 /* of what the probe sees have to fit into a buffer */
#define MEMORY_SHARE                                                                           \
	8 /* of the free memory, all buffers together take one in so many parts                \
	   */
#define EVENT_BYTES 48
#define PATIENCE_NS UINT64_C(3000000000) /* with what is busy */

/* ---- finding tracefs --------------------------------------------------------------------- */

static bool has_instances(struct record *r, const char *tracefs)
{
	char path[RECORD_PATH];

	snprintf(r->tracefs, sizeof(r->tracefs), "%s", tracefs);
	return record_files_path(path, r->err, "%s/instances", tracefs) &&
	       access(path, F_OK) == 0;
}

static bool find_tracefs(struct record *r)
{
	static const char *const places[] = { "/sys/kernel/tracing",
					      "/sys/kernel/debug/tracing" };

	if (r->o->tracefs) {
		errno = ENOENT;
		return has_instances(r, r->o->tracefs) ||
		       record_files_error(r->err, TRACE_REFUSED, r->o->tracefs);
	}
	for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (has_instances(r, places[i]))
			return true;
		if (errno == EACCES)
			return record_files_error(r->err, TRACE_REFUSED, places[i]);
	}
	return trace_error_set(r->err, TRACE_REFUSED,
			       "no tracefs with instances at %s; as root: "
			       "mount -t tracefs tracefs %s",
			       places[0], places[0]);
}

/* ---- instances ----------------------------------------------------------------------------
 */

static int remove_folder(const struct record *r, const char *path)
{
	return r->o->remove ? r->o->remove(path) : rmdir(path);
}

/* A killed recorder's instance goes on recording. The kernel does not remove one that is in
 * use, as one whose recorder lives in another pid namespace. */
static void remove_stale(struct record *r)
{
	char path[RECORD_PATH], proc[RECORD_PATH];
	struct dirent *entry;
	DIR *dir;

	if (!record_files_path(path, r->err, "%s/instances", r->tracefs) ||
	    !(dir = opendir(path)))
		return;
	while ((entry = readdir(dir))) {
		const char *pid = entry->d_name + strlen(PREFIX);

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 || !*pid ||
		    strspn(pid, "0123456789") != strlen(pid))
			continue;
		if (record_files_path(proc, r->err, "%s/%s", r->proc, pid) &&
		    access(proc, F_OK) < 0 &&
		    record_files_path(path, r->err, "%s/instances/%s", r->tracefs,
				      entry->d_name) &&
		    remove_folder(r, path) == 0)
			r->res->stale++;
	}
	closedir(dir);
}

bool record_instance_set(struct record *r, const char *name, const char *text)
{
	char path[RECORD_PATH];

	return record_files_path(path, r->err, "%s/%s", r->instance, name) &&
	       record_files_set(path, text, r->err);
}

static bool open_marker(struct record *r)
{
	char path[RECORD_PATH];

	if (!record_files_path(path, r->err, "%s/trace_marker", r->instance))
		return false;
	r->marker = open(path, O_WRONLY | O_CLOEXEC | O_APPEND);
	return r->marker >= 0 || record_files_error(r->err, TRACE_REFUSED, path);
}

bool record_instance_make(struct record *r)
{
	char path[RECORD_PATH];

	if (!find_tracefs(r))
		return false;
	remove_stale(r);
	if (!record_files_path(path, r->err, "%s/instances/" PREFIX "%ld", r->tracefs,
			       (long)getpid()))
		return false;
	if ((r->o->make ? r->o->make(path) : mkdir(path, 0700)) < 0)
		return record_files_error(r->err, TRACE_REFUSED, path);
	memcpy(r->instance, path, sizeof(r->instance));
	return record_instance_set(r, "tracing_on", "0") &&
	       record_instance_set(r, "trace_clock", "mono") &&
	       record_instance_set(r, "options/overwrite", "0") && open_marker(r);
}

/* Somebody may just be looking into the instance; the next look will be free. */
static bool is_busy(uint64_t from)
{
	const struct timespec pause = { 0, RECORD_TICK_NS };

	if (errno != EBUSY || record_now() - from > PATIENCE_NS)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

void record_instance_remove(struct record *r)
{
	struct trace_error ignored; /* what matters is whether it can be removed */
	char path[RECORD_PATH];
	uint64_t from = record_now();
	int failed;

	if (r->marker >= 0)
		close(r->marker);
	r->marker = -1;
	if (!r->instance[0])
		return;
	if (record_files_path(path, &ignored, "%s/tracing_on", r->instance))
		record_files_set(path, "0", &ignored);
	do
		failed = remove_folder(r, r->instance);
	while (failed && is_busy(from));
	r->res->left = failed != 0;
	r->instance[0] = '\0';
}

bool record_instance_mark(struct record *r, const char *fmt, ...)
{
	char text[64] = "pgsim ";
	size_t head = strlen(text), n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + head, sizeof(text) - head - 1, fmt, ap);
	va_end(ap);
	n = strlen(text);
	text[n++] = '\n';
	return write(r->marker, text, n) == (ssize_t)n ||
	       record_files_error(r->err, TRACE_SYSTEM, "trace_marker");
}

/* ---- counters -----------------------------------------------------------------------------
 */

struct counts {
	uint64_t events, lost, bytes;
};

static char *read_stats(struct record *r, unsigned cpu, struct counts *c)
{
	char path[RECORD_PATH], *text = NULL;
	unsigned lines;
	size_t size;

	if (record_files_path(path, r->err, "%s/per_cpu/cpu%u/stats", r->instance, cpu))
		text = record_files_read(path, &size, r->err);
	if (!text)
		return NULL;
	c->events = import_state_sum(text, "entries: ", &lines) +
		    import_state_sum(text, "read events: ", &lines);
	c->lost = import_state_sum(text, "overrun: ", &lines) +
		  import_state_sum(text, "commit overrun: ", &lines) +
		  import_state_sum(text, "dropped events: ", &lines);
	c->bytes = import_state_sum(text, "bytes: ", &lines);
	return text;
}

/* What a buffer that loses nothing would have had: twice what this one had and lost. */
static uint64_t enough(const struct record *r, const struct counts *c)
{
	uint64_t need = r->res->buffer_bytes + c->lost * EVENT_BYTES, size = MIB;

	while (size < 2 * need)
		size *= 2;
	return size;
}

bool record_instance_count(struct record *r)
{
	for (unsigned i = 0; i < r->ncpus; i++) {
		struct counts c;
		char head[32], *text = read_stats(r, r->cpus[i].number, &c);
		uint64_t size;
		bool ok;

		if (!text)
			return false;
		snprintf(head, sizeof(head), "cpu%u\n", r->cpus[i].number);
		ok = record_files_put(r, "stats", head, strlen(head), true) &&
		     record_files_put(r, "stats", text, strlen(text), true);
		free(text);
		if (!ok)
			return false;
		size = enough(r, &c);
		if (c.lost && size > r->res->enough_bytes)
			r->res->enough_bytes = size;
		r->res->events += c.events;
		r->res->lost += c.lost;
	}
	return true;
}

/* ---- size of the buffers ------------------------------------------------------------------
 */

static bool set_size(struct record *r, uint64_t bytes)
{
	uint64_t from = record_now();
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)(bytes / 1024));
	do {
		if (record_instance_set(r, "buffer_size_kb", text))
			return true;
	} while (is_busy(from));
	return trace_error_at(r->err, "a buffer of %llu MiB for each of %u cpus: ",
			      (unsigned long long)(bytes / MIB), r->ncpus);
}

/* Bytes a second of the busiest cpu, with nothing but what goes on already. */
static bool probe(struct record *r)
{
	const struct timespec pause = { 0, PROBE_NS };
	uint64_t from = record_now(), most = 0, ns;

	if (!set_size(r, PROBE_BYTES) || !record_instance_set(r, "tracing_on", "1"))
		return false;
	nanosleep(&pause, NULL);
	if (!record_instance_set(r, "tracing_on", "0"))
		return false;
	ns = record_now() - from;
	for (unsigned i = 0; i < r->ncpus; i++) {
		struct counts c;
		char *text = read_stats(r, r->cpus[i].number, &c);
		uint64_t bytes;

		if (!text)
			return false;
		free(text);
		bytes = c.bytes + c.lost * EVENT_BYTES;
		most = bytes > most ? bytes : most;
	}
	r->res->probe_rate = most * 1000000 / (ns / 1000 + 1);
	return true;
}

static uint64_t available_memory(struct record *r)
{
	char path[RECORD_PATH], *text = NULL;
	unsigned lines;
	size_t size;
	uint64_t kib;

	if (record_files_path(path, r->err, "%s/meminfo", r->proc))
		text = record_files_read(path, &size, r->err);
	if (!text)
		return LARGEST_BYTES;
	kib = import_state_sum(text, "MemAvailable: ", &lines);
	free(text);
	return lines ? kib * 1024 : LARGEST_BYTES;
}

static uint64_t fitting_size(struct record *r)
{
	uint64_t bytes = r->res->probe_rate * SECONDS;
	uint64_t most = available_memory(r) / MEMORY_SHARE / (r->ncpus ? r->ncpus : 1);

	bytes = bytes > LEAST_BYTES ? bytes : LEAST_BYTES;
	bytes = bytes < most ? bytes : most;
	return bytes < MIB ? MIB : (bytes + MIB - 1) / MIB * MIB;
}

bool record_instance_size(struct record *r)
{
	r->res->buffer_bytes = r->o->buffer_bytes;
	if (!r->o->buffer_bytes) {
		if (!probe(r))
			return false;
		r->res->buffer_bytes = fitting_size(r);
	}
	/* Opening `trace` for writing empties the buffers, and their counters. */
	return set_size(r, r->res->buffer_bytes) && record_instance_set(r, "trace", "\n");
}
