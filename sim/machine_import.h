/*
 * Machine files from what others tell of a machine: `numactl -H`, the folders /sys and /proc,
 * hwloc's XML. What comes out is the text of a machine file (docs/machines.md) in which a
 * comment behind each figure says where it comes from; what nobody tells is generic and marked
 * G. The text has been read back: it is a right machine.
 *
 * What these sources number freely is made to fit: CPUs that are not there or offline leave no
 * gap, the text says which number became which.
 */
#ifndef SIM_MACHINE_IMPORT_H
#define SIM_MACHINE_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

struct sim_machine_import_error {
	char text[1024]; /* "FILE:LINE: what is wrong" */
	bool system;     /* memory or a read failed; otherwise the input is wrong */
};

/*
 * Each returns a text that the caller frees, or NULL. `name` becomes the machine's, NULL = one
 * after the source.
 */

/* What `numactl -H` printed; `path` is what errors name, "-" reads stdin. */
char *sim_machine_import_numactl(const char *path, const char *name,
				 struct sim_machine_import_error *err);
/* The same from memory. */
char *sim_machine_import_numactl_text(const char *path, const char *text, size_t size,
				      const char *name, struct sim_machine_import_error *err);

/* The machine whose /sys and /proc lie in the folder root; "" is the one that runs this. */
char *sim_machine_import_sys(const char *root, const char *name,
			     struct sim_machine_import_error *err);

/* hwloc's XML, version 2 or 1; "-" reads stdin. */
char *sim_machine_import_hwloc(const char *path, const char *name,
			       struct sim_machine_import_error *err);
/* The same from memory; the text ends with a NUL. */
char *sim_machine_import_hwloc_text(const char *path, const char *text, const char *name,
				    struct sim_machine_import_error *err);

#endif
