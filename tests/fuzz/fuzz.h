/* A fuzz target: what libFuzzer calls, and a valid input to begin with. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Writes seed number i to `out`; its size, 0 when there is no such seed. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap);

#endif
