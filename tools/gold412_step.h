/*
 * One line of a golden file while it is worked on: its words, the model's answer. Shared by
 * the operations and the lines of the header; nobody else needs it.
 */
#ifndef GOLD412_STEP_H
#define GOLD412_STEP_H

#include "model/v4_12/mm412_policy.h"
#include "model/v4_12/mm412_probe.h"
#include "tools/gold412.h"

#define GOLD412_ORDERS 11
#define GOLD412_TYPES 4
#define GOLD412_MEMO 256
#define GOLD412_FNV_START UINT64_C(0xcbf29ce484222325)
#define GOLD412_FNV_PRIME UINT64_C(0x100000001b3)

/* Flags that were translated before, by a hash of their names. */
struct gold412_memo {
	char names[1000];
	uint32_t gfp;
};

struct gold412 {
	const struct pagegold_header *h;
	void *mm;
	struct sim_cpu *cpus;
	struct gold412_memo memo[GOLD412_MEMO];
	struct mm412_params params;
	enum mm412_probe_reclaim reclaim;
	bool movable_on_lru;
	bool min_free_zero; /* the sysctl was written with 0, which is no preset of ours */
	uint64_t digest, operations;
};

struct gold412_step {
	struct gold412 *r;
	const char *line;
	char *answer;
	size_t used;
	const char *wrong; /* why the line is malformed */
	struct pagegold_words w;
};

/* Appends to the answer. */
void gold412_step_say(struct gold412_step *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The first words of the line itself, as they stand there. */
void gold412_step_repeat(struct gold412_step *s, unsigned words);
enum gold412_outcome gold412_step_compare(const struct gold412_step *s);
enum gold412_outcome gold412_step_bad(struct gold412_step *s, const char *why);

/* The word or words at that place, false when they are not what they should be. */
bool gold412_step_cpu(const struct gold412_step *s, unsigned at, uint64_t *cpu);
bool gold412_step_node(const struct gold412_step *s, unsigned at, uint64_t *nid);
bool gold412_step_zone(const struct gold412_step *s, unsigned at,
		       struct mm412_probe_zone *zone);
bool gold412_step_gfp(const struct gold412_step *s, unsigned at, uint32_t *gfp);
/* The words from `at` on are each of the labels (ends with NULL) with a number behind it. */
bool gold412_step_labelled(const struct gold412_step *s, unsigned at,
			   const char *const *labels);
/* All words from `at` on are numbers, of either sign. */
bool gold412_step_numbers(const struct gold412_step *s, unsigned at);

struct gold412_record {
	const char *word;
	enum gold412_outcome (*run)(struct gold412_step *s);
};

/* End with a row whose word is NULL. */
extern const struct gold412_record gold412_ops[], gold412_derived[];
enum gold412_outcome gold412_derived_comment(struct gold412_step *s);

#endif
