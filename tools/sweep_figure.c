#include "tools/sweep_figure.h"

#include <string.h>

/* What daemons keep free for requests: the upper watermarks of all zones. */
static bool held_back(const json_t *result, double *out)
{
	const json_t *zone, *high;
	size_t i;

	*out = 0;
	json_array_foreach(json_object_get(result, "final_state"), i, zone)
	{
		high = json_object_get(zone, "high");
		if (!json_is_integer(high))
			return false;
		*out += (double)json_integer_value(high);
	}
	return i > 0;
}

/* 4.12 counts by zone, 2.4 has its own counter. */
static bool allocstall(const json_t *result, double *out)
{
	const json_t *vmstat = json_object_get(json_object_get(result, "counters"), "vmstat");
	bool found = false;
	const char *key;
	json_t *value;

	*out = 0;
	json_object_foreach((json_t *)vmstat, key,
			    value) if (strncmp(key, "allocstall_", 11) == 0 ||
				       strcmp(key, "direct_reclaims") == 0)
	{
		*out += (double)json_integer_value(value);
		found = true;
	}
	return found;
}

const struct sweep_figure sweep_figures[SWEEP_FIGURES] = {
	{ "sweep.held_back",
	  { "sweep.held_back", "pages", METRIC_LESS,
	    "upper watermarks of all zones: what daemons keep free" },
	  held_back },
	{ "sweep.allocstall",
	  { "sweep.allocstall", "requests", METRIC_LESS, "requests that reclaimed themselves" },
	  allocstall },
};
