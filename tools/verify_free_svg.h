/* The bands of a real kernel and a replay as a picture. */
#ifndef VERIFY_FREE_SVG_H
#define VERIFY_FREE_SVG_H

#include "tools/verify_free_bands.h"

/* False when nothing was done, or it cannot be written. */
bool verify_free_svg(const struct verify_free_bands *b, FILE *out);

#endif
