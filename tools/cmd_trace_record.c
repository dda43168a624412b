/* pagesim trace record: what the page allocator of this machine does becomes a trace. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/conf.h"
#include "tools/cmd_trace.h"
#include "tools/interrupt.h"
#include "traces/record.h"
#include "traces/trace_scan.h"

#define MIB (UINT64_C(1) << 20)

struct request {
	struct record_options o;
	struct trace_import_options import;
	const char *keep_raw;
	char folder[4096];
	bool json, quiet;
};

/* ---- signals, and progress on a terminal ------------------------------------------------- */

static volatile sig_atomic_t stopped, aborted;

/* Ctrl-C is how a recording without a command ends; everything else leaves nothing. */
static void on_signal(int number)
{
	if (number == SIGINT && !stopped)
		stopped = 1;
	else
		aborted = 1;
}

struct shown {
	const struct request *q;
	struct progress *progress;
};

static enum record_wish watch(void *ctx, uint64_t ns, uint64_t bytes)
{
	const struct shown *s = ctx;
	char note[32];

	snprintf(note, sizeof(note), "%" PRIu64 " s", ns / 1000000000u);
	progress_update(s->progress, bytes, note);
	if (aborted || (stopped && s->q->o.command))
		return RECORD_ABORT;
	return stopped ? RECORD_STOP : RECORD_GO_ON;
}

static bool record(struct request *q, struct record_result *r, struct trace_error *err)
{
	struct shown shown = { q, NULL };
	bool ok;

	if (!q->quiet)
		shown.progress = progress_new("record", "bytes", 0);
	q->o.watch = watch;
	q->o.watch_ctx = &shown;
	ok = record_run(&q->o, r, err);
	progress_free(shown.progress);
	return ok;
}

/* ---- options ------------------------------------------------------------------------------
 */

static bool bad(const char *option, const char *value, const char *want)
{
	fprintf(stderr, "pagesim trace record: --%s=%s: expected %s\n", option,
		options_short(value).text, want);
	return false;
}

static bool set_number(const struct options_row *row, const char *value, uint64_t least,
		       uint64_t most, const char *want, uint64_t *v)
{
	if (!trace_scan_whole(value, most, v) || *v < least)
		return bad(row->name, value, want);
	return true;
}

static bool set_buffer(const struct options_row *row, const char *value, uint64_t *bytes)
{
	const char *why;

	return (conf_parse_size(value, 1, bytes, &why) && *bytes >= MIB &&
		*bytes <= MIB << 16) ||
	       bad(row->name, value, "a size of each cpu's buffer, 1MiB to 64GiB");
}

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;
	uint64_t v;

	if (strcmp(row->name, "output") == 0)
		q->import.output = value;
	else if (strcmp(row->name, "name") == 0)
		q->import.name = value;
	else if (strcmp(row->name, "keep-raw") == 0)
		q->keep_raw = value;
	else if (strcmp(row->name, "json") == 0)
		q->json = true;
	else if (strcmp(row->name, "comm") == 0)
		q->import.keep_comm = q->o.keep_comm = true;
	else if (strcmp(row->name, "allow-missed") == 0)
		q->import.allow_missed = true;
	else if (strcmp(row->name, "buffer") == 0)
		return set_buffer(row, value, &q->o.buffer_bytes);
	else if (strcmp(row->name, "seconds") == 0)
		return set_number(row, value, 1, 1000000, "seconds, 1 to 1000000",
				  &q->o.seconds);
	else if (strcmp(row->name, "events") == 0)
		return record_events_set(value, &q->o.set) ||
		       bad(row->name, value, "core, std or lru");
	else if (strcmp(row->name, "level") == 0) {
		if (!set_number(row, value, 1, 19, "a zstd level, 1 to 19", &v))
			return false;
		q->import.level = (int)v;
	}
	return true;
}

/* ---- the summary --------------------------------------------------------------------------
 */

