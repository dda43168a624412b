#include "traces/import_fields.h"

#include <stdlib.h>
#include <string.h>

#include "traces/import_child.h"

#define BATCH 32768

/* One field of one event: where it lies in a record. */
struct field {
	unsigned offset, size;
};

struct type {
	const struct import_event_type *type; /* NULL: not used */
	struct tep_event *event;
	unsigned least; /* bytes of its fields of fixed size */
	struct field pfn, order, migratetype, gfp, buf, values[4];
	uint64_t skipped;
};

struct gfp_value {
	uint64_t value;
	uint32_t index;
	bool used, unknown;
};

struct import_fields {
	struct import_source *s;
	struct tep_handle *tep;
	int out;
	struct type *types; /* by event id */
	int ntypes;
	struct field pid, flags;
	struct gfp_value gfp[1024];
	unsigned ngfp;
	uint64_t done; /* bytes read */
	struct trace_error *err;
};

/* ---- formats ---------------------------------------------------------------------------- */

static struct field find(struct tep_event *event, const char *name)
{
	struct tep_format_field *f = name ? tep_find_any_field(event, name) : NULL;

	if (!f || f->offset < 0 || f->size < 0)
		return (struct field){ 0, 0 };
	return (struct field){ (unsigned)f->offset, (unsigned)f->size };
}

/* The library prints fields without asking how long a record is. */
static unsigned least_size(const struct tep_event *event)
{
	unsigned least = 0;

	for (const struct tep_format_field *f = event->format.fields; f; f = f->next)
		if (f->offset >= 0 && f->size >= 0 && (unsigned)(f->offset + f->size) > least)
			least = (unsigned)(f->offset + f->size);
	return least;
}

static struct type read_format(struct tep_event *event)
{
	const struct import_event_type *t =
		import_events_find(event->name, strlen(event->name));
	struct type type = { .type = t, .event = event };

	if (!t)
		return type;
	type.least = least_size(event);
	type.pfn = find(event, t->has_pfn ? "pfn" : NULL);
	type.order = find(event, t->order);
	type.migratetype = find(event, t->type);
	type.gfp = find(event, t->kind == IMPORT_ALLOC ? "gfp_flags" : NULL);
	type.buf = find(event, t->kind == IMPORT_MARK ? "buf" : NULL);
	for (unsigned i = 0; i < 4; i++)
		type.values[i] = find(event, t->values[i]);
	return type;
}

static bool read_formats(struct import_fields *d)
{
	struct tep_event **events = tep_list_events(d->tep, TEP_EVENT_SORT_ID);
	bool any = false;

	if (!events)
		return trace_error_data(d->err, "it describes no events");
	for (int i = 0; events[i]; i++)
		if (events[i]->id >= d->ntypes && events[i]->id < 1 << 16)
			d->ntypes = events[i]->id + 1;
	d->types = calloc((size_t)d->ntypes + 1, sizeof(*d->types));
	if (!d->types)
		return trace_error_memory(d->err);
	for (int i = 0; events[i]; i++) {
		struct type t = read_format(events[i]);

		if (events[i]->id < 0 || events[i]->id >= d->ntypes)
			continue;
		if (t.type && t.type->has_pfn && !t.pfn.size)
			return trace_error_data(d->err, "event %s has no field pfn",
						events[i]->name);
		any |= t.type && t.type->kind == IMPORT_ALLOC && t.gfp.size;
		d->types[events[i]->id] = t;
		d->pid = find(events[i], "common_pid");
		d->flags = find(events[i], "common_flags");
	}
	return any || trace_error_data(d->err, "it describes no event mm_page_alloc");
}

/* ---- records ---------------------------------------------------------------------------- */

static uint64_t get(struct import_fields *d, const struct tep_record *r, struct field f)
{
	if (!f.size || f.offset + f.size > (unsigned)r->size)
		return IMPORT_NO_VALUE;
	return tep_read_number(d->tep, (const char *)r->data + f.offset, (int)f.size);
}

