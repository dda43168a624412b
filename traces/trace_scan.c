#include "traces/trace_scan.h"

#include <limits.h>
#include <stdarg.h>

static unsigned digit(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
	       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
	       : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
				      : UINT_MAX;
}

bool trace_scan_number(const char **text, unsigned base, uint64_t most, uint64_t *v)
{
	const char *at = *text;
	uint64_t n = 0;

	if (digit(*at) >= base)
		return false;
	for (unsigned d; (d = digit(*at)) < base; at++) {
		if (d > most || n > (most - d) / base)
			return false;
		n = n * base + d;
	}
	*text = at;
	*v = n;
	return true;
}

bool trace_scan_signed(const char **text, int64_t least, int64_t most, int64_t *v)
{
	const char *at = *text + (**text == '-');
	uint64_t n;
	int64_t signed_n;

	if (!trace_scan_number(&at, 10, **text == '-' ? UINT64_C(1) << 63 : INT64_MAX, &n))
		return false;
	signed_n = **text == '-' ? (int64_t)-n : (int64_t)n;
	if (signed_n < least || signed_n > most)
		return false;
	*text = at;
	*v = signed_n;
	return true;
}

bool trace_scan_whole(const char *text, uint64_t most, uint64_t *v)
{
	return trace_scan_number(&text, 10, most, v) && !*text;
}

/* A number of the kind, into the next argument. */
static bool conversion(const char **text, char kind, va_list *to)
{
	uint64_t n = 0;
	int64_t d = 0;

	switch (kind) {
	case 'd':
		if (!trace_scan_signed(text, INT_MIN, INT_MAX, &d))
			return false;
		*va_arg(*to, int *) = (int)d;
		return true;
	case 'u':
		if (!trace_scan_number(text, 10, UINT_MAX, &n))
			return false;
		*va_arg(*to, unsigned *) = (unsigned)n;
		return true;
	default:
		if (!trace_scan_number(text, kind == 'x' ? 16 : 10, UINT64_MAX, &n))
			return false;
		*va_arg(*to, uint64_t *) = n;
		return true;
	}
}

const char *trace_scan(const char *text, const char *format, ...)
{
	va_list to;

	va_start(to, format);
	for (; *format && text; format++) {
		if (*format == ' ')
			while (*text == ' ' || *text == '\t')
				text++;
		else if (*format == '%')
			text = conversion(&text, *++format, &to) ? text : NULL;
		else
			text = *text == *format ? text + 1 : NULL;
	}
	va_end(to);
	return text;
}