static uint64_t file_bytes(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static const char *ending(const struct request *q, const struct record_result *r, char *text,
			  size_t size)
{
	int status = r->command_status;

	if (!q->o.command)
		snprintf(text, size, stopped ? "ended by Ctrl-C" : "seconds as asked for");
	else if (WIFSIGNALED(status))
		snprintf(text, size, "%s was ended by signal %d", q->o.command[0],
			 WTERMSIG(status));
	else
		snprintf(text, size, "%s ended with status %d", q->o.command[0],
			 WEXITSTATUS(status));
	return text;
}

static uint64_t per_second(uint64_t n, uint64_t ns)
{
	return ns ? (uint64_t)((double)n * 1e9 / (double)ns + 0.5) : 0;
}

static int percent(uint64_t n, uint64_t of)
{
	return of ? (int)(n * 100 / of) : 0;
}

static void print_text(const struct request *q, const struct record_result *r,
		       const char *report)
{
	uint64_t size = file_bytes(q->import.output);
	char text[4352];

	printf("recorded   %.3f s of work: %s\n", (double)r->work_ns / 1e9,
	       ending(q, r, text, sizeof(text)));
	printf("events     %" PRIu64 " in %.3f s with the snapshots, %" PRIu64
	       " a second; lost %" PRIu64 "\n",
	       r->events, (double)r->recorded_ns / 1e9, per_second(r->events, r->recorded_ns),
	       r->lost);
	printf("buffers    %u of %" PRIu64 " MiB%s, at most %d %% full\n", r->cpus,
	       r->buffer_bytes / MIB, q->o.buffer_bytes ? "" : " (from a probe)",
	       percent(r->fullest_bytes, r->buffer_bytes));
	if (!q->o.buffer_bytes)
		printf("probe      %" PRIu64
		       " KiB a second on the busiest cpu before the work\n",
		       r->probe_rate / 1024);
	if (r->missing[0])
		printf("without    %s: this kernel does not have them\n", r->missing);
	if (size)
		printf("file       %s, %" PRIu64 " bytes\n", q->import.output, size);
	if (q->keep_raw)
		printf("raw        %s, %" PRIu64 " bytes of events\n", q->keep_raw, r->bytes);
	printf("\n%s", report);
}

static json_t *summary_json(const struct request *q, const struct record_result *r,
			    const char *report)
{
	json_t *j = json_pack(
		"{s:f, s:f, s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:i, s:s, s:s, "
		"s:I, s:o}",
		"work_seconds", (double)r->work_ns / 1e9, "seconds",
		(double)r->recorded_ns / 1e9, "events", (json_int_t)r->events,
		"events_per_second", (json_int_t)per_second(r->events, r->recorded_ns), "lost",
		(json_int_t)r->lost, "cpus", (int)r->cpus, "buffer_bytes",
		(json_int_t)r->buffer_bytes, "fullest_bytes", (json_int_t)r->fullest_bytes,
		"probe_bytes_per_second", (json_int_t)r->probe_rate, "stale_instances_removed",
		(int)r->stale, "events_not_known", r->missing, "file", q->import.output,
		"file_bytes", (json_int_t)file_bytes(q->import.output), "import",
		json_loads(report, 0, NULL));
	int status = r->command_status;

	if (j && q->o.command && WIFSIGNALED(status))
		json_object_set_new(j, "command_signal", json_integer(WTERMSIG(status)));
	else if (j && q->o.command)
		json_object_set_new(j, "command_status", json_integer(WEXITSTATUS(status)));
	return j;
}

static bool print_json(const struct request *q, const struct record_result *r,
		       const char *report)
{
	json_t *j = summary_json(q, r, report);
	char *text = j ? json_dumps(j, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;

	if (text)
		puts(text);
	free(text);
	json_decref(j);
	return text != NULL;
}

/* ---- the steps ----------------------------------------------------------------------------
 */

static int import(const struct options_spec *spec, struct request *q,
		  const struct record_result *r)
{
	struct trace_import_report *report;
	struct trace_error err;
	char *text;
	int status = CMD_DONE;

	q->import.watch = cmd_trace_watch;
	cmd_trace_watch_begin("import", "bytes", q->quiet);
	report = trace_import(&q->import, &err);
	cmd_trace_watch_end();
	if (!report)
		return cmd_trace_fail(spec, &err);
	text = q->json ? trace_import_report_json(report) : trace_import_report_text(report);
	if (!text || (q->json && !print_json(q, r, text)))
		status = options_fail(spec, CMD_SYSTEM, "out of memory");
	else if (!q->json && !q->quiet)
		print_text(q, r, text);
	free(text);
	trace_import_report_free(report);
	return status;
}

static int losses(const struct options_spec *spec, const struct request *q,
		  const struct record_result *r)
{
	options_fail(spec, CMD_BAD_DATA,
		     "%" PRIu64 " of %" PRIu64 " events were lost, because a buffer of %" PRIu64
		     " MiB was full: record again with --buffer %" PRIu64 "MiB",
		     r->lost, r->events + r->lost, r->buffer_bytes / MIB,
		     r->enough_bytes / MIB);
	if (q->keep_raw && !q->quiet)
		fprintf(stderr,
			"pagesim trace record: what there is is in %s; pagesim trace import "
			"--allow-lost takes it up to the first loss\n",
			q->keep_raw);
	return CMD_BAD_DATA;
}

/* ".x.pgt.raw.4711" beside x.pgt, of a recorder that was killed. */
static void remove_stale(const char *folder)
{
	char path[sizeof(((struct request *)0)->folder) + 256];
	const char *slash = strrchr(folder, '/');
	const char *base = slash ? slash + 1 : folder;
	size_t head = (size_t)(base - folder), len = (size_t)(strrchr(base, '.') + 1 - base);
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%.*s", head ? (int)head : 1, head ? folder : ".");
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		uint64_t pid;

		if (strncmp(entry->d_name, base, len) == 0 &&
		    trace_scan_whole(entry->d_name + len, INT32_MAX, &pid) && pid > 0 &&
		    kill((pid_t)pid, 0) < 0 && errno == ESRCH) {
			snprintf(path, sizeof(path), "%.*s%s", (int)head, folder,
				 entry->d_name);
			record_files_remove(path);
		}
	}
	if (dir)
		closedir(dir);
}

static void remarks(const struct record_result *r)
{
	if (r->stale)
		fprintf(stderr,
			"pagesim trace record: removed %u ring buffer%s that a recorder which "
			"is no more had left\n",
			r->stale, r->stale > 1 ? "s" : "");
	if (r->left)
		fprintf(stderr,
			"pagesim trace record: another process uses the ring buffer "
			"pagesim-%ld, which stays in tracefs; the next recording removes it\n",
			(long)getpid());
}

static int run(const struct options_spec *spec, struct request *q)
{
	struct record_result r;
	struct trace_error err;
	bool ok;
	int status;

	if (!q->keep_raw)
		remove_stale(q->folder);
	ok = record(q, &r, &err);
	if (!q->quiet)
		remarks(&r);
	if (!ok && (aborted || (stopped && q->o.command)))
		return options_fail(spec, CMD_INTERRUPTED, "interrupted");
	if (!ok)
		return cmd_trace_fail(spec, &err);
	if (aborted)
		status = options_fail(spec, CMD_INTERRUPTED, "interrupted");
	else
		status = r.lost ? losses(spec, q, &r) : import(spec, q, &r);
	if (!q->keep_raw)
		record_files_remove(q->folder);
	return status;
}

/* The raw recording lies beside the trace, where there is room for it. */
static bool set_folder(struct request *q)
{
	const char *output = q->import.output, *slash = strrchr(output, '/');
	const char *base = slash ? slash + 1 : output, *dir = getenv("TMPDIR");
	int n;

	if (q->keep_raw)
		n = snprintf(q->folder, sizeof(q->folder), "%s", q->keep_raw);
	else if (strcmp(output, "-") == 0)
		n = snprintf(q->folder, sizeof(q->folder), "%s/pagesim-raw.%ld",
			     dir ? dir : "/tmp", (long)getpid());
	else
		n = snprintf(q->folder, sizeof(q->folder), "%.*s.%s.raw.%ld",
			     (int)(base - output), output, base, (long)getpid());
	q->o.folder = q->import.input = q->folder;
	return n > 0 && n < (int)sizeof(q->folder);
}

/* "dir/x.pgt" is called "x". */
static void set_name(struct request *q, char *name, size_t size)
{
	const char *slash = strrchr(q->import.output, '/');
	const char *base = slash ? slash + 1 : q->import.output;
	size_t len = strcspn(base, ".");

	snprintf(name, size, "%.*s", (int)len, base);
	if (!q->import.name)
		q->import.name = len && strcmp(base, "-") != 0 ? name : "recording";
}

/* What would only be found out when the recording is over. */
static bool can_write(const char *output)
{
	const char *slash = strrchr(output, '/');
	char dir[4096];
	struct stat st;

	if (strcmp(output, "-") == 0)
		return true;
	if (stat(output, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return false;
	}
	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - output + 1) : 1,
		 slash ? output : ".");
	return access(dir, W_OK) == 0;
}

