#include "tools/installed.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEVELS 3 /* bin/ is one below the prefix, lib/TRIPLET/ two */

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* NULL when memory is short. */
static char *join(const char *folder, const char *rest)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, rest) < 0 ? NULL : path;
}

/* share/pagesim in a folder above `object`, which is cut short; NULL when there is none. */
static char *share_above(char *object)
{
	for (int i = 0; i < LEVELS; i++) {
		char *slash = strrchr(object, '/'), *share;

		if (!slash || slash == object)
			return NULL;
		*slash = '\0';
		share = join(object, "share/pagesim");
		if (!share || is_there(share))
			return share;
		free(share);
	}
	return NULL;
}

/* Of what this file is in: the library, or a program that names itself by its path. */
static char *share_of_object(void)
{
	static const char here[] = "in that object";
	Dl_info info;
	char *object, *share;

	if (!dladdr(here, &info) || !info.dli_fname || *info.dli_fname != '/')
		return NULL;
	object = strdup(info.dli_fname);
	share = object ? share_above(object) : NULL;
	free(object);
	return share;
}

static char *share_of_program(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	return share_above(path);
}

/* `path` below the folder of installed files, if it is there. */
static char *find_below_share(const char *path)
{
	const char *named = getenv("PAGESIM_DATA");
	char *share = named && *named ? strdup(named) : share_of_object(), *whole;

	if (!share)
		share = share_of_program();
	whole = share ? join(share, path) : NULL;
	free(share);
	if (whole && is_there(whole))
		return whole;
	free(whole);
	return NULL;
}

static char *find_word(const char *word, const char *folder)
{
	char *path;

	if (asprintf(&path, "configs/%s/%s.yaml", folder, word) < 0)
		return NULL;
	if (!is_there(path)) {
		char *installed = find_below_share(path);

		free(path);
		path = installed;
	}
	return path;
}

char *installed_find(const char *given, const char *folder)
{
	if (!*given || strcmp(given, "-") == 0 || is_there(given))
		return NULL;
	if (strncmp(given, "configs/", 8) == 0 || strncmp(given, "traces/", 7) == 0)
		return find_below_share(given);
	return folder && !strchr(given, '/') ? find_word(given, folder) : NULL;
}
