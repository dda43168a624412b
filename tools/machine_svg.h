/*
 * A machine as a picture: one SVG without anything outside of it, readable on light and dark
 * pages. A card for each node with its CPUs in the caches they share and its memory by zones;
 * below, what a node's memory costs from each node, the distances, and other figures.
 */
#ifndef MACHINE_SVG_H
#define MACHINE_SVG_H

#include "sim/machine.h"

/* The caller frees the text; NULL when memory is short. */
char *machine_svg(const struct sim_machine *m);

#endif
