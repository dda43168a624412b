#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/cmd.h"
#include "tools/pagesim_core.h"

#define CHUNK 1024

struct pagesim_trace {
	struct trace_reader *reader;
	struct pagesim_trace_facts facts;
	struct trace_event events[CHUNK];
	long nevents, at; /* in memory, and the next one of these */
	uint64_t number;  /* of the next event */
	struct pagesim_event event;
	char comm[17];
};

/* ---- opening --------------------------------------------------------------------------- */

static bool fail(struct pagesim_error *err, const struct trace_error *from)
{
	return pagesim_fail(err, (enum pagesim_status)from->kind, "%s", from->text);
}

static bool note_facts(struct pagesim_trace *t, struct pagesim_error *err)
{
	const struct trace_header *h = trace_reader_header(t->reader);
	struct trace_totals totals;
	struct trace_error failed;

	if (!trace_reader_totals(t->reader, &totals, &failed))
		return fail(err, &failed);
	t->facts = (struct pagesim_trace_facts){
		.name = h->name,
		.source_kernel = h->source_kernel ? h->source_kernel : "",
		.clock = h->clock_name,
		.clock_hz = h->clock == TRACE_CLOCK_COUNTER ? 0 : h->clock_hz,
		.cpus = h->cpus,
		.nodes = h->nodes,
		.events = totals.events,
		.allocs = totals.allocs,
		.frees = totals.frees,
		.failed = totals.failed,
		.first_time = totals.first_time,
		.last_time = totals.last_time,
		.has_state = h->has_state,
		.synthetic = h->synthetic,
	};
	for (unsigned i = 0; i < h->nzones; i++)
		t->facts.pages += h->zones[i].present;
	return true;
}

/* Facts stand at the end of a file, which a pipe reaches too late. */
static bool check_file(const char *path, struct pagesim_error *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return pagesim_fail(err, cmd_wrong_name(errno) ? PAGESIM_USAGE : PAGESIM_SYSTEM,
				    "%s: %s", path, strerror(errno));
	return S_ISREG(st.st_mode) ||
	       pagesim_fail(err, PAGESIM_USAGE, "%s: this is no regular file", path);
}

static bool open_file(struct pagesim_trace *t, const char *path, struct pagesim_error *err)
{
	struct trace_error failed;

	if (!check_file(path, err))
		return false;
	t->reader = trace_reader_open(path, &failed);
	return t->reader ? note_facts(t, err) : fail(err, &failed);
}

struct pagesim_trace *pagesim_trace_open(const char *path, struct pagesim_error *err)
{
	struct pagesim_trace *t = calloc(1, sizeof(*t));
	char *found = pagesim_path(path, NULL, err);
	bool ok = t && found && open_file(t, found, err);

	free(found);
	if (ok)
		return t;
	if (!t)
		pagesim_no_memory(err);
	pagesim_trace_close(t);
	return NULL;
}

void pagesim_trace_close(struct pagesim_trace *trace)
{
	if (!trace)
		return;
	trace_reader_close(trace->reader);
	free(trace);
}

const struct pagesim_trace_facts *pagesim_trace_facts(const struct pagesim_trace *trace)
{
	return &trace->facts;
}

/* ---- events ---------------------------------------------------------------------------- */

_Static_assert((int)PAGESIM_ALLOC == (int)TRACE_ALLOC, "kinds are those of the file");
_Static_assert((int)PAGESIM_UNISOLATE == (int)TRACE_UNISOLATE, "all of them");
_Static_assert(TRACE_KINDS == PAGESIM_UNISOLATE + 1, "and no others");
_Static_assert(PAGESIM_NONE == TRACE_NO_OBJECT && PAGESIM_NONE == TRACE_NO_PFN, "none");

static void show(struct pagesim_trace *t, const struct trace_event *e)
{
	bool asks = e->kind == TRACE_ALLOC || e->kind == TRACE_ALLOC_FAILED;
	bool says = e->kind == TRACE_SYSCTL || e->kind == TRACE_MARK;
	const char *gfp = asks ? trace_reader_gfp(t->reader, e->gfp) : NULL;
	const char *text = says ? trace_reader_text(t->reader, (unsigned)e->value) : NULL;
	const struct trace_task *task = trace_reader_task(t->reader, e->task);

	t->comm[0] = '\0';
	if (task)
		memcpy(t->comm, task->comm, sizeof(task->comm));
	t->event = (struct pagesim_event){
		.number = t->number++,
		.time = e->time,
		.kind = (enum pagesim_event_kind)e->kind,
		.cpu = e->cpu,
		.order = e->order,
		.node = e->node == TRACE_NODE_LOCAL ? -1 : e->node,
		.object = e->object,
		.pfn = e->pfn,
		.value = e->value,
		.gfp = gfp ? gfp : "",
		.text = text ? text : "",
		.task = e->task,
		.pid = task ? task->pid : 0,
		.comm = t->comm,
	};
}

const struct pagesim_event *pagesim_trace_next(struct pagesim_trace *trace,
					       struct pagesim_error *err)
{
	struct trace_error failed;

	if (trace->at == trace->nevents) {
		trace->at = 0;
		trace->nevents =
			trace_reader_next(trace->reader, trace->events, CHUNK, &failed);
		if (trace->nevents <= 0) {
			if (trace->nevents < 0)
				fail(err, &failed);
			else
				pagesim_fail(err, PAGESIM_DONE, "%s", "");
			trace->nevents = 0;
			return NULL;
		}
	}
	show(trace, &trace->events[trace->at++]);
	return &trace->event;
}

bool pagesim_trace_seek(struct pagesim_trace *trace, uint64_t number, struct pagesim_error *err)
{
	struct trace_error failed;

	if (number > trace->facts.events)
		return pagesim_fail(err, PAGESIM_USAGE,
				    "%s has %llu events, there is none with the number %llu",
				    trace->facts.name, (unsigned long long)trace->facts.events,
				    (unsigned long long)number);
	if (!trace_reader_seek_event(trace->reader, number, &failed))
		return fail(err, &failed);
	trace->at = trace->nevents = 0;
	trace->number = number;
	return true;
}
