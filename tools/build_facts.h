/*
 * What `pagesim --version` tells: version, commit, compiler, how it was built, the libraries
 * that are loaded, and the formats it writes. The same for two builds of one commit: no path,
 * no date, no host.
 */
#ifndef BUILD_FACTS_H
#define BUILD_FACTS_H

#include <stdbool.h>

/* On stdout, as lines or as one JSON object. */
void build_facts_print(bool json);

#endif
