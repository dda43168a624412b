#include "tools/scenario_age.h"

#include <stdio.h>
#include <string.h>

/* "90%" or "90.5%", in 1/1000. */
static bool read_share(struct conf_node map, const char *key, uint32_t most, uint32_t *out,
		       struct conf_error *err)
{
	struct conf_node n = conf_get(map, key);
	const char *text = conf_text(n);
	size_t length = text ? strlen(text) : 0;
	char number[16] = "";
	uint64_t milli;

	if (!n.yaml)
		return true;
	if (length && length <= sizeof(number) && text[length - 1] == '%')
		memcpy(number, text, length - 1);
	if (!conf_parse_milli(number, &milli) || milli % 100 || milli / 100 > most)
		return conf_fail(n, err,
				 "'%s' should be a share such as 90%% or 2.5%%, up to "
				 "%u%%",
				 key, most / 10);
	*out = (uint32_t)(milli / 100);
	return true;
}

bool scenario_age_read(struct scenario *s, struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { "order", "unusable", "fill", "unmovable", NULL };
	uint64_t order, unusable;
	struct age *a = &s->age;

	if (!map.yaml)
		return true;
	*a = (struct age){ .given = true, .fill_milli = 900, .unmovable_milli = 50 };
	if (!conf_only_keys(map, keys, err) ||
	    !conf_u64(map, "order", 1, s->policy->orders - 1, &order, err) ||
	    !conf_milli(map, "unusable", 0, 1000, &unusable, err) ||
	    !read_share(map, "fill", 990, &a->fill_milli, err) ||
	    !read_share(map, "unmovable", 500, &a->unmovable_milli, err))
		return false;
	if (a->fill_milli < 500)
		return conf_fail(conf_get(map, "fill"), err, "'fill' should be 50%% or more");
	a->order = (unsigned)order;
	a->unusable_milli = (uint32_t)unusable;
	if (s->start == SCENARIO_START_TRACE || s->start == SCENARIO_START_FILE)
		return conf_fail(map, err,
				 "a machine that is aged begins from boot: 'start' has no "
				 "place beside 'age'");
	return true;
}

static json_t *share_json(uint32_t milli)
{
	char text[16];

	snprintf(text, sizeof(text), "%u.%u%%", milli / 10, milli % 10);
	return json_string(text);
}

json_t *scenario_age_json(const struct scenario *s)
{
	const struct age *a = &s->age;
	char unusable[16];

	snprintf(unusable, sizeof(unusable), "%u.%03u", a->unusable_milli / 1000,
		 a->unusable_milli % 1000);
	return json_pack("{s:i,s:s,s:o,s:o}", "order", (int)a->order, "unusable", unusable,
			 "fill", share_json(a->fill_milli), "unmovable",
			 share_json(a->unmovable_milli));
}

bool scenario_age_option(struct scenario *s, const char *value, struct conf_error *err)
{
	char text[200] = "age={";
	size_t n = strlen(text);

	for (; *value && n + 4 < sizeof(text); value++) {
		text[n++] = *value == '=' ? ':' : *value;
		if (*value == '=' || *value == ',')
			text[n++] = ' ';
	}
	if (*value) {
		snprintf(err->text, sizeof(err->text),
			 "--age: it should be like order=9,unusable=0.8");
		return false;
	}
	text[n++] = '}';
	text[n] = '\0';
	return scenario_set(s, text, err);
}
