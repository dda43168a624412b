#include "tools/interrupt.h"

#include <unistd.h>

#include "tools/cmd.h"

const int interrupt_signals[INTERRUPT_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

void interrupt_catch(struct interrupt *i, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	sigemptyset(&act.sa_mask);
	for (int k = 0; k < INTERRUPT_SIGNALS; k++) {
		sigaction(interrupt_signals[k], NULL, &i->was[k]);
		if (interrupt_signals[k] != SIGHUP || i->was[k].sa_handler != SIG_IGN)
			sigaction(interrupt_signals[k], &act, NULL);
	}
}

void interrupt_release(const struct interrupt *i)
{
	for (int k = 0; k < INTERRUPT_SIGNALS; k++)
		sigaction(interrupt_signals[k], &i->was[k], NULL);
}

void interrupt_hold(sigset_t *before)
{
	sigset_t stops;

	sigemptyset(&stops);
	for (int k = 0; k < INTERRUPT_SIGNALS; k++)
		sigaddset(&stops, interrupt_signals[k]);
	sigprocmask(SIG_BLOCK, &stops, before);
}

void interrupt_let_in(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

static void on_signal(int number)
{
	static const char text[] = "pagesim: interrupted\n";
	ssize_t told = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)number;
	(void)told; /* there is nobody else to tell */
	_exit(CMD_INTERRUPTED);
}

void interrupt_begin(void)
{
	struct interrupt before;

	interrupt_catch(&before, on_signal);
}
