/*
 * Values of an axis: listed, spaced out over a range, or the names of files.
 */
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/scenario_read.h"
#include "tools/sweep.h"
#include "tools/sweep_number.h"
#include "traces/trace_gen_math.h"

__extension__ typedef unsigned __int128 wide;

#define MOST_VALUES 1000000
#define ONE (UINT64_C(1) << 32)

void sweep_axis_free(struct sweep_values *values)
{
	for (size_t i = 0; i < values->n; i++) {
		free(values->value[i].text);
		free(values->value[i].shown);
	}
	free(values->value);
	*values = (struct sweep_values){ 0 };
}

/* Takes over the text; NULL = memory is short. */
static bool add(struct sweep_values *out, char *text, const char *shown, bool raw,
		struct conf_node at, struct conf_error *err)
{
	struct sweep_value *more = out->value, *v;

	/* Room doubles whenever the number of values is a power of two. */
	if (!(out->n & (out->n - 1)))
		more = realloc(out->value, (out->n ? 2 * out->n : 1) * sizeof(*more));
	if (!more) {
		free(text);
		return conf_no_memory(at, err);
	}
	out->value = more;
	v = &more[out->n++];
	*v = (struct sweep_value){ text, text ? strdup(shown) : NULL, raw, at };
	return v->shown || conf_no_memory(at, err);
}

/* ---- listed values --------------------------------------------------------------------- */

/* Keys whose values are files, relative to the sweep file that names them. */
static bool names_file(const char *key, const char *text)
{
	static const char *const keys[] = {
		"trace", "machine", "costs", "start", "device", NULL
	};

	if (strcmp(key, "start") == 0 &&
	    (strcmp(text, "boot") == 0 || strcmp(text, "trace") == 0))
		return false;
	for (const char *const *k = keys; *k; k++)
		if (strcmp(key, *k) == 0)
			return true;
	return false;
}

/* A value as YAML in one line. */
static bool print_node(FILE *out, const char *key, struct conf_node n, struct conf_error *err);

static void print_scalar(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static bool print_text(FILE *out, const char *key, struct conf_node n, struct conf_error *err)
{
	char *path = NULL;

	if (!names_file(key, conf_text(n))) {
		print_scalar(out, conf_text(n));
		return true;
	}
	if (!scenario_read_path(n, key, &path, err))
		return false;
	print_scalar(out, path);
	free(path);
	return true;
}

static bool print_map(FILE *out, struct conf_node n, struct conf_error *err)
{
	bool ok = true;

	fputc('{', out);
	for (size_t i = 0; ok && i < conf_count(n); i++) {
		const char *key = conf_key(n, i);

		if (!key)
			return conf_fail(conf_key_node(n, i), err, "a key should be a text");
		if (i)
			fputs(", ", out);
		print_scalar(out, key);
		fputs(": ", out);
		ok = print_node(out, key, conf_get(n, key), err);
	}
	fputc('}', out);
	return ok;
}

static bool print_node(FILE *out, const char *key, struct conf_node n, struct conf_error *err)
{
	bool ok = true;

	if (conf_text(n))
		return print_text(out, key, n, err);
	if (conf_is_map(n))
		return print_map(out, n, err);
	fputc('[', out);
	for (size_t i = 0; ok && i < conf_count(n); i++) {
		if (i)
			fputs(", ", out);
		ok = print_node(out, "", conf_item(n, i), err);
	}
	fputc(']', out);
	return ok;
}

/* NULL after an error. */
static char *node_text(struct conf_node n, struct conf_error *err)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool ok = out ? print_node(out, "", n, err) : conf_no_memory(n, err);

	if (out && fclose(out) != 0)
		ok = ok && conf_no_memory(n, err);
	if (ok)
		return text;
	free(text);
	return NULL;
}

/* What tables call a value: a map with a name by its name, a list of words by these. NULL =
 * memory is short. */
static char *shown_text(struct conf_node n, const char *text)
{
	const char *name = conf_is_map(n) ? conf_text(conf_get(n, "name")) : NULL;
	char *words = NULL;
	size_t size;
	FILE *out;

	for (size_t i = 0; i < conf_count(n); i++)
		if (conf_is_map(n) || !conf_text(conf_item(n, i)))
			return strdup(name ? name : text);
	out = open_memstream(&words, &size);
	for (size_t i = 0; out && i < conf_count(n); i++)
		fprintf(out, "%s%s", i ? " " : "", conf_text(conf_item(n, i)));
	if (out)
		fclose(out);
	return words;
}

