/*
 * Contents that nobody has asked for yet. As long as memory is not short a kernel never looks
 * at what pages hold: then telling it of every page would cost time and change nothing. What
 * is to be told is kept as a word an object, and told when the kernel asks for it
 * (mm_host.wanted), in the order of the allocations, which is the order in which the pages
 * would have come onto the LRU lists.
 *
 * Dirty pages of files matter earlier: beyond mm_policy.dirty_bound() of them all is told.
 */
#include <stdlib.h>

#include "tools/cmd.h"
#include "tools/replay_saved.h"

/* REPLAY_NOTE_EARLY: 0 = nothing to tell. */
#define WORD_THERE 1u
#define WORD_DIRTY 2u
#define WORD_ACTIVE 4u
#define WORD_OLD 8u
#define WORD_KIND_SHIFT 4
#define WORD_BITS 6
#define AHEAD 16u       /* objects that are prefetched */
#define BOUND_EVERY 64u /* dirty pages: the bound moves slowly, and takes time to find */

_Static_assert(MM_KINDS <= 1u << (WORD_BITS - WORD_KIND_SHIFT), "a kind is two bits");
_Static_assert(REPLAY_NOTE_EARLY == (1u << WORD_BITS) - 1, "a note has room for it");

struct early_frame {
	uint32_t frame;
	uint8_t order;
	struct contents_kind kind;
};

struct replay_early {
	struct early_frame *frames;
	size_t nframes, frames_room;
	uint64_t dirty; /* pages of files in use that were written when they were allocated */
};

bool replay_early_open(struct replay *r)
{
	const struct mm_policy *policy = r->o.policy;

	/* Requests that stand behind others (format 1.1) want to know at once what became of
	 * these. */
	if (!policy->dirty_bound || !policy->hold || r->o.access != REPLAY_ACCESS_NONE ||
	    trace_reader_header(r->o.trace)->minor > 0)
		return true;
	r->early = calloc(1, sizeof(*r->early));
	return r->early || replay_core_fail(r, CMD_SYSTEM, "out of memory");
}

void replay_early_close(struct replay *r)
{
	if (r->early)
		free(r->early->frames);
	free(r->early);
	r->early = NULL;
}

static uint32_t word_of(struct contents_kind kind)
{
	return WORD_THERE | (kind.dirty ? WORD_DIRTY : 0) | (kind.active ? WORD_ACTIVE : 0) |
	       (kind.old ? WORD_OLD : 0) | (uint32_t)kind.kind << WORD_KIND_SHIFT;
}

static struct contents_kind kind_of(uint64_t word)
{
	return (struct contents_kind){
		.reclaimable = true,
		.dirty = (word & WORD_DIRTY) != 0,
		.active = (word & WORD_ACTIVE) != 0,
		.old = (word & WORD_OLD) != 0,
		.kind = (enum mm_kind)(word >> WORD_KIND_SHIFT &
				       ((1u << (WORD_BITS - WORD_KIND_SHIFT)) - 1)),
	};
}

enum mm_kind replay_early_kind(uint64_t note)
{
	return kind_of(note).kind;
}

static bool counts_as_dirty(struct contents_kind kind)
{
	return kind.kind == MM_KIND_FILE && kind.dirty;
}

uint32_t replay_early_page_note(const struct replay *r, struct contents_kind kind)
{
	if (!replay_access_can_hold(r, 0, &kind) || counts_as_dirty(kind))
		return 0;
	return word_of(kind);
}

/* Set and date of the allocation stay. */
static uint64_t noted(const struct replay *r, uint64_t object, uint32_t number,
		      struct contents_kind kind)
{
	uint64_t note = objects_noted(r->objects, object) >> REPLAY_NOTE_GFP_SHIFT
								     << REPLAY_NOTE_GFP_SHIFT;

	return note | (uint64_t)number << REPLAY_NOTE_TASK_SHIFT | word_of(kind);
}

void replay_early_object(struct replay *r, struct sim_cpu *cpu, uint64_t object,
			 uint32_t number, struct contents_kind kind)
{
	struct replay_early *early = r->early;
	struct objects_entry *o = objects_at(r->objects, object);

	if (!o || o->state != OBJECTS_LIVE || o->split ||
	    !replay_access_can_hold(r, o->order, &kind))
		return;
	/* Neither has a place in a note. */
	if (number >= REPLAY_NOTE_TASKS - 1 || kind.stays) {
		replay_early_tell(r, cpu);
		replay_access_hold(r, cpu, objects_at(r->objects, object), number, kind, true);
		return;
	}
	if (!objects_note(r->objects, object, noted(r, object, number, kind))) {
		replay_core_fail(r, CMD_SYSTEM, "out of memory");
		return;
	}
	if (!counts_as_dirty(kind))
		return;
	o->dirty = true;
	if (++early->dirty % BOUND_EVERY == 0 &&
	    early->dirty + BOUND_EVERY > r->o.policy->dirty_bound(r->o.mm))
		replay_early_tell(r, cpu);
}

