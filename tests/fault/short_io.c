/*
 * Put in front of libc (LD_PRELOAD): read() and write() do a part of what is asked, or are
 * interrupted by a signal before they have done anything, as POSIX lets them. The calls of
 * stdio stay inside libc and are not seen here: traces are written by write(), results by
 * stdio.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned calls;

/* Every third call is interrupted; of the others a part is done, a byte at least. */
static size_t part(size_t n)
{
	return n > 1 ? 1 + n / 3 : n;
}

ssize_t read(int fd, void *to, size_t n)
{
	if (++calls % 3 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_read, fd, to, part(n));
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
	if (++calls % 3 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_pread64, fd, to, part(n), at);
}

ssize_t write(int fd, const void *from, size_t n)
{
	if (++calls % 3 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_write, fd, from, part(n));
}
