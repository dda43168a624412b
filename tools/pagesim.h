/*
 * libpagesim: runs of pagesim from a C or C++ program. docs/library.md is its manual,
 * tools/package/example/ a program that uses it.
 *
 *	struct pagesim_error err;
 *	struct pagesim_run *run = pagesim_run_new(&err);
 *	struct pagesim_result *result = NULL;
 *	double p99;
 *
 *	if (run && pagesim_run_scenario(run, "vm-fragment", &err) &&
 *	    pagesim_run_set(run, "vm.min_free_kbytes=16MiB", &err))
 *		result = pagesim_run_go(run, &err);
 *	if (result && pagesim_result_metric(result, "latency.alloc.p99", &p99, &err))
 *		printf("%.0f cycles\n", p99);
 *	else
 *		fprintf(stderr, "%s\n", err.text);
 *	pagesim_result_free(result);
 *	pagesim_run_free(run);
 *
 * Errors: a function that takes a pagesim_error and gives false or NULL has filled it in, with
 * a status and one finished sentence. The library itself never prints, never exits, and keeps
 * no state outside its objects.
 *
 * Ownership: what a _new, _open, _parse or _go function gives is the caller's, until the _free
 * or _close function of the same name has it; these take NULL. Texts and structs behind a
 * `const` pointer belong to the object they were asked of. Texts that are handed in are copied.
 *
 * Units: cycles are those of the modelled machine's clock, memory is counted in bytes or in
 * pages of 4 KiB, as the name says. Simulated results are the same bits on every host.
 *
 * Threads: one object is used by one thread at a time; different objects by different threads
 * at the same time. Each run takes place in a child process of its own.
 *
 * Stability: within libpagesim.so.0 functions stay, and structs behind const pointers get new
 * members at their ends alone.
 */
#ifndef PAGESIM_H
#define PAGESIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PAGESIM_API __attribute__((visibility("default")))

/* The same numbers as the exit statuses of the program. */
enum pagesim_status {
	PAGESIM_DONE = 0,
	PAGESIM_USAGE = 2,        /* what was asked for is wrong, unknown or does not fit */
	PAGESIM_BAD_DATA = 3,     /* a file is damaged or not what it should be */
	PAGESIM_SYSTEM = 4,       /* the host failed: memory, disk, I/O */
	PAGESIM_INTERRUPTED = 130 /* by the progress function, or SIGINT, SIGTERM, SIGHUP */
};

struct pagesim_error {
	enum pagesim_status status;
	char text[1280]; /* without a newline; of files "FILE:LINE:COLUMN: what is wrong" */
};

/* The version of the library that is loaded: "0.1.0". */
PAGESIM_API const char *pagesim_version(void);

/*
 * Files: where a function takes the name of a file that is to be read, paths are relative to
 * the working directory. One that is not there and begins with "configs/" or "traces/" is
 * looked for among the files that are installed with pagesim ($PAGESIM_DATA, else
 * PREFIX/share/pagesim), and so is a bare word, as a machine or scenario: "2s-broadwell".
 */

/* ---- traces: what is in a .pgt file ---------------------------------------------------- */

struct pagesim_trace;

struct pagesim_trace_facts {
	const char *name;          /* of the trace: "vm-fragment" */
	const char *source_kernel; /* that it was recorded on; "" = it is synthetic */
	const char *clock;         /* as the kernel names it: "mono", "x86-tsc", ... */
	uint64_t clock_hz;         /* ticks a second; 0 = events have an order, no time */
	unsigned cpus, nodes;      /* nodes: highest id + 1 */
	uint64_t pages;            /* of memory, of 4 KiB; 0 = not recorded */
	uint64_t events, allocs, frees, failed;
	uint64_t first_time, last_time; /* of events, in ticks */
	bool has_state;                 /* it begins with the machine's recorded state */
	bool synthetic;
};

enum pagesim_event_kind {
	PAGESIM_ALLOC,
	PAGESIM_ALLOC_FAILED, /* on the recorded machine */
	PAGESIM_FREE,
	PAGESIM_LRU_ADD,
	PAGESIM_ACCESS,
	PAGESIM_DIRTY,
	PAGESIM_TASK_START, /* value = parent's number + 1, 0 = not known */
	PAGESIM_TASK_EXIT,
	PAGESIM_SYSCTL,  /* text = "name=value" */
	PAGESIM_MARK,    /* text */
	PAGESIM_ISOLATE, /* value = number of pageblocks, from pfn on */
	PAGESIM_UNISOLATE
};

