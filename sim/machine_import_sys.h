/* Inside sim/: files below a root, for the importer of /sys and /proc. */
#ifndef SIM_MACHINE_IMPORT_SYS_H
#define SIM_MACHINE_IMPORT_SYS_H

#include "sim/machine_import_draft.h"

/* The file root + path, NULL when it cannot be read; size may be NULL. */
char *sim_machine_import_sys_file(const char *root, size_t *size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A text that is one number and a line's end. */
bool sim_machine_import_sys_number(const char *text, uint64_t *out);

/*
 * Memory of the nodes: zones from /proc/zoneinfo, in which /proc/iomem tells the holes when it
 * may be read; else blocks of /sys/devices/system/memory; else each node's MemTotal.
 */
bool sim_machine_import_zones(struct sim_machine_import_draft *d, const char *root);

#endif
