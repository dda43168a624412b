/*
 * Replays recordings of a real 4.12.0, which tell every operation of its page allocator, on the
 * model, and compares. Guided: the recorded operations run through the model's own functions,
 * which choose pages, lists, drain order, types and counters; at the end lists, types and
 * counters are held against the recorded ones.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "model/mm_policy.h"
#include "model/v4_12/mm412_probe.h"
#include "model/v4_12/mm412_probe_guided.h"
#include "tools/machine_map.h"
#include "traces/trace.h"

/* What was replayed. */
enum verify_kind {
	VERIFY_TAKE,      /* a page from a per-cpu list */
	VERIFY_REFILL,    /* of a per-cpu list */
	VERIFY_BLOCK,     /* an allocation of order > 0 */
	VERIFY_GIVE,      /* a page to a per-cpu list */
	VERIFY_FREE,      /* a free of order > 0 */
	VERIFY_DRAIN,     /* a bulk free of a per-cpu list */
	VERIFY_STEAL,     /* a block of another type */
	VERIFY_RESERVE,   /* a pageblock for atomic requests, or one given back */
	VERIFY_ISOLATE,   /* a free block taken by compaction */
	VERIFY_FOLD,      /* parts of a counter added to it */
	VERIFY_THRESHOLD, /* switched by kswapd */
	VERIFY_KINDS
};

/* What was compared at the end. */
enum verify_end {
	VERIFY_END_FREE,    /* members of free lists, in order */
	VERIFY_END_PCP,     /* members of per-cpu lists, in order, with their types */
	VERIFY_END_TYPE,    /* pageblock types */
	VERIFY_END_COUNTER, /* counters of zones */
	VERIFY_END_PART,    /* per-cpu parts, thresholds, limits of lists */
	VERIFY_ENDS
};

/* For people, and as keys. */
struct verify_name {
	const char *text, *key;
};

extern const struct verify_name verify_kind_names[VERIFY_KINDS];
extern const struct verify_name verify_end_names[VERIFY_ENDS];

#define VERIFY_SHOWN 5
#define VERIFY_TEXT 200

struct verify_difference {
	uint64_t time; /* of the event, as the recording counts; 0 at the end */
	char what[64], expected[VERIFY_TEXT], got[VERIFY_TEXT];
};

struct verify_error {
	int status; /* enum cmd_exit, 0 = none */
	char text[768];
};

/* One event or step in the order of the recording. */
struct verify_item {
	uint64_t time, pfn;
	int64_t value[3];
	uint32_t next; /* the next item of the same CPU that is part of an operation */
	uint16_t cpu, gfp;
	uint8_t kind; /* enum verify_item_kind */
	uint8_t order;
	int8_t type;
	bool cold, done;
	/* Given to predictions (verify_choice.h): the zone, to who lost a race; nodes, a bit
	 * each, that come over their dirty limit here, or are no longer. */
	bool raced;
	uint64_t turns;
};

#define VERIFY_NONE UINT32_MAX

/* Requests and frees have in value: object, offset of the freed part, node asked for. */
enum verify_item_kind {
	/* Those of enum trace_step_kind, and behind them: */
	VERIFY_ALLOC = TRACE_STEP_KINDS,
	VERIFY_RELEASE,
	/* Of predictions alone: */
	VERIFY_FAILED,   /* a request that the recorded kernel could not serve */
	VERIFY_ISOLATED, /* a page that compaction took without a request */
	VERIFY_LRU,      /* the object goes to an LRU list: it can be migrated */
};

enum verify_mode { VERIFY_GUIDED, VERIFY_PREDICT };

/* Decisions predicted one by one, each from the recorded state in front of it. */
struct verify_ahead {
	uint64_t fast, slow;     /* requests above the low marks, and others */
	uint64_t zones;          /* fast ones that went to the predicted zone */
	uint64_t races, turns;   /* of the others, those given (verify_choice.h) */
	uint64_t steals, claims; /* that moved free blocks; claimed or not as predicted */
	uint64_t frames;         /* frames given and drained as predicted */
};

/* What a prediction hit. */
struct verify_hits {
	uint64_t requests; /* that the recorded kernel served */
	uint64_t frames, zones;
	uint64_t refused; /* by the model */
	uint64_t served;  /* by the model alone */
	/* The first other frame: when, the recorded one, the model's. */
	uint64_t first_miss, first_expected, first_got;
	uint64_t free_frames;    /* on free lists at the end, as recorded */
	uint64_t free_elsewhere; /* of these, not in the model */
	uint64_t blocks,
		blocks_off; /* free blocks by order, and how many too many or too few */
	uint64_t types, types_off;
};

struct verify {
	const char *name; /* for messages */
	struct trace_reader *reader;
	const struct trace_header *header;
	struct sim_machine *machine;
	struct mm_machine seen; /* as the kernel sees it */
	void *mm;
	struct sim_cpu *cpus;
	uint32_t *gfp; /* the kernel's flags by the trace's index */
	size_t ngfps;
	uint32_t *zone; /* the model's number of each zone of the header */

	enum verify_mode mode;
	uint64_t objects; /* numbered below this */
	struct verify_item *items;
	size_t nitems, items_cap;

	struct verify_ahead ahead; /* only with VERIFY_PREDICT */
	uint64_t count[VERIFY_KINDS], requests, pfns, mismatches;
	struct verify_difference shown[VERIFY_SHOWN];
	bool given_up; /* after VERIFY_LIMIT mismatches */
	uint64_t end_compared[VERIFY_ENDS], end_differs[VERIFY_ENDS];
	struct verify_difference end_shown[VERIFY_SHOWN];
	unsigned nend_shown;
	struct verify_error error;
};

/* Beyond so many mismatches nothing more can be learnt. */
#define VERIFY_LIMIT 1000

/* Reads the trace, boots the model, puts the start state in place. False and v->error. `name`
 * is what messages call it. */
bool verify_open(struct verify *v, const char *path, const char *name, enum verify_mode mode);
void verify_close(struct verify *v);
/* Always false. */
bool verify_fail(struct verify *v, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The model's zone of the header's node and the kernel's number of the zone, as steps name
 * them; MM412_PROBE_GUIDED_NO_ZONE when there is none. */
uint32_t verify_zone(const struct verify *v, int64_t nid, unsigned zid);

/* False and v->error when the recording cannot be replayed at all. */
bool verify_guided(struct verify *v);
/* With VERIFY_PREDICT verify_guided() fills v->ahead as well. */
/* Whether a step was made for the request behind it on its CPU. */
bool verify_item_of_request(const struct verify_item *item);
/* Only requests and frees are given, and what no request tells: when kswapd switched
 * thresholds, when the vmstat worker came by, and what verify_guided() found that decisions
 * have to be given (of the same recording; NULL: nothing). The model decides the rest. */
bool verify_predict(struct verify *v, const struct verify *decisions, struct verify_hits *hits);
/* Compares the final state. */
bool verify_final(struct verify *v);

/* Marks and counters of the header's zone i as they stood at the start of a recording; the
 * kernel's number of that zone, MM412_PROBE_GUIDED_NO_ZONE when they are not of this machine.
 */
uint32_t verify_put_counters(void *mm, const struct trace_header *h,
			     const struct trace_end *end, unsigned i);

#endif
