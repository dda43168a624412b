#include "traces/trace_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define TABLE_MAGIC UINT32_C(0x184D2A5E)
#define FOOTER_MAGIC UINT32_C(0x8F92EAB1)
#define FOOTER_SIZE 9
#define HAS_CHECKS 0x80
#define MAX_FRAMES UINT32_C(0x8000000)

void trace_index_free(struct trace_index *x)
{
	free(x->entries);
	free(x->offset);
	memset(x, 0, sizeof(*x));
}

bool trace_index_add(struct trace_index *x, uint32_t packed, const void *data, size_t size,
		     struct trace_error *err)
{
	if (x->count == MAX_FRAMES)
		return trace_error_data(err, "a trace file has at most %u frames", MAX_FRAMES);
	if (x->count == x->cap) {
		uint32_t cap = x->cap ? 2 * x->cap : 64;
		struct trace_index_entry *e = realloc(x->entries, cap * sizeof(*e));

		if (!e)
			return trace_error_memory(err);
		x->entries = e;
		x->cap = cap;
	}
	x->checks = true;
	x->entries[x->count++] = (struct trace_index_entry){ packed, (uint32_t)size,
							     (uint32_t)XXH64(data, size, 0) };
	return true;
}

void trace_index_encode(const struct trace_index *x, struct trace_bytes *out)
{
	const uint8_t descriptor = HAS_CHECKS;

	trace_bytes_u32(out, TABLE_MAGIC);
	trace_bytes_u32(out, x->count * 12 + FOOTER_SIZE);
	for (uint32_t i = 0; i < x->count; i++) {
		trace_bytes_u32(out, x->entries[i].packed);
		trace_bytes_u32(out, x->entries[i].size);
		trace_bytes_u32(out, x->entries[i].check);
	}
	trace_bytes_u32(out, x->count);
	trace_bytes_put(out, &descriptor, 1);
	trace_bytes_u32(out, FOOTER_MAGIC);
}

static bool no_table(struct trace_error *err, const char *why)
{
	return trace_error_data(err,
				"expected a seek table at the end: %s; the file is cut off or "
				"damaged",
				why);
}

/* The footer's count and entry size; false when it is none. */
static bool footer(const uint8_t *p, uint32_t *count, size_t *entry, struct trace_error *err)
{
	*count = trace_bytes_get_u32(p);
	if (trace_bytes_get_u32(p + 5) != FOOTER_MAGIC)
		return no_table(err, "its magic number is missing");
	if (p[4] & ~HAS_CHECKS)
		return no_table(err, "reserved bits are set");
	if (*count > MAX_FRAMES)
		return no_table(err, "it claims too many frames");
	*entry = p[4] & HAS_CHECKS ? 12 : 8;
	return true;
}

static bool take_entries(struct trace_index *x, const uint8_t *p, size_t entry, uint64_t end,
			 struct trace_error *err)
{
	uint64_t at = 0;

	for (uint32_t i = 0; i < x->count; i++, p += entry) {
		x->entries[i].packed = trace_bytes_get_u32(p);
		x->entries[i].size = trace_bytes_get_u32(p + 4);
		x->entries[i].check = entry == 12 ? trace_bytes_get_u32(p + 8) : 0;
		x->offset[i] = at;
		at += x->entries[i].packed;
	}
	return at == end || no_table(err, "its sizes do not add up to the file's");
}

bool trace_index_decode(struct trace_index *x, const uint8_t *data, size_t len, uint64_t size,
			struct trace_error *err)
{
	uint32_t count = 0;
	size_t entry = 0;

	memset(x, 0, sizeof(*x));
	if (len < 8 + FOOTER_SIZE)
		return no_table(err, "there are too few bytes");
	if (!footer(data + len - FOOTER_SIZE, &count, &entry, err))
		return false;
	if (len != 8 + (uint64_t)count * entry + FOOTER_SIZE || len > size ||
	    trace_bytes_get_u32(data) != TABLE_MAGIC ||
	    trace_bytes_get_u32(data + 4) != len - 8)
		return no_table(err, "its length does not fit its number of frames");
	x->entries = calloc(count + 1u, sizeof(*x->entries));
	x->offset = calloc(count + 1u, sizeof(*x->offset));
	if (!x->entries || !x->offset) {
		trace_index_free(x);
		return trace_error_memory(err);
	}
	x->count = x->cap = count;
	x->checks = entry == 12;
	if (take_entries(x, data + 8, entry, size - len, err))
		return true;
	trace_index_free(x);
	return false;
}

static bool read_at(int fd, uint64_t at, uint8_t *to, size_t len, struct trace_error *err)
{
	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trace_error_set(err, TRACE_SYSTEM, "cannot read: %s",
					       strerror(errno));
		if (!n)
			return no_table(err, "the file has shrunk");
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

bool trace_index_read(struct trace_index *x, int fd, uint64_t size, struct trace_error *err)
{
	uint8_t end[FOOTER_SIZE], *all;
	uint32_t count = 0;
	size_t entry = 0, len;
	bool ok;

	memset(x, 0, sizeof(*x));
	if (size < 8 + FOOTER_SIZE)
		return no_table(err, "the file is too short");
	if (!read_at(fd, size - FOOTER_SIZE, end, FOOTER_SIZE, err) ||
	    !footer(end, &count, &entry, err))
		return false;
	len = 8 + (size_t)count * entry + FOOTER_SIZE;
	if (len > size)
		return no_table(err, "it claims more frames than the file can hold");
	all = malloc(len);
	if (!all)
		return trace_error_memory(err);
	ok = read_at(fd, size - len, all, len, err) &&
	     trace_index_decode(x, all, len, size, err);
	free(all);
	return ok;
}
