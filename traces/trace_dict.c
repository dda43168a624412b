#include "traces/trace_dict.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define MAX_GFPS 65535
#define MAX_ENTRIES (UINT32_C(1) << 24)
#define MAX_BYTES ((size_t)256 << 20) /* of the texts of a list */

static void free_list(struct trace_dict_list *l)
{
	for (uint32_t i = 0; l->text && i < l->count; i++)
		free(l->text[i]);
	free(l->text);
	free(l->slot);
}

void trace_dict_free(struct trace_dict *d)
{
	free_list(&d->gfps);
	free_list(&d->texts);
	free_list(&d->tasks);
	free(d->task);
	memset(d, 0, sizeof(*d));
}

struct trace_dict_mark trace_dict_mark(const struct trace_dict *d)
{
	return (struct trace_dict_mark){ d->gfps.count, d->texts.count, d->tasks.count };
}

/* ---- adding ---------------------------------------------------------------------------- */

static bool grow(struct trace_dict_list *l, void *array, size_t entry, struct trace_error *err)
{
	uint32_t cap = l->cap ? 2 * l->cap : 16;
	void **p = array, *new;

	if (l->count >= MAX_ENTRIES)
		return trace_error_data(err, "more than %u dictionary entries", MAX_ENTRIES);
	if (l->count < l->cap)
		return true;
	if (cap <= l->cap)
		return trace_error_data(err, "too many dictionary entries");
	new = realloc(*p, cap * entry);
	if (!new)
		return trace_error_memory(err);
	*p = new;
	l->cap = cap;
	return true;
}

static bool add_text(struct trace_dict_list *l, const char *text, struct trace_error *err)
{
	if (!grow(l, &l->text, sizeof(*l->text), err))
		return false;
	l->bytes += strlen(text) + 1;
	if (l->bytes > MAX_BYTES)
		return trace_error_data(err, "the texts of a dictionary have more than %zu MiB",
					MAX_BYTES >> 20);
	l->text[l->count] = strdup(text);
	if (!l->text[l->count])
		return trace_error_memory(err);
	l->count++;
	return true;
}

static bool add_task(struct trace_dict *d, int32_t pid, const char *comm,
		     struct trace_error *err)
{
	struct trace_task *t;

	if (!grow(&d->tasks, &d->task, sizeof(*d->task), err))
		return false;
	t = &d->task[d->tasks.count++];
	memset(t, 0, sizeof(*t));
	t->pid = pid;
	memcpy(t->comm, comm, strnlen(comm, sizeof(t->comm) - 1));
	return true;
}

/* ---- looking up ------------------------------------------------------------------------ */

static uint64_t hash_text(const char *text)
{
	return XXH3_64bits(text, strlen(text));
}

static uint64_t hash_task(const struct trace_task *t)
{
	return XXH3_64bits(t, sizeof(*t));
}

static uint64_t hash_entry(const struct trace_dict *d, const struct trace_dict_list *l,
			   uint32_t index)
{
	return l->text ? hash_text(l->text[index]) : hash_task(&d->task[index]);
}

static uint32_t *slot_of(struct trace_dict_list *l, uint64_t hash)
{
	return &l->slot[hash & (l->nslots - 1)];
}

static uint32_t *next_slot(struct trace_dict_list *l, uint32_t *slot)
{
	return slot + 1 == l->slot + l->nslots ? l->slot : slot + 1;
}

/* Keeps at least half of the slots empty. */
static bool make_slots(const struct trace_dict *d, struct trace_dict_list *l,
		       struct trace_error *err)
{
	uint32_t nslots = l->nslots ? 2 * l->nslots : 64, *slot;

	if (l->count < l->nslots / 2)
		return true;
	if (nslots <= l->nslots)
		return trace_error_data(err, "too many dictionary entries");
	slot = calloc(nslots, sizeof(*slot));
	if (!slot)
		return trace_error_memory(err);
	free(l->slot);
	l->slot = slot;
	l->nslots = nslots;
	for (uint32_t i = 0; i < l->count; i++) {
		slot = slot_of(l, hash_entry(d, l, i));
		while (*slot)
			slot = next_slot(l, slot);
		*slot = i + 1;
	}
	return true;
}

static bool text_index(struct trace_dict *d, struct trace_dict_list *l, const char *text,
		       uint32_t *index, struct trace_error *err)
{
	uint32_t *slot;

	if (strlen(text) > TRACE_DICT_MAX_TEXT)
		return trace_error_data(err, "a text of %zu bytes: %u are allowed",
					strlen(text), TRACE_DICT_MAX_TEXT);
	if (!make_slots(d, l, err))
		return false;
	slot = slot_of(l, hash_text(text));
	while (*slot && strcmp(l->text[*slot - 1], text) != 0)
		slot = next_slot(l, slot);
	if (!*slot) {
		if (!add_text(l, text, err))
			return false;
		*slot = l->count;
	}
	*index = *slot - 1;
	return true;
}

bool trace_dict_gfp(struct trace_dict *d, const char *names, uint32_t *index,
		    struct trace_error *err)
{
	if (!text_index(d, &d->gfps, names, index, err))
		return false;
	return *index < MAX_GFPS ||
	       trace_error_data(err, "more than %u different gfp sets", MAX_GFPS);
}

bool trace_dict_text(struct trace_dict *d, const char *text, uint32_t *index,
		     struct trace_error *err)
{
	return text_index(d, &d->texts, text, index, err);
}

