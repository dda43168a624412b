#include "tools/like_judge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/frag.h"
#include "tools/run.h"
#include "tools/series.h"

struct zone {
	unsigned nid;
	char name[12];
	uint64_t managed, blocks[FRAG_ORDERS];
};

/* What is kept of a run. */
struct ending {
	struct zone *zones;
	unsigned nzones, norders;
	uint64_t failed; /* requests */
};

struct like_judge {
	struct like_judge_options o;
	struct trace_reader *reader; /* of the original */
	struct ending original;
	char kernel[32], machine[80];
	char *why;
	size_t size;
};

static int fail(const struct like_judge *j, int status, const char *sentence)
{
	snprintf(j->why, j->size, "%s", sentence);
	return status;
}

/* ---- the scenario of both -------------------------------------------------------------- */

/* The recorded reserve decides when zones count as full: the copy, which tells of no zones,
 * gets the original's. */
static bool set_reserve(const struct like_judge *j, struct scenario *s, struct conf_error *err)
{
	const struct trace_header *h = trace_reader_header(j->reader);
	uint64_t pages = 0;
	char text[64];

	for (unsigned i = 0; i < h->nzones; i++)
		pages += h->zones[i].min;
	if (!pages)
		return true;
	snprintf(text, sizeof(text), "vm.min_free_kbytes=%" PRIu64 "KiB",
		 pages * h->page_size / 1024);
	return scenario_set(s, text, err);
}

static bool set_up(const struct like_judge *j, struct scenario *s, const char *trace,
		   struct conf_error *err)
{
	const char *machine = j->o.machine;

	if (!scenario_option(s, "trace", trace, "--like", err) ||
	    !scenario_option(s, "start", "boot", "--judge", err))
		return false;
	if (machine)
		return scenario_option(s, "machine", machine, "--machine", err) &&
		       scenario_finish(s, err);
	return set_reserve(j, s, err) && scenario_finish(s, err) &&
	       scenario_machine(s, trace_reader_header(j->reader), err);
}

/* ---- a run ----------------------------------------------------------------------------- */

static bool keep(const struct result *r, struct ending *e)
{
	const struct mm_snapshot *snap = r->snap;

	e->zones = calloc(snap->nzones, sizeof(*e->zones));
	if (!e->zones)
		return false;
	e->nzones = snap->nzones;
	e->norders = snap->norders;
	for (unsigned i = 0; i < snap->nzones; i++) {
		const struct mm_snapshot_zone *z = &snap->zones[i];

		e->zones[i] = (struct zone){ .nid = z->nid, .managed = z->managed };
		snprintf(e->zones[i].name, sizeof(e->zones[i].name), "%s", z->name);
		series_blocks(z, snap->ntypes, e->zones[i].blocks);
	}
	e->failed = r->counts->failed;
	return true;
}

static int replay(struct like_judge *j, const char *trace, struct ending *e)
{
	struct scenario *s = scenario_new();
	struct conf_error err = { .text = "" };
	struct run *run;
	int status;

	if (!s)
		return fail(j, CMD_SYSTEM, "out of memory");
	if (!set_up(j, s, trace, &err)) {
		scenario_free(s);
		return fail(j, cmd_conf(&err), err.text);
	}
	if (j->o.cpus > s->machine->cpus || j->o.nodes > s->machine->nodes) {
		snprintf(j->why, j->size,
			 "the copy is to have %u CPUs and %u nodes, machine '%s' has %u and %u "
			 "(--machine takes a larger one)",
			 j->o.cpus, j->o.nodes, s->machine->name, s->machine->cpus,
			 s->machine->nodes);
		scenario_free(s);
		return CMD_USAGE;
	}
	snprintf(j->kernel, sizeof(j->kernel), "%s", s->policy->name);
	snprintf(j->machine, sizeof(j->machine), "%s", s->machine->name);
	run = run_new(s, &(struct run_options){ .progress = j->o.progress });
	if (!run)
		return fail(j, CMD_SYSTEM, "out of memory");
	status = run_go(run);
	if (status)
		fail(j, status, run_error(run));
	else if (!keep(run_result(run), e))
		status = fail(j, CMD_SYSTEM, "out of memory");
	run_free(run);
	return status;
}

/* ---- in a process of its own: the engine runs once in each ----------------------------- */

/* What a child tells; `nzones` zones follow. */
struct told {
	int status;
	char why[1024], kernel[32], machine[80];
	struct ending ending;
};

static bool put(FILE *to, struct like_judge *j, const struct ending *e, int status)
{
	struct told told = { .status = status, .ending = *e };

	if (status)
		memcpy(told.why, j->why,
		       j->size < sizeof(told.why) ? j->size : sizeof(told.why));
	told.why[sizeof(told.why) - 1] = '\0';
	memcpy(told.kernel, j->kernel, sizeof(told.kernel));
	memcpy(told.machine, j->machine, sizeof(told.machine));
	return fwrite(&told, sizeof(told), 1, to) == 1 &&
	       (status || fwrite(e->zones, sizeof(*e->zones), e->nzones, to) == e->nzones) &&
	       fflush(to) == 0;
}

static int get(FILE *from, struct like_judge *j, struct ending *e)
{
	struct told told;

	if (fread(&told, sizeof(told), 1, from) != 1)
		return fail(j, CMD_SYSTEM, "a replay ended without a result");
	if (told.status)
		return fail(j, told.status, told.why);
	memcpy(j->kernel, told.kernel, sizeof(j->kernel));
	memcpy(j->machine, told.machine, sizeof(j->machine));
	*e = told.ending;
	e->zones = calloc(e->nzones, sizeof(*e->zones));
	if (!e->zones)
		return fail(j, CMD_SYSTEM, "out of memory");
	if (fread(e->zones, sizeof(*e->zones), e->nzones, from) != e->nzones)
		return fail(j, CMD_SYSTEM, "a replay ended without a result");
	return CMD_DONE;
}

