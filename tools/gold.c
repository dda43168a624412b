#include "tools/gold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/gold_step.h"

static const struct gold_replayer *const replayers[] = { &gold24_replayer, &gold412_replayer };

#define REPLAYERS (sizeof(replayers) / sizeof(*replayers))

static const struct gold_replayer *find(const char *kernel)
{
	for (size_t i = 0; i < REPLAYERS; i++)
		if (strcmp(replayers[i]->kernel, kernel) == 0)
			return replayers[i];
	return NULL;
}

static void unknown_kernel(const struct pagegold *g, const char *kernel,
			   struct pagegold_error *err)
{
	size_t n = (size_t)snprintf(err->text, sizeof(err->text),
				    "%.150s: kernel '%s' is not known, only", pagegold_name(g),
				    kernel);

	for (size_t i = 0; i < REPLAYERS; i++)
		n += (size_t)snprintf(err->text + n, sizeof(err->text) - n, "%s %s",
				      i ? " and" : "", replayers[i]->kernel);
}

struct gold *gold_new(const struct pagegold *g, const struct pagegold_header *h,
		      struct pagegold_error *err)
{
	const struct gold_replayer *replayer = find(h->kernel);
	struct gold *r;

	*err = (struct pagegold_error){ 0 };
	if (!replayer) {
		unknown_kernel(g, h->kernel, err);
		return NULL;
	}
	r = calloc(1, replayer->size);
	if (!r) {
		err->system = true;
		snprintf(err->text, sizeof(err->text), "out of memory");
		return NULL;
	}
	r->replayer = replayer;
	r->h = h;
	r->digest = GOLD_STEP_FNV_START;
	if (replayer->open(r, g, err))
		return r;
	gold_free(r);
	return NULL;
}

void gold_free(struct gold *r)
{
	if (!r)
		return;
	if (r->mm)
		r->policy->destroy(r->mm);
	if (r->replayer->close)
		r->replayer->close(r);
	free(r->cpus);
	free(r);
}

static enum gold_outcome run(struct gold_step *s, const struct gold_record *const *tables)
{
	const struct gold_replayer *replayer = s->r->replayer;

	s->answer[0] = '\0';
	if (!pagegold_split(s->line, &s->w) || s->w.n == 0)
		return gold_step_bad(s, s->w.n ? "the line has too many words"
					       : "the line is empty");
	if (pagegold_is(s->w.w[0], "#"))
		return replayer->comment ? replayer->comment(s) : GOLD_NOTHING;
	for (; *tables; tables++)
		for (const struct gold_record *record = *tables; record->word; record++)
			if (pagegold_is(s->w.w[0], record->word))
				return record->run(s);
	return gold_step_bad(s, "unknown record");
}

enum gold_outcome gold_header_line(struct gold *r, const char *line, char answer[GOLD_ANSWER],
				   struct pagegold_error *err)
{
	struct gold_step s = { .r = r, .line = line, .answer = answer };
	enum gold_outcome outcome = run(&s, r->replayer->derived);

	if (outcome == GOLD_BAD)
		snprintf(err->text, sizeof(err->text), "%s", s.wrong);
	return outcome;
}

bool gold_check(const struct gold *r, char *text, size_t size)
{
	return r->policy->check(r->mm, text, size);
}

/* In a validating build, the kernel's own invariants, too, after every 64th line. */
static void validate(struct gold *r, const struct pagegold *g)
{
#ifdef PAGESIM_VALIDATE
	char text[300];

	if (pagegold_line_number(g) % 64 || gold_check(r, text, sizeof(text)))
		return;
	fprintf(stderr, "%s:%llu: %s\n", pagegold_name(g),
		(unsigned long long)pagegold_line_number(g), text);
	abort();
#else
	(void)r;
	(void)g;
#endif
}

enum gold_outcome gold_line(struct gold *r, const struct pagegold *g, const char *line,
			    char answer[GOLD_ANSWER], struct pagegold_error *err)
{
	struct gold_step s;
	enum gold_outcome outcome;

	if (*line == '#')
		return GOLD_NOTHING;
	s.r = r;
	s.line = line;
	s.answer = answer;
	s.used = 0;
	outcome = run(&s, r->replayer->ops);
	if (outcome == GOLD_BAD)
		pagegold_bad(g, err, "%s", s.wrong);
	validate(r, g);
	return outcome;
}

uint64_t gold_operations(const struct gold *r)
{
	return r->operations;
}
