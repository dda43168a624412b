#include "tools/sweep_estimate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uthash.h>

#include "tools/sweep_point.h"
#include "traces/trace_scan.h"

/* Measured on x86_64 (docs/sweeps.md), rounded up. */
#define PROCESS_KIB (48 * 1024)
#define BYTES_OF_FRAME 16 /* of a machine that starts from a recorded state */
#define BYTES_OF_ALLOC 48
#define BYTES_OF_WORKLOAD_EVENT 48
#define FRAME_BYTES 4096

#define PROBES 4
#define PROBE_NS 700000000
#define PROBE_TURN_NS 10000000

struct pair {
	size_t trace, machine;
};

struct learned {
	struct pair of;
	uint64_t kib;
	UT_hash_handle hh;
};

struct sweep_estimate {
	const struct sweep_manifest *m;
	uint64_t *frames_kib; /* by machine: what all of its frames take */
	struct learned *learned;
};

/* ---- memory ---------------------------------------------------------------------------- */

/* An end of a zone's range: a number, or a text such as "0x1000". */
static uint64_t address(const json_t *n)
{
	const char *text = json_string_value(n);

	uint64_t v = 0;

	if (!text)
		return (uint64_t)json_integer_value(n);
	if (strncmp(text, "0x", 2) != 0)
		return trace_scan_whole(text, UINT64_MAX, &v) ? v : 0;
	text += 2;
	return trace_scan_number(&text, 16, UINT64_MAX, &v) ? v : 0;
}

static uint64_t machine_frames(const json_t *machine)
{
	uint64_t frames = 0;
	const json_t *zone;
	size_t i;

	json_array_foreach(json_object_get(machine, "zones"), i, zone)
	{
		const json_t *range = json_object_get(zone, "range");

		frames += (address(json_array_get(range, 1)) -
			   address(json_array_get(range, 0))) /
			  FRAME_BYTES;
	}
	return frames;
}

struct sweep_estimate *sweep_estimate_new(const struct sweep_manifest *m)
{
	struct sweep_estimate *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->m = m;
	e->frames_kib = calloc(m->nmachines + 1, sizeof(*e->frames_kib));
	if (!e->frames_kib) {
		free(e);
		return NULL;
	}
	for (size_t i = 0; i < m->nmachines; i++)
		e->frames_kib[i] = machine_frames(m->machines[i]) * BYTES_OF_FRAME / 1024;
	return e;
}

void sweep_estimate_free(struct sweep_estimate *e)
{
	struct learned *l, *next;

	if (!e)
		return;
	HASH_ITER(hh, e->learned, l, next)
	{
		HASH_DEL(e->learned, l);
		free(l);
	}
	free(e->frames_kib);
	free(e);
}

static struct learned *find(const struct sweep_estimate *e, size_t point)
{
	struct pair of = { e->m->points[point].trace, e->m->points[point].machine };
	struct learned *l;

	HASH_FIND(hh, e->learned, &of, sizeof(of), l);
	return l;
}

/* A machine that boots touches its frames as they are handed out, one with a state at once. */
static bool has_state(const struct sweep_manifest *m, const struct sweep_manifest_point *p)
{
	return p->start != SWEEP_MANIFEST_NONE ||
	       (p->trace != SWEEP_MANIFEST_NONE && m->files[p->trace].has_state);
}

uint64_t sweep_estimate_memory_kib(const struct sweep_estimate *e, size_t point)
{
	const struct sweep_manifest_point *p = &e->m->points[point];
	const struct learned *l = find(e, point);
	uint64_t kib = PROCESS_KIB;

	if (l)
		return l->kib + l->kib / 8;
	if (has_state(e->m, p))
		kib += e->frames_kib[p->machine];
	if (p->trace != SWEEP_MANIFEST_NONE)
		kib += e->m->files[p->trace].allocs * BYTES_OF_ALLOC / 1024;
	else
		kib += p->events * BYTES_OF_WORKLOAD_EVENT / 1024;
	return kib;
}

