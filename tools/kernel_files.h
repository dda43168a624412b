/*
 * A kernel's state in the shape of its own files, so that scripts people already have can
 * parse it. 4.12: /proc/buddyinfo, pagetypeinfo, zoneinfo, vmstat, and debugfs extfrag/. 2.4:
 * what SysRq-m prints of free memory (show_free_areas), and for comparison those files of
 * 4.12 that say something about it.
 */
#ifndef KERNEL_FILES_H
#define KERNEL_FILES_H

#include <stdio.h>

#include "model/mm_policy.h"

struct kernel_file {
	const char *name;
	void (*write)(FILE *out, const struct mm_snapshot *s);
};

/* Those of that kernel; ends with a row whose name is NULL. */
const struct kernel_file *kernel_files_of(const struct mm_policy *kernel);

#endif
