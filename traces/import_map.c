#include "traces/import_map.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/trace_error.h"

/* A handler gets no context. */
static volatile sig_atomic_t missed;
static uintptr_t page_bytes;

/* Puts a page of zeros where there was none, and the read goes on. */
static void on_bus(int number, siginfo_t *what, void *context)
{
	uintptr_t page = (uintptr_t)what->si_addr & ~(page_bytes - 1);

	(void)context;
	if (what->si_code == BUS_ADRERR &&
	    mmap((void *)page, page_bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
		missed = 1;
	else
		signal(number, SIG_DFL); /* the same access again ends the process */
}

void import_map_begin(struct sigaction *was)
{
	struct sigaction act = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };

	missed = 0;
	page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigemptyset(&act.sa_mask);
	sigaction(SIGBUS, &act, was);
}

void import_map_end(const struct sigaction *was)
{
	sigaction(SIGBUS, was, NULL);
}

void import_map_missed(void)
{
	missed = 1;
}

bool import_map_whole(const char *label, struct trace_error *err)
{
	if (!missed)
		return true;
	return trace_error_set(err, TRACE_SYSTEM,
			       "%s: a file that is read was cut off meanwhile, or its disk "
			       "failed",
			       label);
}
