#include "tools/gold_step.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void gold_step_say(struct gold_step *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (s->used >= GOLD_ANSWER)
		return;
	va_start(ap, fmt);
	n = vsnprintf(s->answer + s->used, GOLD_ANSWER - s->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		s->used += (size_t)n;
}

void gold_step_repeat(struct gold_step *s, unsigned words)
{
	struct pagegold_word last = s->w.w[words - 1];

	gold_step_say(s, "%.*s", (int)(last.s + last.len - s->line), s->line);
}

enum gold_outcome gold_step_compare(const struct gold_step *s)
{
	return strcmp(s->line, s->answer) == 0 ? GOLD_AGREES : GOLD_DIFFERS;
}

enum gold_outcome gold_step_bad(struct gold_step *s, const char *why)
{
	s->wrong = why;
	return GOLD_BAD;
}

enum gold_outcome gold_step_result(struct gold_step *s, uint64_t value)
{
	gold_step_repeat(s, s->w.n - 1);
	gold_step_say(s, " %" PRIu64, value);
	return gold_step_compare(s);
}

static void digest_frame(struct gold *r, uint64_t frame)
{
	for (unsigned i = 0; i < 8; i++, frame >>= 8)
		r->digest = (r->digest ^ (frame & 255)) * GOLD_STEP_FNV_PRIME;
}

enum gold_outcome gold_step_frame(struct gold_step *s, uint64_t frame, uint64_t want)
{
	digest_frame(s->r, frame);
	if (frame == want)
		return GOLD_AGREES;
	gold_step_repeat(s, s->w.n - 1);
	if (frame == MM_NO_FRAME)
		gold_step_say(s, " -");
	else
		gold_step_say(s, " %" PRIu64, frame);
	return GOLD_DIFFERS;
}

bool gold_step_cpu(const struct gold_step *s, unsigned at, uint64_t *cpu)
{
	return pagegold_number(s->w.w[at], s->r->h->machine.cpus - 1, cpu);
}

bool gold_step_node(const struct gold_step *s, unsigned at, uint64_t *nid)
{
	const struct mm_machine *m = &s->r->h->machine;

	return pagegold_number(s->w.w[at], m->nodes - 1, nid) && m->node_online[*nid];
}

bool gold_step_name(const struct gold_step *s, unsigned at, uint64_t *nid, char name[12])
{
	if (!gold_step_node(s, at, nid) || s->w.w[at + 1].len >= 12)
		return false;
	snprintf(name, 12, "%.*s", (int)s->w.w[at + 1].len, s->w.w[at + 1].s);
	return true;
}

bool gold_step_wanted(const struct gold_step *s, unsigned at, uint64_t *frame)
{
	*frame = MM_NO_FRAME;
	return s->w.n == at + 2 && pagegold_is(s->w.w[at], "=") &&
	       (pagegold_is(s->w.w[at + 1], "-") ||
		pagegold_number(s->w.w[at + 1], MM_NO_FRAME, frame));
}

static bool is_number(struct pagegold_word w)
{
	uint64_t n;

	if (w.len > 1 && *w.s == '-')
		w = (struct pagegold_word){ w.s + 1, w.len - 1 };
	return pagegold_number(w, UINT64_MAX, &n);
}

bool gold_step_labelled(const struct gold_step *s, unsigned at, const char *const *labels)
{
	for (; *labels; labels++, at += 2)
		if (at + 1 >= s->w.n || !pagegold_is(s->w.w[at], *labels) ||
		    !is_number(s->w.w[at + 1]))
			return false;
	return at == s->w.n;
}

bool gold_step_numbers(const struct gold_step *s, unsigned at)
{
	for (; at < s->w.n; at++)
		if (!is_number(s->w.w[at]))
			return false;
	return true;
}

bool gold_step_gfp(const struct gold_step *s, unsigned at, uint32_t *gfp)
{
	struct pagegold_word w = s->w.w[at];
	uint64_t hash = GOLD_STEP_FNV_START;
	struct gold_memo *memo;
	unsigned unknown = 0;

	if (w.len == 0 || w.len >= sizeof(memo->names))
		return false;
	for (size_t i = 0; i < w.len; i++)
		hash = (hash ^ (unsigned char)w.s[i]) * GOLD_STEP_FNV_PRIME;
	memo = &s->r->memo[(hash ^ hash >> 32) % GOLD_STEP_MEMO];
	if (strncmp(memo->names, w.s, w.len) != 0 || memo->names[w.len]) {
		snprintf(memo->names, sizeof(memo->names), "%.*s", (int)w.len, w.s);
		memo->gfp = s->r->gfp(memo->names, &unknown);
		if (unknown)
			*memo->names = '\0';
	}
	*gfp = memo->gfp;
	return !unknown;
}

bool gold_step_is_digest(struct pagegold_word w)
{
	return w.len == 16 && strspn(w.s, "0123456789abcdef") == w.len;
}

enum gold_outcome gold_step_digest(struct gold_step *s)
{
	if (s->w.n != 2 || !gold_step_is_digest(s->w.w[1]))
		return gold_step_bad(s, "wanted: H and 16 hexadecimal digits");
	gold_step_say(s, "H %016" PRIx64, s->r->digest);
	return gold_step_compare(s);
}
