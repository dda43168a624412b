/*
 * A histogram as bytes: HdrHistogram's encoding V2, big-endian. A head (cookie, length of the
 * counts, normalizing offset 0, 3 digits, lowest value 1, highest trackable value, ratio 1.0),
 * then the counts from value 0 up to the largest recorded one as ZigZag LEB128 numbers of at
 * most 9 bytes; a negative number stands for so many counts that are 0.
 *
 * The format's values end at 2^63 - 1. Larger ones, which no run reaches (112 years at
 * 2.6 GHz), are written as that one.
 */
#ifndef SIM_HIST_CODE_H
#define SIM_HIST_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/hist.h"

/* Counts that the values of the format need, and the bytes of the longest encoding. */
#define SIM_HIST_CODE_COUNTS ((uint32_t)(54 * SIM_HIST_HALF))
#define SIM_HIST_CODE_MOST ((size_t)SIM_HIST_CODE_COUNTS * 9 + 40)

/* What decoding says when it was memory that was short. */
extern const char sim_hist_code_no_memory[];

/* The encoding, in memory that the caller frees; NULL when memory is short. */
uint8_t *sim_hist_code_encode(const struct sim_hist *h, size_t *size);

/*
 * The histogram that exactly these bytes stand for; NULL and, in *problem, what is wrong. The
 * sum of the recorded values is not in the format: each counts as the middle of its bucket.
 */
struct sim_hist *sim_hist_code_decode(const uint8_t *bytes, size_t size, const char **problem);

/* Numbers of the format, most significant byte first. */
void sim_hist_code_put32(uint8_t *to, uint32_t value);
uint32_t sim_hist_code_get32(const uint8_t *from);

#endif