void replay_early_freed(struct replay *r)
{
	if (r->early)
		r->early->dirty--;
}

void replay_early_frame(struct replay *r, uint64_t frame, unsigned order,
			struct contents_kind kind)
{
	struct replay_early *early = r->early;

	if (early->nframes == early->frames_room) {
		size_t room = early->frames_room ? 2 * early->frames_room : 1024;
		struct early_frame *frames = realloc(early->frames, room * sizeof(*frames));

		if (!frames) {
			replay_core_fail(r, CMD_SYSTEM, "out of memory");
			return;
		}
		early->frames = frames;
		early->frames_room = room;
	}
	early->frames[early->nframes++] =
		(struct early_frame){ (uint32_t)frame, (uint8_t)order, kind };
}

bool replay_early_noted(const struct replay *r, uint64_t object, struct contents_kind *kind,
			uint32_t *task)
{
	uint64_t word = r->early ? objects_noted(r->objects, object) : 0;

	*kind = kind_of(word);
	*task = word >> REPLAY_NOTE_TASK_SHIFT & (REPLAY_NOTE_TASKS - 1);
	return (word & REPLAY_NOTE_EARLY) != 0;
}

/*
 * Telling is nobody's work: it takes no time. Objects are told a few places late: what the
 * kernel keeps of their frames, which lie anywhere, is prefetched meanwhile.
 */
struct telling {
	struct replay *r;
	struct sim_cpu cpu;
	uint64_t number[AHEAD]; /* a ring */
	uint64_t word[AHEAD];
	uint64_t seen, told;
};

static void tell_next(struct telling *t)
{
	unsigned at = t->told++ % AHEAD;
	uint64_t word = t->word[at];

	if (!t->r->trouble.status)
		replay_access_hold(t->r, &t->cpu, objects_at(t->r->objects, t->number[at]),
				   word >> REPLAY_NOTE_TASK_SHIFT & (REPLAY_NOTE_TASKS - 1),
				   kind_of(word), true);
}

static void tell_object(void *ctx, uint64_t number, struct objects_entry e)
{
	struct telling *t = ctx;
	const struct replay *r = t->r;
	uint64_t word = objects_noted(r->objects, number);
	unsigned at = t->seen % AHEAD;

	if (!(word & REPLAY_NOTE_EARLY) || e.state != OBJECTS_LIVE || e.split)
		return;
	if (t->seen - t->told == AHEAD)
		tell_next(t);
	t->number[at] = number;
	t->word[at] = word;
	t->seen++;
	if (r->o.policy->prefetch_hold)
		r->o.policy->prefetch_hold(r->o.mm, e.frame);
}

static void tell_objects(struct telling *t)
{
	objects_each(t->r->objects, tell_object, t);
	while (t->told < t->seen)
		tell_next(t);
}

/* What another run left, in its order. */
static void tell_left(struct telling *t)
{
	const struct replay_saved *s = t->r->saved;

	for (uint64_t i = 0; s && i < s->nheld; i++)
		tell_object(t, s->held[i], objects_get(t->r->objects, s->held[i]));
	while (t->told < t->seen)
		tell_next(t);
}

static void tell_frames(struct telling *t, const struct replay_early *early)
{
	uint32_t before = replay_world_number(t->r, REPLAY_BEFORE, 0);

	for (size_t i = 0; i < early->nframes && !t->r->trouble.status; i++) {
		struct objects_entry nobodys = { .frame = early->frames[i].frame,
						 .order = early->frames[i].order & 15u,
						 .state = OBJECTS_LIVE };

		replay_access_hold(t->r, &t->cpu, &nobodys, before, early->frames[i].kind,
				   false);
	}
}

void replay_early_tell(void *ctx, struct sim_cpu *cpu)
{
	struct replay *r = ctx;
	struct replay_early *early = r->early;
	struct telling t = { .r = r, .cpu = *cpu };

	if (!early)
		return;
	r->early = NULL; /* what is told from now on is told at once */
	replay_step_no_more_plain(r);
	/* A copy: its time does not pass, but it wakes the same daemons. */
	t.cpu.on_actor = false;
	tell_frames(&t, early);
	tell_left(&t);
	tell_objects(&t);
	free(early->frames);
	free(early);
}
