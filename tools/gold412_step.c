#include "tools/gold412_step.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void gold412_step_say(struct gold412_step *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (s->used >= GOLD412_ANSWER)
		return;
	va_start(ap, fmt);
	n = vsnprintf(s->answer + s->used, GOLD412_ANSWER - s->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		s->used += (size_t)n;
}

void gold412_step_repeat(struct gold412_step *s, unsigned words)
{
	struct pagegold_word last = s->w.w[words - 1];

	gold412_step_say(s, "%.*s", (int)(last.s + last.len - s->line), s->line);
}

enum gold412_outcome gold412_step_compare(const struct gold412_step *s)
{
	return strcmp(s->line, s->answer) == 0 ? GOLD412_AGREES : GOLD412_DIFFERS;
}

enum gold412_outcome gold412_step_bad(struct gold412_step *s, const char *why)
{
	s->wrong = why;
	return GOLD412_BAD;
}

bool gold412_step_cpu(const struct gold412_step *s, unsigned at, uint64_t *cpu)
{
	return pagegold_number(s->w.w[at], s->r->h->machine.cpus - 1, cpu);
}

bool gold412_step_node(const struct gold412_step *s, unsigned at, uint64_t *nid)
{
	const struct mm_machine *m = &s->r->h->machine;

	return pagegold_number(s->w.w[at], m->nodes - 1, nid) && m->node_online[*nid];
}

bool gold412_step_zone(const struct gold412_step *s, unsigned at, struct mm412_probe_zone *zone)
{
	char name[12];
	uint64_t nid;

	if (!gold412_step_node(s, at, &nid) || s->w.w[at + 1].len >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)s->w.w[at + 1].len, s->w.w[at + 1].s);
	return mm412_probe_zone(s->r->mm, (unsigned)nid, name, zone);
}

static bool is_number(struct pagegold_word w)
{
	uint64_t n;

	if (w.len > 1 && *w.s == '-')
		w = (struct pagegold_word){ w.s + 1, w.len - 1 };
	return pagegold_number(w, UINT64_MAX, &n);
}

bool gold412_step_labelled(const struct gold412_step *s, unsigned at, const char *const *labels)
{
	for (; *labels; labels++, at += 2)
		if (at + 1 >= s->w.n || !pagegold_is(s->w.w[at], *labels) ||
		    !is_number(s->w.w[at + 1]))
			return false;
	return at == s->w.n;
}

bool gold412_step_numbers(const struct gold412_step *s, unsigned at)
{
	for (; at < s->w.n; at++)
		if (!is_number(s->w.w[at]))
			return false;
	return true;
}

bool gold412_step_gfp(const struct gold412_step *s, unsigned at, uint32_t *gfp)
{
	struct pagegold_word w = s->w.w[at];
	uint64_t hash = GOLD412_FNV_START;
	struct gold412_memo *memo;
	unsigned unknown = 0;

	if (w.len >= sizeof(memo->names))
		return false;
	for (size_t i = 0; i < w.len; i++)
		hash = (hash ^ (unsigned char)w.s[i]) * GOLD412_FNV_PRIME;
	memo = &s->r->memo[(hash ^ hash >> 32) % GOLD412_MEMO];
	if (strncmp(memo->names, w.s, w.len) != 0 || memo->names[w.len]) {
		snprintf(memo->names, sizeof(memo->names), "%.*s", (int)w.len, w.s);
		memo->gfp = mm412_policy.gfp(memo->names, &unknown);
		if (unknown)
			*memo->names = '\0';
	}
	*gfp = memo->gfp;
	return !unknown;
}
