#include "traces/import.h"

#include <stdlib.h>
#include <string.h>

void import_source_init(struct import_source *s, const char *label)
{
	memset(s, 0, sizeof(*s));
	s->label = label;
	s->first_lost = UINT64_MAX;
}

static void names_free(struct import_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->text[i]);
	free(names->text);
	free(names->slots);
}

void import_source_free(struct import_source *s)
{
	names_free(&s->gfp);
	names_free(&s->texts);
	names_free(&s->others);
	import_pids_free(&s->pids);
	free(s->events);
	free(s->extras);
	free(s->other_counts);
	free(s->comms);
	memset(s, 0, sizeof(*s));
}

bool import_source_grow(void *items, size_t *cap, size_t need, size_t size,
			struct trace_error *err)
{
	size_t more = *cap ? *cap : 64;
	void *old, *grown;

	if (need < *cap)
		return true;
	while (more <= need)
		more += more / 2;
	memcpy(&old, items, sizeof(old));
	grown = more < SIZE_MAX / size ? realloc(old, more * size) : NULL;
	if (!grown)
		return trace_error_memory(err);
	memcpy(items, &grown, sizeof(grown));
	*cap = more;
	return true;
}

bool import_source_add(struct import_source *s, const struct import_event *e,
		       struct trace_error *err)
{
	if (s->n >= s->cap &&
	    !import_source_grow(&s->events, &s->cap, s->n, sizeof(*s->events), err))
		return false;
	if (s->n >= UINT32_MAX - 1)
		return trace_error_data(err, "%s: more than %u events", s->label,
					UINT32_MAX - 1);
	s->events[s->n++] = *e;
	if (e->cpu >= s->cpus)
		s->cpus = e->cpu + 1u;
	return true;
}

bool import_source_extra(struct import_source *s, const struct import_extra *x, uint32_t *index,
			 struct trace_error *err)
{
	if (!import_source_grow(&s->extras, &s->extras_cap, s->nextras, sizeof(*s->extras),
				err))
		return false;
	*index = (uint32_t)s->nextras;
	s->extras[s->nextras++] = *x;
	return true;
}

static uint64_t text_hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h ^ h >> 29;
}

/* The text's slot: where it is, or where it goes. */
static uint32_t *name_slot(const struct import_names *names, const char *text)
{
	size_t i = text_hash(text) & (names->nslots - 1);

	while (names->slots[i] && strcmp(names->text[names->slots[i] - 1], text) != 0)
		i = (i + 1) & (names->nslots - 1);
	return &names->slots[i];
}

static bool names_rehash(struct import_names *names, struct trace_error *err)
{
	size_t nslots = names->nslots ? names->nslots * 2 : 64;
	uint32_t *slots = calloc(nslots, sizeof(*slots));

	if (!slots)
		return trace_error_memory(err);
	free(names->slots);
	names->slots = slots;
	names->nslots = nslots;
	for (size_t i = 0; i < names->n; i++)
		*name_slot(names, names->text[i]) = (uint32_t)i + 1;
	return true;
}

bool import_source_name(struct import_names *names, const char *text, uint32_t *index,
			struct trace_error *err)
{
	uint32_t *slot;

	if (names->n * 2 >= names->nslots && !names_rehash(names, err))
		return false;
	slot = name_slot(names, text);
	if (!*slot) {
		if (!import_source_grow(&names->text, &names->cap, names->n,
					sizeof(*names->text), err))
			return false;
		names->text[names->n] = strdup(text);
		if (!names->text[names->n])
			return trace_error_memory(err);
		*slot = (uint32_t)++names->n;
	}
	*index = *slot - 1;
	return true;
}

bool import_source_other(struct import_source *s, const char *name, uint64_t count,
			 struct trace_error *err)
{
	size_t known = s->others.n;
	uint32_t index;

	if (!import_source_name(&s->others, name, &index, err) ||
	    !import_source_grow(&s->other_counts, &s->other_counts_cap, index,
				sizeof(*s->other_counts), err))
		return false;
	if (index == known)
		s->other_counts[index] = 0;
	s->other_counts[index] += count;
	return true;
}

bool import_source_comm(struct import_source *s, int32_t pid, const char *comm,
			struct trace_error *err)
{
	uint32_t *at = import_pids_at(&s->pids, pid);

	if (!at)
		return trace_error_memory(err);
	if (!*at) {
		if (!import_source_grow(&s->comms, &s->comms_cap, s->ncomms, sizeof(*s->comms),
					err))
			return false;
		s->comms[s->ncomms] = (struct import_comm){ .pid = pid };
		*at = (uint32_t)++s->ncomms;
	}
	strncpy(s->comms[*at - 1].comm, comm, sizeof(s->comms->comm) - 1);
	return true;
}

const char *import_source_comm_of(const struct import_source *s, int32_t pid)
{
	uint32_t at = import_pids_get(&s->pids, pid);

	return at ? s->comms[at - 1].comm : "";
}
