/*
 * The head of a trace.dat of version 6, walked section by section before libtracecmd sees
 * the file: a truncated or damaged head is an error with its byte, and three things are read
 * that the library keeps to itself: the clock's name, the recorded kernel, the losses.
 */
#include "traces/import.h"

#include <stdio.h>
#include <string.h>

#include "traces/trace_scan.h"

#define MAX_BUFFERS 64

enum { OPTION_CPUSTAT = 2, OPTION_BUFFER = 3, OPTION_TRACECLOCK = 4, OPTION_UNAME = 5 };

struct head {
	const uint8_t *data;
	size_t size, at;
	bool big_endian;
	size_t buffers[MAX_BUFFERS];
	unsigned nbuffers;
	struct trace_error *err;
};

static bool short_of(struct head *h, const char *what)
{
	return trace_error_data(h->err, "byte %zu: the file ends inside %s", h->at, what);
}

static bool number(struct head *h, unsigned bytes, uint64_t *v, const char *what)
{
	*v = 0;
	if (h->size - h->at < bytes)
		return short_of(h, what);
	for (unsigned i = 0; i < bytes; i++)
		*v |= (uint64_t)h->data[h->at + i] << 8 * (h->big_endian ? bytes - 1 - i : i);
	h->at += bytes;
	return true;
}

/* A length of `bytes` bytes, then so much data, which is skipped. */
static bool skip_sized(struct head *h, unsigned bytes, const char *what)
{
	size_t start = h->at;
	uint64_t len;

	if (!number(h, bytes, &len, what))
		return false;
	if (len > h->size - h->at)
		return trace_error_data(h->err,
					"byte %zu: %s has %llu bytes, the file only %zu more",
					start, what, (unsigned long long)len, h->size - h->at);
	h->at += (size_t)len;
	return true;
}

static bool text(struct head *h, const char **s, const char *what)
{
	const uint8_t *end = memchr(h->data + h->at, 0, h->size - h->at);

	if (!end)
		return short_of(h, what);
	*s = (const char *)h->data + h->at;
	h->at = (size_t)(end - h->data) + 1;
	return true;
}

static bool expect(struct head *h, const char *want, size_t len, const char *what)
{
	if (h->size - h->at < len)
		return short_of(h, what);
	if (memcmp(h->data + h->at, want, len) != 0)
		return trace_error_data(h->err, "byte %zu: expected %s", h->at, what);
	h->at += len;
	return true;
}

static bool formats(struct head *h)
{
	uint64_t n, events;
	const char *system;

	if (!number(h, 4, &n, "the number of ftrace formats"))
		return false;
	for (; n; n--)
		if (!skip_sized(h, 8, "an ftrace event format"))
			return false;
	if (!number(h, 4, &n, "the number of event systems"))
		return false;
	for (; n; n--) {
		if (!text(h, &system, "the name of an event system") ||
		    !number(h, 4, &events, "the number of event formats"))
			return false;
		for (; events; events--)
			if (!skip_sized(h, 8, "an event format"))
				return false;
	}
	return true;
}

/* "local [global] counter": the name in brackets. */
static void read_clock(const char *s, size_t len, struct import_dat_head *out)
{
	const char *from = memchr(s, '[', len);
	const char *to = from ? memchr(from, ']', len - (size_t)(from - s)) : NULL;

	if (to && (size_t)(to - from) <= sizeof(out->clock)) {
		memcpy(out->clock, from + 1, (size_t)(to - from - 1));
		out->clock[to - from - 1] = '\0';
	}
}

/* 0 when it is not there, or cannot be meant. */
static uint64_t count_after(const char *s, const char *key)
{
	const char *found = strstr(s, key);
	uint64_t v;

	return found && trace_scan(found + strlen(key), " %l", &v) && v <= UINT64_C(1) << 52
		       ? v
		       : 0;
}

/* "CPU: 0\nentries: 0\noverrun: 0\n...dropped events: 0\n" */
static void read_cpustat(const char *s, size_t len, struct import_dat_head *out)
{
	char stat[512];

	len = len < sizeof(stat) ? len : sizeof(stat) - 1;
	memcpy(stat, s, len);
	stat[len] = '\0';
	out->entries += count_after(stat, "\nentries: ") + count_after(stat, "\nread events: ");
	out->lost += count_after(stat, "\noverrun: ") + count_after(stat, "commit overrun: ") +
		     count_after(stat, "dropped events: ");
}

/* "Linux HOST 6.1.0-56-cloud-amd64 x86_64": system, release and machine, not the host. */
static void read_uname(const char *s, size_t len, struct import_dat_head *out)
{
	char host[128], system[32], release[64], machine[32], line[160];

	len = len < sizeof(line) ? len : sizeof(line) - 1;
	memcpy(line, s, len);
	line[len] = '\0';
	if (sscanf(line, "%31s %127s %63s %31s", system, host, release, machine) == 4)
		snprintf(out->kernel, sizeof(out->kernel), "%s %s", release, machine);
}

