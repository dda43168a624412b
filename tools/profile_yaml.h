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

/* The same load on another machine. 0 = as the profile says. */
struct profile_yaml_size {
	uint64_t cpus, nodes, live_max; /* live_max in bytes */
	uint64_t tasks_milli; /* so many times as many tasks of each kind, in 1/1000 */
};

/* False when the result is no profile; err->text says why. */
bool profile_yaml_resize(struct trace_profile *p, const struct profile_yaml_size *size,
			 struct conf_error *err);

#endif
