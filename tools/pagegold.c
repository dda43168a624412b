#include "tools/pagegold.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define CHUNK (1u << 16)
#define MAX_LINE (1u << 16)

struct pagegold {
	char *name;
	FILE *file;
	ZSTD_DStream *zstd; /* NULL: the file is plain text */
	bool frame_open;    /* input ended inside a compressed frame, if it ends now */
	bool pending;       /* the decoder has more to give without more input */
	bool ended;
	uint64_t line;
	ZSTD_inBuffer in;
	char *text; /* of MAX_LINE + CHUNK + 1 bytes: decoded, from `at` to `end` */
	size_t at, end;
	unsigned char raw[CHUNK];
};

bool pagegold_bad(const struct pagegold *g, struct pagegold_error *err, const char *fmt, ...)
{
	size_t n = (size_t)snprintf(err->text, sizeof(err->text), "%.200s:", g->name);
	va_list ap;

	if (g->line)
		n += (size_t)snprintf(err->text + n, sizeof(err->text) - n,
				      "%llu:", (unsigned long long)g->line);
	err->text[n++] = ' ';
	va_start(ap, fmt);
	vsnprintf(err->text + n, sizeof(err->text) - n, fmt, ap);
	va_end(ap);
	return false;
}

static bool fail(struct pagegold_error *err, const char *name, const char *what, bool system)
{
	err->system = system;
	snprintf(err->text, sizeof(err->text), "%.200s: %s", name, what);
	return false;
}

/* A file that cannot be read is bad input, unless it is the machine that fails. */
static bool fail_errno(struct pagegold_error *err, const char *name)
{
	bool system = errno == EIO || errno == ENOMEM || errno == EMFILE || errno == ENFILE;

	return fail(err, name, strerror(errno), system);
}

/* More compressed or plain bytes; in.size 0 at the end of the file. */
static bool refill_raw(struct pagegold *g, struct pagegold_error *err)
{
	g->in.src = g->raw;
	g->in.pos = 0;
	g->in.size = fread(g->raw, 1, sizeof(g->raw), g->file);
	if (g->in.size == 0 && ferror(g->file))
		return fail_errno(err, g->name);
	return true;
}

static bool is_zstd(const struct pagegold *g)
{
	static const unsigned char magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };

	return g->in.size >= 4 && memcmp(g->raw, magic, 4) == 0;
}

struct pagegold *pagegold_open_file(FILE *file, const char *name, struct pagegold_error *err)
{
	struct pagegold *g = calloc(1, sizeof(*g));

	*err = (struct pagegold_error){ 0 };
	if (!g) {
		fail(err, name, "out of memory", true);
		if (file != stdin)
			fclose(file);
		return NULL;
	}
	g->file = file;
	g->name = strdup(name);
	g->text = malloc(MAX_LINE + CHUNK + 1);
	if (!g->name || !g->text ||
	    (refill_raw(g, err) && is_zstd(g) && !(g->zstd = ZSTD_createDStream())))
		fail(err, name, "out of memory", true);
	if (!*err->text)
		return g;
	pagegold_close(g);
	return NULL;
}

struct pagegold *pagegold_open(const char *path, struct pagegold_error *err)
{
	FILE *file;

	if (strcmp(path, "-") == 0)
		return pagegold_open_file(stdin, "(standard input)", err);
	*err = (struct pagegold_error){ 0 };
	file = fopen(path, "rb");
	if (file)
		return pagegold_open_file(file, path, err);
	fail_errno(err, path);
	return NULL;
}

void pagegold_close(struct pagegold *g)
{
	if (!g)
		return;
	if (g->file && g->file != stdin)
		fclose(g->file);
	ZSTD_freeDStream(g->zstd);
	free(g->name);
	free(g->text);
	free(g);
}

static bool decode_zstd(struct pagegold *g, struct pagegold_error *err)
{
	ZSTD_outBuffer out = { g->text + g->end, CHUNK, 0 };
	size_t left = ZSTD_decompressStream(g->zstd, &out, &g->in);

	if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
		return fail(err, g->name, "out of memory", true);
	if (ZSTD_isError(left))
		return pagegold_bad(g, err, "the compressed data is damaged: %s",
				    ZSTD_getErrorName(left));
	g->frame_open = left != 0;
	g->pending = out.pos == out.size;
	g->end += out.pos;
	return true;
}

static void decode_plain(struct pagegold *g)
{
	size_t n = g->in.size - g->in.pos;

	memcpy(g->text + g->end, (const char *)g->in.src + g->in.pos, n);
	g->in.pos = g->in.size;
	g->end += n;
}

/* Adds text behind what is there; sets `ended` when there is no more. */
static bool more_text(struct pagegold *g, struct pagegold_error *err)
{
	memmove(g->text, g->text + g->at, g->end - g->at);
	g->end -= g->at;
	g->at = 0;
	if (g->in.pos == g->in.size && !g->pending && !refill_raw(g, err))
		return false;
	if (g->in.size == 0 && !g->pending) {
		g->ended = true;
		if (g->frame_open)
			return pagegold_bad(g, err, "the file ends inside compressed data");
		return true;
	}
	if (g->zstd)
		return decode_zstd(g, err);
	decode_plain(g);
	return true;
}

const char *pagegold_line(struct pagegold *g, struct pagegold_error *err)
{
	size_t searched = 0;
	char *start, *stop;

	*err = (struct pagegold_error){ 0 };
	for (;;) {
		start = g->text + g->at;
		stop = memchr(start + searched, '\n', g->end - g->at - searched);
		if (stop || g->ended)
			break;
		searched = g->end - g->at;
		if (searched > MAX_LINE) {
			g->line++;
			pagegold_bad(g, err, "the line is longer than %u bytes", MAX_LINE);
			return NULL;
		}
		if (!more_text(g, err))
			return NULL;
	}
	if (!stop && g->at == g->end)
		return NULL;
	g->line++;
	if (!stop) {
		pagegold_bad(g, err, "the file ends within the line");
		return NULL;
	}
	*stop = '\0';
	g->at += (size_t)(stop - start) + 1;
	if (strlen(start) != (size_t)(stop - start)) {
		pagegold_bad(g, err, "the line holds a zero byte");
		return NULL;
	}
	return start;
}

const char *pagegold_name(const struct pagegold *g)
{
	return g->name;
}

uint64_t pagegold_line_number(const struct pagegold *g)
{
	return g->line;
}

bool pagegold_split(const char *line, struct pagegold_words *words)
{
	words->n = 0;
	while (*line) {
		const char *end = strchrnul(line, ' ');

		if (words->n == PAGEGOLD_WORDS)
			return false;
		words->w[words->n++] = (struct pagegold_word){ line, (size_t)(end - line) };
		line = *end ? end + 1 : end;
	}
	return true;
}

bool pagegold_is(struct pagegold_word w, const char *text)
{
	return strlen(text) == w.len && memcmp(w.s, text, w.len) == 0;
}

bool pagegold_number(struct pagegold_word w, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (w.len == 0 || w.len > 19)
		return false;
	for (size_t i = 0; i < w.len; i++) {
		if (w.s[i] < '0' || w.s[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(w.s[i] - '0');
	}
	*value = n;
	return n <= max;
}