static int check(const struct options_spec *spec, struct request *q)
{
	if (!q->import.output)
		return options_fail(spec, CMD_USAGE, "-o OUT.pgt is missing");
	if (q->o.command && q->o.seconds)
		return options_fail(spec, CMD_USAGE,
				    "either --seconds or a command, which says itself when it "
				    "is done");
	if (strcmp(q->import.output, "-") == 0 && (q->json || !q->quiet))
		return options_fail(spec, CMD_USAGE,
				    "the trace goes to standard output: --quiet is needed");
	if (!can_write(q->import.output))
		return options_fail(spec, CMD_SYSTEM, "%s: %s", q->import.output,
				    strerror(errno));
	if (q->keep_raw && access(q->keep_raw, F_OK) == 0)
		return options_fail(
			spec, CMD_USAGE,
			"--keep-raw=%s: it is there already; a new folder is wanted",
			q->keep_raw);
	if (!set_folder(q))
		return options_fail(spec, CMD_USAGE, "%.100s...: the path is too long",
				    q->keep_raw ? q->keep_raw : q->import.output);
	return CMD_DONE;
}

static const struct options_row rows[] = {
	{ "output", 'o', "OUT.pgt", "the trace to write; - is standard output (with --quiet)" },
	{ "events", 'e', "SET",
	  "core: allocations and frees. std (if not given): also what scores a replay,\n"
	  "as per-cpu refills and drains, fallbacks, reclaim, compaction, OOM. lru:\n"
	  "also pages that get onto LRU lists or become active" },
	{ "seconds", 0, "N", "record for N seconds; without it and a command, until Ctrl-C" },
	{ "buffer", 0, "SIZE",
	  "ring buffer of each cpu, as 64MiB; if not given, from a probe of a fifth of\n"
	  "a second, at least 16 MiB" },
	{ "comm", 0, NULL,
	  "keep the names of commands, as far as the kernel remembers them, not only\n"
	  "process ids" },
	{ "keep-raw", 0, "DIR",
	  "keep the raw recording in DIR, a new folder; pagesim trace import DIR takes it" },
	{ "allow-missed", 0, NULL,
	  "write the trace even if more than 1 % of the requests do not fit together" },
	{ "name", 0, "NAME", "the trace's name; from the file's if not given" },
	{ "level", 0, "N", "zstd level, 1 to 19 (3)" },
	{ "json", 0, NULL,
	  "print the summary as JSON; the command's output goes to standard error" },
	{ 0 },
};

