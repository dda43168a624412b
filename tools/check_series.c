/*
 * Series compared sample by sample: no list of figures, because there can be 100,000 of them.
 */
#include <inttypes.h>

#include "tools/check_core.h"

static const json_t *series(const struct check_side *side)
{
	return json_object_get(side->result.json, "series");
}

static bool equal(const json_t *a, const json_t *b)
{
	return a && b && json_equal((json_t *)a, (json_t *)b);
}

static size_t longer(const json_t *a, const json_t *b)
{
	size_t na = json_array_size(a), nb = json_array_size(b);

	return na > nb ? na : nb;
}

size_t check_series_count(const json_t *was, const json_t *now)
{
	size_t n = 0;

	for (size_t i = 0; i < longer(was, now); i++)
		n += !equal(json_array_get(was, i), json_array_get(now, i));
	return n;
}

/* "node 0, zone DMA32" of the zone at that place. */
static void zone_name(const struct check_side *side, size_t zone, char *text, size_t size)
{
	const json_t *map =
		json_array_get(json_object_get(side->result.json, "fragmentation"), zone);
	const char *name = json_string_value(json_object_get(map, "zone"));

	snprintf(text, size, "node %" JSON_INTEGER_FORMAT ", zone %.40s",
		 json_integer_value(json_object_get(map, "node")), name ? name : "?");
}

static void say_zones(const struct check *c, const json_t *was, const json_t *now, char *text,
		      size_t size)
{
	const json_t *a = json_object_get(was, "zones"), *b = json_object_get(now, "zones");

	for (size_t i = 0; i < longer(a, b); i++)
		if (!equal(json_array_get(a, i), json_array_get(b, i))) {
			zone_name(c->was, i, text, size);
			return;
		}
	snprintf(text, size, "what happened before it");
}

void check_series(const struct check *c, char *text, size_t size)
{
	const json_t *was = series(c->was), *now = series(c->now);
	unsigned mhz = c->was->result.clock_mhz;
	size_t i = 0, n = longer(was, now);
	const json_t *first;
	char what[96];
	double cycles;

	*text = '\0';
	while (i < n && equal(json_array_get(was, i), json_array_get(now, i)))
		i++;
	if (i == n)
		return;
	first = json_array_get(was, i) ? json_array_get(was, i) : json_array_get(now, i);
	cycles = json_number_value(json_object_get(first, "cycles"));
	say_zones(c, json_array_get(was, i), json_array_get(now, i), what, sizeof(what));
	snprintf(text, size, "the first sample that differs is at %.3f s (%s)",
		 mhz ? cycles / (1e6 * mhz) : 0, what);
}