/* The names, as this trace's own print format writes them: the text behind "gfp_flags=". */
static bool name_gfp(struct import_fields *d, struct tep_record *r, struct gfp_value *to,
		     uint64_t value)
{
	static const char key[] = "gfp_flags=";
	struct trace_seq seq;
	char *found;
	bool ok;

	trace_seq_init(&seq);
	tep_print_event(d->tep, &seq, r, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	found = seq.state == TRACE_SEQ__GOOD ? strstr(seq.buffer, key) : NULL;
	if (found) {
		found += strlen(key);
		found[strcspn(found, " \n")] = '\0';
		*to = (struct gfp_value){ .value = value, .used = true };
		to->unknown = value && strstr(found, "0x");
		ok = import_source_name(&d->s->gfp, value ? found : "0", &to->index, d->err);
	} else {
		ok = trace_error_data(d->err, "its print format does not name the gfp flags");
	}
	trace_seq_destroy(&seq);
	return ok;
}

static bool gfp(struct import_fields *d, const struct type *t, struct tep_record *r,
		struct import_event *e)
{
	uint64_t value = get(d, r, t->gfp);
	size_t n = sizeof(d->gfp) / sizeof(*d->gfp);
	size_t i = (value * 0x9e3779b97f4a7c15u >> 40) % n;

	while (d->gfp[i].used && d->gfp[i].value != value)
		i = (i + 1) % n;
	if (!d->gfp[i].used && ++d->ngfp >= n)
		return trace_error_data(d->err, "more than %zu different sets of gfp flags",
					n - 1);
	if (!d->gfp[i].used && !name_gfp(d, r, &d->gfp[i], value))
		return false;
	d->s->unknown_gfp += d->gfp[i].unknown;
	e->gfp = (uint16_t)d->gfp[i].index;
	return true;
}

static bool mark(struct import_fields *d, struct type *t, struct tep_record *r,
		 struct import_event *e)
{
	char text[512];
	size_t len;

	if (t->buf.offset >= (unsigned)r->size)
		return true;
	len = (unsigned)r->size - t->buf.offset;
	len = len < sizeof(text) ? len : sizeof(text) - 1;
	memcpy(text, (const char *)r->data + t->buf.offset, len);
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return import_source_name(&d->s->texts, text, &e->detail, d->err);
}

static bool fill(struct import_fields *d, struct type *t, struct tep_record *r,
		 struct import_event *e)
{
	uint64_t flags = get(d, r, d->flags), order = get(d, r, t->order), value[4];
	uint64_t pfn = get(d, r, t->pfn);
	bool failed;

	e->time = r->ts;
	e->cpu = (uint16_t)r->cpu;
	e->pid = (int32_t)get(d, r, d->pid);
	/* "No page" is all ones, as wide as the recorded machine's long. */
	failed = pfn == UINT64_MAX || pfn == IMPORT_NO_VALUE ||
		 (t->pfn.size == 4 && pfn == UINT32_MAX);
	if (!failed && pfn >= IMPORT_MAX_PFN && t->type->has_pfn)
		return trace_error_data(d->err, "no page frame number: %#llx",
					(unsigned long long)pfn);
	e->pfn = failed ? IMPORT_NO_PFN : pfn;
	e->order = t->order.size ? (uint8_t)(order > 255 ? 255 : order) : 0;
	e->type = (int8_t)(t->migratetype.size ? get(d, r, t->migratetype) : 0xff);
	if (flags & TRACE_FLAG_HARDIRQ)
		e->flags |= TRACE_HARDIRQ;
	if (flags & TRACE_FLAG_SOFTIRQ)
		e->flags |= TRACE_SOFTIRQ;
	for (unsigned i = 0; i < 4; i++)
		value[i] = get(d, r, t->values[i]);
	return (t->type->kind != IMPORT_ALLOC || gfp(d, t, r, e)) &&
	       (t->type->kind != IMPORT_MARK || mark(d, t, r, e)) &&
	       import_events_finish(t->type, e, value, d->s, d->err);
}

/* A task's name is asked for once. */
static bool note_task(struct import_fields *d, int32_t pid)
{
	const char *comm;

	if (import_pids_get(&d->s->pids, pid))
		return true;
	comm = tep_data_comm_from_pid(d->tep, pid);
	return import_source_comm(d->s, pid, comm && strcmp(comm, "<...>") != 0 ? comm : "",
				  d->err);
}

static bool flush(struct import_fields *d)
{
	size_t n = d->s->n;

	d->s->n = 0;
	return (import_child_send(d->out, IMPORT_CHILD_EVENTS, d->s->events,
				  n * sizeof(*d->s->events)) &&
		import_child_send(d->out, IMPORT_CHILD_PROGRESS, &d->done, sizeof(d->done))) ||
	       trace_error_set(d->err, TRACE_SYSTEM, "the importing process went away");
}

static void note_loss(struct import_fields *d, const struct tep_record *r)
{
	d->s->lost += r->missed_events > 0 ? (uint64_t)r->missed_events : 1;
	if (r->ts < d->s->first_lost)
		d->s->first_lost = r->ts;
}

static bool record(struct import_fields *d, struct tep_record *r)
{
	int id = tep_data_type(d->tep, r);
	struct import_event e = { 0 };

	if (id < 0 || id >= d->ntypes || !d->types[id].event)
		return trace_error_data(d->err,
					"cpu %d: an event with the unknown number %d at "
					"time %llu: the file is damaged",
					r->cpu, id, r->ts);
	if (!d->types[id].type) {
		d->types[id].skipped++;
		return true;
	}
	if ((unsigned)r->size < d->types[id].least)
		return trace_error_data(
			d->err, "cpu %d, time %llu, %s: %d bytes; its format has %u", r->cpu,
			r->ts, d->types[id].type->name, r->size, d->types[id].least);
	if (!fill(d, &d->types[id], r, &e))
		return trace_error_at(d->err, "cpu %d, time %llu, %s: ", r->cpu, r->ts,
				      d->types[id].type->name);
	return note_task(d, e.pid) && import_source_add(d->s, &e, d->err);
}

bool import_fields_record(struct import_fields *d, struct tep_record *r,
			  struct trace_error *err)
{
	d->err = err;
	if (r->missed_events)
		note_loss(d, r);
	d->done += (unsigned)r->record_size;
	return record(d, r) && (d->out < 0 || d->s->n < BATCH || flush(d));
}

/* ---- the end: names and totals ---------------------------------------------------------- */

static bool send_prefixed(struct import_fields *d, enum import_child_tag tag,
			  const void *prefix, size_t size, const char *text)
{
	char buf[256];
	size_t len = strnlen(text, sizeof(buf) - size - 1);

	memcpy(buf, prefix, size);
	memcpy(buf + size, text, len);
	buf[size + len] = '\0';
	return import_child_send(d->out, tag, buf, size + len + 1);
}

static bool send_names(struct import_fields *d, enum import_child_tag tag,
		       const struct import_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (!import_child_send(d->out, tag, names->text[i], strlen(names->text[i]) + 1))
			return false;
	return true;
}

static bool send_comms(struct import_fields *d, const struct import_source *s)
{
	for (size_t i = 0; i < s->ncomms; i++)
		if (s->comms[i].comm[0] &&
		    !send_prefixed(d, IMPORT_CHILD_COMM, &s->comms[i].pid,
				   sizeof(s->comms[i].pid), s->comms[i].comm))
			return false;
	return true;
}

static bool send_rest(struct import_fields *d)
{
	struct import_source *s = d->s;
	struct import_child_meta meta = { s->lost, s->first_lost, s->unknown_gfp, s->cpus };
	bool ok = flush(d) && send_names(d, IMPORT_CHILD_GFP, &s->gfp) &&
		  send_names(d, IMPORT_CHILD_TEXT, &s->texts) && send_comms(d, s);

	for (size_t i = 0; i < s->nextras && ok; i++)
		ok = import_child_send(d->out, IMPORT_CHILD_EXTRA, &s->extras[i],
				       sizeof(s->extras[i]));
	for (int i = 0; i < d->ntypes && ok; i++)
		if (d->types[i].skipped)
			ok = send_prefixed(d, IMPORT_CHILD_OTHER, &d->types[i].skipped,
					   sizeof(d->types[i].skipped),
					   d->types[i].event->name);
	return ok && import_child_send(d->out, IMPORT_CHILD_META, &meta, sizeof(meta)) &&
	       import_child_send(d->out, IMPORT_CHILD_DONE, NULL, 0);
}

bool import_fields_finish(struct import_fields *d, struct trace_error *err)
{
	d->err = err;
	return send_rest(d) ||
	       trace_error_set(err, TRACE_SYSTEM, "the importing process went away");
}

/* ---- making one -------------------------------------------------------------------------- */

struct import_fields *import_fields_new(struct tep_handle *tep, struct import_source *s,
					int out, struct trace_error *err)
{
	struct import_fields *d = calloc(1, sizeof(*d));

	if (!d) {
		trace_error_memory(err);
		return NULL;
	}
	*d = (struct import_fields){ .s = s, .tep = tep, .out = out, .err = err };
	if (!read_formats(d)) {
		import_fields_free(d);
		return NULL;
	}
	return d;
}

void import_fields_free(struct import_fields *d)
{
	if (d)
		free(d->types);
	free(d);
}
