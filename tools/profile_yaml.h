/*
 * Profiles of synthetic traces (in configs/profiles) as trace_generate() takes them. The
 * file format is described in docs/trace-format.md, "Profiles".
 */
#ifndef PROFILE_YAML_H
#define PROFILE_YAML_H

#include "sim/conf.h"
#include "traces/profile.h"

/* NULL on failure, err->text says where in the file and why. free() the result. */
struct trace_profile *profile_yaml_load(const char *path, struct conf_error *err);

#endif
