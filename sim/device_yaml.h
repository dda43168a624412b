/*
 * Device files (configs/devices/, docs/machines.md): what drive a disk is, in the words of a
 * data sheet.
 */
#ifndef SIM_DEVICE_YAML_H
#define SIM_DEVICE_YAML_H

#include <stdbool.h>

#include "sim/conf.h"
#include "sim/device.h"

/* False and a sentence that names file, line and column; *figures and name[] are then not to
 * be used. The name is empty when the file has none. */
bool sim_device_yaml_load(const char *path, struct sim_device_figures *figures,
			  char name[SIM_DEVICE_NAME], struct conf_error *err);
/* The same from a map inside another file. */
bool sim_device_yaml_read(struct conf_node map, struct sim_device_figures *figures,
			  char name[SIM_DEVICE_NAME], struct conf_error *err);

#endif
