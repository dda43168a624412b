/*
 * Axes that are drawn together: at random, or a Latin hypercube, where each axis is cut into
 * as many equal parts as there are points, and each part has one.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/sweep.h"
#include "traces/trace_gen_math.h"

#define MOST_SAMPLES 1000000

/* Numbers 0 to n - 1 in a random order. */
static void shuffle(struct trace_gen_math *m, uint32_t *order, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n; i > 1; i--) {
		uint32_t j = trace_gen_math_below(m, i), kept = order[j];

		order[j] = order[i - 1];
		order[i - 1] = kept;
	}
}

static void draw(struct trace_gen_math *m, bool latin, uint32_t *places, uint32_t n)
{
	if (latin)
		shuffle(m, places, n);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t random = trace_gen_math_random(m) >> 32;

		if (latin)
			random = (((uint64_t)places[i] << 32) + random) / n;
		places[i] = (uint32_t)random;
	}
}

static bool read_method(struct conf_node map, bool *latin, struct conf_error *err)
{
	struct conf_node at = conf_get(map, "method");
	const char *text = conf_text(at);

	*latin = text && strcmp(text, "latin-hypercube") == 0;
	return *latin || (text && strcmp(text, "random") == 0) ||
	       conf_fail(at.yaml ? at : map, err,
			 "'method' should be random or latin-hypercube");
}

static bool draw_axes(struct conf_node axes, struct trace_gen_math *m, bool latin, uint32_t n,
		      struct sweep_group *out, struct conf_error *err)
{
	uint32_t *places = calloc(n, sizeof(*places));
	bool ok = places || conf_no_memory(axes, err);

	for (size_t i = 0; ok && i < out->nkeys; i++) {
		draw(m, latin, places, n);
		ok = sweep_axis_at(out->keys[i], conf_get(axes, conf_key(axes, i)), places, n,
				   &out->columns[i], err);
	}
	free(places);
	return ok;
}

bool sweep_sample_read(struct conf_node map, struct sweep_group *out, struct conf_error *err)
{
	static const char *const keys[] = { "method", "points", "seed", "axes", NULL };
	struct conf_node axes = conf_get(map, "axes");
	struct trace_gen_math math;
	uint64_t points, seed;
	bool latin;

	if (!conf_only_keys(map, keys, err) || !read_method(map, &latin, err) ||
	    !conf_u64(map, "points", 1, MOST_SAMPLES, &points, err) ||
	    !conf_u64(map, "seed", 0, INT64_MAX, &seed, err))
		return false;
	if (!conf_is_map(axes) || !conf_count(axes))
		return conf_fail(axes.yaml ? axes : map, err, "'axes' should name some axes");
	trace_gen_math_init(&math, seed);
	out->nrows = (size_t)points;
	return draw_axes(axes, &math, latin, (uint32_t)points, out, err);
}