static int replay_apart(struct like_judge *j, const char *trace, struct ending *e)
{
	int ends[2], status;
	pid_t child;
	FILE *file;

	fflush(NULL);
	if (pipe(ends) != 0)
		return fail(j, CMD_SYSTEM, strerror(errno));
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return fail(j, CMD_SYSTEM, strerror(errno));
	}
	close(ends[child ? 1 : 0]);
	file = fdopen(ends[child ? 0 : 1], child ? "r" : "w");
	if (child == 0)
		_exit(!file || !put(file, j, e, replay(j, trace, e)));
	status = file ? get(file, j, e) : fail(j, CMD_SYSTEM, "out of memory");
	if (file)
		fclose(file);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* ---- the table ------------------------------------------------------------------------- */

static void put_blocks(FILE *out, const char *what, const struct ending *e, unsigned zone)
{
	fprintf(out, "    %-24s", what);
	for (unsigned o = 0; o < e->norders; o++)
		fprintf(out, " %6" PRIu64, e->zones[zone].blocks[o]);
	fputc('\n', out);
}

static void put_unusable(FILE *out, const char *what, const struct ending *e, unsigned zone)
{
	fprintf(out, "    %-24s", what);
	for (unsigned o = 0; o < e->norders; o++) {
		int index = frag_unusable(e->zones[zone].blocks, o);

		fprintf(out, "  %d.%03d", index / 1000, index % 1000);
	}
	fputc('\n', out);
}

/* Over orders 1 and up, in 1/1000: that of order 0 is 0. */
static uint64_t apart(const struct ending *a, const struct ending *b, unsigned zone)
{
	uint64_t sum = 0;

	for (unsigned o = 1; o < a->norders; o++)
		sum += (uint64_t)abs(frag_unusable(a->zones[zone].blocks, o) -
				     frag_unusable(b->zones[zone].blocks, o));
	return sum / (a->norders - 1);
}

static void print(const struct like_judge *j, const struct ending *a, const struct ending *b,
		  FILE *out)
{
	uint64_t weighted = 0, managed = 0;

	fprintf(out, "\nfree memory when both were replayed from boot (%s on %s)\n  order%21s",
		j->kernel, j->machine, "");
	for (unsigned o = 0; o < a->norders; o++)
		fprintf(out, " %6u", o);
	fputc('\n', out);
	for (unsigned i = 0; i < a->nzones; i++) {
		const struct zone *z = &a->zones[i];
		uint64_t d = apart(a, b, i);

		fprintf(out,
			"  Node %u, zone %s: %" PRIu64 " and %" PRIu64 " of %" PRIu64
			" pages free, unusable index %" PRIu64 ".%03" PRIu64 " apart\n",
			z->nid, z->name, frag_free_pages(z->blocks),
			frag_free_pages(b->zones[i].blocks), z->managed, d / 1000, d % 1000);
		put_blocks(out, "free blocks, original", a, i);
		put_blocks(out, "free blocks, copy", b, i);
		put_unusable(out, "unusable index, original", a, i);
		put_unusable(out, "unusable index, copy", b, i);
		weighted += d * z->managed;
		managed += z->managed;
	}
	weighted = managed ? weighted / managed : 0;
	fprintf(out,
		"  unusable index (orders from 1 on) %" PRIu64 ".%03" PRIu64
		" apart, weighted by the zones' memory; requests failed: %" PRIu64
		" and %" PRIu64 "\n",
		weighted / 1000, weighted % 1000, a->failed, b->failed);
}

/* ---- for the command ------------------------------------------------------------------- */

static int open_original(struct like_judge *j)
{
	struct trace_error err;

	j->reader = trace_reader_open(j->o.original, &err);
	if (!j->reader)
		return fail(j, (int)err.kind, err.text);
	if (j->o.machine || trace_reader_header(j->reader)->nzones)
		return CMD_DONE;
	snprintf(j->why, j->size,
		 "%s does not tell the machine it was recorded on: give --machine FILE",
		 j->o.original);
	return CMD_USAGE;
}

struct like_judge *like_judge_new(const struct like_judge_options *o, int *status, char *why,
				  size_t size)
{
	struct like_judge *j = calloc(1, sizeof(*j));

	if (!j) {
		snprintf(why, size, "out of memory");
		*status = CMD_SYSTEM;
		return NULL;
	}
	j->o = *o;
	j->why = why;
	j->size = size;
	*status = open_original(j);
	if (*status == CMD_DONE)
		*status = replay_apart(j, o->original, &j->original);
	if (*status == CMD_DONE)
		return j;
	like_judge_free(j);
	return NULL;
}

int like_judge_print(struct like_judge *j, const char *copy, FILE *out, char *why, size_t size)
{
	struct ending ending = { 0 };
	int status;

	j->why = why;
	j->size = size;
	status = replay_apart(j, copy, &ending);
	if (status == CMD_DONE)
		print(j, &j->original, &ending, out);
	free(ending.zones);
	return status;
}

void like_judge_free(struct like_judge *j)
{
	if (!j)
		return;
	trace_reader_close(j->reader);
	free(j->original.zones);
	free(j);
}