/* An instance's buffer: where its list of cpus stands, then its name. */
static bool note_buffer(struct head *h, uint64_t len)
{
	struct head o = *h;
	uint64_t offset;

	if (len < 8 || !number(&o, 8, &offset, "a buffer's place"))
		return trace_error_data(h->err, "byte %zu: a buffer without a place", h->at);
	if (offset >= h->size)
		return trace_error_data(
			h->err,
			"byte %zu: a buffer at byte %llu, the file ends at %zu: it "
			"is truncated",
			h->at, (unsigned long long)offset, h->size);
	if (h->nbuffers < MAX_BUFFERS)
		h->buffers[h->nbuffers++] = (size_t)offset;
	return true;
}

static bool options(struct head *h, struct import_dat_head *out)
{
	uint64_t id, len;

	if (!expect(h, "options  ", 10, "the options section"))
		return false;
	for (;;) {
		if (!number(h, 2, &id, "the options"))
			return false;
		if (id == 0)
			return true;
		if (!number(h, 4, &len, "an option") || len > h->size - h->at)
			return short_of(h, "an option");
		if (id == OPTION_BUFFER && !note_buffer(h, len))
			return false;
		if (id == OPTION_TRACECLOCK)
			read_clock((const char *)h->data + h->at, (size_t)len, out);
		else if (id == OPTION_CPUSTAT)
			read_cpustat((const char *)h->data + h->at, (size_t)len, out);
		else if (id == OPTION_UNAME)
			read_uname((const char *)h->data + h->at, (size_t)len, out);
		h->at += (size_t)len;
	}
}

/* Each cpu's part of a buffer lies in the file, whole. */
static bool cpu_parts(struct head *h, uint64_t cpus)
{
	for (uint64_t i = 0; i < cpus; i++) {
		uint64_t offset, len;

		if (!number(h, 8, &offset, "the list of cpus") ||
		    !number(h, 8, &len, "the list of cpus"))
			return false;
		if (offset > h->size || len > h->size - offset)
			return trace_error_data(
				h->err,
				"byte %zu: cpu %llu has bytes %llu to %llu, the "
				"file ends at %zu: it is truncated",
				h->at - 16, (unsigned long long)i, (unsigned long long)offset,
				(unsigned long long)(offset + len), h->size);
	}
	return true;
}

static bool instances(struct head *h, uint64_t cpus)
{
	for (unsigned i = 0; i < h->nbuffers; i++) {
		h->at = h->buffers[i];
		if (!expect(h, "flyrecord", 10, "the recorded data of a buffer") ||
		    !cpu_parts(h, cpus))
			return false;
	}
	return true;
}

/* Whether the section of that name, of ten bytes, is what follows. */
static bool is_section(const struct head *h, const char *name)
{
	return h->size - h->at >= 10 && memcmp(h->data + h->at, name, 10) == 0;
}

static bool sections(struct head *h, struct import_dat_head *out)
{
	uint64_t cpus;

	return skip_sized(h, 8, "the page header") &&
	       expect(h, "header_event", 13, "the event header") &&
	       skip_sized(h, 8, "the event header") && formats(h) &&
	       skip_sized(h, 4, "kallsyms") && skip_sized(h, 4, "the printk formats") &&
	       skip_sized(h, 8, "the command names") && number(h, 4, &cpus, "the cpu count") &&
	       (!is_section(h, "options  ") || options(h, out)) &&
	       (is_section(h, "latency  ")
			? trace_error_data(h->err, "byte %zu: a latency trace, without events",
					   h->at)
			: expect(h, "flyrecord", 10, "the recorded data")) &&
	       (cpus <= 4096 || trace_error_data(h->err, "byte %zu: %llu cpus", h->at,
						 (unsigned long long)cpus)) &&
	       cpu_parts(h, cpus) && instances(h, cpus);
}

bool import_dat_head(const uint8_t *data, size_t size, struct import_dat_head *out,
		     struct trace_error *err)
{
	struct head h = { .data = data, .size = size, .at = 3, .err = err };
	const char *version = "";
	uint64_t endian, long_size, page_size;

	memset(out, 0, sizeof(*out));
	if (size < h.at)
		return trace_error_data(err, "the file has %zu bytes", size);
	if (!expect(&h, "tracing", 7, "\"tracing\", the mark of a trace.dat") ||
	    !text(&h, &version, "the version"))
		return false;
	if (!trace_scan(version, "%u", &out->version) ||
	    (out->version != 6 && out->version != 7))
		return trace_error_data(
			err, "byte 10: a trace.dat of version %.8s; 6 and 7 are known",
			version);
	if (!number(&h, 1, &endian, "the head"))
		return false;
	h.big_endian = endian == 1;
	if (!number(&h, 1, &long_size, "the head") || !number(&h, 4, &page_size, "the head"))
		return false;
	if (endian > 1 || (long_size != 4 && long_size != 8) || page_size < 512 ||
	    page_size > 1 << 20)
		return trace_error_data(
			err, "byte %zu: no sizes of a trace.dat: endian %u, long %u, page %u",
			h.at - 6, (unsigned)endian, (unsigned)long_size, (unsigned)page_size);
	if (out->version == 7)
		return true;
	return expect(&h, "header_page", 12, "the page header") && sections(&h, out);
}
