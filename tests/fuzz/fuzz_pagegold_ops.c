/*
 * Operations of 2.4.0's golden files in any order: four bytes each, one for the operation and
 * three for its words. Whatever the replayer accepts must leave the kernel's invariants whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v2_4/mm24.h"
#include "tests/fuzz/fuzz.h"
#include "tools/gold_step.h"

#define FRAMES 160
#define OP_BYTES 4
#define MOST_OPS 400
#define HANG_ROUNDS 20 /* a request that would hang is given up soon */

static const char header[] = "pagegold 1\nkernel 2.4.0\ncpu 0 node 0\ncpu 1 node 0\n"
			     "param yield_runs 1\nparam io_sync 0\nparam swap_pages 20\n"
			     "zone 0 DMA 0 64\nzone 0 Normal 64 128\n"
			     "zone 0 HighMem 128 160\nreserved 3 5\nops\nmm 1 40\nmm 2 40\n";

/*
 * What stands for a word of the line is taken from the operation's bytes: f, a frame; p, a
 * page of an address space; m, which one; o, an order; g, flags; r, r or w; 2 and 3, a number
 * below it. Results are those of nobody: they may differ.
 */
static const char *const templates[] = {
	"a 0 -1 @o @g = 1",
	"a 1 -1 0 GFP_USER = 1",
	"a 0 0 0 GFP_HIGHUSER = 1",
	"a 0 0 0 GFP_ATOMIC|PF_MEMALLOC = 1",
	"f 0 @f @o",
	"f 0 @f 0",
	"cache @f @3",
	"uncache @f",
	"find @f",
	"ref @f",
	"dirty @f",
	"lock @f",
	"unlock @f",
	"hold @f",
	"put @f",
	"ageup @f",
	"agedown @f",
	"activate @f",
	"deactivate @f",
	"buf @f dirty",
	"buf @f clean",
	"buf @f ram",
	"bufcache @f dirty",
	"bufcache @f clean",
	"scan @3 @2 = 0",
	"launder @g @2 = 0",
	"reclaim 0 DMA = 1",
	"reclaim 0 Normal = 1",
	"reclaim 0 HighMem = 1",
	"kswapd = asleep",
	"kreclaimd = asleep",
	"bdflush = asleep",
	"daemons",
	"io @3 = 0",
	"tick 101",
	"stats",
	"map @m @p @f dy",
	"map @m @p @f",
	"touch @m @p @r = -",
	"unmap @m @p",
	"swapin @m @p @r = -",
};

#define TEMPLATES (sizeof(templates) / sizeof(*templates))

static void put_word(FILE *out, char what, const uint8_t op[OP_BYTES])
{
	static const char *const flags[] = { "GFP_KERNEL", "GFP_ATOMIC", "GFP_HIGHUSER",
					     "GFP_BUFFER", "GFP_KSWAPD", "__GFP_DMA",
					     "0" };

	switch (what) {
	case 'f':
		fprintf(out, "%u", op[1] % (FRAMES + 1));
		break;
	case 'p':
		fprintf(out, "%u", op[2] % 40);
		break;
	case 'm':
		fprintf(out, "%u", 1 + op[3] % 2);
		break;
	case 'o':
		fprintf(out, "%u", op[2] % 8 ? 0 : op[2] / 8 % 7);
		break;
	case 'g':
		fputs(flags[op[3] % (sizeof(flags) / sizeof(*flags))], out);
		break;
	case 'r':
		putc(op[3] & 2 ? 'r' : 'w', out);
		break;
	default:
		fprintf(out, "%u", op[2] % (unsigned)(what - '0'));
		break;
	}
}

static void put_line(FILE *out, const uint8_t op[OP_BYTES])
{
	for (const char *c = templates[op[0] % TEMPLATES]; *c; c++)
		if (*c == '@')
			put_word(out, *++c, op);
		else
			putc(*c, out);
	putc('\n', out);
}

static char *write_file(const uint8_t *data, size_t size, size_t *bytes)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, bytes);

	if (!out)
		return NULL;
	fputs(header, out);
	for (unsigned n = 0; n < MOST_OPS && size >= OP_BYTES; n++) {
		put_line(out, data);
		data += OP_BYTES;
		size -= OP_BYTES;
	}
	fclose(out);
	return text;
}

static void must_hold(const struct gold *r, const char *line)
{
	char text[200];

	if (r->policy->check(r->mm, text, sizeof(text)))
		return;
	fprintf(stderr, "after \"%s\": %s\n", line, text);
	abort();
}

static void replay(struct pagegold *g)
{
	struct pagegold_header h;
	struct pagegold_error err;
	struct gold *r = NULL;
	char answer[GOLD_ANSWER];
	const char *line;

	if (pagegold_header_read(g, &h, &err))
		r = gold_new(g, &h, &err);
	if (!r) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	((struct mm24 *)r->mm)->params.hang_rounds[0] = HANG_ROUNDS;
	while ((line = pagegold_line(g, &err))) {
		gold_line(r, g, line, answer, &err);
		must_hold(r, line);
	}
	gold_free(r);
	pagegold_header_free(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pagegold_error err;
	struct pagegold *g;
	size_t bytes = 0;
	char *text = write_file(data, size, &bytes);
	FILE *file = text ? fmemopen(text, bytes, "rb") : NULL;

	if (file && (g = pagegold_open_file(file, "input", &err))) {
		replay(g);
		pagegold_close(g);
	}
	free(text);
	return 0;
}

/* Bytes that mean nothing; some operations more often than others, so that pages get in use. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	uint64_t random = i + 1;
	size_t n = MOST_OPS * OP_BYTES;

	if (i >= 4 || n > cap)
		return 0;
	for (size_t at = 0; at < n; at++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		out[at] = (uint8_t)(random >> 40);
		if (at % OP_BYTES == 0 && random >> 60 < 4)
			out[at] = (uint8_t)(random >> 60);
	}
	return n;
}