/* Without memory for it the estimate stays what it is. */
void sweep_estimate_learn(struct sweep_estimate *e, size_t point, uint64_t peak_rss_kib)
{
	struct learned *l = find(e, point);

	if (!l) {
		l = calloc(1, sizeof(*l));
		if (!l)
			return;
		l->of = (struct pair){ e->m->points[point].trace, e->m->points[point].machine };
		HASH_ADD(hh, e->learned, of, sizeof(l->of), l);
	}
	if (peak_rss_kib > l->kib)
		l->kib = peak_rss_kib;
}

/* The number behind a word in a file, or alone in it; `otherwise` when there is none. */
static uint64_t number_in(const char *path, const char *word, uint64_t otherwise)
{
	FILE *in = fopen(path, "r");
	uint64_t value = otherwise;
	char line[256];

	while (in && fgets(line, sizeof(line), in))
		if (strncmp(line, word, strlen(word)) == 0 &&
		    trace_scan(line + strlen(word), " %l", &value))
			break;
	if (in)
		fclose(in);
	return value;
}

uint64_t sweep_estimate_machine_kib(void)
{
	uint64_t free_kib = number_in("/proc/meminfo", "MemAvailable:", UINT64_MAX);
	uint64_t most = number_in("/sys/fs/cgroup/memory.max", "", UINT64_MAX);
	uint64_t used = number_in("/sys/fs/cgroup/memory.current", "", 0);
	uint64_t group_kib = most > used ? (most - used) / 1024 : 0;

	return free_kib < group_kib ? free_kib : group_kib;
}

/* ---- time ------------------------------------------------------------------------------ */

uint64_t sweep_estimate_events(const struct sweep_manifest *m, size_t point)
{
	const struct sweep_manifest_point *p = &m->points[point];

	return p->trace == SWEEP_MANIFEST_NONE ? p->events : m->files[p->trace].events;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct probe {
	volatile uint64_t events;
	struct sweep_point_result result;
};

/* What one point got done. */
struct probed {
	uint64_t events, ns, kib;
};

static void watch_probe(pid_t pid, const struct probe *shared, struct probed *got)
{
	struct timespec turn = { .tv_nsec = PROBE_TURN_NS };
	uint64_t began = now_ns();
	struct rusage usage;

	while (wait4(pid, NULL, WNOHANG, &usage) == 0) {
		nanosleep(&turn, NULL);
		if (now_ns() - began > PROBE_NS) {
			kill(pid, SIGKILL);
			wait4(pid, NULL, 0, &usage);
			break;
		}
	}
	got->ns = now_ns() - began;
	got->kib = (uint64_t)usage.ru_maxrss;
	got->events = shared->events;
}

/* The result goes nowhere: /dev/null is no folder. */
static void probe_point(const struct sweep_manifest *m, size_t point, struct probed *got)
{
	struct probe *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	*got = (struct probed){ 0 };
	if (shared == MAP_FAILED)
		return;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		sweep_point_run(m, point, "/dev/null", &shared->events, &shared->result);
		_exit(0);
	}
	if (pid > 0)
		watch_probe(pid, shared, got);
	munmap(shared, sizeof(*shared));
}

/* Points from the beginning, the end, and between. */
void sweep_estimate_probe(const struct sweep_manifest *m, struct sweep_estimate_speed *out)
{
	uint64_t events = 0, ns = 0;
	struct probed got;

	*out = (struct sweep_estimate_speed){ 0 };
	for (size_t i = 0; i < m->npoints; i++)
		out->events += sweep_estimate_events(m, i);
	for (size_t i = 0; i < PROBES && i < m->npoints; i++) {
		size_t last = m->npoints - 1, parts = PROBES - 1;

		probe_point(m, last < PROBES ? i : last * i / parts, &got);
		out->probes++;
		if (got.kib > out->memory_kib)
			out->memory_kib = got.kib;
		events += got.events;
		ns += got.ns;
	}
	if (ns && events)
		out->events_per_second = (double)events * 1e9 / (double)ns;
}
