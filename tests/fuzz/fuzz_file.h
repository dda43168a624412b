/* Input as a file that a path leads to, for readers that open theirs. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H

#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

struct fuzz_file {
	int fd;
	char path[64];
};

static inline struct fuzz_file fuzz_file_new(const uint8_t *data, size_t size)
{
	struct fuzz_file f = { .fd = memfd_create("fuzz", MFD_CLOEXEC) };

	if (f.fd < 0 || write(f.fd, data, size) != (ssize_t)size)
		exit(EXIT_FAILURE);
	snprintf(f.path, sizeof(f.path), "/proc/self/fd/%d", f.fd);
	return f;
}

static inline void fuzz_file_free(struct fuzz_file *f)
{
	close(f->fd);
}

#endif