#define PAGESIM_NONE UINT64_MAX /* no object, no pfn */

struct pagesim_event {
	uint64_t number; /* of the event, from 0 */
	uint64_t time;   /* in ticks of the trace's clock, never decreasing */
	enum pagesim_event_kind kind;
	unsigned cpu;
	unsigned order;   /* allocations and frees: 2^order pages */
	int node;         /* that was asked for; -1 = the CPU's own */
	uint64_t object;  /* allocations count up; a free names what it frees */
	uint64_t pfn;     /* recorded page frame of an allocation */
	uint64_t value;   /* of a free: offset of the freed part, pages; else by kind */
	const char *gfp;  /* names of an allocation's flags, else "" */
	const char *text; /* of PAGESIM_SYSCTL and PAGESIM_MARK, else "" */
	uint32_t task;    /* a number, the same for all events of a task */
	int32_t pid;      /* of the task; 0 = what CPUs do in interrupts and when idle */
	const char *comm; /* of the task, "" when not recorded */
};

/* A file, not a pipe. */
PAGESIM_API struct pagesim_trace *pagesim_trace_open(const char *path,
						     struct pagesim_error *err);
PAGESIM_API void pagesim_trace_close(struct pagesim_trace *trace);
PAGESIM_API const struct pagesim_trace_facts *
pagesim_trace_facts(const struct pagesim_trace *trace);
/* The next event; it and its texts stay until the next call. NULL at the end, with
 * PAGESIM_DONE and an empty text in *err, or after an error. */
PAGESIM_API const struct pagesim_event *pagesim_trace_next(struct pagesim_trace *trace,
							   struct pagesim_error *err);
/* The next event is the one of that number; 0 is the first. */
PAGESIM_API bool pagesim_trace_seek(struct pagesim_trace *trace, uint64_t number,
				    struct pagesim_error *err);

/* ---- machines (docs/machines.md) ------------------------------------------------------- */

struct pagesim_machine;

struct pagesim_machine_facts {
	const char *name;
	unsigned cpus, nodes; /* nodes: highest id + 1 */
	uint64_t clock_mhz;
	uint64_t pages; /* of memory, of 4 KiB */
};

/* A machine file; or a text in memory, which `name` stands for in errors. */
PAGESIM_API struct pagesim_machine *pagesim_machine_open(const char *path,
							 struct pagesim_error *err);
PAGESIM_API struct pagesim_machine *pagesim_machine_parse(const char *yaml, const char *name,
							  struct pagesim_error *err);
PAGESIM_API void pagesim_machine_free(struct pagesim_machine *machine);
PAGESIM_API const struct pagesim_machine_facts *
pagesim_machine_facts(const struct pagesim_machine *machine);

/* ---- runs ------------------------------------------------------------------------------ */

struct pagesim_run;
struct pagesim_result;

PAGESIM_API struct pagesim_run *pagesim_run_new(struct pagesim_error *err);
PAGESIM_API void pagesim_run_free(struct pagesim_run *run);

/*
 * What the run is to do, in any order; a later value stands above an earlier one of the same
 * key, and all of them above the scenario. They are checked as a whole by pagesim_run_go().
 */

/* A scenario file (docs/scenarios.md), once at most; or a text in memory, which `name` stands
 * for in errors, with paths relative to the working directory. */
PAGESIM_API bool pagesim_run_scenario(struct pagesim_run *run, const char *path,
				      struct pagesim_error *err);
PAGESIM_API bool pagesim_run_scenario_text(struct pagesim_run *run, const char *yaml,
					   const char *name, struct pagesim_error *err);
PAGESIM_API bool pagesim_run_trace(struct pagesim_run *run, const char *path,
				   struct pagesim_error *err);
/* Instead of the machine that the trace was recorded on. The machine is copied. */
PAGESIM_API bool pagesim_run_machine(struct pagesim_run *run,
				     const struct pagesim_machine *machine,
				     struct pagesim_error *err);
/* "KEY=VALUE", a value by its YAML path as with --set: "kernel=2.4", "start=boot", "seed=3",
 * "vm.min_free_kbytes=16MiB", "replay.pacing=open", "machine.clock_mhz=2600". */
