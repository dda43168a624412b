#include "traces/trace_place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *trace_place(const char *path)
{
	struct stat st;
	char *place = NULL;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		place = realpath(path, NULL);
	return place ? place : strdup(path);
}
