/*
 * Reading and writing traces: a file is read again and again for at least a second, then its
 * events are written to /dev/null at zstd level 3. Prints case,ops,ns_per_op (processor
 * time, so that a busy machine does not count); the rows whose names end in _bytes tell bytes
 * an event in place of ns: of the event blocks, of those without frames, of the whole file.
 *
 * usage: bench_trace FILE.pgt...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "traces/trace.h"

#define CHUNK 1024
#define MIN_NS 1000000000.0

static struct trace_error err;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static void give_up(void)
{
	fprintf(stderr, "%s\n", err.text);
	exit(EXIT_FAILURE);
}

static uint64_t read_once(const char *path)
{
	static volatile uint64_t sink;
	struct trace_event events[CHUNK];
	struct trace_reader *r = trace_reader_open(path, &err);
	uint64_t n = 0, sum = 0;
	long got;

	if (!r)
		give_up();
	while ((got = trace_reader_next(r, events, CHUNK, &err)) > 0) {
		sum += events[got - 1].time + events[got / 2].object;
		n += (uint64_t)got;
	}
	if (got < 0)
		give_up();
	trace_reader_close(r);
	sink = sum;
	(void)sink;
	return n;
}

/* A writer with everything that the events of r refer to. */
static struct trace_writer *prepare(struct trace_reader *r, const char *to)
{
	struct trace_writer *w = trace_writer_open(to, trace_reader_header(r), 3, &err);
	const struct trace_state *s = trace_reader_state(r, &err);
	uint32_t index;
	uint16_t gfp;

	if (!w || (s && !trace_writer_state(w, s, &err)))
		give_up();
	for (unsigned i = 0; trace_reader_gfp(r, i); i++)
		if (!trace_writer_gfp(w, trace_reader_gfp(r, i), &gfp, &err))
			give_up();
	for (unsigned i = 0; trace_reader_text(r, i); i++)
		if (!trace_writer_text(w, trace_reader_text(r, i), &index, &err))
			give_up();
	for (unsigned i = 0; trace_reader_task(r, i); i++)
		if (!trace_writer_task(w, trace_reader_task(r, i)->pid,
				       trace_reader_task(r, i)->comm, &index, &err))
			give_up();
	return w;
}

/* ---- sizes ------------------------------------------------------------------------------ */

static uint8_t *whole_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data = NULL;

	if (f && fstat(fileno(f), &st) == 0 && (data = malloc((size_t)st.st_size)))
		*size = fread(data, 1, (size_t)st.st_size, f);
	if (!data) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fclose(f);
	return data;
}

/* Packed bytes of a file's event blocks: of the frames that begin with PGTB. */
static uint64_t block_bytes(const char *path)
{
	size_t size = 0, at = 0;
	uint8_t *data = whole_file(path, &size), *out;
	uint64_t sum = 0;

	while (at < size) {
		size_t packed = ZSTD_findFrameCompressedSize(data + at, size - at);
		unsigned long long full = ZSTD_getFrameContentSize(data + at, size - at);

		if (ZSTD_isError(packed) || full > (1u << 26)) /* the seek table */
			break;
		out = malloc(full + 1);
		if (out && ZSTD_decompress(out, full, data + at, packed) == full && full > 4 &&
		    memcmp(out, "PGTB", 4) == 0)
			sum += packed;
		free(out);
		at += packed;
	}
	free(data);
	return sum;
}

static void put_row(const char *name, uint64_t bytes, uint64_t n)
{
	printf("trace_%s,%llu,%.3f\n", name, (unsigned long long)n, (double)bytes / (double)n);
}

/* Of the events at level 3, whatever the file was written with. */
static void size_of(const char *name, struct trace_reader *r, const struct trace_event *events,
		    uint64_t n)
{
	char path[] = "/tmp/bench_trace-XXXXXX";
	struct trace_writer *w;
	int fd = mkstemp(path);

	if (fd < 0)
		return;
	close(fd);
	w = prepare(r, path);
	if (!trace_writer_events(w, events, n, &err) || !trace_writer_close(w, false, &err))
		give_up();
	put_row(name, block_bytes(path), n);
	unlink(path);
}

static void sizes(struct trace_reader *r, struct trace_event *events, uint64_t n)
{
	size_of("block_bytes", r, events, n);
	for (uint64_t i = 0; i < n; i++)
		if (events[i].kind == TRACE_ALLOC)
			events[i].pfn = TRACE_NO_PFN;
	size_of("block_without_frames_bytes", r, events, n);
}

/* ---- speeds ----------------------------------------------------------------------------- */

/* All events are decoded first, so that only writing is measured. */
static void bench_write(const char *path, uint64_t n)
{
	struct trace_event *events = malloc(n * sizeof(*events));
	struct trace_reader *r = trace_reader_open(path, &err);
	struct trace_writer *w;
	double from;

	if (!events || !r || trace_reader_next(r, events, n, &err) != (long)n)
		give_up();
	w = prepare(r, "/dev/null");
	from = now_ns();
	for (uint64_t i = 0; i < n; i += CHUNK)
		if (!trace_writer_events(w, events + i, n - i < CHUNK ? n - i : CHUNK, &err))
			give_up();
	printf("trace_encode,%llu,%.2f\n", (unsigned long long)n,
	       (now_ns() - from) / (double)n);
	trace_writer_close(w, true, &err);
	sizes(r, events, n);
	trace_reader_close(r);
	free(events);
}

static void bench_file(const char *path)
{
	double from = now_ns(), spent;
	uint64_t all = 0, n;
	struct stat st;

	do {
		n = read_once(path);
		all += n;
		spent = now_ns() - from;
	} while (spent < MIN_NS && n);
	printf("trace_decode,%llu,%.2f\n", (unsigned long long)all,
	       n ? spent / (double)all : 0);
	if (n && stat(path, &st) == 0) {
		put_row("file_bytes", (uint64_t)st.st_size, n);
		bench_write(path, n);
	}
}

int main(int argc, char **argv)
{
	puts("case,ops,ns_per_op");
	for (int i = 1; i < argc; i++)
		bench_file(argv[i]);
	return EXIT_SUCCESS;
}