static bool add_tree(struct conf_node n, struct sweep_values *out, struct conf_error *err)
{
	char *text = node_text(n, err), *shown = text ? shown_text(n, text) : NULL;
	bool ok = false;

	if (shown)
		ok = add(out, text, shown, false, n, err);
	else if (text)
		conf_no_memory(n, err);
	if (!shown)
		free(text);
	free(shown);
	return ok;
}

static bool add_node(const char *key, struct conf_node n, struct sweep_values *out,
		     struct conf_error *err)
{
	const char *text = conf_text(n);
	char *path = NULL;

	if (!text)
		return add_tree(n, out, err);
	if (!names_file(key, text))
		return add(out, strdup(text), text, true, n, err);
	return scenario_read_path(n, key, &path, err) && add(out, path, text, true, n, err);
}

/* ---- ranges ---------------------------------------------------------------------------- */

struct range {
	enum sweep_number_kind kind;
	uint64_t from, to, round;
	bool log;
	struct trace_gen_math math;
};

/* The coarsest step, of those that make sense for people, that both ends are multiples of. */
static uint64_t natural_round(const struct range *r)
{
	static const uint64_t steps[][3] = {
		[SWEEP_NUMBER_PLAIN] = { 1000, 1, 1 },
		[SWEEP_NUMBER_PERCENT] = { 1000, 100, 1 },
		[SWEEP_NUMBER_SIZE] = { 4096, 1024, 1 },
		[SWEEP_NUMBER_TIME] = { 1000000, 1000, 1 },
	};
	unsigned i = 0;

	while (r->from % steps[r->kind][i] || r->to % steps[r->kind][i])
		i++;
	return steps[r->kind][i];
}

/* One number of the range's map; all have to be of one kind. */
static bool read_end(const char *key, struct conf_node map, const char *name,
		     enum sweep_number_kind *kind, uint64_t *out, struct conf_error *err)
{
	struct conf_node at = conf_get(map, name);
	const char *text = conf_text(at);
	struct sweep_number n = { SWEEP_NUMBER_NONE, 0 };

	if (!at.yaml)
		return conf_fail(map, err, "'%s' is missing: a range is {from, to, steps}",
				 name);
	if (text)
		n = sweep_number_of(key, text);
	if (n.kind == SWEEP_NUMBER_NONE)
		return conf_fail(at, err, "'%s' should be a number, a size, a time or a share",
				 name);
	/* 0 is 0 of anything. */
	if (*kind != SWEEP_NUMBER_NONE && n.kind == SWEEP_NUMBER_PLAIN && !n.value)
		n.kind = *kind;
	if (*kind != SWEEP_NUMBER_NONE && n.kind != *kind)
		return conf_fail(at, err, "'%s' has another kind of unit than 'to'", name);
	*kind = n.kind;
	*out = n.value;
	return true;
}

static bool read_scale(struct conf_node map, struct range *r, struct conf_error *err)
{
	struct conf_node at = conf_get(map, "scale");
	const char *text = conf_text(at);

	if (at.yaml && (!text || (strcmp(text, "log") != 0 && strcmp(text, "linear") != 0)))
		return conf_fail(at, err, "'scale' should be linear or log");
	r->log = text && strcmp(text, "log") == 0;
	if (r->log && (!r->from || r->to / r->from >= UINT64_C(1) << 30))
		return conf_fail(at, err,
				 "a log range begins above 0 and ends below 2^30 "
				 "times its beginning");
	return true;
}

static bool read_range(const char *key, struct conf_node map, struct range *r,
		       struct conf_error *err)
{
	*r = (struct range){ .kind = SWEEP_NUMBER_NONE };
	if (!read_end(key, map, "to", &r->kind, &r->to, err) ||
	    !read_end(key, map, "from", &r->kind, &r->from, err))
		return false;
	if (r->from >= r->to || r->to > UINT64_MAX / 2)
		return conf_fail(conf_get(map, "to"), err,
				 "a range goes up: 'to' should be above 'from'");
	r->round = natural_round(r);
	if (conf_get(map, "round").yaml &&
	    !read_end(key, map, "round", &r->kind, &r->round, err))
		return false;
	if (!r->round)
		return conf_fail(conf_get(map, "round"), err, "'round' should be above 0");
	trace_gen_math_init(&r->math, 0);
	return read_scale(map, r, err);
}