PAGESIM_API bool pagesim_run_set(struct pagesim_run *run, const char *assignment,
				 struct pagesim_error *err);
/* A folder for result.json, latency.hlog, buddyinfo, ... (docs/result-format.md), all of them
 * or none; NULL = no files, as at first. */
PAGESIM_API bool pagesim_run_out(struct pagesim_run *run, const char *folder,
				 struct pagesim_error *err);

/* Called at the begin of a run, about ten times a second while it goes on, and at its end, with
 * the events replayed so far; false stops the run, which then is PAGESIM_INTERRUPTED (at the
 * end it is too late). NULL = nobody is asked, as at first. */
typedef bool pagesim_progress(void *context, uint64_t events);
PAGESIM_API void pagesim_run_progress(struct pagesim_run *run, pagesim_progress *progress,
				      void *context);

/* Runs it, and waits for its end. Can be called again, after other settings as well. */
PAGESIM_API struct pagesim_result *pagesim_run_go(struct pagesim_run *run,
						  struct pagesim_error *err);

/* ---- results --------------------------------------------------------------------------- */

/* Of an earlier run: its folder, or its result.json. */
PAGESIM_API struct pagesim_result *pagesim_result_open(const char *path,
						       struct pagesim_error *err);
PAGESIM_API void pagesim_result_free(struct pagesim_result *result);

/* 32 hex digits over everything that was simulated: equal results have equal digests. */
PAGESIM_API const char *pagesim_result_digest(const struct pagesim_result *result);
/* All of result.json (docs/result-format.md). */
PAGESIM_API const char *pagesim_result_json(const struct pagesim_result *result);
/* The tables that `pagesim run` prints; of a result that was opened "", if its folder has no
 * summary.txt. */
PAGESIM_API const char *pagesim_result_summary(const struct pagesim_result *result);

enum pagesim_better { PAGESIM_NEITHER, PAGESIM_LESS, PAGESIM_MORE };

/* A figure of a result; docs/metrics.md has the names. */
struct pagesim_metric {
	const char *name; /* "latency.alloc.order0.p99" */
	const char *unit; /* "cycles", "requests", "pages", ... */
	double value;     /* INFINITY: it never happened */
	enum pagesim_better better;
	bool of_host; /* of the host that it ran on, so never the same twice */
};

/* PAGESIM_USAGE when the result has no figure of that name. */
PAGESIM_API bool pagesim_result_metric(const struct pagesim_result *result, const char *name,
				       double *value, struct pagesim_error *err);
/* All figures in their order: i from 0, NULL behind the last. */
PAGESIM_API const struct pagesim_metric *
pagesim_result_metric_at(const struct pagesim_result *result, size_t i);

/*
 * Latencies in cycles, as a histogram that is exact to 1/1000. Its name is one of the tags of
 * latency.hlog: "alloc", "free", "stall", "alloc.order.0", "alloc.path.pcp", "free.part.lock".
 * NULL: nothing of that name happened, or an opened result has no latency.hlog.
 */
struct pagesim_histogram;
PAGESIM_API const struct pagesim_histogram *
pagesim_result_histogram(const struct pagesim_result *result, const char *name);
/* All names: i from 0, NULL behind the last. */
PAGESIM_API const char *pagesim_result_histogram_name(const struct pagesim_result *result,
						      size_t i);

PAGESIM_API uint64_t pagesim_histogram_count(const struct pagesim_histogram *histogram);
PAGESIM_API uint64_t pagesim_histogram_min(const struct pagesim_histogram *histogram);
PAGESIM_API uint64_t pagesim_histogram_max(const struct pagesim_histogram *histogram);
/* The value at or below which that share of all values lies, in 1/1000 %: 99900 is p99.9. */
PAGESIM_API uint64_t pagesim_histogram_percentile(const struct pagesim_histogram *histogram,
						  uint32_t milli_percent);
/* Calls visit for each bucket that holds values, ascending: its lowest and highest value, and
 * how many it holds. */
typedef void pagesim_bucket(void *context, uint64_t lowest, uint64_t highest, uint64_t count);
PAGESIM_API void pagesim_histogram_each(const struct pagesim_histogram *histogram,
					pagesim_bucket *visit, void *context);

#ifdef __cplusplus
}
#endif

#endif
