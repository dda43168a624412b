/* A temporary folder of a test's own, which goes with all that is in it. */
#ifndef TESTS_TOOLS_FOLDER_H
#define TESTS_TOOLS_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit.h"

static char folder[64];

/* For suites: 0 = done. */
static inline int folder_new(void)
{
	strcpy(folder, "/tmp/pagesim-test-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static inline int folder_drop(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

#endif
