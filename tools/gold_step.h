/*
 * What the replayers of golden files share: a model that was booted, and one line while it is
 * worked on, its words and the model's answer. Nobody else needs it.
 */
#ifndef GOLD_STEP_H
#define GOLD_STEP_H

#include "model/mm_policy.h"
#include "tools/gold.h"

#define GOLD_STEP_ORDERS 11 /* numbers of a B line: of 2.4, too, which has one order less */
#define GOLD_STEP_MEMO 256
#define GOLD_STEP_FNV_START UINT64_C(0xcbf29ce484222325)
#define GOLD_STEP_FNV_PRIME UINT64_C(0x100000001b3)

struct gold_step;

struct gold_record {
	const char *word;
	enum gold_outcome (*run)(struct gold_step *s);
};

/* One kernel's. */
struct gold_replayer {
	const char *kernel;
	size_t size; /* of the replayer's state, which begins with a struct gold */
	/* Sets the parameters and boots. False and *err on failure; then, too, close(). */
	bool (*open)(struct gold *r, const struct pagegold *g, struct pagegold_error *err);
	void (*close)(struct gold *r); /* all but r->mm, r->cpus and *r; NULL = nothing */
	/* Tables, the last one NULL, each of which ends with a row whose word is NULL. */
	const struct gold_record *const *derived, *const *ops;
	enum gold_outcome (*comment)(struct gold_step *s); /* in the header; NULL = ignored */
};

extern const struct gold_replayer gold412_replayer, gold24_replayer;

/* Flags that were translated before, by a hash of their names. */
struct gold_memo {
	char names[1000];
	uint32_t gfp;
};

struct gold {
	const struct gold_replayer *replayer;
	const struct pagegold_header *h;
	const struct mm_policy *policy;
	uint32_t (*gfp)(const char *names, unsigned *unknown); /* as policy->gfp() */
	void *mm;
	struct sim_cpu *cpus;
	struct gold_memo memo[GOLD_STEP_MEMO];
	uint64_t digest, operations;
};

struct gold_step {
	struct gold *r;
	const char *line;
	char *answer;
	size_t used;
	const char *wrong; /* why the line is malformed */
	struct pagegold_words w;
};

/* Appends to the answer. */
void gold_step_say(struct gold_step *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The first words of the line itself, as they stand there. */
void gold_step_repeat(struct gold_step *s, unsigned words);
enum gold_outcome gold_step_compare(const struct gold_step *s);
enum gold_outcome gold_step_bad(struct gold_step *s, const char *why);
/* A number as the result of the line's last word, behind its '='. */
enum gold_outcome gold_step_result(struct gold_step *s, uint64_t value);
/* The result of a request: into the digest, and compared with the wanted frame. */
enum gold_outcome gold_step_frame(struct gold_step *s, uint64_t frame, uint64_t want);

/* The word or words at that place, false when they are not what they should be. */
bool gold_step_cpu(const struct gold_step *s, unsigned at, uint64_t *cpu);
bool gold_step_node(const struct gold_step *s, unsigned at, uint64_t *nid);
/* A node and, behind it, the name of something: a zone. */
bool gold_step_name(const struct gold_step *s, unsigned at, uint64_t *nid, char name[12]);
bool gold_step_gfp(const struct gold_step *s, unsigned at, uint32_t *gfp);
/* "= FRAME" or "= -", the line's last two words; MM_NO_FRAME for '-'. */
bool gold_step_wanted(const struct gold_step *s, unsigned at, uint64_t *frame);
/* The words from `at` on are each of the labels (ends with NULL) with a number behind it. */
bool gold_step_labelled(const struct gold_step *s, unsigned at, const char *const *labels);
/* All words from `at` on are numbers, of either sign. */
bool gold_step_numbers(const struct gold_step *s, unsigned at);
/* The word is a digest: 16 hexadecimal digits. */
bool gold_step_is_digest(struct pagegold_word w);

/* "H": the digest over all results so far. */
enum gold_outcome gold_step_digest(struct gold_step *s);

#endif
