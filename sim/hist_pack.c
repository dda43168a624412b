#include "sim/hist_pack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define COOKIE 0x1c849314u /* compressed V2 */
#define HEAD 8
#define STORED 65535u /* bytes of a stored block at most */
#define BLOCK_HEAD 5
#define STREAM_HEAD 2
#define STREAM_TAIL 4

static const char alphabet[64] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *to_base64(const uint8_t *bytes, size_t size)
{
	char *word = malloc((size + 2) / 3 * 4 + 1), *to = word;

	if (!word)
		return NULL;
	for (size_t i = 0; i < size; i += 3) {
		size_t n = size - i < 3 ? size - i : 3;
		uint32_t bits = (uint32_t)bytes[i] << 16;

		if (n > 1)
			bits |= (uint32_t)bytes[i + 1] << 8;
		if (n > 2)
			bits |= bytes[i + 2];
		for (unsigned c = 0; c < 4; c++)
			*to++ = c <= n ? alphabet[bits >> (18 - 6 * c) & 63] : '=';
	}
	*to = '\0';
	return word;
}

/* Four characters of the word; how many bytes they stand for, 0 = they are no base64. */
static unsigned four(const char *word, uint8_t out[3])
{
	unsigned padding = word[3] != '=' ? 0 : word[2] != '=' ? 1 : 2;
	uint32_t bits = 0;

	for (unsigned c = 0; c < 4; c++) {
		const char *at = c < 4 - padding ? memchr(alphabet, word[c], sizeof(alphabet))
						 : alphabet;

		if (!at)
			return 0;
		bits = bits << 6 | (uint32_t)(at - alphabet);
	}
	if (bits & ((1u << 8 * padding) - 1))
		return 0;
	for (unsigned i = 0; i < 3; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return 3 - padding;
}

/* Bytes written to `out`, which has room for 3 for each 4 characters; 0 = no base64. */
static size_t from_base64(const char *word, size_t length, uint8_t *out)
{
	size_t size = 0;

	if (length % 4)
		return 0;
	for (size_t i = 0; i < length; i += 4) {
		unsigned n = four(word + i, out + size);

		if (n == 0 || (n < 3 && i + 4 < length))
			return 0;
		size += n;
	}
	return size;
}

static uint32_t checksum(const uint8_t *bytes, size_t size)
{
	return (uint32_t)adler32(adler32(0, NULL, 0), bytes, (uInt)size);
}

/* A zlib stream of stored blocks; where it ends. */
static uint8_t *store(uint8_t *to, const uint8_t *bytes, size_t size)
{
	*to++ = 0x78; /* deflate, a window of 32 KiB */
	*to++ = 0x01; /* fastest; makes the two a multiple of 31 */
	for (size_t at = 0; at < size;) {
		uint32_t n = size - at < STORED ? (uint32_t)(size - at) : STORED;

		*to++ = at + n == size; /* the last one */
		*to++ = (uint8_t)n;
		*to++ = (uint8_t)(n >> 8);
		*to++ = (uint8_t)~n;
		*to++ = (uint8_t)(~n >> 8);
		memcpy(to, bytes + at, n);
		to += n;
		at += n;
	}
	sim_hist_code_put32(to, checksum(bytes, size));
	return to + STREAM_TAIL;
}

static char *pack(const uint8_t *bytes, size_t size)
{
	size_t blocks = size / STORED + 1;
	uint8_t *packed = malloc(HEAD + STREAM_HEAD + blocks * BLOCK_HEAD + size + STREAM_TAIL);
	char *word;
	size_t n;

	if (!packed)
		return NULL;
	n = (size_t)(store(packed + HEAD, bytes, size) - packed);
	sim_hist_code_put32(packed, COOKIE);
	sim_hist_code_put32(packed + 4, (uint32_t)(n - HEAD));
	word = to_base64(packed, n);
	free(packed);
	return word;
}

char *sim_hist_pack(const struct sim_hist *h)
{
	size_t size;
	uint8_t *bytes = sim_hist_code_encode(h, &size);
	char *word = bytes ? pack(bytes, size) : NULL;

	free(bytes);
	return word;
}

/* Inflates all of a stream into room for SIM_HIST_CODE_MOST bytes. */
static const char *inflate_all(uint8_t *stream, size_t size, uint8_t *out, size_t *got)
{
	z_stream z = { .next_in = stream,
		       .avail_in = (uInt)size,
		       .next_out = out,
		       .avail_out = SIM_HIST_CODE_MOST };
	int status;

	if (inflateInit(&z) != Z_OK)
		return sim_hist_code_no_memory;
	status = inflate(&z, Z_FINISH);
	*got = SIM_HIST_CODE_MOST - z.avail_out;
	inflateEnd(&z);
	if (status == Z_MEM_ERROR)
		return sim_hist_code_no_memory;
	return status == Z_STREAM_END && z.avail_in == 0 ? NULL : "is no zlib stream";
}

static struct sim_hist *inflate_histogram(uint8_t *stream, size_t size, const char **problem)
{
	uint8_t *bytes = malloc(SIM_HIST_CODE_MOST);
	struct sim_hist *h = NULL;
	size_t got;

	*problem = bytes ? inflate_all(stream, size, bytes, &got) : sim_hist_code_no_memory;
	if (!*problem)
		h = sim_hist_code_decode(bytes, got, problem);
	free(bytes);
	return h;
}

static struct sim_hist *read_packed(uint8_t *packed, size_t size, const char **problem)
{
	if (size < HEAD || sim_hist_code_get32(packed) != COOKIE)
		*problem = "is not a compressed histogram of encoding V2";
	else if (sim_hist_code_get32(packed + 4) != size - HEAD)
		*problem = "has another length than its head says";
	else
		return inflate_histogram(packed + HEAD, size - HEAD, problem);
	return NULL;
}

struct sim_hist *sim_hist_pack_read(const char *word, size_t length, const char **problem)
{
	uint8_t *packed = malloc(length / 4 * 3 + 1);
	struct sim_hist *h = NULL;
	size_t size;

	*problem = sim_hist_code_no_memory;
	if (!packed)
		return NULL;
	size = length > UINT32_MAX ? 0 : from_base64(word, length, packed);
	if (size)
		h = read_packed(packed, size, problem);
	else
		*problem = "is no base64";
	free(packed);
	return h;
}
