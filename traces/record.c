#include "traces/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "traces/record_parts.h"
#include "traces/trace_scan.h"

#define COMMS_EVERY 10 /* ticks */
#define NICE (-10)     /* the work must not keep the recorder from emptying the buffers */

uint64_t record_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- while it records ---------------------------------------------------------------------
 */

/* The kernel remembers the names of the last few tasks only: they are gathered all along. */
static bool gather_comms(struct record *r)
{
	char path[RECORD_PATH], *text, *save, name[16];
	const char *rest;
	bool ok = true;
	size_t size;
	int pid;

	if (!record_files_path(path, r->err, "%s/saved_cmdlines", r->tracefs))
		return false;
	text = record_files_read(path, &size, r->err);
	if (!text)
		return false;
	for (char *line = strtok_r(text, "\n", &save); ok && line;
	     line = strtok_r(NULL, "\n", &save))
		if ((rest = trace_scan(line, " %d ", &pid)) &&
		    sscanf(rest, "%15[^\n]", name) == 1)
			ok = import_source_comm(&r->comms, pid, name, r->err);
	free(text);
	return ok;
}

static bool write_comms(struct record *r)
{
	char line[64];

	if (!gather_comms(r))
		return false;
	for (size_t i = 0; i < r->comms.ncomms; i++) {
		snprintf(line, sizeof(line), "%d %s\n", r->comms.comms[i].pid,
			 r->comms.comms[i].comm);
		if (!record_files_put(r, "saved_cmdlines", line, strlen(line), true))
			return false;
	}
	return true;
}

bool record_tick(struct record *r)
{
	enum record_wish wish = RECORD_GO_ON;
	uint64_t ns = r->work_began ? record_now() - r->work_began : 0;

	if (!record_pages_drain(r))
		return false;
	if (r->o->keep_comm && r->ticks++ % COMMS_EVERY == 0 && !gather_comms(r))
		return false;
	if (r->o->watch)
		wish = r->o->watch(r->o->watch_ctx, ns, r->res->bytes);
	r->stop |= wish == RECORD_STOP;
	return wish != RECORD_ABORT || trace_error_set(r->err, TRACE_STOPPED, "interrupted");
}

static bool work_goes_on(struct record *r)
{
	if (r->o->command && !record_command_runs(r))
		return false;
	return !r->stop && (r->o->command || !r->o->seconds ||
			    record_now() - r->work_began < r->o->seconds * 1000000000u);
}

static bool work(struct record *r)
{
	const struct timespec pause = { 0, RECORD_TICK_NS };

	if (!record_instance_mark(r, "work begin"))
		return false;
	r->work_began = record_now();
	if (r->o->command && !record_command_start(r))
		return false;
	while (work_goes_on(r)) {
		nanosleep(&pause, NULL);
		if (!record_tick(r))
			return false;
	}
	r->res->work_ns = record_now() - r->work_began;
	return record_instance_mark(r, "work end");
}

static bool record_all(struct record *r)
{
	uint64_t from = record_now();

	if (!record_instance_set(r, "tracing_on", "1") || !record_state_take(r, 0) ||
	    !record_state_write(r, 0) || !work(r) || !record_state_take(r, 1) ||
	    !record_instance_set(r, "tracing_on", "0"))
		return false;
	r->res->recorded_ns = record_now() - from;
	return record_pages_drain(r) && record_pages_rest(r) &&
	       (!r->o->keep_comm || write_comms(r)) && record_state_write(r, 1) &&
	       record_instance_count(r);
}

/* ---- before and after ---------------------------------------------------------------------
 */

/* What the importer looks for first, so written last. Cpus have numbers without gaps there. */
static bool write_mark(struct record *r)
{
	unsigned cpus = r->cpus[r->ncpus - 1].number + 1, have = 0;
	struct utsname u;
	char text[512], name[32];

	for (unsigned number = 0; number < cpus; number++) {
		if (r->cpus[have].number == number) {
			have++;
			continue;
		}
		snprintf(name, sizeof(name), "cpu%u.raw", number);
		if (!record_files_put(r, name, "", 0, false))
			return false;
	}
	uname(&u);
	snprintf(text, sizeof(text),
		 "version %d\nbyte-order %s\ncpus %u\nclock mono\nkernel %s %s\n",
		 IMPORT_RAW_VERSION, IMPORT_RAW_BYTE_ORDER, cpus, u.release, u.machine);
	return record_files_put(r, IMPORT_RAW_MARK, text, strlen(text), false);
}

static bool prepare(struct record *r)
{
	if (mkdir(r->o->folder, 0777) < 0)
		return record_files_error(r->err, TRACE_SYSTEM, r->o->folder);
	r->has_folder = true;
	return record_instance_make(r) && record_events_enable(r) && record_pages_open(r) &&
	       record_instance_size(r) && record_state_prepare(r);
}

static void release(struct record *r)
{
	record_command_stop(r);
	record_pages_close(r);
	record_instance_remove(r);
	record_state_free(r);
	import_source_free(&r->comms);
	setpriority(PRIO_PROCESS, 0, r->nice);
}

bool record_run(const struct record_options *o, struct record_result *result,
		struct trace_error *err)
{
	struct record *r = calloc(1, sizeof(*r));
	bool ok;

	memset(result, 0, sizeof(*result));
	if (!r)
		return trace_error_memory(err);
	r->o = o;
	r->res = result;
	r->err = err;
	r->proc = o->proc ? o->proc : "/proc";
	r->marker = r->pipe[0] = r->pipe[1] = -1;
	import_source_init(&r->comms, o->folder);
	r->nice = getpriority(PRIO_PROCESS, 0);
	if (r->nice > NICE)
		setpriority(PRIO_PROCESS, 0, NICE);
	ok = prepare(r) && record_all(r) && write_mark(r);
	release(r);
	if (!ok && r->has_folder)
		record_files_remove(o->folder);
	free(r);
	return ok;
}