/* The number at a place of the range, which is in 1/2^32 of its length, rounded. */
static uint64_t at_place(const struct range *r, uint64_t place)
{
	wide v = (wide)(r->to - r->from) * place;
	uint64_t bits, n;

	if (r->log) {
		bits = trace_gen_math_bits(&r->math, r->from) -
		       trace_gen_math_bits(&r->math, r->to);
		v = (wide)r->from *
		    trace_gen_math_power(&r->math, (uint64_t)(((wide)bits * place) >> 32));
	} else {
		v += (wide)r->from << 32;
	}
	n = (uint64_t)(((v + ((wide)r->round << 31)) >> 32) / r->round * r->round);
	return n < r->from ? r->from : n > r->to ? r->to : n;
}

static bool add_number(const struct range *r, uint64_t value, struct conf_node at,
		       struct sweep_values *out, struct conf_error *err)
{
	char text[64];

	sweep_number_print((struct sweep_number){ r->kind, value }, text, sizeof(text));
	return add(out, strdup(text), text, true, at, err);
}

static bool space_out(const char *key, struct conf_node map, struct sweep_values *out,
		      struct conf_error *err)
{
	static const char *const keys[] = { "from", "to", "steps", "scale", "round", NULL };
	struct range r;
	uint64_t steps, value, last = 0;

	if (!conf_only_keys(map, keys, err) || !read_range(key, map, &r, err) ||
	    !conf_u64(map, "steps", 2, MOST_VALUES, &steps, err))
		return false;
	for (uint64_t i = 0; i < steps; i++) {
		value = i + 1 == steps ? r.to : at_place(&r, ONE * i / (steps - 1));
		if (i && value == last)
			return conf_fail(conf_get(map, "steps"), err,
					 "%" PRIu64 " steps are too many here: rounded, two of "
					 "them have the same value",
					 steps);
		if (!add_number(&r, value, map, out, err))
			return false;
		last = value;
	}
	return true;
}

/* ---- files ----------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool match_files(const char *key, struct conf_node map, struct sweep_values *out,
			struct conf_error *err)
{
	static const char *const keys[] = { "files", NULL };
	struct conf_node at = conf_get(map, "files");
	char *pattern = NULL;
	bool ok = true;
	glob_t found;
	int status;

	if (!conf_only_keys(map, keys, err) || !scenario_read_path(at, key, &pattern, err))
		return false;
	status = glob(pattern, 0, NULL, &found); /* sorted by name */
	free(pattern);
	if (status)
		return conf_fail(at, err,
				 status == GLOB_NOMATCH ? "no file matches this"
							: "these files cannot be listed");
	for (size_t i = 0; ok && i < found.gl_pathc; i++)
		ok = add(out, strdup(found.gl_pathv[i]), base_name(found.gl_pathv[i]), true, at,
			 err);
	globfree(&found);
	return ok;
}

/* ---- an axis --------------------------------------------------------------------------- */

bool sweep_axis_read(const char *key, struct conf_node at, struct sweep_values *out,
		     struct conf_error *err)
{
	*out = (struct sweep_values){ 0 };
	if (conf_is_map(at))
		return conf_get(at, "files").yaml ? match_files(key, at, out, err)
						  : space_out(key, at, out, err);
	if (!conf_is_list(at) || !conf_count(at))
		return conf_fail(at, err,
				 "an axis is a list of values, {from, to, steps} or {files}");
	for (size_t i = 0; i < conf_count(at); i++)
		if (!add_node(key, conf_item(at, i), out, err))
			return false;
	return true;
}

bool sweep_axis_one(const char *key, struct conf_node at, struct sweep_values *out,
		    struct conf_error *err)
{
	*out = (struct sweep_values){ 0 };
	return add_node(key, at, out, err);
}

bool sweep_axis_at(const char *key, struct conf_node at, const uint32_t *places, size_t n,
		   struct sweep_values *out, struct conf_error *err)
{
	static const char *const keys[] = { "from", "to", "scale", "round", NULL };
	struct range r;

	*out = (struct sweep_values){ 0 };
	if (conf_is_map(at)) {
		if (!conf_only_keys(at, keys, err) || !read_range(key, at, &r, err))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!add_number(&r, at_place(&r, places[i]), at, out, err))
				return false;
		return true;
	}
	if (!conf_is_list(at) || !conf_count(at))
		return conf_fail(at, err, "a sampled axis is a list of values or {from, to}");
	for (size_t i = 0; i < n; i++)
		if (!add_node(key,
			      conf_item(at,
					(size_t)((places[i] * (uint64_t)conf_count(at)) >> 32)),
			      out, err))
			return false;
	return true;
}