bool trace_dict_task(struct trace_dict *d, int32_t pid, const char *comm, uint32_t *index,
		     struct trace_error *err)
{
	struct trace_task key = { .pid = pid };
	uint32_t *slot;

	memcpy(key.comm, comm, strnlen(comm, sizeof(key.comm) - 1));
	if (!make_slots(d, &d->tasks, err))
		return false;
	slot = slot_of(&d->tasks, hash_task(&key));
	while (*slot && memcmp(&d->task[*slot - 1], &key, sizeof(key)) != 0)
		slot = next_slot(&d->tasks, slot);
	if (!*slot) {
		if (!add_task(d, pid, comm, err))
			return false;
		*slot = d->tasks.count;
	}
	*index = *slot - 1;
	return true;
}

/* ---- travelling ------------------------------------------------------------------------ */

static void encode_texts(const struct trace_dict_list *l, uint32_t from, uint32_t to,
			 enum trace_section_id id, struct trace_frame_bytes *out)
{
	struct trace_bytes b = { 0 };

	if (from == to)
		return;
	trace_bytes_varint(&b, from);
	trace_bytes_varint(&b, to - from);
	for (uint32_t i = from; i < to; i++)
		trace_bytes_put(&b, l->text[i], strlen(l->text[i]) + 1);
	trace_section_put(out, id, &b);
	trace_bytes_free(&b);
}

static void encode_tasks(const struct trace_dict *d, uint32_t from, uint32_t to,
			 struct trace_frame_bytes *out)
{
	struct trace_bytes b = { 0 };

	if (from == to)
		return;
	trace_bytes_varint(&b, from);
	trace_bytes_varint(&b, to - from);
	for (uint32_t i = from; i < to; i++) {
		const struct trace_task *t = &d->task[i];

		trace_bytes_varint(&b, trace_bytes_zigzag(0, (uint64_t)(int64_t)t->pid));
		trace_bytes_put(&b, t->comm, strlen(t->comm) + 1);
	}
	trace_section_put(out, TRACE_SECTION_TASKS, &b);
	trace_bytes_free(&b);
}

void trace_dict_encode(const struct trace_dict *d, struct trace_dict_mark from,
		       struct trace_dict_mark to, struct trace_frame_bytes *out)
{
	encode_texts(&d->gfps, from.gfps, to.gfps, TRACE_SECTION_GFPS, out);
	encode_texts(&d->texts, from.texts, to.texts, TRACE_SECTION_TEXTS, out);
	encode_tasks(d, from.tasks, to.tasks, out);
}

/* Where a section begins in the list; false when it leaves a gap. */
static bool start(struct trace_bytes_in *in, const struct trace_dict_list *l, const char *name,
		  uint64_t *first, uint64_t *count, struct trace_error *err)
{
	*first = trace_bytes_in_varint(in);
	*count = trace_bytes_in_varint(in);
	if (in->bad || *count > (size_t)(in->end - in->at) || *first + *count > MAX_ENTRIES)
		return trace_error_data(err, "the list of %s is damaged", name);
	if (*first > l->count)
		return trace_error_data(err, "expected %s from index %u, found %llu", name,
					l->count, (unsigned long long)*first);
	return true;
}

static bool decode_texts(struct trace_dict_list *l, const struct trace_sections *s,
			 enum trace_section_id id, const char *name, uint64_t max,
			 struct trace_error *err)
{
	struct trace_bytes_in in;
	uint64_t first, count;

	if (!s->by_id[id].data)
		return true;
	if (!trace_section_in(s, id, name, &in, err) ||
	    !start(&in, l, name, &first, &count, err))
		return false;
	if (first + count > max)
		return trace_error_data(err, "more than %llu %s", (unsigned long long)max,
					name);
	for (uint64_t i = first; i < first + count; i++) {
		const char *text = trace_bytes_in_text(&in, TRACE_DICT_MAX_TEXT);

		if (!text)
			return trace_error_data(err, "the list of %s is damaged", name);
		if (i == l->count && !add_text(l, text, err))
			return false;
	}
	return true;
}

static bool decode_tasks(struct trace_dict *d, const struct trace_sections *s,
			 struct trace_error *err)
{
	struct trace_bytes_in in;
	uint64_t first, count;

	if (!s->by_id[TRACE_SECTION_TASKS].data)
		return true;
	if (!trace_section_in(s, TRACE_SECTION_TASKS, "tasks", &in, err) ||
	    !start(&in, &d->tasks, "tasks", &first, &count, err))
		return false;
	for (uint64_t i = first; i < first + count; i++) {
		uint64_t pid = trace_bytes_unzigzag(0, trace_bytes_in_varint(&in));
		const char *comm = trace_bytes_in_text(&in, 15);

		if (!comm || pid + INT32_MAX + 1u > UINT32_MAX)
			return trace_error_data(err, "the list of tasks is damaged");
		if (i == d->tasks.count && !add_task(d, (int32_t)(int64_t)pid, comm, err))
			return false;
	}
	return true;
}

bool trace_dict_decode(struct trace_dict *d, const struct trace_sections *s,
		       struct trace_error *err)
{
	return decode_texts(&d->gfps, s, TRACE_SECTION_GFPS, "gfp sets", MAX_GFPS, err) &&
	       decode_texts(&d->texts, s, TRACE_SECTION_TEXTS, "texts", MAX_ENTRIES, err) &&
	       decode_tasks(d, s, err);
}
