#include "tools/allow.h"

#include <math.h>
#include <string.h>

#include "sim/conf.h"

enum { UP = 1, DOWN = 2 };

/* Steps over the sign: which ways the bound goes. */
static int sign(const char **text)
{
	static const struct {
		const char *sign;
		int ways;
	} signs[] = {
		{ "+-", UP | DOWN },
		{ "\xc2\xb1", UP | DOWN }, /* plus-minus in UTF-8 */
		{ "+", UP },
		{ "-", DOWN },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t n = strlen(signs[i].sign);

		if (strncmp(*text, signs[i].sign, n) == 0) {
			*text += n;
			return signs[i].ways;
		}
	}
	return UP | DOWN;
}

/* One bound from a word, which is changed. */
static bool parse_bound(char *word, struct allow *out)
{
	const char *text = word;
	int ways = sign(&text);
	size_t n = strlen(text);
	struct allow_bound bound = { .given = true };
	uint64_t milli;

	if (n && text[n - 1] == '%') {
		bound.relative = true;
		word[strlen(word) - 1] = '\0';
	}
	if (!conf_parse_milli(text, &milli))
		return false;
	bound.most = (double)milli / (bound.relative ? 100000 : 1000);
	if ((ways & UP && out->up.given) || (ways & DOWN && out->down.given))
		return false;
	if (ways & UP)
		out->up = bound;
	if (ways & DOWN)
		out->down = bound;
	return true;
}

bool allow_parse(const char *text, struct allow *out)
{
	char copy[64], *rest = copy, *word;
	bool some = false;

	*out = (struct allow){ .any = strcmp(text, "any") == 0 };
	if (out->any)
		return true;
	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		if (!parse_bound(word, out))
			return false;
		some = true;
	}
	return some;
}

bool allow_holds(const struct allow *allow, const struct diff_row *row)
{
	bool up = row->now > row->was;
	const struct allow_bound *bound = up ? &allow->up : &allow->down;
	double by = fabs(row->now - row->was), most;

	if (allow->any)
		return true;
	if (!row->had || !row->has)
		return false;
	if (!bound->given)
		return row->verdict == DIFF_BETTER;
	if (isinf(row->was) || isinf(row->now))
		return false;
	most = bound->relative ? bound->most * fabs(row->was) : bound->most;
	/* 0.52 is 0.02 more than 0.5, whatever doubles make of it. */
	return by <= most + 1e-9 * fabs(row->was) + 1e-12;
}