static const struct options_spec spec = {
	"trace record",
	"[-- COMMAND [ARG...]]",
	"Records what the page allocator of this machine does while COMMAND runs, for N\n"
	"seconds or until Ctrl-C, and makes a trace of it that starts from the machine's\n"
	"state. Needs root and tracefs; nothing is left there. Process ids are recorded,\n"
	"names only with --comm, arguments and paths never. A lost event fails the\n"
	"recording (3). The status of COMMAND is told, it is not this command's.",
	rows,
	"  # a build\n"
	"  pagesim trace record -o build.pgt -- make -j2\n"
	"  pagesim run --trace build.pgt --start trace --out /tmp/out\n"
	"  # ten seconds of whatever goes on\n"
	"  pagesim trace record -o now.pgt --seconds 10\n"
	"  # with names, larger buffers, and what the kernel gave, to be imported again\n"
	"  pagesim trace record -o web.pgt --comm --buffer 128MiB --keep-raw web.raw \\\n"
	"      -- ./load.sh\n"
	"  pagesim trace import web.raw -o again.pgt\n",
	0,
	-1,
};

int cmd_trace_record(int argc, char **argv)
{
	struct request q = { .o.set = RECORD_STD };
	struct options_result r = options_parse(&spec, argc, argv, set, &q);
	struct interrupt before;
	char name[256];
	int status;

	if (r.ended)
		return r.status;
	q.quiet = r.quiet;
	if (r.noperands)
		q.o.command = r.operands;
	status = check(&spec, &q);
	if (status != CMD_DONE)
		return status;
	set_name(&q, name, sizeof(name));
	q.o.command_to_stderr = q.json || strcmp(q.import.output, "-") == 0;
	interrupt_catch(&before, on_signal);
	status = run(&spec, &q);
	interrupt_release(&before);
	return status;
}
