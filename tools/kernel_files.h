/*
 * A kernel's state in the shape of 4.12's own files, so that scripts people already have can
 * parse it: /proc/buddyinfo, pagetypeinfo, zoneinfo, vmstat, and debugfs extfrag/.
 */
#ifndef KERNEL_FILES_H
#define KERNEL_FILES_H

#include <stdio.h>

#include "model/mm_snapshot.h"

struct kernel_file {
	const char *name;
	void (*write)(FILE *out, const struct mm_snapshot *s);
};

/* Ends with a row whose name is NULL. */
extern const struct kernel_file kernel_files[];

#endif
