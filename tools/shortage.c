#include "tools/shortage.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/cmd.h"

/* More than any library here asks for at once, so that what failed would fail again: large
 * tables are ours, and checked. */
#define ENOUGH ((size_t)64 << 20)

static char stack[1 << 16]; /* that of the process may be what there is no room for */

static void on_crash(int number)
{
	static const char text[] = "pagesim: out of memory\n";
	void *room =
		mmap(NULL, ENOUGH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED) {
		ssize_t told = write(STDERR_FILENO, text, sizeof(text) - 1);

		(void)told; /* there is nobody else to tell */
		_exit(CMD_SYSTEM);
	}
	/* The handler is gone (SA_RESETHAND): on to the end that it would have been. */
	munmap(room, ENOUGH);
	raise(number);
}

static void watch(int number)
{
	struct sigaction act = { .sa_handler = on_crash,
				 .sa_flags = SA_ONSTACK | (int)SA_RESETHAND },
			 was;

	sigemptyset(&act.sa_mask);
	if (sigaction(number, NULL, &was) == 0 && was.sa_handler == SIG_DFL)
		sigaction(number, &act, NULL);
}

void shortage_watch(void)
{
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };

	if (sigaltstack(&own, NULL) != 0)
		return;
	watch(SIGABRT);
	watch(SIGSEGV);
}
