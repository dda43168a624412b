/*
 * The signals that ask a long command to stop and leave nothing half-written: SIGINT, SIGTERM,
 * and SIGHUP, which a closed terminal sends.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <signal.h>

#define INTERRUPT_SIGNALS 3

extern const int interrupt_signals[INTERRUPT_SIGNALS];

struct interrupt {
	struct sigaction was[INTERRUPT_SIGNALS];
};

/* From here to interrupt_release() these signals call `handler`. A SIGHUP that was ignored
 * (nohup) stays so. */
void interrupt_catch(struct interrupt *i, void (*handler)(int));
void interrupt_release(const struct interrupt *i);

/* Until interrupt_let_in() they wait: for what is written in a moment. */
void interrupt_hold(sigset_t *before);
void interrupt_let_in(const sigset_t *before);

/* For main(): from here on such a signal that nobody catches ends the program with a word and
 * CMD_INTERRUPTED, also one that is raised again by who has cleaned up, and whatever the shell
 * that started us does with SIGINT. */
void interrupt_begin(void);

#endif
