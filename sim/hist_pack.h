/*
 * A histogram as the word that stands for it in a log: the compressed encoding V2 (a cookie,
 * a length, a zlib stream of hist_code.h's bytes) in base64.
 *
 * We write zlib streams of stored blocks, which every reader inflates: what a deflater makes
 * of the same bytes differs between versions of zlib, and equal histograms have equal words.
 */
#ifndef SIM_HIST_PACK_H
#define SIM_HIST_PACK_H

#include "sim/hist_code.h"

/* In memory that the caller frees; NULL when memory is short. */
char *sim_hist_pack(const struct sim_hist *h);

/* Reads anybody's; NULL and, in *problem, what is wrong or sim_hist_code_no_memory. */
struct sim_hist *sim_hist_pack_read(const char *word, size_t length, const char **problem);

#endif
