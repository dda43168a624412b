/*
 * The last word when memory is short in a library that cannot tell (SimGrid aborts, others use
 * what malloc() did not give): one sentence and CMD_SYSTEM in place of a crash.
 */
#ifndef SHORTAGE_H
#define SHORTAGE_H

/*
 * From here on a SIGABRT or SIGSEGV that comes while the process can get no more memory ends it
 * with a sentence and CMD_SYSTEM. Any other is a mistake of ours and ends it as ever; so does
 * one whose handler is already taken (sanitizers). Files that were being written stay as after
 * a SIGKILL: under their temporary names.
 */
void shortage_watch(void);

#endif
