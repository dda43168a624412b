#include "traces/import_text.h"

#include <ctype.h>
#include <string.h>

struct fields {
	struct import_source *s;
	const struct import_event_type *type;
	struct import_event *e;
	uint64_t value[4];
	bool has_pfn, has_order, null_page, has_gfp;
	struct trace_error *err;
};

/* Decimal, or hexadecimal behind 0x; all of [p, end). */
static bool number(const char *p, const char *end, uint64_t *v)
{
	bool hex = end - p > 2 && p[0] == '0' && p[1] == 'x';
	bool minus = end - p > 1 && *p == '-';

	p += hex ? 2 : minus;
	if (p == end)
		return false;
	for (*v = 0; p < end; p++) {
		unsigned c = (unsigned char)*p;
		unsigned digit = isdigit((int)c) ? c - '0' : (c | 32) - 'a' + 10;

		if (digit >= (hex ? 16u : 10u) || *v > (UINT64_MAX - digit) / (hex ? 16u : 10u))
			return false;
		*v = *v * (hex ? 16u : 10u) + digit;
	}
	*v = minus ? 0 - *v : *v;
	return true;
}

static bool is(const char *key, size_t len, const char *name)
{
	return name && strncmp(name, key, len) == 0 && name[len] == '\0';
}

/* "(null)", "(nil)", "0x0", "0000000000000000": kernels and readers write it differently. */
static bool is_null(const char *p, const char *end)
{
	if (p < end && *p == '(')
		return end - p >= 5 && p[1] == 'n';
	for (; p < end; p++)
		if (*p != '0' && *p != 'x')
			return false;
	return true;
}

static bool gfp(struct fields *f, const char *p, const char *end)
{
	char names[1024];
	size_t len = (size_t)(end - p);
	uint32_t index;

	if (len >= sizeof(names))
		return trace_error_data(f->err, "gfp_flags with %zu characters", len);
	memcpy(names, p, len);
	names[len] = '\0';
	if (strcmp(names, "none") == 0)
		strcpy(names, "0");
	f->has_gfp = true;
	f->s->unknown_gfp += strstr(names, "0x") != NULL;
	if (!import_source_name(&f->s->gfp, names, &index, f->err))
		return false;
	if (index > UINT16_MAX)
		return trace_error_data(f->err, "more than %u different sets of gfp flags",
					UINT16_MAX);
	f->e->gfp = (uint16_t)index;
	return true;
}

static bool wrong(struct fields *f, const char *key, size_t len, const char *p, const char *end)
{
	return trace_error_data(f->err, "%s: no number in \"%.*s=%.*s\"", f->type->name,
				(int)len, key, (int)(end - p < 40 ? end - p : 40), p);
}

static bool field(struct fields *f, const char *key, size_t len, const char *p, const char *end)
{
	const struct import_event_type *t = f->type;
	uint64_t v;

	if (is(key, len, "page")) {
		f->null_page = is_null(p, end);
		return true;
	}
	if (t->kind == IMPORT_ALLOC && is(key, len, "gfp_flags"))
		return gfp(f, p, end);
	if (t->has_pfn && is(key, len, "pfn")) {
		f->has_pfn = true;
		return number(p, end, &f->e->pfn) || wrong(f, key, len, p, end);
	}
	if (is(key, len, t->order)) {
		f->has_order = true;
		if (!number(p, end, &v))
			return wrong(f, key, len, p, end);
		f->e->order = (uint8_t)(v > 255 ? 255 : v);
	} else if (is(key, len, t->type)) {
		if (!number(p, end, &v))
			return wrong(f, key, len, p, end);
		f->e->type = (int8_t)v;
	}
	for (unsigned i = 0; i < (t->kind == IMPORT_LRU_ADD ? 1 : 4); i++)
		if (is(key, len, t->values[i]) && !number(p, end, &f->value[i]))
			return wrong(f, key, len, p, end);
	return true;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == ','))
		p++;
	return p;
}

static const char *word_end(const char *p, const char *end)
{
	while (p < end && *p != ' ' && *p != ',')
		p++;
	return p;
}

/* "key=value key= value, key=value"; what has no '=' is passed over. */
static bool all_fields(struct fields *f, const char *p, const char *end)
{
	for (p = skip_blanks(p, end); p < end; p = skip_blanks(p, end)) {
		const char *stop = word_end(p, end);
		const char *equals = memchr(p, '=', (size_t)(stop - p));

		if (equals) {
			const char *value = equals + 1;

			if (value == stop) {
				value = skip_blanks(stop, end);
				stop = word_end(value, end);
			}
			if (!field(f, p, (size_t)(equals - p), value, stop))
				return false;
		}
		p = stop;
	}
	return true;
}

/* "flags=Ma b  ": a letter each for what the page was, a blank for what it was not. */
static void lru_flags(struct fields *f, const char *p, const char *end)
{
	static const char letters[] = "MafsbdB";
	static const char key[] = "flags=";

	f->value[1] = IMPORT_NO_VALUE;
	for (; end - p >= (long)sizeof(key) - 1; p++)
		if (memcmp(p, key, sizeof(key) - 1) == 0)
			break;
	if (end - p < (long)sizeof(key) - 1)
		return;
	f->value[1] = 0;
	for (p += sizeof(key) - 1; p < end; p++) {
		const char *letter = *p == ' ' ? NULL : strchr(letters, *p);

		if (letter && *letter)
			f->value[1] |= UINT64_C(1) << (letter - letters);
	}
}

/* "0xffffffff8149ab1a: pgsim work begin": the text without the address in front. */
static bool mark(struct fields *f, const char *p, const char *end)
{
	char text[512];
	const char *stop;
	size_t len;

	p = skip_blanks(p, end);
	stop = word_end(p, end);
	if (f->type->name[0] == 'p' && stop > p && stop[-1] == ':')
		p = skip_blanks(stop, end);
	len = (size_t)(end - p) < sizeof(text) ? (size_t)(end - p) : sizeof(text) - 1;
	memcpy(text, p, len);
	text[len] = '\0';
	return import_source_name(&f->s->texts, text, &f->e->detail, f->err);
}

bool import_text_fields(struct import_source *s, const struct import_event_type *type,
			const char *from, const char *to, struct import_event *e,
			struct trace_error *err)
{
	struct fields f = { .s = s, .type = type, .e = e, .err = err };

	for (unsigned i = 0; i < 4; i++)
		f.value[i] = IMPORT_NO_VALUE;
	if (type->kind == IMPORT_MARK)
		return mark(&f, from, to) && import_events_finish(type, e, f.value, s, err);
	if (!all_fields(&f, from, to))
		return false;
	if (type->kind == IMPORT_LRU_ADD)
		lru_flags(&f, from, to);
	if (type->has_pfn && !f.has_pfn)
		return trace_error_data(err, "%s: no pfn", type->name);
	if (type->order && !f.has_order)
		return trace_error_data(err, "%s: no %s", type->name, type->order);
	if (type->kind == IMPORT_ALLOC && !f.has_gfp)
		return trace_error_data(err, "%s: no gfp_flags", type->name);
	/* Frame 0 is never handed out: it stands for no page. */
	if (type->has_pfn && e->pfn == 0 && f.null_page)
		e->pfn = IMPORT_NO_PFN;
	return import_events_finish(type, e, f.value, s, err) ||
	       trace_error_at(err, "%s: ", type->name);
}
