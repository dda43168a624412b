#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/installed.h"
#include "tools/pagesim_core.h"

const char *pagesim_version(void)
{
	return PAGESIM_VERSION;
}

bool pagesim_fail(struct pagesim_error *err, enum pagesim_status status, const char *fmt, ...)
{
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

bool pagesim_no_memory(struct pagesim_error *err)
{
	return pagesim_fail(err, PAGESIM_SYSTEM, "out of memory");
}

char *pagesim_path(const char *given, const char *folder, struct pagesim_error *err)
{
	char *path = installed_find(given, folder);

	if (!path)
		path = strdup(given);
	if (!path)
		pagesim_no_memory(err);
	return path;
}
