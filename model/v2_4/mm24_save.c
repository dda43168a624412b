/*
 * What a replay that goes on later needs of this kernel: its lists as they stand, and by name
 * the numbers that follow neither from them nor from parameters. Frames in use are told by who
 * has them: 2.4 keeps no sizes of blocks in use.
 */
#include <stdio.h>

#include "model/v2_4/mm24.h"
#include "model/v2_4/mm24_save.h"

/* ---- lists ------------------------------------------------------------------------------- */

static void visit_list(const struct mm24 *mm, const struct mm_saver *to, uint32_t head)
{
	for (uint32_t at = mm->s[head].prev; at != head; at = mm->s[at].prev)
		to->listed(to->ctx, mm24_frame(mm, at));
}

void mm24_save(const void *state, const struct mm_saver *to)
{
	const struct mm24 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++)
		for (unsigned o = 0; o < MM24_ORDERS; o++) {
			const struct mm24_zone *zone = &mm->zones[i];
			uint32_t at = mm24_buddy_next(mm, zone, o, MM24_NONE);

			for (; at != MM24_NONE; at = mm24_buddy_next(mm, zone, o, at))
				to->free(to->ctx, mm24_frame(mm, at), o, 0);
		}
	for (unsigned i = 0; i < mm->nzones; i++)
		visit_list(mm, to, mm->zones[i].clean_head);
	visit_list(mm, to, mm->dirty_head);
	visit_list(mm, to, mm->active_head);
}

bool mm24_save_content(const void *state, uint32_t content, struct mm_content *what)
{
	const struct mm24 *mm = state;
	uint64_t frame = mm24_content_frame(mm, content);
	uint16_t flags;

	if (frame == MM_NO_FRAME)
		return false;
	flags = mm->s[mm24_slot(mm, frame)].tag;
	what->task = mm->contents[content].task;
	what->kind = (enum mm_kind)mm->contents[content].kind;
	what->dirty = flags & (MM24_DIRTY | MM24_BUFFER_DIRTY);
	what->active = flags & MM24_ACTIVE;
	what->old = false;
	what->order = 0;
	return true;
}

/* ---- numbers ----------------------------------------------------------------------------- */

static void keep(const struct mm_keeper *k, const char *name, int64_t *value)
{
	k->number(k->ctx, name, value, 1);
}

#define KEEP(k, name, field)                                                                   \
	do {                                                                                   \
		int64_t value_ = (int64_t)(field);                                             \
		keep(k, name, &value_);                                                        \
		(field) = (__typeof__(field))value_;                                           \
	} while (0)

static void keep_zone(const struct mm_keeper *k, struct mm24_zone *zone)
{
	char name[48];

	snprintf(name, sizeof(name), "zone.%u.given_up", zone->id);
	KEEP(k, name, zone->given_up);
	snprintf(name, sizeof(name), "zone.%u.lock.free_at", zone->id);
	KEEP(k, name, zone->lock.free_at);
	snprintf(name, sizeof(name), "zone.%u.lock.holder", zone->id);
	KEEP(k, name, zone->lock.holder);
}

bool mm24_save_keep(void *state, const struct mm_keeper *k, char *text, size_t size)
{
	struct mm24 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++)
		keep_zone(k, &mm->zones[i]);
	for (unsigned d = 0; d < MM24_DAEMONS; d++) {
		char name[32];
		bool asleep = mm->daemon[d].asleep;

		snprintf(name, sizeof(name), "daemon.%u.asleep", d);
		KEEP(k, name, asleep);
		mm->daemon[d].sleeps_on = !k->out && asleep;
	}
	KEEP(k, "memory_pressure", mm->memory_pressure);
	KEEP(k, "next_pgdat", mm->next_pgdat);
	KEEP(k, "last_recalc", mm->last_recalc);
	KEEP(k, "lru_lock.free_at", mm->lru_lock.free_at);
	KEEP(k, "lru_lock.holder", mm->lru_lock.holder);
	KEEP(k, "cache_lock.free_at", mm->cache_lock.free_at);
	KEEP(k, "cache_lock.holder", mm->cache_lock.holder);
	if (k->out)
		return true;
	if (mm->next_pgdat > mm->npgdats) {
		snprintf(text, size, "there is no node number %u", mm->next_pgdat);
		return false;
	}
	return mm24_check(mm, text, size);
}
