/* Numbers, sizes and times from text, strictly: no sign, no blanks, no octal, no overflow. */
#include <string.h>

#include "sim/conf.h"

__extension__ typedef unsigned __int128 wide;

/* Reads the digits at *text and steps behind them; false without any or when too large. */
static bool digits(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t v = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*text = p;
	*out = v;
	return true;
}

static bool leading_zero(const char *text)
{
	return text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

/* A decimal as an integer of 1/1000, and where it ends. */
static bool milli(const char **text, uint64_t *out)
{
	unsigned scale = 1000;
	uint64_t whole, part = 0;

	if (leading_zero(*text) || !digits(text, &whole) || whole > UINT64_MAX / 1000 - 1)
		return false;
	if (**text == '.') {
		const char *first = ++*text;

		if (!digits(text, &part) || *text - first > 3)
			return false;
		for (const char *p = first; p < *text; p++)
			scale /= 10;
	} else {
		part = 0;
	}
	*out = whole * 1000 + part * scale;
	return true;
}

bool conf_parse_u64(const char *text, uint64_t *out)
{
	uint64_t v;

	/* 010 is ten to some and eight to others. */
	if (leading_zero(text) || !digits(&text, &v) || *text)
		return false;
	*out = v;
	return true;
}

bool conf_parse_milli(const char *text, uint64_t *out)
{
	uint64_t v;

	if (!milli(&text, &v) || *text)
		return false;
	*out = v;
	return true;
}

/* ---- sizes ----------------------------------------------------------------------------- */

static const struct {
	const char *suffix;
	unsigned shift;
} sizes[] = {
	{ "B", 0 }, { "KiB", 10 }, { "MiB", 20 }, { "GiB", 30 }, { "TiB", 40 },
};

/* Units that mean 1000 to one reader and 1024 to the next, and what to write instead. */
static const struct {
	const char *suffix, *why;
} ambiguous[] = {
	{ "K", "K is ambiguous, use KiB" },   { "k", "k is ambiguous, use KiB" },
	{ "M", "M is ambiguous, use MiB" },   { "m", "m is ambiguous, use MiB" },
	{ "G", "G is ambiguous, use GiB" },   { "g", "g is ambiguous, use GiB" },
	{ "T", "T is ambiguous, use TiB" },   { "t", "t is ambiguous, use TiB" },
	{ "KB", "KB is ambiguous, use KiB" }, { "kB", "kB is ambiguous, use KiB" },
	{ "kb", "kb is ambiguous, use KiB" }, { "MB", "MB is ambiguous, use MiB" },
	{ "mb", "mb is ambiguous, use MiB" }, { "GB", "GB is ambiguous, use GiB" },
	{ "gb", "gb is ambiguous, use GiB" }, { "TB", "TB is ambiguous, use TiB" },
	{ "tb", "tb is ambiguous, use TiB" },
};

static const char *size_suffix_trouble(const char *suffix)
{
	for (size_t i = 0; i < sizeof(ambiguous) / sizeof(*ambiguous); i++)
		if (strcmp(suffix, ambiguous[i].suffix) == 0)
			return ambiguous[i].why;
	return "a size is a number with B, KiB, MiB, GiB or TiB";
}

static bool shift_of(const char *suffix, unsigned *shift)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (strcmp(suffix, sizes[i].suffix) == 0) {
			*shift = sizes[i].shift;
			return true;
		}
	return false;
}

/* 1.5GiB is a size when it comes to whole bytes. */
static bool scale_size(uint64_t thousandths, wide factor, uint64_t *out, const char **why)
{
	wide bytes = thousandths * factor;

	if (bytes % 1000) {
		*why = "that is not a whole number of bytes";
		return false;
	}
	bytes /= 1000;
	if (bytes > UINT64_MAX) {
		*why = "that is too large for any machine";
		return false;
	}
	*out = (uint64_t)bytes;
	return true;
}

bool conf_parse_size(const char *text, uint64_t unit, uint64_t *out, const char **why)
{
	unsigned shift = 0;
	uint64_t thousandths;

	*why = "a size is a number with B, KiB, MiB, GiB or TiB";
	if (!milli(&text, &thousandths))
		return false;
	while (*text == ' ')
		text++;
	if (!*text)
		return scale_size(thousandths, unit, out, why);
	if (!shift_of(text, &shift)) {
		*why = size_suffix_trouble(text);
		return false;
	}
	return scale_size(thousandths, (wide)1 << shift, out, why);
}

/* ---- times ----------------------------------------------------------------------------- */

static const struct {
	const char *suffix;
	uint64_t ns;
} times[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
};

/* What a text is not, where a number of cycles is none and where it is a time, too. */
static const char no_ns[] = "a time is a number with ns, us, ms or s";
static const char no_unit[] = "a time needs a unit: ns, us, ms or s";
static const char no_cycles[] = "a time is a number with ns, us, ms, s or cycles";
static const char no_unit_or_cycles[] = "a time needs a unit: ns, us, ms, s or cycles";

bool conf_parse_ns(const char *text, uint64_t *out_ns, const char **why)
{
	uint64_t thousandths;

	*why = no_ns;
	if (!milli(&text, &thousandths))
		return false;
	while (*text == ' ')
		text++;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		wide ns = (wide)thousandths * times[i].ns;

		if (strcmp(text, times[i].suffix) != 0)
			continue;
		*why = ns % 1000 ? "that is not a whole number of nanoseconds"
				 : "that is longer than any simulation";
		if (ns % 1000 || ns / 1000 > UINT64_MAX)
			return false;
		*out_ns = (uint64_t)(ns / 1000);
		return true;
	}
	if (!*text)
		*why = no_unit;
	return false;
}

bool conf_parse_cycles(const char *text, uint64_t mhz, uint64_t *out, const char **why)
{
	const char *end = text;
	uint64_t v;
	wide cycles;

	if (!leading_zero(text) && digits(&end, &v)) {
		while (*end == ' ')
			end++;
		if (strcmp(end, "cycles") == 0) {
			*out = v;
			return true;
		}
	}
	if (!conf_parse_ns(text, &v, why)) {
		if (*why == no_ns)
			*why = no_cycles;
		else if (*why == no_unit)
			*why = no_unit_or_cycles;
		return false;
	}
	cycles = ((wide)v * 1000 * mhz + 500000) / 1000000;
	*why = "that is longer than any simulation";
	if (cycles > UINT64_MAX)
		return false;
	*out = (uint64_t)cycles;
	return true;
}
