#include "traces/trace_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool trace_error_set(struct trace_error *err, enum trace_trouble kind, const char *fmt, ...)
{
	va_list ap;

	err->kind = kind;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

bool trace_error_data(struct trace_error *err, const char *fmt, ...)
{
	va_list ap;

	err->kind = TRACE_BAD_DATA;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

bool trace_error_memory(struct trace_error *err)
{
	return trace_error_set(err, TRACE_SYSTEM, "out of memory");
}

bool trace_error_at(struct trace_error *err, const char *fmt, ...)
{
	char rest[sizeof(err->text)];
	va_list ap;
	size_t n;

	if (err->kind == TRACE_STOPPED) /* where is nobody's business */
		return false;
	memcpy(rest, err->text, sizeof(rest));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, "%s", rest);
	return false;
}
