/* A profile as YAML that profile_yaml_load() reads back to the same numbers. */
#ifndef PROFILE_WRITE_H
#define PROFILE_WRITE_H

#include <stdio.h>

#include "traces/profile.h"

/* Whether it could be written is ferror()'s business. */
void profile_write(FILE *out, const struct trace_profile *p);

#endif
